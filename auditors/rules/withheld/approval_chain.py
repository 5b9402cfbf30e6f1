"""N-05: the catch-all reason needs the court's leadership, not the department's alone."""

from __future__ import annotations

from auditors.reasons import OTHER, is_missing, reason_class
from auditors.rule import PASS, S1, Outcome, certain, gravest, rule, unclear
from auditors.views import CaseFile, ledger_evidence
from storage.records import Approval


@rule("N-05", severity=S1, basis=("judicial_openness_2018/21",))
def approval_chain(case: CaseFile) -> Outcome:
    """不上网审批链缺失

    Violation: 以“其他不宜公布的情形”为由不上网，台账没有审批人，或者审批层级只到庭级；载明院级但审批人为空的。
    Compliant: 有院级审批人和审批记录；其他法定理由的，不要求院级审批。
    Remedy: 补齐部门领导审查、分管院领导审批手续；审批不予同意的，依法公布裁判文书。

    Several rows of one case are one chain. An empty level beside an approver's name, or a ledger that names no approver
    in any row, leaves it to a person.
    """
    catch_all = [a for a in case.approvals if reason_class(a.reason) == OTHER]
    of_court = [a for a in case.approvals if "院" in (a.level or "")]
    if not catch_all or any(not is_missing(a.approver) for a in of_court):
        return PASS
    if of_court:
        return _unnamed(case, of_court[0])
    return gravest(_judge(approval, case.approvers_kept) for approval in catch_all)


def _unnamed(case: CaseFile, approval: Approval) -> Outcome:
    """The court's level is stated, and nobody who approved on it."""
    proof = ledger_evidence(approval)
    if not case.approvers_kept:
        return unclear("以其他情形不上网，审批层级为院级，台账各行均未登记审批人，需核对审批手续。", proof)
    if any(is_missing(a.level) and not is_missing(a.approver) for a in case.approvals):
        return unclear("以其他情形不上网，院级审批未登记审批人，另有审批人未载明层级，需核对。", proof)
    return certain("以其他情形不上网，审批层级为院级，但台账没有审批人。", proof)


def _judge(approval: Approval, approvers_kept: bool) -> Outcome:
    proof = ledger_evidence(approval)
    if is_missing(approval.approver) and is_missing(approval.level):
        if not approvers_kept:
            return unclear("以其他情形不上网，台账各行均未登记审批人，需核对审批手续。", proof)
        return certain("以其他情形不上网，台账没有审批人和审批层级。", proof)
    if is_missing(approval.level):
        return unclear("以其他情形不上网，台账未载明审批层级，需核对是否经分管院领导审批。", proof)
    if is_missing(approval.approver):
        return certain(f"以其他情形不上网，台账没有审批人，审批层级为{approval.level}。", proof)
    return certain(f"以其他情形不上网，审批层级仅为{approval.level}，未经分管院领导审批。", proof)
