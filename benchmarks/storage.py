"""What the database takes: rows a second of the real pipeline beside a bare bulk insert, and bytes of each row.

    python -m benchmarks.storage --pages 5000 --rows 100000 --copy 1000000 --write

The pipeline is what a night runs: `crawlers.writer.Writer` for pages and accesses, `storage.store.save` for records,
`findings.record_night`, `events.append` with its hash chain. Bare is the same rows, ready-made, by the driver's quickest way
into the same empty tables with the same indexes, in one transaction: `executemany` for SQLite, binary COPY for PostgreSQL.
Both take turns `--repeat` times on each database; medians are shown. Results go to `benchmarks/work/…/storage.json`, from
which `benchmarks.country` reckons.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import psutil
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from benchmarks import document
from benchmarks.city import cases_of, site_of
from benchmarks.document import machine
from benchmarks.generate import generate
from benchmarks.programs import WORK
from benchmarks.serve import check_ports, serving
from benchmarks.server import Server, postgres
from crawlers.access import Outcome
from crawlers.fetch import Answer
from crawlers.frontier import Job
from crawlers.html import Shape, shape_of
from crawlers.writer import Writer
from storage import events, findings, places, runs, store, transfer
from storage import pages as kept
from storage.database import connect
from storage.events import Event
from storage.findings import Sighting, Subject
from storage.records import Access, Evidence, Judgment, LinkKind, Record
from storage.schema import accesses, metadata

NIGHT, NOW = date(2026, 3, 31), datetime(2026, 3, 31, 1, 0, tzinfo=UTC)
SITE = "court00"
HEADERS = {"content-type": "text/html; charset=utf-8", "server": "nginx", "date": "Mon, 30 Mar 2026 17:00:00 GMT", "etag": '"69ca-7d2"', "last-modified": "Mon, 30 Mar 2026 01:00:00 GMT"}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page of the generated site, read already: what a crawl hands to its writer."""

    url: str
    body: bytes
    shape: Shape


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One thing that is written. `write` finds `tables` empty, each before what it refers to, and returns how many it wrote."""

    name: str
    title: str
    tables: tuple[str, ...]
    write: Callable[[Engine], int]


@dataclass(frozen=True, kw_only=True)
class Result:
    """One kind on one database: rows a second and CPU seconds a row, medians; bytes a row with all indexes.

    `server` and `wal`: CPU seconds and bytes of log a row at the server; None: there is none.
    """

    database: str
    kind: str
    title: str
    rows: int
    ours: float
    bare: float
    cpu: float
    size: float
    server: float | None
    wal: float | None


def pages_of(count: int) -> list[Page]:
    """The pages of the generated site."""
    folder = WORK / f"site-{count}"
    if not (folder / "key.json").exists():
        generate(folder, count)
    home, found = "http://court00.example.cn/", []
    for path in sorted((folder / "site").rglob("*.html"))[:count]:
        body = path.read_bytes()
        url = home + quote(os.fsencode(path.relative_to(folder / "site").as_posix()))
        found.append(Page(url, body, shape_of(body.decode("utf-8", "replace"), url, home)))
    return found


def kinds(pages: list[Page], rows: int) -> list[Kind]:
    """What a night writes, in the order in which it does."""
    judgments = [one for one in _records(rows) if isinstance(one, Judgment)]
    seen = [_sighting(number) for number in range(max(1, rows // 20))]
    events_ = [
        Event(fingerprint=one.fingerprint, at=NOW, who="王", what="comment", note="已转立案庭核实") for one in seen
    ]

    def crawl(engine: Engine) -> int:
        writer = Writer(engine, SITE, _run(engine), NIGHT)
        for page in pages:
            answer = Answer(page.url, NOW, "GET", Outcome(Access.OK), 200, page.url, dict(HEADERS), page.body, 0.05)
            digest = writer.page(page.body, "text/html")
            writer.extract(page.url, digest, answer, page.shape)
            writer.access(Job(page.url, LinkKind.PAGE, True, 2), answer, sha256=digest, probes=[])
        writer.flush()
        return len(pages)

    def links(engine: Engine) -> int:
        writer = Writer(engine, SITE, _run(engine), NIGHT)
        for number in range(rows):
            url = f"http://court00.example.cn/upload/2026/03/{number}.pdf"
            answer = Answer(url, NOW, "HEAD", Outcome(Access.OK), 200, url, dict(HEADERS), b"", 0.05)
            writer.access(Job(url, LinkKind.ATTACHMENT, True, 3), answer, sha256=None, probes=[])
        writer.flush()
        return rows

    def records(night: date) -> Callable[[Engine], int]:
        def write(engine: Engine) -> int:
            with engine.begin() as connection:
                return store.save(connection, judgments, night)

        return write

    def sightings(engine: Engine) -> int:
        with engine.begin() as connection:
            findings.record_night(connection, NIGHT, SITE, seen, {})
        return len(seen)

    def deeds(engine: Engine) -> int:
        for start in range(0, len(events_), 100):
            with engine.begin() as connection:
                events.append(connection, events_[start : start + 100])
        return len(events_)

    return [
        Kind(
            name="pages",
            title="a page read: body, access, extract",
            tables=("pages", "extracts", "accesses"),
            write=crawl,
        ),
        Kind(name="accesses", title="a link checked", tables=("accesses",), write=links),
        Kind(name="records", title="a judgment", tables=("judgments",), write=records(NIGHT)),
        Kind(name="again", title="the same judgment on the next night", tables=(), write=records(NIGHT + timedelta(1))),
        Kind(name="sightings", title="a finding of a night", tables=("sightings", "findings"), write=sightings),
        Kind(name="events", title="an event, with its link of the chain", tables=("events", "chain"), write=deeds),
    ]


def _records(rows: int) -> Iterator[Record]:
    site = site_of(0)
    return islice(cases_of(site, 0, rows, Random(20260331)), 2 * rows)


def _run(engine: Engine) -> int:
    with engine.begin() as connection:
        return runs.start(connection, SITE, NIGHT, NOW).id


def _sighting(number: int) -> Sighting:
    url = f"http://court00.example.cn/wsgk/{number}.html"
    return Sighting(
        rule="W-07", title="链接打不开", severity="S2", verdict="certain", raw_grade="certain", site=SITE,
        court="示例市中级人民法院", department=None, subject=Subject(kind="link", url=url),
        message=f"“裁判文书”栏目第{number}条链接返回404。", remedy="恢复该页面或删除链接。", due=None,
        basis=({"instrument": "最高人民法院关于人民法院在互联网公布裁判文书的规定", "number": "法释〔2016〕19号", "article": "第七条", "text": "应当在裁判文书生效之日起七个工作日内在互联网公布。"},),
        evidence=(Evidence(url=url, fetched_at=NOW, status=404, sha256=None, excerpt="404 Not Found"),),
    )  # fmt: skip


# --- one database after the other ---


class Bare:
    """The driver alone, on the tables of one database: what they hold is taken out, and put back as quickly as it can."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"

    def taken(self, tables: tuple[str, ...]) -> dict[str, Any]:
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if self._is_sqlite:
                return {name: driver.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}
            held = {}
            for name in tables:
                with driver.cursor().copy(f"COPY {name} TO STDOUT (FORMAT BINARY)") as stream:
                    held[name] = list(stream)
            return held

    def clear(self, tables: tuple[str, ...]) -> None:
        with self._engine.begin() as connection:
            for name in tables:
                connection.execute(sa.delete(metadata.tables[name]))
        if not self._is_sqlite:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for name in tables:
                    connection.execute(sa.text(f"VACUUM {name}"))

    def put(self, held: dict[str, Any]) -> None:
        with self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            if self._is_sqlite:
                driver.execute("BEGIN IMMEDIATE")
                for name, rows in held.items():
                    marks = ",".join("?" * len(rows[0]))
                    driver.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
                driver.execute("COMMIT")
                return
            for name, blocks in held.items():
                with driver.cursor().copy(f"COPY {name} FROM STDIN (FORMAT BINARY)") as stream:
                    for block in blocks:
                        stream.write(block)
            driver.commit()


