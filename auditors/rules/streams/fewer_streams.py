"""L-04: fewer hearings streamed than last year, or than the target."""

from __future__ import annotations

from auditors.hearing_views import StreamYear
from auditors.policies import Duty, Policy, duty_of
from auditors.rule import HELD, PASS, S2, Outcome, gravest, rule, suspected
from auditors.views import Coverage


@rule("L-04", severity=S2, duty="stream_target")
def fewer_streams(year: StreamYear, policy: Policy | None) -> Outcome:
    """直播数低于上年或者目标

    Violation: 地方规范有要求的，今年以来庭审公开网列出的庭审少于上年同期；公开开庭的直播率低于地方规范载明的目标（均列疑似）。
    Compliant: 不低于上年同期和目标；列表未能完整读取的，或者未回溯至上年年初而今年尚不少于已见的上年场次的，不作结论。
    Remedy: 查明直播减少的原因，合理安排直播线路，完成年度目标。

    The year is not over, and the portal may have dropped old recordings: never certain. Both denominators are printed,
    public hearings and all hearings (L-09).
    """
    duty = duty_of(policy, "stream_target", year.until)
    if duty is None:
        return PASS
    if year.read is not Coverage.COMPLETE:
        return HELD
    return gravest([_below_last_year(year, duty), _below_target(year, duty)])


def _below_last_year(year: StreamYear, duty: Duty) -> Outcome:
    if not duty.flag("not_below_last_year"):
        return PASS
    if year.streamed >= year.streamed_before:
        return PASS if year.reaches_back else HELD  # sessions that were not listed could only make last year's more
    return suspected(
        f"{year.year}年1月1日至{year.until.month}月{year.until.day}日庭审公开网列出{year.streamed}场庭审，"
        f"上年同期{year.streamed_before}场，减少{year.streamed_before - year.streamed}场。"
    )


def _below_target(year: StreamYear, duty: Duty) -> Outcome:
    target = duty.of_year("percent", year.year)
    if target is None or year.public == 0 or year.unnumbered:
        return PASS
    if year.public_streamed * 100 >= target * year.public:
        return PASS
    return suspected(
        f"台账所载今年公开开庭{year.public}场，庭审公开网列出其中{year.public_streamed}场，直播率"
        f"{_percent(year.public_streamed, year.public)}，低于目标{target}%；按全部开庭{year.hearings}场计为"
        f"{_percent(year.hearings_streamed, year.hearings)}。"
    )


def _percent(part: int, whole: int) -> str:
    return f"{part / whole * 100:.2f}%"
