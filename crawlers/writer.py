"""What a crawl reads, written in batches: an access for each URL, a body once, an extract for each page.

A night that is killed loses at most the batch in hand; what it loses is asked again, and nothing is written twice.
"""

from __future__ import annotations

import time
from datetime import date
from sys import intern
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawlers.anchors import Link
from crawlers.fetch import Answer
from crawlers.frontier import Job
from crawlers.html import VERSION, Shape
from crawlers.lists import Block, Row
from storage import pages
from storage.database import reading, upsert
from storage.records import Access, LinkKind
from storage.schema import accesses, extracts

BATCH = 150
CARRIED_BATCH = 500
_KINDS = {kind.value: kind for kind in LinkKind}
# Of an answer whose body is not kept anew: what the next night and the rules ask for. The others stand with the body.
_HEADERS_ALWAYS = frozenset(
    {
        "content-type",
        "content-length",
        "etag",
        "last-modified",
        "date",
        "server",
        "location",
        "retry-after",
        "content-disposition",
    }
)
AT_LEAST_EVERY = 2.0  # seconds: polite crawls are slow, and should lose little when they are killed


class Writer:
    """Writes for one run."""

    def __init__(self, engine: Engine, site: str, run: int, night: date) -> None:
        self._engine, self._site, self._run, self._night = engine, site, run, night
        self._accesses: list[dict[str, Any]] = []
        self._pages: dict[str, dict[str, Any]] = {}
        self._extracts: list[dict[str, Any]] = []
        self._carried: list[str] = []
        self._moved: dict[str, int] = {}
        self._flushed = time.monotonic()

    def carry(self, url: str, depth: int, *, moved: bool) -> None:
        """Let an address stand tonight as the run of `carry_from` has it.

        Args:
            moved: Its distance from the home page is another one tonight.
        """
        self._carried.append(url)
        if moved:
            self._moved[url] = depth
        if len(self._carried) >= CARRIED_BATCH:
            self.flush()

    def carry_from(self, run: int, night: date) -> None:
        """Say which run `carry` copies from, and its night."""
        self._before = (run, night)

    def access(
        self, job: Job, answer: Answer, *, sha256: str | None, probes: list[dict[str, Any]], unchanged: bool = False
    ) -> None:
        """One URL's outcome tonight."""
        assert answer.outcome is not None
        headers = answer.headers
        if sha256 is None or unchanged:
            headers = {name: text for name, text in headers.items() if name in _HEADERS_ALWAYS}
        self._accesses.append(
            {
                "run": self._run,
                "url": job.url,
                "at": answer.at,
                "elapsed": answer.elapsed,
                "method": answer.method,
                "access": answer.outcome.access.value,
                "status": answer.status,
                "final_url": answer.final_url,
                "detail": answer.outcome.detail,
                "sha256": sha256,
                "size": len(answer.body) if answer.body else None,
                "headers": headers,
                "kind": job.kind.value,
                "internal": job.internal,
                "depth": job.depth,
                "probes": probes,
                "unchanged": unchanged,
            }
        )
        if len(self._accesses) >= BATCH or time.monotonic() - self._flushed > AT_LEAST_EVERY:
            self.flush()

    def page(self, body: bytes, content_type: str | None) -> str:
        """Keep a body; its hash."""
        digest = pages.sha256(body)
        if digest not in self._pages:
            self._pages[digest] = pages.page_row(digest, body, content_type)
        return digest

    def extract(self, url: str, digest: str, answer: Answer, shape: Shape) -> None:
        """What was read of a page, so that neither the next night nor the conclusion parses it again."""
        self._extracts.append(
            {
                "site": self._site,
                "url": url,
                "sha256": digest,
                "etag": answer.headers.get("etag"),
                "last_modified": answer.headers.get("last-modified"),
                "version": VERSION,
                "night": self._night,
                "data": pages.pack(orjson.dumps(shape_to_json(shape))),
            }
        )

    def flush(self) -> None:
        """Write what is in hand, in one transaction."""
        self._flushed = time.monotonic()
        if not (self._accesses or self._pages or self._extracts or self._carried):
            return
        with self._engine.begin() as connection:
            pages.keep(connection, list(self._pages.values()))
            upsert(connection, extracts, _last_by_url(self._extracts), ("site", "url"))
            upsert(connection, accesses, _last_by_url(self._accesses), ("run", "url"))
            if self._carried:
                _copy(connection, *self._before, self._run, self._carried)
                for url, depth in self._moved.items():
                    here = sa.and_(accesses.c.run == self._run, accesses.c.url == url)
                    connection.execute(sa.update(accesses).where(here).values(depth=depth))
        self._carried.clear()
        self._moved.clear()
        self._accesses.clear()
        self._pages.clear()
        self._extracts.clear()


