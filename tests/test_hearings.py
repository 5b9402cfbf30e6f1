"""Hearings through storage: what is joined to what, from which nights an announcement is dated, whose hearing it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from auditors.audit import audit_site
from auditors.hearing_joins import build_hearings
from auditors.hearing_views import Shown
from auditors.joins import join
from auditors.policies import read_policy
from auditors.views import Coverage
from storage import runs, store
from storage.findings import state_at
from storage.ledgers import LedgerSheet, save_ledger
from storage.records import Approval, Cadence, CaseEntry, DateSource, Hearing, PageFacts, Section, Stream, Video

HOME = "https://court.example.cn/"
COURT = "示例市东湖区人民法院"
FIRST, SECOND, THIRD = date(2026, 3, 29), date(2026, 3, 30), date(2026, 3, 31)
ONE, TWO = "（2026）粤9902民初1号", "（2026）粤9902刑初2号"
LIST = Section(site="s", url=f"{HOME}ktgg/", name="开庭公告", cadence=Cadence.HIGH_FREQUENCY, record="hearing", items=3)
REPLAYS = Section(site="s", url=f"{HOME}replay", name="庭审回顾", cadence=Cadence.EVENT, record="stream", items=3)
HOME_FACTS = PageFacts(site="s", url=HOME, is_home=True, links_to=("wenshu.court.gov.cn",))


def at(day, clock="09:30"):
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def announced(number, day, *, clock="09:30", **values):
    starts = at(day, clock)
    values = {"url": f"{HOME}ktgg/", "mark": f"{number} {starts:%Y-%m-%d %H:%M}", "section": "开庭公告"} | values
    return Hearing(site="s", case_number=number, starts=starts, starts_raw=str(starts), has_parties=True, **values)


def session(number, day, row=2, **values):
    clock = values.pop("clock", "09:30")
    values = {"public": True, "procedure": "一审"} | values
    return CaseEntry(site="s", source="台账.xlsx", row=row, case_number=number, hearing=at(day, clock), **values)


def stream(case_id, number, day, **values):
    values = {"listed": ("replay",), "video": Video.PLAYABLE, "duration": 3600.0} | values
    return Stream(site="s", case_id=case_id, url=f"{HOME}live/{case_id}", case_number=number, starts=at(day), **values)


@pytest.fixture
def night(database):
    """Save a night: its sections, records and ledger, and give the connection's audit and joins."""
    with database.begin() as connection:
        runs.save_site(connection, runs.Site(id="s", court=COURT, home=HOME))

    def save(day, *records, sections=(LIST,)):
        moment = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        with database.begin() as connection:
            run = runs.start(connection, "s", day, moment)
            runs.update(connection, run.id, status="complete", finished=moment)
            store.save(connection, [HOME_FACTS, *sections, *records], day)
            reads = [
                {"site": "s", "url": s.url, "night": day, "complete": s.complete, "items": s.items} for s in sections
            ]
            runs.save_section_reads(connection, [{"why": None, "newest": None, "oldest": None} | r for r in reads])

    return save


def hearings(database, day, sections=(LIST,), coverage=Coverage.COMPLETE):
    with database.begin() as connection:
        return build_hearings(
            connection, "s", day, home=HOME, court=COURT, sections=sections, coverage=lambda kind: coverage
        )


def audit(database, day, policy=None):
    with database.begin() as connection:
        audit_site(connection, "s", day, policy=read_policy(policy) if policy else None)
        return {(f.rule, f.subject.case_number, f.grade) for f in state_at(connection, day, site="s")}


def test_one_hearing_from_all_sources(database, night):
    night(
        SECOND,
        announced(ONE, "2026-03-20"),
        session("(2026)粤9902民初1号", "2026-03-20", clock="00:00"),
        stream("7", f"{ONE}之一", "2026-03-21"),
        Approval(site="s", source="不直播.xlsx", row=2, subject="stream", case_number=ONE),
    )
    (one,) = hearings(database, SECOND).hearings
    assert (one.day, one.case_number, one.kind, one.public) == (date(2026, 3, 20), ONE, "civil", True)
    assert [len(found) for found in (one.announcements, one.entries, one.streams, one.approvals)] == [1, 1, 1, 1]
    assert one.subject.url == f"{HOME}ktgg/"


def test_two_days_apart_are_two_hearings(database, night):
    night(SECOND, announced(ONE, "2026-03-20"), session(ONE, "2026-03-18"), stream("7", ONE, "2026-03-25"))
    first, second = hearings(database, SECOND).hearings
    assert (first.day, first.announcements, len(first.rescheduled)) == (date(2026, 3, 18), (), 1)
    assert (second.day, second.entries, len(second.sessions)) == (date(2026, 3, 20), (), 1)
    assert len(second.other_streams) == 1


