"""P-01: resident identity numbers that are not masked."""

from __future__ import annotations

from auditors.exposure import judged
from auditors.page_views import PublishedPage
from auditors.rule import S0, Outcome, rule

_BASIS = (
    "judgments_online_2016/10",
    "document_format_2013/address",
    "personal_information_2021/28",
    "personal_information_2021/34",
)


@rule("P-01", severity=S0, basis=_BASIS)
def id_number_exposed(page: PublishedPage) -> Outcome:
    """身份证号码泄露

    Violation: 公开页面上有未隐去的居民身份证号码：18位、出生日期与校验位相符，且有身份证字样或连续书写（确定）；校验位不符、掩码不足六位、15位旧号码列疑似。
    Compliant: 已掩码（连续六位以上）的号码；统一社会信用代码、合同号、订单号；执行公开平台格式的失信、限制消费名单。
    Remedy: 立即撤下页面，删除身份证号码后重新公布，并核查同批公布的页面。

    A defaulters' list may print the form of the execution platform, four digits hidden; a whole number there is suspected.
    A number without a label and away from any person, made of an area and a date since 2000, is suspected: files are numbered so.
    """
    return judged(page, "P-01")
