"""L-06: a replay that the portal lists and nobody can watch."""

from __future__ import annotations

from datetime import date

from auditors.hearing_views import StreamState
from auditors.hearings import HORIZON
from auditors.rule import HELD, PASS, S2, Outcome, rule, suspected
from auditors.timeliness import chinese
from auditors.views import Coverage
from storage.records import Video

_FAULTS = {
    Video.NO_PLAYLIST: "播放页面没有视频地址",
    Video.EMPTY_PLAYLIST: "播放列表中没有视频片段",
    Video.UNREACHABLE: "庭审页面或者视频无法打开",
    Video.DEAD_SEGMENTS: "部分视频片段无法打开",
}


@rule("L-06", severity=S2, basis=("judicial_openness_2018/16",), confirm=2)
def dead_replay(session: StreamState, today: date) -> Outcome:
    """直播回放不可用

    Violation: 庭审公开网列为回放的庭审，页面打不开、没有视频地址、播放列表为空或者片段缺失；一晚列疑似，两晚一致列确定。
    Compliant: 能播放的；尚未开庭或者正在开庭的；平台拒绝访问、要求验证、未能读取的；不再列出的。
    Remedy: 重新上传或者恢复视频；依法撤下的，同时从列表中删除。
    """
    stream, day = session.stream, session.day
    if not session.tonight:
        return PASS if session.read is Coverage.COMPLETE else HELD
    if stream.video is Video.UNREAD:
        return HELD
    if (
        "replay" not in stream.listed
        or stream.video not in _FAULTS
        or (day is not None and not today - HORIZON <= day < today)
    ):
        return PASS
    when = f"{chinese(day)}庭审的回放" if day else "庭审的回放"
    detail = f"（{stream.video_detail}）" if stream.video_detail else ""
    return suspected(f"{when}不能观看：{_FAULTS[stream.video]}{detail}。", fact_day=day)
