"""Which of tonight's pages are published articles, judgments or notices, and what lists and readers know of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crawlers.conclude.kept import Kept
from crawlers.urls import identity
from storage.records import DateSource, Hearing, Item, Judgment, PageKind, Record, Section, Withheld

_BY_RECORD: dict[type[Record], PageKind] = {
    Judgment: PageKind.JUDGMENT,
    Hearing: PageKind.HEARING,
    Withheld: PageKind.WITHHELD,
}


@dataclass
class Published:
    """A page before it is read: which section lists it, under which title, and the document that it is.

    Attributes:
        record: The kind that a reader recognised it as.
    """

    url: str
    title: str = ""
    section: str | None = None
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    judgment: Judgment | None = None
    record: PageKind | None = None

    @property
    def day(self) -> date | None:
        """Of the judgment, else of publication: the day for which ages are reckoned."""
        return (self.judgment.decided if self.judgment is not None else None) or self.published


def published_pages(kept: Kept, sections: Iterable[Section], records: Iterable[Record]) -> dict[str, Published]:
    """Every page but the home page and plain lists of links, by the identity of its address; files that are judgments too.

    Args:
        records: The night's items, judgments, notices and hearings.
    """
    records, sections = list(records), list(sections)
    lists = _lists(kept, sections, {r.section_url for r in records if isinstance(r, Item)})
    found = {
        key: Published(note.url, note.shape.heading or note.shape.title)
        for key, note in kept.site.pages.items()
        if key not in lists
    }
    for section in sections:
        if (page := found.get(identity(section.url))) is not None:
            page.section = section.name
    for record in records:
        if isinstance(record, Item):
            _note_item(record, found.get(final(kept, record.url)))
        elif isinstance(record, Judgment | Hearing | Withheld):
            _note_record(kept, record, found)
    return found


def final(kept: Kept, url: str) -> str:
    """The identity of the page that an address leads to."""
    key = identity(url)
    return kept.site.moved.get(key, key)


def _lists(kept: Kept, sections: list[Section], listed: set[str]) -> set[str]:
    """The home page, and the pages of sections whose rows are items: their titles are looked at on the articles."""
    found = {final(kept, kept.profile.home)}
    waiting = [section.url for section in sections if section.url in listed]
    while waiting:
        url = waiting.pop()
        key, note = final(kept, url), kept.site.page(url)
        if key not in found and note is not None:
            found.add(key)
            waiting.extend(note.shape.pagers)
    return found


def _note_item(item: Item, page: Published | None) -> None:
    if page is not None and page.section is None:
        page.title, page.section = item.title or page.title, item.section
        page.published, page.published_source = item.published, item.published_source


def _note_record(kept: Kept, record: Judgment | Hearing | Withheld, found: dict[str, Published]) -> None:
    url = record.url.partition("#")[0]
    key, note = final(kept, url), kept.site.page(url)
    if key not in found and (note is not None or isinstance(record, Judgment)):
        title = note.shape.heading or note.shape.title if note is not None else ""
        found[key] = Published(note.url if note is not None else url, title)
    page = found.get(key)
    if page is None:
        return
    page.record = _BY_RECORD[type(record)]
    page.section = page.section or record.section
    if isinstance(record, Judgment) and page.judgment is None:
        page.judgment = record
        page.published, page.published_source = record.published, record.published_source
