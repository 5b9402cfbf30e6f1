"""H-03: the elements of an announcement."""

from __future__ import annotations

from datetime import date

from auditors.hearing_views import Announcement, HearingState
from auditors.hearings import HORIZON, named
from auditors.rule import HELD, PASS, S1, Outcome, certain, gravest, rule

_KINDS = ("criminal", "civil", "administrative")


@rule("H-03", severity=S1, basis=("civil_procedure_2023/139", "criminal_procedure_2018/187.3"))
def announcement_incomplete(hearing: HearingState, today: date) -> Outcome:
    """开庭公告要素缺失

    Violation: 民事、行政案件开庭公告缺少当事人、案由、地点之一；刑事案件开庭公告缺少被告人、案由、地点之一。
    Compliant: 要素齐全，姓名隐去部分的视为已写；不公开审理的；不是刑事、民事、行政审判的；列表一行未写全而详情页写明的。
    Remedy: 补全公告的当事人（被告人）、案由、时间和地点。

    An element counts as missing only if its column is empty or there is none, or if nothing in the text could be it. A row
    that leads to a page that was not read says nothing.
    """
    if hearing.kind not in _KINDS or hearing.public is False or hearing.day < today - HORIZON:
        return PASS
    return gravest(_judge(hearing, one) for one in hearing.announcements if one.tonight)


def _judge(hearing: HearingState, one: Announcement) -> Outcome:
    if one.hearing.partial:
        return HELD
    missing = [_name(element, hearing.kind) for element in one.hearing.missing]
    if not missing:
        return PASS
    return certain(f"{named(hearing)}的公告未载明{'、'.join(missing)}。", one.evidence, fact_day=hearing.day)


def _name(element: str, kind: str | None) -> str:
    return "被告人姓名" if element == "当事人" and kind == "criminal" else element
