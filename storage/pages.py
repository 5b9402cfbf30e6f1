"""Kept pages: each body once, by the SHA-256 of its bytes, compressed. They are the evidence.

A body is in its row, or in the place that the row names (`storage.places`); who asks for it need not know which.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import places
from storage.database import upsert
from storage.objects import PlaceTrouble
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
    packed = pack(body)
    return {
        "sha256": digest,
        "size": len(body),
        "content_type": content_type,
        "body": packed,
        "packed": len(packed),
        "place": None,
    }


def keep(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write rows of `page_row`; a body that is there is not written again.

    In the order of their hashes: two crawls that meet the same pages at once must not wait for each other in a circle.
    """
    rows = places.bring(connection, sorted(rows, key=lambda row: row["sha256"]))
    upsert(connection, pages, rows, ("sha256",), keep=("size", "content_type", "body", "packed", "place"))


def body(connection: Connection, digest: str, on_lost: Callable[[str], None] | None = None) -> bytes | None:
    """The kept bytes of a hash, or None. `on_lost`: as for `bodies`.

    Raises:
        PlaceTrouble: It is kept in a place that cannot be read, or is damaged there.
    """
    return bodies(connection, [digest], on_lost).get(digest)


def bodies(
    connection: Connection, digests: Iterable[str], on_lost: Callable[[str], None] | None = None
) -> dict[str, bytes]:
    """The kept bytes of many hashes, in one query; those that are not kept are missing. For some hundred at a time.

    Args:
        on_lost: Told of each hash whose body its place has lost, or has damaged: it is missing then, and no error.

    Raises:
        PlaceTrouble: Some are kept in a place that cannot be read, or are damaged there.
    """
    query = sa.select(pages.c.sha256, pages.c.body, pages.c.place).where(pages.c.sha256.in_(sorted(set(digests))))
    found: dict[str, bytes] = {}
    elsewhere: dict[int, list[str]] = {}
    for row in connection.execute(query):
        if row.place is None:
            found[row.sha256] = unpack(row.body)
        else:
            elsewhere.setdefault(row.place, []).append(row.sha256)
    for place, wanted in elsewhere.items():
        packed = places.fetch(connection, place, wanted)  # a place that is away has lost nothing: that is an error
        for digest in wanted:
            try:
                if digest in packed:
                    found[digest] = whole(digest, packed[digest])
            except PlaceTrouble:
                if on_lost is None:
                    raise
            if on_lost is not None and digest not in found:
                on_lost(digest)
    return found


def whole(digest: str, packed: bytes) -> bytes:
    """A body as it was read from a place, which may have lost half of it.

    Raises:
        PlaceTrouble: It does not hash to its name.
    """
    try:
        found = unpack(packed)
    except Exception:  # of the compression
        found = b""
    if sha256(found) != digest:
        raise PlaceTrouble(f"{digest}: 留存页面已损坏 (a kept page is damaged)")
    return found
