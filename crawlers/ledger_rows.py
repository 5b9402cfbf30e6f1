"""Rows of a recognised ledger as records. A row with a cell that cannot be read is left out and reported, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from openpyxl.utils import get_column_letter

from crawlers import ledger_cells as cells
from crawlers.ledger_cells import CellError
from crawlers.ledger_columns import CellType, Column, Header, LedgerKind
from crawlers.ledger_sheets import Row, Sheet
from crawlers.ledger_words import Told, told
from storage import case_number
from storage.records import AgencyAppearance, Approval, Attendance, CaseEntry, Participant, Record, Withdrawal

RECORD_OF: dict[str, Callable[..., Record]] = {
    "cases": CaseEntry,
    "withheld": Approval,
    "streams": Approval,
    "withdrawals": Withdrawal,
    "participants": Participant,
    "agencies": AgencyAppearance,
    "attendance": Attendance,
}
_CONSTANTS = {"withheld": {"subject": "withheld"}, "streams": {"subject": "stream"}}
SAME_AS_ABOVE = frozenset({"同上", "上同", "〃", "″", "”", "“", '"', "''"})
_TOTAL = re.compile(r"(?:合|总|小|共|累)计|汇总")
_FOOTER = re.compile(r"(?:填表|制表|填报|填写|统计|审核|复核|审批|负责|联系|打印|导出|备注|说明|注意?)[^:：]{0,8}[:：]")
# The title of a next ledger in the same sheet, alone in its row.
_TITLE = re.compile(
    r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|附[:：件表])|(?:台账|一览表|统计表|汇总表|登记表|审批表)$"
)
_BETWEEN_NUMBERS = re.compile(r"[\s、,;/|。和及与]|\([^()]*\)|案号:?")


@dataclass(frozen=True)
class BadCell:
    """Why a row is left out: its number, the column (from 1), the reason, and the cases it is about if that was read."""

    row: int
    column: int
    header: str
    message: Told
    case_numbers: tuple[str, ...] = ()


class Block:
    """A ledger within a sheet: reads the rows below its header, one after the other.

    Args:
        names: The header's last row, which some programs print again on each page.
        source: File and sheet, for the records.
        until: The last day on which someone in the ledger can have been born.
    """

    def __init__(
        self, sheet: Sheet, header: Header, names: Row, *, site: str, source: str, until: date | None = None
    ) -> None:
        self.header = header
        self.source = source
        self._sheet, self._names, self._site, self._until = sheet, names, site, until
        self._places = sorted({*header.columns, *header.duplicates})
        self._above: dict[int, object] = {}

    def read(self, number: int, row: Row) -> list[Record] | list[BadCell] | None:
        """A row's records, or why it has none; None for a blank row, a total, a footer, the header once more."""
        raw: dict[int, object] = {i: row[i] if i < len(row) else None for i in self._places}
        own = {i: raw[i] for i in self.header.columns}
        if _is_no_data(row, own, self._names, self.header, number, self._sheet):
            return None
        self._above = {i: self._above.get(i, v) if _is_same(v) else v for i, v in raw.items()}
        values, bad = _read_cells(self._above, self.header, number, self._sheet, self._until)
        bad += self._contradictions(number)
        if bad:
            return [replace(cell, case_numbers=values.get("case_number", ())) for cell in bad]
        return _records(self.header.kind, values, self._site, self.source, number)

    def _contradictions(self, number: int) -> list[BadCell]:
        """Columns of the same header that say different things."""
        found = []
        for place, used in self.header.duplicates.items():
            one, other = self._above.get(place), self._above.get(used)
            if not (cells.is_unknown(one) or cells.plain(one) == cells.plain(other)):
                header = self.header.columns[used].header
                told_why = told("contradicts", column=column_letter(used + 1), header=header)
                found.append(BadCell(number, place + 1, header, told_why))
        return found


def _is_same(value: object) -> bool:
    return isinstance(value, str) and value.strip() in SAME_AS_ABOVE


