"""A bulletin for publication outside (公开版): the same numbers, and nothing that leads to a person or into the house.

A pure function of the value, so that every format follows. Courts keep their names: they are what the public may ask
about. docs/privacy.md says what is left out, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from reports.bulletin import Bulletin
from reports.coverage import SiteCoverage
from reports.entries import Counts, Entry, chapter_of, numbered
from reports.grouping import ChapterRow, CourtRow, RuleRow
from reports.pictures import Pictures
from reports.ranking import Ranking
from reports.recheck import Recheck
from reports.text import safe_href
from reports.words import say
from storage.case_number import find_spans
from storage.findings import Subject
from storage.records import Evidence

ORDER = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
PERSONAL = "privacy"
RED_LINE = "S0"
_NUMBERED = re.compile(r"\d{7,}")
# Whatever stands between the year and 号, also of a court that is not known: a number that escapes names a party.
_CASE = re.compile(
    r"([（(〔\[]\s*\d{4}\s*[）)〕\]][^，。；,;、（(\d][^，。；,;、（(]{0,20}?)\d+(?:\s*[、,，至\-—－]\s*\d+)*(?:之[\d一二三四五六七八九十]+)?(?=\s*号)"
)
_QUOTED = re.compile(r"《[^《》]*》")
_NO_LEADS = {"suspected": 0, "unclear": 0, "leads_resolved": 0}


def anonymised(bulletin: Bulletin) -> Bulletin:
    """The bulletin as it may be published: see docs/privacy.md. Numbers stay what they are, but leads are not told."""
    return _Anonymiser(bulletin).bulletin()


def is_only_counted(entry: Entry) -> bool:
    """Whether saying what a finding is about would lead to what should not be seen: personal data, the red lines."""
    return chapter_of(entry.finding.rule) == PERSONAL or entry.finding.severity == RED_LINE


class _Anonymiser:
    """Knows the departments' letters and the addresses that may not be told."""

    def __init__(self, bulletin: Bulletin) -> None:
        self.whole = bulletin
        again = (*bulletin.certain, *bulletin.leads, *bulletin.resolved)
        self.closed = {
            url
            for entry in again
            if is_only_counted(entry)
            for url in (entry.finding.subject.url, *(e.url for e in entry.finding.evidence))
        }
        self.names = _letters(bulletin)

    def bulletin(self) -> Bulletin:
        """All of it."""
        whole = self.whole
        return replace(
            whole,
            anonymised=True,
            hearings=(),
            imprint=replace(whole.imprint, contact="", copies=(), printed_by="", reason=None),
            scope=replace(whole.scope, department=self.name(whole.scope.department)),
            coverage=tuple(self.coverage(site) for site in whole.coverage),
            certain=numbered(self.entries(whole.certain, 1)),
            leads=(),
            resolved=numbered(self.entries((e for e in whole.resolved if e.is_certain), 2)),
            counts=replace(whole.counts, **_NO_LEADS),
            chapters=tuple(_chapters(whole.chapters)),
            courts=tuple(_told(row) for row in whole.courts),
            figures=tuple(
                replace(
                    figure, statistic=replace(one, scope=self.text(one.scope), note=self.text(one.note or "") or None)
                )
                for figure in whole.figures
                for one in (figure.statistic,)
            ),
            ranking=None if whole.ranking is None else self.ranking(whole.ranking),
            recheck=self.recheck(),
            pictures=self.pictures(),
        )

    def name(self, department: str | None) -> str | None:
        """A department's letter; none stays none."""
        return self.names.get(department, department) if department else department

    def text(self, text: str) -> str:
        """Free text without departments' names, case numbers, quoted titles and long numbers."""
        for name in sorted(self.names, key=len, reverse=True):
            text = text.replace(name, self.names[name])
        return _NUMBERED.sub("…", _QUOTED.sub("《…》", _without_numbers(text)))

    def entries(self, entries: Iterable[Entry], series: int) -> list[Entry]:
        """Entries in their order. A fingerprint would give away the case number it was made of: codes are running numbers."""
        return [
            replace(entry, finding=replace(entry.finding, fingerprint=f"{series}{number:09}{0:010}"))
            for number, entry in enumerate(map(self.entry, entries), start=1)
        ]

    def entry(self, entry: Entry) -> Entry:
        """One finding: of personal data and red lines no more than that there is one."""
        finding = entry.finding
        about, message = Subject(kind="site"), say("anonymised.message")
        evidence: tuple[Evidence, ...] = ()
        if not is_only_counted(entry):
            about, message, evidence = self.about(entry), self.message(entry), self.evidence(entry)
        return replace(
            entry,
            finding=replace(
                finding,
                department=self.name(finding.department),
                subject=about,
                message=message,
                evidence=evidence,
            ),
        )

    def about(self, entry: Entry) -> Subject:
        about = entry.finding.subject
        if chapter_of(entry.finding.rule) == "website":
            return Subject(kind=about.kind, url=self.address(about.url), section=about.section)
        number = about.case_number and _without_numbers(about.case_number)
        return Subject(kind=about.kind, section=about.section, case_number=number)

    def message(self, entry: Entry) -> str:
        """What a rule says of a section or a site is about dates and numbers; of a page or a case it may quote anything."""
        finding = entry.finding
        if chapter_of(finding.rule) == "website" and finding.subject.kind in ("section", "site"):
            return self.text(finding.message)
        return finding.title

    def evidence(self, entry: Entry) -> tuple[Evidence, ...]:
        """Of a website's faults, the public pages that show them; without what was quoted of these."""
        if chapter_of(entry.finding.rule) != "website":
            return ()
        return tuple(replace(e, excerpt=None) for e in entry.finding.evidence if self.address(e.url))

    def address(self, url: str | None) -> str | None:
        """The address, if neither it nor what lies there tells of a person: names and numbers may stand in it."""
        safe = safe_href(url)
        if safe is None or url in self.closed or "%" in safe or re.search(r"\d{11}", safe):
            return None
        return safe

    def coverage(self, site: SiteCoverage) -> SiteCoverage:
        """Why a site was not read, in words of this list only: a crash may quote what it crashed on."""
        return replace(
            site,
            why=None if site.status == "crashed" else self.text(site.why or "") or None,
            gaps=tuple(replace(gap, why=self.text(gap.why or "") or None) for gap in site.gaps),
            obstacles=tuple(replace(one, example=say("anonymised.example")) for one in site.obstacles),
        )

    def ranking(self, whole: Ranking) -> Ranking:
        return replace(
            whole,
            rows=tuple(replace(row, name=self.names.get(row.name, row.name)) for row in whole.rows),
            small=tuple((self.names.get(unit, unit), name) for unit, name in whole.small),
        )

    def recheck(self) -> Recheck:
        """Its entries serve as numbers and examples; those that are only counted stand last, so that no example is one."""
        whole = self.whole.recheck
        lists: dict[str, Any] = {
            name: tuple(self.entries(sorted(value, key=is_only_counted), 3))
            for name, value in vars(whole).items()
            if isinstance(value, tuple) and value and isinstance(value[0], Entry)
        }
        return replace(
            whole,
            **lists | {"leads": ()},
            silent=tuple(self.names.get(name, name) for name in whole.silent),
            units=tuple(replace(unit, name=self.names.get(unit.name, unit.name)) for unit in whole.units),
        )

    def pictures(self) -> Pictures:
        whole = self.whole.pictures
        units = tuple(replace(unit, title=self.names.get(unit.title, unit.title)) for unit in whole.comparison.units)
        return replace(whole, comparison=replace(whole.comparison, units=units))


