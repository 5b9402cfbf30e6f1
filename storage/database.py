"""Opening a database: an SQLite file with the settings under which no update is lost, or PostgreSQL by its URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from storage.migrate import FleetAtWork, ForeignDatabase, NewerDatabase, bring_up
from storage.trouble import trouble_of

PATIENCE = 10  # seconds for a server that does not answer
# A machine without power or network says no goodbye: by its system's defaults the other end would notice after two hours,
# and a dead machine's locks be held as long. We give up after 15 to 20 s, the server after 30.
_OUR_END = {"keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}
SERVERS_END = "; ".join(  # without effect where the server is reached by a socket of its own machine
    f"SET {setting} = {value}"
    for setting, value in (
        ("tcp_keepalives_idle", 15),
        ("tcp_keepalives_interval", 5),
        ("tcp_keepalives_count", 3),
        ("tcp_user_timeout", 30_000),  # while an answer is on its way
    )
)


class DatabaseError(Exception):
    """The database cannot be used: one line that says which and why."""


def database_url(where: str | Path) -> str:
    """A file's path becomes an SQLite URL; a URL stays what it is, but for the `postgres:` that some write.

    Raises:
        DatabaseError: It is the URL of neither SQLite nor PostgreSQL.
    """
    text = str(where)
    if "://" not in text:
        return f"sqlite:///{text}"
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError:
        raise DatabaseError("database: 不是有效的数据库 URL (not a valid URL of a database)") from None
    if url.drivername == "postgres":
        url = url.set(drivername="postgresql")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseError(f"{url.drivername}: 只支持 SQLite 和 PostgreSQL (SQLite and PostgreSQL only)")
    return url.render_as_string(hide_password=False)


def connection_options(url: sa.URL, name: str = "gongkai") -> dict[str, str | int]:
    """What to tell libpq beside the URL of a PostgreSQL: how patient to be and who asks. What the URL says itself stays."""
    said = {"application_name": name, "client_encoding": "utf8"}
    chosen: dict[str, str | int] = {"connect_timeout": PATIENCE, **said, **_OUR_END}
    return {option: value for option, value in chosen.items() if option not in url.query}


def name_of(where: str | Path) -> str:
    """A database as it may be said: its file, or its URL without the password."""
    url = database_url(where)
    return url.removeprefix("sqlite:///") if url.startswith("sqlite:") else sa.make_url(url).render_as_string()


def connect(where: str | Path, *, create: bool = True) -> Engine:
    """The engine of a database, its tables made or brought up to this version.

    Raises:
        DatabaseError: The file is missing (with `create=False`), unreadable, no database, not ours, or of a newer
            version; its tables are of an older one, and workers are at work on them; the server is away, or refuses us.
    """
    engine = engine_of(where, create=create)
    with told(where), engine.begin() as connection:
        bring_up(connection)
    return engine


def engine_of(where: str | Path, *, create: bool = True) -> Engine:
    """The engine of a database as it is: nothing of it is read or made yet.

    Raises:
        DatabaseError: The file is missing (with `create=False`), its folder cannot be made, or there is no driver.
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
    with told(where):
        return _engine(url)


@contextmanager
def told(where: str | Path) -> Iterator[None]:
    """What goes wrong within is said in one line that begins with the database's name.

    Raises:
        DatabaseError: That line.
    """
    named = name_of(where)
    try:
        yield
    except NewerDatabase as error:
        raise DatabaseError(
            f"{named}: 由更新版本的 gongkai 建立（{error}），请升级程序 (made by a newer version of gongkai)"
        ) from error
    except (ForeignDatabase, FleetAtWork) as error:
        raise DatabaseError(f"{named}: {error}") from error
    except ModuleNotFoundError as error:
        raise DatabaseError(f"{named}: 缺少 PostgreSQL 驱动 (no driver): pip install 'gongkai[fleet]'") from error
    except (sa.exc.SQLAlchemyError, OSError) as error:
        reason = trouble_of(error) or str(getattr(error, "orig", None) or error).splitlines()[0]
        raise DatabaseError(f"{named}: {reason}") from error


def _engine(url: str) -> Engine:
    if url.startswith("sqlite:"):
        engine = sa.create_engine(url)
        _make_sqlite_safe(engine)
        return engine
    # A connection that the server has closed meanwhile is found out and made anew before it is used.
    # There are as many as there are threads that use it at once: with a limit of its own a worker of many sites waits for itself.
    engine = sa.create_engine(
        url, pool_pre_ping=True, max_overflow=-1, connect_args=connection_options(sa.make_url(url))
    )

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True  # a SET of a transaction that is rolled back is forgotten
        connection.execute(SERVERS_END)
        connection.autocommit = False

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
    """A connection that takes no write lock, and sees the database as it was at its first question."""
    options: dict[str, Any] = {"reads_only": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
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
