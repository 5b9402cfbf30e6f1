"""The pictures of a bulletin as values: what is drawn, and the words that go with it. `reports.charts` draws them.

A day that was not audited and a section that was not read are gaps, never zeros. A picture that would show nothing is
left out, and `absent` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from reports.words import chinese_date, label, say

NIGHT, WEEK, MONTH = "night", "week", "month"
FRESH, STALE, UNDATED, UNREAD = "fresh", "stale", "undated", "unread"
SEVERITIES = ("S0", "S1", "S2", "S3")
MOST_SECTIONS = 40  # rows of the heat map that a page holds legibly
MOST_UNITS = 30


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
    """

    first: date
    last: date
    nights: int = 0
    complete: bool = True
    before: bool = False
    open: int | None = None
    new: int | None = None
    resolved: int | None = None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How many certain findings were open, new and resolved, step by step. `lowered`: became mere leads in the period."""

    name: ClassVar[str] = "trend"
    step: str
    points: tuple[TrendPoint, ...]
    lowered: int = 0

    @property
    def known(self) -> tuple[TrendPoint, ...]:
        """The steps that were audited."""
        return tuple(point for point in self.points if point.nights)

    @property
    def of_period(self) -> tuple[TrendPoint, ...]:
        """The audited steps of the period itself."""
        return tuple(point for point in self.known if not point.before)

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
        return say(
            "pictures.trend.description",
            first=chinese_date(shown[0].first),
            last=chinese_date(shown[-1].last),
            nights=sum(point.nights for point in shown),
            begin=shown[0].open,
            end=shown[-1].open,
            new=sum(point.new or 0 for point in shown),
            resolved=sum(point.resolved or 0 for point in shown),
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


@dataclass(frozen=True, kw_only=True)
class FreshnessCell:
    """A section at the end of one ISO week.

    Attributes:
        state: fresh, stale (older than its class allows, beyond doubt), undated, or unread: nothing is known of it.
        days: Age of the newest item on the last night of the week on which the section was completely read.
    """

    state: str
    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class FreshnessRow:
    """One section, week by week."""

    court: str
    section: str
    cells: tuple[FreshnessCell, ...]


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """Sections by ISO weeks: how old the newest item was.

    Attributes:
        weeks: The Monday of each week.
        rows: The sections, the oldest first within a court; no more than a page holds.
        omitted: How many more there are, all of them fresher than those that are shown.
        exempt: Sections without a limit of age (static, event-driven, archives), which are not shown.
    """

    name: ClassVar[str] = "freshness"
    weeks: tuple[date, ...]
    rows: tuple[FreshnessRow, ...]
    omitted: int = 0
    exempt: int = 0

    @property
    def absent(self) -> str | None:
        read = any(cell.state != UNREAD for row in self.rows for cell in row.cells)
        return None if read else say("pictures.freshness.nothing")

    @property
    def several_courts(self) -> bool:
        return len({row.court for row in self.rows}) > 1

    def count(self, state: str, week: int = -1) -> int:
        """How many of the rows are in a state, in the last week or another one."""
        return sum(row.cells[week].state == state for row in self.rows)

    @property
    def title(self) -> str:
        return say("pictures.freshness.title")

    @property
    def description(self) -> str:
        return say(
            "pictures.freshness.description",
            rows=len(self.rows),
            weeks=len(self.weeks),
            **{state: self.count(state) for state in (FRESH, STALE, UNDATED, UNREAD)},
        )

    @property
    def note(self) -> str:
        parts = [say("pictures.freshness.note")]
        if self.omitted:
            parts.append(say("pictures.freshness.omitted", rows=len(self.rows), omitted=self.omitted))
        if self.exempt:
            parts.append(say("pictures.freshness.exempt", count=self.exempt))
        return "".join(parts)


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Documents that were published between `first` and `last` working days after taking effect; None: and more."""

    first: int
    last: int | None
    count: int

    @property
    def title(self) -> str:
        if self.last is None:
            return say("pictures.lateness.more", first=self.first)
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """How many working days passed between legal effect and publication.

    Attributes:
        limit: The last working day in time (法释〔2016〕19号, article 7).
        unknown: Published documents of which this cannot be told.
    """

    name: ClassVar[str] = "lateness"
    buckets: tuple[Bucket, ...]
    limit: int
    unknown: int = 0

    @property
    def total(self) -> int:
        return sum(bucket.count for bucket in self.buckets)

    @property
    def late(self) -> int:
        return sum(bucket.count for bucket in self.buckets if bucket.first > self.limit)

    @property
    def absent(self) -> str | None:
        return None if self.total else say("pictures.lateness.nothing")

    @property
    def title(self) -> str:
        return say("pictures.lateness.title")

    @property
    def description(self) -> str:
        key = "description" if self.late else "all_in_time"
        return say(f"pictures.lateness.{key}", total=self.total, in_time=self.total - self.late, late=self.late,
                   limit=self.limit, share=f"{(self.total - self.late) / self.total:.2%}")  # fmt: skip

    @property
    def note(self) -> str:
        parts = [say("pictures.lateness.note")]
        if self.unknown:
            parts.append(say("pictures.lateness.unknown", count=self.unknown))
        return "".join(parts)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A department or court in the comparison: its certain findings by severity, and its place if it is ranked."""

    title: str
    counts: tuple[int, int, int, int]
    score: float | None = None
    rank: int | None = None

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Departments or courts side by side, in the order of the ranking. `by`: department or court."""

    name: ClassVar[str] = "comparison"
    by: str
    units: tuple[Unit, ...]
    omitted: int = 0

    @property
    def absent(self) -> str | None:
        if len(self.units) < 2:
            return say("pictures.comparison.one")
        if not any(unit.total or unit.score is not None for unit in self.units):
            return say("pictures.comparison.nothing")
        return None

    @property
    def title(self) -> str:
        return say("pictures.comparison.title", by=label("by", self.by))

    @property
    def description(self) -> str:
        most = max(self.units, key=lambda unit: unit.total)
        return say(
            "pictures.comparison.description",
            units=len(self.units),
            by=label("by", self.by),
            total=sum(unit.total for unit in self.units),
            most=most.title,
            count=most.total,
        )

    @property
    def note(self) -> str:
        parts = [say("pictures.comparison.note")]
        if any(unit.rank is None for unit in self.units):
            parts.append(say("pictures.comparison.unranked"))
        if self.omitted:
            parts.append(say("pictures.comparison.omitted", shown=len(self.units), omitted=self.omitted))
        return "".join(parts)


Picture = Trend | Freshness | Lateness | Comparison


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """The four pictures of a bulletin; each may be empty."""

    trend: Trend
    freshness: Freshness
    lateness: Lateness
    comparison: Comparison

    def __iter__(self) -> Iterator[Picture]:
        return iter((self.trend, self.freshness, self.lateness, self.comparison))

    @property
    def shown(self) -> tuple[Picture, ...]:
        """Those that have something to show, in their order; they are numbered from 1."""
        return tuple(picture for picture in self if picture.absent is None)

    def named(self, name: str) -> Picture:
        """The picture of a name: trend, freshness, lateness or comparison."""
        return next(picture for picture in self if picture.name == name)

    @property
    def absent(self) -> tuple[str, ...]:
        """Why the others are left out, one sentence each."""
        return tuple(picture.absent for picture in self if picture.absent is not None)
