"""How old the sections of courts are: each section's state on the last night, and the matrix of courts by sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Connection

from auditors.freshness import EXEMPT, doubt, last_day
from reports import words as bulletin
from reports.coverage import MISSING
from reports.text import clean
from storage import runs, store
from storage.records import Section
from storage.runs import Run, Site
from storage.store import Seen

STALE, DOUBTFUL, EMPTY, UNDATED, UNREAD, FRESH, IDLE = (
    "stale",
    "doubtful",
    "empty",
    "undated",
    "unread",
    "fresh",
    "exempt",
)
STATES = (STALE, DOUBTFUL, EMPTY, UNDATED, UNREAD, FRESH, IDLE)
"""The worst first. `unread`: it was not completely read, so nothing follows; `exempt`: no limit is set for its class."""
COLUMNS = 8
KINDS = ("judgment", "hearing", "withheld")
"""Sections with these records make one column whatever they are called; others go by their names."""


@dataclass(frozen=True, kw_only=True)
class Age:
    """One section as it stood on a night.

    Attributes:
        days: From its newest publication to the night of the reading; None: there is none, or it says nothing.
        last: The last day on which it is fresh by its class; None: no limit.
        night: On which it was last read.
        is_read: It was completely read on the last night.
    """

    section: Section
    state: str
    days: int | None
    last: date | None
    night: date
    is_read: bool

    @property
    def order(self) -> tuple[int, int]:
        """The worst first: by state, then by age."""
        return STATES.index(self.state), -(self.days or 0)


@dataclass(frozen=True)
class Cell:
    """What a court has in one column: its sections there, the worst first; none: no such section."""

    ages: tuple[Age, ...]

    @property
    def worst(self) -> Age | None:
        return self.ages[0] if self.ages else None


@dataclass(frozen=True)
class CourtRow:
    """One court.

    Attributes:
        run: Its last one.
        cells: One for each column; `others` has all other sections with a limit.
        short: How many of its sections were not completely read on that run.
    """

    site: Site
    run: Run | None
    cells: tuple[Cell, ...]
    others: Cell
    short: int

    @property
    def verdict(self) -> str:
        """The run's status; what was read to its end and not audited, or not in every section, is incomplete."""
        if self.run is None:
            return MISSING
        whole = self.run.audited is not None and not self.short
        return "incomplete" if self.run.is_complete and not whole else self.run.status

    @property
    def reason(self) -> str:
        """Why it is not complete, in one line."""
        if self.run is None:
            return bulletin.say("not_run")
        parts = [clean(self.run.why)] if self.run.why else []
        if self.run.is_complete and self.run.audited is None:
            parts.append(bulletin.say("not_audited"))
        if self.short:
            parts.append(bulletin.say("sections_short", count=self.short))
        return "；".join(parts)


@dataclass(frozen=True)
class Matrix:
    """Courts by sections. `columns`: keys, a kind of `KINDS` or a section's name."""

    columns: tuple[str, ...]
    rows: tuple[CourtRow, ...]

    @property
    def has_others(self) -> bool:
        return any(row.others.ages for row in self.rows)


def ages_of(connection: Connection, site: str, run: Run | None) -> list[Age]:
    """A site's sections as of its last night, the worst first. One that a complete night no longer found is left out."""
    return _sorted(store.read(connection, Section, site=site), run)


def _sorted(seen: Iterable[Seen[Section]], run: Run | None) -> list[Age]:
    return sorted((age_of(one, run) for one in seen if not _is_gone(one, run)), key=lambda age: age.order)


def age_of(seen: Seen[Section], run: Run | None) -> Age:
    """One section. What is fresh is so even where not all of it was read: one new item proves it."""
    section, night = seen.record, seen.last_seen
    missed = run is not None and night < run.night
    days = None if section.newest is None or section.record == "stream" else max(0, (night - section.newest).days)
    limit = last_day(section)
    if section.cadence in EXEMPT or section.record == "stream":
        state, limit = IDLE, None
    elif missed:
        state = UNREAD
    elif limit is not None and night <= limit:
        state = FRESH
    elif not section.complete:
        state = UNREAD
    elif section.items == 0:
        state = EMPTY
    elif section.newest is None:
        state = UNDATED
    else:
        state = DOUBTFUL if doubt(section) else STALE
    return Age(
        section=section, state=state, days=days, last=limit, night=night, is_read=section.complete and not missed
    )


def _is_gone(seen: Seen[Section], run: Run | None) -> bool:
    return run is not None and run.is_complete and seen.last_seen < run.night


def column_of(section: Section) -> str:
    """Under which column a section stands."""
    return section.record if section.record in KINDS else clean(section.name)


def matrix(
    connection: Connection,
    sites: Sequence[Site],
    memory: dict[tuple[Site, ...], tuple[list[Run], Matrix]] | None = None,
) -> Matrix:
    """The matrix of some courts: the columns that most of them have, those of `KINDS` first.

    Args:
        memory: Where it is kept until one of the courts has another run, or its last one goes on.
    """
    latest = runs.latest(connection)
    known = None if memory is None else memory.get(tuple(sites))
    if known is not None and known[0] == latest and all(run.audited for run in latest):
        return known[1]
    made = _matrix(connection, sites, {run.site: run for run in latest})
    if memory is not None:
        memory[tuple(sites)] = (latest, made)
    return made


def _matrix(connection: Connection, sites: Sequence[Site], last: Mapping[str, Run]) -> Matrix:
    seen: dict[str, list[Seen[Section]]] = {site.id: [] for site in sites}
    for one in store.read(connection, Section):
        if one.record.site in seen:
            seen[one.record.site].append(one)
    ages = {site: _sorted(found, last.get(site)) for site, found in seen.items()}
    columns_of: dict[str, dict[str, list[Age]]] = {}
    for name, found in ages.items():
        columns_of[name] = {}
        for age in found:
            if age.state != IDLE:
                columns_of[name].setdefault(column_of(age.section), []).append(age)
    had = Counter(column for of_site in columns_of.values() for column in of_site)
    ordered = sorted(had, key=lambda name: (KINDS.index(name) if name in KINDS else len(KINDS), -had[name], name))
    columns = tuple(ordered[:COLUMNS])
    rows = tuple(
        CourtRow(
            site=site,
            run=last.get(site.id),
            cells=tuple(Cell(tuple(columns_of[site.id].get(column, ()))) for column in columns),
            others=_others(columns_of[site.id], columns),
            short=sum(not age.is_read for age in ages[site.id]),
        )
        for site in sites
    )
    return Matrix(columns, rows)


def _others(of_site: Mapping[str, list[Age]], columns: Collection[str]) -> Cell:
    ages = (age for column, found in of_site.items() if column not in columns for age in found)
    return Cell(tuple(sorted(ages, key=lambda age: age.order)))
