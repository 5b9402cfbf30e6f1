"""The kept pages of one night → records: sections, items, judgments, notices, hearings, dead targets, page facts.

Nothing is asked here, and nothing judged: what was not read makes a section incomplete, and says why.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy.engine import Connection

from crawlers.crawl import SLOW
from crawlers.dates import date_in_url, parse_date
from crawlers.discover import (
    PageNote,
    SectionDraft,
    Site,
    blank_words,
    clean_name,
    find_sections,
    is_gathering,
    read_pages,
)
from crawlers.encoding import decode
from crawlers.html import Link, Shape, shape_of
from crawlers.lists import Block
from crawlers.profile import Profile, SectionProfile, recognise
from crawlers.readers.detail import DetailPage, read_list_records, read_records
from crawlers.select import select_rows
from crawlers.tables import read_tables
from crawlers.titles import cadence_of, is_guess, record_of
from crawlers.urls import identity, is_internal, pattern, resolve
from crawlers.writer import unpack_shape
from storage import pages, runs, store
from storage.case_number import find_all
from storage.records import (
    Access,
    Cadence,
    DateSource,
    Evidence,
    Hearing,
    Item,
    Judgment,
    LinkKind,
    PageFacts,
    Record,
    Section,
    Target,
    Withheld,
)
from storage.runs import Issue, Run
from storage.schema import accesses, extracts

MOST_REFERRERS = 5
_COURT = re.compile(r"[\u4e00-\u9fff]{2,24}?(?:人民法院|法院)(?![\u4e00-\u9fff]*网站群)")
_SAYS_BLANK = re.compile(r"暂无|没有|暂时|无数据|建设|敬请期待|即将|更新中|整理中|no data|no records", re.I)
_DOCUMENT_TITLE = re.compile(r"(?:判决书|裁定书|决定书|调解书|支付令)[）)]?$")


@dataclass(frozen=True)
class Concluded:
    """What a night yielded."""

    sections: int
    incomplete: tuple[str, ...]
    records: int
    issues: tuple[Issue, ...]
    platform: str | None
    court: str


@dataclass(slots=True)
class Seen:
    """One URL's access tonight."""

    url: str
    access: Access
    status: int | None
    at: datetime
    sha256: str | None
    kind: LinkKind
    internal: bool
    depth: int
    final_url: str | None
    elapsed: float | None
    detail: str | None
    probes: list[dict[str, Any]]


