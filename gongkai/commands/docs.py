"""`gongkai docs`: the reference pages that are generated from commands, settings, rules, ledgers and the schema."""

from __future__ import annotations

from typing import Annotated

import typer

from gongkai import errors, terminal
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import say

app = typer.Typer()


@app.command(
    "docs",
    help=manual(
        (
            "生成 docs/ 中的参考文档：命令、配置、规则、台账列等。",
            "Generate the reference pages of docs/: commands, settings, rules, ledgers and others.",
        ),
        [
            ("gongkai docs --write", ("写入", "write them")),
            (
                "gongkai docs --check",
                ("检查是否最新（持续集成用）", "are they up to date? (for continuous integration)"),
            ),
        ],
        {errors.FOUND: ("--check：文档已过时", "--check: a page is stale")},
    ),
)
def docs(
    write: Annotated[bool, typer.Option("--write", help=help_of("写入文档", "write the pages"))] = False,
    check: Annotated[bool, typer.Option("--check", help=help_of("只检查", "only check"))] = False,
) -> int:
    """Write or check the pages."""
    from gongkai import reference

    if write == check:
        raise UserError("请指定 --write 或 --check 之一", "one of --write and --check is needed")
    if write:
        for path in reference.write():
            terminal.print_plain(str(path))
        return errors.OK
    stale = reference.stale()
    for path in stale:
        terminal.print_error(
            say(f"{path} 已过时，请运行 gongkai docs --write", f"{path} is stale; run gongkai docs --write")
        )
    return errors.FOUND if stale else errors.OK
