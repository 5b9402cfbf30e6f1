"""One finding: fact, law, evidence, history, and what its reader may do about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from crawlers.encoding import decode
from gongkai import evidence
from gongkai.console import around, deeds, proofs, rechecking, words
from gongkai.console.deeds import Deed, Incomplete, NotAllowed, NotThere, Stale
from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.visibility import may_see_personal_data, seen_by
from storage import events, pages
from storage.database import reading
from storage.events import Event
from storage.findings import finding_at, history
from storage.life import AT_WORK, VIEWED
from storage.schema import pages as pages_table
from storage.schema import standing

FRAME = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""A kept page is shown as it was, and can do nothing: no script, no form, no request, no address of its own."""


def show(visit: Visit) -> Response:
    """The page of one finding."""
    with reading(visit.console.engine) as connection:
        row = _row(connection, visit)
        return _shown(connection, visit, row)


def act(visit: Visit) -> Response:
    """One deed, from the finding's own page."""
    print_ = _print(visit)
    deed = deed_of(visit)
    try:
        with visit.console.engine.begin() as connection:
            deeds.do(connection, visit.user, print_, deed, visit.console.now())
    except NotThere:
        raise HTTPException(404) from None
    except NotAllowed as error:
        raise HTTPException(403, words.say(f"errors.{error}")) from None
    except (Stale, Incomplete) as error:
        with reading(visit.console.engine) as connection:
            row = _row(connection, visit)
            stale = isinstance(error, Stale)
            problem = words.say("finding.stale" if stale else f"finding.incomplete.{error}")
            # What was typed is shown again beside what has changed meanwhile: nothing of it is lost.
            return _shown(connection, visit, row, problem=problem, typed=deed, status=409 if stale else 422)
    with reading(visit.console.engine) as connection:
        there = connection.execute(sa.select(standing.c.site).where(_seen(visit, print_))).first()
    return RedirectResponse(f"/findings/{print_}" if there else "/findings", 303)


def page(visit: Visit) -> Response:
    """A page as it was kept, for the frame: harmless, and with personal data only for those who may see them, logged."""
    digest = str(visit.request.path_params["digest"])
    with visit.console.engine.begin() as connection:
        row = _row(connection, visit)
        finding = finding_at(connection, row["fingerprint"], row["night"])
        if digest not in {e.sha256 for e in finding.evidence}:
            raise HTTPException(404)
        kept = connection.execute(sa.select(pages_table.c.content_type).where(pages_table.c.sha256 == digest)).first()
        body = pages.body(connection, digest)
        if kept is None or body is None:
            raise HTTPException(404)
        if digest in evidence.personal_of(connection, finding):
            if not may_see_personal_data(visit.user):
                raise HTTPException(403, words.say("finding.personal"))
            viewed = Event(
                fingerprint=finding.fingerprint, at=visit.console.now(), who=visit.user.name, what=VIEWED, note=digest
            )
            events.append(connection, [viewed])
    headers = {"Content-Security-Policy": FRAME}
    if evidence.is_html(kept.content_type, body):
        return HTMLResponse(decode(body, kept.content_type)[0], headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{digest}.bin"'
    return Response(body, media_type="application/octet-stream", headers=headers)


def _row(connection: Connection, visit: Visit) -> dict[str, Any]:
    try:
        return deeds.find(connection, visit.user, _print(visit))
    except NotThere:
        raise HTTPException(404) from None


def _print(visit: Visit) -> str:
    return str(visit.request.path_params["fingerprint"])


def _seen(visit: Visit, print_: str) -> sa.ColumnElement[bool]:
    return sa.and_(standing.c.fingerprint == print_, seen_by(visit.user))


def _shown(
    connection: Connection,
    visit: Visit,
    row: dict[str, Any],
    *,
    problem: str | None = None,
    typed: Deed | None = None,
    status: int = 200,
) -> Response:
    finding = finding_at(connection, row["fingerprint"], row["night"])
    steps = events.read(connection, of=[row["fingerprint"]]).get(row["fingerprint"], [])
    return render(
        visit,
        "finding.html.j2",
        status=status,
        row=row,
        finding=finding,
        level=deeds.level(row["severity"], row["raised"]),
        nights=history(connection, row["fingerprint"], row["night"])[-60:],
        steps=steps,
        accesses=around.accesses_of(connection, finding, row["night"]),
        kept=around.kept_of(connection, finding, visit.user),
        is_ledger=around.is_ledger,
        places=around.places_of(row, finding, visit.user),
        likes=around.likes_of(connection, row, visit.user),
        deeds=deeds.possible(visit.user, row["stage"]),
        recheck=rechecking.block(visit, row, finding),
        proofs=proofs.block(connection, visit, finding),
        at_work=row["stage"] in AT_WORK,
        problem=problem,
        typed=typed or Deed(what=""),
        today=visit.console.today,
    )


def deed_of(visit: Visit) -> Deed:
    """What a form asks to be done."""
    form = visit.form

    def text(name: str) -> str:
        value = form.get(name)
        return value.strip()[:2000] if isinstance(value, str) else ""

    def day(name: str) -> date | None:
        try:
            return date.fromisoformat(text(name)) if text(name) else None
        except ValueError:
            raise HTTPException(400, words.say("errors.bad_date", value=text(name)[:20])) from None

    version = text("version")
    made = Deed(
        what=text("what"),
        note=text("note"),
        until=day("until"),
        department=text("department"),
        person=text("person"),
        deadline=day("deadline"),
    )
    return replace(made, version=int(version)) if version.isdecimal() else made


ROUTES: list[BaseRoute] = [
    Route("/findings/{fingerprint}", signed_in(show), methods=["GET"]),
    Route("/findings/{fingerprint}", signed_in(act), methods=["POST"]),
    Route("/findings/{fingerprint}/pages/{digest}", signed_in(page), methods=["GET"]),
]
