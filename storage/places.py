"""Where kept bodies are when they are not in the database: which places there are, and what is still to be done there.

The database knows its places, so that whoever reads needs no setting. A body is in the place that its row names; a row that
names none has it itself. A place in trouble loses nothing: what cannot be brought there stays in the database, and follows.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from storage.database import reading, upsert
from storage.locks import PAGES, SiteBusy, alongside, in_turn, site_lock
from storage.objects import Objects, PlaceTrouble
from storage.schema import leaving_pages, pages, places, unplaced_pages

BATCH = 200  # bodies in memory
LONGEST = 60.0  # seconds for one batch: then a place hangs, which is no end that its driver could tell
TURN = "-settle"  # a profile's id begins with a letter or a digit, so this is no site's
_OPENED: dict[tuple[str, str | None, str], Objects] = {}  # each place once in a process: it remembers its trouble
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Place:
    """One place; `id` is what the rows of pages name."""

    id: int
    objects: Objects

    @property
    def url(self) -> str:
        return self.objects.url


@dataclass(frozen=True)
class Share:
    """What is kept in one place; None: in the database. `packed`: bytes as they are kept, compressed."""

    place: Place | None
    is_current: bool
    bodies: int
    size: int
    packed: int


def shares(connection: Connection) -> list[Share]:
    """What is kept where, the database first."""
    stored = sa.func.coalesce(pages.c.packed, sa.func.length(pages.c.body))
    query = sa.select(pages.c.place, sa.func.count(), sa.func.sum(pages.c.size), sa.func.sum(stored)).group_by(
        pages.c.place
    )
    counted = {place: (int(n), int(size), int(packed)) for place, n, size, packed in connection.execute(query)}
    now = current(connection)
    known: list[Place | None] = [None, *all_of(connection)]
    return [Share(one, one == now, *counted.get(None if one is None else one.id, (0, 0, 0))) for one in known]


def waiting(connection: Connection) -> int:
    """How many bodies wait in the database for the place to answer."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(unplaced_pages)).scalar_one())


def use(engine: Engine, url: str | None, endpoint: str | None = None) -> None:
    """From now on keep bodies there; None: in the database. What was kept elsewhere stays there, and is found there.

    Args:
        url: A folder, or `s3://BUCKET/PREFIX`.
        endpoint: Address of a service other than Amazon's.

    Raises:
        PlaceTrouble: It is another database's, its bodies are not there (a folder that is not mounted), or a place that
            was not used before cannot be written. One that was may be away: it is asked when there is something to bring.
    """
    url = None if url is None else whole(url)
    with reading(engine) as connection:
        known = {(row.url, row.endpoint): row for row in connection.execute(sa.select(places))}
    row = known.get((url, endpoint)) if url is not None else None
    if url is not None and row is None:
        row = _begun(engine, url, endpoint)
    chosen = None if row is None else row.id
    if row is not None:
        _see(engine, row)
    if {one.id for one in known.values() if one.current} != ({chosen} - {None}):
        with engine.begin() as connection:
            connection.execute(sa.update(places).values(current=places.c.id == chosen if chosen else sa.false()))


def _begun(engine: Engine, url: str, endpoint: str | None) -> Any:
    """The row of a place that this database did not know under this name: a new one, or one that was moved."""
    found = Objects(url, endpoint).read_mark()
    with engine.begin() as connection:
        in_turn(connection, "places")
        row = connection.execute(sa.select(places).where(places.c.mark == found)).first() if found else None
        if row is not None:
            moved = sa.update(places).where(places.c.id == row.id).values(url=url, endpoint=endpoint)
            connection.execute(moved)
        elif found is not None:
            raise PlaceTrouble(f"{url}: 属于另一个数据库 (belongs to another database)")
        elif connection.execute(_of(url, endpoint)).first() is None:  # else another process was here first
            connection.execute(
                sa.insert(places).values(url=url, endpoint=endpoint, mark=uuid.uuid4().hex, current=False)
            )
        return connection.execute(_of(url, endpoint)).one()


def _of(url: str, endpoint: str | None) -> sa.Select[Any]:
    return sa.select(places).where(places.c.url == url, places.c.endpoint.is_not_distinct_from(endpoint))


def _see(engine: Engine, row: Any) -> None:
    """See that a place is there and ours; one without a body of ours is marked now."""
    objects = _objects(row)
    with reading(engine) as connection:
        used = connection.execute(sa.select(pages.c.sha256).where(pages.c.place == row.id).limit(1)).first() is not None
    try:
        if not used and objects.read_mark() is None:
            objects.write_mark()
    except PlaceTrouble:
        if not row.current:  # chosen just now: a mistake in its name is told at once
            raise
        return
    try:
        found = objects.read_mark()
    except PlaceTrouble:
        return
    if found != row.mark:
        objects.must_be_ours()


def whole(url: str) -> str:
    """A place as it is written down: a folder with its whole path."""
    return url.rstrip("/") if "://" in url else str(Path(url).expanduser().absolute())


