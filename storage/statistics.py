"""Statistics of one night: numbers that describe a site or its cases, each with its denominator and method. No findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.schema import statistics as table

METRIC, ESTIMATE = "metric", "estimate"
COUNT, SHARE = "count", "share"


@dataclass(frozen=True, kw_only=True)
class Statistic:
    """One number.

    Attributes:
        kind: metric (counted) or estimate (推算).
        name: What it is, for programs: upload_rate, gap …
        title: The same for readers, in Chinese.
        scope: Of which part: a department, a type of case, a month; empty: of the whole site.
        unit: count, or share (a fraction of one).
        value: None: it could not be computed; `note` says why.
        numerator, denominator: What was counted; `denominator_name` says of what.
        period: Which days it covers, in Chinese.
        method: How it was computed, printed beside it.
        note: What a reader must know before relying on it.
    """

    site: str
    kind: str
    name: str
    title: str
    unit: str
    method: str
    scope: str = ""
    value: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    denominator_name: str = ""
    period: str = ""
    note: str | None = None


def save_statistics(connection: Connection, site: str, night: date, statistics: Iterable[Statistic]) -> None:
    """Write a site's statistics of one night in place of what was written before. Their order is kept."""
    connection.execute(sa.delete(table).where(table.c.site == site, table.c.night == night))
    rows = [vars(one) | {"site": site, "night": night, "position": n} for n, one in enumerate(statistics)]
    upsert(connection, table, rows, ("site", "night", "name", "scope"))


def read_statistics(connection: Connection, site: str, night: date) -> list[Statistic]:
    """A site's statistics as they were written on this night."""
    query = sa.select(table).where(table.c.site == site, table.c.night == night).order_by(table.c.position)
    return [
        Statistic(**{name: value for name, value in row.items() if name not in ("night", "position")})
        for row in connection.execute(query).mappings()
    ]
