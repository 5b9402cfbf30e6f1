"""A worksheet that is written row by row, each value by its type: what is no link, number or date may not become one.

Crawled text is written as text: a cell that begins with = + - or @ is never a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reports.text import local_time, safe_href
from reports.words import say, say_all

MAX_LINKS = 65_530  # of one sheet, by Excel's limit
MAX_ADDRESS = 2_079
MAX_CELL = 32_767
GREY, PALE, FILL, INK = "#BFBFBF", "#E7E4DA", "#FFFBE6", "#1B1B1B"
RED, LINK = "#A8121A", "#0B4F9E"

Row = Sequence[Any]


def lines(text: str, width: float, most: int = 8) -> int:
    """How many lines a text takes in a column of `width` characters, at most `most`; a Chinese one is two wide."""
    wide = len(text[: int(width) * most].encode("gbk", "replace"))  # one byte or two, as wide as the character
    return min(most, max(1, -(-wide // max(1, int(width) - 1))))


def points(lines_needed: int) -> float:
    """The height of a row of so many lines."""
    return 14.0 * lines_needed + 2


@dataclass(frozen=True)
class Column:
    """One column: its heading, its width in characters, the style of its cells, and a list of choices (`words.yml`)."""

    title: str
    width: int
    style: str = "text"
    choices: str | None = None


@dataclass(frozen=True)
class WebLink:
    """Text that leads to an address; the address is made safe when it is written."""

    text: str | None
    url: str | None


@dataclass(frozen=True)
class SheetLink:
    """Text that leads to another sheet of the book."""

    text: str
    sheet: str


def styles_of(book: Any) -> dict[str, Any]:
    """The formats of a book, by name."""
    base = {"font_name": "宋体", "font_size": 10, "valign": "top", "border": 1, "border_color": GREY}
    wrapped = base | {"text_wrap": True}
    centred = base | {"align": "center"}
    fill = {"bg_color": FILL, "locked": False}
    looks: dict[str, dict[str, Any]] = {
        "text": wrapped,
        "centre": centred,
        "code": centred | {"font_name": "Consolas", "font_size": 9, "num_format": "@"},
        "number": centred | {"num_format": "#,##0"},
        "score": centred | {"num_format": "0.00"},
        "percent": centred | {"num_format": "0.00%"},
        "percent_small": centred | {"num_format": '0.00%"*"'},  # too few to be scored
        "points": centred | {"num_format": "+0.00;-0.00;0.00"},
        "difference": centred | {"num_format": "+#,##0;-#,##0;0"},
        "moved": centred | {"num_format": say("xlsx.moved")},
        "date": centred | {"num_format": "yyyy-mm-dd"},
        "time": centred | {"num_format": "yyyy-mm-dd hh:mm:ss"},
        "link": wrapped | {"font_color": LINK, "underline": 1},
        "mono": wrapped | {"font_name": "Consolas", "font_size": 9},
        "fill": wrapped | fill,
        "fill_date": centred | fill | {"num_format": "yyyy-mm-dd"},
        "head": centred | {"bold": True, "bg_color": PALE, "text_wrap": True, "valign": "vcenter", "font_name": "黑体"},
        "total": centred | {"bold": True, "num_format": "#,##0", "top": 2},
        "title": {"font_name": "黑体", "font_size": 16, "font_color": RED},
        "plain": {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "top"},
        "caption": {"font_name": "黑体", "font_size": 12},
        "index": {"font_name": "宋体", "font_size": 11, "font_color": LINK, "underline": 1},
        "overdue": {"bold": True, "font_color": RED, "bg_color": "#F6D9D9"},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


class Sheet:
    """A worksheet with its styles, and the number of links it has carried so far. Rows are written from top to bottom."""

    def __init__(self, book: Any, styles: dict[str, Any], title: str, *, landscape: bool = True) -> None:
        self.sheet = book.add_worksheet(title)
        self.title = title
        self.styles = styles
        self.links = 0
        if landscape:
            self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        self.sheet.set_header(f"&R&9{title.replace('&', '&&')}")
        self.sheet.set_footer("&C— &P / &N —")

    def write(self, row: int, column: int, value: Any, style: str) -> None:
        """One cell, by the type of its value."""
        look = self.styles[style]
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, look)
        elif isinstance(value, datetime):
            local = local_time(value)
            assert local is not None
            self.sheet.write_datetime(row, column, local.replace(tzinfo=None), look)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), look)
        elif isinstance(value, int | float):
            self.sheet.write_number(row, column, value, look)
        elif isinstance(value, WebLink):
            self._write_link(row, column, value)
        elif isinstance(value, SheetLink):
            self.sheet.write_url(row, column, f"internal:'{value.sheet}'!A1", look, value.text)
        else:
            self.sheet.write_string(row, column, str(value)[:MAX_CELL], look)

    def _write_link(self, row: int, column: int, link: WebLink) -> None:
        address = safe_href(link.url)
        shown = (link.text or "")[:MAX_CELL]
        if not shown:
            self.sheet.write_blank(row, column, None, self.styles["text"])
        elif address and len(address) <= MAX_ADDRESS and self.links < MAX_LINKS:
            self.links += 1
            self.sheet.write_url(row, column, address, self.styles["link"], shown)
        else:
            self.sheet.write_string(row, column, shown, self.styles["text"])

    def told(self, row: int, text: str, columns: int, width: int) -> int:
        """A sentence across several columns, of `width` characters together. Returns the row after it."""
        self.sheet.set_row(row, 16.0 * lines(text, width * 0.9))  # in a larger type than the tables'
        self.sheet.merge_range(row, 0, row, columns - 1, "", self.styles["plain"])
        self.sheet.write_string(row, 0, text, self.styles["plain"])
        return row + 1

    def caption(self, row: int, text: str, style: str = "caption") -> int:
        """A heading within the sheet. Returns the row after it."""
        self.sheet.write_string(row, 0, text, self.styles[style])
        return row + 1

    def widths(self, columns: Sequence[Column]) -> None:
        for place, column in enumerate(columns):
            self.sheet.set_column(place, place, column.width)

    def table(
        self,
        top: int,
        columns: Sequence[Column],
        rows: Iterable[Row],
        *,
        height: Callable[[Row], float] | None = None,
        left: int = 0,
    ) -> int:
        """A heading and its rows. A cell may be a pair of value and style. Returns the row after the last one."""
        for place, column in enumerate(columns, start=left):
            self.write(top, place, column.title, "head")
        row = top
        for row, values in enumerate(rows, start=top + 1):
            if height is not None:
                self.sheet.set_row(row, height(values))
            for place, (column, value) in enumerate(zip(columns, values, strict=True), start=left):
                self.write(row, place, *(value if isinstance(value, tuple) else (value, column.style)))
        return row + 1

    def working_list(
        self,
        columns: Sequence[Column],
        rows: Sequence[Row],
        *,
        top: int = 0,
        frozen: int = 1,
        height: Callable[[Row], float] | None = None,
    ) -> int:
        """The table of a whole sheet: filtered, its heading frozen and printed on every page, choices as lists."""
        self.widths(columns)
        self.sheet.freeze_panes(top + 1, frozen)
        self.sheet.repeat_rows(top)
        self.sheet.set_row(top, 30)
        end = self.table(top, columns, rows, height=height)
        self.sheet.autofilter(top, 0, max(end - 1, top + 1), len(columns) - 1)
        for place, column in enumerate(columns):
            if column.choices and rows:
                self.sheet.data_validation(
                    top + 1, place, end - 1, place, {"validate": "list", "source": list(say_all(column.choices))}
                )
        return end

    def mark(self, first: int, last: int, column: int, formula: str) -> None:
        """Cells of a column for whose row a formula holds are shown as overdue, as of the day on which the file is open."""
        self.sheet.conditional_format(
            first, column, last, column, {"type": "formula", "criteria": formula, "format": self.styles["overdue"]}
        )
