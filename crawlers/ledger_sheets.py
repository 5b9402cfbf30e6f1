"""A ledger's file as sheets of rows: xlsx workbooks and csv text, with merged cells filled downwards.

Rows are streamed; of a workbook only its shared texts are held in memory. What the cells mean is not known here.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
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

from crawlers.ledger_columns import HEADER_SEARCH_ROWS

Row = tuple[object, ...]
MAX_BYTES = 512 * 1024 * 1024  # unpacked: a workbook of a million rows is smaller
MAX_COLUMNS = 200
_MERGE_OR_FORMULA = re.compile(rb"mergeCell|[<:]f[ />]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class LedgerError(Exception):
    """A ledger cannot be read at all: one line that names the file and, where it matters, the sheet."""


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        name: The sheet's name; None for csv.
        rows: All rows from the first on; read once.
        epoch: First day of the workbook's date numbers.
        hidden: Not shown to the workbook's user.
        uncomputed: Cells (row and column from 1) whose formula was saved without a result: empty, yet not unknown.
    """

    name: str | None
    rows: Iterator[Row]
    epoch: datetime = WINDOWS_EPOCH
    hidden: bool = False
    uncomputed: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@contextmanager
def open_ledger(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of an xlsx or csv file; which it is, its first bytes say.

    Raises:
        LedgerError: The file is missing, empty, encrypted, of the old xls format, or damaged.
    """
    head = _head(path)
    if head.startswith(b"PK"):
        workbook = _load(path)
        try:
            yield _workbook_sheets(path, workbook)
        finally:
            workbook.close()
    else:
        yield iter([Sheet(None, _csv_rows(path))])


def _head(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise LedgerError(f"{path}: 是文件夹，应为台账文件 (a folder, not a ledger)")
        with path.open("rb") as file:
            head = file.read(8192)
            if head.startswith(_OLE):
                rest = head + file.read(MAX_BYTES)
                if "EncryptedPackage".encode("utf-16-le") in rest:
                    raise LedgerError(f"{path}: 文件已加密，请去掉打开密码后再导入 (encrypted)")
                raise LedgerError(f"{path}: 是旧的 xls 格式，请另存为 xlsx (old xls format)")
    except FileNotFoundError:
        raise LedgerError(f"{path}: 没有这个文件 (no such file)") from None
    except OSError as error:
        raise LedgerError(f"{path}: 无法读取：{error.strerror}") from error
    if not head.strip():
        raise LedgerError(f"{path}: 是空文件 (empty file)")
    if path.suffix.lower() != ".csv" and not head.startswith(b"PK"):
        raise LedgerError(f"{path}: 不是 xlsx 文件；只读 .xlsx 和 .csv (neither xlsx nor csv)")
    return head


def _load(path: Path) -> Workbook:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                raise LedgerError(f"{path}: 展开后超过 {MAX_BYTES // 1024**2} MiB，不予读取 (too large)")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations, which are not read
            return openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except LedgerError:
        raise
    except Exception as error:  # openpyxl meets a damaged workbook with exceptions of many types
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception, sheet: str | None = None) -> LedgerError:
    where = path if sheet is None else f"{path}: 工作表“{sheet}”"
    return LedgerError(f"{where}: 不是有效的 xlsx 文件或已损坏 (damaged: {type(error).__name__})")


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
        raise LedgerError(f"{path}: 无法读取：{error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise LedgerError(f"{path}: 超过 {MAX_BYTES // 1024**2} MiB，不予读取 (too large)")
    text = _decoded(path, data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            yield tuple(row[:MAX_COLUMNS])
    except csv.Error as error:
        raise LedgerError(f"{path}: 第{reader.line_num}行无法读取 (damaged csv: {error})") from error


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
    raise LedgerError(f"{path}: 不是文本，或编码不是 UTF-8 或 GB18030 (not text in UTF-8 or GB18030)")


def _delimiter(text: str) -> str:
    """The separator of which the first lines have most."""
    first = "".join(islice(io.StringIO(text), HEADER_SEARCH_ROWS))
    return max((",", "\t", ";"), key=first.count)
