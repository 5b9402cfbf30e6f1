"""How soon a host is asked again, and what robots.txt has to say about it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from crawlers import downloader
from crawlers.downloader import Gate, Reply
from crawlers.fetch import Fetcher, kept_headers
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


class Downloads:
    """In the place of the downloader: it answers, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, float]] = []

    async def get(self, url: str, method: str, headers: Mapping[str, str], least_delay: float = 0.0) -> Reply:
        assert method == "GET"
        self.asked.append((url.rpartition("/")[2], headers["User-Agent"], least_delay))
        robots = b"User-agent: *\nCrawl-delay: 7\nDisallow: /closed/\n"
        return Reply(200, body=robots if url.endswith("/robots.txt") else b"<html>")


def test_the_crawl_delay_of_robots_goes_with_every_request() -> None:
    GUARD.reset(allow_private=True)
    downloads = Downloads()
    fetcher = Fetcher(downloads, Robots(), {"User-Agent": "gongkai/test"})

    async def ask() -> list[Access | None]:
        answers = [await fetcher.ask(f"http://127.0.0.1:1/{path}") for path in ("a.html", "closed/b.html")]
        return [answer.outcome.access if answer.outcome else None for answer in answers]

    assert asyncio.run(ask()) == [None, Access.ROBOTS]
    assert downloads.asked == [("robots.txt", "gongkai/test", 0.0), ("a.html", "gongkai/test", 7.0)]


def test_headers_that_came_twice_are_kept_in_one_line_without_cookies() -> None:
    reply = Reply(200, ((b"Via", b"a"), (b"Set-Cookie", b"key=1"), (b"via", b"b\0"), (b"X", b"y" * 2000)))
    assert kept_headers(reply) == {"via": "a, b", "x": "y" * 1000}
