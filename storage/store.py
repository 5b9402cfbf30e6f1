"""Saving and reading records, with the nights on which each was first and last seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.records import Record
from storage.schema import TABLES, field_types, from_row, to_row

R = TypeVar("R", bound=Record)
BATCH = 2_000
AT_ONCE = 500  # values in one question


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
    where: list[sa.ColumnElement[bool]] = []
    if site is not None:
        where.append(table.c.site == site)
    if on is not None:
        where.append(table.c.last_seen == on)
    if until is not None:
        where.append(table.c.first_seen <= until)
    return list(_select(connection, kind, where))


def read_with(connection: Connection, kind: type[R], column: str, *, site: str) -> list[Seen[R]]:
    """A site's records that have a value in a column, in the order of their keys."""
    table = TABLES[kind]
    return list(_select(connection, kind, [table.c.site == site, table.c[column].is_not(None)]))


def read_some(
    connection: Connection, kind: type[R], column: str, values: Iterable[str], *, site: str, until: date | None = None
) -> list[Seen[R]]:
    """A site's records with one of these values in a column (`case_number`, `url`), in the order of their keys."""
    table, waiting = TABLES[kind], sorted(set(values))
    found: list[Seen[R]] = []
    for start in range(0, len(waiting), AT_ONCE):
        where = [table.c.site == site, table.c[column].in_(waiting[start : start + AT_ONCE])]
        if until is not None:
            where.append(table.c.first_seen <= until)
        # Put in order here: asked for it, SQLite goes through all keys of the site rather than to the few by their index.
        found += _select(connection, kind, where, in_order=False)
    return sorted(found, key=lambda seen: [getattr(seen.record, name) for name in kind.KEY])


def _select(
    connection: Connection, kind: type[R], where: list[sa.ColumnElement[bool]], *, in_order: bool = True
) -> Iterator[Seen[R]]:
    table = TABLES[kind]
    names = [*field_types(kind), "first_seen", "last_seen"]
    query = sa.select(*(_raw(table.c[name]) for name in names)).where(*where)
    if in_order:
        query = query.order_by(*(table.c[k] for k in kind.KEY))
    for row in connection.execute(query):
        values = dict(zip(names, row, strict=True))
        yield Seen(from_row(kind, values), values["first_seen"], values["last_seen"])


def _raw(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """JSON as it is kept, if the driver leaves it so: `from_row` reads each text once."""
    return sa.type_coerce(column, sa.Text()).label(column.name) if isinstance(column.type, sa.JSON) else column


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
