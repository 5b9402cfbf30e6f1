"""W-15: an item that claims a date on which it was not there."""

from __future__ import annotations

from datetime import date, timedelta

from auditors.naming import item_name
from auditors.rule import PASS, S2, Outcome, rule, suspected
from auditors.timeliness import chinese
from auditors.views import RELIABLE, ItemState, SectionRead
from storage.records import Cadence

LEAST_DAYS = 14
MOST_ARRIVALS = 0.5


@rule("W-15", severity=S2, basis=("judicial_openness_2018/2", "government_sites_check_2019/forged_date"))
def backdated_item(item: ItemState) -> Outcome:
    """疑似倒签发布日期

    Violation: 信息首次出现的日期比其标注的发布日期晚十四日以上，而其间完整读取该栏目时没有这条信息。
    Compliant: 其间没有完整读取过该栏目；标注日期早于当时列表最旧的信息；归档栏目、整批迁移和同一标题的信息改换地址。
    Remedy: 核实信息实际发布时间，按实际发布时间标注；确系迁移、重发的，予以说明。
    """
    stated = item.item.published
    if stated is None or item.item.published_source not in RELIABLE or item.section.cadence is Cadence.ARCHIVE:
        return PASS
    if stated >= item.first_seen - timedelta(days=LEAST_DAYS) or item.known_elsewhere:
        return PASS
    if item.arrivals > 1 and item.arrivals > item.rows * MOST_ARRIVALS:
        return PASS  # the section was moved or built anew
    read = next((r for r in reversed(item.reads) if _should_show(r, stated, item.first_seen)), None)
    if read is None:
        return PASS
    return suspected(
        f"{item_name(item.item.title, item.item.section)}标注发布日期为{chinese(stated)}，{chinese(read.night)}完整读取该栏目时没有这条信息，"
        f"{chinese(item.first_seen)}首次出现。"
    )


def _should_show(read: SectionRead, stated: date, first_seen: date) -> bool:
    """That reading would have shown an item of the stated date: complete, later than it, and reaching further back."""
    reaches = read.oldest is not None and read.oldest < stated
    return read.complete and stated < read.night < first_seen and reaches
