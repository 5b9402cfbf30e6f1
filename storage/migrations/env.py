"""Alembic's entry: it is called by `storage/migrate.py` with an open connection, and by nothing else."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from storage.schema import UTCDateTime, metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """In a revision our own type is the plain one that it is stored as: revisions must not change with the code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot change a table in place
    render_item=render_item,
)
context.run_migrations()
