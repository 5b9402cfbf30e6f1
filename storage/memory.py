"""What an audit remembers of a site's cases from one night to the next, and what the database noted since.

A *unit* is what is judged together: a case with all its writings and suffixes, or a document without a number. Of each
unit it is kept what it added to the counts, and when it must be looked at again; which units those are is decided in
`auditors.memory`. Everything here may be forgotten at any time: the next audit then looks at everything.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.schema import audited_links, audited_sites, audited_units, audited_writings, case_changes

AT_ONCE = 500
BATCH = 5_000
LEFT_AFTER = timedelta(days=60)
Key = tuple[str, str, date]  # name, department, day
Counts = dict[Key, tuple[int, int, int]]
_BITS, _MOST = 10, (1 << 10) - 1


class Axes:
    """Names and departments as small numbers, so that millions of counts stay small."""

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        self.known = list(known)
        self._places = {axis: place for place, axis in enumerate(self.known)}

    def pack(self, counts: Mapping[Key, tuple[int, int, int]]) -> bytes:
        """Three numbers for each count: axis, day, and numerator, denominator and unknown in one."""
        packed = array("I")
        for (name, department, day), (numerator, denominator, unknown) in counts.items():
            axis = self._places.get((name, department))
            if axis is None:
                axis = self._places[name, department] = len(self.known)
                self.known.append((name, department))
            ordinal = day.toordinal()
            if numerator <= _MOST and denominator <= _MOST and unknown <= _MOST:
                packed.extend((axis, ordinal, numerator | denominator << _BITS | unknown << 2 * _BITS))
                continue
            left = [numerator, denominator, unknown]
            while any(left):  # what is too large for one is said in several
                part = [min(one, _MOST) for one in left]
                packed.extend((axis, ordinal, part[0] | part[1] << _BITS | part[2] << 2 * _BITS))
                left = [one - taken for one, taken in zip(left, part, strict=True)]
        return packed.tobytes()

    def unpack(self, data: bytes) -> Iterator[tuple[Key, tuple[int, int, int]]]:
        """The inverse of `pack`; one key may come several times."""
        packed = array("I")
        packed.frombytes(data)
        for place in range(0, len(packed), 3):
            axis, day, counts = packed[place : place + 3]
            name, department = self.known[axis]
            counted = counts & _MOST, counts >> _BITS & _MOST, counts >> 2 * _BITS & _MOST
            yield (name, department, date.fromordinal(day)), counted


@dataclass(frozen=True)
class Remembered:
    """What was left by the last audit of a site.

    Attributes:
        night: Which night that was.
        context: All that verdicts depended on besides the cases' own rows, hashed.
        sums: What all units together add to those counts that are no measures.
        gaps: By series of case numbers, what was made of it, in JSON values.
    """

    night: date
    context: str
    axes: Axes
    sums: dict[tuple[str, date], int]
    gaps: dict[str, Any]


@dataclass(frozen=True)
class Unit:
    """What is kept of one unit.

    Attributes:
        again: The night on which it must be looked at at the latest; None: it need not.
        day: The first that is known of the case.
        counts: What it adds to the counts, as `Axes` packs it.
    """

    again: date | None
    day: date | None
    counts: bytes


@dataclass(frozen=True)
class Change:
    """A row that came, went or says something else now: the case number that it has, and its address if it has one."""

    case_number: str | None
    url: str | None


def recall(connection: Connection, site: str) -> Remembered | None:
    """The memory of a site; None: there is none."""
    row = connection.execute(sa.select(audited_sites).where(audited_sites.c.site == site)).first()
    if row is None:
        return None
    said = json.loads(zlib.decompress(row.sums))
    axes = Axes((name, department) for name, department in said["axes"])
    sums = {(name, date.fromordinal(day)): count for name, day, count in said["sums"]}
    return Remembered(row.night, row.context, axes, sums, said["gaps"])


def changes(connection: Connection, site: str) -> list[Change]:
    """What changed since."""
    query = sa.select(case_changes.c.case_number, case_changes.c.url).where(case_changes.c.site == site).distinct()
    return [Change(row.case_number, row.url) for row in connection.execute(query)]


def due(connection: Connection, site: str, night: date) -> set[str]:
    """Units that must be looked at again on a night."""
    query = sa.select(audited_units.c.unit).where(audited_units.c.site == site, audited_units.c.again <= night)
    return set(connection.execute(query).scalars())


def readers(connection: Connection, site: str, units: Collection[str]) -> set[str]:
    """Units whose verdicts depend on these ones."""
    return _column(connection, audited_links.c.unit, audited_links.c.reads, site, units)


def read_by(connection: Connection, site: str, units: Collection[str]) -> set[str]:
    """Units on which the verdicts of these ones depend."""
    return _column(connection, audited_links.c.reads, audited_links.c.unit, site, units)


def writings(connection: Connection, site: str, units: Collection[str]) -> set[str]:
    """How the numbers of these units are written in the tables, besides the units' own names."""
    return _column(connection, audited_writings.c.number, audited_writings.c.unit, site, units)


