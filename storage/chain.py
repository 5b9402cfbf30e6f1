"""The hash chain: every event, audited night, picture, issued bulletin and removal is one link, and seals all before it.

A link holds hashes of what it is about (`storage.seals`) and the digest of the link before it. Whoever changes, adds or
removes a sealed row breaks a link; whoever makes the chain anew has another head than the one that was noted outside
(`storage.verification`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.locks import LIFE, in_turn
from storage.schema import chain as table

EVENT, NIGHT, PICTURE, BULLETIN, REMOVAL = "event", "night", "picture", "bulletin", "removal"
START = "0" * 64
"""What the first link has in place of the digest of one before it."""
BATCH = 500


@dataclass(frozen=True)
class Statement:
    """What a link is to say.

    Attributes:
        kind: One of the five above.
        subject: Which one: an event's or picture's id, `site date` of a night, the number of a bulletin, a moment.
        says: Counts and hashes, as JSON values; made by `storage.seals`.
    """

    kind: str
    subject: str
    says: Mapping[str, Any]


@dataclass(frozen=True)
class Link(Statement):
    """A statement in its place. `previous`: the digest of the link before it; `digest`: of this one, that included."""

    position: int
    previous: str
    digest: str

    @property
    def is_whole(self) -> bool:
        """Whether its digest is that of what it says."""
        return self.digest == digest_of([self.position, self.kind, self.subject, dict(self.says), self.previous])


def digest_of(value: Any) -> str:
    """The SHA-256 of a JSON value in its one canonical form: keys sorted, no spaces, ASCII (RFC 8259 escapes)."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def hold(connection: Connection) -> None:
    """From here to the end of the transaction nobody else adds a link. SQLite's writers are one at a time anyway.

    It is the turn of events and of what stands by them too, so that no two transactions wait for each other.
    """
    in_turn(connection, LIFE)


def append(connection: Connection, statements: Iterable[Statement]) -> list[Link]:
    """Add links, in this order."""
    hold(connection)
    last = head(connection)
    position, digest = (last.position, last.digest) if last is not None else (0, START)
    made = []
    for one in statements:
        position += 1
        previous, digest = digest, digest_of([position, one.kind, one.subject, dict(one.says), digest])
        made.append(Link(one.kind, one.subject, dict(one.says), position, previous, digest))
    if made:
        connection.execute(sa.insert(table), [vars(link).copy() for link in made])
    return made


def head(connection: Connection) -> Link | None:
    """The newest link: its position and digest are what to note outside the database."""
    row = connection.execute(sa.select(table).order_by(table.c.position.desc()).limit(1)).mappings().first()
    return None if row is None else Link(**row)


def links_of(connection: Connection, kind: str, subjects: Collection[str]) -> dict[str, Link]:
    """The newest link of each of these, by subject; without one it is missing."""
    found: dict[str, Link] = {}
    wanted = sorted(set(subjects))
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        query = sa.select(table).where(table.c.kind == kind, table.c.subject.in_(part)).order_by(table.c.position)
        found |= {row["subject"]: Link(**row) for row in connection.execute(query).mappings()}
    return found


def walk(connection: Connection) -> Iterator[list[Link]]:
    """All links, the first one first, some hundred at a time."""
    after = 0
    while True:
        query = sa.select(table).where(table.c.position > after).order_by(table.c.position).limit(BATCH)
        links = [Link(**row) for row in connection.execute(query).mappings()]
        if not links:
            return
        yield links
        after = links[-1].position
