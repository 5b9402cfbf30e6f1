"""Every misbehaviour of the fault server is met by one crawl and called what it is (tests/faults/catalogue.yml)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ruamel.yaml import YAML

from crawlers.access import NotFoundSignature, from_page, from_status, retry_after
from crawlers.profile import bare_profile
from crawlers.run import run_site
from crawlers.task import CrawlTask
from crawlers.urls import identity, resolve
from storage.database import connect, reading
from storage.records import Access
from storage.schema import accesses, extracts
from tests.fault_server import FaultServer

CATALOGUE = YAML(typ="safe").load((Path(__file__).parent / "faults" / "catalogue.yml").read_text(encoding="utf-8"))
NIGHT = date(2026, 3, 31)
Asked = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[FaultServer, Asked, set[str]]:
    """One crawl of everything: by identity, the access of each URL, and the URLs of which an extract was kept."""
    database = str(tmp_path_factory.mktemp("faults") / "faults.db")
    with FaultServer(pause=0.2) as server:
        profile = bare_profile(server.url("/"))
        run = run_site(CrawlTask(database=database, night=NIGHT, profile=profile, allow_private=True, timeout=3))
        assert run.status == "complete", run.why
        engine = connect(database)
        with reading(engine) as connection:
            rows = connection.execute(sa.select(accesses)).mappings()
            asked = {identity(row["url"]): dict(row) for row in rows}
            known = {identity(url) for url in connection.execute(sa.select(extracts.c.url)).scalars()}
        engine.dispose()
        return server, asked, known


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if e.get("linked", True)], ids=lambda e: e["path"])
def test_called_what_it_is(crawled: tuple[FaultServer, Asked, set[str]], entry: dict) -> None:
    server, asked, _ = crawled
    expected = entry["access"] if isinstance(entry["access"], list) else [entry["access"]]
    row = asked[identity(resolve(server.url("/"), entry["path"]) or "")]
    assert row["access"] in expected, row["detail"]


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if e.get("links")], ids=lambda e: e["path"])
def test_its_links_are_followed(crawled: tuple[FaultServer, Asked, set[str]], entry: dict) -> None:
    server, asked, _ = crawled
    for path in entry["links"]:
        assert identity(resolve(server.url("/"), path) or "") in asked


def test_what_robots_forbids_is_not_asked(crawled: tuple[FaultServer, Asked, set[str]]) -> None:
    assert crawled[0].hits["/forbidden-by-robots"] == 0


def test_faults_are_asked_again_before_they_are_believed(crawled: tuple[FaultServer, Asked, set[str]]) -> None:
    server, asked, _ = crawled
    for path, again in (("/gone", 1), ("/server-error", 2), ("/reset", 2), ("/loop", 1), ("/empty", 1)):
        assert len(asked[identity(server.url(path))]["probes"]) == again
    assert asked[identity(server.url("/denied-403"))]["probes"] == []


def test_one_honest_user_agent(crawled: tuple[FaultServer, Asked, set[str]]) -> None:
    agents = {headers.get("user-agent", "") for _, _, headers in crawled[0].requests}
    assert all(agent.startswith("gongkai/") for agent in agents) and len(agents) == 1


def test_no_page_of_error_is_kept_as_a_page(crawled: tuple[FaultServer, Asked, set[str]]) -> None:
    server, _, known = crawled
    for path in ("/soft-gone", "/busy", "/captcha", "/challenge-200", "/empty", "/binary"):
        assert identity(server.url(path)) not in known


@pytest.mark.parametrize("unknown", ["soft", "home"])
def test_a_site_that_says_not_found_with_200(tmp_path: Path, unknown: Any) -> None:
    pages = {
        "/": "<title>示例市人民法院</title><a href='/xw/1.html'>新闻一</a><a href='/gone-1.html'>旧闻</a><a href='/about404.html'>关于404</a>"
        + "<p>示例市人民法院是基层人民法院。</p>" * 30,
        "/xw/1.html": "<title>新闻一</title><h1>新闻一</h1><p>本院召开会议。</p>",
        "/about404.html": "<title>网站排查“404页面不存在”问题</title><h1>网站排查</h1>"
        + "<p>我院排查了页面不存在的链接，已逐一修复。</p>" * 12,
    }
    with FaultServer(unknown=unknown, pages=pages) as server:
        profile = bare_profile(server.url("/"))
        database = str(tmp_path / "soft.db")
        run_site(CrawlTask(database=database, night=NIGHT, profile=profile, allow_private=True, timeout=3))
        with reading(connect(database)) as connection:
            found = {row.url: row.access for row in connection.execute(sa.select(accesses.c.url, accesses.c.access))}
    assert found[server.url("/gone-1.html")] == "soft_gone"
    assert found[server.url("/about404.html")] == "ok"
    assert found[server.url("/")] == "ok"
    assert found[server.url("/xw/1.html")] == "ok"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (404, Access.GONE),
        (410, Access.GONE),
        (401, Access.DENIED),
        (403, Access.DENIED),
        (405, Access.DENIED),
        (412, Access.BLOCKED),
        (429, Access.THROTTLED),
        (500, Access.SERVER_ERROR),
        (503, Access.SERVER_ERROR),
        (521, Access.BLOCKED),
        (408, Access.TIMEOUT),
        (418, Access.DENIED),
        (204, Access.EMPTY),
        (304, Access.OK),
    ],
)
def test_status_alone(status: int, expected: Access) -> None:
    outcome = from_status(status, {}, b"")
    assert outcome is not None and outcome.access is expected


def test_a_challenge_under_404_is_about_us() -> None:
    outcome = from_status(404, {}, b"<script>setCookie('acw_sc__v3', 'x')</script>")
    assert outcome is not None and outcome.access is Access.BLOCKED


def test_a_home_page_is_never_not_found() -> None:
    text = "页面不存在"
    common = {
        "title": text,
        "text": text,
        "text_length": 5,
        "signature": NotFoundSignature(200, text, text),
        "path": "/",
        "final_url": None,
        "has_list": False,
    }
    assert from_page(text.encode(), {}, is_home=True, **common).access is Access.OK
    assert from_page(text.encode(), {}, is_home=False, **common).access is Access.SOFT_GONE


def test_retry_after_is_honoured_within_reason() -> None:
    assert retry_after({"retry-after": "7"}) == 7.0
    assert retry_after({"retry-after": "86400"}) == 30.0
    at = "Wed, 21 Oct 2026 07:28:00 GMT"
    assert retry_after({"retry-after": at, "date": "Wed, 21 Oct 2026 07:27:48 GMT"}) == 12.0
    assert retry_after({"retry-after": at, "date": "Wed, 21 Oct 2026 06:28:00 GMT"}) == 30.0
    assert retry_after({"retry-after": "Sun, 01 Jan 2006 00:00:00 GMT"}) == 0.0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None
