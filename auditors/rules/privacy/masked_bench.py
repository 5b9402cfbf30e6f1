"""P-11: names of judges, assistants and clerks hidden, or the block of signatures missing."""

from __future__ import annotations

from datetime import date

from auditors.document_views import DocumentState
from auditors.overmasking import overmasked, stands_since
from auditors.rule import PASS, S1, Outcome, rule, suspected
from storage.records import Sign

_WHO = {Sign.MASKED_JUDGE: "审判人员", Sign.MASKED_ASSISTANT: "法官助理", Sign.MASKED_CLERK: "书记员"}


@rule("P-11", severity=S1, basis=("bench_named_2026/named", "document_format_2013/signatures"))
def masked_bench(document: DocumentState, today: date) -> Outcome:
    """过度隐名：审判人员、法官助理、书记员

    Violation: 公布的裁判文书把审判人员、法官助理或者书记员的姓名隐为×××、某某等（确定）；判决书、裁定书读到落款日期，没有审判人员或者书记员（疑似）。2026年1月8日以前核查的、导入数据所见的，列疑似。
    Compliant: 审判人员、法官助理、书记员姓名完整；署名写在标题之上的；通知书、决定书只加盖院印的；正文未读全的不判断署名缺失。
    Remedy: 恢复审判人员、法官助理、书记员姓名后重新公布；确因保护需要隐去的，留存审批材料。

    王某 alone is not taken for masked: a lone 某 also stands in samples and tests. The day of the norm is that on which
    the document stands there: it must be set right whenever it was published.
    """
    judgment = document.publication.judgment
    if not stands_since(document):
        return PASS
    masked = document.shows(*_WHO)
    if masked:
        names = "、".join(_WHO[sign] for sign in masked)
        return overmasked(document, f"公布的裁判文书隐去了{names}姓名。", today)
    missing = document.shows(Sign.NO_JUDGE, Sign.NO_CLERK)
    if not missing or judgment.unread is not None:
        return PASS
    names = "、".join("审判人员" if sign is Sign.NO_JUDGE else "书记员" for sign in missing)
    return suspected(
        f"公布的裁判文书有裁判结果和落款日期，未见{names}署名，需核对。", *document.evidence, fact_day=today
    )
