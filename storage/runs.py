"""The night's ledger: which site was read on which night, how far, and what could not be understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.locks import in_turn
from storage.records import Access, Section
from storage.schema import accesses, issues, runs, section_reads, sites

FINISHED = ("complete", "incomplete", "unreadable")
TAKEN_UP_WITHIN = 7  # nights


@dataclass(frozen=True, kw_only=True)
class Site:
    """A court's site: `id` is its profile's name, or its host where there is no profile."""

    id: str
    court: str
    home: str
    level: str | None = None
    platform: str | None = None


@dataclass(frozen=True, kw_only=True)
class Run:
    """One night at one site. `status`: running, complete, incomplete, unreadable, crashed.

    Attributes:
        pages, links: What the night's results rest on: pages of the site, and all targets of links, these among them.
        carried_pages, carried_links: Of these, what was not asked on this night but stands as an earlier one read it.
        carried_since: The night of the earliest of these readings; None: all was asked on this night.
    """

    id: int
    site: str
    night: date
    started: datetime
    finished: datetime | None = None
    status: str = "running"
    why: str | None = None
    pages: int = 0
    links: int = 0
    sections: int = 0
    bytes: int = 0
    unchanged: int = 0
    audited: datetime | None = None
    carried_pages: int = 0
    carried_links: int = 0
    carried_since: date | None = None

    @property
    def is_complete(self) -> bool:
        return self.status == "complete"


@dataclass(frozen=True, kw_only=True)
class Issue:
    """Something a crawl could not understand. `cause` is from the closed list in `crawlers/access.py`."""

    cause: str
    subject: str
    detail: str | None = None
    times: int = 1


def save_site(connection: Connection, site: Site) -> None:
    upsert(connection, sites, [vars(site).copy()], ("id",))


def all_sites(connection: Connection) -> list[Site]:
    return [Site(**row) for row in connection.execute(sa.select(sites).order_by(sites.c.id)).mappings()]


def start(connection: Connection, site: str, night: date, now: datetime) -> Run:
    """The run of this site and night: the one that was begun (a killed night goes on), or a new one."""
    in_turn(connection, f"run:{site}")
    found = find(connection, site, night)
    if found is not None:
        return found
    connection.execute(
        sa.insert(runs).values(
            site=site, night=night, started=now, status="running", pages=0, links=0, sections=0, bytes=0, unchanged=0
        )
    )
    made = find(connection, site, night)
    assert made is not None
    return made


def last_read(connection: Connection, *, completely: bool = False) -> dict[str, date]:
    """By site, the last night on which it could be read, as far as that went, or only those on which that was all of it."""
    query = (
        sa.select(runs.c.site, sa.func.max(runs.c.night))
        .where(runs.c.status.in_(("complete",) if completely else ("complete", "incomplete")))
        .group_by(runs.c.site)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def sizes(connection: Connection) -> dict[str, int]:
    """By site, the most addresses that a night ever asked there."""
    query = sa.select(runs.c.site, sa.func.max(runs.c.pages + runs.c.links)).group_by(runs.c.site)
    return {row[0]: row[1] for row in connection.execute(query)}


def last_audited(connection: Connection) -> date | None:
    """The newest night on which any site was audited; None: there is none."""
    night: date | None = connection.execute(
        sa.select(sa.func.max(runs.c.night)).where(runs.c.audited.is_not(None))
    ).scalar()
    return night


def unfinished(connection: Connection, site: str, night: date, *, nights: int = TAKEN_UP_WITHIN) -> Run | None:
    """A run that was stopped before the site was read, on the last night before this one; None: there is none.

    Args:
        night: A run of this night itself means that there is nothing to take up.
        nights: How long ago that night may have been: what was read longer ago says too little about tonight. A run that went
            on since then is not measured by its beginning: a site that needs more nights would never be done.
    """
    query = sa.select(runs).where(runs.c.site == site).order_by(runs.c.night.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None or row["status"] != "running" or not timedelta(0) < night - row["night"] <= timedelta(days=nights):
        return None
    return Run(**row)


def find(connection: Connection, site: str, night: date) -> Run | None:
    row = connection.execute(sa.select(runs).where(runs.c.site == site, runs.c.night == night)).mappings().first()
    return None if row is None else Run(**row)


def read(connection: Connection, *, night: date | None = None, site: str | None = None) -> list[Run]:
    """Runs, newest night first, then by site."""
    query = sa.select(runs).order_by(runs.c.night.desc(), runs.c.site)
    if night is not None:
        query = query.where(runs.c.night == night)
    if site is not None:
        query = query.where(runs.c.site == site)
    return [Run(**row) for row in connection.execute(query).mappings()]


def latest(connection: Connection) -> list[Run]:
    """Each site's last run, by site."""
    last = sa.select(runs.c.site, sa.func.max(runs.c.night).label("night")).group_by(runs.c.site).subquery()
    query = sa.select(runs).join(last, sa.and_(runs.c.site == last.c.site, runs.c.night == last.c.night))
    return [Run(**row) for row in connection.execute(query.order_by(runs.c.site)).mappings()]


def newest(connection: Connection, site: str, *, most: int, until: date = date.max) -> list[Run]:
    """A site's last runs, newest first, at most so many.

    Args:
        until: No night after this one.
    """
    chosen = sa.select(runs).where(runs.c.site == site, runs.c.night <= until)
    query = chosen.order_by(runs.c.night.desc()).limit(most)
    return [Run(**row) for row in connection.execute(query).mappings()]


