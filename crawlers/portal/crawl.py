"""One night at a hearing portal, for one court: its lists, its sessions' pages, and whether their recordings play.

Previews are read from a week back to two weeks ahead. Replays are read back to before the last year's beginning once, and
from then on as far as the profile says (60 days). A session that is still to come is looked up once and has no recording
yet; one found playable is looked at again after a week (older ones: a month), all others every night. A session that the
lists no longer name, or that has grown too old for their days, is asked for by its own address for a year.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy.engine import Connection, Engine

from crawlers.fetch import Fetcher
from crawlers.guard import is_loopback
from crawlers.portal import trial, video
from crawlers.portal.addresses import Addresses
from crawlers.portal.client import Client
from crawlers.portal.lists import Listing, Lists, said
from crawlers.portal.rows import Row
from crawlers.portal.sessions import Session, carried, day_of, stream_of, with_recording
from crawlers.portal.trial import TrialPage
from crawlers.task import CrawlTask
from crawlers.urls import host_of
from crawlers.writer import Writer
from storage import runs, store
from storage.database import DatabaseError, reading
from storage.records import Access, Cadence, Section, Stream, Video
from storage.runs import Issue, Run
from storage.trouble import trouble_of

log = logging.getLogger(__name__)

MOST_TRIALS = 400  # sessions whose page and recording are looked at in one night; the others keep what was known
RECHECK_NIGHTS, RECHECK_OLD_NIGHTS = 7, 30
REMEMBERED = timedelta(days=365)
PREVIEW, REPLAY = "preview", "replay"

Report = Callable[[int, int, int], None]


@dataclass
class PortalResult:
    """What a night at the portal came to.

    Attributes:
        why: Why it is not complete, list by list.
        cut: The site's budget that was used up before all was asked.
        bugs: What our own mistakes lost.
        was_read: At least one of its lists was, in part.
    """

    streams: list[Stream] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    cut: str | None = None
    bugs: list[str] = field(default_factory=list)
    was_read: bool = False
    pages: int = 0
    asked: int = 0

    @property
    def said_bugs(self) -> list[str]:
        """One word on them for the office."""
        return [f"程序错误，庭审公开平台有{len(self.bugs)}处未能读取"] if self.bugs else []

    def save(self, connection: Connection, run: Run) -> None:
        """Write records, readings of sections and issues. Twice writes the same."""
        store.save(connection, [*self.sections, *self.streams], run.night)
        runs.save_section_reads(connection, [runs.section_read(s, run.night) for s in self.sections])
        runs.save_issues(connection, run.id, self.issues)


class PortalCrawl:
    """The state of one night at one portal."""

    def __init__(
        self,
        task: CrawlTask,
        run: Run,
        database: Engine,
        fetcher: Fetcher,
        report: Report = lambda pages, links, queued: None,
    ) -> None:
        portal = task.profile.portal
        assert portal is not None
        self._task, self._run, self._database, self._report = task, run, database, report
        self._portal, self._court = portal, portal.court or task.profile.court
        self._addresses = Addresses(portal.base)
        self._writer = Writer(database, task.profile.id, run.id, task.night)
        self._client = Client(fetcher, self._writer, database, run.id, self._addresses.base)
        self._lists = Lists(self._client, self._addresses, self._court, portal.code, task.night)
        self._issues: dict[tuple[str, str], Issue] = {}
        self._nameless = 0
        self.result = PortalResult()

    async def go(self) -> PortalResult:
        """Read lists and sessions. What an interrupted run of the same night has read is not asked again."""
        if self._lists.code is None:
            await self._lists.find_code()
        previews = await self._lists.previews()
        replays = await self._lists.replays(self._first_day())
        try:
            self.result.streams = await self._sessions(previews, replays)
        finally:
            self._writer.flush()
        if self._nameless:
            for listing in (previews, replays):
                if any(self._lists.is_ours(row.court) is None for row in listing.rows.values()):
                    listing.note(f"{self._nameless} 场庭审的法院未能确定")
        self._doubt_the_name(previews, replays)
        for listing in (previews, replays):
            self._conclude(listing)
        result = self.result
        if self._client.cut is not None:
            self._note("budget", self._addresses.base, self._client.cut)
            result.cut = f"{self._client.cut}，庭审公开平台未读完"
            result.why.append(result.cut)
        result.issues = list(self._issues.values())
        result.pages, result.asked = self._client.pages, self._client.asked
        return result

    def _first_day(self) -> date:
        """How far back replays are read: the first time so far that this year can be held against the last."""
        night = self._task.night
        with reading(self._database) as connection:
            history = runs.section_history(connection, self._task.profile.id, night).get(self._addresses.replay, [])
        recent = night - timedelta(days=self._portal.replay_days)
        if any(row["complete"] and row["night"] < night for row in history):
            return recent
        return min(recent, date(night.year - 1, 1, 1) - timedelta(days=31))

    def _doubt_the_name(self, previews: Listing, replays: Listing) -> None:
        """Where the portal has neither the court's number nor one session of it, the name may be at fault, not the court."""
        if self._lists.code is None and not self.result.streams:
            for listing in (previews, replays):
                if not listing.why:
                    listing.note(f"平台上没有找到“{self._court}”，不能确定是没有庭审还是名称不同")

    def _conclude(self, listing: Listing) -> None:
        for name, url in listing.missing.items():
            self._note("portal_field", name, f"{listing.name} {url}")
        if listing.is_cut:
            self._note("budget", listing.name, f"只读到 {listing.first}")
        if listing.why:
            self._note("portal_list", listing.name, "；".join(listing.why))
            self.result.why.append(f"{listing.name}：{'；'.join(listing.why)}")
        self.result.was_read = self.result.was_read or listing.was_read
        kind = PREVIEW if listing.url == self._addresses.preview else REPLAY
        self.result.sections.append(
            Section(
                site=self._task.profile.id,
                url=listing.url,
                name=listing.name,
                cadence=Cadence.EVENT,
                record="stream",
                items=sum(1 for s in self.result.streams if kind in s.listed),
                oldest=listing.first,
                newest=listing.last,
                pages=max(listing.pages, 1),
                complete=not listing.why,
                why="；".join(listing.why) or None,
                sha256=listing.sha256,
            )
        )

    # --- sessions ---

    async def _sessions(self, previews: Listing, replays: Listing) -> list[Stream]:
        waiting = self._waiting(previews, replays)
        chosen = [s for s in waiting if not self._is_settled(s)]
        budget = min(MOST_TRIALS, self._task.page_budget)
        self._nameless += sum(not self._is_surely_ours(session) for session in chosen[budget:])
        if len(chosen) > budget:
            self._note("budget", self._addresses.base, f"{len(chosen) - budget}")
        looked_at = {s.case_id for s in chosen[:budget]}
        found = [self._carried(s) for s in waiting if s.case_id not in looked_at]
        gate = asyncio.Semaphore(self._connections)
        done = 0

        async def one(session: Session) -> Stream | None:
            nonlocal done
            async with gate:
                stream = await self._guarded(session)
            done += 1
            self._report(self._client.pages, self._client.asked, len(looked_at) - done)
            return stream

        streams = await asyncio.gather(*(one(session) for session in chosen[:budget]))
        found += [stream for stream in streams if stream is not None]
        return sorted((s for s in found if s is not None), key=lambda s: s.case_id)

    def _is_surely_ours(self, session: Session) -> bool:
        return session.before is not None or self._lists.is_ours(session.row.court) is True

    def _carried(self, session: Session) -> Stream | None:
        """A session that was not looked at tonight; None: whose it is was not learned."""
        if not self._is_surely_ours(session):
            return None
        return carried(session, self._task.profile.id, self._addresses)

    @property
    def _connections(self) -> int:
        if self._task.concurrency or self._task.profile.concurrency:
            return self._task.concurrency or self._task.profile.concurrency or 2
        return 8 if is_loopback(host_of(self._addresses.base).rsplit(":", 1)[0]) else 2

    def _waiting(self, previews: Listing, replays: Listing) -> list[Session]:
        """All sessions of tonight and those that are no longer listed: never looked at first, then longest ago."""
        with reading(self._database) as connection:
            before = {
                s.record.case_id: s.record
                for s in store.read(connection, Stream, site=self._task.profile.id)
                if s.first_seen < self._task.night
            }
            asked = runs.access_history(
                connection, self._task.profile.id, [s.url for s in before.values()], self._task.night
            )
        found: dict[str, Session] = {}
        known_too = [i for i, s in before.items() if s.starts and day_of(s.starts) >= self._task.night - REMEMBERED]
        for case_id in [*previews.rows, *replays.rows, *known_too]:
            row = replays.rows.get(case_id) or previews.rows.get(case_id) or Row(case_id=case_id)
            known, is_named = before.get(case_id), case_id in previews.rows or case_id in replays.rows
            listed = tuple(
                k for k, one in ((PREVIEW, previews), (REPLAY, replays)) if _is_listed(one, k, case_id, known)
            )
            nights = [a["night"] for a in asked.get(known.url, []) if a["night"] < self._task.night] if known else []
            found.setdefault(case_id, Session(case_id, row, listed, known, max(nights, default=None), is_named))
        return sorted(
            found.values(),
            key=lambda s: (s.asked_on or date.min, -(s.row.starts.timestamp() if s.row.starts else 0.0), s.case_id),
        )

    def _is_settled(self, session: Session) -> bool:
        """What is known of it holds tonight too: still to come as before, or found playable within the week."""
        known, asked = session.before, session.asked_on
        if known is None or asked is None or not session.listed or known.access is None or not known.access.is_ok:
            return False
        moved = session.row.starts is not None and session.row.starts != known.starts
        if known.video is Video.NONE_YET:
            starts = session.row.starts or known.starts
            return not moved and starts is not None and day_of(starts) > self._task.night
        recent = known.starts is not None and day_of(known.starts) >= self._task.night - timedelta(days=60)
        nights = RECHECK_NIGHTS if recent else RECHECK_OLD_NIGHTS
        return known.video is Video.PLAYABLE and not moved and (self._task.night - asked).days < nights

    async def _guarded(self, session: Session) -> Stream | None:
        try:
            return await self._look(session)
        except Exception as error:  # a bug in reading one session must not lose the others; it is said loudly
            if isinstance(error, DatabaseError) or trouble_of(error) is not None:
                raise
            log.exception("bug while reading session %s", session.case_id)
            self._note("bug", self._addresses.trial(session.case_id), f"{type(error).__name__}: {error}")
            self.result.bugs.append(session.case_id)
            return self._carried(session)

    async def _look(self, session: Session) -> Stream | None:
        """One session tonight; None: it is another court's, or nobody's that we know."""
        url = self._addresses.trial(session.case_id)
        found = await self._client.page(url)
        shown = trial.read(found.text, found.url) if found.is_ok else TrialPage()
        if not self._is_surely_ours(session):
            ours = self._lists.is_ours(shown.court)
            self._nameless += ours is None
            if not ours:
                return None
        if found.is_ok and not shown.known:
            self._note("portal_field", "#_beginTime", url)
        base = stream_of(session, shown, self._task.profile.id, url)
        base = replace(base, access=found.access, sha256=found.sha256, probed_at=found.at)
        if base.starts is not None and day_of(base.starts) > self._task.night:
            return replace(base, video=Video.NONE_YET, video_detail="尚未开庭")
        if found.access in (Access.GONE, Access.SOFT_GONE):
            if (
                not session.is_named
            ):  # too old for the lists of tonight: they cannot be said to name a page that is gone
                base = replace(base, listed=())
            return replace(base, video=Video.UNREACHABLE, video_detail=f"庭审页面：{said(found)}")
        if not found.is_ok:
            refused = found.is_refused
            return replace(
                base,
                video=Video.UNREAD if refused else Video.UNREACHABLE,
                video_detail=f"庭审页面：{said(found)}",
            )
        recording = await video.look(self._client, self._addresses.player(session.case_id), shown.player)
        if recording.missing is not None:
            self._note("portal_field", recording.missing, self._addresses.player(session.case_id))
        return with_recording(base, recording, self._task.night)

    def _note(self, cause: str, subject: str, detail: str | None = None) -> None:
        known = self._issues.get((cause, subject))
        times = 1 if known is None else known.times + 1
        self._issues[cause, subject] = Issue(
            cause=cause, subject=subject, detail=detail if known is None else known.detail, times=times
        )


def _is_listed(listing: Listing, kind: str, case_id: str, known: Stream | None) -> bool:
    """Does a list name a session? As known, where tonight's reading of it does not reach the session."""
    if case_id in listing.rows or known is None or kind not in known.listed:
        return case_id in listing.rows
    reached = known.starts is not None and listing.first <= day_of(known.starts) <= listing.last
    return not reached or bool(listing.why)
