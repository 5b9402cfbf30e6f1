"""What is said of the nights, to whom, and how often."""

from __future__ import annotations

import json
import socket
import urllib.request
from datetime import UTC, date, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller

from crawlers.stop import UNFINISHED
from gongkai import alerting, cli, metrics
from gongkai.clock import CHINA
from gongkai.config import Alerts, Mail, Nightly, Settings, Webhooks
from gongkai.errors import UserError
from gongkai.health import ATTENTION, NO_NIGHT, Trouble, health
from storage import alerts, deliveries, runs, store
from storage.database import connect, reading
from storage.locks import site_lock
from storage.records import Cadence, Section

MORNING = datetime(2026, 3, 31, 8, tzinfo=CHINA)  # after the night of the 30th


def day(number: int) -> date:
    return date(2026, 3, number)


class Books:
    """A database in which each test writes what the nights came to."""

    def __init__(self, folder) -> None:
        self.settings = Settings(database=str(folder / "g.db"), out=folder, nightly=Nightly(window="23:00-06:00"))
        self.engine = connect(self.settings.database)

    def night(self, number: int, *, audited: bool = True, **statuses: str) -> None:
        with self.engine.begin() as connection:
            for site, status in statuses.items():
                runs.save_site(connection, runs.Site(id=site, court=f"示例市{site}法院", home="http://x.example/"))
                begun = datetime(2026, 3, number, 15, tzinfo=UTC)
                run = runs.start(connection, site, day(number), begun)
                done = status in runs.FINISHED
                runs.update(
                    connection,
                    run.id,
                    status=status,
                    pages=7,
                    finished=begun + timedelta(hours=1) if done else None,
                    audited=begun + timedelta(hours=1) if done and audited else None,
                )

    def stopped(self, number: int, site: str) -> None:
        """In order, as at the window's end."""
        with self.engine.begin() as connection:
            runs.update(connection, runs.find(connection, site, day(number)).id, why=UNFINISHED)

    def section(self, number: int, items: int, *, site: str = "a", url: str = "http://x.example/xw/") -> None:
        section = Section(
            site=site,
            url=url,
            name="法院新闻",
            cadence=next(iter(Cadence)),
            record="item",
            items=items,
            complete=True,
        )
        with self.engine.begin() as connection:
            store.save(connection, [section], day(number))
            runs.save_section_reads(connection, [runs.section_read(section, day(number))])

    def look(self, now: datetime = MORNING, *, ended: date | None = None, **wanted: str):
        return health(self.engine, self.settings, now, wanted, ended=ended)

    def tell(self, now: datetime = MORNING, *more: Trouble, ended: date | None = None):
        found = self.look(now, ended=ended)
        return alerting.tell(self.engine, self.settings, [*found.troubles, *more], now, {}, found.faded)

    def lasting(self) -> list[str]:
        with reading(self.engine) as connection:
            return [alert.kind for alert in alerts.lasting(connection)]


@pytest.fixture
def books(tmp_path):
    return Books(tmp_path)


def kinds(found) -> list[str]:
    return [trouble.kind for trouble in found.troubles]


def test_a_good_night(books):
    books.night(30, a="complete", b="incomplete")
    found = books.look()
    assert (found.night, found.missed, kinds(found), found.code) == (day(30), None, [], 0)
    assert [(s.site, s.status, s.last_complete) for s in found.sites] == [
        ("a", "complete", day(30)),
        ("b", "incomplete", None),
    ]
    assert found.next_opening == datetime(2026, 3, 31, 23, tzinfo=CHINA) and not found.is_open


def test_no_night_at_all(books):
    assert books.look().code == NO_NIGHT


def test_a_night_that_was_missed(books):
    books.night(29, a="complete")
    found = books.look()
    assert (found.missed, kinds(found), found.code) == (day(30), ["missed"], NO_NIGHT)
    # While the window is open, the night may still come.
    assert books.look(datetime(2026, 3, 30, 23, 30, tzinfo=CHINA)).missed is None
    assert books.look(datetime(2026, 3, 31, 6, 0, tzinfo=CHINA)).missed == day(30)


