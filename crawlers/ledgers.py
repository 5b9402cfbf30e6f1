"""Reading a court's own ledgers (台账) from `.xlsx`, `.xls` and `.csv`: files in, records and problems out; nothing is stored.

Names, identity and telephone numbers of the parties are checked for presence and format and leave this module neither in
a record nor in a message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path

from crawlers.ledger_columns import (
    CASES,
    HEADER_SEARCH_ROWS,
    LEDGER_KINDS,
    Header,
    find_header,
    headers_at,
    may_be_header,
    nearest,
)
from crawlers.ledger_rows import BadCell, Block, column_letter
from crawlers.ledger_sheets import LedgerError, Row, Sheet, open_ledger
from crawlers.ledger_words import Told, told
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
        told: The reason in both languages, without the cell's value unless that is a date; `message`: in Chinese.
    """

    file: str
    sheet: str | None
    row: int | None = None
    column: str | None = None
    header: str | None = None
    told: Told

    @property
    def message(self) -> str:
        return self.told.zh

    def __str__(self) -> str:
        return self.line("zh")

    def line(self, language: str) -> str:
        """The whole line in `zh` or `en`."""
        chinese = language == "zh"
        place = [self.file]
        if self.sheet is not None:
            place.append(f"工作表“{self.sheet}”" if chinese else f"sheet “{self.sheet}”")
        if self.row is not None:
            place.append(f"第{self.row}行" if chinese else f"row {self.row}")
        if self.column is not None:
            place.append(f"{self.column}列“{self.header}”" if chinese else f"column {self.column} “{self.header}”")
        return f"{' '.join(place)}{'：' if chinese else ': '}{self.told.by(language)}"


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
    why: Told | None = None


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
        path: An `.xlsx`, an old `.xls`, or a `.csv` in UTF-8 (with or without BOM), GB18030 or UTF-16.
        site: Whose ledger it is, for the records.
        until: The audit date: nobody in the ledger was born later. Without it, birth dates are not held against it.

    Raises:
        LedgerError: The file cannot be read, or no sheet is a ledger: one line with file, sheet and missing headers.
    """
    sheets: list[SheetReading] = []
    records: list[Record] = []
    problems: list[LedgerProblem] = []
    near: list[Told] = []
    with open_ledger(path) as opened:
        for sheet in opened:
            first = list(islice(sheet.rows, HEADER_SEARCH_ROWS))
            if sheet.hidden or find_header(first) is None:
                skipped, almost = _skipped(path, sheet, first)
                sheets.append(skipped)
                near += [almost] if almost else []
                continue
            read = _SheetReader(path, sheet, site, until)
            read.rows(chain(first, sheet.rows))
            sheets += read.sheets
            records += read.records
            problems += read.problems
    if not any(s.kind for s in sheets):
        raise _no_ledger(path, sheets, near)
    problems += [
        LedgerProblem(file=path.name, sheet=s.name, told=told("sheet_left_out", why=s.why))
        for s in sheets
        if s.why in near
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


def _skipped(path: Path, sheet: Sheet, first: Sequence[Row]) -> tuple[SheetReading, Told | None]:
    """A sheet that is no ledger, and the reason once more if it looks like one that was meant to be read."""
    found = nearest(first)
    almost: Told | None = None
    if sheet.hidden:
        why = told("hidden")
        if find_header(first) is not None:
            why = almost = told("hidden_ledger")
    elif found is None:
        blank = not any(any(v not in (None, "") for v in r) for r in first)
        why = told("empty_sheet" if blank else "no_header")
    else:
        kind, present, missing = found
        code = "nearly" if missing else "nearly_too_few"
        why = almost = told(code, title=kind.title, present="、".join(present), missing="、".join(missing))
    return SheetReading(name=sheet.name, source=_source(path, sheet), why=why), almost


@dataclass
class _Count:
    """What became of the rows of one ledger in a sheet."""

    block: Block
    rows: int = 0
    unread: int = 0
    missed: list[str | None] = field(default_factory=list)


class _SheetReader:
    """Reads a sheet from its first row to its last: each header that is met begins a ledger.

    Offices put two ledgers into one sheet, one below the other or side by side. Whatever was read under the first header
    would be wrong under the second.
    """

    def __init__(self, path: Path, sheet: Sheet, site: str, until: date | None) -> None:
        self._path, self._sheet, self._site, self._until = path, sheet, site, until
        self._counts: list[_Count] = []
        self._now: list[_Count] = []
        self.records: list[Record] = []
        self.problems: list[LedgerProblem] = []
        if sheet.note is not None:
            self.problems.append(LedgerProblem(file=path.name, sheet=sheet.name, told=sheet.note))

    @property
    def sheets(self) -> list[SheetReading]:
        return [
            SheetReading(
                name=self._sheet.name,
                source=count.block.source,
                kind=count.block.header.kind.name,
                title=count.block.header.kind.title,
                rows=count.rows,
                unread=count.unread,
                unread_cases=tuple(count.missed),
            )
            for count in self._counts
        ]

    def rows(self, rows: Iterable[Row]) -> None:
        """All rows of the sheet; a header may have two of them, so one is looked ahead."""
        below = 0  # rows of a header that are still to come
        two: list[Row] = []
        for number, row in enumerate(chain(rows, [()]), start=0):
            two = [*two[-1:], row]
            if len(two) < 2 or number == 0:
                continue
            if below:
                below -= 1
                continue
            looked = number <= HEADER_SEARCH_ROWS or may_be_header(two[0])
            headers = headers_at(two, 0) if looked else ()
            if headers and not self._goes_on(headers, two, number):
                self._begin(headers, two, number)
                below = headers[0].height - 1
            else:
                self._row(number, two[0])

    def _goes_on(self, headers: tuple[Header, ...], two: list[Row], number: int) -> bool:
        """The header printed again on a new page, or the row below begins a fuller one."""
        if self._now and [h.layout for h in headers] == [count.block.header.layout for count in self._now]:
            return True
        fuller = headers_at(two, 1) if may_be_header(two[1]) else ()
        return not self._now and sum(len(h.columns) for h in fuller) > sum(len(h.columns) for h in headers)

    def _begin(self, headers: tuple[Header, ...], two: list[Row], number: int) -> None:
        source = _source(self._path, self._sheet)
        self._now = []
        for header in headers:
            place = len(self._counts) + 1
            named = source if place == 1 else f"{source}{'/' if self._sheet.name is None else ''}（第{place}个台账）"
            block = Block(self._sheet, header, two[header.height - 1], site=self._site, source=named, until=self._until)
            self._now.append(_Count(block))
            self._counts.append(self._now[-1])
            self._note_header(header, number)

    def _note_header(self, header: Header, number: int) -> None:
        def note(code: str, **values: object) -> None:
            self.problems.append(
                LedgerProblem(file=self._path.name, sheet=self._sheet.name, row=number, told=told(code, **values))
            )

        if header.rival is not None:
            note("rival", other=header.rival.title, title=header.kind.title)
        for place, used in header.duplicates.items():
            letters = f"{column_letter(used + 1)}、{column_letter(place + 1)}"
            note("duplicate", columns=letters, header=header.columns[used].header, first=column_letter(used + 1))
        for place, (found, meant) in header.misnamed.items():
            note("misnamed", found=found, column=column_letter(place + 1), header=meant.header)

    def _row(self, number: int, row: Row) -> None:
        for count in self._now:
            found = count.block.read(number, row)
            if found is None:
                continue
            bad = [f for f in found if isinstance(f, BadCell)]
            self.problems += [_problem(self._path, self._sheet, b) for b in bad]
            self.records += [f for f in found if isinstance(f, Record)]
            count.rows += not bad
            count.unread += bool(bad)
            count.missed += (bad[0].case_numbers or [None]) if bad else []


def _problem(path: Path, sheet: Sheet, bad: BadCell) -> LedgerProblem:
    return LedgerProblem(
        file=path.name,
        sheet=sheet.name,
        row=bad.row,
        column=column_letter(bad.column),
        header=bad.header,
        told=bad.message,
    )


def _no_ledger(path: Path, sheets: Sequence[SheetReading], near: Sequence[Told]) -> LedgerError:
    names = [s.name for s in sheets if s.name is not None]
    if near:
        return LedgerError(path, "not_recognised", sheets=names, why=near[0])
    if all(s.why is not None and s.why.code == "empty_sheet" for s in sheets):
        return LedgerError(path, "no_rows", sheets=names)
    example = "、".join(column.header for column in CASES.columns)
    kinds = "、".join(kind.title for kind in LEDGER_KINDS)
    return LedgerError(path, "no_ledger", sheets=names, rows=HEADER_SEARCH_ROWS, kinds=kinds, example=example)
