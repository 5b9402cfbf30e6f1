"""Two sites on two cores: what two inspections at once take beside one alone, each of a site of its own.

    python -m benchmarks.two_sites --pages 10000 --repeat 3 --write

Two at once on two cores would at best do twice as much in the same time; nginx works on the same cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks import document
from benchmarks.document import machine

HERE = Path(__file__).parent
PORTS = (8761, 8781)


def inspect(pages: int, ports: tuple[int, ...]) -> list[float]:
    """Pages per second of each inspection, all of them at once. Sites that are not there yet are generated first."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.links",
        "--pages",
        str(pages),
        "--repeat",
        "1",
        "--programs",
        "gongkai",
    ]
    children = [
        subprocess.Popen(command, env={**os.environ, "BENCHMARK_PORT": str(port)}, stdout=subprocess.DEVNULL)
        for port in ports
    ]
    for child in children:
        if child.wait() != 0:
            raise RuntimeError(f"benchmarks.links ended with {child.returncode}")
    return [_speed(HERE / "work" / f"port-{port}" / f"links-{pages}.json") for port in ports]


def _speed(file: Path) -> float:
    (run,) = json.loads(file.read_text(encoding="utf-8"))
    return float(run["pages"] / run["cost"]["wall"])


def table(alone: list[float], together: list[float]) -> str:
    """Markdown; medians of pages per second."""
    one, two = statistics.median(alone), statistics.median(together)
    return (
        "| | pages/s | times one |\n| --- | --- | --- |\n"
        f"| one site alone | {one:.0f} | 1.00 |\n| two sites at once, both together | {two:.0f} | {two / one:.2f} |\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="also put the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    for port in PORTS:  # so that no site is generated while the other is measured
        inspect(arguments.pages, (port,))
    alone, together = [], []
    for _ in range(arguments.repeat):
        alone += inspect(arguments.pages, PORTS[:1])
        together.append(sum(inspect(arguments.pages, PORTS)))
    text = f"{machine()}. {arguments.pages} pages a site.\n\n{table(alone, together)}"
    if arguments.write:
        document.write("two-sites", text)
    print(text)


if __name__ == "__main__":
    main()
