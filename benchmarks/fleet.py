"""A fleet proved: four workers over sixty demonstration courts on a real PostgreSQL, undisturbed and then killed all night.

    python -m benchmarks.fleet --courts 60 --workers 4 --write

Three times the same night on the same courts: by one machine on SQLite, by the fleet, and by a fleet whose workers are
killed with -9 at random while PostgreSQL is restarted under them. Who visited what is read from the courts' own logs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import document
from benchmarks.document import machine
from benchmarks.fleet_courts import ASKED, FleetCourts
from gongkai import nightly
from reports.formats.json import document as as_json
from storage.database import connect

NIGHT = date(2026, 3, 31)
DOCUMENT = Path(__file__).parent.parent / "docs" / "fleet.md"
WITHOUT = ("generated_at", "fetched_at")  # moments differ from run to run, and nothing else may
# A worker as it is, but quicker in seeing that another has died; a night of tests is short.
QUICK = (
    "from gongkai.fleet import members, queue, worker; "
    "queue.HEARTBEAT, queue.STALLED, queue.POLL, worker.TICK, worker.BUSY_AGAIN, members.SIGN = 1, 4, 0.3, 0.5, 1, 2; "
    "from gongkai.cli import main; main()"
)


@dataclass
class Fleet:
    """Workers on one database, each with a name of its own that courts see.

    Args:
        folder: Settings, profiles and what the workers write.
    """

    folder: Path
    database: str
    arguments: tuple[str, ...] = ("--date", str(NIGHT), "--allow-private")
    program: tuple[str, ...] = ("-c", QUICK)
    begun: int = 0
    at_work: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def settings(self, courts: FleetCourts, more: str = "") -> None:
        """Write them."""
        courts.write_profiles(self.folder / "profiles")
        names = json.dumps(courts.names)
        text = f'database = "{self.database}"\nprofiles = ["profiles"]\n[sites]\nonly = {names}\n'
        text += f"[nightly]\nparallel = 1\n{more}\n[evidence]\nscreenshots = 0\n"
        (self.folder / "gongkai.toml").write_text(text, encoding="utf-8")

    def start(self, **environment: str) -> str:
        """Begin a worker; its name."""
        name = f"worker{self.begun}{ASKED}"
        self.begun += 1
        own = {"GONGKAI_CONTACT": name, "GONGKAI_OUT": str(self.folder / name), "GONGKAI_LANG": "en"}
        with (self.folder / f"{name}.log").open("wb") as log:
            self.at_work[name] = subprocess.Popen(
                [sys.executable, *self.program, "worker", *self.arguments],
                cwd=self.folder,
                env=os.environ | own | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return name

    def end(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """End it, as a power cut or as a service manager does; its exit code."""
        process = self.at_work.pop(name)
        process.send_signal(how)
        return process.wait(60)

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def wait(self, seconds: float) -> dict[str, int]:
        """Wait for all of them; their exit codes.

        Raises:
            subprocess.TimeoutExpired: One did not end in time.
        """
        until = time.monotonic() + seconds
        try:
            return {name: one.wait(max(0.1, until - time.monotonic())) for name, one in self.at_work.items()}
        finally:
            self.close()

    def close(self) -> None:
        for name in list(self.at_work):
            self.end(name)


def findings(database: str, courts: FleetCourts, night: date = NIGHT) -> dict[str, Any]:
    """All that a night has come to, without the moments at which it was read."""
    engine = connect(database)
    bulletin = nightly.compose_night(engine, night, courts.names)
    engine.dispose()
    told: dict[str, Any] = json.loads(json.dumps(as_json(bulletin), default=str))
    return _without_moments(told)


def _without_moments(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_moments(inner) for key, inner in value.items() if key not in WITHOUT}
    return [_without_moments(inner) for inner in value] if isinstance(value, list) else value


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One run of the night, as the courts saw it.

    Attributes:
        visited: Courts that were visited at all.
        by_one: Courts that exactly one worker visited.
        came_back: Courts to which a worker came back after another had been there.
        overlaps: Requests of two workers that a court had at the same time.
    """

    wall: float
    visited: int
    by_one: int
    came_back: int
    overlaps: int
    requests: int
    kills: int
    restarts: int
    findings: dict[str, Any]


def outcome(courts: FleetCourts, database: str, wall: float, *, kills: int = 0, restarts: int = 0) -> Outcome:
    """What the courts' logs and the database say."""
    visits = {name: courts.workers(name) for name in courts.names}
    return Outcome(
        wall=wall,
        visited=sum(bool(workers) for workers in visits.values()),
        by_one=sum(len(set(workers)) == 1 for workers in visits.values()),
        came_back=sum(len(set(workers)) < len(workers) for workers in visits.values()),
        overlaps=sum(len(courts.overlaps(name)) for name in courts.names),
        requests=courts.requests(),
        kills=kills,
        restarts=restarts,
        findings=findings(database, courts),
    )


