"""P-08: full names of those whom the law wants anonymous."""

from __future__ import annotations

from auditors.exposure import fact_day, lawful, looked_at, proven, unproven
from auditors.names import (
    ANY_CASE_ROLES,
    CRIMINAL_ROLES,
    FAMILY_ROLES,
    family_cause,
    full_names,
    must_be_anonymous,
    named,
    person_evidence,
)
from auditors.page_views import PublishedPage
from auditors.rule import PASS, S0, Outcome, rule, suspected
from storage.records import PageKind

_BASIS = (
    "judgments_online_2016/8",
    "judgments_online_2016/9",
    "judgments_online_2013/names",
    "personal_information_2021/28",
    "personal_information_2021/34",
)


@rule("P-08", severity=S0, basis=_BASIS)
def protected_name(page: PublishedPage) -> Outcome:
    """法定应隐名未隐名

    Violation: 婚姻家庭、继承案件的当事人及其法定代理人，刑事案件被害人、附带民事诉讼原告人及其法定代理人，证人、鉴定人，在裁判文书中显示全名（首部或者姓名起止明确的为确定）；新闻、案例中的列疑似。
    Compliant: 以“姓+某”隐名；法官、检察员、律师等的姓名；使用化名的报道；其他案件的当事人。
    Remedy: 立即撤下，隐去名字后重新公布。

    Minors are P-13's; children named in a family case are this rule's too. In reports a name may be that of somebody who agreed to be named: suspected.
    """
    if not looked_at("P-08", page):
        return PASS
    if page.scan.kind is PageKind.NEWS:
        return _in_report(page)
    found = must_be_anonymous(page)
    if not found:
        return PASS
    sure = [p for p in found if p.in_head or p.sure]
    cause = family_cause(page)
    why = f"本案案由为{cause}，" if cause else ""
    proof = person_evidence(page, sure or found)
    if sure:
        message = f"{why}应当隐名的人员显示全名：{named(sure)}{unproven(page)}。"
        return proven(page)(message, *proof, fact_day=fact_day(page))
    return suspected(f"应当隐名的人员疑似显示全名：{named(found)}。", *proof, fact_day=fact_day(page))


def _in_report(page: PublishedPage) -> Outcome:
    roles = {*ANY_CASE_ROLES, *CRIMINAL_ROLES, *(FAMILY_ROLES if page.scan.family else ())}
    found = [p for p in full_names(page) if p.role in roles and not p.minor and p.sure]
    if not found:
        return PASS
    message = f"新闻、案例中依法应当隐名的人员疑似显示全名：{named(found)}。"
    return lawful(page, suspected(message, *person_evidence(page, found)))
