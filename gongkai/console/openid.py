"""Signing in by an OpenID Connect provider, where an office has one. It proves who somebody is; what one may do, the account says.

Authorisation code with PKCE, state and nonce. An account must be there and be linked to the provider's `sub` (`gongkai user
link`): nobody gets one, let alone a role, by being known to the provider.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gongkai.config import OpenID
from gongkai.console import signing_in, words
from gongkai.console.pages import COOKIE, Console, console_of, inside, render_outside
from gongkai.console.signing_in import SignedIn
from gongkai.webhooks import NoRedirect
from storage import accounts

SECRET = "GONGKAI_OPENID_SECRET"
ON_THE_WAY = "gongkai_openid"  # a cookie: what the provider's answer must fit
MINUTES = 10
SECONDS = 10
MOST = 2**20  # bytes of an answer
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key of the provider's; never `none`, and never one made with our own secret."""


class NotProved(Exception):
    """The provider did not answer, or what it said does not prove who somebody is."""


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str
    there: str

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def to_cookie(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(vars(self)).encode()).decode()

    @classmethod
    def from_cookie(cls, text: str) -> Attempt | None:
        try:
            read = json.loads(base64.urlsafe_b64decode(text.encode()))
            return cls(**{name: str(read[name]) for name in cls.__dataclass_fields__})
        except (ValueError, KeyError, TypeError):
            return None


def _get(url: str, body: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """A JSON object of the provider.

    Raises:
        NotProved: None came.
    """
    sent = None if body is None else urllib.parse.urlencode(body).encode()
    request = urllib.request.Request(url, sent, {"Accept": "application/json"} | (headers or {}))
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=SECONDS) as answer:
            read = json.loads(answer.read(MOST))
    except (OSError, ValueError) as error:
        raise NotProved(f"{url}: {error}") from error
    if not isinstance(read, dict):
        raise NotProved(f"{url}: no object")
    return read


def described(settings: OpenID) -> dict[str, Any]:
    """The provider's description of itself (OpenID Connect Discovery 1.0)."""
    told = _get(settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if told.get("issuer") != settings.issuer:
        raise NotProved("another issuer")
    return told


def subject_of(settings: OpenID, attempt: Attempt, code: str, now: datetime) -> str:
    """Whom the provider says the code is of, its signature and every claim checked (OpenID Connect Core 1.0, 3.1.3.7)."""
    told = described(settings)
    quoted = [urllib.parse.quote(part, safe="") for part in (settings.client, os.environ.get(SECRET, ""))]
    basic = base64.b64encode(":".join(quoted).encode()).decode()
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _back(settings),
        "code_verifier": attempt.verifier,
    }
    given = _get(str(told["token_endpoint"]), sent, {"Authorization": f"Basic {basic}"})
    try:
        keys = KeySet.import_key_set(_get(str(told["jwks_uri"])))  # type: ignore[arg-type]
        claims = jwt.decode(str(given["id_token"]), keys, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=60,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.client},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(claims)
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise NotProved(str(error)) from error
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode()):
        raise NotProved("another nonce")
    if claims.get("azp", settings.client) != settings.client:
        raise NotProved("for another client")
    return str(claims["sub"])


def _back(settings: OpenID) -> str:
    return settings.address.rstrip("/") + "/openid/back"


async def leave(request: Request) -> Response:
    """To the provider."""
    settings = console_of(request).settings.openid
    if not settings.issuer:
        return RedirectResponse("/sign-in", 303)
    there = inside(request.query_params.get("next", "/"))
    attempt = Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), there)
    try:
        told = await run_in_threadpool(described, settings)
    except NotProved:
        return _failed(settings, there)
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": settings.client,
        "redirect_uri": _back(settings),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    answer = RedirectResponse(f"{told['authorization_endpoint']}?{urllib.parse.urlencode(asked)}", 303)
    # Lax: it must come along when the provider sends the browser back.
    answer.set_cookie(
        ON_THE_WAY,
        attempt.to_cookie(),
        max_age=MINUTES * 60,
        httponly=True,
        samesite="lax",
        secure=request.app.state.secure,
        path="/openid",
    )
    return answer


async def back(request: Request) -> Response:
    """From the provider: a session for the linked account, or the sign-in page again."""
    console = console_of(request)
    settings = console.settings.openid
    attempt = Attempt.from_cookie(request.cookies.get(ON_THE_WAY, ""))
    state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
    fits = attempt is not None and hmac.compare_digest(state.encode(), attempt.state.encode())
    address = request.client.host if request.client else "-"
    opened = None
    if settings.issuer and attempt is not None and fits and code and request.app.state.limiter.allows(address):
        opened = await run_in_threadpool(_open, console, attempt, code)
    if opened is None or attempt is None:
        answer = _failed(settings, "/")
    else:
        # Not a redirect: the new cookie is strict, and would not be sent along one that began at the provider.
        there = inside(attempt.there)
        answer = render_outside("error.html.j2", code=words.say("sign_in.title"), message=words.say("openid.entered"))
        answer.headers["Refresh"] = f"0;url={urllib.parse.quote(there, safe='/?&=%')}"
        signing_in.give(answer, COOKIE, opened, secure=request.app.state.secure)
    answer.delete_cookie(ON_THE_WAY, path="/openid")
    return answer


def _open(console: Console, attempt: Attempt, code: str) -> SignedIn | None:
    now = console.now()
    try:
        subject = subject_of(console.settings.openid, attempt, code, now)
    except NotProved:
        return None
    with console.engine.begin() as connection:
        user = accounts.of_subject(connection, subject)
        return signing_in.begin(connection, user, now) if user is not None and user.active else None


def _failed(settings: OpenID, there: str) -> Response:
    failed = words.say("openid.failed")
    return render_outside("sign_in.html.j2", status=401, there=there, failed=failed, openid=settings.title)


ROUTES: list[BaseRoute] = [
    Route("/openid", leave, methods=["GET"]),
    Route("/openid/back", back, methods=["GET"]),
]
