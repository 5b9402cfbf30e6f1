"""The console as an ASGI application: its routes, its headers, and what it says when something goes wrong."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from gongkai.config import Settings
from gongkai.console import openid, signing_in, words
from gongkai.console.api import application as api
from gongkai.console.pages import COOKIE, HERE, Console, Visit, console_of, inside, render_outside, signed_in
from gongkai.console.passwords import digest
from gongkai.console.proofs import Pictures
from gongkai.console.rechecking import Rechecks
from gongkai.console.routes import ROUTES
from storage import accounts
from storage.objects import PlaceTrouble

log = logging.getLogger(__name__)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MOST_BODY = 8 * 2**20  # bytes
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser calls our own forms' origin null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


def create(engine: Engine, settings: Settings, *, console: Console | None = None, secure: bool = False) -> Starlette:
    """The application.

    Args:
        console: In place of one of its own, with another clock.
        secure: It is reached by https: the cookie is sent no other way.
    """
    held = console or Console(engine, settings)
    routes: list[BaseRoute] = [
        Route("/sign-in", sign_in, methods=["GET", "POST"]),
        Route("/sign-out", signed_in(sign_out), methods=["POST"]),
        *openid.ROUTES,
        *ROUTES,
        Mount(api.PATH, api.create(held), name="api"),
        Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
    ]
    headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})
    hosts = list(settings.console.hosts)
    made = Starlette(
        routes=routes,
        middleware=[
            Middleware(BaseHTTPMiddleware, dispatch=partial(_guarded, headers=headers)),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
        exception_handlers={
            HTTPException: _said,
            PlaceTrouble: _kept_away,
            404: _said,
            500: partial(_crashed, headers=headers),
        },
    )
    made.state.console = held
    made.state.rechecks = Rechecks(held)
    made.state.pictures = Pictures(held)
    made.state.limiter = signing_in.Limiter(signing_in.RATE)
    made.state.secure = secure
    return made


async def _guarded(
    request: Request, handle: Callable[[Request], Awaitable[Response]], *, headers: Mapping[str, str]
) -> Response:
    """Every answer has the strict headers, and no body is read that is larger than a form of ours."""
    path = request.url.path
    answer = _strict(_too_large(request) or await handle(request), headers)
    if path.startswith("/static/"):
        answer.headers["Cache-Control"] = "max-age=3600"
    return answer


def _too_large(request: Request) -> Response | None:
    """A body that is larger than any form of ours, or does not say how large it is, is not read."""
    length = request.headers.get("content-length")
    if length is None:
        chunked = "transfer-encoding" in request.headers
        return Response(status_code=411) if chunked else None
    return Response(status_code=413) if not length.isdecimal() or int(length) > MOST_BODY else None


def _strict(answer: Response, headers: Mapping[str, str]) -> Response:
    for name, value in headers.items():
        answer.headers.setdefault(name, value)
    return answer


async def _said(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    text = error.detail if isinstance(error, HTTPException) else ""
    known = words.say("errors.not_found") if status == 404 else text
    return render_outside("error.html.j2", status=status, code=status, message=known)


async def _kept_away(_request: Request, error: Exception) -> Response:
    log.warning("%s", error)
    return render_outside("error.html.j2", status=503, code=503, message=words.say("errors.kept_away"))


async def _crashed(_request: Request, _error: Exception, *, headers: Mapping[str, str]) -> Response:
    # Starlette makes this answer outside of all middleware.
    return _strict(render_outside("error.html.j2", status=500, code=500, message=words.say("errors.bug")), headers)


async def sign_in(request: Request) -> Response:
    """The sign-in page and what it sends. It needs no secret of a session: it opens one, under a new cookie."""
    there = inside(request.query_params.get("next", "/"))
    chosen = console_of(request).settings.openid
    provider = chosen.title if chosen.issuer else None
    if request.method == "GET":
        return render_outside("sign_in.html.j2", there=there, failed=None, openid=provider)
    if not _same_origin(request):
        raise HTTPException(403, words.say("errors.stale_form"))
    address = request.client.host if request.client else "-"
    if not request.app.state.limiter.allows(address):
        return render_outside(
            "sign_in.html.j2", status=429, there=there, failed=words.say("sign_in.too_often"), openid=provider
        )
    form = await request.form(max_files=0, max_fields=10)
    name, password = str(form.get("name", "")), str(form.get("password", ""))
    console = console_of(request)
    opened = await run_in_threadpool(signing_in.sign_in, console.engine, name, password, console.now())
    if opened is None:
        return render_outside(
            "sign_in.html.j2", status=401, there=there, failed=words.say("sign_in.failed"), openid=provider
        )
    answer = RedirectResponse(there, 303)
    signing_in.give(answer, COOKIE, opened, secure=request.app.state.secure)
    return answer


def sign_out(visit: Visit) -> Response:
    """End the session."""
    with visit.console.engine.begin() as connection:
        accounts.close(connection, digest(visit.request.cookies.get(COOKIE, secrets.token_hex())))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _same_origin(request: Request) -> bool:
    """A form of another site says so in its Origin; an old browser that says nothing is let in."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
