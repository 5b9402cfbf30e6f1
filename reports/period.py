"""The days that a bulletin is about, how they are named, and with which days they are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from reports.words import chinese_date

NIGHT, MONTH, QUARTER, YEAR, RANGE = "night", "month", "quarter", "year", "range"
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
_ORDINALS = "一二三四"


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included. `kind`: night, month, quarter, year or range."""

    kind: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}")

    @classmethod
    def of_night(cls, night: date) -> Period:
        """One audited night."""
        return cls(NIGHT, night, night)

    @classmethod
    def of_month(cls, year: int, month: int) -> Period:
        """A calendar month. Raises ValueError if there is none such."""
        return cls._of(MONTH, date(year, month, 1))

    @classmethod
    def of_quarter(cls, year: int, quarter: int) -> Period:
        """A calendar quarter, 1 to 4. Raises ValueError if there is none such."""
        if quarter not in range(1, 5):
            raise ValueError(f"a quarter is 1 to 4, not {quarter}")
        return cls._of(QUARTER, date(year, 3 * quarter - 2, 1))

    @classmethod
    def of_year(cls, year: int) -> Period:
        """A calendar year."""
        return cls._of(YEAR, date(year, 1, 1))

    @classmethod
    def of_range(cls, first: date, last: date) -> Period:
        """Any days. Raises ValueError if they run backwards."""
        return cls(RANGE, first, last)

    @classmethod
    def _of(cls, kind: str, first: date) -> Period:
        return cls(kind, first, first + relativedelta(months=_MONTHS[kind]) - timedelta(days=1))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def name(self) -> str:
        """2026年3月, 2026年第一季度, 2026年, 2026年3月5日至4月2日 or 2026年3月5日."""
        first, last = self.first, self.last
        if self.kind == MONTH:
            return f"{first.year}年{first.month}月"
        if self.kind == QUARTER:
            return f"{first.year}年第{_ORDINALS[first.month // 3]}季度"
        if self.kind == YEAR:
            return f"{first.year}年"
        if first == last:
            return chinese_date(first)
        end = f"{last.month}月{last.day}日" if last.year == first.year else chinese_date(last)
        return f"{chinese_date(first)}至{end}"

    @property
    def before(self) -> Period:
        """The period of the same length just before it, for 环比."""
        if self.kind in _MONTHS:
            return self._of(self.kind, self.first - relativedelta(months=_MONTHS[self.kind]))
        return Period(self.kind, self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def year_ago(self) -> Period:
        """The same period of the year before, for 同比. A 29 February becomes the 28th."""
        back = relativedelta(years=1)
        if self.kind in _MONTHS:
            return self._of(self.kind, self.first - back)
        return Period(self.kind, self.first - back, self.last - back)
