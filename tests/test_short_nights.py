"""A site that one night is too short for: budgets end its night, the window's end interrupts it, the next night goes on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from crawlers.budget import Budget
from crawlers.carry import carry_over
from crawlers.conclude import conclude
from crawlers.run import run_site
from crawlers.stop import UNFINISHED, CrawlStopped
from storage import runs, store
from storage.database import connect, reading
from storage.records import Section, Target
from storage.runs import Run
from storage.schema import accesses
from tests.fault_server import FaultServer
from tests.nights import HOME, CourtInMemory
from tests.test_crawl import NEXT, NIGHT, court, hearings_without_links, records, task


def find(database: Path, site: str, night: date) -> Run | None:
    engine = connect(database)
    with reading(engine) as connection:
        return runs.find(connection, site, night)


def stop_after(server: FaultServer, requests: int) -> Any:
    """A night that is over once the server was asked so often."""
    return lambda: sum(server.hits.values()) >= requests


def read_until(server: FaultServer, crawl: Any, requests: int) -> None:
    """Read until the night is over, slowly enough that it ends in between."""
    server.forget()
    with pytest.raises(CrawlStopped):
        run_site(crawl, is_over=stop_after(server, requests))


def carried(database: Path, crawl: Any, night: date = NEXT) -> Run | None:
    engine = connect(database)
    with engine.begin() as connection:
        return carry_over(connection, crawl.profile, night)


@pytest.fixture(autouse=True)
def _look_often(monkeypatch):
    monkeypatch.setattr("crawlers.run.LOOK_EVERY", 0.02)


def test_bytes_and_minutes_are_bounds():
    assert Budget().spent(10**12) is None
    assert Budget(bytes=1000).spent(999) is None
    assert Budget(bytes=2_000_000).spent(2_000_000) == "达到流量上限 2 MB"
    assert Budget(seconds=0).spent(0) == "达到时间上限 0 分钟"
    assert Budget(seconds=3600).spent(0) is None


@pytest.mark.parametrize(("budget", "said"), [({"max_bytes": 12_000}, "流量上限"), ({"max_seconds": 0.02}, "时间上限")])
def test_a_budget_that_is_used_up_makes_the_night_incomplete(tmp_path, budget, said):
    site = court()
    with FaultServer(pages=site) as server:
        run = run_site(task(server, tmp_path / "a.db", concurrency=2, **budget))
        found = records(tmp_path / "a.db", run)
        asked = sum(server.hits.values())
    assert run.status == "incomplete" and said in run.why and "个链接未读" in run.why
    assert 0 < asked < len(site)
    assert not any(access == "dns" for _, access in found["asked"])
    engine = connect(tmp_path / "a.db")
    with reading(engine) as connection:
        assert "budget" in {i.cause for i in runs.read_issues(connection, run.id)}
        # Nothing is concluded from what was not read: a dead link was asked and seen to be dead.
        assert all(t.record.url.endswith("/dead.html") for t in store.read(connection, Target, site=run.site))


def test_a_budget_that_is_large_enough_is_not_mentioned(tmp_path):
    with FaultServer(pages=court(5)) as server:
        run = run_site(task(server, tmp_path / "a.db", max_bytes=10**9, max_seconds=600))
    assert (run.status, run.why) == ("complete", None)


def test_the_end_of_the_window_stops_the_crawl_and_keeps_what_it_read(tmp_path):
    with FaultServer(pages=court()) as server:
        crawl = task(server, tmp_path / "a.db", concurrency=1, delay=0.01)
        read_until(server, crawl, 30)
        run = find(tmp_path / "a.db", crawl.profile.id, NIGHT)
    assert (run.status, run.why, run.audited) == ("running", UNFINISHED, None)


def written(database: Path) -> set[str]:
    """The paths of articles that are in the database."""
    with reading(connect(database)) as connection:
        urls = connection.execute(sa.select(accesses.c.url)).scalars()
        return {urlsplit(url).path for url in urls if "/d" in urlsplit(url).path} - {"/dead.html"}


def test_several_short_nights_end_as_one_that_was_long_enough(tmp_path):
    """What was written of articles is not asked again; lists and dead links are; the last night is told of."""
    database = tmp_path / "b.db"
    with FaultServer(pages=court(120)) as server:
        whole = records(tmp_path / "a.db", run_site(task(server, tmp_path / "a.db", NEXT)))
        crawl = task(server, database, date(2026, 3, 29), concurrency=1)
        read_until(server, crawl, 190)
        first = written(database)
        assert carried(database, crawl, NIGHT) is not None
        assert written(database) == first
        crawl = task(server, database, NIGHT, concurrency=1)
        read_until(server, crawl, 30)
        second = set(server.hits)
        assert carried(database, crawl, NEXT) is not None
        server.forget()
        run = run_site(task(server, database, NEXT))
        again = records(database, run)
        third = set(server.hits)
    assert (run.night, run.status) == (NEXT, "complete")
    assert again == whole
    assert len(first) > 100 and not first & (second | third)
    assert {"/", "/xw/", "/tz/"} <= second & third and "/dead.html" in third
    assert find(database, crawl.profile.id, NIGHT) is None


def test_what_was_published_between_two_nights_is_seen_and_is_not_of_the_future(tmp_path):
    database = tmp_path / "a.db"
    with FaultServer(pages=court(20)) as server:
        crawl = task(server, database, concurrency=1, delay=0.01)
        read_until(server, crawl, 20)
        server.pages["/xw/"] = server.pages["/xw/"].replace(
            "<ul class='list'>",
            "<ul class='list'><li><a href='/xw/new.html'>本院新增的一条新闻标题</a><span>2026-03-31</span></li>",
        )
        server.pages["/xw/new.html"] = "<h1>本院新增的一条新闻标题</h1><p>发布时间：2026-03-31</p>"
        server.pages["/dead.html"] = "<h1>院长信箱</h1>"  # mended meanwhile
        carried(database, crawl)
        run = run_site(task(server, database, NEXT))
    engine = connect(database)
    with reading(engine) as connection:
        sections = {s.record.name: s.record for s in store.read(connection, Section, site=run.site, on=NEXT)}
        assert sections["法院新闻"].newest == NEXT and sections["法院新闻"].complete
        assert store.read(connection, Target, site=run.site, on=NEXT) == []


def test_all_pages_of_a_table_are_of_one_night(tmp_path):
    """A row that a new one pushes over the page's end would be on neither of two pages that two nights have read."""
    pages = hearings_without_links(3)
    pages["/ktgg/"] += "<iframe src='/ktgg/frame.html'></iframe>"
    pages["/ktgg/frame.html"] = "<p>开庭公告</p>"
    night = CourtInMemory(pages, tmp_path / "a.db")
    run = night.night(NIGHT, audited=False)
    with night.engine.begin() as connection:
        of_page_2 = (accesses.c.run == run.id, accesses.c.url == f"{HOME}ktgg/index_1.html")
        connection.execute(sa.update(accesses).where(*of_page_2).values(carried=date(2026, 3, 28)))
        conclude(connection, night.profile, run)
        found = {s.record.name: s.record for s in store.read(connection, Section, site=run.site, on=NIGHT)}
        assert not found["开庭公告"].complete and "列表读于2026-03-28" in found["开庭公告"].why
        assert found["法院新闻"].complete
        runs.update(connection, run.id, status="running", why=UNFINISHED)
        assert carry_over(connection, night.profile, NEXT) is not None
    run = night.night(NEXT, audited=False)
    assert {"/ktgg/", "/ktgg/index_1.html", "/ktgg/index_2.html", "/ktgg/frame.html"} <= set(night.asked)
    assert not any("/xw/d" in path for path in night.asked)
    with reading(night.engine) as connection:
        found = {s.record.name: s.record for s in store.read(connection, Section, site=run.site, on=NEXT)}
    assert found["开庭公告"].complete
    night.engine.dispose()


