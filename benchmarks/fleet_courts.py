"""Courts for a fleet: as many as wanted, with a log of who asked what and when. The log is the servers', not ours.

Each worker has an address of its own in its User-Agent (`contact`), so the log says which worker a request came from.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from gongkai.demo.courts import COURTS, site_at
from gongkai.demo.server import _CourtServer, _Handler
from gongkai.demo.site import Response, Site

ASKED = "@fleet.test"


@dataclass(frozen=True)
class Asked:
    """A request as the court's server saw it: when it came and was answered, from which worker, for what."""

    began: float
    ended: float
    worker: str
    target: str


class _LoggingHandler(_Handler):
    def _respond(self, target: str) -> None:
        began = time.monotonic()
        server: Any = self.server
        if server.slow:
            time.sleep(server.slow)
        try:
            super()._respond(target)
        finally:
            agent = self.headers.get("User-Agent") or ""
            worker = next((word.strip("()+;,") for word in agent.split() if ASKED in word), agent)
            server.log.append(Asked(began, time.monotonic(), worker, target))


def demonstration(number: int, night: date) -> Site:
    """One of the three demonstration courts, in turn."""
    return site_at(list(COURTS)[number % len(COURTS)], night)


def small(number: int, night: date) -> Site:
    """A court of twenty pages: two sections, one of them stale, a dead link and a telephone number."""
    menu = (
        "<ul><li><a href='/'>首页</a></li><li><a href='/xw/'>法院新闻</a></li><li><a href='/tz/'>通知公告</a></li></ul>"
    )
    title = f"<title>示例市第{number}区人民法院</title>"
    pages = {"/": f"{title}{menu}<p>示例市第{number}区人民法院网站</p><a href='/dead{number}.html'>院长信箱</a>"}
    for section, name, month in (("xw", "法院新闻", 3), ("tz", "通知公告", 1)):
        links = "".join(
            f"<li><a href='/{section}/d{i}.html'>本院第{i}号{name}的标题文字</a><span>2026-0{month}-{10 + i}</span></li>"
            for i in range(9)
        )
        pages[f"/{section}/"] = (
            f"{title}{menu}<div>当前位置：<a href='/'>首页</a> &gt; {name}</div><ul class='list'>{links}</ul>"
        )
        for i in range(9):
            pages[f"/{section}/d{i}.html"] = (
                f"{title}{menu}<h1>本院第{i}号{name}的标题文字</h1><p>发布时间：2026-0{month}-{10 + i}</p><p>正文{number}-{i}。</p>"
            )
    return Site(
        id=f"court{number:02}",
        court=f"示例市第{number}区人民法院",
        night=night,
        pages={path: Response(body=body.encode()) for path, body in pages.items()},
        fallback=lambda _path, _query: Response(body=b"<h1>404 Not Found</h1>", status=404),
    )


class FleetCourts:
    """Courts on loopback, from `with` to its end.

    Args:
        build: A court's site by its number.
        slow: Seconds that each answer takes.
    """

    def __init__(
        self, count: int, night: date, build: Callable[[int, date], Site] = demonstration, slow: float = 0.0
    ) -> None:
        self.night, self._slow = night, slow
        self._sites = {f"court{number:02}": build(number, night) for number in range(count)}
        self.names = list(self._sites)
        self._servers: dict[str, Any] = {}
        self.expected_requests = 1  # of one undisturbed night

    def __enter__(self) -> FleetCourts:
        for name, site in self._sites.items():
            server: Any = _CourtServer(0, site)
            server.RequestHandlerClass = _LoggingHandler
            server.log, server.slow = [], self._slow
            self._servers[name] = server
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def forget(self) -> None:
        """Begin with empty logs, and with passing troubles anew."""
        for name, server in self._servers.items():
            server.open_night(self._sites[name])
            server.hits.clear()
            server.log.clear()

    def log(self, name: str) -> list[Asked]:
        """The requests that a court received, in the order in which they came."""
        return sorted(self._servers[name].log, key=lambda asked: asked.began)

    def requests(self) -> int:
        return sum(len(server.log) for server in self._servers.values())

    def at_work(self, within: float) -> list[str]:
        """The workers that asked for something in the last seconds."""
        since = time.monotonic() - within
        return sorted(
            {asked.worker for server in self._servers.values() for asked in server.log[-20:] if asked.ended > since}
        )

    def workers(self, name: str) -> list[str]:
        """Who visited a court, one after the other; whoever stands in it twice came back."""
        return [worker for worker, _ in groupby(asked.worker for asked in self.log(name))]

    def overlaps(self, name: str) -> list[tuple[Asked, Asked]]:
        """Requests of two workers that a court had at the same time."""
        return [
            (one, two) for one, two in pairwise(self.log(name)) if one.worker != two.worker and two.began < one.ended
        ]

    def write_profiles(self, folder: Path) -> None:
        """A profile of each, as small as one can be."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, server in self._servers.items():
            text = f"id: {name}\ncourt: {self._sites[name].court}\nhome: {server.base}/\n"
            (folder / f"{name}.yml").write_text(text, encoding="utf-8")
