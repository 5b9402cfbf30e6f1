"""W-14: an article without a publication date."""

from __future__ import annotations

from auditors.naming import item_name
from auditors.rule import HELD, PASS, S3, Outcome, certain, rule, suspected
from auditors.views import RELIABLE, PageState
from storage.records import DateSource


@rule("W-14", severity=S3, basis=("government_sites_guide_2017/publication_time",))
def undated_item(page: PageState) -> Outcome:
    """发布时间缺失

    Violation: 信息页面及其所在列表都没有发布日期；只在网址中有年月的列疑似。
    Compliant: 页面元数据、页面文字或者列表中有发布日期；不是信息页面的。
    Remedy: 在页面标题下标明发布时间，格式为“2026-03-09 10:30”。
    """
    facts = page.facts
    if not facts.is_item:
        return HELD if page.maybe_listed else PASS
    sources = {facts.published_source, *(item.published_source for item in page.items)}
    if sources & set(RELIABLE):
        return PASS
    if facts.drawn_by_script or any(item.access is not None and not item.access.is_ok for item in page.items):
        return HELD
    row = page.items[0] if page.items else None
    name = item_name(row.title, row.section) if row else item_name(facts.title, facts.section)
    if DateSource.URL in sources:
        return suspected(f"{name}未标明发布日期，仅网址中有年月。")
    return certain(f"{name}在页面和列表中均未标明发布日期。")
