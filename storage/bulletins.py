"""The register of issued bulletins: each with its number and its files, as they left the office. Nothing is ever changed.

What turns out wrong is corrected by a new bulletin that says so (`corrects`). Drafts are not kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import seals
from storage.locks import in_turn
from storage.pages import pack, sha256, unpack
from storage.schema import bulletin_files, bulletins


class NumberTaken(Exception):
    """Another bulletin has this number."""


class FileAltered(Exception):
    """A kept file is not what was issued; its name is the message."""


@dataclass(frozen=True, kw_only=True)
class Issued:
    """An issued bulletin.

    Attributes:
        number: As it is printed: 花法公开〔2026〕3号.
        kind, first, last: Its period, as in `reports.period.Period`.
        sites: Ids of the sites it is about, in their order.
        department: Whose extract it is; None: of all.
        night: The audited night as of which it speaks.
        day: 成文日期; `issued`: when it was entered here.
        corrects: Number of the bulletin that it corrects, and `reason` why.
    """

    number: str
    code: str
    year: int
    serial: int
    title: str
    kind: str
    first: date
    last: date
    sites: tuple[str, ...]
    department: str | None
    night: date
    day: date
    issued: datetime
    corrects: str | None = None
    reason: str | None = None


def next_serial(connection: Connection, code: str, year: int) -> int:
    """The number after the highest of the year; nobody else is given one until the transaction ends."""
    in_turn(connection, "bulletins")
    query = sa.select(sa.func.max(bulletins.c.serial)).where(bulletins.c.code == code, bulletins.c.year == year)
    return int(connection.execute(query).scalar() or 0) + 1


def issue(connection: Connection, bulletin: Issued, files: Mapping[str, bytes]) -> None:
    """Enter a bulletin with its files.

    Raises:
        NumberTaken: Its number was given before.
    """
    in_turn(connection, "bulletins")
    if find(connection, bulletin.number) is not None:
        raise NumberTaken(bulletin.number)
    seals.begin(connection)
    row = vars(bulletin) | {"sites": list(bulletin.sites)}
    made = connection.execute(sa.insert(bulletins).values(**row)).inserted_primary_key
    assert made is not None
    connection.execute(
        sa.insert(bulletin_files),
        [
            {"bulletin": made[0], "name": name, "sha256": sha256(body), "size": len(body), "body": pack(body)}
            for name, body in files.items()
        ],
    )
    seals.seal_bulletin(connection, bulletin.number)


def all_issued(connection: Connection) -> list[Issued]:
    """All of them in the order in which they were issued."""
    query = sa.select(bulletins).order_by(bulletins.c.issued, bulletins.c.id)
    return [_issued(row) for row in connection.execute(query).mappings()]


def find(connection: Connection, number: str) -> Issued | None:
    """The one with this number."""
    row = connection.execute(sa.select(bulletins).where(bulletins.c.number == number)).mappings().first()
    return None if row is None else _issued(row)


def in_force(
    connection: Connection, kind: str, first: date, last: date, sites: tuple[str, ...], department: str | None
) -> Issued | None:
    """The bulletin of this very period and scope that was not corrected by a later one."""
    found = all_issued(connection)
    corrected = {one.corrects for one in found}
    same = [
        one
        for one in found
        if (one.kind, one.first, one.last, one.department) == (kind, first, last, department)
        and set(one.sites) == set(sites)
        and one.number not in corrected
    ]
    return same[-1] if same else None


def files_of(connection: Connection, number: str) -> dict[str, bytes]:
    """Its files by name, each checked against its hash.

    Raises:
        KeyError: No such bulletin.
        FileAltered: A file is not what was issued.
    """
    query = (
        sa.select(bulletin_files.c.name, bulletin_files.c.sha256, bulletin_files.c.body)
        .join(bulletins, bulletins.c.id == bulletin_files.c.bulletin)
        .where(bulletins.c.number == number)
        .order_by(bulletin_files.c.name)
    )
    files = {}
    for row in connection.execute(query):
        try:
            body = unpack(row.body)
        except Exception as error:  # of the compression: a body that cannot be unpacked was altered too
            raise FileAltered(row.name) from error
        if sha256(body) != row.sha256:
            raise FileAltered(row.name)
        files[row.name] = body
    if not files:
        raise KeyError(number)
    return files


def _issued(row: Mapping[Any, Any]) -> Issued:
    values = {name: value for name, value in row.items() if name != "id"}
    return Issued(**(values | {"sites": tuple(values["sites"])}))
