"""The first page: what stands open, what is due, how last night went, and how old the sections of the courts are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gongkai.console import words
from gongkai.console.ages import CourtRow, Matrix, matrix
from gongkai.console.counts import SEVERITIES, tallies
from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.visibility import may_see_site, seen_by
from reports.coverage import MISSING
from storage import runs
from storage.accounts import DEPARTMENT, User
from storage.database import reading
from storage.findings import CERTAIN
from storage.life import ASSIGNED, CONFIRMED, NEW, RECTIFIED_STAGE, REOPENED
from storage.runs import Site
from storage.schema import runs as table
from storage.schema import standing

COMING = 8
TO_DO = (NEW, RECTIFIED_STAGE, REOPENED, CONFIRMED, ASSIGNED)
TO_DO_OF_DEPARTMENT = (ASSIGNED, REOPENED, NEW, CONFIRMED, RECTIFIED_STAGE)
RESULTS = ("complete", "incomplete", "unreadable", "crashed", "running", MISSING)


@dataclass(frozen=True)
class Coverage:
    """How the last night went: courts by result, and those of which not everything was read."""

    night: date | None
    results: dict[str, int]
    short: tuple[CourtRow, ...]


def index(visit: Visit) -> Response:
    """The overview; a department sees its own findings only, and no courts."""
    user, today = visit.user, visit.console.today
    is_department = user.role == DEPARTMENT
    with reading(visit.console.engine) as connection:
        counted = tallies(connection, user, today)
        sites = visible_sites(connection, user)
        table = matrix(connection, sites, visit.console.matrices) if sites else Matrix((), ())
        coming = deadlines(connection, user, today)
        fresh = newly_found(connection, user)
    return render(
        visit,
        "overview.html.j2",
        counts=counted,
        severities=SEVERITIES,
        stages=TO_DO_OF_DEPARTMENT if is_department else TO_DO,
        coming=coming,
        today=today,
        fresh=fresh,
        matrix=table,
        names=[words.label("record", column) for column in table.columns],
        coverage=coverage_of(table),
        is_department=is_department,
    )


def visible_sites(connection: Connection, user: User) -> list[Site]:
    """The courts whose pages the user may open."""
    return [site for site in runs.all_sites(connection) if may_see_site(user, site.id)]


def deadlines(connection: Connection, user: User, today: date, *, site: str | None = None) -> list[dict[str, Any]]:
    """The certain findings whose deadline comes next, today's first."""
    query = sa.select(standing).where(
        seen_by(user), standing.c.deadline >= today, standing.c.grade == CERTAIN, standing.c.open
    )
    if site is not None:
        query = query.where(standing.c.site == site)
    query = query.order_by(standing.c.deadline, standing.c.fingerprint).limit(COMING)
    return [dict(row) | {"left": (row["deadline"] - today).days} for row in connection.execute(query).mappings()]


def newly_found(connection: Connection, user: User) -> tuple[date, int] | None:
    """The last audited night, and how many certain findings were found on it for the first time."""
    night = connection.execute(sa.select(sa.func.max(table.c.night)).where(table.c.audited.is_not(None))).scalar()
    if night is None:
        return None
    query = sa.select(sa.func.count()).where(
        seen_by(user), standing.c.first_seen == night, standing.c.grade == CERTAIN, standing.c.open
    )
    return night, int(connection.execute(query).scalar() or 0)


def coverage_of(table: Matrix) -> Coverage:
    """The last night of these courts. A court that was not visited on it is missing, however well it was read before."""
    night = max((row.run.night for row in table.rows if row.run is not None), default=None)
    rows = [row if row.run is not None and row.run.night == night else replace(row, run=None) for row in table.rows]
    results = Counter(row.verdict for row in rows)
    return Coverage(
        night,
        {status: results[status] for status in RESULTS if results[status]},
        tuple(row for row in rows if row.verdict != "complete"),
    )


ROUTES: list[BaseRoute] = [
    Route("/", signed_in(index), methods=["GET"]),
]
