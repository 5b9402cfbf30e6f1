"""The audit of millions of judgments with their ledgers: all D and N rules from a cold start, and after a normal night.

    python -m benchmarks.audits --judgments 10000000 --write

Courts of 100,000 judgments each are made up (`benchmarks.judgments`) in as many SQLite databases as there are processes;
each process audits its own. The first night looks at everything. Before the second one case of a hundred changed, and
deadlines ran out. What is found is held against what was planted: every fault, and no other. DuckDB answers one of the
questions on the same rows: which judgments were published after their seventh working day?
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from auditors.audit import audit_site
from auditors.rule import all_rules
from benchmarks import document, duckdb_rival
from benchmarks.document import machine
from benchmarks.judgments import NIGHT, Court, next_night, plant
from benchmarks.programs import WORK
from storage.database import connect
from storage.schema import findings, sightings

PER_COURT = 100_000
SECOND = NIGHT + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one process came to: seconds by phase, judgments, findings by rule and grade, and what was planted."""

    seconds: dict[str, float]
    slowest: dict[str, float]
    judgments: int
    units: int
    found: dict[str, Counter[str]]
    planted: dict[str, Counter[str]]
    peak: float
    megabytes: float
    same: bool | None


def rules_of(families: str = "DN") -> list[Any]:
    """All rules of the handbook's chapters on documents and on what is withheld."""
    return [rule for rule in all_rules() if rule.id[0] in families]


