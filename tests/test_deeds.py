"""What people may do with a finding, at which stage, in which role, and what a night makes of it."""

from datetime import date, datetime, timedelta

import pytest

from gongkai.console import deeds
from gongkai.console.deeds import Deed, Incomplete, NotAllowed, NotThere, Stale
from storage import accounts, events, findings, life, runs, standing
from storage.accounts import User
from storage.database import connect
from storage.events import RECTIFIED, REPLIED, Event
from tests.bulletins import two_nights

NOW = two_nights.GENERATED
LINK = "http://www.dsqfy.example/gone.html"
CASE = "（2025）示0102民初1208号"


def user(role="inspector", department=None, sites=()):
    return User(name=role, role=role, department=department, sites=sites, made=NOW)


INSPECTOR, VIEWER = user(), user("viewer")
CIVIL = user("department", "民事审判第一庭")


@pytest.fixture
def connection(tmp_path):
    engine = connect(tmp_path / "trial.db")
    with engine.begin() as made:
        two_nights.build(made)
        standing.renew(made, NOW.date())
        yield made


def print_of(connection, subject):
    row = connection.execute(standing.table.select().where(standing.table.c.subject == subject)).mappings().first()
    return row["fingerprint"]


def act(connection, subject, what, who=INSPECTOR, now=NOW, **more):
    return deeds.do(connection, who, print_of(connection, subject), Deed(what=what, **more), now)


def test_the_way_of_a_finding_from_new_to_closed(connection):
    assert act(connection, CASE, life.CONFIRM)["stage"] == "confirmed"
    row = act(connection, CASE, life.ASSIGN, person="某某")
    assert (row["stage"], row["responsible"], row["person"]) == ("assigned", "民事审判第一庭", "某某")
    assert act(connection, CASE, RECTIFIED, who=CIVIL, note="已上网")["stage"] == "rectified"
    fingerprint = print_of(connection, CASE)
    said = events.read(connection, of=[fingerprint])[fingerprint]
    assert [(e.who, e.what, e.before["stage"], e.after["stage"]) for e in said] == [
        ("inspector", "confirmed", "new", "confirmed"),
        ("inspector", "assigned", "confirmed", "assigned"),
        ("department", "rectified", "assigned", "rectified"),
    ]
    night = NOW.date() + timedelta(days=1)
    looked(connection, night, fingerprint, findings.PASSED)
    assert deeds.find(connection, INSPECTOR, fingerprint)["stage"] == "closed"


def looked(connection, night, fingerprint, verdict):
    """A night of that finding's site, which leaves all its other findings as they were."""
    row = deeds.find(connection, user("administrator"), fingerprint)
    began = datetime(night.year, night.month, night.day, 23, tzinfo=NOW.tzinfo)
    run = runs.start(connection, row["site"], night, began)
    runs.update(connection, run.id, status="complete", audited=began)
    known = findings.state_at(connection, night, site=row["site"], ended=True)
    opened = [f for f in known if f.status != "resolved"]
    if verdict == findings.CERTAIN:
        seen = [
            two_nights.case(f.rule, f.site, f.subject.case_number, f.message, night=night, department=f.department)
            for f in known
            if f.fingerprint == fingerprint
        ]
        assert [s.fingerprint for s in seen] == [fingerprint]
        others = {f.fingerprint: findings.UNREAD for f in opened if f.fingerprint != fingerprint}
    else:
        seen, others = [], {f.fingerprint: findings.UNREAD for f in opened} | {fingerprint: verdict}
    findings.record_night(connection, night, row["site"], seen, others)
    standing.renew(connection, night, site=row["site"])


def test_a_night_that_still_sees_it_reopens_what_was_called_rectified(connection):
    fingerprint = print_of(connection, CASE)
    act(connection, CASE, RECTIFIED, who=CIVIL)
    looked(connection, NOW.date() + timedelta(days=1), fingerprint, findings.UNREAD)
    assert deeds.find(connection, INSPECTOR, fingerprint)["stage"] == "rectified"
    looked(connection, NOW.date() + timedelta(days=2), fingerprint, findings.CERTAIN)
    assert deeds.find(connection, INSPECTOR, fingerprint)["stage"] == "reopened"


def test_a_false_alarm_stays_one_and_a_waiver_ends_on_its_day(connection):
    fingerprint = print_of(connection, CASE)
    act(connection, CASE, life.DISMISS, note="文书已在中国裁判文书网公布")
    looked(connection, NOW.date() + timedelta(days=1), fingerprint, findings.CERTAIN)
    assert deeds.find(connection, INSPECTOR, fingerprint)["stage"] == "false_alarm"
    act(connection, LINK, life.WAIVE, note="网站改版", until=NOW.date() + timedelta(days=30))
    for after, stage in ((30, "waived"), (31, "confirmed")):
        standing.renew(connection, NOW.date() + timedelta(days=after))
        assert deeds.find(connection, INSPECTOR, print_of(connection, LINK))["stage"] == stage


@pytest.mark.parametrize(
    ("who", "what", "error"),
    [
        (VIEWER, life.CONFIRM, "role"),
        (VIEWER, life.COMMENT, "role"),
        (CIVIL, life.CLOSE, "role"),
        (CIVIL, life.DISMISS, "role"),
        (CIVIL, life.ASSIGN, "role"),
        (INSPECTOR, life.REOPEN, "stage"),
        (INSPECTOR, life.EXTEND, "stage"),
        (INSPECTOR, life.RAISE, "stage"),
        (INSPECTOR, "deleted", "role"),
    ],
)
def test_what_a_role_or_stage_does_not_allow(connection, who, what, error):
    with pytest.raises(NotAllowed, match=error):
        act(connection, CASE, what, who=who, note="理由", deadline=NOW.date() + timedelta(days=5))
    assert events.read(connection) == {}


