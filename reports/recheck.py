"""The re-check of what the period before left open (上期问题整改复查情况). Only what had counted is counted here.

The base is what was certain and open on the last audited night before the period: what the previous bulletin listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.entries import Entry
from reports.period import Period
from storage.findings import CERTAIN
from storage.handling import CONFIRMED, NOT_ANSWERED, REOPENED, REPORTED, Handling


@dataclass(frozen=True, kw_only=True)
class UnitRecheck:
    """The same numbers of one department, or court where there are several."""

    name: str  # empty: what no department answers for
    issued: int
    rectified: int
    remaining: int
    overdue: int
    unverified: int


@dataclass(frozen=True, kw_only=True)
class Recheck:
    """What became of it. `issued` = `rectified` + `remaining` + `unverified` + `lowered`.

    Attributes:
        rectified: Resolved by the end of the period.
        remaining: Seen again, and still certain. Some of these are `overdue`, `failed` or `repeated` too.
        unverified: Could not be looked at since; nothing is said of them.
        lowered: Mere leads now.
        overdue: Remaining ones whose deadline has passed.
        failed: Reported as rectified, and seen again.
        repeated: Had been resolved before, and are open again: the same rule and subject.
        within: Became certain and was rectified within the period; not among the issued.
        leads: Mere leads that were cleared up.
        reported: How many of the issued were reported as rectified.
        silent: Units with issued findings that sent no feedback, where any unit sent some.
        first: There is no audited night before the period: nothing to re-check.
    """

    issued: tuple[Entry, ...] = ()
    rectified: tuple[Entry, ...] = ()
    remaining: tuple[Entry, ...] = ()
    unverified: tuple[Entry, ...] = ()
    lowered: tuple[Entry, ...] = ()
    overdue: tuple[Entry, ...] = ()
    failed: tuple[Entry, ...] = ()
    repeated: tuple[Entry, ...] = ()
    within: tuple[Entry, ...] = ()
    leads: tuple[Entry, ...] = ()
    reported: int = 0
    silent: tuple[str, ...] = ()
    units: tuple[UnitRecheck, ...] = ()
    first: bool = False


def recheck_of(
    entries: Iterable[Entry],
    *,
    by_department: bool,
    period: Period,
    first: bool = False,
    handling: Mapping[str, Handling] = MappingProxyType({}),
) -> Recheck:
    """The re-check, from the entries of the period.

    Args:
        entries: Open ones and those resolved in the period.
        by_department: Units are departments; otherwise courts.
        first: No night before the period was audited.
        handling: What departments said of findings, and what the re-check said of that.
    """
    listed = list(entries)
    issued = tuple(entry for entry in listed if entry.before == CERTAIN)
    is_open = [entry for entry in issued if not entry.is_resolved]
    held = tuple(entry for entry in is_open if entry.is_certain)
    remaining = tuple(entry for entry in held if entry.finding.verified)
    certain = [entry for entry in listed if entry.is_certain and not entry.is_resolved and entry.finding.verified]
    answered = [entry for entry in issued if entry.finding.fingerprint in handling]
    reporters = {_unit(entry, by_department) for entry in answered}
    units = {_unit(entry, by_department): None for entry in issued}
    rows = [_row(name, [e for e in issued if _unit(e, by_department) == name]) for name in units]
    return Recheck(
        issued=issued,
        rectified=tuple(entry for entry in issued if entry.is_resolved),
        remaining=remaining,
        unverified=tuple(entry for entry in held if not entry.finding.verified),
        lowered=tuple(entry for entry in is_open if not entry.is_certain),
        overdue=tuple(entry for entry in remaining if entry.overdue),
        failed=tuple(e for e in remaining if _state(e, handling) == REOPENED),
        repeated=tuple(e for e in certain if e.finding.is_repetition and e.finding.first_seen in period),
        within=tuple(e for e in listed if e.is_resolved and e.is_certain and e.before != CERTAIN),
        leads=tuple(e for e in listed if e.is_resolved and not e.is_certain and e.before != CERTAIN),
        reported=sum(_state(entry, handling) in (REPORTED, CONFIRMED, REOPENED) for entry in answered),
        silent=tuple(row.name for row in rows if row.name and row.name not in reporters) if reporters else (),
        units=tuple(rows),
        first=first,
    )


def _state(entry: Entry, handling: Mapping[str, Handling]) -> str:
    return handling.get(entry.finding.fingerprint, NOT_ANSWERED).state


def _unit(entry: Entry, by_department: bool) -> str:
    return entry.finding.department or "" if by_department else entry.court


def _row(name: str, issued: list[Entry]) -> UnitRecheck:
    held = [entry for entry in issued if entry.is_certain and not entry.is_resolved]
    remaining = [entry for entry in held if entry.finding.verified]
    return UnitRecheck(
        name=name,
        issued=len(issued),
        rectified=sum(entry.is_resolved for entry in issued),
        remaining=len(remaining),
        overdue=sum(entry.overdue for entry in remaining),
        unverified=len(held) - len(remaining),
    )
