"""Hearing portals, personal data, statistics, and what the rules on cases need of documents and hearings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "dump_files",
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("imported", sa.DateTime(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("complete_from", sa.Date(), nullable=True),
        sa.Column("complete_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("site", "file", name=op.f("pk_dump_files")),
    )
    op.create_table(
        "ledger_unread",
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("site", "source", "position", name=op.f("pk_ledger_unread")),
    )
    op.create_table(
        "named_persons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("form", sa.String(length=24), nullable=False),
        sa.Column("sure", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("in_head", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=True),
        sa.Column("school", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("collapses", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("paragraph", sa.Integer(), server_default="0", nullable=False),
        sa.Column("imported", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_persons")),
        sa.UniqueConstraint("site", "url", "position", name=op.f("uq_named_persons_site_url_position")),
    )
    with op.batch_alter_table("named_persons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_named_persons_site_last_seen"), ["site", "last_seen"], unique=False)

    op.create_table(
        "page_scans",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("published_source", sa.String(length=24), server_default="none", nullable=False),
        sa.Column("attachment", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("linked_from", sa.Text(), nullable=True),
        sa.Column("family", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("unread", sa.Text(), nullable=True),
        sa.Column("found", sa.Integer(), server_default="0", nullable=False),
        sa.Column("detector", sa.Integer(), server_default="0", nullable=False),
        sa.Column("imported", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_scans")),
        sa.UniqueConstraint("site", "url", name=op.f("uq_page_scans_site_url")),
    )
    with op.batch_alter_table("page_scans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_page_scans_site_last_seen"), ["site", "last_seen"], unique=False)

    op.create_table(
        "personal_data",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("checks", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("holder", sa.String(length=24), server_default="unknown", nullable=False),
        sa.Column("source", sa.String(length=24), server_default="body", nullable=False),
        sa.Column("paragraph", sa.Integer(), server_default="0", nullable=False),
        sa.Column("imported", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_data")),
        sa.UniqueConstraint("site", "url", "position", name=op.f("uq_personal_data_site_url_position")),
    )
    with op.batch_alter_table("personal_data", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_personal_data_site_last_seen"), ["site", "last_seen"], unique=False)

    op.create_table(
        "statistics",
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("denominator_name", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("site", "night", "name", "scope", name=op.f("pk_statistics")),
    )
    op.create_table(
        "statistics_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("table", sa.Integer(), server_default="0", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("is_total", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("is_part", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("closed", sa.Integer(), nullable=True),
        sa.Column("due", sa.Integer(), nullable=True),
        sa.Column("uploaded", sa.Integer(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("rate_raw", sa.Text(), nullable=True),
        sa.Column("withheld", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("reason_names", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("unread", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("published_source", sa.String(length=24), server_default="none", nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_rows")),
        sa.UniqueConstraint("site", "url", "position", name=op.f("uq_statistics_rows_site_url_position")),
    )
    with op.batch_alter_table("statistics_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statistics_rows_site_last_seen"), ["site", "last_seen"], unique=False)

    op.create_table(
        "streams",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("listed", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("case_number", sa.Text(), nullable=True),
        sa.Column("court", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("starts", sa.DateTime(), nullable=True),
        sa.Column("starts_raw", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("has_parties", sa.Boolean(), nullable=True),
        sa.Column("access", sa.String(length=24), nullable=True),
        sa.Column("video", sa.String(length=24), server_default="unread", nullable=False),
        sa.Column("video_detail", sa.Text(), nullable=True),
        sa.Column("duration", sa.Float(), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("dead_segments", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("judgment_url", sa.Text(), nullable=True),
        sa.Column("probed_at", sa.DateTime(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streams")),
        sa.UniqueConstraint("site", "case_id", name=op.f("uq_streams_site_case_id")),
    )
    with op.batch_alter_table("streams", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_streams_site_last_seen"), ["site", "last_seen"], unique=False)

    with op.batch_alter_table("hearings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mark", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("purpose", sa.Text(), server_default="hearing", nullable=False))
        batch_op.add_column(sa.Column("public", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("stream", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("missing", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("minor", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("victim", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("masked", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("batch", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("partial", sa.Boolean(), server_default="0", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_hearings_site_url_position"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_hearings_site_url_mark"), ["site", "url", "mark"])

    with op.batch_alter_table("judgments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number_raw", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("title_form", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("printed_court", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("branch", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("whole", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("signs", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("attachment", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("unread", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("imported", sa.Text(), nullable=True))

    with op.batch_alter_table("ledger_approvals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("received", sa.Date(), nullable=True))

    with op.batch_alter_table("sections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("not_understood", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("withheld", schema=None) as batch_op:
        batch_op.add_column(sa.Column("partial", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("reason_unsure", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("imported", sa.Text(), nullable=True))
