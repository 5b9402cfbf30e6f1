"""`gongkai db`: the database as a whole."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gongkai import errors
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.messages import say
from gongkai.terminal import Reporter
from storage.transfer import Copied

app = typer.Typer(help=say("数据库：复制。", "The database: copy."), no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keeps `copy` a command of its own while there is only one."""


def _database(name: str, zh: str, en: str) -> Any:
    return typer.Argument(metavar=name, show_default=False, help=help_of(zh, en))


@app.command(
    "copy",
    no_args_is_help=True,
    help=manual(
        (
            "把整个数据库复制到空数据库，逐表核对；要么全部，要么没有。",
            "Copy a whole database into an empty one, all of it or nothing.",
        ),
        [
            (
                "gongkai db copy var/gongkai.db postgresql://db.example.cn/gongkai",
                ("从 SQLite 到 PostgreSQL", "from SQLite to PostgreSQL"),
            ),
            ("gongkai db copy postgresql://db.example.cn/gongkai copy.db", ("复制回文件", "back into a file")),
        ],
        {
            errors.WRONG_USE: (
                "来源或目标不能用：目标不是空的，或表结构属于其他版本",
                "no use: the target is not empty, or one of them has the schema of another version",
            )
        },
    ),
)
def copy(
    source: Annotated[str, _database("FROM", "来源：文件或网址", "a file or a URL")],
    target: Annotated[str, _database("TO", "目标：文件或网址，须为空", "a file or a URL; it must be empty")],
    quiet: options.Quiet = False,
) -> int:
    """Copy it, and say what was copied."""
    from storage import transfer

    reporter = Reporter(quiet)

    def tell(one: Copied) -> None:
        if one.rows:
            reporter.note(say(f"{one.table}: {one.rows} 行", f"{one.table}: {one.rows} rows") + f"  {one.sha256[:12]}")
        if one.cleaned:
            zh, en = f"{one.cleaned} 处空字符（NUL）改为 �", f"{one.cleaned} texts had a NUL character, which is � now"
            reporter.warn(f"{one.table}: {say(zh, en)}")

    copied = transfer.copy(source, target, tell)
    rows = sum(one.rows for one in copied)
    reporter.note(
        say(
            f"{len(copied)} 张表 {rows} 行，两端行数和哈希一致；在 gongkai.toml 中设置 database 即可使用",
            f"{len(copied)} tables, {rows} rows, the same at both ends; set `database` in gongkai.toml to use it",
        )
    )
    return errors.OK
