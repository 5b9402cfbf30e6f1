"""Rows of tables: known by their headings, or where there are none by what the cells hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from crawlers.dates import find_dates
from crawlers.readers import cause
from crawlers.readers.announcement.elements import (
    MAY_BE_PARTIES,
    MAY_BE_PLACE,
    PARTIES,
    Elements,
    has_day,
    is_short_day,
    numbers_in,
    without_numbers,
)
from crawlers.readers.announcement.sentences import of_text
from crawlers.readers.page import close_up
from crawlers.tables import Row, Table, heading_of

_PLACE_CELL = re.compile(
    r"[^，。；]{0,30}(?:法庭|审判庭|速裁庭|审判厅|调解室|会议室|号庭|\d庭|[一二三四五六七八九十]庭|\d室|云法庭|互联网庭审)[^，。；]{0,8}"
)
_CLOCK_CELL = re.compile(r"(?:[上下]午\s*)?\d{1,2}\s*[:：时点]\s*(?:\d{2})?分?(?:-.*)?")
_OFFICIAL = re.compile(r"审判|法官|合议|书记|承办|主审|序号|编号|部门|程序|类型|类别|状态|直播|公开|备注$|人数|席位")


def from_table(table: Table, title: str, *, expected: bool) -> Iterator[Elements]:
    """Rows of a table. Rows that spread one case over two lines are put together; a row that holds nothing but a day
    is the day of the rows below it, as the caption's or the title's day is of all."""
    if _is_key_value(table):
        return
    day = _lone_day(table.caption) or _lone_day(title)
    rows: list[Row] = []
    groups = [(day, rows)]
    for row in table.rows:
        distinct = [cell for cell in dict.fromkeys(row.cells) if cell]
        if len(distinct) == 1 and len(distinct[0]) < 30 and (named := _lone_day(distinct[0])):
            rows = []
            groups.append((named, rows))
        else:
            rows.append(row)
    for day, members in groups:
        for row in _joined(replace(table, rows=tuple(members))):
            if elements := of_row(table, row, expected):
                needs_day = day and elements.day and not has_day(elements.day)
                yield replace(elements, day=f"{day} {elements.day}") if needs_day else elements


def _is_key_value(table: Table) -> bool:
    """Label and value side by side, one or two pairs a row: read as text instead."""
    firsts = [row.cells[0] for row in table.rows if len(row.cells) % 2 == 0]
    return (
        not table.header
        and len(firsts) == len(table.rows)
        and sum(map(bool, map(heading_of, firsts))) * 2 > len(firsts)
    )


def _lone_day(text: str) -> str | None:
    """The only day that a heading names."""
    found = find_dates(text)
    return re.split(r"[（(\s]", found[0].raw)[0] if len(found) == 1 else None


def element(head: str) -> str | None:
    """Which element of a hearing a column holds, by its heading."""
    if re.search(r"发布|公布|更新|公告(?:日期|时间)|立案|裁判|结案", head):
        return "published" if re.search(r"发布|公布|公告", head) else None
    if "案号" in head or "案件编号" in head:
        return "number"
    if "案由" in head:
        return "cause"
    if re.search(r"地点|法庭|审判庭|庭室|场所", head) and not re.search(r"承办|部门", head):
        return "place"
    if re.search(r"日期", head):
        return "day"
    if re.search(r"时间|排期", head):
        return "clock"
    if "法院" in head:
        return "court"
    if re.search(r"当事人|原告|被告|上诉人|申请人|公诉机关|案件名称|第三人|申请执行人|诉讼参与人", head):
        return "parties"
    return None


def _joined(table: Table) -> list[Row]:
    """Two lines per case: a row with a number and no date, followed by one with a date and no number, are one; so is one
    with a number and a day, followed by one that has the time of day and no number."""
    rows: list[Row] = []
    for row in table.rows:
        text = "  ".join(row.cells)
        before = "  ".join(rows[-1].cells) if rows else ""
        is_rest = not numbers_in(text) and has_day(text) and numbers_in(before) and not has_day(before)
        is_head = numbers_in(text) and not has_day(text) and has_day(before) and not numbers_in(before)
        has_clock = any(map(_CLOCK_CELL.fullmatch, row.cells)) and not (
            row.cells[0] or numbers_in(text) or has_day(text)
        )
        only_time = (
            has_clock and bool(numbers_in(before)) and all(f.time is None for f in find_dates(without_numbers(before)))
        )
        if rows and (is_rest or is_head or only_time):
            rows[-1] = Row(rows[-1].cells + row.cells, rows[-1].links + row.links, rows[-1].titles + row.titles)
        else:
            rows.append(row)
    return rows


def of_row(table: Table, row: Row, expected: bool) -> Elements | None:
    """What one row says; None if it names no time or is no hearing's."""
    if len(row.cells) == 1:
        return next(of_text(row.cells[0], expected), None) or next(of_text(row.titles[0], expected), None)
    if not table.header or len(row.cells) > len(table.header):
        return _by_content(row)
    heads = list(map(close_up, table.header))
    cells: dict[str, list[str]] = {}
    for head, cell in zip(heads, row.cells, strict=False):
        if name := element(head):
            cells.setdefault(name, []).append(cell.strip())
    days = [*cells.get("day", []), *cells.get("clock", [])]
    if not days:
        said = next((one for cell in row.cells for one in of_text(cell, expected)), None)
        court = next((cell for cell in cells.get("court", []) if cell), None)
        number = numbers_in((cells.get("number") or [""])[0])
        return replace(said, court=said.court or court, numbers=number or said.numbers) if said else _by_content(row)
    raw = (cells.get("number") or [""])[0]
    what = (cells.get("cause") or [""])[0]
    parties = cells.get("parties")
    if not (raw or what or parties or cells.get("place")):
        return None
    pairs = list(zip(heads, row.cells, strict=False))
    rest = "  ".join(cell for head, cell in pairs if not element(head))
    return Elements(
        numbers=numbers_in(raw) or numbers_in(rest),
        day=" ".join(day for day in dict.fromkeys(days) if day) or None,
        place=next((place for place in cells.get("place", []) if place), None),
        cause=cause.plain(what) if what else _cause_of([*(parties or ()), rest]),
        court=next((court for court in cells.get("court", []) if court), None),
        has_parties=any(parties) if parties is not None else bool(PARTIES.search(rest)) or None,
        text="；".join(f"{head}：{cell}" for head, cell in pairs if element(head) != "published")
        + f" {' '.join(row.links)} {' '.join(row.titles)}",
        lacking=_lacking(cells, pairs),
        complete=False,
        partial=bool(row.links),
    )


