"""Copying a database to PostgreSQL and back: nothing is lost, nothing is half done, and the chain of hashes still holds."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongkai import errors
from gongkai.cli import run
from storage import events, pages, standing, transfer
from storage.database import DatabaseError, connect, reading
from storage.events import Event
from storage.schema import accesses, metadata
from storage.verification import verify
from tests.bulletins import two_nights

pytestmark = pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")  # of the server's wheel, where there is no desktop
NOW = two_nights.GENERATED


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trial nights with what is hard to carry: bytes, NULL beside JSON's null, microseconds, binary fractions, NUL."""
    path = tmp_path_factory.mktemp("transfer") / "trial.db"
    engine = connect(path)
    with engine.begin() as connection:
        two_nights.build(connection)
        standing.renew(connection, NOW.date())
        body = bytes(range(256)) * 40
        pages.keep(connection, [pages.page_row(pages.sha256(body), body, None)])
        number = connection.execute(sa.text("SELECT min(id) FROM runs")).scalar()
        for n, headers in enumerate((sa.null(), None, {"z": "1", "a": "二"})):
            row = {"run": number, "url": f"http://x.example/{n}", "at": NOW, "elapsed": 0.1 + 0.2, "method": "GET"}
            row |= {"access": "ok", "headers": headers, "kind": "page", "internal": True}
            connection.execute(sa.insert(accesses).values(row))
        # The chain begins with the first event: what it seals is written by then.
        some = connection.execute(sa.select(standing.table.c.fingerprint).order_by("fingerprint").limit(3)).scalars()
        made = [
            Event(
                fingerprint=one,
                at=NOW + timedelta(microseconds=n + 1),
                who="王",
                what="comment",
                note="'\\N\t\n\\.",
                after=after,
            )
            for n, (one, after) in enumerate(zip(some, (None, {}, {"二": [0.1 + 0.2, None, "\\u0000"]}), strict=True))
        ]
        events.append(connection, made)
    engine.dispose()
    return path


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table as SQLite itself holds it."""
    with sqlite3.connect(path) as connection:
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in [*metadata.tables, "alembic_version"]
        }


def test_to_postgresql_and_back_every_row_is_the_same(built: Path, postgres: str, tmp_path: Path) -> None:
    there = transfer.copy(built, postgres)
    back = transfer.copy(postgres, tmp_path / "back.db")
    assert there == back
    assert {one.table for one in there} == set(metadata.tables)
    assert sum(one.rows for one in there) > 100
    assert [one for one in there if one.cleaned] == []
    assert contents(tmp_path / "back.db") == contents(built)


def test_the_copy_goes_on_where_the_source_stood(built: Path, postgres: str) -> None:
    transfer.copy(built, postgres)
    old, new = connect(built), connect(postgres)
    with reading(old) as before, reading(new) as after:
        assert verify(after) == verify(before)
        assert verify(after).problems == []
    with new.begin() as connection:
        first = connection.execute(sa.select(events.table).order_by("id")).mappings().first()
        assert first is not None
        events.append(connection, [Event(fingerprint=first["fingerprint"], at=NOW, who="王", what="comment")])
        known = connection.execute(sa.select(events.table.c.id).order_by("id")).scalars().all()
        assert known == [1, 2, 3, 4]
        assert verify(connection).problems == []
    old.dispose()
    new.dispose()


def test_a_nul_that_an_earlier_version_let_in_is_told(built: Path, postgres: str, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.write_bytes(built.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE sites SET court = 'a' || char(0) || 'b' WHERE id = (SELECT min(id) FROM sites)")
    copied = {one.table: one.cleaned for one in transfer.copy(path, postgres) if one.cleaned}
    assert copied == {"sites": 1}
    engine = connect(postgres)
    with reading(engine) as after:
        assert "a\ufffdb" in after.execute(sa.text("SELECT court FROM sites")).scalars().all()
    engine.dispose()


def tables_with_rows(url: str) -> list[str]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        names = [name for name in sa.inspect(connection).get_table_names() if name != "alembic_version"]
        found = [name for name in names if connection.execute(sa.text(f'SELECT 1 FROM "{name}" LIMIT 1')).first()]
    engine.dispose()
    return found


def test_a_target_with_a_single_row_is_refused(built: Path, postgres: str) -> None:
    engine = connect(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO sites (id, court, home) VALUES ('a', 'b', 'c')"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="not empty: sites has rows"):
        transfer.copy(built, postgres)
    assert tables_with_rows(postgres) == ["sites"]


def test_what_does_not_arrive_as_it_left_is_found_out_and_nothing_is_kept(built: Path, postgres: str) -> None:
    engine = connect(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN NEW.elapsed = NEW.elapsed + 1e-16; RETURN NEW; END $$"
        )
        connection.exec_driver_sql("CREATE TRIGGER t BEFORE INSERT ON accesses FOR EACH ROW EXECUTE FUNCTION spoil()")
    engine.dispose()
    with pytest.raises(DatabaseError, match="accesses did not arrive as it left"):
        transfer.copy(built, postgres)
    assert tables_with_rows(postgres) == []


def test_a_server_that_refuses_a_row_leaves_nothing_behind_and_says_so_in_one_line(built: Path, postgres: str) -> None:
    engine = connect(postgres)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        connection.exec_driver_sql("CREATE TRIGGER t BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION full_disk()")
    engine.dispose()
    with pytest.raises(DatabaseError, match="the disk is full, nothing was written") as caught:
        transfer.copy(built, postgres)
    assert "\n" not in str(caught.value)
    assert tables_with_rows(postgres) == []


@pytest.mark.parametrize("end", ["source", "target"])
def test_another_schema_at_either_end_is_refused(built: Path, postgres: str, tmp_path: Path, end: str) -> None:
    path = tmp_path / "old.db"
    path.write_bytes(built.read_bytes())
    connect(postgres).dispose()
    engine = sa.create_engine(f"sqlite:///{path}" if end == "source" else postgres)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0005'"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="its schema is 0005") as caught:
        transfer.copy(path, postgres)
    assert "\n" not in str(caught.value)
    assert tables_with_rows(postgres) == []
    with engine.connect() as connection:  # and it was not brought up on the way
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() == "0005"
    engine.dispose()


def test_a_file_is_not_copied_onto_itself(built: Path) -> None:
    with pytest.raises(DatabaseError, match="one database"):
        transfer.copy(built, built.parent / ".." / built.parent.name / built.name)


def test_the_command_tells_each_table_and_what_is_wrong_in_one_line(
    built: Path, postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_LANG", "en")
    assert run(["db", "copy", str(built), postgres]) == errors.OK
    said = capsys.readouterr().err
    assert "sightings: " in said and "the same at both ends" in said
    assert run(["db", "copy", str(built), postgres]) == errors.WRONG_USE
    assert "not empty" in capsys.readouterr().err
    assert run(["db", "copy", str(tmp_path / "none.db"), postgres]) == errors.WRONG_USE
    assert "no such database" in capsys.readouterr().err
    assert run(["db", "copy", str(built), "postgresql://u:secret@127.0.0.1:1/x"]) == errors.WRONG_USE
    said = capsys.readouterr().err
    assert "cannot be reached" in said and "secret" not in said
