"""Storage → views: everything that rules read of one site and night, from a few queries, none per case or link."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.case_files import Common, build_case_files, build_notices, home_codes, read_common
from auditors.case_sources import Sources, read_sources
from auditors.document_joins import build_documents, read_publications
from auditors.document_views import CourtDocuments, DocumentState
from auditors.hearing_joins import Hearings, build_hearings
from auditors.hearing_views import HearingState, StreamState, StreamYear
from auditors.page_views import PublishedPage
from auditors.pages import build_published_pages
from auditors.plan import EVERYTHING, Known, Plan
from auditors.readings import read_until
from auditors.views import (
    CaseFile,
    Coverage,
    ItemState,
    LinkHistory,
    LinkNight,
    NoticeEntry,
    PageState,
    Publication,
    SectionRead,
    SectionState,
    SiteState,
    View,
)
from auditors.whole import is_whole, missing_sections
from auditors.withheld_joins import withheld_views
from storage import runs, store
from storage.findings import Finding
from storage.records import Access, Item, LinkKind, PageFacts, Section, Target, Withheld
from storage.runs import Run, Site
from storage.schema import TABLES, accesses
from storage.schema import runs as runs_

V = TypeVar("V")
PORTAL_DEPTH = 2
_HIDES_LINKS = (
    Access.BLOCKED,
    Access.THROTTLED,
    Access.ROBOTS,
    Access.PRIVATE,
    Access.OFFLINE,
    Access.TIMEOUT,
    Access.TLS,
    Access.RESET,
    Access.UNDECODABLE,
    Access.OVERSIZE,
)


@dataclass(frozen=True)
class Joined:
    """The views of one site and night, and what tells whether a subject is gone or was merely not read.

    Attributes:
        views: By the type that rules name.
        run: Tonight's run; None: there was none.
        asked: What came of the addresses of open findings, and of the pages they stand on, tonight.
        carried: Those of these addresses that tonight stand as the last audit knew them: nothing new follows from them.
        told_until: When the last audited run before this one had ended; None: there was none.
        all_pages_read: The run is complete, and none of its pages that was read of late could not be read tonight: no more
            is on the site than what was found.
        missing: Sections of which nothing is known tonight.
        lists_read: The addresses of tonight's sections that were read completely.
        all_lists_read: Those are all of tonight's sections, but for the hearing portal's.
        judgments_read, notices_read, announcements_read: Whether the sections of each were read tonight.
        home_codes: 法院代字 of this court's own numbers, as far as they show which it is.
        read_until: The last night on which all sections of judgments and notices were read; None: never.
        plan: Which cases, documents and notices are among the views.
        notices: Every public entry of those cases, ever found.
        common: What is the same for all cases.
        sources: The rows that were read of them, and of those that they are linked to.
    """

    views: dict[type[Any], list[View]]
    run: Run | None
    asked: dict[str, Access]
    carried: frozenset[str]
    told_until: datetime | None
    all_pages_read: bool
    missing: list[Section]
    lists_read: frozenset[str]
    all_lists_read: bool
    judgments_read: Coverage
    notices_read: Coverage
    announcements_read: Coverage
    home_codes: frozenset[str]
    read_until: date | None
    plan: Plan
    notices: list[store.Seen[Withheld]]
    common: Common
    sources: Sources

    def all(self, kind: type[V]) -> list[V]:
        """The views of one type."""
        return [view for view in self.views.get(kind, ()) if isinstance(view, kind)]

    @property
    def is_complete(self) -> bool:
        return self.run is not None and self.run.is_complete


def join(
    connection: Connection,
    site_id: str,
    night: date,
    open_findings: Iterable[Finding],
    planned: Callable[[Common, Known], Plan] | None = None,
) -> Joined:
    """Build all views of a site and night.

    Args:
        open_findings: Those open before tonight: their links and pages are looked at again, also if they are well now.
        planned: Says which cases are looked at, once it is known what is the same for all; None: all of them.
    """
    site = next((s for s in runs.all_sites(connection) if s.id == site_id), None)
    run = runs.find(connection, site_id, night)
    sections = [s.record for s in store.read(connection, Section, site=site_id, on=night)]
    facts = [s.record for s in store.read(connection, PageFacts, site=site_id, on=night)]
    items = store.read(connection, Item, site=site_id, on=night)
    reads = _section_reads(connection, site_id, night)
    departments = {s.name: s.department for s in sections if s.department}
    open_findings = list(open_findings)
    history = _asked_again(connection, site_id, night, open_findings)
    told, told_until = _last_audit(connection, run)
    tonight, carried = _tonight(connection, run, told, open_findings)
    own = [s for s in sections if s.record != "stream"]
    all_lists_read = all(s.complete for s in own)
    missing = missing_sections(connection, site_id, night)
    coverage = partial(_coverage, sections, missing)
    judgments_read, withheld_read = coverage("judgment"), coverage("withheld")
    notices_read = _notices_read(withheld_read, judgments_read)
    court = site.court if site is not None else None
    targets = _links(connection, site_id, night, facts, open_findings, history, tonight)
    common = read_common(connection, site_id, court, judgments_read, notices_read)
    until = read_until(
        connection, site_id, night, ("judgment", "withheld"),
        tonight=Coverage.INCOMPLETE not in (judgments_read, notices_read),
    )  # fmt: skip
    plan = EVERYTHING if planned is None else planned(common, Known(run, until, departments))
    sources = read_sources(connection, site_id, night, plan.wanted)
    publications = read_publications(connection, site_id, night, sources.judgments)
    case_files = build_case_files(
        sources, publications, common, plan.codes(sources, publications), plan.settled_unnumbered
    )
    codes = home_codes(case_files) if plan.units is None else plan.codes(sources, publications) or frozenset()
    case_files = [case for case in case_files if plan.has(case.case_number)]
    publications = tuple(p for p in publications if plan.has(p.judgment.case_number, p.judgment.url))
    notices = [s for s in sources.notices if plan.has(s.record.case_number, s.record.url)]
    documents = build_documents(publications, night, court=court, own_codes=codes, departments=departments)
    whole = CourtDocuments(
        url=site.home if site is not None else "",
        cases=tuple(case_files),
        publications=publications,
        judgments_read=judgments_read,
        notices_read=notices_read,
        settled_due=plan.settled_due,
        settled_published=plan.settled_published,
    )
    hearings = build_hearings(
        connection,
        site_id,
        night,
        home=site.home if site is not None else "",
        court=court,
        sections=sections,
        coverage=coverage,
        entries=None if plan.units is None else plan.entry_codes(sources),
    )
    views: dict[type[Any], list[View]] = {
        SectionState: list(_sections(sections, facts, reads, hearings)),
        ItemState: list(_items(connection, site_id, sections, items, reads)),
        LinkHistory: list(targets),
        PageState: list(
            _pages(
                site_id,
                facts,
                [i.record for i in items],
                departments,
                open_findings,
                tonight,
                lists_read=all_lists_read,
            )
        ),
        CaseFile: [*case_files],
        DocumentState: [*documents],
        CourtDocuments: [whole],
        NoticeEntry: [*build_notices(notices, night, departments)],
        PublishedPage: list(build_published_pages(connection, site_id, night, departments)),
        SiteState: [
            replace(
                _site(connection, site, run, facts, publications, judgments_read),
                settled_uploads=plan.settled_uploads,
            )
        ],
        HearingState: [*hearings.hearings],
        StreamState: [*hearings.streams],
        StreamYear: [*hearings.years],
        **withheld_views(connection, site_id, court or "", night, departments, notices_read, rows=plan.ledgers),
    }
    return Joined(
        views=views,
        run=run,
        asked={url: one.access for url, one in tonight.items()},
        carried=carried,
        told_until=told_until,
        all_pages_read=run is not None and run.is_complete and (not open_findings or is_whole(connection, run)),
        missing=missing,
        lists_read=frozenset(s.url for s in own if s.complete),
        all_lists_read=all_lists_read,
        judgments_read=judgments_read,
        notices_read=notices_read,
        announcements_read=coverage("hearing"),
        home_codes=codes,
        read_until=until,
        plan=plan,
        notices=notices,
        common=common,
        sources=sources,
    )


# --- sections ---


def _section_reads(connection: Connection, site: str, night: date) -> dict[str, tuple[SectionRead, ...]]:
    history = runs.section_history(connection, site, night)
    return {
        url: tuple(SectionRead(r["night"], r["complete"], r["items"], r["newest"], r["oldest"]) for r in rows)
        for url, rows in history.items()
    }


def _sections(
    sections: list[Section], facts: list[PageFacts], reads: dict[str, tuple[SectionRead, ...]], hearings: Hearings
) -> Iterable[SectionState]:
    drawn = {_key(f.url) for f in facts if f.drawn_by_script}
    for section in sections:
        if section.record == "stream":  # a list of the hearing portal is no section of the court's own site
            continue
        yield SectionState(
            section=section,
            drawn_by_script=_key(section.url) in drawn,
            reads=reads.get(section.url, ()),
            hearing_days=hearings.days if section.record == "hearing" else (),
            last_announced=max(hearings.last_announced.values(), default=None) if section.record == "hearing" else None,
        )


def _coverage(sections: list[Section], missing: list[Section], record: str) -> Coverage:
    """Sections of one kind: none, all read tonight, or some not."""
    if any(section.record == record for section in missing):
        return Coverage.INCOMPLETE
    own = [section for section in sections if section.record == record]
    if not own:
        return Coverage.NONE
    return Coverage.COMPLETE if all(section.complete for section in own) else Coverage.INCOMPLETE


def _notices_read(notices: Coverage, judgments: Coverage) -> Coverage:
    """Notices also stand among the judgments, in place of a document."""
    if Coverage.NONE in (notices, judgments):
        return notices
    return Coverage.INCOMPLETE if Coverage.INCOMPLETE in (notices, judgments) else Coverage.COMPLETE


def _items(
    connection: Connection,
    site: str,
    sections: list[Section],
    items: list[store.Seen[Item]],
    reads: dict[str, tuple[SectionRead, ...]],
) -> Iterable[ItemState]:
    """Rows that came into their section after its first reading; the others can tell nothing of their date."""
    by_url = {s.url: s for s in sections}
    arrivals = Counter((i.record.section_url, i.first_seen) for i in items)
    rows = Counter(i.record.section_url for i in items)
    late = [i for i in items if _came_later(i, reads.get(i.record.section_url, ()))]
    earlier = _first_seen_by_title(connection, site, {i.record.title for i in late})
    for seen in late:
        item = seen.record
        section = by_url.get(item.section_url)
        if section is None:
            continue
        yield ItemState(
            item=item,
            section=section,
            first_seen=seen.first_seen,
            reads=reads.get(item.section_url, ()),
            arrivals=arrivals[item.section_url, seen.first_seen],
            rows=rows[item.section_url],
            known_elsewhere=earlier.get(item.title, seen.first_seen) < seen.first_seen,
        )


def _came_later(seen: store.Seen[Item], reads: tuple[SectionRead, ...]) -> bool:
    return bool(reads) and reads[0].night < seen.first_seen and seen.record.published is not None


def _first_seen_by_title(connection: Connection, site: str, titles: set[str]) -> dict[str, date]:
    table, found, waiting = TABLES[Item], {}, sorted(titles)
    for start in range(0, len(waiting), 500):
        query = (
            sa.select(table.c.title, sa.func.min(table.c.first_seen).label("seen"))
            .where(table.c.site == site, table.c.title.in_(waiting[start : start + 500]))
            .group_by(table.c.title)
        )
        found.update({row.title: row.seen for row in connection.execute(query)})
    return found


# --- links and pages ---


def _asked_again(
    connection: Connection, site: str, night: date, open_findings: list[Finding]
) -> dict[str, list[dict[str, Any]]]:
    """The accesses of the addresses of open findings, and of the pages on which a dead link stood."""
    urls = {f.subject.url for f in open_findings if f.subject.url and f.subject.kind in ("link", "page", "section")}
    urls |= {e.url for f in open_findings if f.subject.kind == "link" for e in f.evidence}
    return runs.access_history(connection, site, sorted(urls), night) if urls else {}


@dataclass(frozen=True)
class _Answer:
    """What came of an address, and how many seconds it took to load; None: not known."""

    access: Access
    elapsed: float | None


def _last_audit(connection: Connection, run: Run | None) -> tuple[date, datetime | None]:
    """The last night before a run's that was audited, and when its run had ended."""
    if run is None:
        return date.min, None
    before = (
        sa.select(runs_.c.night, runs_.c.finished)
        .where(runs_.c.site == run.site, runs_.c.night < run.night, runs_.c.audited.is_not(None))
        .order_by(runs_.c.night.desc())
    )
    row = connection.execute(before.limit(1)).first()
    return (date.min, None) if row is None else (row.night, row.finished)


