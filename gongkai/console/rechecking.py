"""The button that looks at a finding again at once. A process of its own reads the pages; nobody waits for it here."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gongkai import recheck
from gongkai.console import deeds, words
from gongkai.console.deeds import NotThere
from gongkai.console.pages import Console, Visit, render, signed_in
from gongkai.console.visibility import may
from gongkai.errors import write_log
from storage.database import reading
from storage.events import RECHECK
from storage.findings import Finding, finding_at

log = logging.getLogger(__name__)
AT_ONCE = 2  # processes; of one site there is only one at a time in any case
LONGEST = 900.0  # seconds
MOST = 50  # findings that one press may ask for
WAITING, READING = "waiting", "reading"


@dataclass(frozen=True)
class _Job:
    prints: tuple[str, ...]
    who: str
    asked: datetime


class Rechecks:
    """What is being looked at again, in this server. What came of it is an event, and outlives the server."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._states: dict[str, str] = {}
        self._lock = threading.Lock()
        self._workers = 0

    def ask(self, prints: Sequence[str], who: str) -> None:
        """Have findings looked at again; those that already wait are not asked for twice."""
        with self._lock:
            new = tuple(print_ for print_ in dict.fromkeys(prints) if print_ not in self._states)
            if not new:
                return
            self._states |= dict.fromkeys(new, WAITING)
            self._jobs.put(_Job(new, who, self._console.now()))
            if self._workers < AT_ONCE:
                self._workers += 1
                threading.Thread(target=self._work, name="recheck", daemon=True).start()

    def state(self, print_: str) -> str | None:
        """`waiting`, `reading`, or None: nobody looks at it now."""
        return self._states.get(print_)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                self._states |= dict.fromkeys(job.prints, READING)
                self._run(job)
            except Exception:  # a bug must not stop the re-checks that wait; it is logged
                log.exception("re-check")
            finally:
                for print_ in job.prints:
                    self._states.pop(print_, None)

    def _run(self, job: _Job) -> None:
        console = self._console
        where = console.engine.url.render_as_string(hide_password=False)
        task = {
            "settings": console.settings.model_copy(update={"database": where}).model_dump(mode="json"),
            "prints": job.prints,
            "who": job.who,
            "allow_private": console.allow_private,
        }
        command = [sys.executable, "-m", "gongkai.recheck"]
        why, said = "bug", ""
        try:
            done = subprocess.run(
                command, input=json.dumps(task), capture_output=True, text=True, encoding="utf-8", timeout=LONGEST
            )
            if done.returncode == 0:
                return
            said = done.stderr[-8_000:]
        except subprocess.TimeoutExpired:
            why, said = "too_long", f"{LONGEST} s"
        write_log(RuntimeError(said), console.settings.logs, "recheck")
        recheck.note_failure(console.engine, job.prints, why, job.asked, job.who)


def _rechecks(visit: Visit) -> Rechecks:
    found: Rechecks = visit.request.app.state.rechecks
    return found


def block(visit: Visit, row: dict[str, Any], finding: Finding) -> dict[str, Any] | None:
    """What the finding's page shows of it; None: not for this user, or not at this stage."""
    if not may(visit.user, RECHECK) or row["stage"] not in recheck.STAGES:
        return None
    return {"state": _rechecks(visit).state(row["fingerprint"]), "takes_a_night": recheck.takes_a_night(finding)}


def ask(visit: Visit) -> Response:
    """Have one finding looked at again."""
    print_ = str(visit.request.path_params["fingerprint"])
    why = _unfit(visit, print_)
    if why == "not_there":
        raise HTTPException(404)
    if why == "takes_a_night":
        raise HTTPException(422, words.say("recheck.takes_a_night"))
    if why is not None:
        raise HTTPException(403, words.say(f"errors.{why}"))
    _rechecks(visit).ask([print_], visit.user.name)
    return RedirectResponse(f"/findings/{print_}#recheck", 303)


def ask_for_many(visit: Visit) -> Response:
    """Have the findings looked at again that were ticked in a list."""
    chosen = list(visit.ticked)[:MOST]
    unfit = {print_: why for print_ in chosen if (why := _unfit(visit, print_)) is not None}
    asked = [print_ for print_ in chosen if print_ not in unfit]
    _rechecks(visit).ask(asked, visit.user.name)
    reasons = {why: list(unfit.values()).count(why) for why in dict.fromkeys(unfit.values())}
    return render(visit, "rechecks.html.j2", asked=len(asked), reasons=reasons)


def state(visit: Visit) -> Response:
    """How far it is, for the script of the finding's page."""
    print_ = str(visit.request.path_params["fingerprint"])
    if _unfit(visit, print_) == "not_there":
        raise HTTPException(404)
    found = _rechecks(visit).state(print_)
    return JSONResponse({"state": found, "text": words.say(f"recheck.{found or 'done'}")})


def _unfit(visit: Visit, print_: str) -> str | None:
    """Why a finding cannot be looked at again at once by this user: not_there, role, stage, takes_a_night; or None."""
    with reading(visit.console.engine) as connection:
        try:
            row = deeds.find(connection, visit.user, print_)
        except NotThere:
            return "not_there"
        if not may(visit.user, RECHECK):
            return "role"
        if row["stage"] not in recheck.STAGES:
            return "stage"
        finding = finding_at(connection, print_, row["night"])
    return "takes_a_night" if recheck.takes_a_night(finding) else None


ROUTES: list[BaseRoute] = [
    Route("/findings/recheck", signed_in(ask_for_many), methods=["POST"]),
    Route("/findings/{fingerprint}/recheck", signed_in(ask), methods=["POST"]),
    Route("/findings/{fingerprint}/recheck", signed_in(state), methods=["GET"]),
]
