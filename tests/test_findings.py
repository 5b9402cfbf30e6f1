"""The state of findings on a night is what their sightings, told one after the other, come to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import database
from storage.findings import ENDED, SEEN, Sighting, Subject, fingerprint, history, record_night, state_at
from storage.records import Evidence

FIRST = date(2026, 3, 1)
URL = "http://www.example.example/{}"


def night(number):
    return FIRST + timedelta(days=number)


def subject(name):
    return Subject(kind="page", url=URL.format(name))


def print_of(name, site="s"):
    return fingerprint("W-07", site, subject(name))


def sighting(name, verdict, on, site="s"):
    return Sighting(
        rule="W-07",
        title="死链、错链",
        severity="S2",
        verdict=verdict,
        raw_grade=verdict,
        site=site,
        court="示例市人民法院",
        department=None,
        subject=subject(name),
        message=f"{on}所见",
        remedy="改正或删除该链接。",
        due=on + timedelta(days=5) if verdict == "certain" else None,
        basis=(),
        evidence=(Evidence(url=URL.format(name), excerpt=str(on)),),
    )


def record(connection, on, verdicts, site="s"):
    """One night: verdicts by the name of the subject."""
    seen = [sighting(name, verdict, on, site) for name, verdict in verdicts.items() if verdict in SEEN]
    others = {print_of(name, site): verdict for name, verdict in verdicts.items() if verdict not in SEEN}
    record_night(connection, on, site, seen, others)


@pytest.fixture
def connection():
    with database.connect("sqlite://").begin() as opened:
        yield opened


def told(nights):
    """The life of one finding by its verdicts (None: no sighting), told night by night; None: not found yet."""
    life = None
    for on, verdict in enumerate(nights):
        if verdict is None:
            continue
        if life is None or life["status"] == "resolved":
            ended = life and life["resolved_on"]
            life = {"first_seen": night(on), "nights": 0, "status": "new", "resolved_on": None, "ended_before": ended}
        else:
            life["status"] = "continuing"
        if verdict in SEEN:
            life |= {"grade": verdict, "last_seen": night(on), "nights": life["nights"] + 1}
        if verdict in ENDED:
            life |= {"status": "resolved", "resolved_on": night(on)}
    return life


VERDICTS = st.sampled_from(["certain", "certain", "suspected", "unclear", "unread", "passed", "absent", None])


def possible(verdicts):
    """As nights are written: what is not open is not looked at again, what is open is."""
    is_open, nights = False, []
    for verdict in verdicts:
        if not is_open and verdict not in SEEN:
            verdict = None
        is_open = verdict in SEEN or (is_open and verdict not in ENDED)
        nights.append(verdict)
    return nights


@settings(deadline=None)
@given(st.lists(VERDICTS, min_size=1, max_size=14).map(possible))
def test_the_state_is_what_the_sightings_tell(nights):
    with database.connect("sqlite://").begin() as connection:
        for on, verdict in enumerate(nights):
            record(connection, night(on), {"a": verdict} if verdict else {})
        for on in range(len(nights)):
            expected = told(nights[: on + 1])
            found = state_at(connection, night(on), ended=True)
            assert [{name: getattr(f, name) for name in expected} for f in found] == ([expected] if expected else [])
            for f in found:
                assert f.raw_grade == f.grade
                assert f.is_repetition is (expected["ended_before"] is not None)
                assert f.verified is (nights[on] not in (None, "unread"))
                assert f.evidence[0].excerpt == str(f.last_seen)  # the latest sighting's, carried on while unread


def test_open_ones_and_those_resolved_since(connection):
    record(connection, night(0), dict.fromkeys("abcd", "certain"))
    record(connection, night(1), {"a": "passed", "b": "certain", "c": "certain", "d": "unread"})
    record(connection, night(2), {"b": "absent", "c": "certain", "d": "unread"})
    record(connection, night(3), {"c": "certain", "d": "certain"})

    def names(**how):
        return {f.subject.url[-1]: f.status for f in state_at(connection, night(3), **how)}

    assert names() == {"c": "continuing", "d": "continuing"}
    assert names(since=night(2)) == {"b": "resolved", "c": "continuing", "d": "continuing"}
    assert names(since=night(1)) == names(ended=True) == names() | {"a": "resolved", "b": "resolved"}
    assert {f.subject.url[-1] for f in state_at(connection, night(2))} == {"b", "c", "d"}
    assert [f.status for f in state_at(connection, night(0))] == ["new"] * 4


def test_one_site_and_the_beginning_of_a_fingerprint(connection):
    for site in ("s", "t"):
        record(connection, night(0), {"a": "certain", "b": "suspected"}, site)
    assert {f.site for f in state_at(connection, night(0), site="t")} == {"t"}
    (one,) = state_at(connection, night(0), beginning=print_of("a", "t")[:10])
    assert (one.site, one.grade) == ("t", "certain")
    assert state_at(connection, night(0), beginning="%") == []


def test_history_ends_on_the_night_that_is_asked_for(connection):
    record(connection, night(0), {"a": "certain"})
    record(connection, night(1), {"a": "unread"})
    record(connection, night(2), {"a": "passed"})
    assert history(connection, print_of("a"), night(1)) == [(night(0), "certain"), (night(1), "unread")]


def test_a_deadline_runs_from_the_night_on_which_a_finding_was_opened(connection):
    record(connection, night(0), {"a": "certain"})
    record(connection, night(1), {"a": "certain"})
    record(connection, night(2), {"a": "passed"})
    record(connection, night(3), {"a": "certain"})
    assert [f.due for n in (1, 3) for f in state_at(connection, night(n))] == [night(5), night(8)]
