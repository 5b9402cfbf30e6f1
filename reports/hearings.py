"""Public hearings to come, as the courts announced them: for agencies that are to attend (旁听). Parties are never named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.engine import Connection

from auditors.causes import may_be_closed
from reports.coverage import SiteCoverage
from reports.text import clean, local_time, safe_href
from storage import store
from storage.records import CaseEntry, Hearing, Stream

PURPOSES = ("hearing", "sentencing")


@dataclass(frozen=True, kw_only=True)
class PublicHearing:
    """One hearing.

    Attributes:
        uid: Stays the same when the hearing is moved, with a higher `sequence`.
        court, cause, place: As announced; case_number too, None where there is none.
        starts: In Asia/Shanghai; at midnight: only the day is known.
        announced: Address of the announcement, and `stream` of the live stream, if the portal lists it.
    """

    uid: str
    sequence: int
    court: str
    case_number: str | None
    cause: str | None
    starts: datetime
    place: str | None
    announced: str | None
    stream: str | None


def upcoming(connection: Connection, coverage: Iterable[SiteCoverage]) -> tuple[PublicHearing, ...]:
    """Hearings after the audited night of each site, in their order.

    Only what that night's announcements still say, if they were completely read: one that is gone was called off or moved.
    """
    found = [
        hearing for site in coverage if site.night is not None for hearing in _of_site(connection, site, site.night)
    ]
    return tuple(sorted(found, key=lambda one: (one.starts, one.court, one.uid)))


def _of_site(connection: Connection, site: SiteCoverage, night: date) -> list[PublicHearing]:
    seen = store.read(connection, Hearing, site=site.site, until=night)
    closed = {
        entry.record.case_number
        for entry in store.read(connection, CaseEntry, site=site.site)
        if entry.record.public is False
    }
    streams = {
        (one.record.case_number, one.record.starts.date()): one.record.url
        for one in store.read(connection, Stream, site=site.site, until=night)
        if one.record.starts is not None
    }
    told: dict[tuple[str, datetime], Hearing] = {}
    earlier: dict[str, set[datetime]] = {}  # times of a case that were announced once, and are no more
    for one in seen:
        hearing, starts = one.record, local_time(one.record.starts)
        if starts is None:
            continue
        case = hearing.case_number or f"{hearing.url}#{hearing.mark}"
        if one.last_seen < night and site.is_complete:
            earlier.setdefault(case, set()).add(starts)
        elif starts.date() > night and is_public(hearing, closed):
            told.setdefault((case, starts), hearing)
    count: dict[str, int] = {}
    hearings = []
    for (case, starts), hearing in sorted(told.items(), key=lambda pair: pair[0][::-1]):
        count[case] = count.get(case, 0) + 1
        hearings.append(
            PublicHearing(
                uid=f"{site.site}/{case}/{count[case]}",
                sequence=len(earlier.get(case, set()) - {starts}),
                court=clean(hearing.court or "") or site.court,
                case_number=hearing.case_number,
                cause=clean(hearing.cause or "") or None,
                starts=starts,
                place=clean(hearing.place or "") or None,
                announced=safe_href(hearing.url),
                stream=safe_href(streams.get((hearing.case_number, starts.date()))),
            )
        )
    return hearings


def is_public(hearing: Hearing, closed: Iterable[str]) -> bool:
    """Whether anybody may attend, as far as is known. In doubt a hearing is not listed.

    Args:
        closed: Case numbers that the court's ledger calls not public.
    """
    if hearing.public is False or hearing.minor or hearing.victim or hearing.purpose not in PURPOSES:
        return False
    if hearing.case_number is not None and hearing.case_number in closed:
        return False
    return hearing.public is True or not may_be_closed(hearing.cause or "")
