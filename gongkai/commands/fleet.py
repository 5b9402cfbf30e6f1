"""`gongkai worker` and `gongkai fleet status`: one machine of several, and how all of them stand."""

from __future__ import annotations

import signal
import threading
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gongkai import config, errors, terminal, typefaces
from gongkai.clock import CHINA
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.night import exit_code, tell_night, tell_site
from gongkai.commands.options import help_of
from gongkai.config import Settings
from gongkai.errors import UserError
from gongkai.messages import say
from gongkai.nightly import Night, Options
from gongkai.terminal import Reporter
from gongkai.turns import SCHEDULE, together
from gongkai.webhooks import Sender
from storage.database import connect, database_url

if TYPE_CHECKING:
    from gongkai.fleet.state import State
    from gongkai.fleet.worker import Worker
    from gongkai.keeper import Keeper

app = typer.Typer()
group = typer.Typer(help=say("多机巡查。", "Several machines."), no_args_is_help=True)


@group.callback()
def _group() -> None:
    """Keeps `status` a command of its own while there is only one."""


@app.command(
    "worker",
    help=manual(
        (
            "多机巡查中的一台：常驻，每夜在时段内从共用的 PostgreSQL 领取站点。",
            "One machine of several: stays, and takes sites from the PostgreSQL they share, in each night's window.",
        ),
        [
            ("gongkai worker", ("在任意多台机器上运行", "on any number of machines")),
            (
                "gongkai worker --date 2026-03-31",
                ("现在做这一夜，做完即止", "work on this night now and end when it is done"),
            ),
        ],
        {
            errors.WRONG_USE: (
                "不能与其他机器一起工作：版本、配置或时钟不同，或数据库不能用",
                "must not work with the others: another version, other settings, a wrong clock; or no usable database",
            )
        },
    ),
)
def worker(
    day: Annotated[
        date | None,
        options.day_option("--date", zh="现在做这一夜，不等时段", en="work on this night now, whatever the window"),
    ] = None,
    allow_private: options.AllowPrivate = False,
    max_pages: options.MaxPages = None,
    delay: options.Delay = None,
    concurrency: options.Concurrency = None,
    log_json: options.LogJson = False,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Work until a signal ends it, or the night of `--date` is done."""
    settings = config.load(settings_file)
    _need_a_fleet(settings)
    wishes = Options(allow_private=allow_private, max_pages=max_pages, delay=delay, concurrency=concurrency)
    return _work(settings, wishes, Reporter(quiet), day, log_json=log_json)


def _need_a_fleet(settings: Settings) -> None:
    """See that the database is one that machines can share, and that the queue's library is there.

    Raises:
        UserError: It is not so.
    """
    if database_url(settings.database).startswith("sqlite:"):
        raise UserError(
            'gongkai worker 须用 PostgreSQL（database = "postgresql://…"）；单机请用 gongkai nightly',
            'gongkai worker needs PostgreSQL (database = "postgresql://…"); a single machine has gongkai nightly',
        )
    try:
        import procrastinate  # noqa: F401
        import psycopg  # noqa: F401
    except ModuleNotFoundError as error:
        raise UserError(
            f"缺少 {error.name}：pip install 'gongkai[fleet]'", f"{error.name} is missing: pip install 'gongkai[fleet]'"
        ) from error


def _work(settings: Settings, wishes: Options, reporter: Reporter, day: date | None, *, log_json: bool) -> int:
    from gongkai import journal, keeper, metrics
    from gongkai.fleet import members
    from gongkai.fleet.time import DatabaseTime, clock_of
    from gongkai.fleet.worker import Worker

    window = settings.nightly.hours
    if window is None and day is None:
        raise UserError(
            '[nightly] window: 须先填写，如 "23:00-06:00"；或用 --date',
            '[nightly] window: needed, such as "23:00-06:00"; or use --date',
        )
    for line in typefaces.use(settings.fonts):
        reporter.warn(line)
    members.admit(settings.database)
    engine = connect(settings.database)
    stop = threading.Event()
    nights: list[Night] = []

    def tell(night: Night) -> None:
        nights.append(night)
        tell_night(night, settings.out / str(night.date), reporter)

    log = journal.opened(settings.logs, on_terminal=log_json)
    time = DatabaseTime(stop, clock_of(engine))
    kept = keeper.Keeper(
        settings, [], wishes, reporter, log, time, on_night=tell, on_site=lambda site: tell_site(site, reporter)
    )
    one = Worker(kept, time, window if day is None else None)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    end = (
        metrics.serve(settings.nightly.metrics, lambda: keeper.look(engine, settings))
        if settings.nightly.metrics is not None
        else None
    )
    try:
        with together(engine, SCHEDULE) as turn, one.member(engine, turn) as me, Sender(engine, settings.webhooks):
            log.note("worker_started", machine=me.machine, window=None if window is None else str(window))
            _run(one, kept, day)
            log.note("worker_stopped", machine=me.machine)
    finally:
        if end is not None:
            end()
        log.close()
        engine.dispose()
    if one.refused is not None:
        raise one.refused
    return exit_code(nights[-1]) if day is not None and nights else errors.OK


def _run(one: Worker, kept: Keeper, day: date | None) -> None:
    from gongkai.scheduler import Scheduler

    if day is not None:
        one.night(day)
        return
    assert one.window is not None
    Scheduler(
        window=one.window,
        time=one.time,
        night=one.night,
        last_audited=kept.last_audited,
        failed=kept.failed,
        tell=kept.reporter.note,
    ).run()


@group.command(
    "status",
    help=manual(
        (
            "多机巡查的情况：哪些机器在，这一夜做到哪里，什么失败了。",
            "How several machines stand: which are there, how far the night is, what failed.",
        ),
        [
            ("gongkai fleet status", ("几行字", "a few lines")),
            ("gongkai fleet status --json", ("供程序读取", "for programs")),
        ],
    ),
)
def status(
    as_json: Annotated[bool, typer.Option("--json", help=help_of("输出 JSON", "as JSON"))] = False,
    settings_file: options.Config = None,
) -> int:
    """Say it."""
    settings = config.load(settings_file)
    _need_a_fleet(settings)
    from gongkai.fleet import state

    engine = connect(settings.database, create=False)
    found = state.look(engine)
    engine.dispose()
    if as_json:
        import json

        terminal.print_plain(json.dumps(asdict(found), ensure_ascii=False, indent=2, default=_plain))
    else:
        for line in _lines(found):
            terminal.print_plain(line)
    return errors.OK


def _plain(value: object) -> str:
    assert isinstance(value, (date, datetime))
    return value.isoformat()


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _lines(found: State) -> list[str]:
    if found.night is None:
        lines = [say("还没有开始过一夜", "no night was opened yet")]
    else:
        night, counts = found.night, found.counts
        until = (
            say(
                f"，{_moment(night.concluded)} 完成于 {night.machine}",
                f", concluded {_moment(night.concluded)} on {night.machine}",
            )
            if night.concluded is not None
            else say("，进行中", ", going on")
        )
        lines = [say(f"{night.night} 的一夜{until}", f"night of {night.night}{until}")]
        if counts is not None:
            lines.append(
                say(
                    f"  站点：等候 {counts.todo}（其中待重试 {counts.later}），读取中 {counts.doing}，已结束 {counts.ended}",
                    f"  sites: {counts.todo} waiting ({counts.later} of them to be tried again), {counts.doing} at work, "
                    f"{counts.ended} ended",
                )
            )
        lines += [
            say(
                f"  {f.site}：第 {f.number} 次失败（{f.machine}，{_moment(f.at)}）：{f.why}",
                f"  {f.site}: failure {f.number} ({f.machine}, {_moment(f.at)}): {f.why}",
            )
            for f in found.failures
        ]
    lines.append(say(f"机器：{len(found.workers)}", f"workers: {len(found.workers)}"))
    for one in found.workers:
        at = say(f"在做 {one.night}", f"at {one.night}") if one.night is not None else say("等待时段", "waiting")
        lines.append(
            say(
                f"  {one.machine} 进程 {one.process}：{at}，同时 {one.parallel} 站，自 {_moment(one.started)}，{one.version}",
                f"  {one.machine} process {one.process}: {at}, {one.parallel} sites at a time, since {_moment(one.started)}, "
                f"{one.version}",
            )
        )
    return lines
