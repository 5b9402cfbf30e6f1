"""W-02: a news section without news for two weeks (a norm for government sites, as reference)."""

from __future__ import annotations

from datetime import date, timedelta

from auditors.basis import article
from auditors.freshness import doubt, is_stale
from auditors.rule import HELD, PASS, S3, Outcome, certain, rule, suspected
from auditors.timeliness import chinese
from auditors.views import SectionState
from storage.records import Cadence

_NORM = "government_sites_check_2019/updates"


@rule("W-02", severity=S3, basis=(_NORM,))
def stale_news(section: SectionState, today: date) -> Outcome:
    """动态要闻两周未更新（参照）

    Violation: 新闻、动态、要闻类栏目最新一条信息距巡查日超过十四日。该标准适用于政府网站，对法院网站仅作参照提示。
    Compliant: 十四日以内有新信息；其他类别的栏目。
    Remedy: 保持新闻动态类栏目每两周至少更新一次。

    A section that W-01 reports for a whole month is not reported here as well: an office expects one finding on it, by
    the norm that binds. An open finding stands until the section is updated.
    """
    read = section.section
    if read.cadence is not Cadence.DYNAMIC or (read.items == 0 and read.complete):
        return PASS
    days = article(_NORM).numbers["news_days"]
    if read.newest is not None and read.newest + timedelta(days=days) >= today:
        return PASS
    if read.newest is None or not read.complete or section.drawn_by_script or is_stale(read, today):
        return HELD
    message = f"栏目“{read.name}”最新一条信息发布于{chinese(read.newest)}，至{chinese(today)}已超过{days}日未更新"
    reason = doubt(read)
    return suspected(f"{message}（{reason}）。") if reason else certain(f"{message}。")