def measure(where: str, every: list[Kind], repeat: int, server: Server | None) -> Iterator[Result]:
    """Each kind in turn with bare inserts of what it wrote."""
    engine = connect(where)
    bare = Bare(engine)
    with engine.begin() as connection:
        runs.save_site(connection, site_of(0))
    for kind in every:
        ours: list[float] = []
        plain: list[float] = []
        cpu: list[float] = []
        at_server: list[float] = []
        log: list[float] = []
        size, count = 0.0, 0
        for _ in range(repeat):
            bare.clear(kind.tables)
            before = _size(engine, kind.tables)
            asked = (server.cpu(), server.wal()) if server else (0.0, 0)
            taken, began = time.process_time(), time.perf_counter()
            count = kind.write(engine)
            ours.append(count / (time.perf_counter() - began))
            cpu.append((time.process_time() - taken) / count)
            if server:
                at_server.append((server.cpu() - asked[0]) / count)
                log.append((server.wal() - asked[1]) / count)
            size = max(size, (_size(engine, kind.tables) - before) / count)
            if not kind.tables:
                continue
            held = bare.taken(tuple(reversed(kind.tables)))
            bare.clear(kind.tables)
            began = time.perf_counter()
            bare.put(held)
            plain.append(count / (time.perf_counter() - began))
        yield Result(
            database=engine.dialect.name,
            kind=kind.name,
            title=kind.title,
            rows=count,
            ours=statistics.median(ours),
            bare=statistics.median(plain) if plain else 0.0,
            cpu=statistics.median(cpu),
            size=size,
            server=statistics.median(at_server) if server else None,
            wal=statistics.median(log) if server else None,
        )
        print(f"{engine.dialect.name}: {kind.name}: {ours[-1]:.0f}/s", file=sys.stderr, flush=True)
    engine.dispose()


