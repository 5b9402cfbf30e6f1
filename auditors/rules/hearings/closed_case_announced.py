"""H-05: a case that is not heard in public, announced with names."""

from __future__ import annotations

from datetime import date

from auditors.causes import class_of
from auditors.hearing_views import Announcement, HearingState
from auditors.hearings import HORIZON, named
from auditors.rule import PASS, S0, Outcome, gravest, rule, suspected


@rule(
    "H-05",
    severity=S0,
    basis=("criminal_procedure_2018/188", "criminal_procedure_2018/285", "civil_procedure_2023/137"),
)
def closed_case_announced(hearing: HearingState, today: date) -> Outcome:
    """不公开审理的案件被公告

    Violation: 未成年人犯罪、国家秘密案件的公告写有当事人；涉及隐私的案件公告写有被害人姓名；台账载明不公开审理而公告写有当事人（均列疑似，由人确认）。
    Compliant: 公告写明不公开审理且不写当事人；没有当事人的公告，写明不公开审理且姓名已隐去的；离婚、商业秘密案件（依申请才不公开）。
    Remedy: 立即撤下公告或者删去姓名，核实该案是否依法不公开审理。

    Never certain: a cause does not prove that the hearing was closed, and a person must look.
    """
    if hearing.day < today - HORIZON:
        return PASS
    return gravest(_judge(hearing, one) for one in hearing.announcements if one.tonight)


def _judge(hearing: HearingState, one: Announcement) -> Outcome:
    announced = one.hearing
    why = _why(hearing, one)
    named_there = announced.victim if why == "涉及个人隐私" else announced.has_parties is True
    if why is None or not named_there or (announced.masked and announced.public is False):
        return PASS
    who = "被害人姓名" if announced.victim else "当事人"
    return suspected(f"{named(hearing)}，{why}，公告写有{who}，需立即核实。", one.evidence, fact_day=hearing.day)


def _why(hearing: HearingState, one: Announcement) -> str | None:
    classes = {class_of(cause) for cause in hearing.causes}
    if one.hearing.minor or "未成年人犯罪" in classes:
        return "被告人可能系未成年人"
    if "国家秘密" in classes:
        return "案由涉及国家秘密"
    if any(entry.public is False for entry in hearing.entries):
        return "台账载明不公开审理"
    return "涉及个人隐私" if one.hearing.victim and "个人隐私" in classes else None
