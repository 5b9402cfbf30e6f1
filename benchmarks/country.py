"""A simulated country: 3,500 court sites at one request a second each, by what a site was measured to cost.

    python -m benchmarks.country --write

No cost stands in this file. They are read from what the other benchmarks left in `benchmarks/work`:
`second_night` (with at least two sizes: a site's fixed cost and that of each request, first night and later ones) and
`storage` (rows, log and connections at PostgreSQL); `audits` is shown beside. What is assumed, and can be set: how many
sites and how large, the rate, the window, the machines. The same assumptions give the same numbers.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import document
from benchmarks.programs import WORK

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "scale.md"
LARGEST = 20_000  # pages; crawlers.task.MAX_PAGES
SYSTEM = 1.5  # GB of a machine's memory for the system, the worker and its reports


class Missing(Exception):
    """Another benchmark was not run yet; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What one night of one site costs, by its kind of night.

    Attributes:
        requests: Per page of the site.
        cpu_fixed, cpu: Seconds per site, and per page of the site.
        memory_fixed, memory: MB of the process that reads the site, and per page of the site.
        megabytes: Sent by the court, per page.
        read: Share of the pages that came anew and were parsed.
    """

    name: str
    requests: float
    cpu_fixed: float
    cpu: float
    memory_fixed: float
    memory: float
    megabytes: float
    read: float


@dataclass(frozen=True, kw_only=True)
class Store:
    """What PostgreSQL does for one row: bytes in its files, bytes of log, seconds of CPU; and connections of a night."""

    page: tuple[float, float, float]
    access: tuple[float, float, float]
    record: tuple[float, float, float]
    packed: float
    per_machine: int
    per_site: int


@dataclass(frozen=True, kw_only=True)
class Machines:
    """Workers: each with cores and GB of memory."""

    cores: int
    memory: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A night with so many workers. Hours from the opening of the window; shares between 0 and 1."""

    workers: int
    slots: int
    unfinished: int
    end: float
    cpu: float
    memory: float
    at_once: int


# --- what was measured ---


