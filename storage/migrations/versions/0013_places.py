"""Bodies of kept pages may be in a folder or a bucket instead of the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=True),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("mark", name=op.f("uq_places_mark")),
    )
    op.create_table(
        "unplaced_pages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_unplaced_pages")),
    )
    op.create_table(
        "leaving_pages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "place", name=op.f("pk_leaving_pages")),
    )
    # Not by a new table: this one holds every page that was ever kept.
    op.add_column("pages", sa.Column("packed", sa.Integer(), nullable=True))
    op.add_column("pages", sa.Column("place", sa.Integer(), nullable=True))
