"""L-03: the ledger of hearings that are approved not to be streamed."""

from __future__ import annotations

from auditors.hearing_views import day_of
from auditors.policies import Policy, duty_of
from auditors.reasons import is_missing
from auditors.rule import PASS, S2, Outcome, certain, gravest, rule
from auditors.views import CaseFile, ledger_evidence
from storage.records import Approval


@rule("L-03", severity=S2, duty="stream_approvals")
def approvals_incomplete(case: CaseFile, policy: Policy | None) -> Outcome:
    """不直播审批报表缺项

    Violation: 地方规范要求报送不直播审批的，台账该行缺少案由、当事人、经办人、开庭时间、不直播理由、审批人、审批层级之一。
    Compliant: 各项齐全；地方规范施行前的开庭；没有该项规定的法院。
    Remedy: 补全报表各项后重新报送。

    When a report was received is in no ledger, so a late one cannot be seen.
    """
    return gravest(_judge(row, policy) for row in case.stream_approvals)


def _judge(row: Approval, policy: Policy | None) -> Outcome:
    held = day_of(row.hearing)
    if policy is None or (held is not None and duty_of(policy, "stream_approvals", held) is None):
        return PASS
    if "stream_approvals" not in policy.duties:
        return PASS
    cells = {
        "案由": row.cause,
        "当事人": "有" if row.has_parties else None,
        "经办人": row.handler,
        "开庭时间": "有" if held else None,
        "不直播理由": row.reason,
        "审批人": row.approver,
        "审批层级": row.level,
    }
    missing = [name for name, value in cells.items() if is_missing(value)]
    if not missing:
        return PASS
    return certain(f"不直播审批台账缺少{'、'.join(missing)}。", ledger_evidence(row), fact_day=held)
