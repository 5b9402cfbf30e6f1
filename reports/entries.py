"""Findings as a bulletin lists and counts them. Nothing here reads storage or decides a verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from reports.deadlines import deadline
from reports.period import Period
from reports.text import clean, shorten
from storage.findings import CERTAIN, SUSPECTED, UNCLEAR, Finding
from storage.records import Evidence

# The chapters of what was found, in the order of a bulletin, each with its families of rules.
CHAPTERS = {"documents": "DN", "hearings": "HL", "process": "F", "website": "W", "privacy": "P"}
OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A finding as the bulletin lists it.

    Attributes:
        number: Its number in its list (findings, leads or resolved), the same in every format.
        court: Never empty: the finding's court, else the site's.
        before: Its grade on the audited night before the period, if it was open then.
        overdue: Open, and its deadline lies before the bulletin's night.
        within: Found and resolved within the period: no bulletin has shown it as open.
    """

    number: int
    court: str
    finding: Finding
    before: str | None = None
    overdue: bool = False
    within: bool = False

    @property
    def is_certain(self) -> bool:
        return self.finding.grade == CERTAIN

    @property
    def is_resolved(self) -> bool:
        return self.finding.status == "resolved"

    @property
    def has_become_certain(self) -> bool:
        """It was a mere lead on the previous night."""
        return self.is_certain and self.before in (SUSPECTED, UNCLEAR)

    @property
    def code(self) -> str:
        """识别码: what its row in a list is known by, on paper and when a form comes back."""
        return code_of(self.finding.fingerprint)

    @property
    def proof_number(self) -> str | None:
        """快照编号 of the kept page that proves it."""
        return f"证{self.proof.sha256[:8]}" if self.proof and self.proof.sha256 else None

    @property
    def was_certain(self) -> bool:
        """It counted on the previous night and is a mere lead now."""
        return not self.is_certain and self.before == CERTAIN

    @property
    def subject(self) -> str:
        """What it is about, in the words that a reader would look for."""
        about = self.finding.subject
        return about.case_number or about.section or about.url or self.court

    @property
    def proof(self) -> Evidence | None:
        """The evidence to open first: one whose page was kept, if there is one."""
        kept = [e for e in self.finding.evidence if e.sha256]
        return next(iter(kept or self.finding.evidence), None)

    @property
    def link(self) -> str | None:
        """The address that a reader opens to see for himself."""
        return self.finding.subject.url or (self.proof.url if self.proof else None)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Numbers of findings. `new`, `continuing` and `resolved` count certain ones only."""

    new: int = 0
    continuing: int = 0
    resolved: int = 0
    suspected: int = 0
    unclear: int = 0
    leads_resolved: int = 0
    confirmed: int = 0  # continuing, but certain only since this night
    unverified: int = 0  # certain, but could not be looked at on this night
    overdue: int = 0
    within: int = 0  # certain, found and resolved within the period; not in `resolved`

    @property
    def certain(self) -> int:
        return self.new + self.continuing

    @property
    def leads(self) -> int:
        return self.suspected + self.unclear


def count(entries: Iterable[Entry]) -> Counts:
    """The numbers of some entries. Every number of a bulletin comes from here."""
    tally = dict.fromkeys(Counts.__dataclass_fields__, 0)
    for entry in entries:
        if entry.is_resolved:
            tally["leads_resolved" if not entry.is_certain else "within" if entry.within else "resolved"] += 1
        elif not entry.is_certain:
            tally[entry.finding.grade] += 1
        else:
            tally[entry.finding.status] += 1
            tally["confirmed"] += entry.has_become_certain
            tally["unverified"] += not entry.finding.verified
            tally["overdue"] += entry.overdue
    return Counts(**tally)


def code_of(fingerprint: str) -> str:
    """识别码: the beginning of a fingerprint, long enough to be the only one of its kind."""
    return fingerprint[:10]


def entry_of(
    finding: Finding,
    period: Period,
    night: date,
    issued: date,
    audited: date | None,
    site_court: str,
    before: str | None,
) -> Entry:
    """The entry of one finding, its crawled words cleaned, not yet numbered.

    Args:
        night: The bulletin's night: deadlines before it have passed, for those whom an earlier bulletin told of them.
        issued: 成文日期, from which the deadlines of what is new run.
        audited: The last night of the period on which its site was audited: one not seen then is unverified.
    """
    about = finding.subject
    is_open = finding.status != "resolved"
    status = ("new" if finding.first_seen in period else "continuing") if is_open else finding.status
    due = deadline(finding, period, issued, before) if is_open else finding.due
    tidy = replace(
        finding,
        due=due,
        status=status,
        verified=finding.verified or not is_open or (audited is not None and finding.last_seen >= audited),
        title=clean(finding.title),
        message=clean(finding.message),
        remedy=clean(finding.remedy),
        department=clean(finding.department or "") or None,
        subject=replace(
            about,
            url=_cleaned(about.url),
            section=_cleaned(about.section),
            case_number=_cleaned(about.case_number),
        ),
        evidence=tuple(
            replace(e, url=clean(e.url), excerpt=shorten(clean(e.excerpt)) if e.excerpt else None)
            for e in finding.evidence
        ),
    )
    return Entry(
        number=0,
        court=clean(finding.court or "") or clean(site_court),
        finding=tidy,
        before=before,
        overdue=is_open and before == CERTAIN and due is not None and due < night,
        within=not is_open and finding.first_seen in period,
    )


def _cleaned(text: str | None) -> str | None:
    return None if text is None else clean(text)


def numbered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries with running numbers from 1."""
    return tuple(replace(entry, number=number) for number, entry in enumerate(entries, start=1))


def chapter_of(rule: str) -> str:
    """The chapter of the bulletin under which a rule's findings stand, by its family: `documents`, `hearings` …"""
    family = rule.split("-")[0]
    return next((name for name, families in CHAPTERS.items() if family in families), OTHER)


def chapter_order(chapter: str) -> int:
    """The place of a chapter in the bulletin."""
    return (*CHAPTERS, OTHER).index(chapter)


def rule_order(severity: str, rule: str) -> tuple[str, str, int]:
    """The gravest rules first, then by id: D-2 before D-10."""
    digits = re.search(r"\d+", rule)
    return severity, rule.split("-")[0], int(digits.group()) if digits else 0


def order_of(courts: list[str]) -> Callable[[Entry], tuple[object, ...]]:
    """The sort key of entries: chapter, court (as in `courts`), department, rule, new ones first, then the oldest."""
    places = {court: place for place, court in reversed(list(enumerate(courts)))}

    def key(entry: Entry) -> tuple[object, ...]:
        finding = entry.finding
        return (
            chapter_order(chapter_of(finding.rule)),
            places.get(entry.court, len(places)),
            entry.court,
            finding.department is None,
            finding.department or "",
            rule_order(finding.severity, finding.rule),
            finding.status != "new",
            finding.first_seen,
            finding.subject.identity,
            finding.fingerprint,
        )

    return key
