"""Storage → published pages: what was looked through for personal data tonight, with the documents that pages are."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy.engine import Connection

from auditors.page_views import PublishedPage
from storage import store
from storage.records import Judgment, NamedPerson, PageScan, PersonalDatum


def build_published_pages(
    connection: Connection, site: str, night: date, departments: dict[str, str]
) -> list[PublishedPage]:
    """Each page that was looked through tonight, clean ones too: that it is clean now ends an open finding.

    Imported judgments are not read again; they are as they were until their file is imported anew.
    """
    scans = [
        seen
        for seen in store.read(connection, PageScan, site=site, until=night)
        if seen.last_seen == night or seen.record.imported is not None
    ]
    shown = {(seen.record.url, seen.last_seen) for seen in scans if seen.record.found}
    data: dict[str, list[PersonalDatum]] = defaultdict(list)
    persons: dict[str, list[NamedPerson]] = defaultdict(list)
    for datum in store.read(connection, PersonalDatum, site=site, until=night):
        if (datum.record.url, datum.last_seen) in shown:
            data[datum.record.url].append(datum.record)
    for person in store.read(connection, NamedPerson, site=site, until=night):
        if (person.record.url, person.last_seen) in shown:
            persons[person.record.url].append(person.record)
    judgments = _judgments(connection, site, night) if scans else {}
    return [
        PublishedPage(
            scan=seen.record,
            data=tuple(data[seen.record.url]),
            persons=tuple(persons[seen.record.url]),
            judgment=None if seen.record.attachment else judgments.get(seen.record.url),
            first_seen=seen.first_seen,
            department=departments.get(seen.record.section or ""),
        )
        for seen in scans
    ]


def _judgments(connection: Connection, site: str, night: date) -> dict[str, Judgment]:
    """The documents that stand published tonight, and imported ones, by the page that they are on."""
    return {
        seen.record.url.partition("#")[0] if seen.record.imported is None else seen.record.url: seen.record
        for seen in reversed(store.read(connection, Judgment, site=site, until=night))
        if seen.last_seen == night or seen.record.imported is not None
    }
