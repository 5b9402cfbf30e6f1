"""`gongkai db`: the database as a whole."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gongkai import config, errors, terminal
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.database import opened
from gongkai.errors import UserError
from gongkai.messages import say
from gongkai.terminal import Reporter
from storage import places
from storage.database import connect, reading
from storage.places import Share
from storage.transfer import Copied

app = typer.Typer(
    help=say(
        "数据库：复制、升级、留存页面的存放位置。", "The database: copy it, bring it up, and where its pages are."
    ),
    no_args_is_help=True,
)


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


@app.command(
    "pages",
    help=manual(
        (
            "留存页面存放在哪里、各有多少；可全部移到 [storage] pages 所设的位置。",
            "Where the kept pages are, and how many; all can be moved to where [storage] pages says.",
        ),
        [
            ("gongkai db pages", ("列出各处的数量和大小", "how many are where")),
            (
                "gongkai db pages --move",
                (
                    "全部移入所设位置（未设置则移回数据库）；可中断后再运行",
                    "move all there, or back into the database; may be interrupted",
                ),
            ),
        ],
        {
            errors.WRONG_USE: (
                "某处不能读写，或有页面丢失、损坏",
                "a place cannot be used, or a page is lost or damaged",
            )
        },
    ),
)
def pages(
    move: Annotated[bool, typer.Option("--move", help=help_of("全部移到所设位置", "move all of them there"))] = False,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """List the places, and move the bodies if that is wanted."""
    settings = config.load(settings_file)
    reporter = Reporter(quiet)
    engine = opened(settings, create=False) if move else connect(settings.database, create=False)
    if move:
        moved = places.move_all(
            engine, lambda n: reporter.note(say(f"已移 {n} 个", f"{n} moved")) if n % 10_000 == 0 else None
        )
        places.settle(engine)
        reporter.note(say(f"移动 {moved} 个；原处未删除", f"{moved} moved; nothing was deleted where they were"))
    with reading(engine) as connection:
        for share in places.shares(connection):
            terminal.print_plain(_line(share))
        if late := places.waiting(connection):
            zh, en = f"{late} 个暂存数据库，待移入", f"{late} wait in the database to be brought there"
            terminal.print_plain(say(zh, en))
    return errors.OK


def _line(share: Share) -> str:
    where = say("数据库", "database") if share.place is None else share.place.url
    mark = "*" if share.is_current else " "
    size, packed = share.size / 1e6, share.packed / 1e6
    return f"{mark} {where}  " + say(
        f"{share.bodies} 个，压缩后 {packed:.1f} MB（原 {size:.1f} MB）",
        f"{share.bodies} bodies, {packed:.1f} MB compressed ({size:.1f} MB as they came)",
    )


@app.command(
    "upgrade",
    help=manual(
        (
            "把数据库的表升级到本版本；PostgreSQL 还包括任务队列的表。其他命令也会自动升级。",
            "Bring the tables up to this version, with PostgreSQL those of the queue too. Other commands do so by themselves.",
        ),
        [("gongkai db upgrade", ("先停下所有 gongkai worker", "stop every gongkai worker first"))],
    ),
)
def upgrade(settings_file: options.Config = None, quiet: options.Quiet = False) -> int:
    """Bring it up."""
    from storage import migrate
    from storage.database import connect, database_url, name_of

    settings = config.load(settings_file)
    is_shared = not database_url(settings.database).startswith("sqlite:")
    if is_shared:
        from gongkai.fleet import members

        members.admit(settings.database)
    engine = connect(settings.database)
    if is_shared:
        try:
            from gongkai.fleet import queue
        except ModuleNotFoundError as error:
            raise UserError(
                f"缺少 {error.name}：pip install 'gongkai[fleet]'",
                f"{error.name} is missing: pip install 'gongkai[fleet]'",
            ) from error
        queue.bring_up(engine)
    engine.dispose()
    name = name_of(settings.database)
    Reporter(quiet).note(say(f"{name}: 表的版本 {migrate.HEAD}", f"{name}: the tables are of version {migrate.HEAD}"))
    return errors.OK
