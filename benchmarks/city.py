"""The monthly bulletin of a city: 13 courts, a million rows in their case ledgers, 20,000 findings, in all formats.

    python -m benchmarks.city --cases 1000000 --write

The city's database is made once (its courts, ledgers, documents, two audited nights and the nights between them) and kept
in `benchmarks/work`. What is measured is the command that the office runs: `gongkai bulletin --month 2026-03`.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.audit import audit_site
from auditors.calendar import add_working_days
from benchmarks import document
from benchmarks.document import machine
from benchmarks.measure import run
from benchmarks.programs import WORK
from storage import runs
from storage.database import connect, reading
from storage.records import Approval, Cadence, CaseEntry, DateSource, Judgment, Record, Section, Withheld
from storage.runs import Site
from storage.schema import TABLES, measures, sightings, to_row

CHINA = timezone(timedelta(hours=8))
COURTS = 13
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
BEFORE = date(2026, 2, 28)
YEAR_AGO = date(2025, 3, 31)
DEPARTMENTS = (
    "立案庭",
    "刑事审判庭",
    "民事审判第一庭",
    "民事审判第二庭",
    "行政审判庭",
    "审判监督庭",
    "执行局",
    "少年审判庭",
)
CAUSES = ("民间借贷纠纷", "买卖合同纠纷", "劳动争议", "机动车交通事故责任纠纷", "物业服务合同纠纷", "盗窃罪")
REASONS = (
    "人民法院认为不宜在互联网公布的其他情形",
    "以调解方式结案的",
    "未成年人犯罪的",
    "离婚诉讼或者涉及未成年子女抚养、监护的",
)
# Of a hundred documents whose time has run out; the rest is on the site in time.
LATE, MISSING, APPROVED = 0.004, 0.014, 0.06
BATCH = 5_000


def site_of(number: int) -> Site:
    """One of the city's courts: the first is the intermediate one."""
    name = "示例市中级人民法院" if number == 0 else f"示例市第{number}区人民法院"
    return Site(id=f"court{number:02}", court=name, home=f"http://court{number:02}.example.cn/")


