"""P-02: telephones, e-mail, QQ and WeChat of persons."""

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


@rule("P-02", severity=S0, basis=_BASIS)
def contact_exposed(page: PublishedPage) -> Outcome:
    """通讯方式泄露

    Violation: 裁判文书中有当事人等自然人的手机号码、固定电话、电子邮箱、QQ号、微信号（确定）；不能确定属于何人的列疑似；其他页面上属于自然人的列疑似。
    Compliant: 法院、12368热线、公告载明的工作联系人、律师和律师事务所、拍卖咨询、破产管理人的电话；已掩码的号码。
    Remedy: 删除自然人的通讯方式后重新公布。

    On administrative notices it is S2: there telephones are printed on purpose, and only those beside a person count.
    """
    return judged(page, "P-02")