def _tonight(
    connection: Connection, run: Run | None, told: date, open_findings: list[Finding]
) -> tuple[dict[str, _Answer], frozenset[str]]:
    """Of the addresses of open findings and their evidence: what came of those that were asked since the last audit, and
    those that were not, but stand tonight as they stood then.

    Args:
        told: The night of the last audit.
    """
    if run is None:
        return {}, frozenset()
    urls = {url for f in open_findings for url in (f.subject.url, *(e.url for e in f.evidence)) if url}
    asked: dict[str, _Answer] = {}
    carried: set[str] = set()
    wanted = sorted({url.partition("#")[0] for url in urls})
    for start in range(0, len(wanted), 500):
        query = sa.select(accesses.c.url, accesses.c.access, accesses.c.elapsed, accesses.c.carried).where(
            accesses.c.run == run.id, accesses.c.url.in_(wanted[start : start + 500])
        )
        for url, access, elapsed, on in connection.execute(query):
            if on is None or on > told:
                asked[url] = _Answer(Access(access), elapsed)
            else:
                carried.add(url)
    return asked, frozenset(url for url in urls if url.partition("#")[0] in carried)


def _links(
    connection: Connection,
    site: str,
    night: date,
    facts: list[PageFacts],
    open_findings: list[Finding],
    history: dict[str, list[dict[str, Any]]],
    tonight: Mapping[str, object],
) -> Iterable[LinkHistory]:
    hidden: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        for link in fact.hidden_links:
            hidden[_key(link)].add(_key(fact.url))
    targets = {s.record.url: s.record for s in store.read(connection, Target, site=site, on=night)}
    for finding in open_findings:
        url = finding.subject.url
        if finding.subject.kind != "link" or url is None or url in targets:
            continue
        if url in tonight and history.get(url):
            targets[url] = _target(site, url, history[url][-1])
    broken = [t.url for t in targets.values() if not t.access.is_ok and not t.access.is_refusal]
    nights = runs.access_history(connection, site, sorted(broken), night) if broken else {}
    for url, target in sorted(targets.items()):
        before = tuple(
            LinkNight(r["night"], Access(r["access"]), r["status"]) for r in nights.get(url, []) if r["night"] < night
        )
        pages = [_key(r.url) for r in target.referrers]
        unseen = bool(pages) and target.referrer_count <= len(pages) and hidden[_key(url)].issuperset(pages)
        yield LinkHistory(target=target, nights=before, hidden=unseen)