def _objects(row: Any) -> Objects:
    with _LOCK:
        key = (row.url, row.endpoint, row.mark)
        if key not in _OPENED:
            _OPENED[key] = Objects(*key)
        return _OPENED[key]


def current(connection: Connection) -> Place | None:
    """Where bodies are to be kept; None: in the database."""
    row = connection.execute(sa.select(places).where(places.c.current)).first()
    return None if row is None else Place(row.id, _objects(row))


def all_of(connection: Connection) -> list[Place]:
    """Every place that bodies were ever brought to."""
    return [Place(row.id, _objects(row)) for row in connection.execute(sa.select(places).order_by(places.c.id))]


def bring(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bring the bodies of new rows of pages to the current place, if there is one.

    Returns:
        The rows that are to be written: those whose body was brought name the place; the others have it themselves, and
        are noted to be brought later.
    """
    alongside(connection, PAGES)
    place = current(connection)
    if place is None or not rows:
        return rows
    digests = [row["sha256"] for row in rows]
    there = set(connection.execute(sa.select(pages.c.sha256).where(pages.c.sha256.in_(digests))).scalars())
    rows = [row for row in rows if row["sha256"] not in there]
    # Of what was removed and is read again the old body may be deleted at any moment: it waits until that is done.
    left = set(
        connection.execute(sa.select(leaving_pages.c.sha256).where(leaving_pages.c.sha256.in_(digests))).scalars()
    )
    if place.objects.try_write({row["sha256"]: row["body"] for row in rows if row["sha256"] not in left}) is not None:
        left |= {row["sha256"] for row in rows}
    late = [{"sha256": row["sha256"]} for row in rows if row["sha256"] in left]
    upsert(connection, unplaced_pages, late, ("sha256",))
    return [row if row["sha256"] in left else row | {"place": place.id, "body": b""} for row in rows]


def fetch(connection: Connection, place: int, digests: Sequence[str]) -> dict[str, bytes]:
    """Packed bodies from a place; those that are not there are missing.

    Raises:
        PlaceTrouble: It cannot be read.
    """
    row = connection.execute(sa.select(places).where(places.c.id == place)).first()
    if row is None:
        raise PlaceTrouble(f"{place}: 数据库中没有这个存放位置 (the database knows no such place)")
    return _objects(row).read(digests)


def settle(engine: Engine) -> str | None:
    """Do what could not be done before: bring what waits in the database, delete what is over. One process at a time does so.

    Returns:
        Why it is not done: one line. None: it is, or another process is at it.
    """
    with reading(engine) as connection:
        if not any(connection.execute(sa.select(table).limit(1)).first() for table in (unplaced_pages, leaving_pages)):
            return None
    work = _Settling(engine)
    work.start()
    while work.is_alive():
        done = work.batches
        work.join(LONGEST)
        if work.is_alive() and work.batches == done:
            return _late(engine, "存放位置未及时应答 (a place of kept pages did not answer in time)")
    if isinstance(work.error, PlaceTrouble):
        return _late(engine, str(work.error))
    if work.error is not None:
        raise work.error
    return None


def _late(engine: Engine, why: str) -> str:
    with reading(engine) as connection:
        late = waiting(connection)
    return (
        f"{why}；{late} 个页面暂存数据库，恢复后自动移入 ({late} pages wait in the database and follow when it answers)"
    )


class _Settling(threading.Thread):
    """Settling that nobody waits for when it hangs. A daemon: a folder that hangs must not keep a process alive.

    It holds its turn as long as it lives: what hangs may still delete a body when the folder answers again, so until then
    nobody else may say that this body is deleted, and let it be kept anew.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="settling", daemon=True)
        self._engine = engine
        self.batches = 0
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with site_lock(self._engine, TURN, wait=0):
                _bring_late(self._engine, self._on_batch)
                _delete_over(self._engine, self._on_batch)
        except SiteBusy:
            pass
        except Exception as error:  # raised again by who waits
            self.error = error

    def _on_batch(self) -> None:
        self.batches += 1


def _bring_late(engine: Engine, on_batch: Callable[[], None]) -> None:
    after = ""
    while True:
        with reading(engine) as connection:
            place = current(connection)
            query = (
                sa.select(pages.c.sha256, pages.c.body, pages.c.place, leaving_pages.c.sha256.label("left"))
                .join_from(unplaced_pages, pages, pages.c.sha256 == unplaced_pages.c.sha256)
                .outerjoin(leaving_pages, leaving_pages.c.sha256 == unplaced_pages.c.sha256)
                .where(unplaced_pages.c.sha256 > after)
            )
            rows = connection.execute(query.order_by(unplaced_pages.c.sha256).limit(BATCH)).all()
        if not rows:
            return
        after = rows[-1].sha256
        mine = {row.sha256: row.body for row in rows if row.left is None and row.place is None}
        if place is not None and mine:
            place.objects.write(mine)
        with engine.begin() as connection:
            in_turn(connection, "settle")
            if place is not None:
                _moved(connection, mine, place.id)
            done = [row.sha256 for row in rows if row.left is None]
            connection.execute(sa.delete(unplaced_pages).where(unplaced_pages.c.sha256.in_(done)))
        on_batch()


