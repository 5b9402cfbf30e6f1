"""H-09: a scheduled sentencing that was not announced beforehand."""

from __future__ import annotations

from datetime import date

from auditors.hearing_views import HearingState
from auditors.hearings import HORIZON, announced_late
from auditors.rule import PASS, S2, Outcome, rule


@rule("H-09", severity=S2, basis=("criminal_interpretation_2021/302",))
def sentencing_not_announced(hearing: HearingState, today: date) -> Outcome:
    """定期宣判未先期公告

    Violation: 刑事案件定期宣判，公告的发布日期不早于宣判日。
    Compliant: 宣判前已公告宣判时间和地点；当庭宣判；民事、行政案件。
    Remedy: 定期宣判的，宣判前先期公告时间和地点。

    Known from announcements alone: no ledger says when a judgment was pronounced, so a sentencing that nobody announced
    cannot be seen.
    """
    if hearing.purpose != "sentencing" or hearing.kind != "criminal" or hearing.day < today - HORIZON:
        return PASS
    return announced_late(hearing, 1)