def newest_at_home(connection: Connection, site: str, home: str, *, before: date) -> Run | None:
    """The newest run before a night that came to an end and could read the site's home; None: there is none.

    Without its home nothing of a site is read: such a night may have been one of its hearing portal alone.
    """
    well = [access.value for access in Access if access.is_ok]
    at_home = (accesses.c.run == runs.c.id, accesses.c.url == home, accesses.c.access.in_(well))
    query = (
        sa.select(runs)
        .where(runs.c.site == site, runs.c.night < before, runs.c.status.in_(("complete", "incomplete")))
        .where(sa.exists().where(*at_home))
        .order_by(runs.c.night.desc())
    )
    row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else Run(**row)


def update(connection: Connection, run: int, **values: Any) -> None:
    connection.execute(sa.update(runs).where(runs.c.id == run).values(**values))


def save_issues(connection: Connection, run: int, found: list[Issue]) -> None:
    rows = [{"run": run, "cause": i.cause, "subject": i.subject, "detail": i.detail, "times": i.times} for i in found]
    upsert(connection, issues, rows, ("run", "cause", "subject"))


def read_issues(connection: Connection, run: int) -> list[Issue]:
    query = sa.select(issues).where(issues.c.run == run).order_by(issues.c.cause, issues.c.subject)
    return [
        Issue(cause=r["cause"], subject=r["subject"], detail=r["detail"], times=r["times"])
        for r in connection.execute(query).mappings()
    ]


def section_read(section: Section, night: date) -> dict[str, Any]:
    """A section's reading of one night, as a row of its history; its record is of the last night only."""
    return {
        "site": section.site,
        "url": section.url,
        "night": night,
        "complete": section.complete,
        "why": section.why,
        "items": section.items,
        "newest": section.newest,
        "oldest": section.oldest,
    }


def save_section_reads(connection: Connection, rows: list[dict[str, Any]]) -> None:
    upsert(connection, section_reads, rows, ("site", "url", "night"))


def section_history(
    connection: Connection, site: str, until: date, *, since: date = date.min
) -> dict[str, list[dict[str, Any]]]:
    """By section URL, the nights on which it was read, oldest first: night, complete, items, newest, oldest."""
    query = (
        sa.select(section_reads)
        .where(section_reads.c.site == site, section_reads.c.night <= until, section_reads.c.night >= since)
        .order_by(section_reads.c.night)
    )
    history: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        history.setdefault(row["url"], []).append(dict(row))
    return history


def readings(
    connection: Connection, site: str, url: str, *, before: date | None = None, most: int
) -> list[dict[str, Any]]:
    """The nights on which one section was read, newest first, at most so many: night, complete, why, items, newest, oldest.

    Args:
        before: Only those before this night.
    """
    query = sa.select(section_reads).where(section_reads.c.site == site, section_reads.c.url == url)
    if before is not None:
        query = query.where(section_reads.c.night < before)
    query = query.order_by(section_reads.c.night.desc()).limit(most)
    return [dict(row) for row in connection.execute(query).mappings()]


def outcomes(connection: Connection, run: int) -> dict[str, int]:
    """How the requests of a run ended, by `Access`: how many addresses. What it took over it did not ask for."""
    asked_for = (accesses.c.run == run, accesses.c.carried.is_(None))
    query = sa.select(accesses.c.access, sa.func.count()).where(*asked_for).group_by(accesses.c.access)
    return {access: int(count) for access, count in connection.execute(query)}


def asked(connection: Connection, run: int, access: str, *, after: str = "", most: int) -> list[dict[str, Any]]:
    """The addresses of a run that ended so, by address: url, status, detail, at.

    Args:
        after: Only those behind this address.
    """
    columns = (accesses.c.url, accesses.c.status, accesses.c.detail, accesses.c.at)
    wanted = (accesses.c.run == run, accesses.c.carried.is_(None), accesses.c.access == access, accesses.c.url > after)
    query = sa.select(*columns).where(*wanted).order_by(accesses.c.url)
    return [dict(row) for row in connection.execute(query.limit(most)).mappings()]


def taken_over(connection: Connection, run: int, *, after: str = "", most: int) -> list[dict[str, Any]]:
    """The addresses of a run that it did not ask for, by address: url, status, and the night on which each was asked.

    Args:
        after: Only those behind this address.
    """
    wanted = (accesses.c.run == run, accesses.c.carried.is_not(None), accesses.c.url > after)
    query = sa.select(accesses.c.url, accesses.c.status, accesses.c.carried).where(*wanted).order_by(accesses.c.url)
    return [dict(row) for row in connection.execute(query.limit(most)).mappings()]


def access_history(connection: Connection, site: str, urls: list[str], until: date) -> dict[str, list[dict[str, Any]]]:
    """By URL, each night's access, oldest first: night, at, access, status, sha256, detail, probes.

    Of the nights, those on which it was asked: what a later one took over from them is no access of its own.
    """
    history: dict[str, list[dict[str, Any]]] = {}
    columns = (
        sa.func.coalesce(accesses.c.carried, runs.c.night).label("night"),
        accesses.c.url,
        accesses.c.at,
        accesses.c.access,
        accesses.c.status,
        accesses.c.sha256,
        accesses.c.detail,
        accesses.c.probes,
        accesses.c.kind,
        accesses.c.internal,
    )
    for start_at in range(0, len(urls), 500):
        query = (
            sa.select(*columns)
            .join(runs, runs.c.id == accesses.c.run)
            .where(runs.c.site == site, runs.c.night <= until, accesses.c.url.in_(urls[start_at : start_at + 500]))
            .order_by(runs.c.night)
        )
        for row in connection.execute(query).mappings():
            rows = history.setdefault(row["url"], [])
            if not rows or rows[-1]["night"] != row["night"]:
                rows.append(dict(row))
    return history
