"""Which legal class a reason for not publishing belongs to, and what is no value at all. The words are in `reasons.yml`."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from auditors.basis import article, load
from auditors.views import RELIABLE
from storage.records import Withheld

FILE = Path(__file__).parent / "reasons.yml"
OTHER = "other"
_NORM = "judgments_online_2016/4"
_DOCUMENT_TYPE = re.compile(r"文书种类[:：]?(?:判决书|裁定书|调解书|决定书|通知书|支付令|令|其他)?")
_LABEL = re.compile(r"^(?:不公开|不上网|不公布)?(?:的)?(?:理由|原因)[:：]?")


@cache
def _words() -> tuple[tuple[tuple[str, re.Pattern[str]], ...], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    data: dict[str, Any] = load(FILE)
    classes = tuple((name, re.compile("|".join(entry["words"]))) for name, entry in data["classes"].items())
    secret, vague = (re.compile("|".join(data[key])) for key in ("state_secret_itself", "vague"))
    return classes, secret, re.compile(data["placeholders"], re.IGNORECASE), vague


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(load(FILE)["denied"])


def tidy(text: str | None) -> str:
    """A cell's text without spaces, its own label and surrounding brackets and stops."""
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or ""))
    return _LABEL.sub("", compact.strip("()（）【】[]")).strip("。；;，,：:()（）")


def is_missing(text: str | None) -> bool:
    """Nothing, or what offices write for nothing (无, —, ×××)."""
    compact = tidy(text)
    return not compact or bool(_words()[2].match(compact))


def reason_class(text: str | None) -> str | None:
    """The class of Article 4 that a reason names: state_secret, juvenile, mediation, family, other; None: no class."""
    compact = _DOCUMENT_TYPE.sub("", _denied().sub("", tidy(text)))  # a known garbage value: （文书种类：调解书）
    return next((name for name, words in _words()[0] if words.search(compact)), None)


def is_vague(text: str | None) -> bool:
    """其他, 未成年人, 第五项 and the like: a class may be meant, and it is not said which."""
    return bool(_words()[3].search(tidy(text)))


def is_before_norm(entry: Withheld) -> bool:
    """The entry was published before 法释〔2016〕19号 was in force."""
    start = article(_NORM).instrument.in_force_from
    known = entry.published is not None and entry.published_source in RELIABLE
    return known and start is not None and entry.published is not None and entry.published < start


def may_leak_secret(text: str | None) -> bool:
    """The entry itself could leak a state secret: Article 6 does not ask for it."""
    return bool(_words()[1].search(_denied().sub("", tidy(text))))
