"""Which URLs are asked: each page once, no further than the budget, and no endless series.

A calendar links to its next month for ever; a list answers past its last page with the last page again; a parameter
changes and the page stays the same. Such series are recognised by their pattern and cut off, and the crawl says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from crawlers.urls import identity, path_of, pattern
from storage.columns import LONGEST_KEY
from storage.records import LinkKind

DEEPEST = 40
NO_LONGER_LISTED = 99  # depth of a page that was published once and that no list leads to tonight
BARREN_CHAIN = 20  # pages of one pattern, each found on the one before, that lead nowhere new
BARREN_PAGES = 40  # such pages of one pattern in all
SAME_TEXT = 12  # pages of one pattern that say the same
LONGEST_URL = LONGEST_KEY  # so that an address is stored as it is
_REPEATED = re.compile(r"/([^/\d][^/]*)/(?:[^/]+/)?\1/(?:[^/]+/)?\1(?:/|$)")


@dataclass(slots=True)
class Job:
    """A URL that is to be asked, and how it was found."""

    url: str
    kind: LinkKind
    internal: bool
    depth: int
    barren: int = 0
    from_pattern: str = ""
    from_rows: int = 0  # hash of the rows of the list that led here by its pager
    attempts: int = 0


class Frontier:
    """The seen-set and the traps. It holds no queue: what it admits is asked."""

    def __init__(self, page_budget: int, exclude: tuple[str, ...] = ()) -> None:
        self._seen: set[str] = set()
        self._exclude = re.compile("|".join(f"(?:{e})" for e in exclude)) if exclude else None
        self._budget = page_budget
        self._barren: Counter[str] = Counter()
        self._texts: Counter[tuple[str, int]] = Counter()
        self._listed: dict[str, set[int]] = {}
        self._closed: set[str] = set()
        self._refused: dict[str, set[str]] = {}
        self.pages = 0
        self.over_budget = 0

    def knows(self, url: str) -> bool:
        return identity(url) in self._seen

    def mark(self, url: str) -> bool:
        """Take a URL as seen; False if it was."""
        key = identity(url)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def admit(
        self, url: str, kind: LinkKind, *, internal: bool, parent: Job, fruitful: bool = True, rows: int = 0
    ) -> Job | None:
        """A job for a link, or None if it was seen, is excluded, or belongs to an endless series.

        Args:
            parent: The page that links to it.
            fruitful: Does the parent lead anywhere outside its own pattern that was not known, or list what its list has not?
            rows: Hash of the rows of the parent's list, if this link is of its pager.
        """
        key = identity(url)
        if key in self._seen:
            return None
        if self._exclude is not None and self._exclude.search(url):
            return None
        is_page = internal and kind in (LinkKind.PAGE, LinkKind.FRAME)
        barren, shape, depth = 0, "", parent.depth + 1
        if is_page:
            shape = pattern(url)
            if shape == parent.from_pattern or shape == pattern(parent.url):
                barren = 0 if fruitful else parent.barren + 1
                depth -= fruitful  # the next page of a list is as near as the first
            if self._is_trap(url, shape, barren, depth):
                held = self._refused.setdefault(shape, set())
                if len(held) < 1_000:
                    held.add(key)
                return None
            if self.pages >= self._budget:
                self.over_budget += 1
                return None
            self.pages += 1
            if barren:
                self._barren[shape] += 1
        self._seen.add(key)
        return Job(url, kind, internal, depth, barren, shape, rows)

    def _is_trap(self, url: str, shape: str, barren: int, depth: int) -> bool:
        if shape in self._closed or depth > DEEPEST or len(url) > LONGEST_URL:
            return True
        if barren > BARREN_CHAIN or (barren and self._barren[shape] > BARREN_PAGES):
            return True
        return _REPEATED.search(path_of(url)) is not None

    def lists_more(self, url: str, rows: Iterable[str]) -> bool:
        """Does a page of a list list anything that no page of its pattern has? Then the list goes on.

        What it lists may be known from elsewhere. Of that there is an end, so no endless series goes on by it.
        """
        listed = self._listed.setdefault(pattern(url), set())
        before = len(listed)
        listed.update(map(hash, rows))
        return len(listed) > before

    def says_the_same(self, url: str, said: int) -> bool:
        """Is this one page too many of a pattern with the same text? Then the pattern is closed.

        Args:
            said: Checksum of the text without its digits.
        """
        shape = pattern(url)
        if "?" not in shape:
            return False
        key = (shape, said)
        self._texts[key] += 1
        if self._texts[key] > SAME_TEXT:
            self._closed.add(shape)
            return True
        return False

    def traps(self) -> dict[str, int]:
        """The series that were cut off: pattern → how many of its URLs were refused and not found otherwise."""
        found = {shape: len(keys - self._seen) for shape, keys in self._refused.items()}
        found.update({shape: max(1, found.get(shape, 0)) for shape in self._closed})
        return {shape: count for shape, count in found.items() if count}
