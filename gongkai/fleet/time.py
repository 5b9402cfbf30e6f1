"""The one clock of a fleet: the database's. A worker whose own clock differs must not date evidence, and does not work."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy.engine import Engine

from gongkai import clock
from gongkai.clock import CHINA
from gongkai.errors import UserError, is_user_mistake
from gongkai.scheduler import SystemTime
from storage import fleet
from storage.database import reading

ASK_EVERY = 30.0  # seconds; in between time passes evenly
OFF = timedelta(seconds=120)  # by which a machine's clock may differ


class DatabaseTime(SystemTime):
    """The database's moment, in Asia/Shanghai; a machine's clock that is set changes nothing of it.

    Args:
        ask: Says what time it is; raises what says that the database is away.
    """

    def __init__(self, stop: Event, ask: Callable[[], datetime]) -> None:
        super().__init__(stop)
        self._ask = ask
        self._read: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        if self._read is None or time.monotonic() - self._read[1] >= ASK_EVERY:
            try:
                self._read = (self._ask(), time.monotonic())
            except Exception as error:
                if self._read is None or not is_user_mistake(error):
                    raise
        moment, at = self._read
        return (moment + timedelta(seconds=time.monotonic() - at)).astimezone(CHINA)

    def stop(self) -> None:
        """Let what waits for it end."""
        self._stop.set()

    def check_own_clock(self) -> None:
        """See that this machine's clock is right enough for what it dates.

        Raises:
            UserError: It is not.
        """
        off = clock.now() - self.now()
        if abs(off) > OFF:
            said = str(abs(timedelta(seconds=round(off.total_seconds()))))
            raise UserError(
                f"本机时钟比数据库{'快' if off > timedelta() else '慢'} {said}，请先校准（NTP）",
                f"this machine's clock is {said} {'ahead of' if off > timedelta() else 'behind'} the database's: set it (NTP)",
            )


def clock_of(engine: Engine) -> Callable[[], datetime]:
    """Asks a database what time it is."""

    def ask() -> datetime:
        with reading(engine) as connection:
            return fleet.clock(connection)

    return ask
