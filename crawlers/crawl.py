"""One night at one site: from its home along its links until all is read, asked again where doubtful, and kept.

The order: how the site says "not found"; home; everything that links lead to, breadth first; what was doubtful once
more; what only a browser can draw. `conclude` then turns the kept pages into records.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawlers.access import ATTEMPTS, NotFoundSignature, Outcome, from_file, from_page, retry_after
from crawlers.attachments import MOST_BYTES, Attachments, is_cut
from crawlers.browser import BrowserMissing, render
from crawlers.encoding import decode
from crawlers.fetch import Answer, Fetcher
from crawlers.frontier import NO_LONGER_LISTED, Frontier, Job
from crawlers.guard import is_loopback
from crawlers.html import VERSION, Shape, shape_of
from crawlers.json_list import MOST_PAGES, AnswerError, is_last, read_answer
from crawlers.lists import Row
from crawlers.names import names_resolve
from crawlers.profile import SectionProfile
from crawlers.revisit import Revisits
from crawlers.robots import Robots
from crawlers.tables import Table
from crawlers.task import CrawlTask
from crawlers.urls import gbk_variant, host_of, identity, is_internal, kind_by_path, path_of, pattern, resolve
from crawlers.writer import CARRIED_BATCH, Known, Writer, probe, shape_from_json, shape_values, unpack_shape
from storage.pages import sha256
from storage.records import Access, LinkKind
from storage.runs import Issue, Run
from storage.schema import accesses
from storage.trouble import trouble_of

log = logging.getLogger(__name__)

FILES = (LinkKind.ATTACHMENT, LinkKind.IMAGE, LinkKind.MEDIA, LinkKind.SCRIPT, LinkKind.STYLE)
REFUSALS_IN_A_ROW = 15  # then the site has shut us out, and we stop asking
SLOW = 3.0
MOST_SLOW = 10
MOST_RENDERED = 30


@dataclass
class Host:
    """A host's queue and the workers that ask it."""

    name: str
    limit: int
    local: bool
    jobs: deque[Job] = field(default_factory=deque)
    workers: int = 0
    paused_until: float = 0.0
    was_busy: bool = False  # its last answer said so

    def note(self, answer: Answer, pause: float) -> None:
        """Nobody asks a host that is busy until it said.

        429 speaks of whoever asks, 503 only of what was asked (RFC 6585 §4, RFC 9110 §15.6.4): an application that is down
        behind a server that is well. From the second 503 in a row on it is the server.

        Args:
            pause: Seconds to leave it alone, where it does not say itself.
        """
        if answer.status is None:
            return
        busy = answer.status == 503 and "retry-after" in answer.headers
        if answer.status == 429 or (busy and self.was_busy):
            until = time.monotonic() + (retry_after(answer.headers) or pause)
            self.paused_until = max(self.paused_until, until)
        self.was_busy = busy or answer.status == 429


@dataclass
class Result:
    """How far a crawl came."""

    pages: int = 0
    links: int = 0
    unchanged: int = 0
    carried_pages: int = 0
    carried_links: int = 0
    carried_since: date | None = None
    why: list[str] = field(default_factory=list)
    unreadable: str | None = None
    issues: list[Issue] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)


