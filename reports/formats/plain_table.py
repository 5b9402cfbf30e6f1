"""Any list as a spreadsheet or as CSV: headings, and rows of values by their type. Crawled text is never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import xlsxwriter

from reports.formats.csv import safe
from reports.formats.xlsx.sheet import Column, Sheet, WebLink, styles_of

ROWS = 500  # written together


@dataclass(frozen=True)
class Head:
    """A column: its heading, its width in characters, and a style of `reports.formats.xlsx.sheet`."""

    title: str
    width: int = 16
    style: str = "text"


def csv_pieces(heads: Sequence[Head], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The list as CSV, piece by piece: UTF-8 with a byte order mark, RFC 4180."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head.title for head in heads)
    yield b"\xef\xbb\xbf"
    for place, row in enumerate(rows, start=1):
        writer.writerow(safe(value.text if isinstance(value, WebLink) else value) for value in row)
        if place % ROWS == 0:
            yield _taken(out)
    yield _taken(out)


def write_xlsx(
    file: IO[bytes],
    title: str,
    heads: Sequence[Head],
    rows: Iterable[Sequence[Any]],
    made: datetime,
    height: float = 30,
) -> None:
    """The list as a working sheet: filtered, its heading frozen and printed on every page.

    Args:
        title: Of the sheet, at most 31 characters.
        made: The moment that the file says it was made at.
        height: Of a row, in points.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
        columns = [Column(head.title, head.width, head.style) for head in heads]
        page = Sheet(book, styles_of(book), title)
        page.widths(columns)
        page.sheet.freeze_panes(1, 1)
        page.sheet.repeat_rows(0)
        end = page.table(0, columns, rows, height=lambda _: height)
        page.sheet.autofilter(0, 0, max(end - 1, 1), len(columns) - 1)


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8")