def _moved(connection: Connection, digests: Collection[str], place: int) -> None:
    """Let the rows name the place where their bodies are now; what was removed meanwhile is to be deleted there."""
    alongside(connection, PAGES)
    ours = pages.c.sha256.in_(sorted(digests))
    connection.execute(sa.update(pages).where(ours).values(place=place, body=b""))
    there = set(connection.execute(sa.select(pages.c.sha256).where(ours)).scalars())
    gone = [{"sha256": digest, "place": place} for digest in sorted(set(digests) - there)]
    upsert(connection, leaving_pages, gone, ("sha256", "place"))


def leave(connection: Connection, digests: Collection[str]) -> None:
    """Note that the bodies of these rows, which are removed in this transaction, are to be deleted where they are.

    Those that waited in the database for their place wait no more.
    """
    query = sa.select(pages.c.sha256, pages.c.place).where(
        pages.c.sha256.in_(sorted(digests)), pages.c.place.is_not(None)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    upsert(connection, leaving_pages, rows, ("sha256", "place"))
    connection.execute(sa.delete(unplaced_pages).where(unplaced_pages.c.sha256.in_(sorted(digests))))


def _delete_over(engine: Engine, on_batch: Callable[[], None]) -> None:
    """Only after the transaction that removed the rows: a body is never deleted that a row might still name.

    Only who holds the turn lets a row name a body that is leaving: so what is read here stays true until it is deleted.
    """
    named = sa.exists().where(pages.c.sha256 == leaving_pages.c.sha256, pages.c.place == leaving_pages.c.place)
    query = sa.select(leaving_pages, named.label("named")).order_by(leaving_pages.c.sha256, leaving_pages.c.place)
    while True:
        with reading(engine) as connection:
            rows = connection.execute(query.limit(BATCH)).all()
            known = {place.id: place for place in all_of(connection)}
        if not rows:
            return
        for id_ in sorted({row.place for row in rows} & set(known)):
            known[id_].objects.delete([row.sha256 for row in rows if row.place == id_ and not row.named])
        with engine.begin() as connection:
            in_turn(connection, "settle")
            for id_ in sorted({row.place for row in rows}):
                over = leaving_pages.c.sha256.in_([row.sha256 for row in rows if row.place == id_])
                connection.execute(sa.delete(leaving_pages).where(leaving_pages.c.place == id_, over))
        on_batch()


def move_all(engine: Engine, on_moved: Callable[[int], None] | None = None) -> int:
    """Bring every body to the current place, or into the database if there is none. Returns how many were moved.

    Where they were before nothing is deleted. It can be stopped at any moment and begun again.

    Raises:
        PlaceTrouble: A place cannot be read or written, or has lost a body; or another process is moving pages.
    """
    try:
        with site_lock(engine, TURN, wait=LONGEST):
            return _move_all(engine, on_moved)
    except SiteBusy:
        raise PlaceTrouble("另一个进程正在移动留存页面 (another process is moving kept pages)") from None


def _move_all(engine: Engine, on_moved: Callable[[int], None] | None) -> int:
    from storage.pages import whole as checked

    moved, after = 0, ""
    while True:
        with reading(engine) as connection:
            place = current(connection)
            target = None if place is None else place.id
            query = sa.select(pages).where(pages.c.place.is_distinct_from(target), pages.c.sha256 > after)
            rows = connection.execute(query.order_by(pages.c.sha256).limit(BATCH)).all()
            bodies = {row.sha256: row.body for row in rows if row.place is None}
            for id_ in sorted({row.place for row in rows} - {None}):
                bodies |= fetch(connection, id_, [row.sha256 for row in rows if row.place == id_])
        if not rows:
            return moved
        for row in rows:
            if row.sha256 not in bodies:
                raise PlaceTrouble(f"{row.sha256}: 页面已丢失 (the body is lost)")
            checked(row.sha256, bodies[row.sha256])
        after = rows[-1].sha256
        if place is not None:
            place.objects.write(bodies)
            with engine.begin() as connection:
                in_turn(connection, "settle")
                _moved(connection, bodies, place.id)
        else:
            with engine.begin() as connection:
                in_turn(connection, "settle")
                alongside(connection, PAGES)
                home = sa.update(pages).where(pages.c.sha256 == sa.bindparam("digest"))
                values = {"place": sa.null(), "body": sa.bindparam("content")}
                connection.execute(
                    home.values(values), [{"digest": digest, "content": packed} for digest, packed in bodies.items()]
                )
        moved += len(rows)
        if on_moved is not None:
            on_moved(moved)