def _cause_of(cells: list[str]) -> str | None:
    """The cause at the end of 张某诉李某买卖合同纠纷, with or without 一案."""
    named = (cause.ending(close_up(cell)) for cell in cells)
    return cause.stated(" ".join(cells)) or next((name for name in named if name), None)


def _lacking(cells: dict[str, list[str]], pairs: list[tuple[str, str]]) -> frozenset[str]:
    """Elements that no cell of a row can hold: the column is empty, or there is none and no other could stand for it."""
    others = [cell for head, cell in pairs if element(head) is None and not _OFFICIAL.search(head) and _says(cell)]
    named = {name: any(map(_says, cells.get(name, ()))) for name in ("parties", "cause", "place")}
    what, when = " ".join(cells.get("cause", ())), " ".join([*cells.get("day", ()), *cells.get("clock", ())])
    stated = {
        "当事人": named["parties"] or MAY_BE_PARTIES.search(what),
        "案由": named["cause"] or ("cause" not in cells and named["parties"]),  # 案件名称: 张某诉李某买卖合同纠纷
        "地点": named["place"] or MAY_BE_PLACE.search(when),
    }
    return frozenset(name for name, found in stated.items() if not found and not others)


def _says(cell: str) -> bool:
    """The cell holds more than a dash."""
    return bool(re.search(r"[\u4e00-\u9fffA-Za-z0-9×*]", cell)) and close_up(cell) not in ("无", "空", "暂无")


def _by_content(row: Row) -> Elements | None:
    """A row without headings: each cell is known by what it holds."""
    cells = [cell for cell in dict.fromkeys(row.cells) if cell]
    text = "  ".join(cells)
    numbers = numbers_in(text)
    court = next((cell for cell in cells if re.fullmatch(r"[\u4e00-\u9fff]{3,28}法院", close_up(cell))), None)
    if told := next((one for cell in cells if re.search(r"[定将]于", cell) for one in of_text(cell, True)), None):
        return replace(told, numbers=told.numbers or numbers, court=told.court or court, partial=bool(row.links))
    days = [cell for cell in cells if find_dates(without_numbers(cell), near=None) or is_short_day(cell)]
    clocks = [cell for cell in cells if _CLOCK_CELL.fullmatch(cell)]
    place = next((cell for cell in cells if _PLACE_CELL.fullmatch(close_up(cell))), None)
    if not days or not (numbers or place):
        return None
    day = without_numbers(days[0])
    found = find_dates(day)
    if found and found[0].time is None and clocks:
        day = f"{day} {clocks[0]}"
    elif found:
        day = found[0].raw
    what = next((name for cell in cells if (name := cause.ending(close_up(cell)) or cause.stated(cell))), None)
    # Names without a heading cannot be told from other words: nothing is said to be missing.
    return Elements(numbers, day, place, what, court, bool(PARTIES.search(text)) or None, text, complete=False)
