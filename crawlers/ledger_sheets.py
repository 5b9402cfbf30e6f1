"""A ledger's file as sheets of rows: workbooks (xlsx, old xls), csv text, web pages; merged cells filled downwards.

Rows are streamed; of a workbook only its shared texts are held in memory. What the cells mean is not known here.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.workbook.workbook import Workbook
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from crawlers.ledger_columns import HEADER_SEARCH_ROWS
from crawlers.ledger_words import Told, told
from crawlers.tables import read_tables

Row = tuple[object, ...]
MAX_BYTES = 512 * 1024 * 1024  # unpacked: a workbook of a million rows is smaller
MAX_COLUMNS = 200
_MERGE_OR_FORMULA = re.compile(rb"mergeCell|[<:]f[ />]")
_TEXT = (".csv", ".txt", ".tsv")
_HTML = re.compile(rb"<(?:html|table|!doctype)\b", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class LedgerError(Exception):
    """A ledger cannot be read at all: one line that names the file and, where it matters, the sheets.

    Attributes:
        told: The reason, in both languages.
    """

    def __init__(self, path: Path, code: str, *, sheets: Sequence[str] = (), **values: object) -> None:
        self.told = told(code, **values)
        self._path, self._sheets = path, sheets
        super().__init__(self.line("zh"))

    def line(self, language: str) -> str:
        """The whole line in `zh` or `en`."""
        names = "".join(f"“{name}”" for name in self._sheets)
        place = f"{self._path}: {'工作表' if language == 'zh' else 'sheet '}{names}" if names else f"{self._path}"
        return f"{place}: {self.told.by(language)}"


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        name: The sheet's name; None for csv.
        rows: All rows from the first on; read once.
        epoch: First day of the workbook's date numbers.
        hidden: Not shown to the workbook's user.
        uncomputed: Cells (row and column from 1) whose formula was saved without a result: empty, yet not unknown.
        note: What the keeper should know of how it was read.

    Rows that are hidden or filtered away are read: a filter is a view, and hides no case.
    """

    name: str | None
    rows: Iterator[Row]
    epoch: datetime = WINDOWS_EPOCH
    hidden: bool = False
    uncomputed: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    note: Told | None = None


