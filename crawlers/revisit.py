"""What a night asks of a site again, and what it takes over from the nights before.

Home, lists, portal, what is recent and whatever was not simply well are asked every night. An old page that was well is
asked once in so many nights: on the night that its address falls on, so that each night has its share and none depends on
what was asked before. What is not asked stands as it was last read, with that reading's date, and is followed as if it
had come tonight: so a page is carried only as long as something still leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urljoin
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawlers.attachments import is_cut
from crawlers.frontier import NO_LONGER_LISTED, Job
from crawlers.html import VERSION
from crawlers.task import CrawlTask
from crawlers.urls import identity
from storage import runs
from storage.database import reading
from storage.findings import ENDED
from storage.records import Access, Item, LinkKind, Target
from storage.runs import Run
from storage.schema import TABLES, accesses, extracts, findings, issues, sightings
from storage.schema import runs as runs_table

_WELL = [access.value for access in Access if access.is_ok]
_PAGES = (LinkKind.PAGE.value, LinkKind.FRAME.value)
ANSWERED = (
    Access.GONE,
    Access.SOFT_GONE,
    Access.REDIRECT_LOOP,
    Access.EMPTY,
    Access.UNEXPECTED_TYPE,
    Access.UNDECODABLE,
)
_ONCE = ("[]", "null")  # no earlier probe of the same night, as JSON is written


@dataclass(frozen=True, slots=True)
class Carried:
    """An address as an earlier night read it.

    Attributes:
        night: The night on which it was asked.
        page: The address that its shape is kept under; None: it is no page of the site.
        final_url: Where it led, if it led elsewhere.
    """

    url: str
    night: date
    depth: int
    page: str | None
    final_url: str | None


class Revisits:
    """What tonight takes over.

    Attributes:
        run, night: The run of the night before, whose rows are copied; None: there is nothing to take over.
        proven: What a server said that night in the place of a page, and said again when it was asked twice. If it says the
            same tonight, that is a third time, and it is not asked again. A connection that fails is: that may be a moment's.
    """

    def __init__(self, database: Engine, task: CrawlTask, run: Run) -> None:
        self._task, self._run = task, run
        self._carried: dict[str, Carried] = {}
        self.run: int | None = None
        self.night: date | None = None
        self.proven: dict[str, Access] = {}
        if task.revisit_nights > 1 and task.only is None:
            with reading(database) as connection:
                self._choose(connection)

    def takes(self, job: Job) -> bool:
        """Is this one not asked tonight? A judgment that no list leads to any more always is."""
        return job.url in self._carried and job.depth != NO_LONGER_LISTED

    def of(self, job: Job) -> Carried:
        """What is taken over in the place of asking."""
        return self._carried[job.url]

    def _choose(self, connection: Connection) -> None:
        profile = self._task.profile
        before = runs.newest_at_home(connection, profile.id, profile.home, before=self._task.night)
        if before is None or _count(connection, before.id) <= self._task.revisit_above:
            return
        self.run, self.night = before.id, before.night
        self.proven = _proven(connection, before.id)
        nightly = self._nightly(connection, before.night)
        for row in connection.execute(_well(before.id, profile.id)):
            asked = row.carried or before.night
            if identity(row.url) in nightly or identity(row.final_url or row.url) in nightly:
                continue
            if is_cut(row.url, row.kind, row.internal, row.status):
                continue
            if is_due(row.url, asked, self._task.night, self._task.revisit_nights):
                continue
            self._carried[row.url] = Carried(row.url, asked, row.depth, row.page, row.final_url)

    def _nightly(self, connection: Connection, before: date) -> set[str]:
        """The pages that are asked every night: those of the site's frame, recent ones, and doubtful ones."""
        site, home = self._task.profile.id, self._task.profile.home
        found = {home, *(urljoin(home, one.url) for one in self._task.profile.sections.values())}
        found |= _recent(connection, site, self._task.night - timedelta(days=self._task.revisit_nights))
        found |= _doubtful(connection, site, before, self.run)
        return {identity(url) for url in found if "://" in url}


def is_due(url: str, asked: date, tonight: date, nights: int) -> bool:
    """Has an address's turn come since it was last asked? Nights that were missed are made up for on the next one.

    Args:
        nights: Each address has its turn once in so many nights.
    """
    first = asked.toordinal() + 1
    turn = first + (crc32(identity(url).encode()) - first) % nights
    return turn <= tonight.toordinal()


