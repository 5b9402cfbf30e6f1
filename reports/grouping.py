"""Entries by chapter, court, department and rule, and the summary tables over them, each with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from reports.coverage import SiteCoverage
from reports.entries import Counts, Entry, chapter_of, chapter_order, count, rule_order

K = TypeVar("K")
Basis = tuple[dict[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class RuleGroup:
    """Entries of one rule and severity in one department. `basis` and `remedy` are None where the entries differ in them."""

    rule: str
    title: str
    severity: str
    basis: Basis | None
    remedy: str | None
    counts: Counts
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class DepartmentGroup:
    """Entries of one department; None: not assigned to any."""

    department: str | None
    counts: Counts
    rules: tuple[RuleGroup, ...]


@dataclass(frozen=True, kw_only=True)
class CourtGroup:
    """Entries of one court."""

    court: str
    counts: Counts
    departments: tuple[DepartmentGroup, ...]


@dataclass(frozen=True, kw_only=True)
class ChapterGroup:
    """Entries of one chapter: 裁判文书, 庭审 …; `chapter` is its code, as in `labels.chapter`."""

    chapter: str
    counts: Counts
    courts: tuple[CourtGroup, ...]


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


def grouped(entries: Iterable[Entry]) -> tuple[ChapterGroup, ...]:
    """Entries by chapter, court, department and rule, each in the order in which it first stands."""
    return tuple(
        ChapterGroup(chapter=chapter, counts=count(of_chapter), courts=_courts(of_chapter))
        for chapter, of_chapter in _split(entries, lambda entry: chapter_of(entry.finding.rule))
    )


def _courts(entries: list[Entry]) -> tuple[CourtGroup, ...]:
    return tuple(
        CourtGroup(court=court, counts=count(of_court), departments=_departments(of_court))
        for court, of_court in _split(entries, lambda entry: entry.court)
    )


def _departments(entries: list[Entry]) -> tuple[DepartmentGroup, ...]:
    return tuple(
        DepartmentGroup(department=department, counts=count(of_department), rules=_rules(of_department))
        for department, of_department in _split(entries, lambda entry: entry.finding.department)
    )


def _rules(entries: list[Entry]) -> tuple[RuleGroup, ...]:
    groups = []
    for (rule, severity), of_rule in _split(entries, lambda entry: (entry.finding.rule, entry.finding.severity)):
        findings = [entry.finding for entry in of_rule]
        first = findings[0]
        groups.append(
            RuleGroup(
                rule=rule,
                title=first.title,
                severity=severity,
                basis=first.basis if all(f.basis == first.basis for f in findings) else None,
                remedy=first.remedy if all(f.remedy == first.remedy for f in findings) else None,
                counts=count(of_rule),
                entries=tuple(of_rule),
            )
        )
    return tuple(groups)


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
