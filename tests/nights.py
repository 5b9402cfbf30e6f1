"""Nights at a court that exists in memory only: what a crawl's own process does, without the process and the network."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawlers.budget import Budget
from crawlers.conclude import conclude
from crawlers.crawl import Crawl
from crawlers.downloader import Reply
from crawlers.fetch import Fetcher
from crawlers.guard import GUARD
from crawlers.profile import bare_profile
from crawlers.robots import Robots
from crawlers.task import CrawlTask
from gongkai import nightly
from storage import runs
from storage.database import connect
from storage.runs import Run, Site

HOME = "http://127.0.0.1:9/"


class CourtInMemory:
    """Pages by path, files in bytes; what is not there is not found. `asked` is what tonight asked for, `sent` what came with a body."""

    def __init__(self, pages: Mapping[str, str | bytes], database: Path, **task: Any) -> None:
        self.pages: dict[str, Any] = dict(pages)
        self.task, self._database = task, database
        self.asked: list[str] = []
        self.sent: list[str] = []
        self.engine = connect(database)
        self.profile = task.pop("profile", None) or bare_profile(HOME)

    async def get(self, url: str, method: str, headers: Mapping[str, str], least_delay: float = 0.0) -> Reply:
        """As `crawlers.downloader.Downloader` answers."""
        del method, least_delay
        path, query = urlsplit(url).path, urlsplit(url).query
        page = self.pages.get(f"{path}?{query}") or self.pages.get(path)
        self.asked.append(path)
        if page is None:
            return Reply(404, (), b"<html><title>404</title>404 Not Found</html>")
        body = page if isinstance(page, bytes) else page.encode()
        kind = b"application/octet-stream" if isinstance(page, bytes) else b"text/html; charset=utf-8"
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        said = ((b"Content-Type", kind), (b"ETag", tag.encode()))
        if headers.get("If-None-Match") == tag:
            return Reply(304, said)
        self.sent.append(path)
        if "Range" in headers:
            return Reply(206, said, body[:2048])
        return Reply(200, said, body)

    def night(self, night: date, *, audited: bool = True, budget: Budget | None = None, **more: Any) -> Run:
        """One night: crawled, concluded and audited."""
        self.asked, self.sent = [], []
        GUARD.reset(allow_private=True)
        task = CrawlTask(
            database=str(self._database), night=night, profile=self.profile, allow_private=True, **self.task | more
        )
        site = self.profile.id
        with self.engine.begin() as connection:
            runs.save_site(connection, Site(id=site, court="示例市人民法院", home=HOME))
            run = runs.start(connection, site, night, datetime.now(UTC))
        fetcher = Fetcher(self, Robots(), {"User-Agent": "test"}, budget)
        result = asyncio.run(Crawl(task, run, self.engine, fetcher, Robots()).go())
        with self.engine.begin() as connection:
            runs.save_issues(connection, run.id, result.issues)
            if result.unreadable is None:
                conclude(connection, self.profile, run)
            status = "unreadable" if result.unreadable else "incomplete" if result.why else "complete"
            names = ("pages", "links", "unchanged", "carried_pages", "carried_links", "carried_since")
            values = {name: getattr(result, name) for name in names}
            why = result.unreadable or "；".join(result.why) or None
            runs.update(connection, run.id, status=status, why=why, finished=datetime.now(UTC), **values)
        if audited:
            nightly.audit(self.engine, site, night)
        with self.engine.begin() as connection:
            found = runs.find(connection, site, night)
        assert found is not None
        return found
