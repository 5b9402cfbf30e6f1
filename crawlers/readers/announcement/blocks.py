"""Key and value: a block of labelled lines per case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from crawlers.dates import find_dates
from crawlers.readers import cause
from crawlers.readers.announcement.elements import PARTIES, Elements, has_day, is_short_day, numbers_in
from crawlers.readers.page import close_up, labelled

_LABELS = {
    "number": "案号|案件编号",
    "case": "案件|案件名称",
    "cause": "案由",
    "day": "开庭日期|庭审日期|开庭时间|庭审时间|审理时间|宣判时间|开庭日|听证时间",
    "place": "开庭地点|庭审地点|审理地点|开庭法庭|开庭场所|地点|法庭|审判庭",
    "court": "审理法院|开庭法院|法院名称|法院",
    "parties": "当事人|原告|被告人|被告|上诉人|被上诉人|申请人|公诉机关",
}
_PLAIN_DAY = "时间|日期"


def in_blocks(text: str, near: date | None, expected: bool) -> Iterator[Elements]:
    """The hearings of labelled lines; 时间 and 日期 alone are a hearing's only where one is expected."""
    labels = _LABELS | ({"day": f"{_LABELS['day']}|{_PLAIN_DAY}"} if expected else {})
    for block in _split(text, labels):
        values = {name: labelled(block, words) for name, words in labels.items()}
        day = _day(labels["day"], values["day"], block)
        if day is None or not (has_day(day) or is_short_day(day) or find_dates(day, near=near)):
            continue
        if not (values["number"] or values["cause"] or values["place"] or values["parties"]):
            continue
        yield Elements(
            numbers=numbers_in(values["number"] or "") or numbers_in(block),
            day=day,
            place=values["place"],
            cause=cause.plain(values["cause"]) if values["cause"] else cause.stated(block),
            court=values["court"],
            has_parties=bool(values["parties"]) or bool(PARTIES.search(block)),
            text=block,
        )


def _day(words: str, value: str | None, block: str) -> str | None:
    """The stated time; where day and time of day have labels of their own, both."""
    if value is None:
        return None
    every = [found for word in words.split("|") if (found := labelled(block, word))]
    return " ".join(dict.fromkeys(every)) if len(set(every)) > 1 else value


def _split(text: str, labels: dict[str, str]) -> list[str]:
    """Cut before each recurrence of the label that comes first."""
    every = "|".join(r"[ \u3000]*".join(word) for words in labels.values() for word in words.split("|"))
    marks = [
        (match.start(), close_up(match.group(1)))
        for match in re.finditer(rf"(?<![\u4e00-\u9fff])({every})[ \u3000]*(?:[】\]]\s*[:：]?|[:：\t])", text)
    ]
    if not marks:
        return []
    starts = [place for place, word in marks if word == marks[0][1]]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
