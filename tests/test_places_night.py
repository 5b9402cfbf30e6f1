"""A night whose pages are kept elsewhere, or whose disk is full: the same is found, nothing is lost, and it goes on later."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from crawlers.conclude import conclude
from crawlers.conclude.kept import Kept
from crawlers.personal import VERSION
from crawlers.profile import bare_profile
from crawlers.run import run_site
from storage import pages, places, runs, store
from storage.database import DatabaseError, connect, reading
from storage.objects import PlaceTrouble
from storage.records import Judgment, PageScan, Section
from storage.schema import accesses, unplaced_pages
from storage.schema import pages as table
from tests.fault_server import FaultServer
from tests.object_store import BUCKET, ObjectStore
from tests.test_crawl import NIGHT, court, records, task

COURT = {  # with judgments, whose bodies are looked at when the night is concluded
    path: re.sub(
        r"本院第(\d+)号裁判文书的标题文字",
        r"甲公司与乙公司买卖合同纠纷（2026）示0101民初\g<1>号民事判决书",
        page.replace("通知公告", "裁判文书"),
    )
    for path, page in court(40).items()
}
# A page of the first batch that the conclusion must read again: most others it need not.
COURT["/"] += "<p>证人李某明、证人张大明到庭作证。</p>"


@pytest.fixture(scope="module")
def bucket():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "tests")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
        server = ObjectStore()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def site():
    with FaultServer(pages=COURT) as server:
        yield server


@pytest.fixture(autouse=True)
def server(site):
    """The site, that has not been asked anything yet."""
    site.forget()
    return site


@pytest.fixture
def slow_server(server, monkeypatch):
    """The same, which asks to be asked slowly: so that a night is written in several batches."""
    monkeypatch.setitem(server.pages, "/robots.txt", "User-agent: *\nCrawl-delay: 0.06\n")
    return server


@pytest.fixture(scope="module")
def undisturbed(site, tmp_path_factory):
    """The database of an undisturbed night, its pages in it, and the night's run."""
    database = tmp_path_factory.mktemp("whole") / "whole.db"
    return database, run_site(task(site, database))


@pytest.fixture(scope="module")
def whole(undisturbed):
    """What an undisturbed night finds and keeps."""
    return told(*undisturbed)


def told(database, run):
    """What a night came to: its records and the bodies it kept."""
    with reading(connect(database)) as connection:
        hashes = connection.execute(sa.select(table.c.sha256)).scalars().all()
        bodies = pages.bodies(connection, hashes)
    assert len(bodies) == len(hashes)
    return run.status, records(database, run), sorted(bodies.values())


def where(database):
    """How many bodies are in the database, and how many wait there."""
    with reading(connect(database)) as connection:
        inside = connection.execute(sa.select(sa.func.count()).where(table.c.place.is_(None))).scalar()
        return inside, connection.execute(sa.select(sa.func.count()).select_from(unplaced_pages)).scalar()


def is_elsewhere(database, digest):
    """Is a body kept, and not in the database?"""
    with reading(connect(database)) as connection:
        return connection.execute(sa.select(table.c.place).where(table.c.sha256 == digest)).scalar() is not None


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_the_same_is_found_with_the_pages_elsewhere(tmp_path, bucket, server, whole, kind):
    engine = connect(tmp_path / "a.db")
    if kind == "folder":
        places.use(engine, str(tmp_path / "pages"))
    else:
        places.use(engine, f"s3://{BUCKET}/night", bucket.endpoint)
    assert told(tmp_path / "a.db", run_site(task(server, tmp_path / "a.db"))) == whole
    assert where(tmp_path / "a.db") == (0, 0)


def test_a_bucket_that_goes_away_in_mid_night_loses_nothing(tmp_path, bucket, slow_server, whole, monkeypatch):
    """What was kept meanwhile waits in the database; what was kept before is needed in the end, so the night goes on later."""
    database, gone = tmp_path / "a.db", False
    home = pages.sha256(COURT["/"].encode())

    def pull_the_plug():
        nonlocal gone
        if not gone and is_elsewhere(database, home):  # the first batch was brought
            bucket.stop()
            gone = True
        return False

    engine = connect(database)
    places.use(engine, f"s3://{BUCKET}/plug", bucket.endpoint)
    monkeypatch.setattr("crawlers.run.LOOK_EVERY", 0.2)
    crawl = task(slow_server, database, concurrency=1)
    try:
        with pytest.raises(DatabaseError, match=f"s3://{BUCKET}/plug"):
            run_site(crawl, is_over=pull_the_plug)
        inside, waiting = where(database)
        assert inside == waiting > 5
        assert "pages wait" in places.settle(engine)
    finally:
        bucket.start()
    slow_server.forget()
    run = run_site(crawl)
    assert articles(slow_server.hits) == set()
    assert places.settle(engine) is None
    assert where(database) == (0, 0)
    assert told(database, run) == whole


