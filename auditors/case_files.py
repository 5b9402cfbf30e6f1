"""Storage → case files: ledgers, published documents and notices of one site, joined by case number, set-wise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from sqlalchemy.engine import Connection

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
    Participant,
    Record,
    Withdrawal,
    Withheld,
)

T = TypeVar("T")
L = TypeVar("L", bound=Record)
WITHDRAWAL_PARTS = ("applicant", "reason", "department_review", "court_approval")


@lru_cache(maxsize=100_000)
def _number(text: str) -> CaseNumber | None:
    return parse(text)


def case_key(text: str) -> str:
    """What two writings of one case number have in common."""
    number = _number(text)
    return number.key if number else canonical(text)


def base_key(text: str) -> str:
    """As `case_key`, without the suffix of a further document (号之一)."""
    number = _number(text)
    return replace(number, suffix=None).key if number else canonical(text)


def build_case_files(
    connection: Connection,
    site: str,
    night: date,
    publications: Iterable[Publication],
    judgments_read: Coverage,
    notices_read: Coverage,
    court: str | None = None,
) -> list[CaseFile]:
    """One file per case number that any source names, in the order of their numbers.

    Args:
        court: The court whose site it is, for documents that name another.
    """
    known = _read_rows(connection, site, night)
    entries, approvals = known.entries, known.approvals
    published, families, appeals, unnumbered = _index(publications)
    named_second = {case_key(e.appeal_case_number) for rows in entries.values() for e in rows if e.appeal_case_number}
    home = common_codes(entries or published)  # a list of the whole province is full of other courts' numbers
    approvers_kept = any(a.approver for rows in approvals.values() for a in rows)
    withdrawal_columns = frozenset(
        name for rows in known.withdrawals.values() for row in rows for name in WITHDRAWAL_PARTS if getattr(row, name)
    )
    unread: dict[str | None, set[str]] = defaultdict(set)
    for kind, missed in unread_rows(connection, site):
        unread[None if missed is None else case_key(missed)].add(kind)
    complete = tuple(
        (d.complete_from, d.complete_until)
        for d in read_dumps(connection, site)
        if d.complete_from is not None and d.complete_until is not None
    )
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
                siblings=tuple(p for p in families.get(base_key(written), []) if p not in own),
                appeals=tuple(dict.fromkeys(second)),
                notices=tuple(known.notices.get(key, ())),
                approvals=tuple(approvals.get(key, ())),
                stream_approvals=tuple(known.stream_approvals.get(key, ())),
                withdrawals=tuple(known.withdrawals.get(key, ())),
                participants=tuple(known.participants.get(key, ())),
                appearances=tuple(known.appearances.get(key, ())),
                visits=tuple(known.visits.get(key, ())),
                judgments_read=judgments_read,
                notices_read=notices_read,
                platform_complete=complete,
                approvers_kept=approvers_kept,
                unnumbered=unnumbered,
                withdrawals_kept=bool(known.withdrawals),
                withdrawal_columns=withdrawal_columns,
                of_another_court=key in named_second or is_foreign(written, home) or _names_another(own, court),
                unread_ledgers=frozenset(unread.get(key, set()) | (unread.get(None, set()) - {"cases"})),
            )
        )
    return files


class _Rows:
    """Rows of all sources but the published documents, by what the writings of a case number have in common."""

    def __init__(self) -> None:
        self.written: dict[str, str] = {}
        self.entries: dict[str, list[CaseEntry]] = defaultdict(list)
        self.approvals: dict[str, list[Approval]] = defaultdict(list)
        self.stream_approvals: dict[str, list[Approval]] = defaultdict(list)
        self.withdrawals: dict[str, list[Withdrawal]] = defaultdict(list)
        self.participants: dict[str, list[Participant]] = defaultdict(list)
        self.appearances: dict[str, list[AgencyAppearance]] = defaultdict(list)
        self.visits: dict[str, list[Attendance]] = defaultdict(list)
        self.notices: dict[str, list[Withheld]] = defaultdict(list)

    def keys(self) -> Iterable[str]:
        return self.written

    def add(self, groups: dict[str, list[T]], row: T, *numbers: str | None) -> None:
        for number in numbers:
            if number:
                key = case_key(number)
                groups[key].append(row)
                self.written.setdefault(key, number)


def _read_rows(connection: Connection, site: str, night: date) -> _Rows:
    """Everything with a case number; the ledgers come first, so that their writing of the number is shown."""
    rows = _Rows()
    for entry in _ledger(connection, CaseEntry, site):
        rows.add(rows.entries, entry, entry.case_number)
    for approval in _ledger(connection, Approval, site):
        groups = rows.approvals if approval.subject == "withheld" else rows.stream_approvals
        rows.add(groups, approval, approval.case_number)
    for withdrawal in _ledger(connection, Withdrawal, site):
        rows.add(rows.withdrawals, withdrawal, withdrawal.case_number)
    for participant in _ledger(connection, Participant, site):
        rows.add(rows.participants, participant, participant.case_number)
    for appearance in _ledger(connection, AgencyAppearance, site):
        rows.add(rows.appearances, appearance, appearance.case_number)
    for visit in _ledger(connection, Attendance, site):
        rows.add(rows.visits, visit, *(visit.case_number or "").split("、"))
    for seen in store.read(connection, Withheld, site=site, until=night):
        rows.add(rows.notices, seen.record, seen.record.case_number)
    return rows


def _ledger(connection: Connection, kind: type[L], site: str) -> list[L]:
    return [seen.record for seen in store.read(connection, kind, site=site)]


def build_notices(connection: Connection, site: str, night: date, departments: dict[str, str]) -> list[NoticeEntry]:
    """The public entries read tonight and those of imported dumps, each with the department of its section."""
    return [
        NoticeEntry(entry=seen.record, department=departments.get(seen.record.section or ""))
        for seen in store.read(connection, Withheld, site=site, until=night)
        if seen.last_seen == night or seen.record.imported is not None
    ]


def home_codes(cases: Iterable[CaseFile]) -> frozenset[str]:
    """The court's code as its own ledgers and documents show it."""
    cases = list(cases)
    own = [case.case_number for case in cases if case.entries]
    return common_codes(own or [case.case_number for case in cases if case.publications])


def common_codes(numbers: Iterable[str]) -> frozenset[str]:
    """A court's code: the one that most numbers carry; none if several are as frequent."""
    codes = Counter(n.court_code for n in map(_number, numbers) if n is not None and not n.old)
    most = codes.most_common(2)
    return frozenset() if len(most) == 2 and most[0][1] == most[1][1] else frozenset(code for code, _ in most[:1])


def is_foreign(text: str, home: frozenset[str]) -> bool:
    """The number carries none of these courts' codes. Old numbers name courts in words and cannot be compared."""
    number = _number(text)
    return number is not None and not number.old and number.court_code not in home


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
            if judgment.case_number or kind_of(judgment.document_type) is not None:
                unnumbered.add(judgment.decided)
            continue
        published[number.key].append(publication)
        families[base_key(judgment.case_number or "")].append(publication)
        if number.is_second_instance:
            for quoted in judgment.quoted_case_numbers:
                appeals[case_key(quoted)].append(publication)
    return published, families, appeals, frozenset(unnumbered)
