"""`gongkai site`: the profiles of the sites."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gongkai import clock, config, errors, nightly, targets, terminal
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import say
from gongkai.nightly import Options
from gongkai.terminal import Reporter
from storage.database import connect, reading

app = typer.Typer(
    help=say("站点配置：列出、生成草稿、检查、保存样页。", "Site profiles: list, suggest, check, save."),
    no_args_is_help=True,
)


@app.command(
    "list",
    help=manual(
        ("列出全部站点配置。", "List the sites that have a profile."),
        [("gongkai site list", ("全部站点", "all of them"))],
    ),
)
def list_sites(settings_file: options.Config = None) -> int:
    """Print a table of the configured sites."""
    profiles = targets.configured(config.load(settings_file))
    if not profiles:
        terminal.messages().print(
            say(
                "还没有站点配置；可用 gongkai site suggest 网址 生成",
                "no profiles yet; gongkai site suggest URL makes one",
            )
        )
        return errors.OK
    table = Table(box=None, pad_edge=False)
    for heading in (
        say("编号", "id"),
        say("法院", "court"),
        say("平台", "platform"),
        say("栏目", "sections"),
        say("首页", "home"),
    ):
        table.add_column(heading, overflow="fold")
    for p in profiles:
        sections = str(len(p.sections)) if p.sections else say("自动发现", "discovered")
        table.add_row(p.id, p.court, p.platform or "", sections, p.address)
    terminal.output().print(table)
    return errors.OK


@app.command(
    "suggest",
    no_args_is_help=True,
    help=manual(
        ("按抓取时发现的栏目生成站点配置草稿，供修改。", "Write what a crawl discovered as a profile to edit."),
        [
            ("gongkai site suggest https://court.example.cn/", ("先抓取再生成", "crawl the site first")),
            (
                "gongkai site suggest example --output courts/example.yml",
                ("用数据库中最近一次抓取", "from the last crawl in the database"),
            ),
        ],
        {errors.UNREADABLE: ("网站完全无法读取", "the site could not be read at all")},
    ),
)
def suggest(
    name: Annotated[
        str,
        typer.Argument(
            metavar="SITE|URL", show_default=False, help=help_of("站点编号或网址", "a site's id or address")
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            show_default=False,
            help=help_of("写入文件（不覆盖已有文件）", "write to a file that is not there yet"),
        ),
    ] = None,
    allow_private: options.AllowPrivate = False,
    max_pages: options.MaxPages = None,
    delay: options.Delay = None,
    concurrency: options.Concurrency = None,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Print or write the profile."""
    if output is not None and output.exists():
        raise UserError(f"{output}: 文件已存在，不覆盖", f"{output}: is there already and is not overwritten")
    settings = config.load(settings_file)
    wishes = Options(allow_private=allow_private, max_pages=max_pages, delay=delay, concurrency=concurrency)
    text = _of_address(name, settings, wishes, quiet) if "://" in name else _of_known(name, settings)
    if output is None:
        terminal.print_plain(text)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
        Reporter(quiet).note(
            say(f"已写入 {output}；id 应与文件名相同", f"written to {output}; its id is to be the file's name")
        )
    return errors.OK


def _of_address(url: str, settings: config.Settings, wishes: Options, quiet: bool) -> str:
    """Crawl a site into a database that is thrown away, and say what was found."""
    from crawlers.profile import bare_profile

    profile = bare_profile(targets.checked_url(url))
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        alone = settings.model_copy(update={"database": str(Path(folder) / "suggest.db")})
        with Reporter(quiet).crawling() as advance:
            run = nightly.crawl(profile, clock.today(), alone, wishes, advance)
        if run.status == "unreadable":
            raise UserError(
                f"{url}: 网站无法读取：{run.why}", f"{url}: the site could not be read: {run.why}", errors.UNREADABLE
            )
        return _of_known(profile.id, alone)


def _of_known(site: str, settings: config.Settings) -> str:
    from crawlers.suggest import suggest as suggest_profile

    with reading(connect(settings.database, create=False)) as connection:
        try:
            return suggest_profile(connection, site)
        except LookupError as error:
            line = errors.one_line(error)
            raise UserError(line, line) from error


@app.command(
    "check",
    help=manual(
        (
            "检查最近一次抓取是否满足站点配置中的期望。",
            "Say which expectations of the profiles the last crawl did not meet.",
        ),
        [("gongkai site check", ("全部站点", "all sites")), ("gongkai site check donghu", ("一个站点", "one site"))],
        {errors.OK: ("全部满足", "all met"), errors.FOUND: ("有不满足的", "some were not met")},
    ),
)
def check(names: options.Names = None, settings_file: options.Config = None) -> int:
    """Print one line per expectation that was not met."""
    from crawlers.check import check as check_profile

    settings = config.load(settings_file)
    unmet = 0
    with reading(connect(settings.database, create=False)) as connection:
        for profile in targets.find(names or [], settings):
            for line in check_profile(profile, connection):
                unmet += 1
                terminal.print_plain(f"{profile.id}: {line}")
    return errors.FOUND if unmet else errors.OK


@app.command(
    "save",
    no_args_is_help=True,
    help=manual(
        (
            "保存一个栏目的列表页作为测试样页（姓名等已遮盖）。",
            "Save a section's list page as a test page, personal names masked.",
        ),
        [
            ("gongkai site save donghu judgments", ("按栏目的键", "by the section's key in the profile")),
            ("gongkai site save donghu https://court.example.cn/wsgk/", ("按栏目网址", "by its address")),
        ],
        {errors.UNREADABLE: ("页面无法读取，或不是配置中的栏目", "no section of the profile, or it could not be read")},
    ),
)
def save(
    name: options.Site,
    url: Annotated[
        str,
        typer.Argument(
            metavar="SECTION|URL", show_default=False, help=help_of("栏目的键或网址", "the section's key or address")
        ),
    ],
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help=help_of("样页所在文件夹", "where the test pages lie"))
    ] = Path("tests/sites"),
    allow_private: options.AllowPrivate = False,
    settings_file: options.Config = None,
) -> int:
    """Save the page and print its path."""
    from crawlers.profile import find_profile
    from crawlers.save import save_page

    settings = config.load(settings_file)
    profile = find_profile(name, settings.profile_folders)
    try:
        path = save_page(profile, url, folder, clock.today(), allow_private=allow_private)
    except LookupError as error:
        line = errors.one_line(error)
        raise UserError(line, line, errors.UNREADABLE) from error
    except ValueError as error:
        line = errors.one_line(error)
        raise UserError(line, line) from error
    terminal.print_plain(str(path))
    return errors.OK
