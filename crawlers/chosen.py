"""A few pages of a site, asked again: no link is followed from them but to what belongs to the page itself."""

from __future__ import annotations

from crawlers.crawl import Crawl, Result
from crawlers.frontier import Job
from crawlers.html import Shape
from crawlers.urls import identity, is_internal
from storage.records import LinkKind

MOST_PARTS = 30  # frames and attachments of one page


class ChosenPages(Crawl):
    """Reads the addresses of `task.only` as a night would: politely, the doubtful ones again, the slow ones thrice.

    The home page is read first and in any case: whether the site as a whole answers as it should is told by it.
    """

    async def go(self) -> Result:
        """Read them."""
        assert self.task.only is not None
        await self._learn_not_found()
        self._frontier.mark(self.home)
        self._put(Job(self.home, LinkKind.PAGE, True, 0))
        await self._drain()
        for url, kind in self.task.only:
            if self._frontier.mark(url):
                self._put(Job(url, LinkKind(kind), is_internal(url, self.home), 1))
        await self._drain()
        await self._ask_again()
        if self._home_outcome is None or not self._home_outcome.access.is_ok:
            self.result.unreadable = f"首页无法读取：{self._home_outcome.detail if self._home_outcome else '未读'}"
        else:
            await self._ask_slow_ones()
            await self._draw()
        self._finish()
        return self.result

    def _follow(self, job: Job, shape: Shape) -> None:
        """Frames are part of the page that a reader sees; attachments, of what the page publishes."""
        if identity(job.url) == identity(self.home):
            self._home_scripts = frozenset(shape.scripts) | frozenset(shape.dynamic)
            if identity(self.home) not in {identity(url) for url, _ in self.task.only or ()}:
                return
        parts = [
            link
            for link in shape.links
            if link.kind in (LinkKind.FRAME, LinkKind.ATTACHMENT) and is_internal(link.url, self.home)
        ]
        if len(parts) > MOST_PARTS:
            self._note("parts", job.url, f"{len(parts)}")
        for link in parts[:MOST_PARTS]:
            child = self._frontier.admit(link.url, link.kind, internal=True, parent=job)
            if child is not None:
                self._put(child)

    async def _draw(self) -> None:
        """Of like pages a night draws two; here each counts, and one that was not drawn was not read."""
        waiting = [job.url for job in self._to_draw()]
        await super()._draw()
        for url in waiting:
            if not any((cause, url) in self._issues for cause in ("drawn", "not_drawn", "needs_browser")):
                self._note("not_drawn", url)
