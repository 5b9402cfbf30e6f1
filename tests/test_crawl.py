"""Nights: killed and taken up again, a second one that asks only whether anything changed, and what is not asked at all."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from crawlers import crawl as crawl_module
from crawlers.access import Outcome
from crawlers.conclude import cases, conclude
from crawlers.crawl import Crawl, Host
from crawlers.downloader import Reply
from crawlers.fetch import Answer, Fetcher
from crawlers.frontier import Job
from crawlers.guard import GUARD
from crawlers.profile import JsonList, SectionProfile, bare_profile
from crawlers.readers import detail
from crawlers.robots import Robots
from crawlers.run import run_site
from crawlers.task import CrawlTask
from crawlers.urls import path_of
from storage import runs, store
from storage.database import connect, reading
from storage.records import Access, Hearing, Item, LinkKind, Section, StatisticsRow, Target, Withheld
from storage.runs import Run
from storage.schema import accesses, pages
from tests.fault_server import FaultServer
from tests.nights import HOME, CourtInMemory

NIGHT, NEXT = date(2026, 3, 30), date(2026, 3, 31)


def court(items: int = 60) -> dict[str, str]:
    """A small court: two sections, one of them over several pages, and a dead link."""
    menu = "<title>示例市人民法院</title><ul><li><a href='/'>首页</a></li><li><a href='/xw/'>法院新闻</a></li><li><a href='/tz/'>通知公告</a></li></ul>"
    site = {"/": menu + "<p>示例市人民法院网站</p><a href='/dead.html'>院长信箱</a>"}
    for section, name in (("xw", "法院新闻"), ("tz", "通知公告")):
        for page in range(0, items, 20):
            rows = "".join(
                f"<li><a href='/{section}/d{i}.html'>本院第{i}号{name}的标题文字</a><span>2026-03-{1 + i % 28:02d}</span></li>"
                for i in range(page, min(page + 20, items))
            )
            here = f"/{section}/" if page == 0 else f"/{section}/index_{page // 20}.html"
            following = f"<a href='/{section}/index_{page // 20 + 1}.html'>下一页</a>" if page + 20 < items else ""
            site[here] = (
                f"{menu}<div>当前位置：<a href='/'>首页</a> &gt; {name}</div><ul class='list'>{rows}</ul>{following}"
            )
        for i in range(items):
            site[f"/{section}/d{i}.html"] = (
                f"{menu}<h1>本院第{i}号{name}的标题文字</h1><p>发布时间：2026-03-{1 + i % 28:02d}</p><p>正文{i}。</p>"
            )
    return site


def task(server: FaultServer, database: Path, night: date = NIGHT, **more: Any) -> CrawlTask:
    return CrawlTask(
        database=str(database),
        night=night,
        profile=bare_profile(server.url("/")),
        allow_private=True,
        timeout=5,
        **more,
    )


def records(database: Path, run: Run) -> dict[str, list[Any]]:
    """All that a night has yielded, without the moments at which it was read."""
    engine = connect(database)
    with reading(engine) as connection:
        asked = [
            tuple(r)
            for r in connection.execute(
                sa.select(accesses.c.url, accesses.c.access).where(accesses.c.run == run.id).order_by(accesses.c.url)
            )
        ]
        found = {
            kind.TABLE: [s.record for s in store.read(connection, kind, site=run.site, on=run.night)]
            for kind in (Section, Item)
        }
        dead = [
            (t.record.url, t.record.access, t.record.referrer_count)
            for t in store.read(connection, Target, site=run.site, on=run.night)
        ]
        kept = connection.execute(sa.select(sa.func.count()).select_from(pages)).scalar()
    engine.dispose()
    return {"asked": asked, "dead": dead, "kept": [kept], **found}


def test_a_night_finds_sections_items_and_the_dead_link_once(tmp_path: Path) -> None:
    with FaultServer(pages=court()) as server:
        run = run_site(task(server, tmp_path / "a.db"))
        found = records(tmp_path / "a.db", run)
        sections = {s.name: s for s in found["sections"]}
    assert run.status == "complete"
    assert {(s.name, s.items, s.pages, s.complete) for s in sections.values()} == {
        ("法院新闻", 60, 3, True),
        ("通知公告", 60, 3, True),
    }
    assert sections["法院新闻"].newest == date(2026, 3, 28)
    assert found["dead"] == [(server.url("/dead.html"), "gone", 1)]


def test_the_way_home_in_a_list_is_no_publication(tmp_path: Path) -> None:
    site = court(20)
    site["/xw/"] = (
        site["/xw/"]
        .replace("</ul>", "<li><a href='/'>示例市人民法院网站首页</a></li></ul>")
        .replace("<ul class='list'>", "<ul class='list'><li><a href='/'>示例市人民法院网站首页</a></li>")
    )
    with FaultServer(pages=site) as server:
        run = run_site(task(server, tmp_path / "a.db"))
        found = records(tmp_path / "a.db", run)
        assert server.url("/") not in {item.url for item in found["items"]}
    assert len([item for item in found["items"] if item.section == "法院新闻"]) == 20


def hearings_without_links(pages: int) -> dict[str, str]:
    """A court whose hearings stand in tables without a single link, 20 a page; past the last page the table is empty,
    and the pager leads on for ever."""
    site = court(20)
    menu = site["/"].split("</ul>")[0] + "<li><a href='/ktgg/'>开庭公告</a></li></ul>"
    site["/"] = site["/"].replace("</ul>", "<li><a href='/ktgg/'>开庭公告</a></li></ul>", 1)
    for page in range(pages + 5):
        rows = "".join(
            f"<tr><td>（2026）粤9902民初{page * 20 + i + 1}号</td><td>2026-04-{1 + i:02d} 09:30</td><td>第五法庭</td></tr>"
            for i in range(20 if page < pages else 0)
        )
        table = f"<table><tr><th>案号</th><th>开庭时间</th><th>法庭</th></tr>{rows}</table>"
        here = "/ktgg/" if page == 0 else f"/ktgg/index_{page}.html"
        site[here] = f"{menu}<h1>开庭公告</h1>{table}<a href='/ktgg/index_{page + 1}.html'>下一页</a>"
    return site


def test_statistics_and_lists_of_withheld_judgments_are_read_in_any_section(tmp_path: Path) -> None:
    """They stand among notices, where nothing but the title of the page says what it is."""
    site = court(20)
    menu = site["/"].split("<p>")[0]
    numbers = "<tr><td>示例市东湖区人民法院</td><td>120</td><td>100</td><td>83.33%</td></tr><tr><td>合计</td><td>120</td><td>100</td><td>83.33%</td></tr>"
    tables = {
        "2026年2月裁判文书上网统计": f"<table><tr><td>法院</td><td>结案数</td><td>上网数</td><td>上网率</td></tr>{numbers}</table>",
        "2026年2月不上网裁判文书信息": "<table><tr><td>案号</td><td>审理法院</td><td>裁判日期</td><td>不公开理由</td></tr>"
        "<tr><td>（2026）粤9902民初190号至192号</td><td>本院</td><td>2026-02-03</td><td>以调解方式结案的</td></tr></table>",
    }
    for number, (title, table) in enumerate(tables.items()):
        site["/tz/"] = site["/tz/"].replace(
            "<ul class='list'>",
            f"<ul class='list'><li><a href='/tz/s{number}.html'>{title}</a><span>2026-03-29</span></li>",
        )
        site[f"/tz/s{number}.html"] = (
            f"{menu}<h1>{title}</h1><p>发布时间：2026-03-29</p><div class='text'>{table}</div>"
        )
    with FaultServer(pages=site) as server:
        run = run_site(task(server, tmp_path / "a.db"))
    engine = connect(tmp_path / "a.db")
    with reading(engine) as connection:
        rows = [s.record for s in store.read(connection, StatisticsRow, site=run.site, on=run.night)]
        entries = [s.record for s in store.read(connection, Withheld, site=run.site, on=run.night)]
    engine.dispose()
    assert [(r.label, r.closed, r.uploaded, r.rate, r.is_total) for r in rows] == [
        ("示例市东湖区人民法院", 120, 100, 83.33, False),
        ("合计", 120, 100, 83.33, True),
    ]
    assert rows[0].published == date(2026, 3, 29)
    assert [e.case_number for e in entries] == [f"（2026）粤9902民初{n}号" for n in (190, 191, 192)]


def test_a_list_without_links_is_read_to_its_end(tmp_path: Path) -> None:
    with FaultServer(pages=hearings_without_links(26)) as server:
        run = run_site(task(server, tmp_path / "a.db"))
        section = next(s for s in records(tmp_path / "a.db", run)["sections"] if s.name == "开庭公告")
        engine = connect(tmp_path / "a.db")
        with reading(engine) as connection:
            found = store.read(connection, Hearing, site=run.site, on=run.night)
        engine.dispose()
        asked = [path for path in server.hits if path.startswith("/ktgg/")]
    assert len({seen.record.case_number for seen in found}) == 26 * 20
    assert len(asked) <= 26 + 2  # and not on for ever
    assert (section.complete, section.why) == (True, None)


def forget(night: CourtInMemory, *paths: str) -> None:
    """As if the night had been killed before it wrote what came of these."""
    urls = [HOME[:-1] + path for path in paths]
    with night.engine.begin() as connection:
        connection.execute(sa.delete(accesses).where(accesses.c.url.in_(urls)))


def test_a_list_without_links_is_read_to_its_end_again(tmp_path: Path) -> None:
    """When it goes on after a kill, and on the next night, on which nothing has changed."""
    night = CourtInMemory(hearings_without_links(5), tmp_path / "a.db")
    later = [f"/ktgg/index_{page}.html" for page in range(2, 5)]
    night.night(NIGHT, audited=False)
    forget(night, *later)
    night.night(NIGHT, audited=False)
    assert set(later) <= set(night.asked)
    run = night.night(NEXT, audited=False)
    assert set(later) <= set(night.asked)
    with reading(night.engine) as connection:
        assert len(store.read(connection, Hearing, site=run.site, on=NEXT)) == 5 * 20
    night.engine.dispose()


def test_a_list_handed_out_as_json_is_read_to_its_end_after_a_kill(tmp_path: Path) -> None:
    paths = [f"/api/list_{page}.json" for page in range(1, 5)]
    site: dict[str, Any] = {"/": "<title>示例市人民法院</title><p>示例市人民法院网站</p>"}
    for page, path in enumerate(paths, start=1):
        rows = [{"ah": f"（2026）粤9902民初{page}号", "ktrq": "2026-04-02"}]
        site[path] = json.dumps({"pages": 4, "data": rows}).encode()
    columns = {"案号": "ah", "开庭日期": "ktrq"}
    section = SectionProfile(
        url="/api/list_{page}.json",
        name="开庭公告",
        record="hearing",
        json_list=JsonList(rows="data", pages="pages", columns=columns),
    )
    profile = bare_profile(HOME).model_copy(update={"sections": {"ktgg": section}})
    night = CourtInMemory(site, tmp_path / "a.db", profile=profile)
    night.night(NIGHT, audited=False)
    forget(night, *paths[2:])
    run = night.night(NIGHT, audited=False)
    assert night.asked.count(paths[2]) == night.asked.count(paths[3]) == 1
    assert run.status == "complete" and run.pages == 1 + len(paths)
    with reading(night.engine) as connection:
        assert len(store.read(connection, Hearing, site=run.site, on=NIGHT)) == len(paths)
    night.engine.dispose()


def test_killed_in_the_middle_and_started_again_it_ends_as_if_undisturbed(tmp_path: Path) -> None:
    with FaultServer(pages=court()) as server:
        undisturbed = records(tmp_path / "a.db", run_site(task(server, tmp_path / "a.db")))
        alone = server.hits.copy()
        server.forget()
        database = tmp_path / "b.db"
        for _ in range(3):
            _kill_after(task(server, database, concurrency=2), pages=30)
        run = run_site(task(server, database))
        again = records(database, run)
        asked_twice = sum(server.hits.values()) - sum(alone.values())
    assert run.status == "complete"
    assert again == undisturbed
    assert asked_twice < 3 * 170  # what was written before the kill was not asked again


def _kill_after(crawl: CrawlTask, pages: int) -> None:
    """Start a crawl in its own process and kill it -9 once it says that it has read so many pages more."""
    child = subprocess.Popen(
        [sys.executable, "-m", "crawlers.run", str(os.getpid()), ""],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(crawl.to_json())
    child.stdin.close()
    first = None
    for line in child.stdout:
        read = json.loads(line)["pages"]
        first = read if first is None else first
        if read >= first + pages or read >= 110:
            os.kill(child.pid, signal.SIGKILL)
            break
    child.wait()
    child.stdout.close()


def test_a_finished_night_is_not_crawled_again(tmp_path: Path) -> None:
    with FaultServer(pages=court(20)) as server:
        first = run_site(task(server, tmp_path / "a.db"))
        server.forget()
        assert run_site(task(server, tmp_path / "a.db")) == first
        assert sum(server.hits.values()) == 0


def test_unchanged_pages_are_not_parsed_again_and_a_new_item_is_seen(tmp_path: Path) -> None:
    with FaultServer(pages=court(20)) as server:
        first = run_site(task(server, tmp_path / "a.db"))
        server.pages["/xw/"] = server.pages["/xw/"].replace(
            "<ul class='list'>",
            "<ul class='list'><li><a href='/xw/new.html'>本院新增的一条新闻标题</a><span>2026-03-31</span></li>",
        )
        server.pages["/xw/new.html"] = "<h1>本院新增的一条新闻标题</h1><p>发布时间：2026-03-31</p>"
        second = run_site(task(server, tmp_path / "a.db", NEXT))
        engine = connect(tmp_path / "a.db")
        with reading(engine) as connection:
            items = {s.record.url: s for s in store.read(connection, Item, site=second.site, on=NEXT)}
            sections = {s.record.name: s.record for s in store.read(connection, Section, site=second.site, on=NEXT)}
        engine.dispose()
        new = items[server.url("/xw/new.html")]
    assert second.unchanged == first.pages - 2  # all but the list that changed and the dead link
    assert (new.first_seen, new.last_seen) == (NEXT, NEXT)
    assert items[server.url("/xw/d0.html")].first_seen == NIGHT
    assert sections["法院新闻"].newest == NEXT


def test_validators_are_sent_and_304_is_understood(tmp_path: Path) -> None:
    with FaultServer(pages={"/": "<title>示例市人民法院</title><a href='/conditional'>公告</a>"}) as server:
        run_site(task(server, tmp_path / "a.db"))
        server.forget()
        run = run_site(task(server, tmp_path / "a.db", NEXT))
        conditional = [h for _, target, h in server.requests if target == "/conditional"]
    assert conditional and "if-none-match" in conditional[0]
    assert run.unchanged >= 1
    assert run.status == "complete"


def test_private_addresses_are_refused_unless_allowed(tmp_path: Path) -> None:
    with FaultServer(pages=court(1)) as server:
        profile = bare_profile(server.url("/"))
        run = run_site(CrawlTask(database=str(tmp_path / "a.db"), night=NIGHT, profile=profile, timeout=3))
        assert run.status == "unreadable" and "非公网地址" in (run.why or "")
        assert sum(server.hits.values()) == 0


@pytest.mark.parametrize("path", ["/denied-403", "/challenge-412", "/silent", "/server-error"])
def test_a_home_that_cannot_be_read_ends_the_night_and_says_why(tmp_path: Path, path: str) -> None:
    with FaultServer() as server:
        profile = bare_profile(server.url(path))
        run = run_site(
            CrawlTask(database=str(tmp_path / "a.db"), night=NIGHT, profile=profile, allow_private=True, timeout=1)
        )
    assert run.status == "unreadable"
    assert run.why is not None and "首页无法读取" in run.why


def test_the_page_budget_makes_the_night_incomplete(tmp_path: Path) -> None:
    with FaultServer(pages=court()) as server:
        run = run_site(task(server, tmp_path / "a.db", max_pages=30))
        found = records(tmp_path / "a.db", run)
    assert run.status == "incomplete" and "页数上限 30" in (run.why or "")
    assert run.pages <= 30
    assert [s for s in found["sections"] if not s.complete]


def test_an_endless_calendar_is_cut_off_and_the_coverage_says_so(tmp_path: Path) -> None:
    site = court(20)
    site["/"] += "<a href='/cal?month=1'>庭审日历</a>"
    for month in range(1, 400):
        site[f"/cal?month={month}"] = f"<title>日历</title><a href='/cal?month={month + 1}'>下月</a><p>第{month}月</p>"
    with FaultServer(pages=site) as server:
        run = run_site(task(server, tmp_path / "a.db"))
        found = records(tmp_path / "a.db", run)
    assert run.status == "incomplete" and "无穷页面序列" in (run.why or "") and "/cal?month" in (run.why or "")
    assert sum(1 for url, _ in found["asked"] if "/cal?" in url) < 40
    assert all(s.complete for s in found["sections"] if s.name in ("法院新闻", "通知公告"))


def test_a_long_list_of_what_was_found_elsewhere_is_read_to_its_end(tmp_path: Path) -> None:
    """Its articles lead to one another, so that they are found before the list comes to them."""
    site = court(700)
    site["/"] += "<a href='/map.html'>网站地图</a>"
    site["/map.html"] = "<title>网站地图</title>" + "".join(
        f"<a href='/{section}/d{n}.html'>{n}</a>" for section in ("xw", "tz") for n in range(700)
    )
    night = CourtInMemory(site, tmp_path / "a.db")
    run = night.night(NIGHT, audited=False)
    with reading(night.engine) as connection:
        sections = [s.record for s in store.read(connection, Section, on=NIGHT)]
    night.engine.dispose()
    assert (run.status, run.why) == ("complete", None)
    assert {s.name: s.items for s in sections if s.name in ("法院新闻", "通知公告")} == {
        "法院新闻": 700,
        "通知公告": 700,
    }


def test_pages_that_say_the_same_are_no_more_on_the_next_night(tmp_path: Path) -> None:
    site = court(20)
    site["/"] += "<a href='/cal?month=1'>庭审日历</a>"
    for month in range(1, 60):
        site[f"/cal?month={month}"] = f"<title>日历</title><a href='/cal?month={month + 1}'>下月</a><p>第{month}月</p>"
    night = CourtInMemory(site, tmp_path / "a.db")
    asked, said = [], []
    for day in (NIGHT, NEXT):
        said.append(night.night(day, audited=False).why)
        asked.append(night.asked.count("/cal"))
    assert asked[0] == asked[1] < 20
    assert said[0] == said[1] and "无穷页面序列" in (said[0] or "")
    night.engine.dispose()


def test_a_site_that_shuts_us_out_is_not_pressed(tmp_path: Path) -> None:
    site = court(20)
    blocked = "<html><script>setCookie('acw_sc__v3','1')</script></html>"
    for path in list(site):
        if "/d" in path:
            site[path] = blocked
    with FaultServer(pages=site) as server:
        run = run_site(task(server, tmp_path / "a.db", concurrency=1))
    assert run.status == "incomplete" and "拒绝继续访问" in (run.why or "")
    assert run.pages < 30


def test_what_was_doubtful_when_the_site_shut_us_out_is_unread(tmp_path: Path) -> None:
    """A link that failed once, before the refusals began, is no dead link."""
    site = court(20)
    for path in site:
        if "/d" in path:
            site[path] = "<html><script>setCookie('acw_sc__v3','1')</script></html>"
    night = CourtInMemory(site, tmp_path / "a.db")
    run = night.night(NIGHT, audited=False)
    assert "拒绝继续访问" in (run.why or "") and night.asked.count("/dead.html") == 1
    with reading(night.engine) as connection:
        found = {s.record.url: s.record.access for s in store.read(connection, Target, site=run.site, on=NIGHT)}
    assert f"{HOME}dead.html" not in found and set(found.values()) == {"blocked"}
    night.engine.dispose()


def test_issues_are_written_with_a_cause(tmp_path: Path) -> None:
    with FaultServer(
        pages=court(1)
        | {
            "/": court(1)["/"]
            + "<a href='http://no-such-court.invalid/'>外院</a><a href='http://court.gov.cn/'>最高法</a>"
        }
    ) as server:
        run = run_site(task(server, tmp_path / "a.db"))
        engine = connect(tmp_path / "a.db")
        with reading(engine) as connection:
            dead = {t.record.url: t.record.access for t in store.read(connection, Target, site=run.site)}
            causes = {i.cause for i in runs.read_issues(connection, run.id)}
        engine.dispose()
    assert dead["http://no-such-court.invalid/"] == "dns"
    # Where no name at all resolves, it is our own network, and nothing is said about the link.
    assert dead.get("http://court.gov.cn/", "offline") == "offline"
    assert causes <= {"offline"}


def test_a_bug_on_one_page_loses_no_other_and_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Concluded again with a reader that stops on one page: its section is incomplete, all others are as they were."""
    pages_ = {
        path: body.replace("法院新闻", "裁判文书").replace("正文", "（2026）粤9901民初1号民事判决书")
        for path, body in court(6).items()
    }
    with FaultServer(pages=pages_) as server:
        asked = task(server, tmp_path / "night.db")
        run = run_site(asked)
    broken = next(path for path in pages_ if path.startswith("/xw/d"))

    def read_records(page: Any, **more: Any) -> list[Any]:
        if page.url.endswith(broken):
            raise ZeroDivisionError
        return list(detail.read_records(page, **more))

    monkeypatch.setattr(cases, "read_records", read_records)
    monkeypatch.setattr("crawlers.conclude.remembered.program", lambda: "another")  # else it would not be asked
    with connect(tmp_path / "night.db").begin() as connection:
        concluded = conclude(connection, asked.profile, run)
        found = {s.record.name: s.record for s in store.read(connection, Section, site=run.site, on=NIGHT)}
        issues = runs.read_issues(connection, run.id)
    assert [url.removeprefix(asked.profile.home) for url in concluded.bugs] == [broken.removeprefix("/")]
    assert not found["裁判文书"].complete and "程序错误" in (found["裁判文书"].why or "")
    assert found["通知公告"].complete
    assert ("bug", "ZeroDivisionError") in {(i.cause, i.detail) for i in issues}


