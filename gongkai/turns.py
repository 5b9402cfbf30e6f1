"""One night at a time, and one scheduler: who comes second is told so in one line, and nothing is read twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from gongkai.errors import UserError
from storage.locks import Held, SiteBusy, site_lock

# A profile's id begins with a letter or a digit, so these are no site's.
NIGHT, SCHEDULE = "-night", "-schedule"
EVERY = 5.0  # seconds between two looks at whether a turn is still ours
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
def alone(engine: Engine, what: str, on_lost: Callable[[], None] = lambda: None) -> Iterator[Held]:
    """Hold the turn of a night or of a scheduler; it ends with the process that holds it, however that ends.

    A server that restarts forgets it. It is taken again then, by a thread of its own.

    Args:
        on_lost: Told, in that thread, that another process was quicker: come to an end.

    Raises:
        Busy: Another process holds it; also at the end, when it was lost on the way.
    """
    lost = threading.Event()
    with _turn(engine, what, shared=False) as lock, _renewed(lock, lost, on_lost):
        yield lock
    if lost.is_set():
        raise _busy(engine, what)


@contextmanager
def _renewed(lock: Held, lost: threading.Event, on_lost: Callable[[], None]) -> Iterator[None]:
    done = threading.Event()

    def renew() -> None:
        while not done.wait(EVERY):
            with suppress(DBAPIError):  # away: so nobody can take it
                if not lock.renew():
                    lost.set()
                    on_lost()
                    return

    thread = threading.Thread(target=renew, name="turn", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


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
    held = False
    try:
        with site_lock(engine, what, wait=0, shared=shared) as lock:
            held = True
            yield lock
    except SiteBusy:
        if held:  # of a site, from within
            raise
        raise _busy(engine, what) from None


def _busy(engine: Engine, what: str) -> Busy:
    where = engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///")
    zh, en = _SAID[what]
    return Busy(f"{where}: {zh}", f"{where}: {en}")
