"""One machine's part in the nights: it takes sites from the queue and does with each what a single machine does.

Whoever comes first in a window opens the night: one job for each site. Whoever is last concludes it, as a single machine
does at its end. In between every worker looks after the queue: what a dead one has left is given to the living.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import psycopg
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker as Consumer
from sqlalchemy.engine import Connection, Engine

from crawlers.stop import UNFINISHED, CrawlStopped, never
from gongkai import nightly, targets
from gongkai.database import opened
from gongkai.errors import is_the_databases, is_user_mistake, one_line
from gongkai.fleet import queue
from gongkai.fleet.identity import configuration
from gongkai.fleet.members import Membership, Refused
from gongkai.fleet.queue import Again, Counts
from gongkai.fleet.time import DatabaseTime
from gongkai.keeper import Keeper
from gongkai.nightly import NOT_BEGUN, Night, SiteNight
from gongkai.space import need_room
from gongkai.turns import NIGHT, together
from gongkai.window import Window
from storage import fleet, runs
from storage.database import DatabaseError, reading
from storage.fleet import TURN
from storage.locks import Held, SiteBusy, in_turn, site_lock
from storage.runs import FINISHED

if TYPE_CHECKING:
    from crawlers.profile import Profile

TICK = 3.0  # seconds between two looks at the queue
CONCLUDING = "-conclude"  # no site's id begins so
BUSY_AGAIN = 30.0  # seconds; another process reads the site
AWAY_AGAIN, AWAY_MOST = 5.0, 300.0  # seconds; the database's trouble: doubled with each try
FAILED_AGAIN = (60.0, 300.0)  # seconds; a bug or a wrong file, which may be this machine's
TRIES = len(FAILED_AGAIN) + 1
KNOWN_ANEW = 20  # times in a night that the queue may have to be told of this worker again
HANGS = 45 * 60.0  # seconds after a night's end that its last visits are waited for; audits go on past it
FAREWELL = 60.0  # seconds that a worker which is stopped waits for a database that is away


@dataclass
class Worker:
    """A worker of the fleet.

    Attributes:
        keeper: The settings, the journal, and who is told of what.
        time: The database's clock, and when to stop.
    """

    keeper: Keeper
    time: DatabaseTime
    window: Window | None = None
    refused: Refused | None = field(default=None, init=False)
    _halted: bool = field(default=False, init=False)
    _tried_to_conclude: set[tuple[date, date]] = field(default_factory=set, init=False)

    def member(self, engine: Engine, turn: Held | None = None) -> Membership:
        """This worker among the others.

        Args:
            turn: The schedulers', if this process holds it.

        Raises:
            UserError: What it was told to do is wrong.
        """
        parallel = self.keeper.settings.nightly.parallel
        self._membership = Membership(engine, self._told(self._profiles()), parallel, self._refuse, turn)
        return self._membership

    def _refuse(self, why: Refused) -> None:
        self.refused = why
        self.time.stop()

    def _profiles(self) -> list[Profile]:
        return targets.find(self.keeper.names, self.keeper.settings)

    def _told(self, profiles: Sequence[Profile]) -> str:
        return configuration(self.keeper.settings, self.keeper.options, profiles)

    def night(self, night: date, is_over: Callable[[], bool] = never) -> None:
        """Work on a night until it is concluded, its time is over, or this worker is stopped.

        A database that goes away meanwhile is waited for.

        Raises:
            UserError: This machine must not work on it: its clock is wrong, it was told something else than the others.
            DatabaseError: The database was away to the end.
        """
        said = ""
        while True:
            try:
                return self._night(night, is_over)
            except Exception as error:
                if not is_the_databases(error) or self.time.is_stopped or is_over():
                    raise
                if (line := one_line(error)) != said:
                    self.keeper.reporter.error(line)
                    said = line
                self.time.wait(AWAY_AGAIN)

    def _night(self, night: date, is_over: Callable[[], bool]) -> None:
        settings = self.keeper.settings
        self.time.check_own_clock()
        need_room(settings)
        engine = opened(settings)
        try:
            queue.bring_up(engine)
            with together(engine, NIGHT) as held:
                self._conclude_abandoned(engine, night)
                profiles = self._begin(engine, night)
                self.keeper.journal.note("night_began", night=str(night), sites=len(profiles))
                while not self._is_concluded(engine, night, profiles, is_over) and not self.time.is_stopped:
                    asyncio.run(self._serve(engine, held, night, profiles, is_over))
        finally:
            self._membership.end()
            engine.dispose()

    def _begin(self, engine: Engine, night: date) -> list[Profile]:
        """Open the night, unless it is, and see that each site that is not done has a job."""
        profiles = self._profiles()
        nightly.register(engine, profiles)
        with engine.begin() as connection:
            in_turn(connection, TURN)
            self._membership.begin(connection, night, self._told(profiles))
            fleet.open_night(connection, night, self.window.on(night).ends if self.window is not None else None)
            queue.rescue(connection)
            queue.take_back(connection, but=_at_work(connection, night))
            todo = self._to_do(connection, night, profiles)
            if todo:
                fleet.reopen(connection, night)
                queue.defer(connection, night, todo)
        return profiles

    def _to_do(self, connection: Connection, night: date, profiles: Sequence[Profile]) -> list[str]:
        """The sites that want a job, the most urgent first."""
        done = {r.site for r in runs.read(connection, night=night) if r.status in FINISHED and r.audited is not None}
        given_up = {f.site for f in fleet.failures(connection, night) if f.number >= TRIES}
        without = done | given_up | queue.queued(connection, night)
        return [p.id for p in nightly.by_urgency(connection, profiles, night) if p.id not in without]

    async def _serve(
        self, engine: Engine, held: Held, night: date, profiles: Sequence[Profile], is_over: Callable[[], bool]
    ) -> None:
        """Do the night's jobs until there are none, or it is over."""
        by_id = {p.id: p for p in profiles}
        loop, at, self._halted = asyncio.get_running_loop(), set[int](), False
        loop.set_exception_handler(self._note_lost)
        parallel = self.keeper.settings.nightly.parallel

        def is_stopped() -> bool:
            return self._halted or self.time.is_stopped or is_over()

        async def visit(job: int, attempts: int, site: str) -> None:
            at.add(job)
            try:
                await loop.run_in_executor(pool, self._visit, engine, night, by_id[site], attempts, is_stopped)
            finally:
                at.discard(job)

        leaving: list[float] = []

        def is_patient() -> bool:
            if is_stopped() and not leaving:
                leaving.append(self.time.elapsed())
            return not leaving or self.time.elapsed() - leaving[0] < FAREWELL

        app = queue.app_of(self.keeper.settings.database, visit, self.time.now, is_patient)
        with ThreadPoolExecutor(parallel, thread_name_prefix="site") as pool, _Complaints(self.keeper.journal.warn):
            try:
                async with app.open_async():
                    for _ in range(KNOWN_ANEW):
                        consumer = Consumer(
                            app,
                            queues=[str(night)],
                            name=self._membership.machine,
                            concurrency=parallel,
                            listen_notify=False,  # with it a restart of the server would end the worker
                            install_signal_handlers=False,
                            fetch_job_polling_interval=queue.POLL,
                            update_heartbeat_interval=queue.HEARTBEAT,
                            stalled_worker_timeout=queue.STALLED,
                        )
                        try:
                            await self._consume(consumer, engine, held, night, at, is_stopped)
                            return
                        except ConnectorException as error:
                            if is_stopped():
                                return
                            trouble = error
                    raise trouble
            except (ConnectorException, psycopg.Error) as error:
                raise DatabaseError(f"database: {one_line(error.__cause__ or error)}") from error

    def _note_lost(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A job whose end could not be told to the queue, since the database was away: it is given out again."""
        error = context.get("exception")
        if isinstance(error, (ConnectorException, psycopg.Error)):
            self.keeper.journal.warn("queue_trouble", said=one_line(error.__cause__ or error)[:300])
        else:
            loop.default_exception_handler(context)

    async def _consume(
        self, consumer: Consumer, engine: Engine, held: Held, night: date, at: set[int], is_stopped: Callable[[], bool]
    ) -> None:
        """Let it work until there is nothing to do.

        Raises:
            ConnectorException: The queue does not know it any more, as after a sleep of the machine.
        """
        running = asyncio.ensure_future(consumer.run())  # type: ignore[no-untyped-call]
        unknown: set[int] = set()
        try:
            while not running.done():
                await asyncio.wait({running}, timeout=TICK)
                counts, unknown = await asyncio.to_thread(self._look_after, engine, held, night, consumer, at, unknown)
                if is_stopped() or (counts is not None and counts.is_done):
                    break
        except BaseException:
            self._halted = True  # the sites at work are stopped, and left to others
            raise
        finally:
            consumer.stop()  # type: ignore[no-untyped-call]
            await asyncio.wait({running})
        running.result()

    def _look_after(
        self, engine: Engine, held: Held, night: date, consumer: Consumer, at: set[int], before: set[int]
    ) -> tuple[Counts | None, set[int]]:
        """See to the queue: what the dead left, and what was given to this worker without its knowing, goes to others.

        Returns:
            How the night stands, None: the database is away; and the jobs that are not known here.
        """
        self.time.check_own_clock()
        try:
            if not held.renew():
                raise Refused("另一个巡查正在使用这个数据库", "another night is at work on this database")
            self._take_back(engine, night)
            with engine.begin() as connection:
                worker = consumer.worker_id
                unknown = queue.doing(connection, worker) - at if worker is not None else set()
                rescued = queue.rescue(connection, worker=worker, lost=unknown & before)
                if rescued:
                    self.keeper.journal.warn("jobs_rescued", night=str(night), jobs=rescued)
                return queue.counts(connection, night), unknown
        except Exception as error:
            if isinstance(error, Refused) or not is_user_mistake(error):
                raise
            return None, set()

    @staticmethod
    def _take_back(engine: Engine, night: date) -> None:
        """What waits of nights that nobody works on any more."""
        with reading(engine) as connection:
            if not queue.is_waiting(connection, but=_at_work(connection, night)):
                return
        with engine.begin() as connection:
            in_turn(connection, TURN)  # of which nobody begins a night meanwhile
            queue.take_back(connection, but=_at_work(connection, night))

    def _visit(
        self, engine: Engine, night: date, profile: Profile, attempts: int, is_stopped: Callable[[], bool]
    ) -> None:
        """One site's night.

        Raises:
            Again: It is to be tried again.
        """
        try:
            with reading(engine) as connection:
                if self._is_anothers(connection, night, profile.id):
                    raise Again(BUSY_AGAIN)
            result = self._tried(engine, night, profile, is_stopped)
            if result.log is not None or result.mistake is not None:
                why = result.mistake or result.why or ""
                with engine.begin() as connection:
                    number = fleet.failed(connection, night, profile.id, self._membership.machine, why)
                if number < TRIES:
                    self.keeper.journal.warn("site_failed", site=profile.id, night=str(night), number=number)
                    raise Again(FAILED_AGAIN[number - 1])
        except CrawlStopped:
            raise Again(0) from None
        except SiteBusy:
            raise Again(BUSY_AGAIN) from None
        except Exception as error:
            if isinstance(error, Again) or not is_the_databases(error):
                raise
            self.keeper.journal.warn("database_trouble", site=profile.id, night=str(night))
            raise Again(min(AWAY_MOST, AWAY_AGAIN * 2 ** min(attempts, 10))) from None
        self.keeper.site_done(result)

    def _is_anothers(self, connection: Connection, night: date, site: str) -> bool:
        """Whether a site that failed here is left to a machine where it did not: a broken one must not use up its tries."""
        failed = {failure.machine for failure in fleet.failures(connection, night, site)}
        here = self._membership.machine
        return here in failed and any(
            member.night == night and member.machine not in failed for member in fleet.living(connection)
        )

    def _tried(self, engine: Engine, night: date, profile: Profile, is_stopped: Callable[[], bool]) -> SiteNight:
        settings, options = self.keeper.settings, self.keeper.options
        warn = self.keeper.reporter.warn
        try:
            return nightly.site_night(
                engine,
                profile,
                night,
                settings,
                options,
                None,
                warn,
                is_over=is_stopped,
                carry=True,
                wait=0,
                in_fleet=True,
            )
        except (CrawlStopped, SiteBusy):
            raise
        except Exception as error:
            if is_the_databases(error):
                raise
            if is_user_mistake(error):
                return SiteNight(site=profile.id, status="missing", mistake=one_line(error))
            return nightly.note_crash(engine, profile.id, night, error, settings.logs)

    def _is_concluded(
        self, engine: Engine, night: date, profiles: Sequence[Profile], is_over: Callable[[], bool]
    ) -> bool:
        """Wait for those who are still at work, and conclude the night if nobody did.

        Returns:
            False: There is something to do for this worker.
        """
        ended: float | None = None
        while True:
            with engine.begin() as connection:
                queue.rescue(connection)
                counts, known = queue.counts(connection, night), fleet.find_night(connection, night)
            if known is None or known.concluded is not None:
                return True
            ends = is_over() and not self.time.is_stopped
            if counts.todo and not ends:
                return False
            if ends and ended is None:
                ended = self.time.elapsed()
            hangs = counts.doing > 0 and ended is not None and self.time.elapsed() - ended > HANGS
            if hangs:
                self.keeper.journal.warn("visits_hang", night=str(night), jobs=counts.doing)
            if (hangs or not counts.doing) and self._concluded(engine, night, profiles, forced=ends, hangs=hangs):
                return True
            if self.time.is_stopped:
                return False
            self.time.wait(TICK)

    def _concluded(
        self, engine: Engine, night: date, profiles: Sequence[Profile], *, forced: bool, hangs: bool = False
    ) -> bool:
        """Conclude a night unless another worker does so.

        Args:
            forced: Also with jobs that are still waiting.
            hangs: Also with jobs that are at work.
        """
        try:
            with site_lock(engine, CONCLUDING, wait=0):
                with engine.begin() as connection:
                    in_turn(connection, TURN)
                    known, counts = fleet.find_night(connection, night), queue.counts(connection, night)
                    if known is None or known.concluded is not None:
                        return True
                    if (counts.doing and not hangs) or (counts.todo and not forced):
                        return False
                    queue.clear(connection, night)
                with reading(engine) as connection:
                    sites = tuple(_outcome(connection, p.id, night) for p in profiles)
                result = nightly.conclude_night(
                    engine,
                    night,
                    sites,
                    self.keeper.settings,
                    self.keeper.settings.out / str(night),
                    self.keeper.reporter.warn,
                )
                with engine.begin() as connection:
                    in_turn(connection, TURN)
                    counts = queue.counts(connection, night)
                    if counts.todo or (counts.doing and not hangs):
                        # It was opened again, or a job was just being taken. Who is at it concludes it; where nobody is, it
                        # is done once more.
                        return forced and any(
                            member.night == night and member.id != self._membership.id
                            for member in fleet.living(connection)
                        )
                    fleet.conclude(connection, night, self._membership.machine)
        except SiteBusy:
            return False
        self._tell(result)
        return True

    def _tell(self, result: Night) -> None:
        statuses = [site.status for site in result.sites]
        self.keeper.journal.note(
            "night_ended", night=str(result.date), **{name: statuses.count(name) for name in sorted({*statuses})}
        )
        self.keeper.on_night(result)
        self.keeper.check(ended=result.date)

    def _conclude_abandoned(self, engine: Engine, tonight: date) -> None:
        """Earlier nights that nobody concluded, because all workers had gone."""
        with engine.begin() as connection:
            queue.rescue(connection)
            at_work = {member.night for member in fleet.living(connection)}
            left = [n.night for n in fleet.open_nights(connection) if n.night != tonight and n.night not in at_work]
        for night in left:
            if (night, tonight) in self._tried_to_conclude:
                continue
            try:
                self._concluded(engine, night, self._profiles(), forced=True)
            except Exception as error:  # tonight's sites do not wait for it
                if is_the_databases(error):
                    raise
                self._tried_to_conclude.add((night, tonight))
                self.keeper.failed(night, one_line(error), error)


def _at_work(connection: Connection, night: date) -> set[date]:
    """This night and those that others work on."""
    return {night, *(member.night for member in fleet.living(connection) if member.night is not None)}


def _outcome(connection: Connection, site: str, night: date) -> SiteNight:
    """What became of a site, whoever visited it."""
    run = runs.find(connection, site, night)
    if run is None:
        return SiteNight(site=site, status="missing", why=NOT_BEGUN)
    result = nightly.result_of(run)
    return replace(result, why=UNFINISHED) if run.status == "running" else result


class _Complaints(logging.Handler):
    """What the queue's library and its driver complain of goes into the journal, in one line and without a traceback."""

    LOGGERS = ("procrastinate", "psycopg.pool")

    def __init__(self, write: Callable[..., None]) -> None:
        super().__init__(logging.WARNING)
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        self._write("queue_trouble", said=" ".join(record.getMessage().split())[:300])

    def __enter__(self) -> None:
        for name in self.LOGGERS:
            logging.getLogger(name).addHandler(self)
            logging.getLogger(name).propagate = False

    def __exit__(self, *_: object) -> None:
        for name in self.LOGGERS:
            logging.getLogger(name).removeHandler(self)
            logging.getLogger(name).propagate = True
