"""P-03: bank accounts and cards."""

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


@rule("P-03", severity=S0, basis=_BASIS)
def account_exposed(page: PublishedPage) -> Outcome:
    """银行账号泄露

    Violation: 裁判文书、送达公告中有账号、卡号字样后的16至19位银行账号（确定）；没有字样但符合银行卡校验，或者位数不符的列疑似。
    Compliant: 法院收取诉讼费、案款、保证金的账户；破产管理人账户；只有尾号或者已掩码的卡号；订单号、流水号。
    Remedy: 删除银行账号后重新公布。
    """
    return judged(page, "P-03")
