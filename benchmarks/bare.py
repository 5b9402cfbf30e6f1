"""How fast it could be at all: aiohttp and lexbor in one loop, statuses only. Nothing is kept, read or concluded.

    python benchmarks/bare.py http://127.0.0.1:8741/ dead.txt

It stands in the tables as the limit of what Python does on this machine, not as a rival: it has no robots.txt, no
database, no second question where an answer is doubtful, and no idea of a page that says "not found" with 200.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import aiohttp
from selectolax.lexbor import LexborHTMLParser

CONNECTIONS = 32
WHERE = {"a": "href", "area": "href", "link": "href", "img": "src", "script": "src", "iframe": "src", "frame": "src"}
SELECTOR = ",".join(f"{tag}[{name}]" for tag, name in WHERE.items())


class Bare:
    """One crawl."""

    def __init__(self, start: str, session: aiohttp.ClientSession) -> None:
        self._host, self._session = urlsplit(start).netloc, session
        self._seen = {start}
        self._queue: deque[tuple[str, bool]] = deque([(start, True)])
        self.dead: list[str] = []

    async def go(self) -> None:
        """Until nothing is queued and nobody works."""
        working: set[asyncio.Task[None]] = set()
        while self._queue or working:
            while self._queue and len(working) < CONNECTIONS:
                working.add(asyncio.ensure_future(self._ask(*self._queue.popleft())))
            _, working = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)

    async def _ask(self, url: str, is_page: bool) -> None:
        try:
            async with self._session.request("GET" if is_page else "HEAD", url) as answer:
                if answer.status >= 400:
                    self.dead.append(url)
                elif is_page and answer.content_type == "text/html":
                    self._follow(str(answer.url), await answer.read())
        except (aiohttp.ClientError, TimeoutError, ValueError):
            self.dead.append(url)

    def _follow(self, base: str, body: bytes) -> None:
        for node in LexborHTMLParser(body).css(SELECTOR):
            href = node.attributes.get(WHERE[node.tag]) or ""
            try:
                url = urldefrag(urljoin(base, href)).url
                parts = urlsplit(url)
            except ValueError:
                continue
            if parts.scheme not in ("http", "https") or url in self._seen:
                continue
            self._seen.add(url)
            self._queue.append((url, parts.netloc == self._host and node.tag in ("a", "area", "iframe", "frame")))


async def main(start: str, report: Path) -> None:
    """Crawl and write what was dead, a line each."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
        bare = Bare(start, session)
        await bare.go()
    report.write_text("".join(f"{url}\n" for url in sorted(bare.dead)), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
