"""A department reports a finding as rectified; what the nights after the report say of that."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from storage import database, events, runs
from storage.events import RECTIFIED, REPLIED, Event
from storage.findings import Sighting, Subject, fingerprint, record_night
from storage.handling import CHINA, Look, handled, handling_at

FIRST = date(2026, 3, 1)
PRINT = "0123456789abcdef0123"


def night(number):
    return FIRST + timedelta(days=number)


def at(number, hour=12):
    return datetime.combine(night(number), datetime.min.time(), CHINA) + timedelta(hours=hour)


def event(number, what=RECTIFIED, print_=PRINT, hour=12, **values):
    return Event(fingerprint=print_, at=at(number, hour), who="司法公开办", what=what, **values)


def told(script):
    """A story in words: `certain`, `passed` … are nights (02:00), `+rectified`, `+replied` events at noon of that day."""
    steps, looks = [], []
    for number, word in enumerate(script.split()):
        verdict, _, what = word.partition("+")
        if verdict:
            looks.append(Look(night(number), at(number, 2), verdict))
        if what:
            steps.append(event(number, what))
    return handled(steps, looks)


@pytest.mark.parametrize(
    ("script", "state", "checked", "failures"),
    [
        ("certain", "unanswered", None, 0),
        ("certain+replied", "replied", None, 0),
        ("certain+replied certain", "replied", None, 0),
        ("certain+rectified", "reported", None, 0),
        ("certain+rectified unread", "reported", None, 0),
        ("certain +rectified unread unread passed", "confirmed", 4, 0),
        ("certain+rectified passed", "confirmed", 1, 0),
        ("certain+rectified absent", "confirmed", 1, 0),
        ("certain+rectified certain", "reopened", 1, 1),
        ("certain+rectified certain certain", "reopened", 1, 1),
        ("certain+rectified unread certain", "reopened", 2, 1),
        ("certain+rectified certain passed", "confirmed", 2, 1),
        ("certain+rectified certain+rectified", "reported", None, 1),
        ("certain+rectified certain+rectified certain", "reopened", 2, 2),
        ("certain+rectified certain+rectified passed", "confirmed", 2, 1),
        # What was certain and is a mere lead now does not contradict the department …
        ("certain+rectified suspected", "reported", None, 0),
        ("certain+rectified suspected suspected unclear", "reported", None, 0),
        ("certain+rectified suspected certain", "reopened", 2, 1),
        # … but a lead that is seen again does: it was no more when it was reported.
        ("suspected+rectified suspected", "reopened", 1, 1),
        ("suspected+rectified certain", "reopened", 1, 1),
        # The night had found it well before the form came.
        ("certain passed+rectified", "confirmed", 1, 0),
        ("certain passed +rectified", "confirmed", 1, 0),
        # It comes back: nobody has answered for the new episode.
        ("certain+rectified passed certain", "unanswered", None, 0),
        ("certain+rectified certain passed certain", "unanswered", None, 0),
        ("certain+rectified passed certain+rectified passed", "confirmed", 3, 0),
        # A report that is taken back.
        ("certain+rectified certain+replied", "replied", None, 1),
        ("certain+rectified unread+replied certain", "replied", None, 0),
    ],
)
def test_what_the_nights_say_of_a_report(script, state, checked, failures):
    found = told(script)
    assert (found.state, found.failures) == (state, failures)
    assert found.checked_on == (None if checked is None else night(checked))
    assert found.is_pending is (state == "reported")
    assert (found.answer is None) is (state == "unanswered")


def subject(name="a"):
    return Subject(kind="page", url=f"http://www.example.example/{name}")


def record(connection, number, verdict, name="a"):
    made = Sighting(
        rule="W-07", title="死链", severity="S2", verdict=verdict, raw_grade=verdict, site="s", court=None,
        department=None, subject=subject(name), message="打不开", remedy="改正。", due=None, basis=(), evidence=(),
    )  # fmt: skip
    seen = verdict in ("certain", "suspected", "unclear")
    record_night(connection, night(number), "s", [made] if seen else [], {} if seen else {made.fingerprint: verdict})


@pytest.fixture
def connection():
    with database.connect("sqlite://").begin() as opened:
        yield opened


PAGE = fingerprint("W-07", "s", subject())


def test_only_a_night_that_began_after_the_report_is_a_recheck(connection):
    runs.save_site(connection, runs.Site(id="s", court="示例市人民法院", home="http://www.example.example/"))
    record(connection, 0, "certain")
    # Read from one o'clock on: what came at noon cannot have been checked, though the night bears the same date.
    runs.start(connection, "s", night(1), at(1, 1))
    record(connection, 1, "certain")
    events.append(connection, [event(1, print_=PAGE)])
    assert handling_at(connection, night(1))[PAGE].state == "reported"
    # This one bears the date of the report too far back, but began after it: as it is when old nights are read anew.
    runs.start(connection, "s", night(2), at(9, 1))
    record(connection, 2, "certain")
    assert handling_at(connection, night(2))[PAGE].state == "reopened"
    assert handling_at(connection, night(1))[PAGE].state == "reported"


def test_a_night_whose_run_is_not_known_counts_from_the_day_after(connection):
    record(connection, 0, "certain")
    events.append(connection, [event(1, print_=PAGE)])
    record(connection, 1, "certain")
    assert handling_at(connection, night(1))[PAGE].state == "reported"
    record(connection, 2, "passed")
    assert handling_at(connection, night(2))[PAGE].state == "confirmed"


def test_events_come_back_as_they_were_written_in_their_order(connection):
    record(connection, 0, "certain")
    record(connection, 0, "certain")
    made = [
        event(1, REPLIED, PAGE, after={"cause": "改版"}, note="表 第3行"),
        event(2, print_=PAGE, before={"cause": "改版"}, after={"cause": "改版", "finished": "2026-03-02"}),
        event(2, print_=PAGE, until=night(9)),
    ]
    events.append(connection, made)
    read = events.read(connection)[PAGE]
    assert [{**vars(e), "id": None} for e in read] == [vars(e) for e in made]
    assert [e.id for e in read] == sorted(e.id for e in read)
    assert [e.what for e in events.read(connection, until=at(1))[PAGE]] == [REPLIED]
    assert events.read(connection, of=["another"]) == {}
    assert handling_at(connection, night(0), of=["another"]) == {}
    assert handling_at(connection, night(0), until=at(1))[PAGE].state == "replied"


def test_an_event_without_a_zone_or_a_finding_is_refused(connection):
    record(connection, 0, "certain")
    with pytest.raises(ValueError, match="no time zone"):
        events.append(connection, [Event(fingerprint=PAGE, at=datetime(2026, 3, 1), who="x", what=RECTIFIED)])
    with pytest.raises(sa.exc.IntegrityError):
        events.append(connection, [event(1, print_="not a finding")])


def test_a_moment_is_kept_whatever_its_zone(connection):
    record(connection, 0, "certain")
    moment = datetime(2026, 3, 1, 20, tzinfo=timezone(timedelta(hours=-4)))
    events.append(connection, [Event(fingerprint=PAGE, at=moment, who="x", what=RECTIFIED)])
    assert events.read(connection)[PAGE][0].at == moment
