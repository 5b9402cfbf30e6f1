"""The rows from which case files are built: all of a site's, or those of some cases, each kind in the order of its keys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import store
from storage.records import (
    AgencyAppearance,
    Approval,
    Attendance,
    CaseEntry,
    Judgment,
    Participant,
    Record,
    Withdrawal,
    Withheld,
)
from storage.schema import TABLES

R = TypeVar("R", bound=Record)
JOINT = "、"  # one visit may have been to several cases: 甲号、乙号


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Everything with a case number, and the documents and notices without one."""

    entries: list[CaseEntry]
    approvals: list[Approval]
    withdrawals: list[Withdrawal]
    participants: list[Participant]
    appearances: list[AgencyAppearance]
    visits: list[Attendance]
    notices: list[store.Seen[Withheld]]
    judgments: list[store.Seen[Judgment]]


@dataclass(frozen=True)
class Wanted:
    """Whose rows: by case numbers as they are written in the tables, and by addresses."""

    numbers: Collection[str]
    urls: Collection[str]


def read_sources(connection: Connection, site: str, night: date, wanted: Wanted | None = None) -> Sources:
    """The rows as they are known on a night.

    Args:
        wanted: Only these; None: all.
    """

    def ledger(kind: type[R]) -> list[R]:
        if wanted is None:
            return [seen.record for seen in store.read(connection, kind, site=site)]
        return [s.record for s in store.read_some(connection, kind, "case_number", wanted.numbers, site=site)]

    def pages(kind: type[R]) -> list[store.Seen[R]]:
        if wanted is None:
            return store.read(connection, kind, site=site, until=night)
        found = store.read_some(connection, kind, "case_number", wanted.numbers, site=site, until=night)
        found += store.read_some(connection, kind, "url", wanted.urls, site=site, until=night)
        by_key = {tuple(getattr(s.record, name) for name in kind.KEY): s for s in found}
        return [by_key[key] for key in sorted(by_key)]

    return Sources(
        entries=ledger(CaseEntry),
        approvals=ledger(Approval),
        withdrawals=ledger(Withdrawal),
        participants=ledger(Participant),
        appearances=ledger(AgencyAppearance),
        visits=ledger(Attendance) if wanted is None else _visits(connection, site, wanted),
        notices=pages(Withheld),
        judgments=pages(Judgment),
    )


def _visits(connection: Connection, site: str, wanted: Wanted) -> list[Attendance]:
    """Those to several cases at once are all read: they are few, and stand under no one number."""
    table = TABLES[Attendance]
    query = sa.select(table.c.case_number).where(table.c.site == site, table.c.case_number.contains(JOINT)).distinct()
    numbers = {*wanted.numbers, *connection.execute(query).scalars()}
    return [s.record for s in store.read_some(connection, Attendance, "case_number", numbers, site=site)]


def numbers_of(visit: Attendance) -> list[str]:
    """The cases of a visit."""
    return [number for number in (visit.case_number or "").split(JOINT) if number]
