"""The feedback form (annex 4): departments fill in the yellow cells, `gongkai findings import-feedback` reads them back.

Codes and facts are locked, without a password: a row stays identifiable, and an office that must change one still can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from reports import sentences
from reports.bulletin import Bulletin
from reports.entries import Entry
from reports.formats.xlsx.lists import Field
from reports.formats.xlsx.sheet import Sheet, WebLink, lines, points
from reports.words import say

TOP = 2  # the row of the heading; above it stand title and explanation
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
ALLOWED = (
    "select_locked_cells",
    "select_unlocked_cells",
    "sort",
    "autofilter",
    "format_cells",
    "format_columns",
    "format_rows",
    "insert_hyperlinks",
)
FORM = "feedback.columns"
PROBLEM, REMEDY = 44, 26  # characters


def write(page: Sheet, entries: Sequence[Entry], unit: str = "") -> None:
    """The form for some entries. `unit`: the one that fills it in, which then needs no column; empty: all of them."""
    fields = _fields(unit, several_courts=len({entry.court for entry in entries}) > 1)
    columns = [field.column for field in fields]
    title = say("xlsx.form.of", unit=unit) if unit else say("xlsx.form.title")
    page.caption(0, title, "title")
    page.told(1, say("paper.form.explain"), len(columns), sum(column.width for column in columns))
    rows = [[None if field.value is None else field.value(entry) for field in fields] for entry in entries]
    heights = iter([_height(entry) for entry in entries])
    end = page.working_list(columns, rows, top=TOP, frozen=2, height=lambda _: next(heights))
    places = [[field.key for field in fields].index(key) for key in (f"{FORM}.finished", "due", "first_seen")]
    finished, due, first = (f"{xl_col_to_name(place, col_abs=True)}{TOP + 2}" for place in places)
    if entries:
        page.sheet.data_validation(TOP + 1, places[0], end - 1, places[0], _day(finished, first))
        page.mark(TOP + 1, end - 1, places[1], f'=AND({finished}="",{due}<>"",{due}<TODAY())')
    page.sheet.protect("", dict.fromkeys(ALLOWED, True))


def units(bulletin: Bulletin) -> dict[str, list[Entry]]:
    """The certain findings by the department that answers for them; with several courts, by court and department."""
    several = len(bulletin.scope.courts) > 1
    found: dict[str, list[Entry]] = {}
    for entry in bulletin.certain:
        name = sentences.department(entry.finding.department)
        found.setdefault(f"{entry.court} {name}" if several else name, []).append(entry)
    return found


def file_name(unit: str) -> str:
    """整改情况反馈表-民事审判第一庭.xlsx: without what a file name may not have."""
    return f"{say('xlsx.form.title')}-{_UNFIT.sub('_', unit)[:80]}.xlsx"


def _fields(unit: str, *, several_courts: bool) -> tuple[Field, ...]:
    whose = () if unit else (Field("department", 13, lambda e: sentences.department(e.finding.department)),)
    court = (Field("court", 18, lambda e: e.court),) if several_courts else ()
    return (
        Field(f"{FORM}.number", 6, lambda e: e.number, "centre"),
        Field(f"{FORM}.code", 12, lambda e: e.code, "code"),
        *court,
        *whose,
        Field(f"{FORM}.problem", PROBLEM, _problem),
        Field("url", 6, lambda e: e.link and WebLink(say("xlsx.form.open"), e.link), "link"),
        Field("remedy", REMEDY, lambda e: e.finding.remedy),
        Field("first_seen", 11, lambda e: e.finding.first_seen, "date"),
        Field("due", 11, lambda e: e.finding.due, "date"),
        Field(f"{FORM}.cause", 22, None, "fill"),
        Field(f"{FORM}.measures", 26, None, "fill"),
        Field(f"{FORM}.person", 9, None, "fill"),
        Field(f"{FORM}.finished", 11, None, "fill_date"),
        Field(f"{FORM}.proofs", 20, None, "fill"),
        Field(f"{FORM}.signature", 11, None, "fill"),
        Field(f"{FORM}.result", 11, None, "text"),  # the office's own, filled in after the re-check
    )


def _problem(entry: Entry) -> str:
    finding = entry.finding
    return say("xlsx.form.problem", title=finding.title, subject=entry.subject, message=finding.message)


def _day(cell: str, first: str) -> dict[str, Any]:
    """A day between the finding's first night and today."""
    return {
        "validate": "custom",
        "value": f"=AND(ISNUMBER({cell}),{cell}>={first},{cell}<=TODAY())",
        "ignore_blank": True,
        "input_title": say(f"{FORM}.finished"),
        "input_message": say("xlsx.form.day"),
        "error_title": say(f"{FORM}.finished"),
        "error_message": say("xlsx.form.wrong_day"),
    }


def _height(entry: Entry) -> float:
    return points(max(2, lines(_problem(entry), PROBLEM), lines(entry.finding.remedy, REMEDY)))
