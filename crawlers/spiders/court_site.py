"""The spider of every court: driven by its profile, or discovering where there is none.

It uses Scrapy's engine to download and its own crawl (`crawlers/crawl.py`) to decide what is asked next: so an access is
one straight line of code, from the question to what it means.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider

from crawlers.conclude import conclude
from crawlers.crawl import Crawl, Result
from crawlers.fetch import Fetcher
from crawlers.guard import GUARD
from crawlers.profile import find_profile
from crawlers.robots import Robots
from crawlers.settings import VERSION
from crawlers.task import CrawlTask
from storage import runs
from storage.database import connect
from storage.runs import Run, Site

log = logging.getLogger(__name__)


def _silent(pages: int, links: int, queued: int) -> None:
    del pages, links, queued


class CourtSiteSpider(Spider):
    """`scrapy crawl court_site -a site=ID [-a night=YYYY-MM-DD] [-a database=FILE]`, or with a task by `crawlers.run`."""

    name = "court_site"

    def __init__(
        self,
        task: CrawlTask | None = None,
        site: str | None = None,
        night: str | None = None,
        database: str = "var/gongkai.db",
        report: Callable[[int, int, int], None] = _silent,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if task is None:
            if site is None:
                raise ValueError("court_site needs -a site=ID (a profile's name)")
            on = date.fromisoformat(night) if night else _today()
            Path(database).parent.mkdir(parents=True, exist_ok=True)
            task = CrawlTask(database=database, night=on, profile=find_profile(site))
        self.task, self._report = task, report
        self.error: str | None = None

    async def start(self) -> AsyncIterator[Request]:
        try:
            await self._night()
        except Exception:  # said loudly by the parent process, which gets this text and a non-zero exit
            self.error = traceback.format_exc()
            log.error(self.error)
        nothing: tuple[Request, ...] = ()  # all requests went through the engine's downloader
        for request in nothing:
            yield request

    async def _night(self) -> None:
        task = self.task
        GUARD.reset(allow_private=task.allow_private)
        database = connect(task.database)
        robots = Robots()
        assert self.crawler.engine is not None
        agent = self.crawler.settings["USER_AGENT"]
        if task.contact:
            agent = f"gongkai/{VERSION} (judicial publicity audit; contact: {task.contact})"
        fetcher = Fetcher(self.crawler.engine, robots, {"User-Agent": agent})
        with database.begin() as connection:
            run = runs.start(connection, task.profile.id, task.night, datetime.now(UTC))
            runs.update(connection, run.id, status="running", why=None)
            profile = task.profile
            runs.save_site(
                connection,
                Site(
                    id=profile.id,
                    court=profile.court or profile.id,
                    home=profile.home,
                    level=profile.level,
                    platform=profile.platform,
                ),
            )
        crawl = Crawl(task, run, database, fetcher, robots, self._report)
        result = await crawl.go()
        with database.begin() as connection:
            self._finish(connection, run, result, fetcher)
        database.dispose()

    def _finish(self, connection: Any, run: Run, result: Result, fetcher: Fetcher) -> None:
        profile = self.task.profile
        runs.save_issues(connection, run.id, result.issues)
        common = {
            "finished": datetime.now(UTC),
            "pages": result.pages,
            "links": result.links,
            "bytes": fetcher.bytes,
            "unchanged": result.unchanged,
        }
        if result.unreadable is not None:
            runs.update(connection, run.id, status="unreadable", why=result.unreadable, **common)
            return
        concluded = conclude(connection, profile, run)
        runs.save_site(
            connection,
            Site(
                id=profile.id,
                court=concluded.court,
                home=profile.home,
                level=profile.level,
                platform=concluded.platform,
            ),
        )
        why = "；".join(result.why) or None
        runs.update(
            connection,
            run.id,
            status="incomplete" if why else "complete",
            why=why,
            sections=concluded.sections,
            **common,
        )


def _today() -> date:
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Asia/Shanghai")).date()
