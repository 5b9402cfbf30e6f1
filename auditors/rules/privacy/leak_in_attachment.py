"""P-15: personal data in attachments."""

from __future__ import annotations

from auditors.exposure import RULE_OF, as_finding
from auditors.page_views import PublishedPage
from auditors.rule import PASS, S0, Outcome, rule
from storage.records import PageKind

_DATA = ("P-01", "P-02", "P-03", "P-04", "P-05", "P-06")
_LESS: dict[PageKind, tuple[str, ...]] = {  # what the page that offers the file may print, the file may too
    PageKind.AUCTION: ("P-01", "P-02", "P-03"),
    PageKind.DEFAULTERS: ("P-01",),
    PageKind.SERVICE: ("P-01", "P-03", "P-04", "P-05"),
}


@rule("P-15", severity=S0, basis=("personal_information_2021/28", "personal_information_2021/34"))
def leak_in_attachment(page: PublishedPage) -> Outcome:
    """附件泄露个人信息

    Violation: 页面所附的 doc、docx、xls、xlsx、pdf 文件或者附件名称中有未隐去的身份证号码、自然人通讯方式、银行账号、住址等。
    Compliant: 已隐去的；工作联系电话、法院账户；拍卖公告附件中拍卖财产的证书编号。
    Remedy: 立即撤下附件，隐去个人信息后重新上传，并核查同类附件。

    The subject is the attachment; the page that offers it is evidence. A judgment delivered as a file is a judgment and is
    looked at by P-01 to P-06. Images and scanned files are not read, and nothing is said of them.
    """
    if not page.scan.attachment:
        return PASS
    allowed = _LESS.get(page.scan.kind, _DATA)
    return as_finding(page, [d for d in page.data if RULE_OF[d.kind] in allowed])
