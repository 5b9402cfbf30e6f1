"""The addresses that gongkai knows of a site, to be looked for by a part of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.records import Item, Judgment, PageScan, Record, Section, Target
from storage.schema import TABLES

KNOWN: tuple[type[Record], ...] = (Section, PageScan, Target, Item, Judgment)
"""The records that stand at an address of their own; the first that has it is enough."""


def containing(
    connection: Connection, part: str, most: int, sites: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Sites and addresses that contain some characters, at most so many.

    Args:
        sites: Of these only; None: of all.
    """
    return having(connection, KNOWN, "url", part, most, sites)


def having(
    connection: Connection,
    kinds: Iterable[type[Record]],
    column: str,
    part: str,
    most: int,
    sites: Collection[str] | None = None,
) -> list[tuple[str, str]]:
    """Sites and values of a column that contain some characters, from the records of several types, at most so many.

    Args:
        sites: Of these only; None: of all.
    """
    found: dict[tuple[str, str], None] = {}
    for kind in kinds:
        if len(found) >= most:
            break
        table = TABLES[kind]
        query = sa.select(table.c.site, table.c[column]).where(table.c[column].contains(part, autoescape=True))
        if sites is not None:
            query = query.where(table.c.site.in_(sites))
        found |= dict.fromkeys((site, value) for site, value in connection.execute(query.distinct().limit(most)))
    return sorted(found)[:most]


def sections_named(
    connection: Connection, part: str, most: int, sites: Collection[str] | None = None
) -> list[tuple[str, str, str]]:
    """Sites, addresses and names of sections whose name contains some characters."""
    table = TABLES[Section]
    query = sa.select(table.c.site, table.c.url, table.c.name).where(table.c.name.contains(part, autoescape=True))
    if sites is not None:
        query = query.where(table.c.site.in_(sites))
    ordered = query.order_by(table.c.site, table.c.name, table.c.url).limit(most)
    return [(site, url, name) for site, url, name in connection.execute(ordered)]


def rows_at(connection: Connection, site: str, url: str) -> list[tuple[str, str, str | None]]:
    """Under which section, with which day, the lists of a site lead to an address: section's address, name, day."""
    table = TABLES[Item]
    query = sa.select(table.c.section_url, table.c.section, table.c.published).where(
        table.c.site == site, table.c.url == url
    )
    return [(at, name, None if day is None else day.isoformat()) for at, name, day in connection.execute(query)]
