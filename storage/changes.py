"""What changed in a court's cases since they were last audited: written down by the database itself, whoever changes it.

Triggers on the tables of documents and ledgers note the case number (or, without one, the address) of each row that comes,
goes or says something else. They note nothing of a site of which no audit has remembered anything, so a first night costs
nothing. `storage.memory` reads the notes. Triggers are no part of a table: `watch` makes them anew after each migration.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.records import (
    AgencyAppearance,
    Approval,
    Attendance,
    CaseEntry,
    Judgment,
    Participant,
    Record,
    Withdrawal,
    Withheld,
)
from storage.schema import TABLES, audited_sites, case_changes

WATCHED: tuple[type[Record], ...] = (
    Judgment,
    Withheld,
    CaseEntry,
    Approval,
    Withdrawal,
    Participant,
    AgencyAppearance,
    Attendance,
)
# Says nothing by itself: when a row was met, and which bytes its page had.
_SILENT = ("id", "first_seen", "last_seen", "sha256")
_PREFIX = "watch_"


def watch(connection: Connection) -> None:
    """Make the triggers, in place of those that are there."""
    unwatch(connection)
    make = _for_postgresql if connection.dialect.name == "postgresql" else _for_sqlite
    for kind in WATCHED:
        for statement in make(TABLES[kind]):
            connection.execute(sa.text(statement))


def unwatch(connection: Connection) -> None:
    """Remove the triggers. What changes from now on goes unseen, so all memory has to be given up or kept by the caller."""
    for name, table in _triggers(connection):
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.execute(sa.text(f"DROP TRIGGER {name}{on}"))


def is_watched(connection: Connection) -> bool:
    """Every change is noted: no trigger is missing."""
    there = {name for name, _ in _triggers(connection)}
    return there == {f"{_PREFIX}{TABLES[kind].name}_{what}" for kind in WATCHED for what in ("new", "old", "other")}


def _triggers(connection: Connection) -> list[tuple[str, str]]:
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
        )
    else:
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    return [(name, table) for name, table in connection.execute(sa.text(query)) if name.startswith(_PREFIX)]


def _content(table: sa.Table, differ: str) -> str:
    """A condition: the row says something else than before."""
    return " OR ".join(
        differ.format(old=_plain(f"OLD.{_quoted(c.name)}", c, differ), new=_plain(f"NEW.{_quoted(c.name)}", c, differ))
        for c in table.columns
        if c.name not in _SILENT
    )


def _plain(value: str, column: sa.Column[object], differ: str) -> str:
    return f"{value}::text" if isinstance(column.type, sa.JSON) and "DISTINCT" in differ else value


def _quoted(name: str) -> str:
    return f'"{name}"'


def _note(table: sa.Table, row: str) -> str:
    url = f"{row}.url" if "url" in table.c else "NULL"
    return (
        f"INSERT INTO {case_changes.name} (site, case_number, url) SELECT {row}.site, {row}.case_number, {url}"
        f" FROM {audited_sites.name} WHERE site = {row}.site"
    )


def _missed(row: str) -> str:
    """It was not there on the night of the last audit, though it is now: that it is back is a change."""
    return f"{row}.last_seen < (SELECT night FROM {audited_sites.name} WHERE site = {row}.site)"


def _for_sqlite(table: sa.Table) -> Iterator[str]:
    name = f"{_PREFIX}{table.name}"
    changed = f"{_content(table, '{old} IS NOT {new}')} OR {_missed('OLD')}"
    yield f"CREATE TRIGGER {name}_new AFTER INSERT ON {table.name} BEGIN {_note(table, 'NEW')}; END"
    yield f"CREATE TRIGGER {name}_old AFTER DELETE ON {table.name} BEGIN {_note(table, 'OLD')}; END"
    yield (
        f"CREATE TRIGGER {name}_other AFTER UPDATE ON {table.name} WHEN {changed}"
        f" BEGIN {_note(table, 'OLD')}; {_note(table, 'NEW')}; END"
    )


def _for_postgresql(table: sa.Table) -> Iterator[str]:
    name = f"{_PREFIX}{table.name}"
    bodies = {
        "new": _note(table, "NEW"),
        "old": _note(table, "OLD"),
        "other": f"{_note(table, 'OLD')}; {_note(table, 'NEW')}",
    }
    differs = _content(table, "{old} IS DISTINCT FROM {new}")
    bodies["other"] = f"IF {differs} OR {_missed('OLD')} THEN {bodies['other']}; END IF"
    events = {"new": "INSERT", "old": "DELETE", "other": "UPDATE"}
    for what, body in bodies.items():
        yield (
            f"CREATE OR REPLACE FUNCTION {name}_{what}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$BEGIN {body}; RETURN NULL; END$$"
        )
        yield (
            f"CREATE TRIGGER {name}_{what} AFTER {events[what]} ON {table.name} FOR EACH ROW"
            f" EXECUTE FUNCTION {name}_{what}()"
        )
