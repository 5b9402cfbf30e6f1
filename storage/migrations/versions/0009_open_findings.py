"""Whether a finding is open, and the indexes by which lists and counts of 200,000 stay quick."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INDEXES = {
    "ix_standing_gravest": ["open", "severity", "fingerprint"],
    "ix_standing_due": ["open", "deadline", "fingerprint", "grade"],
    "ix_standing_newest": ["open", "first_seen", "fingerprint", "grade"],
    "ix_standing_unit": ["responsible", "open", "severity", "fingerprint"],
    "ix_standing_rule": ["rule", "open", "severity", "fingerprint", "stage", "grade"],
    "ix_standing_counts": ["open", "site", "stage", "grade", "severity", "deadline", "verified", "responsible"],
}


def upgrade() -> None:
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("open", sa.Boolean(), nullable=True))
        batch_op.drop_index("ix_standing_responsible_stage")
        batch_op.drop_index("ix_standing_deadline_fingerprint")
    rows = sa.table("standing", sa.column("open", sa.Boolean()), sa.column("stage", sa.String()))
    at_work = ("new", "confirmed", "assigned", "rectified", "reopened")
    op.execute(sa.update(rows).values(open=rows.c.stage.in_(at_work)))
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.alter_column("open", existing_type=sa.Boolean(), nullable=False)
        for name, columns in INDEXES.items():
            batch_op.create_index(name, columns, unique=False)
