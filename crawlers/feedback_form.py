"""A filled-in feedback form (整改情况反馈表) as rows of answers: any copy of it, its columns and rows in any order.

What a department writes is free text by people: numbers of persons in it are masked before it leaves this module. Whether
an answer fits a finding is not decided here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path

from openpyxl.utils import get_column_letter

from crawlers import ledger_cells as cells
from crawlers.ledger_cells import CellError
from crawlers.ledger_columns import HEADER_SEARCH_ROWS
from crawlers.ledger_rows import SAME_AS_ABOVE
from crawlers.ledger_sheets import LedgerError, Row, Sheet, open_ledger
from crawlers.ledger_words import Told
from crawlers.ledgers import LedgerProblem
from crawlers.personal.titles import masked_address, masked_text

__all__ = ["FormReading", "FormRow", "LedgerError", "LedgerProblem", "read_form"]

# What a department writes; a row in which none of these is filled in is no answer.
ANSWERS = ("cause", "measures", "person", "finished", "proofs")
CODE = re.compile(r"(?<![0-9a-f])[0-9a-f]{10,20}(?![0-9a-f])")
_AS_NUMBER = re.compile(r"\d+|\d(?:\.\d+)?[Ee]\+?\d+")
_BRACKETS = re.compile(r"[(\[（【].*?[)\]）】]")
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, kw_only=True)
class FormRow:
    """One answered row.

    Attributes:
        sheet: None for csv.
        row: As the spreadsheet numbers it, from 1.
        code: The finding's code, as far as the cell shows one; "": it shows none.
        number: What the code's cell is as a number: spreadsheets take `0012345678` and `1234567e12` for one.
        cause, measures, person, proofs: As written, numbers of persons masked; None: empty.
        finished: The day on which it is said to be done.
        columns: By field, the letter and the header of its column.
    """

    file: str
    sheet: str | None
    row: int
    code: str
    number: float | None
    cause: str | None
    measures: str | None
    person: str | None
    finished: date | None
    proofs: str | None
    columns: Mapping[str, tuple[str, str]] = field(repr=False)

    @property
    def place(self) -> str:
        """File, sheet and row, as it is noted with the event."""
        return " ".join(x for x in (self.file, self.sheet, f"第{self.row}行") if x)

    def problem(self, about: str, reason: Told) -> LedgerProblem:
        """What is wrong with the cell of a field."""
        letter, header = self.columns.get(about, (None, None))
        return LedgerProblem(file=self.file, sheet=self.sheet, row=self.row, column=letter, header=header, told=reason)


@dataclass(frozen=True, kw_only=True)
class FormReading:
    """A file that was read. `empty` counts the rows of findings that nobody has answered."""

    path: Path
    rows: tuple[FormRow, ...]
    problems: tuple[LedgerProblem, ...]
    empty: int


def read_form(path: Path, headers: Mapping[str, Sequence[str]], today: date) -> FormReading:
    """Read a form: the whole workbook of a bulletin, a department's part of it, or csv.

    Args:
        path: An `.xlsx`, an old `.xls`, or a `.csv` in UTF-8 or GB18030.
        headers: By field (`code`, `number` and those in `ANSWERS`), the headers that its column may have.
        today: For telling identity numbers by the birth date in them.

    Raises:
        LedgerError: The file cannot be read, or no sheet of it is a form.
    """
    names = {_plain(header): name for name, known in headers.items() for header in known}
    rows: list[FormRow] = []
    problems: list[LedgerProblem] = []
    forms, empty = 0, 0
    with open_ledger(path) as opened:
        for sheet in opened:
            if sheet.hidden:
                continue
            first = list(islice(sheet.rows, HEADER_SEARCH_ROWS))
            found = _header(first, names)
            if found is None:
                continue
            forms += 1
            reader = _Reader(path.name, sheet, found[1], today)
            for number, row in enumerate(chain(first, sheet.rows), start=1):
                if number <= found[0]:
                    continue
                read = reader.row(number, row)
                if read is None:
                    empty += reader.names_a_finding(row)
                elif isinstance(read, FormRow):
                    rows.append(read)
                else:
                    problems.append(read)
    if not forms:
        raise LedgerError(path, "no_form", headers="、".join(known[0] for known in headers.values()))
    return FormReading(path=path, rows=tuple(rows), problems=tuple(problems), empty=empty)


def _plain(header: object) -> str:
    """A header without blanks and without what stands in brackets."""
    text = unicodedata.normalize("NFKC", str(header or ""))
    return re.sub(r"[\s*:：]+", "", _BRACKETS.sub("", text))


def _header(rows: Sequence[Row], names: Mapping[str, str]) -> tuple[int, dict[str, tuple[int, str]]] | None:
    """The row number of the header, and by field the column (from 0) and its header; the first of equal columns."""
    for number, row in enumerate(rows, start=1):
        found: dict[str, tuple[int, str]] = {}
        for place, cell in enumerate(row):
            name = names.get(_plain(cell)) if isinstance(cell, str) else None
            if name is not None:
                found.setdefault(name, (place, " ".join(str(cell).split())))
        if ("code" in found or "number" in found) and "finished" in found and ("measures" in found or "cause" in found):
            return number, found
    return None


class _Reader:
    """Rows of one sheet below its header; remembers the row above, for 同上."""

    def __init__(self, file: str, sheet: Sheet, header: dict[str, tuple[int, str]], today: date) -> None:
        self.file, self.sheet, self.today = file, sheet, today
        self.places = {name: place for name, (place, _) in header.items()}
        self.columns = {name: (get_column_letter(place + 1), title) for name, (place, title) in header.items()}
        self.above: dict[str, object] = {}

    def _cell(self, row: Row, name: str) -> object:
        place = self.places.get(name)
        return None if place is None or place >= len(row) else row[place]

    def names_a_finding(self, row: Row) -> bool:
        """Whether the row is about a finding at all: not blank, no footnote."""
        return bool(self._code(row)[0]) or self._code(row)[1] is not None

    def row(self, number: int, row: Row) -> FormRow | LedgerProblem | None:
        """The answer, why it cannot be read, or None: nothing was filled in."""
        if _plain(self._cell(row, "finished")) == _plain(self.columns["finished"][1]):
            return None  # the header once more, as programs print it on each page
        values: dict[str, object] = {}
        read: dict[str, str | date | None] = {}
        for name in ANSWERS:
            value = self._cell(row, name)
            try:
                values[name] = self._whole(name, number, value)
                read[name] = self._read(name, values[name])
            except CellError as error:
                return self._problem(name, number, error.told)
        if not any(read.values()):
            return None
        self.above = values
        code, as_number = self._code(row)
        texts = {name: value for name, value in read.items() if name != "finished"}
        finished = read["finished"]
        assert finished is None or isinstance(finished, date)
        return FormRow(
            file=self.file,
            sheet=self.sheet.name,
            row=number,
            code=code,
            number=as_number,
            finished=finished,
            columns=self.columns,
            **texts,  # type: ignore[arg-type]
        )

    def _whole(self, name: str, number: int, value: object) -> object:
        """The cell's value, that of the row above for 同上."""
        cells.refuse_error(value)
        if name in self.places and (number, self.places[name] + 1) in self.sheet.uncomputed:
            raise CellError("no_result")
        if isinstance(value, str) and value.strip() in SAME_AS_ABOVE:
            if self.above.get(name) is None:
                raise CellError("nothing_above")
            return self.above[name]
        return value

    def _read(self, name: str, value: object) -> str | date | None:
        if name == "finished":
            return cells.read_date(value, self.sheet.epoch)
        if cells.is_unknown(value):
            return None
        text = " ".join(str(cells.plain(value) if not isinstance(value, str) else value).split())[: cells.MAX_TEXT]
        return "".join(self._masked(text)) if name != "person" else masked_text(text, self.today)

    def _masked(self, text: str) -> Iterator[str]:
        """The text without numbers of persons; addresses stay addresses."""
        end = 0
        for found in _ADDRESS.finditer(text):
            yield masked_text(text[end : found.start()], self.today)
            yield masked_address(found.group(), self.today)
            end = found.end()
        yield masked_text(text[end:], self.today)

    def _code(self, row: Row) -> tuple[str, float | None]:
        """The code in its column, else below the running number in 编号 as it is printed; and the number it may be."""
        for name in ("code", "number"):
            text = cells.plain(self._cell(row, name))
            number = float(text) if name == "code" and _AS_NUMBER.fullmatch(text) else None
            found = CODE.search(text.lower())
            if found or number is not None:
                return found.group() if found else "", number
        return "", None

    def _problem(self, name: str, number: int, reason: Told) -> LedgerProblem:
        letter, header = self.columns[name]
        return LedgerProblem(
            file=self.file, sheet=self.sheet.name, row=number, column=letter, header=header, told=reason
        )
