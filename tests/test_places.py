"""Kept pages outside the database: in a folder, in memory, in a bucket. Whatever happens there, no page is lost."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongkai.cli import run as command
from storage import objects, pages, places, retention, runs, transfer
from storage.database import connect, reading
from storage.objects import MARK, Objects, PlaceTrouble
from storage.schema import accesses, leaving_pages, unplaced_pages
from storage.schema import pages as table
from storage.surroundings import copy_surroundings
from storage.verification import verify
from tests.object_store import BUCKET, ObjectStore

pytestmark = pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
OLD, NOW = date(2025, 1, 10), datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
BODIES = [f"<html>第{n}页</html>".encode() * 50 for n in range(5)]
HASHES = [pages.sha256(body) for body in BODIES]
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def bucket():
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "tests")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        server = ObjectStore()
        yield server
        server.stop()


class Somewhere:
    """A place of one kind, from outside."""

    def __init__(self, kind, folder, bucket):
        self.kind, self.bucket, self.name = kind, bucket, f"trial{next(numbers)}"
        self.endpoint = bucket.endpoint if kind == "s3" else None
        self.url = {
            "folder": str(folder / "pages"),
            "memory": f"memory://{self.name}",
            "s3": f"s3://{BUCKET}/{self.name}",
        }[kind]

    def use(self, engine):
        places.use(engine, self.url, self.endpoint)

    def names(self):
        """What is there beside the mark, by name."""
        if self.kind == "s3":
            found = self.bucket.names(self.name)
        else:
            fs, root = objects._opened(self.url, None)
            found = {path.rsplit("/", 1)[-1] for path in fs.find(root)} if fs.exists(root) else set()
        assert MARK in found or not found
        return found - {MARK}

    def spoil(self, digest, body):
        """Change a body behind our back; None: it goes."""
        fs, root = objects._opened(self.url, self.endpoint)
        path = f"{root}/{digest[:3]}/{digest}.zst"
        if body is None:
            fs.rm(path)
        else:
            fs.pipe_file(path, body)


@pytest.fixture(params=["folder", "memory", "s3"])
def place(request, tmp_path, bucket):
    return Somewhere(request.param, tmp_path, bucket)


@pytest.fixture
def folder(tmp_path, bucket):
    return Somewhere("folder", tmp_path, bucket)


def keep(engine, bodies=BODIES):
    with engine.begin() as connection:
        pages.keep(connection, [pages.page_row(pages.sha256(body), body, "text/html") for body in bodies])


def kept(engine):
    with reading(engine) as connection:
        return pages.bodies(connection, HASHES)


def rows(engine, what=table):
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(sa.select(what)).mappings()]


def in_database(engine):
    return {row["sha256"] for row in rows(engine) if row["place"] is None}


ALL = dict(zip(HASHES, BODIES, strict=True))
FILES = {f"{digest}.zst" for digest in HASHES}


def test_bodies_are_in_the_place_and_read_as_ever(database, place):
    place.use(database)
    keep(database)
    assert place.names() == FILES
    assert [row["body"] for row in rows(database)] == [b""] * 5
    assert all(0 < row["packed"] < row["size"] for row in rows(database))
    assert kept(database) == ALL
    with reading(database) as connection:
        assert pages.body(connection, HASHES[3]) == BODIES[3]
        assert pages.body(connection, "0" * 64) is None
        assert verify(connection).problems == []


def test_a_body_that_is_kept_is_not_written_again(database, folder):
    folder.use(database)
    keep(database)
    shutil.rmtree(Path(folder.url) / HASHES[0][:3])
    keep(database)
    assert f"{HASHES[0]}.zst" not in folder.names()  # as nobody knows yet; `evidence verify` says it


def test_each_page_stays_where_it_was_kept(database, place, tmp_path, bucket):
    other = Somewhere("folder", tmp_path / "other", bucket)
    keep(database, BODIES[:1])
    place.use(database)
    keep(database, BODIES[:3])
    other.use(database)
    keep(database, BODIES[:4])
    places.use(database, None)
    keep(database)
    assert kept(database) == ALL
    assert in_database(database) == {HASHES[0], HASHES[4]}
    assert place.names() == {f"{digest}.zst" for digest in HASHES[1:3]}
    assert other.names() == {f"{HASHES[3]}.zst"}


def test_what_was_altered_or_lost_is_found_out(database, place):
    place.use(database)
    keep(database)
    place.spoil(HASHES[0], None)
    place.spoil(HASHES[1], pages.pack(b"something else"))
    place.spoil(HASHES[2], b"no zstd")
    with reading(database) as connection:
        found = {(problem.what, problem.subject) for problem in verify(connection).problems}
        assert found == {("page_gone", HASHES[0]), ("page", HASHES[1]), ("page", HASHES[2])}
        assert pages.body(connection, HASHES[0]) is None
        with pytest.raises(PlaceTrouble, match="damaged"):
            pages.body(connection, HASHES[1])


def test_what_was_altered_or_lost_can_be_gone_without(database, place):
    place.use(database)
    keep(database)
    place.spoil(HASHES[0], None)
    place.spoil(HASHES[1], b"no zstd")
    lost = []
    with reading(database) as connection:
        found = pages.bodies(connection, [*HASHES, "0" * 64], lost.append)
        assert pages.body(connection, HASHES[1], lost.append) is None
    assert found == {digest: ALL[digest] for digest in HASHES[2:]}
    assert sorted(lost) == sorted([*HASHES[:2], HASHES[1]])  # nothing is said of what was never kept


def test_a_place_that_is_away_has_lost_nothing(database, folder):
    folder.use(database)
    keep(database)
    Path(folder.url).rename(Path(folder.url).with_name("away"))
    lost = []
    with reading(database) as connection, pytest.raises(PlaceTrouble):
        pages.bodies(connection, HASHES, lost.append)
    assert lost == []


def test_a_place_that_is_away_loses_nothing(database, bucket, tmp_path):
    place = Somewhere("s3", tmp_path, bucket)
    place.use(database)
    keep(database, BODIES[:2])
    bucket.stop()
    try:
        begun = time.monotonic()
        keep(database, BODIES[2:4])
        keep(database, BODIES[4:])
        assert time.monotonic() - begun < objects.PATIENCE + 2
        assert in_database(database) == set(HASHES[2:])
        assert {row["sha256"] for row in rows(database, unplaced_pages)} == set(HASHES[2:])
        line = places.settle(database)
        assert line is not None and "3 pages wait" in line and place.url in line and "\n" not in line
        with reading(database) as connection, pytest.raises(PlaceTrouble, match="cannot be read"):
            pages.body(connection, HASHES[0])
        with reading(database) as connection:
            assert pages.body(connection, HASHES[4]) == BODIES[4]
        place.use(database)  # the next night begins all the same
    finally:
        bucket.start()
    assert places.settle(database) is None
    assert in_database(database) == set() and rows(database, unplaced_pages) == []
    assert place.names() == FILES and kept(database) == ALL


def test_a_place_that_hangs_is_not_waited_for(database, folder, monkeypatch):
    monkeypatch.setattr(objects, "PATIENCE", 0.2)
    folder.use(database)
    monkeypatch.setattr(Objects, "_put", lambda *_: time.sleep(1.5))
    begun = time.monotonic()
    keep(database)
    assert time.monotonic() - begun < 1
    assert in_database(database) == set(HASHES)
    monkeypatch.undo()
    assert places.settle(database) is None
    assert folder.names() == FILES


def test_an_unmounted_folder_is_refused_and_takes_no_page(database, folder):
    folder.use(database)
    keep(database, BODIES[:2])
    mounted = Path(folder.url)
    mounted.rename(mounted.with_name("away"))
    mounted.mkdir()
    places._OPENED.clear()  # as in a process of its own
    with pytest.raises(PlaceTrouble, match="is it mounted"):
        folder.use(database)
    with reading(database) as connection, pytest.raises(PlaceTrouble, match="is it mounted"):
        pages.body(connection, HASHES[0])
    keep(database)
    assert folder.names() == set()
    mounted.rmdir()
    mounted.with_name("away").rename(mounted)
    places._OPENED.clear()
    folder.use(database)
    assert places.settle(database) is None
    assert folder.names() == FILES and kept(database) == ALL


def test_a_place_of_another_database_is_refused(database, place, tmp_path):
    other = connect(tmp_path / "other.db")
    place.use(other)
    with pytest.raises(PlaceTrouble, match="belongs to another database"):
        place.use(database)
    keep(database)
    assert place.names() == set() and in_database(database) == set(HASHES)
    other.dispose()


def test_a_folder_that_was_moved_is_known_again(database, folder):
    folder.use(database)
    keep(database)
    there = Path(folder.url).with_name("elsewhere")
    Path(folder.url).rename(there)
    places.use(database, str(there))
    assert kept(database) == ALL
    assert len(rows(database, places.places)) == 1


@pytest.mark.parametrize("url", ["/proc/nothing/pages", "s3://there-is-none/x"])
def test_a_place_that_was_never_there_is_told_at_once(database, bucket, url):
    with pytest.raises(PlaceTrouble) as caught:
        places.use(database, url, bucket.endpoint if url.startswith("s3") else None)
    assert str(caught.value).startswith(url) and "\n" not in str(caught.value)
    keep(database)
    assert kept(database) == ALL


def test_without_the_driver_the_line_says_what_to_install(database, monkeypatch):
    def missing(*_):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(objects, "_opened", missing)
    with pytest.raises(PlaceTrouble, match=r"pip install 'gongkai\[s3\]'"):
        places.use(database, "s3://x/y")


def read_on(engine, night, bodies):
    """A night on which these pages were read."""
    keep(engine, bodies)
    with engine.begin() as connection:
        run = runs.start(connection, "donghu", night, NOW)
        for body in bodies:
            values = {"run": run.id, "url": f"http://x/{pages.sha256(body)}", "at": NOW, "method": "GET"}
            values |= {"access": "ok", "sha256": pages.sha256(body), "kind": "page", "internal": True}
            connection.execute(sa.insert(accesses).values(**values))


def removed(engine):
    with engine.begin() as connection:
        return set(retention.remove(connection, date(2026, 1, 1), NOW))


def test_what_is_removed_is_deleted_in_the_place_too(database, place):
    place.use(database)
    read_on(database, OLD, BODIES[:3])
    read_on(database, NOW.date(), BODIES[2:])
    assert removed(database) == set(HASHES[:2])
    assert place.names() == FILES  # not before the rows are gone for good
    assert places.settle(database) is None
    assert place.names() == {f"{digest}.zst" for digest in HASHES[2:]}
    assert rows(database, leaving_pages) == []
    with reading(database) as connection:
        assert verify(connection).problems == []


def test_what_is_read_again_while_it_is_removed_stays(database, folder):
    folder.use(database)
    read_on(database, OLD, BODIES[:1])
    assert removed(database) == {HASHES[0]}
    read_on(database, NOW.date(), BODIES[:1])
    assert in_database(database) == {HASHES[0]}  # its old body may be deleted at any moment
    assert places.settle(database) is None
    assert folder.names() == set()
    with reading(database) as connection:
        assert pages.body(connection, HASHES[0]) == BODIES[0]
    assert places.settle(database) is None
    assert folder.names() == {f"{HASHES[0]}.zst"} and in_database(database) == set()


def test_what_is_removed_waits_no_more_for_a_place_that_is_away(database, folder, monkeypatch):
    folder.use(database)
    with monkeypatch.context() as away:
        away.setattr(Objects, "try_write", lambda *_: "away")
        read_on(database, OLD, BODIES[:2])
        read_on(database, NOW.date(), BODIES[1:3])
        assert removed(database) == {HASHES[0]}
        with reading(database) as connection:
            assert places.waiting(connection) == 2
    assert places.settle(database) is None
    assert folder.names() == {f"{digest}.zst" for digest in HASHES[1:3]} and rows(database, unplaced_pages) == []


def test_what_one_is_deleting_no_other_says_is_deleted(database, folder, monkeypatch):
    """Else the page would be kept again at once, and lose its body to the first, who is still at it."""
    folder.use(database)
    read_on(database, OLD, BODIES[:1])
    removed(database)
    delete = Objects.delete

    def slowly(self, digests):
        monkeypatch.setattr(Objects, "delete", delete)
        assert places.settle(database) is None  # another process
        read_on(database, NOW.date(), BODIES[:1])
        delete(self, digests)

    monkeypatch.setattr(Objects, "delete", slowly)
    assert places.settle(database) is None
    with reading(database) as connection:
        assert pages.body(connection, HASHES[0]) == BODIES[0]


def test_what_was_moved_back_meanwhile_is_not_deleted(database, folder):
    folder.use(database)
    read_on(database, OLD, BODIES[:1])
    removed(database)
    read_on(database, NOW.date(), BODIES[:1])
    assert places.move_all(database) == 1
    assert places.settle(database) is None
    assert rows(database, leaving_pages) == []
    with reading(database) as connection:
        assert pages.body(connection, HASHES[0]) == BODIES[0]


def test_settling_in_a_place_that_hangs_ends(database, folder, monkeypatch):
    monkeypatch.setattr(places, "LONGEST", 0.1)
    answers = threading.Event()
    folder.use(database)
    read_on(database, OLD, BODIES[:1])
    removed(database)
    delete = Objects.delete

    def hangs(self, digests):
        answers.wait(30)
        delete(self, digests)

    monkeypatch.setattr(Objects, "delete", hangs)
    begun = time.monotonic()
    line = places.settle(database)
    assert line is not None and "did not answer in time" in line and "\n" not in line
    assert places.settle(database) is None  # it is still at it, and nobody else may
    with pytest.raises(PlaceTrouble, match="another process"):
        places.move_all(database)
    assert time.monotonic() - begun < 2
    answers.set()
    for thread in threading.enumerate():
        if thread.name == "settling":
            thread.join(5)
    assert folder.names() == set() and rows(database, leaving_pages) == []
    assert places.settle(database) is None


@pytest.mark.parametrize("when", ["kept before it looks", "kept while it looks"])
def test_on_a_server_a_page_that_a_crawl_just_kept_again_is_not_removed(postgres, folder, monkeypatch, when):
    engine = connect(postgres)
    folder.use(engine)
    read_on(engine, OLD, BODIES[:2])
    look = retention.over

    def over(connection, before):
        found = look(connection, before)
        read_on(engine, NOW.date(), BODIES[:1])
        return found

    if when == "kept while it looks":
        monkeypatch.setattr(retention, "over", over)
    else:
        read_on(engine, NOW.date(), BODIES[:1])
    assert removed(engine) == {HASHES[1]}
    assert places.settle(engine) is None
    with reading(engine) as connection:
        assert pages.body(connection, HASHES[0]) == BODIES[0]
    engine.dispose()


def test_all_can_be_moved_there_and_back(database, place, monkeypatch):
    monkeypatch.setattr(places, "BATCH", 2)
    keep(database)
    place.use(database)
    seen = []
    assert places.move_all(database, seen.append) == 5 and seen == [2, 4, 5]
    assert in_database(database) == set() and kept(database) == ALL
    assert places.move_all(database) == 0
    places.use(database, None)
    assert places.move_all(database) == 5
    assert in_database(database) == set(HASHES) and kept(database) == ALL


def test_moving_stops_at_a_damaged_body_and_changes_nothing_of_it(database, folder):
    folder.use(database)
    keep(database)
    folder.spoil(HASHES[0], b"no zstd")
    places.use(database, None)
    with pytest.raises(PlaceTrouble, match="damaged"):
        places.move_all(database)
    assert in_database(database) == set()


def test_a_copy_of_the_database_finds_its_pages(database, place, postgres, tmp_path):
    place.use(database)
    keep(database)
    transfer.copy(tmp_path / "gongkai.sqlite", postgres)
    copied = connect(postgres)
    assert kept(copied) == ALL
    with reading(copied) as connection:
        assert verify(connection).problems == []
    place.use(copied)
    copied.dispose()


def test_pages_around_those_that_are_read_anew_are_found_where_they_are(database, folder, tmp_path):
    """A re-check's own small database knows the places, and keeps what it reads itself."""
    folder.use(database)
    read_on(database, OLD, BODIES[:4])
    alone = connect(tmp_path / "alone.db")
    keep(alone, BODIES[4:])
    with reading(database) as old, alone.begin() as new:
        before = runs.find(old, "donghu", OLD)
        run = runs.start(new, "donghu", NOW.date(), NOW)
        copy_surroundings(old, new, before, run, set())
    assert kept(alone) == ALL
    keep(alone, [b"read anew"])
    assert in_database(alone) == {HASHES[4], pages.sha256(b"read anew")}
    assert folder.names() == {f"{digest}.zst" for digest in HASHES[:4]}
    alone.dispose()


