"""Where a night's processor time goes, stage by stage and page by page: py-spy looks at all processes of one night.

    python -m benchmarks.profile --pages 1000 --write

The night runs twice over the same site, each time into a database of its own: alone, which tells what it costs, and
under py-spy, which tells the shares. Waiting (for the other process, for a thread) is no cost and is left out.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import document
from benchmarks.document import machine
from benchmarks.generate import generate
from benchmarks.measure import Cost, run
from benchmarks.programs import WORK
from benchmarks.serve import check_ports, serving

NIGHT = "2026-03-31"
RATE = 200  # looks a second
PERFORMANCE = document.DOCUMENT.parent / "performance.md"
_FRAME = re.compile(r"^(?P<name>.*) \((?P<file>[^()]*?)(?::\d+)?\)$")

IMPORTS = "start-up: importing"
WAITING = "waiting"
OTHER = "everything else"
# In the order of the table. A sample belongs to the stage of its innermost frame that is named here: by file, or by file
# and function (a method by its own name). Files end so.
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("crawl: asking (client, engine, loop)", (
        "crawlers/fetch.py", "crawlers/downloader.py", "crawlers/guard.py", "crawlers/resolver.py", "crawlers/robots.py", "crawlers/budget.py",
        "aiohttp/", "scrapy/", "twisted/", "asyncio/",
    )),
    ("crawl: what came of an address", ("crawlers/access.py", "crawlers/crawl.py")),
    ("crawl: bytes to text", ("crawlers/encoding.py:decode",)),
    ("crawl: page to shape (parser, links, lists, dates)", ("crawlers/html.py:shape_of",)),
    ("crawl: signs of personal data", ("crawlers/html.py:_signs",)),
    ("crawl: which links are new", ("crawlers/frontier.py", "crawlers/crawl.py:_follow", "crawlers/revisit.py")),
    ("crawl: packing pages and shapes", (
        "storage/pages.py:pack", "storage/pages.py:sha256", "storage/pages.py:page_row", "crawlers/writer.py:shape_to_json",
    )),
    ("crawl: writing to the database", ("crawlers/writer.py:flush",)),
    ("crawl: files", ("crawlers/attachments.py", "crawlers/pictures.py")),
    ("conclude: reading what was kept", (
        "crawlers/conclude/kept.py:read_accesses", "crawlers/conclude/kept.py:read_shapes", "crawlers/conclude/links.py",
    )),
    ("conclude: sections and their rows", ("crawlers/conclude/sections.py", "crawlers/conclude/items.py",
                                          "crawlers/conclude/blank.py", "crawlers/conclude/frame.py")),
    ("conclude: readers (judgments, hearings, withheld)", ("crawlers/conclude/cases.py", "crawlers/conclude/remembered.py",
                                                          "crawlers/conclude/document_files.py")),
    ("conclude: personal data", ("crawlers/conclude/personal.py", "crawlers/conclude/masked.py")),
    ("conclude: saving records", ("storage/store.py:save", "crawlers/conclude/__init__.py")),
    ("audit", ("gongkai/nightly.py:audit", "auditors/")),
    ("bulletin: composing", ("gongkai/nightly.py:write_bulletin", "gongkai/nightly.py:compose_night", "reports/bulletin.py")),
    ("bulletin: files and pictures", ("reports/formats/__init__.py", "reports/charts/__init__.py")),
    ("evidence", ("gongkai/evidence.py",)),
)  # fmt: skip
_WAITS = ("threading.py:wait", "selectors.py:select", "crawlers/run.py:_child", "subprocess.py:wait", "queue.py:get")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One night: its cost, the pages the server sent, and the share of each stage in the samples."""

    cost: Cost
    pages: int
    samples: int
    shares: dict[str, float]

    def milliseconds(self, stage: str) -> float:
        """Of processor time a page."""
        return self.shares.get(stage, 0.0) * self.cost.cpu * 1000 / self.pages


