"""`gongkai serve` and `gongkai user`: the inspectors' console and the accounts that may use it."""

from __future__ import annotations

import ipaddress
import sys
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy.engine import Connection

from gongkai import clock, config, errors, terminal, webhooks
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import say
from storage import accounts, runs, standing
from storage.accounts import ROLES, Token, User
from storage.database import connect, reading

app = typer.Typer()
group = typer.Typer(help=say("控制台账户。", "Accounts of the console."), no_args_is_help=True)
app.add_typer(group, name="user")


@app.command(
    "serve",
    help=manual(
        (
            "打开巡查控制台（网页）；先用 gongkai user add 建立账户。",
            "Serve the inspectors' console; gongkai user add makes its accounts.",
        ),
        [
            ("gongkai serve", ("在浏览器打开 http://127.0.0.1:8420/", "then open http://127.0.0.1:8420/")),
        ],
    ),
)
def serve(
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", show_default=False, help=help_of("监听地址", "address"))
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="N", min=0, max=65535, show_default=False, help=help_of("端口", "port")),
    ] = None,
    allow_private: options.AllowPrivate = False,
    settings_file: options.Config = None,
) -> int:
    """Serve until interrupted."""
    settings = config.load(settings_file)
    address = host or settings.console.host
    if not _is_loopback(address) and not settings.console.https:
        raise UserError(
            f"{address}: 不是本机地址；须由 https 服务器转发，并设置 [console] https = true",
            f"{address}: not loopback; put it behind an https server and set [console] https = true",
        )
    engine = connect(settings.database, create=False)
    with engine.begin() as connection:
        if not accounts.everyone(connection):
            raise UserError(
                "还没有账户：gongkai user add 名称 --role administrator",
                "there is no account yet: gongkai user add NAME --role administrator",
            )
        standing.renew(connection, clock.today())
    import uvicorn

    from gongkai.console.application import create
    from gongkai.console.pages import Console

    console = Console(engine, settings, allow_private=allow_private)
    made = create(engine, settings, console=console, secure=settings.console.https)
    bound = settings.console.port if port is None else port
    terminal.messages().print(
        say(f"控制台：http://{address}:{bound}/ （Ctrl-C 结束）", f"console: http://{address}:{bound}/")
    )
    with webhooks.Sender(engine, settings.webhooks):
        uvicorn.run(
            made,
            host=address,
            port=bound,
            log_level="warning",
            server_header=False,
            proxy_headers=settings.console.https,
        )
    return errors.OK


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=help_of("账户名", "the account's name"))]


@group.command(
    "add",
    no_args_is_help=True,
    help=manual(
        (
            "建立账户；密码在终端输入，或者由标准输入给出。",
            "Make an account; its password is asked for, or read from standard input.",
        ),
        [
            ("gongkai user add office --role administrator", ("管理账户", "an administrator")),
            (
                "gongkai user add min1 --role department --department 民事审判第一庭 --site a_court",
                ("部门账户", "a department's"),
            ),
        ],
    ),
)
def add(
    name: Name,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help=help_of("、".join(ROLES), ", ".join(ROLES)))],
    department: Annotated[
        str | None,
        typer.Option("--department", metavar="NAME", show_default=False, help=help_of("部门", "its department")),
    ] = None,
    site: Annotated[
        list[str] | None,
        typer.Option(
            "--site", metavar="SITE", show_default=False, help=help_of("只看此站点", "may see this site only")
        ),
    ] = None,
    settings_file: options.Config = None,
) -> int:
    """Add an account."""
    if role not in ROLES:
        raise UserError(
            f"--role: 没有 {role}；可用 {'、'.join(ROLES)}", f"--role: no {role}; there are {', '.join(ROLES)}"
        )
    if (role == accounts.DEPARTMENT) != bool(department):
        raise UserError("--department 用于且只用于 department 账户", "--department goes with the role department only")
    if not name.strip() or not name.isprintable() or len(name) > 80:
        raise UserError("账户名应为 1 至 80 个可见字符", "a name has 1 to 80 visible characters")
    settings = config.load(settings_file)
    engine = connect(settings.database, create=False)
    with reading(engine) as connection:
        sites = _sites(role, site or [], [one.id for one in runs.all_sites(connection)])
    user = User(
        name=name,
        role=role,
        department=department,
        sites=sites,
        password=_asked(name),
        made=clock.now(),
    )
    with engine.begin() as connection:
        try:
            accounts.add(connection, user)
        except accounts.NameTaken:
            raise UserError(f"{name}: 已有这个账户", f"{name}: there is such an account") from None
    terminal.messages().print(say(f"已建立账户 {name}", f"made the account {name}"))
    return errors.OK


