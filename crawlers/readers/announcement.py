"""Announced hearings (开庭公告): one page may hold many, as table rows, sentences, key-value blocks or pasted tables.

Parties' names are read over: a record says only whether they are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from crawlers.dates import FoundDate, find_dates, moment, parse_datetime
from crawlers.readers import cause
from crawlers.readers.page import Article, DetailPage, close_up, labelled
from crawlers.tables import Row, Table, heading_of, whitespace_tables
from storage import case_number
from storage.records import Hearing

SECTION = re.compile(
    r"开庭(?:公告|信息|排期|预告|安排|时间|通知|一览)|庭审(?:公告|预告|排期|安排|信息)|排期|公开审理公告|宣判公告"
)
_PLAN = re.compile(r"定于|将于|拟于|订于|定在|兹于|本院.{0,40}于")
_VERB = re.compile(r"开庭|公开审理|审理|宣判|庭审|听证|巡回审判|宣告判决")
_PAST = re.compile(r"(?:审理|开庭|宣判|庭审)了|近日|日前|昨日|已(?:于|经)|圆满|旁听了")
_SERVICE = re.compile(r"视为送达|送达公告|公告送达")
_ROOM = (
    r"[^，。；、,;：:\s（）()]{0,24}?(?:法庭|审判庭|审判法庭|审判厅|调解室|会议室|审判区|听证室|庭室|号庭|第[一二三四五六七八九十\d]+庭|"
    r"法庭[一二三四五六七八九十\d]+|\d{2,4}室)(?:[一二三四五六七八九十\d]+(?:号|室)?)?"
)
_PLACE = re.compile(rf"(?:在|于|到|，在?)(?:本院|我院|本庭|该院)?(?P<place>{_ROOM})")
_PLACE_CELL = re.compile(
    r"[^，。；]{0,30}(?:法庭|审判庭|审判厅|调解室|会议室|号庭|\d庭|[一二三四五六七八九十]庭|\d室|云法庭|互联网庭审)[^，。；]{0,8}"
)
_COURT = re.compile(r"(?P<court>[\u4e00-\u9fff]{2,28}?法院)(?=定于|将于|拟于|订于|兹定于|于|现定于|决定于|受理)")
_PARTIES = re.compile(
    r"原告|被告|上诉人|申请人|申请执行人|公诉机关|罪犯|当事人|诉.{1,60}一案|与.{1,80}(?:纠纷|争议|一案)|\w诉\w"
)
_LABELS = {
    "number": "案号|案件编号",
    "cause": "案由",
    "day": "开庭日期|庭审日期|开庭时间|庭审时间|审理时间|宣判时间|开庭日|听证时间",
    "place": "开庭地点|庭审地点|审理地点|开庭法庭|开庭场所|地点|法庭|审判庭",
    "court": "审理法院|开庭法院|法院名称|法院",
    "parties": "当事人|原告|被告人|被告|上诉人|被上诉人|申请人|公诉机关",
}
_PLAIN_DAY = "时间|日期"


@dataclass(frozen=True)
class _Elements:
    """What one row, sentence or block says."""

    number: str | None = None
    day: str | None = None
    place: str | None = None
    cause: str | None = None
    court: str | None = None
    has_parties: bool | None = None
    published: str | None = None


def is_expected(title: str) -> bool:
    """The title says that the page announces hearings."""
    plain = close_up(title)
    return bool(SECTION.search(plain)) and not _SERVICE.search(plain)


def read(page: DetailPage, article: Article, tables: Iterable[Table], *, expected: bool = False) -> list[Hearing]:
    """All hearings that a page announces.

    Args:
        expected: section or title say that this is an announcement; without it only the formal `本院定于…开庭审理` counts,
            and a public service (送达公告) that sets a hearing besides gives none.
    """
    if not expected and (_SERVICE.search(article.compact) or _PAST.search(article.compact)):
        return []
    ways = (
        (one for table in tables for one in from_table(page, table, expected=expected)),
        _blocks(article.text, page.near, expected),
        _sentences(page, article, expected),
        _pasted(page, article.text, expected),
        _lines(article.lines, expected),
    )
    for way in ways:
        found = [hearing for one in way if (hearing := _hearing(page, one))]
        if found:
            return [replace(hearing, position=position) for position, hearing in enumerate(found)]
    return []


def row_hearing(page: DetailPage, table: Table, row: Row, position: int, url: str) -> Hearing | None:
    """The hearing of one row of a list table; None if the row names no time."""
    elements = _of_row(table, row, True)
    hearing = _hearing(page, elements) if elements else None
    return replace(hearing, position=position, url=url) if hearing else None


def from_table(page: DetailPage, table: Table, *, expected: bool) -> Iterator[_Elements]:
    """Rows of a table. Rows that spread one case over two lines are put together; a row that holds nothing but a day
    is the day of the rows below it, as the caption's or the title's day is of all."""
    if _is_key_value(table):
        return
    day = _lone_day(table.caption) or _lone_day(page.title)
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
            if elements := _of_row(table, row, expected):
                needs_day = day and elements.day and not _has_day(elements.day)
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
    if re.search(r"当事人|原告|被告|上诉人|申请人|公诉机关|案件名称|第三人|申请执行人", head):
        return "parties"
    return None


def _hearing(page: DetailPage, one: _Elements) -> Hearing | None:
    starts = parse_datetime(one.day, page.near) if one.day else None
    if starts is None and one.day and (found := find_dates(one.day, near=page.near)):
        starts = moment(found[0])  # 10:30到12:00 with two days: the first
    if starts is None and not (one.number and one.day):
        return None
    return Hearing(
        site=page.site,
        url=page.url,
        section=page.section,
        case_number=one.number,
        court=close_up(one.court) if one.court else page.court,
        starts=starts,
        starts_raw=one.day,
        place=close_up(one.place) if one.place else None,
        cause=one.cause,
        has_parties=one.has_parties,
        published=page.published,
        published_source=page.published_source,
        sha256=page.sha256,
    )


# --- tables ---


def _joined(table: Table) -> list[Row]:
    """Two lines per case: a row with a number and no date, followed by one with a date and no number, are one."""
    rows: list[Row] = []
    for row in table.rows:
        text = "  ".join(row.cells)
        before = "  ".join(rows[-1].cells) if rows else ""
        is_rest = not _number(text) and _has_day(text) and _number(before) and not _has_day(before)
        is_head = _number(text) and not _has_day(text) and _has_day(before) and not _number(before)
        if rows and (is_rest or is_head):
            rows[-1] = Row(rows[-1].cells + row.cells, rows[-1].links + row.links, rows[-1].titles + row.titles)
        else:
            rows.append(row)
    return rows


def _of_row(table: Table, row: Row, expected: bool) -> _Elements | None:
    if len(row.cells) == 1:
        return next(_of_text(row.cells[0], expected), None) or next(_of_text(row.titles[0], expected), None)
    if not table.header or len(row.cells) > len(table.header):
        return _by_content(row)
    cells: dict[str, list[str]] = {}
    for head, cell in zip(map(close_up, table.header), row.cells, strict=False):
        if name := element(head):
            cells.setdefault(name, []).append(cell.strip())
    days = [*cells.get("day", []), *cells.get("clock", [])]
    if not days:
        return _by_content(row)
    raw = (cells.get("number") or [""])[0]
    what = (cells.get("cause") or [""])[0]
    parties = cells.get("parties")
    if not (raw or what or parties or cells.get("place")):
        return None
    known = {head for head in map(close_up, table.header) if element(head)}
    rest = "  ".join(
        cell for head, cell in zip(map(close_up, table.header), row.cells, strict=False) if head not in known
    )
    return _Elements(
        number=_number(raw) or _number(rest),
        day=" ".join(day for day in dict.fromkeys(days) if day) or None,
        place=next((place for place in cells.get("place", []) if place), None),
        cause=cause.plain(what) if what else cause.stated(" ".join([*(parties or ()), rest])),
        court=next((court for court in cells.get("court", []) if court), None),
        has_parties=any(parties) if parties is not None else bool(_PARTIES.search(rest)) or None,
    )


def _by_content(row: Row) -> _Elements | None:
    """A row without headings: each cell is known by what it holds."""
    cells = [cell for cell in dict.fromkeys(row.cells) if cell]
    text = "  ".join(cells)
    number = _number(text)
    days = [cell for cell in cells if find_dates(_without_numbers(cell), near=None) or _is_short_day(cell)]
    clocks = [
        cell for cell in cells if re.fullmatch(r"(?:[上下]午\s*)?\d{1,2}\s*[:：时点]\s*(?:\d{2})?分?(?:-.*)?", cell)
    ]
    place = next((cell for cell in cells if _PLACE_CELL.fullmatch(close_up(cell))), None)
    if not days or not (number or place):
        return None
    day = _without_numbers(days[0])
    found = find_dates(day)
    if found and found[0].time is None and clocks:
        day = f"{day} {clocks[0]}"
    elif found:
        day = found[0].raw
    what = next((name for cell in cells if (name := cause.ending(close_up(cell)) or cause.stated(cell))), None)
    court = next((cell for cell in cells if re.fullmatch(r"[\u4e00-\u9fff]{3,28}法院", close_up(cell))), None)
    return _Elements(number, day, place, what, court, bool(_PARTIES.search(text)) or None)


def _is_short_day(cell: str) -> bool:
    return bool(re.match(r"\d{1,2}(?:\s*月\s*\d{1,2}\s*[日号]|[./-]\d{1,2}(?:\s|$))", cell))


# --- running text ---


def _sentences(page: DetailPage, article: Article, expected: bool) -> Iterator[_Elements]:
    yield from _of_text(_rejoined(article.lines), expected, page)


def _rejoined(lines: tuple[str, ...]) -> str:
    """Lines of one sentence, broken by the editor, put together again."""
    text = ""
    for line in lines:
        unfinished = text and not re.search(r"[。；！：:]$|一案$|\n$", text) and _PLAN.search(text.rsplit("\n", 1)[-1])
        text += ("" if unfinished and not _PLAN.search(line) else "\n") + line
    return text


def _of_text(text: str, expected: bool, page: DetailPage | None = None) -> Iterator[_Elements]:
    for sentence in re.split(r"[。；\n！]", _parts_kept(text)):
        sentence = sentence.replace("\x00", "；")
        if not _VERB.search(sentence) or _PAST.search(sentence):
            continue
        day = _hearing_day(sentence, page)
        if day is None:
            continue
        is_formal = bool(_PLAN.search(sentence)) and bool(re.search(r"一案|案件|纠纷|罪|号", sentence))
        if not is_formal and not (expected and re.search(r"开庭|公开审理|宣判|听证|审理", sentence) and day.time):
            continue
        place = _PLACE.search(sentence, day.end) or _PLACE.search(sentence)
        court = _COURT.search(sentence)
        yield _Elements(
            number=_number(sentence),
            day=day.raw,
            place=place["place"] if place else None,
            cause=cause.stated(sentence if re.search("一案", sentence) else sentence + "一案"),
            court=court["court"] if court else None,
            has_parties=bool(_PARTIES.search(re.sub(r"案由[:：]?\S+", "", sentence))),
        )


def _parts_kept(text: str) -> str:
    """A semicolon between parties does not end the sentence: 原告王某某；邱某某诉被告…"""
    return re.sub(r"；(?=[^。；\n]{0,60}(?:诉|一案))(?!\s*(?:本院|定于|将于))", "\x00", text)


def _hearing_day(sentence: str, page: DetailPage | None) -> FoundDate | None:
    """The first date behind 定于, else the first one with a time of day."""
    near = page.near if page else None
    days = find_dates(_without_numbers(sentence), near=near)
    plan = _PLAN.search(sentence)
    after = [day for day in days if plan and day.start >= plan.start()]
    timed = [day for day in days if day.time]
    return next(iter(after or timed or days), None)


def _without_numbers(text: str) -> str:
    """Case numbers blanked out, places kept."""
    for start, end, _ in case_number.find_spans(text):
        text = text[:start] + "#" * (end - start) + text[end:]
    return text


# --- key and value ---


def _blocks(text: str, near: date | None, expected: bool) -> Iterator[_Elements]:
    labels = _LABELS | ({"day": f"{_LABELS['day']}|{_PLAIN_DAY}"} if expected else {})
    for block in _split_blocks(text, labels):
        values = {name: labelled(block, words) for name, words in labels.items()}
        day = _day_of_block(block, labels["day"], values["day"])
        if day is None or not (_has_day(day) or _is_short_day(day) or find_dates(day, near=near)):
            continue
        if not (values["number"] or values["cause"] or values["place"] or values["parties"]):
            continue
        yield _Elements(
            number=_number(values["number"] or "") or _number(block),
            day=day,
            place=values["place"],
            cause=cause.plain(values["cause"]) if values["cause"] else cause.stated(block),
            court=values["court"],
            has_parties=bool(values["parties"]) or bool(_PARTIES.search(block)),
        )


def _day_of_block(block: str, words: str, value: str | None) -> str | None:
    """The stated time; where day and time of day have labels of their own, both."""
    if value is None:
        return None
    every = [found for word in words.split("|") if (found := labelled(block, word))]
    return " ".join(dict.fromkeys(every)) if len(set(every)) > 1 else value


def _split_blocks(text: str, labels: dict[str, str]) -> list[str]:
    """Cut before each recurrence of the label that comes first."""
    every = "|".join(r"[ \u3000]*".join(word) for words in labels.values() for word in words.split("|"))
    marks = [
        (match.start(), close_up(match.group(1)))
        for match in re.finditer(rf"(?<![\u4e00-\u9fff])({every})[ \u3000]*(?:[】\]]\s*[:：]?|[:：\t])", text)
    ]
    if not marks:
        return []
    starts = [place for place, word in marks if word == marks[0][1]]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _pasted(page: DetailPage, text: str, expected: bool) -> Iterator[_Elements]:
    if expected:
        for table in whitespace_tables(text):
            yield from from_table(page, table, expected=expected)


def _lines(lines: tuple[str, ...], expected: bool) -> Iterator[_Elements]:
    """A line per case with nothing but its elements: 2026-04-02 09:00 第一法庭 （…）号 …离婚纠纷."""
    for line in lines if expected else ():
        timed = [found for found in find_dates(_without_numbers(line)) if found.time]
        if len(case_number.find_spans(line)) != 1 or len(timed) != 1 or _PAST.search(line):
            continue
        rest = _without_numbers(line)[timed[0].end :]
        cells = [cell for cell in re.split(r"[\s，,]+", rest) if cell.strip("#")]
        place = next((cell for cell in cells if _PLACE_CELL.fullmatch(cell)), None)
        what = next((name for cell in cells if (name := cause.ending(cell) or cause.stated(cell))), None)
        yield _Elements(_number(line), timed[0].raw, place, what, None, bool(_PARTIES.search(rest)) or None)


def _number(text: str) -> str | None:
    found = case_number.parse(text) if len(text) < 60 else None
    if found:
        return found.text
    every = case_number.find_all(text)
    return every[0].text if every else case_number.masked(text)


def _has_day(text: str) -> bool:
    plain = _without_numbers(text)
    return bool(find_dates(plain)) or any(_is_short_day(cell) for cell in plain.split())
