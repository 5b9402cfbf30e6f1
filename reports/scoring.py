"""Who is ranked in a bulletin: the departments of one court, or the courts of a city, with their counts and findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from reports.coverage import SiteCoverage
from reports.entries import Entry
from reports.indicators import Counted, indicators_of
from reports.ranking import Ranking, Unit, rank
from reports.text import clean
from reports.weights import Weights
from storage.measures import Total

DEPARTMENT, COURT = "department", "court"


def ranking_of(
    now: Counted,
    entries: Sequence[Entry],
    coverage: Sequence[SiteCoverage],
    weights: Weights,
    before: Ranking | None = None,
    since: date = date.min,
) -> Ranking | None:
    """The ranking of a period that begins on `since`; None where nobody could be scored."""
    courts = {site.site: site.court for site in coverage}
    by = COURT if len(set(courts.values())) > 1 else DEPARTMENT
    made = rank(_units(now, entries, courts, by), weights, by, before, since)
    return made if any(row.boards and row.name for row in made.rows) else None


def _units(now: Counted, entries: Iterable[Entry], courts: Mapping[str, str], by: str) -> list[Unit]:
    found: dict[str, list[Entry]] = {name: [] for name in courts.values()} if by == COURT else {}
    counts: dict[str, list[Total]] = {name: [] for name in found}
    for total in now.totals:
        name = courts[total.site] if by == COURT else clean(total.department)
        counts.setdefault(name, []).append(total)
    for entry in entries:
        name = courts[entry.finding.site] if by == COURT else entry.finding.department or ""
        found.setdefault(name, []).append(entry)
    units = []
    for name in dict.fromkeys((*counts, *found)):
        indicators = {one.name: one for one in indicators_of(Counted(tuple(counts.get(name, ()))))}
        closed = indicators.get("closed")
        units.append(
            Unit(
                name=name,
                indicators=indicators,
                entries=tuple(found.get(name, ())),
                closed=None if closed is None else closed.numerator,
            )
        )
    return units
