"""What a fleet rests on: the queue, who may work beside whom, one clock, and a crawl that ends with its lock or its parent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from procrastinate.exceptions import ConnectorException
from sqlalchemy.engine import Engine

from benchmarks.fleet_courts import FleetCourts, small
from crawlers import run as crawl_run
from crawlers.profile import bare_profile
from crawlers.run import CrawlCrashed, run_site
from crawlers.stop import CrawlStopped
from crawlers.task import CrawlTask
from gongkai import clock, errors, nightly, turns
from gongkai.cli import run
from gongkai.config import Settings
from gongkai.errors import UserError
from gongkai.fleet import identity, members, queue
from gongkai.fleet import worker as worker_module
from gongkai.fleet.identity import configuration, own_version
from gongkai.fleet.members import Membership, Refused, admit
from gongkai.fleet.queue import Again
from gongkai.fleet.time import OFF, DatabaseTime
from gongkai.fleet.worker import TRIES, Worker
from gongkai.keeper import Keeper
from gongkai.nightly import Options, SiteNight
from gongkai.scheduler import Scheduler
from gongkai.targets import load_file
from gongkai.turns import NIGHT as TURN_OF_THE_NIGHT
from gongkai.turns import SCHEDULE, Busy, alone, together
from gongkai.window import Window
from storage import fleet, locks, migrate, runs
from storage.database import DatabaseError, connect, reading
from storage.locks import SiteBusy, number_of, site_lock
from tests.fault_server import FaultServer
from tests.test_crawl import court, task
from tests.test_postgres import differences

pytestmark = pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
NIGHT = date(2026, 3, 31)


@pytest.fixture(scope="module")
def shared(postgres_server) -> Any:
    """A database with the queue in it, for tests that leave no night behind."""
    engine = connect(postgres_server.new_database())
    queue.bring_up(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(shared: Engine) -> Engine:
    with shared.begin() as connection:
        connection.exec_driver_sql("TRUNCATE fleet.procrastinate_jobs, fleet.procrastinate_workers CASCADE")
        connection.exec_driver_sql("TRUNCATE fleet_workers, fleet_nights, fleet_failures, runs, sites CASCADE")
    return shared


def fetch(engine: Engine, worker: int, night: date = NIGHT) -> str | None:
    """Take a job as a worker does: its site."""
    with engine.begin() as connection, queue._inside(connection):
        known = sa.text(
            "INSERT INTO procrastinate_workers OVERRIDING SYSTEM VALUE VALUES (:id, now()) ON CONFLICT DO NOTHING"
        )
        connection.execute(known, {"id": worker})
        job = sa.text("SELECT args FROM procrastinate_fetch_job_v2(CAST(:queues AS varchar[]), :worker)")
        args = connection.execute(job, {"queues": [str(night)], "worker": worker}).scalar()
    return None if args is None else str(args["site"])


def defer(engine: Engine, *sites: str, night: date = NIGHT) -> None:
    with engine.begin() as connection:
        queue.defer(connection, night, sites)


def succeeded(engine: Engine) -> None:
    """End what is at work."""
    with engine.begin() as connection, queue._inside(connection):
        connection.exec_driver_sql("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'doing'")


def counted(engine: Engine, night: date = NIGHT) -> tuple[int, int, int]:
    with reading(engine) as connection:
        counts = queue.counts(connection, night)
    return counts.todo, counts.doing, counts.ended


# --- the queue ---


def test_the_queue_is_made_once_and_alembic_does_not_see_it(engine: Engine) -> None:
    queue.bring_up(engine)
    assert differences(engine) == []
    with reading(engine) as connection:
        assert queue.is_there(connection)


def test_a_queue_of_an_older_procrastinate_is_brought_up_and_of_a_newer_one_refused(postgres: str) -> None:
    engine = connect(postgres)
    queue.bring_up(engine)

    def said(text: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"COMMENT ON TABLE fleet.procrastinate_jobs IS '{text}'")

    last = [path.stem for path in queue._migrations()]
    said(last[-2])
    queue.bring_up(engine)
    with reading(engine) as connection:
        assert queue._state(connection) == (True, last[-1])
    said("99.00.00_01_of_the_future")
    with pytest.raises(DatabaseError, match="newer version of procrastinate") as caught:
        queue.bring_up(engine)
    assert "\n" not in str(caught.value)
    engine.dispose()


def test_jobs_come_in_order_and_one_of_a_site_at_a_time(engine: Engine) -> None:
    defer(engine, "b", "a")
    defer(engine, "b", night=NIGHT + timedelta(days=1))
    assert fetch(engine, 1) == "b"
    assert fetch(engine, 2, NIGHT + timedelta(days=1)) is None  # another night's, but the same court
    assert fetch(engine, 2) == "a"
    assert fetch(engine, 3) is None
    assert counted(engine) == (0, 2, 0)


@pytest.mark.parametrize("given", ["", "options=-c%20statement_timeout%3D77000"])
def test_the_queue_is_found_by_a_setting_of_the_connection(engine: Engine, given: str) -> None:
    """Not by `options`, which a pooler in between would refuse."""
    url = engine.url.render_as_string(hide_password=False)
    app = queue.app_of(f"{url}{'&' if '?' in url else '?'}{given}", _no_visit, clock.now, lambda: False)
    asked = (
        "SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS patience, "
        "(SELECT source FROM pg_settings WHERE name = 'tcp_keepalives_idle') AS alive"
    )

    async def ask() -> dict[str, Any]:
        async with app.open_async():
            assert app.connector._pool_args["kwargs"].get("options", "") == (
                "-c statement_timeout=77000" if given else ""
            )
            return await app.connector.execute_query_one_async(asked)

    assert asyncio.run(ask()) == {"path": queue.SCHEMA, "patience": "77s" if given else "0", "alive": "session"}


async def _no_visit(_job: int, _attempts: int, _site: str) -> None:
    raise AssertionError


def test_what_a_dead_worker_has_left_goes_to_others_and_what_a_living_one_does_stays(engine: Engine) -> None:
    defer(engine, "a", "b", "c")
    for worker in (1, 2, 3):
        fetch(engine, worker)
    with engine.begin() as connection:
        old = f"UPDATE fleet.procrastinate_workers SET last_heartbeat = now() - interval '{queue.STALLED + 1} s' WHERE id = 1"
        connection.exec_driver_sql(old)
        connection.exec_driver_sql("DELETE FROM fleet.procrastinate_workers WHERE id = 2")  # it said goodbye
        assert queue.rescue(connection) == 2
        assert queue.queued(connection, NIGHT) == {"a", "b", "c"}
    assert counted(engine) == (2, 1, 0)
    with engine.begin() as connection:
        (job,) = queue.doing(connection, 3)
        assert queue.rescue(connection, worker=3, lost=[job]) == 1  # it does not know of it
    assert {fetch(engine, 4) for _ in range(3)} == {"a", "b", "c"}


def test_a_night_that_is_cleared_leaves_nothing_waiting_and_jobs_of_long_ago_are_forgotten(engine: Engine) -> None:
    long_ago = NIGHT - queue.KEPT - timedelta(days=1)
    defer(engine, "z", night=long_ago)
    with engine.begin() as connection:
        queue.clear(connection, long_ago)
    defer(engine, "a", "b")
    fetch(engine, 1)
    with engine.begin() as connection:
        queue.clear(connection, NIGHT)
    assert counted(engine) == (0, 1, 1)
    assert counted(engine, long_ago) == (0, 0, 0)
    defer(engine, "b")  # it may be given out again
    assert counted(engine) == (1, 1, 1)


# --- who may work beside whom ---


def member(engine: Engine, told: str = "same", version: str | None = None) -> Membership:
    made = Membership(engine, told, 2, lambda why: None)
    if version is not None:
        made._me = replace(made._me, version=version, machine="old-one")
    return made


def test_a_worker_of_another_version_is_refused_before_a_table_is_touched(engine: Engine, postgres: str) -> None:
    admit(postgres)  # an empty database has no workers
    with reading(connect(postgres)) as connection:
        pass
    url = engine.url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        fleet.join(connection, replace(member(engine)._me, version="0.0.9+abc", machine="old-one"))
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0012'")  # and is not brought up meanwhile
    try:
        with pytest.raises(Refused, match="old-one") as caught:
            admit(url)
        assert "0.0.9+abc" in str(caught.value) and "\n" not in str(caught.value)
        with engine.begin() as connection:
            assert migrate.revision_of(connection) == "0012"
            fleet.saw(connection, replace(member(engine)._me, id="x"), None)
            connection.exec_driver_sql("UPDATE fleet_workers SET seen = seen - interval '2 minutes'")
        admit(url)  # it is dead
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'")


def test_no_command_changes_the_tables_under_a_worker(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    try:
        with member(engine, version="0.0.9+abc"):
            connect(url).dispose()
            with engine.begin() as connection:
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0016'")
            with pytest.raises(DatabaseError, match="stop all of them") as caught:
                connect(url)
            assert "\n" not in str(caught.value)
            with engine.begin() as connection:
                assert migrate.revision_of(connection) == "0016"
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'")


def test_of_two_versions_that_begin_at_once_one_is_refused(engine: Engine) -> None:
    with member(engine), pytest.raises(Refused), member(engine, version="0.0.9+abc"):
        pass
    with reading(engine) as connection:
        assert fleet.living(connection) == []  # and the other has left


def test_workers_of_one_night_are_told_the_same(engine: Engine) -> None:
    with member(engine) as one, member(engine, "other") as two, engine.begin() as connection:
        one.begin(connection, NIGHT, "same")
        two.begin(connection, NIGHT + timedelta(days=1), "other")  # another night is another matter
        with pytest.raises(Refused, match="must be the same"):
            two.begin(connection, NIGHT, "other")
        two.begin(connection, NIGHT, "same")
        assert [m.night for m in fleet.living(connection)] == [NIGHT, NIGHT]


def test_a_worker_whose_tables_were_brought_up_under_it_ends(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "SIGN", 0.05)
    told: list[Refused] = []
    try:
        with Membership(engine, "same", 1, told.append):
            with engine.begin() as connection:
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
            until(lambda: told)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.HEAD}'")
    assert "9999" in str(told[0])


def test_a_worker_takes_its_turn_again_after_a_restart_and_ends_if_another_was_quicker(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "SIGN", 0.05)
    told: list[Refused] = []
    with together(engine, SCHEDULE) as turn, Membership(engine, "same", 1, told.append, turn):
        cut_off(engine)
        until(lambda: is_shared(engine))
        assert not told
        monkeypatch.setattr(turn, "renew", lambda: False)
        until(lambda: told)
    assert "nightly --schedule" in str(told[0])


def is_shared(engine: Engine) -> bool:
    """Whether somebody holds a turn together with others."""
    query = (
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )
    with engine.connect() as connection:
        return bool(connection.execute(sa.text(query)).scalar())


def until(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_decides_what_is_found_is_in_the_configuration_and_nothing_else() -> None:
    settings, profile = Settings(), bare_profile("http://127.0.0.1:9/", court="示例市人民法院")

    def told(**changed: Any) -> str:
        return configuration(settings.model_copy(update=changed), Options(), [profile])

    same = told()
    assert told(out=Path("elsewhere"), contact="me@court.example", database="postgresql://x/y") == same
    assert configuration(settings, Options(delay=3), [profile]) != same
    assert configuration(settings, Options(), [profile.model_copy(update={"max_pages": 3})]) != same
    polite = settings.politeness.model_copy(update={"max_pages": 7})
    assert told(politeness=polite) != same
    assert told(storage=settings.storage.model_copy(update={"pages": "s3://elsewhere/pages"})) != same
    assert told(policies={profile.id: "huadu_2020"}) != same


def test_the_version_is_that_of_the_code_to_the_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "a.py").write_text("x = 1")
    monkeypatch.setattr(identity, "ROOT", tmp_path)
    before = own_version.__wrapped__()
    (tmp_path / "storage" / "a.py").write_text("x = 2")
    assert own_version.__wrapped__() != before


# --- one clock ---


def test_time_goes_on_evenly_however_a_machines_clock_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    right = clock.now()
    asked: list[int] = []

    def ask() -> datetime:
        asked.append(1)
        if len(asked) > 1:
            raise DatabaseError("away")
        return right

    own = DatabaseTime(threading.Event(), ask)
    monkeypatch.setattr("gongkai.fleet.time.ASK_EVERY", 0.0)
    monkeypatch.setattr(clock, "now", lambda: right - timedelta(days=1))
    assert timedelta() <= own.now() - right < timedelta(seconds=5)
    assert own.now() >= right and len(asked) > 1  # away: it goes on by itself
    with pytest.raises(UserError, match="1 day, 0:00:0") as caught:
        own.check_own_clock()
    assert "behind" in str(caught.value)
    monkeypatch.setattr(clock, "now", lambda: right + OFF / 2)
    own.check_own_clock()


def test_a_database_that_was_never_there_is_no_clock() -> None:
    def ask() -> datetime:
        raise DatabaseError("away")

    with pytest.raises(DatabaseError):
        DatabaseTime(threading.Event(), ask).now()


# --- the true fence ---


def test_a_night_alone_and_a_fleet_exclude_each_other(engine: Engine) -> None:
    what = TURN_OF_THE_NIGHT
    with together(engine, what), together(engine, what), pytest.raises(Busy), alone(engine, what):
        pass
    with alone(engine, TURN_OF_THE_NIGHT), pytest.raises(Busy), together(engine, TURN_OF_THE_NIGHT):
        pass
    with alone(engine, TURN_OF_THE_NIGHT):
        pass


def cut_off(engine: Engine) -> None:
    """End every connection that holds a lock, as a restart of the server does, and wait until they are gone."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks"
            " WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
        )


