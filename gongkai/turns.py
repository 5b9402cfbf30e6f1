"""One night at a time, and one scheduler: who comes second is told so in one line, and nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Engine

from gongkai.errors import UserError
from storage.locks import SiteBusy, site_lock

# A profile's id begins with a letter or a digit, so these are no site's.
NIGHT, SCHEDULE = "-night", "-schedule"
_SAID = {
    NIGHT: ("另一个巡查正在使用这个数据库，请等它结束", "another night is at work on this database; wait for its end"),
    SCHEDULE: (
        "另一个 gongkai nightly --schedule 已在使用这个数据库",
        "another gongkai nightly --schedule is running on this database",
    ),
}


class Busy(UserError):
    """Another process does the same on this database."""


@contextmanager
def alone(engine: Engine, what: str) -> Iterator[None]:
    """Hold the turn of a night or of a scheduler; it ends with the process that holds it, however that ends.

    Raises:
        Busy: Another process holds it.
    """
    where = engine.url.render_as_string(hide_password=True).removeprefix("sqlite:///")
    try:
        with site_lock(engine, what, wait=0):
            yield
    except SiteBusy:
        zh, en = _SAID[what]
        raise Busy(f"{where}: {zh}", f"{where}: {en}") from None
