"""Storage → hearings: announcements, the ledger's sessions and the portal's, joined by case and day, set-wise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.case_files import base_key, code_counts, commonest, is_foreign
from auditors.hearing_views import (
    DAY_OFF,
    Announcement,
    HearingState,
    Shown,
    StreamState,
    StreamYear,
    day_of,
    has_clock,
)
from auditors.views import Coverage
from storage import runs, store
from storage.case_number import canonical
from storage.courts import find_court, same_court
from storage.ledgers import ledger_files
from storage.records import Approval, CaseEntry, Hearing, Section, Stream
from storage.schema import TABLES

AHEAD = 3
"""Calendar days before a hearing by which a criminal one is announced (刑诉法 187)."""
REACH = timedelta(days=10)
"""Lists that hold announcements so much older than a hearing hold that hearing's too. Ours, no norm's."""


@dataclass(frozen=True)
class Hearings:
    """All views of hearings of a site and night.

    Attributes:
        days: Days on which the court held public hearings, by its ledger and the portal.
        last_announced: By section, the latest day that its announcements name or were announced on.
    """

    hearings: list[HearingState]
    streams: list[StreamState]
    years: list[StreamYear]
    days: tuple[date, ...]
    last_announced: dict[str, date]


@dataclass
class _Sources:
    """What is known of hearings, by what the writings of a case number have in common."""

    sessions: dict[str, list[CaseEntry]] = field(default_factory=lambda: defaultdict(list))
    announcements: dict[str, list[Announcement]] = field(default_factory=lambda: defaultdict(list))
    streams: dict[str, list[Stream]] = field(default_factory=lambda: defaultdict(list))
    approvals: dict[str, list[Approval]] = field(default_factory=lambda: defaultdict(list))
    written: dict[str, str] = field(default_factory=dict)
    unnumbered: list[Announcement] = field(default_factory=list)
    unnumbered_streams: list[Stream] = field(default_factory=list)


def build_hearings(
    connection: Connection,
    site: str,
    night: date,
    *,
    home: str,
    court: str | None,
    sections: Iterable[Section],
    coverage: Callable[[str], Coverage],
    entries: Counter[str] | None = None,
) -> Hearings:
    """One state per hearing that the ledger or an announcement names, one per session of the portal.

    Args:
        entries: How many rows of the case ledger have numbers with each 法院代字 ("": none); None: they are read.
        home: The site's address.
        court: The court's name: hearings that a list names of other courts are not its own.
        sections: Tonight's.
        coverage: Whether the sections of a kind ("hearing", "stream") were read tonight.
    """
    lists = [s for s in sections if s.record == "hearing"]
    complete = _complete_nights(connection, site, night, {s.url for s in lists})
    seen = store.read(connection, Hearing, site=site, until=night)
    page_days: dict[str, set[date]] = defaultdict(set)
    for one in seen:
        if (day := day_of(one.record.starts)) is not None:
            page_days[one.record.url].add(day)
    found = [
        Announcement(
            hearing=s.record,
            first_seen=s.first_seen,
            not_before=max((n for n in complete if n < s.first_seen), default=None),
            tonight=s.last_seen == night,
            page_days=frozenset(page_days[s.record.url]),
        )
        for s in _earliest(seen)
    ]
    streams = store.read(connection, Stream, site=site, until=night)
    sources = _sources(connection, site, found, [s.record for s in streams], court, entries)
    reader = _Reader(
        sources,
        night,
        complete,
        announced=coverage("hearing"),
        streams_read=coverage("stream"),
        streams_from=_streams_from(connection, site, night, sections),
        not_understood=sum(s.not_understood for s in lists),
        approvals_known=_approvals_known(connection, site),
    )
    return Hearings(
        hearings=reader.hearings(),
        streams=[reader.stream(s, night) for s in streams if _is_ours(s.record.court, court)],
        years=[reader.year(home)],
        days=reader.days(),
        last_announced=_last_announced(found),
    )


def _last_announced(found: list[Announcement]) -> dict[str, date]:
    last: dict[str, date] = {}
    for one in found:
        if one.tonight and one.hearing.section:
            # What was new after the first night was announced by then; what was there on that night may be old.
            arrived = one.first_seen if one.not_before is not None else None
            days = [d for d in (one.day, one.stated, arrived, last.get(one.hearing.section)) if d is not None]
            if days:
                last[one.hearing.section] = max(days)
    return last


def _complete_nights(connection: Connection, site: str, night: date, urls: set[str]) -> list[date]:
    """Nights on which every list of announcements was read completely, oldest first."""
    history = runs.section_history(connection, site, night)
    by_night: dict[date, set[str]] = defaultdict(set)
    for url in urls:
        for row in history.get(url, []):
            if row["complete"]:
                by_night[row["night"]].add(url)
    return sorted(n for n, read in by_night.items() if urls and read == urls)


def _streams_from(connection: Connection, site: str, night: date, sections: Iterable[Section]) -> date | None:
    """The day from which on the portal's lists were read without a gap, tonight's reading and earlier ones together.

    A list of the portal says for which days it was read; nights that follow each other within these days join.
    """
    history = runs.section_history(connection, site, night)
    reaches = []
    for url in {s.url for s in sections if s.record == "stream"}:
        first: date | None = None
        for row in reversed(history.get(url, [])):
            if row["complete"] and row["oldest"] and (first is None or row["night"] >= first):
                first = min(row["oldest"], first or row["oldest"])
        if first is not None:
            reaches.append(first)
    return min(reaches, default=None)


def _earliest(seen: list[store.Seen[Hearing]]) -> list[store.Seen[Hearing]]:
    """One hearing announced on several pages counts from the first of them."""
    first: dict[tuple[str, str], date] = {}
    for one in seen:
        if one.record.case_number:
            key = (base_key(one.record.case_number), one.record.mark)
            first[key] = min(one.first_seen, first.get(key, one.first_seen))
    return [
        store.Seen(
            s.record, first.get((base_key(s.record.case_number or ""), s.record.mark), s.first_seen), s.last_seen
        )
        for s in seen
    ]


def _approvals_known(connection: Connection, site: str) -> bool:
    given = [f for f in ledger_files(connection, site) if f.kind == "streams"]
    return bool(given) and not any(f.unread for f in given)


def _sources(
    connection: Connection,
    site: str,
    found: list[Announcement],
    streams: list[Stream],
    court: str | None,
    rows: Counter[str] | None,
) -> _Sources:
    sources = _Sources()
    if rows is None:
        rows = code_counts(_ledger_numbers(connection, site))
    listed = find_court(court) if court else None
    announced = [a.hearing.case_number for a in found if a.hearing.case_number]
    if listed and listed.code and not rows and not announced:
        codes = frozenset({listed.code})
    else:
        codes = commonest(rows or code_counts(announced))
    entries = [s.record for s in store.read_with(connection, CaseEntry, "hearing", site=site)]

    def key_of(number: str) -> str | None:
        if is_foreign(number, codes):
            return None
        key = base_key(number)
        sources.written.setdefault(key, number)
        return key

    for entry in entries:
        if key := key_of(entry.case_number):
            sources.sessions[key].append(entry)
    for approval in store.read(connection, Approval, site=site):
        if approval.record.subject == "stream" and (key := key_of(approval.record.case_number)):
            sources.approvals[key].append(approval.record)
    for one in found:
        if not _is_ours(one.hearing.court, court):
            continue
        if not one.hearing.case_number:
            sources.unnumbered.append(one)
        elif key := key_of(one.hearing.case_number):
            sources.announcements[key].append(one)
    for stream in streams:
        if not _is_ours(stream.court, court):
            continue
        if not stream.case_number:
            sources.unnumbered_streams.append(stream)
        elif key := key_of(stream.case_number):
            sources.streams[key].append(stream)
    return sources


def _ledger_numbers(connection: Connection, site: str) -> list[str]:
    table = TABLES[CaseEntry]
    return list(connection.execute(sa.select(table.c.case_number).where(table.c.site == site)).scalars())


def _is_ours(named: str | None, court: str | None) -> bool:
    """A list of a whole province names other courts: their hearings are not this court's."""
    return not named or not court or same_court(named, court) is not False


