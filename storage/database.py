"""Opening a database: SQLite with the settings under which no update is lost, or any other that SQLAlchemy knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from storage.migrate import NewerDatabase, bring_up


class DatabaseError(Exception):
    """The database cannot be used: one line that says which and why."""


def database_url(where: str | Path) -> str:
    """A file's path becomes an SQLite URL; an SQLAlchemy URL stays what it is."""
    text = str(where)
    return text if "://" in text else f"sqlite:///{text}"


def connect(where: str | Path, *, create: bool = True) -> Engine:
    """The engine of a database, its tables made or brought up to this version.

    Raises:
        DatabaseError: The file is missing (with `create=False`), unreadable, no database, or of a newer version.
    """
    url = database_url(where)
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        if not create and not path.exists():
            raise DatabaseError(f"{path}: 没有这个数据库文件 (no such database)")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"{path}: {error.strerror}") from error
    try:
        engine = sa.create_engine(url)
        if engine.dialect.name == "sqlite":
            _make_sqlite_safe(engine)
        with engine.begin() as connection:
            bring_up(connection)
    except NewerDatabase as error:
        raise DatabaseError(
            f"{where}: 由更新版本的 gongkai 建立（{error}），请升级程序 (made by a newer version of gongkai)"
        ) from error
    except (sa.exc.SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise DatabaseError(f"{where}: {reason}") from error
    return engine


def _make_sqlite_safe(engine: Engine) -> None:
    """BEGIN IMMEDIATE and WAL. With the driver's own transactions two processes lose each other's updates."""

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=60000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if not _reads_only(connection) else "BEGIN")

    def _reads_only(connection: Connection) -> bool:
        return bool(connection.get_execution_options().get("reads_only"))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that takes no write lock."""
    with engine.connect().execution_options(reads_only=True) as connection, connection.begin():
        yield connection


def upsert(
    connection: Connection,
    table: sa.Table,
    rows: list[dict[str, Any]],
    key: tuple[str, ...],
    keep: tuple[str, ...] = (),
) -> None:
    """Insert rows, or update those that are there by `key`; columns in `keep` stay as they were first written."""
    if not rows:
        return
    # Both dialects have the same API for this, but share no type for it.
    insert: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name]
    statement = insert(table)
    changed = {c: statement.excluded[c] for c in rows[0] if c not in key and c not in keep}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    connection.execute(statement, rows)
