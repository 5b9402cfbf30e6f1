"""The answer key of the demonstration courts: which findings each night must bring, and which it must not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from gongkai.demo.site import NIGHTS

FILE = Path(__file__).parent / "answers.yml"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A subject of the key.

    Attributes:
        kind: link, page, section, case, site or ledger, as in findings.json.
        path: Address below the court's home: of the link, the page, the section's list.
        section, case, ledger: The section's name; the case number as printed; the ledger's file and sheet.
        why: One line for people.
    """

    kind: str
    why: str
    path: str | None = None
    section: str | None = None
    case: str | None = None
    ledger: str | None = None
    since: date = NIGHTS[0]


@dataclass(frozen=True, kw_only=True)
class Planted(Answer):
    """A planted fault, over all nights; see the head of answers.yml."""

    rule: str
    grade: str = "certain"
    resolved: date | None = None
    confirmed: date | None = None
    needs: tuple[str, ...] = ()
    lacks: str | None = None


@dataclass(frozen=True, kw_only=True)
class Trap(Answer):
    """What looks like a fault and is none: none of `rules` may fire on it."""

    rules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A finding as one night's audit must state it: status new, continuing or resolved."""

    planted: Planted
    grade: str
    status: str

    @property
    def rule(self) -> str:
        return self.planted.rule


@cache
def planted(court: str) -> tuple[Planted, ...]:
    """All planted faults of a court."""
    return tuple(Planted(**{**row, "needs": tuple(row.get("needs", "").split())}) for row in _load()[court]["findings"])


@cache
def traps(court: str) -> tuple[Trap, ...]:
    """All traps of a court."""
    return tuple(Trap(**{**row, "rules": tuple(row["rules"])}) for row in _load()[court]["traps"])


def expected(
    court: str,
    night: date,
    *,
    ledgers: bool = True,
    history: bool = True,
    portal: bool = True,
    policy: bool = True,
) -> list[Expected]:
    """The findings that the audit of one night must bring, no more and no less.

    Args:
        ledgers: Whether the court's ledgers are at hand.
        history: Whether the nights before were audited too; without, everything is new and nothing is confirmed,
            resolved or back-dated.
        portal: Whether the hearing portal was read.
        policy: Whether the court's own norms are at hand.
    """
    at_hand = {"ledger": ledgers, "portal": portal, "policy": policy, "nights": history}
    found = []
    for fault in planted(court):
        if fault.since > night or not all(at_hand[name] for name in fault.needs):
            continue
        if fault.lacks is not None and at_hand[fault.lacks]:
            continue
        if not history and fault.resolved is not None and fault.resolved <= night:
            continue
        if fault.resolved is not None and fault.resolved < night:
            continue
        status = "new" if not history or fault.since == night else "continuing"
        confirmed = history and fault.confirmed is not None and fault.confirmed <= night
        found.append(
            Expected(
                planted=fault,
                grade="certain" if confirmed else fault.grade,
                status="resolved" if fault.resolved == night else status,
            )
        )
    return found


@cache
def _load() -> dict[str, Any]:
    with FILE.open(encoding="utf-8") as file:
        data: dict[str, Any] = YAML(typ="safe", pure=True).load(file)
    return data
