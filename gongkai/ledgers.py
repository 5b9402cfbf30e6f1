"""A court's own ledgers (台账), and dumps of the national site, into the database: what could be read is used, what could
not is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection

from gongkai.errors import UserError
from gongkai.messages import language
from storage import memory, runs
from storage.imports import DumpFile, save_dump
from storage.ledgers import LedgerFile, ledger_files, save_ledger
from storage.locks import in_turn

if TYPE_CHECKING:
    from crawlers.ledgers import LedgerReading
    from crawlers.national import DumpReading

SUFFIXES = (".xlsx", ".xls", ".csv", ".json", ".jsonl")


def files_of(folder: Path) -> list[Path]:
    """The ledgers in a folder, by name; lock files of an open spreadsheet are none.

    Raises:
        UserError: There is no such folder.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: 没有这个台账文件夹", f"{folder}: no such folder of ledgers")
    found = (p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(("~$", ".")))
    return sorted(found)


def read(paths: Iterable[Path], site: str, night: date, court: str | None = None) -> list[LedgerReading | DumpReading]:
    """Read ledgers of a site as of an audit date; nothing is written. Which kind a file is, its contents say.

    Args:
        court: Of a dump of the national site only this court's records.

    Raises:
        LedgerError: One of them cannot be read at all.
    """
    from crawlers.ledgers import read_ledger
    from crawlers.national import is_dump, read_dump

    return [
        read_dump(path, site=site, court=court, until=night)
        if is_dump(path)
        else read_ledger(path, site=site, until=night)
        for path in paths
    ]


def problems(readings: Sequence[LedgerReading | DumpReading]) -> list[str]:
    """One line for each row that could not be read."""
    return [problem.line(language()) for reading in readings for problem in reading.problems]


def save(
    connection: Connection,
    site: str,
    readings: Iterable[LedgerReading | DumpReading],
    night: date,
    imported: datetime,
) -> None:
    """Store what was read, in place of what the same files held before.

    Args:
        night: The audit date that the ledgers are seen on.
        imported: This moment.
    """
    from crawlers.national import DumpReading

    # In the order of an audit, whatever file comes first: else each may wait for the other.
    for what in ("ledgers", "dumps"):
        in_turn(connection, f"{what}:{site}")
    memory.forget_if_left(connection, site, night)
    for reading in readings:
        if isinstance(reading, DumpReading):
            first, last = reading.complete or (None, None)
            dump = DumpFile(
                file=reading.file,
                sha256=reading.sha256,
                rows=reading.rows,
                unread=reading.unread,
                complete_from=first,
                complete_until=last,
                imported=imported,
            )
            save_dump(connection, site, dump, [*reading.records, *reading.personal], night)
            continue
        save_ledger(
            connection,
            site=site,
            file=reading.file,
            sha256=reading.sha256,
            sheets=reading.ledgers,
            records=reading.records,
            night=night,
            imported=imported,
        )


def imported(connection: Connection, sites: Sequence[str] | None) -> list[tuple[str, LedgerFile]]:
    """The ledgers that were imported, with their site, of some sites or of all."""
    chosen = sites or [site.id for site in runs.all_sites(connection)]
    return [(site, file) for site in chosen for file in ledger_files(connection, site)]
