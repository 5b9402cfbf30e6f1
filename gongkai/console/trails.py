"""Files that leave the console about what people did: the trail of one finding or of a list, the test case of a false alarm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from gongkai import false_alarms, local_norms, trail
from gongkai.console import deeds, filters, words
from gongkai.console.deeds import NotThere
from gongkai.console.downloads import answer, attachment
from gongkai.console.pages import Visit, signed_in
from gongkai.console.visibility import may, seen_by
from storage.database import reading
from storage.life import DISMISS, FALSE_ALARM
from storage.schema import standing

FORMS = ("csv", "json", "xlsx")


def of_one(visit: Visit) -> Response:
    """The trail of one finding."""
    print_ = _print(visit)
    with reading(visit.console.engine) as connection:
        _row(connection, visit)
    wanted = sa.and_(standing.c.fingerprint == print_, seen_by(visit.user))
    return _answer(visit, wanted, f"{words.say('trail.title')}-{print_[:10]}")


def of_list(visit: Visit) -> Response:
    """The trail of every finding that the filters of the URL leave."""
    try:
        chosen = filters.parse(visit.request.query_params)
        wanted = filters.condition(chosen, visit.user, visit.console.today)
    except filters.BadFilter as error:
        raise HTTPException(400, words.say("errors.bad_filter", value=str(error)[:60])) from None
    return _answer(visit, wanted, f"{words.say('trail.title')}-{visit.console.today}")


def case(visit: Visit) -> Response:
    """The test case of a false alarm."""
    settings = visit.console.settings
    with reading(visit.console.engine) as connection:
        row = _row(connection, visit)
        if not may(visit.user, DISMISS):
            raise HTTPException(403, words.say("errors.not_allowed"))
        if row["stage"] != FALSE_ALARM:
            raise HTTPException(422, words.say("trail.no_false_alarm"))
        try:
            policy = local_norms.of_site(row["site"], settings)
            made = false_alarms.case_of(connection, row["fingerprint"], policy, settings.policies.get(row["site"]))
        except false_alarms.NotReproduced:
            raise HTTPException(422, words.say("trail.not_reproduced")) from None
    (text,) = false_alarms.tables([made]).values()
    headers = {"Content-Disposition": attachment(f"{made.rule.name}-{made.fingerprint[:10]}.yml")}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


def _answer(visit: Visit, wanted: sa.ColumnElement[bool], name: str) -> Response:
    form = str(visit.request.path_params["form"])
    if form not in FORMS:
        raise HTTPException(404)
    if form != "json":
        title = words.say("trail.title")
        return answer(visit, name, form, trail.heads(), lambda c: map(trail.cells, trail.trail(c, wanted)), sheet=title)

    def pieces() -> Iterator[bytes]:
        with reading(visit.console.engine) as connection:
            yield from trail.json_pieces(trail.trail(connection, wanted))

    headers = {"Content-Disposition": attachment(f"{name}.json")}
    return StreamingResponse(pieces(), media_type="application/json", headers=headers)


def _print(visit: Visit) -> str:
    return str(visit.request.path_params["fingerprint"])


def _row(connection: Connection, visit: Visit) -> dict[str, Any]:
    try:
        return deeds.find(connection, visit.user, _print(visit))
    except NotThere:
        raise HTTPException(404) from None


ROUTES: list[BaseRoute] = [
    Route("/trail.{form}", signed_in(of_list), methods=["GET"]),
    Route("/findings/{fingerprint}/trail.{form}", signed_in(of_one), methods=["GET"]),
    Route("/findings/{fingerprint}/case.yml", signed_in(case), methods=["GET"]),
]
