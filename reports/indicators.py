"""Indicators (指标) of a period: numerator, denominator, what is unknown, and the change since the period before (环比)
and the same period of last year (同比), in percentage points of the printed numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

SHARE, COUNT = "share", "count"
_FOUR = Decimal("0.0001")


def share_of(numerator: int, denominator: int) -> float | None:
    """The share as it is printed, two decimals of a per cent, halves rounded up; None of nothing."""
    if denominator == 0:
        return None
    return float((Decimal(numerator) / Decimal(denominator)).quantize(_FOUR, ROUND_HALF_UP))


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One indicator of one court, department, or all of them together.

    Attributes:
        name, title: For programs; for readers.
        unit: share or count.
        numerator, denominator: What was counted, of how many; a count has no denominator.
        unknown: How many could not be told; they are in neither of the two.
        value: As printed: a share (0.9331), or the count. None: nothing to compute it from; `note` says why.
        before, year_ago: The same of the period before and of a year ago; None: not known.
    """

    name: str
    title: str
    unit: str = SHARE
    numerator: int | None = None
    denominator: int | None = None
    unknown: int | None = None
    value: float | None = None
    before: float | None = None
    year_ago: float | None = None
    definition: str = ""
    note: str | None = None

    @property
    def shown(self) -> str:
        """93.31% or 12; empty where there is no value."""
        if self.value is None:
            return ""
        return f"{self.value:.2%}" if self.unit == SHARE else f"{self.value:.0f}"

    @property
    def change(self) -> float | None:
        """环比: percentage points, or the difference of counts."""
        return self._since(self.before)

    @property
    def change_year(self) -> float | None:
        """同比."""
        return self._since(self.year_ago)

    def _since(self, earlier: float | None) -> float | None:
        if self.value is None or earlier is None:
            return None
        if self.unit != SHARE:
            return self.value - earlier
        # Of the printed numbers: a reader who subtracts them gets the same.
        return round(round(self.value, 4) * 100 - round(earlier, 4) * 100, 2) + 0.0
