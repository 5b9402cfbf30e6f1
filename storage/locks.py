"""Doing one thing at a time: transactions in turn, and one reader of a court's site.

What SQLite does by having one writer, PostgreSQL does for those who ask for the same turn. A night and a re-check share the
rate at which a court may be asked: with SQLite by a lock of a file beside the database, with PostgreSQL by an advisory lock
of a connection. All of them end with the process that holds them, so nothing is left behind by one that was killed.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.engine import Connection, Engine

LIFE = "life"
"""Events, what is written down of how findings stand by them, and the hash chain over them."""
PAGES = "pages"
"""Removing kept pages, while none are being written."""
POLL = 0.2


def in_turn(connection: Connection, name: str) -> None:
    """Go on when no other transaction holds this turn, and hold it until this one ends.

    To be called before the first question whose answer must still be true when the transaction writes. What is asked
    afterwards sees all that the others wrote. SQLite's writers are alone from their beginning: nothing is to be done there.

    Args:
        name: What is done: `schema`, `bulletins`, `run:donghu` … A transaction that takes two takes `LIFE` last, so that
            no two wait for each other; only `PAGES` is taken after it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number_of(name))))


def alongside(connection: Connection, name: str) -> None:
    """Like `in_turn` beside others that are here by `alongside`, but not while one holds this turn for itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(number_of(name))))


def number_of(name: str) -> int:
    """The number by which PostgreSQL knows a lock of this name: 64 bits with a sign."""
    return int.from_bytes(hashlib.sha256(f"gongkai:{name}".encode()).digest()[:8], signed=True)


class SiteBusy(Exception):
    """Another process is reading the site."""


class Held:
    """A lock that this process holds. Of a file: as long as the process lives."""

    def renew(self) -> bool:
        """Whether it is still ours. One that was lost is taken again, unless another process was quicker.

        Raises:
            sqlalchemy.exc.DBAPIError: The server is away; so nobody can take it. It may be asked again.
        """
        return True


class _Advisory(Held):
    """PostgreSQL's lock of a connection: it ends with the connection, and all of them with a server's restart."""

    def __init__(self, database: Engine, number: int, *, shared: bool) -> None:
        self._database, self._number = database, number
        kind = "_shared" if shared else ""
        self._lock, self._unlock = (
            getattr(sa.func, f"{name}{kind}") for name in ("pg_try_advisory_lock", "pg_advisory_unlock")
        )
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Whether it was free."""
        if self._connection is None:
            self._connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            return bool(self._connection.execute(sa.select(self._lock(self._number))).scalar())
        except sa.exc.DBAPIError:
            self._forget(self._connection)
            raise

    def renew(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute(sa.select(1))
                return True
            except sa.exc.DBAPIError:
                self._forget(self._connection)
        return self.take()

    def _forget(self, connection: Connection) -> None:
        """Of a connection that was lost nothing more can be asked."""
        connection.invalidate()
        connection.close()
        self._connection = None

    def release(self, *, taken: bool) -> None:
        if self._connection is not None:
            with suppress(sa.exc.SQLAlchemyError):  # a server that went away keeps no lock
                if taken:
                    self._connection.execute(sa.select(self._unlock(self._number)))
            self._connection.close()


@contextmanager
def site_lock(database: Engine, site: str, *, wait: float | None = None, shared: bool = False) -> Iterator[Held]:
    """Hold the lock of a site.

    Args:
        wait: Seconds after which to give up; None: as long as it takes.
        shared: Hold it together with others who share it, and against those who do not. PostgreSQL only.

    Raises:
        SiteBusy: It was not free in time.
    """
    if database.dialect.name == "sqlite":
        assert not shared
        try:
            with FileLock(_file(database, site), timeout=-1 if wait is None else wait, poll_interval=POLL):
                yield Held()
        except Timeout:
            raise SiteBusy(site) from None
        return
    lock, taken = _Advisory(database, number_of(f"site:{site}"), shared=shared), False
    try:
        until = None if wait is None else time.monotonic() + wait
        while not lock.take():
            if until is not None and time.monotonic() >= until:
                raise SiteBusy(site)
            time.sleep(POLL)
        taken = True
        yield lock
    finally:
        lock.release(taken=taken)


def is_read(database: Engine, site: str) -> bool:
    """Whether a process holds the lock of a site."""
    try:
        with site_lock(database, site, wait=0):
            return False
    except (SiteBusy, PermissionError):  # who may not ask does not claim that nobody does
        return True


def _file(database: Engine, site: str) -> Path:
    """A file in a folder beside the database; of one in memory, in the system's folder of temporary files."""
    where = database.url.database
    beside = Path(f"{where}.locks") if where and where != ":memory:" else Path(tempfile.gettempdir()) / "gongkai.locks"
    beside.mkdir(parents=True, exist_ok=True)
    return beside / f"{hashlib.sha256(site.encode()).hexdigest()[:16]}.lock"
