"""One night at a time, and one scheduler: who comes second is told so in one line, and nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Engine

from gongkai.errors import UserError
from storage.locks import Held, SiteBusy, site_lock

# A profile's id begins with a letter or a digit, so these are no site's.
NIGHT, SCHEDULE = "-night", "-schedule"
_SAID = {
    NIGHT: ("另一个巡查正在使用这个数据库，请等它结束", "another night is at work on this database; wait for its end"),
    SCHEDULE: (
        "另一个 gongkai nightly --schedule 或 gongkai worker 已在使用这个数据库",
        "another gongkai nightly --schedule, or a gongkai worker, is running on this database",
    ),
}


class Busy(UserError):
    """Another process does the same on this database."""


@contextmanager
def alone(engine: Engine, what: str) -> Iterator[Held]:
    """Hold the turn of a night or of a scheduler; it ends with the process that holds it, however that ends.

    Raises:
        Busy: Another process holds it.
    """
    with _turn(engine, what, shared=False) as lock:
        yield lock


@contextmanager
def together(engine: Engine, what: str) -> Iterator[Held]:
    """Hold it with the other workers of a fleet: while one of them does, nobody has it alone.

    Raises:
        Busy: A process has it alone.
    """
    with _turn(engine, what, shared=True) as lock:
        yield lock


@contextmanager
def _turn(engine: Engine, what: str, *, shared: bool) -> Iterator[Held]:
    where = engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///")
    held = False
    try:
        with site_lock(engine, what, wait=0, shared=shared) as lock:
            held = True
            yield lock
    except SiteBusy:
        if held:  # of a site, from within
            raise
        zh, en = _SAID[what]
        raise Busy(f"{where}: {zh}", f"{where}: {en}") from None
