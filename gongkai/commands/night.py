"""`gongkai crawl | audit | bulletin | nightly`: the night in one command or step by step, on the database."""

from __future__ import annotations

import signal
import threading
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import Engine

from gongkai import config, errors, local_norms, nightly, targets, terminal, typefaces
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.config import Settings
from gongkai.database import opened
from gongkai.errors import UserError
from gongkai.messages import language, say
from gongkai.nightly import Night, Options, SiteNight
from gongkai.terminal import Reporter
from gongkai.turns import SCHEDULE, alone
from gongkai.webhooks import Sender
from storage import runs
from storage.database import connect, reading

app = typer.Typer()

STATES = {
    "complete": ("完整读取", "complete"),
    "incomplete": ("部分读取", "incomplete"),
    "unreadable": ("未能读取", "unreadable"),
    "crashed": ("程序出错", "crashed"),
    "running": ("未完成", "not finished"),
    "missing": ("未巡查", "not visited"),
}
_NONE_READABLE = {errors.UNREADABLE: ("没有一个网站能够读取", "not one of the sites could be read")}
_BUG = {
    errors.BUG: (
        "有站点因程序错误未完成，其余已完成；详情见 out/logs",
        "a bug stopped a site, the others are done; see out/logs",
    )
}


def state(status: str) -> str:
    """A run's status in the user's language."""
    return say(*STATES[status])


