"""Everything that one night counts of a site, for the metrics of `metrics.yml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.case_files import case_key, code_of, is_unnumbered
from auditors.classes import WINDOW, class_of, documents_due
from auditors.document_measures import count_cases, count_withdrawals
from auditors.document_views import CourtDocuments
from auditors.hearing_measures import count_hearings, count_replays
from auditors.hearing_views import HearingState, StreamState, StreamYear
from auditors.joins import Joined
from auditors.page_views import PublishedPage
from auditors.plan import (
    DOCUMENTS,
    DUE,
    ENTRIES,
    FILES,
    PUBLIC,
    PUBLISHED,
    ROWS,
    UNNUMBERED,
    UNREAD,
    UPLOADS,
    unit_of,
)
from auditors.readings import read_until
from auditors.rule import CERTAIN
from auditors.site_measures import (
    count_links,
    count_privacy,
    count_process,
    count_public_entries,
    count_sections,
)
from auditors.tally import Tally, Verdicts
from auditors.views import CaseFile, Coverage, LinkHistory, Publication, SectionState
from storage import store
from storage.case_number import parse
from storage.findings import UNREAD as NOT_SEEN
from storage.findings import Finding, Sighting
from storage.measures import UNDATED, Measure
from storage.memory import Counts
from storage.records import CaseEntry, Participant, Withheld
from storage.schema import TABLES

OF_CASES = (
    "closed",
    "late_1_5",
    "late_6_10",
    "late_11_20",
    "late_over_20",
    "missing_rate",
    "notice_rate",
    "other_share_ledger",
    "other_share_public",
    "timely_rate",
    "upload_rate",
    "withdrawal_rate",
    "withdrawn",
    "withheld_other_share",
    "withheld_share",
)
"""The metrics that `unit_counts` counts."""


def verdicts_of(
    site: str,
    said: Mapping[str, str],
    seen: Iterable[Sighting],
    opened: Mapping[str, Finding],
    others: Mapping[str, str],
) -> Verdicts:
    """What is held tonight of each subject.

    Args:
        said: Each rule's own verdict tonight, by fingerprint, of subjects that could be looked at.
        seen: Tonight's sightings: their grades are confirmed over nights.
        opened, others: Findings from before, and what became of those that were not seen: an unread one stands.
    """
    seen = list(seen)
    standing = [finding for print_, finding in opened.items() if others.get(print_) == NOT_SEEN]
    by_print = {**said, **{one.fingerprint: one.verdict for one in seen}}
    by_print |= {one.fingerprint: one.grade for one in standing}
    proofs = [(one.rule, one.verdict, one.evidence) for one in seen]
    proofs += [(one.rule, one.grade, one.evidence) for one in standing]
    exposed = {
        e.url for rule, grade, evidence in proofs if rule.startswith("P-") and grade == CERTAIN for e in evidence
    }
    return Verdicts(site=site, by_print=by_print, exposed=frozenset(exposed))


def night_measures(connection: Connection, site: str, night: date, joined: Joined, verdicts: Verdicts) -> list[Measure]:
    """All counts of a site as known tonight, of every day, but for those that belong to its cases (`unit_counts`)."""
    tally = Tally()
    departments = _departments(connection, site, night, joined)
    is_shown = any(year.read is Coverage.COMPLETE for year in joined.all(StreamYear))
    shown_until = read_until(connection, site, night, ("stream",), tonight=is_shown)
    count_hearings(tally, joined.all(HearingState), night, shown_until)
    count_replays(tally, joined.all(StreamState), night, verdicts)
    count_privacy(tally, joined.all(PublishedPage), departments, night, verdicts)
    listed: dict[str, list[Participant]] = defaultdict(list)
    for seen in store.read(connection, Participant, site=site):
        if seen.record.case_number:
            listed[case_key(seen.record.case_number)].append(seen.record)
    count_process(tally, ((departments.get(key), rows) for key, rows in sorted(listed.items())), night)
    count_sections(tally, joined.all(SectionState), joined.missing, night, verdicts)
    if joined.run is not None:
        count_links(tally, connection, joined.run, joined.all(LinkHistory), night, verdicts)
    return tally.measures


def _departments(connection: Connection, site: str, night: date, joined: Joined) -> dict[str, str]:
    """Of each case, by what the writings of its number have in common, as far as anything asks for it."""
    if joined.plan.units is None:
        return {case_key(case.case_number): case.department for case in joined.all(CaseFile) if case.department}
    participants, entries = TABLES[Participant], TABLES[CaseEntry]
    listed = sa.select(participants.c.id).where(participants.c.site == site).limit(1)
    if not joined.all(PublishedPage) and connection.execute(listed).first() is None:
        return {}
    query = (
        sa.select(entries.c.case_number, entries.c.department)
        .where(entries.c.site == site, entries.c.department != "")
        .order_by(*(entries.c[name] for name in CaseEntry.KEY))
    )
    found: dict[str, str] = {}
    for number, department in connection.execute(query):
        if number:
            found.setdefault(case_key(number), department)
    return found


def unit_counts(joined: Joined, night: date, verdicts: Verdicts) -> dict[str, Counts]:
    """What each case, and each document without a number, adds to the counts: of those that were looked at tonight.

    Measures are those of `metrics.yml`; the others are what a later night must know of cases that it does not look at.
    """
    cases: dict[str, list[CaseFile]] = defaultdict(list)
    publications: dict[str, list[Publication]] = defaultdict(list)
    notices: dict[str, list[store.Seen[Withheld]]] = defaultdict(list)
    for case in joined.all(CaseFile):
        cases[unit_of(case.case_number)].append(case)
    for whole in joined.all(CourtDocuments):
        for publication in whole.publications:
            publications[unit_of(publication.judgment.case_number, publication.judgment.url)].append(publication)
    for seen in joined.notices:
        notices[unit_of(seen.record.case_number, seen.record.url)].append(seen)
    entries_until = joined.read_until if joined.notices_read is not Coverage.NONE else None
    found: dict[str, Counts] = {}
    for unit in {**cases, **publications, **notices}:
        own, shown, told = cases.get(unit, []), publications.get(unit, []), notices.get(unit, [])
        tally = Tally()
        count_cases(tally, own, night, joined.read_until, verdicts)
        count_withdrawals(tally, own, shown, night, joined.judgments_read)
        if told:
            departments = {case_key(case.case_number): case.department for case in own if case.department}
            count_public_entries(tally, told, departments, entries_until)
        _count_for_later(tally, own, shown, night)
        found[unit] = tally.counts
    return found


def _count_for_later(tally: Tally, cases: list[CaseFile], shown: list[Publication], night: date) -> None:
    for case in cases:
        tally.count(FILES, None, UNDATED)
        if case.publications or case.notices:
            tally.count(PUBLIC, None, UNDATED)
        if case.unread_ledgers:
            tally.count(UNREAD, None, UNDATED)
        code = code_of(case.case_number)
        if case.entries:
            tally.count(f"{ENTRIES}{code}", None, UNDATED)
            tally.count(f"{ROWS}{code}", None, UNDATED, len(case.entries))
        if case.publications:
            tally.count(f"{DOCUMENTS}{code}", None, UNDATED)
        for name, last in documents_due(case):
            if last >= night - WINDOW:
                tally.count(f"{DUE}{name}", None, last)
    for publication in shown:
        if is_unnumbered(publication.judgment):
            decided = publication.judgment.decided
            tally.count(UNNUMBERED if decided else f"{UNNUMBERED}undated", None, decided or UNDATED)
        if publication.stated is not None:
            tally.count(UPLOADS, None, publication.stated)
        if publication.latest >= night - WINDOW:
            of = class_of(parse(publication.judgment.case_number or ""), publication.judgment.document_type)
            tally.count(f"{PUBLISHED}{of or ''}", None, publication.latest)
