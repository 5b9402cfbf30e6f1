"""Messages to other programs that wait to be delivered: written down with what they tell of, sent later, and tried again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.schema import deliveries as table

KEPT = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to one address.

    Attributes:
        id: The same for the same news to the same address, so that news is told once, whoever announces it again.
        what: The kind of news, such as `finding.red_line`.
        body: JSON, as it is sent and signed.
        tries: How often it was sent; `answer` says what came of the last one.
        due: When it is to be sent next; None: it was delivered, or given up.
        delivered: When it was.
    """

    id: str
    url: str
    what: str
    body: str
    made: datetime
    tries: int = 0
    due: datetime | None = None
    delivered: datetime | None = None
    answer: str | None = None


def add(connection: Connection, made: Iterable[Delivery], now: datetime) -> None:
    """Write messages down; those that are there already stay as they are. Old ones that are done are forgotten."""
    connection.execute(sa.delete(table).where(table.c.made < now - KEPT, table.c.due.is_(None)))
    every = tuple(Delivery.__dataclass_fields__)
    upsert(connection, table, [vars(one).copy() for one in made], ("id",), keep=every)


def due(connection: Connection, now: datetime, most: int = 100) -> list[Delivery]:
    """What is to be sent now, the longest waiting first."""
    query = sa.select(table).where(table.c.due <= now).order_by(table.c.due, table.c.id).limit(most)
    return [Delivery(**row) for row in connection.execute(query).mappings()]


def claim(connection: Connection, one: Delivery, until: datetime) -> bool:
    """Take a message for sending; False: another process has taken it meanwhile."""
    mine = sa.update(table).where(table.c.id == one.id, table.c.due == one.due).values(due=until)
    return bool(connection.execute(mine).rowcount)


def tried(connection: Connection, id_: str, *, answer: str, due: datetime | None, delivered: datetime | None) -> None:
    """What came of sending it."""
    values = {"tries": table.c.tries + 1, "answer": answer, "due": due, "delivered": delivered}
    connection.execute(sa.update(table).where(table.c.id == id_).values(**values))


def newest(connection: Connection, most: int = 50) -> list[Delivery]:
    """The newest messages."""
    query = sa.select(table).order_by(table.c.made.desc(), table.c.id).limit(most)
    return [Delivery(**row) for row in connection.execute(query).mappings()]
