"""L-02: a hearing that may not be streamed is on the portal."""

from __future__ import annotations

from datetime import date

from auditors.causes import class_of
from auditors.hearing_views import StreamState
from auditors.policies import Policy, duty_of
from auditors.rule import PASS, S0, Outcome, rule, suspected
from storage.records import Video

_FORBIDDEN = ("国家秘密", "个人隐私", "未成年人犯罪", "离婚", "未成年子女抚养、监护")


@rule("L-02", severity=S0, basis=("streaming_2010/2", "online_litigation_2021/27"))
def forbidden_stream(session: StreamState, today: date, policy: Policy | None) -> Outcome:
    """不应直播而直播

    Violation: 庭审公开网列出了台账载明不公开审理的、公告注明被告人未成年的、涉及国家秘密或个人隐私的、离婚或涉及未成年子女抚养监护的案件（均列疑似，由人确认）。
    Compliant: 其他案件；离婚后财产纠纷、监护人责任纠纷等；不再列出的；没有视频的。
    Remedy: 立即停止公开该场庭审视频，核实是否属于依法不得直播的案件。

    Never certain: causes are hints, and divorce may be shown unless a party objects; a local norm may exclude more.
    """
    stream = session.stream
    if not session.tonight or not stream.listed or stream.video is Video.NO_PLAYLIST:
        return PASS
    why = _why(session, policy)
    if why is None:
        return PASS
    shown = "视频可播放" if stream.video is Video.PLAYABLE else "已列出该场庭审"
    return suspected(f"{why}，庭审公开网{shown}，需立即核实。", fact_day=session.day or today)


def _why(session: StreamState, policy: Policy | None) -> str | None:
    causes = [entry.cause for entry in session.sessions] + [a.hearing.cause for a in session.announcements]
    causes += [session.stream.cause, session.stream.title]
    if any(entry.public is False for entry in session.entries):
        return "台账载明不公开审理"
    if any(a.hearing.public is False for a in session.announcements):
        return "公告写明不公开审理"
    if any(a.hearing.minor for a in session.announcements):
        return "公告注明被告人系未成年人"
    for cause in causes:
        found = class_of(cause)
        if found in _FORBIDDEN:
            return f"案由涉及{found}"
    duty = duty_of(policy, "stream_hearings", session.day) if session.day else None
    words = duty.words("excluded_causes") if duty is not None else ()
    named = next((word for cause in causes[:-1] for word in words if cause and f"{word}纠纷" in cause), None)
    return f"案由涉及{named}，属于地方规范规定不直播的案件" if named else None
