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

from storage.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0007"
FIRST = "0001"  # databases from before revisions were written down
FOLDER = Path(__file__).parent / "migrations"

_version = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))


class NewerDatabase(Exception):
    """The database was made by a later version of gongkai than this one."""


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
    """
    at = revision_of(connection)
    if at == HEAD:
        return
    if at is None:
        metadata.create_all(connection)
        _version.create(connection)
        connection.execute(_version.insert().values(version_num=HEAD))
        return
    if not any((FOLDER / "versions").glob(f"{at}_*.py")):
        raise NewerDatabase(at)
    from alembic import command  # needed once in a database's life

    config = configuration(connection)
    if not sa.inspect(connection).has_table(_version.name):
        command.stamp(config, at)
    command.upgrade(config, HEAD)


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
