"""What a finding's page offers as proof beside the kept pages: its screenshots, one more at once, and all of it as a package."""

from __future__ import annotations

import logging
import threading
from queue import SimpleQueue
from typing import Any

from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from crawlers.browser import BrowserMissing
from gongkai import evidence, evidence_package, pictures
from gongkai.console import deeds, words
from gongkai.console.deeds import NotThere
from gongkai.console.pages import Console, Visit, signed_in
from gongkai.console.visibility import may, may_see_personal_data
from gongkai.errors import write_log
from storage import events, pages
from storage.database import reading
from storage.events import RECHECK, Event
from storage.findings import Finding, finding_at
from storage.life import VIEWED
from storage.locks import SiteBusy

log = logging.getLogger(__name__)
MOST_WAITING = 20


class Pictures:
    """The screenshots that people asked for in this server, one after the other. What comes of them is in the database."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._queue: SimpleQueue[Finding] = SimpleQueue()
        self._states: dict[str, str] = {}
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None

    def ask(self, finding: Finding) -> bool:
        """Have one taken; False: too many wait already. One that waits is not asked for twice."""
        with self._lock:
            if self._states.get(finding.fingerprint) == "waiting":
                return True
            if sum(state == "waiting" for state in self._states.values()) >= MOST_WAITING:
                return False
            self._states[finding.fingerprint] = "waiting"
            self._queue.put(finding)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="pictures", daemon=True)
                self._worker.start()
            return True

    def state(self, fingerprint: str) -> str | None:
        """`waiting`; why the last try came to nothing (no_browser, busy, bug); or None."""
        return self._states.get(fingerprint)

    def _work(self) -> None:
        while True:
            finding = self._queue.get()
            failed = None
            try:
                pictures.take(
                    self._console.engine, [finding], self._console.settings, allow_private=self._console.allow_private
                )
            except BrowserMissing:
                failed = "no_browser"
            except SiteBusy:
                failed = "busy"
            except Exception as error:  # a bug must not stop those that wait; it is logged
                log.exception("screenshot")
                write_log(error, self._console.settings.logs, "screenshot")
                failed = "bug"
            with self._lock:
                if failed is None:
                    self._states.pop(finding.fingerprint, None)
                else:
                    self._states[finding.fingerprint] = failed


def _pictures(visit: Visit) -> Pictures:
    found: Pictures = visit.request.app.state.pictures
    return found


def block(connection: Connection, visit: Visit, finding: Finding) -> dict[str, Any]:
    """What the finding's page shows of it."""
    personal = evidence.shows_personal_data(connection, finding)
    return {
        "taken": pictures.of_finding(connection, finding.fingerprint)[:10],
        "personal": personal,
        "visible": not personal or may_see_personal_data(visit.user),
        "may_take": may(visit.user, RECHECK) and pictures.address_of(finding) is not None,
        "may_export": may_see_personal_data(visit.user),
        "state": _pictures(visit).state(finding.fingerprint),
    }


def show(visit: Visit) -> Response:
    """One screenshot. Of a page that shows personal data only for those who may see them, each time logged."""
    number = str(visit.request.path_params["number"])
    with visit.console.engine.begin() as connection:
        finding = _finding(connection, visit)
        rows = {str(row["id"]): row for row in pictures.of_finding(connection, finding.fingerprint)}
        digest = rows[number]["sha256"] if number in rows else None
        body = pages.body(connection, digest) if digest is not None else None
        if digest is None or body is None:
            raise HTTPException(404)
        if evidence.shows_personal_data(connection, finding):
            if not may_see_personal_data(visit.user):
                raise HTTPException(403, words.say("finding.personal"))
            _log(connection, visit, finding, digest)
    return Response(body, media_type="image/png")


def ask(visit: Visit) -> Response:
    """Have a screenshot taken now; nobody waits for it here."""
    with reading(visit.console.engine) as connection:
        finding = _finding(connection, visit)
    if not may(visit.user, RECHECK):
        raise HTTPException(403, words.say("errors.role"))
    if pictures.address_of(finding) is None:
        raise HTTPException(422, words.say("proofs.no_page"))
    if not _pictures(visit).ask(finding):
        raise HTTPException(503, words.say("proofs.too_many"))
    return RedirectResponse(f"/findings/{finding.fingerprint}#proofs", 303)


def export(visit: Visit) -> Response:
    """The package of a finding, as a file; logged with its hash."""
    personal = visit.form.get("personal") == "1"
    now = visit.console.now()
    with visit.console.engine.begin() as connection:
        finding = _finding(connection, visit)
        if not may_see_personal_data(visit.user):
            raise HTTPException(403, words.say("errors.role"))
        package = evidence_package.make(connection, finding, now, personal=personal)
        evidence_package.note(connection, finding, package, visit.user.name, now)
    headers = {"Content-Disposition": f'attachment; filename="{finding.fingerprint}.wacz"'}
    return Response(package.data, media_type="application/wacz", headers=headers)


def _finding(connection: Connection, visit: Visit) -> Finding:
    try:
        row = deeds.find(connection, visit.user, str(visit.request.path_params["fingerprint"]))
    except NotThere:
        raise HTTPException(404) from None
    return finding_at(connection, row["fingerprint"], row["night"])


def _log(connection: Connection, visit: Visit, finding: Finding, digest: str) -> None:
    made = Event(fingerprint=finding.fingerprint, at=visit.console.now(), who=visit.user.name, what=VIEWED, note=digest)
    events.append(connection, [made])


ROUTES: list[BaseRoute] = [
    Route("/findings/{fingerprint}/picture", signed_in(ask), methods=["POST"]),
    Route("/findings/{fingerprint}/pictures/{number}", signed_in(show), methods=["GET"]),
    Route("/findings/{fingerprint}/package", signed_in(export), methods=["POST"]),
]
