"""Column types that hold the same on SQLite and on PostgreSQL, which refuses or forgets some of what the other keeps."""

from __future__ import annotations

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


class String(Text):
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