def test_several_at_once_on_a_server_keep_each_page_once(postgres, place):
    from concurrent.futures import ThreadPoolExecutor

    engines = [connect(postgres) for _ in range(4)]

    def work(engine):
        place.use(engine)
        for body in BODIES:
            keep(engine, [body])
        return places.settle(engine)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, engines)) == [None] * 4
    assert place.names() == FILES and kept(engines[0]) == ALL
    assert len(rows(engines[0], places.places)) == 1 and len(rows(engines[0])) == 5
    for engine in engines:
        engine.dispose()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    where = tmp_path / "small"
    where.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", where], capture_output=True).returncode:
        pytest.skip("may not mount a file system here")
    yield where
    subprocess.run(["umount", "-l", where], check=True)


def test_a_full_disk_leaves_no_half_file_and_loses_no_page(database, small_disk, bucket):
    place = Somewhere("folder", small_disk, bucket)
    place.use(database)
    big = [bytes([n]) + os.urandom(300_000) for n in range(5)]
    keep(database, big)
    assert place.names() == set()  # what was whole of the batch is not there either: its rows say so
    assert not list(small_disk.rglob(".*.zst.*"))
    line = places.settle(database)
    assert line is not None and "No space left" in line and "5 pages wait" in line
    with reading(database) as connection:
        assert set(pages.bodies(connection, map(pages.sha256, big)).values()) == set(big)
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    assert places.settle(database) is None
    assert len(place.names()) == 5