def test_a_rolling_list_keeps_the_night_of_each_hearing(database, night):
    night(FIRST, announced(ONE, "2026-03-30", position=0))
    night(SECOND, announced(ONE, "2026-03-30", position=1), announced(TWO, "2026-03-31", position=0))
    night(THIRD, announced(TWO, "2026-03-31", position=0))
    seen = {h.case_number: h.announcements[0] for h in hearings(database, THIRD).hearings}
    assert (seen[ONE].first_seen, seen[ONE].not_before, seen[ONE].tonight) == (FIRST, None, False)
    assert (seen[TWO].first_seen, seen[TWO].not_before, seen[TWO].tonight) == (SECOND, FIRST, True)
    assert audit(database, THIRD) >= {("H-01", TWO, "suspected")}  # not yet there on the 29th


def test_a_row_that_moves_to_another_page_is_no_new_announcement(database, night):
    night(FIRST, announced(TWO, "2026-04-01"))
    night(SECOND, announced(TWO, "2026-04-01", url=f"{HOME}ktgg/index_2.html"))
    (one,) = hearings(database, SECOND).hearings
    assert {a.first_seen for a in one.announcements} == {FIRST}
    assert not [f for f in audit(database, SECOND) if f[0] == "H-01"]


def test_a_night_that_was_not_completely_read_dates_nothing(database, night):
    broken = Section(**{**LIST.__dict__, "complete": False})
    night(FIRST, sections=(broken,))
    night(SECOND, announced(TWO, "2026-03-31"))
    (one,) = hearings(database, SECOND).hearings
    assert one.announcements[0].not_before is None
    assert not [f for f in audit(database, SECOND) if f[0] == "H-01"]


def test_hearings_of_other_courts_on_a_list_of_the_province(database, night):
    other = "（2026）粤9903刑初5号"
    label = {"published": date(2026, 3, 19), "published_source": DateSource.LABEL}
    night(
        SECOND,
        session(ONE, "2026-03-20"),
        announced(ONE, "2026-03-20", court=COURT),
        announced(other, "2026-03-20", court="示例市西山区人民法院", **label),
        announced("（2026）粤9904刑初6号", "2026-03-20", **label),  # by its code
        announced(TWO, "2026-03-20", court="广东省示例市东湖区人民法院", **label),
        stream("1", other, "2026-03-20", court="示例市西山区人民法院", video=Video.NO_PLAYLIST),
    )
    found = hearings(database, SECOND)
    assert [h.case_number for h in found.hearings] == [TWO, ONE]
    assert found.streams == []
    assert {f for f in audit(database, SECOND) if f[0] == "H-01"} == {("H-01", TWO, "certain")}


@pytest.mark.parametrize(
    ("oldest", "day", "shown"),
    [
        ("2026-03-01", "2026-03-20", Shown.SURELY),  # the list holds hearings ten days older
        ("2026-03-15", "2026-03-20", Shown.LIKELY),
        ("2026-03-25", "2026-03-20", Shown.UNKNOWN),  # only what comes after
        ("2026-03-25", "2026-03-31", Shown.SURELY),  # tonight is the night before
    ],
)
def test_would_the_list_have_shown_it(database, night, oldest, day, shown):
    night(SECOND, announced(ONE, oldest), session(TWO, day))
    states = {h.case_number: h for h in hearings(database, SECOND).hearings}
    assert states[TWO].shown is shown


def test_an_earlier_night_may_have_shown_that_it_was_missing(database, night):
    night(FIRST)
    night(THIRD, session(TWO, "2026-03-30"))
    (one,) = hearings(database, THIRD).hearings
    assert one.shown is Shown.SURELY  # the list was read on the 29th, a day before


def save_approvals(database, rows, unread=0):
    sheet = LedgerSheet(source="不直播.xlsx", kind="streams", rows=len(rows), unread=unread)
    with database.begin() as connection:
        save_ledger(
            connection,
            site="s",
            file="不直播.xlsx",
            sha256="0" * 64,
            sheets=[sheet],
            records=rows,
            night=SECOND,
            imported=datetime(2026, 3, 30, tzinfo=UTC),
        )


def approval(number, row=2):
    return Approval(
        site="s",
        source="不直播.xlsx",
        row=row,
        subject="stream",
        case_number=number,
        cause="买卖合同纠纷",
        has_parties=True,
        handler="张某",
        hearing=at("2026-03-20"),
        reason="当事人申请",
        approver="李某",
        level="庭级",
    )


@pytest.mark.parametrize(
    ("sheets", "grade"),
    [
        ({"rows": []}, "certain"),
        ({"rows": [approval(TWO)]}, "certain"),
        ({"rows": [approval(ONE)]}, None),
        ({"rows": [], "unread": 1}, "suspected"),  # one of the rows that could not be read may be this case's
        (None, "suspected"),  # no ledger of approvals at all
    ],
)
def test_neither_streamed_nor_approved(database, night, sheets, grade):
    listed = stream("1", "（2026）粤9902民初9号", "2026-03-10")
    night(SECOND, session(ONE, "2026-03-20"), announced(ONE, "2026-03-20"), listed, sections=(LIST, REPLAYS))
    if sheets is not None:
        save_approvals(database, **sheets)
    assert [f[2] for f in audit(database, SECOND, "huadu_2020") if f[0] == "L-01"] == ([grade] if grade else [])
    assert not [f for f in audit(database, SECOND) if f[0] == "L-01"]  # no local norm, no duty


