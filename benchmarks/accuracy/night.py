"""A night over the corpus: each court's site crawled and audited by `gongkai inspect`, its findings held against the
labels, rule by rule."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.accuracy.samples import NIGHT, Announcement, Document, Notice
from benchmarks.accuracy.score import Miss, Tally
from benchmarks.accuracy.site import Site, served

FAMILIES = "DNPHL"
GRADES = ("unclear", "suspected", "certain")


@dataclass
class RuleScore:
    """By rule: all that was reported as certain or suspected, and the certain ones apart."""

    reported: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    certain: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    unclear: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    misses: list[Miss] = field(default_factory=list)


def findings(site: Site) -> dict[str, dict[str, tuple[str, str]]]:
    """Of one court's night: by sample, the rules that report it, each with its gravest grade and its message.

    Raises:
        RuntimeError: The inspection did not end properly, or could not read all of the site.
    """
    with served(site) as address, tempfile.TemporaryDirectory(prefix="accuracy-") as folder:
        options = ["--allow-private", "--as-of", NIGHT.isoformat(), "--court", site.court, "--quiet", "--out", folder]
        done = subprocess.run(
            [sys.executable, "-m", "gongkai", "inspect", address, *options], capture_output=True, text=True, check=False
        )
        report = Path(folder) / "findings.json"
        if done.returncode not in (0, 1) or not report.exists():
            raise RuntimeError(f"{site.court}: gongkai inspect ended with {done.returncode}\n{done.stderr[-2000:]}")
        read = json.loads(report.read_text(encoding="utf-8"))
    if not all(one["complete"] for one in read["coverage"]):
        print(f"{site.court}: {[one['why'] for one in read['coverage']]}", file=sys.stderr)
    found: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for finding in read["findings"]:
        sample = _sample(site, finding["subject"])
        if sample is None or finding["rule"][0] not in FAMILIES:
            continue
        before = found[sample].get(finding["rule"])
        if before is None or GRADES.index(finding["grade"]) > GRADES.index(before[0]):
            found[sample][finding["rule"]] = (finding["grade"], finding["message"])
    return found


def _sample(site: Site, subject: dict[str, Any]) -> str | None:
    number, url = subject.get("case_number"), subject.get("url")
    if number and number in site.by_number:
        return site.by_number[number]
    return site.by_path.get(urlsplit(url).path) if url else None


def score_rules(
    samples: Iterable[Document | Announcement | Notice],
    found: dict[str, dict[str, tuple[str, str]]],
    in_force: Iterable[str],
) -> RuleScore:
    """Holds what was reported against the labels. Rules that are not in force are not asked for."""
    score = RuleScore()
    known = set(in_force)
    for sample in samples:
        said = found.get(sample.id, {})
        text = getattr(sample, "about", "") or getattr(sample, "reason", "") or getattr(sample, "title", "")
        for rule in sorted(known & (said.keys() | sample.rules.keys())):
            grade, message = said.get(rule, (None, ""))
            _note(score, sample, rule, grade, f"{text}　{message}".strip())
    return score


def _note(score: RuleScore, sample: Document | Announcement | Notice, rule: str, grade: str | None, text: str) -> None:
    due = sample.rules.get(rule)
    if due is None and rule in sample.tolerated:
        return
    reported = grade in ("certain", "suspected")
    score.unclear[rule] += grade == "unclear"
    tally = score.reported[rule]
    tally.right += bool(due and reported)
    tally.missing += bool(due and not reported)
    tally.wrong += bool(not due and reported)
    sure = score.certain[rule]
    sure.right += bool(due and grade == "certain")
    sure.wrong += bool(not due and grade == "certain")
    sure.missing += due == "certain" and grade != "certain"
    if bool(due) != reported or (due == "certain" and grade != "certain"):
        score.misses.append(Miss(rule, sample.id, text, due, grade))