def test_the_commands_say_where_pages_are_and_move_them(tmp_path, monkeypatch, capsys):
    def said(*arguments):
        code = command([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GONGKAI_LANG", "en")
    engine = connect(tmp_path / "var" / "gongkai.db")
    keep(engine)
    assert said("db", "pages") == (0, "* database  5 bodies, 0.0 MB compressed (0.0 MB as they came)\n")
    settings = tmp_path / "gongkai.toml"
    settings.write_text('[storage]\npages = "kept"\n', encoding="utf-8")
    assert "kept: will be used from the first run on" in said("doctor")[1]
    assert not (tmp_path / "kept").exists()
    code, out = said("db", "pages", "--move")
    assert code == 0 and "5 moved" in out and f"* {tmp_path}/kept  5 bodies" in out and "  database  0 bodies" in out
    assert "kept: writable" in said("doctor")[1]
    (tmp_path / "kept" / MARK).write_text("another's")
    places._OPENED.clear()
    code, out = said("doctor")
    assert code == 1 and "belongs to another database" in out
    settings.write_text('[storage]\npages = "ftp://somewhere"\n', encoding="utf-8")
    assert said("db", "pages")[0] == 2
    settings.write_text("", encoding="utf-8")
    code, out = said("db", "pages", "--move")
    assert code == 0 and "* database  5 bodies" in out and kept(engine) == ALL
    engine.dispose()