@contextmanager
def open_ledger(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook or a text; which it is, its first bytes say, since names lie: systems export text and web
    pages as `.xls`.

    Raises:
        LedgerError: The file is missing, empty, encrypted, damaged, or of a type that is not read.
    """
    head = _head(path)
    if head.startswith(b"PK"):
        workbook = _load(path)
        try:
            yield _workbook_sheets(path, workbook)
        finally:
            workbook.close()
    elif head.startswith(_OLE):
        yield _old_sheets(path)
    elif _HTML.search(head):
        yield _html_sheets(path)
    else:
        note = None if path.suffix.lower() in _TEXT else told("as_text")
        yield iter([Sheet(None, _csv_rows(path), note=note)])


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise LedgerError(path, "folder")
        with path.open("rb") as file:
            head = file.read(8192)
            if head.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in head + file.read(MAX_BYTES):
                raise LedgerError(path, "encrypted")
    except FileNotFoundError:
        raise LedgerError(path, "missing") from None
    except OSError as error:
        raise LedgerError(path, "not_readable", reason=error.strerror) from error
    if not head.strip():
        raise LedgerError(path, "empty_file")
    if not head.startswith((b"PK", _OLE)) and path.suffix.lower() not in (*_TEXT, ".xlsx", ".xls"):
        raise LedgerError(path, "wrong_type")
    return head


def _load(path: Path) -> Workbook:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                raise LedgerError(path, "too_large", limit=MAX_BYTES // 1024**2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which are not read
            return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except LedgerError:
        raise
    except Exception as error:  # openpyxl meets a damaged workbook with exceptions of many types
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception, sheet: str | None = None, kind: str = "xlsx") -> LedgerError:
    return LedgerError(path, "damaged", sheets=[sheet] if sheet else [], type=kind, error=type(error).__name__)


def _old_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of an xls file of before 2007. Formulas come with their results, or empty."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())) as workbook:
            for meta in workbook.sheets_metadata:
                if meta.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = workbook.get_sheet_by_name(meta.name)
                merged: dict[int, list[tuple[int, int]]] = {}
                for (first, column), (last, _) in sheet.merged_cell_ranges or ():
                    if last > first:
                        merged.setdefault(first + 1, []).append((last + 1, column + 1))
                rows: Iterator[Row] = (tuple(row[:MAX_COLUMNS]) for row in sheet.to_python(skip_empty_area=False))
                hidden = meta.visible is not SheetVisibleEnum.Visible
                yield Sheet(meta.name, _filled(rows, merged), hidden=hidden)
    except PasswordError as error:
        raise LedgerError(path, "encrypted") from error
    except CalamineError as error:
        raise _damaged(path, error, kind="xls") from error


def _html_sheets(path: Path) -> Iterator[Sheet]:
    """The tables of a web page that a system exported under the name of a spreadsheet."""
    tables = read_tables(_decoded(path, path.read_bytes()))
    for number, table in enumerate(tables, start=1):
        above: list[Row] = [(table.caption,)] if table.caption else []
        lines = [*above, *([table.header] if table.header else []), *(row.cells for row in table.rows)]
        yield Sheet(None if len(tables) == 1 else str(number), iter(lines), note=told("as_html"))


def _workbook_sheets(path: Path, workbook: Workbook) -> Iterator[Sheet]:
    for worksheet in workbook.worksheets:
        try:
            # The one way to the sheet's XML: merged cells and formulas are not offered in read-only mode.
            with worksheet._get_source() as source:  # type: ignore[attr-defined]
                worth_it = _has_merges_or_formulas(source)
            with worksheet._get_source() as source:  # type: ignore[attr-defined]
                merged, uncomputed = _scan(source) if worth_it else ({}, frozenset())
            worksheet.reset_dimensions()  # some programs write wrong ones
        except Exception as error:  # as in _load
            raise _damaged(path, error, worksheet.title) from error
        rows = _guarded(path, worksheet.title, worksheet.iter_rows(values_only=True))
        yield Sheet(
            worksheet.title,
            _filled(rows, merged),
            workbook.epoch,
            worksheet.sheet_state != "visible",
            uncomputed,
        )


def _guarded(path: Path, sheet: str, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows, with whatever openpyxl raises at damaged ones as a `LedgerError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for row in rows:
                yield row[:MAX_COLUMNS]
        except Exception as error:  # as in _load
            raise _damaged(path, error, sheet) from error


def _has_merges_or_formulas(source: IO[bytes]) -> bool:
    """A look at the raw bytes: most ledgers have neither, and parsing them twice would cost a quarter of the time."""
    tail = b""
    while chunk := source.read(1 << 20):
        if _MERGE_OR_FORMULA.search(tail + chunk):
            return True
        tail = chunk[-16:]
    return False


def _scan(source: IO[bytes]) -> tuple[dict[int, list[tuple[int, int]]], frozenset[tuple[int, int]]]:
    """Vertical merges, by their first row: last row and column; and cells with a formula but no result."""
    merged: dict[int, list[tuple[int, int]]] = {}
    uncomputed: set[tuple[int, int]] = set()
    for _, element in ElementTree.iterparse(source):
        name = element.tag.rpartition("}")[2]
        if name == "c":
            # A formula whose result is an empty text says so by its type.
            empty = element.get("t") != "str" and not element.findtext("{*}v")
            if empty and element.find("{*}f") is not None:
                uncomputed.add(coordinate_to_tuple(element.attrib["r"]))
        elif name == "row":
            element.clear()
        elif name == "mergeCell":
            column, first, _, last = range_boundaries(element.attrib["ref"])
            if column is not None and first is not None and last is not None and last > first:
                merged.setdefault(first, []).append((last, column))
    return merged, frozenset(uncomputed)


def _filled(rows: Iterator[Row], merged: dict[int, list[tuple[int, int]]]) -> Iterator[Row]:
    """Rows, each cell of a vertical merge with the value of its first."""
    if not merged:
        yield from rows
        return
    standing: dict[int, tuple[int, object]] = {}  # column → last row, value
    for number, row in enumerate(rows, start=1):
        cells = list(row)
        for column, (last, value) in standing.items():
            if number <= last:
                cells += [None] * (column - len(cells))
                cells[column - 1] = value
        for last, column in merged.get(number, ()):
            standing[column] = (last, cells[column - 1] if column <= len(cells) else None)
        yield tuple(cells)


def _csv_rows(path: Path) -> Iterator[Row]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LedgerError(path, "not_readable", reason=error.strerror) from error
    if len(data) > MAX_BYTES:
        raise LedgerError(path, "too_large", limit=MAX_BYTES // 1024**2)
    text = _decoded(path, data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            yield tuple(row[:MAX_COLUMNS])
    except csv.Error as error:
        raise LedgerError(path, "damaged_csv", line=reader.line_num) from error


def _decoded(path: Path, data: bytes) -> str:
    """Strictly: text that is valid UTF-8 is UTF-8, then GB18030, else an error."""
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise LedgerError(path, "not_text")


def _delimiter(text: str) -> str:
    """The separator of which the first lines have most."""
    first = "".join(islice(io.StringIO(text), HEADER_SEARCH_ROWS))
    return max((",", "\t", ";", "|"), key=first.count)
