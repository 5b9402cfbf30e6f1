"""Dumps of the national judgment site in the database: an import replaces what came from a file of that name before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import store
from storage.database import upsert
from storage.locks import in_turn
from storage.records import Judgment, NamedPerson, PageScan, PersonalDatum, Record, Withheld
from storage.schema import TABLES, dump_files

KINDS: tuple[type[Record], ...] = (Judgment, Withheld, PageScan, PersonalDatum, NamedPerson)


@dataclass(frozen=True, kw_only=True)
class DumpFile:
    """A dump as it was imported.

    Attributes:
        file: Its name without folders.
        rows, unread: Rows that gave a record, and rows that did not.
        complete_from, complete_until: Days of judgment between which it holds all that the platform shows, as the user
            said; None: nobody said so, and nothing follows from what is not in it.
    """

    file: str
    sha256: str
    rows: int
    unread: int
    complete_from: date | None = None
    complete_until: date | None = None
    imported: datetime


def save_dump(connection: Connection, site: str, dump: DumpFile, records: Iterable[Record], night: date) -> int:
    """Write a dump's records in place of those that came from a file of that name before; how many."""
    in_turn(connection, f"dumps:{site}")
    forget_dump(connection, site, dump.file)
    written = store.save(connection, records, night)
    upsert(connection, dump_files, [vars(dump) | {"site": site}], ("site", "file"))
    return written


def forget_dump(connection: Connection, site: str, file: str) -> None:
    """Remove all that was imported from a dump of this name."""
    for kind in KINDS:
        of = TABLES[kind]
        own = of.c.imported.startswith(f"{file}#", autoescape=True)
        connection.execute(sa.delete(of).where(of.c.site == site, own))
    connection.execute(sa.delete(dump_files).where(dump_files.c.site == site, dump_files.c.file == file))


def read_dumps(connection: Connection, site: str) -> list[DumpFile]:
    """The dumps that were imported for a site, by name."""
    query = sa.select(dump_files).where(dump_files.c.site == site).order_by(dump_files.c.file)
    return [
        DumpFile(**{name: value for name, value in row.items() if name != "site"})
        for row in connection.execute(query).mappings()
    ]