def _size(engine: Engine, tables: tuple[str, ...]) -> int:
    """Bytes of these tables with their indexes; of SQLite those of the whole file that hold something."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            pages, free, size = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_count", "freelist_count", "page_size")
            )
            return int((pages - free) * size)
        asked = sa.text("SELECT pg_total_relation_size(:name)")
        return sum(connection.execute(asked, {"name": name}).scalar_one() for name in tables)


# --- bodies elsewhere, connections of a night, copying ---


def _packed(pages: list[Page]) -> float:
    """Bytes of a compressed body."""
    return statistics.fmean(len(kept.pack(page.body)) for page in pages)


def bodies_elsewhere(folder: Path, pages: Kind) -> float:
    """Pages a second with SQLite and the bodies in a folder, each forced to the disk."""
    engine = connect(folder / "elsewhere.db")
    places.use(engine, str(folder / "pages"))
    began = time.perf_counter()
    count = pages.write(engine)
    took = time.perf_counter() - began
    with engine.connect() as connection:
        assert places.waiting(connection) == 0
    engine.dispose()
    return count / took


def small_nights(server: Server, folder: Path, pages: int) -> dict[str, dict[str, float]]:
    """The most connections that one machine's night had open with one site at a time and with two, and MB of each crawl."""
    from crawlers.profile import bare_profile
    from gongkai.config import Evidence as Proof
    from gongkai.config import Nightly, Settings
    from gongkai.nightly import Options, run_night

    site = WORK / f"site-{pages}"
    start = json.loads((site / "key.json").read_text(encoding="utf-8"))["start"]
    most: dict[str, float] = {}
    crawls: dict[str, float] = {}
    for parallel in (1, 2):
        url = server.new_database()
        settings = Settings(database=url, out=folder, nightly=Nightly(parallel=parallel), evidence=Proof(screenshots=0))
        sites = [bare_profile(start).model_copy(update={"id": f"site{n}", "max_pages": 60}) for n in range(parallel)]
        name, done, seen = sa.make_url(url).database, threading.Event(), [0.0, 0.0]
        question = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"

        def look(question: str = question, done: threading.Event = done, seen: list[float] = seen) -> None:
            while not done.wait(0.05):
                seen[0] = max(seen[0], server.ask(question))
                seen[1] = max(seen[1], _largest_crawl())

        watch = threading.Thread(target=look, daemon=True)
        with serving(site):
            watch.start()
            run_night(NIGHT, sites, settings, Options(allow_private=True), folder / str(parallel))
            done.set()
            watch.join()
        most[str(parallel)], crawls[str(parallel)] = seen
    return {"connections": most, "crawls": crawls}


def _largest_crawl() -> float:
    """MB of the largest process that reads a site for us."""
    sizes = [0.0]
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "crawlers.run" in child.cmdline():
                sizes.append(child.memory_info().rss / 2**20)
    return max(sizes)