def _sites(role: str, named: list[str], known: list[str]) -> tuple[str, ...]:
    try:
        return accounts.sites_for(role, named, known)
    except accounts.NoSite as error:
        there = "、".join(known) or "—", ", ".join(known) or "none yet"
        if str(error):
            raise UserError(
                f"--site: 没有 {error}；有 {there[0]}", f"--site: no {error}; there are {there[1]}"
            ) from None
        raise UserError(
            f"--site: 部门账户须写明站点，不同法院的部门可能同名；有 {there[0]}",
            f"--site: a department's account needs one, since courts have departments of one name; there are {there[1]}",
        ) from None


@group.command(
    "passwd",
    no_args_is_help=True,
    help=manual(
        (
            "设置新密码，并结束此账户的全部会话和令牌。",
            "Set a new password, and end the account's sessions and tokens.",
        ),
        [("gongkai user passwd office", ("在终端输入", "it is asked for"))],
    ),
)
def passwd(name: Name, settings_file: options.Config = None) -> int:
    """Change a password, and unlock the account."""
    settings = config.load(settings_file)
    engine = connect(settings.database, create=False)
    with reading(engine) as connection:
        _known(accounts.find(connection, name), name)
    kept = _asked(name)
    with engine.begin() as connection:
        accounts.change(connection, name, password=kept, failures=0, locked_until=None)
    terminal.messages().print(say(f"已更改 {name} 的密码", f"changed the password of {name}"))
    return errors.OK


@group.command(
    "link",
    no_args_is_help=True,
    help=manual(
        (
            "把账户与统一身份认证（OpenID Connect）中的身份关联。",
            "Link an account to who somebody is at the OpenID Connect provider.",
        ),
        [("gongkai user link office 248289761001", ("身份的 sub", "the provider's sub"))],
    ),
)
def link(
    name: Name,
    subject: Annotated[str, typer.Argument(metavar="SUB", show_default=False, help=help_of("身份", "the sub"))],
    settings_file: options.Config = None,
) -> int:
    """Link an account to a subject of the provider."""
    settings = config.load(settings_file)
    with connect(settings.database, create=False).begin() as connection:
        _known(accounts.find(connection, name), name)
        other = accounts.of_subject(connection, subject)
        if other is not None and other.name != name:
            raise UserError(f"{subject}: 已关联 {other.name}", f"{subject}: is linked to {other.name}")
        accounts.change(connection, name, subject=subject)
    terminal.messages().print(say(f"已关联 {name}", f"linked {name}"))
    return errors.OK


@group.command(
    "disable",
    no_args_is_help=True,
    help=manual(
        ("停用账户，并结束其会话。", "Close an account, and end its sessions."),
        [("gongkai user disable min1", ("停用", "close it"))],
    ),
)
def disable(name: Name, settings_file: options.Config = None) -> int:
    """Close an account; its deeds stay in the history."""
    settings = config.load(settings_file)
    with connect(settings.database, create=False).begin() as connection:
        _known(accounts.find(connection, name), name)
        accounts.change(connection, name, active=False)
    terminal.messages().print(say(f"已停用 {name}", f"closed {name}"))
    return errors.OK