def is_waited_for(engine: Engine) -> bool:
    """Whether somebody stands in the server's queue for a lock."""
    with engine.connect() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(connection.exec_driver_sql(waiting).scalar())


def test_a_lock_that_was_lost_is_taken_again_unless_another_was_quicker(engine: Engine) -> None:
    with site_lock(engine, "donghu") as held:
        assert held.renew()
        cut_off(engine)
        assert held.renew()
        with pytest.raises(SiteBusy), site_lock(engine, "donghu", wait=0):
            pass
        cut_off(engine)
        with site_lock(engine, "donghu", wait=0):
            assert not held.renew()


def test_a_lock_that_is_lost_while_it_is_taken_again_can_still_be_taken(engine: Engine) -> None:
    again: list[bool] = []

    def cut_off_again(_c: Any, _k: Any, statement: str, *_more: Any) -> None:
        if "pg_try_advisory_lock" in statement and not again:
            again.append(True)
            with engine.begin() as other:
                other.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    with site_lock(engine, "donghu") as held:
        cut_off(engine)
        sa.event.listen(engine, "before_cursor_execute", cut_off_again)
        with pytest.raises(sa.exc.DBAPIError):
            held.renew()
        sa.event.remove(engine, "before_cursor_execute", cut_off_again)
        assert held.renew()
        with pytest.raises(SiteBusy), site_lock(engine, "donghu", wait=0):
            pass