class Crawl:
    """The state of one night at one site."""

    def __init__(
        self,
        task: CrawlTask,
        run: Run,
        database: Engine,
        fetcher: Fetcher,
        robots: Robots,
        on_progress: Callable[[int, int, int], None] = lambda pages, links, queued: None,
    ) -> None:
        self.task, self.run, self.home = task, run, task.profile.home
        self._database, self._fetch, self._robots = database, fetcher, robots
        self._writer = Writer(database, task.profile.id, run.id, task.night)
        self._known = Known(database, task.profile.id, run.id)
        self._error: BaseException | None = None
        self._done: set[str] = set()  # what an interrupted run has asked, while it is taken up
        self._found: dict[str, Job] = {}  # and as which jobs its pages were found
        self._files = Attachments(database, task.profile.id, self.home, task.night)
        self._revisits = Revisits(database, task, run)
        if self._revisits.run is not None and self._revisits.night is not None:
            self._writer.carry_from(self._revisits.run, self._revisits.night)
        self._met: set[str] = set()  # addresses as they stand in links of carried pages, known to be seen
        self._frontier = Frontier(task.page_budget, task.profile.exclude)
        self._hosts: dict[str, Host] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._doubtful: list[tuple[Job, Answer]] = []
        self._probes: dict[str, list[dict[str, Any]]] = {}
        self._slow: list[tuple[Job, Answer]] = []
        self._bare: list[tuple[Job, frozenset[str | int]]] = []  # with hardly anything in them; and their scripts
        self._signature = NotFoundSignature()
        self._refusals = 0
        self._shut_out = False
        self._is_cut = False  # a budget of the site was used up while there was more to ask
        self._issues: dict[tuple[str, str], Issue] = {}
        self._outside = asyncio.Semaphore(24)
        self._home_scripts: frozenset[str | int] = frozenset()
        self._home_outcome: Outcome | None = None
        self._answers: dict[str, tuple[SectionProfile, int]] = {}  # addresses of lists that are handed out as JSON
        self._before: dict[str, Table] = {}
        self.on_progress = on_progress
        self.result = Result()

    # --- the night ---

    async def go(self) -> Result:
        """Read the site. What was written by an interrupted run of the same night is not asked again."""
        await self._learn_not_found()
        self._resume()
        home = Job(self.home, LinkKind.PAGE, True, 0)
        if self._frontier.mark(self.home):
            self._frontier.pages += 1
            self._put(home)
        for section in self.task.profile.sections.values():
            self._ask_section(section, 1)
        await self._drain()
        await self._take_over_rest()
        self._look_for_documents()
        await self._drain()
        await self._ask_again()
        if self._home_outcome is not None and not self._home_outcome.access.is_ok:
            self.result.unreadable = f"首页无法读取：{self._home_outcome.detail or self._home_outcome.access.value}"
            self._note("home", self.home, self._home_outcome.detail)
        else:
            await self._ask_slow_ones()
            await self._draw()
            await self._take_over_rest()
        self._finish()
        return self.result

    def _ask_section(self, section: SectionProfile, number: int) -> None:
        """A section of the profile; of a list that is handed out as JSON its further pages too, one after the other."""
        target = resolve(self.home, section.address(number))
        if target is not None and section.json_list is not None:  # also where a link to it came first
            self._answers[identity(target)] = (section, number)
        if target is not None and self._frontier.mark(target):
            self._frontier.pages += 1
            self._put(Job(target, LinkKind.PAGE, True, 1))

    def _ask_next(self, job: Job, answer: Answer) -> None:
        """The page that follows an answer that is JSON."""
        section, number = self._answers[identity(job.url)]
        assert section.json_list is not None
        try:
            page = read_answer(decode(answer.body, answer.headers.get("content-type"))[0], section.json_list)
        except AnswerError as error:
            self._note("answer", job.url, str(error))
            return
        before = self._before.get(section.url)
        self._before[section.url] = page.table
        if number < MOST_PAGES and not is_last(page, number, section, before):
            self._ask_section(section, number + 1)

    async def _learn_not_found(self) -> None:
        """Ask for a page that cannot exist, to learn how this site says so."""
        answer = await self._fetch.ask(resolve(self.home, f"/{uuid.uuid4().hex}.html") or self.home)
        redirected = path_of(answer.final_url) if answer.hops and answer.final_url else None
        if answer.outcome is not None:  # 404, or no answer that is a page
            self._signature = NotFoundSignature(answer.status, redirects_to=redirected)
            return
        text, encoding = decode(answer.body, answer.headers.get("content-type"))
        shape = shape_of(text, answer.url, self.home, encoding)
        self._signature = NotFoundSignature(answer.status, shape.title, shape.text, redirected)

    def _resume(self) -> None:
        """Take up what an interrupted run of this night has written.

        It is gone through in the order in which it was asked, so that what is known of endless series, and what is still to
        be drawn or loaded again, is what it would be without the interruption. A list that is handed out as JSON is asked from
        its first page: each of its pages says whether one follows, and none keeps a shape.
        """
        answers = self._addresses_of_answers()
        done = [row for row in self._known.done_tonight() if identity(row["url"]) not in answers]
        self._done = {identity(row["url"]) for row in done}
        for row in done:
            is_page = row["internal"] and row["kind"] in ("page", "frame")
            if self._frontier.mark(row["url"]):
                self._frontier.pages += is_page
            if identity(row["url"]) == identity(self.home):
                self._home_outcome = Outcome(Access(row["access"]), row["detail"])
            if row["carried"] is not None:
                self._count_carried(is_page, row["carried"])
            else:
                self.result.links += 1
                self.result.pages += is_page
            self._files.cut += is_cut(row["url"], row["kind"], row["internal"], row["status"])
            if is_page:
                self._follow_done(row)
        self._done = set()
        self._found.clear()

    def _addresses_of_answers(self) -> set[str]:
        """All that the pages of lists that are handed out as JSON may have."""
        lists = (section for section in self.task.profile.sections.values() if section.json_list is not None)
        every = {section.address(number) for section in lists for number in range(1, MOST_PAGES + 1)}
        return {identity(url) for url in (resolve(self.home, one) for one in every) if url is not None}

    def _follow_done(self, row: dict[str, Any]) -> None:
        """A page that was read before the interruption."""
        outcome = Outcome(Access(row["access"]), row["detail"])
        fallback = Job(row["url"], LinkKind(row["kind"]), True, row["depth"])
        job = self._found.pop(identity(row["url"]), fallback)
        if (
            row["carried"] is None
            and (row["elapsed"] or 0.0) > SLOW
            and not row["probes"]
            and len(self._slow) < MOST_SLOW
        ):
            answer = Answer(row["url"], row["at"], row["method"], outcome, row["status"], elapsed=row["elapsed"])
            self._slow.append((job, answer))
        stored = self._known.extract(row["final_url"] or row["url"]) if outcome.access.is_ok else None
        if stored is None:
            return
        if row["final_url"] and is_internal(row["final_url"], self.home):
            self._frontier.mark(row["final_url"])
        shape = unpack_shape(stored["data"])
        self._follow(job, shape)
        if row["method"] != "BROWSER" and _is_bare(shape):
            self._bare.append((job, _scripts(shape)))

    # --- queues ---

    def _put(self, job: Job) -> None:
        if self._done and (key := identity(job.url)) in self._done:  # only while an interrupted run is taken up
            self._found.setdefault(key, job)
            return
        host = self._host_of(job.url)
        host.jobs.append(job)
        if host.workers < host.limit:
            host.workers += 1
            task = asyncio.ensure_future(self._work(host))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _host_of(self, url: str) -> Host:
        name = host_of(url)
        host = self._hosts.get(name)
        if host is None:
            bare = name if name.endswith("]") else name.rsplit(":", 1)[0]
            local = is_loopback(bare)
            own = name == host_of(self.home)
            limit = 16 if local else (self.task.concurrency or self.task.profile.concurrency or 2) if own else 2
            if local and own and self.task.concurrency:
                limit = self.task.concurrency
            host = self._hosts[name] = Host(name, limit, local)
        return host

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Nobody waits for this one by itself, so what ended it is kept for who waits for all."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error = self._error or error

    async def _work(self, host: Host) -> None:
        try:
            while host.jobs:
                if self._revisits.takes(host.jobs[0]):
                    self._take_over(host)
                    await asyncio.sleep(0)
                    continue
                if (self._shut_out and host.name == host_of(self.home)) or self._is_spent():
                    break
                job = host.jobs.popleft()
                wait = host.paused_until - time.monotonic()
                if wait > 0:
                    await asyncio.sleep(wait)
                if job.internal or host.local:
                    await self._visit(job)
                else:
                    async with self._outside:
                        await self._visit(job)
        finally:
            host.workers -= 1

    async def _drain(self) -> None:
        """Until nothing is queued and nobody works.

        Raises:
            Exception: What ended one of those at work: the database's trouble. Nothing is concluded from the rest.
        """
        while self._tasks and self._error is None:
            await asyncio.wait(set(self._tasks), return_when=asyncio.FIRST_COMPLETED, timeout=0.5)
            self.on_progress(self.result.pages, self.result.links, sum(len(h.jobs) for h in self._hosts.values()))
        if self._error is not None:
            raise self._error

    # --- what is not asked tonight ---

    def _take_over(self, host: Host) -> None:
        """Let the next ones in a host's queue stand as they were last read, as many as lie together."""
        jobs: list[Job] = []
        while host.jobs and len(jobs) < CARRIED_BATCH and self._revisits.takes(host.jobs[0]):
            jobs.append(host.jobs.popleft())
        carried = [self._revisits.of(job) for job in jobs]
        shapes = self._known.data_of([one.page for one in carried if one.page is not None])
        for job, one in zip(jobs, carried, strict=True):
            self._count_carried(one.page is not None, one.night)
            self._writer.carry(one.url, job.depth, moved=job.depth != one.depth)
            if one.final_url is not None and is_internal(one.final_url, self.home):
                self._frontier.mark(one.final_url)
            if one.page is not None:
                self._follow_known(job, shapes[one.page])

    async def _take_over_rest(self) -> None:
        """Where we are shut out or a budget is used up, there is still what needs no asking."""
        while waiting := [host for host in self._hosts.values() if any(map(self._revisits.takes, host.jobs))]:
            for host in waiting:
                host.jobs = deque(sorted(host.jobs, key=lambda job: not self._revisits.takes(job)))
                self._take_over(host)
            await self._drain()

    def _follow_known(self, job: Job, data: bytes) -> None:
        """As `_follow`. Most carried pages lead only to what is known: these are told before anything is built."""
        values = shape_values(data)
        new = False
        for url, *_ in values["links"]:
            if url not in self._met:
                if self._frontier.knows(url):
                    self._met.add(url)
                else:
                    new = True
        if new:
            self._follow(job, shape_from_json(values))
        elif values["said"]:
            self._frontier.says_the_same(job.url, values["said"])

    def _count_carried(self, is_page: bool, night: date) -> None:
        found = self.result
        found.pages += is_page
        found.links += 1
        found.unchanged += 1
        found.carried_pages += is_page
        found.carried_links += 1
        found.carried_since = min(found.carried_since or night, night)

    # --- one URL ---

    async def _visit(self, job: Job) -> None:
        job.attempts += 1
        is_page = job.internal and job.kind in (LinkKind.PAGE, LinkKind.FRAME)
        stored = self._known.extract(job.url) if is_page else None
        conditional = _validators(stored)
        # HEAD saves a file's bytes; it never has the last word on anything that is wrong. Of an attachment the first
        # bytes are read at least: a page of error under the name of a document is what readers complain about.
        is_attachment = job.internal and job.kind is LinkKind.ATTACHMENT
        answer = await self._fetch.ask(
            job.url,
            method="GET" if is_page or is_attachment or self._was_gone(job) else "HEAD",
            conditional=self._files.headers(job) if is_attachment else conditional,
        )
        if not is_page and _needs_get(job, answer):
            answer = await self._fetch.ask(job.url)
        # Behind a redirect it is another host's answer than that of the one that was asked.
        self._host_of(answer.final_url or job.url).note(answer, self._pause(job.attempts))
        try:
            self._judge(job, answer, stored)
        except Exception as error:  # a bug in reading one page must not lose the others; it is said loudly at the end
            if trouble_of(error) is not None:  # the database's: the night goes on later, and this page with it
                raise
            log.exception("bug while reading %s", job.url)
            self.result.bugs.append(f"{job.url}: {type(error).__name__}: {error}")
            self._note("bug", job.url, f"{type(error).__name__}: {error}")

    def _was_gone(self, job: Job) -> bool:
        """It was not there a moment or a night ago: HEAD would be asked for nothing, since only GET is believed."""
        if job.url in self._revisits.proven:
            return True
        earlier = self._probes.get(job.url)
        return earlier is not None and earlier[-1]["access"] == Access.GONE.value

    def _judge(self, job: Job, answer: Answer, stored: dict[str, Any] | None) -> None:
        is_page = job.internal and job.kind in (LinkKind.PAGE, LinkKind.FRAME)
        shape: Shape | None = None
        digest: str | None = None
        unchanged = False
        if answer.status == 304 and stored is not None:
            shape, digest, unchanged = unpack_shape(stored["data"]), stored["sha256"], True
        elif answer.outcome is None and is_page and answer.html:
            shape, digest, unchanged = self._read(job, answer, stored)
        elif answer.outcome is None:
            answer.outcome = self._file_outcome(job, answer)
        elif answer.outcome.access is Access.OVERSIZE and job.kind in FILES:
            answer.outcome = Outcome(Access.OK, answer.outcome.detail)
        if not is_page and answer.outcome is not None and answer.outcome.access.is_ok:
            digest, unchanged = self._files.keep(job, answer, self._writer)
        if answer.outcome is None:
            answer.outcome = Outcome(Access.MOVED if answer.hops else Access.OK)
        if answer.outcome.access is Access.OK and answer.hops:
            answer.outcome = Outcome(Access.MOVED)
        access = answer.outcome.access
        if is_page:
            self._count_refusals(access)
        if job.attempts < ATTEMPTS.get(access, 1) and self._revisits.proven.get(job.url) is not access:
            self._doubtful.append((job, answer))
            return
        if self._answers and access.is_ok and identity(job.url) in self._answers:
            self._ask_next(job, answer)
        self._write(job, answer, shape, digest, unchanged)

    def _read(self, job: Job, answer: Answer, stored: dict[str, Any] | None) -> tuple[Shape | None, str | None, bool]:
        """A page that came with 2xx: its shape, or the outcome that it only says something in the page's place."""
        if stored is not None and stored["version"] == VERSION and stored["sha256"] == sha256(answer.body):
            return unpack_shape(stored["data"]), stored["sha256"], True
        text, encoding = decode(answer.body, answer.headers.get("content-type"))
        url = answer.final_url or job.url
        shape = shape_of(text, url, self.home, self.task.profile.encoding or encoding)
        shape.encoding = encoding
        answer.outcome = from_page(
            answer.body,
            answer.headers,
            title=shape.title,
            text=shape.text,
            text_length=shape.text_length,
            signature=self._signature,
            path=path_of(job.url),
            final_url=answer.final_url,
            is_home=identity(job.url) == identity(self.home),
            has_list=bool(shape.blocks),
        )
        digest = self._writer.page(answer.body, answer.headers.get("content-type"))
        return (shape if answer.outcome.access is Access.OK else None), digest, False

    def _file_outcome(self, job: Job, answer: Answer) -> Outcome:
        if not job.internal and job.kind in (LinkKind.PAGE, LinkKind.FRAME):
            return Outcome(Access.OK)
        length = answer.headers.get("content-length", "")
        size = len(answer.body) if answer.method == "GET" else int(length) if length.isdigit() else None
        if job.kind in (LinkKind.PAGE, LinkKind.FRAME):
            if answer.method == "GET" and not answer.body.strip():
                return Outcome(Access.EMPTY, "空白页面")
            content_type = answer.headers.get("content-type", "")
            if "html" in content_type:
                return Outcome(Access.UNDECODABLE, "无法解码")
            return Outcome(Access.OK, content_type or None)
        return from_file(job.kind, answer.headers, answer.body, size)

    def _write(self, job: Job, answer: Answer, shape: Shape | None, digest: str | None, unchanged: bool) -> None:
        assert answer.outcome is not None
        is_page = job.internal and job.kind in (LinkKind.PAGE, LinkKind.FRAME)
        if digest is None and answer.body and (is_page or not answer.outcome.access.is_ok):
            digest = self._writer.page(answer.body, answer.headers.get("content-type"))
        if identity(job.url) == identity(self.home):
            self._home_outcome = answer.outcome
        self.result.pages += is_page
        self.result.links += 1  # each distinct target, the pages among them
        self.result.unchanged += unchanged
        if shape is not None:
            url = answer.final_url or job.url
            landed_outside = answer.hops > 0 and not is_internal(url, self.home)
            if answer.hops and not landed_outside:
                self._frontier.mark(url)
            if not landed_outside:
                if not unchanged and digest is not None:
                    self._writer.extract(url, digest, answer, shape)
                self._follow(job, shape)
                if _is_bare(shape):
                    self._bare.append((job, _scripts(shape)))
        if is_page and (answer.elapsed or 0.0) > SLOW and len(self._slow) < MOST_SLOW and job.url not in self._probes:
            self._slow.append((job, answer))
        self._writer.access(job, answer, sha256=digest, probes=self._probes.get(job.url, []), unchanged=unchanged)

    def _follow(self, job: Job, shape: Shape) -> None:
        """What a page links to becomes jobs."""
        if identity(job.url) == identity(self.home):
            self._home_scripts = frozenset((*shape.scripts, *shape.dynamic))
        if shape.said and self._frontier.says_the_same(job.url, shape.said):
            return
        rows = _rows(shape) if shape.pagers or job.from_rows else 0
        # Past its last page a list is empty, or shows the last page again: its pager leads no further.
        ended = job.from_rows != 0 and rows in (0, job.from_rows)
        own = job.from_pattern
        goes_on = job.from_rows != 0 and not ended and (shape.numbers != 0 or self._lists_more(job.url, shape, own))
        pagers = set(shape.pagers)
        new = [
            link for link in shape.links if not self._frontier.knows(link.url) and not (ended and link.url in pagers)
        ]
        fruitful = goes_on or any(
            link.kind is LinkKind.PAGE
            and is_internal(link.url, self.home)
            and link.url not in pagers
            and (not own or _other_pattern(link.url, own))
            for link in new
        )
        for link in new:
            internal = is_internal(link.url, self.home)
            if internal and link.kind is LinkKind.PAGE and job.depth == NO_LONGER_LISTED:
                continue  # nobody is led there by a page that nothing leads to
            child = self._frontier.admit(
                link.url,
                link.kind,
                internal=internal,
                parent=job,
                fruitful=fruitful,
                rows=(rows or 1) if link.url in pagers else 0,
            )
            if child is not None:
                self._put(child)

    def _lists_more(self, url: str, shape: Shape, own: str) -> bool:
        return self._frontier.lists_more(url, (r.url for r in _longest(shape) if r.url and _other_pattern(r.url, own)))

    def _is_spent(self) -> bool:
        """To be asked while there is more to do: is a budget of the site used up? Then the night is not complete."""
        if self._fetch.spent is None:
            return False
        self._is_cut = True
        return True

    def _count_refusals(self, access: Access) -> None:
        if access in (Access.BLOCKED, Access.DENIED, Access.THROTTLED):
            self._refusals += 1
        elif access.is_ok:
            self._refusals = 0
        if self._refusals >= REFUSALS_IN_A_ROW and not self._shut_out:
            self._shut_out = True
            self.result.why.append("网站拒绝继续访问（连续被拒），其余页面未读")
            self._note("shut_out", self.home, f"{self._refusals}")

    # --- once more ---

    def _look_for_documents(self) -> None:
        """Judgments and pages with findings that nothing leads to any more: are they gone, or only no longer listed?"""
        if self._shut_out:
            return
        for url in (*self._files.documents_to_look_for(), *self._files.pages_to_look_for()):
            if is_internal(url, self.home) and not self._is_spent() and self._frontier.mark(url):
                self._put(Job(url, LinkKind(kind_by_path(url)), True, NO_LONGER_LISTED))

    async def _ask_again(self) -> None:
        """Doubtful links are asked again at the end of the run, with growing pauses, before they are believed."""
        for round_ in range(1, 4):
            if not self._doubtful or self._shut_out or self._is_spent():
                break
            jobs, self._doubtful = self._doubtful, []
            await asyncio.sleep(self._pause(round_, jobs))
            for job, answer in jobs:
                self._probes.setdefault(job.url, []).append(probe(answer))
                variant = gbk_variant(job.url) if answer.outcome and answer.outcome.access is Access.GONE else None
                if variant is not None:
                    again = await self._fetch.ask(variant)
                    if again.outcome is None:
                        # An old server that wants GBK in its paths: the link works for browsers of its time.
                        job.attempts = 99
                        again.url, again.outcome = job.url, Outcome(Access.MOVED, "GBK 路径")
                        again.final_url = variant
                        self._write(job, again, None, None, False)
                        continue
                self._put(job)
            await self._drain()
        if self._doubtful and (self._shut_out or self._is_spent()):
            # They were not asked often enough to be believed: they are unread. Only of home it is to be said.
            for job, answer in self._doubtful:
                if identity(job.url) == identity(self.home):
                    self._home_outcome = answer.outcome
        else:
            for job, answer in self._doubtful:
                self._write(job, answer, None, None, False)
            self._doubtful = []
        await self._settle_names()

    def _pause(self, round_: int, jobs: list[tuple[Job, Answer]] | None = None) -> float:
        """Seconds before asking again: short on loopback, 5, 15, 45 s in the world, or what Retry-After says."""
        asked = max((retry_after(a.headers) or 0.0 for _, a in jobs or ()), default=0.0)
        only_local = all(is_loopback(host_of(j.url).rsplit(":", 1)[0]) for j, _ in jobs) if jobs else self._is_local
        no_names = jobs is not None and all(
            is_loopback(host_of(j.url).rsplit(":", 1)[0]) or (a.outcome and a.outcome.access is Access.DNS)
            for j, a in jobs
        )
        usual = 0.1 * round_ if only_local else 1.0 if no_names else 5.0 * 3 ** (round_ - 1)
        return max(usual, asked)

    @property
    def _is_local(self) -> bool:
        return is_loopback(host_of(self.home).rsplit(":", 1)[0])

    async def _settle_names(self) -> None:
        """Names that do not resolve: is it they, or is it our own network that has no names?"""
        self._writer.flush()
        unresolved = self._dns_failures()
        if not unresolved:
            return
        import tldextract  # a twentieth of a second, and most nights have no such name

        suffix_of = tldextract.TLDExtract(suffix_list_urls=(), include_psl_private_domains=False)
        suspicious = {u for u in unresolved if suffix_of(host_of(u).rsplit(":", 1)[0]).suffix}
        if suspicious and not await names_resolve():
            self._writer_offline(suspicious)
            self._note("offline", "DNS", f"{len(suspicious)}")

    def _dns_failures(self) -> list[str]:
        with self._database.begin() as connection:
            query = sa.select(accesses.c.url).where(
                accesses.c.run == self.run.id, accesses.c.access == Access.DNS.value
            )
            return [row[0] for row in connection.execute(query)]

    def _writer_offline(self, urls: set[str]) -> None:
        with self._database.begin() as connection:
            for url in urls:
                connection.execute(
                    sa.update(accesses)
                    .where(accesses.c.run == self.run.id, accesses.c.url == url)
                    .values(access=Access.OFFLINE.value, detail="本机无法解析任何外部域名")
                )

    async def _ask_slow_ones(self) -> None:
        """A slow page is loaded twice more, so that one hiccup is no verdict."""
        for job, answer in self._slow:
            if self._shut_out or self._is_spent():
                return
            probes = [probe(answer)]
            for _ in range(2):
                again = await self._fetch.ask(job.url)
                probes.append(probe(again))
            self._probes[job.url] = probes
            self._writer.flush()
            self._update_probes(job.url, probes)

    def _update_probes(self, url: str, probes: list[dict[str, Any]]) -> None:
        with self._database.begin() as connection:
            connection.execute(
                sa.update(accesses).where(accesses.c.run == self.run.id, accesses.c.url == url).values(probes=probes)
            )

    def _to_draw(self) -> list[Job]:
        """Bare pages with a script that is not home's too. To be asked at the end: home may have come after them."""
        return [job for job, scripts in self._bare if scripts - self._home_scripts]

    async def _draw(self) -> None:
        """Pages that only JavaScript draws, in a browser; without one they are not complete, and we say so."""
        # Of a series of like pages (a calendar's months) two are drawn; sections stand near the home.
        series: Counter[str] = Counter()
        jobs = []
        for job in sorted(self._to_draw(), key=lambda j: (j.depth, j.url)):
            series[pattern(job.url)] += 1
            if series[pattern(job.url)] <= 2:
                jobs.append(job)
        jobs, self._bare = jobs[:MOST_RENDERED], []
        if not jobs or self._shut_out:
            return
        if self._is_spent():
            for job in jobs:
                self._note("not_drawn", job.url, self._fetch.spent)
            return
        try:
            drawn = await render(
                [job.url for job in jobs],
                self.home,
                allow_private=self.task.allow_private,
                user_agent=self._fetch.agent,
            )
        except BrowserMissing as error:
            for job in jobs:
                self._note("needs_browser", job.url, str(error))
            return
        for job in jobs:
            html = drawn.get(job.url)
            if html is None:
                self._note("not_drawn", job.url, "浏览器未能打开")
                continue
            shape = shape_of(html, job.url, self.home)
            body = html.encode()
            answer = Answer(
                job.url,
                datetime.now(UTC),
                "BROWSER",
                Outcome(Access.OK),
                200,
                headers={"content-type": "text/html; charset=utf-8"},
                body=body,
            )
            digest = self._writer.page(body, "text/html; charset=utf-8")
            # No validators: what a script draws may change while the page's own bytes stay the same.
            self._writer.extract(job.url, digest, answer, shape)
            self._writer.access(job, answer, sha256=digest, probes=[])
            self._note("drawn", job.url, "由浏览器渲染")
            self._follow(job, shape)
        await self._drain()
        await self._ask_again()

    # --- the end ---

    def _note(self, cause: str, subject: str, detail: str | None = None) -> None:
        known = self._issues.get((cause, subject))
        self._issues[cause, subject] = Issue(
            cause=cause, subject=subject, detail=detail, times=1 if known is None else known.times + 1
        )

    def _finish(self) -> None:
        self._writer.flush()
        traps = self._frontier.traps()
        for shape, count in traps.items():
            self._note("trap", shape, f"{count}")
        if traps:
            paths = "、".join("/" + shape.partition("/")[2] for shape in sorted(traps))
            self.result.why.append(f"疑似无穷页面序列（如日历）已截断：{paths}")
        if self._frontier.over_budget:
            self.result.why.append(
                f"达到页数上限 {self.task.page_budget}，另有至少 {self._frontier.over_budget} 个链接未读"
            )
            self._note("budget", self.home, f"{self._frontier.over_budget}")
        if self._is_cut:
            spent = self._fetch.spent or ""
            left = sum(len(host.jobs) for host in self._hosts.values()) + len(self._doubtful)
            self.result.why.append(f"{spent}，另有至少 {left} 个链接未读")
            self._note("budget", self.home, spent)
        if self._files.cut:
            most = f"附件达到流量上限 {MOST_BYTES // 1024**2} MB"
            self.result.why.append(f"{most}，另有 {self._files.cut} 个文书文件未读全文")
            self._note("files", self.home, f"{self._files.cut}")
        if self.result.bugs:
            self.result.why.append(f"程序错误，{len(self.result.bugs)} 个页面未能读取")
        self.result.issues = list(self._issues.values())


