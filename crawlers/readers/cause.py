"""Causes of action (案由): recognised by their official names, so that the parties' names before them are never kept."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_INSTANCE = re.compile(r"(?:申请再审|再审|二审|一审|上诉|抗诉|申诉)$")
_NAMES = Path(__file__).with_name("causes.txt")


@cache
def names() -> frozenset[str]:
    """All known causes; crimes also without the final 罪, as announcements write them (贩卖毒品一案)."""
    lines = _NAMES.read_text(encoding="utf-8").splitlines()
    known = {line for line in lines if line and not line.startswith("#")}
    return frozenset(known | {name[:-1] for name in known if name.endswith("罪")})


@cache
def _longest() -> int:
    return max(map(len, names()))


def ending(text: str) -> str | None:
    """The longest known cause that the text ends with, or None."""
    for length in range(min(len(text), _longest()), 1, -1):
        if text[-length:] in names():
            return text[-length:]
    return ending(text.removesuffix("纠纷")) if text.endswith("争议纠纷") else None


def stated(text: str) -> str | None:
    """The cause of the first `…一案`, `…纠纷案` or `犯…罪` in running text (whitespace is ignored)."""
    compact = "".join(text.split())
    for match in re.finditer(
        r"[（(][^（）()]{0,12}[）)]一案|一案|纠纷案|罪(?=，|。|、|于|，?向本院|提起公诉|案)|之诉", compact
    ):
        end = match.end() - 1 if match.group() == "纠纷案" else match.start()
        if match.group() in ("罪", "之诉"):
            end = match.end()
        if found := ending(compact[:end]) or ending(_INSTANCE.sub("", compact[:end])):
            return found
    return None


def plain(text: str) -> str | None:
    """A cell or label that holds a cause: as printed if it is a known one or plainly one by its form."""
    compact = "".join(text.split()).strip("。；;")
    if compact in names():
        return compact
    if re.search(r"诉|与|原告|被告|一案", compact):  # parties stand before it
        return stated(compact + "一案") or ending(compact.removesuffix("一案").removesuffix("案"))
    return compact if 2 <= len(compact) <= 40 and not re.search(r"\d{3}|[:：]", compact) else None
