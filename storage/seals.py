"""What the links of the chain seal: hashes of rows in a form that is the same in every database and in every order.

The columns are named one by one: a column that a later version adds changes no old hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage import chain
from storage.chain import Statement, digest_of
from storage.schema import (
    accesses,
    bulletin_files,
    bulletins,
    events,
    findings,
    pictures,
    removed_pages,
    runs,
    sightings,
)

_EVENT = ("id", "fingerprint", "at", "who", "what", "note", "until", "before", "after")
_RUN = ("site", "night", "started", "finished", "status", "why", "pages", "links", "sections", "bytes")
_ACCESS = (
    *("url", "at", "elapsed", "method", "access", "status", "final_url", "detail", "sha256", "size", "headers"),
    *("kind", "internal", "depth", "probes", "unchanged"),
)
_WHERE_SET = ("carried",)  # columns of later versions: sealed where they say something, so that older links still hold
_SIGHTING = (
    *("fingerprint", "night", "verdict", "raw_grade", "title", "severity", "department", "message", "remedy", "due"),
    *("basis", "evidence"),
)
_PICTURE = ("fingerprint", "url", "final_url", "at", "status", "sha256", "width", "height", "detail", "browser")
_BULLETIN = (
    *("code", "year", "serial", "number", "title", "kind", "first", "last", "sites", "department", "night", "day"),
    *("issued", "corrects", "reason"),
)


def begin(connection: Connection) -> None:
    """To be called before anything is written that will be sealed: others wait until the transaction ends.

    In a database of a version that knew no chain, everything that is there is sealed as it is found.
    """
    chain.hold(connection)
    if chain.head(connection) is not None:
        return
    seal_events(connection, connection.execute(sa.select(events.c.id).order_by(events.c.id)).scalars().all())
    for site, night in nights(connection):
        seal_night(connection, site, night)
    for number in connection.execute(sa.select(bulletins.c.number).order_by(bulletins.c.id)).scalars().all():
        seal_bulletin(connection, number)


def nights(connection: Connection) -> list[tuple[str, date]]:
    """The nights that were audited, by site: what the chain must have a link of each for."""
    audited = sa.select(runs.c.site, runs.c.night).where(runs.c.audited.is_not(None))
    seen = sa.select(findings.c.site, sightings.c.night).join(
        sightings, sightings.c.fingerprint == findings.c.fingerprint
    )
    pairs = sa.union(audited, seen).subquery()
    query = sa.select(pairs.c.site, pairs.c.night).order_by(pairs.c.night, pairs.c.site)
    return [(row.site, row.night) for row in connection.execute(query)]


def seal_events(connection: Connection, ids: Sequence[int]) -> None:
    """A link for each event, in this order."""
    for start in range(0, len(ids), chain.BATCH):
        part = ids[start : start + chain.BATCH]
        says = of_events(connection, part)
        chain.append(connection, [Statement(chain.EVENT, str(id_), says[id_]) for id_ in part])


def seal_night(connection: Connection, site: str, night: date) -> None:
    """A link for one site's night; none if it would say what the last one of this night says."""
    _seal(connection, chain.NIGHT, f"{site} {night}", of_night(connection, site, night))


def seal_bulletin(connection: Connection, number: str) -> None:
    """A link for an issued bulletin."""
    _seal(connection, chain.BULLETIN, number, of_bulletin(connection, number))


def seal_pictures(connection: Connection, ids: Sequence[int]) -> None:
    """A link for each picture."""
    says = of_pictures(connection, ids)
    chain.append(connection, [Statement(chain.PICTURE, str(id_), says[id_]) for id_ in ids])


def seal_removal(connection: Connection, at: datetime) -> None:
    """A link for the kept pages that were removed at this moment."""
    _seal(connection, chain.REMOVAL, _plain(at), of_removal(connection, at))


def _seal(connection: Connection, kind: str, subject: str, says: dict[str, Any] | None) -> None:
    last = chain.links_of(connection, kind, [subject]).get(subject)
    if says is not None and (last is None or dict(last.says) != says):
        chain.append(connection, [Statement(kind, subject, says)])


def of_events(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """By id, what a link says of an event: the hash of all that it holds."""
    query = sa.select(*(events.c[name] for name in _EVENT)).where(events.c.id.in_(list(ids)))
    return {row["id"]: {"sha256": _row(row, _EVENT)} for row in connection.execute(query).mappings()}


def of_night(connection: Connection, site: str, night: date) -> dict[str, Any] | None:
    """What a link says of one site's night: that it was read so, and that so it was judged. None: there is neither.

    The kept pages are sealed by it too: each access holds the SHA-256 of its page.
    """
    run = connection.execute(sa.select(runs).where(runs.c.site == site, runs.c.night == night)).mappings().first()
    read = sa.select(*(accesses.c[name] for name in (*_ACCESS, *_WHERE_SET))).where(
        accesses.c.run == (run["id"] if run else None)
    )
    found = (
        sa.select(*(sightings.c[name] for name in _SIGHTING))
        .join(findings, findings.c.fingerprint == sightings.c.fingerprint)
        .where(findings.c.site == site, sightings.c.night == night)
    )
    seen = _rows(connection, found, _SIGHTING)
    if run is None and not seen[0]:
        return None
    return {
        "run": None if run is None else _row(run, _RUN),
        "accesses": _rows(connection, read, _ACCESS),
        "sightings": seen,
    }


def of_pictures(connection: Connection, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """By id, what a link says of a picture: the hash of its sidecar, which holds the hash of its bytes."""
    query = sa.select(pictures).where(pictures.c.id.in_(list(ids)))
    return {row["id"]: {"sha256": _row(row, _PICTURE)} for row in connection.execute(query).mappings()}


def of_bulletin(connection: Connection, number: str) -> dict[str, Any] | None:
    """What a link says of an issued bulletin and its files. None: there is none."""
    row = connection.execute(sa.select(bulletins).where(bulletins.c.number == number)).mappings().first()
    if row is None:
        return None
    query = sa.select(bulletin_files.c.name, bulletin_files.c.sha256).where(bulletin_files.c.bulletin == row["id"])
    return {"sha256": _row(row, _BULLETIN), "files": {one.name: one.sha256 for one in connection.execute(query)}}


def of_removal(connection: Connection, at: datetime) -> dict[str, Any]:
    """What a link says of the kept pages that were removed at one moment, because their time was over."""
    query = sa.select(removed_pages.c.sha256, removed_pages.c.size).where(removed_pages.c.at == at)
    return {"pages": _rows(connection, query, ("sha256", "size"))}


def _rows(connection: Connection, query: sa.Select[Any], names: tuple[str, ...]) -> list[Any]:
    """How many rows, and the hash of all of them: of their sorted hashes, as databases sort texts differently."""
    rows = connection.execute(query.execution_options(yield_per=2000)).mappings()
    hashes = sorted(_row(row, (*names, *(name for name in _WHERE_SET if row.get(name) is not None))) for row in rows)
    return [len(hashes), hashlib.sha256("".join(hashes).encode()).hexdigest()]


def _row(row: Mapping[Any, Any], names: tuple[str, ...]) -> str:
    return digest_of([_plain(row[name]) for name in names])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value
