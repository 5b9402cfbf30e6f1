"""The jobs of a night: one for each site, in procrastinate's queue on the same PostgreSQL, in a schema of its own.

The schema keeps its tables apart from ours, from Alembic and from other programs that use procrastinate. Nothing in it is
the truth about a site: that stands in the site's run. It may be dropped between two nights and is made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import procrastinate
import psycopg
import sqlalchemy as sa
from procrastinate import jobs as procrastinate_jobs
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.manager import JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.schema import SchemaManager
from sqlalchemy.engine import Connection, Engine

from storage.database import SERVERS_END, DatabaseError, connection_options, database_url, name_of
from storage.locks import in_turn

SCHEMA = "fleet"
TASK = "site"
HEARTBEAT = 10.0  # seconds between two signs of life of a worker
STALLED = 30.0  # seconds without one, after which its jobs are given to others
POLL = 2.0  # seconds between two looks for a job, while there is none
KEPT = timedelta(days=30)  # that finished jobs are kept for `gongkai fleet status`
Answer = TypeVar("Answer")


class Again(Exception):
    """The job is to be done again, no sooner than in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The jobs of a night: waiting (`later`: of these, for their next try), at work, ended."""

    todo: int
    later: int
    doing: int
    ended: int

    @property
    def is_done(self) -> bool:
        return not self.todo and not self.doing


def bring_up(engine: Engine) -> None:
    """Make the queue's tables, or bring them to what the installed procrastinate knows.

    Raises:
        DatabaseError: A newer procrastinate made them.
    """
    names = [path.stem for path in _migrations()]
    with engine.begin() as connection:
        in_turn(connection, "schema")
        is_there, at = _state(connection)
        if at == names[-1]:
            return
        if at is not None and at not in names:
            raise DatabaseError(
                f"{name_of(engine.url.render_as_string(hide_password=False))}: 任务队列由更新版本的 procrastinate 建立（{at}），"
                "请升级程序 (the queue was made by a newer version of procrastinate)"
            )
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        with _inside(connection):
            if not is_there:
                _run(connection, SchemaManager.get_schema())
            else:
                for path in _migrations()[names.index(at) + 1 if at is not None else len(names) :]:
                    _run(connection, path.read_text(encoding="utf-8"))
            connection.exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS '{names[-1]}'")


def is_there(connection: Connection) -> bool:
    """Whether the queue's tables were made."""
    return _state(connection)[0]


def _state(connection: Connection) -> tuple[bool, str | None]:
    table = f"to_regclass('{SCHEMA}.procrastinate_jobs')"
    row = connection.execute(sa.text(f"SELECT {table} IS NOT NULL, obj_description({table}, 'pg_class')")).one()
    return bool(row[0]), row[1]


def _migrations() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


@contextmanager
def _inside(connection: Connection) -> Iterator[None]:
    """Its functions name their tables without the schema; ours are not seen meanwhile."""
    connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}")
    yield  # after an error the transaction is over, and this with it
    connection.exec_driver_sql("SET LOCAL search_path TO DEFAULT")


def _run(connection: Connection, statements: str) -> None:
    """Several statements at once, in which a per cent sign is one."""
    _driver(connection).execute(statements.encode())


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def defer(connection: Connection, night: date, sites: Sequence[str]) -> None:
    """One job for each of these sites, in this order; a site that has one waiting must not be among them."""
    new = [
        procrastinate_jobs.Job(
            id=None,
            queue=str(night),
            task_name=TASK,
            lock=site,  # never two of one site at once, of whatever night
            queueing_lock=f"{site} {night}",
            task_kwargs={"site": site},
        )
        for site in sites
    ]
    if new:
        with _inside(connection):
            JobManager(procrastinate.SyncPsycopgConnector()).batch_defer_jobs(new, connection=_driver(connection))


def queued(connection: Connection, night: date) -> set[str]:
    """The sites that have a job waiting or at work."""
    rows = connection.execute(
        sa.text(
            f"SELECT args ->> 'site' FROM {SCHEMA}.procrastinate_jobs WHERE queue_name = :night "
            "AND status IN ('todo', 'doing')"
        ),
        {"night": str(night)},
    )
    return {str(row[0]) for row in rows}


def counts(connection: Connection, night: date) -> Counts:
    """How many jobs of a night are in which state."""
    row = connection.execute(
        sa.text(
            "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()), "
            f"count(*) FILTER (WHERE status = 'doing'), count(*) FROM {SCHEMA}.procrastinate_jobs WHERE queue_name = :night"
        ),
        {"night": str(night)},
    ).one()
    todo, later, doing, together = (int(value) for value in row)
    return Counts(todo=todo, later=later, doing=doing, ended=together - todo - doing)


