"""A database of an earlier version goes on with this one, and loses nothing; one of a later version is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage import migrate
from storage.database import DatabaseError, connect
from storage.schema import metadata


def _differences(engine: sa.Engine) -> list[object]:
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    return [d for d in found if not (d[0] == "remove_table" and d[1].name == "alembic_version")]


def _at(path: Path, revision: str) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(migrate.configuration(connection), revision)
    return engine


def test_a_new_database_is_at_the_newest_revision(tmp_path: Path) -> None:
    engine = connect(tmp_path / "new.db")
    with engine.begin() as connection:
        assert migrate.revision_of(connection) == migrate.HEAD
    assert _differences(engine) == []


def test_every_revision_leads_to_the_tables_of_the_code(tmp_path: Path) -> None:
    """Fails when a record or a table was changed and no revision written: `python -m storage.migrate "what changes"`."""
    assert _differences(_at(tmp_path / "old.db", "head")) == []


def test_head_is_the_newest_file() -> None:
    files = sorted(p.name[:4] for p in (migrate.FOLDER / "versions").glob("[0-9]*.py"))
    assert files[-1] == migrate.HEAD


def test_a_database_from_before_revisions_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "gongkai.db"
    old = _at(path, migrate.FIRST)
    with old.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
        connection.execute(
            sa.text(
                "INSERT INTO withheld (site, url, position, case_number, published_source, first_seen, last_seen)"
                " VALUES ('x', 'http://x/1', 0, '（2026）粤9901民初1号', 'none', '2026-03-01', '2026-03-01')"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO runs (site, night, started, status, pages, links, bytes, unchanged, sections)"
                " VALUES ('x', '2026-03-01', :at, 'complete', 1, 1, 1, 0, 0)"
            ),
            {"at": datetime.now(UTC)},
        )
    old.dispose()
    engine = connect(path)
    assert _differences(engine) == []
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT case_number FROM withheld")).scalar() == "（2026）粤9901民初1号"
        assert connection.execute(sa.text("SELECT count(*) FROM runs")).scalar() == 1


def test_a_database_of_a_later_version_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    with connect(path).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="9999") as caught:
        connect(path)
    assert "\n" not in str(caught.value)