def _read(name: str, work: Path) -> Any:
    try:
        return json.loads((work / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Missing(f"{work / name}.json is not there: run benchmarks.{name} first") from None


def nights(work: Path) -> tuple[Costs, Costs]:
    """The first night and a later one, by a line through the sizes that were measured."""
    crawl = max(_read("storage", work)["crawls"].values())
    measured = {}
    for path in work.glob("second-night-*.json"):
        first, later, *_ = json.loads(path.read_text(encoding="utf-8"))  # there may be a whole round of them
        measured[int(first["parsed"])] = (first, later)
    if len(measured) < 2:
        raise Missing(
            f"second-night-*.json of two sizes are needed in {work}: run benchmarks.second_night with two --pages"
        )
    sizes = sorted(measured)
    first, later = ([measured[n][night] for n in sizes] for night in (0, 1))
    return _costs("first", first, sizes, crawl), _costs("later", later, sizes, crawl)


def _costs(name: str, runs: Sequence[dict[str, Any]], sizes: Sequence[int], crawl: float) -> Costs:
    cpu_fixed, cpu = _line(sizes, [run["cost"]["cpu"] for run in runs])
    _, memory = _line(sizes, [run["cost"]["peak"] for run in runs])
    last, size = runs[-1], sizes[-1]
    return Costs(
        name=name,
        requests=last["requests"] / size,
        cpu_fixed=cpu_fixed,
        cpu=cpu,
        memory_fixed=crawl,
        memory=memory,
        megabytes=last["megabytes"] / size,
        read=min(1.0, last["parsed"] / size),
    )


def _line(at: Sequence[int], values: Sequence[float]) -> tuple[float, float]:
    """The straight line through measured points; neither of its two numbers is below nothing."""
    slope = statistics.linear_regression(at, values).slope if len(at) > 1 else 0.0
    slope = max(0.0, slope)
    return max(0.0, values[0] - slope * at[0]), slope


def store(work: Path) -> Store:
    """What PostgreSQL took for each row, and how many connections a night held."""
    found = _read("storage", work)
    rows = {one["kind"]: one for one in found["results"] if one["database"] == "postgresql"}
    if not rows or "connections" not in found:
        raise Missing(f"{work}/storage.json has no PostgreSQL or no connections: run benchmarks.storage in full")

    def row(kind: str) -> tuple[float, float, float]:
        return rows[kind]["size"], rows[kind]["wal"], rows[kind]["server"]

    one, two = found["connections"]["1"], found["connections"]["2"]
    again = row("again")
    return Store(
        page=row("pages"),
        access=row("accesses"),
        record=(0.0, again[1], again[2]),
        packed=found["packed"],
        per_machine=max(0, 2 * one - two),
        per_site=two - one,
    )


# --- the model ---


def sites_of(count: int, median: int, spread: float) -> list[int]:
    """Pages of each site: a log-normal distribution, as sizes of sites are, cut at what a profile reads at most."""
    chance = Random(20260331)
    return [min(LARGEST, max(20, round(chance.lognormvariate(math.log(median), spread)))) for _ in range(count)]


def slots_of(sizes: Sequence[int], costs: Costs, machines: Machines) -> int:
    """Sites that fit at once into a machine's memory, taking them as they come."""
    average = statistics.fmean(costs.memory_fixed + costs.memory * pages for pages in sizes)
    return max(1, int((machines.memory - SYSTEM) * 1024 / average))


def simulate(
    sizes: Sequence[int], costs: Costs, machines: Machines, workers: int, slots: int, *, rate: float, window: float
) -> Outcome:
    """One night: sites begin as slots become free; where the cores do not suffice all of them go slower.

    Time runs at the speed that the cores allow, the same for all, so that the end of each site is known when it begins.
    """
    waiting = iter(sizes)
    running: list[tuple[float, float]] = []  # moment of its end in time that runs at speed 1, CPU a second
    now = inner = load = used = 0.0
    at_once = unfinished = 0
    cores = workers * machines.cores
    end = window * 3600

    def begin() -> bool:
        nonlocal load
        pages = next(waiting, None)
        if pages is None:
            return False
        cpu = costs.cpu_fixed + costs.cpu * pages
        takes = max(pages * costs.requests / rate, cpu)
        heapq.heappush(running, (inner + takes, cpu / takes))
        load += cpu / takes
        return True

    while len(running) < workers * slots and begin():
        pass
    while running:
        at_once = max(at_once, len(running))
        speed = min(1.0, cores / load) if load > 0 else 1.0
        ends, rate_of_it = running[0]
        step = (ends - inner) / speed
        if now + step > end:
            used += min(load, cores) * (end - now)
            now = end
            unfinished = len(running) + sum(1 for _ in waiting)
            break
        used += min(load, cores) * step
        now, inner = now + step, ends
        heapq.heappop(running)
        load -= rate_of_it
        begin()
    return Outcome(
        workers=workers,
        slots=slots,
        unfinished=unfinished,
        end=now / 3600,
        cpu=used / (cores * max(now, 1e-9)),
        memory=at_once / (workers * slots),
        at_once=at_once,
    )


def enough(sizes: Sequence[int], costs: Costs, machines: Machines, *, rate: float, window: float) -> Outcome:
    """The fewest workers with which every site is finished that can be at all; those too large for the window are left out."""
    fitting = [
        pages
        for pages in sizes
        if max(pages * costs.requests / rate, costs.cpu_fixed + costs.cpu * pages) <= window * 3600
    ]
    slots = slots_of(sizes, costs, machines)
    low, high = 1, 1

    def night(workers: int) -> Outcome:
        return simulate(fitting, costs, machines, workers, slots, rate=rate, window=window)

    while night(high).unfinished:
        low, high = high + 1, 2 * high
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if night(middle).unfinished else (low, middle)
    found = night(low)
    return replace(found, unfinished=len(sizes) - len(fitting))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What PostgreSQL sees of a night. Rates are averages over the time that was used."""

    rows: float
    core: float
    log: float
    growth: float
    connections: int
    bodies: float


def seen(sizes: Sequence[int], costs: Costs, kept: Store, night: Outcome) -> Seen:
    """Each address has an access every night, asked or carried; pages that came anew have a body and an extract; each
    record says again that it was there."""
    pages = sum(sizes)
    read = pages * costs.read
    links = max(0.0, pages * max(costs.requests, 1.0) - read)
    rows = 3 * read + links + pages
    seconds = night.end * 3600

    def total(part: int) -> float:
        return read * kept.page[part] + links * kept.access[part] + pages * kept.record[part]

    return Seen(
        rows=rows / seconds,
        core=total(2) / seconds,
        log=total(1) / seconds / 1e6,
        growth=total(0) / 1e9,
        connections=night.workers * kept.per_machine + night.at_once * kept.per_site,
        bodies=read * kept.packed / 1e9,
    )


# --- telling ---


def told(work: Path, arguments: argparse.Namespace) -> str:
    """The text for docs/scale.md."""
    kept = store(work)
    first, later = nights(work)
    machines = Machines(cores=arguments.cores, memory=arguments.memory)
    lines = [
        f"{arguments.sites:,} sites, {arguments.rate:g} request a second and site, a window of {arguments.window:g} hours; machines "
        f"of {machines.cores} cores and {machines.memory:g} GB. Costs as measured: a site {first.cpu_fixed:.1f} s of CPU and "
        f"{1000 * first.cpu:.1f} ms a page on its first night, {later.cpu_fixed:.1f} s and {1000 * later.cpu:.1f} ms on a later one, "
        f"with {later.requests / first.requests:.0%} of the requests; {first.memory_fixed:.0f} MB and {1000 * first.memory:.0f} KB a page.",
        "",
        "| median site, pages | night | pages in all | sites at once in a machine | machines | if the largest begin first | last site done, h | cores busy | sites too large for one night |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    beside = [
        "",
        "| median site, pages | night | rows/s | of one core | log, MB/s | connections | growth of the tables, GB a night | of that bodies, GB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    bottlenecks = []
    for median in arguments.median:
        sizes = sites_of(arguments.sites, median, arguments.spread)
        for costs in (first, later):
            night = enough(sizes, costs, machines, rate=arguments.rate, window=arguments.window)
            sorted_ = sorted(sizes, reverse=True)
            largest_first = enough(sorted_, costs, machines, rate=arguments.rate, window=arguments.window)
            sees = seen(sizes, costs, kept, night)
            lines.append(
                f"| {median:,} | {costs.name} | {sum(sizes):,} | {night.slots} | {night.workers} | {largest_first.workers} | {night.end:.1f} | {night.cpu:.0%} "
                f"| {night.unfinished} |"
            )
            beside.append(
                f"| {median:,} | {costs.name} | {sees.rows:,.0f} | {sees.core:.0%} | {sees.log:.1f} | {sees.connections:,} | {sees.growth:.1f} "
                f"| {sees.bodies:.1f} |"
            )
            bottlenecks.append((median, costs.name, _next(night, sees)))
    lines += beside
    lines += [
        "",
        "Nearest to its limit, of the machines' memory and cores, one core of PostgreSQL, its usual 100 connections, and a disk of 4 TB that is to last a year of such nights:",
        "",
    ]
    lines += [f"- {median:,} pages, {name} night: {what}." for median, name, what in bottlenecks]
    return "\n".join(lines) + "\n" + _audits(work)


def _next(night: Outcome, sees: Seen) -> str:
    """What is used most, in shares of what there is."""
    shares = {
        "the machines' memory": night.memory,
        "the machines' cores": night.cpu,
        "one core of PostgreSQL": sees.core,
        "PostgreSQL's connections": sees.connections / 100,
        "the disk": sees.growth * 365 / 4000,
    }
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    return ", then ".join(f"{name} ({share:.0%})" for name, share in ordered[:3])


def _audits(work: Path) -> str:
    """What the audits were measured to take, if they were."""
    path = work / "audits.json"
    if not path.exists():
        return ""
    found = json.loads(path.read_text(encoding="utf-8"))
    cold, warm = (
        sum(one[name] for one in found["seconds"]) / found["judgments"] for name in ("first cpu", "second cpu")
    )
    return (
        f"\nAudits alone (`benchmarks.audits`, {found['judgments']:,} judgments): {1e6 * cold:.0f} µs of CPU a judgment from a cold "
        f"start, {1e6 * warm:.1f} µs on a night with 1 % changed. They are part of each site's cost above.\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=3_500)
    parser.add_argument("--median", type=int, nargs="+", default=[500, 2_000, 5_000], help="pages of the median site")
    parser.add_argument("--spread", type=float, default=1.0, help="of the logarithm of sizes")
    parser.add_argument("--rate", type=float, default=1.0, help="requests a second and site")
    parser.add_argument("--window", type=float, default=7.0, help="hours")
    parser.add_argument("--cores", type=int, default=4)
    parser.add_argument("--memory", type=float, default=16.0, help="GB")
    parser.add_argument("--work", type=Path, default=WORK, help="where the other benchmarks left their results")
    parser.add_argument("--write", action="store_true", help="also put the tables into docs/scale.md")
    arguments = parser.parse_args()
    try:
        text = told(arguments.work, arguments)
    except Missing as error:
        sys.exit(str(error))
    if arguments.write:
        document.write("country", text, DOCUMENT)
    print(text)


if __name__ == "__main__":
    main()
