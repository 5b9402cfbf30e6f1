"""Articles, judgments, notices and attachments of tonight → the personal data that they show, masked.

Each body is looked through once by each version of the detector: what stood on a page that has not changed is taken over
from the night before. Most pages are clean, and end after a few substitutions and searches in the text that was kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from crawlers.conclude.kept import Kept
from crawlers.conclude.links import Links
from crawlers.conclude.published import Published, final, published_pages
from crawlers.discover import PageNote
from crawlers.documents import read_document
from crawlers.encoding import decode
from crawlers.html import Shape
from crawlers.page_kinds import Opening, opening_of, page_kind
from crawlers.personal import VERSION
from crawlers.personal.prefilter import has_sign, quick_text, repeated_lines, signs_of, without_template
from crawlers.personal.scan import Place, Scan, joined, scan
from crawlers.personal.titles import masked_address
from crawlers.readers.page import article
from crawlers.urls import identity, pattern
from storage import store
from storage.records import LinkKind, NamedPerson, PageKind, PageScan, PersonalDatum, Record, Section, Source

_SAMPLE = 40
_TOGETHER = 200  # pages that are read from storage at once


class Personal:
    """Looks through the pages and files of one night.

    Args:
        records: The night's items, judgments, notices and hearings; they say what the pages are.
    """

    def __init__(self, kept: Kept, links: Links, sections: Iterable[Section], records: Iterable[Record]) -> None:
        self._kept, self._links = kept, links
        self._site, self._night = kept.profile.id, kept.night
        self._pages = published_pages(kept, sections, records)
        self._before = {s.record.url: s.record for s in store.read(kept.connection, PageScan, site=self._site)}
        self._known = self._found_before() if self._before else {}
        self._template: frozenset[int] | None = None

    def read(self) -> Iterator[Record]:
        """A scan for each page and attachment that was read tonight, and what was found on it."""
        waiting: list[tuple[Published, str]] = []
        for key, page in self._pages.items():
            digest = self._digest(key, page)
            if digest is None:
                continue
            known = self._unchanged(page, digest)
            yield from known
            if not known:
                waiting.append((page, digest))
        for start in range(0, len(waiting), _TOGETHER):
            batch = waiting[start : start + _TOGETHER]
            html = self._markup([page for page, _ in batch if self._is_to_be_read(page)])
            for page, digest in batch:
                if page.url in self._kept.lost:
                    continue
                missed = self._kept.missed
                try:
                    found = list(self._page(page, digest, html.get(page.url)))
                except Exception as error:
                    self._kept.bug(page.url, error)
                else:
                    if self._kept.missed == missed:  # else it would be clean tonight, and taken over as clean
                        yield from found
        yield from self._attachments()

    def _shape(self, page: Published) -> Shape | None:
        """What the crawl extracted of the very page, if it looked for signs."""
        note = self._kept.site.pages.get(identity(page.url))
        return note.shape if note is not None and note.shape.signs is not None else None

    def _is_to_be_read(self, page: Published) -> bool:
        """Is its markup needed? Not if the crawl saw nothing in it but what stands on every page."""
        shape = self._shape(page)
        if shape is None or page.judgment is not None:
            return True
        return bool(self._own(shape)) or self._kind(page, _opening(shape)) is PageKind.JUDGMENT

    def _own(self, shape: Shape) -> set[int]:
        """The signs of a page that are not its site's template."""
        signs = set(shape.signs or ())
        return signs - self._repeated if signs else signs

    # --- pages ---

    def _digest(self, key: str, page: Published) -> str | None:
        """The hash of the body that holds the text: of a judgment's file, where it is delivered as one."""
        file = page.judgment.attachment if page.judgment is not None else None
        for where in (identity(file) if file else None, key):
            seen = self._kept.seen.get(where) if where is not None else None
            if seen is not None and seen.access.is_ok and seen.sha256 is not None:
                return seen.sha256
        return None

    def _unchanged(self, page: Published, digest: str) -> list[Record]:
        """What the same body showed on an earlier night, or nothing if it has to be read."""
        before = self._before.get(page.url)
        if before is None or (before.sha256, before.detector) != (digest, VERSION):
            return []
        if page.judgment is not None and before.kind is not PageKind.JUDGMENT:
            return []
        now = self._scan_record(page, before.kind, digest)
        return [
            replace(now, family=before.family, unread=before.unread, found=before.found),
            *(known for known in self._known.get(page.url, ()) if known.sha256 == digest),
        ]

    def _markup(self, pages_: list[Published]) -> dict[str, str]:
        """By address, the markup of those that are pages, read together."""
        hashes = {
            page.url: seen.sha256
            for page in pages_
            if self._kept.site.page(page.url) is not None
            and (seen := self._kept.seen.get(identity(page.url))) is not None
            and seen.sha256 is not None
        }
        return {url: decode(body)[0] for url, body in self._kept.bodies(hashes).items()}

    def _page(self, page: Published, digest: str, html: str | None) -> Iterator[Record]:
        shape = self._shape(page)
        if shape is None and html is not None:  # no crawl of this version has read it
            text = quick_text(html)
            shape = Shape(page.url, signs=signs_of(text))
            shape.serves, shape.announces = opening_of(text)
        kind = self._kind(page, _opening(shape))
        place = Place(self._site, page.url, digest)
        found, unread = [self._titled(page, place)], None
        if html and (kind is PageKind.JUDGMENT or (shape is not None and self._own(shape))):
            body = without_template(article(html).text, self._repeated)
            found.append(scan(body, place, kind, self._night, day=page.day))
        if page.judgment is not None and page.judgment.attachment is not None:
            file, unread = self._file(page.judgment.attachment)
            if file is not None:
                found.append(scan(file, place, kind, self._night, day=page.day))
        whole = joined(found)
        record = self._scan_record(page, kind, digest)
        yield replace(record, family=whole.family, unread=unread, found=whole.found)
        yield from whole.data
        yield from whole.persons

    def _titled(self, page: Published, place: Place) -> Scan:
        """Numbers in the title; whom it names is for the rule on titles to say."""
        if not has_sign(page.title):
            return Scan()
        found = scan(page.title, place, PageKind.NOTICE, self._night, source=Source.TITLE)
        return replace(found, persons=())

    def _kind(self, page: Published, opening: Opening) -> PageKind:
        if page.record in (PageKind.HEARING, PageKind.WITHHELD):
            return page.record
        return page_kind(page.section, page.title, opening, is_judgment=page.judgment is not None)

    def _scan_record(self, page: Published, kind: PageKind, digest: str | None) -> PageScan:
        return PageScan(
            site=self._site,
            url=page.url,
            kind=kind,
            section=page.section,
            case_number=page.judgment.case_number if page.judgment else None,
            published=page.published,
            published_source=page.published_source,
            detector=VERSION,
            sha256=digest,
        )

    @property
    def _repeated(self) -> frozenset[int]:
        """Lines of the site's template. Of pages with like addresses two are asked: serial documents are no template."""
        if self._template is None:
            series: dict[str, int] = defaultdict(int)
            sample: list[PageNote] = []
            for note in sorted(self._kept.site.pages.values(), key=lambda n: (n.depth, n.url)):
                series[pattern(note.url)] += 1
                if series[pattern(note.url)] <= 2 and len(sample) < _SAMPLE:
                    sample.append(note)
            self._template = repeated_lines([signs for note in sample if (signs := self._signs(note)) is not None])
        return self._template

    def _signs(self, note: PageNote) -> list[int] | None:
        if note.shape.signs is not None:
            return note.shape.signs
        html = self._kept.html(note.url)
        return signs_of(quick_text(html)) if html is not None else None

    # --- attachments ---

    def _attachments(self) -> Iterator[Record]:
        documents = {page.judgment.attachment for page in self._pages.values() if page.judgment is not None}
        taken = {identity(url) for url in documents if url is not None}
        for key, seen in self._kept.seen.items():
            is_file = seen.kind is LinkKind.ATTACHMENT and seen.internal and seen.access.is_ok
            offered = self._links.attachments.get(key) if is_file and key not in taken else None
            if offered is not None and key not in self._pages:
                yield from self._attachment(seen.url, seen.sha256, *offered)

    def _attachment(self, url: str, digest: str | None, linked_from: str, words: str) -> Iterator[Record]:
        page = self._pages.get(final(self._kept, linked_from)) or Published(linked_from)
        file = Published(
            masked_address(url, self._night), page.title, page.section, page.published, page.published_source
        )
        if digest is not None and (known := self._unchanged(file, digest)):
            yield from (_offered(r, linked_from) if isinstance(r, PageScan) else r for r in known)
            return
        name = f"{words} {unquote(url.rpartition('/')[2])}"
        kind = page_kind(page.section, f"{page.title} {words}")
        place = Place(self._site, file.url, digest)
        found = [scan(name, place, PageKind.NOTICE, self._night, source=Source.ATTACHMENT_NAME)]
        missed = self._kept.missed
        text, unread = self._file(url)
        if self._kept.missed > missed:
            return
        if text is not None and has_sign(text):
            found.append(scan(text, place, kind, self._night, day=page.day, source=Source.ATTACHMENT))
        whole = joined(found)
        if text is None and digest is None and not whole.data:
            return  # a file of a kind that is only asked whether it is there
        record = replace(self._scan_record(file, kind, digest), family=whole.family, unread=unread, found=whole.found)
        yield _offered(record, linked_from)
        yield from whole.data
        yield from whole.persons

    def _file(self, url: str) -> tuple[str | None, str | None]:
        """A kept file's text, and why there is none or not all of it."""
        body = self._kept.file(url)
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


def _opening(shape: Shape | None) -> Opening:
    return Opening(shape.serves, shape.announces) if shape is not None else Opening()


def _offered(record: PageScan, linked_from: str) -> PageScan:
    return replace(record, attachment=True, linked_from=linked_from)
