"""The hours of the night in which sites may be read: `23:00-06:00` in Asia/Shanghai, and its openings day by day.

Pure: it is told what time it is, so a clock that jumps back or forth needs no care here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gongkai.clock import CHINA

_TEXT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Opening:
    """The window on one night. The night has the date on which it opens: what is read after midnight belongs to it."""

    begins: datetime
    ends: datetime

    @property
    def night(self) -> date:
        return self.begins.date()

    def holds(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends


@dataclass(frozen=True)
class Window:
    """From when to when, day by day; over midnight where it ends before it begins."""

    begins: time
    ends: time

    @staticmethod
    def parse(text: str) -> Window:
        """Read `HH:MM-HH:MM`.

        Raises:
            ValueError: It is not that, or it ends when it begins.
        """
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        first, minute, last, until = (int(number) for number in found.groups())
        window = Window(time(first, minute), time(last, until))
        if window.begins == window.ends:
            raise ValueError(text)
        return window

    def on(self, night: date) -> Opening:
        """Its opening on a night."""
        begins = datetime.combine(night, self.begins, CHINA)
        over_midnight = self.ends < self.begins
        return Opening(begins, datetime.combine(night + _DAY if over_midnight else night, self.ends, CHINA))

    def at(self, moment: datetime) -> Opening | None:
        """The opening that a moment lies in; None: it is closed."""
        today = moment.astimezone(CHINA).date()
        return next((o for o in (self.on(today - _DAY), self.on(today)) if o.holds(moment)), None)

    def after(self, moment: datetime) -> Opening:
        """The first opening that begins after a moment."""
        today = moment.astimezone(CHINA).date()
        return next(o for o in (self.on(today), self.on(today + _DAY)) if o.begins > moment)

    def before(self, moment: datetime) -> Opening:
        """The last opening that had ended by a moment."""
        today = moment.astimezone(CHINA).date()
        return next(o for o in (self.on(today - n * _DAY) for n in range(3)) if o.ends <= moment)

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"
