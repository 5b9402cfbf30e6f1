"""P-12: the case number or the court's name hidden."""

from __future__ import annotations

from datetime import date

from auditors.document_views import DocumentState
from auditors.overmasking import overmasked, stands_since
from auditors.rule import PASS, S1, Outcome, rule
from storage.records import Sign

_WHAT = {Sign.MASKED_NUMBER: "案号", Sign.MASKED_COURT: "法院名称"}


@rule("P-12", severity=S1, basis=("bench_named_2026/named", "document_format_2013/signatures"))
def masked_number(document: DocumentState, today: date) -> Outcome:
    """过度隐名：案号、法院名称

    Violation: 公布的裁判文书首部的案号隐去了数字（×××号），或者法院名称写作×××人民法院（确定）。2026年1月8日以前核查的、导入数据所见的，列疑似。
    Compliant: 首部案号、法院名称完整；正文中引用的其他案件案号被隐去的，不在此列。
    Remedy: 恢复案号和法院名称后重新公布。
    """
    masked = document.shows(*_WHAT)
    if not masked or not stands_since(document):
        return PASS
    names = "、".join(_WHAT[sign] for sign in masked)
    return overmasked(document, f"公布的裁判文书首部隐去了{names}。", today)
