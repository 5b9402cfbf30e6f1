"""What became of the findings of the period before, over invented nights and what departments reported."""

from datetime import datetime

import pytest

from reports.bulletin import compose
from reports.period import Period
from reports.skeleton import skeleton
from storage import database, events
from storage.events import RECTIFIED, REPLIED, Event
from storage.findings import state_at
from tests.bulletins import months
from tests.bulletins.months import CHINA, FEBRUARY, GENERATED, MARCH, MONTH, OFFICE
from tests.bulletins.plain import plain


def names(entries):
    return [entry.subject for entry in entries]


@pytest.fixture(scope="module")
def march():
    return months.bulletin(months.march).recheck


def test_each_of_the_issued_has_one_fate(march):
    assert names(march.rectified) == [
        "（2026）示0102民初2号",
        "（2026）示0102民初3号",
        "http://www.csqfy.example/old.htm",
    ]
    assert names(march.remaining) == ["（2026）示0102民初1号", "http://www.csqfy.example/gone.htm"]
    assert not march.unverified
    assert not march.lowered
    parts = (march.rectified, march.remaining, march.unverified, march.lowered)
    assert sum(map(len, parts)) == len(march.issued) == 5


def test_overdue_repeated_and_found_within(march):
    assert names(march.overdue) == ["（2026）示0102民初1号"]
    assert names(march.repeated) == ["http://www.csqfy.example/gone.htm"]
    assert names(march.within) == ["http://www.csqfy.example/new.htm"]
    assert not march.failed  # nobody had reported anything


def test_units_add_up(march):
    assert [(row.name, row.issued, row.rectified, row.remaining, row.overdue) for row in march.units] == [
        ("民事审判第一庭", 2, 1, 1, 1),
        ("民事审判第二庭", 1, 1, 0, 0),
        ("综合办公室", 2, 1, 1, 0),
    ]
    assert sum(row.issued for row in march.units) == len(march.issued)


def test_what_could_not_be_read_is_neither_rectified_nor_still_open():
    told = months.bulletin(months.incomplete).recheck
    assert len(told.unverified) == 4
    assert names(told.remaining) == names(told.overdue) == ["http://www.csqfy.example/gone.htm"]


def test_the_first_month_has_nothing_to_check_again():
    made = months.bulletin(months.first)
    assert made.recheck.first
    assert not made.recheck.issued
    assert "自下期起复查" in plain(made)


def test_a_certain_one_that_became_a_lead_is_not_called_rectified():
    def build(connection):
        months.february(connection)
        months.visit(connection, months.COURT, MARCH)
        gone = {f"（2026）示0102民初{n}号": "passed" for n in (1, 3)}
        gone |= {f"http://www.csqfy.example/{name}.htm": "passed" for name in ("old", "gone")}
        lead = months.case("D-01", months.COURT, "（2026）示0102民初2号", "证据不足。", "suspected", night=MARCH)
        months.record(connection, MARCH, [lead], gone)

    told = months.bulletin(build).recheck
    assert names(told.lowered) == ["（2026）示0102民初2号"]
    assert len(told.rectified) == 4


def reported(number, what=RECTIFIED):
    """March, with feedback of 10 March on one of February's findings."""

    def build(connection):
        months.march(connection)
        subject = f"（2026）示0102民初{number}号"
        found = next(f for f in state_at(connection, FEBRUARY) if f.subject.identity == subject)
        at = datetime(2026, 3, 10, 9, tzinfo=CHINA)
        events.append(connection, [Event(fingerprint=found.fingerprint, at=at, who="司法公开办", what=what)])

    return months.bulletin(build)


def test_reported_as_rectified_and_seen_again_is_a_failed_recheck():
    made = reported(1)
    assert names(made.recheck.failed) == ["（2026）示0102民初1号"]
    assert made.recheck.reported == 1
    assert "反馈已整改、复查仍然存在的1条：民事审判第一庭（2026）示0102民初1号（生效文书逾期上网）。" in plain(made)


def test_reported_and_confirmed_is_no_failure():
    made = reported(2)
    assert not made.recheck.failed
    assert made.recheck.reported == 1


def test_an_answer_that_claims_nothing_cannot_fail():
    made = reported(1, REPLIED)
    assert not made.recheck.failed
    assert made.recheck.reported == 0


def test_units_that_answered_nothing_are_named_only_where_others_answered(march):
    assert march.silent == ()
    assert reported(1).recheck.silent == ("民事审判第二庭", "综合办公室")


def test_an_answer_after_the_bulletin_was_composed_is_not_known_to_it():
    engine = database.connect("sqlite://")
    with engine.begin() as connection:
        months.march(connection)
        found = state_at(connection, FEBRUARY)[0]
        late = datetime(2026, 4, 3, tzinfo=CHINA)
        events.append(connection, [Event(fingerprint=found.fingerprint, at=late, who="a", what=RECTIFIED)])
        made = compose(connection, MONTH, generated_at=GENERATED, imprint=OFFICE)
    assert made.recheck.reported == 0


def test_a_quarter_looks_back_over_the_whole_quarter():
    made = months.bulletin(months.march, Period.of_quarter(2026, 1))
    assert not made.recheck.first  # the year before was audited
    assert not made.recheck.issued
    assert names(made.recheck.within) == [
        "（2026）示0102民初2号",
        "（2026）示0102民初3号",
        "http://www.csqfy.example/old.htm",
        "http://www.csqfy.example/new.htm",
    ]
    assert "上期没有需要复查的问题" in "".join(getattr(block, "text", "") for block in skeleton(made).body)
