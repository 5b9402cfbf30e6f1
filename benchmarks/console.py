"""The console with 200,000 findings of 60 courts: how long each page takes, from the request to its last byte.

    python -m benchmarks.console --write

The database is made once and kept in `benchmarks/work`. The console runs in a process of its own, as `gongkai serve` runs
it, and is asked over loopback by somebody who has signed in: first one request after the other, then four at a time.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import multiprocessing
import os
import random
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
import uvicorn

from benchmarks import document
from benchmarks.document import machine
from benchmarks.programs import WORK
from gongkai.config import Settings
from gongkai.console import signing_in
from gongkai.console.application import create
from gongkai.console.pages import COOKIE, Console
from storage import accounts, schema
from storage.accounts import User
from storage.database import connect, reading
from storage.life import AT_WORK

COURTS, SECTIONS, NIGHTS = 60, 30, 400
TODAY = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, 1, 0, tzinfo=UTC)
RULES = (("D-01", "S1", "case"), ("D-04", "S1", "case"), ("W-01", "S2", "section"), ("W-07", "S2", "link"), ("P-01", "S0", "page"), ("W-15", "S3", "page"))  # fmt: skip
STAGES = ("new",) * 20 + ("confirmed",) * 8 + ("assigned",) * 14 + ("rectified",) * 5 + ("reopened",) * 3 + ("closed",) * 44 + ("false_alarm",) * 4 + ("waived",) * 2  # fmt: skip
GRADES = ("certain",) * 7 + ("suspected",) * 2 + ("unclear",)
UNITS = (
    "立案庭",
    "刑事审判庭",
    "民事审判第一庭",
    "民事审判第二庭",
    "行政审判庭",
    "执行局",
    "审判管理办公室",
    "综合办公室",
)
SECTION_NAMES = ("裁判文书", "开庭公告", "不公开信息", "通知公告", "法院新闻", "执行公告", "典型案例", "司法统计", "审务公开", "党建工作")  # fmt: skip
BATCH = 5_000


@dataclass(frozen=True)
class Timing:
    """One page: bytes of its answer, and milliseconds: the middle of all requests, the slowest, the server's CPU time of
    one, and the middle of requests that came four at a time."""

    name: str
    size: int
    median: float
    worst: float
    cpu: float
    together: float


def court_of(number: int) -> str:
    return f"court{number:02}"


def findings_of(count: int, courts: int) -> Iterator[tuple[dict[str, object], dict[str, object], dict[str, object]]]:
    """Rows of findings, sightings and standing: half of them open, a fifth at one court, over 400 nights."""
    chance = random.Random(5)
    for n in range(count):
        rule, severity, kind = RULES[n % len(RULES)]
        number = 0 if chance.random() < 0.2 else chance.randrange(courts)
        site = court_of(number)
        case = f"（2025）示{number:02}民初{n}号" if kind == "case" else None
        url = f"http://{site}.example/{n % 50}/{n}.html"
        print_ = hashlib.sha256(f"{rule}{n}".encode()).hexdigest()[:20]
        stage = chance.choice(STAGES)
        first = TODAY - timedelta(days=int(NIGHTS * chance.random() ** 2))
        last = TODAY if stage != "closed" else min(TODAY, first + timedelta(days=5))
        due = first + timedelta(days=chance.randrange(1, 40))
        grade = chance.choice(GRADES)
        message = f"第{n}件：{case or url}，{first}至{last}，逾期{n % 90}个工作日，请承办部门核对后处理。"
        unit = None if n % 11 == 0 else UNITS[n % len(UNITS)]
        about = {"fingerprint": print_, "site": site, "rule": rule}
        yield (
            about | {"court": f"示例{number:02}区人民法院", "kind": kind, "url": url, "section": None, "case_number": case},
            {
                "fingerprint": print_, "night": last, "verdict": grade if stage != "closed" else "passed",
                "raw_grade": grade, "title": "生效文书逾期上网", "severity": severity, "department": unit, "message": message,
                "remedy": "改正。", "due": due, "basis": [], "evidence": [],
            },
            about | {
                "court": f"示例{number:02}区人民法院", "department": unit, "severity": severity, "grade": grade,
                "status": "resolved" if stage == "closed" else "continuing", "verified": n % 20 > 0, "kind": kind,
                "subject": case or url, "title": "生效文书逾期上网", "message": message, "first_seen": first,
                "last_seen": last, "resolved_on": last if stage == "closed" else None, "due": due, "night": TODAY,
                "stage": stage, "open": stage in AT_WORK, "responsible": unit, "person": None, "deadline": due, "until": None, "raised": 0,
                "version": 0,
            },
        )  # fmt: skip


def build(path: Path, count: int, *, courts: int = COURTS, most: int = NIGHTS) -> None:
    """The database: courts, their runs and sections over the nights, one run of 10,000 addresses, and the findings.

    Args:
        courts, most: How many courts and nights; a test makes it with few.
    """
    engine = connect(path)
    chance = random.Random(7)
    nights = [TODAY - timedelta(days=n) for n in range(most)]
    tables = schema.metadata.tables
    with engine.begin() as connection:

        def fill(name: str, rows: list[dict[str, object]]) -> None:
            for start in range(0, len(rows), BATCH):
                connection.execute(tables[name].insert(), rows[start : start + BATCH])

        sites = [(court_of(n), f"示例{n:02}区人民法院") for n in range(courts)]
        fill("sites", [{"id": site, "court": court, "home": f"http://{site}.example/"} for site, court in sites])
        fill("runs", [
            {"site": site, "night": night, "started": NOW, "status": "complete" if chance.random() < 0.9 else "incomplete",
             "pages": 400, "links": 9000, "sections": SECTIONS, "bytes": 10**7, "unchanged": 300, "audited": NOW}
            for site, _ in sites for night in nights
        ])  # fmt: skip
        sections = [
            (
                site,
                f"http://{site}.example/s{n}/",
                f"{SECTION_NAMES[n % 10]}{'' if n < 10 else n}",
                chance.randrange(60),
            )
            for site, _ in sites
            for n in range(SECTIONS)
        ]
        fill("sections", [
            {"site": site, "url": url, "name": name, "cadence": "standard", "record": "item", "items": 20, "undated": 0,
             "newest": TODAY - timedelta(days=age), "newest_source": "list", "pages": 1, "complete": True,
             "not_understood": 0, "discovered": False, "guessed": False, "first_seen": nights[-1], "last_seen": TODAY}
            for site, url, name, age in sections
        ])  # fmt: skip
        fill("section_reads", [
            {"site": site, "url": url, "night": night, "complete": True, "items": 20, "newest": night - timedelta(days=age)}
            for site, url, _, age in sections for night in nights[:120]
        ])  # fmt: skip
        run = connection.execute(sa.select(tables["runs"].c.id).where(tables["runs"].c.night == TODAY)).scalar()
        fill("accesses", [
            {"run": run, "url": f"http://court00.example/{n}.html", "at": NOW, "method": "GET",
             "access": "ok" if n % 50 else "timeout", "status": 200, "kind": "page", "internal": True, "depth": 1,
             "unchanged": False, "headers": {"Content-Type": "text/html", "ETag": f"{n}" * 4}}
            for n in range(10_000)
        ])  # fmt: skip
        batch: list[list[dict[str, object]]] = [[], [], []]
        for rows in findings_of(count, courts):
            for kept, row in zip(batch, rows, strict=True):
                kept.append(row)
            if len(batch[0]) == BATCH:
                for name, kept in zip(("findings", "sightings", "standing"), batch, strict=True):
                    fill(name, kept)
                batch = [[], [], []]
        for name, kept in zip(("findings", "sightings", "standing"), batch, strict=True):
            fill(name, kept)
        accounts.add(connection, User(name="wang", role="inspector", made=NOW))
        accounts.add(connection, User(name="min1", role="department", department=UNITS[2], made=NOW))
    engine.dispose()  # the last to leave writes SQLite's log into the file, which is renamed


def addresses(path: Path) -> list[tuple[str, str, str]]:
    """What is measured: who, what it is, and where."""
    one = schema.standing
    with reading(connect(path)) as connection:
        open_ones = sa.select(one.c.fingerprint, one.c.site, one.c.subject).where(
            one.c.rule == "D-01", one.c.stage == "new"
        )
        finding, site, case = connection.execute(open_ones.order_by(one.c.fingerprint).limit(1)).one()
        last = connection.execute(
            sa.select(one.c.fingerprint).where(one.c.stage == "new").order_by(one.c.severity.desc(), one.c.fingerprint)
        ).scalars()
        deep = next(last)
    section = quote("http://court00.example/s1/", safe="")
    return [
        ("wang", "overview", "/"),
        ("min1", "overview of a department", "/"),
        ("wang", "findings", "/findings"),
        ("wang", "findings, far down", f"/findings?after={deep}"),
        ("wang", "findings by deadline", "/findings?order=deadline"),
        ("wang", "findings, newest first", "/findings?order=newest"),
        ("wang", "findings overdue", "/findings?overdue=1&grade=certain&order=deadline"),
        ("wang", "findings of one court and severity", "/findings?site=court01&severity=S1&grade=certain"),
        ("wang", "findings of one rule", "/findings?rule=W-01"),
        ("wang", "findings with a word", "/findings?text=199999"),
        ("min1", "findings of a department", "/findings"),
        ("wang", "a finding", f"/findings/{finding}"),
        ("wang", "a case", f"/cases/{site}/{quote(str(case), safe='')}"),
        ("wang", "the largest court", "/courts/court00"),
        ("wang", "a section", f"/courts/court00/section?url={section}"),
        ("wang", "nights", "/runs"),
        ("wang", "a run of 10,000 addresses", f"/runs/{TODAY}/court00"),
        ("wang", "rules", "/rules"),
        ("wang", "search: a part of a case number", f"/search?q={quote('民初19999')}"),
        ("wang", "search: a part of an address", "/search?q=id/19999"),
        ("wang", "search: words", f"/search?q={quote('没有这个词')}"),
    ]


def serve(path: Path, port: int) -> None:
    """The console, until it is ended. Its clock stands still, so that nobody's session runs out."""
    engine, settings = connect(path), Settings()
    made = create(engine, settings, console=Console(engine, settings, lambda: NOW))
    uvicorn.run(made, host="127.0.0.1", port=port, log_level="error", lifespan="off")