def copy(server: Server, folder: Path, rows: int) -> dict[str, float]:
    """A database with so many accesses from SQLite to PostgreSQL, as `gongkai db copy` does it."""
    path = folder / "copied.db"
    engine = connect(path)
    with engine.begin() as connection:
        runs.save_site(connection, site_of(0))
        nights = [runs.start(connection, SITE, NIGHT - timedelta(n), NOW).id for n in range(max(1, rows // 10_000))]
        _some_accesses(connection, nights, rows)
    engine.dispose()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began, taken = time.perf_counter(), time.process_time()
    copied = transfer.copy(path, server.new_database())
    took = time.perf_counter() - began
    return {
        "rows": sum(one.rows for one in copied),
        "megabytes": path.stat().st_size / 1e6,
        "seconds": took,
        "cpu": time.process_time() - taken,
        "grown": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - memory,
    }


def _some_accesses(connection: Connection, nights: list[int], rows: int) -> None:
    each = -(-rows // len(nights))
    for number, run in enumerate(nights):
        values = [
            {
                "run": run, "url": f"http://court00.example.cn/wsgk/2026/{n}.html", "at": NOW, "elapsed": 0.05, "method": "GET",
                "access": "ok", "status": 200, "final_url": f"http://court00.example.cn/wsgk/2026/{n}.html", "sha256": f"{n:064x}",
                "size": 29_000, "headers": HEADERS, "kind": "page", "internal": True, "depth": 3, "probes": [],
            }
            for n in range(min(each, rows - number * each))
        ]  # fmt: skip
        if values:
            connection.execute(sa.insert(accesses), values)


# --- telling ---


def table(results: list[Result]) -> str:
    """Markdown: a line for each kind, both databases side by side."""
    lines = [
        "| what | SQLite: rows/s | bare | share | bytes | PostgreSQL: rows/s | bare | share | bytes | log bytes |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in dict.fromkeys(one.kind for one in results):
        own = {one.database: one for one in results if one.kind == name}
        cells = [next(iter(own.values())).title]
        for database in ("sqlite", "postgresql"):
            one = own.get(database)
            if one is None:
                cells += ["", "", "", ""]
                continue
            share = f"{100 * one.ours / one.bare:.0f} %" if one.bare else ""
            size = f"{one.size:,.0f}" if one.size else ""
            cells += [f"{one.ours:,.0f}", f"{one.bare:,.0f}" if one.bare else "", share, size]
        there = own.get("postgresql")
        cells.append(f"{there.wal:,.0f}" if there is not None and there.wal is not None else "")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def told(results: list[Result], beside: dict[str, Any], pages: int, rows: int) -> str:
    """The text for docs/benchmarks.md."""
    text = f"{machine()}. {pages:,} pages, {rows:,} links, {rows:,} cases.\n\n{table(results)}\n"
    text += (
        f"- Bodies in a folder instead of the SQLite file, each forced to the disk: {beside['folder']:,.0f} pages/s.\n"
    )
    if moved := beside.get("copy"):
        text += (
            f"- `gongkai db copy`, {moved['rows']:,} rows ({moved['megabytes']:,.0f} MB) from SQLite to PostgreSQL, both ends "
            f"hashed: {moved['seconds']:.0f} s, {moved['rows'] / moved['seconds']:,.0f} rows/s; memory grew by {moved['grown']:.0f} MB.\n"
        )
    if most := beside.get("connections"):
        text += f"- Most connections of one machine's night: {most['1']:.0f} with one site, {most['2']:.0f} with two at a time.\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=10_000, help="links and cases")
    parser.add_argument("--copy", type=int, default=0, help="accesses to be copied by `gongkai db copy`; 0: left out")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-connections", action="store_true", help="leave the night out that counts connections")
    parser.add_argument("--write", action="store_true", help="also put the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    pages = pages_of(arguments.pages)
    every = kinds(pages, arguments.rows)
    folder = Path(tempfile.mkdtemp(prefix="storage-", dir=WORK))
    beside: dict[str, Any] = {}
    try:
        results = list(measure(str(folder / "storage.db"), every, arguments.repeat, None))
        beside["folder"] = bodies_elsewhere(folder, every[0])
        with postgres() as server:
            results += measure(server.new_database(), every, arguments.repeat, server)
            if arguments.copy:
                beside["copy"] = copy(server, folder, arguments.copy)
            if not arguments.no_connections:
                check_ports()
                beside |= small_nights(server, folder, arguments.pages)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = told(results, beside, arguments.pages, arguments.rows)
    (WORK / "storage.json").write_text(
        json.dumps({"results": [asdict(one) for one in results], "packed": _packed(pages), **beside}, indent=1) + "\n",
        encoding="utf-8",
    )
    if arguments.write:
        document.write("storage", text)
    print(text)


if __name__ == "__main__":
    main()
