"""What rules read of hearings: one hearing from all sources, and one session of the portal.

A hearing is one case on one day. What is a day off is taken for the same hearing, in the court's favour: a list that is
renewed at midnight, a time typed wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from auditors.views import RELIABLE, Coverage, ledger_evidence
from storage.case_number import CaseNumber, parse
from storage.findings import Subject
from storage.records import Approval, CaseEntry, DateSource, Evidence, Hearing, Stream

DAY_OFF = timedelta(days=1)
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime | None) -> date | None:
    """The day of a time, in Asia/Shanghai: records come out of storage in UTC."""
    return moment.astimezone(_SHANGHAI).date() if moment is not None else None


def has_clock(moment: datetime | None) -> bool:
    """A time of day was given: midnight stands for a day alone."""
    return moment is not None and moment.astimezone(_SHANGHAI).time() != time()


class Shown(StrEnum):
    """Whether an announcement would have been on the lists that were read, had there been one."""

    SURELY = "surely"  # they were read completely when it had to stand there, or reach far enough back
    LIKELY = "likely"  # they show hearings of that time, but not when these were announced
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """An announced hearing, and what is known of when it was announced.

    Attributes:
        first_seen: The night on which it was first on the site.
        not_before: The last night before, on which all lists were read completely and it was not there.
        tonight: It still stands there.
        page_days: Days of all hearings on its page: a list's date that is one of them is no publication date.
    """

    hearing: Hearing
    first_seen: date
    not_before: date | None = None
    tonight: bool = True
    page_days: frozenset[date] = frozenset()

    @property
    def day(self) -> date | None:
        return day_of(self.hearing.starts)

    @property
    def stated(self) -> date | None:
        """The publication date, where it is stated to the day. A list's date that is a hearing's is none."""
        one = self.hearing
        if one.published is None or one.published_source not in RELIABLE or one.published > self.first_seen:
            return None
        is_hearings = one.published == self.day or one.published in self.page_days
        return None if one.published_source is DateSource.LIST and is_hearings else one.published

    @property
    def earliest(self) -> date | None:
        """Not announced before; None: not known."""
        return self.stated or self.not_before

    @property
    def evidence(self) -> Evidence:
        return Evidence(url=self.hearing.url, sha256=self.hearing.sha256, excerpt=self.hearing.starts_raw)


@dataclass(frozen=True, kw_only=True)
class HearingState:
    """One hearing.

    Attributes:
        day: The day that the ledger names, else that of the announcement.
        announcements: Of this hearing, ever found.
        rescheduled: Announcements of the same case for other days.
        entries: The ledger's rows of this hearing; without any, only the announcement is known.
        sessions: All sessions that the ledger names of the case.
        streams: Sessions of the portal that may be this hearing.
        other_streams: Those of the case on other days, or without a time.
        approvals: Rows of 不直播审批 of the case.
        announced: Whether the sections of announcements were read tonight.
        shown: Whether they would have shown an announcement.
        unnumbered: Announcements for that day without case number, or with the first of several: one may be this hearing's.
        joint_announced, joint_streamed: The same judge had another case at this very time, which was announced, or which
            the portal lists: the two may have been heard together.
        not_understood: Pages and rows of those sections that could not be read as announcements.
        streams_read: Whether the portal's lists were read tonight.
        streams_reach: These lists hold sessions of that time.
        streams_from: The first day for which they were read; None: not known.
        unnumbered_streams: Sessions of the portal on that day whose case is not known.
        approvals_known: The ledger of 不直播审批 is at hand and all of its rows were read.
    """

    day: date
    case_number: str | None = None
    announcements: tuple[Announcement, ...] = ()
    rescheduled: tuple[Announcement, ...] = ()
    entries: tuple[CaseEntry, ...] = ()
    sessions: tuple[CaseEntry, ...] = ()
    streams: tuple[Stream, ...] = ()
    other_streams: tuple[Stream, ...] = ()
    approvals: tuple[Approval, ...] = ()
    announced: Coverage = Coverage.NONE
    shown: Shown = Shown.UNKNOWN
    unnumbered: int = 0
    joint_announced: bool = False
    joint_streamed: bool = False
    not_understood: int = 0
    streams_read: Coverage = Coverage.NONE
    streams_reach: bool = False
    streams_from: date | None = None
    unnumbered_streams: int = 0
    approvals_known: bool = False

    @cached_property
    def number(self) -> CaseNumber | None:
        return parse(self.case_number) if self.case_number else None

    @property
    def kind(self) -> str | None:
        """criminal, civil, administrative …; None: not known."""
        if self.number is not None:
            return self.number.category
        return next((a.hearing.kind for a in self.announcements if a.hearing.kind), None)

    @property
    def purpose(self) -> str:
        """A hearing that is announced as sentencing or inquiry alone is that."""
        said = {a.hearing.purpose for a in self.announcements}
        return said.pop() if len(said) == 1 else "hearing"

    @property
    def causes(self) -> tuple[str, ...]:
        named = [e.cause for e in (*self.entries, *self.sessions)] + [a.hearing.cause for a in self.announcements]
        return tuple(dict.fromkeys(c for c in named + [s.cause for s in self.streams] if c))

    @property
    def public(self) -> bool | None:
        """Held in public, as ledger or announcement say; one that says closed decides. None: nobody says."""
        said = {e.public for e in self.entries} | {a.hearing.public for a in self.announcements}
        return False if False in said else True if True in said else None

    @property
    def subject(self) -> Subject:
        urls = [a.hearing.url for a in self.announcements] + [s.url for s in self.streams]
        url = urls[0] if urls else None
        if self.case_number:
            return Subject(kind="case", case_number=self.case_number, url=url)
        section = self.announcements[0].hearing.section if self.announcements else None
        return Subject(kind="page", url=url, section=section)

    @property
    def department(self) -> str | None:
        return next((e.department for e in (*self.entries, *self.sessions) if e.department), None)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        pages = tuple(a.evidence for a in self.announcements)
        shown = tuple(stream_evidence(s) for s in self.streams)
        return (*pages, *map(ledger_evidence, self.entries), *shown)


@dataclass(frozen=True, kw_only=True)
class StreamState:
    """A session of the hearing portal.

    Attributes:
        tonight: The portal's lists still name it.
        read: Whether these lists were read tonight.
        entries: The ledger's rows of that hearing.
        sessions: All of the ledger's rows of the case.
        announcements: Announcements of that hearing.
    """

    stream: Stream
    first_seen: date
    tonight: bool = True
    read: Coverage = Coverage.NONE
    entries: tuple[CaseEntry, ...] = ()
    sessions: tuple[CaseEntry, ...] = ()
    announcements: tuple[Announcement, ...] = ()

    @property
    def day(self) -> date | None:
        return day_of(self.stream.starts)

    @property
    def subject(self) -> Subject:
        if self.stream.case_number:
            return Subject(kind="case", case_number=self.stream.case_number, url=self.stream.url)
        return Subject(kind="page", url=self.stream.url)

    @property
    def department(self) -> str | None:
        return next((e.department for e in (*self.entries, *self.sessions) if e.department), None)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        pages = tuple(a.evidence for a in self.announcements)
        return (stream_evidence(self.stream), *map(ledger_evidence, self.entries), *pages)


@dataclass(frozen=True, kw_only=True)
class StreamYear:
    """The court's streams in one year, up to the audit date, beside those of the year before up to the same day.

    Attributes:
        streamed, streamed_before: Past sessions that the portal lists, this year and the year before.
        hearings, public: Past hearings that the ledger names this year; of these, the public ones.
        public_streamed, hearings_streamed: Of these, how many the portal lists.
        read: Whether the portal's lists were read completely.
        reaches_back: They reach back to the beginning of the year before.
        unnumbered: Past sessions of the portal this year whose case is not known.
    """

    url: str
    year: int
    until: date
    streamed: int = 0
    streamed_before: int = 0
    hearings: int = 0
    public: int = 0
    public_streamed: int = 0
    hearings_streamed: int = 0
    read: Coverage = Coverage.NONE
    reaches_back: bool = False
    unnumbered: int = 0
    department: str | None = None

    @property
    def subject(self) -> Subject:
        return Subject(kind="site", url=self.url)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return (Evidence(url=self.url),)


def stream_evidence(stream: Stream) -> Evidence:
    """A session of the portal as evidence: its trial page, and what was found of the recording."""
    return Evidence(url=stream.url, sha256=stream.sha256, fetched_at=stream.probed_at, excerpt=stream.video_detail)
