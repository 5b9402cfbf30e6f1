"""What rules read: records of one site and night, joined around one subject. Values only; `joins.py` builds them.

A view carries its subject, its department and the readings that prove what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from storage.case_number import CaseNumber, parse
from storage.findings import Subject
from storage.records import (
    Access,
    AgencyAppearance,
    Approval,
    Attendance,
    CaseEntry,
    DateSource,
    Evidence,
    Item,
    Judgment,
    LinkKind,
    PageFacts,
    Participant,
    Section,
    StatisticsRow,
    Target,
    Withdrawal,
    Withheld,
)

RELIABLE = (DateSource.META, DateSource.LABEL, DateSource.LIST, DateSource.IMPORTED)
"""Sources that state a publication date to the day."""


class View(Protocol):
    """One subject, and what is known of it tonight."""

    @property
    def subject(self) -> Subject: ...

    @property
    def department(self) -> str | None: ...

    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


class Coverage(StrEnum):
    """Whether the sections that hold a kind of document were read tonight."""

    NONE = "none"  # the site has no such section
    INCOMPLETE = "incomplete"
    COMPLETE = "complete"


@dataclass(frozen=True)
class SectionRead:
    """One night's reading of a section."""

    night: date
    complete: bool
    items: int
    newest: date | None = None
    oldest: date | None = None


@dataclass(frozen=True, kw_only=True)
class SectionState:
    """A section (栏目) as read tonight, and its earlier readings, oldest first.

    Attributes:
        hearing_days: Of a section of announcements: days on which the court held public hearings, as far as known.
        last_announced: Of such a section: the latest day that an announcement in any of them names, or was announced on.
    """

    section: Section
    drawn_by_script: bool = False
    reads: tuple[SectionRead, ...] = ()
    hearing_days: tuple[date, ...] = ()
    last_announced: date | None = None

    @property
    def subject(self) -> Subject:
        return Subject(kind="section", url=self.section.url, section=self.section.name)

    @property
    def department(self) -> str | None:
        return self.section.department

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        listed = Evidence(url=self.section.url, sha256=self.section.sha256)
        newest = self.section.newest_url
        return (listed, Evidence(url=newest)) if newest and newest != self.section.url else (listed,)


@dataclass(frozen=True, kw_only=True)
class ItemState:
    """A row of a section.

    Attributes:
        first_seen: The night on which it was first in its section.
        reads: The section's readings, oldest first.
        arrivals: How many of the section's rows were first seen on that same night.
        rows: How many rows the section has.
        known_elsewhere: A row of the same title was seen on an earlier night, at another address or in another section.
    """

    item: Item
    section: Section
    first_seen: date
    reads: tuple[SectionRead, ...] = ()
    arrivals: int = 1
    rows: int = 1
    known_elsewhere: bool = False

    @property
    def subject(self) -> Subject:
        return Subject(kind="page", url=self.item.url, section=self.item.section)

    @property
    def department(self) -> str | None:
        return self.section.department

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        written = self.item.published_raw
        page = Evidence(url=self.item.url, sha256=self.item.sha256, excerpt=written)
        return (page, Evidence(url=self.section.url, sha256=self.section.sha256))


@dataclass(frozen=True)
class LinkNight:
    """What happened to a link on one night."""

    night: date
    access: Access
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class LinkHistory:
    """A link's target tonight, and its earlier nights, oldest first.

    Attributes:
        hidden: Only links that no reader sees lead there: W-11 reports them, nobody is to mend them.
    """

    target: Target
    nights: tuple[LinkNight, ...] = ()
    hidden: bool = False

    @property
    def is_page(self) -> bool:
        """A page or a frame: W-07. Images, files, scripts and the like: W-08."""
        return self.target.kind in (LinkKind.PAGE, LinkKind.FRAME)

    @property
    def subject(self) -> Subject:
        return Subject(kind="link", url=self.target.url)

    @property
    def department(self) -> str | None:
        return None

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        target = self.target
        asked = Evidence(
            url=target.url,
            fetched_at=target.fetched_at,
            status=target.status,
            sha256=target.sha256,
            excerpt=target.detail,
        )
        return (asked, *target.referrers)


