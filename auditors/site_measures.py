"""What is counted of the site as it stands tonight: sections, links, documents with personal data; and public entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.case_files import case_key
from auditors.document_measures import is_other
from auditors.freshness import EXEMPT, is_stale
from auditors.page_views import PublishedPage
from auditors.tally import Tally, Verdicts
from auditors.views import RELIABLE, CaseFile, LinkHistory, SectionState
from storage import runs
from storage.records import Access, LinkKind, PageKind, Participant, Section, Withheld
from storage.runs import Run
from storage.schema import TABLES, accesses


def count_sections(
    tally: Tally, sections: Iterable[SectionState], unread: Iterable[Section], night: date, verdicts: Verdicts
) -> None:
    """Sections that are to be kept up to date.

    Args:
        unread: Those known from before of which tonight nothing was read.
    """
    for state in sections:
        section = state.section
        if section.cadence in EXEMPT:
            continue
        is_fresh = section.items > 0 and section.newest is not None and not is_stale(section, night)
        is_bad = verdicts.is_certain(state.subject, "W-01", "W-05")
        tally.judge("fresh_rate", section.department, night, True if is_fresh else False if is_bad else None)
    for section in unread:
        if section.cadence not in EXEMPT and section.record != "stream":
            tally.judge("fresh_rate", section.department, night, None)


def count_links(
    tally: Tally, connection: Connection, run: Run, links: Iterable[LinkHistory], night: date, verdicts: Verdicts
) -> None:
    """Distinct targets that were met tonight: open, dead for certain, or neither is known."""
    query = (
        sa.select(accesses.c.internal, accesses.c.access, sa.func.count())
        .where(accesses.c.run == run.id, accesses.c.kind != LinkKind.PORTAL.value)
        .group_by(accesses.c.internal, accesses.c.access)
    )
    open_, all_ = {True: 0, False: 0}, {True: 0, False: 0}
    for internal, access, number in connection.execute(query):
        all_[internal] += number
        open_[internal] += number * Access(access).is_ok
    dead = {True: 0, False: 0}
    for link in links:
        dead[link.target.internal] += verdicts.is_certain(link.subject, "W-07", "W-08")
    for internal, name in ((True, "link_rate"), (False, "link_rate_external")):
        unknown = max(0, all_[internal] - open_[internal] - dead[internal])
        for found, number in ((True, open_[internal]), (False, dead[internal]), (None, unknown)):
            if number:
                tally.judge(name, None, night, found, number)


def count_privacy(
    tally: Tally, pages: Iterable[PublishedPage], departments: Mapping[str, str], night: date, verdicts: Verdicts
) -> None:
    """Documents that were looked through tonight, and those that show personal data for certain.

    Args:
        departments: Of each case, by what the writings of its number have in common.
    """
    whole = {url.partition("#")[0] for url in verdicts.exposed}  # several cases of one page differ by the fragment
    for page in pages:
        scan = page.scan
        if scan.kind is not PageKind.JUDGMENT or scan.attachment:
            continue
        shows = scan.url in verdicts.exposed or (scan.imported is None and scan.url in whole)
        number = page.judgment.case_number if page.judgment is not None else None
        department = departments.get(case_key(number)) if number else None
        found = True if shows else None if scan.unread else False
        tally.judge("privacy_rate", department or page.department, night, found)


def count_process(tally: Tally, cases: Iterable[CaseFile], night: date) -> None:
    """Cases of the ledger of 审判流程信息 whose participants can all prove who they are (法释〔2018〕7号 第五条、第六条)."""
    listed = [case for case in cases if case.participants]
    rows = [row for case in listed for row in case.participants]
    kept = all(any(_filled(row)[place] is not None for row in rows) for place in range(4))
    for case in listed:
        if any("不公开" in (row.publicity or "") for row in case.participants):
            continue
        is_effective = all(all(_filled(row)) for row in case.participants)
        tally.judge("process_rate", case.department, night, is_effective if kept else None)


def _filled(row: Participant) -> tuple[bool | None, ...]:
    """Name, type and number of the document, telephone: there and well-formed; None: the cell is empty."""
    return row.has_name or None, bool(row.id_type) or None, row.id_number_ok, row.phone_ok


def count_public_entries(
    tally: Tally, connection: Connection, site: str, departments: Mapping[str, str], night: date, until: date | None
) -> None:
    """Every public entry on a document not published that was ever found, by its reason.

    Args:
        until: The last night on which the sections of entries were read completely; None: never.
    """
    table = TABLES[Withheld]
    columns = (table.c.case_number, table.c.reason, table.c.published, table.c.published_source, table.c.first_seen)
    query = sa.select(*columns).where(table.c.site == site, table.c.first_seen <= night)
    for number, reason, published, source, first_seen in connection.execute(query):
        day = published if published is not None and source in RELIABLE else first_seen
        department = departments.get(case_key(number)) if number else None
        is_told = until is not None and day <= until
        tally.judge("other_share_public", department, day, is_other(reason) if is_told else None)


def read_until(connection: Connection, site: str, night: date, kinds: Sequence[str], *, tonight: bool) -> date | None:
    """The last night on which every section of these kinds that stood there was read completely; None: never.

    Args:
        kinds: judgment, withheld, stream …
        tonight: They were, tonight.
    """
    if tonight:
        return night
    table = TABLES[Section]
    query = sa.select(table.c.url, table.c.first_seen, table.c.last_seen).where(
        table.c.site == site, table.c.record.in_(kinds)
    )
    known = list(connection.execute(query))
    history = runs.section_history(connection, site, night)
    complete = {(url, row["night"]) for url, _, _ in known for row in history.get(url, ()) if row["complete"]}
    nights = sorted({on for _, on in complete if on < night}, reverse=True)
    return next(
        (on for on in nights if all((url, on) in complete for url, first, last in known if first <= on <= last)), None
    )
