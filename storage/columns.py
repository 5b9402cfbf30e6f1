"""Column types that hold the same on SQLite and on PostgreSQL, which refuses or forgets some of what the other keeps."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Dialect
from sqlalchemy.ext.compiler import compiles


class Text(sa.TypeDecorator[str]):
    """Text from anywhere. PostgreSQL has no NUL character: it becomes �, on both."""

    impl: type[sa.String] = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\x00", "\ufffd") if value is not None and "\x00" in value else value


LONGEST_KEY = 1_150  # bytes


class KeyText(Text):
    """Text from anywhere in a key or an index. What is longer than `LONGEST_KEY` is cut and ends with its hash, on both.

    An entry of PostgreSQL's indexes holds some 2,700 bytes, and a row may have two addresses in its key.
    """

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        value = super().process_bind_param(value, dialect)
        return None if value is None else key_text(value)


def key_text(value: str) -> str:
    """A text as a key holds it."""
    if len(value) <= LONGEST_KEY // 4:  # no character has more than four bytes
        return value
    whole = value.encode()
    if len(whole) <= LONGEST_KEY:
        return value
    mark = f"…{hashlib.sha256(whole).hexdigest()[:24]}"
    return whole[: LONGEST_KEY - len(mark.encode())].decode(errors="ignore") + mark


class String(KeyText):
    """Short text, such as a name or a code."""

    impl = sa.String
    cache_ok = True


@compiles(sa.String, "postgresql")
def _without_limit(_type: sa.String, _compiler: Any, **_: Any) -> str:
    """SQLite takes a length for a remark and keeps what is longer; so must PostgreSQL, in tables and in revisions alike."""
    return "TEXT"


class UTCDateTime(sa.TypeDecorator[datetime]):
    """An aware datetime. SQLite drops time zones, so all are stored as UTC; a naive value is refused."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)
