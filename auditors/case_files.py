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
from storage.records import Approval, CaseEntry, Judgment, Withdrawal, Withheld

T = TypeVar("T", CaseEntry, Approval, Withdrawal)


@lru_cache(maxsize=100_000)
def _number(text: str) -> CaseNumber | None:
    return parse(text)


def case_key(text: str) -> str:
    """What two writings of one case number have in common."""
    number = _number(text)
    return number.key if number else canonical(text)


def _base_key(text: str) -> str:
    number = _number(text)
    return replace(number, suffix=None).key if number else canonical(text)


def read_publications(connection: Connection, site: str, night: date) -> tuple[Publication, ...]:
    """Every judgment that was found published until this night."""
    return tuple(
        Publication(judgment=s.record, first_seen=s.first_seen)
        for s in store.read(connection, Judgment, site=site, until=night)
    )


def build_case_files(
    connection: Connection,
    site: str,
    night: date,
    publications: Iterable[Publication],
    judgments_read: Coverage,
    notices_read: Coverage,
) -> list[CaseFile]:
    """One file per case number that a ledger or a published document names, in the order of their numbers."""
    entries = _grouped(s.record for s in store.read(connection, CaseEntry, site=site))
    approved = [s.record for s in store.read(connection, Approval, site=site) if s.record.subject == "withheld"]
    approvals, withdrawals = (
        _grouped(approved),
        _grouped(s.record for s in store.read(connection, Withdrawal, site=site)),
    )
    notices: dict[str, list[Withheld]] = defaultdict(list)
    for seen in store.read(connection, Withheld, site=site, until=night):
        if seen.record.case_number:
            notices[case_key(seen.record.case_number)].append(seen.record)
    published, families, appeals, unnumbered = _index(publications)
    named_second = {case_key(e.appeal_case_number) for rows in entries.values() for e in rows if e.appeal_case_number}
    home = _home_codes([*entries, *published])
    approvers_kept = any(a.approver for a in approved)
    files = []
    for key in sorted({*entries, *approvals, *published}):
        named: list[CaseEntry | Approval] = [*entries.get(key, ()), *approvals.get(key, ())]
        own = published.get(key, [])
        written = named[0].case_number if named else own[0].judgment.case_number or key
        ruled = {case_key(e.appeal_case_number) for e in entries.get(key, ()) if e.appeal_case_number}
        second = [*appeals.get(key, []), *(p for number in sorted(ruled) for p in published.get(number, []))]
        files.append(
            CaseFile(
                case_number=canonical(written),
                entries=tuple(_with_appeal(e, entries) for e in entries.get(key, ())),
                publications=tuple(own),
                siblings=tuple(p for p in families.get(_base_key(written), []) if p not in own),
                appeals=tuple(dict.fromkeys(second)),
                notices=tuple(notices.get(key, ())),
                approvals=tuple(approvals.get(key, ())),
                withdrawals=tuple(withdrawals.get(key, ())),
                judgments_read=judgments_read,
                notices_read=notices_read,
                approvers_kept=approvers_kept,
                unnumbered=unnumbered,
                of_another_court=key in named_second or _is_foreign(written, home),
            )
        )
    return files


def build_notices(connection: Connection, site: str, night: date, departments: dict[str, str]) -> list[NoticeEntry]:
    """The public entries read tonight, each with the department of its section."""
    return [
        NoticeEntry(entry=seen.record, department=departments.get(seen.record.section or ""))
        for seen in store.read(connection, Withheld, site=site, on=night)
    ]


def _home_codes(numbers: Iterable[str]) -> frozenset[str]:
    """This court's code: the one that most numbers carry; none if several are as frequent."""
    codes = Counter(n.court_code for n in map(_number, numbers) if n is not None and not n.old)
    most = codes.most_common(2)
    return frozenset() if len(most) == 2 and most[0][1] == most[1][1] else frozenset(code for code, _ in most[:1])


def _is_foreign(text: str, home: frozenset[str]) -> bool:
    """Old numbers name courts in words and cannot be compared."""
    number = _number(text)
    return number is not None and not number.old and number.court_code not in home


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
        families[_base_key(judgment.case_number or "")].append(publication)
        if number.is_second_instance:
            for quoted in judgment.quoted_case_numbers:
                appeals[case_key(quoted)].append(publication)
    return published, families, appeals, frozenset(unnumbered)


def _grouped(rows: Iterable[T]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        groups[case_key(row.case_number)].append(row)
    return groups
