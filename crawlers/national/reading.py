"""Files of such records: recognised by their contents, read row by row; bad rows are named, the rest is used."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from crawlers.encoding import decode
from crawlers.ledger_sheets import LedgerError
from crawlers.ledger_words import Told, told
from crawlers.national import fields
from crawlers.national.entries import BadField, read_entry
from storage.case_number import parse
from storage.courts import same_court
from storage.records import Judgment, Record, Withheld

MOST_BYTES = 512 * 1024 * 1024
_HEAD = 64 * 1024
_FEWEST_NAMES = 3  # of the fields that a record has in common with the known generations
_ONLY_OURS = ("title", "id", "body", "published", "uploaded", "publicity")
_DEEPEST = 6


@dataclass(frozen=True, kw_only=True)
class DumpProblem:
    """A row, or a value in it, that could not be read."""

    file: str
    row: int
    key: str | None
    told: Told

    def __str__(self) -> str:
        return self.line("zh")

    def line(self, language: str) -> str:
        """One line that says file, row and key, in Chinese (`zh`) or English."""
        key = f" {self.key}" if self.key else ""
        place = f"第{self.row}条{key}：" if language == "zh" else f"record {self.row}{key}: "
        return f"{self.file} {place}{self.told.by(language)}"


@dataclass(frozen=True, kw_only=True)
class DumpReading:
    """A file that was read.

    Attributes:
        rows, unread: Rows that gave a record, and rows that did not.
        foreign: Rows of other courts, left out.
        doubles: Rows that repeat a document; the earliest publication of it is kept.
        unsure: Rows whose text is only a sentence with a reason, of unknown origin.
        complete: First and last day of judgment between which the file holds all that the platform shows, where the user
            says so; without it nothing may be concluded from what is not in it.
        personal: What the texts show of persons, masked.
    """

    path: Path
    site: str
    sha256: str
    records: tuple[Record, ...]
    problems: tuple[DumpProblem, ...]
    rows: int
    unread: int
    foreign: int = 0
    doubles: int = 0
    unsure: int = 0
    complete: tuple[date, date] | None = None
    personal: tuple[Record, ...] = ()

    @property
    def file(self) -> str:
        """The file's name, under which it is stored."""
        return self.path.name


