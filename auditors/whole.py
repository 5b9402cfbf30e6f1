"""Was all of a site read? A night is complete though a page of it failed; what only that page leads to is not known then."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import runs, store
from storage.records import Access, LinkKind, Section
from storage.runs import Run
from storage.schema import accesses
from storage.schema import runs as runs_

NO_LONGER_LISTED = 99
"""The depth of a page that was asked though nothing leads there (`crawlers.frontier`)."""
_GONE = (Access.GONE, Access.SOFT_GONE)
_REMEMBERED = timedelta(days=60)  # what was last read longer ago hides nothing: it cannot be waited for without end


def is_whole(connection: Connection, run: Run) -> bool:
    """Whether no more was on the site than what was found that night."""
    return run.is_complete and not _hides_links(connection, run)


def missing_sections(connection: Connection, site: str, night: date) -> list[Section]:
    """Sections that stood there of late and of which tonight nothing is known.

    One that was not there when all of the site was read is gone, and not missing.
    """
    stood = store.read(connection, Section, site=site, until=night)
    missing = [seen for seen in stood if night - _REMEMBERED <= seen.last_seen < night]
    if not missing:
        return []
    late = runs.newest(connection, site, most=_REMEMBERED.days, until=night)
    last = next((run.night for run in late if is_whole(connection, run)), date.min)
    return [seen.record for seen in missing if seen.last_seen >= last]


def _hides_links(connection: Connection, run: Run) -> bool:
    """Was any page not read tonight that was read of late? What it leads to, and only it, is not known then."""
    before, earlier = accesses.alias("before"), runs_.alias("earlier")
    was_read = (
        sa.select(before.c.url)
        .join_from(earlier, before, before.c.run == earlier.c.id)
        .where(
            earlier.c.site == run.site,
            earlier.c.night < run.night,
            earlier.c.night >= run.night - _REMEMBERED,
            before.c.url == accesses.c.url,
            before.c.access.in_([a.value for a in Access if a.is_ok]),
        )
        .correlate(accesses)
        .exists()
    )
    query = sa.select(accesses.c.url).where(
        accesses.c.run == run.id,
        accesses.c.internal.is_(True),
        accesses.c.kind.in_([LinkKind.PAGE.value, LinkKind.FRAME.value]),
        accesses.c.access.not_in([a.value for a in Access if a.is_ok or a in _GONE]),
        accesses.c.depth != NO_LONGER_LISTED,  # nobody is led by what nothing leads to
        was_read,
    )
    return connection.execute(query.limit(1)).first() is not None
