"""Stays running and keeps the nights: one at each opening of the window, ended when it closes.

It is told what time it is at every step and keeps nothing of it: a clock that is set, a machine that slept, a service that
was stopped and started again are all the same to it. What was done stands in the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Event
from typing import Protocol

from gongkai import clock
from gongkai.errors import UserError, is_user_mistake, one_line
from gongkai.messages import say
from gongkai.window import Opening, Window

STEP = 60.0  # seconds; then the clock is looked at again
AGAIN = 300.0  # seconds until a night that could not begin, or not be held to its end, is tried again


class Time(Protocol):
    """The clock and a way to wait; tests have their own."""

    def now(self) -> datetime: ...

    def elapsed(self) -> float: ...

    def wait(self, seconds: float) -> None: ...

    @property
    def is_stopped(self) -> bool: ...


class SystemTime:
    """The machine's."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop

    def now(self) -> datetime:
        return clock.now()

    def elapsed(self) -> float:
        """Seconds that pass evenly, however the clock is set."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        self._stop.wait(seconds)

    @property
    def is_stopped(self) -> bool:
        return self._stop.is_set()


@dataclass
class Scheduler:
    """Keeps the nights.

    Attributes:
        night: Runs one, until its second argument says that it is over; False: it is to be taken up again.
        last_audited: The newest night in the database that was audited; None: there is none.
        failed: Told when a night could not be run, with one line or with our own bug.
        tell: Told, in one line, what is waited for.
    """

    window: Window
    time: Time
    night: Callable[[date, Callable[[], bool]], bool | None]
    last_audited: Callable[[], date | None]
    failed: Callable[[date, str, BaseException], None]
    tell: Callable[[str], None]
    _held: set[date] = field(default_factory=set, init=False)
    _said: str = field(default="", init=False)

    def run(self) -> None:
        """Until it is stopped."""
        while not self.time.is_stopped:
            now = self.time.now()
            opening = self.window.at(now)
            if opening is None or opening.night in self._held:
                upcoming = self.window.after(now).begins
                self._say(
                    say(
                        f"下次巡查：{upcoming:%Y-%m-%d %H:%M}（{self.window}）",
                        f"next night: {upcoming:%Y-%m-%d %H:%M} ({self.window})",
                    )
                )
                self.time.wait(min(STEP, (upcoming - now).total_seconds()))
            elif self._hold(opening):
                self._held.add(opening.night)
            else:
                self.time.wait(AGAIN)

    def _hold(self, opening: Opening) -> bool:
        """One night; False: it could not begin, or not be held to its end, and is worth another try."""
        night = opening.night
        try:
            newest = self.last_audited()
            if newest is not None and newest > night:
                raise UserError(
                    f"本机日期 {night} 早于已核查的 {newest}，不能巡查：时钟倒退，或有一夜误用了将来的日期",
                    f"the date {night} is before {newest}, which was audited: the clock was set back, or a night was given"
                    " a date to come; nothing can be read",
                )
            is_held = self.night(night, self._is_over(opening)) is not False
            self._said = ""
        except Exception as error:
            line = one_line(error)
            if line != self._said:  # the same trouble at each try is said once
                self.failed(night, line, error)
                self._said = line
            return not is_user_mistake(error)  # a bug is not tried again before the next night
        return is_held

    def _is_over(self, opening: Opening) -> Callable[[], bool]:
        """The window's end; also when the clock was set back or the service is stopped."""
        began, most = self.time.elapsed(), (opening.ends - opening.begins).total_seconds()
        return lambda: self.time.is_stopped or not opening.holds(self.time.now()) or self.time.elapsed() - began >= most

    def _say(self, line: str) -> None:
        if line != self._said:
            self.tell(line)
            self._said = line
