"""Open, new and resolved findings night by night, from the verdicts in storage: against the state of each night."""

from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta

import pytest

from storage import database, runs
from storage.findings import Sighting, Subject, record_night, state_at
from storage.trends import days

NOW = datetime(2026, 3, 31, tzinfo=UTC)
SITE, OTHER = "a", "b"


def night(number):
    return date(2026, 3, number)


def seen(name, verdict="certain", site=SITE, department=None):
    return Sighting(
        rule="W-07", title="死链", severity="S2", verdict=verdict, raw_grade=verdict, site=site, court=None,
        department=department, subject=Subject(kind="link", url=f"http://{site}.example/{name}"), message="", remedy="",
        due=None, basis=(), evidence=(),
    )  # fmt: skip


def audit(connection, number, sightings=(), others=None, site=SITE):
    run = runs.start(connection, site, night(number), NOW)
    runs.update(connection, run.id, status="complete", audited=NOW)
    gone = {seen(name, site=site).fingerprint: verdict for name, verdict in (others or {}).items()}
    record_night(connection, night(number), site, list(sightings), gone)


@pytest.fixture
def connection():
    engine = database.connect("sqlite://")
    with engine.begin() as connection:
        for site in (SITE, OTHER):
            runs.save_site(connection, runs.Site(id=site, court="示例法院", home=f"http://{site}.example/"))
        yield connection


def told(connection, first, last, sites=(SITE,), department=None):
    return [astuple(one) for one in days(connection, list(sites), night(first), night(last), department)]


def test_new_open_and_resolved(connection):
    audit(connection, 1, [seen("x"), seen("y"), seen("z", "suspected")])
    audit(connection, 2, [seen("x"), seen("z")], {"y": "passed"})
    audit(connection, 4, [seen("v")], {"x": "absent", "z": "unread"})
    assert told(connection, 1, 9) == [
        (SITE, night(1), 2, 2, 0, 0),
        (SITE, night(2), 2, 1, 1, 0),  # z counts now, y is resolved
        (SITE, night(4), 2, 1, 1, 0),  # z could not be looked at and stands
    ]


def test_a_lead_that_no_longer_counts_is_neither_open_nor_resolved(connection):
    audit(connection, 1, [seen("x")])
    audit(connection, 2, [seen("x", "suspected")])
    audit(connection, 3, [], {"x": "passed"})
    assert told(connection, 1, 9) == [
        (SITE, night(1), 1, 1, 0, 0),
        (SITE, night(2), 0, 0, 0, 1),
        (SITE, night(3), 0, 0, 0, 0),
    ]


def test_a_fault_that_returns_is_new_again(connection):
    audit(connection, 1, [seen("x")])
    audit(connection, 2, [], {"x": "passed"})
    audit(connection, 3)
    audit(connection, 4, [seen("x")])
    assert [one[2:5] for one in told(connection, 1, 9)] == [(1, 1, 0), (0, 0, 1), (0, 0, 0), (1, 1, 0)]


def test_what_stood_open_before_is_not_new(connection):
    audit(connection, 1, [seen("x"), seen("y")])
    audit(connection, 3, [seen("y")], {"x": "passed"})
    audit(connection, 5, [seen("y"), seen("z")])
    assert told(connection, 4, 9) == [(SITE, night(3), 1, 0, 0, 0), (SITE, night(5), 2, 1, 0, 0)]
    assert told(connection, 2, 3) == [(SITE, night(1), 2, 0, 0, 0), (SITE, night(3), 1, 0, 1, 0)]


@pytest.mark.parametrize(("before", "counts"), [("certain", 1), ("suspected", 0)])
def test_what_was_not_read_when_the_days_begin_stands_as_it_was(connection, before, counts):
    audit(connection, 1, [seen("x", before)])
    audit(connection, 2, [], {"x": "unread"})
    audit(connection, 3, [], {"x": "unread"})
    audit(connection, 4, [], {"x": "passed"})
    assert [one[2:5] for one in told(connection, 3, 9)] == [(counts, 0, 0), (counts, 0, 0), (0, 0, counts)]


def test_sites_are_counted_apart_and_nights_without_an_audit_are_left_out(connection):
    audit(connection, 1, [seen("x")])
    audit(connection, 2, [seen("x", site=OTHER), seen("y", site=OTHER)], site=OTHER)
    runs.start(connection, SITE, night(3), NOW)  # read, but not audited
    assert told(connection, 1, 9, (SITE, OTHER)) == [(SITE, night(1), 1, 1, 0, 0), (OTHER, night(2), 2, 2, 0, 0)]
    assert told(connection, 1, 9, ()) == []


def test_one_department(connection):
    audit(connection, 1, [seen("x", department="执行局"), seen("y", department="立案庭"), seen("z")])
    audit(connection, 2, [seen("y", department="执行局"), seen("z")], {"x": "passed"})
    assert [one[2:5] for one in told(connection, 1, 9, department="执行局")] == [(2, 2, 0), (1, 0, 1)]
    assert [one[2:5] for one in told(connection, 1, 1, department="立案庭")] == [(1, 1, 0)]


def test_it_agrees_with_the_state_of_each_night(connection):
    """Thirty nights of four links in all their fates: the numbers are those that each night's bulletin would count."""
    verdicts = ("certain", "suspected", "unclear", "passed", "absent", "unread", "certain")
    for number in range(1, 31):
        found, gone = [], {}
        for name, pace in (("x", 3), ("y", 5), ("z", 7), ("w", 11)):
            verdict = verdicts[(number * pace + number // pace) % len(verdicts)]
            if verdict in ("passed", "absent", "unread"):
                gone[name] = verdict
            else:
                found.append(seen(name, verdict))
        audit(connection, number, found, gone)
    for first in (1, 7, 15):
        for one in days(connection, [SITE], night(first), night(30)):
            state = state_at(connection, one.night)
            counted = [f for f in state if f.status != "resolved" and f.grade == "certain"]
            assert one.open == len(counted), one.night
            if one.night >= night(first):
                before = {
                    f.fingerprint
                    for f in state_at(connection, one.night - timedelta(days=1))
                    if f.status != "resolved" and f.grade == "certain"
                }
                assert one.new == len({f.fingerprint for f in counted} - before)
                assert one.resolved == sum(f.status == "resolved" and f.fingerprint in before for f in state)