def stage_of(stack: str) -> str:
    """The stage of one sample, a stack of `name (file:line)` from the outermost frame on."""
    frames = [match for part in stack.split(";") if (match := _FRAME.match(part))]
    places = [f"{match['file']}:{match['name'].rpartition('.')[2]}" for match in frames]
    if places and places[-1].endswith(_WAITS):
        return WAITING
    if any(match["name"].startswith("_find_and_load") for match in frames):
        return IMPORTS
    for place in reversed(places):
        for stage, marks in STAGES:
            if any(_is_at(place, mark) for mark in marks if ".py:" in mark):
                return stage
        for stage, marks in STAGES:
            if any(_is_at(place, mark) for mark in marks if ".py:" not in mark):
                return stage
    return OTHER


def _is_at(place: str, mark: str) -> bool:
    if mark.endswith("/"):
        return place.startswith(mark) or f"/{mark}" in place
    return place == mark or place.endswith(f"/{mark}") or (":" not in mark and place.partition(":")[0].endswith(mark))


def shares_of(lines: Iterable[str]) -> tuple[int, dict[str, float]]:
    """How many samples py-spy's raw lines hold, waiting left out, and the share of each stage."""
    counts: Counter[str] = Counter()
    for line in lines:
        stack, _, times = line.rstrip().rpartition(" ")
        if stack:
            counts[stage_of(stack)] += int(times)
    counts.pop(WAITING, None)
    total = counts.total()
    return total, {stage: count / total for stage, count in counts.items()}


def table(profile: Profile) -> str:
    lines = ["| stage | ms a page | share |", "| --- | --- | --- |"]
    for stage in (*(name for name, _ in STAGES), IMPORTS, OTHER):
        share = profile.shares.get(stage, 0.0)
        if share:
            lines.append(f"| {stage} | {profile.milliseconds(stage):.2f} | {share:.1%} |")
    lines.append(f"| **all** | **{profile.cost.cpu * 1000 / profile.pages:.2f}** | |")
    return "\n".join(lines) + "\n"


def _night(site: Path, out: Path, pages: int, before: list[str]) -> tuple[Cost, int]:
    """One first night; its cost and the HTML pages that the server sent."""
    out.mkdir(parents=True)
    start = json.loads((site / "key.json").read_text(encoding="utf-8"))["start"]
    command = [sys.executable, "-m", "gongkai", "nightly", start, "--date", NIGHT, "--allow-private"]
    options = ["--max-pages", str(2 * pages), "--out", str(out / "night")]
    environment = {"GONGKAI_DATABASE": str(out / "gongkai.db")}
    with serving(site) as served:
        cost = run([*before, *command, *options], out / "log", timeout=3600, environment=environment)
        sent = sum(1 for entry in served.log() if entry.status == 200 and entry.type.startswith("text/html"))
    if not (out / "night" / "findings.json").exists():
        raise RuntimeError(f"the night left no findings.json (exit {cost.code}); see {out / 'log'}")
    return cost, sent


def measure(pages: int, site: Path, out: Path) -> Profile:
    """Profile a first night over a generated site."""
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if spy is None:
        raise SystemExit("py-spy is missing: pip install -e '.[bench]'")
    generate(site, pages)
    shutil.rmtree(out, ignore_errors=True)
    cost, sent = _night(site, out / "alone", pages, [])
    raw = out / "raw.txt"
    options = ["record", "--subprocesses", "--rate", str(RATE), "--format", "raw", "--output", str(raw), "--"]
    _night(site, out / "watched", pages, [spy, *options])
    with raw.open(encoding="utf-8") as lines:
        samples, shares = shares_of(lines)
    return Profile(cost=cost, pages=sent, samples=samples, shares=shares)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--write", action="store_true", help="also put the table into docs/performance.md")
    arguments = parser.parse_args()
    check_ports()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    site, out = WORK / f"site-{arguments.pages}", WORK / "runs" / f"profile-{arguments.pages}"
    profile = measure(arguments.pages, site, out)
    text = (
        f"{machine()}. A first night of {profile.pages} pages: {profile.cost.cpu:.1f} s of CPU, {profile.cost.wall:.1f} s, "
        f"{profile.cost.peak:.0f} MB; {profile.samples} samples.\n\n{table(profile)}"
    )
    per_page = {stage: profile.milliseconds(stage) for stage in profile.shares}
    (WORK / "profile.json").write_text(json.dumps({**asdict(profile), "milliseconds": per_page}, indent=1))
    if arguments.write:
        document.write("profile", text, PERFORMANCE)
    print(text)


if __name__ == "__main__":
    main()
