"""Drafts of sections → section records: class, newest date, completeness and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from crawlers.conclude.blank import Blanks
from crawlers.conclude.cases import Cases
from crawlers.conclude.items import Items
from crawlers.conclude.kept import LOST, Kept
from crawlers.conclude.links import Links
from crawlers.discover import PageNote, SectionDraft, clean_name, find_sections, is_gathering, read_pages
from crawlers.json_list import MOST_PAGES, AnswerError, is_last, read_answer
from crawlers.lists import Block
from crawlers.profile import JsonList, SectionProfile
from crawlers.select import select_rows
from crawlers.titles import cadence_of, is_guess, record_of
from crawlers.urls import identity, is_internal, resolve
from storage.records import Access, Cadence, DateSource, Item, Record, Section


class Sections:
    """Finds a site's sections, as its profile says or by discovery, and reads what stands in them.

    Attributes:
        records: Items, judgments, notices and hearings found in them.
        lists: The addresses of the pages that the sections are made of.
    """

    def __init__(self, kept: Kept, links: Links, court: str) -> None:
        self._kept, self._blanks = kept, Blanks(kept)
        self._items, self._cases = Items(kept, links), Cases(kept, court)
        self.records: list[Record] = []
        self.lists: set[str] = set()

    def read(self) -> list[Section]:
        """All sections of tonight."""
        drafts = self._drafts()
        for draft, _ in drafts:
            if draft.kind == "list" and draft.page is not None:
                read_pages(self._kept.site, draft)
            self.lists |= _pages_of(draft)
        if self._kept.profile.discovers:
            found = [draft for draft, _ in drafts]
            drafts = [(d, p) for d, p in drafts if not is_gathering(self._kept.site, d, found)]
        return [s for s in (self._section(d, p) for d, p in drafts) if s is not None]

    def pages(self) -> set[str]:
        """The addresses of the pages that its lists are made of."""
        found: set[str] = set()
        for draft, _ in self._drafts():
            if draft.kind == "list" and draft.page is not None:
                read_pages(self._kept.site, draft)
            found |= _pages_of(draft)
        return found

    def _drafts(self) -> list[tuple[SectionDraft, SectionProfile | None]]:
        if not self._kept.profile.discovers:
            return [(self._profiled(s), s) for s in self._kept.profile.sections.values()]
        drafts = find_sections(self._kept.site)
        self._blanks.mark(drafts)
        return [(draft, None) for draft in drafts]

    def _profiled(self, section: SectionProfile) -> SectionDraft:
        """A section as its profile says it; what the profile leaves out is discovered."""
        if section.json_list is not None:
            return self._answered(section, section.json_list)
        url = resolve(self._kept.profile.home, section.url) or section.url
        note = self._kept.site.page(url)
        if note is None:
            draft = SectionDraft(url, section.name or url)
            seen = self._kept.seen.get(identity(url))
            draft.why.append(f"栏目首页无法读取（{seen.access.value if seen else '未读'}）")
            return draft
        missed = self._kept.missed
        if section.rows:
            self._select(note, section)
        is_whole = self._kept.missed == missed
        block, holder = self._kept.site.main_block(note), note
        if block is None:
            for frame in note.shape.frames:
                inner = self._kept.site.page(frame)
                if inner is not None and self._kept.site.main_block(inner) is not None:
                    holder, block = inner, self._kept.site.main_block(inner)
                    break
        crumb = next((c for c in map(clean_name, reversed(note.shape.crumbs)) if c), None)
        draft = SectionDraft(note.url, section.name or crumb or note.shape.heading or note.url, block, holder.shape)
        if not is_whole:  # what the profile selects there is not known
            draft.why.append(LOST)
        if block is None:
            draft.kind = "content"
            self._blanks.mark([draft])
        return draft

    def _answered(self, section: SectionProfile, spec: JsonList) -> SectionDraft:
        """A list that is handed out as JSON: every page of it that was kept."""
        home = self._kept.profile.home
        draft = SectionDraft(resolve(home, section.address()) or section.url, section.name or section.url)
        for number in range(1, MOST_PAGES + 1):
            url = resolve(home, section.address(number)) or section.url
            seen, text = self._kept.seen.get(identity(url)), self._kept.html(url)
            if seen is None or text is None or not seen.access.is_ok:
                draft.why.append(f"第{number}页未能读取（{seen.access.value if seen else '未读'}）")
                break
            try:
                answer = read_answer(text, spec)
            except AnswerError as error:
                draft.why.append(f"第{number}页：{error}")
                break
            if is_last(answer, number, section, draft.tables[-1][1] if draft.tables else None):
                if not (draft.tables and answer.table == draft.tables[-1][1]):
                    draft.tables.append((url, answer.table))
                break
            draft.tables.append((url, answer.table))
        return draft

    def _select(self, note: PageNote, section: SectionProfile) -> None:
        """The profile's rows in the place of discovered ones, on every page of the list that was kept."""
        waiting, seen = [note], {identity(note.url)}
        while waiting:
            current = waiting.pop()
            html = self._kept.html(current.url)
            if html is None:
                continue
            rows, following = select_rows(html, current.url, section)
            block = Block(f"profile:{section.url}", rows)
            current.shape.blocks = [block] if rows else []
            self._kept.site.block_pages[block.key] = 1
            if following:
                current.shape.pagers = [following]
            for pager in current.shape.pagers:
                inner = self._kept.site.page(pager)
                if inner is not None and identity(inner.url) not in seen:
                    seen.add(identity(inner.url))
                    waiting.append(inner)

    def _section(self, draft: SectionDraft, profiled: SectionProfile | None) -> Section | None:
        cadence = (profiled.cadence if profiled else None) or cadence_of(draft.name)
        record = profiled.record if profiled and profiled.record != "item" else record_of(draft.name)
        seen = self._kept.seen.get(identity(draft.url))
        section = Section(
            site=self._kept.profile.id,
            url=draft.url,
            name=draft.name,
            cadence=cadence,
            record=record,
            department=(profiled.department if profiled else None) or self._kept.profile.department,
            discovered=profiled is None,
            guessed=not (profiled and profiled.cadence) and is_guess(draft.name),
            opened=profiled.opened if profiled else None,
            sha256=seen.sha256 if seen else None,
            complete=False,
        )
        if draft.page is None and draft.why and not draft.tables:
            return replace(section, why="；".join(draft.why))
        missed = self._kept.missed
        items = self._items.read(draft, section)
        found = self._cases.read(draft, section, items)
        self.lists.update(self._cases.looked_through)
        if self._kept.missed > missed and LOST not in draft.why:
            draft.why.append(LOST)
        section = replace(section, not_understood=self._cases.not_understood)
        if draft.kind == "content" and not found and section.record != "item":
            return replace(section, why="；".join([*draft.why, "页面内容未能识别"]))
        if draft.kind == "content" and not found:
            if profiled is None and cadence not in (Cadence.STATIC, Cadence.EVENT, Cadence.ARCHIVE):
                return None  # a single page of words under no section's title: nothing can be said about it
            return replace(
                section,
                items=1,
                complete=not draft.why,
                why="；".join(draft.why) or None,
                newest=None,
                cadence=Cadence.STATIC if profiled is None else cadence,
            )
        self.records.extend(items)
        self.records.extend(found)
        if found and not items:
            draft.kind = "list"
        return self._summary(section, draft, items, found, profiled)

    def _read_earlier(self, draft: SectionDraft) -> date | None:
        """The night on which a page of the list was read, if that was one before tonight."""
        pages = (self._kept.seen.get(identity(url)) for url in {*_pages_of(draft), *self._cases.looked_through})
        return min((seen.carried for seen in pages if seen is not None and seen.carried is not None), default=None)

    def _summary(
        self,
        section: Section,
        draft: SectionDraft,
        items: list[Item],
        found: list[Record],
        profiled: SectionProfile | None,
    ) -> Section:
        dated = [i for i in items if i.published is not None and i.published <= self._kept.night]
        newest = max(dated, key=lambda i: i.published or date.min, default=None)
        published = [p for r in found if (p := getattr(r, "published", None)) is not None and p <= self._kept.night]
        count = len(items) or len(found)
        if (earlier := self._read_earlier(draft)) is not None:
            draft.why.append(f"列表读于{earlier}，不是同一夜")
        expect = profiled.expect if profiled else None
        if expect and expect.min is not None and count < expect.min:
            draft.why.append(f"少于预期（{count} < {expect.min} 条）")
        if section.record != "item":
            unread = [
                i
                for i in items
                if i.access is not None and not i.access.is_ok and i.access not in (Access.GONE, Access.SOFT_GONE)
            ]
            missing = [i for i in items if i.access is None and is_internal(i.url, self._kept.profile.home)]
            if unread or missing:
                draft.why.append(f"{len(unread) + len(missing)} 个详情页未能读取")
        why = "；".join(dict.fromkeys(draft.why)) or None
        return replace(
            section,
            items=count,
            undated=sum(1 for i in items if i.published is None),
            newest=newest.published if newest else max(published, default=None),
            newest_source=newest.published_source if newest else DateSource.LIST if published else DateSource.NONE,
            newest_url=newest.url if newest else None,
            oldest=min((i.published for i in dated if i.published), default=None),
            pages=max(len(draft.pages), 1),
            complete=why is None,
            why=why,
            blank=draft.blank if count == 0 else None,
        )


def _pages_of(draft: SectionDraft) -> set[str]:
    holder = (draft.page.url,) if draft.kind == "list" and draft.page is not None else ()
    return {draft.url, *holder, *draft.pages, *(url for url, _ in draft.tables)}
