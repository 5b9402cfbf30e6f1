"""How a fleet stands: which workers are there, how far the night is, what failed. Read from the database alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Engine

from gongkai.fleet import queue
from gongkai.fleet.queue import Counts
from storage import fleet
from storage.database import reading
from storage.fleet import Failure, FleetNight, Member


@dataclass(frozen=True, kw_only=True)
class State:
    """It.

    Attributes:
        at: By the database's clock.
        workers: Those that are there.
        night: The newest that was opened; None: none was.
        counts: Its jobs.
        failures: Its visits that a bug or a wrong file stopped.
    """

    at: datetime
    workers: tuple[Member, ...]
    night: FleetNight | None
    counts: Counts | None
    failures: tuple[Failure, ...]


def look(engine: Engine) -> State:
    """How it stands now."""
    with reading(engine) as connection:
        night = fleet.latest_night(connection)
        is_queued = night is not None and queue.is_there(connection)
        return State(
            at=fleet.clock(connection),
            workers=tuple(fleet.living(connection)),
            night=night,
            counts=queue.counts(connection, night.night) if night is not None and is_queued else None,
            failures=tuple(fleet.failures(connection, night.night)) if night is not None else (),
        )
