"""Which attachments are read whole. Documents are (they may be the judgment, or leak what a page does not); the rest is
looked at by its first bytes. What earlier nights have read is asked for only if it has changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawlers.fetch import Answer
from crawlers.frontier import Job
from crawlers.urls import path_of
from crawlers.writer import Writer
from storage import runs
from storage.database import reading
from storage.findings import ENDED
from storage.records import Judgment, LinkKind
from storage.schema import TABLES, accesses, extracts, findings, sightings
from storage.schema import runs as runs_table

READABLE = re.compile(r"\.(?:docx?|wps|pdf|xlsx?|et|rtf|txt|csv)$", re.I)
MOST_BYTES = 400 * 1024 * 1024  # of attachments in one night; more is looked at by the first bytes only
FIRST_BYTES = {"Range": "bytes=0-2047"}
LOOK_AGAIN = timedelta(days=60)  # how long a document that left the lists is asked for


def is_document(url: str, kind: str, internal: bool) -> bool:
    """Is it to be read from its first byte to its last?"""
    return internal and kind == LinkKind.ATTACHMENT.value and READABLE.search(path_of(url)) is not None


def is_cut(url: str, kind: str, internal: bool, status: int | None) -> bool:
    """A document of which only the first bytes were read: of its contents nothing is known."""
    return status == 206 and is_document(url, kind, internal)


class Attachments:
    """The attachments of one night at one site.

    Attributes:
        cut: How many documents were not read to their end.
    """

    def __init__(self, engine: Engine, site: str, home: str, night: date) -> None:
        self._engine, self._site, self._night = engine, site, night
        with reading(engine) as connection:
            before = runs.newest_at_home(connection, site, home, before=night)
        self._before = None if before is None else before.id
        self._read = 0
        self.cut = 0

    def headers(self, job: Job) -> Mapping[str, str]:
        """What to ask with: the first bytes only, or what has changed since the night before."""
        if not is_document(job.url, job.kind.value, job.internal):
            return FIRST_BYTES
        known = self._known(job.url) or {}
        found = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("last-modified")}
        if self._read >= MOST_BYTES:  # what has not changed costs nothing still
            found |= FIRST_BYTES
        return {name: value for name, value in found.items() if value}

    def keep(self, job: Job, answer: Answer, writer: Writer) -> tuple[str | None, bool]:
        """The hash of a document that came, or did not change; and whether it is the one of the night before."""
        if not (job.internal and job.kind is LinkKind.ATTACHMENT) or answer.method != "GET":
            return None, False
        wanted = is_document(job.url, job.kind.value, job.internal)
        known = self._known(job.url) if wanted else None
        if answer.status == 304 and known is not None:
            for name in ("etag", "last-modified"):
                if known.get(name):
                    answer.headers.setdefault(name, known[name])
            return known["sha256"], True
        self.cut += is_cut(job.url, job.kind.value, job.internal, answer.status)
        if answer.status != 200 or not answer.body or not wanted:
            return None, False
        self._read += len(answer.body)
        digest = writer.page(answer.body, answer.headers.get("content-type"))
        return digest, known is not None and known["sha256"] == digest

    def _known(self, url: str) -> dict[str, Any] | None:
        """The night before: hash, etag, last-modified; None if it was not read whole."""
        if self._before is None:
            return None
        query = sa.select(accesses.c.sha256, accesses.c.headers).where(
            accesses.c.run == self._before, accesses.c.url == url
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None or row.sha256 is None else {"sha256": row.sha256, **(row.headers or {})}

    def documents_to_look_for(self) -> list[str]:
        """Pages of judgments that were published of late: those that no list leads to tonight are asked for again."""
        table = TABLES[Judgment]
        query = sa.select(table.c.url).where(
            table.c.site == self._site, table.c.imported.is_(None), table.c.last_seen >= self._night - LOOK_AGAIN
        )
        with reading(self._engine) as connection:
            return sorted({url.partition("#")[0] for url in connection.execute(query).scalars()})

    def pages_to_look_for(self) -> list[str]:
        """Pages with open findings: whether such a page is mended, or gone, is told by it, not by what leads there.

        None of the site's lists and frame: that nothing leads to a section any more is how it is given up.
        """
        audited = sa.select(sa.func.max(runs_table.c.night)).where(
            runs_table.c.site == self._site, runs_table.c.night < self._night, runs_table.c.audited.is_not(None)
        )
        query = (
            sa.select(extracts.c.url)  # it was read as a page once, and under this very address
            .join(findings, sa.and_(findings.c.site == extracts.c.site, findings.c.url == extracts.c.url))
            .join(sightings, sightings.c.fingerprint == findings.c.fingerprint)
            .where(
                findings.c.site == self._site,
                findings.c.kind == "page",
                extracts.c.listing.is_(sa.false()),
                sightings.c.night == audited.scalar_subquery(),
                sightings.c.verdict.not_in(ENDED),
            )
        )
        with reading(self._engine) as connection:
            return sorted(set(connection.execute(query).scalars()))
