"""How each program is run and how its report is read. Rivals get their limits lifted: see docs/benchmarks.md.

The rivals are installed once, by `install`, into `benchmarks/work/tools`; nothing of them goes into the project's own
environment.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from benchmarks.planted import PORT

HERE = Path(__file__).parent
TOOLS = HERE / "work" / "tools"
WORK = HERE / "work" / f"port-{PORT}"
LINKCHECKER_SETTINGS = "[checking]\nmaxrequestspersecond=100000\nthreads={threads}\nsslverify=0\ntimeout=10\n"
NODE = "node@22"  # linkinator 8 needs it
LINKINATOR = "linkinator@8.1.0"
LINKCHECKER = "LinkChecker==10.6.0"
csv.field_size_limit(1 << 30)

Faults = set[tuple[str, ...]]  # one tuple per fault: all URLs under which it is named


@dataclass(frozen=True)
class Program:
    """Base: a name for the table, a command for an address, and the faults in what it left in a directory."""

    name: str

    def command(self, start: str, out: Path) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def faults(self, out: Path) -> Faults:
        """Raises `FileNotFoundError` or `ValueError` if the program left no readable report: it did not finish."""
        raise NotImplementedError


@dataclass(frozen=True)
class Gongkai(Program):
    """gongkai itself, everything on: kept pages, records, database. Counted: certain and suspected findings on links."""

    max_pages: int = 1_000_000

    def command(self, start: str, out: Path) -> list[str]:
        binary = str(Path(sys.executable).parent / "gongkai")
        options = ["--allow-private", "--as-of", "2026-03-31", "--max-pages", str(self.max_pages)]
        return [binary, "inspect", start, *options, "--out", str(out / "report")]

    def faults(self, out: Path) -> Faults:
        report = json.loads((out / "report" / "findings.json").read_text(encoding="utf-8"))
        return {
            (finding["subject"]["url"],)
            for finding in report["findings"]
            if finding["subject"]["kind"] == "link" and finding["grade"] in ("certain", "suspected")
        }


@dataclass(frozen=True)
class LinkChecker(Program):
    """linkchecker. Its limit of requests per host is lifted by its own means: the setting, and a header that the server
    sends. `threads` 0 is its single-threaded way."""

    threads: int = 10

    def command(self, start: str, out: Path) -> list[str]:
        settings = out / "linkcheckerrc"
        settings.write_text(LINKCHECKER_SETTINGS.format(threads=self.threads))
        binary = str(TOOLS / "linkchecker" / "bin" / "linkchecker")
        report = out / "report.csv"
        report.touch()
        for path in (out, report):  # run by root, it becomes nobody
            path.chmod(0o777)
        options = [
            "--check-extern",
            "--ignore-url=^mailto:",
            "--no-robots",
            "--no-status",
            "--no-warnings",
            "-o",
            "none",
            "-f",
            str(settings),
        ]
        return [binary, *options, "-F", f"csv/utf-8/{report}", start]

    def faults(self, out: Path) -> Faults:
        with (out / "report.csv").open(encoding="utf-8", newline="") as file:
            lines = [line for line in file if not line.startswith("#")]
        rows = list(csv.DictReader(lines, delimiter=";"))
        return {(row["url"], urljoin(row["parentname"], row["urlname"])) for row in rows if row["valid"] == "False"}


@dataclass(frozen=True)
class Linkinator(Program):
    """linkinator with --check-css and its 100 connections.

    A page shorter than its Content-Length ends linkinator 8.1 with an unhandled error and no report at all. So these are
    skipped for it: it misses them either way, and its other findings can be compared.
    """

    def command(self, start: str, out: Path) -> list[str]:
        binary = str(TOOLS / "linkinator" / "node_modules" / ".bin" / "linkinator")
        # Its report goes to standard output: the run's log is the report.
        return [binary, start, "--recurse", "--check-css", "--skip", "/webapp/short", "--format", "json"]

    def environment(self) -> dict[str, str]:
        bin_ = TOOLS / "linkinator" / "node_modules" / ".bin"
        return {"PATH": f"{bin_}:{os.environ['PATH']}"}

    def faults(self, out: Path) -> Faults:
        text = (out / "log.txt").read_text(encoding="utf-8")
        report = json.loads(text[text.index("{") : text.rindex("}") + 1])
        return {(link["url"],) for link in report["links"] if link["state"] == "BROKEN"}


@dataclass(frozen=True)
class PlainScrapy(Program):
    """`plain_crawlspider.py`, in this environment's Scrapy."""

    def command(self, start: str, out: Path) -> list[str]:
        spider = str(HERE / "plain_crawlspider.py")
        return [
            sys.executable,
            "-m",
            "scrapy",
            "runspider",
            spider,
            "-a",
            f"start={start}",
            "-o",
            str(out / "dead.jsonl"),
        ]

    def environment(self) -> dict[str, str]:
        # Scrapy's own defaults: without this it would find the project's scrapy.cfg and run with gongkai's settings.
        return {"SCRAPY_SETTINGS_MODULE": "scrapy.settings.default_settings"}

    def faults(self, out: Path) -> Faults:
        lines = (out / "dead.jsonl").read_text(encoding="utf-8").splitlines()
        return {tuple(json.loads(line)["urls"]) for line in lines}


@dataclass(frozen=True)
class Wget(Program):
    """GNU wget as a spider: pages and what they show, no waiting. It names broken links at the end of its log."""

    def command(self, start: str, out: Path) -> list[str]:
        options = ["--spider", "-r", "-l", "inf", "-p", "-e", "robots=off", "-nv", "--tries=1", "--timeout=30"]
        return ["wget", *options, "-P", str(out / "wget"), start]

    def environment(self) -> dict[str, str]:
        return {"LC_ALL": "C"}

    def faults(self, out: Path) -> Faults:
        text = (out / "log.txt").read_text(encoding="utf-8", errors="replace")
        _, mark, tail = text.rpartition("broken link")
        if not mark:
            raise ValueError("wget did not come to its end")
        return {(line.strip(),) for line in tail.splitlines() if line.startswith("http")}


@dataclass(frozen=True)
class Bare(Program):
    """`bare.py`: no rival, but what is possible at all."""

    def command(self, start: str, out: Path) -> list[str]:
        return [sys.executable, str(HERE / "bare.py"), start, str(out / "dead.txt")]

    def faults(self, out: Path) -> Faults:
        return {(url,) for url in (out / "dead.txt").read_text(encoding="utf-8").splitlines()}


PROGRAMS: dict[str, Program] = {
    "gongkai": Gongkai("gongkai inspect"),
    "linkchecker": LinkChecker("linkchecker 10.6, 10 threads"),
    "linkchecker-single": LinkChecker("linkchecker 10.6, threads off", threads=0),
    "linkinator": Linkinator("linkinator 8.1"),
    "scrapy": PlainScrapy("plain Scrapy CrawlSpider"),
    "wget": Wget("wget --spider -r -p"),
    "bare": Bare("bare aiohttp + lexbor (the limit)"),
}


def install() -> None:
    """Fetches the rivals that are not there yet. Raises `CalledProcessError` if that fails."""
    checker = TOOLS / "linkchecker"
    if not (checker / "bin" / "linkchecker").exists():
        venv.create(checker, with_pip=True)
        subprocess.run([checker / "bin" / "pip", "install", "--quiet", LINKCHECKER], check=True)
    linkinator = TOOLS / "linkinator"
    if not (linkinator / "node_modules" / ".bin" / "linkinator").exists() and shutil.which("npm"):
        linkinator.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", NODE, LINKINATOR], cwd=linkinator, check=True)