@app.command(
    "nightly",
    help=manual(
        (
            "一夜的全部工作：抓取、核查、通报。中断后再运行即接着做。",
            "The whole night: crawl, audit, bulletin. Run again after an interruption, it goes on.",
        ),
        [
            ("gongkai nightly", ("全部站点，今天", "all sites, today")),
            ("gongkai nightly --date 2026-03-31", ("指定审计日期", "for a given audit date")),
            ("gongkai nightly donghu https://court.example.cn/", ("只做这两个", "these two only")),
            ("gongkai nightly --schedule", ("常驻，每夜在时段内巡查", "stay, and keep each night's window")),
        ],
        _NONE_READABLE | _BUG,
    ),
)
def nightly_command(
    names: options.Names = None,
    day: options.Day = None,
    out: options.Out = None,
    allow_private: options.AllowPrivate = False,
    max_pages: options.MaxPages = None,
    delay: options.Delay = None,
    concurrency: options.Concurrency = None,
    schedule: Annotated[
        bool,
        typer.Option(
            "--schedule",
            help=help_of(
                "常驻，按 [nightly] window 每夜巡查", "stay running, and keep the window of [nightly] each night"
            ),
        ),
    ] = False,
    log_json: options.LogJson = False,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Run the night and return its exit code."""
    settings = config.load(settings_file)
    wishes = Options(allow_private=allow_private, max_pages=max_pages, delay=delay, concurrency=concurrency)
    reporter = Reporter(quiet)
    if schedule:
        if day is not None or out is not None:
            raise UserError("--schedule 不能与 --date、--out 同用", "--schedule does not go with --date or --out")
        return _keep(names or [], settings, wishes, reporter, log_json=log_json)
    night = options.night_of(day)
    profiles = targets.find(names or [], settings)
    missing = typefaces.use(settings.fonts)
    folder = out or settings.out / str(night)
    with Sender(connect(settings.database), settings.webhooks), reporter.crawling() as advance:
        result = nightly.run_night(
            night,
            profiles,
            settings,
            wishes,
            folder,
            on_site=lambda site: tell_site(site, reporter),
            on_progress=advance,
            on_problem=reporter.warn,
        )
    for line in missing:
        reporter.warn(line)
    tell_night(result, folder, reporter)
    return exit_code(result)


def _keep(names: list[str], settings: Settings, wishes: Options, reporter: Reporter, *, log_json: bool) -> int:
    """Stay and keep the nights until a signal ends it: SIGTERM as at the window's end, Ctrl-C too."""
    from gongkai import journal, keeper, metrics
    from gongkai.scheduler import SystemTime

    window = settings.nightly.hours
    if window is None:
        raise UserError(
            '[nightly] window: --schedule 须先填写，如 "23:00-06:00"',
            '[nightly] window: needed by --schedule, such as "23:00-06:00"',
        )
    targets.find(names, settings)  # a mistake is said now, not at night
    for line in typefaces.use(settings.fonts):
        reporter.warn(line)
    stop = threading.Event()
    engine = connect(settings.database)
    with alone(engine, SCHEDULE, stop.set):
        log = journal.opened(settings.logs, on_terminal=log_json)
        time = SystemTime(stop)
        kept = keeper.Keeper(
            settings,
            names,
            wishes,
            reporter,
            log,
            time,
            on_night=lambda night: tell_night(night, settings.out / str(night.date), reporter),
            on_site=lambda site: tell_site(site, reporter),
        )
        end = (
            metrics.serve(settings.nightly.metrics, lambda: keeper.look(engine, settings))
            if settings.nightly.metrics is not None
            else None
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            with Sender(engine, settings.webhooks):
                kept.run(window)
        finally:
            if end is not None:
                end()
            log.close()
    return errors.OK


def exit_code(result: Night) -> int:
    """A bug counts most, then wrong files, then a night in which nothing could be read."""
    if result.crashed:
        return errors.BUG
    if result.mistaken:
        return errors.WRONG_USE
    return errors.UNREADABLE if result.unreadable else errors.OK


def tell_site(site: SiteNight, reporter: Reporter) -> None:
    """One line on what became of a site."""
    if site.log is not None:
        reporter.error(
            say(
                f"{site.site}: 程序出错：{site.why}；详情见 {site.log}",
                f"{site.site}: a bug: {site.why}; see {site.log}",
            )
        )
    elif site.mistake is not None:
        reporter.error(f"{site.site}: {site.mistake}")
    elif site.already:
        reporter.note(
            say(f"{site.site}: 本日已巡查并审计，未作改动", f"{site.site}: done before on this night, nothing changed")
        )
    else:
        why = say(f"；{site.why}", f"; {site.why}") if site.why else ""
        read = say(f"页面 {site.pages}，链接 {site.links}", f"{site.pages} pages, {site.links} links")
        reporter.note(f"{site.site}: {state(site.status)}{say('：', ': ')}{read}{why}")


def tell_night(result: Night, folder: Path, reporter: Reporter) -> None:
    """The summary table, and where the bulletin is."""
    from reports.terminal import summary

    if result.bulletin is None:
        reporter.note(
            say(
                f"{result.date} 已完成，未作改动：{folder}", f"{result.date} was done before, nothing changed: {folder}"
            )
        )
        return
    if not reporter.quiet:
        terminal.output().print(summary(result.bulletin, lang=language()))
    reporter.note(say(f"通报：{folder}/bulletin.html", f"bulletin: {folder}/bulletin.html"))


@app.command(
    "crawl",
    help=manual(
        ("抓取网站，存入数据库；不作判断。", "Crawl sites into the database; judges nothing."),
        [
            ("gongkai crawl", ("全部站点", "all sites")),
            ("gongkai crawl donghu --date 2026-03-31", ("一个站点，指定日期", "one site, for a given date")),
        ],
        _NONE_READABLE,
    ),
)
def crawl(
    names: options.Names = None,
    day: options.Day = None,
    allow_private: options.AllowPrivate = False,
    max_pages: options.MaxPages = None,
    delay: options.Delay = None,
    concurrency: options.Concurrency = None,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Crawl one site after the other."""
    settings = config.load(settings_file)
    night = options.night_of(day)
    wishes = Options(allow_private=allow_private, max_pages=max_pages, delay=delay, concurrency=concurrency)
    reporter = Reporter(quiet)
    statuses = []
    profiles = targets.find(names or [], settings)
    opened(settings).dispose()
    for profile in profiles:
        with reporter.crawling() as advance:
            run = nightly.crawl(profile, night, settings, wishes, advance)
        statuses.append(run.status)
        tell_site(nightly.result_of(run), reporter)
    return errors.UNREADABLE if all(s == "unreadable" for s in statuses) else errors.OK


@app.command(
    "audit",
    help=manual(
        (
            "核查已抓取的内容，记录问题；不访问网络，可重复运行。",
            "Audit what was crawled and record findings. No network; running it again changes nothing.",
        ),
        [
            ("gongkai audit", ("今天抓取的全部站点", "all sites crawled today")),
            ("gongkai audit donghu --date 2026-03-31", ("一个站点", "one site")),
        ],
    ),
)
def audit(
    names: options.Names = None,
    day: options.Day = None,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Audit the sites that were crawled on a night."""
    settings = config.load(settings_file)
    night = options.night_of(day)
    engine = connect(settings.database, create=False)
    reporter = Reporter(quiet)
    for site in _crawled(engine, night, [p.id for p in targets.find(names, settings)] if names else None):
        nightly.audit(engine, site, night, local_norms.of_site(site, settings), settings.webhooks)
        reporter.note(say(f"{site}: 已审计", f"{site}: audited"))
    return errors.OK


def _crawled(engine: Engine, night: date, wanted: list[str] | None) -> list[str]:
    """The sites that were read to an end on a night.

    Raises:
        UserError: There are none, or a wanted one is not among them.
    """
    with reading(engine) as connection:
        done = [run.site for run in runs.read(connection, night=night) if run.status in runs.FINISHED]
    for site in wanted or []:
        if site not in done:
            raise UserError(
                f"{site}: {night} 没有完成的抓取，请先运行 gongkai crawl",
                f"{site}: no finished crawl on {night}; run gongkai crawl first",
            )
    if not done:
        raise UserError(
            f"{night} 没有完成的抓取，请先运行 gongkai crawl", f"no finished crawl on {night}; run gongkai crawl first"
        )
    return wanted or done
