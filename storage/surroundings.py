"""What a night knew of a site, copied around a few pages that were read anew into a database of their own.

A page can be judged only among the others: which section lists it, what the site's template repeats, whose case numbers the
court's own are. All of that is as the last night left it; what was read anew is newer and stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.database import upsert
from storage.runs import Run
from storage.schema import TABLES, accesses, extracts, pages, places, section_reads

BATCH = 500
LARGEST = 2**20  # bytes, compressed: larger bodies are files, which are not looked through again


def copy_surroundings(old: Connection, new: Connection, before: Run, run: Run, read: Collection[str]) -> None:
    """Copy what `before` knew into the database of `run`.

    Nothing of it passes for seen tonight: records are dated back to the day before.

    Args:
        old, new: The database of the nights, and that of the pages read anew.
        read: Addresses that were read anew; of these nothing older is copied.
    """
    kept: set[str] = set()
    for rows in _batches(old, sa.select(accesses).where(accesses.c.run == before.id)):
        mine = [row | {"run": run.id} for row in rows if row["url"] not in read]
        for row in rows:
            if row["url"] in read:  # how near the home page it stands is for a whole crawl to say
                same = sa.and_(accesses.c.run == run.id, accesses.c.url == row["url"])
                new.execute(sa.update(accesses).where(same).values(depth=row["depth"]))
        kept |= {row["sha256"] for row in mine if row["sha256"]}
        upsert(new, accesses, mine, ("run", "url"), keep=("at",))
    for rows in _batches(old, sa.select(extracts).where(extracts.c.site == run.site)):
        upsert(new, extracts, [row for row in rows if row["url"] not in read], ("site", "url"))
    # Bodies that are elsewhere are read there when they are asked for; what is read anew stays in the new database.
    known = [dict(row) | {"current": False} for row in old.execute(sa.select(places)).mappings()]
    upsert(new, places, known, ("id",))
    wanted = sorted(kept)
    for start in range(0, len(wanted), BATCH):
        some = sa.select(pages).where(
            pages.c.sha256.in_(wanted[start : start + BATCH]),
            sa.func.coalesce(pages.c.packed, sa.func.length(pages.c.body)) <= LARGEST,
        )
        upsert(new, pages, [dict(row) for row in old.execute(some).mappings()], ("sha256",))
    for rows in _batches(old, sa.select(section_reads).where(section_reads.c.site == run.site)):
        upsert(new, section_reads, [row for row in rows if row["night"] < run.night], ("site", "url", "night"))
    for kind, table in TABLES.items():
        for rows in _batches(old, sa.select(table).where(table.c.site == run.site)):
            upsert(new, table, [_dated_back(row, run.night) for row in rows], kind.KEY)


def _batches(connection: Connection, query: sa.Select[Any]) -> Iterator[list[dict[str, Any]]]:
    for part in connection.execute(query.execution_options(yield_per=BATCH)).mappings().partitions(BATCH):
        yield [dict(row) for row in part]


def _dated_back(row: dict[str, Any], night: date) -> dict[str, Any]:
    last = min(row["last_seen"], night - timedelta(days=1))
    return {name: value for name, value in row.items() if name != "id"} | {
        "last_seen": last,
        "first_seen": min(row["first_seen"], last),
    }
