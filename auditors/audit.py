"""Run all rules over one night of one site and write what they find.

Nothing is concluded from what was not read: a finding whose subject could not be looked at tonight stays as it was. A
rule that crashes stops no other; its open findings stay, and the summary says so.
"""

from __future__ import annotations

import gc
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.basis import Article, in_force
from auditors.document_views import DocumentState
from auditors.hearing_views import HearingState, StreamState
from auditors.joins import Joined, join
from auditors.measures import OF_CASES, night_measures, unit_counts, verdicts_of
from auditors.memory import Memory
from auditors.page_views import PublishedPage
from auditors.plan import OutdatedError, unit_of
from auditors.policies import Policy
from auditors.rule import CERTAIN, PASS_, SUSPECTED, UNCLEAR, Outcome, Rule, all_rules, gravest
from auditors.statistics import night_statistics
from auditors.tally import measure_of
from auditors.views import CaseFile, Coverage, ItemState, LedgerState, NoticeEntry, SectionState, SiteState, View
from storage import runs
from storage.findings import (
    ABSENT,
    PASSED,
    SEEN,
    UNREAD,
    Finding,
    Sighting,
    Subject,
    fingerprint,
    record_night,
    state_at,
)
from storage.locks import in_turn
from storage.measures import save_measures, spans
from storage.records import Access, Evidence
from storage.schema import sightings
from storage.statistics import save_statistics

_NOTED_WHEN_UNREAD = ("section", "site")
MOST_EVIDENCE = 12
_OF_LEDGERS: tuple[type, ...] = (CaseFile, LedgerState)
_OF_DOCUMENTS: tuple[type, ...] = (DocumentState, PublishedPage)
# The site's frame leads to a section; hearings and sessions are all that were ever found.
_OF_NO_LIST: tuple[type, ...] = (SectionState, HearingState, StreamState)


@dataclass(frozen=True, kw_only=True)
class AuditSummary:
    """What an audit of one site's night came to.

    Attributes:
        grades: Number of findings seen tonight, by grade.
        others: Number of formerly open findings not seen tonight: passed, absent, unread.
        unread: By rule, how often a subject could not be judged because it was not read.
        crashed: By rule that stopped with a bug, its traceback. Not empty: the audit must not pass for sound.
    """

    site: str
    night: date
    grades: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    crashed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Statement:
    """What one rule says of one subject tonight."""

    rule: Rule
    subject: Subject
    department: str | None
    outcome: Outcome


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's search for cycles: again and again it goes through all records of a court, and frees nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
def audit_site(
    connection: Connection,
    site_id: str,
    night: date,
    *,
    policy: Policy | None = None,
    rules: Iterable[Rule] | None = None,
    whole: bool = False,
) -> AuditSummary:
    """Audit one night of one site, and write its findings. Twice gives the same rows.

    Cases in which nothing can have changed since the last audit are not looked at again (`auditors.memory`).

    Args:
        policy: The court's own norms, cited before the national ones, and the duties that rules enforce only with it.
        rules: In place of all rules in force.
        whole: Look at all cases, with the same outcome.

    Raises:
        ValueError: A later night of this site was audited already.
    """
    for what in ("ledgers", "dumps"):  # an import waits: what changes cases is noted before this night, or after it
        in_turn(connection, f"{what}:{site_id}")
    before = {f.fingerprint: f for f in state_at(connection, night - timedelta(days=1), site=site_id)}
    opened = {print_: f for print_, f in before.items() if f.status != "resolved"}
    chosen = tuple(rules) if rules is not None else all_rules()
    memory = Memory(connection, site_id, night, policy=policy, rules=chosen, opened=opened.values())
    try:
        joined = join(connection, site_id, night, opened.values(), memory.forget if whole else memory.plan)
    except OutdatedError:
        joined = join(connection, site_id, night, opened.values(), memory.forget)
    statements, crashed, restless = _run(chosen, joined, night, policy, opened.values())
    said = {fingerprint(s.rule.id, site_id, s.subject): s for s in statements}
    said |= _notes(said, opened, site_id, joined)
    seen_before = _nights_seen(connection, opened, night)
    site = next((s for s in runs.all_sites(connection) if s.id == site_id), None)
    standing = {print_ for print_, finding in opened.items() if _stands_as_it_was(finding, said.get(print_), joined)}
    made = [
        _sighting(s, site_id, site.court if site else None, night, seen_before.get(print_, 0), policy)
        for print_, s in said.items()
        if s.outcome.verdict in SEEN and not s.outcome.unread and print_ not in standing
    ]
    seen = _with_times(connection, site_id, night, made)
    seen_tonight = {s.fingerprint for s in seen}
    others = {
        print_: UNREAD if print_ in standing else _other(finding, said.get(print_), joined, crashed, chosen)
        for print_, finding in opened.items()
        if print_ not in seen_tonight
    }
    record_night(connection, night, site_id, seen, others)
    told = {p: s.outcome.verdict for p, s in said.items() if not s.outcome.unread}
    verdicts = verdicts_of(site_id, told, seen, opened, others)
    counts = unit_counts(joined, night, verdicts)
    measures = night_measures(connection, site_id, night, joined, verdicts)
    differing = [measure_of(key, changed) for key, changed in memory.take(counts).items()]
    if memory.is_whole:  # then they are all that is known, and differ from what was written before
        save_measures(connection, site_id, night, [*measures, *differing])
    else:
        save_measures(connection, site_id, night, measures, differing=differing, of=OF_CASES)
    facts, gaps = memory.facts(joined)
    known = [*measures, *spans(connection, site_id, night, OF_CASES)]
    save_statistics(connection, site_id, night, night_statistics(site_id, night, joined, known, facts))
    memory.keep(joined, counts, restless, gaps)
    return AuditSummary(
        site=site_id,
        night=night,
        grades=dict(Counter(s.verdict for s in seen)),
        others=dict(Counter(others.values())),
        unread=dict(Counter(s.rule.id for s in statements if s.outcome.unread)),
        crashed=crashed,
    )


