"""D-13: the backlog of documents that ought to be published does not shrink by itself."""

from __future__ import annotations

from datetime import date, timedelta

from auditors.deadline import publication_deadline
from auditors.document_views import CourtDocuments
from auditors.matching import distinct_documents, find_document, is_appealed, is_exempt
from auditors.rule import HELD, PASS, S2, Outcome, rule, suspected
from auditors.timeliness import chinese
from auditors.views import CaseFile, Coverage, ledger_evidence
from storage.records import CaseEntry

LEFT_LYING = timedelta(days=30)
SHOWN = 3


@rule("D-13", severity=S2, basis=("judgments_online_2016/7",))
def backlog(court: CourtDocuments, today: date) -> Outcome:
    """历史文书补录进度滞后

    Violation: 台账中的文书上网期限届满30日以上，仍未公布，也没有不上网审批、不公开信息或者撤回记录（疑似，逐件见“应上网未上网”）。
    Compliant: 期限届满不足30日的；依法不公布、已审批的；文书栏目、不公开信息栏目未读全，或者本院网站没有文书栏目的，不判断。
    Remedy: 列出未处理文书清单，明确责任人和完成时间，逐件补充上网或者补办审批。

    There is no ledger of the backlog: it is what the case ledger says is due and nobody has acted on. The single
    documents are findings of D-04, so this one only says how many have been lying for how long, and is never certain.
    """
    lying = [(entry, last) for case in court.cases for entry, last in _unpublished(case) if last + LEFT_LYING < today]
    if not lying:
        return PASS
    if court.judgments_read is not Coverage.COMPLETE or court.notices_read is Coverage.INCOMPLETE:
        return HELD
    lying.sort(key=lambda one: (one[1], one[0].row))
    proof = [ledger_evidence(entry) for entry, _ in lying[:SHOWN]]
    return suspected(
        f"台账中{len(lying)}份文书上网期限届满30日以上仍无公布、审批或者不公开信息，最早一份应于{chinese(lying[0][1])}前上网。",
        *proof,
    )


def _unpublished(case: CaseFile) -> list[tuple[CaseEntry, date]]:
    """The case's documents that nobody has acted on, each with its last day; what is doubtful is left to D-04."""
    acted = case.approvals or case.notices or case.withdrawals or case.publications or case.siblings
    if acted or case.of_another_court or case.unnumbered:
        return []
    found = []
    for entry in distinct_documents(case):
        effective = entry.appeal_effective if is_appealed(entry) else entry.effective
        deadline = publication_deadline(effective) if effective else None
        if deadline is None or deadline.doubt or entry.public is False or is_exempt(case, entry.document_type):
            continue
        if find_document(case, entry) is None:
            found.append((entry, deadline.last))
    return found
