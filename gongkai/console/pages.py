"""What every page of the console shares: the session, the form's secret, the templates, and answers in plain words."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.engine import Engine
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gongkai import clock
from gongkai.config import Settings
from gongkai.console import signing_in, visibility, words
from gongkai.console.menu import menu
from gongkai.console.passwords import digest
from reports.text import chinese_number, citation, safe_href
from reports.text import clock as clock_of
from reports.words import chinese_date
from storage import accounts
from storage.accounts import Session, User
from storage.database import reading

COOKIE = "gongkai_session"
MOST_FORM = 2 * 2**20  # bytes of a form without files
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Console:
    """What the application holds: the database, the settings, and how to ask for the time.

    Attributes:
        allow_private: Re-checks may ask addresses that are loopback or private.
        matrices: What `ages.matrix` remembers until the next run.
    """

    engine: Engine
    settings: Settings
    now: Callable[[], datetime] = clock.now
    allow_private: bool = False
    matrices: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def today(self) -> date:
        return self.now().date()


def console_of(request: Request) -> Console:
    console: Console = request.app.state.console
    return console


@dataclass(frozen=True)
class Visit:
    """One request of somebody who signed in. `form`: what was sent with it, its secret checked."""

    request: Request
    session: Session
    console: Console
    form: FormData

    @property
    def user(self) -> User:
        return self.session.user

    @property
    def ticked(self) -> dict[str, int | None]:
        """The findings that were ticked in a list, each with the version that its reader saw; None: not said."""
        boxes = [str(value).partition(".") for value in self.form.getlist("finding")]
        return {print_: int(seen) if seen.isdecimal() else None for print_, _, seen in boxes}

    def text(self, name: str, longest: int = 2000) -> str:
        """A field of the form, without blanks around it; empty if it was not sent."""
        value = self.form.get(name)
        return value.strip()[:longest] if isinstance(value, str) else ""


Page = Callable[[Visit], Response]


def signed_in(
    page: Page, *, allowed: Callable[[User], bool] | None = None, files: int = 0
) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a page for people who signed in; others are sent to the sign-in page.

    A request that changes something must carry the form's secret, in a field or a header. The page itself runs in a
    thread: it may ask the database.

    Args:
        allowed: Who may open it; others get 403.
        files: How many files its form may send.
    """

    @wraps(page)
    async def endpoint(request: Request) -> Response:
        console = console_of(request)
        session = await run_in_threadpool(_session, console, request.cookies.get(COOKIE))
        if session is None:
            if request.method == "GET":
                there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"/sign-in?{urlencode({'next': there})}", 303)
            raise HTTPException(401, words.say("errors.signed_out"))
        form = FormData()
        if request.method not in ("GET", "HEAD"):
            form = await request.form(max_files=files, max_fields=2000, max_part_size=MOST_FORM)
            sent = form.get("csrf") or request.headers.get("x-csrf-token") or ""
            if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), session.csrf.encode()):
                raise HTTPException(403, words.say("errors.stale_form"))
        if allowed is not None and not allowed(session.user):
            raise HTTPException(403, words.say("errors.not_allowed"))
        return await run_in_threadpool(page, Visit(request, session, console, form))

    return endpoint


def _session(console: Console, cookie: str | None) -> Session | None:
    now = console.now()
    with reading(console.engine) as connection:
        session = signing_in.session_of(connection, cookie, now)
    if session is not None and (now - session.used).total_seconds() > 60:  # not a write for every request
        with console.engine.begin() as connection:
            accounts.touch(connection, digest(cookie or ""), now)
    return session


def render(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page from its template, with who is signed in and the form's secret."""
    shared = {"user": visit.user, "csrf": visit.session.csrf, "path": visit.request.url.path, "may": visibility.may}
    return HTMLResponse(environment().get_template(template).render(**shared, **values), status)


def render_outside(template: str, *, status: int = 200, **values: Any) -> Response:
    """A page for nobody in particular: signing in, and errors."""
    return HTMLResponse(environment().get_template(template).render(user=None, csrf="", path="", **values), status)


@cache
def environment() -> Environment:
    """The templates. Everything that was crawled or typed is escaped; only http and https become links."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        href=safe_href, clock=clock_of, citation=citation, chinese=chinese_number, chinese_date=chinese_date
    )
    made.filters["quoted"] = lambda text: quote(str(text), safe="")
    made.globals.update(say=words.say, label=words.label, quote=quote, menu=menu)
    return made


def inside(target: str) -> str:
    """Where to go after signing in: a path of ours, and nothing that a browser could take for another host."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return target if inside and "\\" not in target and target.isprintable() else "/"