def _validators(stored: dict[str, Any] | None) -> dict[str, str]:
    if stored is None or stored["version"] != VERSION:
        return {}
    found = {"If-None-Match": stored["etag"], "If-Modified-Since": stored["last_modified"]}
    return {name: value for name, value in found.items() if value}


def _needs_get(job: Job, answer: Answer) -> bool:
    """Is a HEAD's answer anything but simply well? Then the page itself is asked for."""
    if answer.outcome is not None:
        settled = (Access.PRIVATE, Access.ROBOTS, Access.DNS, Access.REFUSED, Access.TIMEOUT, Access.OVERSIZE)
        return answer.outcome.access not in settled and (answer.method == "HEAD" or answer.status == 416)
    if answer.method == "GET":
        return False
    if job.kind in FILES:
        if answer.headers.get("content-length") == "0":
            return True
        html = "html" in answer.headers.get("content-type", "")
        return html and job.kind in (LinkKind.ATTACHMENT, LinkKind.IMAGE, LinkKind.MEDIA)
    return False


def _is_bare(shape: Shape) -> bool:
    """Hardly any text and no list: such a page is either empty, or there is a script that is about to work."""
    if shape.alias is not None or any(b.dated for b in shape.blocks) or shape.frames:
        return False
    return shape.text_length < 400


def _scripts(shape: Shape) -> frozenset[str | int]:
    """The scripts of a page; what is an application in itself counts as one that no other page has."""
    return frozenset((*shape.scripts, *shape.dynamic, *(("application",) if shape.app else ())))


def _other_pattern(url: str, own: str) -> bool:
    return pattern(url) != own


def _longest(shape: Shape) -> list[Row]:
    """The rows of a page's longest list."""
    return max((block.rows for block in shape.blocks), key=len, default=[])


def _rows(shape: Shape) -> int:
    """A hash of what a list page lists: the links of its longest list, and case numbers, since tables of hearings and
    of withheld documents often have no links. 0: nothing."""
    links = tuple(row.url for row in _longest(shape))
    return hash((links, shape.numbers)) if links or shape.numbers else 0
