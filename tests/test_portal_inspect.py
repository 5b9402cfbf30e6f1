"""The portal from the command line, over HTTP on loopback: alone, beside a court's site, and each when the other fails."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers.check import check
from crawlers.profile import ProfileError, load_profile
from crawlers.run import run_site
from crawlers.task import CrawlTask
from gongkai import cli
from gongkai.errors import FOUND, OK, UNREADABLE, WRONG_USE
from storage import runs, store
from storage.database import connect, reading
from storage.records import Section, Stream, Target, Video
from tests.fault_server import FaultServer
from tests.portal_answers import CHALLENGE, COURT, SOFT_404, Portal, newer_player, row, trial
from tests.test_crawl import court as court_pages

NIGHT = date(2026, 3, 30)
NUMBER = "（2026）粤9902民初1号"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_LANG", "en")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def run_(*arguments: object) -> tuple[int, str, str]:
        code = cli.run([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_


def sound() -> Portal:
    portal = Portal(
        replays=[row(2, "（2026）粤9902民初2号", "2026-03-21T09:30:00"), row(1, NUMBER, "2026-03-20T09:30:00")]
    )
    portal.session(1)
    portal.session(2)
    portal.previews = {date(2026, 4, 2): [{"caseId": 3, "courtName": COURT, "beginTime": 1775093400000}]}
    portal.html("/live/3", trial("（2026）粤9902民初3号", "2026年04月02日 09:30"))
    return portal


def task(portal: Portal, database: Path, **profile: Any) -> CrawlTask:
    path = database.with_name("a_court.yml")
    lines = [f"{k}: {v}" for k, v in profile.items()]
    path.write_text(f"id: a_court\ncourt: {COURT}\nportal: {{base: '{portal.base}'}}\n" + "\n".join(lines) + "\n")
    return CrawlTask(database=str(database), night=NIGHT, profile=load_profile(path), allow_private=True, timeout=5)


def streams(database: Path) -> dict[str, Stream]:
    with reading(connect(str(database))) as connection:
        return {s.record.case_id: s.record for s in store.read(connection, Stream, on=NIGHT)}


def test_a_portal_without_a_site(run: Any, tmp_path: Path) -> None:
    with sound().serve() as portal:
        code, out, err = run(
            "inspect", "--portal", portal.base, "--court", COURT, "--as-of", NIGHT, "--allow-private", "--json",
            "--out", tmp_path / "o",
        )  # fmt: skip
        assert portal.headers["/cmn/showPlay?caseId=1"]["X-Requested-With"] == "XMLHttpRequest"
        assert all("gongkai" in h["User-Agent"] for h in portal.headers.values())
    found = json.loads(out)
    assert code == OK, err
    (site,) = found["coverage"]
    assert (site["complete"], site["sections"], site["why"]) == (True, 2, None)
    assert site["pages"] > 0
    assert [f for f in found["findings"] if f["rule"][0] in "WDN"] == [], "no word on a website that was not read"
    assert {p.name for p in (tmp_path / "o").iterdir()} >= {"findings.json", "bulletin.html", "evidence"}
    assert list((tmp_path / "o" / "evidence").iterdir())


def test_a_portal_that_refuses_is_unreadable(run: Any, tmp_path: Path) -> None:
    portal = Portal()
    portal.answer = lambda target: (200, "text/html; charset=utf-8", CHALLENGE.encode())  # type: ignore[method-assign]
    with portal.serve():
        code, out, err = run(
            "inspect", "--portal", portal.base, "--court", COURT, "--as-of", NIGHT, "--allow-private", "--json",
            "--out", tmp_path / "o",
        )  # fmt: skip
    assert code == UNREADABLE and "could not be read" in err
    assert [f for f in json.loads(out)["findings"] if f["grade"] == "certain"] == []


def test_a_portal_of_which_a_part_is_unread_says_so(run: Any, tmp_path: Path) -> None:
    portal = sound()
    portal.total = 9
    with portal.serve():
        code, out, _ = run(
            "inspect", "--portal", portal.base, "--court", COURT, "--as-of", NIGHT, "--allow-private", "--json",
            "--out", tmp_path / "o",
        )  # fmt: skip
    (site,) = json.loads(out)["coverage"]
    assert code == OK and not site["complete"] and "平台称共9条" in site["why"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--portal", "http://127.0.0.1:9/"], "--court"),
        (["--portal", "portal.example", "--court", COURT], "portal.example"),
        ([], "missing URL"),
    ],
)
def test_wrong_use_is_one_line(run: Any, arguments: list[str], said: str) -> None:
    code, _, err = run("inspect", "--json", *arguments)
    assert code == WRONG_USE and said in err and len(err.strip().splitlines()) == 1


def test_portals_on_private_addresses_are_not_asked_unless_allowed(run: Any, tmp_path: Path) -> None:
    with sound().serve() as portal:
        code, _, _ = run("inspect", "--portal", portal.base, "--court", COURT, "--out", tmp_path / "o", "--json")
        assert code == UNREADABLE and portal.asked == []


def test_robots_of_the_portal_are_obeyed(run: Any, tmp_path: Path) -> None:
    portal = sound()
    portal.answers["/robots.txt"] = (200, "text/plain", "User-agent: *\nDisallow: /\n")
    with portal.serve():
        code, _, _ = run(
            "inspect", "--portal", portal.base, "--court", COURT, "--allow-private", "--out", tmp_path / "o", "--json"
        )
    assert code == UNREADABLE and set(portal.asked) == {"/robots.txt"}


def test_site_and_portal_in_one_run(tmp_path: Path) -> None:
    pages = court_pages(20)
    with sound().serve() as portal, FaultServer(pages=pages) as site:
        pages["/"] += f"<a href='{portal.base}/live/1'>庭审直播</a><a href='{portal.base}/live/9'>往期直播</a>"
        portal.html("/live/9", SOFT_404)
        portal.replays.append(row(9, "（2026）粤9902民初9号", "2026-03-19T09:30:00"))
        found = run_site(task(portal, tmp_path / "g.db", home=site.url("/")))
    assert found.status == "complete"
    with reading(connect(str(tmp_path / "g.db"))) as connection:
        kinds = [s.record.record for s in store.read(connection, Section, on=NIGHT)]
        dead = {t.record.url for t in store.read(connection, Target, on=NIGHT)}
        assert len(runs.read(connection)) == 1
    assert kinds.count("stream") == 2 and len(kinds) > 2
    assert {s.video for s in streams(tmp_path / "g.db").values()} == {Video.PLAYABLE, Video.NONE_YET, Video.UNREACHABLE}
    assert dead == {site.url("/dead.html"), f"{portal.base}/live/9"}, (
        "what the portal alone names is no link of the site"
    )


ALONE = """
import sys
from scrapy.crawler import AsyncCrawlerProcess
from crawlers.settings import all_settings
from crawlers.spiders.hearing_portal import HearingPortalSpider
from crawlers.task import CrawlTask

