"""The life of a finding: what inspectors, departments and nights made of it, folded from events and sightings.

new → confirmed → assigned → rectified → (re-check) closed or reopened; or false alarm; or waived until a day. Nothing of
it is stored but the events; `storage.standing` keeps the result for lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from storage.events import RECHECK, RECTIFIED, REPLIED, Event
from storage.findings import CERTAIN, ENDED, SEEN
from storage.handling import Look, moments_of

NEW, CONFIRMED, ASSIGNED, RECTIFIED_STAGE, REOPENED = "new", "confirmed", "assigned", "rectified", "reopened"
CLOSED, FALSE_ALARM, WAIVED = "closed", "false_alarm", "waived"
STAGES = (NEW, CONFIRMED, ASSIGNED, RECTIFIED_STAGE, REOPENED, CLOSED, FALSE_ALARM, WAIVED)
AT_WORK = (NEW, CONFIRMED, ASSIGNED, RECTIFIED_STAGE, REOPENED)
"""Stages in which somebody still has to do something."""

# What people do, as the `what` of an event. RECTIFIED and REPLIED come from forms too.
CONFIRM, ASSIGN, CLOSE, REOPEN, DISMISS, WAIVE = "confirmed", "assigned", "closed", "reopened", "false_alarm", "waived"
COMMENT, EXTEND, RAISE = "comment", "extended", "raised"
DEEDS = (CONFIRM, ASSIGN, RECTIFIED, REPLIED, CLOSE, REOPEN, DISMISS, WAIVE, COMMENT, RECHECK, EXTEND, RAISE)


VIEWED, EXPORTED = "viewed", "exported"
LOOKED = frozenset({VIEWED, EXPORTED})
"""What somebody looked at or took away, which is logged and changes nothing: nobody's open form grows stale by it."""


@dataclass(frozen=True, kw_only=True)
class Life:
    """Where a finding stands.

    Attributes:
        stage: One of `STAGES`.
        department, person, deadline: To whom it was assigned, until when.
        until: Up to which day it is waived.
        raised: How many levels it was raised, for being overdue (G-05) or repeated (G-06).
        failures: How many reports of rectification a re-check contradicted.
        checked_on: The night that closed or reopened it.
        version: How many events it has.
    """

    stage: str = NEW
    department: str | None = None
    person: str | None = None
    deadline: date | None = None
    until: date | None = None
    raised: int = 0
    failures: int = 0
    checked_on: date | None = None
    version: int = 0

    @property
    def counts(self) -> bool:
        """It counts against a court or department, as far as it is certain: nobody has dismissed or waived it."""
        return self.stage not in (FALSE_ALARM, WAIVED)


def life(steps: Iterable[Event], looks: Iterable[Look], today: date) -> Life:
    """What events and nights come to.

    A night, or a re-check at once, closes what it finds well or gone, and reopens what was called rectified or closed and
    is still there; a false alarm stays one, a waived one comes back after its day. A fault that returns after it was
    closed begins a new life.
    """
    steps = list(steps)
    now = Life()
    for step in moments_of(steps, looks):
        now = _after_deed(now, step) if isinstance(step, Event) else _after_look(now, step)
    if now.stage == WAIVED and now.until is not None and now.until < today:
        now = replace(now, stage=CONFIRMED, until=None)
    return replace(now, version=sum(step.what not in LOOKED for step in steps))


def _after_deed(now: Life, deed: Event) -> Life:
    after = deed.after or {}
    if deed.what == ASSIGN:
        return replace(
            now,
            stage=ASSIGNED,
            department=after.get("department"),
            person=after.get("person"),
            deadline=_day(after.get("deadline")),
            until=None,
        )
    if deed.what == EXTEND:
        return replace(now, deadline=_day(after.get("deadline")))
    if deed.what == RAISE:
        return replace(now, raised=now.raised + 1)
    if deed.what == WAIVE:
        return replace(now, stage=WAIVED, until=deed.until)
    stages = {
        CONFIRM: CONFIRMED,
        RECTIFIED: RECTIFIED_STAGE,
        CLOSE: CLOSED,
        REOPEN: REOPENED,
        DISMISS: FALSE_ALARM,
    }
    return replace(now, stage=stages[deed.what], until=None) if deed.what in stages else now


def _after_look(now: Life, look: Look) -> Life:
    if look.verdict in ENDED:
        return now if now.stage in (CLOSED, FALSE_ALARM) else replace(now, stage=CLOSED, checked_on=look.night)
    if look.verdict not in SEEN:
        return now
    if now.stage == CLOSED and now.checked_on is not None:
        return Life(raised=now.raised)  # it was well, and is back: a new episode
    if look.verdict == CERTAIN and now.stage in (RECTIFIED_STAGE, CLOSED):
        failed = now.failures + (now.stage == RECTIFIED_STAGE)
        return replace(now, stage=REOPENED, checked_on=look.night, failures=failed)
    return now


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None
