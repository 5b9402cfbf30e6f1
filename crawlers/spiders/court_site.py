"""The spider of every court: driven by its profile, or discovering where there is none.

It has Scrapy's engine behind its downloads (`crawlers/downloader.py`) and crawls of its own (`crawlers/crawl.py`,
`crawlers/portal/`) to decide what is asked next: so an access is one straight line of code, from the question to what it
means. Site and hearing portal are read in one run, and neither is lost when the other cannot be read.
"""

from __future__ import annotations

import gc
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from sqlalchemy.engine import Connection, Engine

from crawlers.budget import Budget
from crawlers.chosen import ChosenPages
from crawlers.conclude import conclude
from crawlers.crawl import Crawl, Result
from crawlers.downloader import Downloader
from crawlers.fetch import Fetcher
from crawlers.guard import GUARD
from crawlers.portal.crawl import PortalCrawl, PortalResult
from crawlers.profile import find_profile
from crawlers.robots import Robots
from crawlers.settings import VERSION
from crawlers.task import CrawlTask
from storage import runs
from storage.database import DatabaseError, connect
from storage.runs import Issue, Run, Site
from storage.trouble import trouble_of

log = logging.getLogger(__name__)


def _silent(pages: int, links: int, queued: int) -> None:
    del pages, links, queued


class CourtSiteSpider(Spider):
    """`scrapy crawl court_site -a site=ID [-a night=YYYY-MM-DD] [-a database=FILE]`, or with a task by `crawlers.run`."""

    name = "court_site"
    reads_site = True

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
                raise ValueError(f"{self.name} needs -a site=ID (a profile's name)")
            on = date.fromisoformat(night) if night else _today()
            Path(database).parent.mkdir(parents=True, exist_ok=True)
            task = CrawlTask(database=database, night=on, profile=find_profile(site))
        self.task, self._report = task, report
        self._downloads: Downloader | None = None
        self.error: str | None = None
        self.trouble: str | None = None  # the error is no bug, but that the database is away, full …

    async def start(self) -> AsyncIterator[Request]:
        try:
            await self._night()
        except Exception as error:  # said loudly by the parent process, which gets this text and a non-zero exit
            self.trouble = str(error) if isinstance(error, DatabaseError) else trouble_of(error)
            self.error = self.trouble or traceback.format_exc()
            log.error(self.error)
        finally:
            if self._downloads is not None:
                await self._downloads.close()
        nothing: tuple[Request, ...] = ()  # all requests went by `crawlers.downloader`
        for request in nothing:
            yield request

    async def _night(self) -> None:
        task = self.task
        GUARD.reset(allow_private=task.allow_private)
        database = connect(task.database)
        assert self.crawler.engine is not None
        agent = self.crawler.settings["USER_AGENT"]
        if task.contact:
            agent = f"gongkai/{VERSION} (judicial publicity audit; contact: {task.contact})"
        robots = Robots()
        headers = {"User-Agent": agent}
        if task.only is not None:
            headers["Cache-Control"] = "no-cache"  # a cache on the way may still have the page as it was
        budget = Budget(task.max_seconds, task.max_bytes)
        self._downloads = Downloader(self.crawler.engine, self.crawler.settings)
        fetcher = Fetcher(self._downloads, robots, headers, budget)
        with database.begin() as connection:
            run = runs.start(connection, task.profile.id, task.night, datetime.now(UTC))
            self._begin(connection, run)
            runs.save_site(connection, self._site())
        site = None
        if self.reads_site and task.profile.home:
            crawl = ChosenPages if task.only is not None else Crawl
            site = await crawl(task, run, database, fetcher, robots, self._report).go()
        reads_portal = task.profile.portal is not None and task.only is None
        portal = await self._portal(database, run, fetcher, site) if reads_portal else None
        gc.collect()  # what the crawl knew is not needed any more, and the conclusion needs room of its own
        with database.begin() as connection:
            self._finish(connection, run, site, portal, fetcher)
        database.dispose()

    def _begin(self, connection: Connection, run: Run) -> None:
        runs.update(connection, run.id, status="running", why=None)

    async def _portal(self, database: Engine, run: Run, fetcher: Fetcher, site: Result | None) -> PortalResult:
        """The night at the portal; a bug in it must not lose the site, and is said loudly."""
        pages, links = (site.pages, site.links) if site is not None else (0, 0)

        def report(more: int, asked: int, queued: int) -> None:
            self._report(pages + more, links + asked, queued)

        crawl = PortalCrawl(self.task, run, database, fetcher, report)
        try:
            return await crawl.go()
        except Exception as error:
            if isinstance(error, DatabaseError) or trouble_of(error) is not None:
                raise
            log.exception("bug while reading the hearing portal of %s", self.task.profile.id)
            said = f"{type(error).__name__}: {error}"
            issue = Issue(cause="bug", subject=self.task.profile.address, detail=said)
            return PortalResult(issues=[issue], bugs=[said])

    def _finish(
        self, connection: Connection, run: Run, site: Result | None, portal: PortalResult | None, fetcher: Fetcher
    ) -> None:
        values: dict[str, Any] = {"finished": datetime.now(UTC), "bytes": fetcher.bytes, "pages": 0, "links": 0}
        values["sections"] = 0
        if site is not None:
            runs.save_issues(connection, run.id, site.issues)
            values |= {"pages": site.pages, "links": site.links, "unchanged": site.unchanged}
            carried = ("carried_pages", "carried_links", "carried_since")
            values |= {name: getattr(site, name) for name in carried}
            if site.unreadable is None and self.task.only is None:  # of chosen pages alone no section can be told
                concluded = conclude(connection, self.task.profile, run)
                runs.save_site(connection, self._site(concluded.court, concluded.platform))
                values["sections"] = concluded.sections
                if concluded.bugs:
                    site.why.append(f"程序错误，{len(concluded.bugs)} 个页面未能读取")
                if concluded.lost:
                    site.why.append(f"{len(concluded.lost)} 个留存页面丢失或损坏，未能读取")
        if portal is not None:
            portal.save(connection, run)
            values["pages"] += portal.pages
            values["links"] += portal.asked
            values["sections"] += len(portal.sections)
        status, why = _status(site, portal)
        if self.task.only is not None and status == "complete":
            status = "incomplete"
        runs.update(connection, run.id, status=status, why=why, **values)

    def _site(self, court: str | None = None, platform: str | None = None) -> Site:
        profile = self.task.profile
        return Site(
            id=profile.id,
            court=court or profile.court or profile.id,
            home=profile.address,
            level=profile.level,
            platform=platform or profile.platform,
        )


def _status(site: Result | None, portal: PortalResult | None) -> tuple[str, str | None]:
    """What a night came to, and why it is not complete.

    Where there is a site, the run's word is about the site: which lists of the portal were not read stands with these
    lists, so that a portal that refuses us for months does not make every night of the site an incomplete one.
    """
    if site is None:
        assert portal is not None  # else there was nothing to read
        why = "；".join(portal.why + portal.said_bugs) or None
        if not portal.was_read:
            return "unreadable", f"庭审公开平台无法读取：{why or '原因不明'}"
        return ("incomplete" if why else "complete"), why
    reasons = [*site.why, *(portal.said_bugs if portal is not None else ())]
    if portal is not None and portal.cut is not None:  # a bound of ours, which the run always says
        reasons.append(portal.cut)
    if site.unreadable is not None:
        status = "incomplete" if portal is not None and portal.was_read else "unreadable"
        return status, site.unreadable
    why = "；".join(reasons) or None
    return ("incomplete" if why else "complete"), why


def _today() -> date:
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Asia/Shanghai")).date()
