"""The command `gongkai`: its groups put together, and how errors become one line and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from gongkai import errors, help_screens, terminal
from gongkai.commands import (
    bulletin,
    checks,
    db,
    demo,
    docs,
    evidence,
    findings,
    fleet,
    inspect,
    judgments,
    ledger,
    night,
    recheck,
    rules,
    serve,
    service,
    site,
    status,
    webhooks,
)
from gongkai.commands.options import help_of
from gongkai.messages import language, say

PURPOSE = (
    "公开：法院司法公开巡查。抓取法院网站，按有日期的法律规则核查，出具巡查通报。",
    "gongkai (公开): crawls court sites, audits what they publish against dated legal rules and issues bulletins.",
)
FIRST_STEPS = (
    "先试试：gongkai demo ；然后：gongkai inspect https://法院网站/",
    "To begin with: gongkai demo, then gongkai inspect https://a.court.site/",
)

app = typer.Typer(
    name="gongkai",
    help=say(*PURPOSE),
    epilog=say(*FIRST_STEPS),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)
for group in (
    demo,
    inspect,
    night,
    status,
    fleet,
    service,
    bulletin,
    findings,
    evidence,
    recheck,
    serve,
    webhooks,
    rules,
    checks,
    docs,
):
    app.add_typer(group.app)
app.add_typer(site.app, name="site")
app.add_typer(ledger.app, name="ledger")
app.add_typer(judgments.app, name="judgments")
app.add_typer(fleet.group, name="fleet")
app.add_typer(db.app, name="db")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        terminal.print_plain(f"gongkai {version('gongkai')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=_print_version,
            help=help_of("显示版本", "print the version"),
        ),
    ] = False,
) -> None:
    """Options that stand before a command."""


def main() -> NoReturn:
    """The console script: runs the command and ends the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Errors are said on standard error in one line."""
    command = typer.main.get_command(app)
    help_screens.adapt(command, language())
    try:
        code = command.main(args=list(arguments), prog_name="gongkai", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = errors.INTERRUPTED
    except TyperException as error:
        return _wrong_use(error)
    except Exception as error:
        return _failed(error)
    if code == errors.INTERRUPTED:
        terminal.print_error(say("已中断；已读取的内容保存在数据库中", "interrupted; what was read is in the database"))
    return code if isinstance(code, int) else errors.OK


def _wrong_use(error: TyperException) -> int:
    """A command line that does not fit; an empty message means that the help was shown instead."""
    text = " ".join(error.format_message().split())
    if text:
        terminal.print_error(help_screens.usage_error(text) if language() == "zh" else text)
    return errors.WRONG_USE


def _failed(error: Exception) -> int:
    if errors.is_user_mistake(error):
        terminal.print_error(errors.one_line(error))
        return error.code if isinstance(error, errors.UserError) else errors.WRONG_USE
    log = errors.write_log(error, Path("out") / "logs", "gongkai")
    said = f"{type(error).__name__}: {errors.one_line(error)}"[:200]
    terminal.print_error(say(f"程序出错：{said}；详情见 {log}", f"this is a bug: {said}; the traceback is in {log}"))
    return errors.BUG
