"""Copying a whole database into an empty one, from SQLite to PostgreSQL or back, and proving that nothing was lost.

Rows are streamed table by table, hashed as they leave, written in one transaction, and read again and hashed as they
arrived. Ids stay, and JSON stays to the letter: the hash chain over events and nights holds in the copy too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import changes
from storage.database import DatabaseError, connect, engine_of, name_of, reading, told
from storage.locks import in_turn
from storage.migrate import HEAD, revision_of
from storage.schema import metadata

BATCH = 200  # rows in memory; a kept page may be megabytes
NUL, SHOWN = "\x00", "\ufffd"


@dataclass(frozen=True)
class Copied:
    """One table as it was copied.

    Attributes:
        sha256: Of all its rows in the order of their keys, the same at both ends.
        cleaned: Texts with a NUL character in them, written by a version that let it in: it is � now.
    """

    table: str
    rows: int
    sha256: str
    cleaned: int


class _Hash:
    """The running hash of a table's rows."""

    def __init__(self) -> None:
        self.rows = self.cleaned = 0
        self._digest = hashlib.sha256()

    def over(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """The rows, as they are to be written."""
        for row in rows:
            if any(isinstance(value, str) and NUL in value for value in row):
                self.cleaned += sum(isinstance(value, str) and NUL in value for value in row)
                row = tuple(value.replace(NUL, SHOWN) if isinstance(value, str) else value for value in row)
            self.rows += 1
            for value in row:
                said = value if isinstance(value, bytes) else repr(value).encode()
                self._digest.update(b"%d:" % len(said))
                self._digest.update(said)
            yield row

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def copy(source: str | Path, target: str | Path, on_table: Callable[[Copied], None] | None = None) -> list[Copied]:
    """Copy everything, or nothing.

    Args:
        on_table: Told of each table as it is written; that all of it arrived is known at the end.

    Raises:
        DatabaseError: The source is missing or of another schema; the target is not empty, is of another schema, or
            does not take the rows; or a table did not arrive as it left.
    """
    if database := _same(source, target):
        raise DatabaseError(f"{database}: 来源和目标是同一个数据库 (source and target are one database)")
    old = engine_of(source, create=False)
    with told(source), reading(old) as before:
        _must_be_of_this_version(before, source)
        new = engine_of(target)
        with told(target), new.connect() as after:
            if revision_of(after) is not None:
                _must_be_of_this_version(after, target)
        new.dispose()
        new = connect(target)
        with told(target), new.begin() as after:
            in_turn(after, "copy")
            _must_be_empty(after, target)
            copied = []
            changes.unwatch(after)  # what is remembered of the cases is copied too, and stays true of the copy
            for table in metadata.sorted_tables:
                copied.append(_copied(_read(before, table, source), after, table))
                if on_table is not None:
                    on_table(copied[-1])
            changes.watch(after)
            for one in copied:
                _must_have_arrived(after, one, target)
        if new.dialect.name == "postgresql":
            with told(target), new.begin() as after:
                after.execute(sa.text("ANALYZE"))  # else the first questions are answered by guesses of its size
    old.dispose()
    new.dispose()
    return copied


def _same(source: str | Path, target: str | Path) -> str | None:
    one, other = name_of(source), name_of(target)
    same = one == other if "://" in one + other else Path(one).resolve() == Path(other).resolve()
    return one if same else None


def _must_be_of_this_version(connection: Connection, where: str | Path) -> None:
    revision = revision_of(connection)
    if revision != HEAD:
        raise DatabaseError(
            f"{name_of(where)}: 表结构为 {revision or '-'}，本程序为 {HEAD}；请先用本版程序打开一次（gongkai doctor）"
            f" (its schema is {revision or '-'}, ours is {HEAD}: open it with this version first, gongkai doctor)"
        )


def _must_be_empty(connection: Connection, where: str | Path) -> None:
    for table in metadata.sorted_tables:
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise DatabaseError(
                f"{name_of(where)}: 不是空的，表 {table.name} 有数据 (not empty: {table.name} has rows)"
            )


def _copied(rows: Iterator[tuple[Any, ...]], after: Connection, table: sa.Table) -> Copied:
    hashed = _Hash()
    _write(after, table, hashed.over(rows))
    if table.autoincrement_column is not None and after.dialect.name == "postgresql":
        last = sa.func.max(table.autoincrement_column)  # of an empty table NULL, with which setval does nothing
        counter = sa.func.pg_get_serial_sequence(table.name, table.autoincrement_column.name)
        after.execute(sa.select(sa.func.setval(counter, last)))
    return Copied(table.name, hashed.rows, hashed.hexdigest(), hashed.cleaned)


def _must_have_arrived(connection: Connection, left: Copied, where: str | Path) -> None:
    hashed = _Hash()
    for _ in hashed.over(_rows(connection, metadata.tables[left.table])):
        pass
    if (hashed.rows, hashed.hexdigest()) != (left.rows, left.sha256):
        raise DatabaseError(
            f"{name_of(where)}: 表 {left.table} 写入后与来源不一致，未保留任何数据"
            f" ({left.table} did not arrive as it left; nothing was kept)"
        )


def _read(connection: Connection, table: sa.Table, where: str | Path) -> Iterator[tuple[Any, ...]]:
    with told(where):  # else the target would be blamed for it
        yield from _rows(connection, table)


def _rows(connection: Connection, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    """A table's rows in the order of their keys, with values that mean the same in both databases."""
    query = sa.select(*(_plain(column) for column in table.columns)).order_by(*table.primary_key.columns)
    for row in connection.execute(query.execution_options(yield_per=BATCH)):
        yield tuple(row)


def _plain(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """JSON as the text that it is, and SQL's NULL apart from JSON's."""
    return sa.cast(column, sa.Text).label(column.name) if isinstance(column.type, sa.JSON) else column


def _write(connection: Connection, table: sa.Table, rows: Iterator[tuple[Any, ...]]) -> None:
    if connection.dialect.name == "postgresql":
        _stream(connection, table, rows)
        return
    columns = [sa.column(c.name, sa.Text() if isinstance(c.type, sa.JSON) else c.type) for c in table.columns]
    insert, names = sa.insert(sa.table(table.name, *columns)), [column.name for column in columns]
    while part := list(islice(rows, BATCH)):
        connection.execute(insert, [dict(zip(names, row, strict=True)) for row in part])


def _stream(connection: Connection, table: sa.Table, rows: Iterator[tuple[Any, ...]]) -> None:
    """By PostgreSQL's COPY, many times faster than INSERT; what its driver complains of becomes SQLAlchemy's error."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in table.columns)
    statement = f"COPY {quote(table.name)} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    complaint = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as stream:
            for row in rows:
                stream.write_row(row)
    except complaint as error:
        raise sa.exc.DBAPIError.instance(statement, None, error, complaint, dialect=connection.dialect) from error