@group.command(
    "list",
    help=manual(("列出账户。", "List the accounts."), [("gongkai user list", ("全部", "all of them"))]),
)
def list_users(settings_file: options.Config = None) -> int:
    """Print the accounts."""
    settings = config.load(settings_file)
    with reading(connect(settings.database, create=False)) as connection:
        found = accounts.everyone(connection)
    table = Table(box=None, pad_edge=False)
    for heading in (
        say("账户", "name"),
        say("角色", "role"),
        say("部门", "department"),
        say("站点", "sites"),
        say("状态", "state"),
    ):
        table.add_column(heading, overflow="fold")
    for user in found:
        state = say("正常", "active") if user.active else say("停用", "closed")
        table.add_row(*(Text(x) for x in (user.name, user.role, user.department or "", " ".join(user.sites), state)))
    terminal.output().print(table)
    return errors.OK


@group.command(
    "token",
    no_args_is_help=True,
    help=manual(
        (
            "为账户建立接口令牌，只显示这一次；或者列出、撤销其令牌。",
            "Make a token of the interface for programs, shown this once; or list the account's tokens, or end one.",
        ),
        [
            ("gongkai user token office --label 数据看板", ("有效90天", "for 90 days")),
            ("gongkai user token office", ("列出", "list them")),
            ("gongkai user token office --revoke 3f9a", ("撤销", "end one")),
        ],
    ),
)
def token(
    name: Name,
    label: Annotated[
        str | None, typer.Option("--label", metavar="TEXT", show_default=False, help=help_of("用途", "what it is for"))
    ] = None,
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=366, help=help_of("有效天数", "for how many days"))
    ] = 90,
    revoke: Annotated[
        str | None,
        typer.Option("--revoke", metavar="CODE", show_default=False, help=help_of("撤销此令牌", "end this one")),
    ] = None,
    settings_file: options.Config = None,
) -> int:
    """Make, list or end tokens of an account."""
    from gongkai.console import tokens

    settings = config.load(settings_file)
    with connect(settings.database, create=False).begin() as connection:
        _known(accounts.find(connection, name), name)
        if revoke is not None:
            return _revoke(connection, name, revoke)
        if label is None:
            return _list_tokens(accounts.tokens_of(connection, name))
        try:
            secret = tokens.make(connection, name, label, days, clock.now())
        except tokens.TooMany:
            raise UserError(f"{name}: 令牌已达上限，请先撤销", f"{name}: too many tokens; end one first") from None
        except ValueError:
            raise UserError("--label 应为1至80个字符", "--label has 1 to 80 characters") from None
    terminal.messages().print(say("令牌只显示这一次：", "shown this once:"))
    print(secret)
    return errors.OK


def _revoke(connection: Connection, name: str, code: str) -> int:
    fits = [one for one in accounts.tokens_of(connection, name) if one.digest.startswith(code.lower())]
    if len(fits) != 1:
        raise UserError(
            f"--revoke {code}: 有 {len(fits)} 个令牌以此开头", f"--revoke {code}: {len(fits)} tokens begin with it"
        )
    accounts.revoke(connection, name, fits[0].digest)
    terminal.messages().print(say(f"已撤销 {fits[0].label}", f"ended {fits[0].label}"))
    return errors.OK


def _list_tokens(found: list[Token]) -> int:
    table = Table(box=None, pad_edge=False)
    for heading in (say("代号", "code"), say("用途", "label"), say("建立", "made"), say("到期", "expires")):
        table.add_column(heading, overflow="fold")
    for one in found:
        days = [at.astimezone(clock.CHINA).date().isoformat() if at else "" for at in (one.made, one.expires)]
        table.add_row(*(Text(x) for x in (one.digest[:8], one.label, *days)))
    terminal.output().print(table)
    return errors.OK


def _known(user: User | None, name: str) -> User:
    if user is None:
        raise UserError(f"{name}: 没有这个账户", f"{name}: no such account")
    return user


def _asked(name: str) -> str:
    """The hash of a password that was typed twice at a terminal, or is the first line of standard input."""
    from gongkai.console.passwords import SHORTEST, WeakPassword, hashed

    if sys.stdin.isatty():
        password = typer.prompt(say("密码", "password"), hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        return hashed(password, name)
    except WeakPassword:
        raise UserError(
            f"密码至少 {SHORTEST} 个字符，不能只用几个字符重复，也不能含账户名",
            f"a password has at least {SHORTEST} characters, not a few repeated, and not the account's name in it",
        ) from None
