"""Kept pages: each body once, by the SHA-256 of its bytes, compressed. They are the evidence."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.schema import pages

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def sha256(body: bytes) -> str:
    """The hash under which a body is kept, in lower-case hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def pack(data: bytes) -> bytes:
    """Compressed bytes (zstd, level 1: a page costs 0.1 ms)."""
    return zstd.compress(data, 1)


def unpack(data: bytes) -> bytes:
    """The inverse of `pack`."""
    return zstd.decompress(data)


def page_row(digest: str, body: bytes, content_type: str | None) -> dict[str, Any]:
    """A body as a row of the table of pages, under the hash that `sha256` gave."""
    return {"sha256": digest, "size": len(body), "content_type": content_type, "body": pack(body)}


def keep(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write rows of `page_row`; a body that is there is not written again.

    In the order of their hashes: two crawls that meet the same pages at once must not wait for each other in a circle.
    """
    rows = sorted(rows, key=lambda row: row["sha256"])
    upsert(connection, pages, rows, ("sha256",), keep=("size", "content_type", "body"))


def body(connection: Connection, digest: str) -> bytes | None:
    """The kept bytes of a hash, or None."""
    found = connection.execute(sa.select(pages.c.body).where(pages.c.sha256 == digest)).scalar()
    return None if found is None else unpack(found)


def bodies(connection: Connection, digests: Iterable[str]) -> dict[str, bytes]:
    """The kept bytes of many hashes, in one query; those that are not kept are missing. For some hundred at a time."""
    query = sa.select(pages.c.sha256, pages.c.body).where(pages.c.sha256.in_(sorted(set(digests))))
    return {row.sha256: unpack(row.body) for row in connection.execute(query)}
