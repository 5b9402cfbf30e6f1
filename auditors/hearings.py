"""Was a hearing announced, and in time? Shared by the rules on announcements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from datetime import date, timedelta

from auditors.causes import may_be_closed
from auditors.hearing_views import HearingState, Shown, day_of
from auditors.rule import HELD, PASS, Outcome, Severity, certain, suspected, unclear, weakened
from auditors.timeliness import chinese
from auditors.views import Coverage, ledger_evidence

HORIZON = timedelta(days=365)
"""Hearings further back are not judged: nothing about them can be mended. Ours, no norm's."""
SETTLED = timedelta(days=2)
"""So long the portal may need to list a recording. Ours, no norm's."""
_TRIALS = ("初", "终", "再")
CLOSED = "可能依法不公开审理"


def is_trial(hearing: HearingState, kinds: Container[str], today: date) -> bool:
    """A trial of one of these kinds that is not closed and not too long ago: no sentencing, inquiry or commutation."""
    if hearing.day < today - HORIZON or hearing.purpose != "hearing" or hearing.kind not in kinds:
        return False
    if hearing.number is not None and hearing.number.instance not in _TRIALS:
        return False
    minor = any(a.hearing.minor for a in hearing.announcements)
    return hearing.public is not False and not minor and (hearing.public is True or not closed_cause(hearing))


def closed_cause(hearing: HearingState) -> bool:
    """Its cause is one of those that are, or on application may be, heard behind closed doors."""
    return any(may_be_closed(cause) for cause in hearing.causes)


def named(hearing: HearingState) -> str:
    """The hearing in a sentence; several of one page are told apart by cause."""
    what = f"{hearing.causes[0]}一案" if hearing.causes and not hearing.case_number else ""
    return f"{what}{chinese(hearing.day)}开庭"


def announced_late(hearing: HearingState, least: int, severity: Severity | None = None) -> Outcome:
    """Announced fewer than `least` calendar days before.

    Certain only by the dates that all its announcements state. By the nights on which it was still missing it is
    suspected; where an announcement was there on the first night, nothing is known of when it came.
    """
    days = [a.earliest for a in hearing.announcements]
    if not days or None in days:
        return PASS
    first = min(day for day in days if day is not None)
    held = max([hearing.day, *(a.day for a in hearing.announcements if a.day)])  # a day off is in the court's favour
    ahead = (held - first).days
    if ahead >= least:
        return PASS
    stated = all(a.stated for a in hearing.announcements)
    when = f"公告发布日期为{chinese(first)}" if stated else f"{chinese(first)}巡查时网站尚无公告"
    lead = f"提前{ahead}天" if ahead > 0 else "当日" if ahead == 0 else "开庭之后"
    short = f"，不足开庭前{least}日" if ahead >= 0 else ""
    message = f"{named(hearing)}，{when}（{lead}）{short}。"
    if not stated or ahead < 0:
        return suspected(message, severity=severity, fact_day=held)
    outcome = certain(message, severity=severity, fact_day=held)
    return weakened(outcome, "同案另有其他日期的公告，可能改期") if hearing.rescheduled else outcome


def not_announced(hearing: HearingState, least: int, today: date) -> Outcome:
    """The ledger names the hearing, and no list announces it though it should stand there by now.

    Certain only if the ledger says that it was public, and the site's lists were read completely and would have shown it.
    """
    if not hearing.entries or hearing.announcements or today <= hearing.day - timedelta(days=least):
        return PASS
    if hearing.announced is Coverage.NONE:
        return HELD
    proof = tuple(ledger_evidence(entry) for entry in hearing.entries)
    if hearing.announced is Coverage.INCOMPLETE:
        return unclear("本次未能完整读取本院网站的开庭公告栏目，不能断定是否已公告。", *proof, unread=True)
    if hearing.shown is Shown.UNKNOWN:
        return HELD  # the list no longer shows hearings of that time
    message = f"台账载明{chinese(hearing.day)}开庭，本院网站未见该案开庭公告。"
    doubt = _doubt(hearing)
    if doubt:
        return unclear(f"{message}{doubt}，需核对。", *proof, fact_day=hearing.day)
    if hearing.public is None:
        return suspected(f"{message}台账未载明是否公开审理。", *proof, fact_day=hearing.day)
    outcome = certain(message, *proof, fact_day=hearing.day)
    return weakened(outcome, "公告栏目可能不再保留较早的公告") if hearing.shown is Shown.LIKELY else outcome


def _doubt(hearing: HearingState) -> str | None:
    if hearing.rescheduled:
        return "同案另有其他日期的公告，可能改期"
    if hearing.streams:
        return "庭审公开网已列出该案庭审"
    if hearing.joint_announced:
        return "同一经办人同一时间的另案已公告，可能合并审理"
    if hearing.unnumbered:
        return f"网站另有{hearing.unnumbered}条同期公告未写案号或者只写了数案中的第一案"
    if hearing.not_understood:
        return f"公告栏目另有{hearing.not_understood}个页面或条目未能识别"
    return None


def streaming_doubt(hearing: HearingState) -> str | None:
    """Why a hearing that the portal does not list may have been streamed all the same, or None."""
    if _unexplained(hearing):
        return "庭审公开网有同案其他日期的庭审，可能改期"
    if hearing.joint_streamed:
        return "同一经办人同一时间的另案已直播，可能合并审理"
    if hearing.unnumbered_streams:
        return f"庭审公开网同期有{hearing.unnumbered_streams}场庭审案号不明"
    if len(hearing.rescheduled) > len(hearing.announcements):
        return "同案另有其他日期的开庭公告，可能改期"
    return None


def _unexplained(hearing: HearingState) -> bool:
    """Sessions of the case on other days, that are not just the other sessions which the ledger names: one may be this."""
    days = Counter(day_of(entry.hearing) for entry in hearing.sessions if day_of(entry.hearing) != hearing.day)
    shown = Counter(day_of(stream.starts) for stream in hearing.other_streams)
    return any(shown[day] > days[day] for day in shown)
