"""What is counted of hearings: held, held in public, shown on the portal; and of its replays, which play."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from auditors.hearing_views import HearingState, StreamState
from auditors.hearings import HORIZON, SETTLED, streaming_doubt
from auditors.tally import Tally, Verdicts
from storage.records import Video


def count_hearings(tally: Tally, hearings: Iterable[HearingState], night: date, read_until: date | None) -> None:
    """The ledger's past sessions, by the day on which they were held.

    Args:
        read_until: The last night on which the portal's lists were read completely; None: never.
    """
    for hearing in hearings:
        if hearing.day >= night:
            continue
        shown = is_streamed(hearing, read_until)
        for entry in hearing.entries:
            tally.judge("stream_share_all", hearing.department, hearing.day, shown)
            if entry.public is True:
                tally.judge("stream_share_public", hearing.department, hearing.day, shown)


def is_streamed(hearing: HearingState, read_until: date | None) -> bool | None:
    """The portal lists it; it would, and does not; or (None) nobody can tell."""
    if hearing.streams:
        return True
    if read_until is None or hearing.day > read_until - SETTLED or not hearing.streams_reach:
        return None
    if hearing.streams_from is not None and hearing.day < hearing.streams_from:
        return None
    return None if streaming_doubt(hearing) else False


def count_replays(tally: Tally, sessions: Iterable[StreamState], night: date, verdicts: Verdicts) -> None:
    """Replays of the last year that the portal lists tonight. Dead is one that was found dead on two nights."""
    for session in sessions:
        stream, day = session.stream, session.day
        if not session.tonight or "replay" not in stream.listed or stream.video is Video.NONE_YET:
            continue
        if day is not None and not night - HORIZON <= day < night:
            continue
        plays = stream.video is Video.PLAYABLE
        is_dead = stream.video is not Video.UNREAD and verdicts.is_certain(session.subject, "L-06")
        tally.judge("replay_rate", session.department, night, True if plays else False if is_dead else None)
