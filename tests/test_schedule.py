"""The nights by themselves: with a clock of the test's own, and stand-ins for crawl and audit."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.profile import bare_profile
from crawlers.run import Progress
from crawlers.stop import UNFINISHED, CrawlStopped
from gongkai import alerting, cli, errors, journal, keeper, nightly, space, targets, turns
from gongkai.clock import CHINA
from gongkai.config import Alerts, Mail, Nightly, Settings
from gongkai.errors import UserError
from gongkai.keeper import Keeper
from gongkai.nightly import Options, by_urgency, run_night
from gongkai.scheduler import Scheduler
from gongkai.terminal import Reporter
from gongkai.turns import NIGHT, SCHEDULE, alone
from gongkai.window import Window
from storage import alerts, runs
from storage.database import DatabaseError, connect, reading
from storage.locks import Held

WINDOW = Window.parse("23:00-06:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


class Clock:
    """A clock that moves when somebody waits, or when the test says so."""

    def __init__(self, begins: str, until: str) -> None:
        self.moment, self._until, self.passed = at(begins), at(until), 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def elapsed(self) -> float:
        return self.passed

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.go(seconds)

    def go(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.passed += seconds

    @property
    def is_stopped(self) -> bool:
        return self.moment >= self._until


@dataclass
class Nights:
    """What a scheduler did."""

    clock: Clock
    newest: date | None = None
    begun: list[tuple[date, datetime]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    lasts: float = 3600.0

    def run(self, window: Window = WINDOW) -> Nights:
        Scheduler(window, self.clock, self.night, lambda: self.newest, self._failed, self.told.append).run()
        return self

    def night(self, night, is_over) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.begun.append((night, self.clock.moment))
        self.clock.go(self.lasts)

    def _failed(self, night, line, error) -> None:
        self.failed.append(line)


def test_one_night_at_each_opening():
    nights = Nights(Clock("2026-03-30 12:00", "2026-04-02 12:00")).run()
    assert nights.begun == [(date(2026, 3, d), at(f"2026-03-{d} 23:00")) for d in (30, 31)] + [
        (date(2026, 4, 1), at("2026-04-01 23:00"))
    ]
    assert max(nights.clock.waits) <= 60 and "2026-03-30 23:00" in nights.told[0]


def test_started_within_the_window_it_begins_at_once_and_the_night_is_that_of_the_evening():
    nights = Nights(Clock("2026-03-31 02:00", "2026-03-31 12:00")).run()
    assert nights.begun == [(date(2026, 3, 30), at("2026-03-31 02:00"))]


def test_the_clock_may_jump_over_nights_and_each_that_comes_is_held():
    nights = Nights(Clock("2026-03-30 22:00", "2026-04-04 12:00"))
    nights.lasts = 3 * 86400.0  # as if the machine had slept
    nights.run()
    assert [n for n, _ in nights.begun] == [date(2026, 3, 30), date(2026, 4, 2)]


@pytest.mark.parametrize("back", [3600.0, 86400.0])
def test_a_clock_that_is_set_back_repeats_no_night(back):
    nights = Nights(Clock("2026-03-31 23:00", "2026-04-01 12:00"))
    held = nights.night

    def night(which, is_over):
        held(which, is_over)
        nights.newest = which
        if len(nights.begun) == 1:
            nights.clock.moment -= timedelta(seconds=back + 3600)

    nights.night = night
    nights.run()
    assert [n for n, _ in nights.begun] == [date(2026, 3, 31)]
    if back > 3600:
        (line,) = nights.failed  # once, and not only for who reads the terminal
        assert "2026-03-31" in line and ("set back" in line or "倒退" in line)


def test_the_night_is_over_at_the_end_of_the_window_and_when_the_clock_leaves_it():
    clock, seen = Clock("2026-03-31 23:00", "2026-04-01 12:00"), []

    def night(_, is_over):
        seen.append(is_over())
        clock.moment = at("2026-04-01 05:59:59")
        seen.append(is_over())
        clock.moment = at("2026-04-01 06:00:00")
        seen.append(is_over())
        clock.moment = at("2026-03-31 20:00:00")  # set back out of the window
        seen.append(is_over())
        clock.moment, clock.passed = at("2026-03-31 23:30:00"), 7 * 3600.0  # set back within it, after seven hours
        seen.append(is_over())
        clock.moment = at("2026-04-01 12:00")

    nights = Nights(clock)
    nights.night = night
    nights.run()
    assert seen == [False, False, True, True, True]


def test_a_database_that_is_away_is_waited_out_and_said_once():
    nights = Nights(Clock("2026-03-31 23:00", "2026-04-01 12:00"))
    nights.errors = [DatabaseError("away")] * 4
    nights.run()
    assert nights.failed == ["away"]
    assert nights.begun == [(date(2026, 3, 31), at("2026-03-31 23:20"))]


def test_a_bug_ends_the_night_and_not_the_scheduler():
    nights = Nights(Clock("2026-03-31 23:00", "2026-04-02 12:00"))
    nights.errors = [KeyError("x")]
    nights.run()
    assert len(nights.failed) == 1
    assert [n for n, _ in nights.begun] == [date(2026, 4, 1)]


# --- the night within its hours ---


def site(name: str):
    return bare_profile(f"http://{name}.example.cn/", court=f"示例市{name}人民法院").model_copy(update={"id": name})


@dataclass
class Stand:
    """Sites that take an hour each, and more than a night where `long` says so."""

    folder: Path
    clock: Clock
    monkeypatch: pytest.MonkeyPatch
    long: dict[str, float] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    crawled: list[str] = field(default_factory=list)
    carried: list[tuple[str, date]] = field(default_factory=list)
    full: bool = False

    def __post_init__(self) -> None:
        self.settings = Settings(
            database=str(self.folder / "g.db"), out=self.folder / "out", nightly=Nightly(parallel=1, window=str(WINDOW))
        )
        self.monkeypatch.setattr(nightly, "crawl", self._crawl)
        self.monkeypatch.setattr(nightly, "audit", self._audit)
        self.monkeypatch.setattr(nightly.clock, "now", self.clock.now)
        self.monkeypatch.setattr(targets, "configured", lambda _: [site(n) for n in "abc"])
        self.monkeypatch.setattr(targets, "find", lambda names, _: [site(n) for n in names or "abc"])
        self.monkeypatch.setattr(nightly, "write_bulletin", lambda *_: (None, []))

    def _crawl(self, profile, night, settings, options, advance, is_over, wait=None):
        self.crawled.append(profile.id)
        engine = connect(settings.database)
        with engine.begin() as connection:
            run = runs.start(connection, profile.id, night, self.clock.moment)
        for _ in range(60):
            if self.long.get(profile.id, 1) <= 0:
                break
            if is_over():
                self._stop(engine, run)
            self.clock.go(60)
            self.long[profile.id] = self.long.get(profile.id, 1) - 1 / 60
        while self.long.get(profile.id, 1) > 1e-6:
            if is_over():
                self._stop(engine, run)
            self.clock.go(600)
            self.long[profile.id] -= 1 / 6
        if advance is not None:
            advance(profile.id, Progress(1, 2, 3))
        with engine.begin() as connection:
            status = self.status.get(profile.id, "complete")
            runs.update(connection, run.id, status=status, pages=5, finished=self.clock.moment)
            return runs.find(connection, profile.id, night)

    def _stop(self, engine, run) -> None:
        with engine.begin() as connection:
            runs.update(connection, run.id, status="running", why=UNFINISHED)
        raise CrawlStopped(run.site)

    def _audit(self, engine, name, night, policy=None, told=None):
        with engine.begin() as connection:
            runs.update(connection, runs.find(connection, name, night).id, audited=self.clock.moment)

    def keep(self) -> Keeper:
        log = journal.opened(self.settings.logs)
        kept = Keeper(self.settings, [], Options(), Reporter(quiet=True), log, self.clock, environment={})
        kept.run(WINDOW)
        log.close()
        return kept

    def runs(self) -> dict[tuple[str, str], str]:
        with reading(connect(self.settings.database)) as connection:
            return {(r.site, str(r.night)): r.status for r in runs.read(connection)}

    def journal(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.settings.logs / journal.FILE).read_text().splitlines()]


@pytest.fixture
def stand(tmp_path, monkeypatch):
    return lambda begins, until, **more: Stand(tmp_path, Clock(begins, until), monkeypatch, **more)


def test_what_did_not_fit_goes_on_the_next_night_and_comes_first(stand):
    """Seven hours for three sites of one, ten and one hours: b goes on on the second night, before anything new."""
    nights = stand("2026-03-30 22:00", "2026-04-01 12:00", long={"b": 10.0})
    nights.keep()
    assert nights.crawled == ["a", "b", "b", "c", "a"]  # then c: never visited before a, which is of yesterday
    assert nights.runs() == {
        ("a", "2026-03-30"): "complete",
        ("b", "2026-03-31"): "complete",
        ("c", "2026-03-31"): "complete",
        ("a", "2026-03-31"): "complete",
    }


def test_the_journal_names_sites_and_runs_and_nothing_else_of_them(stand):
    nights = stand("2026-03-30 22:00", "2026-03-31 12:00", long={"b": 10.0})
    nights.keep()
    lines = nights.journal()
    events = [line["event"] for line in lines]
    assert events[0] == "scheduler_started" and events[-1] == "scheduler_stopped"
    done = [line for line in lines if line["event"] == "site_done"]
    assert [(d["site"], d["status"]) for d in done] == [("a", "complete"), ("b", "running"), ("c", "missing")]
    assert all(d["run"] for d in done[:2]) and done[2]["run"] is None
    assert {"night": "2026-03-30", "complete": 1, "missing": 1, "running": 1}.items() <= next(
        line for line in lines if line["event"] == "night_ended"
    ).items()
    assert "http" not in (nights.settings.logs / journal.FILE).read_text()


def test_a_site_that_was_not_audited_is_told_of_when_its_night_is_over_though_the_window_is_open(stand, monkeypatch):
    nights = stand("2026-03-30 22:00", "2026-03-31 05:00")

    def refused(engine, name, *more):
        if name == "b":
            raise UserError("台账有误", "a wrong ledger")
        nights._audit(engine, name, *more)

    monkeypatch.setattr(nightly, "audit", refused)
    nights.keep()
    told = [line["subject"] for line in nights.journal() if line["event"] == "trouble" and line["kind"] == "failed"]
    assert told == ["b"]


@pytest.mark.parametrize("where", ["crawl", "_import_ledgers", "audit"])
def test_a_night_in_which_the_database_was_away_for_a_moment_is_taken_up_again(stand, monkeypatch, where):
    nights = stand("2026-03-30 22:00", "2026-03-31 12:00")
    real, errors = getattr(nightly, where), [DatabaseError("away")]

    def away_once(*arguments, **more):
        if "b" in (arguments[1], getattr(arguments[0], "id", None)) and errors:
            raise errors.pop()
        return real(*arguments, **more)

    monkeypatch.setattr(nightly, where, away_once)
    nights.keep()
    with reading(connect(nights.settings.database)) as connection:
        read = runs.read(connection)
    assert {(r.site, str(r.night), r.audited is not None) for r in read} == {(n, "2026-03-30", True) for n in "abc"}
    ends = [line for line in nights.journal() if line["event"] == "night_ended"]
    assert len(ends) == 2 and ends[1]["complete"] == 3
    assert not any(line["event"] == "trouble" and line["kind"] != "disk" for line in nights.journal())


def test_a_night_that_the_database_troubled_is_not_taken_up_again_when_its_time_is_over(stand, monkeypatch):
    nights = stand("2026-03-30 22:00", "2026-03-31 12:00", long={"c": 10.0})

    def away(engine, name, *more):
        if name == "a":
            raise DatabaseError("away")
        nights._audit(engine, name, *more)

    monkeypatch.setattr(nightly, "audit", away)
    nights.keep()
    assert nights.crawled == ["a", "b", "c"]
    told = [line["subject"] for line in nights.journal() if line["event"] == "trouble" and line["kind"] == "failed"]
    assert told == ["a"]


def test_the_most_overdue_come_first(tmp_path):
    engine = connect(tmp_path / "g.db")
    with engine.begin() as connection:
        for name, nights in {"a": [30], "b": [28, 29], "c": [], "d": [29], "e": [27], "f": [27]}.items():
            runs.save_site(connection, runs.Site(id=name, court=name, home="http://x.example/"))
            for day in nights:
                run = runs.start(connection, name, date(2026, 3, day), datetime(2026, 3, day, tzinfo=UTC))
                status = {"b": "unreadable" if day == 29 else "complete", "d": "running"}.get(name, "complete")
                runs.update(connection, run.id, status=status, pages=900 if name == "f" else 20)
        order = by_urgency(connection, [site(n) for n in "abcdef"], date(2026, 3, 31))
    assert [p.id for p in order] == ["d", "c", "f", "e", "b", "a"]  # of those alike the largest


def test_a_second_night_and_a_second_scheduler_are_refused(stand):
    nights = stand("2026-03-30 22:00", "2026-03-31 12:00")
    engine = connect(nights.settings.database)
    with alone(engine, NIGHT), pytest.raises(UserError, match=r"g\.db: .*(night is at work|正在使用)") as error:
        run_night(date(2026, 3, 30), [site("a")], nights.settings, Options(), nights.folder)
    assert "\n" not in str(error.value) and nights.crawled == []
    with alone(engine, SCHEDULE):
        run_night(date(2026, 3, 30), [site("a")], nights.settings, Options(), nights.folder)  # by day, by hand
        with pytest.raises(UserError, match="--schedule"), alone(connect(nights.settings.database), SCHEDULE):
            pass
    with alone(engine, SCHEDULE):
        pass  # it is free again


def test_a_lock_dies_with_its_process(tmp_path):
    code = (
        "import sys, time\nfrom gongkai.turns import NIGHT, alone\nfrom storage.database import connect\n"
        "with alone(connect(sys.argv[1]), NIGHT):\n    print('held', flush=True)\n    time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "g.db")], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    engine = connect(tmp_path / "g.db")
    with pytest.raises(UserError), alone(engine, NIGHT):
        pass
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with alone(engine, NIGHT):
        pass


def test_a_night_that_was_taken_over_comes_to_an_end_and_says_so(stand, monkeypatch):
    nights = stand("2026-03-30 23:00", "2026-03-31 12:00")
    monkeypatch.setattr(turns, "EVERY", 0.01)
    monkeypatch.setattr(Held, "renew", lambda _: False)

    def crawl(profile, night, settings, options, advance, is_over, wait=None):
        nights.crawled.append(profile.id)
        for _ in range(500):
            if is_over():
                raise CrawlStopped(profile.id)
            time.sleep(0.01)

    monkeypatch.setattr(nightly, "crawl", crawl)
    with pytest.raises(UserError, match=r"night is at work|正在使用"):
        run_night(date(2026, 3, 30), [site("a"), site("b")], nights.settings, Options(), nights.folder)
    assert nights.crawled == ["a"]


def test_a_scheduler_whose_turn_another_took_ends(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    soon = (datetime.now(CHINA) + timedelta(hours=12)).strftime("%H")
    Path("gongkai.toml").write_text(f'[nightly]\nwindow = "{soon}:00-{soon}:30"\n', encoding="utf-8")
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(targets, "configured", lambda _: [])
    monkeypatch.setattr(targets, "find", lambda *_: [])
    monkeypatch.setattr(turns, "EVERY", 0.01)
    monkeypatch.setattr(Held, "renew", lambda _: False)
    assert cli.run(["nightly", "--schedule", "--quiet"]) == 2
    assert "--schedule" in capsys.readouterr().err


def test_a_night_waits_for_one_that_was_started_by_hand(stand):
    nights = stand("2026-03-30 22:59", "2026-03-31 12:00")
    engine = connect(nights.settings.database)
    turn = alone(engine, NIGHT)
    turn.__enter__()
    wait = nights.clock.wait

    def waiting(seconds):
        wait(seconds)
        if nights.clock.moment >= at("2026-03-30 23:10") and not released:
            released.append(turn.__exit__(None, None, None))

    released: list[object] = []
    nights.clock.wait = waiting
    nights.keep()
    assert nights.crawled == ["a", "b", "c"]


def test_a_full_disk_is_said_in_one_line_and_nothing_is_begun(stand, monkeypatch):
    nights = stand("2026-03-30 22:00", "2026-03-31 12:00")
    monkeypatch.setattr(space, "free_bytes", lambda _: 10 * 1024**2)
    with pytest.raises(UserError, match=r"300 MB") as error:
        run_night(date(2026, 3, 30), [site("a")], nights.settings, Options(), nights.folder)
    assert "\n" not in str(error.value) and nights.crawled == []


def test_a_disk_that_stays_full_is_said_once_however_the_room_on_it_moves(stand, monkeypatch):
    nights = stand("2026-03-30 22:59", "2026-03-31 00:00")
    monkeypatch.setattr(space, "free_bytes", lambda _: nights.clock.moment.minute * 1024**2)
    nights.keep()
    assert [line["event"] for line in nights.journal()].count("night_failed") == 1


def test_a_disk_that_is_full_when_the_bulletin_is_written_is_waited_out(stand, monkeypatch):
    nights = stand("2026-03-30 22:59", "2026-03-31 12:00")
    full = [OSError(errno.ENOSPC, "No space left on device")] * 3
    written = []

    def write(*_):
        if full:
            raise full.pop()
        written.append(nights.clock.moment)
        return None, []

    monkeypatch.setattr(nightly, "write_bulletin", write)
    nights.keep()
    assert nights.crawled == ["a", "b", "c"] and len(written) == 1
    assert [line["event"] for line in nights.journal()].count("night_failed") == 1
    assert [path.name for path in nights.settings.logs.iterdir()] == [journal.FILE]


def test_a_bug_ends_no_scheduler_when_it_cannot_be_logged_either(stand, monkeypatch):
    nights = stand("2026-03-30 22:59", "2026-04-01 12:00")
    bugs = [KeyError("x")]

    def write(*_):
        if bugs:
            raise bugs.pop()
        return None, []

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(nightly, "write_bulletin", write)
    monkeypatch.setattr(errors, "_new_log", full)
    nights.keep()
    assert nights.crawled == ["a", "b", "c"] * 2
    assert [line["event"] for line in nights.journal()].count("night_failed") == 1


def test_a_database_of_a_newer_version_fails_the_night_in_one_line_and_loses_nothing(stand):
    import sqlalchemy as sa

    nights = stand("2026-03-30 22:00", "2026-03-31 23:30")
    engine = connect(nights.settings.database)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    nights.keep()
    assert nights.crawled == []
    failed = [line for line in nights.journal() if line["event"] == "night_failed"]
    assert {line["why"] for line in failed} == {"DatabaseError"} and len(failed) <= 2
    with sa.create_engine(f"sqlite:///{nights.settings.database}").begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))


@dataclass
class Office:
    """Who is mailed, and the alerts that stand in the database."""

    nights: Stand
    monkeypatch: pytest.MonkeyPatch
    letters: list[str] = field(default_factory=list)
    away: bool = False

    def __post_init__(self) -> None:
        server = Mail(host="127.0.0.1", sender="gongkai@court.example")
        settings = self.nights.settings.model_copy(
            update={"mail": server, "alerts": Alerts(to=("office@court.example",))}
        )
        self.log = journal.opened(settings.logs)
        self.keeper = Keeper(settings, [], Options(), Reporter(quiet=True), self.log, self.nights.clock, environment={})
        self.monkeypatch.setattr(
            alerting.mail, "deliver", lambda _letter, made, _now: self.letters.append(made.get_content())
        )
        self.monkeypatch.setattr("gongkai.health.free_bytes", lambda _: 10**12)
        self.monkeypatch.setattr(keeper, "connect", self._connect)

    def _connect(self, where):
        if self.away:
            raise DatabaseError("away")
        return connect(where)

    def fail(self) -> None:
        self.keeper.failed(date(2026, 3, 30), "away", DatabaseError("away"))

    def alerts(self) -> list[tuple[str, str, bool]]:
        with reading(connect(self.nights.settings.database)) as connection:
            return [(a.kind, a.subject, a.told is not None) for a in alerts.lasting(connection)]


def test_a_night_that_failed_because_of_the_database_is_mailed_at_once_and_written_down_later(stand, monkeypatch):
    office = Office(stand("2026-03-30 23:00", "2026-03-31 12:00"), monkeypatch, away=True)
    office.fail()
    office.fail()
    assert len(office.letters) == 1 and "2026-03-30" in office.letters[0]
    office.away = False
    office.keeper.check()
    assert office.alerts() == [("night", "2026-03-30", True)] and len(office.letters) == 1
    office.keeper.night(date(2026, 3, 30), lambda: False)
    assert office.alerts() == [] and len(office.letters) == 2  # and that it is over
    office.log.close()


@pytest.mark.parametrize("is_held", [False, True])
def test_a_night_that_failed_is_told_of_when_the_database_is_back_unless_it_was_held_then(stand, monkeypatch, is_held):
    office = Office(stand("2026-03-30 23:00", "2026-03-31 12:00"), monkeypatch, away=True)
    office.keeper.settings = office.keeper.settings.model_copy(update={"alerts": Alerts()})  # nobody is mailed
    office.fail()
    office.away = False
    if is_held:
        office.keeper.night(date(2026, 3, 30), lambda: False)
    else:
        office.keeper.check()
    assert office.alerts() == ([] if is_held else [("night", "2026-03-30", True)])
    office.log.close()


def test_look_reads_the_configured_sites(stand):
    nights = stand("2026-03-30 22:00", "2026-03-31 12:00")
    nights.keep()
    found = keeper.look(connect(nights.settings.database), nights.settings, nights.clock)
    assert [(s.site, s.status) for s in found.sites] == [("a", "complete"), ("b", "complete"), ("c", "complete")]
    assert (found.code, found.missed) == (0 if not found.troubles else 1, None)