def test_a_night_takes_its_turn_again_when_the_server_comes_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "EVERY", 0.02)
    with alone(engine, TURN_OF_THE_NIGHT):
        cut_off(engine)
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        for _ in range(200):
            with engine.connect() as connection:
                if connection.exec_driver_sql(held).scalar():
                    break
            time.sleep(0.02)
        with pytest.raises(Busy), alone(engine, TURN_OF_THE_NIGHT):
            pass


def test_a_night_ends_when_another_was_quicker_after_the_server_came_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "EVERY", 0.02)
    taken, lost, renew = threading.Event(), threading.Event(), locks._Advisory.renew
    monkeypatch.setattr(locks._Advisory, "renew", lambda lock: renew(lock) if taken.is_set() else True)
    with pytest.raises(Busy), alone(engine, TURN_OF_THE_NIGHT, lost.set):
        cut_off(engine)
        with site_lock(engine, TURN_OF_THE_NIGHT, wait=0):
            taken.set()
            assert lost.wait(5)


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (None, crawl_run.BUSY),
        (sa.exc.InvalidRequestError("Can't reconnect"), crawl_run.TROUBLE),
        (ValueError("a bug"), crawl_run.TROUBLE),
    ],
)
def test_no_crawl_goes_on_without_its_guard(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: Exception | None, code: int
) -> None:
    away = [sa.exc.OperationalError("SELECT 1", {}, OSError("away"))]

    class Lock:
        def renew(self) -> bool:
            if away:
                raise away.pop()
            if raised is not None:
                raise raised
            return False

    class Ended(BaseException):
        pass

    def end(code: int) -> None:
        raise Ended(code)

    monkeypatch.setattr(crawl_run, "LOOK_EVERY", 0)
    monkeypatch.setattr("os._exit", end)
    with pytest.raises(Ended) as caught:
        crawl_run._guard(Lock())  # type: ignore[arg-type]
    assert caught.value.args == (code,) and not away
    assert raised is None or str(raised) in capsys.readouterr().err


