"""A court: what is open there, its sections, its nights. And one section, with its history of dates."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gongkai.console import words
from gongkai.console.ages import age_of, ages_of
from gongkai.console.counts import SEVERITIES, tallies
from gongkai.console.overview import deadlines, visible_sites
from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.visibility import seen_by
from storage import runs, store
from storage.accounts import User
from storage.database import reading
from storage.findings import CERTAIN
from storage.records import Item, Section
from storage.runs import Run, Site
from storage.schema import TABLES, findings, standing

NIGHTS = 14
READINGS = 60
ITEMS = 30
MONTHS = 12  # back from that of the last reading


def show(visit: Visit) -> Response:
    """The page of one court."""
    with reading(visit.console.engine) as connection:
        site = site_of(connection, visit)
        nights = runs.newest(connection, site.id, most=NIGHTS)
        return render(
            visit,
            "court.html.j2",
            site=site,
            nights=nights,
            counts=tallies(connection, visit.user, visit.console.today, site=site.id),
            severities=SEVERITIES,
            units=units(connection, visit.user, site, visit.console.today),
            coming=deadlines(connection, visit.user, visit.console.today, site=site.id),
            ages=ages_of(connection, site.id, nights[0] if nights else None),
        )


def section(visit: Visit) -> Response:
    """The page of one section, `?url=`: how old it is, how often something was published, night by night."""
    url = visit.request.query_params.get("url", "")
    before = day(visit, "before")
    with reading(visit.console.engine) as connection:
        site = site_of(connection, visit)
        seen = store.one(connection, Section, site=site.id, url=url)
        if seen is None:
            raise HTTPException(404)
        last: Run | None = next(iter(runs.newest(connection, site.id, most=1)), None)
        read = runs.readings(connection, site.id, url, before=before, most=READINGS + 1)
        months = published_by_month(connection, site.id, url, seen.last_seen)
        return render(
            visit,
            "section.html.j2",
            site=site,
            section=seen.record,
            seen=seen,
            this=age_of(seen, last),
            last=last,
            readings=[
                _reading(seen.record, one, earlier) for one, earlier in zip(read, [*read[1:], None], strict=False)
            ][:READINGS],
            more=read[READINGS - 1]["night"] if len(read) > READINGS else None,
            before=before,
            months=months,
            most=max((count for _, count in months), default=0),
            items=newest_items(connection, site.id, url),
            findings=findings_about(connection, visit.user, site.id, url),
        )


def site_of(connection: Connection, visit: Visit) -> Site:
    """The court of the address; 404 if there is none that the user may know of."""
    wanted = visit.request.path_params["site"]
    found = next((site for site in visible_sites(connection, visit.user) if site.id == wanted), None)
    if found is None:
        raise HTTPException(404)
    return found


def day(visit: Visit, name: str) -> date | None:
    """A day of the address; what is none is said."""
    text = visit.request.query_params.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise HTTPException(400, words.say("errors.bad_date", value=text[:20])) from None


def units(connection: Connection, user: User, site: Site, today: date) -> list[dict[str, Any]]:
    """By department in charge: its open certain findings by severity, and how many are overdue; the most first."""
    one = standing.c
    late = sa.func.sum(sa.case((one.deadline < today, 1), else_=0))
    query = (
        sa.select(one.responsible, one.severity, sa.func.count(), late)
        .where(seen_by(user), one.site == site.id, one.open, one.grade == CERTAIN)
        .group_by(one.responsible, one.severity)
    )
    found: dict[str, dict[str, Any]] = {}
    for name, severity, count, overdue in connection.execute(query):
        row = found.setdefault(name or "", {"name": name or "", "overdue": 0, "all": 0} | dict.fromkeys(SEVERITIES, 0))
        row[severity] += int(count)
        row["all"] += int(count)
        row["overdue"] += int(overdue)
    return sorted(found.values(), key=lambda row: (-row["all"], row["name"]))


def published_by_month(connection: Connection, site: str, url: str, until: date) -> list[tuple[str, int]]:
    """How many rows of the section were published in each of the months up to a day, back to its oldest row's."""
    table = TABLES[Item]
    query = sa.select(table.c.published).where(
        table.c.site == site, table.c.section_url == url, table.c.published <= until
    )
    counted = Counter((one.year, one.month) for one in connection.execute(query).scalars())
    if not counted:
        return []
    last, first = until.year * 12 + until.month - 1, min(year * 12 + month - 1 for year, month in counted)
    months = [divmod(n, 12) for n in range(last, max(first, last - MONTHS) - 1, -1)]
    return [(f"{year}-{month + 1:02}", counted[year, month + 1]) for year, month in months]


def newest_items(connection: Connection, site: str, url: str) -> list[dict[str, Any]]:
    """The newest rows of the section: url, title, published, published_source, first_seen."""
    table = TABLES[Item]
    columns = (table.c.url, table.c.title, table.c.published, table.c.published_source, table.c.first_seen)
    query = sa.select(*columns).where(table.c.site == site, table.c.section_url == url)
    query = query.order_by(table.c.published.is_(None), table.c.published.desc(), table.c.url).limit(ITEMS)
    return [dict(row) for row in connection.execute(query).mappings()]


def findings_about(connection: Connection, user: User, site: str, url: str) -> list[dict[str, Any]]:
    """What was found about the section itself, the open ones first."""
    query = (
        sa.select(standing)
        .join(findings, findings.c.fingerprint == standing.c.fingerprint)
        .where(seen_by(user), findings.c.site == site, findings.c.kind == "section", findings.c.url == url)
        .order_by(standing.c.open.desc(), standing.c.severity, standing.c.fingerprint)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _reading(about: Section, one: dict[str, Any], earlier: dict[str, Any] | None) -> dict[str, Any]:
    """A night's reading, with the age on that night, and whether something newer had come since the one before."""
    newest = one["newest"]
    days = None if newest is None or about.record == "stream" else (one["night"] - newest).days
    came = newest is not None and earlier is not None and (earlier["newest"] is None or newest > earlier["newest"])
    return one | {"days": days, "came": came}


ROUTES: list[BaseRoute] = [
    Route("/courts/{site}", signed_in(show), methods=["GET"]),
    Route("/courts/{site}/section", signed_in(section), methods=["GET"]),
]