def _run(
    rules: Iterable[Rule], joined: Joined, night: date, policy: Policy | None, opened: Iterable[Finding]
) -> tuple[list[_Statement], dict[str, str], set[str]]:
    """Every rule over every view of its type; several statements on one subject become one.

    Besides them: which rules crashed, and in which units anything is not well.

    That a subject is well is said only where a finding is open: of a million cases nearly all are well.
    """
    crashed: dict[str, str] = {}
    found: dict[tuple[str, str, str], list[_Statement]] = defaultdict(list)
    restless: set[str] = set()
    is_open = {(f.rule, f.subject.kind, f.subject.identity) for f in opened}
    for rule in rules:
        for view in joined.views.get(rule.view, ()):
            try:
                outcome = rule(view, night, policy)
            except Exception:  # a bug in one rule must not silence the others; it is reported, loudly
                crashed.setdefault(rule.id, f"{view.subject}\n{traceback.format_exc()}")
                restless.update(_unit(view))
                continue
            if outcome.verdict != PASS_:
                restless.update(_unit(view))
            elif not is_open:
                continue
            subject = view.subject
            key = (rule.id, subject.kind, subject.identity)
            if outcome.verdict != PASS_ or key in is_open:
                found[key].append(_Statement(rule, subject, view.department, _with_evidence(outcome, view)))
    return [_one(group) for group in found.values()], crashed, restless


def _unit(view: View) -> tuple[str, ...]:
    """The unit that a view is of, if it is of one."""
    if isinstance(view, CaseFile):
        return (unit_of(view.case_number),)
    if isinstance(view, DocumentState):
        return (unit_of(view.publication.judgment.case_number, view.publication.judgment.url),)
    if isinstance(view, NoticeEntry):
        return (unit_of(view.entry.case_number, view.entry.url),)
    return ()


def _one(group: list[_Statement]) -> _Statement:
    return group[0] if len(group) == 1 else replace(group[0], outcome=gravest(s.outcome for s in group))


def _with_evidence(outcome: Outcome, view: View) -> Outcome:
    if outcome.evidence or outcome.verdict not in SEEN:
        return outcome
    return replace(outcome, evidence=view.evidence)


