"""Kept pages whose time is over. What proves something open, or was in an issued bulletin, never goes; accesses and their
hashes stay for good; each removal is on record and a link of the chain.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import places, seals
from storage.database import upsert
from storage.findings import ENDED
from storage.life import AT_WORK
from storage.locks import PAGES, in_turn
from storage.runs import FINISHED
from storage.schema import (
    TABLES,
    accesses,
    bulletins,
    events,
    extracts,
    findings,
    pages,
    pictures,
    removed_pages,
    runs,
    sightings,
    standing,
)

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
BATCH = 500


def over(connection: Connection, before: date) -> dict[str, int]:
    """The kept bodies whose time is over, by hash with their size.

    Args:
        before: What was read on this day or later stays.
    """
    sizes = {row.sha256: row.size for row in connection.execute(sa.select(pages.c.sha256, pages.c.size))}
    for hashes in (_recent(connection, before), _in_use(connection, before)):
        for digest in hashes:
            sizes.pop(digest, None)
    if sizes:
        for digest in _proving(connection, before):
            sizes.pop(digest, None)
    return sizes


def remove(connection: Connection, before: date, at: datetime) -> dict[str, int]:
    """Remove them, and write down what went at this moment. Returns what went, by hash with its size.

    Bodies outside the database are deleted by `places.settle`, after this transaction.
    """
    seals.begin(connection)
    recent = sa.select(runs.c.id).where(runs.c.night >= before)
    done = set(connection.execute(recent.where(runs.c.status.in_(FINISHED))).scalars())
    gone = over(connection, before)
    # That took its time. A page that a crawl kept again meanwhile stays; from here on crawls wait.
    in_turn(connection, PAGES)
    for run in sorted(set(connection.execute(recent).scalars()) - done):
        for digest in _hashes(connection, sa.select(accesses.c.sha256).where(accesses.c.run == run)):
            gone.pop(digest, None)
    hashes = sorted(gone)
    for start in range(0, len(hashes), BATCH):
        part = hashes[start : start + BATCH]
        rows = [{"sha256": digest, "at": at, "size": gone[digest]} for digest in part]
        upsert(connection, removed_pages, rows, ("sha256", "at"))
        places.leave(connection, part)
        connection.execute(sa.delete(pages).where(pages.c.sha256.in_(part)))
    if gone:
        seals.seal_removal(connection, at)
    return gone


def _recent(connection: Connection, before: date) -> set[str]:
    """What was read since, whether it had changed or not."""
    query = sa.select(accesses.c.sha256).distinct().join(runs, runs.c.id == accesses.c.run)
    return _hashes(connection, query.where(runs.c.night >= before, accesses.c.sha256.is_not(None)))


def _in_use(connection: Connection, before: date) -> set[str]:
    """What the next night compares with, and what records of this period were read from."""
    found = _hashes(connection, sa.select(extracts.c.sha256))
    for table in TABLES.values():
        if "sha256" in table.c:
            query = sa.select(table.c.sha256).distinct()
            found |= _hashes(connection, query.where(table.c.last_seen >= before, table.c.sha256.is_not(None)))
    return found


def _proving(connection: Connection, before: date) -> set[str]:
    """The evidence and pictures of findings that are open, ended since, or stand in an issued bulletin, and what events name."""
    last = (
        sa.select(sightings.c.fingerprint, sa.func.max(sightings.c.night).label("night"))
        .group_by(sightings.c.fingerprint)
        .subquery()
    )
    open_ones = (
        sa.select(sightings.c.fingerprint)
        .join(last, sa.and_(last.c.fingerprint == sightings.c.fingerprint, last.c.night == sightings.c.night))
        .where(sa.or_(sightings.c.verdict.not_in(ENDED), sightings.c.night >= before))
    )
    at_work = sa.select(standing.c.fingerprint).where(standing.c.stage.in_(AT_WORK))
    kept = set(connection.execute(sa.union(open_ones, at_work)).scalars())
    for issued in connection.execute(sa.select(bulletins)).mappings():
        told = (
            sa.select(sightings.c.fingerprint)
            .distinct()
            .join(findings, findings.c.fingerprint == sightings.c.fingerprint)
            .where(findings.c.site.in_(issued["sites"]), sightings.c.night.between(issued["first"], issued["night"]))
        )
        kept |= set(connection.execute(told).scalars())
    found: set[str] = set()
    query = sa.select(sightings.c.fingerprint, sightings.c.evidence).execution_options(yield_per=2000)
    for fingerprint, proofs in connection.execute(query):
        if fingerprint in kept:
            found |= {proof["sha256"] for proof in proofs if proof["sha256"]}
    for fingerprint, digest in connection.execute(sa.select(pictures.c.fingerprint, pictures.c.sha256)):
        if fingerprint in kept and digest is not None:
            found.add(digest)
    for before_, after, note in connection.execute(sa.select(events.c.before, events.c.after, events.c.note)):
        found |= set(_HASH.findall(json.dumps([before_, after, note])))
    return found


def _hashes(connection: Connection, query: sa.Select[Any]) -> set[str]:
    return {digest for digest in connection.execute(query).scalars() if digest is not None}


def first_day(today: date, days: int) -> date:
    """The day from which on everything stays, if things are kept for so many days."""
    return today - timedelta(days=days)