class Conclusion:
    """Turns one run into records."""

    def __init__(self, connection: Connection, profile: Profile, run: Run) -> None:
        self._connection, self._profile, self._run, self._night = connection, profile, run, run.night
        self._seen: dict[str, Seen] = {}
        self._site = Site(profile.home)
        self._dead: dict[str, Seen] = {}
        self._referrers: dict[str, tuple[list[Evidence], int]] = {}
        self._facts: dict[str, PageFacts] = {}
        self._issues: list[Issue] = []
        self._records: list[Record] = []
        self._court = profile.court
        self._template_links: set[str] | None = None
        self._platforms: set[str] = set()  # linked from home or near it, as far as read

    def go(self) -> Concluded:
        """Read everything, save the records, and say what is incomplete."""
        self._read_accesses()
        self._read_shapes()
        home = self._site.page(self._profile.home)
        platform = self._profile.platform or self._recognise()
        self._court = self._court or self._court_name(home)
        drafts = self._drafts()
        for draft, _ in drafts:
            if draft.kind == "list" and draft.page is not None:
                read_pages(self._site, draft)
        if self._profile.discovers:
            found = [draft for draft, _ in drafts]
            drafts = [(d, p) for d, p in drafts if not is_gathering(self._site, d, found)]
        sections = [s for s in (self._section(d, p) for d, p in drafts) if s is not None]
        self._records.extend(sections)
        self._records.extend(self._targets())
        self._records.extend(self._facts.values())
        store.save(self._connection, self._records, self._night)
        runs.save_section_reads(self._connection, [self._section_read(s) for s in sections])
        runs.save_issues(self._connection, self._run.id, self._issues)
        incomplete = tuple(f"{s.name}：{s.why}" for s in sections if not s.complete)
        return Concluded(len(sections), incomplete, len(self._records), tuple(self._issues), platform, self._court)

    # --- reading what was kept ---

    def _read_accesses(self) -> None:
        columns = (
            accesses.c.url,
            accesses.c.access,
            accesses.c.status,
            accesses.c.at,
            accesses.c.sha256,
            accesses.c.kind,
            accesses.c.internal,
            accesses.c.depth,
            accesses.c.final_url,
            accesses.c.elapsed,
            accesses.c.detail,
            accesses.c.probes,
        )
        for row in self._connection.execute(sa.select(*columns).where(accesses.c.run == self._run.id)):
            seen = Seen(
                row.url,
                Access(row.access),
                row.status,
                row.at,
                row.sha256,
                LinkKind(row.kind),
                row.internal,
                row.depth,
                row.final_url,
                row.elapsed,
                row.detail,
                row.probes or [],
            )
            key = identity(row.url)
            self._seen[key] = seen
            self._site.tonight[key] = seen.access.value
            if row.final_url and seen.access.is_ok and identity(row.final_url) != key:
                self._site.moved[key] = identity(row.final_url)
            if not seen.access.is_ok:
                self._dead[key] = seen

    def _read_shapes(self) -> None:
        """Each page that was read tonight, once: links are counted on the way and not kept."""
        wanted: dict[str, int] = {}
        for key, seen in self._seen.items():
            if seen.access.is_ok and seen.internal and seen.kind in (LinkKind.PAGE, LinkKind.FRAME):
                target = self._site.moved.get(key, key)
                wanted[target] = min(seen.depth, wanted.get(target, seen.depth))
        query = (
            sa.select(extracts.c.url, extracts.c.sha256, extracts.c.data)
            .where(extracts.c.site == self._profile.id)
            .execution_options(yield_per=200)
        )
        for row in self._connection.execute(query):
            key = identity(row.url)
            if key not in wanted:
                continue
            shape = unpack_shape(row.data)
            if key not in self._seen:  # reached by a redirect only
                origin = next((s for k, s in self._seen.items() if self._site.moved.get(k) == key), None)
                if origin is not None:
                    self._seen[key] = replace_seen(origin, row.url, row.sha256)
            self._note_links(row.url, shape)
            self._note_facts(row.url, shape, wanted[key], row.sha256)
            self._site.add(row.url, shape, wanted[key])

    def _note_links(self, url: str, shape: Shape) -> None:
        for link in shape.links:
            key = identity(link.url)
            dead = self._dead.get(key)
            if dead is None:
                continue
            found, count = self._referrers.get(key, ([], 0))
            if len(found) < MOST_REFERRERS:
                here = self._seen.get(identity(url))
                found.append(
                    Evidence(
                        url=url,
                        fetched_at=here.at if here else None,
                        status=here.status if here else None,
                        sha256=here.sha256 if here else None,
                        excerpt=link.text or None,
                    )
                )
            self._referrers[key] = (found, count + 1)

    def _note_facts(self, url: str, shape: Shape, depth: int, digest: str) -> None:
        is_home = identity(url) == identity(self._profile.home) or (
            self._site.moved.get(identity(self._profile.home)) == identity(url)
        )
        seen = self._seen.get(identity(url))
        loads = tuple(float(p["elapsed"]) for p in (seen.probes if seen else []) if p.get("elapsed") is not None)
        new_platforms = set(shape.platforms) - self._platforms if depth <= 2 else set()
        self._platforms |= new_platforms
        slow = any(load > SLOW for load in loads)
        if shape.hidden or shape.link_farm or shape.pinyin or slow or is_home or new_platforms:
            self._facts[identity(url)] = PageFacts(
                site=self._profile.id,
                url=url,
                title=shape.title,
                depth=depth,
                is_home=is_home,
                hidden_links=tuple(shape.hidden),
                hidden_how=shape.hidden_how,
                link_farm=shape.link_farm,
                pinyin_noise=shape.pinyin,
                loads=loads,
                links_to=tuple(shape.platforms),
                sha256=digest,
            )

    def _recognise(self) -> str | None:
        urls = [note.url for note in list(self._site.pages.values())[:400]]
        html = "\n".join(self._html(note.url) or "" for note in list(self._site.pages.values())[:6])
        return recognise(urls, html)

    def _court_name(self, home: PageNote | None) -> str:
        if home is None:
            return self._profile.id
        for text in (home.shape.title, self._text_of(home.url) or ""):
            found: list[str] = [m for m in _COURT.findall(text) if "最高" not in m or "最高" in text[:10]]
            if found:
                return max(set(found), key=lambda m: (found.count(m), len(m)))
        return home.shape.title[:30] or self._profile.id

    def _html(self, url: str) -> str | None:
        seen = self._seen.get(identity(url))
        digest = seen.sha256 if seen is not None else None
        if digest is None:
            return None
        body = pages.body(self._connection, digest)
        return None if body is None else decode(body)[0]

    def _text_of(self, url: str) -> str | None:
        html = self._html(url)
        if html is None:
            return None
        tree = LexborHTMLParser(html)
        tree.strip_tags(["script", "style", "noscript", "template"])
        return tree.body.text(separator="\n") if tree.body is not None else ""

    # --- sections ---

    def _drafts(self) -> list[tuple[SectionDraft, SectionProfile | None]]:
        if not self._profile.discovers:
            return [(self._profiled(s), s) for s in self._profile.sections.values()]
        drafts = find_sections(self._site)
        self._mark_blank(drafts)
        return [(draft, None) for draft in drafts]

    def _profiled(self, section: SectionProfile) -> SectionDraft:
        """A section as its profile says it; what the profile leaves out is discovered."""
        url = resolve(self._profile.home, section.url) or section.url
        note = self._site.page(url)
        if note is None:
            draft = SectionDraft(url, section.name or url)
            seen = self._seen.get(identity(url))
            draft.why.append(f"栏目首页无法读取（{seen.access.value if seen else '未读'}）")
            return draft
        if section.rows:
            self._select(note, section)
        block, holder = self._site.main_block(note), note
        if block is None:
            for frame in note.shape.frames:
                inner = self._site.page(frame)
                if inner is not None and self._site.main_block(inner) is not None:
                    holder, block = inner, self._site.main_block(inner)
                    break
        crumb = next((c for c in map(clean_name, reversed(note.shape.crumbs)) if c), None)
        draft = SectionDraft(note.url, section.name or crumb or note.shape.heading or note.url, block, holder.shape)
        if block is None:
            draft.kind = "content"
            self._mark_blank([draft])
        return draft

    def _select(self, note: PageNote, section: SectionProfile) -> None:
        """The profile's rows in the place of discovered ones, on every page of the list that was kept."""
        waiting, seen = [note], {identity(note.url)}
        while waiting:
            current = waiting.pop()
            html = self._html(current.url)
            if html is None:
                continue
            rows, following = select_rows(html, current.url, section)
            block = Block(f"profile:{section.url}", rows)
            current.shape.blocks = [block] if rows else []
            self._site.block_pages[block.key] = 1
            if following:
                current.shape.pagers = [following]
            for pager in current.shape.pagers:
                inner = self._site.page(pager)
                if inner is not None and identity(inner.url) not in seen:
                    seen.add(identity(inner.url))
                    waiting.append(inner)

    def _mark_blank(self, drafts: list[SectionDraft]) -> None:
        """Pages without a list: is there anything on them that is not on every page?"""
        without = [d for d in drafts if d.kind == "content"]
        if not without:
            return
        template = self._template_lines()
        for draft in without:
            text = self._text_of(draft.url) or ""
            lines = Counter(_lines(text))
            lines.subtract({line: template.get(line, 0) for line in lines})
            own = " ".join(line for line, times in lines.items() if times > 0 and clean_name(line) != draft.name)
            note = self._site.page(draft.url)
            shape = note.shape if note is not None else Shape(draft.url)
            frames = [f for f in shape.frames if is_internal(f, self._profile.home)]
            if frames and any(self._site.page(f) is None for f in frames):
                draft.why.append("内嵌框架未读")
            elif not frames or not any(self._text_of(f) for f in frames):
                self._judge_blank(draft, shape, own, drafts)

    def _judge_blank(self, draft: SectionDraft, shape: Shape, own: str, drafts: list[SectionDraft]) -> None:
        words = blank_words(own)
        if words is None or shape.images > self._home_images() + 1:
            return
        says_so = bool(_SAYS_BLANK.search(words))
        folder = draft.url.split("?")[0].rsplit("/", 1)[0] + "/"
        is_channel = any(d.url.startswith(folder) and d.url != draft.url for d in drafts) and folder.count("/") > 3
        if self._own_links(draft.url) > (1 if says_so else 0) or (is_channel and not says_so):
            return
        draft.kind, draft.blank = "blank", words or None
        if self._may_be_drawn(draft.url, shape):
            draft.why.append("页面由脚本生成，未能渲染")

    def _own_links(self, url: str) -> int:
        """Links of a page that are not part of the template."""
        if self._template_links is None:
            counts: Counter[str] = Counter()
            for note in self._sample:
                counts.update({identity(link.url) for link in self._links(note.url)})
            self._template_links = {key for key, times in counts.items() if times >= self._often}
        return sum(
            1
            for link in self._links(url)
            if link.kind in (LinkKind.PAGE, LinkKind.ATTACHMENT) and identity(link.url) not in self._template_links
        )

    def _links(self, url: str) -> list[Link]:
        html = self._html(url)
        return shape_of(html, url, self._profile.home).links if html is not None else []

    def _may_be_drawn(self, url: str, shape: Shape) -> bool:
        """Could a script still fill this page? Not if a browser has drawn it."""
        if any(i.cause == "drawn" and i.subject == url for i in runs.read_issues(self._connection, self._run.id)):
            return False
        home = self._site.page(self._profile.home)
        known: set[str | int] = {*home.shape.scripts, *home.shape.dynamic} if home else set()
        return shape.app or bool({*shape.scripts, *shape.dynamic} - known)

    def _home_images(self) -> int:
        home = self._site.page(self._profile.home)
        return home.shape.images if home is not None else 0

    def _template_lines(self) -> dict[str, int]:
        """Lines of text that stand on many of a sample of pages, and how often on each: menu, footer, sidebar.

        Of pages with like addresses two are in the sample: a calendar's months are no template.
        """
        counts: dict[str, list[int]] = {}
        for note in self._sample:
            for line, times in Counter(_lines(self._text_of(note.url) or "")).items():
                counts.setdefault(line, []).append(times)
        return {line: sorted(times)[len(times) // 2] for line, times in counts.items() if len(times) >= self._often}

    @cached_property
    def _often(self) -> int:
        """On how many pages of the sample something stands that belongs to the template."""
        return max(3, len(self._sample) // 4)

    @cached_property
    def _sample(self) -> list[PageNote]:
        series: Counter[str] = Counter()
        sample = []
        for note in sorted(self._site.pages.values(), key=lambda n: (n.depth, n.url)):
            series[pattern(note.url)] += 1
            if series[pattern(note.url)] <= 2:
                sample.append(note)
        return sample[:60]

    def _section(self, draft: SectionDraft, profiled: SectionProfile | None) -> Section | None:
        cadence = (profiled.cadence if profiled else None) or cadence_of(draft.name)
        record = profiled.record if profiled and profiled.record != "item" else record_of(draft.name)
        seen = self._seen.get(identity(draft.url))
        section = Section(
            site=self._profile.id,
            url=draft.url,
            name=draft.name,
            cadence=cadence,
            record=record,
            department=(profiled.department if profiled else None) or self._profile.department,
            discovered=profiled is None,
            guessed=not (profiled and profiled.cadence) and is_guess(draft.name),
            opened=profiled.opened if profiled else None,
            sha256=seen.sha256 if seen else None,
            complete=False,
        )
        if draft.page is None and draft.why:
            return replace(section, why="；".join(draft.why))
        items = self._items(draft, section)
        found = self._case_records(draft, section, items)
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
        self._records.extend(items)
        self._records.extend(found)
        if found and not items:
            draft.kind = "list"
        return self._summary(section, draft, items, found, profiled)

    def _summary(
        self,
        section: Section,
        draft: SectionDraft,
        items: list[Item],
        found: list[Record],
        profiled: SectionProfile | None,
    ) -> Section:
        dated = [i for i in items if i.published is not None and i.published <= self._night]
        newest = max(dated, key=lambda i: i.published or date.min, default=None)
        published = [p for r in found if (p := getattr(r, "published", None)) is not None and p <= self._night]
        count = len(items) or len(found)
        expect = profiled.expect if profiled else None
        if expect and expect.min is not None and count < expect.min:
            draft.why.append(f"少于预期（{count} < {expect.min} 条）")
        if section.record != "item":
            unread = [
                i
                for i in items
                if i.access is not None and not i.access.is_ok and i.access not in (Access.GONE, Access.SOFT_GONE)
            ]
            missing = [i for i in items if i.access is None and is_internal(i.url, self._profile.home)]
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

    def _section_read(self, section: Section) -> dict[str, Any]:
        return {
            "site": section.site,
            "url": section.url,
            "night": self._night,
            "complete": section.complete,
            "why": section.why,
            "items": section.items,
            "newest": section.newest,
            "oldest": section.oldest,
        }

    # --- items and their dates ---

    def _items(self, draft: SectionDraft, section: Section) -> list[Item]:
        raw_dates = [parse_date(row.date, near=self._night) for _, row in draft.rows if row.date]
        # A date in the future is a hearing's: then the other dates of that list are hearings' too.
        hearings = section.record == "hearing" and any(d is not None and d > self._night for d in raw_dates)
        items: dict[str, Item] = {}
        undated: list[PageNote] = []
        for position, (list_url, row) in enumerate(draft.rows):
            key = identity(row.url)
            if key in items:
                continue
            written = draft.block.date_of(row) if draft.block is not None else row.date
            detail = self._seen.get(key)
            note = self._site.page(row.url)
            published, source, raw = self._published(row.url, note, None if hearings else written)
            listed = self._seen.get(identity(list_url))
            from_detail = source in (DateSource.META, DateSource.LABEL) and detail is not None
            digest = detail.sha256 if from_detail and detail else listed.sha256 if listed else None
            items[key] = Item(
                site=self._profile.id,
                section_url=section.url,
                section=section.name,
                url=row.url,
                title=row.title,
                published=published,
                published_source=source,
                published_raw=raw,
                access=detail.access if detail is not None else None,
                position=position,
                sha256=digest,
            )
            if note is not None and source in (DateSource.URL, DateSource.NONE):
                undated.append(note)
        # Where no row and no page has a date it is no list of articles, but of links: nobody owes it one.
        if any(i.published_source in (DateSource.META, DateSource.LABEL, DateSource.LIST) for i in items.values()):
            for note in undated:
                self._undated(note, section)
        return list(items.values())

    def _published(
        self, url: str, note: PageNote | None, listed: str | None
    ) -> tuple[date | None, DateSource, str | None]:
        """Publication date by the order of evidence: meta, label on the page, list, URL (domain/rules.md §4.5)."""
        shape = note.shape if note is not None else None
        if shape is not None and shape.meta_date and (value := parse_date(shape.meta_date[:25])):
            # A template's constant: the page and the list agree against it.
            beside = parse_date(listed, near=self._night, not_after=True) if listed else None
            if shape.label_date is None or beside is None or str(beside) != shape.label_date or value == beside:
                return value, DateSource.META, shape.meta_date
        if shape is not None and shape.label_date:
            return date.fromisoformat(shape.label_date), DateSource.LABEL, shape.label_raw
        if listed and (value := parse_date(listed, near=self._night, not_after=True)):
            return value, DateSource.LIST, listed
        in_url = date_in_url(url)
        if in_url is not None:
            # The month alone is read in the court's favour: its last day, but not after tonight.
            value = min(in_url.latest, self._night) if in_url.value <= self._night else in_url.value
            return value, DateSource.URL, in_url.raw
        return None, DateSource.NONE, None

    def _undated(self, note: PageNote, section: Section) -> None:
        key = identity(note.url)
        seen = self._seen.get(key)
        known = self._facts.get(key) or PageFacts(
            site=self._profile.id,
            url=note.url,
            title=note.shape.heading or note.shape.title,
            depth=note.depth,
            sha256=seen.sha256 if seen else None,
        )
        self._facts[key] = replace(known, is_item=True, section=section.name)

    # --- cases ---

    def _case_records(self, draft: SectionDraft, section: Section, items: list[Item]) -> list[Record]:
        """Judgments, notices and hearings: from the list itself, and from the pages it leads to."""
        found: list[Record] = []
        urls: set[str] = set()
        unknown = 0
        if section.record != "item":
            for record in self._from_lists(draft, section):
                found.append(record)
                urls.add(identity(str(getattr(record, "url", ""))))
        for item in items:
            if section.record == "item" and not _DOCUMENT_TITLE.search(item.title):
                continue
            key = identity(item.url)
            detail = list(self._from_detail(item, section))
            if detail:
                found = [r for r in found if identity(str(getattr(r, "url", ""))) != key]
                found.extend(detail)
            elif key not in urls and section.record != "item":
                titled = list(self._by_title(item, section)) if section.record == "judgment" else []
                found.extend(titled)
                unknown += not titled and item.access is not None and item.access.is_ok
        if unknown and section.record in ("judgment", "withheld"):
            # What cannot be understood may be the very document that would be called missing.
            draft.why.append(
                f"{unknown} 个页面未能识别为{'裁判文书' if section.record == 'judgment' else '不公开信息'}"
            )
        return found

    def _tables_of(self, url: str) -> list[str]:
        """A page without a list of links, the frames within it, and their further pages: tables may stand on each."""
        found, waiting = [url], [url]
        while waiting and len(found) < 200:
            note = self._site.page(waiting.pop(0))
            if note is None:
                continue
            for further in (*note.shape.frames, *note.shape.pagers):
                if further not in found and self._site.page(further) is not None:
                    found.append(further)
                    waiting.append(further)
        return found

    def _from_lists(self, draft: SectionDraft, section: Section) -> Iterator[Record]:
        for url in draft.pages or self._tables_of(draft.url):
            note = self._site.page(url)
            html = self._html(note.url) if note is not None else None
            if note is None or html is None:
                continue
            seen = self._seen.get(identity(note.url))
            page = DetailPage(
                site=self._profile.id,
                url=note.url,
                html=html,
                title=section.name,
                section=section.name,
                court=self._court,
                sha256=seen.sha256 if seen else None,
            )
            for table in read_tables(html) if "<table" in html.lower() else ():
                for record in read_list_records(table, page, expected=section.record):
                    yield self._checked(record)

    def _from_detail(self, item: Item, section: Section) -> Iterator[Record]:
        note = self._site.page(item.url)
        html = self._html(note.url) if note is not None else None
        if note is None or html is None:
            return
        seen = self._seen.get(identity(note.url))
        page = DetailPage(
            site=self._profile.id,
            url=item.url,
            html=html,
            title=note.shape.heading if item.title.endswith(("…", "...")) and note.shape.heading else item.title,
            published=item.published,
            published_source=item.published_source,
            section=section.name,
            court=self._court,
            sha256=seen.sha256 if seen else None,
        )
        expected = None if section.record == "item" else section.record
        for record in read_records(page, expected=expected):
            if expected is None and not isinstance(record, Judgment):
                continue
            yield self._checked(record)

    def _by_title(self, item: Item, section: Section) -> Iterator[Record]:
        """A judgment whose page could not be read, known by the case number in its title."""
        numbers = find_all(item.title)
        if numbers and item.access is not None:
            yield Judgment(
                site=self._profile.id,
                url=item.url,
                case_number=numbers[0].text,
                title=item.title,
                section=section.name,
                published=item.published,
                published_source=item.published_source,
                sha256=item.sha256,
            )

    def _checked(self, record: Judgment | Withheld | Hearing) -> Record:
        """A publication date in the future is none."""
        if record.published is not None and record.published > self._night:
            return replace(record, published=None, published_source=DateSource.NONE)
        return record

    # --- links ---

    def _targets(self) -> Iterator[Target]:
        for key, seen in self._dead.items():
            found, count = self._referrers.get(key, ([], 0))
            yield Target(
                site=self._profile.id,
                url=seen.url,
                kind=seen.kind,
                internal=seen.internal,
                access=seen.access,
                status=seen.status,
                detail=seen.detail,
                probes=1 + sum(1 for p in seen.probes if p["access"] == seen.access.value),
                fetched_at=seen.at,
                sha256=seen.sha256,
                referrers=tuple(found),
                referrer_count=count,
            )


def replace_seen(seen: Seen, url: str, digest: str) -> Seen:
    """The access of a page that was reached by a redirect only."""
    return Seen(url, Access.OK, seen.status, seen.at, digest, seen.kind, True, seen.depth, None, seen.elapsed, None, [])


def _lines(text: str) -> Iterable[str]:
    return (line for line in (" ".join(raw.split()) for raw in text.split("\n")) if line)


def conclude(connection: Connection, profile: Profile, run: Run) -> Concluded:
    """Records of one run, saved. Running it twice saves the same."""
    return Conclusion(connection, profile, run).go()
