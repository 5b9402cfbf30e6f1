"""P-13: names and schools of minors."""

from __future__ import annotations

from auditors.exposure import fact_day, lawful, looked_at, proven, unproven
from auditors.names import named, person_evidence
from auditors.page_views import PublishedPage
from auditors.rule import PASS, S0, Outcome, rule, suspected
from storage.records import NameForm, PageKind, PersonKind

_BASIS = (
    "judgments_online_2016/8",
    "judgments_online_2013/names",
    "personal_information_2021/28",
    "personal_information_2021/34",
)


@rule("P-13", severity=S0, basis=_BASIS)
def minor_exposed(page: PublishedPage) -> Outcome:
    """未成年人信息泄露

    Violation: 裁判文书首部显示未成年人（按出生日期、年龄不满18周岁）全名（确定）；新闻、公告中显示未成年人全名，或者已隐名但写明就读学校（疑似）。
    Compliant: 未成年人已隐名且不写学校；使用化名的报道；裁判时已成年的。
    Remedy: 立即撤下，隐去未成年人姓名和可识别身份的信息后重新公布。
    """
    if not looked_at("P-13", page):
        return PASS
    minors = [p for p in page.persons if p.minor and p.kind is PersonKind.NATURAL]
    full = [p for p in minors if p.form is NameForm.FULL]
    if page.scan.kind is PageKind.JUDGMENT and any(p.in_head for p in full):
        shown = [p for p in full if p.in_head]
        school = "，并写明就读学校" if any(p.school for p in shown) else ""
        message = f"未成年人显示全名：{named(shown)}{school}{unproven(page)}。"
        return proven(page)(message, *person_evidence(page, shown), fact_day=fact_day(page))
    if full:
        message = f"未成年人疑似显示全名：{named(full)}。"
        return lawful(page, suspected(message, *person_evidence(page, full), fact_day=fact_day(page)))
    schools = [p for p in minors if p.school]
    if schools:
        message = f"未成年人虽已隐名，但写明就读学校：{named(schools)}，是否足以识别本人需核对。"
        return lawful(page, suspected(message, *person_evidence(page, schools), fact_day=fact_day(page)))
    return PASS