@pytest.mark.parametrize(
    ("what", "more", "part"),
    [
        (life.CLOSE, {}, "note"),
        (life.DISMISS, {"note": "  "}, "note"),
        (life.COMMENT, {}, "note"),
        (REPLIED, {}, "note"),
        (life.WAIVE, {"note": "x"}, "until"),
        (life.WAIVE, {"note": "x", "until": NOW.date()}, "until"),
        (life.WAIVE, {"note": "x", "until": NOW.date() + timedelta(days=400)}, "until"),
        (life.ASSIGN, {"deadline": NOW.date() - timedelta(days=1)}, "deadline"),
    ],
)
def test_what_is_missing_is_named(connection, what, more, part):
    with pytest.raises(Incomplete, match=part):
        act(connection, CASE, what, **more)
    assert events.read(connection) == {}


def test_nobody_acts_on_what_he_may_not_see(connection):
    with pytest.raises(NotThere):
        act(connection, LINK, RECTIFIED, who=CIVIL)
    with pytest.raises(NotThere):
        act(connection, LINK, life.COMMENT, who=user(sites=("hekou",)), note="x")
    with pytest.raises(NotThere):
        deeds.do(connection, INSPECTOR, "0" * 20, Deed(what=life.CONFIRM), NOW)


def test_of_two_who_act_at_once_the_second_is_told(connection):
    fingerprint = print_of(connection, CASE)
    version = deeds.find(connection, INSPECTOR, fingerprint)["version"]
    act(connection, CASE, life.CONFIRM, version=version)
    with pytest.raises(Stale):
        act(connection, CASE, life.DISMISS, version=version, note="误报")
    assert [e.what for e in events.read(connection)[fingerprint]] == ["confirmed"]


def test_whoever_only_looks_makes_nobodys_form_stale(connection):
    fingerprint = print_of(connection, CASE)
    seen = deeds.find(connection, INSPECTOR, fingerprint)["version"]
    looked = Event(fingerprint=fingerprint, at=NOW, who="li", what="viewed")
    events.append(connection, [looked])
    standing.renew(connection, NOW.date(), only=[fingerprint])
    assert deeds.find(connection, INSPECTOR, fingerprint)["version"] == seen


def test_many_at_once_and_why_some_were_not(connection):
    prints = [print_of(connection, CASE), print_of(connection, LINK), "0" * 20, print_of(connection, CASE)]
    act(connection, LINK, life.CONFIRM)
    done, refused = deeds.do_all(connection, INSPECTOR, dict.fromkeys(prints), Deed(what=life.CONFIRM), NOW)
    assert (done, refused) == (prints[:1], {prints[1]: "stage", prints[2]: "not_there"})


def test_the_deadline_follows_the_severity_in_working_days(connection):
    row = act(connection, CASE, life.ASSIGN)
    assert (row["severity"], row["deadline"]) == ("S1", date(2026, 4, 3))  # three working days after 31 March 2026


def test_what_is_overdue_is_raised_once_for_each_deadline(connection):
    act(connection, CASE, life.ASSIGN, deadline=NOW.date())
    later = NOW + timedelta(days=1)
    standing.renew(connection, later.date())
    deeds.escalate(connection, later)
    row = deeds.find(connection, INSPECTOR, print_of(connection, CASE))
    assert (row["raised"], deeds.level(row["severity"], row["raised"])) == (1, "S0")
    assert deeds.escalate(connection, later) == 0
    act(connection, CASE, life.ASSIGN, now=later, deadline=later.date())
    after = later + timedelta(days=3)
    standing.renew(connection, after.date())
    deeds.escalate(connection, after)
    assert deeds.find(connection, INSPECTOR, print_of(connection, CASE))["raised"] == 2


def test_a_department_keeps_sight_of_what_was_assigned_to_it_and_loses_the_rest(connection):
    act(connection, LINK, life.ASSIGN, department="民事审判第一庭")
    assert deeds.find(connection, CIVIL, print_of(connection, LINK))["stage"] == "assigned"
    act(connection, CASE, life.ASSIGN, department="民事审判第二庭")
    with pytest.raises(NotThere):
        deeds.find(connection, CIVIL, print_of(connection, CASE))


@pytest.mark.parametrize("role", accounts.ROLES)
@pytest.mark.parametrize("stage", life.STAGES)
def test_what_is_offered_is_what_is_allowed(role, stage):
    offered = deeds.possible(user(role, "庭" if role == "department" else None), stage)
    assert all(stage in deeds.FROM[what] for what in offered)
    assert (role != "viewer") or offered == ()


def test_what_comes_back_after_it_was_well_is_raised_for_that(connection):
    fingerprint = print_of(connection, CASE)
    for days, verdict in ((1, findings.PASSED), (2, findings.CERTAIN)):
        looked(connection, NOW.date() + timedelta(days=days), fingerprint, verdict)
    deeds.escalate(connection, NOW + timedelta(days=2))
    raised = [e for e in events.read(connection, of=[fingerprint])[fingerprint] if e.note == "G-06"]
    assert [(e.who, e.before, e.after["raised"]) for e in raised] == [("gongkai", {"raised": 0}, 1)]
    before = len(events.read(connection, of=[fingerprint])[fingerprint])
    deeds.escalate(connection, NOW + timedelta(days=2))
    assert len(events.read(connection, of=[fingerprint])[fingerprint]) == before
