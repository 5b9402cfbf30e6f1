"""What is counted of documents: published in time, late, withheld or missing, from the case ledger; withdrawn ones.

A document counts on the first working day after its time for publishing has run out: from that day on it is overdue, and
every night that is audited on or after it can tell. What a rule holds for certain is bad, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from auditors.calendar import working_days_between
from auditors.deadline import Deadline, publication_deadline
from auditors.matching import Match, distinct_documents, find_document, is_appealed, is_exempt, stands_elsewhere
from auditors.reasons import OTHER, may_leak_secret, reason_class
from auditors.rule import CERTAIN, SUSPECTED
from auditors.tally import Tally, Verdicts
from auditors.views import CaseFile, Coverage, Publication
from storage.measures import UNDATED
from storage.records import CaseEntry

_LATE = ((5, "late_1_5"), (10, "late_6_10"), (20, "late_11_20"))


def count_cases(
    tally: Tally, cases: Iterable[CaseFile], night: date, read_until: date | None, verdicts: Verdicts
) -> None:
    """Closed cases, documents whose time has run out, approvals.

    Args:
        read_until: The last night on which all sections of judgments and notices were read; None: never.
    """
    for case in cases:
        _approvals(tally, case)
        if case.of_another_court:
            continue
        _closed(tally, case)
        for entry in distinct_documents(case):
            effective = entry.appeal_effective if is_appealed(entry) else entry.effective
            deadline = publication_deadline(effective) if effective is not None else None
            if deadline is not None and not deadline.is_met(night):
                _expired(tally, case, entry, deadline, read_until, verdicts)


def count_withdrawals(
    tally: Tally, cases: Iterable[CaseFile], publications: Iterable[Publication], night: date, read: Coverage
) -> None:
    """Documents of the court's own site by the day of their publication, and those that were taken down."""
    counted: set[int] = set()
    for case in cases:
        gone = False
        for publication in case.publications:
            counted.add(id(publication))
            replaced = publication.gone_since is not None and stands_elsewhere(case, publication)
            if not replaced:
                gone |= _published(tally, publication, case.department, night, read)
        if not gone:
            for row in case.withdrawals:
                tally.count("withdrawn", case.department, row.withdrawn or UNDATED)
    for publication in publications:
        if id(publication) not in counted:
            _published(tally, publication, None, night, read)


def _published(tally: Tally, publication: Publication, department: str | None, night: date, read: Coverage) -> bool:
    """Count a document; was it taken down?"""
    if publication.judgment.imported is not None:
        return False
    day = publication.stated or publication.first_seen
    if publication.gone_since is not None:
        tally.count("withdrawn", department, publication.gone_since)
        tally.judge("withdrawal_rate", department, day, True)
        return True
    is_listed = publication.last_seen in (None, night) or read is not Coverage.COMPLETE
    tally.judge("withdrawal_rate", department, day, False if is_listed else None)
    return False


def _closed(tally: Tally, case: CaseFile) -> None:
    """One case, on the first day on which the ledger has it closed."""
    closed = [entry.closed for entry in case.entries if entry.closed is not None]
    if closed:
        tally.count("closed", case.department, min(closed))
        return
    ended = [day for entry in case.entries for day in (entry.decided, entry.effective) if day is not None]
    if ended:
        tally.count("closed", case.department, min(ended), 0, unknown=1)


def _approvals(tally: Tally, case: CaseFile) -> None:
    """Each row of the approvals' ledger, by the reason it names."""
    known = [day for entry in case.entries for day in (entry.closed, entry.decided) if day is not None]
    for approval in case.approvals:
        day = approval.closed or min(known, default=UNDATED)
        tally.judge("other_share_ledger", case.department, day, is_other(approval.reason))


def is_other(*reasons: str | None) -> bool | None:
    """The first reason that names a class of the law names the catch-all; None: none names any."""
    named = next((one for one in map(reason_class, reasons) if one is not None), None)
    return None if named is None else named == OTHER


def _expired(
    tally: Tally, case: CaseFile, entry: CaseEntry, deadline: Deadline, read_until: date | None, verdicts: Verdicts
) -> None:
    """A document whose time for publishing has run out."""
    day, department, match = deadline.overdue_from, case.department, find_document(case, entry)
    is_told = _is_told(case, entry, day, read_until)
    if match is None and (case.approvals or case.notices):
        for name in ("withheld_share", "missing_rate"):
            tally.judge(name, department, day, name == "withheld_share")
        _withheld(tally, case, day, is_told, verdicts)
        return
    if match is None and is_exempt(case, entry.document_type):
        return
    is_published = _is_published(case, match, verdicts) if is_told else None
    tally.judge("upload_rate", department, day, is_published)
    tally.judge("withheld_share", department, day, None if is_published is None else False)
    tally.judge("missing_rate", department, day, None if is_published is None else not is_published)
    if match is not None:
        _dated(tally, case, match, deadline, is_told, verdicts)


def _is_told(case: CaseFile, entry: CaseEntry, day: date, read_until: date | None) -> bool:
    """Documents that became overdue on that day have been looked for where they ought to stand."""
    if case.judgments_read is Coverage.NONE:
        decided = entry.decided
        return decided is not None and any(first <= decided <= last for first, last in case.platform_complete)
    return read_until is not None and day <= read_until


def _is_published(case: CaseFile, match: Match | None, verdicts: Verdicts) -> bool | None:
    """Found; or missing by a certain finding, or in a dump of the national site that is said to be complete."""
    if match is not None:
        return True
    said = verdicts.of("D-04", case.subject)
    on_platform = case.judgments_read is Coverage.NONE
    return False if said == CERTAIN or (on_platform and said == SUSPECTED) else None


def _withheld(tally: Tally, case: CaseFile, day: date, is_told: bool, verdicts: Verdicts) -> None:
    """A document that is registered as not to be published: its reason, and whether the public was told."""
    reasons = [*(a.reason for a in case.approvals), *(n.reason for n in case.notices)]
    tally.judge("withheld_other_share", case.department, day, is_other(*reasons))
    if case.approvals and not any(may_leak_secret(a.reason) for a in case.approvals):
        is_absent = is_told and verdicts.is_certain(case.subject, "N-01")
        tally.judge("notice_rate", case.department, day, True if case.notices else False if is_absent else None)


def _dated(tally: Tally, case: CaseFile, match: Match, deadline: Deadline, is_told: bool, verdicts: Verdicts) -> None:
    """A published document: in time, late by so many working days, or not known to the day."""
    day, stated = deadline.overdue_from, match.publication.stated if match.sure else None
    is_late = stated is not None and not deadline.is_met(stated)
    if not is_told or stated is None or (is_late and not verdicts.is_certain(case.subject, "D-01", "D-02")):
        tally.judge("timely_rate", case.department, day, None)
        return
    tally.judge("timely_rate", case.department, day, not is_late)
    if is_late:
        late = working_days_between(deadline.last, stated)
        bucket = next((name for most, name in _LATE if late <= most), "late_over_20")
        tally.count(bucket, case.department, day)
