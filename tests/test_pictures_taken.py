"""Screenshots: taken politely by a real browser, kept and sealed with address and time; without a browser one line says so."""

import shutil
import struct
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa

from crawlers import pictures as camera
from crawlers.browser import BrowserMissing
from crawlers.pictures import TALLEST, WIDTH, Picture, PictureTask
from gongkai import pictures
from gongkai.config import Evidence, Settings
from storage import findings, pages, schema
from storage.database import connect, reading
from storage.verification import verify
from tests.bulletins import two_nights

AT = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 1280, 940)


class Site(BaseHTTPRequestHandler):
    """A court's site whose pages reach for what they should not."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        port = self.server.server_address[1]
        pages_ = {
            "/robots.txt": (200, "User-agent: *\nDisallow: /secret"),
            "/": (
                200,
                f"<h1>法院</h1><img src='/a.png'><img src='/secret/b.png'><img src='http://localhost:{port}/c.png'>",
            ),
            "/long": (404, "<div style='height:20000px'>长</div><script>alert(1)</script>"),
        }
        status, body = pages_.get(self.path, (404, ""))
        self.send_response(status)
        if self.path == "/file":
            self.send_header("Content-Disposition", "attachment; filename=x.doc")
        self.send_header("Content-Type", "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.mark.browser
def test_pictures_are_taken_as_the_crawl_asks():
    Site.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_address[1]}"
    urls = (f"{home}/", f"{home}/long", f"{home}/secret/page")
    try:
        first, long, secret = camera.take(PictureTask(urls=urls, allow_private=True))
        (refused,) = camera.take(PictureTask(urls=urls[:1]))
    finally:
        server.shutdown()
    assert (first.status, first.final_url, first.width) == (200, None, WIDTH)
    assert first.height > 900  # the page and the strip with address and time above it
    assert (long.status, long.width) == (404, WIDTH)
    assert TALLEST < long.height < TALLEST + 200
    assert (secret.png, secret.detail) == (None, "robots.txt 禁止")
    assert (refused.png, refused.detail) == (None, "非公网地址或者无法解析")
    assert "/a.png" in Site.asked
    assert [path for path in Site.asked if "secret" in path or path == "/c.png"] == []
    assert Site.asked.count("/robots.txt") == 1


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("pictures") / "built.db"
    engine = connect(path)
    with engine.begin() as connection:
        two_nights.build(connection)
    engine.dispose()
    return path


@pytest.fixture
def engine(tmp_path, built):
    made = connect(shutil.copy(built, tmp_path / "trial.db"))
    yield made
    made.dispose()


def after_audit(engine, most=20, site="chengnan"):
    said = []
    settings = Settings(evidence=Evidence(screenshots=most))
    pictures.after_audit(
        engine, site, two_nights.SECOND, settings, allow_private=False, delay=None, on_problem=said.append
    )
    return said


def test_serious_certain_findings_are_taken_once(engine, monkeypatch):
    tasks = []

    def take(task):
        tasks.append(task)
        return [
            Picture(url=url, at=AT, status=200, png=PNG, width=1280, height=940, browser="x")
            if n == 0
            else Picture(url=url, at=AT, detail="打开超时")
            for n, url in enumerate(task.urls)
        ]

    monkeypatch.setattr(camera, "take", take)
    assert after_audit(engine) == []
    # D-01 twice; N-01 rests on a ledger only; W-07 is S2.
    assert [len(task.urls) for task in tasks] == [2]
    assert all("/wsgk/" in url for url in tasks[0].urls)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(schema.pictures)).mappings().all()
        assert {row["sha256"] for row in rows} == {pages.sha256(PNG), None}
        assert pages.body(connection, pages.sha256(PNG)) == PNG
        assert verify(connection).links["picture"] == 2
    assert after_audit(engine) == []  # what was tried is not tried every night
    assert len(tasks) == 1


def test_the_number_of_a_night_is_bounded(engine, monkeypatch):
    tasks = []
    monkeypatch.setattr(camera, "take", lambda task: tasks.append(task) or [])
    after_audit(engine, most=1)
    assert [len(task.urls) for task in tasks] == [1]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (BrowserMissing("没有可用的浏览器"), "no screenshots: 没有可用的浏览器"),
        (RuntimeError("Traceback\nValueError: x"), "chengnan: no screenshots: ValueError: x"),
    ],
)
def test_without_a_browser_the_night_goes_on(engine, monkeypatch, error, line):
    monkeypatch.setenv("GONGKAI_LANG", "en")

    def take(_task):
        raise error

    monkeypatch.setattr(camera, "take", take)
    assert after_audit(engine) == [line]


def test_a_finding_that_rests_on_a_ledger_has_no_page_to_take(engine):
    with reading(engine) as connection:
        found = findings.state_at(connection, two_nights.SECOND, site="chengnan")
    assert {pictures.address_of(f) for f in found if f.rule == "N-01"} == {None}