def test_a_night_with_a_date_to_come_hides_no_missed_night(books):
    books.night(29, a="complete")
    with books.engine.begin() as connection:
        run = runs.start(connection, "a", date(2027, 3, 31), MORNING - timedelta(days=1))
        runs.update(connection, run.id, status="complete", audited=MORNING, finished=MORNING - timedelta(days=1))
    found = books.look()
    assert (found.night, found.ahead, found.missed) == (day(29), date(2027, 3, 31), day(30))
    assert [(t.kind, t.subject) for t in found.troubles] == [("missed", "2026-03-30"), ("future", "2027-03-31")]
    assert [(s.status, s.last) for s in found.sites] == [("complete", day(29))]


def test_without_a_window_a_day_is_allowed_for(books):
    books.settings = books.settings.model_copy(update={"nightly": Nightly()})
    books.night(30, a="complete")
    assert books.look(datetime(2026, 3, 31, 23, 59, tzinfo=CHINA)).missed is None
    assert books.look(datetime(2026, 4, 1, 0, 1, tzinfo=CHINA)).missed == date(2026, 3, 31)


def test_a_site_goes_dark_only_if_it_could_be_read_before_and_stays_so(books):
    for number in range(10, 31):
        books.night(number, a="unreadable" if number > 12 else "complete", b="unreadable", c="complete")
    found = books.look()
    assert [(t.kind, t.subject) for t in found.troubles] == [("dark", "a")]
    assert "2026-03-12" in found.troubles[0].text and found.code == ATTENTION


def test_one_bad_night_is_not_dark(books):
    books.night(29, a="complete", b="complete")
    books.night(30, a="unreadable", b="complete")
    assert kinds(books.look()) == []


def test_nothing_could_be_read(books):
    books.night(30, a="unreadable", b="unreadable")
    assert books.look().code == NO_NIGHT


def test_a_crash_and_an_audit_that_was_not_made(books):
    books.night(30, a="crashed", c="complete")
    books.night(30, audited=False, b="complete")
    assert [(t.kind, t.subject) for t in books.look().troubles] == [("failed", "a"), ("failed", "b")]
    # While the window is open, its audit may still be at work.
    open_ = books.look(datetime(2026, 3, 31, 1, tzinfo=CHINA))
    assert [(t.kind, t.subject) for t in open_.troubles] == [("failed", "a")]


def test_a_failed_site_is_told_when_its_night_is_over_and_lasts_until_it_was_audited(books):
    """Not once more each day, as the night is over hours before its window closes."""
    night = datetime(2026, 3, 31, 3, tzinfo=CHINA)
    books.night(30, audited=False, a="complete")
    books.night(30, b="crashed")
    assert kinds(books.look(night, a="甲")) == []
    assert [(t.kind, t.subject) for t in books.look(night, ended=day(29), a="甲").troubles] == []
    assert [(t.kind, t.subject) for t in books.look(night, ended=day(30), a="甲").troubles] == [("failed", "a")]
    assert [(a.kind, a.subject) for a in books.tell(night, ended=day(30)).begun] == [("failed", "a"), ("failed", "b")]
    assert not books.tell()  # in the morning
    for hour, statuses in ((0, {"c": "complete"}), (1, {"a": "running"})):  # not visited yet, and at work
        books.night(31, **statuses)
        assert not books.tell(MORNING.replace(hour=hour) + timedelta(days=1))
    books.night(31, audited=False, a="complete")
    assert not books.tell(night + timedelta(days=1))
    books.night(31, a="complete")
    assert [a.subject for a in books.tell(night + timedelta(days=1)).over] == ["a"]
    assert "b" in books.look(MORNING + timedelta(days=1)).troubles[0].text  # still not visited


def test_a_site_that_is_under_way_or_not_visited_is_said_and_no_trouble(books):
    books.night(29, b="complete")
    books.night(30, a="running")
    books.stopped(30, "a")
    found = books.look(b="示例市b法院", a="示例市a法院", z="示例市z法院")
    assert [(s.site, s.status) for s in found.sites] == [("a", "running"), ("b", "missing"), ("z", "missing")]
    assert found.sites[0].under_way is not None and kinds(found) == []


