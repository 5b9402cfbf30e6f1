"""N-04: the catch-all reason is given too often."""

from __future__ import annotations

from datetime import date
from statistics import fmean, pstdev

from auditors.policies import Policy, duty_of
from auditors.rule import PASS, S3, Outcome, certain, rule, suspected, unclear
from auditors.views import ReasonUses

SHARE = 0.30
LEAST_OWN, LEAST_PEERS = 20, 3


@rule("N-04", severity=S3, basis=("judgments_online_2016/4", "judicial_openness_2018/21"), duty="withheld_other_share")
def catch_all_overused(uses: ReasonUses, today: date, policy: Policy | None) -> Outcome:
    """“其他情形”占比畸高

    Violation: 不上网文书中以“人民法院认为不宜在互联网公布的其他情形”为由的占比超过30%，并高于同市法院的总体占比（疑似）；没有同市法院数据的列待核实；超过本院规范规定的比例，且数据读全的，为确定。
    Compliant: 占比不超过30%，或者不高于同市法院总体占比的；不足二十件的不统计；互联网法院因案件类型特殊，不作比较。
    Remedy: 逐件复核以其他情形不上网的文书，不属于不宜公布情形的依法公布；严格部门领导审查、分管院领导审批。

    A statistical hint: the share of one's peers is printed beside it, and how many standard deviations lie between.
    """
    own = uses.own
    if own.total < LEAST_OWN or "互联网法院" in own.court:
        return PASS
    duty = duty_of(policy, "withheld_other_share", today)
    limit = duty.number("percent") if duty is not None else None
    told = f"{uses.source}中，以其他情形不上网{own.others}件，占{own.total}件的{own.share:.2%}"
    if limit is not None and own.share * 100 > limit:
        if uses.is_complete:
            return certain(f"{told}，超过规定的{limit}%。")
        return suspected(f"{told}，超过规定的{limit}%，但数据未读全。")
    if own.share <= SHARE:
        return PASS
    if len(uses.peers) < LEAST_PEERS:
        return unclear(f"{told}，超过{SHARE:.0%}；没有足够的同市法院数据可以比较。")
    return _against_peers(uses, told)


def _against_peers(uses: ReasonUses, told: str) -> Outcome:
    everyone = (uses.own, *uses.peers)
    pooled = sum(one.others for one in everyone) / sum(one.total for one in everyone)
    if uses.own.share <= pooled:
        return PASS
    shares = [one.share for one in uses.peers]
    spread = pstdev(shares)
    beside = f"，标准分{(uses.own.share - fmean(shares)) / spread:.2f}" if spread else ""
    return suspected(
        f"{told}，超过{SHARE:.0%}，高于同市{len(everyone)}个法院的总体占比{pooled:.2%}"
        f"（其他法院平均{fmean(shares):.2%}{beside}）。"
    )
