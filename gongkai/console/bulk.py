"""One deed on many findings: those that were ticked in a list, or all that its filters leave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gongkai.console import deeds, filters, words
from gongkai.console.finding import deed_of
from gongkai.console.pages import Visit, render, signed_in
from storage.schema import standing

MOST = 500
TOLD = 50  # of those that were not done, so many are named


def act(visit: Visit) -> Response:
    """Do it, and tell of each that was not done why.

    A finding on which somebody has acted since the list was shown is left as it is: nobody's decision is lost unseen.
    """
    back = str(visit.form.get("back") or "")[:2000]
    chosen = _filters(back)
    deed = replace(deed_of(visit), version=None)
    with visit.console.engine.begin() as connection:
        if visit.form.get("scope") == "all":
            seen: dict[str, int | None] = _all(connection, visit, chosen)
        else:
            seen = dict(list(visit.ticked.items())[:MOST])
        done, refused = deeds.do_all(connection, visit.user, seen, deed, visit.console.now())
        query = sa.select(standing).where(standing.c.fingerprint.in_(list(refused)[:TOLD]))
        named = {row["fingerprint"]: dict(row) for row in connection.execute(query).mappings()}
    reasons: dict[str, list[dict[str, Any]]] = {}
    counts: dict[str, int] = {}
    for fingerprint, reason in refused.items():
        counts[reason] = counts.get(reason, 0) + 1
        if fingerprint in named and reason != "not_there":
            reasons.setdefault(reason, []).append(named[fingerprint])
    return render(
        visit,
        "done.html.j2",
        done=len(done),
        counts=counts,
        reasons=reasons,
        deed=deed,
        nothing=not seen,
        back=chosen.query,
    )


def _filters(query: str) -> filters.Filters:
    """The list that it was done from; the whole list if that cannot be told."""
    try:
        return filters.parse(dict(parse_qsl(query, keep_blank_values=True)))
    except filters.BadFilter:
        raise HTTPException(400, words.say("errors.bad_filter", value=query[:60])) from None


def _all(connection: Connection, visit: Visit, chosen: filters.Filters) -> dict[str, int | None]:
    """All that the filters leave, as they stand now."""
    wanted = filters.condition(chosen, visit.user, visit.console.today)
    query = sa.select(standing.c.fingerprint, standing.c.version).where(wanted).limit(MOST + 1)
    found: dict[str, int | None] = {row.fingerprint: row.version for row in connection.execute(query)}
    if len(found) > MOST:
        raise HTTPException(413, words.say("bulk.too_many", most=MOST))
    return found


ROUTES: list[BaseRoute] = [Route("/findings/all", signed_in(act), methods=["POST"])]