def _copy(connection: Connection, before: int, night: date, run: int, urls: list[str]) -> None:
    """Rows of an earlier run as rows of this one, with the night on which they were asked.

    The answer's headers stay with the reading itself; of an attachment the next one needs them.
    """
    chosen: dict[str, sa.ColumnElement[Any]] = {column.name: column for column in accesses.c}
    needed = accesses.c.kind == LinkKind.ATTACHMENT.value
    chosen["run"] = sa.literal(run)
    chosen["headers"] = sa.case((needed, accesses.c.headers), else_=sa.null())
    chosen["unchanged"] = sa.true()
    chosen["carried"] = sa.func.coalesce(accesses.c.carried, sa.literal(night, sa.Date()))
    rows = sa.select(*(value.label(name) for name, value in chosen.items())).where(
        accesses.c.run == before, accesses.c.url.in_(urls)
    )
    connection.execute(sa.insert(accesses).from_select(list(chosen), rows))


def _last_by_url(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({row["url"]: row for row in rows}.values())


def shape_to_json(shape: Shape) -> dict[str, Any]:
    """A page's shape as JSON values; the text is left to the kept body."""
    values = {name: getattr(shape, name) for name in Shape.__slots__ if name not in ("links", "blocks", "text")}
    values["links"] = [[link.url, link.kind.value, link.text, link.how] for link in shape.links]
    values["blocks"] = [[b.path, b.header, [[r.url, r.title, r.date, r.cells] for r in b.rows]] for b in shape.blocks]
    return values


def shape_from_json(values: dict[str, Any]) -> Shape:
    """The inverse of `shape_to_json`. What pages repeat (menus, related articles, scripts) is one string in memory."""
    values = dict(values)
    for name in ("pagers", "crumbs", "frames", "platforms"):
        values[name] = [intern(text) for text in values[name]]
    for name in ("encoding", "meta_date", "label_date", "label_raw"):
        values[name] = values[name] and intern(values[name])
    values["scripts"] = [intern(script) for script in values["scripts"]]
    values["more"] = {intern(url): intern(heading) for url, heading in values["more"].items()}
    links = [Link(u, _KINDS[k], t, h) for u, k, t, h in values.pop("links")]
    blocks = [
        Block(p, [Row(intern(u), intern(t), d and intern(d), c) for u, t, d, c in rows], header)
        for p, header, rows in values.pop("blocks")
    ]
    return Shape(**values, links=links, blocks=blocks)


class Known:
    """What earlier nights, and an earlier part of this one, have read."""

    def __init__(self, engine: Engine, site: str, run: int) -> None:
        self._engine, self._site, self._run = engine, site, run
        with reading(engine) as connection:
            self.any = (
                connection.execute(sa.select(extracts.c.url).where(extracts.c.site == site).limit(1)).first()
                is not None
            )

    def extract(self, url: str) -> dict[str, Any] | None:
        """The stored extract of a URL: sha256, etag, last_modified, version, data."""
        if not self.any:
            return None
        with reading(self._engine) as connection:
            return _extract(connection, self._site, url)

    def data_of(self, urls: list[str]) -> dict[str, bytes]:
        """The stored extracts of many URLs, packed, in one query; for some hundred at a time."""
        query = sa.select(extracts.c.url, extracts.c.data).where(
            extracts.c.site == self._site, extracts.c.url.in_(urls)
        )
        with reading(self._engine) as connection:
            return {row.url: row.data for row in connection.execute(query)}

    def done_tonight(self) -> list[dict[str, Any]]:
        """The accesses that an interrupted run of this night has written, in the order in which they were asked."""
        with reading(self._engine) as connection:
            query = (
                sa.select(accesses)
                .where(accesses.c.run == self._run, accesses.c.kind != LinkKind.PORTAL.value)
                .order_by(accesses.c.at, accesses.c.depth, accesses.c.url)
            )
            return [dict(row) for row in connection.execute(query).mappings()]


def _extract(connection: Connection, site: str, url: str) -> dict[str, Any] | None:
    row = (
        connection.execute(sa.select(extracts).where(extracts.c.site == site, extracts.c.url == url)).mappings().first()
    )
    return None if row is None else dict(row)


def shape_values(data: bytes) -> dict[str, Any]:
    """A stored extract as JSON values; `links` begin with their address."""
    values: dict[str, Any] = orjson.loads(pages.unpack(data))
    return values


def unpack_shape(data: bytes) -> Shape:
    """A stored extract's shape."""
    return shape_from_json(shape_values(data))


def probe(answer: Answer) -> dict[str, Any]:
    """An earlier outcome of the same night, as it is kept beside the last one."""
    access = answer.outcome.access if answer.outcome is not None else Access.OK
    return {"access": access.value, "status": answer.status, "elapsed": answer.elapsed, "at": answer.at.isoformat()}
