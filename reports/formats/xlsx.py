"""The bulletin as a working list: filters, real dates, real links, and columns in which an office notes what it did.

Crawled text is written as text: a cell that begins with = + - or @ is never a formula.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from reports import sentences
from reports.bulletin import Bulletin
from reports.entries import Counts, Entry, chapter_of
from reports.text import citation, local_time, safe_href
from reports.words import label, say, say_all
from storage.statistics import SHARE

MAX_LINKS = 65_530  # of one sheet, by Excel's limit
MAX_ADDRESS = 2_079
MAX_CELL = 32_767
NUMBERS = ("certain", "new", "continuing", "resolved", "suspected", "unclear")


@dataclass(frozen=True)
class Column:
    """One column: the key of its heading, its width in characters, and its value for an entry (None: for the office)."""

    field: str
    width: int
    value: Callable[[Entry], Any] | None = None
    style: str = "text"
    choices: str | None = None


def render(bulletin: Bulletin) -> bytes:
    """The .xlsx file."""
    content = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties(
            {"title": "".join(sentences.title(bulletin)), "created": bulletin.generated_at.replace(tzinfo=None)}
        )
        styles = _styles(book)
        _overview(book, styles, bulletin)
        _list(book, styles, "certain", bulletin.certain, (_NUMBER, *_FACTS, *_handled("handling")))
        _list(book, styles, "leads", bulletin.leads, (_NUMBER, _GRADE, *_FACTS, *_handled("verdict")))
        _list(book, styles, "resolved", bulletin.resolved, (_NUMBER, *_FACTS, *_RESULT))
        _coverage(book, styles, bulletin)
        _rules(book, styles, bulletin)
        if bulletin.figures:
            _statistics(book, styles, bulletin)
    return content.getvalue()


# The working columns are printed; those of the file stand to the right of them, for the screen and the filter.
_NUMBER = Column("number", 6, lambda e: e.number, "centre")
_GRADE = Column("grade", 9, lambda e: label("grade", e.finding.grade), "centre")
_RESULT = (
    Column("result", 15, lambda e: label("resolution", e.finding.resolution or "")),
    Column("resolved_on", 11, lambda e: e.finding.resolved_on, "date"),
)
_FACTS = (
    Column("chapter", 11, lambda e: label("chapter", chapter_of(e.finding.rule))),
    Column("court", 19, lambda e: e.court),
    Column("department", 13, lambda e: sentences.department(e.finding.department)),
    Column("rule", 7, lambda e: e.finding.rule, "centre"),
    Column("title", 17, lambda e: e.finding.title),
    Column("severity", 6, lambda e: label("severity", e.finding.severity), "centre"),
    Column("state", 12, lambda e: "，".join((sentences.state(e), *sentences.marks(e)))),
    Column("subject", 36, lambda e: (e.subject, e.link), "link"),
    Column("message", 42, lambda e: e.finding.message),
    Column("due", 11, lambda e: e.finding.due, "date"),
)
_FILE = (
    Column("remedy", 34, lambda e: e.finding.remedy),
    Column("basis", 50, lambda e: "\n".join(citation(one) for one in e.finding.basis)),
    Column("kind", 8, lambda e: label("kind", e.finding.subject.kind), "centre"),
    Column("case_number", 24, lambda e: e.finding.subject.case_number),
    Column("section", 16, lambda e: e.finding.subject.section),
    Column("url", 36, lambda e: (e.finding.subject.url, e.finding.subject.url), "link"),
    Column("first_seen", 12, lambda e: e.finding.first_seen, "date"),
    Column("last_seen", 12, lambda e: e.finding.last_seen, "date"),
    Column("nights", 9, lambda e: e.finding.nights, "centre"),
    Column("verified", 9, lambda e: say("values.yes" if e.finding.verified else "values.no"), "centre"),
    Column("evidence_url", 36, lambda e: e.proof and (e.proof.url, e.proof.url), "link"),
    Column("fetched_at", 19, lambda e: e.proof and e.proof.fetched_at, "time"),
    Column("http_status", 8, lambda e: e.proof and e.proof.status, "centre"),
    Column("excerpt", 24, lambda e: e.proof and e.proof.excerpt),
    Column("sha256", 36, lambda e: e.proof and e.proof.sha256, "mono"),
    Column("fingerprint", 23, lambda e: e.finding.fingerprint, "mono"),
)


def _handled(choices: str) -> tuple[Column, ...]:
    """The columns that the office fills in."""
    return (
        Column(choices, 10, None, "fill", choices),
        Column("person", 9, None, "fill"),
        Column("finished", 11, None, "fill_date"),
        Column("note", 15, None, "fill"),
    )


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
    wrapped = base | {"text_wrap": True}
    centred = base | {"align": "center"}
    looks: dict[str, dict[str, Any]] = {
        "text": wrapped,
        "centre": centred,
        "number": centred | {"num_format": "#,##0"},
        "date": centred | {"num_format": "yyyy-mm-dd"},
        "time": centred | {"num_format": "yyyy-mm-dd hh:mm:ss"},
        "link": wrapped | {"font_color": "#0B4F9E", "underline": 1},
        "mono": wrapped | {"font_name": "Consolas", "font_size": 9},
        "fill": wrapped | {"bg_color": "#FFFBE6"},
        "fill_date": centred | {"num_format": "yyyy-mm-dd", "bg_color": "#FFFBE6"},
        "head": centred
        | {"bold": True, "bg_color": "#E7E4DA", "text_wrap": True, "valign": "vcenter", "font_name": "黑体"},
        "total": centred | {"bold": True, "num_format": "#,##0", "top": 2},
        "title": {"font_name": "黑体", "font_size": 16, "font_color": "#A8121A"},
        "plain": {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "top"},
        "caption": {"font_name": "黑体", "font_size": 12},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


class _Sheet:
    """A worksheet with its styles, and the number of links it has carried so far."""

    def __init__(self, book: Any, styles: dict[str, Any], name: str) -> None:
        self.sheet = book.add_worksheet(say(f"sheets.{name}"))
        self.styles = styles
        self.links = 0
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.sheet.set_footer("&C— &P / &N —")

    def write(self, row: int, column: int, value: Any, style: str) -> None:
        """One cell, by the type of its value. What is no link may not become one."""
        look = self.styles[style]
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, look)
        elif isinstance(value, datetime):
            local = local_time(value)
            assert local is not None
            self.sheet.write_datetime(row, column, local.replace(tzinfo=None), look)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), look)
        elif isinstance(value, int):
            self.sheet.write_number(row, column, value, look)
        elif isinstance(value, tuple):
            self._write_link(row, column, *value)
        else:
            self.sheet.write_string(row, column, str(value)[:MAX_CELL], look)

    def _write_link(self, row: int, column: int, text: str | None, url: str | None) -> None:
        address = safe_href(url)
        shown = (text or "")[:MAX_CELL]
        if not shown:
            self.sheet.write_blank(row, column, None, self.styles["text"])
        elif address and len(address) <= MAX_ADDRESS and self.links < MAX_LINKS:
            self.links += 1
            self.sheet.write_url(row, column, address, self.styles["link"], shown)
        else:
            self.sheet.write_string(row, column, shown, self.styles["text"])

    def table(self, row: int, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> int:
        """A small table without a filter: heading keys with styles, then rows. Returns the row after it."""
        for column, (field, _) in enumerate(columns):
            self.write(row, column, say(f"fields.{field}"), "head")
        for offset, values in enumerate(rows, start=1):
            for column, ((_, style), value) in enumerate(zip(columns, values, strict=True)):
                self.write(row + offset, column, value, style)
        return row + 1 + len(rows)


def _list(book: Any, styles: dict[str, Any], name: str, entries: tuple[Entry, ...], worked: tuple[Column, ...]) -> None:
    """One list of findings: frozen and filtered heading, one row each."""
    page = _Sheet(book, styles, name)
    columns = (*worked, *_FILE)
    page.sheet.freeze_panes(1, 2)
    page.sheet.repeat_rows(0)
    page.sheet.print_area(0, 0, len(entries), len(worked) - 1)
    page.sheet.set_row(0, 30)
    for row, entry in enumerate(entries, start=1):
        page.sheet.set_row(row, _height(entry))
    for place, column in enumerate(columns):
        page.sheet.set_column(place, place, column.width)
        page.write(0, place, say(f"fields.{column.field}"), "head")
        for row, entry in enumerate(entries, start=1):
            page.write(row, place, None if column.value is None else column.value(entry), column.style)
        if column.choices and entries:
            page.sheet.data_validation(
                1,
                place,
                len(entries),
                place,
                {"validate": "list", "source": list(say_all(f"choices.{column.choices}"))},
            )
    page.sheet.autofilter(0, 0, max(len(entries), 1), len(columns) - 1)


def _height(entry: Entry) -> float:
    """Points for the lines that the message and the subject need, between two and eight of them."""
    lines = max(2, -(-len(entry.finding.message) // 20), -(-len(entry.subject) // 34), 1 + len(sentences.marks(entry)))
    return 14.0 * min(lines, 8) + 2


def _overview(book: Any, styles: dict[str, Any], bulletin: Bulletin) -> None:
    page = _Sheet(book, styles, "overview")
    page.sheet.set_column(0, 0, 30)
    page.sheet.set_column(1, 7, 12)
    page.sheet.write_string(0, 0, "".join(sentences.title(bulletin)), styles["title"])
    page.sheet.set_row(0, 30)
    row = 1
    told = (*sentences.lead(bulletin), sentences.coverage_note(bulletin), *sentences.overview(bulletin))
    for sentence in told:
        page.sheet.merge_range(row, 0, row, 7, "", styles["plain"])
        page.sheet.write_string(row, 0, sentence, styles["plain"])
        page.sheet.set_row(row, 16 * (1 + len(sentence) // 62))
        row += 1
    facts = [
        ("night", bulletin.night, "date"),
        ("previous", bulletin.previous, "date"),
        ("generated_at", bulletin.generated_at, "time"),
        ("sites", len(bulletin.coverage), "number"),
        ("sites_complete", bulletin.sites_complete, "number"),
        *((name, getattr(bulletin.counts, name), "number") for name in (*NUMBERS, "unverified", "overdue")),
    ]
    page.sheet.set_column(1, 1, 19)
    row += 1
    for field, value, style in facts:
        page.write(row, 0, say(f"fields.{field}"), "text")
        page.write(row, 1, value, style)
        row += 1
    page.sheet.write_string(row + 1, 0, say("headings.by_court"), styles["caption"])
    columns = [("court", "text"), ("coverage", "centre"), *((name, "number") for name in NUMBERS)]
    rows = [
        (court.court, say("values.complete" if court.complete else "values.incomplete"), *_numbers(court.counts))
        for court in bulletin.courts
    ]
    page.table(row + 2, columns, rows)


def _coverage(book: Any, styles: dict[str, Any], bulletin: Bulletin) -> None:
    page = _Sheet(book, styles, "coverage")
    page.sheet.freeze_panes(1, 1)
    page.sheet.repeat_rows(0)
    columns = [
        ("court", 26, "text"), ("home", 32, "link"), ("coverage", 11, "centre"), ("pages", 9, "number"),
        ("links", 9, "number"), ("sections", 8, "number"), ("sections_complete", 9, "number"),
        ("why", 36, "text"), ("last_complete", 13, "date"), ("gaps", 40, "text"), ("issues", 40, "text"),
    ]  # fmt: skip
    for place, (_, width, _style) in enumerate(columns):
        page.sheet.set_column(place, place, width)
    rows = [
        (
            site.court,
            (site.home, site.home),
            label("run", site.verdict),
            site.pages,
            site.links,
            site.sections,
            site.sections_complete,
            site.reason,
            site.last_complete,
            "\n".join(f"{gap.name}：{gap.why or say('values.unknown')}" for gap in site.gaps),
            "\n".join(f"{obstacle.label} ×{obstacle.times}：{obstacle.example}" for obstacle in site.obstacles),
        )
        for site in bulletin.coverage
    ]
    for row, site in enumerate(bulletin.coverage, start=1):
        page.sheet.set_row(row, 14.0 * min(10, max(2, len(site.gaps), 2 * len(site.obstacles))) + 2)
    end = page.table(0, [(field, style) for field, _, style in columns], rows)
    page.sheet.autofilter(0, 0, max(end - 1, 1), len(columns) - 1)


def _rules(book: Any, styles: dict[str, Any], bulletin: Bulletin) -> None:
    page = _Sheet(book, styles, "rules")
    page.sheet.freeze_panes(1, 3)
    page.sheet.set_column(0, 0, 14)
    page.sheet.set_column(1, 1, 9)
    page.sheet.set_column(2, 2, 34)
    page.sheet.set_column(3, 9, 10)
    columns = [
        ("chapter", "text"),
        ("rule", "centre"),
        ("title", "text"),
        ("severity", "centre"),
        *((name, "number") for name in NUMBERS),
    ]
    rows = [
        (label("chapter", chapter.chapter), row.rule, row.title, label("severity", row.severity), *_numbers(row.counts))
        for chapter in bulletin.chapters
        for row in chapter.rules
    ]
    end = page.table(0, columns, rows)
    page.sheet.autofilter(0, 0, max(end - 1, 1), len(columns) - 1)
    for place, value in enumerate((say("fields.total"), None, None, None, *_numbers(bulletin.counts))):
        page.write(end, place, value, "total")


def _statistics(book: Any, styles: dict[str, Any], bulletin: Bulletin) -> None:
    """Every figure in a row of its own, with its method beside it."""
    page = _Sheet(book, styles, "statistics")
    page.sheet.freeze_panes(1, 2)
    page.sheet.repeat_rows(0)
    columns = [
        ("court", 24, "text"), ("statistic", 30, "text"), ("scope", 26, "text"), ("shown", 11, "number"),
        ("fraction", 13, "centre"), ("denominator", 34, "text"), ("period", 26, "text"), ("note", 26, "text"),
        ("method", 70, "text"),
    ]  # fmt: skip
    for place, (_, width, _style) in enumerate(columns):
        page.sheet.set_column(place, place, width)
    rows = [
        (
            figure.court,
            figure.statistic.title,
            figure.scope,
            figure.shown
            if figure.statistic.unit == SHARE or figure.statistic.value is None
            else int(figure.statistic.value),
            figure.fraction,
            figure.statistic.denominator_name,
            figure.statistic.period,
            figure.statistic.note,
            figure.statistic.method,
        )
        for figure in bulletin.figures
    ]
    for row in range(1, len(rows) + 1):
        page.sheet.set_row(row, 44)
    end = page.table(0, [(field, style) for field, _, style in columns], rows)
    page.sheet.autofilter(0, 0, max(end - 1, 1), len(columns) - 1)


def _numbers(counts: Counts) -> tuple[int, ...]:
    return tuple(getattr(counts, name) for name in NUMBERS)
