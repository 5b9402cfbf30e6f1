"""Several machines on one PostgreSQL: which workers live, which nights they have opened, which visits failed.

The queue of the night's jobs is another's (`gongkai/fleet/queue.py`); what came of a site stands in its run, as ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.locks import in_turn
from storage.schema import fleet_failures, fleet_nights, fleet_workers

TURN = "fleet"
ALIVE = timedelta(seconds=60)  # since it was last seen; it says that it is there every few seconds
FORGOTTEN = timedelta(days=1)
WHY = 400  # characters that are kept of a failure


@dataclass(frozen=True, kw_only=True)
class Member:
    """A worker process.

    Attributes:
        version: Of its code, to the letter.
        revision: Of the tables as it knows them.
        configuration: A hash of what it was told to do: sites, profiles, norms, politeness.
        night: That it works on; None: it waits for one.
    """

    id: str
    machine: str
    process: int
    version: str
    revision: str
    configuration: str
    parallel: int
    night: date | None = None
    started: datetime
    seen: datetime

    def is_alive(self, now: datetime) -> bool:
        return now - self.seen <= ALIVE


@dataclass(frozen=True, kw_only=True)
class FleetNight:
    """A night that was opened. `ends`: None: when all is done. `machine` wrote its bulletin."""

    night: date
    opened: datetime
    ends: datetime | None = None
    concluded: datetime | None = None
    machine: str | None = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A visit that a bug or a wrong file stopped; `number` counts those of the site in the night, from 1."""

    night: date
    site: str
    number: int
    at: datetime
    machine: str
    why: str


def clock(connection: Connection) -> datetime:
    """This moment by the database's clock, which all machines share."""
    now: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return now


def is_known(connection: Connection) -> bool:
    """Whether the database has these tables."""
    return sa.inspect(connection).has_table(fleet_workers.name)


def living(connection: Connection) -> list[Member]:
    """The workers that are there, by machine."""
    now = clock(connection)
    rows = connection.execute(sa.select(fleet_workers).order_by(fleet_workers.c.machine, fleet_workers.c.process))
    return [one for row in rows.mappings() if (one := Member(**row)).is_alive(now)]


def join(connection: Connection, member: Member) -> None:
    """Write a worker down, and forget those that were last seen long ago."""
    connection.execute(sa.delete(fleet_workers).where(fleet_workers.c.seen < member.seen - FORGOTTEN))
    connection.execute(sa.insert(fleet_workers).values(**vars(member)))


def saw(connection: Connection, member: Member, night: date | None) -> None:
    """Note that a worker is there, and on which night it works; one that was forgotten is written down again."""
    values = vars(member) | {"seen": clock(connection), "night": night}
    upsert(connection, fleet_workers, [values], ("id",))


def leave(connection: Connection, id_: str) -> None:
    connection.execute(sa.delete(fleet_workers).where(fleet_workers.c.id == id_))


def open_night(connection: Connection, night: date, ends: datetime | None) -> None:
    """Open it, unless it is; within the turn of the fleet."""
    if find_night(connection, night) is None:
        values = {"night": night, "opened": clock(connection), "ends": ends}
        connection.execute(sa.insert(fleet_nights).values(**values))


def find_night(connection: Connection, night: date) -> FleetNight | None:
    row = connection.execute(sa.select(fleet_nights).where(fleet_nights.c.night == night)).mappings().first()
    return None if row is None else FleetNight(**row)


def latest_night(connection: Connection) -> FleetNight | None:
    """The newest that was opened."""
    query = sa.select(fleet_nights).order_by(fleet_nights.c.night.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else FleetNight(**row)


def open_nights(connection: Connection) -> list[FleetNight]:
    """Those that are not concluded, oldest first."""
    query = sa.select(fleet_nights).where(fleet_nights.c.concluded.is_(None)).order_by(fleet_nights.c.night)
    return [FleetNight(**row) for row in connection.execute(query).mappings()]


def reopen(connection: Connection, night: date) -> None:
    """A concluded night has something to do again; its bulletin will be written anew."""
    connection.execute(sa.update(fleet_nights).where(fleet_nights.c.night == night).values(concluded=None))


def conclude(connection: Connection, night: date, machine: str) -> None:
    """Note that a night's bulletin was written."""
    values = {"concluded": clock(connection), "machine": machine}
    connection.execute(sa.update(fleet_nights).where(fleet_nights.c.night == night).values(**values))


def failed(connection: Connection, night: date, site: str, machine: str, why: str) -> int:
    """Write a failure down; how many it makes for this site in this night."""
    in_turn(connection, TURN)
    number = len(failures(connection, night, site)) + 1
    values = {"night": night, "site": site, "number": number, "at": clock(connection), "machine": machine}
    connection.execute(sa.insert(fleet_failures).values(**values, why=why[:WHY]))
    return number


def failures(connection: Connection, night: date, site: str | None = None) -> list[Failure]:
    """Those of a night, by site."""
    query = sa.select(fleet_failures).where(fleet_failures.c.night == night)
    if site is not None:
        query = query.where(fleet_failures.c.site == site)
    query = query.order_by(fleet_failures.c.site, fleet_failures.c.number)
    return [Failure(**row) for row in connection.execute(query).mappings()]
