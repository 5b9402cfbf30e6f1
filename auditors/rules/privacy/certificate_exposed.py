"""P-05: numbers of title certificates."""

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


@rule("P-05", severity=S1, basis=_BASIS)
def certificate_exposed(page: PublishedPage) -> Outcome:
    """权属证书编号泄露

    Violation: 裁判文书、送达公告中有不动产权证、房产证、土地证、机动车登记证书等的完整编号；新闻、开庭公告中的列疑似。
    Compliant: 已隐去的编号；拍卖公告中被拍卖财产的证书编号。
    Remedy: 删除权属证书编号后重新公布。
    """
    return judged(page, "P-05")
