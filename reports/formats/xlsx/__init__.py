"""The bulletin as a working list: annexes as sheets with filters, real dates and numbers, real links, native charts, and
columns in which an office notes what it did. The feedback form can also be had as one file for each department.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import xlsxwriter

from reports import sentences
from reports.bulletin import Bulletin
from reports.formats.xlsx import form, lists, numbers, pictures
from reports.formats.xlsx.sheet import Sheet, SheetLink, styles_of
from reports.parts.opening import lead
from reports.parts.overview import overview
from reports.parts.places import places_of
from reports.words import say

# Sheets in their order, with the annex that each one is.
ANNEXES = {"ranking": "ranking", "certain": "problems", "leads": "leads", "feedback": "feedback", "method": "method"}


def render(bulletin: Bulletin) -> bytes:
    """The .xlsx file."""
    content = io.BytesIO()
    with _book(content, bulletin) as (book, styles):
        sheets = _sheets(book, bulletin)
        names = {name: say(f"sheets.{name}") for name in sheets}
        _overview(Sheet(book, styles, say("sheets.overview"), landscape=False), bulletin, names)
        for name, write in sheets.items():
            write(Sheet(book, styles, names[name]))
    return content.getvalue()


def feedback_forms(bulletin: Bulletin) -> dict[str, bytes]:
    """The feedback form of each department, by file name; empty where nothing was found."""
    files = {}
    for unit, entries in form.units(bulletin).items():
        content = io.BytesIO()
        with _book(content, bulletin) as (book, styles):
            form.write(Sheet(book, styles, say("sheets.feedback")), entries, unit)
        files[form.file_name(unit)] = content.getvalue()
    return files


@contextmanager
def _book(content: io.BytesIO, bulletin: Bulletin) -> Iterator[tuple[Any, dict[str, Any]]]:
    """A workbook that keeps no more than a row in memory."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(content, options) as book:
        created = bulletin.generated_at.replace(tzinfo=None)
        book.set_properties({"title": "".join(sentences.title(bulletin)), "created": created})
        yield book, styles_of(book) | pictures.styles_of(book)


def _sheets(book: Any, bulletin: Bulletin) -> dict[str, Callable[[Sheet], None]]:
    """What writes each sheet but the first, in their order. A sheet without content is left out."""
    writers: dict[str, Callable[[Sheet], None] | None] = {
        "ranking": (lambda page: numbers.ranking(page, bulletin)) if "ranking" in places_of(bulletin) else None,
        "certain": lambda page: lists.write(page, "certain", bulletin.certain),
        "leads": lambda page: lists.write(page, "leads", bulletin.leads),
        "feedback": (lambda page: form.write(page, bulletin.certain)) if "feedback" in places_of(bulletin) else None,
        "method": lambda page: numbers.method(page, bulletin),
        "resolved": lambda page: lists.write(page, "resolved", bulletin.resolved),
        "coverage": lambda page: numbers.coverage(page, bulletin),
        "rules": lambda page: numbers.rules(page, bulletin),
        "statistics": (lambda page: numbers.statistics(page, bulletin)) if bulletin.figures else None,
        "pictures": (lambda page: pictures.write(book, page, bulletin.pictures)) if bulletin.pictures.shown else None,
    }
    return {name: write for name, write in writers.items() if write is not None}


def _overview(page: Sheet, bulletin: Bulletin, names: dict[str, str]) -> None:
    """The first sheet: what the bulletin says, where everything stands, and the numbers by court."""
    page.sheet.set_column(0, 0, 30)
    page.sheet.set_column(1, 1, 19)
    page.sheet.set_column(2, 7, 12)
    page.sheet.set_row(0, 30)
    row = page.caption(0, "".join(sentences.title(bulletin)), "title")
    places = places_of(bulletin)
    for paragraph in (*lead(bulletin), *overview(bulletin, places)):
        row = page.told(row, paragraph.text, 8, 121)
    row = page.caption(row + 1, say("xlsx.index"))
    for name, title in names.items():
        annex = ANNEXES.get(name, "")
        page.write(row, 0, SheetLink(title, title), "index")
        page.write(row, 1, places.see(annex) if annex in places else None, "plain")
        row += 1
    facts = [
        ("night", bulletin.night, "date"),
        ("previous", bulletin.previous, "date"),
        ("generated_at", bulletin.generated_at, "time"),
        ("sites", len(bulletin.coverage), "number"),
        ("sites_complete", bulletin.sites_complete, "number"),
        *((name, getattr(bulletin.counts, name), "number") for name in (*numbers.NUMBERS, "unverified", "overdue")),
    ]
    row += 1
    for field, value, style in facts:
        page.write(row, 0, say(f"fields.{field}"), "text")
        page.write(row, 1, value, style)
        row += 1
    row = page.caption(row + 1, say("headings.by_court"))
    columns = numbers.heads(
        ("court", 30, "text"), ("coverage", 19, "centre"), *((name, 12, "number") for name in numbers.NUMBERS)
    )
    rows = [
        (
            court.court,
            say("values.complete" if court.complete else "values.incomplete"),
            *numbers.counts_of(court.counts),
        )
        for court in bulletin.courts
    ]
    page.table(row, columns, rows)
