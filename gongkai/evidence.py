"""Evidence for people: the kept pages that findings and sections cite, as files named by their hash."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import pages, store
from storage.findings import Finding
from storage.records import NamedPerson, PersonalDatum, Section
from storage.schema import TABLES
from storage.schema import pages as pages_table

OWNER_ONLY = 0o600


def cited(connection: Connection, findings: Iterable[Finding], sites: Iterable[str], night: date) -> set[str]:
    """The hashes of the bodies that findings and tonight's sections refer to."""
    hashes = {e.sha256 for f in findings for e in f.evidence}
    for site in sites:
        hashes |= {seen.record.sha256 for seen in store.read(connection, Section, site=site, on=night)}
    return {h for h in hashes if h is not None}


def write(connection: Connection, hashes: Iterable[str], folder: Path, personal: Collection[str]) -> list[Path]:
    """Write the bodies to `folder/<sha256>.html`, or `.bin` if they are no HTML; those that are there stay.

    A hash without a kept body (a HEAD answer, a file over the size limit) has no file.

    Args:
        personal: Those that show personal data: readable by their owner only, since they prove a finding and are not for
            sending on.
    """
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for digest in sorted(hashes):
        kept = connection.execute(sa.select(pages_table.c.content_type).where(pages_table.c.sha256 == digest)).first()
        body = pages.body(connection, digest) if kept is not None else None
        if kept is None or body is None:
            continue
        path = folder / (digest + (".html" if is_html(kept.content_type, body) else ".bin"))
        if not path.exists():
            path.write_bytes(body)
        if digest in personal:
            path.chmod(OWNER_ONLY)
        written.append(path)
    return written


def personal_among(connection: Connection, findings: Iterable[Finding]) -> set[str]:
    """The hashes of the bodies that show personal data: now, or when a finding cited them."""
    return with_personal_data(connection).union(*(personal_of(connection, finding) for finding in findings))


def with_personal_data(connection: Connection) -> set[str]:
    """The hashes of the bodies that show somebody's personal data."""
    found: set[str] = set()
    for kind in (PersonalDatum, NamedPerson):
        column = TABLES[kind].c.sha256
        found |= set(connection.execute(sa.select(column).distinct().where(column.is_not(None))).scalars())
    return found


def is_html(content_type: str | None, body: bytes) -> bool:
    """By what the server said; if it said nothing, by how the body begins."""
    if content_type:
        return "html" in content_type.lower()
    return body[:1024].lstrip().lower().startswith((b"<!doctype", b"<html", b"<head", b"<"))


def personal_of(connection: Connection, finding: Finding) -> set[str]:
    """Which of the bodies that a finding cites show, or may show, somebody's personal data.

    The records know a page's present body only. An earlier one of the same address is taken to show what was found there on
    any night, and whatever a finding on personal data cites to show it still.
    """
    cited_ones = {e.sha256: e.url for e in finding.evidence if e.sha256}
    if finding.rule.startswith("P-"):
        return set(cited_ones)
    found: set[str] = set()
    for kind in (PersonalDatum, NamedPerson):
        table = TABLES[kind]
        of_url = sa.and_(table.c.site == finding.site, table.c.url.in_(list(cited_ones.values())))
        query = sa.select(table.c.url, table.c.sha256).where(sa.or_(table.c.sha256.in_(list(cited_ones)), of_url))
        for url, digest in connection.execute(query.distinct()):
            found |= {cited for cited, where in cited_ones.items() if digest == cited or where == url}
    return found


def shows_personal_data(connection: Connection, finding: Finding) -> bool:
    """Whether a picture of the finding's page may show somebody's personal data: a page of it does, or did."""
    if finding.rule.startswith("P-") or personal_of(connection, finding):
        return True
    urls = [url for url in {finding.subject.url, *(e.url for e in finding.evidence)} if url]
    for kind in (PersonalDatum, NamedPerson):
        table = TABLES[kind]
        query = sa.select(table.c.id).where(table.c.site == finding.site, table.c.url.in_(urls)).limit(1)
        if connection.execute(query).first() is not None:
            return True
    return False
