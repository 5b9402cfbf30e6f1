"""hearings.ics: only public hearings to come, in a form that calendars read, and nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from reports.formats import ICS, ics, render_all, staged
from reports.hearings import PublicHearing, is_public
from storage import runs, store
from storage.records import CaseEntry, Hearing, Stream
from tests.bulletins import months

NIGHT = months.MARCH
URL = "http://www.csqfy.example/ktgg/1.html"


def at(day, hour=9, minute=30):
    return datetime(2026, 4, day, hour, minute, tzinfo=months.CHINA)


def hearing(number, starts, **more):
    values = {
        "site": months.COURT, "url": URL, "mark": f"{number} {starts}", "case_number": f"（2026）粤9902民初{number}号",
        "starts": starts, "place": "第三审判庭", "cause": "买卖合同纠纷", "has_parties": True, "purpose": "hearing",
    }  # fmt: skip
    return Hearing(**values | more)


def bulletin(*hearings, before=(), others=(), **options):
    def build(connection):
        months.march(connection)
        store.save(connection, before, months.FEBRUARY)
        store.save(connection, [*hearings, *others], NIGHT)

    return months.bulletin(build, **options)


def unfolded(content):
    return content.decode("utf-8").replace("\r\n ", "").split("\r\n")


def test_an_event_says_what_when_and_where():
    stream = Stream(
        site=months.COURT,
        case_id="7",
        url="https://tingshen.example/live/7",
        case_number="（2026）粤9902民初1号",
        starts=at(9),
    )
    made = bulletin(hearing(1, at(9)), others=[stream])
    lines = unfolded(ics.render(made))
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART:20260409T013000Z" in lines
    assert f"DTSTAMP:{made.generated_at:%Y%m%d}T013000Z" in lines
    assert "SUMMARY:公开开庭：买卖合同纠纷 （2026）粤9902民初1号" in lines
    assert "LOCATION:示例市城南区人民法院 第三审判庭" in lines
    assert "URL:https://tingshen.example/live/7" in lines
    assert not any(line.startswith(("DTEND", "DURATION")) for line in lines)
    (description,) = [line for line in lines if line.startswith("DESCRIPTION:")]
    assert f"公告：{URL}\\n公告未载明结束时间" in description


@pytest.mark.parametrize(
    ("more", "listed"),
    [
        ({}, True),
        ({"public": True}, True),
        ({"public": False}, False),
        ({"minor": True}, False),
        ({"victim": True, "public": True}, False),
        ({"purpose": "other"}, False),
        ({"purpose": "sentencing"}, True),
        ({"cause": "离婚纠纷"}, False),
        ({"cause": "强奸罪"}, False),
        ({"cause": "离婚纠纷", "public": True}, True),
        ({"case_number": "（2026）粤9902民初9号"}, False),  # the court's ledger calls it not public
    ],
)
def test_what_may_be_closed_is_not_listed(more, listed):
    assert is_public(hearing(1, at(9), **more), {"（2026）粤9902民初9号"}) is listed


def test_only_what_is_still_to_come_and_not_closed_by_the_ledger():
    closed = CaseEntry(site=months.COURT, source="l.xlsx", row=2, case_number="（2026）粤9902民初4号", public=False)
    made = bulletin(
        hearing(1, at(9)),
        hearing(2, datetime(2026, 3, 31, 9, tzinfo=months.CHINA)),
        hearing(3, None),
        hearing(4, at(10)),
        others=[closed],
        before=[hearing(5, at(11))],  # not announced any more
    )
    assert [one.case_number for one in made.hearings] == ["（2026）粤9902民初1号"]


def test_a_hearing_that_was_moved_keeps_its_uid_with_a_higher_sequence():
    first = bulletin(hearing(1, at(9))).hearings[0]
    moved = bulletin(hearing(1, at(16, 14, 0)), before=[hearing(1, at(9))]).hearings[0]
    assert (first.uid, first.sequence) == (moved.uid, 0)
    assert (moved.sequence, moved.starts) == (1, at(16, 14, 0))


def test_what_was_not_read_to_the_end_stays_as_it_was_announced():
    def build(connection):
        months.march(connection)
        store.save(connection, [hearing(1, at(9))], months.FEBRUARY)
        run = runs.find(connection, months.COURT, NIGHT)
        runs.update(connection, run.id, status="incomplete")

    assert len(months.bulletin(build).hearings) == 1


def test_several_sessions_of_one_case_are_several_events():
    made = bulletin(hearing(1, at(9)), hearing(1, at(9, 14, 30)))
    assert len({one.uid for one in made.hearings}) == 2


def event(**more):
    values = {
        "uid": "u", "sequence": 0, "court": "示例市城南区人民法院", "case_number": None, "cause": None, "starts": at(9),
        "place": None, "announced": None, "stream": None,
    }  # fmt: skip
    return PublicHearing(**values | more)


def rendered(*hearings):
    return ics.render(replace(bulletin(), hearings=hearings))


def test_lines_are_short_end_rightly_and_are_cut_between_characters():
    content = rendered(event(cause="买卖合同纠纷" * 40, place="🏛" * 30))
    lines = content.split(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")
    assert f"公开开庭：{'买卖合同纠纷' * 40}" in content.decode().replace("\r\n ", "")


def test_text_is_escaped_and_brings_no_line_of_its_own():
    lines = unfolded(rendered(event(cause="a;b,c\\d\r\nATTENDEE:x", place="三庭\nURL:javascript:x")))
    assert any(r"a\;b\,c\\d" in line for line in lines)
    assert not any(line.startswith(("ATTENDEE", "URL:java")) for line in lines)


def test_a_day_without_a_time_is_a_whole_day():
    assert "DTSTART;VALUE=DATE:20260409" in unfolded(rendered(event(starts=at(9, 0, 0))))


def test_the_file_lies_beside_the_others_and_goes_with_the_last_hearing(tmp_path):
    with staged(render_all(bulletin(hearing(1, at(9)))), tmp_path):
        pass
    assert (tmp_path / ICS).exists()
    with staged(render_all(bulletin()), tmp_path):
        pass
    assert not (tmp_path / ICS).exists()
    assert ICS not in render_all(bulletin(hearing(1, at(9)), department=months.CIVIL))
