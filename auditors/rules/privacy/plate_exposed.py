"""P-04: vehicle plates."""

from __future__ import annotations

from auditors.exposure import judged
from auditors.page_views import PublishedPage
from auditors.rule import S1, Outcome, rule

_BASIS = (
    "judgments_online_2016/10",
    "document_format_2013/address",
    "personal_information_2021/28",
    "personal_information_2021/34",
)


@rule("P-04", severity=S1, basis=_BASIS)
def plate_exposed(page: PublishedPage) -> Outcome:
    """车牌号码泄露

    Violation: 裁判文书、送达公告中有完整的车牌号码（含8位新能源号牌）；前后没有车辆字样的，以及新闻、开庭公告中的列疑似。
    Compliant: 已隐去的车牌号码；拍卖公告中被拍卖车辆的号牌。
    Remedy: 删除车牌号码后重新公布。
    """
    return judged(page, "P-04")