def cases_of(site: Site, number: int, cases: int, chance: random.Random) -> Iterator[Record]:
    """A court's ledger of fourteen months with what became of each document."""
    code = f"粤99{number + 1:02}"
    start = date(2025, 2, 1)
    days = (LAST - start).days
    list_url = f"{site.home}wsgk/"
    for row in range(1, cases + 1):
        day = start + timedelta(days=row * days // cases)
        criminal = row % 6 == 5
        kind = "刑初" if criminal else "民初"
        case_number = f"（{day.year}）{code}{kind}{row}号"
        effective = day + timedelta(days=chance.randrange(16, 31))
        cause = CAUSES[5] if criminal else CAUSES[row % 5]
        department = DEPARTMENTS[1] if criminal else DEPARTMENTS[2 + row % 6]
        yield CaseEntry(
            site=site.id, source="台账.xlsx/案件台账", row=row, case_number=case_number, cause=cause, department=department,
            procedure="一审", document_type="判决书", decided=day, closed=day, effective=effective,
        )  # fmt: skip
        due = add_working_days(effective, 7)
        fate = chance.random()
        if fate < APPROVED:
            reason = REASONS[row % 4]
            yield Approval(
                site=site.id, source="台账.xlsx/不上网审批", row=row, subject="withheld", case_number=case_number,
                cause=cause, has_parties=True, closed=day, reason=reason, approver="院级", level="院级",
            )  # fmt: skip
            if fate < 0.95 * APPROVED:
                yield Withheld(
                    site=site.id, url=f"{site.home}bgk/{row}.html", case_number=case_number, case_number_raw=case_number,
                    court=site.court, decided=day, reason=reason, published=effective + timedelta(days=3),
                    published_source=DateSource.LABEL,
                )  # fmt: skip
            continue
        if fate < APPROVED + MISSING:
            continue
        late = fate < APPROVED + MISSING + LATE
        published = due + timedelta(days=chance.randrange(5, 60)) if late else effective + timedelta(days=row % 7 + 1)
        if published <= LAST:
            yield Judgment(
                site=site.id, url=f"{list_url}{row}.html", case_number=case_number, title=f"{cause}一审判决书",
                section=list_url, court=site.court, document_type="判决书", branch="刑事" if criminal else "民事", cause=cause,
                decided=day, published=published, published_source=DateSource.LABEL, judges=("审判员",), clerk="书记员",
                text_length=3000, whole=True,
            )  # fmt: skip


def sections_of(site: Site, night: date) -> list[Section]:
    """The two sections that say what was published, read to their ends, and ten others of which one is stale."""
    names = [("裁判文书", "wsgk/", "judgment"), ("不公开信息", "bgk/", "withheld")]
    names += [(f"工作动态{n}", f"dt{n}/", "item") for n in range(10)]
    return [
        Section(
            site=site.id,
            url=site.home + path,
            name=name,
            cadence=Cadence.STANDARD,
            record=record,
            items=20,
            newest=night - timedelta(days=50 if name == "工作动态9" else 3),
            newest_source=DateSource.LABEL,
        )
        for name, path, record in names
    ]


def build(path: Path, cases: int) -> None:
    """Make the city's database at `path`."""
    chance = random.Random(20260331)
    engine = connect(path)
    sites = [site_of(number) for number in range(COURTS)]
    for number, site in enumerate(sites):
        with engine.begin() as connection:
            runs.save_site(connection, site)
            _insert(connection, cases_of(site, number, cases // COURTS, chance))
        print(f"{site.id}: ledger", file=sys.stderr, flush=True)
    for site in sites:
        began = time.monotonic()
        with engine.begin() as connection:
            visit(connection, site, LAST)
            audit_site(connection, site.id, LAST)
        print(f"{site.id}: audited in {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    for day in (YEAR_AGO, BEFORE, *(FIRST + timedelta(days=n) for n in range((LAST - FIRST).days))):
        with engine.begin() as connection:
            earlier_night(connection, sites, day)
    with engine.begin() as connection:
        known_earlier(connection)


def _insert(connection: Connection, records: Iterator[Record]) -> None:
    while batch := list(islice(records, BATCH)):
        for kind in {type(one) for one in batch}:
            rows = [
                to_row(one) | {"first_seen": first_seen(one), "last_seen": LAST} for one in batch if type(one) is kind
            ]
            connection.execute(sa.insert(TABLES[kind]), rows)


def first_seen(record: Record) -> date:
    """The night on which a crawl would have met it."""
    return getattr(record, "published", None) or getattr(record, "decided", None) or YEAR_AGO


def visit(connection: Connection, site: Site, night: date) -> None:
    """A night on which the site was read to its end."""
    began = datetime(night.year, night.month, night.day, 1, 0, tzinfo=CHINA)
    run_ = runs.start(connection, site.id, night, began)
    runs.update(
        connection, run_.id, status="complete", finished=began + timedelta(hours=1), pages=5000, links=60000, sections=12,
        audited=began + timedelta(hours=2),
    )  # fmt: skip
    sections = sections_of(site, night)
    table = TABLES[Section]
    connection.execute(sa.delete(table).where(table.c.site == site.id))
    connection.execute(sa.insert(table), [to_row(s) | {"first_seen": YEAR_AGO, "last_seen": night} for s in sections])
    runs.save_section_reads(connection, [runs.section_read(section, night) for section in sections])
    for kind in (Judgment, Withheld):
        table = TABLES[kind]
        known = sa.and_(table.c.site == site.id, table.c.first_seen <= night)
        connection.execute(sa.update(table).where(known).values(last_seen=night))


def earlier_night(connection: Connection, sites: list[Site], night: date) -> None:
    """An earlier night that saw what the last one saw, as far as it was due then: each finding has its month of sightings."""
    began = datetime(night.year, night.month, night.day, 1, 0, tzinfo=CHINA)
    for site in sites:
        run_ = runs.start(connection, site.id, night, began)
        runs.update(connection, run_.id, status="complete", finished=began, pages=5000, links=60000, audited=began)
        runs.save_section_reads(connection, [runs.section_read(s, night) for s in sections_of(site, night)])
    # A third of the findings is as old as that; the others came up one by one.
    share = 1 if night == YEAR_AGO else 5 + 10 * (night - BEFORE).days // 31
    columns = [c.name for c in sightings.c if c.name != "night"]
    chosen = sa.select(sa.literal(night, sa.Date), *(sightings.c[c] for c in columns)).where(
        sightings.c.night == LAST, sa.func.substr(sightings.c.fingerprint, 1, 1) <= f"{share:x}"
    )
    connection.execute(sa.insert(sightings).from_select(["night", *columns], chosen))


def known_earlier(connection: Connection) -> None:
    """The journal of counts as if it had been kept all along: what lies before a night was known on it."""
    for night in (BEFORE, YEAR_AGO):
        known = sa.and_(measures.c.night > night, measures.c.day <= night, measures.c.state.is_(False))
        connection.execute(sa.update(measures).where(known).values(night=night))


def measure(path: Path, repeat: int) -> str:
    """The table: what the office's command takes, median of several."""
    out = WORK / "city-out"
    settings = WORK / "city.toml"
    settings.write_text(
        f'database = "{path}"\n[bulletin]\nbody = "示例市中级人民法院司法公开领导小组办公室"\ncode = "示法公开"\n',
        encoding="utf-8",
    )
    binary = str(Path(sys.executable).parent / "gongkai")
    command = [binary, "bulletin", "--month", "2026-03", "--config", str(settings), "--out", str(out), "--quiet"]
    costs = [run(command, WORK / "city.log", timeout=1800) for _ in range(repeat)]
    if any(cost.code for cost in costs):
        raise RuntimeError(f"exit {[cost.code for cost in costs]}; see {WORK / 'city.log'}")
    files = sorted(out.iterdir())
    with reading(connect(path)) as connection:
        counted = {
            name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar()
            for name in ("ledger_cases", "findings", "sightings", "measures")
        }
    wall, cpu, peak = (statistics.median(getattr(c, name) for c in costs) for name in ("wall", "cpu", "peak"))
    sizes = "、".join(f"{f.name} {f.stat().st_size / 2**20:.1f} MB" for f in files if f.is_file())
    return (
        f"{machine()}. {counted['ledger_cases']:,} case rows of {COURTS} courts, {counted['findings']:,} findings with "
        f"{counted['sightings']:,} sightings, {counted['measures']:,} counts; median of {repeat}.\n\n"
        "| wall clock, s | CPU, s | peak MB |\n| --- | --- | --- |\n"
        f"| {wall:.1f} | {cpu:.1f} | {peak:.0f} |\n\n"
        f"Files: {sizes.replace('、', ', ')}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    path = WORK / f"city-{options.cases}.db"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        build(unfinished, options.cases)
        with sqlite3.connect(unfinished) as whole:  # what is in the log goes into the file before it is moved
            whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        unfinished.rename(path)
    table = measure(path, options.repeat)
    print(table)
    if options.write:
        document.write("city", table)


if __name__ == "__main__":
    main()
