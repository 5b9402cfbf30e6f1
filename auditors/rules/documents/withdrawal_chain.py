"""D-09: a withdrawal without application, reason, review or approval."""

from __future__ import annotations

from auditors.reasons import is_missing
from auditors.rule import PASS, S2, Outcome, certain, gravest, rule, unclear
from auditors.views import CaseFile, ledger_evidence
from storage.records import Withdrawal

_PARTS = {
    "applicant": "申请人",
    "reason": "撤回理由",
    "department_review": "部门审查人",
    "court_approval": "院领导审批",
}


@rule("D-09", severity=S2, basis=("judgments_online_2016/16", "judicial_openness_2018/21"))
def withdrawal_chain(case: CaseFile) -> Outcome:
    """撤回审批链缺失

    Violation: 撤回审批台账中，某件撤回没有申请人、撤回理由、部门审查人或者院领导审批。
    Compliant: 四项齐全；同一案件多行登记、合起来齐全的；台账各行都没有登记某一项的，该项列待核实。
    Remedy: 补齐撤回申请、理由和两级审批手续；今后先审批后撤回。
    """
    by_day: dict[object, list[Withdrawal]] = {}
    for row in case.withdrawals:
        by_day.setdefault(row.withdrawn, []).append(row)
    return gravest(_judge(rows, case.withdrawal_columns) for rows in by_day.values()) if by_day else PASS


def _judge(rows: list[Withdrawal], columns: frozenset[str]) -> Outcome:
    missing = [name for name in _PARTS if all(is_missing(getattr(row, name)) for row in rows)]
    proof = tuple(map(ledger_evidence, rows))
    proven = "、".join(_PARTS[name] for name in missing if name in columns)
    if proven:
        return certain(f"撤回审批台账未登记{proven}。", *proof)
    doubtful = "、".join(_PARTS[name] for name in missing)
    return unclear(f"撤回审批台账各行均未登记{doubtful}，需核对审批材料。", *proof) if doubtful else PASS
