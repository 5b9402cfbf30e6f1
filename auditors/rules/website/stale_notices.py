"""W-03: a section of notices or policies without news for six months (a norm for government sites, as reference)."""

from __future__ import annotations

import re
from datetime import date

from auditors.basis import article
from auditors.calendar import months_after
from auditors.freshness import doubt
from auditors.rule import HELD, PASS, S3, Outcome, certain, rule, suspected
from auditors.timeliness import chinese
from auditors.views import SectionState
from storage.records import Cadence

_NORM = "government_sites_check_2019/updates"
_TITLES = re.compile(r"通知|公告|公示|规范性文件|政策|法规文件|指导意见|制度文件")
_OTHERS = re.compile(r"开庭|送达|拍卖|变卖|执行|招|减刑|假释|破产|悬赏")


@rule("W-03", severity=S3, basis=(_NORM,))
def stale_notices(section: SectionState, today: date) -> Outcome:
    """通知公告、政策文件六个月未更新（参照）

    Violation: 通知公告、政策文件类栏目最新一条信息距巡查日超过六个月。该标准适用于政府网站，对法院网站仅作参照提示。
    Compliant: 六个月以内有新信息；开庭、送达、拍卖、招录等专门公告栏目；静态和归档栏目。
    Remedy: 及时发布通知公告和规范性文件，或者归并长期没有内容的栏目。

    It stands beside W-01, because it says more: half a year, not a month.
    """
    read = section.section
    if not _TITLES.search(read.name) or _OTHERS.search(read.name):
        return PASS
    if read.cadence in (Cadence.STATIC, Cadence.ARCHIVE) or (read.items == 0 and read.complete):
        return PASS
    months = article(_NORM).numbers["notice_months"]
    if read.newest is not None and months_after(read.newest, months) >= today:
        return PASS
    if read.newest is None or not read.complete or section.drawn_by_script:
        return HELD
    message = f"栏目“{read.name}”最新一条信息发布于{chinese(read.newest)}，至{chinese(today)}已超过{months}个月未更新"
    reason = doubt(read)
    return suspected(f"{message}（{reason}）。") if reason else certain(f"{message}。")
