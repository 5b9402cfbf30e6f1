"""Sections of documents → judgments, notices and hearings: from the lists themselves, and from the pages they lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from crawlers.conclude.document_files import DocumentFiles
from crawlers.conclude.kept import Kept
from crawlers.conclude.remembered import Remembered
from crawlers.discover import SectionDraft, hollow_pages, unread_page
from crawlers.readers.announcement import is_junk, is_other
from crawlers.readers.detail import DetailPage, DetailRecord, read_list_records, read_records
from crawlers.readers.judgment import each_case
from crawlers.readers.judgment.head import joined_numbers
from crawlers.readers.page import article, close_up
from crawlers.readers.statistics import is_expected as is_statistics
from crawlers.readers.statistics import read as read_statistics
from crawlers.readers.withheld import SECTION as NOTICES
from crawlers.tables import Table, read_tables
from crawlers.urls import identity
from storage.case_number import find_all
from storage.records import DateSource, Hearing, Item, Judgment, Record, Section, StatisticsRow, Withheld

_DOCUMENT_TITLE = re.compile(r"(?:判决书|裁定书|决定书|调解书|支付令)[）)]?$")


def _numbered(table: Table) -> int:
    """Rows that name a case: each should give a record."""
    return sum(bool(find_all(" ".join(row.cells))) for row in table.rows)


class Cases:
    """Reads the case records of sections."""

    def __init__(self, kept: Kept, court: str) -> None:
        self._kept, self._court = kept, court
        self._files = DocumentFiles(kept)
        self._remembered = Remembered(kept, court)
        self.looked_through: list[str] = []  # of the section read last: the pages on which tables of cases may stand
        self.not_understood = 0  # of the section read last: pages and rows that were read and gave no record

    def read(self, draft: SectionDraft, section: Section, items: list[Item]) -> list[Record]:
        """Judgments, notices and hearings: from the list itself, and from the pages it leads to."""
        found: list[Record] = []
        urls: set[str] = set()
        unknown = self.not_understood = 0
        self.looked_through = []
        if section.record != "item":
            for record in self._from_lists(draft, section):
                found.append(record)
                urls.add(identity(str(getattr(record, "url", ""))))
        self._remembered.look_up(items)
        for item in items:
            if is_statistics(item.title) and (rows := self._statistics(item, section)):
                found.extend(rows)
                continue
            titled_so = _DOCUMENT_TITLE.search(item.title) or NOTICES.search(close_up(item.title))
            if section.record == "item" and not titled_so:
                continue
            key = identity(item.url)
            try:
                detail = list(self._from_detail(item, section))
            except Exception as error:
                self._kept.bug(item.url, error)
                draft.why.append("程序错误，有页面未能读取")
                continue
            if detail:
                found = [r for r in found if identity(str(getattr(r, "url", ""))) != key]
                found.extend(detail)
            elif key not in urls and section.record != "item" and not is_junk(item.title):
                titled = list(self._by_title(item, section)) if section.record == "judgment" else []
                found.extend(titled)
                unknown += (
                    not titled and item.access is not None and item.access.is_ok and not self._is_other(item, section)
                )
        self._remembered.save()
        self.not_understood += unknown
        if unknown and section.record in ("judgment", "withheld"):
            # What cannot be understood may be the very document that would be called missing.
            draft.why.append(
                f"{unknown} 个页面未能识别为{'裁判文书' if section.record == 'judgment' else '不公开信息'}"
            )
        return found

    def _tables_of(self, draft: SectionDraft) -> list[str]:
        """A page without a list of links, the frames within it, and their further pages: tables may stand on each."""
        site = self._kept.site
        found, waiting = [draft.url], [draft.url]
        lists: set[tuple[str, ...]] = set()
        hollow: list[str] = []
        unread: dict[str, bool] = {}  # further pages that are not there → some page calls it its next one
        while waiting and len(found) < 200:
            note = site.page(waiting.pop(0))
            if note is None:
                continue
            numbers = tuple(number.text for number in find_all(self._kept.text_of(note.url, hints=True) or ""))
            if not numbers and note.url != draft.url:
                hollow.append(note.url)
            if len(found) > 1 and (not numbers or numbers in lists):
                continue  # past the last page: nothing, or the last page again
            lists.add(numbers)
            for further in (*note.shape.frames, *note.shape.pagers):
                if further in found:
                    continue
                if site.page(further) is not None:
                    found.append(further)
                    waiting.append(further)
                elif further in note.shape.pagers:
                    unread[further] = unread.get(further, False) or further == note.shape.next_page
        whys = (unread_page(site, url, found, is_next=is_next) for url, is_next in unread.items())
        draft.why.extend(why for why in whys if why)
        draft.why.extend(hollow_pages(hollow, [url for url in found if url not in hollow]))
        if waiting:
            draft.why.append("翻页超过 200 页，未读完")
        return found

    def _from_lists(self, draft: SectionDraft, section: Section) -> Iterator[Record]:
        for url, table in draft.tables:
            yield from self._of_table(table, self._list_page(url, "", section), section)
        if draft.tables:
            return
        self.looked_through = draft.pages or self._tables_of(draft)
        for url in self.looked_through:
            note = self._kept.site.page(url)
            html = self._kept.html(note.url) if note is not None else None
            if note is None or html is None:
                continue
            page = self._list_page(note.url, html, section)
            for table in read_tables(html) if "<table" in html.lower() else ():
                yield from self._of_table(table, page, section)

    def _list_page(self, url: str, html: str, section: Section) -> DetailPage:
        seen = self._kept.seen.get(identity(url))
        return DetailPage(
            site=self._kept.profile.id,
            url=url,
            html=html,
            title=section.name,
            section=section.name,
            court=self._court,
            sha256=seen.sha256 if seen else None,
            read=self._kept.night,
        )

    def _of_table(self, table: Table, page: DetailPage, section: Section) -> Iterator[Record]:
        found = read_list_records(table, page, expected=section.record)
        self.not_understood += max(_numbered(table) - len(found), 0) if found else 0
        for record in found:
            yield self._checked(record)

    def _page_of(self, item: Item, section: Section) -> DetailPage | None:
        note = self._kept.site.page(item.url)
        html = self._kept.html(note.url) if note is not None else None
        if note is None or html is None:
            return None
        seen = self._kept.seen.get(identity(note.url))
        page = self._page(item, section)
        cut = item.title.endswith(("…", "...")) and note.shape.heading
        title = note.shape.heading if cut else item.title
        return replace(page, html=html, title=title, sha256=seen.sha256 if seen else None)

    def _page(self, item: Item, section: Section) -> DetailPage:
        """The item's page by what its list says, without its contents."""
        return DetailPage(
            site=self._kept.profile.id,
            url=item.url,
            html="",
            title=item.title,
            published=item.published,
            published_source=item.published_source,
            section=section.name,
            court=self._court,
            sha256=item.sha256,
        )

    def _statistics(self, item: Item, section: Section) -> list[StatisticsRow]:
        def read() -> tuple[list[StatisticsRow], list[str]]:
            page = self._page_of(item, section)
            return [] if page is None else read_statistics(page), []

        return self._remembered.records(item, section, "statistics", read)

    def _from_detail(self, item: Item, section: Section) -> Iterator[Record]:
        """In a section of anything, only what the page is by its own title: a judgment, a list of those withheld."""
        found = self._remembered.records(item, section, "records", lambda: self._read_detail(item, section))
        for record in found:
            if section.record == "item" and not isinstance(record, (Judgment, Withheld)):
                continue
            yield self._checked(record)

    def _read_detail(self, item: Item, section: Section) -> tuple[list[DetailRecord], list[str]]:
        """The records of a page, and the files that were looked for beside it."""
        self._files.asked = []
        page = self._page_of(item, section)
        expected = None if section.record == "item" else section.record
        found: list[DetailRecord]
        if page is not None:
            found = [*read_records(page, expected=expected)]
            if expected in (None, "judgment"):
                found = self._files.complete(page, found)
        else:
            found = [*self._files.read(self._page(item, section), item.url)]
        return found, self._files.asked

    def _is_other(self, item: Item, section: Section) -> bool:
        """A notice that stands among announcements of hearings and is none."""

        def read() -> bool:
            page = self._page_of(item, section)
            return page is not None and is_other(page, article(page.html))

        return section.record == "hearing" and self._remembered.answer(item, section, "other", read)

    def _by_title(self, item: Item, section: Section) -> Iterator[Record]:
        """A judgment whose page could not be read, known by the case numbers in its title."""
        numbers = joined_numbers(item.title)[0]
        if numbers and item.access is not None:
            first = Judgment(
                site=self._kept.profile.id,
                url=item.url,
                case_number=numbers[0],
                title=item.title,
                section=section.name,
                published=item.published,
                published_source=item.published_source,
                unread="正文未能读取",
                sha256=item.sha256,
            )
            yield from each_case(first, numbers[1:])

    def _checked(self, record: Judgment | Withheld | Hearing) -> Record:
        """A publication date in the future is none."""
        if record.published is not None and record.published > self._kept.night:
            return replace(record, published=None, published_source=DateSource.NONE)
        return record
