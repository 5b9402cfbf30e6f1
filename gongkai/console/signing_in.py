"""Signing in and out: right passwords open a session, wrong ones lock the account for a while and slow the address down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy.engine import Connection, Engine
from starlette.responses import Response

from gongkai.console.passwords import digest, fits, new_secret
from storage import accounts
from storage.accounts import Session, User
from storage.database import reading
from storage.locks import in_turn

TRIES = 5
LOCKED = timedelta(minutes=15)
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
RATE = "10/minute"  # of one address, whatever the account


@dataclass(frozen=True)
class SignedIn:
    """A new session: the cookie's value, which is kept nowhere, and the account."""

    cookie: str
    user: User


class Limiter:
    """How often an address may try, counted in this process. `rate`: such as "10/minute"."""

    def __init__(self, rate: str) -> None:
        self._rate = parse(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, address: str) -> bool:
        """Whether it may once more; asking counts."""
        return self._limiter.hit(self._rate, address)


def sign_in(engine: Engine, name: str, password: str, now: datetime) -> SignedIn | None:
    """A session for the right password; None for a wrong one, an unknown name, a locked or closed account alike."""
    user = proves(engine, name, password, now)
    if user is None:
        return None
    with engine.begin() as connection:
        return begin(connection, user, now)


def proves(engine: Engine, name: str, password: str, now: datetime) -> User | None:
    """The account, if it is its password and it is neither locked nor closed; a wrong one is counted."""
    with reading(engine) as connection:
        known = accounts.find(connection, name)
    right = fits(password, None if known is None else known.password)  # slow: not while the database waits
    if known is None:
        return None
    with engine.begin() as connection:
        in_turn(connection, f"user:{name}")  # guesses that come at once are counted one by one
        user = accounts.find(connection, name)
        if user is None or not user.active or user.password != known.password:
            return None
        if user.locked_until is not None and user.locked_until > now:
            return None
        if not right:
            failures = user.failures + 1
            locked = now + LOCKED if failures >= TRIES else None
            accounts.change(connection, name, failures=0 if locked else failures, locked_until=locked)
            return None
        accounts.change(connection, name, failures=0, locked_until=None)
    return user


def give(answer: Response, cookie: str, opened: SignedIn, *, secure: bool) -> None:
    """Let the browser keep the session."""
    answer.set_cookie(cookie, opened.cookie, httponly=True, samesite="strict", secure=secure, path="/")


def begin(connection: Connection, user: User, now: datetime) -> SignedIn:
    """A session for an account that has proved itself."""
    accounts.forget_sessions(connection, used_before=now - LONGEST)
    cookie = new_secret()
    accounts.open_session(connection, digest(cookie), user.name, new_secret(), now)
    return SignedIn(cookie, user)


def session_of(connection: Connection, cookie: str | None, now: datetime) -> Session | None:
    """The session of a cookie; None if it is none, idle for two hours or older than twelve."""
    if not cookie:
        return None
    return accounts.session(connection, digest(cookie), used_since=now - IDLE, made_since=now - LONGEST)
