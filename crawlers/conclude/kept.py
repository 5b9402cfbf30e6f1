"""What a night kept: each URL's access, each page's shape, and the pages' bodies. Read once, nothing concluded yet."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy.engine import Connection

from crawlers.anchors import Link
from crawlers.discover import Site
from crawlers.encoding import decode, looks_binary
from crawlers.html import Shape
from crawlers.profile import Profile
from crawlers.urls import identity
from crawlers.writer import unpack_shape
from storage import pages
from storage.database import DatabaseError
from storage.records import Access, LinkKind
from storage.runs import Issue, Run
from storage.schema import accesses, extracts
from storage.trouble import trouble_of

log = logging.getLogger(__name__)
LOST = "有留存页面丢失或损坏，未能读取"
"""Why something is incomplete that rests on a page of `Kept.lost`."""
_NONE: list[dict[str, Any]] = []  # most addresses are asked once


@dataclass(slots=True)
class Seen:
    """One URL's access tonight. `carried`: the night that asked it, where tonight did not."""

    url: str
    access: Access
    status: int | None
    at: datetime
    sha256: str | None
    kind: LinkKind
    internal: bool
    depth: int
    final_url: str | None
    elapsed: float | None
    detail: str | None
    probes: list[dict[str, Any]]
    carried: date | None = None


OnShape = Callable[[str, Shape, int, str], None]
"""URL, shape, depth and the body's hash of a page that was read tonight."""


