"""Every finding as it stands, in one row: written anew after a night or an event, so that lists of 200,000 stay quick.

It holds nothing of its own: `renew` makes it from sightings and events, and may be run at any time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import events, runs
from storage.database import upsert
from storage.findings import Finding, state_at
from storage.handling import looks_of
from storage.life import AT_WORK, DISMISS, NEW, WAIVE, Life, life
from storage.locks import LIFE, in_turn
from storage.schema import sightings
from storage.schema import standing as table

BATCH = 1000


def renew(connection: Connection, today: date, *, site: str | None = None, only: Collection[str] | None = None) -> int:
    """Write how findings stand on `today`. Returns how many rows were written.

    Args:
        site: Only this site's.
        only: Only these fingerprints.
    """
    in_turn(connection, LIFE)
    night = connection.execute(sa.select(sa.func.max(sightings.c.night)).where(sightings.c.night <= today)).scalar()
    if night is None:
        return 0
    if only is not None and len(only) <= 20:
        found = [f for one in only for f in state_at(connection, night, beginning=one, ended=True)]
    else:
        found = [f for f in state_at(connection, night, site=site, ended=True) if only is None or f.fingerprint in only]
    prints = {f.fingerprint for f in found}
    said = events.read(connection, of=prints if len(prints) < BATCH else None)
    looks = looks_of(connection, night, [print_ for print_ in said if print_ in prints])
    courts = {one.id: one.court for one in runs.all_sites(connection)}
    audited = {one.id: _audited(connection, one.id, today) for one in runs.all_sites(connection)}
    rows = []
    for finding in found:
        steps = said.get(finding.fingerprint)
        lived = life(steps, looks.get(finding.fingerprint, ()), today) if steps else _unattended(finding)
        rows.append(_row(finding, lived, courts[finding.site], audited[finding.site] or night))
    for start in range(0, len(rows), BATCH):
        upsert(connection, table, rows[start : start + BATCH], ("fingerprint",))
    return len(rows)


def put_aside(connection: Connection, night: date, today: date) -> dict[str, Life]:
    """By fingerprint, the findings that somebody has called a false alarm or waived: they count against nobody.

    Args:
        night: Sightings up to it.
        today: Waivers that have run out before it count no more.
    """
    said = events.read(connection, of=events.about(connection, (DISMISS, WAIVE)))
    looks = looks_of(connection, night, list(said))
    lives = {print_: life(steps, looks.get(print_, ()), today) for print_, steps in said.items()}
    return {print_: one for print_, one in lives.items() if not one.counts}


def _unattended(finding: Finding) -> Life:
    return Life(stage="closed", checked_on=finding.resolved_on) if finding.status == "resolved" else Life(stage=NEW)


def _audited(connection: Connection, site: str, today: date) -> date | None:
    return next((r.night for r in runs.read(connection, site=site) if r.audited is not None and r.night <= today), None)


def _row(finding: Finding, lived: Life, court: str, audited: date) -> dict[str, object]:
    about = finding.subject
    return {
        "fingerprint": finding.fingerprint,
        "site": finding.site,
        "court": finding.court or court,
        "department": finding.department,
        "rule": finding.rule,
        "severity": finding.severity,
        "grade": finding.grade,
        "status": finding.status,
        "verified": finding.status == "resolved" or finding.last_seen >= audited,
        "kind": about.kind,
        "subject": about.case_number or about.section or about.url or finding.court or court,
        "title": finding.title,
        "message": finding.message,
        "first_seen": finding.first_seen,
        "last_seen": finding.last_seen,
        "resolved_on": finding.resolved_on,
        "due": finding.due,
        "night": audited,
        "stage": lived.stage,
        "open": lived.stage in AT_WORK,
        "responsible": lived.department or finding.department,
        "person": lived.person,
        "deadline": lived.deadline or finding.due,
        "until": lived.until,
        "raised": lived.raised,
        "version": lived.version,
    }