def _notes(said: dict[str, _Statement], opened: dict[str, Finding], site: str, joined: Joined) -> dict[str, _Statement]:
    """What was not read, said once: for each section or site once, for the cases of a rule in one sentence.

    An open finding stays as it is, so nothing is noted beside it.
    """
    notes: dict[str, _Statement] = {}
    noted: set[tuple[str, str]] = {
        (f.subject.kind, f.subject.identity) for f in opened.values() if f.subject.kind in _NOTED_WHEN_UNREAD
    }
    cases: dict[str, list[_Statement]] = defaultdict(list)
    for print_, statement in said.items():
        outcome, subject = statement.outcome, statement.subject
        if not outcome.unread or outcome.verdict != UNCLEAR or print_ in opened:
            continue
        if subject.kind == "case":
            cases[statement.rule.id].append(statement)
        elif subject.kind in _NOTED_WHEN_UNREAD and (subject.kind, subject.identity) not in noted:
            noted.add((subject.kind, subject.identity))
            notes[print_] = replace(statement, outcome=replace(outcome, unread=False))
    for rule, statements in cases.items():
        first = statements[0]
        subject = joined.views[SiteState][0].subject
        message = f"台账中{len(statements)}件案件未能核对：{first.outcome.message}"
        outcome = Outcome(verdict=UNCLEAR, message=message, evidence=first.outcome.evidence)
        notes[fingerprint(rule, site, subject)] = _Statement(first.rule, subject, None, outcome)
    return notes


def _nights_seen(connection: Connection, opened: dict[str, Finding], night: date) -> dict[str, int]:
    """On how many nights before this one, in its present episode, each open finding was seen as a fault."""
    found: dict[str, int] = {}
    waiting = sorted(opened)
    for start in range(0, len(waiting), 500):
        query = sa.select(sightings.c.fingerprint, sightings.c.night).where(
            sightings.c.fingerprint.in_(waiting[start : start + 500]),
            sightings.c.night < night,
            sightings.c.verdict.in_((CERTAIN, SUSPECTED)),
            sightings.c.raw_grade.in_((CERTAIN, SUSPECTED)),
        )
        for print_, on in connection.execute(query):
            if on >= opened[print_].first_seen:
                found[print_] = found.get(print_, 0) + 1
    return found


def _sighting(
    statement: _Statement, site: str, court: str | None, night: date, nights: int, policy: Policy | None
) -> Sighting:
    rule, outcome = statement.rule, statement.outcome
    confirmed = outcome.verdict == SUSPECTED and rule.confirm > 1 and nights + 1 >= rule.confirm
    verdict = CERTAIN if confirmed else outcome.verdict
    severity = outcome.severity or rule.severity
    return Sighting(
        rule=rule.id,
        title=rule.manual.title,
        severity=severity.value,
        verdict=verdict,
        raw_grade=outcome.verdict,
        site=site,
        court=court,
        department=statement.department,
        subject=statement.subject,
        message=outcome.message,
        remedy=rule.manual.remedy,
        due=severity.due(night) if verdict == CERTAIN else None,
        basis=tuple(a.citation for a in _basis(rule, outcome, night, policy)),
        evidence=outcome.evidence[:MOST_EVIDENCE],
    )


def _basis(rule: Rule, outcome: Outcome, night: date, policy: Policy | None) -> tuple[Article, ...]:
    """The articles in force on the day of the fact; the court's own norm first."""
    day = outcome.fact_day or night
    refs = [a.ref for a in rule.basis if not outcome.basis or a.ref in outcome.basis]
    national = in_force(refs, day) or in_force(refs, night)
    if policy is None:
        return national
    duty = policy.duty(rule.duty, day) if rule.duty is not None else None
    local = duty.article if duty is not None else policy.article_for(rule.id)
    return (local, *national) if local is not None and local.instrument.is_in_force(day) else national


def _with_times(connection: Connection, site: str, night: date, made: list[Sighting]) -> list[Sighting]:
    """When each page that serves as evidence was read, and with which answer."""
    wanted = {e.url for s in made for e in s.evidence if e.fetched_at is None and not e.url.startswith("ledger:")}
    history = runs.access_history(connection, site, sorted(wanted), night) if wanted else {}
    return [replace(s, evidence=tuple(_dated(e, history.get(e.url, [])) for e in s.evidence)) for s in made]


