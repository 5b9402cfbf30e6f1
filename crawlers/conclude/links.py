"""Kept pages → where links lead to nothing good, and what rules on pages need to know of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from crawlers.conclude.kept import Kept
from crawlers.crawl import SLOW
from crawlers.discover import PageNote
from crawlers.frontier import NO_LONGER_LISTED
from crawlers.html import Shape
from crawlers.urls import identity
from storage.records import Access, Evidence, LinkKind, PageFacts, Section, Target

MOST_REFERRERS = 5


@dataclass
class _Referrers:
    """Who leads to a dead target: pages that were asked tonight, pages that were not, and how many links in all."""

    asked: list[Evidence] = field(default_factory=list)
    carried: list[Evidence] = field(default_factory=list)
    count: int = 0


class Links:
    """Counts who leads to dead targets, and collects page facts, while the shapes go by."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._referrers: dict[str, _Referrers] = {}
        self._platforms: set[str] = set()  # linked from home or near it, as far as read
        self.facts: dict[str, PageFacts] = {}
        self.attachments: dict[str, tuple[str, str]] = {}  # which page offers each first, and under which words

    def note(self, url: str, shape: Shape, depth: int, digest: str) -> None:
        """Take in one page."""
        self._note_links(url, shape)
        self._note_facts(url, shape, depth, digest)

    def _note_links(self, url: str, shape: Shape) -> None:
        for link in shape.links:
            key = identity(link.url)
            if link.kind is LinkKind.ATTACHMENT:
                self.attachments.setdefault(key, (url, link.text))
            dead = self._kept.dead.get(key)
            if dead is None:
                continue
            here = self._kept.seen.get(identity(url))
            leading = self._referrers.setdefault(key, _Referrers())
            leading.count += 1
            named = leading.asked if here is None or here.carried is None else leading.carried
            if len(named) < MOST_REFERRERS:
                named.append(
                    Evidence(
                        url=url,
                        fetched_at=here.at if here else None,
                        status=here.status if here else None,
                        sha256=here.sha256 if here else None,
                        excerpt=link.text or None,
                    )
                )

    def _note_facts(self, url: str, shape: Shape, depth: int, digest: str) -> None:
        is_home = identity(url) == identity(self._kept.profile.home) or (
            self._kept.site.moved.get(identity(self._kept.profile.home)) == identity(url)
        )
        seen = self._kept.seen.get(identity(url))
        loads = tuple(_loads(seen.probes)) if seen else ()
        new_platforms = set(shape.platforms) - self._platforms if depth <= 2 else set()
        self._platforms |= new_platforms
        slow = any(load > SLOW for load in loads)
        if shape.hidden or shape.link_farm or shape.pinyin or slow or is_home or new_platforms:
            self.facts[identity(url)] = PageFacts(
                site=self._kept.profile.id,
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

    def undated(self, note: PageNote, section: Section) -> None:
        """An article that carries no date."""
        key = identity(note.url)
        seen = self._kept.seen.get(key)
        known = self.facts.get(key) or PageFacts(
            site=self._kept.profile.id,
            url=note.url,
            title=note.shape.heading or note.shape.title,
            depth=note.depth,
            sha256=seen.sha256 if seen else None,
        )
        self.facts[key] = replace(known, is_item=True, section=section.name)

    def targets(self) -> Iterator[Target]:
        """Each distinct target that was not simply ok tonight, with the pages that lead there: those that were asked tonight first."""
        for key, seen in self._kept.dead.items():
            leading = self._referrers.get(key, _Referrers())
            if seen.depth == NO_LONGER_LISTED and not leading.count:
                continue  # asked for because it stood there once: no link leads to it that could be dead
            yield Target(
                site=self._kept.profile.id,
                url=seen.url,
                kind=seen.kind,
                internal=seen.internal,
                access=seen.access,
                status=seen.status,
                detail=seen.detail,
                probes=1 + sum(1 for p in seen.probes if p["access"] == seen.access.value),
                fetched_at=seen.at,
                sha256=seen.sha256,
                referrers=(*leading.asked, *leading.carried)[:MOST_REFERRERS],
                referrer_count=leading.count,
            )


def _loads(probes: list[dict[str, Any]]) -> Iterator[float]:
    """How long it took each time that the page came: a refusal, however quick, is no load."""
    for one in probes:
        if one.get("elapsed") is not None and Access(one["access"]).is_ok:
            yield float(one["elapsed"])
