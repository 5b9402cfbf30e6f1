"""Sections without a list: is there anything on them that is not on every page of the site?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from crawlers.conclude.kept import LOST, Kept
from crawlers.discover import PageNote, SectionDraft, blank_words, clean_name
from crawlers.html import Shape
from crawlers.urls import identity, is_internal, pattern
from storage import runs
from storage.records import LinkKind

_SAYS_BLANK = re.compile(r"暂无|没有|暂时|无数据|建设|敬请期待|即将|更新中|整理中|no data|no records", re.I)


class Blanks:
    """Tells blank sections from pages of words, by what stands on many pages of the site."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._template_links: set[str] | None = None

    def mark(self, drafts: list[SectionDraft]) -> None:
        """Pages without a list: is there anything on them that is not on every page?"""
        without = [d for d in drafts if d.kind == "content"]
        if not without:
            return
        template = self._template_lines()
        for draft in without:
            missed = self._kept.missed
            text = self._kept.text_of(draft.url) or ""
            lines = Counter(_lines(text))
            lines.subtract({line: template.get(line, 0) for line in lines})
            own = " ".join(line for line, times in lines.items() if times > 0 and clean_name(line) != draft.name)
            note = self._kept.site.page(draft.url)
            shape = note.shape if note is not None else Shape(draft.url)
            frames = [f for f in shape.frames if is_internal(f, self._kept.profile.home)]
            if frames and any(self._kept.site.page(f) is None for f in frames):
                draft.why.append("内嵌框架未读")
                continue
            texts = [self._kept.text_of(f) for f in frames]
            if self._kept.missed > missed:
                draft.why.append(LOST)
            elif not any(texts):
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
                counts.update({identity(link.url) for link in self._kept.links(note.url)})
            self._template_links = {key for key, times in counts.items() if times >= self._often}
        return sum(
            1
            for link in self._kept.links(url)
            if link.kind in (LinkKind.PAGE, LinkKind.ATTACHMENT) and identity(link.url) not in self._template_links
        )

    def _may_be_drawn(self, url: str, shape: Shape) -> bool:
        """Could a script still fill this page? Not if a browser has drawn it."""
        if any(
            i.cause == "drawn" and i.subject == url for i in runs.read_issues(self._kept.connection, self._kept.run.id)
        ):
            return False
        home = self._kept.site.page(self._kept.profile.home)
        known: set[str | int] = {*home.shape.scripts, *home.shape.dynamic} if home else set()
        return shape.app or bool({*shape.scripts, *shape.dynamic} - known)

    def _home_images(self) -> int:
        home = self._kept.site.page(self._kept.profile.home)
        return home.shape.images if home is not None else 0

    def _template_lines(self) -> dict[str, int]:
        """Lines of text that stand on many of a sample of pages, and how often on each: menu, footer, sidebar.

        Of pages with like addresses two are in the sample: a calendar's months are no template.
        """
        counts: dict[str, list[int]] = {}
        for note in self._sample:
            for line, times in Counter(_lines(self._kept.text_of(note.url) or "")).items():
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
        for note in sorted(self._kept.site.pages.values(), key=lambda n: (n.depth, n.url)):
            series[pattern(note.url)] += 1
            if series[pattern(note.url)] <= 2:
                sample.append(note)
        return sample[:60]


def _lines(text: str) -> Iterable[str]:
    return (line for line in (" ".join(raw.split()) for raw in text.split("\n")) if line)