def _letters(bulletin: Bulletin) -> Mapping[str, str]:
    """甲部门, 乙部门 … in the order of the ranking, then as they come; courts are no departments."""
    ranked = bulletin.ranking.rows if bulletin.ranking is not None and bulletin.ranking.by == "department" else ()
    units = bulletin.recheck.units if len(bulletin.scope.courts) == 1 else ()
    everyone = [
        *(row.name for row in ranked),
        *(unit.name for unit in units),
        bulletin.scope.department,
        *(e.finding.department for e in (*bulletin.certain, *bulletin.leads, *bulletin.resolved)),
        *(e.finding.department for e in bulletin.recheck.issued),
    ]
    names = dict.fromkeys(name for name in everyone if name)
    return {name: say("anonymised.department", letter=_letter(place)) for place, name in enumerate(names)}


def _letter(place: int) -> str:
    return ORDER[place] if place < len(ORDER) else str(place + 1)


def _without_numbers(text: str) -> str:
    """Case numbers without the digits that tell one case from another: （2026）粤9902民初×××号."""
    text = _CASE.sub(r"\1×××", text)
    for start, end in sorted({span[:2] for span in find_spans(text)}, reverse=True):  # those without brackets
        text = text[:start] + "×××号" + text[end:]
    return text


def _told(row: CourtRow) -> CourtRow:
    return replace(row, counts=replace(row.counts, **_NO_LEADS))


def _chapters(chapters: Iterable[ChapterRow]) -> Iterable[ChapterRow]:
    """The numbers by chapter and rule without leads; what had nothing but leads is left out."""
    for chapter in chapters:
        counts = replace(chapter.counts, **_NO_LEADS)
        if counts != Counts():
            yield replace(chapter, counts=counts, rules=tuple(_rules(chapter.rules)))


def _rules(rules: Iterable[RuleRow]) -> Iterable[RuleRow]:
    for rule in rules:
        counts = replace(rule.counts, **_NO_LEADS)
        if counts != Counts():
            yield replace(rule, counts=counts)
