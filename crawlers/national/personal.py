"""The texts of imported judgments are looked through for personal data like those of pages; nothing unmasked is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from crawlers.personal import VERSION
from crawlers.personal.scan import Place, scan
from crawlers.readers.page import article
from storage.records import Judgment, PageKind, PageScan, Record


def personal_data(judgment: Judgment, text: str, until: date | None) -> tuple[Record, ...]:
    """A scan of the text, and what it shows.

    Args:
        text: As the record holds it, markup or plain.
        until: The audit date; without it the judgment's own day, as nobody is born later.
    """
    day = judgment.decided or judgment.published
    today = until or day
    if today is None:
        return ()
    plain = article(text).text if "<" in text[:2000] else text
    found = scan(plain, Place(judgment.site, judgment.url), PageKind.JUDGMENT, today, day=day)
    looked = PageScan(
        site=judgment.site,
        url=judgment.url,
        kind=PageKind.JUDGMENT,
        section=judgment.section,
        case_number=judgment.case_number,
        published=judgment.published,
        published_source=judgment.published_source,
        family=found.family,
        found=found.found,
        detector=VERSION,
        imported=judgment.imported,
    )
    data = (replace(datum, imported=judgment.imported) for datum in found.data)
    persons = (replace(person, imported=judgment.imported) for person in found.persons)
    return (looked, *data, *persons)
