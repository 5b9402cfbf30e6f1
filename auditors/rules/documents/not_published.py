"""D-04: effective by the ledger, neither published nor registered as not to be published."""

from __future__ import annotations

from datetime import date

from auditors.deadline import publication_deadline
from auditors.matching import distinct_documents, find_document, is_appealed, is_exempt, is_public_mediation, kind_of
from auditors.rule import HELD, PASS, S1, Outcome, certain, gravest, rule, suspected, unclear, weakened
from auditors.timeliness import chinese
from auditors.views import CaseFile, Coverage, ledger_evidence
from storage.records import CaseEntry

_DUE_KINDS = ("判决书", "裁定书")


@rule(
    "D-04", severity=S1, basis=("judgments_online_2016/7", "judgments_online_2016/3", "judgments_online_2013/deadline")
)
def not_published(case: CaseFile, today: date) -> Outcome:
    """应上网未上网

    Violation: 台账载明已生效，满七个工作日后仍未在本院网站公布，也没有不上网审批和不公开信息。
    Compliant: 已公布、已审批不上网或已公开不公开信息的；未满期限的；调解书（行政、公益诉讼的除外）及离婚、抚养、监护等依法不公布的；尚在二审的。
    Remedy: 立即补充上网；属于依法不公布的，补办不上网审批并公布案号、审理法院、裁判日期和不公开理由。

    Certain only for judgments, rulings and mediations that are published, of this court's own case numbers, and only if the site has sections of judgments and all were read completely
    tonight, and every row of the ledgers could be read: the row that is missed may be among those that could not. Without any such section nothing is said: the document may stand on the national platform alone; unless an imported dump of it is said to be complete for that day of judgment, then it is suspected.
    """
    return gravest(_due(case, entry, today) for entry in distinct_documents(case))


def _due(case: CaseFile, entry: CaseEntry, today: date) -> Outcome:
    effective = entry.appeal_effective if is_appealed(entry) else entry.effective
    if effective is None or _is_withheld(case, entry) or find_document(case, entry) is not None:
        return PASS
    deadline = publication_deadline(effective)
    if deadline is None or deadline.is_met(today):
        return PASS
    on_platform = case.judgments_read is Coverage.NONE and _is_covered(case, entry)
    if case.judgments_read is Coverage.NONE and not on_platform:
        return HELD
    if Coverage.INCOMPLETE in (case.judgments_read, case.notices_read):
        return unclear(
            "本次未能完整读取本院网站的文书公开栏目，不能断定是否已上网。", ledger_evidence(entry), unread=True
        )
    what = "二审生效日期" if is_appealed(entry) else "生效日期"
    message = (
        f"{what}为{chinese(effective)}，应于{chinese(deadline.last)}前上网；截至{chinese(today)}，"
        "未见公布文书，也无不上网审批和不公开信息。"
    )
    outcome = _grade(case, entry, message, effective, deadline.doubt)
    return weakened(outcome, "据导入的裁判文书网数据，数据的完整性由导入人声明") if on_platform else outcome


def _is_covered(case: CaseFile, entry: CaseEntry) -> bool:
    """A dump of the national platform is said to hold all documents decided on that day."""
    decided = entry.decided
    return decided is not None and any(first <= decided <= last for first, last in case.platform_complete)


def _grade(case: CaseFile, entry: CaseEntry, message: str, effective: date, doubt: str | None) -> Outcome:
    proof, kind = ledger_evidence(entry), kind_of(entry.document_type)
    if case.of_another_court:
        return unclear(
            f"{message}案号的法院代字与本院不符，或系其他案件的二审案号，应由审理法院公布，需核对。",
            proof,
            fact_day=effective,
        )
    if case.publications or case.siblings:
        return unclear(f"{message}同案有其他文书已公布，需核对是否同一份。", proof, fact_day=effective)
    if case.unnumbered and (entry.decided is None or case.unnumbered & {entry.decided, None}):
        return unclear(f"{message}网站另有案号无法识别的文书，需核对是否本案。", proof, fact_day=effective)
    if case.withdrawals:
        return unclear(f"{message}台账有撤回记录，需核对。", proof, fact_day=effective)
    if entry.public is False:
        return unclear(f"{message}本案不公开审理，可能依法不公布，需核对。", proof, fact_day=effective)
    if entry.decided is not None and effective < entry.decided:
        return unclear(f"{message}台账生效日期早于裁判日期，需核对。", proof, fact_day=effective)
    if kind is None:
        return suspected(f"{message}台账未载明文书类型。", proof, fact_day=effective)
    is_due = kind in _DUE_KINDS or is_public_mediation(case, entry.document_type)
    if not is_due or (case.number is not None and case.number.plain_type.startswith("民特")):
        return unclear(f"{message}该类文书是否应当公布需核对。", proof, fact_day=effective)
    outcome = certain(message, proof, fact_day=effective)
    doubts = [one for one in (doubt, case.unread_doubt) if one]
    return weakened(outcome, "；".join(doubts)) if doubts else outcome


def _is_withheld(case: CaseFile, entry: CaseEntry) -> bool:
    return bool(case.approvals or case.notices) or is_exempt(case, entry.document_type)
