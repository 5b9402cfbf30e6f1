"""Reading a court's own ledgers (台账) from `.xlsx` and `.csv`: files in, records and problems out; nothing is stored.

Names, identity and telephone numbers of the parties are checked for presence and format and leave this module neither in
a record nor in a message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path

from crawlers.ledger_columns import CASES, HEADER_SEARCH_ROWS, LEDGER_KINDS, find_header, nearest
from crawlers.ledger_rows import BadCell, column_letter, read_rows
from crawlers.ledger_sheets import LedgerError, Row, Sheet, open_ledger
from storage.ledgers import LedgerSheet
from storage.records import Record

__all__ = ["LedgerError", "LedgerProblem", "LedgerReading", "SheetReading", "read_ledger"]


@dataclass(frozen=True, kw_only=True)
class LedgerProblem:
    """Something in a ledger that could not be read.

    Attributes:
        file: The file's name.
        sheet: The sheet's name; None for csv.
        row: As the spreadsheet numbers it, from 1; the row is left out. None: it concerns the whole sheet.
        column: The letter that the spreadsheet shows.
        header: The column's name.
        message: The reason, without the cell's value unless that is a date.
    """

    file: str
    sheet: str | None
    row: int | None = None
    column: str | None = None
    header: str | None = None
    message: str

    def __str__(self) -> str:
        place = [self.file]
        if self.sheet is not None:
            place.append(f"工作表“{self.sheet}”")
        if self.row is not None:
            place.append(f"第{self.row}行")
        if self.column is not None:
            place.append(f"{self.column}列“{self.header}”")
        return f"{' '.join(place)}：{self.message}"


@dataclass(frozen=True, kw_only=True)
class SheetReading:
    """What became of one sheet.

    Attributes:
        name: None for csv.
        source: File and sheet, as its records have it.
        kind: Name of the ledger; None if the sheet is none and was skipped.
        title: The ledger's Chinese name.
        rows, unread: Rows read, and rows that could not be read.
        unread_cases: The case numbers of the latter; None where that could not be read either.
        why: Why it was skipped.
    """

    name: str | None
    source: str
    kind: str | None = None
    title: str | None = None
    rows: int = 0
    unread: int = 0
    unread_cases: tuple[str | None, ...] = ()
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class LedgerReading:
    """A file that was read: its records, what could not be read, and what became of each sheet."""

    path: Path
    site: str
    sha256: str
    sheets: tuple[SheetReading, ...]
    records: tuple[Record, ...]
    problems: tuple[LedgerProblem, ...]

    @property
    def file(self) -> str:
        """The file's name, under which it is stored."""
        return self.path.name

    @property
    def ledgers(self) -> tuple[LedgerSheet, ...]:
        """The sheets that are ledgers, as `storage.ledgers.save_ledger` takes them."""
        return tuple(
            LedgerSheet(source=s.source, kind=s.kind, rows=s.rows, unread=s.unread, unread_cases=s.unread_cases)
            for s in self.sheets
            if s.kind is not None
        )


def read_ledger(path: Path, *, site: str, until: date | None = None) -> LedgerReading:
    """Read a ledger; its kind is recognised by its header row.

    Args:
        path: An `.xlsx`, or a `.csv` in UTF-8 (with or without BOM) or GB18030.
        site: Whose ledger it is, for the records.
        until: The audit date: nobody in the ledger was born later. Without it, birth dates are not held against it.

    Raises:
        LedgerError: The file cannot be read, or no sheet is a ledger: one line with file, sheet and missing headers.
    """
    sheets: list[SheetReading] = []
    records: list[Record] = []
    problems: list[LedgerProblem] = []
    near: list[str] = []
    with open_ledger(path) as opened:
        for sheet in opened:
            first = list(islice(sheet.rows, HEADER_SEARCH_ROWS))
            if sheet.hidden or find_header(first) is None:
                skipped, almost = _skipped(path, sheet, first)
                sheets.append(skipped)
                near += [almost] if almost else []
                continue
            reading, read, bad = _read_sheet(path, sheet, first, site, until)
            sheets.append(reading)
            records += read
            problems += bad
    if not any(s.kind for s in sheets):
        raise _no_ledger(path, sheets, near)
    problems += [
        LedgerProblem(file=path.name, sheet=s.name, message=f"整张工作表未采用：{s.why}")
        for s in sheets
        if s.why and any(s.why == n for n in near)
    ]
    return LedgerReading(
        path=path,
        site=site,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        sheets=tuple(sheets),
        records=tuple(records),
        problems=tuple(problems),
    )


