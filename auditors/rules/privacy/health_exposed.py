"""P-07: illnesses of persons who are named."""

from __future__ import annotations

import re

from auditors.exposure import judged
from auditors.page_views import PublishedPage
from auditors.rule import PASS, S0, Outcome, rule

_INJURY = re.compile(
    r"健康权|身体权|生命权|人身|医疗|交通事故|工伤|劳动|雇|提供劳务|产品责任|保险|伤害|过失|损害|残疾|赔偿|监护|行为能力|强制医疗|社会保障"
)


@rule(
    "P-07",
    severity=S0,
    basis=("judgments_online_2016/10", "document_format_2013/address", "personal_information_2021/28"),
)
def health_exposed(page: PublishedPage) -> Outcome:
    """健康状况泄露

    Violation: 写明全名的自然人，同一句中写明其疾病、残疾、精神状况（一律列疑似，由人核对）。
    Compliant: 当事人已隐名的；人身损害、医疗、工伤、保险等案件为说理所必需的伤情。
    Remedy: 核对是否为说理所必需；不必需的，删除健康信息或者隐名后重新公布。
    """
    cause = page.judgment.cause if page.judgment is not None else None
    return PASS if cause and _INJURY.search(cause) else judged(page, "P-07")
