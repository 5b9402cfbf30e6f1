"""Articles, judgments, notices and attachments of tonight → the personal data that they show, masked.

Each body is looked through once by each version of the detector: what stood on a page that has not changed is taken over
from the night before. Most pages are clean, and end after a few substitutions and searches in the bytes that were kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote

from crawlers.conclude.kept import Kept
from crawlers.conclude.links import Links
from crawlers.discover import PageNote
from crawlers.documents import read_document
from crawlers.page_kinds import page_kind
from crawlers.personal import VERSION
from crawlers.personal.prefilter import has_sign, quick_text, repeated_lines, without_template
from crawlers.personal.scan import Place, Scan, joined, scan
from crawlers.personal.titles import masked_address
from crawlers.readers.page import article
from crawlers.urls import identity, pattern
from storage import pages, store
from storage.records import (
    DateSource,
    Hearing,
    Item,
    Judgment,
    LinkKind,
    NamedPerson,
    PageKind,
    PageScan,
    PersonalDatum,
    Record,
    Section,
    Source,
    Withheld,
)

_SAMPLE = 40
_BY_RECORD: dict[type[Record], PageKind] = {
    Judgment: PageKind.JUDGMENT,
    Hearing: PageKind.HEARING,
    Withheld: PageKind.WITHHELD,
}


@dataclass
class _Page:
    """What is known of a page before it is read: which section lists it, under which title, with which document."""

    url: str
    title: str = ""
    section: str | None = None
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    judgment: Judgment | None = None
    record: PageKind | None = None


class Personal:
    """Looks through the pages of one night.

    Args:
        records: The night's items, judgments, notices and hearings; they say what the pages are.
    """

    def __init__(self, kept: Kept, links: Links, sections: Iterable[Section], records: Iterable[Record]) -> None:
        self._kept, self._links = kept, links
        self._site, self._night = kept.profile.id, kept.night
        self._pages = self._articles(list(sections), list(records))
        self._before = {s.record.url: s.record for s in store.read(kept.connection, PageScan, site=self._site)}
        self._known = self._found_before() if self._before else {}
        self._template: frozenset[str] | None = None

    def read(self) -> Iterator[Record]:
        """A scan for each page and attachment that could be asked tonight, and what was found on it."""
        for key, page in self._pages.items():
            seen = self._kept.seen.get(key)
            if seen is None or not seen.access.is_ok or seen.sha256 is None:
                continue
            yield from self._unchanged(page, seen.sha256) or self._page(page, seen.sha256)
        yield from self._attachments()

    # --- which pages ---

    def _articles(self, sections: list[Section], records: list[Record]) -> dict[str, _Page]:
        """Every page but the home page and plain lists of links, with what lists and readers know of it."""
        listed = {i.section_url for i in records if isinstance(i, Item)}
        skipped = {identity(self._kept.profile.home)}
        for section in sections:
            if section.url in listed:
                skipped.add(identity(section.url))
                note = self._kept.site.page(section.url)
                skipped |= {identity(url) for url in note.shape.pagers} if note is not None else set()
        found = {
            key: _Page(note.url, note.shape.heading or note.shape.title)
            for key, note in self._kept.site.pages.items()
            if key not in skipped
        }
        for section in sections:
            if (page := found.get(identity(section.url))) is not None:
                page.section = section.name
        for record in records:
            self._note(record, found)
        return found

    def _note(self, record: Record, found: dict[str, _Page]) -> None:
        if isinstance(record, Item):
            page = found.get(self._final(record.url))
            if page is not None and page.section is None:
                page.title, page.section = record.title or page.title, record.section
                page.published, page.published_source = record.published, record.published_source
        elif isinstance(record, Judgment | Hearing | Withheld):
            url = record.url.partition("#")[0]
            key = self._final(url)
            note = self._kept.site.page(url)
            if key not in found and note is not None:
                found[key] = _Page(note.url, note.shape.heading or note.shape.title)
            if (page := found.get(key)) is not None:
                page.record = _BY_RECORD[type(record)]
                page.section = page.section or record.section
                page.judgment = page.judgment or (record if isinstance(record, Judgment) else None)

    def _final(self, url: str) -> str:
        key = identity(url)
        return self._kept.site.moved.get(key, key)

    # --- pages ---

    def _unchanged(self, page: _Page, digest: str) -> list[Record]:
        """What the same body showed on an earlier night, or nothing if it has to be read."""
        before = self._before.get(page.url)
        if before is None or before.sha256 != digest or before.detector != VERSION:
            return []
        now = self._scan_record(page, before.kind, digest)
        if page.judgment is not None and before.kind is not PageKind.JUDGMENT:
            return []
        return [
            replace(now, family=before.family, unread=before.unread, found=before.found),
            *(known for known in self._known.get(page.url, ()) if known.sha256 == digest),
        ]

    def _page(self, page: _Page, digest: str) -> Iterator[Record]:
        html = self._kept.html(page.url)
        if html is None:
            return
        text = quick_text(html)
        kind = self._kind(page, text)
        place = Place(self._site, page.url, digest)
        found, unread = Scan(), None
        if kind is PageKind.JUDGMENT or has_sign(without_template(text, self._repeated)):
            body = without_template(article(html).text, self._repeated)
            found = self._look(page, body, place, kind)
        if page.judgment is not None and page.judgment.attachment is not None:
            file, unread = self._file(page.judgment.attachment)
            if file is not None:
                found = joined((found, self._look(page, file, place, kind)))
        named = scan(page.title, place, PageKind.NOTICE, self._night, source=Source.TITLE) if page.title else Scan()
        found = joined((found, replace(named, persons=())))
        record = self._scan_record(page, kind, digest)
        yield replace(record, family=found.family, unread=unread, found=found.found)
        yield from found.data
        yield from found.persons

    def _look(self, page: _Page, text: str, place: Place, kind: PageKind) -> Scan:
        day = (page.judgment.decided if page.judgment else None) or page.published
        return scan(text, place, kind, self._night, day=day)

    def _kind(self, page: _Page, text: str) -> PageKind:
        title = page.title
        if page.record in (PageKind.HEARING, PageKind.WITHHELD):
            return page.record
        return page_kind(page.section, title, text[:3000], is_judgment=page.judgment is not None)

    def _scan_record(self, page: _Page, kind: PageKind, digest: str) -> PageScan:
        judgment = page.judgment
        return PageScan(
            site=self._site,
            url=page.url,
            kind=kind,
            section=page.section,
            case_number=judgment.case_number if judgment else None,
            published=judgment.published if judgment else page.published,
            published_source=judgment.published_source if judgment else page.published_source,
            detector=VERSION,
            sha256=digest,
        )

    @property
    def _repeated(self) -> frozenset[str]:
        """Lines of the site's template. Of pages with like addresses two are asked: serial documents are no template."""
        if self._template is None:
            series: dict[str, int] = defaultdict(int)
            sample: list[PageNote] = []
            for note in sorted(self._kept.site.pages.values(), key=lambda n: (n.depth, n.url)):
                series[pattern(note.url)] += 1
                if series[pattern(note.url)] <= 2 and len(sample) < _SAMPLE:
                    sample.append(note)
            texts = (quick_text(html) for note in sample if (html := self._kept.html(note.url)) is not None)
            self._template = repeated_lines(texts)
        return self._template

    # --- attachments ---

    def _attachments(self) -> Iterator[Record]:
        documents = {page.judgment.attachment for page in self._pages.values() if page.judgment is not None}
        taken = {identity(url) for url in documents if url is not None}
        for key, seen in self._kept.seen.items():
            if seen.kind is not LinkKind.ATTACHMENT or not seen.internal or not seen.access.is_ok or key in taken:
                continue
            offered = self._links.attachments.get(key)
            if offered is not None:
                yield from self._attachment(seen.url, seen.sha256, *offered)

    def _attachment(self, url: str, digest: str | None, linked_from: str, name: str) -> Iterator[Record]:
        page = self._pages.get(self._final(linked_from)) or _Page(linked_from)
        offered = replace_page(page, masked_address(url, self._night))
        if digest is not None and (known := self._unchanged(offered, digest)):
            yield from (replace(r, linked_from=linked_from) if isinstance(r, PageScan) else r for r in known)
            return
        kind = page_kind(page.section, f"{page.title} {name}", "", is_judgment=False)
        place = Place(self._site, offered.url, digest)
        text, unread = self._file(url)
        found = scan(
            f"{name} {unquote(url.rpartition('/')[2])}",
            place,
            PageKind.NOTICE,
            self._night,
            source=Source.ATTACHMENT_NAME,
        )
        if text is not None and has_sign(text):
            body = scan(text, place, kind, self._night, day=page.published, source=Source.ATTACHMENT)
            found = joined((found, body))
        if text is None and not found.data and digest is None:
            return  # only asked whether it is there
        record = self._scan_record(offered, kind, digest or "")
        yield replace(
            record,
            case_number=None,
            attachment=True,
            linked_from=linked_from,
            family=found.family,
            unread=unread,
            found=found.found,
            sha256=digest,
        )
        yield from found.data
        yield from found.persons

    def _file(self, url: str) -> tuple[str | None, str | None]:
        """A kept file's text, and why there is none or not all of it."""
        seen = self._kept.seen.get(identity(url))
        body = pages.body(self._kept.connection, seen.sha256) if seen is not None and seen.sha256 else None
        if body is None:
            return None, "附件未读取"
        read = read_document(body, url)
        return read.text, read.why

    def _found_before(self) -> dict[str, list[PersonalDatum | NamedPerson]]:
        rows: dict[str, list[PersonalDatum | NamedPerson]] = defaultdict(list)
        for datum in store.read(self._kept.connection, PersonalDatum, site=self._site):
            rows[datum.record.url].append(datum.record)
        for person in store.read(self._kept.connection, NamedPerson, site=self._site):
            rows[person.record.url].append(person.record)
        return rows


def replace_page(page: _Page, url: str) -> _Page:
    """What is known of an attachment: what is known of the page that offers it."""
    return _Page(url, page.title, page.section, page.published, page.published_source)
