"""The findings of a court in the order of a list, in place of an index without an order."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index("ix_standing_site_stage")
        batch_op.create_index("ix_standing_site", ["site", "open", "severity", "fingerprint"], unique=False)
