"""D-02: a first-instance document that was appealed, against the second instance's effective date."""

from __future__ import annotations

from auditors.deadline import APPEALED, publication_deadline
from auditors.matching import distinct_documents, find_document, is_appealed, is_exempt
from auditors.rule import PASS, S1, Outcome, gravest, rule, unclear
from auditors.timeliness import judge_publication
from auditors.views import CaseFile, ledger_evidence
from storage.records import CaseEntry


@rule("D-02", severity=S1, basis=("judgments_online_2016/7.2", "judgments_online_2013/deadline"))
def late_upload_appealed(case: CaseFile) -> Outcome:
    """上诉、抗诉的一审文书逾期上网

    Violation: 台账载明二审生效日期，一审文书在二审裁判生效后第七个工作日之后才在互联网公布。
    Compliant: 第七个工作日当日及以前公布；尚在二审的；离婚、抚养、监护等依法不公布的；已批准不上网的。一审的生效日期不作为起算点。
    Remedy: 建立二审结果反馈提醒，一审文书在二审裁判生效后七个工作日内上网，并核实逾期原因。
    """
    if case.approvals:
        return PASS
    return gravest(_judge(case, entry) for entry in distinct_documents(case) if is_appealed(entry))


def _judge(case: CaseFile, entry: CaseEntry) -> Outcome:
    match = find_document(case, entry)
    if match is None or is_exempt(case, entry.document_type):
        return PASS
    proof = ledger_evidence(entry)
    if entry.appeal_effective is None:
        return unclear(
            "文书已上诉并已公布，台账未载明二审生效日期，无法核对是否按期。", match.publication.evidence, proof
        )
    deadline = publication_deadline(entry.appeal_effective, APPEALED)
    if deadline is None:
        return PASS
    outcome = judge_publication(match, deadline, entry.appeal_effective, "二审生效日期", proof)
    if outcome.verdict != "pass" and case.of_another_court:
        return unclear(
            f"{outcome.message}案号或者文书所载法院与本院不符，应由审理法院公布，需核对。", *outcome.evidence
        )
    return outcome
