"""Brings a database's tables to what this version knows. New ones are made at once; older ones go revision by revision.

A revision is a file of `migrations/versions/`, written by `python -m storage.migrate "what changes"` after a record or a
table was changed, read over, and committed with the change. `HEAD` names the newest.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import changes
from storage.locks import in_turn
from storage.schema import audited_sites, fleet_workers, metadata

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0017"
FIRST = "0001"  # databases from before revisions were written down
FOLDER = Path(__file__).parent / "migrations"

_version = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))


class NewerDatabase(Exception):
    """The database was made by a later version of gongkai than this one."""


class ForeignDatabase(Exception):
    """The database holds another program's tables, or cannot hold ours; the message says which, in both languages."""


class FleetAtWork(Exception):
    """Workers that know the tables as they are live; the message names a machine, in both languages."""


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at; None: it has no tables yet."""
    inspector = sa.inspect(connection)
    if inspector.has_table(_version.name):
        return connection.execute(sa.select(_version.c.version_num)).scalar()
    return FIRST if inspector.has_table("runs") else None


def bring_up(connection: Connection) -> None:
    """Make or change the tables, within the caller's transaction.

    Raises:
        NewerDatabase: Its revision is not known here.
        ForeignDatabase: There are other tables of our names in it, or it sorts text in a way of its own.
        FleetAtWork: They would be changed under workers that are at work.
    """
    if revision_of(connection) == HEAD:
        return
    in_turn(connection, "schema")
    at = revision_of(connection)
    if at == HEAD:  # another process was here first
        return
    if at is None:
        _suits(connection)
        metadata.create_all(connection)
        changes.watch(connection)
        _version.create(connection)
        connection.execute(_version.insert().values(version_num=HEAD))
        return
    if not any((FOLDER / "versions").glob(f"{at}_*.py")):
        raise NewerDatabase(at)
    _nobody_works(connection)
    from alembic import command  # needed once in a database's life

    config = configuration(connection)
    if not sa.inspect(connection).has_table(_version.name):
        command.stamp(config, at)
    changes.unwatch(connection)  # a table that is made anew loses its triggers, and one with triggers cannot be changed
    command.upgrade(config, HEAD)
    changes.watch(connection)
    connection.execute(sa.delete(audited_sites))  # what changed meanwhile was not noted


def _nobody_works(connection: Connection) -> None:
    """No worker of a fleet gave a sign of life in the last minute."""
    if connection.dialect.name != "postgresql" or not sa.inspect(connection).has_table(fleet_workers.name):
        return
    query = "SELECT machine FROM fleet_workers WHERE seen > clock_timestamp() - interval '60 seconds' ORDER BY machine LIMIT 1"
    if (machine := connection.execute(sa.text(query)).scalar()) is not None:
        raise FleetAtWork(
            f"{machine} 上的 gongkai worker 仍在使用旧版本的表，请先全部停下 "
            f"(the gongkai worker on {machine} works with the tables of an earlier version: stop all of them first)"
        )


# By their code points, as Python and SQLite sort; a language sorts otherwise.
_SORTED = ("(2026)", "A", "_", "a", "é", "一", "丁", "阿", "（2026）")


def _suits(connection: Connection) -> None:
    """See that a database without our tables can take them, and gives the same answers in the same order as SQLite."""
    taken = sorted(set(sa.inspect(connection).get_table_names()) & set(metadata.tables))
    if taken:
        raise ForeignDatabase(f"已有其他程序的表 {taken[0]} (has another program's table {taken[0]})")
    if connection.dialect.name != "postgresql":
        return
    if connection.execute(sa.text("SHOW server_encoding")).scalar() != "UTF8":
        raise ForeignDatabase(_HOW_TO_MAKE.format(zh="编码不是 UTF8", en="its encoding is not UTF8"))
    word = sa.values(sa.column("word", sa.Text), name="words").data([(text,) for text in reversed(_SORTED)])
    if tuple(connection.execute(sa.select(word.c.word).order_by(word.c.word)).scalars()) != _SORTED:
        raise ForeignDatabase(_HOW_TO_MAKE.format(zh="排序规则不是 C", en="its collation is not C"))


_HOW_TO_MAKE = "{zh} ({en}): createdb --template=template0 --encoding=UTF8 --locale=C gongkai"


def configuration(connection: Connection) -> Config:
    """Alembic's, without its file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def write_revision(message: str) -> None:
    """A new revision: what brings the newest one to the tables as the code has them now."""
    from alembic import command

    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        config = configuration(connection)
        command.upgrade(config, "head")
        number = f"{int(HEAD) + 1:04}"
        command.revision(config, message, autogenerate=True, rev_id=number)
    print(f"HEAD = {number!r}: set it in {Path(__file__).name}, and read the new file over")


if __name__ == "__main__":
    write_revision(sys.argv[1])
