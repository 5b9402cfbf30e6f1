"""Storage → case files: ledgers, published documents and notices of one site, joined by case number, set-wise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.case_sources import Sources, numbers_of
from auditors.matching import kind_of
from auditors.views import CaseFile, Coverage, NoticeEntry, Publication
from storage import store
from storage.case_number import CaseNumber, canonical, parse
from storage.courts import same_court
from storage.imports import read_dumps
from storage.ledgers import unread_rows
from storage.records import (
    AgencyAppearance,
    Approval,
    Attendance,
    CaseEntry,
    Judgment,
    Participant,
    Withdrawal,
    Withheld,
)
from storage.schema import TABLES

T = TypeVar("T")
WITHDRAWAL_PARTS = ("applicant", "reason", "department_review", "court_approval")


@lru_cache(maxsize=100_000)
def _number(text: str) -> CaseNumber | None:
    return parse(text)


@lru_cache(maxsize=200_000)
def case_key(text: str) -> str:
    """What two writings of one case number have in common."""
    number = _number(text)
    return number.key if number else canonical(text)


@lru_cache(maxsize=200_000)
def base_key(text: str) -> str:
    """As `case_key`, without the suffix of a further document (号之一)."""
    number = _number(text)
    if number is None:
        return canonical(text)
    return replace(number, suffix=None).key if number.suffix else number.key


@dataclass(frozen=True, kw_only=True)
class Common:
    """What is the same for all case files of a site.

    Attributes:
        court: The court whose site it is, for documents that name another.
        unread: Rows of ledgers that could not be read: kind of ledger, case number or None.
        complete: Periods of judgment days of which an imported dump is said to hold all.
    """

    court: str | None
    judgments_read: Coverage
    notices_read: Coverage
    approvers_kept: bool
    withdrawals_kept: bool
    withdrawal_columns: frozenset[str]
    unread: frozenset[tuple[str, str | None]]
    complete: tuple[tuple[date, date], ...]


def read_common(
    connection: Connection, site: str, court: str | None, judgments_read: Coverage, notices_read: Coverage
) -> Common:
    """A few questions, however many cases there are."""
    approvals, withdrawals = TABLES[Approval], TABLES[Withdrawal]

    def is_any(*where: sa.ColumnElement[bool]) -> bool:
        return connection.execute(sa.select(sa.literal(1)).where(*where).limit(1)).first() is not None

    withdrawn = (withdrawals.c.site == site, withdrawals.c.case_number != "")
    return Common(
        court=court,
        judgments_read=judgments_read,
        notices_read=notices_read,
        approvers_kept=is_any(
            approvals.c.site == site,
            approvals.c.subject == "withheld",
            approvals.c.case_number != "",
            approvals.c.approver != "",
        ),
        withdrawals_kept=is_any(*withdrawn),
        withdrawal_columns=frozenset(
            name for name in WITHDRAWAL_PARTS if is_any(*withdrawn, withdrawals.c[name] != "")
        ),
        unread=frozenset(unread_rows(connection, site)),
        complete=tuple(
            (d.complete_from, d.complete_until)
            for d in read_dumps(connection, site)
            if d.complete_from is not None and d.complete_until is not None
        ),
    )


def build_case_files(
    sources: Sources,
    publications: Iterable[Publication],
    common: Common,
    codes: frozenset[str] | None = None,
    unnumbered: frozenset[date | None] = frozenset(),
) -> list[CaseFile]:
    """One file per case number that any source names, in the order of their numbers.

    Args:
        codes: This court's 法院代字; None: as the sources show it, if they are all of the site's.
        unnumbered: Decision dates of documents without a readable number that are not among the publications.
    """
    known = _Rows(sources)
    entries, approvals = known.entries, known.approvals
    published, families, appeals, found = _index(publications)
    unnumbered |= found
    named_second = {case_key(e.appeal_case_number) for rows in entries.values() for e in rows if e.appeal_case_number}
    # A list of the whole province is full of other courts' numbers.
    home = common_codes(entries or published) if codes is None else codes
    unread: dict[str | None, set[str]] = defaultdict(set)
    for kind, missed in common.unread:
        unread[None if missed is None else case_key(missed)].add(kind)
    of_all = frozenset(unread.get(None, set()) - {"cases"})
    files = []
    for key in sorted({*published, *known.keys()}):
        own = published.get(key, [])
        written = known.written.get(key) or own[0].judgment.case_number or key
        ruled = {case_key(e.appeal_case_number) for e in entries.get(key, ()) if e.appeal_case_number}
        second = [*appeals.get(key, []), *(p for number in sorted(ruled) for p in published.get(number, []))]
        files.append(
            CaseFile(
                case_number=canonical(written),
                entries=tuple(_with_appeal(e, entries) for e in entries.get(key, ())),
                publications=tuple(own),
                siblings=tuple(p for p in families.get(base_key(written), ()) if p not in own),
                appeals=tuple(dict.fromkeys(second)),
                notices=tuple(known.notices.get(key, ())),
                approvals=tuple(approvals.get(key, ())),
                stream_approvals=tuple(known.stream_approvals.get(key, ())),
                withdrawals=tuple(known.withdrawals.get(key, ())),
                participants=tuple(known.participants.get(key, ())),
                appearances=tuple(known.appearances.get(key, ())),
                visits=tuple(known.visits.get(key, ())),
                judgments_read=common.judgments_read,
                notices_read=common.notices_read,
                platform_complete=common.complete,
                approvers_kept=common.approvers_kept,
                unnumbered=unnumbered,
                withdrawals_kept=common.withdrawals_kept,
                withdrawal_columns=common.withdrawal_columns,
                of_another_court=key in named_second or is_foreign(written, home) or _names_another(own, common.court),
                unread_ledgers=of_all | unread[key] if key in unread else of_all,
            )
        )
    return files


class _Rows:
    """Rows of all sources but the published documents, by what the writings of a case number have in common."""

    def __init__(self, sources: Sources) -> None:
        self.written: dict[str, str] = {}
        self.entries: dict[str, list[CaseEntry]] = defaultdict(list)
        self.approvals: dict[str, list[Approval]] = defaultdict(list)
        self.stream_approvals: dict[str, list[Approval]] = defaultdict(list)
        self.withdrawals: dict[str, list[Withdrawal]] = defaultdict(list)
        self.participants: dict[str, list[Participant]] = defaultdict(list)
        self.appearances: dict[str, list[AgencyAppearance]] = defaultdict(list)
        self.visits: dict[str, list[Attendance]] = defaultdict(list)
        self.notices: dict[str, list[Withheld]] = defaultdict(list)
        # The ledgers come first, so that their writing of the number is shown.
        for entry in sources.entries:
            self.add(self.entries, entry, entry.case_number)
        for approval in sources.approvals:
            self.add(
                self.approvals if approval.subject == "withheld" else self.stream_approvals,
                approval,
                approval.case_number,
            )
        for withdrawal in sources.withdrawals:
            self.add(self.withdrawals, withdrawal, withdrawal.case_number)
        for participant in sources.participants:
            self.add(self.participants, participant, participant.case_number)
        for appearance in sources.appearances:
            self.add(self.appearances, appearance, appearance.case_number)
        for visit in sources.visits:
            self.add(self.visits, visit, *numbers_of(visit))
        for seen in sources.notices:
            self.add(self.notices, seen.record, seen.record.case_number)

    def keys(self) -> Iterable[str]:
        return self.written

    def add(self, groups: dict[str, list[T]], row: T, *numbers: str | None) -> None:
        for number in numbers:
            if number:
                key = case_key(number)
                groups[key].append(row)
                self.written.setdefault(key, number)


def build_notices(
    notices: Iterable[store.Seen[Withheld]], night: date, departments: dict[str, str]
) -> list[NoticeEntry]:
    """The public entries read tonight and those of imported dumps, each with the department of its section."""
    return [
        NoticeEntry(entry=seen.record, department=departments.get(seen.record.section or ""))
        for seen in notices
        if seen.last_seen == night or seen.record.imported is not None
    ]


def home_codes(cases: Iterable[CaseFile]) -> frozenset[str]:
    """The court's code as its own ledgers and documents show it."""
    cases = list(cases)
    own = [case.case_number for case in cases if case.entries]
    return common_codes(own or [case.case_number for case in cases if case.publications])


