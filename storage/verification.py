"""Whether anything that was sealed has been altered, added or removed since: the chain walked link by link, and every kept
page hashed again.

What it cannot know by itself is whether somebody with the run of the database made the whole chain anew. For that the head
is noted outside (`Anchor`), night by night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import chain, pages, places, seals
from storage.chain import BULLETIN, EVENT, NIGHT, PICTURE, REMOVAL, START, Link
from storage.findings import Subject, fingerprint
from storage.schema import accesses, bulletin_files, bulletins, events, findings, pictures, removed_pages
from storage.schema import chain as table
from storage.schema import pages as pages_table

BATCH = 200
ENOUGH = 50  # problems; by then there is no doubt


@dataclass(frozen=True)
class Anchor:
    """A head of the chain as it was noted outside the database."""

    position: int
    digest: str


@dataclass(frozen=True)
class Problem:
    """What is not as it was sealed.

    Attributes:
        what: A code: link (the link itself was changed), order (links are missing before it), anchor (the chain is not the
            one that was noted outside), event, night_run, night_accesses, night_sightings, picture, bulletin, removal (what
            it is about was changed), gone (that is missing altogether), unsealed (there is something that no link knows),
            page (the bytes of a kept page), page_gone, finding (a finding was given to another subject), file (of a bulletin).
        subject: Of the link, or the hash of the page.
        position: Of the link; None: it is about no link.
    """

    what: str
    subject: str
    position: int | None = None


@dataclass
class Verified:
    """What was looked at, and what is wrong, the first broken link first."""

    links: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    removed: int = 0
    head: Link | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.problems


def verify(
    connection: Connection, anchors: Iterable[Anchor] = (), on_page: Callable[[int], None] | None = None
) -> Verified:
    """Hold everything sealed against the chain. Reads all; it ends after fifty problems.

    Args:
        anchors: Heads noted outside.
        on_page: Told how many kept pages were hashed.
    """
    result = Verified()
    noted: dict[int, set[str]] = {}
    for anchor in anchors:
        noted.setdefault(anchor.position, set()).add(anchor.digest)
    for problem in _problems(connection, result, noted, on_page):
        result.problems.append(problem)
        if len(result.problems) >= ENOUGH:
            break
    return result


def _problems(
    connection: Connection, result: Verified, anchors: dict[int, set[str]], on_page: Callable[[int], None] | None
) -> Iterator[Problem]:
    newest = _newest(connection)
    before: Link | None = None
    for links in chain.walk(connection):
        found = list(_contents(connection, links, newest))
        for link in links:
            if link.position != (before.position if before else 0) + 1:
                found.append(Problem("order", link.subject, link.position))
            elif not link.is_whole or link.previous != (before.digest if before else START):
                found.append(Problem("link", link.subject, link.position))
            if anchors.pop(link.position, {link.digest}) != {link.digest}:
                found.append(Problem("anchor", link.subject, link.position))
            result.links[link.kind] += 1
            result.head = before = link
        yield from sorted(found, key=lambda problem: problem.position or 0)
    for noted in sorted(anchors):  # the chain ends before what was noted
        yield Problem("anchor", str(noted), noted)
    yield from _unsealed(connection)
    yield from _findings(connection)
    yield from _pages(connection, result, on_page)


def _newest(connection: Connection) -> dict[tuple[str, str], int]:
    """The last link of each night and bulletin: a night that was audited again has several, and the last one holds."""
    query = (
        sa.select(table.c.kind, table.c.subject, sa.func.max(table.c.position))
        .where(table.c.kind.in_((NIGHT, BULLETIN, REMOVAL)))
        .group_by(table.c.kind, table.c.subject)
    )
    return {(kind, subject): position for kind, subject, position in connection.execute(query)}


def _contents(connection: Connection, links: Sequence[Link], newest: dict[tuple[str, str], int]) -> Iterator[Problem]:
    """What the links are about, held against the tables."""
    rows = {
        EVENT: seals.of_events(connection, _ids(links, EVENT)),
        PICTURE: seals.of_pictures(connection, _ids(links, PICTURE)),
    }
    for link in links:
        if link.kind in rows:
            says: Any = rows[link.kind].get(int(link.subject)) if link.subject.isdecimal() else None
        elif newest.get((link.kind, link.subject)) != link.position:
            continue
        else:
            says = _says(connection, link)
        if says is None:
            yield Problem("gone", link.subject, link.position)
        elif says != link.says:
            parts = [name for name in says if says[name] != link.says.get(name)]
            yield Problem(
                f"night_{parts[0]}" if link.kind == NIGHT and parts else link.kind, link.subject, link.position
            )


def _ids(links: Sequence[Link], kind: str) -> list[int]:
    return [int(link.subject) for link in links if link.kind == kind and link.subject.isdecimal()]


def _says(connection: Connection, link: Link) -> dict[str, Any] | None:
    try:
        if link.kind == NIGHT:
            site, night = link.subject.rsplit(" ", 1)
            return seals.of_night(connection, site, date.fromisoformat(night))
        if link.kind == BULLETIN:
            return seals.of_bulletin(connection, link.subject)
        if link.kind == REMOVAL:
            return seals.of_removal(connection, datetime.fromisoformat(link.subject))
    except ValueError:  # a subject that nobody wrote so: the link itself was changed
        return None
    return None


def _unsealed(connection: Connection) -> Iterator[Problem]:
    """What no link knows: added past the one way in."""
    if chain.head(connection) is None:
        return
    for kind, rows in ((EVENT, events), (PICTURE, pictures)):
        sealed = sa.select(sa.cast(table.c.subject, sa.Integer)).where(table.c.kind == kind)
        query = sa.select(rows.c.id).where(rows.c.id.not_in(sealed)).order_by(rows.c.id).limit(ENOUGH)
        for id_ in connection.execute(query).scalars().all():
            yield Problem("unsealed", f"{kind} {id_}")
    named = {NIGHT: [f"{site} {night}" for site, night in seals.nights(connection)]}
    named[BULLETIN] = list(connection.execute(sa.select(bulletins.c.number).order_by(bulletins.c.id)).scalars())
    for kind, subjects in named.items():
        known = chain.links_of(connection, kind, subjects)
        for subject in subjects:
            if subject not in known:
                yield Problem("unsealed", f"{kind} {subject}")


def _findings(connection: Connection) -> Iterator[Problem]:
    """A finding's id is a hash of its rule, site and subject: so none can be given to another subject."""
    for row in connection.execute(sa.select(findings).order_by(findings.c.fingerprint)).mappings():
        about = Subject(kind=row["kind"], url=row["url"], section=row["section"], case_number=row["case_number"])
        if fingerprint(row["rule"], row["site"], about) != row["fingerprint"]:
            yield Problem("finding", row["fingerprint"])


