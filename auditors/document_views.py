"""What rules on published documents read: one document as it stands tonight, and a court's documents as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from auditors.views import CaseFile, Coverage, Publication
from storage.case_number import CaseNumber, parse
from storage.findings import Subject
from storage.records import Evidence, Sign


@dataclass(frozen=True, kw_only=True)
class DocumentState:
    """A judgment document that stands published tonight, or in an imported dump.

    Attributes:
        court: The court whose site it is.
        own_codes: 法院代字 that this court's own case numbers carry; empty: not known.
    """

    publication: Publication
    court: str | None = None
    own_codes: frozenset[str] = frozenset()
    department: str | None = None

    @cached_property
    def number(self) -> CaseNumber | None:
        return parse(self.publication.judgment.case_number or "")

    @property
    def subject(self) -> Subject:
        judgment = self.publication.judgment
        if self.number is not None:
            return Subject(kind="case", case_number=self.number.text, url=judgment.url)
        return Subject(kind="page", url=judgment.url, section=judgment.section)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (self.publication.evidence,)

    def shows(self, *signs: Sign) -> tuple[Sign, ...]:
        """Those of the signs that were seen in the document, in the order asked."""
        return tuple(sign for sign in signs if sign in self.publication.judgment.signs)


@dataclass(frozen=True, kw_only=True)
class CourtDocuments:
    """All of a court's cases and published documents, for what no single case shows.

    Attributes:
        cases: One file per case number that any source names.
        publications: Documents found published, ever.
        judgments_read, notices_read: Whether the site's sections of them were read tonight.
        settled_due: Of cases that are not among these, since nothing is amiss in them: class, last day for publishing,
            how many documents.
        settled_published: Of the documents of those cases: class, day by which it was published.
    """

    url: str
    cases: tuple[CaseFile, ...] = ()
    publications: tuple[Publication, ...] = ()
    judgments_read: Coverage = Coverage.NONE
    notices_read: Coverage = Coverage.NONE
    settled_due: tuple[tuple[str, date, int], ...] = ()
    settled_published: tuple[tuple[str | None, date], ...] = ()
    department: str | None = None

    @property
    def subject(self) -> Subject:
        return Subject(kind="site", url=self.url)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (Evidence(url=self.url),)
