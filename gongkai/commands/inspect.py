"""`gongkai inspect`: one site, once, with no database and no set-up. Its interface is a contract with other programs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from gongkai import config, errors, inspection, local_norms, targets, terminal, typefaces
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import language, say
from gongkai.nightly import Options
from gongkai.terminal import Reporter

if TYPE_CHECKING:
    from crawlers.profile import PortalProfile, Profile
    from gongkai.inspection import Inspected

app = typer.Typer()

HELP = manual(
    (
        "巡查一个法院网站，出具通报。无需数据库、登记或配置。",
        "Inspect one court site: crawl, audit, bulletin. No database and no set-up needed.",
    ),
    [
        ("gongkai inspect https://court.example.cn/", ("任意网站", "any site")),
        (
            "gongkai inspect https://court.example.cn/ --ledger cases.xlsx",
            ("连同法院台账一起核查", "together with the court's own ledger"),
        ),
        (
            "gongkai inspect --portal https://portal.example.cn --court 某市某区人民法院 --ledger cases.xlsx",
            ("庭审公开平台上该院的庭审，不需要法院网站", "the court's hearings on a portal, without its own site"),
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
            help=help_of(
                "庭审公开平台地址，与 --court 同用；可不给 URL",
                "base of a hearing portal, with --court; URL may then be left out",
            ),
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
    settings = config.load(settings_file)
    site = _profile(url, profile, court, portal)
    norms = local_norms.read(policy) or local_norms.of_site(site.id, settings, site)
    night = options.night_of(as_of)
    folder = out or settings.out / f"inspect-{_host(site.address)}-{night}"
    wishes = Options(allow_private=allow_private, max_pages=max_pages, delay=delay, concurrency=concurrency)
    reporter = Reporter(quiet)
    missing = typefaces.use(settings.fonts)
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
    for line in missing:
        reporter.warn(line)
    _tell(result, folder, reporter, as_json=as_json)
    if result.bug is not None:
        log = errors.write_log(result.bug, settings.logs, site.id)
        reporter.error(say(f"有规则因程序错误未完成；详情见 {log}", f"a bug stopped a rule; the traceback is in {log}"))
    return _exit_code(result)


def _profile(url: str | None, file: Path | None, court: str | None, portal: str | None) -> Profile:
    """What to inspect: as its profile says, or to be discovered; an address or name beside a profile goes before it."""
    from crawlers.profile import bare_profile, portal_profile

    if portal is not None:
        portal = targets.checked_url(portal)
    if file is not None:
        profile = targets.load_file(file)
    elif url is not None:
        profile = bare_profile(targets.checked_url(url), court=court)
    elif portal is not None:
        return portal_profile(portal, _needed(court))
    else:
        raise UserError("缺少网址 URL（或 --portal 加 --court）", "missing URL (or --portal with --court)")
    changes: dict[str, object] = {"home": targets.checked_url(url)} if url is not None else {}
    changes |= {"court": court} if court is not None else {}
    if portal is not None:
        changes["portal"] = _portal_of(profile, portal, court or profile.court)
    return profile.model_copy(update=changes)


def _portal_of(profile: Profile, base: str, court: str | None) -> PortalProfile:
    """The portal of the command line, with the rest of what the profile says of it."""
    from crawlers.profile import PortalProfile

    if profile.portal is not None:
        return profile.portal.model_copy(update={"base": base.rstrip("/"), "court": court or profile.portal.court})
    return PortalProfile(base=base, court=_needed(court))


def _needed(court: str | None) -> str:
    if not court:
        raise UserError(
            "--portal: 须用 --court 指明法院名称", "--portal: name the court whose hearings are meant with --court"
        )
    return court


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
    if result.personal:
        reporter.note(
            say(
                f"其中 {result.personal} 个证据页面含未隐去的个人信息，仅供核查，不得外传，整改后请删除",
                f"{result.personal} of these pages show personal data: for verification only, delete them once resolved",
            )
        )