def is_dump(path: Path) -> bool:
    """The file holds records of the national site: JSON, or a CSV with the text or the publication of judgments."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    text = decode(head)[0].lstrip("\ufeff \r\n\t")
    if text.startswith(("{", "[")):
        return True
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return False
    header = next(csv.reader(io.StringIO(text.split("\n", 1)[0])), [])
    return _is_record(dict.fromkeys(name.strip() for name in header))


def read_dump(
    path: Path,
    *,
    site: str,
    court: str | None = None,
    until: date | None = None,
    complete: tuple[date, date] | None = None,
) -> DumpReading:
    """Read a file of records.

    Args:
        court: Only this court's records; what cannot be told is kept.
        until: The audit date.
        complete: As in `DumpReading`.

    Raises:
        LedgerError: The file cannot be read, or holds no such records: one line that says what was expected.
    """
    body = _bytes(path)
    problems: list[DumpProblem] = []
    personal: list[Record] = []
    kept: dict[tuple[Any, ...], Judgment | Withheld] = {}
    counts = {"rows": 0, "unread": 0, "foreign": 0, "doubles": 0, "unsure": 0}
    for row, record in _rows(path, body):
        if isinstance(record, Told) or not _is_record(record):
            what = record if isinstance(record, Told) else told("dump_no_record")
            problems.append(DumpProblem(file=path.name, row=row, key=None, told=what))
            counts["unread"] += 1
            continue
        named = fields.text_of(record, "court")
        if court and named and same_court(named, court) is False:
            counts["foreign"] += 1
            continue
        entry = read_entry(record, site=site, source=path.name, row=row, until=until)
        problems += [_problem(path, row, one) for one in entry.bad]
        counts["rows" if entry.records else "unread"] += 1
        personal += entry.personal
        for one in entry.records:
            key = _same(one)
            counts["unsure"] += isinstance(one, Withheld) and one.reason_unsure is not None
            counts["doubles"] += key in kept
            kept[key] = _earlier(kept[key], one) if key in kept else one
    if not counts["rows"] and not counts["foreign"]:
        raise LedgerError(path, "dump_empty")
    return DumpReading(
        path=path,
        site=site,
        sha256=hashlib.sha256(body).hexdigest(),
        records=tuple(kept.values()),
        problems=tuple(problems),
        complete=complete,
        personal=tuple(personal),
        **counts,
    )


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LedgerError(path, "dump_too_large", size=MOST_BYTES // 1024**2)
        return path.read_bytes()
    except OSError as error:
        raise LedgerError(path, "not_readable", reason=error.strerror) from error


def _rows(path: Path, body: bytes) -> Iterator[tuple[int, Mapping[str, Any] | Told]]:
    """Each row with its place from 1: a record, or what is wrong with it."""
    text = decode(body)[0].lstrip("\ufeff")
    if not text.lstrip().startswith(("{", "[")):
        yield from _csv_rows(text)
        return
    try:
        loaded = json.loads(text)
    except json.JSONDecodeError as error:
        if "\n" not in text.strip():
            raise LedgerError(path, "dump_no_json", line=error.lineno, column=error.colno) from error
        yield from _json_lines(text)
        return
    yield from enumerate(_records(loaded), start=1)


def _csv_rows(text: str) -> Iterator[tuple[int, Mapping[str, Any] | Told]]:
    csv.field_size_limit(16 * 1024 * 1024)  # a judgment's text in one cell
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(rows, [])]
    try:
        for number, cells in enumerate(rows, start=2):
            if len(cells) > len(header):
                yield number, told("dump_columns", cells=len(cells), header=len(header))
            elif any(cell.strip() for cell in cells):
                yield number, dict(zip(header, cells, strict=False))
    except csv.Error as error:
        yield rows.line_num, told("not_readable", reason=error)


def _json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | Told]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            loaded = json.loads(line)
        except json.JSONDecodeError as error:
            yield number, told("dump_bad_line", column=error.colno)
            continue
        for record in _records(loaded):
            yield number, record


def _records(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any] | Told]:
    """The records in a value: itself, the elements of a list, or what a list's answer holds further inside."""
    if isinstance(value, list):
        for one in value:
            if isinstance(one, (dict, list)):
                yield from _records(one, depth + 1)
            elif depth == 0:
                yield told("dump_no_object")
    elif isinstance(value, dict):
        inner = (
            []
            if _is_record(value)
            else [v for v in map(_unpacked, value.values()) if isinstance(v, (dict, list)) and v]
        )
        if not inner or depth > _DEEPEST:
            yield value
            return
        for one in inner:
            yield from (
                record for record in _records(one, depth + 1) if isinstance(record, dict) and _is_record(record)
            )


def _unpacked(value: Any) -> Any:
    """JSON within a string, as old answers have it."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _is_record(record: Mapping[str, Any]) -> bool:
    """It has a number or a title, and enough of the known keys to be none of the court's own ledgers."""
    if {"Title", "Html"} <= set(record):
        return True
    known = [name for name in fields.NAMES if fields.key_of(record, name)]
    has_own = any(name in known for name in _ONLY_OURS)
    return has_own and ("number" in known or "title" in known) and len(known) >= _FEWEST_NAMES


def _same(one: Judgment | Withheld) -> tuple[Any, ...]:
    """What makes two rows the same document: number, kind, day and length of text; without a number its address."""
    number = parse(one.case_number or "")
    if number is None:
        return (type(one), one.url)
    if isinstance(one, Withheld):
        return (Withheld, number.key, one.decided, one.reason)
    return (Judgment, number.key, one.document_type, one.decided, one.text_length)


def _earlier(first: Judgment | Withheld, second: Judgment | Withheld) -> Judgment | Withheld:
    """Of two copies the one that was published first: a later copy proves no lateness."""
    return min((first, second), key=lambda one: one.published or date.max)


def _problem(path: Path, row: int, bad: BadField) -> DumpProblem:
    return DumpProblem(file=path.name, row=row, key=bad.key, told=bad.told)