@pytest.mark.parametrize(
    ("status", "nights_ago", "taken_up"),
    [("running", 1, True), ("running", 7, True), ("running", 8, False), ("crashed", 1, False), ("complete", 1, False)],
)
def test_which_runs_are_taken_up(tmp_path, status, nights_ago, taken_up):
    engine = connect(tmp_path / "a.db")
    begun = date(2026, 3, 31 - nights_ago)
    with FaultServer(pages=court(1)) as server, engine.begin() as connection:
        profile = task(server, tmp_path / "a.db").profile
        site = runs.Site(id=profile.id, court="示例市人民法院", home=profile.home)
        runs.save_site(connection, site)
        run = runs.start(connection, profile.id, begun, runs_began(begun))
        runs.update(connection, run.id, status=status)
        found = carry_over(connection, profile, NEXT)
        assert (found is not None) == taken_up
        # Its moment of beginning stays: what was reported since then was not looked at by all of it.
        assert runs.find(connection, profile.id, NEXT if taken_up else begun).started == runs_began(begun)


def runs_began(night: date) -> Any:
    from datetime import UTC, datetime

    return datetime(night.year, night.month, night.day, 15, tzinfo=UTC)


def test_a_calendar_without_end_is_cut_where_it_would_have_been(tmp_path):
    """What was known of it when the crawl was interrupted is known when it goes on."""
    pages = court(120)
    pages["/"] += "<a href='/cal?month=1'>开庭日历</a>"
    for month in range(1, 200):
        following = f"<a href='/cal?month={month + 1}'>下月</a><a href='/cal?month={month + 1}&day=1'>一日</a>"
        pages[f"/cal?month={month}"] = pages[f"/cal?month={month}&day=1"] = f"<p>本月没有开庭安排</p>{following}"

    def asked(database: Path) -> list[str]:
        with reading(connect(database)) as connection:
            return sorted(connection.execute(sa.select(accesses.c.url)).scalars())

    with FaultServer(pages=pages) as server:
        run_site(task(server, tmp_path / "a.db", concurrency=1))
        whole = asked(tmp_path / "a.db")
        crawl = task(server, tmp_path / "b.db", concurrency=1)
        read_until(server, crawl, 190)
        assert asked(tmp_path / "b.db")
        run = run_site(crawl)
    assert run.status == "incomplete"
    assert asked(tmp_path / "b.db") == whole
