"""The night: what is done stays done, a bug stops one site only, and Ctrl-C loses nothing. Crawl and audit are stand-ins."""

import errno
import json
import tempfile
import threading
from contextlib import redirect_stderr, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.profile import bare_profile
from crawlers.run import Progress
from gongkai import errors, nightly
from gongkai.commands.night import exit_code
from gongkai.config import Politeness, Settings
from gongkai.errors import UserError
from gongkai.nightly import Options, crawl_task, run_night
from gongkai.terminal import Reporter
from storage import runs
from storage.database import connect, reading
from storage.ledgers import LedgerSheet, save_ledger
from tests.bulletins.files import FILES

NIGHT = date(2026, 3, 31)
MOMENT = datetime(2026, 3, 31, 1, 0, tzinfo=UTC)


def site(name: str):
    return bare_profile(f"http://{name}.example.cn/", court=f"示例市{name}人民法院").model_copy(update={"id": name})


class Stand:
    """Settings in a folder, and stand-ins for crawl and audit that note what was asked of them."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.settings = Settings(database=str(folder / "g.db"), out=folder / "out")
        self.out = folder / "bulletin"
        self.crawled: list[str] = []
        self.audited: list[str] = []
        self.status: dict[str, str] = {}
        self.bugs: dict[str, BaseException] = {}
        self.audit_bugs: dict[str, Exception] = {}
        monkeypatch.setattr(nightly, "crawl", self._crawl)
        monkeypatch.setattr(nightly, "audit", self._audit)

    def _crawl(self, profile, night, settings, options, advance, is_over=None, wait=None):
        self.crawled.append(profile.id)
        engine = connect(settings.database)
        with engine.begin() as connection:
            run = runs.start(connection, profile.id, night, MOMENT)
        if advance is not None:
            advance(profile.id, Progress(1, 2, 3))
        if profile.id in self.bugs:
            raise self.bugs[profile.id]
        with engine.begin() as connection:
            runs.update(connection, run.id, status=self.status.get(profile.id, "complete"), pages=5, finished=MOMENT)
            return runs.find(connection, profile.id, night)

    def _audit(self, engine, name, night, policy=None, told=None):
        self.audited.append(name)
        if name in self.audit_bugs:
            raise self.audit_bugs[name]
        with engine.begin() as connection:
            runs.update(connection, runs.find(connection, name, night).id, audited=MOMENT)

    def run(self, *names: str, **more):
        return run_night(NIGHT, [site(n) for n in names], self.settings, Options(), self.out, **more)

    def state(self, name: str):
        with reading(connect(self.settings.database)) as connection:
            return runs.find(connection, name, NIGHT)


@pytest.fixture
def stand(tmp_path, monkeypatch):
    return Stand(tmp_path, monkeypatch)


def test_each_site_is_crawled_and_audited_and_one_bulletin_is_written(stand):
    told = []
    result = stand.run("a", "b", "c", on_site=told.append)
    assert sorted(stand.crawled) == sorted(stand.audited) == ["a", "b", "c"]
    assert [s.site for s in result.sites] == ["a", "b", "c"]
    assert {s.site for s in told} == {"a", "b", "c"}
    assert {p.name for p in result.files} == FILES
    assert len(result.bulletin.coverage) == 3
    assert exit_code(result) == errors.OK


def test_a_night_that_is_done_changes_nothing(stand):
    stand.run("a", "b")
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in stand.out.iterdir()}
    stand.crawled.clear(), stand.audited.clear()
    result = stand.run("a", "b")
    assert (stand.crawled, stand.audited) == ([], [])
    assert all(s.already for s in result.sites)
    assert result.bulletin is None
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in stand.out.iterdir()} == before
    assert exit_code(result) == errors.OK


def test_a_bulletin_that_was_lost_is_written_again(stand):
    stand.run("a")
    (stand.out / "findings.json").unlink()
    result = stand.run("a")
    assert stand.crawled == ["a"]
    assert (stand.out / "findings.json").exists() and result.bulletin is not None


def sites_told(stand):
    return {one["site"] for one in json.loads((stand.out / "findings.json").read_text(encoding="utf-8"))["coverage"]}


def test_a_bulletin_over_other_sites_is_not_taken_for_the_nights(stand):
    stand.run("a")
    stand.run("b")
    assert sites_told(stand) == {"b"}
    assert stand.run("a", "b").bulletin is not None
    assert sites_told(stand) == {"a", "b"}
    assert stand.run("a", "b").bulletin is None  # now it is the night's


@pytest.mark.parametrize("change", ["older than its last audit", "of another night", "no bulletin"])
def test_a_bulletin_that_is_not_this_nights_last_is_written_again(stand, change):
    stand.run("a", "b")
    path = stand.out / "findings.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    if change == "older than its last audit":  # the night was killed before it could write the last one
        found["generated_at"] = (MOMENT - timedelta(seconds=1)).isoformat()
    elif change == "of another night":
        found["period"] |= {"first": "2026-03-01", "last": "2026-03-31"}
    path.write_text(json.dumps(found if change != "no bulletin" else []), encoding="utf-8")
    assert stand.run("a", "b").bulletin is not None
    assert stand.run("a", "b").bulletin is None


def test_a_site_that_is_added_later_is_done_alone(stand):
    stand.run("a")
    stand.run("a", "b")
    assert stand.crawled == ["a", "b"]


@pytest.mark.parametrize("status", ["running", "crashed"])
def test_a_night_that_was_cut_off_goes_on(stand, status):
    with connect(stand.settings.database).begin() as connection:
        run = runs.start(connection, "a", NIGHT, MOMENT)
        runs.update(connection, run.id, status=status)
    result = stand.run("a")
    assert stand.crawled == ["a"]
    assert result.sites[0].status == "complete"


def test_a_night_that_was_crawled_but_not_audited_is_audited(stand):
    stand.audit_bugs["a"] = RuntimeError("rule")
    assert exit_code(stand.run("a")) == errors.BUG
    stand.audit_bugs.clear()
    assert exit_code(stand.run("a")) == errors.OK
    assert stand.state("a").audited is not None


def test_a_bug_at_one_site_is_logged_and_the_others_go_on(stand):
    stand.bugs["b"] = RuntimeError("Traceback …\nKeyError: 'x'")
    result = stand.run("a", "b", "c")
    assert sorted(stand.audited) == ["a", "c"]
    (crashed,) = result.crashed
    assert (crashed.site, crashed.why) == ("b", "RuntimeError: KeyError: 'x'")
    assert crashed.log.parent == stand.settings.logs
    assert "KeyError: 'x'" in crashed.log.read_text(encoding="utf-8")
    assert stand.state("b").status == "crashed"
    covered = {c.site: c for c in result.bulletin.coverage}
    assert covered["a"].is_complete and not covered["b"].is_complete
    assert exit_code(result) == errors.BUG


def test_a_bug_before_anything_was_read_is_in_the_coverage_too(stand, monkeypatch):
    def fail(*_):
        raise ValueError("at once")

    monkeypatch.setattr(nightly, "crawl", fail)
    result = stand.run("a")
    assert result.bulletin.coverage[0].status == "crashed"
    assert "at once" in stand.state("a").why


def test_a_bug_in_the_audit_leaves_the_crawl_as_it_is(stand):
    stand.audit_bugs["a"] = nightly.AuditCrashed("W-07: …")
    result = stand.run("a")
    assert exit_code(result) == errors.BUG
    assert stand.state("a").status == "complete"
    assert stand.state("a").audited is None
    assert not result.bulletin.coverage[0].is_complete


def test_sites_of_which_nothing_could_be_read(stand):
    stand.status = {"a": "unreadable", "b": "unreadable"}
    assert exit_code(stand.run("a", "b")) == errors.UNREADABLE
    stand.status = {"a": "unreadable"}
    assert exit_code(stand.run("c", "a")) == errors.OK


def test_without_its_ledger_a_site_is_not_audited(stand, tmp_path):
    (tmp_path / "ledgers").mkdir()
    (tmp_path / "ledgers" / "cases.xlsx").write_bytes(b"no workbook")
    stand.settings = stand.settings.model_copy(update={"ledgers": {"a": tmp_path / "ledgers", "b": tmp_path / "none"}})
    result = stand.run("a", "b", "c")
    assert stand.audited == ["c"]
    assert "cases.xlsx" in result.sites[0].mistake and "\n" not in result.sites[0].mistake
    assert "none" in result.sites[1].mistake
    assert exit_code(result) == errors.WRONG_USE
    assert not stand.settings.logs.exists()


def test_ctrl_c_stops_the_sites_at_work_and_logs_no_bug(stand, monkeypatch):
    working, stopped = threading.Event(), []

    def crawl(profile, night, settings, options, advance, is_over, wait):
        if profile.id == "quick":
            working.wait(20)
            return Stand._crawl(stand, profile, night, settings, options, None)
        with connect(settings.database).begin() as connection:
            runs.start(connection, profile.id, night, MOMENT)
        working.set()
        for _ in range(100_000):
            try:
                advance(profile.id, Progress(1, 0, 9))
            except BaseException:
                stopped.append(profile.id)
                raise
            threading.Event().wait(0.001)
        return None

    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(nightly, "crawl", crawl)
    with pytest.raises(KeyboardInterrupt):
        stand.run("quick", "long", on_site=interrupt)
    assert stopped == ["long"]
    assert stand.state("long").status == "running"
    assert not stand.settings.logs.exists()


TASKS = [
    # option, profile, settings → what is asked
    (None, None, None, None),
    (None, None, 3.0, 3.0),
    (None, 2.0, 3.0, 2.0),
    (0.0, 2.0, 3.0, 0.0),
    (1.0, None, None, 1.0),
]


@pytest.mark.parametrize(("option", "of_profile", "setting", "asked"), TASKS)
def test_an_option_wins_over_the_profile_and_that_over_the_settings(option, of_profile, setting, asked):
    profile = site("a").model_copy(update={"delay": of_profile})
    settings = Settings(politeness=Politeness(delay=setting), contact="audit@example.cn")
    task = crawl_task(profile, NIGHT, "x.db", settings, Options(delay=option, allow_private=True))
    assert (task.delay, task.allow_private, task.contact) == (asked, True, "audit@example.cn")
    assert (task.database, task.night, task.profile) == ("x.db", NIGHT, profile)


def test_a_site_that_is_known_keeps_the_court_that_its_crawl_found(stand):
    engine = connect(stand.settings.database)
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="a", court="示例市甲区人民法院", home="http://a.example.cn/"))
    nightly.register(engine, [site("a"), site("b")])
    with reading(engine) as connection:
        assert [s.court for s in runs.all_sites(connection)] == ["示例市甲区人民法院", "示例市b人民法院"]


def test_errors_of_users_are_not_bugs():
    assert errors.is_user_mistake(UserError("甲", "a"))
    assert not errors.is_user_mistake(ValueError("a"))


def test_a_full_disk_is_no_bug_and_said_alike_each_time():
    full = [OSError(errno.ENOSPC, "No space left on device", name) for name in ("/out/.a.x1", "/out/.a.x2")]
    assert all(errors.is_user_mistake(error) for error in full)
    assert {errors.one_line(error) for error in full} == {"the disk is full, a file was not written"}
    assert not errors.is_user_mistake(FileNotFoundError(errno.ENOENT, "No such file"))


def test_a_bug_that_cannot_be_logged_goes_to_standard_error_and_stops_nobody(monkeypatch, capsys):
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nothing")
    assert str(errors.write_log(ValueError("why"), Path("/proc/nothing/logs"), "x")) == "stderr"
    assert "ValueError: why" in capsys.readouterr().err
    with suppress(OSError), Path("/dev/full").open("w", encoding="utf-8") as full, redirect_stderr(full):
        errors.write_log(ValueError("why"), Path("/proc/nothing/logs"), "x")
        Reporter().error("said")
        Reporter().warn("said")
        came_through = True
    assert came_through


def test_two_bugs_in_one_second_have_two_logs(tmp_path):
    paths = {errors.write_log(ValueError(str(n)), tmp_path, "a/b:c") for n in range(3)}
    assert len(paths) == 3
    assert all(p.parent == tmp_path for p in paths)


def test_an_empty_folder_of_ledgers_where_some_were_imported_is_told_of_and_in_a_fleet_refused(database, tmp_path):
    settings, said = Settings(ledgers={"a": tmp_path}), []
    with database.begin() as connection:
        runs.save_site(connection, runs.Site(id="a", court="示例市人民法院", home="http://127.0.0.1:9/"))

    def bring(**how) -> None:
        nightly._import_ledgers(database, "a", None, NIGHT, settings, said.append, **how)

    bring()
    bring(in_fleet=True)  # it never had any
    assert not said
    sheets = [LedgerSheet(source=f"台账.xlsx/{name}", kind="cases", rows=1, unread=0) for name in ("甲", "乙")]
    with database.begin() as connection:
        save_ledger(
            connection,
            site="a",
            file="台账.xlsx",
            sha256="0" * 64,
            sheets=sheets,
            records=[],
            night=NIGHT,
            imported=MOMENT,
        )
    bring()
    assert len(said) == 1 and str(tmp_path) in said[0] and "1" in said[0].removeprefix(str(tmp_path))
    with pytest.raises(UserError, match=r"mounted|挂载"):
        bring(in_fleet=True)
