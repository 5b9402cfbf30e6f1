"""Everything that is kept of one case number at one court, from every source: a few queries, however large the court."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.addresses import having
from storage.case_number import canonical, parse
from storage.records import (
    AgencyAppearance,
    Approval,
    Attendance,
    CaseEntry,
    Hearing,
    Judgment,
    PageScan,
    Participant,
    Record,
    Stream,
    Withdrawal,
    Withheld,
)
from storage.schema import TABLES, from_row
from storage.store import Seen

R = TypeVar("R", bound=Record)
WIDEST = 8  # digits of a number of the old style, printed with leading zeros
NUMBERED: tuple[type[Record], ...] = (
    CaseEntry,
    Approval,
    Withdrawal,
    AgencyAppearance,
    Participant,
    Attendance,
    Judgment,
    Withheld,
    Hearing,
    Stream,
    PageScan,
)
"""The records that name the case they are about."""


@dataclass(frozen=True, kw_only=True)
class CaseRecords:
    """What is kept of a case number, each record with the nights between which it was seen.

    Attributes:
        number: In canonical writing.
        of: Records under this very number, by their type.
        siblings: Documents of the same case under another suffix (号之一).
        appeals: Documents that quote this number, or that the case ledger names as its second instance.
    """

    number: str
    of: dict[type[Record], list[Seen[Record]]] = field(default_factory=dict)
    siblings: tuple[Seen[Judgment], ...] = ()
    appeals: tuple[Seen[Judgment], ...] = ()

    def all(self, kind: type[R]) -> list[Seen[R]]:
        """The records of one type, with the nights on which they were seen."""
        return [Seen(s.record, s.first_seen, s.last_seen) for s in self.of.get(kind, ()) if isinstance(s.record, kind)]

    def records(self, kind: type[R]) -> list[R]:
        """The records of one type."""
        return [seen.record for seen in self.all(kind)]

    @property
    def is_empty(self) -> bool:
        return not any(self.of.values()) and not self.siblings and not self.appeals


def writings(text: str) -> tuple[str, ...]:
    """How one case number may stand in the tables: one way, but for those of the old style with their leading zeros."""
    written = canonical(text)
    number = parse(text)
    if number is None or not number.old:
        return (written,)
    head, digits, tail = number.key.rpartition(str(number.sequence))
    padded = [f"{head}{digits.zfill(width)}{tail}" for width in range(len(digits), WIDEST + 1)]
    return tuple(dict.fromkeys([written, *padded]))


def read_case(connection: Connection, site: str, text: str) -> CaseRecords:
    """All records of a court about one case number, in whatever writing it is asked for."""
    names = writings(text)
    found: dict[type[Record], list[Seen[Record]]] = {}
    for kind in NUMBERED:
        column = TABLES[kind].c.case_number
        wanted: sa.ColumnElement[bool] = column.in_(names)
        if kind is Attendance:  # one visit may have been to several cases: 甲号、乙号
            wanted = sa.or_(wanted, *(column.contains(name, autoescape=True) for name in names))
        found[kind] = list(_read(connection, kind, site, wanted))
    column = TABLES[Judgment].c.case_number
    number = parse(text)
    others = sa.and_(_of_same_case(column, number.base if number else names[0]), column.not_in(names))
    second = {s.record.appeal_case_number for s in found[CaseEntry] if isinstance(s.record, CaseEntry)}
    quoting = TABLES[Judgment].c.quoted_case_numbers.cast(sa.Text)
    quoted = [quoting.contains(json.dumps(name)[1:-1], autoescape=True) for name in names]
    appealed = [column.in_(writings(one)) for one in second if one]
    return CaseRecords(
        number=names[0],
        of={kind: rows for kind, rows in found.items() if rows},
        siblings=tuple(_read(connection, Judgment, site, others)),
        appeals=tuple(_read(connection, Judgment, site, sa.and_(sa.or_(*quoted, *appealed), column.not_in(names)))),
    )


def known_numbers(
    connection: Connection, part: str, most: int, sites: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Sites and case numbers that contain some characters, from every source, at most so many.

    Args:
        sites: Of these only; None: of all.
    """
    kinds = (CaseEntry, Judgment, Withheld, Hearing, Stream, Approval)
    return having(connection, kinds, "case_number", part, most, sites)


def _read(connection: Connection, kind: type[R], site: str, wanted: sa.ColumnElement[bool]) -> Iterable[Seen[R]]:
    table = TABLES[kind]
    query = sa.select(table).where(table.c.site == site, wanted).order_by(*(table.c[k] for k in kind.KEY))
    for row in connection.execute(query).mappings():
        yield Seen(from_row(kind, dict(row)), row["first_seen"], row["last_seen"])


def _of_same_case(column: sa.ColumnElement[str], base: str) -> sa.ColumnElement[bool]:
    """Numbers with a suffix: 1208号之一, 1208-1号."""
    stem = base.removesuffix("号")
    suffixed = (column.startswith(f"{stem}{end}", autoescape=True) for end in ("号", "-"))
    return sa.or_(*suffixed)
