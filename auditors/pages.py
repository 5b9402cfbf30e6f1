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
    """Each page that was looked through tonight, clean ones too: that it is clean now ends an open finding."""
    data: dict[str, list[PersonalDatum]] = defaultdict(list)
    persons: dict[str, list[NamedPerson]] = defaultdict(list)
    for datum in store.read(connection, PersonalDatum, site=site, on=night):
        data[datum.record.url].append(datum.record)
    for person in store.read(connection, NamedPerson, site=site, on=night):
        persons[person.record.url].append(person.record)
    judgments = {
        seen.record.url.partition("#")[0]: seen.record
        for seen in reversed(store.read(connection, Judgment, site=site, on=night))
    }
    pages = []
    for seen in store.read(connection, PageScan, site=site, on=night):
        scan = seen.record
        pages.append(
            PublishedPage(
                scan=scan,
                data=tuple(data[scan.url]),
                persons=tuple(persons[scan.url]),
                judgment=None if scan.attachment else judgments.get(scan.url),
                first_seen=seen.first_seen,
                department=departments.get(scan.section or ""),
            )
        )
    return pages
