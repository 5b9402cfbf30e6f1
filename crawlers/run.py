"""One site's night in a process of its own: a crash there is one site's, and the reactor starts afresh each time.

`run_site` is called by the application; `python -m crawlers.run` is the child, which reads the task from standard input
and reports progress as lines of JSON. The child holds the site's lock, as it is who asks the court, and never outlives
its parent: however the two die, or lose each other, no second crawl of the site begins beside it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crawlers.stop import UNFINISHED, CrawlStopped, never
from crawlers.task import CrawlTask
from storage import runs
from storage.database import DatabaseError, connect, engine_of, told
from storage.locks import Held, SiteBusy, site_lock
from storage.runs import FINISHED, Run

# Exit codes of the child (sysexits.h): the database was away or full and the night may go on later; another process
# reads the site.
TROUBLE, BUSY = 74, 75


@dataclass(frozen=True)
class Progress:
    """How far a crawl is: pages read, links checked beside them, and what is queued."""

    pages: int
    links: int
    queued: int


class CrawlCrashed(Exception):
    """A bug ended a crawl; the message is the child's traceback."""


LOOK_EVERY = 1.0  # seconds, at whether the time for reading is over


def run_site(
    task: CrawlTask,
    on_progress: Callable[[Progress], None] | None = None,
    is_over: Callable[[], bool] = never,
    wait: float | None = None,
) -> Run:
    """Crawl one site for one night. A finished night is not crawled again; a killed one goes on.

    While another process reads this site for the same database, it waits: a site is never asked by two of ours at once.

    Args:
        is_over: Asked again and again while the site is read, in another thread; at its first yes the process is ended.
        wait: Seconds to wait while another process reads the site; None: as long as it takes.

    Raises:
        CrawlCrashed: With the traceback of the process.
        CrawlStopped: The time was over first.
        storage.locks.SiteBusy: Another process reads the site, or took it over while the database was away.
        storage.database.DatabaseError: The database cannot be opened, or was lost on the way.
    """
    engine = connect(task.database)
    with engine.begin() as connection:
        known = runs.find(connection, task.profile.id, task.night)
    if known is not None and known.status in FINISHED:
        return known
    code, errors, stopped = _child(task, on_progress, is_over, wait)
    if code == BUSY:
        raise SiteBusy(task.profile.id)
    if code == TROUBLE:
        raise DatabaseError((errors.strip().splitlines() or ["database"])[-1])
    with engine.begin() as connection:
        run = runs.find(connection, task.profile.id, task.night)
        finished = run is not None and run.status in FINISHED
        crashed = not stopped and (code != 0 or not finished)
        if stopped and run is not None and not finished:
            runs.update(connection, run.id, status="running", why=UNFINISHED)
        if crashed and run is not None:
            runs.update(connection, run.id, status="crashed", why="程序错误")
    engine.dispose()
    if stopped and not finished:
        raise CrawlStopped(task.profile.id)
    if crashed or run is None:
        raise CrawlCrashed(errors[-8_000:] or f"exit {code}")
    return run


def _child(
    task: CrawlTask,
    on_progress: Callable[[Progress], None] | None,
    is_over: Callable[[], bool],
    wait: float | None = None,
) -> tuple[int, str, bool]:
    """Run the crawl's process to its end: its exit code, what it said on standard error, and whether we ended it."""
    with tempfile.TemporaryFile() as said:  # not a pipe: nobody reads it before the end
        child = subprocess.Popen(
            [sys.executable, "-m", "crawlers.run", str(os.getpid()), "" if wait is None else str(wait)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
        )
        assert child.stdin is not None and child.stdout is not None
        watch = _Watch(child, is_over)
        watch.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # it died at once: its exit code and words say why
                child.stdin.write(task.to_json())
                child.stdin.close()
            for line in child.stdout:
                if on_progress is not None and line.startswith("{"):
                    on_progress(Progress(**json.loads(line)))
            child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise
        finally:
            watch.done.set()
            watch.join()
        said.seek(0)
        # A SIGTERM that reached both of us, as from a service manager, is our end and not the child's bug.
        stopped = watch.stopped or (child.returncode == -signal.SIGTERM and is_over())
        return child.returncode, said.read().decode("utf-8", "replace"), stopped


class _Watch(threading.Thread):
    """Ends a crawl's process when the time for reading is over, also while it has nothing to report."""

    def __init__(self, child: subprocess.Popen[str], is_over: Callable[[], bool]) -> None:
        super().__init__(name="watch", daemon=True)
        self.done, self.stopped = threading.Event(), False
        self._child, self._is_over = child, is_over

    def run(self) -> None:
        while not self.done.wait(LOOK_EVERY):
            if self._is_over():
                self.stopped = True
                self._child.terminate()
                return


def main(parent: int, wait: float | None) -> int:
    """The child: one task from standard input.

    Args:
        parent: The process that began this one and without which it ends.
        wait: Seconds to wait for the site's lock; None: as long as it takes.
    """
    _die_with(parent)
    # Ctrl-C at a terminal reaches this process too; it is the parent's to understand, which then ends us by SIGTERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    task = CrawlTask.from_json(sys.stdin.read())
    with contextlib.ExitStack() as held:
        try:
            with told(task.database):
                lock = held.enter_context(site_lock(engine_of(task.database), task.profile.id, wait=wait))
        except SiteBusy:
            return BUSY
        except DatabaseError as error:
            print(error, file=sys.stderr)
            return TROUBLE
        threading.Thread(target=_guard, args=(lock,), name="guard", daemon=True).start()
        return _crawl(task)


def _die_with(parent: int) -> None:
    """Let the system end this process when its parent ends, also by SIGKILL; a parent that is gone by now counts too."""
    if sys.platform == "linux":
        set_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2); elsewhere the broken pipe ends us at the next report
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(TROUBLE)


def _guard(lock: Held) -> None:
    """Stop at once where the lock was lost to another process, as a restart of the database may have it.

    No crawl goes on without this guard: where it cannot go on itself, the process ends.
    """
    while True:
        time.sleep(LOOK_EVERY)
        try:
            is_ours = lock.renew()
        except sa.exc.DBAPIError:  # away: our next write finds out, and nobody else has the site
            continue
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(TROUBLE)
        if not is_ours:
            os._exit(BUSY)


def _crawl(task: CrawlTask) -> int:
    from scrapy.crawler import AsyncCrawlerProcess

    from crawlers.settings import all_settings
    from crawlers.spiders.court_site import CourtSiteSpider
    from crawlers.spiders.hearing_portal import HearingPortalSpider

    # What is loaded by now stays; and a crawl makes many small objects and few cycles.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    settings: dict[str, Any] = all_settings()
    if task.delay is not None or task.profile.delay is not None:
        settings["DOWNLOAD_DELAY"] = task.delay if task.delay is not None else task.profile.delay
    if task.timeout is not None:
        settings["DOWNLOAD_TIMEOUT"] = task.timeout
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(CourtSiteSpider if task.profile.home else HearingPortalSpider)
    process.crawl(crawler, task=task, report=_report)
    process.start(install_signal_handlers=False)
    error = getattr(crawler.spider, "error", "the spider did not start")
    if error is not None:
        print(error, file=sys.stderr)
    if getattr(crawler.spider, "trouble", None) is not None:
        return TROUBLE
    return 0 if error is None else 1


def _report(pages: int, links: int, queued: int) -> None:
    print(json.dumps({"pages": pages, "links": links, "queued": queued}), flush=True)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2]) if sys.argv[2] else None))