@dataclass(frozen=True, kw_only=True)
class PageState:
    """A page, with the rows of sections that lead to it.

    Attributes:
        maybe_listed: None of the rows that were read leads to it, but not all lists were read, and it has an open finding.
    """

    facts: PageFacts
    items: tuple[Item, ...] = ()
    maybe_listed: bool = False
    department: str | None = None

    @property
    def subject(self) -> Subject:
        return Subject(kind="page", url=self.facts.url, section=self.facts.section)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (Evidence(url=self.facts.url, sha256=self.facts.sha256),)


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A judgment found published, and what is known of when.

    Attributes:
        last_seen: The last night on which it was there; None: not told apart.
        gone_since: The first of the nights, up to tonight, on which its page was asked and was gone.
    """

    judgment: Judgment
    first_seen: date
    last_seen: date | None = None
    gone_since: date | None = None

    @property
    def stated(self) -> date | None:
        """The publication date, where it is stated to the day."""
        return self.judgment.published if self.judgment.published_source in RELIABLE else None

    @property
    def earliest(self) -> date | None:
        """Not published before; None: not known."""
        if self.stated is not None:
            return self.stated
        month = self.judgment.published if self.judgment.published_source is DateSource.URL else None
        return None if month is None else month.replace(day=1)

    @property
    def likely(self) -> date:
        """As `latest`, or the day that a document's id on the national site hints at: for estimates only."""
        if self.judgment.published_source is DateSource.ESTIMATED and self.judgment.published is not None:
            return min(self.judgment.published + timedelta(days=1), self.first_seen)
        return self.latest

    @property
    def latest(self) -> date:
        """Published by then: the stated date, the month in the URL, or the night on which it was first seen."""
        if self.stated is not None:
            return self.stated
        month = self.judgment.published if self.judgment.published_source is DateSource.URL else None
        return self.first_seen if month is None else min(month, self.first_seen)

    @property
    def evidence(self) -> Evidence:
        return Evidence(url=self.judgment.url, sha256=self.judgment.sha256)


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """Everything known of one case number, in whatever source and writing: the ledgers' rows, what was found public.

    Attributes:
        case_number: Canonical, with full-width brackets.
        entries: Rows of the case ledger: closed cases and sessions.
        publications: Documents under this very number, ever found.
        siblings: Documents of the same case under another suffix (号之一).
        appeals: Second-instance documents that quote this number, or that the ledger names.
        notices: Public entries on non-publication, ever found.
        approvals, stream_approvals: Rows of 不上网审批 and of 不直播审批.
        participants, appearances, visits: Rows of 审判流程信息, 行政案件台账 and 旁听台账.
        judgments_read, notices_read: Whether the site's sections of judgments and notices were read tonight.
        platform_complete: Periods of judgment days of which an imported dump holds all, as the user said.
        approvers_kept: The approvals' ledger does record approvers at all (else an empty cell says nothing).
        unnumbered: Decision dates of the site's documents whose case number could not be read; None: date unknown too.
        withdrawals_kept: The court keeps a ledger of withdrawals.
        withdrawal_columns: What that ledger records in any row at all (else an empty cell says nothing).
        of_another_court: The number's court code is not this court's, or another row names it as its second instance.
        unread_ledgers: Kinds of ledgers with rows that could not be read and are, or may be, about this case. (A row of the
            case ledger whose own number could not be read is taken for another case: each case has its row.)
    """

    case_number: str
    entries: tuple[CaseEntry, ...] = ()
    publications: tuple[Publication, ...] = ()
    siblings: tuple[Publication, ...] = ()
    appeals: tuple[Publication, ...] = ()
    notices: tuple[Withheld, ...] = ()
    approvals: tuple[Approval, ...] = ()
    stream_approvals: tuple[Approval, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    participants: tuple[Participant, ...] = ()
    appearances: tuple[AgencyAppearance, ...] = ()
    visits: tuple[Attendance, ...] = ()
    judgments_read: Coverage = Coverage.NONE
    notices_read: Coverage = Coverage.NONE
    platform_complete: tuple[tuple[date, date], ...] = ()
    approvers_kept: bool = True
    unnumbered: frozenset[date | None] = frozenset()
    withdrawals_kept: bool = False
    withdrawal_columns: frozenset[str] = frozenset()
    of_another_court: bool = False
    unread_ledgers: frozenset[str] = frozenset()

    @property
    def unread_doubt(self) -> str | None:
        """Why the absence of a ledger's row is not certain, or None."""
        concerned = self.unread_ledgers & {"cases", "withheld", "withdrawals"}
        return "台账有未能读取的行，可能含本案" if concerned else None

    @cached_property
    def number(self) -> CaseNumber | None:
        return parse(self.case_number)

    @property
    def subject(self) -> Subject:
        urls = [p.judgment.url for p in self.publications] + [n.url for n in self.notices]
        return Subject(kind="case", case_number=self.case_number, url=urls[0] if urls else None)

    @property
    def department(self) -> str | None:
        return next((e.department for e in self.entries if e.department), None)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        pages = tuple(p.evidence for p in self.publications)
        notices = tuple(Evidence(url=n.url, sha256=n.sha256) for n in self.notices)
        rows = (*map(ledger_evidence, self.entries), *map(ledger_evidence, self.approvals))
        return (*pages, *notices, *rows)


@dataclass(frozen=True, kw_only=True)
class NoticeEntry:
    """One public entry on a judgment that is not published, as printed tonight."""

    entry: Withheld
    department: str | None = None

    @property
    def subject(self) -> Subject:
        if self.entry.case_number:
            return Subject(kind="case", case_number=self.entry.case_number, url=self.entry.url)
        return Subject(kind="page", url=self.entry.url, section=self.entry.section)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        entry = self.entry
        cells = (entry.case_number_raw, entry.court, entry.decided_raw, entry.reason)
        return (Evidence(url=entry.url, sha256=entry.sha256, excerpt=" | ".join(cell or "（空）" for cell in cells)),)


@dataclass(frozen=True, kw_only=True)
class StatisticsTable:
    """A published table of statistics on judgments. `alone`: the page has no other such table that it may go on in."""

    rows: tuple[StatisticsRow, ...]
    alone: bool = True
    department: str | None = None

    @property
    def subject(self) -> Subject:
        return Subject(kind="page", url=self.rows[0].url, section=self.rows[0].section)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        first = self.rows[0]
        return (Evidence(url=first.url, sha256=first.sha256, excerpt=first.title[:120] or None),)


@dataclass(frozen=True)
class ReasonUse:
    """How often one court gave the catch-all reason: `others` of `total` judgments not published."""

    court: str
    others: int
    total: int

    @property
    def share(self) -> float:
        return self.others / self.total if self.total else 0.0


@dataclass(frozen=True, kw_only=True)
class ReasonUses:
    """One source on the reasons of a court, and on those of the other courts of its city.

    Attributes:
        source: What was counted, for readers.
        own: This court's.
        peers: Other courts of the same city, each with enough to count.
        is_complete: Everything of the source was read.
    """

    url: str
    source: str
    own: ReasonUse
    peers: tuple[ReasonUse, ...] = ()
    is_complete: bool = True
    department: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def subject(self) -> Subject:
        return Subject(kind="site", url=self.url)


@dataclass(frozen=True, kw_only=True)
class LedgerState:
    """A ledger of approvals as its departments keep it, row by row."""

    source: str
    approvals: tuple[Approval, ...] = ()
    unread: int = 0
    department: str | None = None

    @property
    def subject(self) -> Subject:
        return Subject(kind="ledger", url=f"ledger:{self.source}")

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (Evidence(url=f"ledger:{self.source}", excerpt=f"台账 {self.source}"),)


@dataclass(frozen=True, kw_only=True)
class SiteState:
    """The site as a whole.

    Attributes:
        home: Its home page tonight; None: not read.
        hosts: National platforms and other hosts that pages of depth two at most link to.
        unread: Pages of depth two at most that could not be read tonight, though a visitor may see them.
        cut_off: The crawl ended before all pages of that depth were asked.
        uploads: Judgments found published, ever.
        settled_uploads: Days stated by those that are not among these, since nothing is amiss in them.
        judgments_read: Whether the sections of judgments were read completely.
    """

    url: str
    home: PageFacts | None = None
    hosts: frozenset[str] = frozenset()
    unread: int = 0
    cut_off: bool = False
    uploads: tuple[Publication, ...] = ()
    settled_uploads: tuple[date, ...] = ()
    judgments_read: Coverage = Coverage.NONE
    department: str | None = None

    @property
    def subject(self) -> Subject:
        return Subject(kind="site", url=self.url)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (Evidence(url=self.url, sha256=self.home.sha256 if self.home else None),)


def ledger_evidence(row: CaseEntry | Approval | Withdrawal) -> Evidence:
    """A ledger's row as evidence: file, sheet and row; the row's contents stay in the ledger."""
    return Evidence(url=f"ledger:{row.source}#{row.row}", excerpt=f"台账 {row.source} 第{row.row}行")