def _is_no_data(row: Row, raw: dict[int, object], names: Row, header: Header, number: int, sheet: Sheet) -> bool:
    """A blank row, a title, a total, a footer, or the header printed again on a new page."""
    if all(cells.is_unknown(v) and (number, i + 1) not in sheet.uncomputed for i, v in raw.items()):
        return True
    if sum(i < len(names) and v == names[i] and not cells.is_unknown(v) for i, v in raw.items()) >= 2:
        return True
    texts = [cells.plain(v).replace(" ", "") for v in row if not cells.is_unknown(v)]
    first = texts[0] if texts else ""
    if len(texts) == 1 and _TITLE.search(first):
        return True
    return bool(_TOTAL.match(first) or _FOOTER.match(first)) and not any(
        header.columns[i].type is CellType.CASE_NUMBER and case_number.find_all(cells.plain(v)) for i, v in raw.items()
    )


def _read_cells(
    raw: dict[int, object], header: Header, number: int, sheet: Sheet, until: date | None
) -> tuple[dict[str, Any], list[BadCell]]:
    values: dict[str, Any] = {}
    bad: list[BadCell] = []
    # The kind's order, not the sheet's: an identity number is judged by the type that is read before it.
    place_of = {column.field: index for index, column in header.columns.items()}
    for column in header.kind.columns:
        index = place_of.get(column.field)
        if index is None:
            continue
        try:
            if (number, index + 1) in sheet.uncomputed:
                raise CellError("no_result")
            values[column.field] = _read_cell(column, raw[index], values, header.kind, sheet.epoch, until)
        except CellError as error:
            bad.append(BadCell(number, index + 1, column.header, error.told))
    return values, bad


def _read_cell(
    column: Column, value: object, before: dict[str, Any], kind: LedgerKind, epoch: datetime, until: date | None
) -> object:
    cells.refuse_error(value)
    if _is_same(value):
        raise CellError("nothing_above")
    if column.type is CellType.CASE_NUMBER:
        numbers = read_case_numbers(value)
        if not numbers and column.header in kind.required:
            raise CellError("no_case_number")
        if column.field == "case_number":
            return numbers
        if len(numbers) > 1:
            raise CellError("one_case_number")
        return numbers[0] if numbers else None
    if column.type is CellType.ID_NUMBER:
        return cells.read_id_number(value, before.get("id_type"), until)
    if column.type in (CellType.DATE, CellType.MOMENT):
        return (cells.read_date if column.type is CellType.DATE else cells.read_moment)(value, epoch)
    return _READ[column.type](value)


_READ: dict[CellType, Callable[[object], object]] = {
    CellType.TEXT: cells.read_text,
    CellType.YES_NO: cells.read_yes_no,
    CellType.LEVEL: cells.read_level,
    CellType.MODE: cells.read_mode,
    CellType.PRESENCE: cells.read_presence,
    CellType.PHONE: cells.read_phone,
    CellType.HEADCOUNT: cells.read_headcount,
}


def read_case_numbers(value: object) -> tuple[str, ...]:
    """The case numbers of a cell in canonical writing, each once: `1、2号` are two. Empty if unknown.

    Raises:
        CellError: There is something else in the cell, or a number is masked.
    """
    if cells.is_unknown(value):
        return ()
    text = cells.plain(value)
    if case_number.masked(text):
        raise CellError("masked_case_number")
    spans = case_number.find_spans(text)
    rest, end = "", 0
    for start, stop, _ in spans:
        rest += text[end:start]
        end = max(end, stop)
    rest += text[end:]
    if spans and not _BETWEEN_NUMBERS.sub("", rest):
        return tuple(dict.fromkeys(number.text for _, _, number in spans))
    single = case_number.parse(text)
    if single is None:
        raise CellError("bad_case_number")
    return (single.text,)


def _records(kind: LedgerKind, values: dict[str, Any], site: str, source: str, row: int) -> list[Record]:
    """One record, or one for each of several case numbers in the cell, told apart by their source."""
    values = _CONSTANTS.get(kind.name, {}) | values
    make = RECORD_OF[kind.name]
    numbers: tuple[str, ...] = values.pop("case_number", ())
    if kind.name == "attendance":  # one visit, to however many hearings
        return [make(site=site, source=source, row=row, case_number="、".join(numbers) or None, **values)]
    return [
        make(
            site=site,
            source=source if position == 1 else f"{source}（同格第{position}个案号）",
            row=row,
            case_number=number,
            **values,
        )
        for position, number in enumerate(numbers, start=1)
    ]


def column_letter(column: int) -> str:
    """The letter that a spreadsheet shows for a column, from 1."""
    return str(get_column_letter(column))
