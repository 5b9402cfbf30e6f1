"""How many certain findings were open, new and resolved: night by night, in longer periods by weeks or months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from dateutil.relativedelta import MO, relativedelta
from sqlalchemy.engine import Connection

from reports.period import NIGHT as ONE_NIGHT
from reports.period import Period
from reports.words import chinese_date, label, say, say_counts
from storage.trends import Day, days

NIGHT, WEEK, MONTH = "night", "week", "month"
CONTEXT = 14  # nights that lead up to a bulletin of one night, it among them
MOST_NIGHTS, MOST_WEEKS = 45, 190  # days of a period that is shown night by night, or week by week


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """Certain findings over one step of the trend: a night, an ISO week or a month.

    Attributes:
        nights: Audited nights in it; 0: a gap, and the numbers are None.
        complete: On its last audited night every site was audited; else what was open at the others is carried on.
        before: It lies before the bulletin's period and stands for comparison.
        open: Open at the end of its last audited night.
        new: Counted from one of its nights on.
        resolved: Resolved on one of its nights.
        lowered: Became mere leads on one of its nights: no longer counted, but not resolved.
    """

    first: date
    last: date
    nights: int = 0
    complete: bool = True
    before: bool = False
    open: int | None = None
    new: int | None = None
    resolved: int | None = None
    lowered: int = 0


def _number(count: int) -> str:
    return say("pictures.trend.some", count=count) if count else say("pictures.trend.none")


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How many certain findings were open, new and resolved, step by step."""

    name: ClassVar[str] = "trend"
    step: str
    points: tuple[TrendPoint, ...]

    @property
    def known(self) -> tuple[TrendPoint, ...]:
        """The steps that were audited."""
        return tuple(point for point in self.points if point.nights)

    @property
    def of_period(self) -> tuple[TrendPoint, ...]:
        """The audited steps of the period itself."""
        return tuple(point for point in self.known if not point.before)

    @property
    def lowered(self) -> int:
        """How many became mere leads in the period."""
        return sum(point.lowered for point in self.of_period)

    @property
    def absent(self) -> str | None:
        if len(self.known) < 2:
            return say("pictures.trend.one_night" if self.known else "pictures.trend.no_night")
        if not any(point.open or point.new or point.resolved for point in self.known):
            return say("pictures.trend.nothing")
        return None

    @property
    def title(self) -> str:
        return say("pictures.trend.title", step=label("step", self.step))

    @property
    def description(self) -> str:
        shown = self.of_period or self.known
        new = sum(point.new or 0 for point in shown)
        resolved = sum(point.resolved or 0 for point in shown)
        lowered = sum(point.lowered for point in shown)
        end = shown[-1].open or 0
        return say(
            "pictures.trend.description",
            first=chinese_date(shown[0].first),
            last=chinese_date(shown[-1].last),
            nights=sum(point.nights for point in shown),
            begin=_number(end - new + resolved + lowered),  # before the first of them
            end=_number(end),
            changes=say_counts("pictures.trend.changes", {"new": new, "resolved": resolved, "lowered": lowered})
            or say("pictures.trend.no_change"),
        )

    @property
    def note(self) -> str:
        parts = [say("pictures.trend.note")]
        if any(not point.nights for point in self.points):
            parts.append(say("pictures.trend.gap"))
        if any(not point.complete for point in self.known):
            parts.append(say("pictures.trend.partial"))
        if any(point.before for point in self.known):
            parts.append(say("pictures.trend.before_note"))
        if self.lowered:
            parts.append(say("pictures.trend.lowered", count=self.lowered))
        return "".join(parts)


def trend_of(
    connection: Connection, period: Period, sites: Sequence[str], until: date, department: str | None = None
) -> Trend:
    """The trend of a period; a longer one with the period before it, if that was audited."""
    step, first = _scale(period)
    last = min(period.last, until)
    counted = days(connection, sites, first, last, department)
    audited: dict[str, set[date]] = {site: set() for site in sites}
    for one in counted:
        audited[one.site].add(one.night)
    border = first if period.kind == ONE_NIGHT else period.first
    points = tuple(
        _point(span, counted, audited, before=span[1] < border) for span in _spans(first, last, step, border)
    )
    if not any(point.nights for point in points if point.before):
        points = tuple(point for point in points if not point.before)
    return Trend(step=step, points=points)


def _scale(period: Period) -> tuple[str, date]:
    """The step, and the first day that is shown."""
    if period.kind == ONE_NIGHT:
        return NIGHT, period.last - timedelta(days=CONTEXT - 1)
    if period.days <= MOST_NIGHTS:
        return NIGHT, period.first
    return (WEEK if period.days <= MOST_WEEKS else MONTH), period.before.first


def _spans(first: date, last: date, step: str, border: date) -> Iterable[tuple[date, date]]:
    """The steps between two days. One that lies across the beginning of the period is divided there."""
    begin = first
    while begin <= last:
        if step == NIGHT:
            following = begin + timedelta(days=1)
        elif step == WEEK:
            following = begin + relativedelta(days=1, weekday=MO(1))
        else:
            following = begin + relativedelta(months=1, day=1)
        if begin < border < following:
            following = border
        yield begin, min(following - timedelta(days=1), last)
        begin = following


def _point(span: tuple[date, date], counted: list[Day], audited: dict[str, set[date]], *, before: bool) -> TrendPoint:
    first, last = span
    nights = {night for of_site in audited.values() for night in of_site if first <= night <= last}
    if not nights:
        return TrendPoint(first=first, last=last, before=before)
    newest = max(nights)
    latest: dict[str, Day] = {one.site: one for one in counted if one.night <= newest}  # the last one of each stays
    within = [one for one in counted if one.night in nights]
    return TrendPoint(
        first=first,
        last=last,
        nights=len(nights),
        complete=all(newest in of_site for of_site in audited.values()),
        before=before,
        open=sum(one.open for one in latest.values()),
        new=sum(one.new for one in within),
        resolved=sum(one.resolved for one in within),
        lowered=sum(one.lowered for one in within),
    )
