"""A database that is away, full or read-only is said in one line, wherever it is noticed; our own mistakes are not."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from crawlers.profile import bare_profile
from crawlers.run import TROUBLE, _child
from crawlers.task import CrawlTask
from gongkai import errors
from storage import pages
from storage.database import DatabaseError, connect
from storage.trouble import trouble_of

AWAY = "postgresql://clerk:secret@127.0.0.1:1/gongkai"


def of_postgresql(kind: type[psycopg.Error]) -> sa.exc.DBAPIError:
    cause = kind("something of the server\nDETAIL: with a value")
    return sa.exc.DBAPIError.instance("INSERT …", {"name": "某某"}, cause, psycopg.Error)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (psycopg.errors.DiskFull, "the disk is full, nothing was written"),
        (psycopg.errors.AdminShutdown, "the connection was lost"),
        (psycopg.errors.ConnectionFailure, "the connection was lost"),
        (psycopg.OperationalError, "the connection was lost"),
        (psycopg.errors.TooManyConnections, "busy"),
        (psycopg.errors.DeadlockDetected, "busy"),
        (psycopg.errors.ReadOnlySqlTransaction, "read-only"),
        (psycopg.errors.InvalidPassword, "refuses this account"),
        (psycopg.errors.InvalidCatalogName, "no such database"),
        (psycopg.errors.DataCorrupted, "damaged"),
    ],
)
def test_postgresqls_trouble_has_a_name(kind: type[psycopg.Error], said: str) -> None:
    line = trouble_of(of_postgresql(kind))
    assert line is not None and said in line
    assert "\n" not in line and "某某" not in line and "INSERT" not in line


def test_sqlalchemys_own_words_for_it_are_understood() -> None:
    line = trouble_of(sa.exc.TimeoutError("QueuePool limit of size 5 overflow 10 reached", code="3o7r"))
    assert line is not None and "busy" in line and "QueuePool" in line and "\n" not in line
    line = trouble_of(sa.exc.PendingRollbackError("Can't reconnect until invalid transaction is rolled back."))
    assert line is not None and "the connection was lost" in line
    assert trouble_of(sa.exc.InvalidRequestError("This connection is closed")) is None


def test_more_threads_than_a_pool_is_large_do_not_wait_for_each_other(postgres: str) -> None:
    engine = connect(postgres)
    kept = [engine.connect() for _ in range(20)]
    for connection in kept:
        connection.close()
    engine.dispose()


@pytest.mark.parametrize(
    "kind", [psycopg.errors.UndefinedColumn, psycopg.errors.UniqueViolation, psycopg.errors.StringDataRightTruncation]
)
def test_a_mistake_of_ours_stays_a_bug(kind: type[psycopg.Error]) -> None:
    assert trouble_of(of_postgresql(kind)) is None
    assert not errors.is_user_mistake(of_postgresql(kind))


def test_a_full_disk_under_sqlite_is_said_and_nothing_of_the_batch_is_there(tmp_path: Path) -> None:
    engine = connect(tmp_path / "gongkai.db")
    rows = [
        pages.page_row(str(number), number.to_bytes(4) * 9000, None) | {"body": bytes(20_000)} for number in range(50)
    ]
    with engine.connect() as connection:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    sa.event.listen(engine, "begin", lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {size + 20}"))
    with pytest.raises(sa.exc.OperationalError) as caught, engine.begin() as connection:
        pages.keep(connection, rows)
    assert errors.is_user_mistake(caught.value)
    assert "the disk is full, nothing was written" in errors.one_line(caught.value)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM pages")).scalar() == 0
    engine.dispose()


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "gongkai.db"
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    with pytest.raises(DatabaseError) as caught:
        connect(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_sqlites_complaint_of_a_wrong_statement_is_no_trouble() -> None:
    cause = sqlite3.OperationalError("no such column: x")
    cause.sqlite_errorcode = sqlite3.SQLITE_ERROR
    assert trouble_of(sa.exc.DBAPIError.instance("SELECT x", None, cause, sqlite3.Error)) is None


def test_a_crawl_that_loses_its_database_says_one_line_and_may_go_on_later() -> None:
    profile = bare_profile("http://127.0.0.1:9/")
    task = CrawlTask(database=AWAY, night=date(2026, 3, 30), profile=profile, allow_private=True)
    code, said, stopped = _child(task, None, lambda: False)
    assert not stopped
    assert code == TROUBLE
    line = said.strip().splitlines()[-1]
    assert "cannot be reached" in line and "secret" not in said
