"""On which nights the sections of a site were read completely."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import runs
from storage.records import Section
from storage.schema import TABLES


def read_until(connection: Connection, site: str, night: date, kinds: Sequence[str], *, tonight: bool) -> date | None:
    """The last night on which every section of these kinds that stood there was read completely; None: never.

    Args:
        kinds: judgment, withheld, stream …
        tonight: They were, tonight.
    """
    if tonight:
        return night
    table = TABLES[Section]
    query = sa.select(table.c.url, table.c.first_seen, table.c.last_seen).where(
        table.c.site == site, table.c.record.in_(kinds)
    )
    known = list(connection.execute(query))
    history = runs.section_history(connection, site, night)
    complete = {(url, row["night"]) for url, _, _ in known for row in history.get(url, ()) if row["complete"]}
    nights = sorted({on for _, on in complete if on < night}, reverse=True)
    return next(
        (on for on in nights if all((url, on) in complete for url, first, last in known if first <= on <= last)), None
    )