process = AsyncCrawlerProcess(all_settings())
process.crawl(process.create_crawler(HearingPortalSpider), task=CrawlTask.from_json(sys.stdin.read()))
process.start()
"""


def test_the_spider_of_the_portal_alone_leaves_the_night_of_the_site_to_be_done(tmp_path: Path) -> None:
    with sound().serve() as portal, FaultServer(pages=court_pages(20)) as site:
        asked = task(portal, tmp_path / "g.db", home=site.url("/"))
        subprocess.run([sys.executable, "-c", ALONE], input=asked.to_json(), text=True, check=True)
        with reading(connect(str(tmp_path / "g.db"))) as connection:
            (found,) = runs.read(connection)
        assert found.status == "running" and not site.hits
        assert len(streams(tmp_path / "g.db")) == 3
        portal.asked.clear()
        assert run_site(asked).status == "complete" and site.hits["/"] == 1
        assert "/live/1" not in portal.hits, "what was asked tonight is not asked again"
        assert len(streams(tmp_path / "g.db")) == 3


def test_a_profile_s_portal_is_checked_with_its_sections(tmp_path: Path) -> None:
    database = tmp_path / "g.db"
    portal = sound()
    with portal.serve(), FaultServer(pages=court_pages(20)) as site:
        portal.total = 9
        asked = task(portal, database, home=site.url("/"))
        run_site(asked)
    with reading(connect(str(database))) as connection:
        (line,) = check(asked.profile, connection)
    assert line.startswith("portal") and "平台称共9条" in line


def test_a_dead_site_does_not_lose_the_portal(tmp_path: Path) -> None:
    with sound().serve() as portal, FaultServer() as site:
        found = run_site(task(portal, tmp_path / "g.db", home=site.refused_url))
    assert found.status == "incomplete" and "首页无法读取" in (found.why or "")
    assert len(streams(tmp_path / "g.db")) == 3


def test_a_dead_portal_does_not_lose_the_site(tmp_path: Path) -> None:
    with FaultServer(pages=court_pages(20)) as site:
        portal = Portal(host=site.refused_url.removeprefix("http://").removesuffix("/refused"))
        found = run_site(task(portal, tmp_path / "g.db", home=site.url("/")))
    assert found.status == "complete" and found.pages > 20
    with reading(connect(str(tmp_path / "g.db"))) as connection:
        sections = [s.record for s in store.read(connection, Section, on=NIGHT)]
    assert {s.complete for s in sections if s.record == "stream"} == {False}
    assert {s.complete for s in sections if s.record != "stream"} == {True}


def test_inspecting_a_site_with_its_portal(run: Any, tmp_path: Path) -> None:
    portal = sound()
    portal.html("/vod/1?src=gkw&cc=1", newer_player(""))
    with portal.serve(), FaultServer(pages=court_pages(20)) as site:
        code, out, err = run(
            "inspect", site.url("/"), "--portal", portal.base, "--court", COURT, "--as-of", NIGHT,
            "--allow-private", "--json", "--out", tmp_path / "o",
        )  # fmt: skip
    found = json.loads(out)
    assert code == FOUND, err  # the site's own dead link
    links = {f["subject"]["url"] for f in found["findings"] if f["rule"] == "W-07"}
    assert links == {site.url("/dead.html")}
    assert [f for f in found["findings"] if f["rule"][0] == "W" and portal.base in str(f["subject"]["url"])] == []


def test_a_profile_may_be_of_a_portal_alone_and_must_be_of_something(tmp_path: Path) -> None:
    path = tmp_path / "a_court.yml"
    path.write_text(
        "court: 示例市东湖区人民法院\nportal: {base: https://portal.example/, code: 9101}\n", encoding="utf-8"
    )
    profile = load_profile(path)
    assert profile.portal is not None
    assert (profile.home, profile.address, profile.portal.code) == ("", "https://portal.example", "9101")
    for text, said in (
        ("court: 甲\n", "home"),
        ("court: 甲\nportal: {base: portal.example}\n", "portal.base"),
        ("court: ''\nportal: {base: https://portal.example}\n", "portal.court"),
        ("court: 甲\nportal: {base: https://p.example, days: 3}\n", "portal.days"),
        ("court: 甲\nportal: {base: https://p.example}\nsections: {a: {url: /}}\n", "sections"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ProfileError, match=said):
            load_profile(path)
