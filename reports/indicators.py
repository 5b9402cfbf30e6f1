"""Indicators (指标) of a period: numerator, denominator, what is unknown, and the change since the period before (环比)
and the same period of last year (同比), in percentage points of the printed numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.engine import Connection

from auditors.metrics import COUNT, SHARE, STATE, Value, catalogue, values
from reports.period import NIGHT, Period
from reports.words import say
from storage import runs
from storage.measures import Total, read_measures

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
        better: high or low: which way is progress; None: neither.
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
    better: str | None = None
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

    @property
    def progress(self) -> float | None:
        """环比 (without one 同比) in the direction that is progress; None where neither is, or nothing is known."""
        change = self.change_year if self.change is None else self.change
        if change is None or self.better is None:
            return None
        return change if self.better == "high" else -change

    def _since(self, earlier: float | None) -> float | None:
        if self.value is None or earlier is None:
            return None
        if self.unit != SHARE:
            return self.value - earlier
        # Of the printed numbers: a reader who subtracts them gets the same.
        return round(round(self.value, 4) * 100 - round(earlier, 4) * 100, 2) + 0.0


@dataclass(frozen=True)
class Counted:
    """The counts of one period.

    Attributes:
        totals: Of every chosen site and department.
        sites: By measure, the sites that have it: periods are compared only where these are the same.
    """

    totals: tuple[Total, ...]

    @property
    def sites(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for one in self.totals:
            found.setdefault(one.name, set()).add(one.site)
        return {name: frozenset(sites) for name, sites in found.items()}

    def of(self, department: str | None) -> Counted:
        """Those of one department; None: all."""
        return Counted(tuple(one for one in self.totals if department in (None, one.department)))


def last_audited(connection: Connection, site: str, period: Period) -> date | None:
    """The last night of a period on which a site was audited."""
    nights = (run.night for run in runs.read(connection, site=site) if run.audited is not None and run.night in period)
    return next(nights, None)


def counted(connection: Connection, sites: Iterable[str], period: Period, now: date) -> Counted:
    """The counts of a period as they were known at its end: what the bulletin of that period said.

    A site that was not audited in the period has no state of it, and nothing that ages: documents of an old month have had
    longer to be published, and would look better than this month's. Its other cases are counted as they are known now.
    Of a single night only states are taken: the cases of one day say nothing.
    """
    found: list[Total] = []
    for site in sites:
        audited = last_audited(connection, site, period)
        known = audited or now
        for total in read_measures(connection, [site], period.first, period.last, known):
            metric = catalogue()[total.name]
            is_known = audited is not None or not (metric.kind == STATE or metric.ages)
            if is_known and (metric.kind == STATE or period.kind != NIGHT):
                found.append(total)
    return Counted(tuple(found))


def indicators_of(
    now: Counted, before: Counted | None = None, year_ago: Counted | None = None
) -> tuple[Indicator, ...]:
    """Every indicator of which something was counted, in the order of the catalogue."""
    earlier = [None if one is None else (one.sites, values(one.totals)) for one in (before, year_ago)]
    sites, found = now.sites, values(now.totals)
    return tuple(
        _indicator(value, *(_comparable(value, sites, one) for one in earlier))
        for value in found.values()
        if value.numerator is not None
    )


def _comparable(
    value: Value, sites: dict[str, frozenset[str]], earlier: tuple[dict[str, frozenset[str]], dict[str, Value]] | None
) -> float | None:
    """The value of an earlier period, if it is about the same sites."""
    if earlier is None or value.value is None:
        return None
    measure = value.metric.source[0]
    return _printed(earlier[1][value.metric.name]) if earlier[0].get(measure) == sites.get(measure) else None


def _printed(value: Value) -> float | None:
    if value.value is None or value.metric.unit == COUNT:
        return value.value
    return share_of(value.numerator or 0, value.known or 0)


def _indicator(value: Value, before: float | None, year_ago: float | None) -> Indicator:
    metric = value.metric
    shown = _printed(value)
    note = say("paper.indicator.too_few") if shown is None and value.denominator else None
    return Indicator(
        name=metric.name,
        title=metric.title,
        unit=metric.unit,
        numerator=value.numerator,
        denominator=value.known,
        unknown=value.unknown,
        value=shown,
        before=before,
        year_ago=year_ago,
        better=metric.better,
        definition=metric.definition,
        note=note,
    )
