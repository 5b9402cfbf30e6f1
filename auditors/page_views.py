"""What rules on personal data read: a published page, and what it shows of persons, masked. `pages.py` builds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from auditors.views import RELIABLE
from storage.case_number import CaseNumber, parse
from storage.findings import Subject
from storage.records import Evidence, Judgment, NamedPerson, PageScan, PersonalDatum


@dataclass(frozen=True, kw_only=True)
class PublishedPage:
    """A page or attachment that was looked through for personal data tonight, and what it shows, masked.

    Attributes:
        judgment: The document that the page is, if it is one.
        first_seen: The night on which it was first looked through.
    """

    scan: PageScan
    data: tuple[PersonalDatum, ...] = ()
    persons: tuple[NamedPerson, ...] = ()
    judgment: Judgment | None = None
    first_seen: date | None = None
    department: str | None = None

    @property
    def subject(self) -> Subject:
        if self.judgment is not None and self.number is not None:  # a masked number may be any number of cases
            return Subject(kind="case", case_number=self.judgment.case_number, url=self.scan.url)
        return Subject(kind="page", url=self.scan.url, section=self.scan.section)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        file = self.judgment.attachment if self.judgment is not None else None
        if file is not None and file != self.scan.url:
            return (Evidence(url=file, sha256=self.scan.sha256), Evidence(url=self.scan.url))
        page = Evidence(url=self.scan.url, sha256=self.scan.sha256)
        return (page, Evidence(url=self.scan.linked_from)) if self.scan.linked_from else (page,)

    @cached_property
    def number(self) -> CaseNumber | None:
        return parse(self.judgment.case_number) if self.judgment and self.judgment.case_number else None

    @property
    def published_on(self) -> date | None:
        """The publication date, where it is stated to the day."""
        return self.scan.published if self.scan.published_source in RELIABLE else None

    @property
    def not_before(self) -> date | None:
        """It was not published before this day: the stated date, or the day of the judgment itself."""
        decided = self.judgment.decided if self.judgment is not None else None
        return self.published_on or decided