class SlowHome:
    """Answers for a small site whose home comes after all else."""

    def __init__(self, pages: dict[str, str]) -> None:
        self._pages = pages

    async def get(self, url: str, method: str, headers: Mapping[str, str], least_delay: float = 0.0) -> Reply:
        path = path_of(url)
        await asyncio.sleep(0.3 if path == "/" else 0)
        page = self._pages.get(path)
        if page is None:
            return Reply(404, ((b"Content-Type", b"text/html"),), b"<h1>404 Not Found</h1>")
        return Reply(200, ((b"Content-Type", b"text/html; charset=utf-8"),), page.encode())


@pytest.mark.parametrize("own, drawn", [("", False), ("<script src='/list.js'></script>", True)])
def test_an_empty_section_is_not_taken_for_a_script_s_because_home_came_late(
    own: str, drawn: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = (
        "<title>示例市人民法院</title><script src='/site.js'></script><a href='/'>首页</a><a href='/yj/'>法学研究</a>"
    )
    pages = {"/": f"{frame}<p>示例市人民法院网站</p>", "/yj/": f"{frame}{own}<div class='list'>暂无信息！</div>"}
    rendered: list[str] = []

    async def render(urls: list[str], *rest: Any, **more: Any) -> dict[str, str]:
        rendered.extend(urls)
        return {}

    monkeypatch.setattr(crawl_module, "render", render)
    GUARD.reset(allow_private=True)
    profile = bare_profile("http://127.0.0.1:1/").model_copy(update={"sections": {"yj": SectionProfile(url="/yj/")}})
    night = CrawlTask(database=str(tmp_path / "a.db"), night=NIGHT, profile=profile, allow_private=True)
    engine = connect(night.database)
    with engine.begin() as connection:
        run = runs.start(connection, profile.id, NIGHT, datetime.now(UTC))
    robots = Robots()
    asyncio.run(Crawl(night, run, engine, Fetcher(SlowHome(pages), robots, {}), robots).go())
    assert rendered == (["http://127.0.0.1:1/yj/"] if drawn else [])


@pytest.mark.parametrize(
    ("answers", "paused"),
    [
        ([503], False),  # an application that is down behind a server that is well
        ([503, 200, 503], False),
        ([503, 503], True),
        ([503, None, 503], True),  # no answer says nothing
        ([200, 429], True),
    ],
)
def test_a_host_is_left_alone_when_it_is_busy_and_not_when_one_page_is(answers: list[int | None], paused: bool) -> None:
    host = Host("a", 2, local=False)
    for status in answers:
        headers = {"retry-after": "7"} if status in (429, 503) else {}
        host.note(Answer("http://a/", datetime.now(UTC), "GET", None, status, headers=headers), 5.0)
    assert (host.paused_until > 0) is paused


def test_a_pause_is_not_cut_short_by_an_answer_that_says_no_time() -> None:
    host = Host("a", 2, local=False)
    host.note(Answer("http://a/", datetime.now(UTC), "GET", None, 429, headers={"retry-after": "25"}), 5.0)
    until = host.paused_until
    host.note(Answer("http://a/", datetime.now(UTC), "GET", None, 429), 5.0)
    assert host.paused_until == until


def test_a_busy_host_behind_a_redirect_is_left_alone_and_not_the_one_that_leads_to_it(tmp_path: Path) -> None:
    engine = connect(tmp_path / "a.db")
    profile = bare_profile(HOME)
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id=profile.id, court="示例市人民法院", home=HOME))
        run = runs.start(connection, profile.id, NIGHT, datetime.now(UTC))
    night = CrawlTask(database=str(tmp_path / "a.db"), night=NIGHT, profile=profile, allow_private=True)

    class Redirected:
        async def ask(self, url: str, **how: Any) -> Answer:
            busy = Outcome(Access.THROTTLED, "HTTP 429")
            return Answer(url, datetime.now(UTC), "GET", busy, 429, "http://127.0.0.2:9/", {"retry-after": "7"}, hops=1)

    crawl = Crawl(night, run, engine, cast("Fetcher", Redirected()), Robots())
    asyncio.run(crawl._visit(Job(f"{HOME}goto?url=1", LinkKind.PAGE, True, 1)))
    assert {name for name, host in crawl._hosts.items() if host.paused_until} == {"127.0.0.2:9"}
    engine.dispose()
