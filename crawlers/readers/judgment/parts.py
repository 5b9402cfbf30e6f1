"""A judgment's text cut into its parts: 首部, 当事人, 诉讼过程与事实, 理由, 判决结果, 尾部. Positions only, nothing is copied.

Pure, and without a guess: a part that cannot be found is empty, and what lies between two parts belongs to the earlier.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from crawlers.readers.judgment.bench import ROLES
from crawlers.readers.judgment.head import PARTY
from storage import case_number


def _spaced(words: str) -> str:
    """A pattern for words that may be letter-spaced: 判 决 如 下. `|` separates alternatives."""
    return "|".join(r"\s*".join(map(re.escape, word)) for word in words.split("|"))


_GAP = r"[ \t\u3000\xa0]*"
_PARTIES = re.compile(rf"^{_GAP}(?:{_spaced(PARTY)})(?![^\n]{{0,60}}一案)", re.M)
_COURSE = re.compile(
    rf"^[^\n]{{0,300}}?(?:一{_GAP}案|本院[^\n]{{0,20}}(?:立案|受理)|指控被?告?人?|提起公诉)|^{_GAP}(?:案由|审理经过)",
    re.M,
)
_REASONS = re.compile(rf"{_spaced('本院认为|本院经审查认为|本院审查认为|本院经审理认为|本院再审认为')}")
_RESULT = re.compile(
    rf"(?:{_spaced('判决如下|裁定如下|决定如下|调解如下|协议如下|通知如下|命令如下|如下协议|如下判决|如下裁定|主文')}){_GAP}[:：]?"
)
_SIGNED = re.compile(rf"^{_GAP}(?:{'|'.join(_spaced(role) for role in ROLES.split('|') if '[' not in role)})", re.M)
_DATED = re.compile(
    r"^[ \t\u3000\xa0]*[一二三四五六七八九〇零○◯ＯO0](?:\s*[一二三四五六七八九〇零○◯ＯO0]){3}\s*年", re.M
)
_RUN_ON_TAIL = re.compile(rf"(?:{_spaced('审判长|审判员|代理审判员|执行员')})")


@dataclass(frozen=True)
class Parts:
    """Slices of one text, in its order, without gaps: `text[parts.parties]`.

    Attributes:
        header: Court, type of document, case number; also a bench that stands above the title.
        parties: From the first party to the sentence that names the case.
        course: How the case went, what the parties say, what the court found.
        reasons: From 本院认为 on.
        result: From 判决如下 on, with the notice on appeals.
        tail: Bench, date, clerk, and what is appended.
    """

    header: slice
    parties: slice
    course: slice
    reasons: slice
    result: slice
    tail: slice

    @property
    def in_order(self) -> tuple[tuple[str, slice], ...]:
        """Name and slice of each part."""
        return tuple(vars(self).items())


def cut(text: str) -> Parts:
    """Cut a judgment's text, with line breaks or run on in one line."""
    parties = _parties(text)
    result = _last(_RESULT, text, parties, len(text))
    end = len(text) if result is None else result
    course = _first(_COURSE, text, parties, end)
    reasons = _last(_REASONS, text, parties if course is None else course, end)
    tail = _tail(text, end if result is not None else reasons or course or parties)
    bounds = [parties, course, reasons, result, tail]
    places: list[int] = []
    following = len(text)
    for bound in reversed(bounds):
        following = min(following, following if bound is None else bound)
        places.insert(0, following)
    starts = [0, *places, len(text)]
    return Parts(*(slice(start, stop) for start, stop in pairwise(starts)))


def _parties(text: str) -> int:
    """Where the parties begin: the first line that names one, or right behind the number where the text runs on."""
    first = _PARTIES.search(text)
    if first is not None and first.start() > 0:
        return first.start()
    numbers = case_number.find_spans(text[:600])
    if numbers and re.match(rf"{_GAP}(?:{PARTY})", text[numbers[0][1] :]):
        return numbers[0][1]
    return first.start() if first is not None else 0


def _first(pattern: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    found = pattern.search(text, start, end)
    return found.start() if found is not None else None


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    """The last place: the judgment below quotes 本院认为 and 判决如下 of the instance before."""
    places = [found.start() for found in pattern.finditer(text, start, end)]
    return places[-1] if places else None


def _tail(text: str, after: int) -> int | None:
    """The first line of the closing block; a bench that stands above the title is not in it."""
    lines = [found.start() for pattern in (_SIGNED, _DATED) for found in pattern.finditer(text, after)]
    if lines:
        return min(lines)
    near = [found.start() for found in _RUN_ON_TAIL.finditer(text, max(after, len(text) - 120))]
    return near[0] if near else None
