"""A night at a hearing portal: every way in which it answers, told apart, and nothing concluded from what was not read."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.portal import lists
from crawlers.portal.client import REFUSALS_IN_A_ROW
from crawlers.portal.crawl import RECHECK_NIGHTS, PortalCrawl, PortalResult
from crawlers.profile import Profile, portal_profile
from crawlers.task import CrawlTask
from storage import places, runs, store
from storage.database import connect, reading
from storage.objects import PlaceTrouble
from storage.records import Access, Section, Stream, Video
from storage.schema import accesses, pages
from tests.portal_answers import (
    CHALLENGE,
    CODE,
    COURT,
    HTML,
    JSON,
    LOGIN,
    M3U8,
    REFUSAL,
    SLIDER,
    SOFT_404,
    TS,
    Portal,
    at,
    master,
    newer_player,
    older_player,
    row,
    trial,
)

NIGHT = date(2026, 3, 30)
NUMBER = "（2026）粤9902民初1号"


@pytest.fixture
def portal() -> Portal:
    return Portal()


def profile(portal: Portal, **more: Any) -> Profile:
    found = portal_profile(portal.base, COURT)
    assert found.portal is not None
    return found.model_copy(update={"portal": found.portal.model_copy(update=more)})


def night(portal: Portal, folder: Path, on: date = NIGHT, *, max_pages: int | None = None, **more: Any) -> PortalResult:
    """One night, saved as a spider saves it."""
    database = connect(str(folder / "portal.db"))
    task = CrawlTask(database=str(folder / "portal.db"), night=on, profile=profile(portal, **more), max_pages=max_pages)
    with database.begin() as connection:
        run = runs.start(connection, task.profile.id, on, at("2026-03-30T01:00"))
    result = asyncio.run(PortalCrawl(task, run, database, portal.fetcher()).go())  # type: ignore[arg-type]
    with database.begin() as connection:
        result.save(connection, run)
    database.dispose()
    return result


def only(result: PortalResult) -> Stream:
    assert len(result.streams) == 1, result.streams
    return result.streams[0]


def sections(result: PortalResult) -> tuple[Section, Section]:
    """Of previews and of replays."""
    preview, replay = result.sections
    return preview, replay


def causes(result: PortalResult) -> set[tuple[str, str]]:
    return {(issue.cause, issue.subject) for issue in result.issues}


def one_session(portal: Portal, begins: str = "2026-03-20T09:30:00") -> None:
    portal.replays = [row(1, NUMBER, begins)]
    portal.session(1)


# --- what is read of a sound session ---


def test_a_session_with_all_its_fields(portal: Portal, tmp_path: Path) -> None:
    one_session(portal)
    portal.html("/live/1", trial(documents='<a href="/doc/7">裁判文书</a>'))
    stream = only(night(portal, tmp_path))
    assert stream == Stream(
        site="127.0.0.1_8000",
        case_id="1",
        url=f"{portal.base}/live/1",
        listed=("replay",),
        case_number=NUMBER,
        court=COURT,
        cause="买卖合同纠纷",
        title=f"{NUMBER}买卖合同纠纷",
        starts=at("2026-03-20T09:30"),
        starts_raw=str(int(at("2026-03-20T09:30").timestamp() * 1000)),
        place="第三法庭",
        has_parties=True,
        access=Access.OK,
        video=Video.PLAYABLE,
        duration=50.0,
        segments=5,
        judgment_url=f"{portal.base}/doc/7",
        probed_at=stream.probed_at,
        sha256=stream.sha256,
    )
    assert stream.probed_at is not None and stream.sha256 is not None


def test_no_party_and_no_judge_is_kept_in_a_record(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(1, NUMBER, "2026-03-20T09:30:00", title="王某某与某某公司买卖合同纠纷一案", caseCause=None)]
    portal.session(1)
    stream = only(night(portal, tmp_path))
    assert stream.title == stream.cause == "买卖合同纠纷"
    assert not {"王某某", "某某公司", "张某", "李某"} & set(str(stream).replace("'", " ").split())
    assert "某" not in str(stream)


def test_only_three_pieces_of_a_recording_are_asked_for(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(1, NUMBER, "2026-03-20T09:30:00")]
    portal.session(1, pieces=361)
    stream = only(night(portal, tmp_path))
    assert (stream.video, stream.duration, stream.segments) == (Video.PLAYABLE, 3610.0, 361)
    assert sorted(t for t in portal.asked if t.endswith(".ts")) == ["/hls/1/0.ts", "/hls/1/180.ts", "/hls/1/360.ts"]


def test_interfaces_are_asked_as_the_portal_s_own_script_asks_them(portal: Portal, tmp_path: Path) -> None:
    one_session(portal)
    fetcher = portal.fetcher()
    portal.fetcher = lambda: fetcher  # type: ignore[method-assign]
    night(portal, tmp_path)
    scripts = [u for u in fetcher.headers if "/search/a/" in u or "findCases" in u or "showPlay" in u]
    assert len(scripts) > 3
    assert {fetcher.headers[u].get("X-Requested-With") for u in scripts} == {"XMLHttpRequest"}


def test_four_sessions_of_one_case_on_one_day_are_four(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(n, NUMBER, f"2026-03-20T1{n}:00:00") for n in (4, 3, 2, 1)]
    for n in (1, 2, 3, 4):
        portal.session(n)
    result = night(portal, tmp_path)
    assert [s.case_id for s in result.streams] == ["1", "2", "3", "4"]
    assert {s.case_number for s in result.streams} == {NUMBER}


def test_bulk_published_sessions_with_one_time_are_all_kept(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(n, None, "2026-03-20T10:01:30", title="民间借贷纠纷", caseCause="") for n in range(20, 0, -1)]
    for n in range(1, 21):
        portal.session(n, trial(f"（2026）粤9902民初{n}号", player=f"//{{host}}/vod/{n}?src=gkw&cc=1"))
    result = night(portal, tmp_path)
    assert len(result.streams) == 20 and all(s.video is Video.PLAYABLE for s in result.streams)
    assert {s.case_number for s in result.streams} == {f"（2026）粤9902民初{n}号" for n in range(1, 21)}
    assert all(section.complete for section in result.sections)


def test_half_width_brackets_and_spaces_are_one_case_number(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(1, "(2026) 粤9902民初1号", "2026-03-20T09:30:00")]
    portal.session(1)
    assert only(night(portal, tmp_path)).case_number == NUMBER


def test_a_preview_and_its_replay_are_one_session(portal: Portal, tmp_path: Path) -> None:
    one_session(portal, "2026-03-27T09:30:00")
    portal.previews = {date(2026, 3, 27): [{"caseId": 1, "courtName": COURT, "caseNo": NUMBER}]}
    assert only(night(portal, tmp_path)).listed == ("preview", "replay")


# --- whose sessions ---


@pytest.mark.parametrize(
    "court",
    ["示例市西山区人民法院", "别样市人民法院", "示例省高级人民法院"],
)
def test_sessions_of_other_courts_are_left_alone(portal: Portal, tmp_path: Path, court: str) -> None:
    portal.replays = [
        row(1, NUMBER, "2026-03-20T09:30:00"),
        row(2, "（2026）粤9903民初1号", "2026-03-19T09:30:00", courtName=court),
    ]
    portal.session(1)
    assert only(night(portal, tmp_path)).case_id == "1"
    assert "/live/2" not in portal.hits


def test_the_court_is_the_same_with_its_province(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(1, NUMBER, "2026-03-20T09:30:00", courtName=f"示例省{COURT}")]
    portal.session(1)
    assert only(night(portal, tmp_path)).video is Video.PLAYABLE


@pytest.mark.parametrize(("shown", "ours"), [(COURT, True), ("别样市人民法院", False), ("人民法院", None)])
def test_a_name_that_tells_nothing_is_looked_up_on_the_page(
    portal: Portal, tmp_path: Path, shown: str, ours: bool | None
) -> None:
    portal.replays = [row(1, NUMBER, "2026-03-20T09:30:00", courtName="人民法院")]
    portal.session(1, trial(court=shown))
    result = night(portal, tmp_path)
    assert len(result.streams) == (ours is True)
    assert sections(result)[1].complete == (ours is not None)


def test_the_court_s_number_is_looked_up_and_asked_with(portal: Portal, tmp_path: Path) -> None:
    one_session(portal)
    night(portal, tmp_path)
    replays = [t for t in portal.asked if t.startswith("/search/")]
    assert replays and all(f"courtCode={CODE}&" in t for t in replays)
    assert "/court/courts?areaCode=980000" not in portal.hits


def test_a_given_number_is_not_looked_up(portal: Portal, tmp_path: Path) -> None:
    one_session(portal)
    night(portal, tmp_path, code="77")
    assert not [t for t in portal.asked if t.startswith("/court")]
    assert any("courtCode=77&" in t for t in portal.asked)


def test_a_number_that_yields_other_courts_only_is_doubted(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(1, NUMBER, "2026-03-20T09:30:00", courtName="别样市人民法院")]
    result = night(portal, tmp_path, code="77")
    assert result.streams == [] and not sections(result)[1].complete


def test_a_court_that_the_portal_does_not_name_is_not_said_to_stream_nothing(portal: Portal, tmp_path: Path) -> None:
    portal.knows_courts = False
    result = night(portal, tmp_path)
    assert [s.complete for s in result.sections] == [False, False]
    assert all("名称不同" in (s.why or "") for s in result.sections)


def test_a_preview_that_names_no_court_is_looked_up_on_its_page(portal: Portal, tmp_path: Path) -> None:
    portal.previews = {date(2026, 4, 2): [{"caseId": 1}, {"caseId": 2}]}
    portal.html("/live/1", trial(begins="2026年04月02日 09:30"))
    portal.html("/live/2", trial(begins="2026年04月02日 09:30", court="别样市人民法院"))
    result = night(portal, tmp_path)
    stream = only(result)
    assert (stream.case_id, stream.starts, stream.case_number) == ("1", at("2026-04-02T09:30"), NUMBER)
    assert all(section.complete for section in result.sections)


def test_a_session_whose_court_cannot_be_learned_makes_the_list_incomplete(portal: Portal, tmp_path: Path) -> None:
    portal.previews = {date(2026, 4, 2): [{"caseId": 1}]}
    portal.html("/live/1", CHALLENGE)
    result = night(portal, tmp_path)
    preview, replay = sections(result)
    assert result.streams == [] and not preview.complete and replay.complete


# --- the recording ---


def recording(portal: Portal, tmp_path: Path, begins: str = "2026-03-20T09:30:00") -> Stream:
    portal.replays = [row(1, NUMBER, begins)]
    return only(night(portal, tmp_path))


def test_older_player_and_master_playlist(portal: Portal, tmp_path: Path) -> None:
    portal.session(1)
    portal.html("/vod/1?src=gkw&cc=1", older_player("http://{host}/hls/1/master.m3u8"))
    portal.answers["/hls/1/master.m3u8"] = (200, M3U8, master("low/index.m3u8", "/hls/1/index.m3u8"))
    stream = recording(portal, tmp_path)  # the first variant is gone, the second plays
    assert (stream.video, stream.duration) == (Video.PLAYABLE, 50.0)


def test_a_master_without_any_variant_that_plays(portal: Portal, tmp_path: Path) -> None:
    portal.session(1)
    portal.answers["/hls/1/index.m3u8"] = (200, M3U8, master("a.m3u8", "b.m3u8"))
    stream = recording(portal, tmp_path)
    assert (stream.video, stream.video_detail) == (Video.UNREACHABLE, "播放列表：HTTP 404")


def test_a_player_without_a_playlist(portal: Portal, tmp_path: Path) -> None:
    portal.session(1)
    portal.html("/vod/1?src=gkw&cc=1", newer_player(""))
    assert recording(portal, tmp_path).video is Video.NO_PLAYLIST


def test_a_portal_that_names_no_player_and_a_page_that_has_none(portal: Portal, tmp_path: Path) -> None:
    portal.session(1, trial(player=""))
    portal.json("/cmn/showPlay?caseId=1", {"data": {"playUrl": ""}})
    assert recording(portal, tmp_path).video is Video.NO_PLAYLIST


def test_the_player_built_into_the_page_serves_where_the_portal_names_none(portal: Portal, tmp_path: Path) -> None:
    portal.session(1)
    portal.json("/cmn/showPlay?caseId=1", {"data": {"playUrl": None}})
    assert recording(portal, tmp_path).video is Video.PLAYABLE


@pytest.mark.parametrize("body", ["#EXTM3U\n#EXT-X-ENDLIST\n", ""])
def test_an_empty_playlist(portal: Portal, tmp_path: Path, body: str) -> None:
    portal.session(1)
    portal.answers["/hls/1/index.m3u8"] = (200, M3U8, body)
    assert recording(portal, tmp_path).video is Video.EMPTY_PLAYLIST


@pytest.mark.parametrize(
    ("status", "type_", "body", "found"),
    [
        (404, HTML, "<h1>404</h1>", Video.UNREACHABLE),
        (500, HTML, "error", Video.UNREACHABLE),
        (200, HTML, SOFT_404, Video.UNREACHABLE),
        (200, HTML, "<html><p>欢迎</p></html>", Video.UNREACHABLE),
        (200, M3U8, "#EXTM3U\n#EXTINF:abc,\n0.ts\n", Video.UNREACHABLE),
        (200, HTML, CHALLENGE, Video.UNREAD),
        (403, HTML, "", Video.UNREAD),
        (429, HTML, "", Video.UNREAD),
    ],
)
def test_a_playlist_that_does_not_come(
    portal: Portal, tmp_path: Path, status: int, type_: str, body: str, found: Video
) -> None:
    portal.session(1)
    portal.answers["/hls/1/index.m3u8"] = (status, type_, body)
    assert recording(portal, tmp_path).video is found


@pytest.mark.parametrize(
    ("status", "type_", "body"), [(404, HTML, "<h1>404</h1>"), (200, TS, ""), (200, HTML, "<html>错误</html>")]
)
def test_a_dead_piece_in_the_middle(portal: Portal, tmp_path: Path, status: int, type_: str, body: str) -> None:
    portal.session(1)
    portal.answers["/hls/1/2.ts"] = (status, type_, body)
    stream = recording(portal, tmp_path)
    assert (stream.video, stream.dead_segments) == (Video.DEAD_SEGMENTS, (2,))
    assert stream.video_detail is not None and "第3段" in stream.video_detail
    assert (stream.duration, stream.segments) == (50.0, 5)


def test_a_piece_that_is_refused_to_us_says_nothing(portal: Portal, tmp_path: Path) -> None:
    portal.session(1)
    portal.answers["/hls/1/2.ts"] = (403, HTML, "")
    assert recording(portal, tmp_path).video is Video.UNREAD


def test_a_film_of_another_kind_is_not_called_missing(portal: Portal, tmp_path: Path) -> None:
    portal.session(1)
    portal.html("/vod/1?src=gkw&cc=1", newer_player("//{host}/film/1.mp4"))
    assert recording(portal, tmp_path).video is Video.UNREAD


@pytest.mark.parametrize(("body", "kind"), [(LOGIN, HTML), (REFUSAL, JSON), (SLIDER, HTML), (CHALLENGE, HTML)])
def test_a_portal_that_refuses_to_name_the_player(portal: Portal, tmp_path: Path, body: str, kind: str) -> None:
    portal.session(1)
    portal.answers["/cmn/showPlay?caseId=1"] = (200, kind, body)
    assert recording(portal, tmp_path).video is Video.UNREAD


def test_an_answer_without_the_player_s_field_is_an_issue_and_no_missing_recording(
    portal: Portal, tmp_path: Path
) -> None:
    portal.session(1, trial(player=""))
    portal.json("/cmn/showPlay?caseId=1", {"data": {"address": "//x/vod/1"}})
    portal.replays = [row(1, NUMBER, "2026-03-20T09:30:00")]
    result = night(portal, tmp_path)
    assert only(result).video is Video.UNREAD
    assert ("portal_field", "data.playUrl") in causes(result)


def test_a_session_still_to_come_has_no_recording_yet_and_none_is_looked_for(portal: Portal, tmp_path: Path) -> None:
    portal.previews = {date(2026, 4, 2): [{"caseId": 1, "courtName": COURT, "beginTime": "2026年04月02日 09:30"}]}
    portal.html("/live/1", trial(begins="2026年04月02日 09:30"))
    stream = only(night(portal, tmp_path))
    assert (stream.video, stream.place, stream.listed) == (Video.NONE_YET, "第三法庭", ("preview",))
    assert not [t for t in portal.asked if "showPlay" in t]


def test_on_the_day_itself_a_missing_recording_is_none_yet_and_a_present_one_is_playable(
    portal: Portal, tmp_path: Path
) -> None:
    portal.replays = [row(2, NUMBER, "2026-03-30T15:00:00"), row(1, NUMBER, "2026-03-30T09:00:00")]
    portal.session(1)
    portal.session(2)
    portal.html("/vod/2?src=gkw&cc=1", newer_player(""))
    assert [s.video for s in night(portal, tmp_path).streams] == [Video.PLAYABLE, Video.NONE_YET]


def test_without_a_time_a_missing_recording_is_unread(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(1, NUMBER, "2026-03-20T09:30:00", beginTime=None)]
    portal.session(1, trial(begins=""))
    portal.html("/vod/1?src=gkw&cc=1", newer_player(""))
    portal.html("/live/1", trial(begins="", player=""))
    stream = only(night(portal, tmp_path))
    assert (stream.starts, stream.video) == (None, Video.UNREAD)


# --- the trial page ---


@pytest.mark.parametrize(
    ("status", "body", "access", "found"),
    [
        (200, SOFT_404, Access.SOFT_GONE, Video.UNREACHABLE),
        (404, "<h1>404</h1>", Access.GONE, Video.UNREACHABLE),
        (502, "bad gateway", Access.SERVER_ERROR, Video.UNREACHABLE),
        (200, CHALLENGE, Access.BLOCKED, Video.UNREAD),
        (200, SLIDER, Access.BLOCKED, Video.UNREAD),
        (412, "", Access.BLOCKED, Video.UNREAD),
        (200, LOGIN, Access.DENIED, Video.UNREAD),
        (403, "", Access.DENIED, Video.UNREAD),
    ],
)
def test_trial_pages_that_are_none(
    portal: Portal, tmp_path: Path, status: int, body: str, access: Access, found: Video
) -> None:
    one_session(portal)
    portal.html("/live/1", body, status)
    result = night(portal, tmp_path)
    stream = only(result)
    assert (stream.access, stream.video) == (access, found)
    assert stream.case_number == NUMBER and stream.has_parties is None
    assert all(section.complete for section in result.sections), "the lists were read, whatever became of a page"


def test_parties_are_absent_only_if_the_page_says_so(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(n, NUMBER, "2026-03-20T09:30:00") for n in (3, 2, 1)]
    for n, page in enumerate((trial(), trial(party=""), trial().replace("var party", "var parties")), start=1):
        portal.session(n, page)
    assert [s.has_parties for s in night(portal, tmp_path).streams] == [True, False, None]


def test_a_trial_page_of_another_shape_is_an_issue(portal: Portal, tmp_path: Path) -> None:
    one_session(portal)
    portal.html("/live/1", "<html><body><div id='app'></div><p>庭审直播页面改版</p></body></html>")
    result = night(portal, tmp_path)
    assert ("portal_field", "#_beginTime") in causes(result)
    assert only(result).video is Video.PLAYABLE and only(result).has_parties is None


# --- lists ---


def test_paging_ends_at_the_empty_page_and_at_the_repeated_one(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(n, f"（2026）粤9902民初{n}号", "2026-03-20T09:30:00") for n in range(40, 0, -1)]
    for repeats in (False, True):
        portal.repeats = repeats
        (tmp_path / str(repeats)).mkdir()
        result = night(portal, tmp_path / str(repeats))
        assert len(result.streams) == 40 and sections(result)[1].complete
        assert max(portal.hits[t] for t in portal.asked if t.startswith("/search/")) <= 2


def test_a_total_that_says_too_little_ends_nothing(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(n, f"（2026）粤9902民初{n}号", "2026-03-20T09:30:00") for n in range(40, 0, -1)]
    portal.total = 15
    result = night(portal, tmp_path)
    assert len(result.streams) == 40 and sections(result)[1].complete


def test_a_list_that_gives_less_than_it_promises_is_incomplete(portal: Portal, tmp_path: Path) -> None:
    one_session(portal)
    portal.total = 4
    result = night(portal, tmp_path)
    assert sections(result)[1].why == "平台称共4条，实际列出1条"
    assert only(result).video is Video.PLAYABLE


def days_back(*days: int) -> list[dict[str, Any]]:
    """A session on each of so many days before the night."""
    return [row(1000 - n, f"（2026）粤9902民初{1000 - n}号", f"{NIGHT - timedelta(days=n)}T09:00:00") for n in days]


def test_replays_are_read_from_the_last_year_s_beginning_once_and_then_as_far_as_the_profile_says(
    portal: Portal, tmp_path: Path
) -> None:
    portal.replays = days_back(*range(1, 600, 5))
    first = night(portal, tmp_path, replay_days=20)
    portal.asked.clear()
    second = night(portal, tmp_path, NIGHT + timedelta(days=1), replay_days=20)
    assert [sections(r)[1].oldest for r in (first, second)] == [date(2024, 12, 1), date(2026, 3, 11)]
    assert all(sections(r)[1].complete for r in (first, second))
    assert len(first.streams) == 97
    assert len([t for t in portal.asked if t.startswith("/search/")]) == 2


def test_a_list_longer_than_a_night_says_how_far_it_was_read(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_PAGES", 24)  # the previews of 22 days have one each
    portal.replays = days_back(*range(1, 1000))
    result = night(portal, tmp_path, max_pages=1)
    replay = sections(result)[1]
    assert replay.complete and replay.oldest == NIGHT - timedelta(days=24 * portal.page_size - 1)
    assert ("budget", replay.name) in causes(result)


def test_a_list_in_no_order_is_read_to_its_end(portal: Portal, tmp_path: Path) -> None:
    days = [80 if n % 2 else 3 for n in range(60)]
    portal.replays = [row(100 - n, NUMBER, f"{NIGHT - timedelta(days=back)}T09:00:00") for n, back in enumerate(days)]
    portal.replays[15:30] = [r | {"beginTime": 1_700_000_000_000} for r in portal.replays[15:30]]
    result = night(portal, tmp_path)
    assert len(result.streams) == sum(1 for r in portal.replays if r["beginTime"] > 1_733_000_000_000)


def test_too_many_pages_are_said_to_be_unread(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_PAGES", 2)
    portal.replays = [row(n, NUMBER, f"2026-03-{20 if n % 2 else 21}T09:30:00") for n in range(40, 0, -1)]
    result = night(portal, tmp_path)
    assert len(result.streams) == 30
    assert all(not section.complete and "页数上限" in (section.why or "") for section in result.sections)


def test_too_many_sessions_are_listed_and_not_looked_at(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(n, NUMBER, "2026-03-20T09:30:00") for n in (3, 2, 1)]
    for n in (1, 2, 3):
        portal.session(n)
    result = night(portal, tmp_path, max_pages=1)
    assert sorted(s.video for s in result.streams) == [Video.PLAYABLE, Video.UNREAD, Video.UNREAD]
    assert {i.cause for i in result.issues} == {"budget"}
    assert all(section.complete for section in result.sections)


@pytest.mark.parametrize("lost", ["caseId", "caseNo", "beginTime", "courtName"])
def test_a_row_without_a_field_names_it_and_the_list_is_incomplete(portal: Portal, tmp_path: Path, lost: str) -> None:
    portal.replays = [row(1, NUMBER, "2026-03-20T09:30:00", **{lost: ...})]
    portal.session(1)
    result = night(portal, tmp_path)
    preview, replay = sections(result)
    assert ("portal_field", lost) in causes(result)
    assert not replay.complete and lost in (replay.why or "") and preview.complete
    if lost != "caseId":  # what the row lacks, its page has
        stream = only(result)
        assert (stream.case_number, stream.court, stream.video) == (NUMBER, COURT, Video.PLAYABLE)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"paging": {"totalCount": 1}, "rows": []}, "resultList"),
        ({"paging": {"totalCount": 1}, "resultList": {"0": {}}}, "resultList"),
        ([], "resultList"),
        (
            {"paging": {"totalCount": 1}, "resultList": [row(1, NUMBER, "2026-03-20T09:30:00", beginTime="昨天")]},
            "beginTime",
        ),
        (
            {"paging": {"totalCount": 1}, "resultList": [row(1, NUMBER, "2026-03-20T09:30:00", beginTime=1774834)]},
            "beginTime",
        ),
    ],
)
def test_lists_of_another_shape(portal: Portal, tmp_path: Path, value: Any, field: str) -> None:
    address = [""]

    def answer(target: str, usual: Any = portal.answer) -> Any:
        if target.startswith("/search/") and "pageNumber=1&" in target:
            address[0] = target
            portal.json(target, value)
        return usual(target)

    portal.answer = answer  # type: ignore[method-assign]
    result = night(portal, tmp_path)
    assert ("portal_field", field) in causes(result)
    preview, replay = sections(result)
    assert not replay.complete and field in (replay.why or "") and preview.complete
    assert any(i.detail and address[0] in i.detail for i in result.issues)


def test_null_in_place_of_an_empty_page_ends_a_list(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(n, NUMBER, "2026-03-20T09:30:00") for n in range(15, 0, -1)]
    usual = portal.answer

    def answer(target: str) -> Any:
        if "pageNumber=2" in target or "timeStr=2026-04-05" in target:
            null: dict[str, Any] = {"list": None, "resultList": None, "paging": {"totalCount": portal.total}}
            portal.json(target, null)
        return usual(target)

    portal.answer = answer  # type: ignore[method-assign]
    for total, complete in ((15, True), (16, False)):
        portal.total = total
        portal.answers.clear()
        (tmp_path / str(total)).mkdir()
        preview, replay = sections(night(portal, tmp_path / str(total)))
        assert (preview.complete, replay.complete) == (True, complete)


def test_a_preview_list_of_another_shape(portal: Portal, tmp_path: Path) -> None:
    portal.json("/preview/findCases?pageNumber=1&timeStr=2026-04-02", {"rows": []})
    result = night(portal, tmp_path)
    preview, replay = sections(result)
    assert ("portal_field", "list") in causes(result)
    assert not preview.complete and replay.complete


@pytest.mark.parametrize(
    ("status", "type_", "body", "said"),
    [
        (200, HTML, CHALLENGE, "验证页面"),
        (200, HTML, SLIDER, "验证页面"),
        (200, HTML, LOGIN, "登录页面"),
        (200, JSON, REFUSAL, "code 9"),
        (200, HTML, SOFT_404, "页面出错了"),
        (200, HTML, "<html><body>系统繁忙，请稍后再试</body></html>", "系统繁忙"),
        (200, JSON, "", "空应答"),
        (200, JSON, "{", "不是 JSON"),
        (200, JSON, '{"success": false, "code": 500}', "接口报错"),
        (404, HTML, "", "HTTP 404"),
        (502, HTML, "", "HTTP 502"),
    ],
)
def test_a_list_that_does_not_come_is_no_absence(
    portal: Portal, tmp_path: Path, status: int, type_: str, body: str, said: str
) -> None:
    portal.previews = {date(2026, 4, 2): [{"caseId": 1, "courtName": COURT}]}
    portal.html("/live/1", trial(begins="2026年04月02日 09:30"))
    target = f"/search/a/revmor/full?{lists.Addresses('').replays(1, CODE).partition('?')[2]}"
    portal.answers[target] = (status, type_, body)
    result = night(portal, tmp_path)
    preview, replay = sections(result)
    assert preview.complete and not replay.complete and said in (replay.why or "")
    assert only(result).video is Video.NONE_YET
    assert result.was_read


def test_a_portal_that_refuses_everything_is_left_in_peace(portal: Portal, tmp_path: Path) -> None:
    portal.answer = lambda target: portal.asked.append(target) or (200, HTML, CHALLENGE.encode())  # type: ignore
    result = night(portal, tmp_path)
    assert len(portal.asked) == REFUSALS_IN_A_ROW
    assert not result.was_read and [s.complete for s in result.sections] == [False, False]


def test_the_preview_page_serves_where_the_interface_is_gone(portal: Portal, tmp_path: Path) -> None:
    portal.html(
        "/preview",
        '<ul class="_preview_ul"><li><a class="ellipsis22" title="（2026）粤9902民初1号买卖合同纠纷" href="/live/1">…</a>'
        f'<span class="show-col show-court-name"><a target="_blank">{COURT}</a></span>'
        '<span class="show-col show-time">2026年04月02日 09:30</span></li>'
        '<li><a class="ellipsis22" title="盗窃罪" href="/live/2">…</a>'
        '<span class="show-col show-court-name"><a target="_blank">别样市人民法院</a></span></li></ul>',
    )
    portal.html("/live/1", trial(begins="2026年04月02日 09:30"))
    usual = portal.answer
    portal.answer = lambda t: (404, HTML, b"") if "findCases" in t else usual(t)  # type: ignore[method-assign]
    result = night(portal, tmp_path)
    assert (only(result).starts, only(result).case_number) == (at("2026-04-02T09:30"), NUMBER)
    preview = sections(result)[0]
    assert not preview.complete
    assert (preview.why or "").count("HTTP 404") == 1 and "间22天的预告未能读取" in (preview.why or "")


# --- nights ---


class Killed(BaseException):
    """The end of a process, as far as a test can have it."""


def test_every_answer_is_kept_as_evidence(portal: Portal, tmp_path: Path) -> None:
    one_session(portal)
    portal.html("/live/1", SOFT_404)
    stream = only(night(portal, tmp_path))
    with reading(connect(str(tmp_path / "portal.db"))) as connection:
        rows = {r.url: r for r in connection.execute(sa.select(accesses))}
        kept = {r.sha256 for r in connection.execute(sa.select(pages.c.sha256))}
    assert rows[stream.url].access == "soft_gone" and rows[stream.url].sha256 == stream.sha256
    assert {r.sha256 for r in rows.values() if r.sha256} <= kept and len(kept) >= 4
    assert {portal.base + t for t in portal.asked} == set(rows)
    assert {r.kind for r in rows.values()} == {"portal"}


def test_a_killed_night_asks_only_for_what_it_lost_and_comes_to_the_same(portal: Portal, tmp_path: Path) -> None:
    portal.replays = [row(n, f"（2026）粤9902民初{n}号", "2026-03-20T09:30:00") for n in range(30, 0, -1)]
    for n in range(1, 31):
        portal.session(n)
    portal.html("/live/7", SOFT_404)
    (tmp_path / "a").mkdir()
    undisturbed = night(portal, tmp_path / "a")
    alone = len(portal.asked)
    portal.asked.clear()
    usual, folder = portal.answer, tmp_path / "b"
    folder.mkdir()

    def dying(target: str) -> Any:
        if len(portal.asked) > alone // 2:
            raise Killed
        return usual(target)

    portal.answer = dying  # type: ignore[method-assign]
    with pytest.raises(Killed):
        night(portal, folder)
    portal.answer = usual  # type: ignore[method-assign]
    again = night(portal, folder)
    when = at("2026-03-30T00:00")

    def timeless(result: PortalResult) -> list[dict[str, Any]]:
        return [vars(s) | {"probed_at": when} for s in result.streams]

    assert timeless(again) == timeless(undisturbed)
    assert again.sections == undisturbed.sections and again.issues == undisturbed.issues
    assert len(portal.asked) < alone + 20
    with reading(connect(str(folder / "portal.db"))) as connection:
        assert len(store.read(connection, Stream)) == 30


def test_a_playable_replay_is_looked_at_again_after_a_week_and_others_every_night(
    portal: Portal, tmp_path: Path
) -> None:
    portal.replays = [row(2, NUMBER, "2026-03-20T10:30:00"), row(1, NUMBER, "2026-03-20T09:30:00")]
    portal.session(1)
    portal.session(2)
    portal.html("/vod/2?src=gkw&cc=1", newer_player(""))
    night(portal, tmp_path)
    asked = []
    for n in range(1, RECHECK_NIGHTS + 1):
        portal.asked.clear()
        result = night(portal, tmp_path, NIGHT + timedelta(days=n))
        asked.append((portal.hits["/live/1"], portal.hits["/live/2"]))
        assert [s.video for s in result.streams] == [Video.PLAYABLE, Video.NO_PLAYLIST]
    assert asked == [(0, 1)] * (RECHECK_NIGHTS - 1) + [(1, 1)]


def test_a_session_that_was_held_since_is_looked_for(portal: Portal, tmp_path: Path) -> None:
    coming = {"caseId": 1, "courtName": COURT, "beginTime": "2026年03月31日 09:30"}
    portal.previews = {date(2026, 3, 31): [coming]}
    portal.session(1, trial(begins="2026年03月31日 09:30"))
    assert only(night(portal, tmp_path)).video is Video.NONE_YET
    portal.asked.clear()
    assert only(night(portal, tmp_path, date(2026, 3, 31))).video is Video.PLAYABLE


def test_a_session_that_no_list_names_any_more_is_asked_for_by_its_address(portal: Portal, tmp_path: Path) -> None:
    one_session(portal)
    night(portal, tmp_path)
    portal.replays = []
    portal.html("/live/1", SOFT_404)
    stream = only(night(portal, tmp_path, date(2026, 3, 31)))
    assert (stream.listed, stream.access, stream.video) == ((), Access.SOFT_GONE, Video.UNREACHABLE)
    assert (stream.case_number, stream.starts) == (NUMBER, at("2026-03-20T09:30"))


def test_a_fault_is_looked_at_again_also_when_the_lists_have_gone_past_it(portal: Portal, tmp_path: Path) -> None:
    portal.replays = days_back(10, 30)
    for n in (10, 30):
        portal.session(1000 - n)
        portal.html(f"/vod/{1000 - n}?src=gkw&cc=1", newer_player(""))
    night(portal, tmp_path, replay_days=20)
    again = night(portal, tmp_path, NIGHT + timedelta(days=1), replay_days=20)
    assert [(s.case_id, s.listed, s.video) for s in again.streams] == [
        ("970", ("replay",), Video.NO_PLAYLIST),
        ("990", ("replay",), Video.NO_PLAYLIST),
    ]
    portal.html("/live/970", SOFT_404)
    gone = night(portal, tmp_path, NIGHT + timedelta(days=2), replay_days=20).streams[0]
    assert (gone.listed, gone.access) == ((), Access.SOFT_GONE)


# --- kept pages that are elsewhere ---


def test_a_kept_answer_that_was_damaged_is_asked_for_again(portal: Portal, tmp_path: Path) -> None:
    """An interrupted night, taken up when a page that it had kept is not whole any more."""
    one_session(portal)
    engine = connect(str(tmp_path / "portal.db"))
    places.use(engine, str(tmp_path / "pages"))
    before = only(night(portal, tmp_path))
    kept = tmp_path / "pages" / str(before.sha256)[:3] / f"{before.sha256}.zst"
    kept.write_bytes(b"no zstd")
    portal.asked.clear()
    after = only(night(portal, tmp_path))
    assert (after.case_number, after.video, after.sha256) == (before.case_number, before.video, before.sha256)
    assert portal.asked == ["/live/1"]
    engine.dispose()


def test_a_place_that_is_away_is_no_bug_of_a_session(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise PlaceTrouble("s3://x: away")

    one_session(portal)
    monkeypatch.setattr("crawlers.portal.crawl.trial.read", away)
    with pytest.raises(PlaceTrouble):
        night(portal, tmp_path)
