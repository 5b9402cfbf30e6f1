"""robots.txt of every host that is asked: read once a night, obeyed, its Crawl-delay too.

A robots.txt that is missing (4xx) forbids nothing (RFC 9309 §2.3.1.3); one that cannot be read for a fault of the
server (5xx, no answer) is asked once more and then taken as silent: our own reading is slow, and the court's duty to be
public does not end with a broken file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from protego import Protego

from crawlers.urls import host_of

if TYPE_CHECKING:
    from crawlers.downloader import Reply

Download = Callable[[str, str, Mapping[str, str]], Awaitable["Reply"]]
AGENT = "gongkai"
LARGEST = 512 * 1024


class Robots:
    """The robots.txt files of one crawl."""

    def __init__(self) -> None:
        self._rules: dict[str, Protego | None] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def allows(self, url: str, download: Download) -> bool:
        """May this URL be asked?"""
        scheme, host = url.split("://", 1)[0], host_of(url)
        if host not in self._rules:
            async with self._locks.setdefault(host, asyncio.Lock()):
                if host not in self._rules:
                    self._rules[host] = await self._read(f"{scheme}://{host}/robots.txt", download)
        rules = self._rules[host]
        return rules is None or bool(rules.can_fetch(url, AGENT))

    def delay(self, url: str) -> float | None:
        """Seconds between requests that the host asks for, at most 60."""
        rules = self._rules.get(host_of(url))
        delay = None if rules is None else rules.crawl_delay(AGENT)
        return None if delay is None else min(float(delay), 60.0)

    async def _read(self, url: str, download: Download) -> Protego | None:
        for _ in range(2):
            try:
                response = await download(url, "GET", {})
            except Exception:  # no host that cannot be reached has rules; the page's own request will say why
                return None
            if response.status < 500:
                break
        if response.status != 200 or b"<html" in response.body[:500].lower():
            return None
        return Protego.parse(response.body[:LARGEST].decode("utf-8", "replace"))
