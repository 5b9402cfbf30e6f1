"""How old the newest item of each section was, week by week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, ClassVar

from sqlalchemy.engine import Connection

from auditors.freshness import EXEMPT, doubt, is_stale
from reports.period import NIGHT, Period
from reports.text import clean
from reports.words import say, say_counts
from storage import store
from storage.records import Section
from storage.runs import Site, section_history

FRESH, STALE, UNDATED, UNREAD = "fresh", "stale", "undated", "unread"
STATES = (FRESH, STALE, UNDATED, UNREAD)
MOST_SECTIONS = 26  # rows that a page holds legibly
CONTEXT = 5  # weeks that a bulletin of one night shows, as far as its sites were read in them


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
            states=say_counts("pictures.freshness.states", {state: self.count(state) for state in STATES}),
        )

    @property
    def note(self) -> str:
        parts = [say("pictures.freshness.note")]
        if self.omitted:
            parts.append(say("pictures.freshness.omitted", rows=len(self.rows), omitted=self.omitted))
        if self.exempt:
            parts.append(say("pictures.freshness.exempt", count=self.exempt))
        return "".join(parts)


def freshness_of(
    connection: Connection, period: Period, sites: Sequence[Site], until: date, department: str | None = None
) -> Freshness:
    """The sections of some sites in the weeks of a period."""
    weeks = tuple(_weeks(period, min(period.last, until)))
    if not weeks:
        return Freshness(weeks=(), rows=())
    rows, exempt = [], 0
    for site in sites:
        history = section_history(connection, site.id, min(period.last, until), since=weeks[0])
        for seen in store.read(connection, Section, site=site.id):
            section = seen.record
            if section.record == "stream" or seen.last_seen < weeks[0] or seen.first_seen > until:
                continue
            if department not in (None, section.department):
                continue
            if section.cadence in EXEMPT:
                exempt += 1
                continue
            cells = tuple(_cell(section, history.get(section.url, []), week) for week in weeks)
            rows.append(FreshnessRow(court=clean(site.court), section=clean(section.name), cells=cells))
    worst = sorted(rows, key=_order)[:MOST_SECTIONS]
    places = {clean(site.court): place for place, site in reversed(list(enumerate(sites)))}
    shown = tuple(sorted(worst, key=lambda row: places[row.court]))  # by court; within one the order stays
    unread = _unread_before(shown) if period.kind == NIGHT else 0
    shown = tuple(replace(row, cells=row.cells[unread:]) for row in shown)
    return Freshness(weeks=weeks[unread:], rows=shown, omitted=len(rows) - len(worst), exempt=exempt)


def _unread_before(rows: Sequence[FreshnessRow]) -> int:
    """How many of the weeks that only lead up to a night are from before the first reading: they would say nothing."""
    read = [any(cell.state != UNREAD for cell in week) for week in zip(*(row.cells for row in rows), strict=True)]
    return read.index(True) if True in read else 0


def _weeks(period: Period, last: date) -> Iterable[date]:
    """The Mondays of the ISO weeks."""
    begin = last - timedelta(weeks=CONTEXT - 1) if period.kind == NIGHT else period.first
    monday = begin - timedelta(days=begin.weekday())
    while monday <= last:
        yield monday
        monday += timedelta(weeks=1)


def _cell(section: Section, reads: Iterable[Mapping[str, Any]], monday: date) -> FreshnessCell:
    """What the last complete reading of one week says, by the class and the doubts that the section has now."""
    sunday = monday + timedelta(days=6)
    of_week = [read for read in reads if monday <= read["night"] <= sunday and read["complete"]]
    if not of_week:
        return FreshnessCell(state=UNREAD)
    night, newest = of_week[-1]["night"], of_week[-1]["newest"]
    if newest is None:
        return FreshnessCell(state=UNDATED)
    then = replace(section, newest=newest)
    stale = is_stale(then, night) and doubt(then) is None
    return FreshnessCell(state=STALE if stale else FRESH, days=(night - newest).days)


def _order(row: FreshnessRow) -> tuple[int, int]:
    """The oldest first; those of which nothing is known last."""
    known = [cell.days for cell in row.cells if cell.days is not None]
    return (0, -known[-1]) if known else (1, 0)
