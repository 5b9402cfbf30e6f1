"""`gongkai webhooks`: what was told to other programs, what waits, and a trial message."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gongkai import clock, config, errors, terminal, webhooks
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import say
from storage import deliveries
from storage.database import connect, reading
from storage.deliveries import Delivery

app = typer.Typer()


@app.command(
    "webhooks",
    help=manual(
        (
            "列出发给其他程序的消息（新的红线问题、巡查结束）；地址在 [webhooks] urls。",
            "List the messages to other programs (new red lines, finished nights); [webhooks] urls says to whom.",
        ),
        [
            ("gongkai webhooks", ("最近的消息", "the newest")),
            ("gongkai webhooks --test", ("向每个地址发一条试验消息", "send a trial message to each address")),
            ("gongkai webhooks --send", ("现在就发送等待的消息", "send what waits, now")),
        ],
    ),
)
def webhooks_command(
    send: Annotated[bool, typer.Option("--send", help=help_of("发送到期的消息", "send what is due"))] = False,
    test: Annotated[bool, typer.Option("--test", help=help_of("发送试验消息", "send a trial message"))] = False,
    settings_file: options.Config = None,
) -> int:
    """Print the newest messages, after sending what was asked for."""
    settings = config.load(settings_file)
    secret = os.environ.get(webhooks.SECRET, "")
    engine = connect(settings.database, create=False)
    if test or send:
        if not settings.webhooks.urls:
            raise UserError("[webhooks] urls 没有地址", "[webhooks] urls names no address")
        if not secret:
            raise UserError(f"未设置环境变量 {webhooks.SECRET}", f"the variable {webhooks.SECRET} is not set")
    if test:
        now = clock.now()
        with engine.begin() as connection:
            webhooks.announce(connection, settings.webhooks, webhooks.TEST, now.isoformat(), {}, now)
    if test or send:
        webhooks.deliver(engine, secret)
    with reading(engine) as connection:
        found = deliveries.newest(connection)
    terminal.output().print(_table(found))
    undelivered = test and any(one.what == webhooks.TEST and one.made == now and not one.delivered for one in found)
    return errors.UNREADABLE if undelivered else errors.OK


def _table(found: list[Delivery]) -> Table:
    table = Table(box=None, pad_edge=False)
    headings = (
        ("时间", "made"),
        ("消息", "what"),
        ("地址", "to"),
        ("次数", "tries"),
        ("结果", "state"),
        ("回答", "answer"),
    )
    for heading in headings:
        table.add_column(say(*heading), overflow="fold")
    for one in found:
        at = one.made.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M")
        table.add_row(*(Text(x) for x in (at, one.what, one.url, str(one.tries), _state(one), one.answer or "")))
    return table


def _state(one: Delivery) -> str:
    if one.delivered is not None:
        return say("已送达", "delivered")
    return say("等待", "waiting") if one.due is not None else say("已放弃", "given up")