def _target(site: str, url: str, row: dict[str, Any]) -> Target:
    """A target that is well tonight, or refuses us: it has no record of its own."""
    return Target(
        site=site,
        url=url,
        kind=LinkKind(row["kind"]),
        internal=row["internal"],
        access=Access(row["access"]),
        status=row["status"],
        detail=row["detail"],
        fetched_at=row["at"],
        sha256=row["sha256"],
    )


def _pages(
    site: str,
    facts: list[PageFacts],
    items: list[Item],
    departments: dict[str, str],
    open_findings: list[Finding],
    tonight: dict[str, _Answer],
    *,
    lists_read: bool,
) -> Iterable[PageState]:
    by_key: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_key[_key(item.url)].append(item)
    opened = {f.subject.url for f in open_findings if f.subject.kind == "page" and f.subject.url}
    # Facts are kept of pages about which there is something; a page that was read and has none is well.
    read = {url: one for url in opened if (one := tonight.get(url)) is not None and one.access.is_ok}
    known = {f.url for f in facts}
    facts = [*facts, *(PageFacts(site=site, url=url) for url in sorted(read.keys() - known))]
    for fact in sorted(facts, key=lambda f: f.url):
        leading = tuple(by_key.get(_key(fact.url), ()))
        named = [fact.section, *(i.section for i in leading)]
        department = next((departments[name] for name in named if name in departments), None)
        one = read.get(fact.url)
        if one is not None and not fact.loads and one.elapsed is not None:
            fact = replace(fact, loads=(round(one.elapsed, 3),))
        unlisted = fact.url in opened and not leading and not lists_read
        yield PageState(facts=fact, items=leading, maybe_listed=unlisted, department=department)


