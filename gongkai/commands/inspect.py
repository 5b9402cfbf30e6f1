"""`gongkai inspect`: one site, once, with no database and no set-up. Its interface is a contract with other programs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from gongkai import config, errors, inspection, local_norms, targets, terminal
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import language, say
from gongkai.nightly import Options
from gongkai.terminal import Reporter

if TYPE_CHECKING:
    from crawlers.profile import Profile
    from gongkai.inspection import Inspected

app = typer.Typer()

HELP = manual(
    (
        "巡查一个法院网站：抓取、核查、出具通报。不需要数据库、登记或配置。",
        "Inspect one court site: crawl, audit, bulletin. No database and no set-up needed.",
    ),
    [
        ("gongkai inspect https://court.example.cn/", ("任意网站", "any site")),
        (
            "gongkai inspect https://court.example.cn/ --ledger cases.xlsx",
            ("连同法院台账一起核查", "together with the court's own ledger"),
        ),
        (
            "gongkai inspect http://127.0.0.1:8000/ --allow-private --json",
            ("本机网站，结果输出为 JSON", "a site on this machine, findings as JSON"),
        ),
    ],
    {
        errors.OK: ("没有确定的问题", "no certain finding"),
        errors.FOUND: ("有确定的问题", "certain findings"),
        errors.WRONG_USE: ("用法有误，或台账、配置无法读取", "wrong use, or an unreadable ledger or profile"),
        errors.UNREADABLE: ("网站完全无法读取", "the site could not be read at all"),
    },
)


@app.command("inspect", help=HELP, no_args_is_help=True)
def inspect(
    url: Annotated[
        str | None,
        typer.Argument(
            metavar="URL", show_default=False, help=help_of("法院网站首页", "home page of the court's site")
        ),
    ] = None,
    portal: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            show_default=False,
            help=help_of("庭审公开平台地址（尚不支持）", "base of a hearing portal (not in this version yet)"),
        ),
    ] = None,
    court: Annotated[
        str | None, typer.Option(metavar="NAME", show_default=False, help=help_of("法院名称", "the court's name"))
    ] = None,
    ledger: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help=help_of("台账 .xlsx 或 .csv，可重复", "a ledger, .xlsx or .csv; may be repeated"),
        ),
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", show_default=False, help=help_of("按此站点配置读取", "read the site as this profile says")
        ),
    ] = None,
    as_of: Annotated[
        date | None,
        options.day_option(
            "--as-of", zh="审计日期，默认今天（北京时间）", en="audit date; by default today in Asia/Shanghai"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            show_default=False,
            help=help_of(
                "输出文件夹，默认 out/inspect-主机-日期", "folder of the files; by default out/inspect-HOST-DATE"
            ),
        ),
    ] = None,
    allow_private: options.AllowPrivate = False,
    max_pages: options.MaxPages = None,
    policy: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            show_default=False,
            help=help_of("适用的地方规范：名称或文件", "local norms in force: a name or a file"),
        ),
    ] = None,
    delay: options.Delay = None,
    concurrency: options.Concurrency = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help=help_of("向标准输出写 findings.json 且仅此", "findings.json on standard output, nothing else"),
        ),
    ] = False,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Run one inspection and return its exit code."""
    _refuse_what_is_not_built(portal)
    settings = config.load(settings_file)
    site = _profile(url, profile, court)
    norms = local_norms.read(policy) or local_norms.of_site(site.id, settings, site)
    night = options.night_of(as_of)
    folder = out or settings.out / f"inspect-{_host(site.home)}-{night}"
    wishes = Options(allow_private=allow_private, max_pages=max_pages, delay=delay, concurrency=concurrency)
    reporter = Reporter(quiet)
    with reporter.crawling() as advance:
        result = inspection.inspect_site(
            site,
            night,
            ledger or [],
            folder,
            settings,
            wishes,
            policy=norms,
            on_progress=advance,
            on_problem=reporter.warn,
        )
    _tell(result, folder, reporter, as_json=as_json)
    if result.bug is not None:
        log = errors.write_log(result.bug, settings.logs, site.id)
        reporter.error(say(f"有规则因程序错误未完成；详情见 {log}", f"a bug stopped a rule; the traceback is in {log}"))
    return _exit_code(result)


def _refuse_what_is_not_built(portal: str | None) -> None:
    if portal is not None:
        raise UserError(
            "--portal: 本版本尚不能巡查庭审公开平台", "--portal: this version cannot audit a hearing portal yet"
        )


def _profile(url: str | None, file: Path | None, court: str | None) -> Profile:
    """The site to inspect: as its profile says, or to be discovered; a URL beside a profile says where it is."""
    from crawlers.profile import bare_profile

    if file is None and url is None:
        raise UserError("缺少网址 URL", "missing URL")
    if file is None:
        assert url is not None
        return bare_profile(targets.checked_url(url), court=court)
    profile = targets.load_file(file)
    changes = {"home": targets.checked_url(url)} if url is not None else {}
    changes |= {"court": court} if court is not None else {}
    return profile.model_copy(update=changes)


def _host(home: str) -> str:
    """Host and port of an address as part of a folder's name."""
    return urlsplit(home).netloc.rpartition("@")[2].replace(":", "-").replace("[", "").replace("]", "")


def _exit_code(result: Inspected) -> int:
    if result.bug is not None:
        return errors.BUG
    if result.run.status == "unreadable":
        return errors.UNREADABLE
    return errors.FOUND if result.bulletin.certain else errors.OK


def _tell(result: Inspected, folder: Path, reporter: Reporter, *, as_json: bool) -> None:
    from reports.formats import json
    from reports.terminal import summary

    if result.run.status == "unreadable":
        terminal.print_error(
            say(
                f"网站无法读取：{result.run.why or '原因不明'}",
                f"the site could not be read: {result.run.why or 'unknown'}",
            )
        )
    if as_json:
        terminal.print_plain(json.render(result.bulletin))
    elif not reporter.quiet:
        terminal.output().print(summary(result.bulletin, lang=language()))
    reporter.note(
        say(
            f"通报：{folder}/bulletin.html（docx、xlsx、findings.json 同在；证据页面 {len(result.kept)} 个）",
            f"bulletin: {folder}/bulletin.html (docx, xlsx, findings.json beside it; {len(result.kept)} pages of evidence)",
        )
    )
