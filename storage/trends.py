"""How many certain findings were open, new and resolved on each audited night: read from the verdicts alone, no texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.findings import CERTAIN, ENDED, SEEN, UNREAD
from storage.schema import findings, runs, sightings

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Day:
    """One site after one audited night.

    Attributes:
        open: Certain findings that stand open.
        new: Those among them that did not count the audited night before: not seen, resolved, or mere leads then.
        resolved: Those that counted until this night and have ended.
        lowered: Those that counted and are mere leads now.
    """

    site: str
    night: date
    open: int
    new: int
    resolved: int
    lowered: int


def days(
    connection: Connection, sites: Sequence[str], first: date, last: date, department: str | None = None
) -> list[Day]:
    """Every audited night of the sites between two days, the oldest first, each site's last one before them ahead.

    On that one nothing is new or resolved: it says what stood open when the days began.

    Args:
        department: Only findings that are assigned to this department when last heard of, up to `last`.
    """
    found = []
    for site in sites:
        nights = _audited(connection, site, last)
        before = [night for night in nights if night < first][-1:]
        found += _days(connection, site, before + [night for night in nights if night >= first], department)
        if before:
            began = next(index for index, one in enumerate(found) if one.site == site)
            base = found[began]
            found[began] = Day(site=site, night=base.night, open=base.open, new=0, resolved=0, lowered=0)
    return sorted(found, key=lambda one: one.night)


def _audited(connection: Connection, site: str, until: date) -> list[date]:
    query = (
        sa.select(runs.c.night)
        .where(runs.c.site == site, runs.c.night <= until, runs.c.audited.is_not(None))
        .order_by(runs.c.night)
    )
    return list(connection.execute(query).scalars())


def _days(connection: Connection, site: str, nights: list[date], department: str | None) -> list[Day]:
    if not nights:
        return []
    changes = _changes(connection, site, nights[0], nights[-1], department)
    unknown = [print_ for print_, rows in changes.items() if rows[0][1] == UNREAD]
    earlier = _grades(connection, unknown, nights[0])
    tally = {night: {"open": 0, "new": 0, "resolved": 0, "lowered": 0} for night in nights}
    for print_, rows in changes.items():
        counted = False
        grade = earlier.get(print_)
        for night, verdict in rows:
            if verdict in SEEN:
                grade = verdict
            counts = verdict not in ENDED and grade == CERTAIN
            if counts != counted and night in tally:
                kind = "new" if counts else "resolved" if verdict in ENDED else "lowered"
                tally[night][kind] += 1
            counted = counts
            if verdict in ENDED:
                grade = None
    standing = 0
    for night in nights:
        one = tally[night]
        standing += one["new"] - one["resolved"] - one["lowered"]
        one["open"] = standing
    return [Day(site=site, night=night, **tally[night]) for night in nights]


def _changes(
    connection: Connection, site: str, first: date, last: date, department: str | None
) -> dict[str, list[tuple[date, str]]]:
    """By finding, the nights on which its verdict became another one. Each audited night has one for every open finding."""
    before = sa.func.lag(sightings.c.verdict).over(partition_by=sightings.c.fingerprint, order_by=sightings.c.night)
    of_site = sa.select(findings.c.fingerprint).where(findings.c.site == site)
    told = sa.select(sightings.c.fingerprint, sightings.c.night, sightings.c.verdict, before.label("before")).where(
        sightings.c.fingerprint.in_(of_site), sightings.c.night >= first, sightings.c.night <= last
    )
    if department is not None:
        one = sightings.alias("one")
        newest = sa.select(sa.func.max(one.c.night)).where(
            one.c.fingerprint == findings.c.fingerprint, one.c.night <= last
        )
        two = sightings.alias("two")
        assigned = sa.select(two.c.fingerprint).join(findings, findings.c.fingerprint == two.c.fingerprint)
        told = told.where(
            sightings.c.fingerprint.in_(
                assigned.where(
                    findings.c.site == site, two.c.department == department, two.c.night == newest.scalar_subquery()
                )
            )
        )
    rows = told.subquery()
    query = (
        sa.select(rows.c.fingerprint, rows.c.night, rows.c.verdict)
        .where(sa.or_(rows.c.before.is_(None), rows.c.before != rows.c.verdict))
        .order_by(rows.c.fingerprint, rows.c.night)
    )
    changes: dict[str, list[tuple[date, str]]] = {}
    for print_, night, verdict in connection.execute(query):
        changes.setdefault(print_, []).append((night, verdict))
    return changes


def _grades(connection: Connection, prints: Iterable[str], before: date) -> dict[str, str]:
    """What findings that could not be looked at had been when they were last seen."""
    listed = list(prints)
    grades: dict[str, str] = {}
    for start in range(0, len(listed), BATCH):
        query = (
            sa.select(sightings.c.fingerprint, sightings.c.verdict)
            .where(
                sightings.c.fingerprint.in_(listed[start : start + BATCH]),
                sightings.c.night < before,
                sightings.c.verdict.in_(SEEN),
            )
            .order_by(sightings.c.night)
        )
        grades.update((row.fingerprint, row.verdict) for row in connection.execute(query))
    return grades