def _dated(evidence: Evidence, rows: list[dict[str, Any]]) -> Evidence:
    """The latest reading of this very body, or the latest at all if the body is not named."""
    fitting = [r for r in rows if evidence.sha256 is None or r["sha256"] == evidence.sha256]
    if evidence.fetched_at is not None or not fitting:
        return evidence
    last = fitting[-1]
    digest = evidence.sha256 or last["sha256"]
    return replace(evidence, fetched_at=last["at"], status=last["status"], sha256=digest)


def _other(
    finding: Finding, statement: _Statement | None, joined: Joined, crashed: dict[str, str], rules: Iterable[Rule]
) -> str:
    """What became of an open finding that was not seen tonight: passed, absent, or unread."""
    if finding.rule in crashed:
        return UNREAD
    if statement is not None:
        return PASSED if statement.outcome.verdict == PASS_ else UNREAD
    rule = next((r for r in rules if r.id == finding.rule), None)
    if rule is None:
        return UNREAD
    if finding.subject.kind == "site" and rule.view is CaseFile:
        return PASSED  # a note on cases that were not read: all were read tonight
    return ABSENT if _is_gone(finding, rule, joined) else UNREAD


def _stands_as_it_was(finding: Finding, statement: _Statement | None, joined: Joined) -> bool:
    """A page that it is about, or that proves it, was not asked again: nobody saw it once more, or saw it mended.

    A dead link is mended by its own target; that it is still there is told by a page that leads there and was asked again.
    """
    subject, proofs = finding.subject, [e.url for e in finding.evidence]
    if subject.kind != "link":
        return any(url in joined.carried for url in (subject.url, *proofs) if url)
    if subject.url in joined.carried:
        return True
    if statement is None or statement.outcome.verdict not in SEEN or joined.told_until is None:
        return False
    read = [e.fetched_at for e in statement.outcome.evidence if e.url != subject.url]
    return bool(read) and all(at is not None and at <= joined.told_until for at in read)


def _is_gone(finding: Finding, rule: Rule, joined: Joined) -> bool:
    """Its subject is no more, and that is known."""
    if rule.view in _OF_LEDGERS:
        return True
    subject, url = finding.subject, finding.subject.url or ""
    access = joined.asked.get(url.partition("#")[0])
    gone = access in (Access.GONE, Access.SOFT_GONE)
    if gone and subject.kind in ("page", "section"):
        return True
    if access is not None and not access.is_ok and not gone:
        return False  # it was asked, and nobody saw what is there
    if joined.all_pages_read and _is_listed_by_none(finding, rule, joined):
        return True
    if rule.view is NoticeEntry:
        return joined.notices_read is Coverage.COMPLETE
    if gone and rule.view in _OF_DOCUMENTS:  # it stands at no other address either
        return joined.judgments_read is Coverage.COMPLETE
    if subject.kind != "link" or access is not None:
        return False
    pages = [e.url for e in finding.evidence if e.url != url]
    # The pages it stood on were read, and none of them leads there any more: else it would have been asked.
    readable = (Access.OK, Access.MOVED, Access.GONE, Access.SOFT_GONE)
    read = {page for page in pages if joined.asked.get(page) in readable}
    if joined.is_complete:  # then it would also have been asked for the sake of what was taken over
        read |= joined.carried.intersection(pages)
    return bool(pages) and read.issuperset(pages)


def _is_listed_by_none(finding: Finding, rule: Rule, joined: Joined) -> bool:
    """The lists that would have named its subject were read completely. All pages were: a list may want more than them."""
    if joined.all_lists_read or rule.view in _OF_NO_LIST:
        return True
    if rule.view is ItemState:
        return any(e.url in joined.lists_read for e in finding.evidence)
    documents = rule.view in _OF_DOCUMENTS and finding.subject.kind == "case"
    return documents and joined.judgments_read is Coverage.COMPLETE
