"""`gongkai recheck`: findings looked at again at once."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gongkai import config, errors, targets, terminal
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.console import words
from gongkai.errors import UserError
from gongkai.messages import say
from gongkai.nightly import Options
from storage.database import connect, reading
from storage.findings import UNREAD

app = typer.Typer()
VERDICTS = {
    "certain": ("仍存在（确定）", "still there (certain)"),
    "suspected": ("仍见疑似", "still suspected"),
    "unclear": ("待核实", "unclear"),
    "passed": ("符合要求", "well"),
    "absent": ("对象已不存在", "gone"),
    "unread": ("未能复查", "not read"),
    "night": ("须等夜间巡查", "takes a night"),
}


@app.command(
    "recheck",
    no_args_is_help=True,
    help=manual(
        (
            "立即复查：只读证明问题的网页，据结果办结或重新打开。\n\n没有完整读到的，不作结论，办理阶段不变。",
            "Look at findings again at once, by the pages that prove them.\n\nWell closes, still there reopens; what was "
            "not read completely changes nothing.",
        ),
        [
            ("gongkai recheck 3fa85f64", ("编号可只写开头", "the beginning of its id is enough")),
            ("gongkai recheck 3fa85f64 9b1deb4d --by 张三", ("记下是谁要求的", "with who asked for it")),
        ],
        {
            errors.OK: ("都有结果，或者须等夜间巡查", "each was told, or takes a night"),
            errors.UNREADABLE: ("有网页没有完整读到，不作结论", "a page was not read completely; nothing follows"),
        },
    ),
)
def recheck_command(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="ID", show_default=False, help=help_of("问题编号或其开头", "ids of findings or their beginnings")
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="NAME",
            show_default=False,
            help=help_of("由谁要求，默认为系统用户名", "who asked for it; by default the system's user"),
        ),
    ] = None,
    allow_private: options.AllowPrivate = False,
    delay: options.Delay = None,
    settings_file: options.Config = None,
) -> int:
    """Look again, and print what came of it."""
    from gongkai import recheck

    settings = config.load(settings_file)
    engine = connect(settings.database, create=False)
    who = (by or getpass.getuser()).strip()[:80]
    if not who.isprintable() or not who:
        raise UserError("--by: 应为可见字符", "--by: should be visible characters")
    with reading(engine) as connection:
        found = [targets.finding(connection, name) for name in dict.fromkeys(names)]
    done = recheck.recheck(engine, found, settings, Options(allow_private=allow_private, delay=delay), who)
    table = Table(box=None, pad_edge=False)
    for heading in (say("编号", "id"), say("规则", "rule"), say("结果", "outcome"), say("办理", "stage")):
        table.add_column(heading, no_wrap=True)
    table.add_column(say("对象", "subject"), overflow="fold")
    for one in done:
        stage = words.label("stage", one.after)
        table.add_row(one.fingerprint[:10], one.rule, say(*VERDICTS[one.verdict]), stage, Text(one.subject))
    terminal.output().print(table)
    for one in done:
        if one.verdict in ("unread", "night"):
            terminal.messages().print(Text(f"{one.fingerprint[:10]}: {one.note}"))
    return errors.UNREADABLE if any(one.verdict == UNREAD for one in done) else errors.OK
