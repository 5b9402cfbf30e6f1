"""A site that one night was too short for: its run goes on in the next, and tells of that one.

What does not change is not read again: articles, judgments, files that were there. What tonight's conclusions rest on is
read tonight, whole: home, lists, the hearing portal, and whatever was not well when it was asked.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crawlers.attachments import is_cut
from crawlers.conclude.kept import Kept
from crawlers.conclude.links import Links
from crawlers.conclude.sections import Sections
from crawlers.profile import Profile
from crawlers.urls import identity
from storage import runs
from storage.records import Access, LinkKind
from storage.runs import Run
from storage.schema import accesses

_WELL = [access.value for access in Access if access.is_ok]


def carry_over(connection: Connection, profile: Profile, night: date) -> Run | None:
    """Let the run that an earlier night could not finish be tonight's; None if there is none.

    Its accesses to lists and to what was not well are forgotten, so that the crawl asks them again: a court is not told on
    Wednesday that nothing was new on Monday, nor that a link is dead that was mended on Tuesday.
    """
    run = runs.unfinished(connection, profile.id, night)
    if run is None:
        return None
    of_the_run = accesses.c.run == run.id
    connection.execute(
        sa.delete(accesses).where(
            of_the_run,
            sa.or_(accesses.c.access.not_in(_WELL), accesses.c.kind.in_((LinkKind.PORTAL.value, LinkKind.FRAME.value))),
        )
    )
    again = _lists(connection, profile, run)
    columns = (accesses.c.url, accesses.c.final_url, accesses.c.kind, accesses.c.internal, accesses.c.status)
    rows = connection.execute(sa.select(*columns).where(of_the_run))
    for url in [
        row.url
        for row in rows
        if {identity(row.url), identity(row.final_url or row.url)} & again
        or is_cut(row.url, row.kind, row.internal, row.status)
    ]:
        connection.execute(sa.delete(accesses).where(of_the_run, accesses.c.url == url))
    asked = sa.update(accesses).where(of_the_run, accesses.c.carried.is_(None))
    connection.execute(asked.values(carried=run.night))
    runs.update(connection, run.id, night=night)
    return runs.find(connection, profile.id, night)


def _lists(connection: Connection, profile: Profile, run: Run) -> set[str]:
    """The identities of home, of the pages of the sections as far as they were read, and of all that a pager leads to: a
    list may be a table, of which only its reader knows the pages."""
    if not profile.home:
        return set()
    kept = Kept(connection, profile, run)
    links = Links(kept)
    kept.read_accesses()
    kept.read_shapes(links.note)
    sections = Sections(kept, links, profile.court).pages()
    return {identity(profile.home), *map(identity, sections), *(kept.site.pager_targets - kept.site.row_targets)}