def ask(port: int, cookie: str, address: str) -> tuple[float, int]:
    """One request on a connection of its own: milliseconds and bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", address, headers={"Cookie": f"{COOKIE}={cookie}"})
    answer = connection.getresponse()
    body = answer.read()
    took = 1000 * (time.perf_counter() - began)
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{address}: {answer.status}")
    return took, len(body)


def measure(path: Path, repeat: int) -> list[Timing]:
    """Every page so many times, one request after the other, and then four at a time."""
    cookies = {}
    with connect(path).begin() as connection:
        for name in ("wang", "min1"):
            user = accounts.find(connection, name)
            assert user is not None
            cookies[name] = signing_in.begin(connection, user, NOW).cookie
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(path, port), daemon=True)
    server.start()
    try:
        _wait(port)
        return [
            _timing(port, server.pid or 0, cookies[who], name, address, repeat)
            for who, name, address in addresses(path)
        ]
    finally:
        server.terminate()
        server.join()


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the console did not begin to serve")


def _cpu(process: int) -> float:
    """Milliseconds of CPU that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _timing(port: int, server: int, cookie: str, name: str, address: str, repeat: int) -> Timing:
    ask(port, cookie, address)  # the first one compiles the template
    before = _cpu(server)
    single = [ask(port, cookie, address) for _ in range(repeat)]
    cpu = (_cpu(server) - before) / repeat
    with ThreadPoolExecutor(4) as pool:
        many = list(pool.map(lambda _: ask(port, cookie, address)[0], range(2 * repeat)))
    took = [one for one, _ in single]
    return Timing(name, single[0][1], statistics.median(took), max(took), cpu, statistics.median(many))


def table(timings: list[Timing]) -> str:
    lines = [
        "| page | KB | median ms | slowest | CPU ms | median, four at a time |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {one.name} | {one.size / 1000:.0f} | {one.median:.0f} | {one.worst:.0f} | {one.cpu:.0f} | {one.together:.0f} |"
        for one in timings
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="also put the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    path = WORK / f"console-{arguments.findings}.db"
    if not path.exists():
        WORK.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        build(unfinished, arguments.findings)
        unfinished.rename(path)
    timings = measure(path, arguments.repeat)
    text = f"{machine()}. {arguments.findings:,} findings of {COURTS} courts, half of them open.\n\n{table(timings)}"
    if arguments.write:
        document.write("console", text)
    print(text)


if __name__ == "__main__":
    main()
