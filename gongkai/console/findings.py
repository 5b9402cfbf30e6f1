"""The list of findings."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gongkai.console import deeds, filters, words
from gongkai.console.bulk import MOST
from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.visibility import may
from storage import runs
from storage.database import reading
from storage.findings import SEEN
from storage.life import STAGES


def index(visit: Visit) -> Response:
    """The list, as the filters of its URL narrow it."""
    try:
        chosen = filters.parse(visit.request.query_params)
        with reading(visit.console.engine) as connection:
            page = filters.page(connection, chosen, visit.user, visit.console.today)
            sites = [s for s in runs.all_sites(connection) if not visit.user.sites or s.id in visit.user.sites]
    except filters.BadFilter as error:
        raise HTTPException(400, words.say("errors.bad_filter", value=str(error)[:60])) from None
    choices = {
        "site": [(site.id, site.court) for site in sites],
        "severity": [(code, words.label("severity", code)) for code in ("S0", "S1", "S2", "S3")],
        "grade": [(code, words.label("grade", code)) for code in SEEN],
        "stage": [(code, words.label("stage", code)) for code in (filters.OPEN, *STAGES)],
    }
    return render(
        visit,
        "findings.html.j2",
        page=page,
        filters=chosen,
        choices=choices,
        orders=tuple(filters.ORDERS),
        deeds=_deeds(visit),
        most=MOST,
    )


def _deeds(visit: Visit) -> tuple[str, ...]:
    """What may be done to many at once: all that some stage allows; each finding is asked again."""
    return tuple(what for what in deeds.FROM if may(visit.user, what))


ROUTES: list[BaseRoute] = [
    Route("/findings", signed_in(index), methods=["GET"]),
]