def _count(connection: Connection, run: int) -> int:
    query = sa.select(sa.func.count()).where(accesses.c.run == run, accesses.c.kind != LinkKind.PORTAL.value)
    return int(connection.execute(query).scalar_one())


def _well(run: int, site: str) -> sa.Select[Any]:
    """What was simply well, asked once and read by this version of the program; lists and frames are none of it."""
    is_page = sa.and_(accesses.c.internal, accesses.c.kind.in_(_PAGES))
    kept = sa.and_(
        extracts.c.site == site,
        extracts.c.url == sa.func.coalesce(accesses.c.final_url, accesses.c.url),
        extracts.c.sha256 == accesses.c.sha256,
        extracts.c.version == VERSION,
        extracts.c.listing.is_(sa.false()),  # not yet told apart: it is asked
    )
    return (
        sa.select(
            accesses.c.url,
            accesses.c.final_url,
            accesses.c.depth,
            accesses.c.kind,
            accesses.c.internal,
            accesses.c.status,
            accesses.c.carried,
            extracts.c.url.label("page"),
        )
        .outerjoin(extracts, sa.and_(is_page, kept))
        .where(
            accesses.c.run == run,
            accesses.c.access.in_(_WELL),
            accesses.c.kind.not_in((LinkKind.PORTAL.value, LinkKind.FRAME.value)),
            accesses.c.method != "BROWSER",
            sa.or_(accesses.c.probes.is_(None), sa.cast(accesses.c.probes, sa.Text).in_(_ONCE)),
            sa.or_(sa.not_(is_page), extracts.c.url.is_not(None)),
        )
    )


def _proven(connection: Connection, run: int) -> dict[str, Access]:
    """What was answered in the place of a page; none is written down before it was asked twice."""
    kinds = [access.value for access in ANSWERED]
    query = sa.select(accesses.c.url, accesses.c.access).where(accesses.c.run == run, accesses.c.access.in_(kinds))
    return {row.url: Access(row.access) for row in connection.execute(query)}


def _recent(connection: Connection, site: str, since: date) -> set[str]:
    """Pages that are as new as a whole round: published since, or come into a list since, though not with the site itself."""
    table = TABLES[Item]
    first = sa.select(sa.func.min(runs_table.c.night)).where(runs_table.c.site == site).scalar_subquery()
    query = sa.select(table.c.url).where(
        table.c.site == site,
        sa.or_(table.c.published > since, sa.and_(table.c.first_seen > since, table.c.first_seen > first)),
    )
    return set(connection.execute(query).scalars())


def _doubtful(connection: Connection, site: str, before: date, run: int | None) -> set[str]:
    """Pages of open findings and the pages that prove them, those that lead to dead targets, and those not understood.

    Of a dead target that more pages lead to than are on record, none is asked for its sake: as long as one of the others
    stands as it was, it leads there still.
    """
    audited = sa.select(sa.func.max(runs_table.c.night)).where(
        runs_table.c.site == site, runs_table.c.audited.is_not(None)
    )
    query = (
        sa.select(findings.c.url, sightings.c.evidence)
        .join(sightings, sightings.c.fingerprint == findings.c.fingerprint)
        .where(
            findings.c.site == site,
            sightings.c.night == audited.scalar_subquery(),
            sightings.c.verdict.not_in(ENDED),
            findings.c.kind != "link",
        )
    )
    found: set[str] = set()
    for url, proofs in connection.execute(query):
        found.update(_addresses((url, *(proof["url"] for proof in proofs))))
    targets = TABLES[Target]
    leading = sa.select(targets.c.referrers, targets.c.referrer_count).where(
        targets.c.site == site, targets.c.last_seen == before
    )
    for referrers, count in connection.execute(leading):
        if count <= len(referrers):
            found.update(_addresses(one["url"] for one in referrers))
    found.update(connection.execute(sa.select(issues.c.subject).where(issues.c.run == run)).scalars())
    return found


def _addresses(urls: Iterable[str | None]) -> Iterable[str]:
    """Addresses of pages; several cases of one document differ by the fragment."""
    return (url.partition("#")[0] for url in urls if url)
