"""The trail of findings: every event that was ever written of them, with its link in the hash chain, to be kept or checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gongkai import clock
from gongkai.console import words
from reports.formats.plain_table import Head
from storage import chain
from storage.schema import events, standing

COLUMNS: dict[str, int] = {
    "fingerprint": 24,
    "rule": 8,
    "court": 22,
    "subject": 40,
    "at": 26,
    "who": 14,
    "what": 14,
    "note": 48,
    "until": 12,
    "before": 40,
    "after": 40,
    "position": 10,
    "previous": 66,
    "digest": 66,
}
"""What is said of each event, in this order, and how wide it is in a sheet."""
BATCH = 500


def trail(connection: Connection, wanted: sa.ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Every event of the findings that a condition on `standing` leaves: finding by finding, oldest first.

    `position`, `previous` and `digest` are those of its link in the chain; None in a database that has none yet.
    """
    about = (standing.c.rule, standing.c.court, standing.c.subject)
    query = (
        sa.select(events, *about)
        .join(standing, standing.c.fingerprint == events.c.fingerprint)
        .where(wanted)
        .order_by(events.c.fingerprint, events.c.at, events.c.id)
    )
    for part in connection.execute(query).mappings().partitions(BATCH):
        links = chain.links_of(connection, chain.EVENT, [str(row["id"]) for row in part])
        for row in part:
            link = links.get(str(row["id"]))
            sealed = {name: getattr(link, name, None) for name in ("position", "previous", "digest")}
            yield {name: {**row, **sealed}[name] for name in COLUMNS}


def heads() -> list[Head]:
    """The headings of its table."""
    return [Head(words.say(f"trail.fields.{name}"), width) for name, width in COLUMNS.items()]


def cells(row: dict[str, Any]) -> list[Any]:
    """A row of its table: labels in the place of codes, moments in Asia/Shanghai, values as JSON."""
    return [_cell(name, row[name]) for name in COLUMNS]


def _cell(name: str, value: Any) -> Any:
    if name == "what":
        return words.label("deed", value)
    if isinstance(value, datetime):
        return value.astimezone(clock.CHINA).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict) else value


def json_pieces(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """The trail as one JSON array, an event in each line, with codes and moments as they are kept."""
    before = b"[\n"
    for row in rows:
        plain = {name: v.isoformat() if isinstance(v, date | datetime) else v for name, v in row.items()}
        yield before + json.dumps(plain, ensure_ascii=False).encode()
        before = b",\n"
    yield b"\n]\n" if before != b"[\n" else b"[]\n"
