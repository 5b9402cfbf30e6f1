"""H-02: a public civil or administrative hearing, not announced, or later than a local norm asks."""

from __future__ import annotations

from datetime import date

from auditors.hearing_views import HearingState
from auditors.hearings import announced_late, is_trial, not_announced
from auditors.policies import Policy, duty_of
from auditors.rule import PASS, S1, S2, Outcome, rule


@rule(
    "H-02",
    severity=S1,
    basis=("civil_procedure_2023/139", "administrative_procedure_2017/101", "administrative_procedure_2017/54"),
)
def civil_not_announced(hearing: HearingState, today: date, policy: Policy | None) -> Outcome:
    """民事、行政案件未公告开庭

    Violation: 公开审理的民事、行政案件，台账载明已开庭而网站开庭公告栏目没有该案公告，或者开庭后才公告；地方规范规定了提前天数的，不足该天数（S2）。
    Compliant: 开庭前已公告；不公开审理的，离婚、商业秘密等可能依申请不公开且未载明公开的；尚未开庭的；宣判和听证。
    Remedy: 公开审理的案件，开庭前公告当事人姓名（名称）、案由和开庭的时间、地点。

    The law attaches its three days to notifying the parties; how long before the public is told, it does not say. A
    number of days counts only where a local norm sets it.
    """
    if not is_trial(hearing, ("civil", "administrative"), today):
        return PASS
    if not hearing.announcements:
        return not_announced(hearing, 0, today)
    afterwards = announced_late(hearing, 0)
    duty = duty_of(policy, "announce_civil", hearing.day)
    days = duty.number("days") if duty is not None else None
    if afterwards is not PASS or days is None:
        return afterwards
    return announced_late(hearing, days, S2)