def test_a_dead_replay_is_certain_on_the_second_night(database, night):
    dead = stream("1", ONE, "2026-03-20", video=Video.EMPTY_PLAYLIST, duration=None)
    night(FIRST, dead, sections=(LIST, REPLAYS))
    assert ("L-06", ONE, "suspected") in audit(database, FIRST)
    night(SECOND, dead, sections=(LIST, REPLAYS))
    assert ("L-06", ONE, "certain") in audit(database, SECOND)
    night(THIRD, sections=(LIST, REPLAYS))  # no longer listed
    with database.begin() as connection:
        audit_site(connection, "s", THIRD)
        (one,) = [f for f in state_at(connection, THIRD, site="s") if f.rule == "L-06"]
    assert one.status == "resolved"


def test_a_portal_that_shuts_us_out_leaves_everything_as_it_was(database, night):
    blocked = Section(**{**REPLAYS.__dict__, "complete": False, "why": "平台要求验证"})
    dead = stream("1", ONE, "2026-03-20", video=Video.NO_PLAYLIST, duration=None)
    night(FIRST, dead, session(TWO, "2026-03-20"), sections=(LIST, REPLAYS))
    assert ("L-06", ONE, "suspected") in audit(database, FIRST)
    night(SECOND, sections=(LIST, blocked))
    found = audit(database, SECOND, "huadu_2020")
    assert ("L-06", ONE, "suspected") in found
    assert not [f for f in found if f[0] == "L-01" and f[2] != "unclear"]


def test_counts_of_the_year(database, night):
    night(
        SECOND,
        session(ONE, "2026-03-20", row=2),
        session(TWO, "2026-03-21", row=3),
        session("（2026）粤9902民初3号", "2026-03-22", row=4, public=False),
        session("（2026）粤9902民初4号", "2026-04-22", row=5),  # to come
        session("（2025）粤9902民初5号", "2025-12-22", row=6),
        stream("1", ONE, "2026-03-20"),
        stream("2", ONE, "2026-03-20"),  # a second session on that day
        stream("3", "（2025）粤9902民初7号", "2025-02-20"),
        stream("4", "（2025）粤9902民初8号", "2025-09-20"),  # after that day of the year
        stream("5", "（2024）粤9902民初8号", "2024-09-20"),
        stream("6", None, "2026-02-20"),
        stream("7", TWO, "2026-04-20", listed=("preview",), video=Video.NONE_YET),
    )
    (year,) = hearings(database, SECOND).years
    assert (year.streamed, year.streamed_before, year.reaches_back) == (3, 1, True)
    assert (year.hearings, year.public, year.public_streamed, year.hearings_streamed) == (3, 2, 1, 1)
    assert year.unnumbered == 1


def test_what_a_section_of_announcements_last_announced(database, night):
    night(SECOND, announced(ONE, "2026-03-10"), session(TWO, "2026-03-27"), session(ONE, "2026-04-07", row=3))
    with database.begin() as connection:
        views = join(connection, "s", SECOND, []).views
    (section,) = (v for kind, states in views.items() if kind.__name__ == "SectionState" for v in states)
    assert section.last_announced == date(2026, 3, 10)
    assert section.hearing_days == (date(2026, 3, 27),)
    assert ("H-06", None, "certain") in audit(database, SECOND)


def test_two_cases_of_one_judge_at_one_time_were_heard_together(database, night):
    both = {"handler": "张某"}
    night(
        SECOND,
        session(ONE, "2026-03-20", row=2, **both),
        session(TWO, "2026-03-20", row=3, **both),
        session("（2026）粤9902民初3号", "2026-03-20", row=4, handler="李某"),
        session("（2026）粤9902民初4号", "2026-03-20", row=5, clock="14:30", **both),
        announced(ONE, "2026-03-20"),
        stream("1", ONE, "2026-03-20"),
    )
    joint = {h.case_number: (h.joint_announced, h.joint_streamed) for h in hearings(database, SECOND).hearings}
    assert joint[TWO] == (True, True)
    assert {joint[n] for n in joint if n != TWO} == {(False, False)}


def test_a_ledger_that_gives_days_alone_does_not_say_who_sat_together(database, night):
    days = {"handler": "张某", "clock": "00:00"}
    night(
        SECOND,
        session(ONE, "2026-03-20", row=2, **days),
        session(TWO, "2026-03-20", row=3, **days),
        announced(ONE, "2026-03-20"),
    )
    assert not any(h.joint_announced for h in hearings(database, SECOND).hearings)


def test_an_abandoned_section_beside_one_that_is_kept_up(database, night):
    old = Section(**{**LIST.__dict__, "url": f"{HOME}old/", "name": "庭审公告"})
    fresh = announced(TWO, "2026-04-02", section="开庭公告")
    stale = announced(ONE, "2026-02-10", section="庭审公告", url=f"{HOME}old/")
    night(SECOND, fresh, stale, session(ONE, "2026-03-20"), sections=(LIST, old))
    assert not [f for f in audit(database, SECOND) if f[0] == "H-06"]