def _key(url: str) -> str:
    """Two addresses of one page: scheme, default port and a closing slash do not matter."""
    return re.sub(r":(?:80|443)(?=/|$)", "", re.sub(r"^https?://", "", url)).rstrip("/")


# --- the site ---


def _site(
    connection: Connection,
    site: Site | None,
    run: Run | None,
    facts: list[PageFacts],
    publications: tuple[Publication, ...],
    judgments_read: Coverage,
) -> SiteState:
    home = next((f for f in facts if f.is_home), None)
    url = site.home if site is not None else home.url if home is not None else ""
    state = SiteState(
        url=url,
        home=home,
        hosts=frozenset(host for f in facts if f.depth <= PORTAL_DEPTH for host in f.links_to),
        uploads=publications,
        judgments_read=judgments_read,
    )
    if run is None:
        return replace(state, home=None, cut_off=True)
    unread = connection.execute(
        sa.select(sa.func.count())
        .select_from(accesses)
        .where(
            accesses.c.run == run.id,
            accesses.c.internal.is_(True),
            accesses.c.depth <= PORTAL_DEPTH,
            accesses.c.kind.in_([LinkKind.PAGE.value, LinkKind.FRAME.value]),
            accesses.c.access.in_([a.value for a in _HIDES_LINKS]),
        )
    ).scalar_one()
    cut_off = run.status not in ("complete", "incomplete") or any(
        issue.cause == "budget" for issue in runs.read_issues(connection, run.id)
    )
    return replace(state, unread=unread, cut_off=cut_off)
