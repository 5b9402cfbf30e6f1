"""One site's night in a process of its own: a crash there is one site's, and the reactor starts afresh each time.

`run_site` is called by the application; `python -m crawlers.run` is the child, which reads the task from standard input
and reports progress as lines of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crawlers.task import CrawlTask
from storage import runs
from storage.database import connect
from storage.runs import Run

FINISHED = ("complete", "incomplete", "unreadable")


@dataclass(frozen=True)
class Progress:
    """How far a crawl is: pages read, links checked beside them, and what is queued."""

    pages: int
    links: int
    queued: int


class CrawlCrashed(Exception):
    """A bug ended a crawl; the message is the child's traceback."""


def run_site(task: CrawlTask, on_progress: Callable[[Progress], None] | None = None) -> Run:
    """Crawl one site for one night. A finished night is not crawled again; a killed one goes on.

    Raises:
        CrawlCrashed: With the traceback of the process.
        storage.database.DatabaseError: The database cannot be opened.
    """
    engine = connect(task.database)
    with engine.begin() as connection:
        known = runs.find(connection, task.profile.id, task.night)
    if known is not None and known.status in FINISHED:
        return known
    child = subprocess.Popen(
        [sys.executable, "-m", "crawlers.run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    try:
        child.stdin.write(task.to_json())
        child.stdin.close()
        for line in child.stdout:
            if on_progress is not None and line.startswith("{"):
                on_progress(Progress(**json.loads(line)))
        errors = child.stderr.read()
        child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise
    with engine.begin() as connection:
        run = runs.find(connection, task.profile.id, task.night)
        if child.returncode != 0 or run is None or run.status not in FINISHED:
            if run is not None:
                runs.update(connection, run.id, status="crashed", why="程序错误")
            raise_after = CrawlCrashed(errors[-8_000:] or f"exit {child.returncode}")
        else:
            raise_after = None
    engine.dispose()
    if raise_after is not None:
        raise raise_after
    assert run is not None
    return run


def main() -> int:
    """The child: one task from standard input."""
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers.settings import all_settings
    from crawlers.spiders.court_site import CourtSiteSpider

    task = CrawlTask.from_json(sys.stdin.read())
    settings: dict[str, Any] = all_settings()
    if task.delay is not None or task.profile.delay is not None:
        settings["DOWNLOAD_DELAY"] = task.delay if task.delay is not None else task.profile.delay
    if task.timeout is not None:
        settings["DOWNLOAD_TIMEOUT"] = task.timeout
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(CourtSiteSpider)
    process.crawl(crawler, task=task, report=_report)
    process.start()
    error = getattr(crawler.spider, "error", "the spider did not start")
    if error is not None:
        print(error, file=sys.stderr)
    return 0 if error is None else 1


def _report(pages: int, links: int, queued: int) -> None:
    print(json.dumps({"pages": pages, "links": links, "queued": queued}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
