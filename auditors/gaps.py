"""Gaps in the numbering of cases: how many numbers appear nowhere, within the range that was seen. Pure arithmetic.

Case numbers of one court, year and type code run from 1 (法〔2015〕137号). A number that appears in no judgment, notice,
announcement or ledger, while numbers on both sides of it do, belongs to a case of which the public sees nothing. That
estimates from below how many documents were not disclosed, for the whole type and by month, and proves nothing about any
one case: it may be open still, void or transferred. What lies outside the range seen is not counted at all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from storage.case_number import CaseNumber

RANDOM_TYPES = frozenset({"刑核"})  # eight random digits, no sequence
LEAST_SEEN = 5  # fewer numbers say nothing of a range
WIDEST_JUMP, JUMP_SHARE = 100, 2  # a jump beyond both (the second times the numbers seen) parts a range: a typing error
NEIGHBOURS = 3  # dated numbers on each side that tell the month of a missing one

Month = tuple[int, int]
Series = tuple[str, int, str]  # court code, year, type code
Appearance = tuple[CaseNumber, date | None]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """The numbering of one court, year and type.

    Attributes:
        first, last: Ends of the range that was seen.
        seen, missing: How many numbers in it appear somewhere, and nowhere.
        outside: Numbers seen far off the range, left out as doubtful.
        months: By year and month, numbers seen and missing; None: no dated number is near.
    """

    court_code: str
    year: int
    type_code: str
    first: int
    last: int
    seen: int
    missing: int
    outside: int
    months: dict[Month | None, tuple[int, int]]


def find_gaps(appearances: Iterable[Appearance], court_codes: frozenset[str]) -> list[Gap]:
    """The gaps of a court's own numbers.

    Args:
        appearances: Every number that appears anywhere, with a day of its case (decision, closing, hearing) if known.
        court_codes: 法院代字 of this court; other courts' numbers are left out.

    Returns:
        One for each year and type of which enough numbers were seen, also if none is missing; by year and type.
    """
    days: dict[Series, dict[int, date | None]] = defaultdict(dict)
    for number, day in appearances:
        if (place := place_of(number, court_codes)) is not None:
            add_day(days[place[0]], place[1], day)
    found = (gap_of(series, known) for series, known in sorted(days.items()))
    return [gap for gap in found if gap is not None]


def place_of(number: CaseNumber, court_codes: frozenset[str]) -> tuple[Series, int] | None:
    """A number's series and its place in it; None: it says nothing of gaps."""
    if number.old or number.court_code not in court_codes or not isinstance(number.sequence, int):
        return None
    if not number.is_known_type or number.plain_type in RANDOM_TYPES or number.sequence < 1:
        return None
    return (number.court_code, number.year, number.type_code), number.sequence


def add_day(known: dict[int, date | None], sequence: int, day: date | None) -> None:
    """The number was seen, with a day of its case if one is known: the earliest counts."""
    before = known.get(sequence)
    known[sequence] = day if before is None else before if day is None else min(before, day)


def gap_of(series: Series, known: dict[int, date | None]) -> Gap | None:
    """What a series comes to; None: too few of its numbers were seen."""
    return _gap(*series, known)


def to_json(gap: Gap) -> dict[str, Any]:
    """A gap as JSON values."""
    return {**vars(gap), "months": [[month, *counts] for month, counts in gap.months.items()]}


def from_json(value: dict[str, Any]) -> Gap:
    """The inverse of `to_json`."""
    months = {tuple(month) if month is not None else None: (seen, gone) for month, seen, gone in value["months"]}
    return Gap(**{**value, "months": months})


def _gap(court_code: str, year: int, type_code: str, days: dict[int, date | None]) -> Gap | None:
    numbers = _range(sorted(days))
    if len(numbers) < LEAST_SEEN:
        return None
    seen: Counter[Month | None] = Counter()
    missing: Counter[Month | None] = Counter()
    dated = [(number, day) for number in numbers if (day := days[number]) is not None]
    place = 0  # of the first dated number that is larger
    for one, other in pairwise(numbers):
        while place < len(dated) and dated[place][0] <= one:
            place += 1
        if other > one + 1:
            missing += _by_month(one, other, dated, place)
    place = 0
    for number in numbers:
        while place < len(dated) and dated[place][0] <= number:
            place += 1
        day = days[number]
        seen[_month(day) if day is not None else _month_near(dated, place)] += 1
    return Gap(
        court_code=court_code,
        year=year,
        type_code=type_code,
        first=numbers[0],
        last=numbers[-1],
        seen=len(numbers),
        missing=missing.total(),
        outside=len(days) - len(numbers),
        months={
            month: (seen[month], missing[month]) for month in sorted({*seen, *missing}, key=lambda m: m or (9999, 0))
        },
    )


def _range(numbers: list[int]) -> list[int]:
    """The longest run without a jump that only an error explains."""
    widest = max(WIDEST_JUMP, JUMP_SHARE * len(numbers))
    runs: list[list[int]] = [[]]
    for number in numbers:
        if runs[-1] and number - runs[-1][-1] > widest:
            runs.append([])
        runs[-1].append(number)
    return max(runs, key=len)


def _by_month(one: int, other: int, dated: list[tuple[int, date]], place: int) -> Counter[Month | None]:
    """The missing numbers between two seen ones, spread evenly between the days of their neighbours."""
    before, after = _middle(dated[max(0, place - NEIGHBOURS) : place]), _middle(dated[place : place + NEIGHBOURS])
    before, after = before or after, after or before
    if before is None or after is None:
        return Counter({None: other - one - 1})
    start, length = before.toordinal(), after.toordinal() - before.toordinal()
    return Counter(
        _month(date.fromordinal(start + round(length * (number - one) / (other - one))))
        for number in range(one + 1, other)
    )


def _month_near(dated: list[tuple[int, date]], place: int) -> Month | None:
    day = _middle(dated[max(0, place - NEIGHBOURS) : place + NEIGHBOURS])
    return None if day is None else _month(day)


def _middle(dated: list[tuple[int, date]]) -> date | None:
    """The median day: one case that took years does not move it."""
    days = sorted(day for _, day in dated)
    return days[len(days) // 2] if days else None


def _month(day: date) -> Month:
    return day.year, day.month
