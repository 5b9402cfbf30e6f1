"""N-01: approved not to be published, and no public entry says so."""

from __future__ import annotations

from datetime import date

from auditors.basis import article
from auditors.calendar import PROVISIONAL_NOTE, add_working_days, spans_provisional
from auditors.matching import distinct_documents, is_appealed
from auditors.reasons import may_leak_secret
from auditors.rule import HELD, PASS, S1, Outcome, certain, rule, suspected, unclear, weakened
from auditors.timeliness import chinese
from auditors.views import RELIABLE, CaseFile, Coverage, ledger_evidence
from storage.records import Evidence

_NORM = "judgments_online_2016/6"
_NO_SECTION = "本院网站未见不公开信息栏目；是否已在中国裁判文书网公布不公开信息，需核对。"


@rule("N-01", severity=S1, basis=(_NORM,))
def no_notice(case: CaseFile, today: date) -> Outcome:
    """不上网文书未公布信息

    Violation: 台账载明已批准不上网，裁判文书生效满七个工作日后，网站仍未公布该案案号、审理法院、裁判日期和不公开理由；公布较晚的列疑似。
    Compliant: 已公布不公开信息或已公布文书的；未满期限的；公布信息本身可能泄露国家秘密的。
    Remedy: 立即补充公布案号、审理法院、裁判日期和不公开理由四项信息。

    Article 6 sets no time limit; seven working days from legal effect is this project's reading, so an entry that came
    late is suspected only, one that never came is certain. The effective date is the ledger's alone.
    """
    if not case.approvals or case.publications or any(may_leak_secret(a.reason) for a in case.approvals):
        return PASS
    effective = _effective(case)
    if effective is None:
        return _without_date(case)
    if not article(_NORM).instrument.is_in_force(effective):
        return PASS
    days = article(_NORM).numbers["working_days"]
    last = add_working_days(effective, days)
    proof = tuple(ledger_evidence(a) for a in case.approvals)
    if case.notices:
        return _late(case, effective, last, days, *proof)
    if today <= last:
        return PASS
    return _absent(case, effective, today, spans_provisional(effective, last), *proof)


def _effective(case: CaseFile) -> date | None:
    """The latest day of effect that the ledger knows of the case: in the department's favour."""
    days = [e.appeal_effective if is_appealed(e) else e.effective for e in distinct_documents(case)]
    return max((day for day in days if day is not None), default=None)


def _without_date(case: CaseFile) -> Outcome:
    if case.notices:
        return PASS
    if case.notices_read is not Coverage.COMPLETE:
        return HELD
    proof = tuple(ledger_evidence(a) for a in case.approvals)
    return unclear("已批准不上网，网站未见不公开信息；台账未载明生效日期，无法核对是否已满期限。", *proof)


def _late(case: CaseFile, effective: date, last: date, days: int, *proof: Evidence) -> Outcome:
    stated = [n.published for n in case.notices if n.published is not None and n.published_source in RELIABLE]
    if not stated or len(stated) < len(case.notices) or min(stated) <= last:
        return PASS
    return suspected(
        f"生效日期为{chinese(effective)}，不公开信息于{chinese(min(stated))}公布，晚于生效后第{days}个工作日"
        f"（{chinese(last)}）。",
        *(Evidence(url=n.url, sha256=n.sha256) for n in case.notices),
        *proof,
        fact_day=effective,
    )


def _absent(case: CaseFile, effective: date, today: date, provisional: bool, *proof: Evidence) -> Outcome:
    if case.notices_read is Coverage.NONE:
        return unclear(_NO_SECTION, *proof, unread=True)
    if Coverage.INCOMPLETE in (case.notices_read, case.judgments_read):
        return unclear("本次未能完整读取本院网站的文书公开栏目，不能断定是否已公布不公开信息。", *proof, unread=True)
    outcome = certain(
        f"已批准不上网，文书于{chinese(effective)}生效；截至{chinese(today)}，网站未公布该案不公开信息。",
        *proof,
        fact_day=effective,
    )
    doubts = [PROVISIONAL_NOTE] * provisional + ([case.unread_doubt] if case.unread_doubt else [])
    return weakened(outcome, "；".join(doubts)) if doubts else outcome
