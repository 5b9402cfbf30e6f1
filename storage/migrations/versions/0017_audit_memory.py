"""What the audit remembers of each case, and what changed since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "audited_sites",
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("context", sa.String(length=64), nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_audited_sites")),
    )
    op.create_table(
        "audited_units",
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("again", sa.Date(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "unit", name=op.f("pk_audited_units")),
    )
    op.create_index(
        op.f("ix_audited_units_site_again"),
        "audited_units",
        ["site", "again"],
        sqlite_where=sa.text("again IS NOT NULL"),
        postgresql_where=sa.text("again IS NOT NULL"),
    )
    op.create_table(
        "audited_links",
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("reads", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "unit", "reads", name=op.f("pk_audited_links")),
    )
    op.create_index(op.f("ix_audited_links_site_reads"), "audited_links", ["site", "reads"])
    op.create_table(
        "audited_writings",
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "unit", "number", name=op.f("pk_audited_writings")),
    )
    op.create_table(
        "case_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_changes")),
    )
    op.create_index(op.f("ix_case_changes_site"), "case_changes", ["site"])
