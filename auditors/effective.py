"""When may a judgment have taken effect? Bounds from public data (domain/rules.md §6): a pure function, no verdict.

An effective date is almost never printed. The earliest bound supposes service on the day of the judgment, the latest
the statutory time for dispatch, a slack for the mail, and longer service by notice or abroad.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from auditors.calendar import roll, spans_provisional
from storage.case_number import CaseNumber

MAIL_SLACK = 7
NOTICE_BEFORE_2022, NOTICE, NOTICE_CHANGED = 60, 30, date(2022, 1, 1)
ABROAD_SERVICE, ABROAD_APPEAL = 90, 30
_SMALL_CLAIMS = re.compile(r"小额")
_ONE_INSTANCE = re.compile(r"小额|特别程序|督促|公示催告|终审|二审")
_APPEALABLE_JUDGMENT = {"civil": 15, "administrative": 15, "criminal": 10, "compensation": 15, "insolvency": 15}
_APPEALABLE_RULING = {
    "civil": 10,
    "administrative": 10,
    "criminal": 5,
    "compensation": 10,
    "insolvency": 10,
    "jurisdiction": 10,
}


@dataclass(frozen=True, kw_only=True)
class Document:
    """What is known of a judgment document.

    Attributes:
        number: Its case number; None: not known, then nothing is estimated.
        kind: 判决书, 裁定书, …, also with the branch before it (民事判决书).
        appeal_clause, final_clause: As found in its text; None: the text is not known.
        procedure: As the ledger has it (小额诉讼 …).
    """

    decided: date
    number: CaseNumber | None
    kind: str | None = None
    appeal_clause: bool | None = None
    final_clause: bool | None = None
    notice_service: bool = False
    foreign_party: bool = False
    procedure: str | None = None


@dataclass(frozen=True)
class Estimate:
    """Attributes: bounds of the effective date; the shortest and longest time for appeal in days (0: none); whether
    the bounds rest on holidays not yet decreed."""

    earliest: date
    latest: date
    appeal_days: int
    longest_appeal: int
    provisional: bool


def appeal_days(document: Document) -> tuple[int, int]:
    """The shortest and the longest time for appeal that is possible, in days.

    民诉法 171, 165; 行诉法 85; 刑诉法 230. Rulings: only those that their text says can be appealed.
    """
    number, kind = document.number, document.kind or ""
    if number is None or _is_final(document, number):
        return 0, 0
    judgment = _APPEALABLE_JUDGMENT.get(number.category, 0)
    ruling = _APPEALABLE_RULING.get(number.category, 0)
    if "判决" in kind:
        shortest = longest = judgment
    elif "裁定" in kind:
        shortest = ruling if document.appeal_clause else 0
        longest = 0 if document.appeal_clause is False else ruling
    elif not kind:
        shortest, longest = (ruling if document.appeal_clause else 0), max(judgment, ruling)
    else:
        return 0, 0
    if not number.is_first_instance and not document.appeal_clause:
        shortest = 0  # a retrial follows the first or the second instance's procedure: either is possible
    if document.foreign_party and longest and number.category != "criminal":
        longest = max(longest, ABROAD_APPEAL)
    return shortest, longest


def _is_final(document: Document, number: CaseNumber) -> bool:
    if document.final_clause or number.court_code == "最高法" or _ONE_INSTANCE.search(document.procedure or ""):
        return True
    if document.appeal_clause:
        return False
    if number.is_second_instance:
        return True
    may_be_appealed = number.instance in ("初", "再", "抗", "提") or number.plain_type == "民撤"
    return not may_be_appealed and number.category not in ("jurisdiction", "insolvency")


def is_small_claims(procedure: str | None) -> bool:
    """The ledger's 审理程序 names small claims."""
    return bool(_SMALL_CLAIMS.search(procedure or ""))


def estimate(document: Document) -> Estimate | None:
    """Bounds of the day on which a document took effect; None without a case number."""
    number = document.number
    if number is None:
        return None
    shortest, longest = appeal_days(document)
    dispatch = 5 if number.category == "criminal" else 10
    service = dispatch + MAIL_SLACK
    if document.notice_service:
        service += NOTICE if document.decided >= NOTICE_CHANGED else NOTICE_BEFORE_2022
    if document.foreign_party:
        service += ABROAD_SERVICE
    earliest = _expiry(document.decided, 0, shortest)
    latest = _expiry(document.decided, service, longest)
    return Estimate(earliest, latest, shortest, longest, spans_provisional(document.decided, latest))


def _expiry(decided: date, service: int, days: int) -> date:
    """The day of effect: the day after the last day for appeal, which is never a day off; or the day of service."""
    last = roll(decided + timedelta(days=service + days))
    return last + timedelta(days=1) if days else last
