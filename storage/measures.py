"""The daily counts behind every metric, kept as a journal of changes: one row per night on which a count became another.

Counts are additive: over days (months add up to quarters), over departments (they add up to the court) and over courts.
What was known on a night is the sum of all changes up to it, so a bulletin can be printed again as it was, and a night
that finds nothing new writes nothing. A flow belongs to the day of its case; a state (栏目, 链接 …) is what stood on the
last night, and its changes add up to that in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.schema import measures as table

UNDATED = date(1900, 1, 1)
"""The day of a count that has none: it lies in no period, and a sum over all days has it."""
BATCH = 5_000
_KEY = ("day", "name", "department", "state")
_COUNTS = ("numerator", "denominator", "unknown")


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What one night found of one metric, for one department and day.

    Attributes:
        name: The metric, as `auditors/metrics.yml` lists it.
        day: On which the counted cases count; of a state the night itself.
        department: "": none is named.
        denominator: All that the metric is about, those of `unknown` among them.
        unknown: Part of the denominator of which it could not be told whether it belongs to the numerator.
        state: What stands tonight, not what happened on a day.
    """

    name: str
    day: date
    department: str = ""
    numerator: int = 0
    denominator: int = 0
    unknown: int = 0
    state: bool = False


@dataclass(frozen=True, kw_only=True)
class Total:
    """The sum of a metric over a period, for one site and department. Totals of several may be added up."""

    site: str
    name: str
    department: str
    numerator: int
    denominator: int
    unknown: int


def total_of(site: str, measures: Iterable[Measure]) -> list[Total]:
    """The sums of a night's measures over all their days, by name and department."""
    sums: dict[tuple[str, str], list[int]] = {}
    for one in measures:
        counts = sums.setdefault((one.name, one.department), [0, 0, 0])
        for place, count in enumerate((one.numerator, one.denominator, one.unknown)):
            counts[place] += count
    return [
        Total(site=site, name=name, department=department, numerator=n, denominator=d, unknown=u)
        for (name, department), (n, d, u) in sums.items()
    ]


def save_measures(
    connection: Connection,
    site: str,
    night: date,
    measures: Iterable[Measure],
    *,
    differing: Iterable[Measure] = (),
    of: Collection[str] = (),
) -> int:
    """Write how a night's counts differ from what was known before; a count that is not given any more is zero.

    Args:
        measures: All counts of the site as known tonight, of every day; several of one key are added.
        differing: Of metrics named in `of`, how they differ: those are not among `measures`.

    Returns:
        How many changes were written. The same night again replaces what it wrote.
    """
    connection.execute(sa.delete(table).where(table.c.site == site, table.c.night == night))
    tonight = _temporary(connection)
    rows = [vars(one) for one in measures]
    for start in range(0, len(rows), BATCH):
        connection.execute(sa.insert(tonight), rows[start : start + BATCH])
    day = sa.case((table.c.state, sa.literal(night, sa.Date)), else_=table.c.day)
    before = sa.select(
        day, table.c.name, table.c.department, table.c.state, *(-table.c[count] for count in _COUNTS)
    ).where(table.c.site == site, table.c.night < night, table.c.name.not_in(of))
    both = sa.union_all(sa.select(*(tonight.c[c] for c in (*_KEY, *_COUNTS))), before).subquery()
    sums = [sa.func.sum(both.c[count]) for count in _COUNTS]
    changes = (
        sa.select(sa.literal(site, sa.String), sa.literal(night, sa.Date), *(both.c[key] for key in _KEY), *sums)
        .group_by(*(both.c[key] for key in _KEY))
        .having(sa.or_(*(one != 0 for one in sums)))
    )
    insert = sa.insert(table).from_select(["site", "night", *_KEY, *_COUNTS], changes)
    written = connection.execute(insert.execution_options(preserve_rowcount=True))
    tonight.drop(connection)
    changed = [vars(one) | {"site": site, "night": night} for one in differing]
    for start in range(0, len(changed), BATCH):
        connection.execute(sa.insert(table), changed[start : start + BATCH])
    return written.rowcount + len(changed)


def spans(connection: Connection, site: str, night: date, names: Collection[str]) -> list[Measure]:
    """What metrics come to on a night: of each department one count of the first of its days, with the sum of all, and an
    empty one of the last."""
    key = (table.c.name, table.c.department)
    known = (
        sa.select(*key, table.c.day, *(sa.func.sum(table.c[count]).label(count) for count in _COUNTS))
        .where(table.c.site == site, table.c.night <= night, table.c.name.in_(names))
        .group_by(*key, table.c.day)
        .having(sa.or_(*(sa.func.sum(table.c[count]) != 0 for count in _COUNTS)))
        .subquery()
    )
    query = sa.select(
        known.c.name,
        known.c.department,
        sa.func.min(known.c.day).label("first"),
        sa.func.max(known.c.day).label("last"),
        *(sa.func.sum(known.c[count]).label(count) for count in _COUNTS),
    ).group_by(known.c.name, known.c.department)
    found = []
    for row in connection.execute(query.order_by(known.c.name, known.c.department)).mappings():
        of = row["name"], row["department"]
        numerator, denominator, unknown = (int(row[count]) for count in _COUNTS)
        sums = Measure(
            name=of[0],
            department=of[1],
            day=row["first"],
            numerator=numerator,
            denominator=denominator,
            unknown=unknown,
        )
        found.append(sums)
        found.append(Measure(name=of[0], department=of[1], day=row["last"]))
    return found


def read_measures(connection: Connection, sites: Sequence[str], first: date, last: date, night: date) -> list[Total]:
    """The sums of a period, by site, name and department, as they were known on a night.

    Args:
        first, last: Days of the period, both within it. A state is that of the last night up to `last`.
        night: Changes found later are left out.

    Returns:
        In the order of site, name and department; sums that are wholly zero are left out.
    """
    known = sa.and_(table.c.site.in_(sites), table.c.night <= night, table.c.day <= last)
    rows = sa.union_all(  # each half is one range of the primary key
        sa.select(table).where(known, table.c.state.is_(False), table.c.day >= first),
        sa.select(table).where(known, table.c.state.is_(True)),
    ).subquery()
    group = (rows.c.site, rows.c.name, rows.c.department)
    sums = [sa.func.sum(rows.c[count]).label(count) for count in _COUNTS]
    query = sa.select(*group, *sums).group_by(*group).having(sa.or_(*(one != 0 for one in sums))).order_by(*group)
    return [Total(**row) for row in connection.execute(query).mappings()]


def _temporary(connection: Connection) -> sa.Table:
    """An empty table of tonight's counts, of this connection alone; a transaction that fails takes it along."""
    columns = [sa.Column(name, table.c[name].type) for name in (*_KEY, *_COUNTS)]
    made = sa.Table("measures_tonight", sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    made.create(connection, checkfirst=False)
    return made
