"""H-01: a public criminal hearing, not announced three days ahead."""

from __future__ import annotations

from datetime import date

from auditors.basis import article
from auditors.hearing_views import HearingState
from auditors.hearings import announced_late, is_trial, not_announced
from auditors.rule import PASS, S1, Outcome, rule

_NORM = "criminal_procedure_2018/187.3"


@rule("H-01", severity=S1, basis=(_NORM, "criminal_interpretation_2021/221.6"))
def criminal_not_announced(hearing: HearingState, today: date) -> Outcome:
    """刑事案件未提前三日公告

    Violation: 公开审理的刑事案件，公告发布日期距开庭不足三日；台账载明已公开开庭，网站开庭公告栏目没有该案公告。
    Compliant: 提前三日以上公告；不公开审理的、被告人未成年的、涉及国家秘密或个人隐私的；尚未到公告期限的；宣判和减刑假释。
    Remedy: 公开审理的刑事案件，在开庭三日以前公布案由、被告人姓名、开庭时间和地点；以其他方式公告的，提供凭证。

    Days are calendar days, the day of the hearing not counted. An announcement's date is the stated one; without it only
    nights on which the list was completely read and did not show it count, and the finding is suspected.
    """
    if not is_trial(hearing, ("criminal",), today):
        return PASS
    days = article(_NORM).numbers["days"]
    if hearing.announcements:
        return announced_late(hearing, days)
    return not_announced(hearing, days, today)
