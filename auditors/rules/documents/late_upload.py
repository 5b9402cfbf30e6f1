"""D-01: the ledger's effective date against the publication date."""

from __future__ import annotations

from auditors.deadline import publication_deadline
from auditors.matching import distinct_documents, find_document, is_appealed, is_exempt
from auditors.rule import PASS, S1, Outcome, gravest, rule, unclear
from auditors.timeliness import chinese, judge_publication
from auditors.views import CaseFile, ledger_evidence
from storage.records import CaseEntry


@rule("D-01", severity=S1, basis=("judgments_online_2016/7", "judgments_online_2013/deadline"))
def late_upload(case: CaseFile) -> Outcome:
    """生效文书逾期上网

    Violation: 台账载明生效日期，文书在生效之日起第七个工作日之后才在互联网公布（2016年10月1日前生效的，按七日计，只列疑似）。
    Compliant: 第七个工作日当日及以前公布；调解书（行政、公益诉讼的除外）及离婚、抚养、监护等依法不公布的，已批准不上网的；案号、文书所载法院不是本院的（列待核实）；已上诉、抗诉的按二审生效日期另计（D-02）；台账未载生效日期的只作推算（D-03）。
    Remedy: 核实逾期原因，完善文书生效后上网的提醒和签批环节，今后在生效之日起七个工作日内上网。

    The publication date counts only where the page states it; a date known as an upper bound leaves the case unclear.
    """
    if case.approvals:
        return PASS
    return gravest(_judge(case, entry) for entry in distinct_documents(case))


def _judge(case: CaseFile, entry: CaseEntry) -> Outcome:
    if entry.effective is None or is_appealed(entry) or is_exempt(case, entry.document_type):
        return PASS
    match, deadline = find_document(case, entry), publication_deadline(entry.effective)
    if match is None or deadline is None:
        return PASS
    outcome = judge_publication(match, deadline, entry.effective, "生效日期", ledger_evidence(entry))
    if outcome.verdict == "pass":
        return PASS
    if case.of_another_court:
        return unclear(
            f"{outcome.message}案号或者文书所载法院与本院不符，应由审理法院公布，需核对。", *outcome.evidence
        )
    decided = entry.decided or match.publication.judgment.decided
    if decided is not None and entry.effective < decided:
        return unclear(
            f"台账生效日期{chinese(entry.effective)}早于裁判日期{chinese(decided)}，台账需核对。", *outcome.evidence
        )
    if case.appeals and case.number is not None and case.number.is_first_instance:
        return unclear(f"{outcome.message}另有二审文书引用本案号，生效日期需核对。", *outcome.evidence)
    return outcome
