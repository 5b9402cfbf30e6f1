"""Saving and reading records, with the nights on which each was first and last seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.records import Record
from storage.schema import TABLES, from_row, to_row

R = TypeVar("R", bound=Record)
BATCH = 2_000


@dataclass(frozen=True)
class Seen(Generic[R]):
    """A record and the nights between which it was seen."""

    record: R
    first_seen: date
    last_seen: date


def save(connection: Connection, records: Iterable[Record], night: date) -> int:
    """Write records seen on `night`; those known already keep their first night. Returns how many rows were written."""
    waiting: dict[type[Record], dict[tuple[object, ...], dict[str, object]]] = {}
    written = 0

    def write(kind: type[Record]) -> None:
        nonlocal written
        rows = list(waiting.pop(kind).values())
        upsert(connection, TABLES[kind], rows, kind.KEY, keep=("first_seen",))
        written += len(rows)

    for record in records:  # which may be made while they are written: a large site's are never in memory together
        rows = waiting.setdefault(type(record), {})
        key = tuple(getattr(record, k) for k in record.KEY)
        # The last of two with one key: an upsert takes one.
        rows[key] = to_row(record) | {"first_seen": night, "last_seen": night}
        if len(rows) >= BATCH:
            write(type(record))
    for kind in list(waiting):
        write(kind)
    return written


def read(
    connection: Connection, kind: type[R], *, site: str | None = None, on: date | None = None, until: date | None = None
) -> list[Seen[R]]:
    """Records of one type, in the order of their keys.

    Args:
        site: Only this site's.
        on: Only those last seen on this night.
        until: Only those first seen on this night or before.
    """
    table = TABLES[kind]
    query = sa.select(table).order_by(*(table.c[k] for k in kind.KEY))
    if site is not None:
        query = query.where(table.c.site == site)
    if on is not None:
        query = query.where(table.c.last_seen == on)
    if until is not None:
        query = query.where(table.c.first_seen <= until)
    return [
        Seen(from_row(kind, dict(row)), row["first_seen"], row["last_seen"])
        for row in connection.execute(query).mappings()
    ]


def one(connection: Connection, kind: type[R], **key: object) -> Seen[R] | None:
    """The record with these values of its key; None: there is none."""
    table = TABLES[kind]
    query = sa.select(table).where(*(table.c[name] == value for name, value in key.items()))
    row = connection.execute(query).mappings().first()
    return None if row is None else Seen(from_row(kind, dict(row)), row["first_seen"], row["last_seen"])


def forget(connection: Connection, kind: type[Record], **equals: object) -> None:
    """Delete the records whose columns equal the given values (a ledger that is imported again)."""
    table = TABLES[kind]
    connection.execute(sa.delete(table).where(*(table.c[c] == v for c, v in equals.items())))
