"""One reader at a time for each site: a night and a re-check share the rate at which a court may be asked.

With SQLite it is a lock of a file beside the database, with PostgreSQL an advisory lock of a connection: both end with the
process that holds them, so nothing is left behind by one that was killed.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.engine import Engine

POLL = 0.2


class SiteBusy(Exception):
    """Another process is reading the site."""


@contextmanager
def site_lock(database: Engine, site: str, *, wait: float | None = None) -> Iterator[None]:
    """Hold the lock of a site.

    Args:
        wait: Seconds after which to give up; None: as long as it takes.

    Raises:
        SiteBusy: It was not free in time.
    """
    if database.dialect.name == "sqlite":
        try:
            with FileLock(_file(database, site), timeout=-1 if wait is None else wait, poll_interval=POLL):
                yield
        except Timeout:
            raise SiteBusy(site) from None
        return
    number = int.from_bytes(_digest(site)[:8], "big", signed=True)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until = None if wait is None else time.monotonic() + wait
        while not connection.execute(sa.select(sa.func.pg_try_advisory_lock(number))).scalar():
            if until is not None and time.monotonic() >= until:
                raise SiteBusy(site)
            time.sleep(POLL)
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))


def _file(database: Engine, site: str) -> Path:
    """A file in a folder beside the database; of one in memory, in the system's folder of temporary files."""
    where = database.url.database
    beside = Path(f"{where}.locks") if where and where != ":memory:" else Path(tempfile.gettempdir()) / "gongkai.locks"
    beside.mkdir(parents=True, exist_ok=True)
    return beside / f"{_digest(site).hex()[:16]}.lock"


def _digest(site: str) -> bytes:
    return hashlib.sha256(site.encode()).digest()
