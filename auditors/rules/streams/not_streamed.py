"""L-01: a public hearing, neither streamed nor approved not to be."""

from __future__ import annotations

import re
from datetime import date

from auditors.hearing_views import HearingState
from auditors.hearings import HORIZON, SETTLED, streaming_doubt
from auditors.policies import Duty, Policy, duty_of
from auditors.rule import HELD, PASS, S2, Outcome, certain, rule, suspected, unclear, weakened
from auditors.timeliness import chinese
from auditors.views import Coverage, ledger_evidence

_WORDS = (
    ("再审", re.compile("再审")),
    ("二审", re.compile("二审|终审")),
    ("一审", re.compile("一审|初审|简易|小额|速裁|普通")),
)
_INSTANCES = {"一审": "初", "二审": "终", "再审": "再"}


@rule("L-01", severity=S2, duty="stream_hearings")
def not_streamed(hearing: HearingState, today: date, policy: Policy | None) -> Outcome:
    """应播未播且无审批

    Violation: 地方规范要求公开开庭一律直播的，台账载明公开开庭的一审、再审案件，庭审公开网没有该场庭审，不直播审批台账也没有该案。
    Compliant: 已直播（日期相差一日以内）；已审批不直播；不公开审理的；离婚、抚养、监护等除外案件；程序不在直播范围的；尚未开庭或者刚开庭的；地方规范施行前的。
    Remedy: 查明未直播的原因；符合除外情形的补办审批手续，其他案件今后按要求直播。

    Only where a local norm requires it. Certain only if the ledger says that the hearing was public, the approvals' ledger
    is at hand, and the portal's lists were read completely and hold sessions of that time.
    """
    duty = duty_of(policy, "stream_hearings", hearing.day)
    if duty is None or not _is_due(hearing, duty, today) or hearing.streams:
        return PASS
    if hearing.approvals:
        return _approved(hearing, policy)
    if hearing.streams_read is Coverage.NONE:
        return HELD
    proof = tuple(ledger_evidence(entry) for entry in hearing.entries)
    if hearing.streams_read is Coverage.INCOMPLETE:
        return unclear("本次未能完整读取庭审公开网的列表，不能断定是否已直播。", *proof, unread=True)
    if hearing.streams_from is not None and hearing.day < hearing.streams_from:
        return HELD
    message = f"{chinese(hearing.day)}公开开庭，庭审公开网未见该场庭审，台账也无不直播审批。"
    doubt = streaming_doubt(hearing)
    if doubt:
        return unclear(f"{message}{doubt}，需核对。", *proof, fact_day=hearing.day)
    if hearing.public is None:
        return suspected(f"{message}台账未载明是否公开审理。", *proof, fact_day=hearing.day)
    outcome = certain(message, *proof, fact_day=hearing.day)
    if not hearing.approvals_known:
        return weakened(outcome, "未提供完整的不直播审批台账")
    return outcome if hearing.streams_reach else weakened(outcome, "庭审公开网列表未见更早的庭审")


def _is_due(hearing: HearingState, duty: Duty, today: date) -> bool:
    """A past public hearing of a procedure that is to be streamed, and of no excluded cause."""
    if not hearing.entries or not today - HORIZON <= hearing.day <= today - SETTLED:
        return False
    if hearing.public is False or hearing.purpose != "hearing" or any(a.hearing.minor for a in hearing.announcements):
        return False
    if any(word in cause for word in duty.words("excluded_causes") for cause in hearing.causes):
        return False
    procedures = duty.words("procedures")
    return not procedures or _procedure(hearing) in procedures


def _procedure(hearing: HearingState) -> str | None:
    """一审, 二审 or 再审: as the ledger says, else by the case number; None: not known, or rows that disagree."""
    named = [next((n for n, words in _WORDS if words.search(e.procedure or "")), None) for e in hearing.entries]
    said = {name for name in named if name is not None}
    if not said and hearing.number is not None:
        said = {name for name, sign in _INSTANCES.items() if sign == hearing.number.instance}
    return said.pop() if len(said) == 1 else None


def _approved(hearing: HearingState, policy: Policy | None) -> Outcome:
    """Approved not to be streamed; other reasons than those of the law need the court's leadership where so required."""
    duty = duty_of(policy, "stream_approvals", hearing.day)
    words = duty.words("leadership_reasons") if duty is not None else ()
    if any("院" in (a.level or "") for a in hearing.approvals):
        return PASS
    low = [a for a in hearing.approvals if any(w in (a.reason or "") for w in words) and "庭" in (a.level or "")]
    if len(low) < len(hearing.approvals):
        return PASS
    reason = (low[0].reason or "").strip()[:40]
    return suspected(
        f"{chinese(hearing.day)}公开开庭未直播，理由为“{reason}”，审批层级仅为{low[0].level}，未经分管院领导审批。",
        *map(ledger_evidence, low),
        fact_day=hearing.day,
    )
