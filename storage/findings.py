"""A finding's identity over nights (rule, site, subject) and its life: new, continuing, resolved.

Each night writes one sighting per open finding; nothing of an earlier night is ever changed. The state on any night is
read from the sightings alone, so a bulletin can be printed again as it was, and auditing a night twice writes the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.records import Evidence
from storage.schema import evidence_from_json, evidence_to_json, findings, sightings

CERTAIN, SUSPECTED, UNCLEAR = "certain", "suspected", "unclear"
PASSED, ABSENT, UNREAD = "passed", "absent", "unread"
SEEN = (CERTAIN, SUSPECTED, UNCLEAR)
ENDED = (PASSED, ABSENT)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a finding is about. `kind`: link, page, section, case, site or ledger."""

    kind: str
    url: str | None = None
    section: str | None = None
    case_number: str | None = None

    @property
    def identity(self) -> str:
        """What stays the same over nights: the case number of a case, the URL of everything else."""
        first = self.case_number if self.kind == "case" else self.url or self.section
        return first or self.url or ""


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What one rule said of one subject on one night. `basis` entries: instrument, number, article, text."""

    rule: str
    title: str
    severity: str
    verdict: str
    raw_grade: str
    site: str
    court: str | None
    department: str | None
    subject: Subject
    message: str
    remedy: str
    due: date | None
    basis: tuple[dict[str, str], ...]
    evidence: tuple[Evidence, ...]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.rule, self.site, self.subject)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A finding as it stands on one night.

    Attributes:
        grade: certain, suspected or unclear; of a resolved one, what it was when last seen.
        status: new, continuing or resolved.
        verified: False if it could not be looked at on this night and stands as it was.
        first_seen: First night of the present episode (a fault that returns after it was resolved begins anew).
        last_seen: Last night on which it was seen.
        nights: Number of nights on which it was seen in this episode.
    """

    fingerprint: str
    rule: str
    title: str
    severity: str
    grade: str
    site: str
    court: str | None
    department: str | None
    subject: Subject
    message: str
    remedy: str
    due: date | None
    basis: tuple[dict[str, str], ...]
    evidence: tuple[Evidence, ...]
    status: str
    verified: bool
    first_seen: date
    last_seen: date
    nights: int
    raw_grade: str
    resolution: str | None = None  # passed, absent
    resolved_on: date | None = None


def fingerprint(rule: str, site: str, subject: Subject) -> str:
    """The identity of a finding: a hash of rule, site and subject, the same on every night."""
    text = "\x1f".join((rule, site, subject.kind, subject.identity))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def record_night(
    connection: Connection, night: date, site: str, seen: Iterable[Sighting], others: dict[str, str]
) -> None:
    """Write one night of one site.

    Args:
        seen: Tonight's certain, suspected and unclear ones.
        others: Open findings not seen tonight, by fingerprint: passed, absent or unread.

    Raises:
        ValueError: A later night of this site was audited already; history is not rewritten.
    """
    of_site = sa.select(findings.c.fingerprint).where(findings.c.site == site)
    later = connection.execute(
        sa.select(sa.func.max(sightings.c.night)).where(sightings.c.night > night, sightings.c.fingerprint.in_(of_site))
    ).scalar()
    if later is not None:
        raise ValueError(f"{site}: {later} 已审计，不能再改写 {night} 的结果 (a later night was audited already)")
    connection.execute(sa.delete(sightings).where(sightings.c.night == night, sightings.c.fingerprint.in_(of_site)))
    before = {f.fingerprint: f for f in state_at(connection, night, site=site)}
    heads: dict[str, dict[str, Any]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for s in seen:
        heads[s.fingerprint] = {
            "fingerprint": s.fingerprint,
            "site": s.site,
            "rule": s.rule,
            "court": s.court,
            "kind": s.subject.kind,
            "url": s.subject.url,
            "section": s.subject.section,
            "case_number": s.subject.case_number,
        }
        rows[s.fingerprint] = {
            "fingerprint": s.fingerprint,
            "night": night,
            "verdict": s.verdict,
            "raw_grade": s.raw_grade,
            "title": s.title,
            "severity": s.severity,
            "department": s.department,
            "message": s.message,
            "remedy": s.remedy,
            "due": s.due,
            "basis": list(s.basis),
            "evidence": [evidence_to_json(e) for e in s.evidence],
        }
    for print_, verdict in others.items():
        if print_ in rows or print_ not in before:
            continue
        old = before[print_]
        rows[print_] = {
            "fingerprint": print_,
            "night": night,
            "verdict": verdict,
            "raw_grade": old.raw_grade,
            "title": old.title,
            "severity": old.severity,
            "department": old.department,
            "message": old.message,
            "remedy": old.remedy,
            "due": old.due,
            "basis": list(old.basis),
            "evidence": [evidence_to_json(e) for e in old.evidence],
        }
    # A deadline runs from the night on which the finding was opened, not from the latest one.
    for print_, row in rows.items():
        if print_ in before and before[print_].status != "resolved" and before[print_].grade == row["verdict"]:
            row["due"] = before[print_].due
    upsert(connection, findings, list(heads.values()), ("fingerprint",))
    upsert(connection, sightings, list(rows.values()), ("fingerprint", "night"))


def state_at(connection: Connection, night: date, *, site: str | None = None, ended: bool = False) -> list[Finding]:
    """Findings as they stand on `night`: open ones, and those resolved on that very night.

    Args:
        ended: Also those resolved on an earlier night.
    """
    query = (
        sa.select(findings, *(c for c in sightings.c if c.name != "fingerprint"))
        .join(sightings, sightings.c.fingerprint == findings.c.fingerprint)
        .where(sightings.c.night <= night)
        .order_by(findings.c.site, findings.c.rule, findings.c.fingerprint, sightings.c.night)
    )
    if site is not None:
        query = query.where(findings.c.site == site)
    by_print: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        by_print.setdefault(row["fingerprint"], []).append(dict(row))
    state = (_state(rows, night) for rows in by_print.values())
    return [f for f in state if ended or f.status != "resolved" or f.resolved_on == night]


def _state(rows: list[dict[str, Any]], night: date) -> Finding:
    """The finding after its sightings, oldest first."""
    episode: list[dict[str, Any]] = []
    for row in rows:
        if episode and episode[-1]["verdict"] in ENDED:
            episode = []
        episode.append(row)
    last = episode[-1]
    seen = [r for r in episode if r["verdict"] in SEEN]
    graded = seen[-1] if seen else last
    resolved = last["verdict"] in ENDED
    status = "resolved" if resolved else "new" if last["night"] == episode[0]["night"] else "continuing"
    return Finding(
        fingerprint=last["fingerprint"],
        rule=last["rule"],
        title=last["title"],
        severity=last["severity"],
        grade=graded["verdict"],
        site=last["site"],
        court=last["court"],
        department=last["department"],
        subject=Subject(kind=last["kind"], url=last["url"], section=last["section"], case_number=last["case_number"]),
        message=last["message"],
        remedy=last["remedy"],
        due=last["due"],
        basis=tuple(last["basis"]),
        evidence=tuple(evidence_from_json(e) for e in last["evidence"]),
        status=status,
        verified=last["night"] == night and last["verdict"] != UNREAD,
        first_seen=episode[0]["night"],
        last_seen=graded["night"],
        nights=len(seen),
        raw_grade=graded["raw_grade"],
        resolution=last["verdict"] if resolved else None,
        resolved_on=last["night"] if resolved else None,
    )