class _Reader:
    """Joins the sources of each hearing."""

    def __init__(
        self,
        sources: _Sources,
        night: date,
        complete: list[date],
        *,
        announced: Coverage,
        streams_read: Coverage,
        streams_from: date | None,
        not_understood: int,
        approvals_known: bool,
    ) -> None:
        self._sources, self._night, self._complete = sources, night, frozenset(complete)
        self._announced, self._streams_read, self._streams_from = announced, streams_read, streams_from
        self._not_understood, self._approvals_known = not_understood, approvals_known
        batches = [a for rows in sources.announcements.values() for a in rows if a.hearing.batch]
        self._unnumbered = Counter(a.day for a in [*sources.unnumbered, *batches])
        self._sitting: dict[tuple[object, str], set[str]] = defaultdict(set)  # time and judge → the cases heard then
        for key, rows in sources.sessions.items():
            for entry in rows:
                if entry.handler and has_clock(entry.hearing):
                    self._sitting[entry.hearing, entry.handler].add(key)
        self._unnumbered_streams = Counter(day_of(s.starts) for s in sources.unnumbered_streams)
        every = [*(a for rows in sources.announcements.values() for a in rows), *sources.unnumbered]
        tonight = [a for a in every if a.tonight]
        self._oldest_published = min((a.stated for a in tonight if a.stated), default=None)
        self._oldest_day = min((a.day for a in tonight if a.day), default=None)
        shown = [*(s for rows in sources.streams.values() for s in rows), *sources.unnumbered_streams]
        self._past_streams = [s for s in shown if (day := day_of(s.starts)) and day <= night and "replay" in s.listed]
        self._oldest_stream = min((d for s in self._past_streams if (d := day_of(s.starts))), default=None)

    def hearings(self) -> list[HearingState]:
        """Those of the ledger, with their announcements; then the announcements that fit none of them."""
        found: list[HearingState] = []
        keys = sorted({*self._sources.sessions, *self._sources.announcements})
        for key in keys:
            announced = self._sources.announcements.get(key, [])
            days = {d for e in self._sources.sessions.get(key, ()) if (d := day_of(e.hearing))}
            further = {a.day for a in announced if a.day and not any(_near(a.day, day) for day in days)}
            found += [self._state(key, day) for day in sorted({*days, *further})]
        for one in self._sources.unnumbered:
            if one.day is not None:
                found.append(HearingState(day=one.day, announcements=(one,), announced=self._announced))
        return found

    def _state(self, key: str, day: date) -> HearingState:
        sources = self._sources
        announced, streams = sources.announcements.get(key, []), sources.streams.get(key, [])
        sessions = tuple(sources.sessions.get(key, ()))
        entries = tuple(e for e in sessions if day_of(e.hearing) == day)
        joint = {
            k for e in entries if e.handler and has_clock(e.hearing) for k in self._sitting[e.hearing, e.handler]
        } - {key}
        return HearingState(
            day=day,
            case_number=canonical(sources.written[key]),
            announcements=tuple(a for a in announced if _near(a.day, day)),
            rescheduled=tuple(a for a in announced if not _near(a.day, day)),
            entries=entries,
            sessions=sessions,
            streams=tuple(s for s in streams if _near(day_of(s.starts), day)),
            other_streams=tuple(s for s in streams if not _near(day_of(s.starts), day)),
            approvals=tuple(sources.approvals.get(key, ())),
            announced=self._announced,
            shown=self._shown(day),
            unnumbered=_around(self._unnumbered, day),
            joint_announced=any(_near(a.day, day) for k in joint for a in sources.announcements.get(k, ())),
            joint_streamed=any(_near(day_of(s.starts), day) for k in joint for s in sources.streams.get(k, ())),
            not_understood=self._not_understood,
            streams_read=self._streams_read,
            streams_reach=self._streams_reach(day),
            streams_from=self._streams_from,
            unnumbered_streams=_around(self._unnumbered_streams, day),
            approvals_known=self._approvals_known,
        )

    def _streams_reach(self, day: date) -> bool:
        """The portal's lists hold sessions of the court, and reach back to that day."""
        if self._oldest_stream is None:
            return False
        return self._oldest_stream < day or (self._streams_from is not None and self._streams_from <= day)

    def _shown(self, day: date) -> Shown:
        """Would an announcement of a hearing on this day have been seen?"""
        due = [day - timedelta(days=n) for n in range(1, AHEAD)]  # it had to stand there since three days before
        if any(night in self._complete for night in due):
            return Shown.SURELY
        if self._night not in self._complete:
            return Shown.UNKNOWN
        reach = day - REACH
        oldest = [d for d in (self._oldest_published, self._oldest_day) if d is not None]
        if any(d <= reach for d in oldest):
            return Shown.SURELY
        return Shown.LIKELY if self._oldest_day is not None and self._oldest_day <= day else Shown.UNKNOWN

    def stream(self, seen: store.Seen[Stream], night: date) -> StreamState:
        """A session of the portal, with the ledger's and the announcements' word on it."""
        stream = seen.record
        key = base_key(stream.case_number) if stream.case_number else None
        sessions = self._sources.sessions.get(key, []) if key else []
        announced = self._sources.announcements.get(key, []) if key else []
        day = day_of(stream.starts)
        return StreamState(
            stream=stream,
            first_seen=seen.first_seen,
            tonight=seen.last_seen == night,
            read=self._streams_read,
            entries=tuple(e for e in sessions if _near(day_of(e.hearing), day)),
            sessions=tuple(sessions),
            announcements=tuple(a for a in announced if _near(a.day, day)),
        )

    def days(self) -> tuple[date, ...]:
        """Days on which a public hearing was held, known from other sources than the announcements."""
        held = {d for rows in self._sources.sessions.values() for e in rows if e.public and (d := day_of(e.hearing))}
        held |= {d for s in self._past_streams if (d := day_of(s.starts))}
        return tuple(sorted(d for d in held if d <= self._night))

    def year(self, home: str) -> StreamYear:
        """This year's streams and hearings so far."""
        night, last = self._night, _year_before(self._night)
        days = [day for s in self._past_streams if (day := day_of(s.starts))]
        past = [
            (key, e)
            for key, rows in self._sources.sessions.items()
            for e in rows
            if (d := day_of(e.hearing)) and d.year == night.year and d < night
        ]
        shown = {(key, id(e)) for key, e in past if self._is_streamed(key, e)}
        unnumbered = [d for s in self._sources.unnumbered_streams if (d := day_of(s.starts)) and d.year == night.year]
        return StreamYear(
            url=home,
            year=night.year,
            until=night,
            streamed=sum(day.year == night.year for day in days),
            streamed_before=sum(day.year == last.year and day <= last for day in days),
            hearings=len(past),
            public=sum(e.public is True for _, e in past),
            public_streamed=sum(e.public is True and (key, id(e)) in shown for key, e in past),
            hearings_streamed=len(shown),
            read=self._streams_read,
            reaches_back=self._oldest_stream is not None and self._oldest_stream < date(last.year, 1, 1),
            unnumbered=sum(day <= night for day in unnumbered),
        )

    def _is_streamed(self, key: str, entry: CaseEntry) -> bool:
        day = day_of(entry.hearing)
        return any(_near(day_of(s.starts), day) for s in self._sources.streams.get(key, ()))


def _near(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= DAY_OFF


def _around(days: Counter[date | None], day: date) -> int:
    """How many fall on the day, or on the day before or after."""
    return days[day - DAY_OFF] + days[day] + days[day + DAY_OFF]


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
