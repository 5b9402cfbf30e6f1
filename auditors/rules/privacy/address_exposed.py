"""P-06: home addresses finer than the county."""

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


@rule("P-06", severity=S0, basis=_BASIS)
def address_exposed(page: PublishedPage) -> Outcome:
    """家庭住址未删至县区

    Violation: 裁判文书中自然人的住址写到门牌、村组（确定）；只写到街道、乡镇、道路的，以及其他页面上的列疑似。
    Compliant: 写到县、县级市、区的住址；法人和其他组织的住所地；案发地等事实中的地点；已隐去的住址。
    Remedy: 将自然人的住址删至县、区后重新公布。
    """
    return judged(page, "P-06")
