"""One session of the portal: what lists, page and earlier nights say of it, put together. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from crawlers.dates import SHANGHAI
from crawlers.portal.addresses import Addresses
from crawlers.portal.rows import Row
from crawlers.portal.trial import TrialPage
from crawlers.portal.video import Recording
from storage.records import Stream, Video


@dataclass(frozen=True)
class Session:
    """One session: what the lists say of it tonight, and what is known of it from earlier nights."""

    case_id: str
    row: Row
    listed: tuple[str, ...]
    before: Stream | None
    asked_on: date | None
    is_named: bool = True  # by tonight's lists


def with_recording(stream: Stream, recording: Recording, night: date) -> Stream:
    """A session with what was found of its recording; on its own day, and without a time, absence says nothing."""
    found, detail = recording.video, recording.detail
    absent = found in (Video.NO_PLAYLIST, Video.EMPTY_PLAYLIST, Video.UNREACHABLE)
    if absent and stream.starts is None:
        found, detail = Video.UNREAD, f"开庭时间不明；{detail}"
    elif absent and stream.starts is not None and day_of(stream.starts) == night:
        found, detail = Video.NONE_YET, f"开庭当日；{detail}"
    return replace(
        stream,
        video=found,
        video_detail=detail,
        duration=recording.duration,
        segments=recording.segments,
        dead_segments=recording.dead_segments,
    )


def stream_of(session: Session, shown: TrialPage, site: str, url: str) -> Stream:
    """What lists and page say of a session; the list's own fields go first, then the page's, then what was known."""
    row, known = session.row, session.before
    starts, raw = (row.starts, row.starts_raw) if row.starts else (shown.starts, shown.starts_raw)
    if starts is None and known is not None:
        starts, raw = known.starts, known.starts_raw
    return Stream(
        site=site,
        case_id=session.case_id,
        url=url,
        listed=session.listed,
        case_number=row.case_number or shown.case_number or (known.case_number if known else None),
        court=row.court or shown.court or (known.court if known else None),
        cause=row.cause or shown.cause or (known.cause if known else None),
        title=row.title or (known.title if known else None),
        starts=starts,
        starts_raw=raw or row.starts_raw,
        place=shown.place or (known.place if known else None),
        has_parties=shown.has_parties,
        judgment_url=shown.judgment_url,
    )


def carried(session: Session, site: str, addresses: Addresses) -> Stream:
    """A session that was not looked at tonight: as known before, or as the lists name it."""
    if session.before is not None:
        return replace(session.before, listed=session.listed)
    stream = stream_of(session, TrialPage(), site, addresses.trial(session.case_id))
    return replace(stream, video=Video.UNREAD, video_detail="本次未读")


def day_of(moment: datetime) -> date:
    """The day in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()
