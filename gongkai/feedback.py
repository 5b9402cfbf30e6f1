"""Feedback forms into events: each answered row is held against the findings; what does not fit is named, not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Connection

from gongkai import clock
from gongkai.errors import UserError
from storage import events, standing
from storage.events import RECTIFIED, REPLIED, Event
from storage.findings import Finding, last_night, state_at
from storage.handling import NOT_ANSWERED, Handling, handling_at

if TYPE_CHECKING:
    from crawlers.feedback_form import FormReading, FormRow
    from crawlers.ledgers import LedgerProblem

_LIKE_A_NUMBER = re.compile(r"\d+(?:e\d+)?")


@dataclass(frozen=True, kw_only=True)
class Import:
    """What forms came to.

    Attributes:
        events: To be added: new answers, and changed ones.
        updated: How many of them replace an earlier answer.
        unchanged: Rows that say what is known already.
        empty: Rows that nobody has filled in.
        resolved: Answered findings that a night had found well before.
        problems: What could not be read or does not fit; these rows are not taken.
    """

    events: tuple[Event, ...] = ()
    updated: int = 0
    unchanged: int = 0
    empty: int = 0
    resolved: int = 0
    problems: tuple[LedgerProblem, ...] = ()

    def count(self, what: str) -> int:
        """How many of the events are of this kind."""
        return sum(event.what == what for event in self.events)


def headers() -> dict[str, tuple[str, ...]]:
    """The form's headers by field, first the one that is printed."""
    from reports.words import say_all, say_map

    names, also = say_map("feedback.columns"), say_map("feedback.also")
    read = ("code", "number", "cause", "measures", "person", "finished", "proofs")
    return {name: (names[name], *(say_all(f"feedback.also.{name}") if name in also else ())) for name in read}


def read(paths: Iterable[Path], today: date) -> list[FormReading]:
    """Read forms; nothing is written.

    Raises:
        LedgerError: One of them cannot be read at all, or is no form.
    """
    from crawlers.feedback_form import read_form

    known = headers()
    return [read_form(path, known, today) for path in paths]


def match(connection: Connection, readings: Sequence[FormReading], *, now: datetime, who: str) -> Import:
    """Hold the answers of forms against the findings as they stand after the last night; nothing is written.

    Args:
        now: The moment of the import; nothing can be done later than today.
        who: Who imports them.

    Raises:
        UserError: There is no audited night, or not one code of a file is known: it belongs to another database.
    """
    night = last_night(connection)
    if night is None:
        raise UserError("数据库中还没有审计结果", "the database has no audit results yet")
    matcher = _Matcher(state_at(connection, night, ended=True), handling_at(connection, night), now, who)
    for reading in readings:
        matcher.take(reading)
    return matcher.result()


def save(connection: Connection, found: Import) -> None:
    """Write the events of forms."""
    events.append(connection, found.events)
    standing.renew(connection, clock.today(), only={event.fingerprint for event in found.events})


class _Matcher:
    """Rows one after the other; the first answer to a finding is the one that is taken."""

    def __init__(self, findings: list[Finding], handlings: dict[str, Handling], now: datetime, who: str) -> None:
        self.by_print = {f.fingerprint: f for f in findings}
        self.by_code: dict[str, list[Finding]] = {}
        for f in findings:
            self.by_code.setdefault(f.fingerprint[:10], []).append(f)
        self.handlings, self.now, self.who = handlings, now, who
        self.taken: dict[str, tuple[FormRow, dict[str, Any]]] = {}
        self.events: list[Event] = []
        self.problems: list[LedgerProblem] = []
        self.updated = self.unchanged = self.empty = self.resolved = 0

    def result(self) -> Import:
        return Import(
            events=tuple(self.events),
            updated=self.updated,
            unchanged=self.unchanged,
            empty=self.empty,
            resolved=self.resolved,
            problems=tuple(self.problems),
        )

    def take(self, reading: FormReading) -> None:
        """All rows of a file."""
        known = [row for row in reading.rows if self._candidates(row)]
        coded = [row for row in reading.rows if row.code]
        if coded and not known:
            raise UserError(
                f"{reading.path}: 其中 {len(coded)} 个识别码都不在本数据库中，是否属于另一个数据库",
                f"{reading.path}: none of its {len(coded)} codes is in this database; does it belong to another one?",
            )
        self.problems += reading.problems
        self.empty += reading.empty
        for row in reading.rows:
            problem = self._row(row)
            if problem is not None:
                self.problems.append(problem)

    def _candidates(self, row: FormRow) -> list[Finding]:
        """The findings that a row may be about: one, if its code is whole."""
        found = [f for f in self.by_code.get(row.code[:10], ()) if f.fingerprint.startswith(row.code)]
        if found or row.number is None:
            return found
        return [f for code, same in self.by_code.items() if _is_number(code, row.number) for f in same]

    def _row(self, row: FormRow) -> LedgerProblem | None:
        from crawlers.ledger_words import told

        candidates = self._candidates(row)
        if len(candidates) != 1:
            if row.number is not None:
                return row.problem("code", told("code_as_number"))
            if not row.code:
                return row.problem("code", told("no_code"))
            return row.problem("code", told("several_findings" if candidates else "unknown_code", shown=row.code))
        (finding,) = candidates
        today, done = self.now.date(), row.finished
        if done is not None and done > today:
            return row.problem("finished", told("later_than_today", day=done, today=today))
        if done is not None and done < finding.first_seen:
            return row.problem("finished", told("before_first_seen", day=done, seen=finding.first_seen))
        said = _said(row)
        earlier = self.taken.get(finding.fingerprint)
        if earlier is not None:
            if earlier[1] == said:
                return None
            return row.problem("code", told("answered_twice", place=f"“{earlier[0].place}”"))
        self.taken[finding.fingerprint] = (row, said)
        self._answer(finding, row, said)
        return None

    def _answer(self, finding: Finding, row: FormRow, said: dict[str, Any]) -> None:
        before = self.handlings.get(finding.fingerprint, NOT_ANSWERED).answer
        if before is not None and before.after == said:
            self.unchanged += 1
            return
        self.updated += before is not None
        self.resolved += finding.status == "resolved"
        self.events.append(
            Event(
                fingerprint=finding.fingerprint,
                at=self.now,
                who=self.who,
                what=RECTIFIED if row.finished else REPLIED,
                note=row.place,
                before=None if before is None else before.after,
                after=said,
            )
        )


def _said(row: FormRow) -> dict[str, Any]:
    """An answer as an event keeps it; of what was not filled in, nothing."""
    said = {"cause": row.cause, "measures": row.measures, "person": row.person, "proofs": row.proofs}
    finished = {"finished": row.finished.isoformat()} if row.finished else {}
    return {name: value for name, value in said.items() if value} | finished


def _is_number(code: str, value: float) -> bool:
    """Whether a spreadsheet that takes a code for a number makes this one of it: `0012345678`, `1234567e12`."""
    return _LIKE_A_NUMBER.fullmatch(code) is not None and float(code) == value