def test_a_crawl_is_refused_while_another_process_reads_the_site(engine: Engine, tmp_path: Path) -> None:
    with FaultServer(pages=court(1)) as server:
        crawl = replace(task(server, tmp_path), database=engine.url.render_as_string(hide_password=False))
        with site_lock(engine, crawl.profile.id), pytest.raises(SiteBusy):
            run_site(crawl, wait=0)
        assert not server.hits


def slow_crawl(courts: FleetCourts, database: str, folder: Path) -> CrawlTask:
    """The crawl of the first court, one page after the other."""
    courts.write_profiles(folder / "profiles")
    profile = load_file(folder / "profiles" / f"{courts.names[0]}.yml")
    return CrawlTask(database=database, night=NIGHT, profile=profile, allow_private=True, concurrency=1)


def test_a_crawl_whose_lock_another_process_took_ends_at_once(engine: Engine, tmp_path: Path) -> None:
    with FleetCourts(1, NIGHT, small, slow=0.3) as courts:
        crawl = slow_crawl(courts, engine.url.render_as_string(hide_password=False), tmp_path)
        take = sa.select(sa.func.pg_advisory_lock(number_of(f"site:{crawl.profile.id}")))
        with ThreadPoolExecutor(2) as pool, engine.connect() as other:
            ended = pool.submit(run_site, crawl)
            until(courts.requests)
            taken = pool.submit(other.execute, take)  # queued by the server, so it is quicker than the crawl
            until(lambda: is_waited_for(engine))
            cut_off(engine)
            taken.result(10)
            with pytest.raises((SiteBusy, DatabaseError)):
                ended.result(60)
            assert courts.requests() < 15


