"""Which findings a page lists one by one, and where: by chapter and rule, by unit, and no more than a reader can load.

A list with more than the page holds shows a part of every rule, spread over its units; the spreadsheet has all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from reports.entries import Counts, Entry, chapter_of, chapter_order, count, rule_order
from reports.grouping import Basis


@dataclass(frozen=True, kw_only=True)
class RuleList:
    """The findings of one rule and severity.

    Attributes:
        anchor: Its name on the page.
        basis, remedy: What they have in common; None where they differ.
        total: How many there are; `entries` are those that are listed.
    """

    anchor: str
    rule: str
    title: str
    severity: str
    basis: Basis | None
    remedy: str | None
    total: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class ChapterList:
    """The rules of a chapter (`labels.chapter`), the gravest first."""

    chapter: str
    total: int
    rules: tuple[RuleList, ...]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of findings: `total` of them, `shown` of which are listed."""

    total: int
    shown: int
    chapters: tuple[ChapterList, ...]

    @property
    def rules(self) -> tuple[RuleList, ...]:
        return tuple(rule for chapter in self.chapters for rule in chapter.rules)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Those that are listed."""
        return tuple(entry for rule in self.rules for entry in rule.entries)


@dataclass(frozen=True, kw_only=True)
class UnitRow:
    """A department of a court, its numbers, and its rules: each with how many, and the code of the first listed."""

    court: str
    department: str | None
    counts: Counts
    rules: tuple[tuple[str, int, str | None], ...]


def listing(name: str, entries: Iterable[Entry], most: int, wanted: Collection[str] = ()) -> Listing:
    """The list of some entries.

    Args:
        name: certain or leads: the beginning of the anchors.
        most: So many are listed, but at least one of each rule.
        wanted: Codes of those that something refers to: they are listed before others.
    """
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.finding.rule, entry.finding.severity), []).append(entry)
    keys = sorted(groups, key=lambda key: (chapter_order(chapter_of(key[0])), rule_order(key[1], key[0])))
    shares = spread([len(groups[key]) for key in keys], most)
    rules = [_rule(name, groups[key], share, wanted) for key, share in zip(keys, shares, strict=True)]
    chapters: dict[str, list[RuleList]] = {}
    for one in rules:
        chapters.setdefault(chapter_of(one.rule), []).append(one)
    return Listing(
        total=sum(one.total for one in rules),
        shown=sum(len(one.entries) for one in rules),
        chapters=tuple(
            ChapterList(chapter=chapter, total=sum(one.total for one in found), rules=tuple(found))
            for chapter, found in chapters.items()
        ),
    )


def spread(sizes: Sequence[int], most: int) -> list[int]:
    """How many of each group are shown when `most` may be: small groups whole, large ones up to the same number."""
    level = max(sizes, default=0)
    if sum(sizes) > most:
        low, high = 1, level
        while low < high:  # the highest level that fits
            middle = (low + high + 1) // 2
            if sum(min(size, middle) for size in sizes) <= most:
                low = middle
            else:
                high = middle - 1
        level = low
    return [min(size, level) for size in sizes]


def chosen(entries: Sequence[Entry], share: int, wanted: Collection[str] = ()) -> tuple[Entry, ...]:
    """So many of the entries, in their order: wanted ones first, then from each unit in turn."""
    if share >= len(entries):
        return tuple(entries)
    seen: Counter[tuple[str, str | None]] = Counter()
    ranked = []
    for place, entry in enumerate(entries):
        unit = (entry.court, entry.finding.department)
        ranked.append((entry.code not in wanted, seen[unit], place))
        seen[unit] += 1
    return tuple(entries[place] for place in sorted(place for _, _, place in sorted(ranked)[:share]))


def _rule(name: str, entries: list[Entry], share: int, wanted: Collection[str]) -> RuleList:
    first = entries[0].finding
    return RuleList(
        anchor=f"{name}-{first.rule}-{first.severity}",
        rule=first.rule,
        title=first.title,
        severity=first.severity,
        basis=first.basis if all(e.finding.basis == first.basis for e in entries) else None,
        remedy=first.remedy if all(e.finding.remedy == first.remedy for e in entries) else None,
        total=len(entries),
        entries=chosen(entries, share, wanted),
    )


def units(entries: Iterable[Entry], listed: Collection[str]) -> tuple[UnitRow, ...]:
    """The units in the order in which they come, each with its open findings by rule. `listed`: codes on the page."""
    groups: dict[tuple[str, str | None], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.court, entry.finding.department), []).append(entry)
    rows = []
    for (court, department), found in groups.items():
        rules: dict[str, list[Entry]] = {}
        for entry in sorted(found, key=lambda e: (not e.is_certain, rule_order(e.finding.severity, e.finding.rule))):
            rules.setdefault(entry.finding.rule, []).append(entry)
        places = tuple(
            (rule, len(of_rule), next((e.code for e in of_rule if e.code in listed), None))
            for rule, of_rule in rules.items()
        )
        rows.append(UnitRow(court=court, department=department, counts=count(found), rules=places))
    return tuple(rows)
