"""P-14: means of technical investigation, and secrets spelt out."""

from __future__ import annotations

from auditors.exposure import distinct, evidence, fact_day, lawful, looked_at, place_of
from auditors.page_views import PublishedPage
from auditors.rule import PASS, S1, Outcome, rule, suspected
from storage.records import DatumKind


@rule("P-14", severity=S1, basis=("judgments_online_2016/10", "personal_information_2021/34"))
def secret_exposed(page: PublishedPage) -> Outcome:
    """商业秘密、技术侦查措施

    Violation: 写明采取了技术侦查措施、技侦材料，或者写出技术秘密点、配方、客户名单的内容（一律列疑似，由人核对）。
    Compliant: 引用法条；案由中的“侵害商业秘密”；写明未采取的。
    Remedy: 核对；属于应当删除的，删除后重新公布。
    """
    if not looked_at("P-14", page):
        return PASS
    found = [d for d in page.data if d.kind is DatumKind.SECRET]
    if not found:
        return PASS
    words = "、".join(f"“{d.masked}”（{place_of(d)}）" for d in distinct(found))
    message = f"页面写有{words}，是否属于应当删除的内容需核对。"
    return lawful(page, suspected(message, *evidence(page, found), fact_day=fact_day(page)))