def test_a_crawl_dies_with_its_parent(tmp_path: Path) -> None:
    """The parent is killed with -9, so it cannot tell its child."""
    program = (
        "import sys; from crawlers.run import run_site; from crawlers.task import CrawlTask; "
        "run_site(CrawlTask.from_json(sys.stdin.read()))"
    )
    with FleetCourts(1, NIGHT, small, slow=0.3) as courts:
        crawl = slow_crawl(courts, str(tmp_path / "a.db"), tmp_path)
        parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, text=True)
        assert parent.stdin is not None
        parent.stdin.write(crawl.to_json())
        parent.stdin.close()
        until(courts.requests)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        time.sleep(0.5)
        asked = courts.requests()
        time.sleep(0.8)
        assert courts.requests() == asked < 15
        with site_lock(connect(crawl.database), crawl.profile.id, wait=0):  # and left no lock behind
            pass


# --- one worker ---


class _Journal:
    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, Any]]] = []

    def note(self, event: str, **what: Any) -> None:
        self.lines.append((event, what))

    warn = error = note


class _Reporter:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, line: str) -> None:
        self.lines.append(line)

    warn = error = note


@pytest.fixture
def one(engine: Engine, tmp_path: Path) -> Worker:
    """A worker of two courts, that has joined and does nothing by itself."""
    (tmp_path / "profiles").mkdir()
    for name in ("aa", "bb"):
        text = f"id: {name}\ncourt: 示例市人民法院\nhome: http://127.0.0.1:9/{name}/\n"
        (tmp_path / "profiles" / f"{name}.yml").write_text(text, encoding="utf-8")
    settings = Settings(
        database=engine.url.render_as_string(hide_password=False),
        out=tmp_path / "out",
        profiles=(tmp_path / "profiles",),
        sites={"only": ("aa", "bb")},
    )
    time_ = DatabaseTime(threading.Event(), clock.now)
    keeper = Keeper(settings, [], Options(), _Reporter(), _Journal(), time_, environment={})
    made = Worker(keeper, time_, Window.parse("23:00-06:00"))
    made.member(engine)
    return made


def test_a_job_whose_end_could_not_be_told_is_a_line_of_the_journal_and_a_bug_is_not(
    one: Worker, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    journal = one.keeper.journal
    loop = asyncio.new_event_loop()
    one._note_lost(loop, {"message": "never retrieved", "exception": ConnectorException("the server\nis away")})
    assert journal.lines == [("queue_trouble", {"said": "the server is away"})]  # type: ignore[attr-defined]
    assert caplog.records == [] and capfd.readouterr().err == ""
    one._note_lost(loop, {"message": "never retrieved", "exception": ValueError("a bug")})
    loop.close()
    assert len(journal.lines) == 1 and "a bug" in caplog.text  # type: ignore[attr-defined]


def test_who_opens_a_night_and_how_often_does_not_matter(one: Worker, engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: one._begin(engine, NIGHT), range(4)))
    assert counted(engine) == (2, 0, 0)
    with reading(engine) as connection:
        night = fleet.find_night(connection, NIGHT)
        assert night is not None and night.ends is not None and night.ends.astimezone(clock.CHINA).hour == 6
        assert [site.id for site in runs.all_sites(connection)] == ["aa", "bb"]


