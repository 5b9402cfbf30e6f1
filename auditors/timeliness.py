"""Was a document published by its last day? Grades follow from how well the publication date is known."""

from __future__ import annotations

from datetime import date

from auditors.calendar import working_days_between
from auditors.deadline import Deadline
from auditors.matching import Match
from auditors.rule import PASS, Outcome, certain, suspected, unclear, weakened
from auditors.views import Publication
from storage.records import Evidence


def chinese(day: date) -> str:
    """2026年3月9日."""
    return f"{day.year}年{day.month}月{day.day}日"


def judge_publication(match: Match, deadline: Deadline, effective: date, what: str, *evidence: Evidence) -> Outcome:
    """The outcome for a document whose day of effect is known from the ledger.

    Args:
        what: How that day is called in the message (生效日期, 二审生效日期).
    """
    publication = match.publication
    proof = (publication.evidence, *evidence)
    started = f"{what}为{chinese(effective)}，应于{chinese(deadline.last)}前（{deadline.term}内）上网"
    stated = publication.stated
    if stated is not None:
        if deadline.is_met(stated):
            return PASS
        message = f"{started}，实际公布日期为{chinese(stated)}，逾期{_overdue(deadline, stated)}。"
        if not match.sure:
            return unclear(f"{message}同一案号有多份文书，需核对是否同一份。", *proof, fact_day=effective)
        outcome = certain(message, *proof, fact_day=effective)
        return weakened(outcome, deadline.doubt) if deadline.doubt else outcome
    return _by_bounds(publication, deadline, effective, started, *proof)


def _by_bounds(
    publication: Publication, deadline: Deadline, effective: date, started: str, *evidence: Evidence
) -> Outcome:
    if deadline.is_met(publication.latest):
        return PASS
    if publication.earliest is not None and not deadline.is_met(publication.earliest):
        month = f"{publication.earliest.year}年{publication.earliest.month}月"
        return suspected(f"{started}，网址显示公布于{month}。", *evidence, fact_day=effective)
    seen = chinese(publication.latest)
    return unclear(f"{started}，页面未载明公布日期，只知不晚于{seen}。", *evidence, fact_day=effective)


def _overdue(deadline: Deadline, stated: date) -> str:
    if "working_days" in deadline.article.numbers:
        return f"{working_days_between(deadline.last, stated)}个工作日"
    return f"{(stated - deadline.last).days}日"
