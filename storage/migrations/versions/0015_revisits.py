"""What a night takes over from an earlier one instead of asking for it again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("accesses", sa.Column("carried", sa.Date(), nullable=True))
    op.add_column("extracts", sa.Column("listing", sa.Boolean(), nullable=True))
    op.add_column("extracts", sa.Column("read", sa.LargeBinary(), nullable=True))
    op.add_column("runs", sa.Column("carried_pages", sa.Integer(), server_default="0", nullable=False))
    op.add_column("runs", sa.Column("carried_links", sa.Integer(), server_default="0", nullable=False))
    op.add_column("runs", sa.Column("carried_since", sa.Date(), nullable=True))
