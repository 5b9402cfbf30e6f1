"""How a finding stands with those who answer for it: reported as rectified, and what the re-check said of that.

Nothing of this is stored: it follows from the events and the sightings. Only a night that began to read the site after the
report is a re-check of it; one that could not look (unread) leaves it pending.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import events
from storage.events import RECTIFIED, Event
from storage.findings import CERTAIN, ENDED, SEEN
from storage.schema import events as events_table
from storage.schema import findings, runs, sightings

UNANSWERED, REPLIED, REPORTED, CONFIRMED, REOPENED = "unanswered", "replied", "reported", "confirmed", "reopened"
CHINA = timezone(timedelta(hours=8))
FEW = 500


@dataclass(frozen=True, kw_only=True)
class Handling:
    """How one finding stands on a night, in its present episode.

    Attributes:
        state: unanswered; replied: answered, but not called done; reported: called done, to be checked again (待复查);
            confirmed: the re-check found it well or gone (复查通过); reopened: the re-check still saw it (复查未通过).
        answer: The department's latest answer (`rectified` or `replied`); None: none in this episode.
        checked_on: The night that confirmed or reopened it.
        failures: How many reports of this episode a re-check has contradicted (复查未通过的次数).
    """

    state: str = UNANSWERED
    answer: Event | None = None
    checked_on: date | None = None
    failures: int = 0

    @property
    def is_pending(self) -> bool:
        """Reported as rectified, and no night has looked at it since."""
        return self.state == REPORTED


@dataclass(frozen=True)
class Look:
    """What one night said of the finding, and when it began to read the site."""

    night: date
    began: datetime
    verdict: str


NOT_ANSWERED = Handling()


def look_of(event: Event) -> Look | None:
    """What a re-check at once said, as if a night had; None of other events, and of one that could not tell."""
    said = event.after or {}
    if event.what != events.RECHECK or said.get("verdict") not in (*SEEN, *ENDED):
        return None
    began = datetime.fromisoformat(said["began"])
    return Look(began.astimezone(CHINA).date(), began, said["verdict"])


def moments_of(steps: Iterable[Event], looks: Iterable[Look]) -> list[Event | Look]:
    """Events and looks in the order in which they tell: a re-check counts from when it began to read."""
    steps = list(steps)
    told = [look for step in steps if (look := look_of(step)) is not None]
    moments: list[tuple[datetime, int, Event | Look]] = [(step.at, 0, step) for step in steps]
    moments += [(look.began, 1, look) for look in (*looks, *told)]
    return [step for _, _, step in sorted(moments, key=lambda moment: moment[:2])]


def handling_at(
    connection: Connection, night: date, *, of: Collection[str] | None = None, until: datetime | None = None
) -> dict[str, Handling]:
    """By fingerprint, how findings stand on a night. One that is not named is `NOT_ANSWERED`.

    Args:
        of: Only these findings.
        until: As it was known at this moment; None: with all events, also those after the night.
    """
    said = events.read(connection, of=of, until=until)
    looks = looks_of(connection, night)
    return {print_: handled(steps, looks.get(print_, ())) for print_, steps in said.items()}


def handled(steps: Iterable[Event], looks: Iterable[Look]) -> Handling:
    """What events and nights of one finding come to."""
    now, grade, ended = NOT_ANSWERED, CERTAIN, None
    for step in moments_of(steps, looks):
        if isinstance(step, Event):
            now = _after_answer(now, step, ended)
            continue
        if step.verdict in SEEN:
            if ended is not None:
                now, ended = NOT_ANSWERED, None  # it has come back: a new episode, which nobody has answered yet
            now = _after_look(now, step, grade)
            grade = grade if now.is_pending else step.verdict  # while it is pending: as it was when reported
        elif step.verdict in ENDED:
            ended = step.night
            if now.state in (REPORTED, REOPENED):
                now = replace(now, state=CONFIRMED, checked_on=step.night)
    return now


def _after_answer(now: Handling, answer: Event, ended: date | None) -> Handling:
    if answer.what != RECTIFIED:
        return replace(now, state=REPLIED, answer=answer, checked_on=None) if answer.what == events.REPLIED else now
    if ended is not None:  # a night had found it well before the form came
        return replace(now, state=CONFIRMED, answer=answer, checked_on=ended)
    return replace(now, state=REPORTED, answer=answer, checked_on=None)


def _after_look(now: Handling, look: Look, grade: str) -> Handling:
    """A night that saw it. What was certain and is a mere lead now contradicts nobody: it stays pending."""
    if now.state != REPORTED or (look.verdict != CERTAIN and grade == CERTAIN):
        return now
    return replace(now, state=REOPENED, checked_on=look.night, failures=now.failures + 1)


def looks_of(connection: Connection, until: date, of: Collection[str] | None = None) -> dict[str, list[Look]]:
    """The nights of findings, by fingerprint.

    Args:
        of: Of these, if they are few; else of all that have events.
    """
    query = (
        sa.select(sightings.c.fingerprint, sightings.c.night, sightings.c.verdict, runs.c.started)
        .join(findings, findings.c.fingerprint == sightings.c.fingerprint)
        .outerjoin(runs, sa.and_(runs.c.site == findings.c.site, runs.c.night == sightings.c.night))
        .where(sightings.c.night <= until)
    )
    if of is not None and len(of) <= FEW:
        query = query.where(sightings.c.fingerprint.in_(list(of)))
    else:
        query = query.where(sightings.c.fingerprint.in_(sa.select(events_table.c.fingerprint)))
    looks: dict[str, list[Look]] = {}
    for print_, night, verdict, started in connection.execute(query):
        began = started or datetime.combine(night, time(), CHINA)
        looks.setdefault(print_, []).append(Look(night, began, verdict))
    return looks
