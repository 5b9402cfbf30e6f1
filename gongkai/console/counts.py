"""How many findings stand where: one pass over `standing` by one index, whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gongkai.console.visibility import seen_by
from storage.accounts import User
from storage.findings import CERTAIN
from storage.schema import standing

SEVERITIES = ("S0", "S1", "S2", "S3")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many open findings agree in all of this.

    Attributes:
        overdue: How many of them have a deadline that has passed.
        unverified: How many of them could not be looked at on the last night.
    """

    site: str
    stage: str
    grade: str
    severity: str
    count: int
    overdue: int
    unverified: int

    @property
    def is_certain(self) -> bool:
        return self.grade == CERTAIN


class Tallies:
    """The open findings that a user may see, counted."""

    def __init__(self, rows: list[Tally]) -> None:
        self._rows = rows
        self._certain: Counter[tuple[str | None, str]] = Counter()
        for row in rows:
            if row.is_certain:
                self._certain[row.site, row.severity] += row.count
                self._certain[None, row.severity] += row.count

    def count(self, which: Callable[[Tally], bool]) -> int:
        return sum(row.count for row in self._rows if which(row))

    def of(self, severity: str, *, site: str | None = None) -> int:
        """Certain ones of this severity, of all sites or of one."""
        return self._certain[site, severity]

    def at(self, stage: str) -> int:
        """Certain ones at this stage."""
        return self.count(lambda row: row.is_certain and row.stage == stage)

    @property
    def certain(self) -> int:
        return self.count(lambda row: row.is_certain)

    @property
    def leads(self) -> int:
        """Suspected and unclear ones: they count against nobody."""
        return self.count(lambda row: not row.is_certain)

    @property
    def overdue(self) -> int:
        return sum(row.overdue for row in self._rows if row.is_certain)

    @property
    def unverified(self) -> int:
        return sum(row.unverified for row in self._rows if row.is_certain)


def tallies(connection: Connection, user: User, today: date, *, site: str | None = None) -> Tallies:
    """Count the open findings that the user may see, of all sites or of one."""
    one = standing.c
    keys = (one.site, one.stage, one.grade, one.severity)
    late = sa.func.sum(sa.case((one.deadline < today, 1), else_=0))
    unseen = sa.func.sum(sa.case((one.verified, 0), else_=1))
    query = sa.select(*keys, sa.func.count(), late, unseen).where(seen_by(user), one.open).group_by(*keys)
    if site is not None:
        query = query.where(one.site == site)
    return Tallies(
        [
            Tally(
                site=row[0],
                stage=row[1],
                grade=row[2],
                severity=row[3],
                count=int(row[4]),
                overdue=int(row[5]),
                unverified=int(row[6]),
            )
            for row in connection.execute(query)
        ]
    )