def common_codes(numbers: Iterable[str]) -> frozenset[str]:
    """A court's code: the one that most numbers carry; none if several are as frequent."""
    return commonest(code_counts(numbers))


def code_of(text: str) -> str:
    """The code that a number carries; "" for an old one, which names its court in words, and for what is no number."""
    number = _number(text)
    return "" if number is None or number.old else number.court_code


def code_counts(numbers: Iterable[str]) -> Counter[str]:
    """How many numbers carry each code."""
    return Counter(map(code_of, numbers))


def commonest(codes: Counter[str]) -> frozenset[str]:
    """The code that most numbers carry; none if several are as frequent."""
    most = Counter({code: count for code, count in codes.items() if code and count}).most_common(2)
    return frozenset() if len(most) == 2 and most[0][1] == most[1][1] else frozenset(code for code, _ in most[:1])


def is_foreign(text: str, home: frozenset[str]) -> bool:
    """The number carries none of these courts' codes. Old numbers name courts in words and cannot be compared."""
    number = _number(text)
    return number is not None and not number.old and number.court_code not in home


def is_unnumbered(judgment: Judgment) -> bool:
    """A document whose case number could not be read: it may be any case's. What names no type either may be none at all."""
    if judgment.case_number:
        return _number(judgment.case_number) is None
    return kind_of(judgment.document_type) is not None


def _names_another(own: Iterable[Publication], court: str | None) -> bool:
    """All documents under the number print the name of a court that is surely not this one."""
    printed = {p.judgment.printed_court for p in own}
    return bool(printed) and court is not None and all(name and _differ(name, court) for name in printed)


@lru_cache(maxsize=10_000)
def _differ(one: str, other: str) -> bool:
    return same_court(one, other) is False


def _with_appeal(entry: CaseEntry, entries: dict[str, list[CaseEntry]]) -> CaseEntry:
    """The row with the second instance's effective date from that instance's own rows, if they agree on one."""
    if entry.appeal_effective is not None or not entry.appeal_case_number:
        return entry
    dates = {e.effective for e in entries.get(case_key(entry.appeal_case_number), ()) if e.effective is not None}
    return replace(entry, appeal_effective=dates.pop()) if len(dates) == 1 else entry


_Index = dict[str, list[Publication]]


def _index(publications: Iterable[Publication]) -> tuple[_Index, _Index, _Index, frozenset[date | None]]:
    """Documents by number, by number without suffix, by the number they quote; decision dates of those without one."""
    published: _Index = defaultdict(list)
    families: _Index = defaultdict(list)
    appeals: _Index = defaultdict(list)
    unnumbered: set[date | None] = set()
    for publication in publications:
        judgment = publication.judgment
        number = _number(judgment.case_number) if judgment.case_number else None
        if number is None:
            if is_unnumbered(judgment):
                unnumbered.add(judgment.decided)
            continue
        published[number.key].append(publication)
        families[base_key(judgment.case_number or "")].append(publication)
        if number.is_second_instance:
            for quoted in judgment.quoted_case_numbers:
                appeals[case_key(quoted)].append(publication)
    return published, families, appeals, frozenset(unnumbered)
