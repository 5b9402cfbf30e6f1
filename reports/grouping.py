"""The summary tables of a bulletin, by chapter and rule and by court, each with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from reports.coverage import SiteCoverage
from reports.entries import Counts, Entry, chapter_of, chapter_order, count, rule_order

K = TypeVar("K")
Basis = tuple[dict[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """One line of the summary by rule."""

    rule: str
    title: str
    severity: str
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class ChapterRow:
    """A chapter in the summary by rule: its numbers, and its rules."""

    chapter: str
    counts: Counts
    rules: tuple[RuleRow, ...]


@dataclass(frozen=True, kw_only=True)
class CourtRow:
    """One line of the summary by court. `complete`: all its sites were completely read and audited."""

    court: str
    complete: bool
    counts: Counts


def by_chapter(entries: Iterable[Entry]) -> tuple[ChapterRow, ...]:
    """The summary by chapter and rule, in the chapters' order."""
    rows = [
        ChapterRow(chapter=chapter, counts=count(of_chapter), rules=_by_rule(of_chapter))
        for chapter, of_chapter in _split(entries, lambda entry: chapter_of(entry.finding.rule))
    ]
    return tuple(sorted(rows, key=lambda row: chapter_order(row.chapter)))


def _by_rule(entries: Iterable[Entry]) -> tuple[RuleRow, ...]:
    """A chapter's rules, the gravest first. A rule whose severity was changed stands under each."""
    rows = [
        RuleRow(rule=rule, title=of_rule[0].finding.title, severity=severity, counts=count(of_rule))
        for (rule, severity), of_rule in _split(entries, lambda entry: (entry.finding.rule, entry.finding.severity))
    ]
    return tuple(sorted(rows, key=lambda row: rule_order(row.severity, row.rule)))


def by_court(entries: Iterable[Entry], coverage: tuple[SiteCoverage, ...]) -> tuple[CourtRow, ...]:
    """The summary by court: every court of the coverage, also one without a finding."""
    found = dict(_split(entries, lambda entry: entry.court))
    courts = dict.fromkeys([site.court for site in coverage] + list(found))
    rows = []
    for court in courts:
        of_court = found.get(court, [])
        ids = {entry.finding.site for entry in of_court}
        sites = [site for site in coverage if site.court == court or site.site in ids]
        rows.append(CourtRow(court=court, complete=all(s.is_complete for s in sites), counts=count(of_court)))
    return tuple(rows)


def _split(entries: Iterable[Entry], key: Callable[[Entry], K]) -> list[tuple[K, list[Entry]]]:
    parts: dict[K, list[Entry]] = {}
    for entry in entries:
        parts.setdefault(key(entry), []).append(entry)
    return list(parts.items())