def test_a_reading_that_was_cut_off_is_a_trouble_when_the_night_is_over(books):
    """As by a power cut: the machine is back in the morning, and no other site was visited."""
    books.night(29, a="complete", b="complete")
    books.night(30, a="running")
    assert kinds(books.look(datetime(2026, 3, 31, 1, tzinfo=CHINA))) == []
    with site_lock(books.engine, "a"):  # at work, by hand
        assert kinds(books.look()) == []
    found = books.look()
    assert [(t.kind, t.subject) for t in found.troubles] == [("failed", "a")] and found.code == ATTENTION
    assert [a.subject for a in books.tell().begun] == ["a"]
    books.night(31, a="running")
    books.stopped(31, "a")
    assert not books.tell(MORNING + timedelta(days=1))  # it goes on, and nothing shows yet that all is well


SECTIONS = [
    # items by night (None: not among the sections), silent
    ([40, 40, 41, 0], True),
    ([40, 40, 41, None], True),
    ([40, 40, 41, 1], False),
    ([2, 2, 2, 0], False),
    ([0, 0, 0, 0], False),
    ([40, 0, 0, 0], True),
]


@pytest.mark.parametrize(("items", "silent"), SECTIONS)
def test_a_section_that_suddenly_yields_nothing(books, items, silent):
    for number, count in zip(range(27, 31), items, strict=True):
        books.night(number, a="complete")
        if count is not None:
            books.section(number, count)
    found = books.look()
    assert (kinds(found) == ["silent"]) == silent
    if silent:
        assert "法院新闻" in found.troubles[0].text and "40" in found.troubles[0].text


def test_a_section_is_not_missed_where_the_site_was_not_read(books):
    for number in (28, 29):
        books.night(number, a="complete")
        books.section(number, 40)
    books.night(30, a="unreadable")
    assert kinds(books.look()) == []
    books.settings = books.settings.model_copy(update={"nightly": Nightly()})
    books.night(31, a="incomplete")  # what was not read may have held it
    assert kinds(books.look()) == []


def test_a_full_disk(books, monkeypatch):
    books.night(30, a="complete")
    monkeypatch.setattr("gongkai.health.free_bytes", lambda _: 10**9)
    found = books.look()
    assert kinds(found) == ["disk"] and "1.0 GB" in found.troubles[0].text


# --- telling ---


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Inbox:
    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def inbox(books):
    box = Inbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    books.settings = books.settings.model_copy(
        update={
            "mail": Mail(host="127.0.0.1", port=port, security="none", sender="gongkai@court.example"),
            "alerts": Alerts(to=("office@court.example",)),
        }
    )
    yield box
    server.stop()


def test_each_trouble_is_told_once_and_its_end(books, inbox):
    books.night(28, a="complete", b="complete")
    books.night(29, a="unreadable", b="complete")
    books.night(30, a="unreadable", b="complete")
    assert [a.kind for a in books.tell().begun] == ["dark"]
    assert not books.tell()
    books.night(31, a="unreadable", b="complete")
    assert not books.tell(MORNING + timedelta(days=1))
    assert len(inbox.letters) == 1
    books.night(31, a="complete")
    assert [a.kind for a in books.tell(MORNING + timedelta(days=1)).over] == ["dark"]
    assert not books.tell(MORNING + timedelta(days=1))
    assert len(inbox.letters) == 2


def morning_after(number: int) -> datetime:
    return MORNING + timedelta(days=number - 30)


def test_a_section_recovers_when_it_holds_something_again(books):
    for number, items in ((10, 40), (11, 40), (12, 0)):
        books.night(number, a="complete")
        books.section(number, items)
    assert [a.kind for a in books.tell(morning_after(12)).begun] == ["silent"]
    for number, status in ((13, "incomplete"), (14, "unreadable"), (15, "running")):  # it was not seen
        books.night(number, a=status)
        books.stopped(number, "a")
        assert not books.tell(morning_after(number))
    assert books.lasting() == ["silent"]
    books.night(16, a="complete")
    books.section(16, 5)
    assert [a.kind for a in books.tell(morning_after(16)).over] == ["silent"]