def units_of(connection: Connection, site: str, units: Collection[str]) -> dict[str, Unit]:
    """What is kept of these units; those that are not known are left out."""
    found: dict[str, Unit] = {}
    for some in _parts(units):
        query = sa.select(audited_units).where(audited_units.c.site == site, audited_units.c.unit.in_(some))
        found |= {row.unit: Unit(row.again, row.day, row.counts) for row in connection.execute(query)}
    return found


def days_of(connection: Connection, site: str, series: str) -> Iterator[tuple[str, date | None]]:
    """The units whose names begin so, with the first day that is known of each."""
    unit = audited_units.c.unit  # sorted by code points on both databases
    query = sa.select(unit, audited_units.c.day).where(
        audited_units.c.site == site, unit >= series, unit < f"{series}\U0010ffff"
    )
    for row in connection.execute(query):
        yield row.unit, row.day


def forget(connection: Connection, site: str) -> None:
    """Give up all memory of a site."""
    for table in (audited_units, audited_links, audited_writings, case_changes, audited_sites):
        connection.execute(sa.delete(table).where(table.c.site == site))


def forget_if_left(connection: Connection, site: str, night: date) -> None:
    """Give up the memory of a site that is read or fed, but was not audited for `LEFT_AFTER`: its notes would only pile up.

    To be called by who changes cases, in a turn that no audit of the site shares.
    """
    left = sa.select(sa.literal(1)).where(audited_sites.c.site == site, audited_sites.c.night < night - LEFT_AFTER)
    if connection.execute(left).first() is not None:
        forget(connection, site)


def remember(
    connection: Connection,
    site: str,
    remembered: Remembered,
    units: Mapping[str, Unit],
    *,
    gone: Collection[str],
    links: Iterable[tuple[str, str]],
    written: Iterable[tuple[str, str]],
) -> None:
    """Keep what an audit came to, in place of what was kept of these units.

    Args:
        gone: Units that were looked at and are no more.
        links: Of these units, those on which their verdicts depend: unit, the other one.
        written: Of these units, how their numbers are written in the tables: unit, writing.
    """
    for some in _parts({*units, *gone}):
        for table in (audited_links, audited_writings):
            connection.execute(sa.delete(table).where(table.c.site == site, table.c.unit.in_(some)))
    for some in _parts(gone):
        connection.execute(sa.delete(audited_units).where(audited_units.c.site == site, audited_units.c.unit.in_(some)))
    rows = [
        {"site": site, "unit": name, "again": one.again, "day": one.day, "counts": one.counts}
        for name, one in units.items()
    ]
    for start in range(0, len(rows), BATCH):
        upsert(connection, audited_units, rows[start : start + BATCH], ("site", "unit"))
    _insert(connection, audited_links, [{"site": site, "unit": u, "reads": other} for u, other in sorted(set(links))])
    _insert(connection, audited_writings, [{"site": site, "unit": u, "number": n} for u, n in sorted(set(written))])
    sums = [[name, day.toordinal(), count] for (name, day), count in remembered.sums.items() if count]
    said = {"axes": remembered.axes.known, "sums": sums, "gaps": remembered.gaps}
    row = {
        "site": site,
        "night": remembered.night,
        "context": remembered.context,
        "sums": zlib.compress(json.dumps(said, ensure_ascii=False).encode(), 1),
    }
    upsert(connection, audited_sites, [row], ("site",))
    connection.execute(sa.delete(case_changes).where(case_changes.c.site == site))


def _insert(connection: Connection, table: sa.Table, rows: list[dict[str, str]]) -> None:
    for start in range(0, len(rows), BATCH):
        connection.execute(sa.insert(table), rows[start : start + BATCH])


def _column(
    connection: Connection, wanted: sa.Column[str], given: sa.Column[str], site: str, units: Collection[str]
) -> set[str]:
    found: set[str] = set()
    for some in _parts(units):
        query = sa.select(wanted).where(wanted.table.c.site == site, given.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def _parts(units: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(units)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
