"""What the sources of one case say, side by side: where they differ, and where two of them do not go together.

It accuses nobody: rules do that, with all that speaks against it. Here a reader is shown where to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from auditors.matching import kind_of
from auditors.reasons import OTHER, is_vague, reason_class
from reports.text import local_time
from storage.cases import CaseRecords
from storage.courts import same_court
from storage.records import (
    AgencyAppearance,
    Approval,
    Attendance,
    CaseEntry,
    Hearing,
    Judgment,
    Participant,
    Stream,
    Withdrawal,
    Withheld,
)

# The columns: the court's own ledgers, then what anybody can read on the web.
LEDGERS = ("cases", "withheld", "streams", "withdrawals", "agencies", "participants", "attendance")
PUBLIC = ("judgments", "notices", "hearings", "portal")
SOURCES = LEDGERS + PUBLIC
FACTS = (
    "court", "department", "persons", "cause", "document", "decided", "closed", "effective", "published", "hearing",
    "place", "public", "reason",
)  # fmt: skip
Same = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Claim:
    """What one record says of one fact."""

    source: str
    fact: str
    value: Any


@dataclass(frozen=True)
class Row:
    """One fact with what each source says of it. `differs`: two sources have no value in common; None: not compared."""

    fact: str
    said: dict[str, tuple[Any, ...]]
    differs: bool | None


@dataclass(frozen=True)
class Conflict:
    """Two sources that do not go together: a key of `words.yml` below case.conflicts, and what is filled in there."""

    key: str
    values: dict[str, Any]


def sources_of(case: CaseRecords) -> dict[str, list[Any]]:
    """The records by their column; columns without any are left out."""
    approvals = case.records(Approval)
    every: dict[str, list[Any]] = {
        "cases": [*case.records(CaseEntry)],
        "withheld": [one for one in approvals if one.subject == "withheld"],
        "streams": [one for one in approvals if one.subject == "stream"],
        "withdrawals": [*case.records(Withdrawal)],
        "agencies": [*case.records(AgencyAppearance)],
        "participants": [*case.records(Participant)],
        "attendance": [*case.records(Attendance)],
        "judgments": [*case.records(Judgment)],
        "notices": [*case.records(Withheld)],
        "hearings": [*case.records(Hearing)],
        "portal": [*case.records(Stream)],
    }
    return {name: rows for name, rows in every.items() if rows}


def compare(case: CaseRecords) -> list[Row]:
    """The facts that any source states, each with what the sources say of it."""
    rows = []
    claims = [claim for claim in _claims(case) if claim.value not in (None, "")]
    for fact in FACTS:
        said: dict[str, tuple[Any, ...]] = {}
        for claim in claims:
            if claim.fact == fact and claim.value not in said.get(claim.source, ()):
                said[claim.source] = (*said.get(claim.source, ()), claim.value)
        if said:
            rows.append(Row(fact, said, _differs(fact, list(said.values()))))
    return rows


def conflicts(case: CaseRecords) -> list[Conflict]:
    """What does not go together, beyond one fact that is stated in two ways."""
    return list(_conflicts(case))


def _claims(case: CaseRecords) -> Iterator[Claim]:
    for source, records in sources_of(case).items():
        for record in records:
            for fact, value in _facts(record):
                yield Claim(source, fact, value)


def _facts(record: Any) -> Iterable[tuple[str, Any]]:
    """What a record states. Its names are those of people in office; parties are in none of them."""
    match record:
        case CaseEntry():
            return (
                ("department", record.department), ("persons", record.handler), ("cause", record.cause),
                ("document", record.document_type), ("decided", record.decided), ("closed", record.closed),
                ("effective", record.effective), ("hearing", record.hearing), ("public", record.public),
            )  # fmt: skip
        case Approval():
            why = (("reason", record.reason),) if record.subject == "withheld" else ()
            return (
                ("persons", record.handler), ("cause", record.cause), ("closed", record.closed),
                ("hearing", record.hearing), *why,
            )  # fmt: skip
        case AgencyAppearance():
            return (("cause", record.cause), ("hearing", record.hearing))
        case Judgment():
            persons = [("persons", name) for name in (*record.judges, record.clerk)]
            kind = f"{record.branch or ''}{record.document_type}" if record.document_type else None
            return (
                ("court", record.printed_court or record.court), *persons, ("cause", record.cause),
                ("document", kind), ("decided", record.decided), ("published", record.published),
            )  # fmt: skip
        case Withheld():
            return (
                ("court", record.court), ("decided", record.decided), ("published", record.published),
                ("reason", record.reason),
            )  # fmt: skip
        case Hearing():
            return (
                ("court", record.court), ("cause", record.cause), ("hearing", record.starts),
                ("place", record.place), ("public", record.public), ("published", record.published),
            )  # fmt: skip
        case Stream():
            return (
                ("court", record.court), ("cause", record.cause), ("hearing", record.starts), ("place", record.place),
            )  # fmt: skip
    return ()


def _within(one: str, other: str) -> bool:
    return one in other or other in one


def _day(moment: datetime) -> date:
    local = local_time(moment)
    assert local is not None
    return local.date()


def _ground(reason: str) -> str:
    """The legal class of a reason not to publish; 其他 in whatever words is one."""
    return reason_class(reason) or (OTHER if is_vague(reason) else reason)


SAME: dict[str, Same] = {
    "court": lambda one, other: same_court(one, other) is not False,
    "cause": lambda one, other: _within(one.removesuffix("纠纷"), other.removesuffix("纠纷")),
    "document": lambda one, other: kind_of(one) == kind_of(other),
    "decided": lambda one, other: bool(one == other),
    "closed": lambda one, other: bool(one == other),
    "hearing": lambda one, other: _day(one) == _day(other),  # the minute at which it began is another on every sheet
    "place": _within,
    "public": lambda one, other: bool(one == other),
    "reason": lambda one, other: _within(one, other) or _ground(one) == _ground(other),
}
"""When two sources say the same. Facts that are not here are shown, and not compared."""


def _differs(fact: str, said: list[tuple[Any, ...]]) -> bool | None:
    """A case has several documents and sessions: two sources differ only if nothing that they say is the same."""
    same = SAME.get(fact)
    if same is None or len(said) < 2:
        return None
    pairs = [(one, other) for place, one in enumerate(said) for other in said[place + 1 :]]
    return any(not any(same(a, b) for a in one for b in other) for one, other in pairs)


def _conflicts(case: CaseRecords) -> Iterator[Conflict]:
    of = sources_of(case)
    standing = [seen for seen in case.all(Judgment) if seen.record.imported is None]
    if standing and "notices" in of:
        yield Conflict("published_and_withheld", {})
    if standing and "withheld" in of:
        yield Conflict("published_though_approved", {"reason": of["withheld"][0].reason or "-"})
    for withdrawal in case.records(Withdrawal):
        for seen in standing:
            if withdrawal.withdrawn is not None and seen.last_seen > withdrawal.withdrawn:
                yield Conflict("withdrawn_and_there", {"day": withdrawal.withdrawn, "night": seen.last_seen})
                break
    if "portal" in of and "streams" in of:
        yield Conflict("streamed_though_approved", {})
    closed_door = any(entry.public is False for entry in of.get("cases", ()))
    if closed_door and "portal" in of:
        yield Conflict("closed_and_streamed", {})
    if closed_door and any(hearing.public for hearing in of.get("hearings", ())):
        yield Conflict("closed_and_announced", {})
    for judgment in of.get("judgments", ()):
        for entry in of.get("cases", ()):
            same = kind_of(judgment.document_type) == kind_of(entry.document_type)
            if entry.effective and judgment.published and same and judgment.published < entry.effective:
                yield Conflict(
                    "published_before_effective", {"published": judgment.published, "effective": entry.effective}
                )
                return
