"""A finding's identity over nights (rule, site, subject) and its life: new, continuing, resolved.

Each night writes one sighting per open finding; nothing of an earlier night is ever changed. The state on any night is
read from the sightings alone, so a bulletin can be printed again as it was, and auditing a night twice writes the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
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
        raw_grade: Before confirmation on several nights, when last seen.
        ended_before: The night on which an earlier episode ended: the fault is back (重复发生). None: it is the first.
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
    ended_before: date | None = None

    @property
    def is_repetition(self) -> bool:
        """It was resolved once already, and has come back."""
        return self.ended_before is not None


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


def state_at(
    connection: Connection,
    night: date,
    *,
    site: str | None = None,
    since: date | None = None,
    ended: bool = False,
    beginning: str = "",
) -> list[Finding]:
    """Findings as they stand on `night`: open ones, and those resolved on that very night.

    Only the latest sighting of each is read with its texts and evidence; of the others no more than the index holds.

    Args:
        since: Also those resolved on this night or later.
        ended: Also those resolved on any earlier night.
        beginning: Only those whose fingerprint begins so.
    """
    query = _latest(night, date.min if ended else since or night)
    if site is not None:
        query = query.where(findings.c.site == site)
    if beginning:
        of = findings.c.fingerprint  # as a range, which an index serves; hexadecimal digits end before "g"
        query = query.where(of >= beginning.lower(), of < beginning.lower() + "g")
    return [_finding(row, night) for row in connection.execute(query).mappings()]


def finding_at(connection: Connection, print_: str, night: date) -> Finding:
    """One finding as it stands on `night`, open or ended.

    Raises:
        LookupError: It was not found by then.
    """
    found = state_at(connection, night, beginning=print_, ended=True)
    if len(found) != 1:
        raise LookupError(print_)
    return found[0]


def last_night(connection: Connection) -> date | None:
    """The latest night on which anything was found or looked at again."""
    night: date | None = connection.execute(sa.select(sa.func.max(sightings.c.night))).scalar()
    return night


def history(connection: Connection, print_: str, until: date) -> list[tuple[date, str]]:
    """Each night's verdict on one finding, oldest first."""
    query = (
        sa.select(sightings.c.night, sightings.c.verdict)
        .where(sightings.c.fingerprint == print_, sightings.c.night <= until)
        .order_by(sightings.c.night)
    )
    return [(row.night, row.verdict) for row in connection.execute(query)]


def _latest(until: date, since: date) -> sa.Select[Any]:
    """Each finding with its latest sighting, and what its present episode came to.

    An episode begins after the latest night before it on which the finding had ended.
    """
    last, earlier, one = sightings.alias("last"), sightings.alias("earlier"), sightings.alias("one")

    def value(of: Any, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
        return sa.select(of).where(*where).correlate(findings, last).scalar_subquery()

    same = one.c.fingerprint == findings.c.fingerprint
    newest = value(sa.func.max(one.c.night), same, one.c.night <= until)
    ended_before = value(
        sa.func.max(earlier.c.night),
        earlier.c.fingerprint == findings.c.fingerprint,
        earlier.c.verdict.in_(ENDED),
        earlier.c.night < last.c.night,
    )
    of_episode = (same, one.c.night > sa.func.coalesce(ended_before, date.min), one.c.night <= last.c.night)
    was_seen = (*of_episode, one.c.verdict.in_(SEEN))
    last_seen = value(sa.func.max(one.c.night), *was_seen)
    return (
        sa.select(
            findings,
            *(column for column in last.c if column.name != "fingerprint"),
            ended_before.label("ended_before"),
            value(sa.func.min(one.c.night), *of_episode).label("first_seen"),
            last_seen.label("last_seen"),
            value(sa.func.count(one.c.night), *was_seen).label("nights"),
            value(
                earlier.c.verdict, earlier.c.fingerprint == findings.c.fingerprint, earlier.c.night == last_seen
            ).label("grade"),
        )
        .join_from(findings, last, last.c.fingerprint == findings.c.fingerprint)
        .where(last.c.night == newest, sa.or_(last.c.verdict.not_in(ENDED), last.c.night >= since))
        .order_by(findings.c.site, findings.c.rule, findings.c.fingerprint)
    )


def _finding(row: Mapping[Any, Any], night: date) -> Finding:
    """The finding of a row of `_latest`."""
    verdict, last = row["verdict"], row["night"]
    resolved = verdict in ENDED
    return Finding(
        fingerprint=row["fingerprint"],
        rule=row["rule"],
        title=row["title"],
        severity=row["severity"],
        grade=verdict if verdict in SEEN else row["grade"],
        site=row["site"],
        court=row["court"],
        department=row["department"],
        subject=Subject(kind=row["kind"], url=row["url"], section=row["section"], case_number=row["case_number"]),
        message=row["message"],
        remedy=row["remedy"],
        due=row["due"],
        basis=tuple(row["basis"]),
        evidence=tuple(evidence_from_json(e) for e in row["evidence"]),
        status="resolved" if resolved else "new" if last == row["first_seen"] else "continuing",
        verified=last == night and verdict != UNREAD,
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        nights=row["nights"],
        raw_grade=row["raw_grade"],
        resolution=verdict if resolved else None,
        resolved_on=last if resolved else None,
        ended_before=row["ended_before"],
    )