def _pages(connection: Connection, result: Verified, on_page: Callable[[int], None] | None) -> Iterator[Problem]:
    """Each kept page hashes to its name; each that was read on a sealed night is there, or its removal is on record."""
    after = ""
    while True:
        query = sa.select(pages_table.c.sha256, pages_table.c.body, pages_table.c.place)
        query = query.where(pages_table.c.sha256 > after).order_by(pages_table.c.sha256)
        rows = connection.execute(query.limit(BATCH)).all()
        packed = {row.sha256: row.body for row in rows if row.place is None}
        for place in sorted({row.place for row in rows} - {None}):
            packed |= places.fetch(connection, place, [row.sha256 for row in rows if row.place == place])
        for row in rows:
            if row.sha256 not in packed:
                yield Problem("page_gone", row.sha256)
            elif not _is(row.sha256, packed[row.sha256]):
                yield Problem("page", row.sha256)
        result.pages += len(rows)
        if on_page is not None:
            on_page(result.pages)
        if len(rows) < BATCH:
            break
        after = rows[-1].sha256
    result.removed = connection.execute(sa.select(sa.func.count(removed_pages.c.sha256.distinct()))).scalar() or 0
    for column in (accesses.c.sha256, pictures.c.sha256):
        gone = (
            sa.select(column)
            .distinct()
            .where(
                column.is_not(None),
                column.not_in(sa.select(pages_table.c.sha256)),
                column.not_in(sa.select(removed_pages.c.sha256)),
            )
        )
        for digest in connection.execute(gone.order_by(column).limit(ENOUGH)).scalars().all():
            yield Problem("page_gone", digest)
    for row in connection.execute(sa.select(bulletin_files.c.name, bulletin_files.c.sha256, bulletin_files.c.body)):
        if not _is(row.sha256, row.body):
            yield Problem("file", row.name)


def _is(digest: str, packed: bytes) -> bool:
    try:
        return pages.sha256(pages.unpack(packed)) == digest
    except Exception:  # of the compression: what cannot be unpacked was altered too
        return False