def share(path: Path, courts: range, per_court: int, check: bool) -> Share:
    """Make a database of some courts, and audit two nights of it."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    engine = connect(path)
    seconds: Counter[str] = Counter()
    slowest: Counter[str] = Counter()
    planted: dict[str, Counter[str]] = {}
    found: dict[str, Counter[str]] = {}
    judgments, same = 0, None
    made = []
    for number in courts:
        court = Court(number, per_court)
        with engine.begin() as connection:
            began = time.monotonic()
            judgments += plant(connection, court)
            seconds["made"] += time.monotonic() - began
        made.append(court)
    for name, night in (("first", NIGHT), ("second", SECOND)):
        if name == "second":
            for court in made:
                with engine.begin() as connection:
                    began = time.monotonic()
                    next_night(connection, court)
                    seconds["changed"] += time.monotonic() - began
        for court in made:
            began, cpu = time.monotonic(), time.process_time()
            with engine.begin() as connection:
                summary = audit_site(connection, court.site.id, night, rules=rules_of())
            took = time.monotonic() - began
            seconds[name] += took
            seconds[f"{name} cpu"] += time.process_time() - cpu
            slowest[name] = max(slowest[name], took)
            if summary.crashed:
                raise RuntimeError(f"{court.site.id}: {summary.crashed}")
        with engine.connect() as connection:
            found[name] = _found(connection, night)
        planted[name] = sum((court.planted[name] for court in made), Counter())
    if check:
        same = all(_is_same(engine, court) for court in made[:2])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with engine.connect() as connection:
        units = connection.execute(sa.text("SELECT count(*) FROM audited_units")).scalar_one()
    engine.dispose()
    return Share(
        seconds=dict(seconds), slowest=dict(slowest), judgments=judgments, units=units, found=found, planted=planted,
        peak=peak, megabytes=path.stat().st_size / 2**20, same=same,
    )  # fmt: skip


def _found(connection: sa.Connection, night: Any) -> Counter[str]:
    query = (
        sa.select(findings.c.rule, sightings.c.verdict, sa.func.count())
        .join(sightings, sightings.c.fingerprint == findings.c.fingerprint)
        .where(sightings.c.night == night)
        .group_by(findings.c.rule, sightings.c.verdict)
    )
    return Counter({f"{rule} {verdict}": count for rule, verdict, count in connection.execute(query)})


def _is_same(engine: sa.Engine, court: Court) -> bool:
    """The second night once more, looking at everything, comes to the same."""
    with engine.connect() as connection:
        transaction = connection.begin()
        before = _written(connection, court.site.id)
        audit_site(connection, court.site.id, SECOND, rules=rules_of(), whole=True)
        after = _written(connection, court.site.id)
        transaction.rollback()
    return before == after


def _written(connection: sa.Connection, site: str) -> list[str]:
    own = sa.select(findings.c.fingerprint).where(findings.c.site == site)
    rows = connection.execute(sa.select(sightings).where(sightings.c.fingerprint.in_(own)))
    counts = connection.execute(sa.text("SELECT * FROM measures WHERE site = :site"), {"site": site})
    figures = connection.execute(sa.text("SELECT * FROM statistics WHERE site = :site"), {"site": site})
    return sorted(map(repr, [*rows, *counts, *figures]))


def table(shares: list[Share], wall: dict[str, float], rival: dict[str, float] | None) -> str:
    """The measured tables, in Markdown."""
    judgments = sum(s.judgments for s in shares)
    lines = [
        f"{machine()}. {judgments:,} judgments with {judgments:,} rows of ledgers or more, {len(shares)} processes, each with "
        f"its own SQLite database ({sum(s.megabytes for s in shares):,.0f} MB in all).",
        "",
        "| night | wall clock, s | CPU, s | µs of CPU per judgment | slowest court, s |",
        "| --- | --- | --- | --- | --- |",
    ]
    names = {"first": "first, cold: everything is looked at", "second": "second, 1 % changed"}
    for name, title in names.items():
        cpu = sum(s.seconds[f"{name} cpu"] for s in shares)
        slowest = max(s.slowest[name] for s in shares)
        lines.append(f"| {title} | {wall[name]:.1f} | {cpu:.1f} | {1e6 * cpu / judgments:.1f} | {slowest:.2f} |")
    lines += ["", f"Peak memory of a process: {max(s.peak for s in shares):.0f} MB."]
    checked = [s.same for s in shares if s.same is not None]
    if checked:
        lines.append(
            f"The second night looked at in full, for {2 * len(checked)} courts: {'the same' if all(checked) else '**NOT the same**'}."
        )
    lines += ["", "| night | planted | found | missed or false |", "| --- | --- | --- | --- |"]
    for name in names:
        planted = sum((s.planted[name] for s in shares), Counter())
        found = sum((s.found[name] for s in shares), Counter())
        wrong = {key: (planted[key], found[key]) for key in sorted({*planted, *found}) if planted[key] != found[key]}
        lines.append(f"| {name} | {planted.total():,} | {found.total():,} | {wrong or 'none'} |")
    if rival is not None:
        lines += ["", *duckdb_rival.told(rival)]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judgments", type=int, default=10_000_000)
    parser.add_argument("--per-court", type=int, default=PER_COURT)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--no-check", action="store_true", help="do not look at the second night in full afterwards")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    options = parser.parse_args()
    folder = WORK / "audits"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    courts = max(options.processes, options.judgments // options.per_court)
    parts = [range(n, courts, options.processes) for n in range(options.processes)]
    paths = [folder / f"courts-{n}.db" for n in range(options.processes)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.processes, mp_context=context) as pool:
        waiting = [
            pool.submit(share, path, part, options.per_court, not options.no_check)
            for path, part in zip(paths, parts, strict=True)
        ]
        shares = [one.result() for one in waiting]
    wall = {name: max(s.seconds[name] for s in shares) for name in ("first", "second")}
    rival = duckdb_rival.ask(paths, NIGHT)
    text = table(shares, wall, rival)
    print(text)
    made = statistics.fmean(s.seconds["made"] for s in shares), statistics.fmean(s.seconds["changed"] for s in shares)
    print(f"made in {made[0]:.0f} s, changed in {made[1]:.0f} s", file=sys.stderr)
    result = {"seconds": [s.seconds for s in shares], "judgments": sum(s.judgments for s in shares), "duckdb": rival}
    (WORK / "audits.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    if options.write:
        document.write("audits", text)


if __name__ == "__main__":
    main()
