"""Working days (工作日) as the State Council's holiday notices set them, and calendar months. Pure arithmetic, no clock.

The days of `chinesecalendar` and of `holidays.yml` are turned into one table of ordinals when the module is loaded, so
that counting is two look-ups. Years that neither knows are counted by weekends and are *provisional*.
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chinese_calendar.constants import holidays as _off_days
from chinese_calendar.constants import workdays as _worked_days
from dateutil.relativedelta import relativedelta
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FIRST_YEAR, LAST_YEAR = 1949, 2100
PROVISIONAL_NOTE = "相关年度放假安排待国务院办公厅公布，暂按周末推算"
OVERRIDES = Path(__file__).parent / "holidays.yml"


class CalendarError(Exception):
    """The override file cannot be used: one line naming file, year and reason."""


@dataclass(frozen=True)
class Year:
    """One year of the override file: the notice, days off, weekend days that are worked."""

    document: str
    off: frozenset[date]
    work: frozenset[date]


class Calendar:
    """Working days from 1949 to 2100.

    Args:
        overrides: Years that the library does not know, or that replace what it says.
    """

    def __init__(self, overrides: Mapping[int, Year] | None = None) -> None:
        overrides = overrides or {}
        known = {day.year for day in _off_days}
        off = {d for d in _off_days if d.year not in overrides}.union(*(y.off for y in overrides.values()))
        work = {d for d in _worked_days if d.year not in overrides}.union(*(y.work for y in overrides.values()))
        self._certain = known | set(overrides)
        off_ordinals, work_ordinals = {d.toordinal() for d in off}, {d.toordinal() for d in work}
        self._first = date(FIRST_YEAR, 1, 1).toordinal()
        self._last = date(LAST_YEAR, 12, 31).toordinal()
        # An ordinal modulo 7 is 0 on Sundays and 6 on Saturdays.
        self._working = [
            n
            for n in range(self._first, self._last + 1)
            if n in work_ordinals or (n not in off_ordinals and 0 < n % 7 < 6)
        ]

    def digest(self) -> bytes:
        """Of all that counting goes by: the working days, and the years of which somebody has told."""
        return hashlib.sha256(array("I", [*self._working, *sorted(self._certain)]).tobytes()).digest()

    def _ordinal(self, day: date) -> int:
        ordinal = day.toordinal()
        if not self._first <= ordinal <= self._last:
            raise ValueError(f"working days are known from {FIRST_YEAR} to {LAST_YEAR} only: {day}")
        return ordinal

    def is_working_day(self, day: date) -> bool:
        ordinal = self._ordinal(day)
        place = bisect_right(self._working, ordinal)
        return place > 0 and self._working[place - 1] == ordinal

    def working_days_between(self, after: date, until: date) -> int:
        """Number of working days in (after, until]: the first day is not counted (民法典第二百零一条). Negative if reversed."""
        return bisect_right(self._working, self._ordinal(until)) - bisect_right(self._working, self._ordinal(after))

    def add_working_days(self, after: date, days: int) -> date:
        """The `days`-th working day after a date (`days` ≥ 1)."""
        if days < 1:
            raise ValueError(f"at least one working day: {days}")
        return date.fromordinal(self._working[bisect_right(self._working, self._ordinal(after)) + days - 1])

    def roll(self, day: date) -> date:
        """The day itself, or the next working day if it is none (民法典第二百零三条)."""
        return self.add_working_days(day - timedelta(days=1), 1)

    def is_provisional(self, year: int) -> bool:
        """Nobody has told which days of this year are worked: weekends only."""
        return year not in self._certain

    def spans_provisional(self, first: date, last: date) -> bool:
        """Does counting from one day to the other touch a provisional year?"""
        return any(self.is_provisional(year) for year in range(first.year, last.year + 1))


def read_overrides(path: Path) -> dict[int, Year]:
    """The years of an override file.

    Raises:
        CalendarError: Unreadable, an unknown key, or a day that is not of its year.
    """
    try:
        with path.open(encoding="utf-8") as file:
            data: Any = YAML(typ="safe", pure=True).load(file)
    except (OSError, YAMLError) as error:
        raise CalendarError(f"{path}: {str(error).splitlines()[0]}") from error
    if not isinstance(data, dict) or set(data) != {"years"} or not isinstance(data["years"], dict):
        raise CalendarError(f"{path}: 应只有一个键 years (one key: years)")
    return {_year(path, year): _read_year(path, year, entry) for year, entry in data["years"].items()}


def _year(path: Path, year: object) -> int:
    if not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(f"{path}: years.{year}: 不是年份 (not a year)")
    return year


def _read_year(path: Path, year: int, entry: Any) -> Year:
    if not isinstance(entry, dict) or not {"document", "off"} <= set(entry) <= {"document", "off", "work"}:
        raise CalendarError(f"{path}: years.{year}: 应有 document、off，可有 work (keys: document, off, work)")
    days: dict[str, frozenset[date]] = {}
    for key in ("off", "work"):
        for day in entry.get(key) or ():
            if not isinstance(day, date) or day.year != year:
                raise CalendarError(f"{path}: years.{year}.{key}: {day} 不是该年的日期 (no day of that year)")
        days[key] = frozenset(entry.get(key) or ())
    return Year(str(entry["document"]), days["off"], days["work"])


def one_month_after(day: date) -> date:
    """The same day of the next calendar month, or that month's last day (01-31 → 02-28)."""
    return months_after(day, 1)


def months_after(day: date, months: int) -> date:
    """The same day-number so many calendar months later, or that month's last day."""
    later: date = day + relativedelta(months=months)
    return later


CALENDAR = Calendar(read_overrides(OVERRIDES))
is_working_day = CALENDAR.is_working_day
working_days_between = CALENDAR.working_days_between
add_working_days = CALENDAR.add_working_days
roll = CALENDAR.roll
is_provisional = CALENDAR.is_provisional
spans_provisional = CALENDAR.spans_provisional
