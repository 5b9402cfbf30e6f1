"""H-06: hearings are held, and none is announced any more."""

from __future__ import annotations

from datetime import date

from auditors.calendar import add_working_days
from auditors.rule import HELD, PASS, S2, Outcome, certain, rule
from auditors.timeliness import chinese
from auditors.views import SectionState

_DAYS = 10


@rule("H-06", severity=S2, basis=("judicial_openness_2018/19",))
def announcements_stale(section: SectionState, today: date) -> Outcome:
    """开庭公告栏目长期无新公告

    Violation: 开庭公告栏目超过十个工作日没有新公告，而台账或者庭审公开网表明其间有公开开庭。
    Compliant: 十个工作日内有新公告，或者公告了尚未举行的庭审；其间没有开庭的证据的；空白栏目由W-05指出。
    Remedy: 及时发布开庭公告；庭审排期改由其他平台公布的，在栏目中注明并链接。

    Ten working days are this project's measure, no norm's. The section must have been read completely and understood.
    """
    read = section.section
    if read.record != "hearing" or (read.items == 0 and read.complete):
        return PASS
    if not read.complete or section.drawn_by_script or read.not_understood:
        return HELD
    last = max((day for day in (read.newest, section.last_announced) if day is not None), default=None)
    if last is None:
        return HELD
    since = add_working_days(last, _DAYS) if last < today else today
    if since >= today:
        return PASS
    held = [day for day in section.hearing_days if last < day <= today]
    message = f"栏目“{read.name}”最近一次公告或者所公告的庭审在{chinese(last)}，至{chinese(today)}已超过{_DAYS}个工作日"
    if not held:
        return PASS
    return certain(f"{message}；其间至少有{len(held)}天举行了公开庭审，最近为{chinese(held[-1])}。")
