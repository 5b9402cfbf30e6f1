"""The only place that reads the clock: everything below the command line is given its dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

# Asia/Shanghai has kept one offset since 1991; a fixed one needs no time zone data on the machine.
CHINA = timezone(timedelta(hours=8))


def now() -> datetime:
    """This moment in Asia/Shanghai, to the second."""
    return datetime.now(CHINA).replace(microsecond=0)


def today() -> date:
    """Today's date in Asia/Shanghai."""
    return now().date()
