"""H-04: an announcement that does not say whether the hearing is streamed."""

from __future__ import annotations

from datetime import date

from auditors.hearing_views import HearingState
from auditors.hearings import HORIZON, named
from auditors.policies import Policy, duty_of
from auditors.rule import HELD, PASS, S2, Outcome, certain, rule, suspected


@rule("H-04", severity=S2, duty="mark_streams")
def stream_not_marked(hearing: HearingState, today: date, policy: Policy | None) -> Outcome:
    """开庭公告未标明是否网络直播

    Violation: 地方规范要求标明是否直播的，公开审理案件的开庭公告没有直播或者不直播的标注。
    Compliant: 公告、表格或者全文统一说明了是否直播；不公开审理的；地方规范施行前的公告；宣判和听证。
    Remedy: 在开庭公告中逐案标明是否进行网络直播。

    Only where a local norm requires it. A row that leads to a page that was not read says nothing; where the words do not
    say that the hearing is public, the finding is suspected.
    """
    shown = [one for one in hearing.announcements if one.tonight]
    if not shown or hearing.public is False or hearing.purpose != "hearing" or hearing.day < today - HORIZON:
        return PASS
    announced = min(one.stated or one.first_seen for one in shown)
    if duty_of(policy, "mark_streams", announced) is None or any(one.hearing.stream is not None for one in shown):
        return PASS
    if any(one.hearing.partial for one in shown):
        return HELD
    message = f"{named(hearing)}的公告未标明是否进行网络直播。"
    proof = tuple(one.evidence for one in shown)
    if hearing.public is None:
        return suspected(f"{message}公告未写明是否公开审理。", *proof, fact_day=announced)
    return certain(message, *proof, fact_day=announced)
