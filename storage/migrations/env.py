"""Alembic's entry: it is called by `storage/migrate.py` with an open connection, and by nothing else."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from storage.columns import String, Text, UTCDateTime
from storage.schema import metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """In a revision our own types are the plain ones that they are stored as: revisions must not change with the code."""
    if kind != "type" or not isinstance(item, Text | UTCDateTime):
        return False
    if isinstance(item, String):
        return f"sa.{item.impl_instance!r}"
    return "sa.Text()" if isinstance(item, Text) else "sa.DateTime()"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot change a table in place
    render_item=render_item,
)
context.run_migrations()