@pytest.mark.parametrize("gone", [False, True])
def test_a_section_that_stays_away_is_no_news_any_more_and_has_not_recovered(books, gone):
    for number in range(10, 20):
        books.night(number, a="complete")
        if number < 12 or not gone:
            books.section(number, 40 if number < 12 else 0)
        news = books.tell(morning_after(number))
        assert [a.kind for a in news.begun] == (["silent"] if number == 12 else []) and not news.over
    assert books.lasting() == []


def test_a_site_that_is_visited_no_more_has_not_recovered(books):
    books.night(30, a="crashed", b="complete")
    assert [a.kind for a in books.tell().begun] == ["failed"]
    found = books.look(b="示例市b法院")
    assert found.faded == (("failed", "a"),) and found.troubles == ()


@pytest.mark.parametrize("status", ["running", "crashed"])
def test_a_dark_site_has_not_recovered_by_a_visit_that_did_not_end(books, status):
    for number, came_to in ((10, "complete"), (11, "unreadable"), (12, "unreadable"), (13, "unreadable"), (14, status)):
        books.night(number, a=came_to)
    assert books.look(morning_after(14)).sites[0].dark == 3
    assert "dark" in [a.kind for a in books.tell(morning_after(14)).begun]
    books.night(15, a="complete")
    assert "dark" in [a.kind for a in books.tell(morning_after(15)).over]


def test_a_missed_night_is_over_when_a_later_one_was_held(books):
    books.night(27, a="complete")
    for number in (28, 29):  # the scheduler is dead
        news = books.tell(morning_after(number))
        assert [a.subject for a in news.begun] == [str(day(number))] and not news.over
    books.night(30, a="complete")
    assert [a.subject for a in books.tell().over] == ["2026-03-28", "2026-03-29"]


def test_what_could_not_be_sent_is_sent_later(books, inbox):
    books.night(29, a="complete")
    working = books.settings
    books.settings = working.model_copy(update={"mail": working.mail.model_copy(update={"port": 1})})
    with pytest.raises(UserError, match=r"127\.0\.0\.1:1: "):
        books.tell()
    books.settings = working
    assert [a.kind for a in books.tell().begun] == ["missed"]
    assert len(inbox.letters) == 1


def test_a_night_that_failed_lasts_until_another_was_finished(books, inbox):
    books.night(29, a="complete")
    failed = Trouble("night", "2026-03-30", "2026-03-30: the night failed: the database is away")
    late = datetime(2026, 3, 30, 23, 5, tzinfo=CHINA)
    assert [a.kind for a in books.tell(late, failed).begun] == ["night"]
    assert [a.kind for a in books.tell().begun] == ["missed"]  # in the morning: and it was not made up for
    books.night(31, a="complete")
    over = books.tell(MORNING + timedelta(days=1)).over
    assert [a.kind for a in over] == ["night", "missed"]
    assert len(inbox.letters) == 3


def test_what_is_over_before_anybody_was_told_ends_in_silence(books, inbox):
    working = books.settings
    books.settings = working.model_copy(update={"mail": working.mail.model_copy(update={"port": 1})})
    books.night(29, a="complete")
    with pytest.raises(UserError):
        books.tell()
    books.night(30, a="complete")
    books.settings = working
    assert not books.tell()
    assert inbox.letters == []


def test_other_programs_are_told_what_it_is_about(books):
    books.settings = books.settings.model_copy(update={"webhooks": Webhooks(urls=("https://desk.court.example/",))})
    books.night(29, a="complete")
    books.tell()
    books.tell()
    books.night(30, a="complete")
    books.tell()
    with reading(books.engine) as connection:
        sent = [json.loads(one.body) for one in deliveries.newest(connection)]
    assert sorted((one["type"], one["data"]["state"], one["data"]["kind"]) for one in sent) == [
        ("night.alert", "begun", "missed"),
        ("night.alert", "over", "missed"),
    ]


# --- the command and the metrics ---


