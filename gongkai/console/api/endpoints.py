"""The endpoints. What may be seen and done, `visibility` and `deeds` say, as for the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.engine import Connection
from starlette.responses import Response

from auditors.rule import all_rules
from gongkai.console import deeds, filters
from gongkai.console.api import models
from gongkai.console.api.caller import Caller, Here
from gongkai.console.api.models import (
    EventIn,
    EventOut,
    EventsQuery,
    FindingOut,
    FindingsQuery,
    Page,
    RunsQuery,
    Summary,
)
from gongkai.console.api.problems import Refused, documented
from gongkai.console.pages import Console
from gongkai.console.visibility import may_see_site, seen_by
from storage import events, runs
from storage.accounts import DEPARTMENT, User
from storage.database import reading
from storage.findings import finding_at
from storage.schema import events as events_table
from storage.schema import runs as runs_table
from storage.schema import standing

router = APIRouter(responses=documented(401, 405, 422, 429))
Print = Annotated[str, Path(pattern="^[0-9a-f]{20}$", description="The finding's fingerprint, all 20 characters.")]


@router.get("/me", summary="Whose token it is")
def me(user: Caller) -> models.Me:
    return models.Me(name=user.name, role=user.role, department=user.department, sites=list(user.sites))


@router.get("/sites", summary="The websites that the caller may know of")
def sites(console: Here, user: Caller) -> list[models.SiteOut]:
    with reading(console.engine) as connection:
        known = runs.all_sites(connection)
        if user.role == DEPARTMENT:
            own = set(connection.execute(sa.select(standing.c.site).where(seen_by(user)).distinct()).scalars())
            known = [one for one in known if one.id in own]
    shown = [one for one in known if not user.sites or one.id in user.sites]
    return [models.SiteOut(id=one.id, court=one.court, home=one.home) for one in shown]


@router.get("/rules", summary="The rules in force")
def rules(user: Caller) -> list[models.RuleOut]:
    del user  # anybody's token
    return [
        models.RuleOut(
            id=one.id,
            title=one.manual.title,
            severity=one.severity,
            family=one.family,
            violation=one.manual.violation,
            compliant=one.manual.compliant,
            remedy=one.manual.remedy,
        )
        for one in all_rules()
    ]


@router.get("/runs", summary="The nights, what was read and what not", responses=documented(403))
def nights(request: Request, console: Here, user: Caller, query: Annotated[RunsQuery, Query()]) -> Page[models.RunOut]:
    if user.role == DEPARTMENT:
        raise Refused(403, "role")
    wanted = sa.select(runs_table).order_by(runs_table.c.id.desc()).limit(query.limit + 1)
    if user.sites:
        wanted = wanted.where(runs_table.c.site.in_(user.sites))
    if query.site:
        wanted = wanted.where(runs_table.c.site == query.site)
    if query.night is not None:
        wanted = wanted.where(runs_table.c.night == query.night)
    if query.before is not None:
        wanted = wanted.where(runs_table.c.id < query.before)
    with reading(console.engine) as connection:
        rows = [dict(row) for row in connection.execute(wanted).mappings()]
    shown = [models.RunOut.model_validate(row) for row in rows[: query.limit] if may_see_site(user, row["site"])]
    more = {"before": shown[-1].id} if len(rows) > query.limit else None
    return Page(items=shown, next=_next(request, query, more))


@router.get("/findings", summary="Findings as they stand", responses=documented(404))
def findings(request: Request, console: Here, user: Caller, query: Annotated[FindingsQuery, Query()]) -> Page[Summary]:
    given = query.model_dump(exclude={"limit"}, exclude_none=True) | {"stage": query.stage or ""}
    chosen = filters.Filters(**(given | {"overdue": "1" if query.overdue else ""}))
    try:
        with reading(console.engine) as connection:
            part = filters.page(connection, chosen, user, console.today, query.limit)
    except filters.BadFilter:  # the finding after which to go on is gone
        raise Refused(404, "not_found") from None
    more = None if part.more is None else {"after": part.more}
    return Page(items=[Summary.model_validate(row) for row in part.rows], next=_next(request, query, more))


@router.get("/findings/{fingerprint}", summary="One finding with evidence, law and history", responses=documented(404))
def finding(console: Here, user: Caller, fingerprint: Print) -> FindingOut:
    with reading(console.engine) as connection:
        return _whole(connection, console, user, _row(connection, user, fingerprint))


@router.get("/findings/{fingerprint}/events", summary="The history of one finding", responses=documented(404))
def history(console: Here, user: Caller, fingerprint: Print) -> list[EventOut]:
    with reading(console.engine) as connection:
        _row(connection, user, fingerprint)
        return [EventOut(**vars(one)) for one in events.read(connection, of=[fingerprint]).get(fingerprint, [])]


@router.post(
    "/findings/{fingerprint}/events",
    status_code=201,
    summary="Do something with a finding",
    description="409 if somebody has acted since `version`: nothing was written; read the finding again and decide anew.",
    responses=documented(403, 404, 409, 413),
)
def act(console: Here, user: Caller, fingerprint: Print, event: EventIn, response: Response) -> Summary:
    try:
        with console.engine.begin() as connection:
            done = deeds.do(connection, user, fingerprint, deeds.Deed(**event.model_dump()), console.now())
    except deeds.NotThere:
        raise Refused(404, "not_found") from None
    except deeds.NotAllowed as error:
        # The role may never, the stage may later: of the two only the first is forbidden.
        raise Refused(403 if str(error) == "role" else 409, str(error)) from None
    except deeds.Stale:
        raise Refused(409, "stale") from None
    except deeds.Incomplete as error:
        raise Refused(422, str(error)) from None
    response.headers["Location"] = f"/api/v1/findings/{fingerprint}"
    return Summary.model_validate(done)


@router.get("/events", summary="What was done with all findings, in its order")
def trail(request: Request, console: Here, user: Caller, query: Annotated[EventsQuery, Query()]) -> Page[EventOut]:
    wanted = (
        sa.select(events_table)
        .join(standing, standing.c.fingerprint == events_table.c.fingerprint)
        .where(events_table.c.id > query.after, seen_by(user))
        .order_by(events_table.c.id)
        .limit(query.limit + 1)
    )
    with reading(console.engine) as connection:
        rows = [dict(row) for row in connection.execute(wanted).mappings()]
    shown = [EventOut.model_validate(row) for row in rows[: query.limit]]
    more = {"after": shown[-1].id} if len(rows) > query.limit else None
    return Page(items=shown, next=_next(request, query, more))


def _row(connection: Connection, user: User, fingerprint: str) -> dict[str, Any]:
    try:
        return deeds.find(connection, user, fingerprint)
    except deeds.NotThere:
        raise Refused(404, "not_found") from None


def _whole(connection: Connection, console: Console, user: User, row: Mapping[str, Any]) -> FindingOut:
    print_ = row["fingerprint"]
    found = finding_at(connection, print_, row["night"])
    return FindingOut(
        **Summary.model_validate(row).model_dump(),
        about=models.About.model_validate(vars(found.subject)),
        remedy=found.remedy,
        basis=[models.Basis.model_validate(one) for one in found.basis],
        evidence=[models.EvidenceOut.model_validate(vars(one)) for one in found.evidence],
        nights=found.nights,
        events=[EventOut(**vars(one)) for one in events.read(connection, of=[print_]).get(print_, [])],
        deeds=list(deeds.possible(user, row["stage"])),
    )


def _next(request: Request, query: models.Sent, more: Mapping[str, Any] | None) -> str | None:
    """The address of the following part: the same question, from another place."""
    if more is None:
        return None
    asked = query.model_dump(mode="json", exclude_defaults=True, exclude_none=True) | dict(more)
    return f"{request.url.path}?{urlencode(asked)}"
