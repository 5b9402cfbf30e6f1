"""One site on one screen: its last nights, what could not be understood, which sections were read, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy.engine import Connection

from storage import runs, store
from storage.records import Section
from storage.runs import Issue, Run

NIGHTS = 7
DRIFT = 0.5  # fewer than half, or more than twice, of what a section used to hold


@dataclass(frozen=True, kw_only=True)
class SectionState:
    """A section on the last night, beside the nights before.

    Attributes:
        usual: Median of its items on earlier complete nights; None if there are none.
        drifted: Tonight's number is far from that.
    """

    name: str
    url: str
    complete: bool
    why: str | None
    items: int
    newest: date | None
    usual: int | None
    drifted: bool


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What is known of a site's last nights."""

    runs: tuple[Run, ...]
    issues: tuple[Issue, ...]
    sections: tuple[SectionState, ...]


def diagnose(connection: Connection, site: str) -> Diagnosis | None:
    """The state of a site, or None if it was never crawled."""
    nights = runs.read(connection, site=site)
    if not nights:
        return None
    last = nights[0]
    return Diagnosis(
        runs=tuple(nights[:NIGHTS]),
        issues=tuple(runs.read_issues(connection, last.id)),
        sections=tuple(_sections(connection, site, last.night)),
    )


def _sections(connection: Connection, site: str, night: date) -> list[SectionState]:
    names = {seen.record.url: seen.record.name for seen in store.read(connection, Section, site=site)}
    history = runs.section_history(connection, site, night)
    states = [_state(names.get(url, url), url, rows) for url, rows in history.items()]
    # What needs looking at comes first.
    return sorted(states, key=lambda s: (s.complete and not s.drifted, s.name))


def _state(name: str, url: str, rows: list[dict[str, Any]]) -> SectionState:
    last = rows[-1]
    before = [row["items"] for row in rows[:-1] if row["complete"]]
    usual = int(median(before)) if before else None
    drifted = usual is not None and usual > 0 and not DRIFT <= last["items"] / usual <= 1 / DRIFT
    return SectionState(
        name=name,
        url=url,
        complete=last["complete"],
        why=last["why"],
        items=last["items"],
        newest=last["newest"],
        usual=usual,
        drifted=drifted,
    )
