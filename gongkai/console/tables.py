"""The lists of sections and of nights as files, as `downloads` has those of findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gongkai.console import words
from gongkai.console.ages import ages_of
from gongkai.console.court import day, site_of
from gongkai.console.downloads import answer
from gongkai.console.overview import visible_sites
from gongkai.console.pages import Visit, signed_in
from reports.coverage import MISSING
from reports.formats.plain_table import Head
from reports.formats.xlsx.sheet import WebLink
from storage import runs
from storage.accounts import DEPARTMENT
from storage.database import reading


def sections(visit: Visit) -> Response:
    """The sections of a court, as its page lists them."""
    with reading(visit.console.engine) as connection:
        site = site_of(connection, visit)
    heads = [
        Head(words.say("court.section"), 24),
        Head(words.say("section.url"), 40, "link"),
        Head(words.say("court.state"), 14, "centre"),
        Head(words.say("court.newest"), 12, "date"),
        Head(words.say("court.limit"), 12, "date"),
        Head(words.say("court.class"), 14, "centre"),
        Head(words.say("court.unit"), 16),
        Head(words.say("court.items"), 8, "number"),
        Head(words.say("court.read"), 12, "date"),
        Head(words.say("nights.why"), 40),
    ]

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        nights = runs.newest(connection, site.id, most=1)
        for one in ages_of(connection, site.id, nights[0] if nights else None):
            about = one.section
            yield [
                about.name,
                WebLink(about.url, about.url),
                words.label("age", one.state),
                about.newest,
                one.last,
                words.label("cadence", about.cadence),
                about.department,
                about.items,
                one.night,
                about.why,
            ]

    title = words.say("court.sections")
    return answer(visit, f"{site.court}-{title}", _form(visit), heads, rows, sheet=title)


def nights(visit: Visit) -> Response:
    """One night by court, the last one unless `?night=` says which."""
    if visit.user.role == DEPARTMENT:
        raise HTTPException(404)
    wanted = day(visit, "night")
    with reading(visit.console.engine) as connection:
        sites = visible_sites(connection, visit.user)
        night = wanted or max(
            (r.night for site in sites for r in runs.newest(connection, site.id, most=1)), default=None
        )
        found = {run.site: run for run in runs.read(connection, night=night)} if night else {}
    if night is None or not any(site.id in found for site in sites):
        raise HTTPException(404)
    counted = [Head(words.say(f"run.{name}"), 10, "number") for name in ("pages", "links", "sections")]
    heads = [
        Head(words.say("nights.court"), 28),
        Head(words.say("nights.result"), 12, "centre"),
        *counted,
        Head(words.say("nights.why"), 60),
    ]

    def rows(_connection: Connection) -> Iterator[Sequence[Any]]:
        for site in sites:
            run = found.get(site.id)
            numbers = [run.pages, run.links, run.sections] if run else [None, None, None]
            status = words.label("run", run.status if run else MISSING)
            yield [site.court, status, *numbers, run.why if run else None]

    return answer(
        visit, words.say("nights.one", night=night), _form(visit), heads, rows, sheet=words.say("nights.title")
    )


def _form(visit: Visit) -> str:
    form = str(visit.request.path_params["form"])
    if form not in ("csv", "xlsx"):
        raise HTTPException(404)
    return form


ROUTES: list[BaseRoute] = [
    Route("/courts/{site}/sections.{form}", signed_in(sections), methods=["GET"]),
    Route("/runs.{form}", signed_in(nights), methods=["GET"]),
]
