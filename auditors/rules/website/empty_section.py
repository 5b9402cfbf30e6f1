"""W-05: a section that shows nothing."""

from __future__ import annotations

from datetime import date, timedelta

from auditors.freshness import EXEMPT
from auditors.rule import PASS, S2, Outcome, certain, rule, suspected, unclear
from auditors.views import SectionState
from storage.records import Cadence

OPENING_DAYS = 7


@rule("W-05", severity=S2, basis=("judicial_openness_2018/19",))
def empty_section(section: SectionState, today: date) -> Outcome:
    """空白栏目

    Violation: 栏目没有任何信息，只显示“暂无内容”“栏目建设中”一类文字，或者什么也不显示。
    Compliant: 有信息；新开设七日以内；事件触发类栏目写明暂无信息。需要脚本生成、未能读全的栏目不作结论。
    Remedy: 补充栏目内容；暂无内容可发的，予以归并或者关闭。

    A list that discovery found without rows and without a word on it may be read wrongly: suspected.
    """
    read = section.section
    if read.items > 0:
        return PASS
    if read.opened is not None and today <= read.opened + timedelta(days=OPENING_DAYS):
        return PASS
    if not read.complete or section.drawn_by_script:
        return unclear(f"栏目“{read.name}”未读到信息，但本次未能完整读取，不作空白的结论。", unread=True)
    if read.cadence in EXEMPT and read.blank is None:
        return PASS  # a page of words, no list
    if read.cadence is Cadence.EVENT and _says_none(read.blank):
        return PASS
    shows = f"只显示“{read.blank}”" if read.blank else "没有任何内容"
    if read.blank is None and read.discovered:
        return suspected(f"栏目“{read.name}”没有读到任何信息，需核对是否空白。")
    return certain(f"栏目“{read.name}”没有信息，{shows}。")


def _says_none(blank: str | None) -> bool:
    """An event-driven section may say that there is nothing at present; it may not be bare or under construction."""
    return blank is not None and ("暂无" in blank or "没有" in blank)