def alone(courts: FleetCourts, folder: Path) -> Outcome:
    """The night by one machine on SQLite."""
    fleet = Fleet(folder, str(folder / "alone.db"))
    fleet.settings(courts)
    began = time.monotonic()
    with (folder / "alone.log").open("wb") as log:
        subprocess.run(
            [sys.executable, "-m", "gongkai", "nightly", *fleet.arguments],
            cwd=folder,
            env=os.environ | {"GONGKAI_PARALLEL": "2", "GONGKAI_OUT": str(folder / "alone")},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return outcome(courts, fleet.database, time.monotonic() - began)


def together(
    courts: FleetCourts,
    folder: Path,
    database: str,
    workers: int,
    *,
    kills: int = 0,
    restart: Callable[[], None] | None = None,
    seed: int = 6,
    seconds: float = 3600,
) -> Outcome:
    """The night by a fleet; with `kills` workers die at random and others take their place.

    Args:
        restart: Restarts PostgreSQL; called once, in the middle.
    """
    courts.forget()
    fleet, chance = Fleet(folder, database), random.Random(seed)
    fleet.settings(courts)
    began, done, restarts = time.monotonic(), 0, 0
    try:
        for _ in range(workers):
            fleet.start()
        expected = courts.expected_requests
        while any(one.poll() is None for one in fleet.at_work.values()):
            time.sleep(0.2)
            share = courts.requests() / expected
            if done < kills and share > (done + chance.random()) / (kills + 1):
                asking = [name for name in courts.at_work(within=3) if name in fleet.at_work]
                if asking:
                    fleet.end(chance.choice(asking))
                    done += 1
                    fleet.start()
            if restart is not None and not restarts and share > 0.5:
                restart()
                restarts += 1
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"{share:.0%} of the requests after {seconds:.0f} s; see {folder}")
        codes = fleet.wait(60)
    finally:
        fleet.close()
    if set(codes.values()) - {0}:
        raise RuntimeError(f"exit codes {codes}; see {folder}")
    return outcome(courts, database, time.monotonic() - began, kills=done, restarts=restarts)


def table(runs: dict[str, Outcome]) -> str:
    first = next(iter(runs.values()))
    lines = [
        "| night | wall s | courts visited | by exactly one worker | overlapping requests of two | requests | killed -9 | "
        "PostgreSQL restarted | findings | equal to the first |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, one in runs.items():
        equal = "" if one is first else ("yes" if one.findings == first.findings else "**no**")
        lines.append(
            f"| {name} | {one.wall:.0f} | {one.visited} | {one.by_one} | {one.overlaps} | {one.requests} | {one.kills} | "
            f"{one.restarts} | {len(one.findings['findings'])} | {equal} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--courts", type=int, default=60)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--write", action="store_true", help="also put the table into docs/benchmarks.md")
    options = parser.parse_args()
    from tests.postgres import Server

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    server, runs = Server(), dict[str, Outcome]()
    folder = Path(tempfile.mkdtemp(prefix="gongkai-fleet-"))
    try:
        with FleetCourts(options.courts, NIGHT) as courts:
            for name in ("one machine, SQLite", "fleet, undisturbed", "fleet, killed at random"):
                own = folder / name.replace(", ", "-").replace(" ", "-")
                own.mkdir()
                if name.startswith("one"):
                    runs[name] = alone(courts, own)
                    courts.expected_requests = courts.requests()
                else:
                    disturbed = name.endswith("random")
                    runs[name] = together(
                        courts,
                        own,
                        server.new_database(),
                        options.workers,
                        kills=options.kills if disturbed else 0,
                        restart=server.restart if disturbed else None,
                        seed=options.seed,
                    )
                print(f"{name}: {runs[name].wall:.0f} s", file=sys.stderr, flush=True)
    finally:
        server.close()
    text = f"{machine()}. {options.workers} workers, {options.courts} courts.\n\n{table(runs)}"
    print(text)
    if options.write:
        DOCUMENT.write_text(document.replaced(DOCUMENT.read_text(encoding="utf-8"), "fleet", text), encoding="utf-8")
    for name, one in runs.items():
        (folder / f"{name}.json").write_text(json.dumps(one.findings, ensure_ascii=False, indent=1, sort_keys=True))
    wrong = [name for name, one in runs.items() if one.overlaps or one.visited < options.courts]
    different = [name for name, one in runs.items() if one.findings != next(iter(runs.values())).findings]
    if wrong or different or runs["fleet, undisturbed"].by_one < options.courts:
        sys.exit(f"not as it should be: {wrong} {different}; see {folder}")


if __name__ == "__main__":
    main()
