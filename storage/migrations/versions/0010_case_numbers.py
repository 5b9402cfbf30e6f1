"""Records are found by their case number: the console's case file and search."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

NUMBERED = (
    "judgments",
    "withheld",
    "hearings",
    "streams",
    "page_scans",
    "ledger_cases",
    "ledger_approvals",
    "ledger_withdrawals",
    "ledger_participants",
    "ledger_agencies",
    "ledger_attendance",
)


def upgrade() -> None:
    for table in NUMBERED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(batch_op.f(f"ix_{table}_site_case_number"), ["site", "case_number"], unique=False)
