"""L-05: a recording too short to be a whole hearing."""

from __future__ import annotations

from datetime import date

from auditors.hearing_views import StreamState
from auditors.hearings import HORIZON
from auditors.policies import Policy, duty_of
from auditors.rule import PASS, S2, Outcome, rule, suspected
from auditors.timeliness import chinese
from storage.records import Video

_MINUTES = 10


@rule("L-05", severity=S2, duty="stream_whole")
def short_stream(session: StreamState, today: date, policy: Policy | None) -> Outcome:
    """直播不完整

    Violation: 地方规范要求全程直播的，回放视频按播放列表计算的时长不足十分钟（或者地方规范规定的分钟数），列疑似。
    Compliant: 时长足够；时长不明、未能读取的；宣判；按规定暂停、结束直播并有记录的。
    Remedy: 核对录像，确有漏播的，查明原因并补传完整录像。

    How long the hearing was, and whether it ended early, only the court's own recording can show: never certain.
    """
    stream, day = session.stream, session.day
    if not session.tonight or stream.video is not Video.PLAYABLE or stream.duration is None or day is None:
        return PASS
    if day < today - HORIZON or any(a.hearing.purpose != "hearing" for a in session.announcements):
        return PASS
    duty = duty_of(policy, "stream_whole", day)
    least = (duty.number("minutes") or _MINUTES) if duty is not None else 0
    if stream.duration >= least * 60:
        return PASS
    minutes, seconds = divmod(round(stream.duration), 60)
    return suspected(
        f"{chinese(day)}庭审的回放时长为{minutes}分{seconds:02d}秒，不足{least}分钟，可能未全程直播。", fact_day=day
    )
