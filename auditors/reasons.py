"""Which legal class a reason for not publishing belongs to, and what is no value at all. The words are in `reasons.yml`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from auditors.basis import article, load
from auditors.views import RELIABLE
from storage.records import Withheld

FILE = Path(__file__).parent / "reasons.yml"
OTHER = "other"
_NORM = "judgments_online_2016/4"
_BARE_OTHER = re.compile(r"其[他它](?:情况|原因|事由)?")
_LABEL = re.compile(r"^(?:不公开|不上网|不公布)?(?:的)?(?:理由|原因)[:：]?")


@cache
def _words() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], re.Pattern[str], re.Pattern[str]]:
    data: dict[str, Any] = load(FILE)
    classes = tuple((name, re.compile("|".join(entry["words"]))) for name, entry in data["classes"].items())
    return classes, re.compile("|".join(data["state_secret_itself"])), re.compile(data["placeholders"], re.IGNORECASE)


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(load(FILE)["denied"])


def tidy(text: str | None) -> str:
    """A cell's text without spaces, its own label and surrounding brackets and stops."""
    compact = re.sub(r"\s+", "", text or "")
    return _LABEL.sub("", compact.strip("()（）【】[]")).strip("。；;，,：:()（）")


def is_missing(text: str | None) -> bool:
    """Nothing, or what offices write for nothing (无, —, ×××)."""
    compact = tidy(text)
    return not compact or bool(_words()[2].match(compact))


def reason_class(text: str | None) -> str | None:
    """The class of Article 4 that a reason names: state_secret, juvenile, mediation, family, other; None: no class."""
    compact = _denied().sub("", tidy(text))
    if "文书种类" in compact:  # a known garbage value: （文书种类：调解书）
        return None
    return next((name for name, words in _words()[0] if words.search(compact)), None)


def is_bare_other(text: str | None) -> bool:
    """其他, and nothing that says which: the catch-all class may be meant."""
    return bool(_BARE_OTHER.fullmatch(tidy(text)))


def is_before_norm(entry: Withheld) -> bool:
    """The entry was published before 法释〔2016〕19号 was in force."""
    start = article(_NORM).instrument.in_force_from
    known = entry.published is not None and entry.published_source in RELIABLE
    return known and start is not None and entry.published is not None and entry.published < start


def may_leak_secret(text: str | None) -> bool:
    """The entry itself could leak a state secret: Article 6 does not ask for it."""
    return bool(_words()[1].search(_denied().sub("", tidy(text))))
