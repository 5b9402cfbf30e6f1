"""Published tables of statistics on judgments: closed cases, judgments published and not, the rate, the reasons.

Numbers are taken as printed. A cell that is merged with others, empty or no number is unread, never zero.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from crawlers.readers.page import DetailPage, article, close_up
from crawlers.tables import Row, read_tables
from storage.records import StatisticsRow

_TITLE = re.compile(r"(?:文书|上网|公开).*(?:统计|情况表|数据|一览表)|统计.*(?:文书|上网)|司法统计")
_TOTAL = re.compile(r"^(?:合计|总计|累计|全市|全省|全院|总数)(?:法院)?(?:合计|总计)?$")
_PART = re.compile(r"^其中|^小计|小计$")
_ORDER = re.compile(r"^(?:序号|编号|排名|排序|名次)$")
_LABEL = re.compile(r"法院|单位|部门|庭室|地区|名称")
_REASON = re.compile(r"国家秘密|商业秘密|隐私|未成年|调解|和解|离婚|抚养|监护|其他|其它|不宜")
_REASON_GROUP = re.compile(r"不(?:上网|公开|公布).{0,4}(?:原因|理由|情形|事由)|^(?:原因|理由)")
_RATE = re.compile(r"(?:上网|公开|公布)率")
_WITHHELD = re.compile(r"不(?:予)?(?:上网|公开|公布)(?:文书)?(?:数|件数|份数|数量)?(?:[(（].*[)）])?$")
_DUE = re.compile(r"应(?:当)?(?:上网|公开|公布)")
_UPLOADED = re.compile(r"(?:上网|公开|公布)(?:文书)?(?:数|件数|份数|数量|文书)|已(?:上网|公开|公布)")
_CLOSED = re.compile(r"(?:结案|审结|办结)(?:数|件数|数量)?")
_NOTE = re.compile(r"^[(（]?(?:注|备注|说明|附注)[\d一二三]*[:：、]")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3}){1,2}|\d{1,9}")
_LEAST_COLUMNS = 3
_HEAD_ROWS = 4


@dataclass(frozen=True)
class _Head:
    """Which column holds what: `fields` by name, `reasons` by their printed name; the row below the head."""

    label: int
    fields: dict[str, int]
    reasons: dict[int, str]
    below: int


def is_expected(title: str) -> bool:
    """The title of a page that may hold such a table."""
    return bool(_TITLE.search(close_up(title)))


def read(page: DetailPage) -> list[StatisticsRow]:
    """All rows of all such tables of a page; empty if there is none."""
    content = article(page.html)
    note = next((line.strip()[:300] for line in content.lines if _NOTE.match(line.strip())), None)
    found: list[StatisticsRow] = []
    for number, table in enumerate(read_tables(content.node) if content.has("table") else ()):
        rows = ([Row(table.header)] if table.header else []) + list(table.rows)
        head = _head(rows)
        if head is not None:
            found += _rows(page, number, rows[head.below :], head, len(found), note)
    return found


def _head(rows: Sequence[Row]) -> _Head | None:
    """The head of one row, or of two: a group over the reasons, and each reason below it."""
    for start in range(min(_HEAD_ROWS, len(rows))):
        for height in (2, 1):
            lines = [row.cells for row in rows[start : start + height]]
            if len(lines) == height and not any(_number(cell) is not None for cell in lines[-1]):
                names = [_joined(column) for column in zip(*lines, strict=False)]
                if (head := _recognise(names, start + height)) is not None:
                    return head
    return None


def _joined(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(_tidy, cells))))


def _tidy(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).rstrip("%")


def _recognise(names: Sequence[tuple[str, ...]], below: int) -> _Head | None:
    fields: dict[str, int] = {}
    reasons: dict[int, str] = {}
    label: int | None = None
    for place, parts in enumerate(names):
        last = parts[-1] if parts else ""
        if _ORDER.match(last):
            continue
        if (len(parts) > 1 and _REASON_GROUP.search(parts[0])) or _REASON.search(last):
            reasons[place] = last
        elif (field := _field(last)) is not None:
            fields.setdefault(field, place)
        elif label is None and _LABEL.search(last):
            label = place
    has_numbers = "uploaded" in fields or "withheld" in fields
    if label is None or not has_numbers or len(fields) + len(reasons) < _LEAST_COLUMNS - 1:
        return None
    return _Head(label, fields, reasons, below)


def _field(name: str) -> str | None:
    for field, words in (
        ("rate", _RATE),
        ("withheld", _WITHHELD),
        ("due", _DUE),
        ("uploaded", _UPLOADED),
        ("closed", _CLOSED),
    ):
        if words.search(name):
            return field
    return None


def _rows(
    page: DetailPage, table: int, rows: Sequence[Row], head: _Head, position: int, note: str | None
) -> list[StatisticsRow]:
    found: list[StatisticsRow] = []
    for row in rows:
        label = close_up(row.cells[head.label]) if head.label < len(row.cells) else ""
        numbers = [_number(cell) for cell in row.cells]
        if _NOTE.match(label) or not any(number is not None for number in numbers):
            continue
        label = label or next((text for cell in row.cells if _TOTAL.match(text := close_up(cell))), "")
        found.append(_row(page, table, row, head, position + len(found), label, note))
    return found


def _row(
    page: DetailPage, table: int, row: Row, head: _Head, position: int, label: str, note: str | None
) -> StatisticsRow:
    unread: list[str] = []

    def count(place: int, name: str) -> int | None:
        value = _number(row.cells[place]) if place < len(row.cells) and place not in row.merged else None
        if value is None:
            unread.append(name)
        return value

    counts = {name: count(place, _NAMES[name]) for name, place in head.fields.items() if name != "rate"}
    reasons = tuple(count(place, name) for place, name in head.reasons.items())
    rate_raw = row.cells[head.fields["rate"]] if head.fields.get("rate", len(row.cells)) < len(row.cells) else None
    rate = _percent(rate_raw) if rate_raw is not None and head.fields["rate"] not in row.merged else None
    if "rate" in head.fields and rate is None:
        unread.append(_NAMES["rate"])
    return StatisticsRow(
        site=page.site,
        url=page.url,
        position=position,
        table=table,
        title=page.title,
        section=page.section,
        label=label,
        is_total=bool(_TOTAL.match(label)),
        is_part=bool(_PART.search(label)),
        rate=rate,
        rate_raw=rate_raw,
        reasons=reasons,
        reason_names=tuple(head.reasons.values()),
        unread=tuple(unread),
        note=note,
        published=page.published,
        published_source=page.published_source,
        sha256=page.sha256,
        **counts,
    )


_NAMES = {"closed": "结案数", "due": "应上网数", "uploaded": "上网数", "withheld": "不上网数", "rate": "上网率"}


def _number(text: str) -> int | None:
    """18662, 18,662 or 18662件; None for everything else."""
    plain = re.sub(r"(?:件|份|篇|个)$", "", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    return int(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else None


def _percent(text: str) -> float | None:
    """93.31%, 93.31 (the head says %)."""
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?)%?", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    return float(found[1]) if found else None
