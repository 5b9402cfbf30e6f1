"""Who calls: a bearer token of an account, and nothing else. No cookie is read, so no other site can make a browser call."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gongkai.console.api.problems import Refused
from gongkai.console.pages import Console, console_of
from gongkai.console.passwords import digest
from gongkai.console.signing_in import Limiter
from storage import accounts
from storage.accounts import User
from storage.database import reading

WRONG_TOKENS = "60/minute"  # from one address; right ones are not counted
_bearer = HTTPBearer(
    auto_error=False, description="A token of your account: the console's page 账户, or gongkai user token."
)


def user_of(request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> User:
    """The account of the token.

    Raises:
        Refused: No token, a wrong, ended or expired one, or one of a closed account: 401. Too many of these: 429.
    """
    console = console_of(request)
    if sent is not None:
        with reading(console.engine) as connection:
            user = accounts.user_of_token(connection, digest(sent.credentials), console.now())
        if user is not None:
            return user
    limiter: Limiter = request.app.state.wrong_tokens
    if not limiter.allows(request.client.host if request.client else "-"):
        raise Refused(429, "too_often", {"Retry-After": "60"})
    raise Refused(401, "no_token", {"WWW-Authenticate": "Bearer"})


Caller = Annotated[User, Depends(user_of)]
Here = Annotated[Console, Depends(console_of)]