def rescue(connection: Connection, *, worker: int | None = None, lost: Collection[int] = ()) -> int:
    """Give the jobs of workers that have died, or do not answer, to others. Returns how many.

    Args:
        worker, lost: Jobs that this living worker should be at and is not.
    """
    rows = connection.execute(
        sa.text(
            f"SELECT job.id FROM {SCHEMA}.procrastinate_jobs job "
            f"LEFT JOIN {SCHEMA}.procrastinate_workers worker ON worker.id = job.worker_id WHERE job.status = 'doing' AND "
            "(worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :stalled) "
            "OR (job.worker_id = :worker AND job.id = ANY(:lost))) FOR UPDATE OF job SKIP LOCKED"
        ),
        {"stalled": STALLED, "worker": worker or 0, "lost": list(lost)},
    ).all()
    if rows:
        with _inside(connection):
            again = sa.text("SELECT procrastinate_retry_job_v2(:job, now(), NULL, NULL, NULL)")
            for (job,) in rows:
                connection.execute(again, {"job": job})
    return len(rows)


def doing(connection: Connection, worker: int) -> set[int]:
    """The jobs that the queue says this worker is at."""
    query = f"SELECT id FROM {SCHEMA}.procrastinate_jobs WHERE status = 'doing' AND worker_id = :worker"
    return {int(row[0]) for row in connection.execute(sa.text(query), {"worker": worker})}


def is_waiting(connection: Connection, but: Collection[date]) -> bool:
    """Whether anything waits of another night than these."""
    query = f"SELECT EXISTS (SELECT FROM {SCHEMA}.procrastinate_jobs WHERE status = 'todo' AND queue_name <> ALL(:but))"
    return bool(connection.execute(sa.text(query), {"but": [str(night) for night in but]}).scalar())


def take_back(connection: Connection, but: Collection[date]) -> None:
    """Take back what still waits of all nights but these: it would keep their sites from every later night."""
    with _inside(connection):
        connection.execute(
            sa.text(
                "SELECT procrastinate_cancel_job_v1(id, false, false) FROM procrastinate_jobs "
                "WHERE status = 'todo' AND queue_name <> ALL(:but)"
            ),
            {"but": [str(night) for night in but]},
        )


def clear(connection: Connection, night: date) -> None:
    """Take back what is still waiting of a night, and forget nights of long ago."""
    with _inside(connection):
        connection.execute(
            sa.text(
                "SELECT procrastinate_cancel_job_v1(id, false, false) FROM procrastinate_jobs "
                "WHERE queue_name = :night AND status = 'todo'"
            ),
            {"night": str(night)},
        )
        connection.execute(
            sa.text("DELETE FROM procrastinate_jobs WHERE queue_name < :old AND status NOT IN ('todo', 'doing')"),
            {"old": str(night - KEPT)},
        )


class _PatientConnector(procrastinate.PsycopgConnector):
    """Asks again while the server is away, so that a restart ends no worker; `is_patient` says for how long."""

    def __init__(self, is_patient: Callable[[], bool], **options: Any) -> None:
        super().__init__(**options)
        self._is_patient = is_patient

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        await self._patiently(lambda: super(_PatientConnector, self).execute_query_async(query, **arguments))

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        return await self._patiently(lambda: super(_PatientConnector, self).execute_query_one_async(query, **arguments))

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        return await self._patiently(lambda: super(_PatientConnector, self).execute_query_all_async(query, **arguments))

    async def _patiently(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        while True:
            try:
                return await ask()
            except ConnectorException as error:
                away = isinstance(error.__cause__, (psycopg.OperationalError, psycopg.InterfaceError))
                if not away or not self._is_patient():
                    raise
                await asyncio.sleep(1)


class _WhenAsked(BaseRetryStrategy):
    """A job is done again if it says so, and when it says, by the database's clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def get_retry_decision(self, *, exception: BaseException, job: procrastinate_jobs.Job) -> RetryDecision | None:
        if not isinstance(exception, Again):
            return None
        return RetryDecision(retry_at=self._now() + timedelta(seconds=exception.seconds))


def app_of(
    where: str,
    visit: Callable[[int, int, str], Awaitable[None]],
    now: Callable[[], datetime],
    is_patient: Callable[[], bool],
) -> procrastinate.App:
    """A worker's queue.

    Args:
        visit: Does a job: its id, how often it was begun before, its site. May raise Again.
        now: The database's clock.
        is_patient: Whether a server that is away is still waited for.
    """
    url = sa.make_url(database_url(where)).set(drivername="postgresql")

    options = connection_options(url, "gongkai worker")
    if given := url.query.get("options"):  # libpq does not know the plus sign that stands for a space in our URL
        options["options"] = str(given)

    async def configure(connection: psycopg.AsyncConnection[Any]) -> None:
        """By SET, since a pooler in between takes no `options`."""
        await connection.set_autocommit(True)
        await connection.execute(f"SET search_path TO {SCHEMA}; {SERVERS_END}".encode())
        await connection.set_autocommit(False)

    connector = _PatientConnector(
        is_patient,
        conninfo=url.render_as_string(hide_password=False),
        kwargs=options,
        configure=configure,
        min_size=1,
        max_size=4,
        timeout=15,
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=TASK, pass_context=True, retry=_WhenAsked(now))
    async def _site(context: JobContext, *, site: str) -> None:
        assert context.job.id is not None
        await visit(context.job.id, context.job.attempts, site)

    return app
