"""The court's own ledgers (台账) in the database: an import replaces what came from the same file before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import store
from storage.database import upsert
from storage.locks import in_turn
from storage.records import LEDGERS, Record
from storage.schema import TABLES, ledger_unread
from storage.schema import ledger_files as table

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class LedgerSheet:
    """One ledger of a file.

    Attributes:
        source: The file's name and, in a workbook, `/` and the sheet's: `台账.xlsx/案件台账`. Its records' `source`.
        kind: cases, withheld, streams, withdrawals, participants, agencies or attendance.
        rows: Rows that were read.
        unread: Rows that could not be read.
        unread_cases: Their case numbers, None where that could not be read either: nothing may be concluded from the
            absence of such a case, and with a None of no case at all.
    """

    source: str
    kind: str
    rows: int
    unread: int
    unread_cases: tuple[str | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LedgerFile(LedgerSheet):
    """A ledger as it was imported: from which contents, and when."""

    sha256: str
    imported: datetime


def save_ledger(
    connection: Connection,
    *,
    site: str,
    file: str,
    sha256: str,
    sheets: Iterable[LedgerSheet],
    records: Iterable[Record],
    night: date,
    imported: datetime,
) -> int:
    """Write one file's ledgers in place of what was imported under that name, or from the same contents, before.

    Rows that are still there keep the night on which they were first seen.

    Args:
        file: The file's name without folders.
        sha256: Of the file's bytes.
        records: Of the types in `storage.records.LEDGERS`, each with `source` equal to `file` or beginning `file/`.
        night: The night that they are seen on.
        imported: The moment of the import.

    Returns:
        How many records were written.
    """
    in_turn(connection, f"ledgers:{site}")
    listed = list(records)
    for other in _same_contents(connection, site, sha256):
        if other != file:
            forget_ledger(connection, site, other)
    _forget_rows(connection, site, file, {(type(r), *_place(r)) for r in listed})
    written = store.save(connection, listed, night)
    connection.execute(sa.delete(table).where(table.c.site == site, _of_file(table, file)))
    kept = list(sheets)
    rows = [vars(sheet) | {"site": site, "sha256": sha256, "imported": imported} for sheet in kept]
    for row in rows:
        del row["unread_cases"]
    upsert(connection, table, rows, ("site", "source"))
    missed = [
        {"site": site, "source": sheet.source, "position": position, "kind": sheet.kind, "case_number": number}
        for sheet in kept
        for position, number in enumerate(sheet.unread_cases)
    ]
    connection.execute(sa.delete(ledger_unread).where(ledger_unread.c.site == site, _of_file(ledger_unread, file)))
    upsert(connection, ledger_unread, missed, ("site", "source", "position"))
    return written


def ledger_files(connection: Connection, site: str | None = None) -> list[LedgerFile]:
    """The ledgers that were imported, of one site or of all, by their source."""
    query = sa.select(table).order_by(table.c.site, table.c.source)
    if site is not None:
        query = query.where(table.c.site == site)
    return [
        LedgerFile(**{name: value for name, value in row.items() if name != "site"})
        for row in connection.execute(query).mappings()
    ]


def unread_rows(connection: Connection, site: str) -> list[tuple[str, str | None]]:
    """The rows of a site's ledgers that could not be read: kind of ledger, case number or None."""
    query = sa.select(ledger_unread.c.kind, ledger_unread.c.case_number).where(ledger_unread.c.site == site)
    return [(kind, number) for kind, number in connection.execute(query)]


def forget_ledger(connection: Connection, site: str, file: str) -> None:
    """Remove all that was imported from a file of this name."""
    _forget_rows(connection, site, file, set())
    for of in (table, ledger_unread):
        connection.execute(sa.delete(of).where(of.c.site == site, _of_file(of, file)))


def _place(record: Record) -> tuple[str, int]:
    values = vars(record)
    return values["source"], values["row"]


def _of_file(of: sa.Table, file: str) -> sa.ColumnElement[bool]:
    # Neither a file's nor a sheet's name can contain a slash.
    return sa.or_(of.c.source == file, of.c.source.startswith(f"{file}/", autoescape=True))


def _same_contents(connection: Connection, site: str, sha256: str) -> set[str]:
    query = sa.select(table.c.source).where(table.c.site == site, table.c.sha256 == sha256)
    return {source.split("/")[0] for source in connection.execute(query).scalars()}


def _forget_rows(connection: Connection, site: str, file: str, but: set[tuple[object, ...]]) -> None:
    for kind in LEDGERS:
        of = TABLES[kind]
        query = sa.select(of.c.id, of.c.source, of.c.row).where(of.c.site == site, _of_file(of, file))
        gone = [row.id for row in connection.execute(query) if (kind, row.source, row.row) not in but]
        for start in range(0, len(gone), BATCH):
            connection.execute(sa.delete(of).where(of.c.id.in_(gone[start : start + BATCH])))
