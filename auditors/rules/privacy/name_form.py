"""P-09: names that were made anonymous in another form than the law's, or so that nobody can be told apart."""

from __future__ import annotations

from auditors.exposure import fact_day, looked_at
from auditors.names import named, person_evidence
from auditors.page_views import PublishedPage
from auditors.rule import PASS, S3, Outcome, certain, rule, suspected
from storage.records import NameForm, PersonKind, PersonRole


@rule("P-09", severity=S3, basis=("judgments_online_2016/9",))
def name_form(page: PublishedPage) -> Outcome:
    """隐名格式不规范

    Violation: 裁判文书首部的自然人当事人以“×”“*”等符号或者“先生”“女士”代替名字，而不是“姓+某”（确定）；两名当事人隐名后相同、无法区分（疑似）。
    Compliant: 张某、张某某、张某1、张某甲；不需要隐名而显示的全名；企业名称。
    Remedy: 按“姓+某”重新隐名，同姓的加数字区分，重新公布。

    That namesakes get a number is usage, not quoted law: suspected.
    """
    if not looked_at("P-09", page):
        return PASS
    parties = [p for p in page.persons if p.in_head and p.role is PersonRole.PARTY and p.kind is PersonKind.NATURAL]
    signs = [p for p in parties if p.form is NameForm.SYMBOL]
    day = fact_day(page)
    if signs:
        message = f"当事人姓名以符号等代替，不是“姓+某”：{named(signs)}。"
        return certain(message, *person_evidence(page, signs), fact_day=day)
    same = [p for p in parties if p.collapses]
    if same:
        message = f"不同当事人隐名后相同，无法区分：{named(same)}。"
        return suspected(message, *person_evidence(page, same), fact_day=day)
    return PASS
