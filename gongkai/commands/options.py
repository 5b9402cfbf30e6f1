"""Options that several commands share, each described once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from gongkai import clock
from gongkai.errors import UserError, is_user_mistake
from gongkai.messages import say


def help_of(zh: str, en: str) -> str:
    """An option's help in the user's language; brackets in it are no markup."""
    return escape(say(zh, en))


_FIRST_DAY = date(2000, 1, 1)
_LAST_DAY = date(2099, 12, 31)


def parse_day(text: str) -> date:
    """A date in the form YYYY-MM-DD, from 2000-01-01 to 2099-12-31: periods that are counted from it stay dates.

    Raises:
        UserError: It is none, or outside these years.
    """
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise UserError(f"{text}: 不是日期，应为 YYYY-MM-DD", f"{text}: not a date; it should be YYYY-MM-DD")
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise UserError(
            f"{text}: 日期应在 {_FIRST_DAY} 至 {_LAST_DAY} 之间", f"{text}: not between {_FIRST_DAY} and {_LAST_DAY}"
        )
    return day


def night_of(day: date | None) -> date:
    """The day that was given, or today in Asia/Shanghai."""
    return day or clock.today()


def complete_site(incomplete: str) -> list[str]:
    """Profile ids for the shell's completion; none if the settings are wrong."""
    from gongkai import config, targets

    try:
        return [p.id for p in targets.configured(config.load()) if p.id.startswith(incomplete)]
    except Exception as error:
        if is_user_mistake(error):
            return []
        raise


def day_option(*names: str, zh: str, en: str) -> Any:
    return typer.Option(*names, metavar="YYYY-MM-DD", parser=parse_day, help=help_of(zh, en), show_default=False)


Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        envvar="GONGKAI_CONFIG",
        show_default=False,
        help=help_of(
            "配置文件，默认为当前目录的 gongkai.toml", "settings; by default gongkai.toml of the working directory"
        ),
    ),
]
LogJson = Annotated[
    bool,
    typer.Option(
        "--log-json",
        help=help_of("运行日志也写到标准错误（JSON 行）", "the journal, lines of JSON, on standard error too"),
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help=help_of("只输出结果和错误", "only results and errors, no progress")),
]
Day = Annotated[
    date | None,
    day_option("--date", zh="审计日期，默认今天（北京时间）", en="the night's date; by default today in Asia/Shanghai"),
]
AllowPrivate = Annotated[
    bool,
    typer.Option(
        "--allow-private",
        help=help_of("允许访问本机和内网地址", "also read addresses that are loopback, private or not public"),
    ),
]
MaxPages = Annotated[
    int | None,
    typer.Option(
        "--max-pages", metavar="N", min=1, show_default=False, help=help_of("最多读取页数", "read at most N pages")
    ),
]
Delay = Annotated[
    float | None,
    typer.Option(
        "--delay",
        metavar="SECONDS",
        min=0,
        show_default=False,
        help=help_of("两次请求间隔（秒）；公网默认 0.5", "between two requests; 0.5 by default, 0 on loopback"),
    ),
]
Concurrency = Annotated[
    int | None,
    typer.Option(
        "--concurrency",
        metavar="N",
        min=1,
        show_default=False,
        help=help_of("同时连接数；公网默认 2", "connections to one host; 2 by default, 16 on loopback"),
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SITE|URL",
        autocompletion=complete_site,
        show_default=False,
        help=help_of("站点配置的编号或网址；不写则为全部", "profile ids or addresses; without any, all sites"),
    ),
]
Site = Annotated[
    str,
    typer.Argument(
        metavar="SITE", autocompletion=complete_site, help=help_of("站点编号", "the site's id"), show_default=False
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", show_default=False, help=help_of("输出文件夹", "folder of the files")),
]
