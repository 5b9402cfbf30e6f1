"""Link audit of HTML that nobody here wrote: Debian's installation guide in all its languages, against linkchecker.

    python -m benchmarks.manuals

The package is fetched with apt-get (or `--html` names the unpacked folder) and served on loopback as it is, mistakes
included; only a start page that links to every language is added. Each disagreement is listed with both verdicts and the
explanation that somebody wrote into `manuals_explained.yml` after looking at it. Only targets on the served site are
compared: where there is no network, nothing can be said of the rest.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from benchmarks import document
from benchmarks.document import machine
from benchmarks.measure import Cost, run
from benchmarks.planted import ORIGIN
from benchmarks.programs import PROGRAMS, TOOLS, WORK, Program, install
from benchmarks.score import canonical
from benchmarks.serve import Logged, check_ports, serving

PACKAGE = "installation-guide-amd64"
INSIDE = Path("usr/share/doc") / PACKAGE
EXPLAINED = Path(__file__).with_name("manuals_explained.yml")


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What one program said: `dead` in-site targets, and the targets it `asked` for, by the server's log with status."""

    name: str
    cost: Cost
    dead: frozenset[str]
    asked: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    target: str
    ours: str
    theirs: str


def fetch(folder: Path) -> Path:
    """The unpacked package's documentation folder. Raises `CalledProcessError` if apt-get or dpkg-deb fails."""
    if not (folder / INSIDE).is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, check=True)
        archive = next(folder.glob(f"{PACKAGE}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", archive.name, "."], cwd=folder, check=True)
    return folder / INSIDE


def prepare(html: Path, directory: Path) -> int:
    """Copies the manuals to where they are served and adds the start page. Returns the number of HTML pages."""
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(html, directory / "site")
    languages = sorted(path.parent.name for path in (directory / "site").glob("*/index.html"))
    links = "".join(f'<li><a href="{name}/index.html">{name}</a></li>' for name in languages)
    (directory / "site" / "index.html").write_text(f"<html><title>manuals</title><ul>{links}</ul></html>")
    (directory / "partner").mkdir()
    (directory / "special.json").write_text("{}")
    return sum(1 for _ in (directory / "site").rglob("*.html"))


def verdicts(program: Program, directory: Path, out: Path) -> Verdicts:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with serving(directory) as served:
        command = program.command(f"{ORIGIN}/", out)
        cost = run(command, out / "log.txt", timeout=1800, environment=program.environment())
        log = served.log()
    try:
        faults = program.faults(out)
    except (FileNotFoundError, ValueError) as error:
        raise RuntimeError(f"{program.name} left no report (exit {cost.code}); see {out / 'log.txt'}") from error
    dead = {canonical(url) for fault in faults for url in fault if url.startswith(f"{ORIGIN}/")}
    return Verdicts(name=program.name, cost=cost, dead=frozenset(dead), asked=_asked(log))


def _asked(log: list[Logged]) -> dict[str, int]:
    """Target → last status."""
    return {canonical(ORIGIN + entry.target): entry.status for entry in log}


def disagreements(ours: Verdicts, theirs: Verdicts) -> list[Disagreement]:
    """Targets that one calls dead and the other does not, and those that only one of them asked for."""

    def say(side: Verdicts, target: str) -> str:
        if target in side.dead:
            return "dead"
        return f"asked, {side.asked[target]}, not reported" if target in side.asked else "never asked"

    unequal = ours.dead ^ theirs.dead
    unasked = ours.asked.keys() ^ theirs.asked.keys()
    return [
        Disagreement(target=target, ours=say(ours, target), theirs=say(theirs, target))
        for target in sorted(unequal | unasked)
    ]


def explanations() -> dict[str, str]:
    """Regular expression for a whole path → explanation."""
    return YAML(typ="safe").load(EXPLAINED.read_text(encoding="utf-8")) or {}


def explained(path: str, known: dict[str, str]) -> str:
    for pattern, text in known.items():
        if re.fullmatch(pattern, path):
            return text
    return "**not looked at yet**"


def table(ours: Verdicts, theirs: Verdicts) -> str:
    known = explanations()
    lines = [
        f"| | {ours.name} | {theirs.name} |",
        "| --- | --- | --- |",
        f"| wall s / CPU s | {ours.cost.wall:.1f} / {ours.cost.cpu:.1f} | {theirs.cost.wall:.1f} / {theirs.cost.cpu:.1f} |",
        f"| targets asked | {len(ours.asked)} | {len(theirs.asked)} |",
        f"| called dead | {len(ours.dead)} | {len(theirs.dead)} |",
        f"| called dead by both | {len(ours.dead & theirs.dead)} | |",
        "",
        f"| target | {ours.name} | {theirs.name} | explanation |",
        "| --- | --- | --- | --- |",
    ]
    for one in disagreements(ours, theirs):
        path = urlsplit(one.target).path
        lines.append(f"| `{path}` | {one.ours} | {one.theirs} | {explained(path, known)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--html", type=Path, help=f"the folder {INSIDE}, if it is already somewhere")
    parser.add_argument("--against", choices=PROGRAMS, default="linkchecker")
    parser.add_argument("--ours", choices=PROGRAMS, default="gongkai")
    parser.add_argument("--write", action="store_true", help="also put the tables into docs/benchmarks.md")
    arguments = parser.parse_args()
    check_ports()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    install()
    directory = WORK / "manuals"
    pages = prepare(arguments.html or fetch(TOOLS / PACKAGE), directory)
    ours, theirs = (
        verdicts(PROGRAMS[name], directory, WORK / "runs" / f"manuals-{name}")
        for name in (arguments.ours, arguments.against)
    )
    text = f"{machine()}. {pages} pages of {PACKAGE}.\n\n{table(ours, theirs)}"
    (WORK / "manuals.md").write_text(text, encoding="utf-8")
    dead = {side.name: sorted(side.dead) for side in (ours, theirs)}
    (WORK / "manuals.json").write_text(json.dumps(dead, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if arguments.write:
        document.write("manuals", text)
    print(text)


if __name__ == "__main__":
    main()