def test_only_what_is_not_done_is_given_out_again(one: Worker, engine: Engine) -> None:
    profiles = one._begin(engine, NIGHT)
    assert (fetch(engine, 1), fetch(engine, 1)) == ("aa", "bb")
    succeeded(engine)
    with engine.begin() as connection:
        done = runs.start(connection, "aa", NIGHT, clock.now())
        runs.update(connection, done.id, status="unreadable", finished=clock.now(), audited=clock.now())
        assert one._to_do(connection, NIGHT, profiles) == ["bb"]
        for _ in range(TRIES):
            fleet.failed(connection, NIGHT, "bb", "vm", "a bug")
        assert one._to_do(connection, NIGHT, profiles) == []


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (CrawlStopped("aa"), 0),
        (SiteBusy("aa"), worker_module.BUSY_AGAIN),
        (DatabaseError("away"), worker_module.AWAY_AGAIN * 4),
    ],
)
def test_what_is_not_the_sites_fault_is_tried_again_and_does_not_count(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception, again: float
) -> None:
    def raised(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(nightly, "site_night", raised)
    (profile, _) = one._profiles()
    for _ in range(TRIES + 1):
        with pytest.raises(Again) as caught:
            one._visit(engine, NIGHT, profile, 2, lambda: False)
        assert caught.value.seconds == again
    with reading(engine) as connection:
        assert fleet.failures(connection, NIGHT) == []


def test_a_bug_is_tried_again_a_few_times_with_growing_pauses(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raised(*_: Any, **__: Any) -> None:
        raise CrawlCrashed("Traceback\nValueError: a bug")

    monkeypatch.setattr(nightly, "site_night", raised)
    profile = one._begin(engine, NIGHT)[0]
    pauses = []
    for _ in range(TRIES - 1):
        with pytest.raises(Again) as caught:
            one._visit(engine, NIGHT, profile, 0, lambda: False)
        pauses.append(caught.value.seconds)
    one._visit(engine, NIGHT, profile, 0, lambda: False)  # the last: it stands as it is
    assert pauses == list(worker_module.FAILED_AGAIN)
    with reading(engine) as connection:
        failed = fleet.failures(connection, NIGHT)
        assert [(f.site, f.number) for f in failed] == [("aa", n) for n in range(1, TRIES + 1)]
        assert "a bug" in failed[0].why
        run_ = runs.find(connection, "aa", NIGHT)
        assert run_ is not None and run_.status == "crashed"


def test_a_broken_machine_leaves_what_failed_there_to_another(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its disk is broken, so that not even the log of it can be written."""
    tried: list[str] = []

    def raised(_engine: Engine, profile: Any, *_: Any, **__: Any) -> None:
        tried.append(profile.id)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(nightly, "site_night", raised)
    one.keeper.settings.logs.parent.mkdir(parents=True, exist_ok=True)
    one.keeper.settings.logs.write_text("")  # no folder
    profile = one._begin(engine, NIGHT)[0]

    def visit() -> float:
        with pytest.raises(Again) as caught:
            one._visit(engine, NIGHT, profile, 0, lambda: False)
        return caught.value.seconds

    with member(engine) as other:
        other._me = replace(other._me, machine="vm-2")
        assert visit() == worker_module.FAILED_AGAIN[0]
        with engine.begin() as connection:
            other.begin(connection, NIGHT + timedelta(days=1), "same")
        assert visit() == worker_module.FAILED_AGAIN[1]  # nobody else is there tonight
        with engine.begin() as connection:
            other.begin(connection, NIGHT, one._membership._me.configuration)
        assert visit() == worker_module.BUSY_AGAIN and len(tried) == 2
        with engine.begin() as connection:
            fleet.failed(connection, NIGHT, "aa", "vm-2", "there too")
        one._visit(engine, NIGHT, profile, 0, lambda: False)
    assert len(tried) == 3
    with reading(engine) as connection:
        failed = fleet.failures(connection, NIGHT)
        assert len(failed) == 4 and "Input/output" in failed[0].why


def test_a_ledger_that_cannot_be_read_here_may_be_read_elsewhere(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = SiteNight(site="aa", status="complete", mistake="台账.xlsx: 打不开")
    monkeypatch.setattr(nightly, "site_night", lambda *_, **__: result)
    with pytest.raises(Again):
        one._visit(engine, NIGHT, one._profiles()[0], 0, lambda: False)
    with reading(engine) as connection:
        assert [f.why for f in fleet.failures(connection, NIGHT)] == ["台账.xlsx: 打不开"]


def told_of_nights(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What each conclusion of a night is told of its sites, in the place of concluding it."""
    told: list[tuple[str, ...]] = []

    def conclude(_engine: Engine, night: date, sites: tuple[SiteNight, ...], *_: Any) -> Any:
        told.append(tuple(f"{s.site} {s.status}" for s in sites))
        return SimpleNamespace(date=night, sites=sites)

    monkeypatch.setattr(nightly, "conclude_night", conclude)
    return told


def test_a_night_is_concluded_by_one_and_not_while_another_is_at_work(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of_nights(monkeypatch)
    profiles = one._begin(engine, NIGHT)
    fetch(engine, 1)
    assert not one._concluded(engine, NIGHT, profiles, forced=True)  # one is at work
    succeeded(engine)
    assert not one._concluded(engine, NIGHT, profiles, forced=False)  # one is waiting
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: one._concluded(engine, NIGHT, profiles, forced=True), range(3)))
    assert told == [("aa missing", "bb missing")]
    assert counted(engine) == (0, 0, 2)  # what was waiting was taken back
    one._conclude_abandoned(engine, NIGHT + timedelta(days=1))
    assert len(told) == 1


def test_a_night_that_all_workers_left_is_concluded_by_the_next(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[date] = []

    def conclude(_engine: Engine, night: date, *_: Any) -> Any:
        told.append(night)
        return SimpleNamespace(date=night, sites=())

    monkeypatch.setattr(nightly, "conclude_night", conclude)
    one._begin(engine, NIGHT)
    fetch(engine, 1)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM fleet.procrastinate_workers")
        connection.exec_driver_sql("DELETE FROM fleet_workers")
    one._conclude_abandoned(engine, NIGHT + timedelta(days=1))
    assert told == [NIGHT]


def leave(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM fleet_workers")


def test_what_waits_of_a_night_that_all_have_left_keeps_no_site_from_tonight(one: Worker, engine: Engine) -> None:
    tonight = NIGHT + timedelta(days=1)
    one._begin(engine, NIGHT)  # by hand, and it is left
    leave(engine)
    one._begin(engine, tonight)
    assert counted(engine) == (0, 0, 2)
    assert (fetch(engine, 1, tonight), fetch(engine, 1, tonight)) == ("aa", "bb")


def test_what_waits_of_a_night_is_taken_back_as_soon_as_its_last_worker_leaves(one: Worker, engine: Engine) -> None:
    tonight = NIGHT + timedelta(days=1)
    with member(engine) as other:
        with engine.begin() as connection:
            other.begin(connection, NIGHT, "same")
        defer(engine, "aa")
        one._begin(engine, tonight)
        one._take_back(engine, tonight)
        assert counted(engine) == (1, 0, 0) and fetch(engine, 1, tonight) == "bb"  # it is at work on it
    one._take_back(engine, tonight)
    assert counted(engine) == (0, 0, 1) and fetch(engine, 1, tonight) == "aa"


@pytest.mark.parametrize("forced", [False, True])
def test_a_night_that_is_opened_again_while_it_is_concluded_stays_open(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch, forced: bool
) -> None:
    def conclude(_engine: Engine, night: date, sites: tuple[SiteNight, ...], *_: Any) -> Any:
        if defers:
            defer(engine, defers.pop())
        return SimpleNamespace(date=night, sites=sites)

    monkeypatch.setattr(nightly, "conclude_night", conclude)
    profiles, defers = one._profiles(), ["aa"]
    with engine.begin() as connection:
        fleet.open_night(connection, NIGHT, None)
    assert not one._concluded(engine, NIGHT, profiles, forced=forced)  # it gave it back and left
    with reading(engine) as connection:
        assert [night.night for night in fleet.open_nights(connection)] == [NIGHT]
    defers.append("bb")
    with member(engine) as other:
        with engine.begin() as connection:
            other.begin(connection, NIGHT, "same")
            queue.clear(connection, NIGHT)
        assert one._concluded(engine, NIGHT, profiles, forced=forced) is forced  # the other sees to it
    assert counted(engine)[0] == 1
    one._concluded(engine, NIGHT, profiles, forced=True)
    with reading(engine) as connection:
        assert fleet.open_nights(connection) == []


def test_a_visit_that_hangs_on_another_machine_holds_the_others_up_for_a_while_only(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of_nights(monkeypatch)
    profiles = one._begin(engine, NIGHT)
    fetch(engine, 1)
    waited: list[float] = []
    monkeypatch.setattr(one.time, "wait", waited.append)
    monkeypatch.setattr(one.time, "elapsed", lambda: len(waited) * worker_module.HANGS / 4)
    assert one._is_concluded(engine, NIGHT, profiles, lambda: True)
    assert len(waited) == 5 and told == [("aa missing", "bb missing")]
    assert ("visits_hang", {"night": str(NIGHT), "jobs": 1}) in one.keeper.journal.lines
    assert counted(engine) == (0, 1, 1)


def test_an_old_night_that_cannot_be_concluded_does_not_stop_tonight(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, tried = NIGHT - timedelta(days=1), []

    def conclude(_engine: Engine, night: date, sites: tuple[SiteNight, ...], *_: Any) -> Any:
        tried.append(night)
        if night == before:
            raise ValueError("a bug of this night's data")
        return SimpleNamespace(date=night, sites=sites)

    monkeypatch.setattr(nightly, "conclude_night", conclude)
    failed: list[date] = []
    monkeypatch.setattr(one.keeper, "failed", lambda night, *_: failed.append(night))
    for night in (before, NIGHT):
        with engine.begin() as connection:
            fleet.open_night(connection, night, None)
    tonight = NIGHT + timedelta(days=1)
    one._conclude_abandoned(engine, tonight)
    one._conclude_abandoned(engine, tonight)  # as after trouble of the database: not said again
    assert tried == [before, NIGHT] and failed == [before]
    one._conclude_abandoned(engine, tonight + timedelta(days=1))
    assert tried == [before, NIGHT, before] and failed == [before, before]


def test_a_clock_that_was_set_back_opens_no_night_that_is_done(
    one: Worker, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database's own clock, as it is the only one that counts."""
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="aa", court="示例市人民法院", home="http://127.0.0.1:9/"))
        done = runs.start(connection, "aa", NIGHT, clock.now())
        runs.update(connection, done.id, status="complete", audited=clock.now())
    moment = datetime(2026, 3, 29, 23, 30, tzinfo=clock.CHINA)
    one.time._ask = lambda: moment
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(one.time, "wait", lambda _seconds: one.time.stop())
    reporter = one.keeper.reporter
    Scheduler(
        window=one.window,
        time=one.time,
        night=one.night,
        last_audited=one.keeper.last_audited,
        failed=one.keeper.failed,
        tell=reporter.note,
    ).run()
    assert any("2026-03-31" in line for line in reporter.lines)
    with reading(engine) as connection:
        assert fleet.latest_night(connection) is None
    assert counted(engine, date(2026, 3, 29)) == (0, 0, 0)


# --- the commands ---


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setenv("GONGKAI_LANG", "en")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, database: str, settings: str = "") -> tuple[int, str]:
        Path("gongkai.toml").write_text(f'database = "{database}"\n{settings}', encoding="utf-8")
        code = run(arguments)
        streams = capsys.readouterr()
        return code, streams.out + streams.err

    return call


def test_a_worker_says_in_one_line_what_it_misses(said: Any, engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    window = '[nightly]\nwindow = "23:00-06:00"\n'
    for database, settings, wanted in (
        ("a.db", window, "needs PostgreSQL"),
        (url, "", "[nightly] window"),
        ("postgresql://clerk:secret@127.0.0.1:1/gongkai", window, "cannot be reached"),
    ):
        code, text = said("worker", database=database, settings=settings)
        assert code == errors.WRONG_USE and wanted in text and "secret" not in text
        assert len([line for line in text.splitlines() if line.startswith("error")]) == 1
    with engine.begin() as connection:
        fleet.join(connection, replace(member(engine)._me, version="0.0.9+abc", machine="old-one"))
    code, text = said("worker", database=url, settings=window)
    assert code == errors.WRONG_USE and "old-one is 0.0.9+abc" in text
    code, text = said("db", "upgrade", database=url)
    assert code == errors.WRONG_USE and "old-one" in text


def test_tables_of_a_later_version_are_refused(said: Any, postgres: str) -> None:
    engine = connect(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    code, text = said("worker", database=postgres, settings='[nightly]\nwindow = "23:00-06:00"\n')
    assert code == errors.WRONG_USE and "newer version" in text
    engine.dispose()


def test_the_tables_are_brought_up_by_a_command(said: Any, postgres: str) -> None:
    code, text = said("db", "upgrade", database=postgres)
    assert code == errors.OK and migrate.HEAD in text
    with reading(connect(postgres)) as connection:
        assert queue.is_there(connection) and fleet.is_known(connection)
    code, text = said("db", "upgrade", database="a.db")
    assert code == errors.OK and migrate.HEAD in text


def test_how_a_fleet_stands(said: Any, engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    code, text = said("fleet", "status", database=url)
    assert code == errors.OK and "no night was opened yet" in text and "workers: 0" in text
    defer(engine, "aa", "bb", "cc")
    fetch(engine, 1)
    with engine.begin() as connection:
        fleet.open_night(connection, NIGHT, None)
        fleet.join(connection, replace(member(engine)._me, night=NIGHT, machine="one-01"))
        fleet.failed(connection, NIGHT, "bb", "one-01", "ValueError: a bug")
    code, text = said("fleet", "status", database=url)
    assert "night of 2026-03-31, going on" in text
    assert "2 waiting (0 of them to be tried again), 1 at work, 0 ended" in text
    assert "bb: failure 1 (one-01" in text and "ValueError: a bug" in text
    assert "one-01 process" in text and own_version() in text
    text = said("status", database=url)[1]
    assert "fleet: 1 workers are there" in text
    text = said("status", "--prometheus", database=url)[1]
    assert "gongkai_fleet_workers 1.0" in text
    code, text = said("fleet", "status", "--json", database=url)
    found = json.loads(text)
    assert found["counts"] == {"todo": 2, "later": 0, "doing": 1, "ended": 0}
    assert found["workers"][0]["machine"] == "one-01" and found["workers"][0]["process"] == os.getpid()
    assert found["failures"][0]["why"] == "ValueError: a bug"
