"""Scores as tables, for the terminal and for docs/accuracy.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.accuracy.night import RuleScore
from benchmarks.accuracy.rivals import Verdicts
from benchmarks.accuracy.score import EMPTY, Miss, Score
from benchmarks.document import replaced

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "accuracy.md"


def share(value: float | None) -> str:
    """Three decimals, cut and not rounded: 1.000 is without any miss."""
    return "–" if value is None else f"{int(value * 1000) / 1000:.3f}"


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def corpus(counts: Mapping[str, tuple[int, int]]) -> str:
    return table(("part", "forms", "samples"), ((name, *numbers) for name, numbers in counts.items()))


def extractors(score: Score) -> str:
    return table(
        ("extractor", "precision", "recall", "right", "wrong", "missing", "rightly silent"),
        (
            (name, share(t.precision), share(t.recall), t.right, t.wrong, t.missing, t.silent)
            for name, t in score.tallies.items()
        ),
    )


def rules(score: RuleScore, labelled: Iterable[str]) -> str:
    rows = []
    for rule in sorted(set(labelled) | score.reported.keys()):
        if rule not in score.reported:
            rows.append((rule, "not in force", "", "", "", "", "", ""))
            continue
        all_, sure = score.reported[rule], score.certain[rule]
        counted = f"{all_.right} / {all_.wrong} / {all_.missing}"
        certain = f"{sure.right} / {sure.wrong} / {sure.missing}"
        rows.append(
            (
                rule,
                share(all_.precision),
                share(all_.recall),
                counted,
                share(sure.precision),
                share(sure.recall),
                certain,
                str(score.unclear[rule]),
            )
        )
    head = (
        "rule",
        "precision",
        "recall",
        "right / wrong / missing",
        "certain: precision",
        "recall",
        "r / w / m",
        "unclear",
    )
    return table(head, rows)


def rivals(verdicts: Mapping[str, Mapping[str, Verdicts]]) -> str:
    rows = []
    for name, answers in verdicts.items():
        day, title = answers["date"], answers.get("title")
        titles = (title.right, title.wrong, title.unknown) if title else ("–", "–", "–")
        rows.append((name, day.right, day.wrong, day.unknown, *titles))
    return table(
        ("program", "date right", "date wrong", "date unknown", "title right", "title wrong", "title unknown"), rows
    )


def misses(found: Iterable[Miss]) -> str:
    """Every miss; those of one form and extractor in one line, with the numbers of the samples and one example."""
    groups: dict[tuple[str, str], list[Miss]] = defaultdict(list)
    for miss in found:
        form = miss.sample.rpartition("/")[0]
        groups[miss.extractor, miss.sample if "reason/" in miss.sample else form].append(miss)
    rows = []
    for (extractor, form), group in groups.items():
        turns = ", ".join(one.sample.rpartition("/")[2] for one in group)
        first = group[0]
        rows.append((extractor, form, turns, _cell(first.text, 60), _cell(first.want), _cell(first.got)))
    return table(("extractor or rule", "form", "samples", "for example", "label", "answer"), rows) if rows else "None."


def _cell(value: Any, most: int = 40) -> str:
    text = (
        "nothing" if value in EMPTY else "、".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    )
    text = " ".join(text.replace("|", "¦").split())
    return text if len(text) <= most else f"{text[:most]}…"


def write(parts: Mapping[str, str]) -> None:
    """Puts each table between its two comments in docs/accuracy.md."""
    document = DOCUMENT.read_text(encoding="utf-8")
    for name, text in parts.items():
        document = replaced(document, name, text)
    DOCUMENT.write_text(document, encoding="utf-8")
