"""How soon a host is asked again, and what robots.txt has to say about it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from scrapy import Request
from scrapy.http import Response

from crawlers import downloader
from crawlers.downloader import LEAST_DELAY, Gate
from crawlers.fetch import Fetcher
from crawlers.guard import GUARD
from crawlers.robots import Robots
from storage.records import Access


class Clock:
    """Time that passes only where somebody waits for it."""

    def __init__(self) -> None:
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await REAL_SLEEP(0)
        self.now = max(self.now, until)


REAL_SLEEP: Callable[[float], Awaitable[None]] = asyncio.sleep


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(downloader, "monotonic", lambda: made.now)
    monkeypatch.setattr(asyncio, "sleep", made.sleep)
    return made


def moments(clock: Clock, gate: Gate, least: float, times: int) -> list[float]:
    """When each of several requests began, all of them sent at once."""
    begun: list[float] = []
    start = clock.now

    async def one() -> None:
        async with gate.turn(least):
            begun.append(round(clock.now - start, 3))

    async def all_of_them() -> None:
        await asyncio.gather(*(one() for _ in range(times)))

    asyncio.run(all_of_them())
    return sorted(begun)


def test_a_host_is_asked_no_sooner_than_its_delay(clock: Clock) -> None:
    assert moments(clock, Gate(1, 0.5, 0.0), 0, 4) == [0.0, 0.5, 1.0, 1.5]


def test_what_robots_asks_for_counts_where_it_is_more(clock: Clock) -> None:
    assert moments(clock, Gate(1, 0.5, 0.0), 3, 3) == [0.0, 3.0, 6.0]
    assert moments(clock, Gate(1, 0.5, 0.0), 0.1, 2) == [0.0, 0.5]


def test_without_a_delay_all_begin_at_once(clock: Clock) -> None:
    assert moments(clock, Gate(16, 0.0, 0.2), 0, 3) == [0.0, 0.0, 0.0]


def test_no_more_requests_are_under_way_than_allowed() -> None:
    gate, under_way, most = Gate(2, 0.0, 0.0), 0, 0

    async def one() -> None:
        nonlocal under_way, most
        async with gate.turn():
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    async def many() -> None:
        await asyncio.gather(*(one() for _ in range(10)))

    asyncio.run(many())
    assert most == 2


class Engine:
    """In the place of Scrapy's: it answers, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def download_async(self, request: Request) -> Response:
        self.asked.append(request)
        robots = b"User-agent: *\nCrawl-delay: 7\nDisallow: /closed/\n"
        return Response(request.url, request=request, body=robots if request.url.endswith("/robots.txt") else b"<html>")


def test_the_crawl_delay_of_robots_goes_with_every_request() -> None:
    GUARD.reset(allow_private=True)
    engine = Engine()
    fetcher = Fetcher(engine, Robots(), {"User-Agent": "gongkai/test"})

    async def ask() -> list[Access | None]:
        answers = [await fetcher.ask(f"http://127.0.0.1:1/{path}") for path in ("a.html", "closed/b.html")]
        return [answer.outcome.access if answer.outcome else None for answer in answers]

    assert asyncio.run(ask()) == [None, Access.ROBOTS]
    assert [(r.url.rpartition("/")[2], r.meta.get(LEAST_DELAY)) for r in engine.asked] == [
        ("robots.txt", None),
        ("a.html", 7.0),
    ]
    assert {r.headers["User-Agent"] for r in engine.asked} == {b"gongkai/test"}
