"""W-01: a section without news for a calendar month."""

from __future__ import annotations

from datetime import date

from auditors.freshness import EXEMPT, MONTHS, doubt, is_stale, not_read
from auditors.rule import PASS, S2, Outcome, certain, rule, suspected, unclear
from auditors.timeliness import chinese
from auditors.views import SectionState


@rule("W-01", severity=S2, basis=("judicial_openness_2018/19",))
def stale_section(section: SectionState, today: date) -> Outcome:
    """栏目超过一个月未更新

    Violation: 动态类、一般类、公告类栏目最新一条信息的发布日期加一个月，早于巡查日；统计类栏目超过一个季度加一个月、年度类栏目超过十三个月。
    Compliant: 期限内有新信息；静态、事件触发和归档栏目；刚满一个月的当日。置顶旧信息、开庭日期和未来日期不作为最新发布日期。
    Remedy: 及时发布新信息；确无更新保障的栏目，予以归并或者关闭。

    Certain only if the section was completely read and every row carries a date of its own. A section of statistics or
    of yearly reports whose class is guessed from its title, and one whose title tells no class, is suspected only.
    """
    read = section.section
    if read.cadence in EXEMPT or (read.items == 0 and read.complete):
        return PASS  # an empty section is W-05's
    if read.newest is not None and not is_stale(read, today):
        return PASS
    if not read.complete or section.drawn_by_script:
        return not_read(section)
    if read.newest is None:
        return unclear(f"栏目“{read.name}”各条信息均无可识别的发布日期，无法判断是否更新。")
    months = MONTHS.get(read.cadence, 1)
    message = f"栏目“{read.name}”最新一条信息发布于{chinese(read.newest)}，至{chinese(today)}已超过{months}个月未更新"
    reason = doubt(read)
    return suspected(f"{message}（{reason}）。") if reason else certain(f"{message}。")
