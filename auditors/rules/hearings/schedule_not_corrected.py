"""H-07: the announcement still names another day than that on which the hearing was held."""

from __future__ import annotations

from datetime import date

from auditors.hearing_views import HearingState, day_of
from auditors.hearings import HORIZON
from auditors.rule import PASS, S3, Outcome, rule, suspected, unclear
from auditors.timeliness import chinese


@rule("H-07", severity=S3, basis=("judicial_openness_2018/19",))
def schedule_not_corrected(hearing: HearingState, today: date) -> Outcome:
    """排期变更未更正

    Violation: 公告的开庭日已过，台账所载同案各次开庭均不在该日前后，公告仍未更正（疑似）；只有庭审公开网的日期不同的，列待核实。
    Compliant: 日期一致或者只差一日；已另行公告新的日期；尚未到公告的开庭日；台账和庭审公开网均无该案。
    Remedy: 更正或者撤下原公告，公告变更后的开庭时间和地点。

    A ledger may name only some of a case's hearings, so it is never certain.
    """
    shown = tuple(one.evidence for one in hearing.announcements if one.tonight)
    if not shown or hearing.entries or hearing.rescheduled or not today - HORIZON <= hearing.day < today:
        return PASS
    days = sorted({day for entry in hearing.sessions if (day := day_of(entry.hearing))})
    message = f"公告的开庭日为{chinese(hearing.day)}"
    if days:
        listed = "、".join(map(chinese, days[:5]))
        return suspected(f"{message}，台账所载开庭时间为{listed}，公告未更正。", *shown, fact_day=hearing.day)
    others = sorted({day for stream in hearing.other_streams if (day := day_of(stream.starts))})
    if others and not hearing.streams:
        listed = "、".join(map(chinese, others[:5]))
        return unclear(f"{message}，庭审公开网所列该案庭审在{listed}，需核对是否改期。", *shown, fact_day=hearing.day)
    return PASS