def test_nothing_is_concluded_from_a_page_that_its_place_has_lost_or_damaged(
    tmp_path, undisturbed, server, monkeypatch
):
    """The night is concluded again as by a newer program, which has to read every page once more."""
    folder, name = tmp_path / "pages", "/tz/d4.html"
    database, run = undisturbed
    with closing(sqlite3.connect(database)) as there, closing(sqlite3.connect(tmp_path / "a.db")) as here:
        there.backup(here)
    engine = connect(tmp_path / "a.db")
    places.use(engine, str(folder))
    places.move_all(engine)
    asked = task(server, tmp_path / "a.db")
    damaged, lost = (folder / f"{digest[:3]}" / f"{digest}.zst" for digest in map(digest_of, ("/", name)))
    whole = damaged.read_bytes(), lost.read_bytes()
    monkeypatch.setattr("crawlers.conclude.remembered.program", lambda: "newer")
    monkeypatch.setattr("crawlers.conclude.personal.VERSION", VERSION + 1)

    def concluded():
        with engine.begin() as connection:
            done = conclude(connection, asked.profile, run)
            read = {
                kind: store.read(connection, kind, site=run.site, on=NIGHT) for kind in (Section, Judgment, PageScan)
            }
            issues = {(i.cause, urlsplit(i.subject).path) for i in runs.read_issues(connection, run.id)}
        scanned = {urlsplit(s.record.url).path for s in read[PageScan] if s.record.detector == VERSION + 1}
        sections = {s.record.name: s.record for s in read[Section]}
        judgments = {urlsplit(s.record.url).path: s.record for s in read[Judgment]}
        return {urlsplit(url).path for url in done.lost}, issues, sections, judgments, scanned

    damaged.write_bytes(b"no zstd")
    lost.unlink()
    gone, issues, sections, judgments, scanned = concluded()
    assert gone == {"/", name} and {("page_lost", "/"), ("page_lost", name)} <= issues
    assert not {cause for cause, _ in issues} & {"bug"}
    assert not sections["裁判文书"].complete and "丢失或损坏" in sections["裁判文书"].why
    assert sections["法院新闻"].complete
    assert name not in scanned and "/tz/d5.html" in scanned
    damaged.write_bytes(whole[0])
    lost.write_bytes(whole[1])
    gone, _, sections, judgments, scanned = concluded()  # what could not be read was not remembered as empty
    assert gone == set() and sections["裁判文书"].complete
    assert judgments[name].unread is None and judgments[name].text_length == judgments["/tz/d5.html"].text_length
    assert name in scanned


def digest_of(path):
    return pages.sha256(COURT[path].encode())


@pytest.mark.parametrize("error", [PlaceTrouble("s3://x: away"), DatabaseError("away")])
def test_trouble_of_a_place_is_no_bug_of_a_reader(database, error):
    profile = bare_profile("http://x.example.cn/")
    with reading(database) as connection:
        kept = Kept(connection, profile, SimpleNamespace(id=1, night=NIGHT))
        with pytest.raises(type(error)):
            kept.bug("http://x.example.cn/d1.html", error)
    assert kept.bugs == []


def articles(paths):
    return {path for path in paths if "/d" in path} - {"/dead.html"}


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], capture_output=True).returncode:
        pytest.skip("may not mount a file system here")

    def resize(size):
        subprocess.run(["mount", "-o", f"remount,size={size}", folder], check=True)

    yield folder, resize
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_is_full_in_mid_night_is_told_and_the_night_goes_on_when_there_is_room(
    small_disk, slow_server, whole
):
    folder, resize = small_disk
    database = folder / "a.db"
    connect(database).dispose()
    used = sum(path.stat().st_size for path in folder.iterdir())
    crawl = task(slow_server, database, concurrency=1)
    resize(f"{used // 1024 + 300}k")
    with pytest.raises(DatabaseError, match="the disk is full, nothing was written") as caught:
        run_site(crawl)
    assert "\n" not in str(caught.value)
    resize("16m")
    with reading(connect(database)) as connection:
        before = {urlsplit(url).path for url in connection.execute(sa.select(accesses.c.url)).scalars()}
    slow_server.forget()
    run = run_site(crawl)
    assert len(articles(before)) > 5 and articles(before) & articles(slow_server.hits) == set()
    assert told(database, run) == whole


def test_a_folder_of_pages_that_is_full_stops_no_night(tmp_path, small_disk, server, whole):
    folder, resize = small_disk
    database = tmp_path / "a.db"
    engine = connect(database)
    places.use(engine, str(folder / "pages"))
    resize("20k")
    assert told(database, run_site(task(server, database))) == whole
    inside, waiting = where(database)
    assert inside == waiting > 5
    assert "No space left" in places.settle(engine)
    resize("16m")
    assert places.settle(engine) is None and where(database) == (0, 0)
