"""Sessions of a hearing portal in storage: every field comes back, and the portal's id, not the case, tells them apart."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from auditors.hearing_joins import _streams_from
from storage import runs, store
from storage.database import connect, reading
from storage.records import Access, Cadence, Section, Stream, Video

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = date(2026, 3, 31)
MORNING = datetime(2026, 3, 30, 9, 30, tzinfo=SHANGHAI)


def stream(case_id: str, **fields: object) -> Stream:
    values: dict = {
        "site": "s",
        "case_id": case_id,
        "url": f"http://portal.example/live/{case_id}",
        "listed": ("preview", "replay"),
        "case_number": "（2026）粤9902民初1号",
        "court": "示例市东湖区人民法院",
        "cause": "买卖合同纠纷",
        "title": "（2026）粤9902民初1号买卖合同纠纷",
        "starts": MORNING,
        "starts_raw": "1774834200000",
        "place": "第三法庭",
        "has_parties": True,
        "access": Access.OK,
        "video": Video.DEAD_SEGMENTS,
        "video_detail": "第2段",
        "duration": 3600.5,
        "segments": 361,
        "dead_segments": (180, 360),
        "judgment_url": "http://h.example/1.html",
        "probed_at": MORNING,
        "sha256": "0" * 64,
    }
    return Stream(**(values | fields))


def test_every_field_comes_back(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "g.db"))
    bare = Stream(site="s", case_id="2", url="http://portal.example/live/2")
    with engine.begin() as connection:
        store.save(connection, [stream("1"), bare], NIGHT)
    with reading(engine) as connection:
        found = [seen.record for seen in store.read(connection, Stream, site="s", on=NIGHT)]
    assert found == [stream("1"), bare]
    assert isinstance(found[0].video, Video) and found[1].video is Video.UNREAD


def test_sessions_of_one_case_are_kept_apart_and_one_session_is_kept_once(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "g.db"))
    later = date(2026, 4, 1)
    with engine.begin() as connection:
        store.save(connection, [stream("1"), stream("2"), stream("3")], NIGHT)
        store.save(connection, [stream("2", video=Video.PLAYABLE, dead_segments=())], later)
    with reading(engine) as connection:
        seen = {s.record.case_id: s for s in store.read(connection, Stream, site="s")}
    assert sorted(seen) == ["1", "2", "3"]
    assert seen["2"].record.video is Video.PLAYABLE
    assert (seen["2"].first_seen, seen["2"].last_seen) == (NIGHT, later)


def test_readings_of_the_portal_s_lists_join_where_no_day_between_them_was_unread(tmp_path: Path) -> None:
    def read(night: date, back: int, complete: bool = True) -> Section:
        section = Section(
            site="s", url="u", name="庭审回顾", cadence=Cadence.EVENT, record="stream", complete=complete,
            oldest=night - timedelta(days=back), newest=night,
        )  # fmt: skip
        with engine.begin() as connection:
            runs.save_section_reads(connection, [runs.section_read(section, night)])
        return section

    def reach(on: date, section: Section) -> date | None:
        with reading(engine) as connection:
            return _streams_from(connection, "s", on, [section])

    engine = connect(str(tmp_path / "g.db"))
    read(NIGHT - timedelta(days=200), 400)
    read(NIGHT - timedelta(days=50), 300)
    read(NIGHT - timedelta(days=9), 400, complete=False)
    tonight = read(NIGHT, 60)
    assert reach(NIGHT, tonight) == NIGHT - timedelta(days=600)
    later = NIGHT + timedelta(days=90)
    assert reach(later, read(later, 60)) == later - timedelta(days=60), "thirty days between were never read"
