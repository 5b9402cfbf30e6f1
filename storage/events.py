"""What people did with findings: who, when, what, with what before and after. Events are added, never changed or removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import seals
from storage.schema import events as table

# Said by the department in charge, by its feedback form.
RECTIFIED = "rectified"  # done, to be checked again
REPLIED = "replied"  # answered, but not called done
RECHECK = "recheck"  # looked at again at once: `after` has the verdict, and when it began to read
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Event:
    """One step of a finding's life.

    Attributes:
        fingerprint: Of the finding.
        at: The moment, with its time zone.
        who: Who did it in gongkai, such as the one who imported a form; not who answers for the finding.
        what: `rectified`, `replied` …
        note: Why or from where, in words.
        until: The day up to which it holds, if it does not for good.
        before, after: What it changed, as JSON values; None: it says nothing of that kind.
        id: Its place in the order of events; given by the database.
    """

    fingerprint: str
    at: datetime
    who: str
    what: str
    note: str | None = None
    until: date | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    id: int | None = None


def append(connection: Connection, made: Iterable[Event]) -> None:
    """Write events down, in this order; each becomes a link of the chain. Of two writers the second waits.

    Raises:
        ValueError: A moment has no time zone.
        sqlalchemy.exc.IntegrityError: There is no such finding.
    """
    rows = [{name: value for name, value in vars(event).items() if name != "id"} for event in made]
    for row in rows:
        if row["at"].tzinfo is None:
            raise ValueError(f"an event's moment has no time zone: {row['at']}")
    if not rows:
        return
    seals.begin(connection)
    insert = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
    seals.seal_events(connection, connection.execute(insert, rows).scalars().all())


def read(
    connection: Connection, *, of: Collection[str] | None = None, until: datetime | None = None
) -> dict[str, list[Event]]:
    """Events by fingerprint, oldest first.

    Args:
        of: Only of these findings.
        until: Only those up to this moment.
    """
    query = sa.select(table).order_by(table.c.at, table.c.id)
    if until is not None:
        query = query.where(table.c.at <= until)
    if of is None:
        queries = [query]
    else:
        wanted = sorted(of)
        parts = (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))
        queries = [query.where(table.c.fingerprint.in_(part)) for part in parts]
    found: dict[str, list[Event]] = {}
    for one in queries:
        for row in connection.execute(one).mappings():
            found.setdefault(row["fingerprint"], []).append(Event(**row))
    return found


def about(connection: Connection, what: Collection[str]) -> list[str]:
    """The fingerprints of findings that have an event of one of these kinds."""
    query = sa.select(table.c.fingerprint).where(table.c.what.in_(list(what))).distinct()
    return list(connection.execute(query).scalars())
