"""The nights: which courts were read and how far; and one run: what was read, what not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from crawlers.personal.titles import masked_address, masked_text
from gongkai.console import words
from gongkai.console.court import day, site_of
from gongkai.console.overview import RESULTS, visible_sites
from gongkai.console.pages import Visit, render, signed_in
from reports.coverage import MISSING
from reports.text import clean, safe_href
from storage import runs
from storage.accounts import DEPARTMENT
from storage.database import reading
from storage.records import Access, Section
from storage.runs import Run
from storage.schema import TABLES, section_reads
from storage.schema import runs as table

NIGHTS = 30
ADDRESSES = 100
EXAMPLES = 5
CARRIED = "carried"  # beside the accesses: what a run did not ask for


def index(visit: Visit) -> Response:
    """One night by court, the last one unless `?night=` says which; and the nights before `?before=`."""
    if visit.user.role == DEPARTMENT:
        raise HTTPException(404)
    wanted, before = day(visit, "night"), day(visit, "before")
    with reading(visit.console.engine) as connection:
        sites = visible_sites(connection, visit.user)
        listed = by_night(connection, {site.id for site in sites}, before)
        last = wanted or (listed[0]["night"] if listed else None)
        found = {run.site: run for run in runs.read(connection, night=last)} if last else {}
    if wanted and not any(site.id in found for site in sites):
        raise HTTPException(404)
    return render(
        visit,
        "nights.html.j2",
        night=last,
        rows=[(site, found.get(site.id)) for site in sites] if last else [],
        missing=MISSING,
        nights=listed[:NIGHTS],
        more=listed[NIGHTS - 1]["night"] if len(listed) > NIGHTS else None,
        before=before,
    )


def by_night(connection: Connection, sites: Collection[str], before: date | None) -> list[dict[str, Any]]:
    """The nights, newest first, one more than a page holds: how many courts by result, and pages read."""
    some = sa.select(table.c.night).where(table.c.site.in_(sites)).distinct()
    if before is not None:
        some = some.where(table.c.night < before)
    nights = list(connection.execute(some.order_by(table.c.night.desc()).limit(NIGHTS + 1)).scalars())
    query = (
        sa.select(table.c.night, table.c.status, sa.func.count(), sa.func.sum(table.c.pages))
        .where(table.c.site.in_(sites), table.c.night.in_(nights))
        .group_by(table.c.night, table.c.status)
    )
    results: dict[date, Counter[str]] = {night: Counter() for night in nights}
    pages: Counter[date] = Counter()
    for night, status, count, read in connection.execute(query):
        results[night][status] += int(count)
        pages[night] += int(read or 0)
    return [
        {
            "night": night,
            "pages": pages[night],
            "results": {status: results[night][status] for status in RESULTS if results[night][status]},
        }
        for night in nights
    ]


def show(visit: Visit) -> Response:
    """One run. `?access=` and `?cause=` list the addresses behind a number, page by page."""
    params = visit.request.query_params
    access, cause, after = params.get("access", ""), params.get("cause", ""), params.get("after", "")[:2000]
    with reading(visit.console.engine) as connection:
        site = site_of(connection, visit)
        run = _run(connection, visit)
        outcomes = runs.outcomes(connection, run.id)
        causes = _causes(runs.read_issues(connection, run.id))
        is_carried = access == CARRIED and run.carried_since is not None
        if (access and access not in outcomes and not is_carried) or (cause and cause not in causes):
            raise HTTPException(404)
        listed: list[dict[str, Any]] = []
        if is_carried:
            found = runs.taken_over(connection, run.id, after=after, most=ADDRESSES + 1)
            read_on = [words.say("run.read_on", night=one["carried"]) for one in found]
            listed = [
                _shown(one["url"], None, run.night) | {"status": one["status"], "detail": said}
                for one, said in zip(found, read_on, strict=True)
            ]
        elif access:
            found = runs.asked(connection, run.id, access, after=after, most=ADDRESSES + 1)
            listed = [_shown(one["url"], one["detail"], run.night) | {"status": one["status"]} for one in found]
        elif cause:
            behind = [one for one in causes[cause] if one.subject > after]
            found = [{"url": one.subject} for one in behind]
            listed = [_shown(one.subject, one.detail, run.night) | {"status": None} for one in behind]
        return render(
            visit,
            "run.html.j2",
            site=site,
            run=run,
            neighbours=_neighbours(connection, run),
            outcomes=sorted(outcomes.items(), key=lambda pair: (not Access(pair[0]).is_ok, -pair[1])),
            short=_short_sections(connection, run),
            causes=_examples(causes, run.night),
            access=access,
            cause=cause,
            listed=listed[:ADDRESSES],
            more=found[ADDRESSES - 1]["url"] if (access or cause) and len(found) > ADDRESSES else None,
        )


def _run(connection: Connection, visit: Visit) -> Run:
    try:
        night = date.fromisoformat(visit.request.path_params["night"])
    except ValueError:
        raise HTTPException(404) from None
    run = runs.find(connection, visit.request.path_params["site"], night)
    if run is None:
        raise HTTPException(404)
    return run


def _causes(issues: list[runs.Issue]) -> dict[str, list[runs.Issue]]:
    causes: dict[str, list[runs.Issue]] = {}
    for issue in issues:
        causes.setdefault(issue.cause, []).append(issue)
    return causes


def _examples(causes: dict[str, list[runs.Issue]], night: date) -> dict[str, tuple[list[dict[str, Any]], int]]:
    """By cause, the one of most subjects first: the first few subjects, and how many there are."""
    ordered = sorted(causes.items(), key=lambda pair: -len(pair[1]))
    return {
        name: (
            [_shown(one.subject, one.detail, night) for one in found[:EXAMPLES]],
            len(found),
        )
        for name, found in ordered
    }


def _shown(address: str, detail: str | None, night: date) -> dict[str, Any]:
    """An address as it may be shown: numbers of persons masked, and then it is no link."""
    plain = clean(address)
    masked = masked_address(plain, night) if "://" in plain else masked_text(plain, night)
    return {
        "text": masked,
        "href": safe_href(address) if masked == plain else None,
        "detail": masked_text(clean(detail), night) if detail else "",
    }


def _short_sections(connection: Connection, run: Run) -> list[dict[str, Any]]:
    """The sections that this run did not completely read: url, name (None: no longer known), why.

    One that was known by then and has no reading of this night was not reached; after a complete night it is gone.
    """
    known = TABLES[Section]
    of_night = sa.and_(section_reads.c.site == run.site, section_reads.c.night == run.night)
    named = sa.and_(known.c.site == section_reads.c.site, known.c.url == section_reads.c.url)
    query = sa.select(section_reads.c.url, known.c.name, section_reads.c.why).outerjoin(known, named)
    found = [
        dict(row) for row in connection.execute(query.where(of_night, section_reads.c.complete.is_(False))).mappings()
    ]
    if not run.is_complete:
        read = sa.select(section_reads.c.url).where(of_night)
        lacking = sa.select(known.c.url, known.c.name).where(
            known.c.site == run.site, known.c.first_seen <= run.night, known.c.url.not_in(read)
        )
        found += [dict(row) | {"why": words.say("run.not_reached")} for row in connection.execute(lacking).mappings()]
    return sorted(found, key=lambda row: (row["name"] or "", row["url"]))


def _neighbours(connection: Connection, run: Run) -> tuple[date | None, date | None]:
    """The nights of this court before and after this one."""
    of = sa.select(table.c.night).where(table.c.site == run.site)
    before = connection.execute(of.where(table.c.night < run.night).order_by(table.c.night.desc()).limit(1)).scalar()
    after = connection.execute(of.where(table.c.night > run.night).order_by(table.c.night).limit(1)).scalar()
    return before, after


ROUTES: list[BaseRoute] = [
    Route("/runs", signed_in(index), methods=["GET"]),
    Route("/runs/{night}/{site}", signed_in(show), methods=["GET"]),
]
