"""Several machines on one database: which are at work, which nights they have opened, which visits failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "fleet_failures",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("night", "site", "number", name=op.f("pk_fleet_failures")),
    )
    op.create_table(
        "fleet_nights",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("ends", sa.DateTime(), nullable=True),
        sa.Column("concluded", sa.DateTime(), nullable=True),
        sa.Column("machine", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_fleet_nights")),
    )
    op.create_table(
        "fleet_workers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("machine", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("configuration", sa.String(length=64), nullable=False),
        sa.Column("parallel", sa.Integer(), nullable=False),
        sa.Column("night", sa.Date(), nullable=True),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fleet_workers")),
    )
