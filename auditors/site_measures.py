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
from auditors.views import RELIABLE, LinkHistory, SectionState
from storage.records import Access, LinkKind, PageKind, Participant, Section, Withheld
from storage.runs import Run
from storage.schema import accesses
from storage.store import Seen


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


def count_process(tally: Tally, listed: Iterable[tuple[str | None, Sequence[Participant]]], night: date) -> None:
    """Cases of the ledger of 审判流程信息 whose participants can all prove who they are (法释〔2018〕7号 第五条、第六条).

    Args:
        listed: Of each case its department and its rows.
    """
    listed = list(listed)
    rows = [row for _, own in listed for row in own]
    kept = all(any(_filled(row)[place] is not None for row in rows) for place in range(4))
    for department, own in listed:
        if any("不公开" in (row.publicity or "") for row in own):
            continue
        is_effective = all(all(_filled(row)) for row in own)
        tally.judge("process_rate", department, night, is_effective if kept else None)


def _filled(row: Participant) -> tuple[bool | None, ...]:
    """Name, type and number of the document, telephone: there and well-formed; None: the cell is empty."""
    return row.has_name or None, bool(row.id_type) or None, row.id_number_ok, row.phone_ok


def count_public_entries(
    tally: Tally, notices: Iterable[Seen[Withheld]], departments: Mapping[str, str], until: date | None
) -> None:
    """Public entries on documents not published, ever found, each by its reason.

    Args:
        until: The last night on which the sections of entries were read completely; None: never.
    """
    for seen in notices:
        entry = seen.record
        day = public_since(seen)
        department = departments.get(case_key(entry.case_number)) if entry.case_number else None
        is_told = until is not None and day <= until
        tally.judge("other_share_public", department, day, is_other(entry.reason) if is_told else None)


def public_since(seen: Seen[Withheld]) -> date:
    """The day that an entry states, or that on which it was first seen."""
    entry = seen.record
    known = entry.published is not None and entry.published_source in RELIABLE
    return entry.published if known and entry.published is not None else seen.first_seen
