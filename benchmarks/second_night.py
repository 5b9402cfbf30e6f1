"""The second night: what is asked and read again when 98 of 100 pages did not change, and whether new faults are found.

    python -m benchmarks.second_night --pages 1000 [--nights 8]

Bytes, requests and answers are the server's own counts, so that they do not depend on what gongkai says of itself; so is
which of the changed pages were visited. Eight nights are a whole round: by then every page was asked again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from benchmarks import document
from benchmarks.document import machine
from benchmarks.generate import changed, generate
from benchmarks.measure import Cost, run
from benchmarks.programs import WORK
from benchmarks.score import canonical
from benchmarks.serve import Logged, check_ports, serving

FIRST = date(2026, 3, 31)


@dataclass(frozen=True, kw_only=True)
class NightCost:
    """One night as the server saw it. `parsed` are HTML pages sent in full, `unchanged` answers without a body (304).

    Of the faults that came since the first night `found` are among the findings, `of` stand on pages visited by then, and
    `planted` are there.
    """

    night: str
    cost: Cost
    requests: int
    parsed: int
    unchanged: int
    megabytes: float
    found: int
    of: int
    planted: int


def run_night(
    site: Path, out: Path, night: str, pages: int, targets: Mapping[str, str], visited: set[str]
) -> NightCost:
    """Runs one night and counts how many of `targets`, the new faults by the page that leads there, are among its findings.

    Args:
        visited: Paths that were asked since the faults came; this night's are added.
    """
    binary = str(Path(sys.executable).parent / "gongkai")
    start = json.loads((site / "key.json").read_text(encoding="utf-8"))["start"]
    options = ["--date", night, "--allow-private", "--max-pages", str(2 * pages), "--out", str(out / night)]
    environment = {"GONGKAI_DATABASE": str(out / "gongkai.db")}
    with serving(site) as served:
        log = out / f"{night}.log"
        cost = run([binary, "nightly", start, *options], log, timeout=3600, environment=environment)
        requests = served.log()
    if not (out / night / "findings.json").exists():
        raise RuntimeError(f"the night of {night} left no findings.json (exit {cost.code}); see {log}")
    visited |= paths(requests)
    return count(night, cost, requests, out / night / "findings.json", targets, visited)


def paths(log: list[Logged]) -> set[str]:
    return {unquote(entry.target) for entry in log}


def count(
    night: str, cost: Cost, log: list[Logged], findings: Path, targets: Mapping[str, str], visited: set[str]
) -> NightCost:
    statuses = Counter((entry.status, entry.type.startswith("text/html")) for entry in log)
    report = json.loads(findings.read_text(encoding="utf-8"))
    named = {canonical(finding["subject"]["url"]) for finding in report["findings"] if finding["subject"].get("url")}
    return NightCost(
        night=night,
        cost=cost,
        requests=len(log),
        parsed=statuses[200, True],
        unchanged=sum(number for (status, _), number in statuses.items() if status == 304),
        megabytes=sum(entry.size for entry in log) / 1e6,
        found=len(named & {canonical(target) for target in targets}),
        of=sum(unquote(urlsplit(page).path) in visited for page in targets.values()),
        planted=len(targets),
    )


def table(first: NightCost, second: NightCost) -> str:
    rows = [
        ("wall s", f"{first.cost.wall:.1f}", f"{second.cost.wall:.1f}", second.cost.wall / first.cost.wall),
        ("CPU s", f"{first.cost.cpu:.1f}", f"{second.cost.cpu:.1f}", second.cost.cpu / first.cost.cpu),
        ("peak MB", f"{first.cost.peak:.0f}", f"{second.cost.peak:.0f}", second.cost.peak / first.cost.peak),
        ("requests", str(first.requests), str(second.requests), second.requests / first.requests),
        ("answers without body (304)", str(first.unchanged), str(second.unchanged), None),
        ("HTML pages sent and parsed", str(first.parsed), str(second.parsed), second.parsed / first.parsed),
        ("MB sent", f"{first.megabytes:.2f}", f"{second.megabytes:.2f}", second.megabytes / first.megabytes),
        ("new faults found, of those on visited pages", "", f"{second.found} of {second.of}", None),
        ("new faults planted in all", "", f"{second.planted}", None),
    ]
    lines = ["| | first night | second night | share |", "| --- | --- | --- | --- |"]
    for name, one, two, share in rows:
        lines.append(f"| {name} | {one} | {two} | {f'{share:.1%}' if share is not None else ''} |")
    return "\n".join(lines) + "\n"


def round_table(nights: list[NightCost]) -> str:
    """Every night against the first, and how many of the faults were found by then."""
    first = nights[0]
    lines = ["| night | requests | CPU s | MB sent | new faults found |", "| --- | --- | --- | --- | --- |"]
    for number, one in enumerate(nights, start=1):
        shares = (one.requests / first.requests, one.cost.cpu / first.cost.cpu, one.megabytes / first.megabytes)
        values = (str(one.requests), f"{one.cost.cpu:.1f}", f"{one.megabytes:.2f}")
        cells = [f"{value} ({share:.1%})" for value, share in zip(values, shares, strict=True)]
        lines.append(f"| {number} | {' | '.join(cells)} | {f'{one.found} of {one.planted}' if number > 1 else ''} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--nights", type=int, default=2, choices=range(2, 31), metavar="N", help="2, or 8 for a round")
    parser.add_argument("--share", type=float, default=0.02, help="share of the articles that change")
    parser.add_argument("--write", action="store_true", help="also put the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    check_ports()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    site, out = WORK / f"site-{arguments.pages}", WORK / "runs" / f"second-{arguments.pages}"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    generate(site, arguments.pages)
    dates = [(FIRST + timedelta(days=number)).isoformat() for number in range(arguments.nights)]
    nights = [run_night(site, out, dates[0], arguments.pages, {}, set())]
    with changed(site, arguments.share) as targets:
        visited: set[str] = set()
        nights += [run_night(site, out, night, arguments.pages, targets, visited) for night in dates[1:]]
    text = f"{machine()}. {arguments.share:.0%} of the articles changed.\n\n{table(nights[0], nights[1])}"
    if len(nights) > 2:
        text += f"\n{round_table(nights)}"
    (WORK / f"second-night-{arguments.pages}.md").write_text(text, encoding="utf-8")
    (WORK / f"second-night-{arguments.pages}.json").write_text(json.dumps([asdict(one) for one in nights], indent=1))
    if arguments.write:
        document.write(f"second-night-{arguments.pages}", text)
    print(text)


if __name__ == "__main__":
    main()