def _source(path: Path, sheet: Sheet) -> str:
    return path.name if sheet.name is None else f"{path.name}/{sheet.name}"


def _skipped(path: Path, sheet: Sheet, first: Sequence[Row]) -> tuple[SheetReading, str | None]:
    """A sheet that is no ledger, and the reason once more if it looks like one that was meant to be read."""
    found = nearest(first)
    if sheet.hidden:
        why, almost = "隐藏的工作表", None
        if find_header(first) is not None:
            why = almost = "隐藏的工作表，取消隐藏后才会读取"
    elif found is None:
        why, almost = (
            ("空表" if not any(any(v not in (None, "") for v in r) for r in first) else "没有台账的表头"),
            None,
        )
    else:
        kind, present, missing = found
        lacking = f"缺少“{'、'.join(missing)}”" if missing else "表头不足以认出是哪种台账"
        why = almost = f"像“{kind.title}”（有{'、'.join(present)}），但{lacking}"
    return SheetReading(name=sheet.name, source=_source(path, sheet), why=why), almost


def _read_sheet(
    path: Path, sheet: Sheet, first: list[Row], site: str, until: date | None
) -> tuple[SheetReading, list[Record], list[LedgerProblem]]:
    header = find_header(first)
    assert header is not None
    source = _source(path, sheet)
    records: list[Record] = []
    problems: list[LedgerProblem] = []
    missed: list[str | None] = []
    rows = unread = 0
    if header.rival is not None:
        note = f"表头同时像“{header.rival.title}”，按“{header.kind.title}”读取；多出的列未采用"
        problems.append(LedgerProblem(file=path.name, sheet=sheet.name, row=header.first_row + 1, message=note))
    for found in read_rows(sheet, chain(first, sheet.rows), header, site=site, source=source, until=until):
        bad = [f for f in found if isinstance(f, BadCell)]
        problems += [_problem(path, sheet, b) for b in bad]
        records += [f for f in found if isinstance(f, Record)]
        rows, unread = (rows, unread + 1) if bad else (rows + 1, unread)
        missed += (bad[0].case_numbers or [None]) if bad else []
    kind = header.kind
    reading = SheetReading(
        name=sheet.name,
        source=source,
        kind=kind.name,
        title=kind.title,
        rows=rows,
        unread=unread,
        unread_cases=tuple(missed),
    )
    return reading, records, problems


def _problem(path: Path, sheet: Sheet, bad: BadCell) -> LedgerProblem:
    return LedgerProblem(
        file=path.name,
        sheet=sheet.name,
        row=bad.row,
        column=column_letter(bad.column),
        header=bad.header,
        message=bad.message,
    )


def _no_ledger(path: Path, sheets: Sequence[SheetReading], near: Sequence[str]) -> LedgerError:
    names = "".join(f"“{s.name}”" for s in sheets if s.name is not None)
    where = f"{path}: 工作表{names}" if names else f"{path}"
    if near:
        return LedgerError(f"{where}: 没有认出台账：{near[0]} (no ledger recognised)")
    if all(s.why == "空表" for s in sheets):
        return LedgerError(f"{where}: 表中没有内容 (no rows)")
    example = "、".join(column.header for column in CASES.columns)
    kinds = "、".join(kind.title for kind in LEDGER_KINDS)
    return LedgerError(
        f"{where}: 前{HEADER_SEARCH_ROWS}行没有台账的表头；可读{kinds}；如案件台账应有{example} (no ledger header)"
    )
