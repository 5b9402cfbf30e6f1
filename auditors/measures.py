"""Everything that one night counts of a site, for the metrics of `metrics.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy.engine import Connection

from auditors.case_files import case_key
from auditors.document_measures import count_cases, count_withdrawals
from auditors.document_views import CourtDocuments
from auditors.hearing_measures import count_hearings, count_replays
from auditors.hearing_views import HearingState, StreamState, StreamYear
from auditors.joins import Joined
from auditors.page_views import PublishedPage
from auditors.rule import CERTAIN
from auditors.site_measures import (
    count_links,
    count_privacy,
    count_process,
    count_public_entries,
    count_sections,
    read_until,
)
from auditors.tally import Tally, Verdicts
from auditors.views import CaseFile, Coverage, LinkHistory, SectionState
from storage import store
from storage.findings import UNREAD, Finding, Sighting
from storage.measures import Measure
from storage.records import Section


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
    standing = [finding for print_, finding in opened.items() if others.get(print_) == UNREAD]
    by_print = {**said, **{one.fingerprint: one.verdict for one in seen}}
    by_print |= {one.fingerprint: one.grade for one in standing}
    proofs = [(one.rule, one.verdict, one.evidence) for one in seen]
    proofs += [(one.rule, one.grade, one.evidence) for one in standing]
    exposed = {
        e.url for rule, grade, evidence in proofs if rule.startswith("P-") and grade == CERTAIN for e in evidence
    }
    return Verdicts(site=site, by_print=by_print, exposed=frozenset(exposed))


def night_measures(connection: Connection, site: str, night: date, joined: Joined, verdicts: Verdicts) -> list[Measure]:
    """All counts of a site as known tonight, of every day."""
    tally = Tally()
    cases, read = joined.all(CaseFile), (joined.judgments_read, joined.notices_read)
    departments = {case_key(case.case_number): case.department for case in cases if case.department}
    is_read = Coverage.INCOMPLETE not in read
    until = read_until(connection, site, night, ("judgment", "withheld"), tonight=is_read)
    count_cases(tally, cases, night, until, verdicts)
    publications = [p for whole in joined.all(CourtDocuments) for p in whole.publications]
    count_withdrawals(tally, cases, publications, night, joined.judgments_read)
    has_entries = joined.notices_read is not Coverage.NONE
    count_public_entries(tally, connection, site, departments, night, until if has_entries else None)
    is_shown = any(year.read is Coverage.COMPLETE for year in joined.all(StreamYear))
    shown_until = read_until(connection, site, night, ("stream",), tonight=is_shown)
    count_hearings(tally, joined.all(HearingState), night, shown_until)
    count_replays(tally, joined.all(StreamState), night, verdicts)
    count_privacy(tally, joined.all(PublishedPage), departments, night, verdicts)
    count_process(tally, cases, night)
    count_sections(tally, joined.all(SectionState), _unread(connection, site, night, joined), night, verdicts)
    if joined.run is not None:
        count_links(tally, connection, joined.run, joined.all(LinkHistory), night, verdicts)
    return tally.measures


def _unread(connection: Connection, site: str, night: date, joined: Joined) -> list[Section]:
    """Sections that stood there when the site was last read, and of which tonight nothing is known."""
    if joined.is_complete:
        return []
    earlier = [one for one in store.read(connection, Section, site=site, until=night) if one.last_seen < night]
    last = max((one.last_seen for one in earlier), default=night)
    return [one.record for one in earlier if one.last_seen == last]
