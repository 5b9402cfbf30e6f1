"""The link audit of a whole site: speed, memory, faults found and faults invented, beside other programs.

    python -m benchmarks.links --pages 1000 --repeat 3

Every program runs `--repeat` times, in turn, on the same served site; medians are reported. Results go to
`benchmarks/work/port-8741/links-PAGES.md` and `.json`, and with `--write` into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import document
from benchmarks.document import machine
from benchmarks.generate import generate
from benchmarks.measure import Cost, run
from benchmarks.programs import PROGRAMS, WORK, Program, install
from benchmarks.score import Score, score
from benchmarks.serve import Logged, check_ports, serving


@dataclass(frozen=True, kw_only=True)
class Run:
    """One program, once. `pages` are distinct HTML pages that the server says it sent to it."""

    program: str
    cost: Cost
    pages: int
    requests: int
    megabytes: float
    score: Score | None  # None: it left no report


def pages_sent(log: list[Logged]) -> int:
    return len({entry.target for entry in log if entry.status == 200 and entry.type.startswith("text/html")})


def run_once(program: Program, site: Path, out: Path, timeout: float) -> Run:
    """Serves the site afresh, runs the program on it, and reads its report and the server's log."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    key = json.loads((site / "key.json").read_text(encoding="utf-8"))
    with serving(site) as served:
        command = program.command(key["start"], out)
        cost = run(command, out / "log.txt", timeout=timeout, environment=program.environment())
        log = served.log()
    try:
        result = score(key, program.faults(out))
    except (FileNotFoundError, ValueError) as error:
        print(f"{program.name}: no report ({error}); see {out / 'log.txt'}", file=sys.stderr)
        result = None
    return Run(
        program=program.name,
        cost=cost,
        pages=pages_sent(log),
        requests=len(log),
        megabytes=sum(entry.size for entry in log) / 1e6,
        score=result,
    )


def table(runs: list[Run], planted: int) -> str:
    """Markdown: one line per program, medians over its runs; found and false of the last run."""
    lines = [
        f"| program | pages/s | CPU ms a page | peak MB | pages read | requests | found / false (of {planted}) |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in dict.fromkeys(one.program for one in runs):
        own = [one for one in runs if one.program == name]
        wall = statistics.median(one.pages / one.cost.wall for one in own)
        cpu = statistics.median(1000 * one.cost.cpu / max(1, one.pages) for one in own)
        peak = statistics.median(one.cost.peak for one in own)
        last = own[-1]
        found = last.score.total if last.score else "no report"
        lines.append(f"| {name} | {wall:.0f} | {cpu:.2f} | {peak:.0f} | {last.pages} | {last.requests} | {found} |")
    return "\n".join(lines) + "\n"


def kinds_table(runs: list[Run]) -> str:
    """Markdown: planted faults found by kind, and false reports by the trap they fell into, of each program's last run."""
    last = {one.program: one.score for one in runs if one.score}
    names = list(last)
    lines = [f"| planted | of | {' | '.join(names)} |", f"| --- | --- |{' --- |' * len(names)}"]
    planted = next(iter(last.values())).planted if last else {}
    for kind, count in planted.items():
        found = " | ".join(str(last[name].found.get(kind, 0)) for name in names)
        lines.append(f"| {kind} | {count} | {found} |")
    for trap in sorted({kind for result in last.values() for _, kind in result.false}):
        false = " | ".join(str(sum(kind == trap for _, kind in last[name].false)) for name in names)
        lines.append(f"| *false: {trap}* | | {false} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, default=list(PROGRAMS))
    parser.add_argument("--timeout", type=float, default=1800, help="seconds after which a run is killed")
    parser.add_argument("--write", action="store_true", help="also put the tables into docs/benchmarks.md")
    arguments = parser.parse_args()
    check_ports()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and programs are stopped
    install()
    site = WORK / f"site-{arguments.pages}"
    generate(site, arguments.pages)
    for file in filter(Path.is_file, site.rglob("*")):
        file.read_bytes()  # so that the first program does not wait for a disk that the others find in memory
    runs = []
    for repetition in range(arguments.repeat):
        for choice in arguments.programs:
            out = WORK / "runs" / f"{choice}-{arguments.pages}"
            runs.append(run_once(PROGRAMS[choice], site, out, arguments.timeout))
            cost = runs[-1].cost
            print(f"{repetition + 1}: {choice}: {cost.wall:.1f} s, exit {cost.code}", file=sys.stderr)
    write(runs, site, arguments.pages, into_document=arguments.write)


def write(runs: list[Run], site: Path, pages: int, *, into_document: bool) -> None:
    key = json.loads((site / "key.json").read_text(encoding="utf-8"))
    head = (
        f"{machine()}. {key['pages']} pages of {key['bytes'] / key['pages'] / 1000:.1f} KB, {len(key['dead'])} faults."
    )
    text = f"{head}\n\n{table(runs, len(key['dead']))}\n{kinds_table(runs)}"
    (WORK / f"links-{pages}.md").write_text(text, encoding="utf-8")
    (WORK / f"links-{pages}.json").write_text(
        json.dumps([asdict(one) for one in runs], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    if into_document:
        document.write(f"links-{pages}", text)
    print(text)


if __name__ == "__main__":
    main()