@pytest.fixture
def folder(books, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gongkai.targets.configured", lambda _: [])
    monkeypatch.setattr("gongkai.clock.now", lambda: MORNING)
    (tmp_path / "gongkai.toml").write_text('database = "g.db"\n[nightly]\nwindow = "23:00-06:00"\n', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_status_of_a_good_night_in_a_few_lines(books, folder, capsys, monkeypatch, lang):
    monkeypatch.setenv("GONGKAI_LANG", lang)
    books.night(29, b="complete")
    books.night(30, a="complete", b="incomplete")
    assert cli.run(["status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 6 and "2026-03-30" in lines[0] and "2026-03-29" in lines[1]
    assert "2026-03-31 23:00" in "\n".join(lines)


def test_the_status_says_what_wants_looking_at(books, folder, capsys):
    books.night(29, a="complete")
    assert cli.run(["status"]) == NO_NIGHT
    assert "2026-03-30" in capsys.readouterr().out
    assert cli.run(["status", "--json"]) == NO_NIGHT
    said = json.loads(capsys.readouterr().out)
    assert (said["code"], said["missed"], said["troubles"][0]["kind"]) == (NO_NIGHT, "2026-03-30", "missed")
    assert said["counts"]["complete"] == 1 and said["window"] == "23:00-06:00"


def test_status_without_a_database_or_with_a_newer_one(folder, capsys, tmp_path):
    import sqlalchemy as sa

    with connect(tmp_path / "g.db").begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    assert cli.run(["status"]) == 2
    (tmp_path / "g.db").unlink()
    assert cli.run(["status"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and "9999" in said[0]


def test_alerts_need_a_way(books, folder, capsys):
    assert cli.run(["status", "--alert"]) == 2
    assert "[alerts] to" in capsys.readouterr().err
    books.night(30, a="complete")
    assert cli.run(["status", "--alert"]) == 0  # nothing to tell: the check of the morning is well
    assert "[alerts] to" in capsys.readouterr().err


def test_a_mail_that_was_refused_is_not_taken_for_a_night_that_was_missed(books, folder, capsys):
    with (folder / "gongkai.toml").open("a", encoding="utf-8") as file:
        file.write(f'[mail]\nhost = "127.0.0.1"\nport = {free_port()}\nsecurity = "none"\nsender = "g@court.example"\n')
        file.write('[alerts]\nto = ["office@court.example"]\n')
    assert cli.run(["status"]) == NO_NIGHT
    books.night(29, a="complete")
    assert cli.run(["status", "--alert"]) == 2
    assert "the mail was not sent" in capsys.readouterr().err


def test_metrics_hold_what_the_status_says(books, folder, capsys):
    from prometheus_client.parser import text_string_to_metric_families

    books.night(29, a="complete", b="complete")
    books.night(30, a="complete", b="crashed")
    assert cli.run(["status", "--prometheus"]) == ATTENTION
    values = {
        (s.name, *s.labels.values()): s.value
        for family in text_string_to_metric_families(capsys.readouterr().out)
        for s in family.samples
    }
    assert values["gongkai_up",] == 1 and values["gongkai_status",] == ATTENTION
    assert values["gongkai_site_state", "b", "crashed"] == 1 and values["gongkai_site_state", "b", "complete"] == 0
    assert values["gongkai_troubles", "failed"] == 1 and values["gongkai_site_pages", "a"] == 7
    midnight = datetime(2026, 3, 29, tzinfo=CHINA).timestamp()
    assert values["gongkai_site_complete_timestamp_seconds", "b"] == midnight


def test_metrics_are_served_and_say_when_the_database_is_away(books):
    books.night(30, a="complete")
    state = {"away": False}

    def look():
        if state["away"]:
            raise OSError("away")
        return books.look()

    port = free_port()
    stop = metrics.serve(f"127.0.0.1:{port}", look)
    try:
        with pytest.raises(UserError, match=r"\[nightly\] metrics"):
            metrics.serve(f"127.0.0.1:{port}", look)
        for away in (False, True):
            state["away"] = away
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                assert f"gongkai_up {0.0 if away else 1.0}" in answer.read().decode()
    finally:
        stop()
