"""Doing one thing at a time: what SQLite does by having one writer, PostgreSQL does for those who ask for the same turn."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from sqlalchemy.engine import Connection

LIFE = "life"
"""Events, what is written down of how findings stand by them, and the hash chain over them."""


def in_turn(connection: Connection, name: str) -> None:
    """Go on when no other transaction holds this turn, and hold it until this one ends.

    To be called before the first question whose answer must still be true when the transaction writes. What is asked
    afterwards sees all that the others wrote. SQLite's writers are alone from their beginning: nothing is to be done there.

    Args:
        name: What is done: `schema`, `bulletins`, `run:donghu` … A transaction that takes two takes `LIFE` last, so that
            no two wait for each other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number_of(name))))


def number_of(name: str) -> int:
    """The number by which PostgreSQL knows a lock of this name: 64 bits with a sign."""
    return int.from_bytes(hashlib.sha256(f"gongkai:{name}".encode()).digest()[:8], signed=True)