class Kept:
    """One run's pages, by the identity of their URLs.

    Attributes:
        seen: What came of each URL tonight.
        dead: Those that were not simply ok.
        site: The shapes of the pages that were read.
        bugs: Pages on which a reader stopped with a bug. They are not read: nothing follows from what they lack.
        lost: By address, what was asked for and its place has lost or damaged. Nothing follows from what is not there.
        missed: How often one of these was asked for: who sees it grow while he reads has not read all.
    """

    def __init__(self, connection: Connection, profile: Profile, run: Run) -> None:
        self.connection, self.profile, self.run, self.night = connection, profile, run, run.night
        self.seen: dict[str, Seen] = {}
        self.dead: dict[str, Seen] = {}
        self.site = Site(profile.home)
        self.bugs: list[Issue] = []
        self.lost: dict[str, Issue] = {}
        self.missed = 0
        self._shown: tuple[str, str] | None = None  # the page that was asked for last: hash, markup

    def read_accesses(self) -> None:
        """What came of each URL tonight."""
        columns = (
            accesses.c.url,
            accesses.c.access,
            accesses.c.status,
            accesses.c.at,
            accesses.c.sha256,
            accesses.c.kind,
            accesses.c.internal,
            accesses.c.depth,
            accesses.c.final_url,
            accesses.c.elapsed,
            accesses.c.detail,
            accesses.c.probes,
            accesses.c.carried,
        )
        of_the_site = (accesses.c.run == self.run.id, accesses.c.kind != LinkKind.PORTAL.value)
        query = sa.select(*columns).where(*of_the_site).order_by(accesses.c.url).execution_options(yield_per=1_000)
        for row in self.connection.execute(query):
            seen = Seen(
                row.url,
                Access(row.access),
                row.status,
                row.at,
                row.sha256,
                LinkKind(row.kind),
                row.internal,
                row.depth,
                row.final_url,
                row.elapsed,
                row.detail,
                row.probes or _NONE,
                row.carried,
            )
            key = identity(row.url)
            self.seen[key] = seen
            self.site.tonight[key] = seen.access.value
            if row.final_url and seen.access.is_ok and identity(row.final_url) != key:
                self.site.moved[key] = identity(row.final_url)
            if not seen.access.is_ok:
                self.dead[key] = seen

    def read_shapes(self, on_shape: OnShape) -> None:
        """Each page that was read tonight, once: its links are handed to `on_shape` on the way and not kept."""
        wanted: dict[str, int] = {}
        for key, seen in self.seen.items():
            if seen.access.is_ok and seen.internal and seen.kind in (LinkKind.PAGE, LinkKind.FRAME):
                target = self.site.moved.get(key, key)
                wanted[target] = min(seen.depth, wanted.get(target, seen.depth))
        query = (
            sa.select(extracts.c.url, extracts.c.sha256, extracts.c.data)
            .where(extracts.c.site == self.profile.id)
            .order_by(extracts.c.url)  # who is shown as leading to a dead link depends on no machine's speed
            .execution_options(yield_per=200)
        )
        for row in self.connection.execute(query):
            key = identity(row.url)
            if key not in wanted:
                continue
            shape = unpack_shape(row.data)
            if key not in self.seen:  # reached by a redirect only
                origin = next((s for k, s in self.seen.items() if self.site.moved.get(k) == key), None)
                if origin is not None:
                    self.seen[key] = replace_seen(origin, row.url, row.sha256)
            on_shape(row.url, shape, wanted[key], row.sha256)
            self.site.add(row.url, shape, wanted[key])

    def links(self, url: str) -> list[Link]:
        """The links of a page that was read tonight."""
        note = self.site.page(url)
        stored = (
            sa.select(extracts.c.data).where(extracts.c.site == self.profile.id, extracts.c.url == note.url)
            if note
            else None
        )
        data = self.connection.execute(stored).scalar() if stored is not None else None
        return unpack_shape(data).links if data is not None else []

    def file(self, url: str) -> bytes | None:
        """What came tonight under a URL, if it is a file and was kept whole; None for pages and for what was not kept."""
        seen = self.seen.get(identity(url))
        if seen is None or seen.sha256 is None or not seen.access.is_ok or not seen.internal:
            return None
        body = self.bodies({seen.url: seen.sha256}).get(seen.url)
        if body is None or (seen.kind is not LinkKind.ATTACHMENT and not looks_binary(body)):
            return None
        return body

    def bug(self, url: str, error: Exception) -> None:
        """Called where a reader stopped with a bug: it is said loudly, and the other pages go on.

        Raises:
            Exception: The same, where it is the trouble of the database or of a place of kept pages: there are no other
                pages then.
        """
        if isinstance(error, DatabaseError) or trouble_of(error) is not None:
            raise error
        log.exception("bug while reading %s", url)
        self.bugs.append(Issue(cause="bug", subject=url, detail=type(error).__name__))

    def bodies(self, hashes: Mapping[str, str]) -> dict[str, bytes]:
        """The kept bytes of some hundred addresses, by these; what is not kept is missing, and what is lost is noted.

        Args:
            hashes: What came tonight, by address.

        Raises:
            PlaceTrouble: The place of some cannot be read.
        """
        gone: set[str] = set()
        found = pages.bodies(self.connection, hashes.values(), on_lost=gone.add)
        for url, digest in hashes.items() if gone else ():
            if digest in gone:
                self.missed += 1
                if url not in self.lost:
                    log.error("the kept page of %s is lost or damaged: %s", url, digest)
                self.lost[url] = Issue(cause="page_lost", subject=url, detail=digest)
        return {url: found[digest] for url, digest in hashes.items() if digest in found}

    def html(self, url: str) -> str | None:
        """The page as it came tonight, decoded; None: no body was kept, or it is lost."""
        seen = self.seen.get(identity(url))
        digest = seen.sha256 if seen is not None else None
        if seen is None or digest is None:
            return None
        if self._shown is None or self._shown[0] != digest:  # several readers ask for one page, one after the other
            body = self.bodies({seen.url: digest}).get(seen.url)
            if body is None:  # not remembered: who asks for it again is to miss it too
                return None
            self._shown = (digest, decode(body)[0])
        return self._shown[1]

    def text_of(self, url: str, *, hints: bool = False) -> str | None:
        """What a reader sees of the page, line by line; with `hints` also what pointing at it shows (`title`)."""
        html = self.html(url)
        if html is None:
            return None
        tree = LexborHTMLParser(html)
        tree.strip_tags(["script", "style", "noscript", "template"])
        if tree.body is None:
            return ""
        text = tree.body.text(separator="\n")
        return "\n".join([text, *(node.attributes["title"] or "" for node in tree.css("[title]"))]) if hints else text


def replace_seen(seen: Seen, url: str, digest: str) -> Seen:
    """The access of a page that was reached by a redirect only."""
    status, at, elapsed = seen.status, seen.at, seen.elapsed
    return Seen(url, Access.OK, status, at, digest, seen.kind, True, seen.depth, None, elapsed, None, [], seen.carried)
