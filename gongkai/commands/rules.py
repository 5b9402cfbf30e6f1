"""`gongkai rules`: the catalogue of the rules in force."""

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
    "rules",
    help=manual(
        (
            "打印规则目录：每条规则的依据、违反与符合的情形、整改方法。",
            "Print the catalogue of rules: legal basis, what violates it, what complies, the remedy.",
        ),
        [
            ("gongkai rules", ("打印", "print it")),
            ("gongkai rules --write", ("更新 auditors/RULES.md", "renew auditors/RULES.md")),
            ("gongkai rules --check", ("检查它是否最新", "is it up to date?")),
        ],
        {errors.FOUND: ("--check：目录已过时", "--check: the catalogue is stale")},
    ),
)
def rules(
    write: Annotated[
        bool, typer.Option("--write", help=help_of("写入 auditors/RULES.md", "write auditors/RULES.md"))
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help=help_of("只检查是否最新", "only check whether it is up to date"))
    ] = False,
) -> int:
    """Print, write or check the catalogue."""
    from auditors.catalogue import FILE, catalogue

    if write and check:
        raise UserError("--write 与 --check 不能同时使用", "--write and --check exclude each other")
    text = catalogue()
    if write:
        FILE.write_text(text, encoding="utf-8")
    elif check:
        if not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
            terminal.print_error(
                say(
                    f"{FILE.name} 已过时，请运行 gongkai rules --write",
                    f"{FILE.name} is stale; run gongkai rules --write",
                )
            )
            return errors.FOUND
    else:
        terminal.print_plain(text)
    return errors.OK
