"""Who may use the console: accounts, their sessions and tokens. Secrets are kept as digests only; nothing here knows HTTP."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.locks import in_turn
from storage.schema import sessions, tokens, users

VIEWER, INSPECTOR, DEPARTMENT, ADMINISTRATOR = "viewer", "inspector", "department", "administrator"
ROLES = (VIEWER, INSPECTOR, DEPARTMENT, ADMINISTRATOR)


class NameTaken(Exception):
    """There is an account of this name."""


class NoSite(Exception):
    """No such site, or none is named for a department's account; the message is the id, or empty."""


def sites_for(role: str, named: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """The sites of an account.

    Departments of different courts have the same names: a department's account must say whose it is, unless there is
    one court only.

    Raises:
        NoSite: A site is unknown, or needed and not named.
    """
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise NoSite(unknown[0])
    if role == DEPARTMENT and not named:
        if len(known) != 1:
            raise NoSite("")
        return tuple(known)
    return tuple(named)


@dataclass(frozen=True, kw_only=True)
class User:
    """An account.

    Attributes:
        role: viewer, inspector, department or administrator.
        department: Whose findings a `department` sees; others: None.
        sites: Ids of the sites it may see; empty: all.
        password: Its argon2 hash; None: it signs in by an OpenID provider only, as `subject`.
        failures: Wrong passwords since the last right one; `locked_until` then refuses even the right one.
    """

    name: str
    role: str
    department: str | None = None
    sites: tuple[str, ...] = ()
    password: str | None = None
    subject: str | None = None
    active: bool = True
    failures: int = 0
    locked_until: datetime | None = None
    made: datetime


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in browser. `csrf`: what its forms must carry."""

    user: User
    csrf: str
    made: datetime
    used: datetime


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token of the interface for programs, without its secret."""

    digest: str
    user: str
    label: str
    made: datetime
    expires: datetime | None


def add(connection: Connection, user: User) -> None:
    """A new account.

    Raises:
        NameTaken: There is one of this name.
        ValueError: The role is none, or a department is missing.
    """
    if user.role not in ROLES:
        raise ValueError(f"no such role: {user.role}")
    if (user.role == DEPARTMENT) != bool(user.department):
        raise ValueError("a department's account, and only that, names its department")
    in_turn(connection, f"user:{user.name}")
    if find(connection, user.name) is not None:
        raise NameTaken(user.name)
    connection.execute(sa.insert(users).values(vars(user) | {"sites": list(user.sites)}))


def find(connection: Connection, name: str) -> User | None:
    """The account of a name."""
    row = connection.execute(sa.select(users).where(users.c.name == name)).mappings().first()
    return None if row is None else _user(row)


def of_subject(connection: Connection, subject: str) -> User | None:
    """The account that an OpenID provider's subject belongs to."""
    row = connection.execute(sa.select(users).where(users.c.subject == subject)).mappings().first()
    return None if row is None else _user(row)


def everyone(connection: Connection) -> list[User]:
    """All accounts, by name."""
    return [_user(row) for row in connection.execute(sa.select(users).order_by(users.c.name)).mappings()]


def change(connection: Connection, name: str, **values: Any) -> None:
    """Set columns of an account; with a new password, role or `active=False` its sessions and tokens end."""
    connection.execute(sa.update(users).where(users.c.name == name).values(**values))
    if values.keys() & {"password", "role", "department", "sites"} or values.get("active") is False:
        connection.execute(sa.delete(sessions).where(sessions.c.user == name))
        connection.execute(sa.delete(tokens).where(tokens.c.user == name))


def open_session(connection: Connection, digest: str, user: str, csrf: str, now: datetime) -> None:
    """A session under the digest of its cookie."""
    connection.execute(sa.insert(sessions).values(digest=digest, user=user, csrf=csrf, made=now, used=now))


def session(connection: Connection, digest: str, *, used_since: datetime, made_since: datetime) -> Session | None:
    """The session of a cookie, if its account is active and it is neither idle nor old."""
    query = (
        sa.select(users, sessions.c.csrf, sessions.c.made.label("began"), sessions.c.used)
        .join(users, users.c.name == sessions.c.user)
        .where(
            sessions.c.digest == digest, users.c.active, sessions.c.used >= used_since, sessions.c.made >= made_since
        )
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else Session(user=_user(row), csrf=row["csrf"], made=row["began"], used=row["used"])


def touch(connection: Connection, digest: str, now: datetime) -> None:
    """The session was used."""
    connection.execute(sa.update(sessions).where(sessions.c.digest == digest).values(used=now))


def close(connection: Connection, digest: str) -> None:
    """End one session."""
    connection.execute(sa.delete(sessions).where(sessions.c.digest == digest))


def close_others(connection: Connection, user: str, digest: str) -> None:
    """End all sessions of an account but this one."""
    connection.execute(sa.delete(sessions).where(sessions.c.user == user, sessions.c.digest != digest))


def sessions_of(connection: Connection, user: str) -> list[dict[str, Any]]:
    """An account's sessions, last used first: digest, made, used."""
    columns = (sessions.c.digest, sessions.c.made, sessions.c.used)
    query = sa.select(*columns).where(sessions.c.user == user).order_by(sessions.c.used.desc())
    return [dict(row) for row in connection.execute(query).mappings()]


def forget_sessions(connection: Connection, *, used_before: datetime) -> None:
    """Delete the sessions that have been idle for long."""
    connection.execute(sa.delete(sessions).where(sessions.c.used < used_before))


def add_token(connection: Connection, token: Token) -> None:
    """A new token."""
    connection.execute(sa.insert(tokens).values(vars(token)))


def user_of_token(connection: Connection, digest: str, now: datetime) -> User | None:
    """Whose token it is, if that account is active and the token has not expired."""
    query = (
        sa.select(users)
        .join(tokens, tokens.c.user == users.c.name)
        .where(tokens.c.digest == digest, users.c.active, sa.or_(tokens.c.expires.is_(None), tokens.c.expires > now))
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _user(row)


def tokens_of(connection: Connection, user: str) -> list[Token]:
    """An account's tokens, the oldest first."""
    query = sa.select(tokens).where(tokens.c.user == user).order_by(tokens.c.made)
    return [Token(**row) for row in connection.execute(query).mappings()]


def forget_tokens(connection: Connection, now: datetime) -> None:
    """Delete the tokens that have expired."""
    connection.execute(sa.delete(tokens).where(tokens.c.expires <= now))


def revoke(connection: Connection, user: str, digest: str) -> bool:
    """End one of an account's tokens; False: it has none such."""
    ended = connection.execute(sa.delete(tokens).where(tokens.c.user == user, tokens.c.digest == digest))
    return bool(ended.rowcount)


def _user(row: Mapping[Any, Any]) -> User:
    values = {name: row[name] for name in User.__dataclass_fields__}
    return User(**(values | {"sites": tuple(values["sites"])}))
