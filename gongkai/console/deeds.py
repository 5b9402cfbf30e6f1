"""What people do with findings: the one way in which an event comes to be, from the console and from programs alike.

Each deed is allowed or not by role and stage, carries the version that its author saw, and becomes one event with what was
before and after. Nothing is deleted, and of two people who act at once the second is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.rule import Severity
from gongkai.console.visibility import may, seen_by
from storage import events, life, standing
from storage.accounts import User
from storage.events import RECTIFIED, REPLIED, Event
from storage.findings import CERTAIN, state_at
from storage.locks import LIFE, in_turn
from storage.schema import standing as table

LONGEST_WAIVER = timedelta(days=366)
SYSTEM = "gongkai"
_ANY = frozenset(life.STAGES)
_AT_WORK = frozenset(life.AT_WORK)
FROM: dict[str, frozenset[str]] = {
    life.CONFIRM: frozenset({life.NEW}),
    life.ASSIGN: _AT_WORK - {life.RECTIFIED_STAGE},
    RECTIFIED: _AT_WORK - {life.RECTIFIED_STAGE},
    REPLIED: _AT_WORK,
    life.CLOSE: _AT_WORK,
    life.REOPEN: frozenset({life.CLOSED, life.FALSE_ALARM, life.WAIVED, life.RECTIFIED_STAGE}),
    life.DISMISS: _AT_WORK,
    life.WAIVE: _AT_WORK,
    life.EXTEND: frozenset({life.ASSIGNED, life.REOPENED}),
    life.COMMENT: _ANY,
}
"""From which stages a deed may be done."""
NEEDS_NOTE = frozenset({life.CLOSE, life.REOPEN, life.DISMISS, life.WAIVE, life.EXTEND, life.COMMENT, REPLIED})


class NotThere(Exception):
    """No such finding, or none that this user may know of."""


class NotAllowed(Exception):
    """The role may not do it, or not at this stage; the message is a key of `words.yml`: role or stage."""


class Incomplete(Exception):
    """A part is missing or wrong; the message names it: note, until, department or deadline."""


class Stale(Exception):
    """Somebody has acted since the author looked: nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What somebody wants to do.

    Attributes:
        what: One of `storage.life.DEEDS`.
        version: Of the finding as its author saw it; None: whatever it is (an import, a program that does not care).
        note: The reason or comment.
        until: Of a waiver.
        department, person, deadline: Of an assignment; without a deadline the severity sets it.
    """

    what: str
    version: int | None = None
    note: str = ""
    until: date | None = None
    department: str = ""
    person: str = ""
    deadline: date | None = None


def possible(user: User, stage: str) -> tuple[str, ...]:
    """The deeds that this user may do at this stage, in their order."""
    return tuple(what for what, stages in FROM.items() if stage in stages and may(user, what))


def find(connection: Connection, user: User, fingerprint: str) -> dict[str, Any]:
    """The finding as it stands.

    Raises:
        NotThere: No such finding, or none that this user may see.
    """
    query = sa.select(table).where(table.c.fingerprint == fingerprint, seen_by(user))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotThere(fingerprint)
    return dict(row)


def do(connection: Connection, user: User, fingerprint: str, deed: Deed, now: datetime) -> dict[str, Any]:
    """Do it, and return the finding as it stands then. The caller's transaction holds all of it.

    Raises:
        NotThere, NotAllowed, Incomplete, Stale: Nothing was written.
    """
    in_turn(connection, LIFE)  # before the version is looked at: who comes second must see what the first did
    row = find(connection, user, fingerprint)
    if not may(user, deed.what):
        raise NotAllowed("role")
    if deed.version is not None and deed.version != row["version"]:
        raise Stale(fingerprint)
    if row["stage"] not in FROM.get(deed.what, frozenset()):
        raise NotAllowed("stage")
    note = deed.note.strip()
    today = now.date()
    if deed.what in NEEDS_NOTE and not note:
        raise Incomplete("note")
    after: dict[str, Any] = {"stage": _stage_after(deed.what, row["stage"])}
    if deed.what == life.ASSIGN:
        after |= _assignment(row, deed, today)
    if deed.what == life.EXTEND:
        if deed.deadline is None or deed.deadline <= today:
            raise Incomplete("deadline")
        after["deadline"] = deed.deadline.isoformat()
    if deed.what == life.WAIVE and (deed.until is None or not today < deed.until <= today + LONGEST_WAIVER):
        raise Incomplete("until")
    before = {name: _plain(row[name]) for name in ("stage", "responsible", "person", "deadline")}
    event = Event(
        fingerprint=fingerprint,
        at=now,
        who=user.name,
        what=deed.what,
        note=note or None,
        until=deed.until if deed.what == life.WAIVE else None,
        before=before,
        after=after,
    )
    events.append(connection, [event])
    standing.renew(connection, today, only=[fingerprint])
    return find(connection, _anybody(user), fingerprint)


def do_all(
    connection: Connection, user: User, seen: Mapping[str, int | None], deed: Deed, now: datetime
) -> tuple[list[str], dict[str, str]]:
    """The same deed on many: those that were done, and why the others were not (by fingerprint, a key of `words.yml`).

    Args:
        seen: By fingerprint, the version that its author saw; None: whatever it is.
    """
    done, refused = [], {}
    for fingerprint, version in seen.items():
        try:
            do(connection, user, fingerprint, replace(deed, version=version), now)
            done.append(fingerprint)
        except Stale:
            refused[fingerprint] = "stale"
        except NotThere:
            refused[fingerprint] = "not_there"
        except (NotAllowed, Incomplete) as error:
            refused[fingerprint] = str(error)
    return done, refused


def escalate(connection: Connection, now: datetime, site: str | None = None) -> int:
    """Raise by one level what is overdue (G-05) and what has come back after it was well (G-06). Returns how many.

    Once for each deadline that passed, and once for each return. Only certain findings on which somebody still has to do
    something, and that were seen on the last night: one that could not be looked at is not raised for it.
    """
    query = sa.select(table).where(table.c.grade == CERTAIN, table.c.stage.in_(life.AT_WORK), table.c.verified)
    if site is not None:
        query = query.where(table.c.site == site)
    rows = {row["fingerprint"]: dict(row) for row in connection.execute(query).mappings()}
    returned = {f.fingerprint: f.ended_before for f in state_at(connection, now.date(), site=site) if f.is_repetition}
    known = events.read(connection, of=list(rows))
    made = []
    for print_, row in rows.items():
        causes = []
        if row["deadline"] is not None and row["deadline"] < now.date():
            causes.append(("G-05", row["deadline"]))
        if returned.get(print_) is not None:
            causes.append(("G-06", returned[print_]))
        told = {(step.note, (step.after or {}).get("for")) for step in known.get(print_, []) if step.what == life.RAISE}
        raised = row["raised"]
        for rule, day in causes:
            if (rule, day.isoformat()) not in told:
                raised += 1
                after = {"raised": raised, "for": day.isoformat()}
                before = {"raised": raised - 1}
                made.append(
                    Event(
                        fingerprint=print_, at=now, who=SYSTEM, what=life.RAISE, note=rule, before=before, after=after
                    )
                )
    events.append(connection, made)
    standing.renew(connection, now.date(), only=[event.fingerprint for event in made])
    return len(made)


def level(severity: str, raised: int) -> str:
    """The severity after it was raised: S2 raised once is S1; nothing is above S0."""
    return f"S{max(0, int(severity[1]) - raised)}"


def _assignment(row: dict[str, Any], deed: Deed, today: date) -> dict[str, Any]:
    department = deed.department.strip() or row["responsible"]
    if not department:
        raise Incomplete("department")
    if deed.deadline is not None and deed.deadline < today:
        raise Incomplete("deadline")
    deadline = deed.deadline or Severity(level(row["severity"], row["raised"])).due(today)
    return {"department": department, "person": deed.person.strip() or None, "deadline": deadline.isoformat()}


def _stage_after(what: str, stage: str) -> str:
    if what in (life.COMMENT, life.EXTEND, REPLIED):
        return stage
    return what  # of the others the event and the stage that it leads to have one name


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _anybody(user: User) -> User:
    """Who has just assigned a finding to somebody else may still be shown what came of it."""
    return User(name=user.name, role="administrator", made=user.made)
