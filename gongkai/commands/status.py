"""`gongkai status`: how the nights go, for people, for programs and for Prometheus; with `--alert` it tells the office."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import typer
from sqlalchemy.engine import Engine

from gongkai import alerting, clock, config, errors, keeper, terminal, webhooks
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.night import state
from gongkai.commands.options import help_of
from gongkai.config import Settings
from gongkai.errors import UserError
from gongkai.health import ATTENTION, NO_NIGHT, Health, SiteHealth
from gongkai.messages import say
from storage.database import connect

app = typer.Typer()

_EXITS = {
    errors.OK: ("正常", "good"),
    ATTENTION: ("有需要查看的事项", "something wants looking at"),
    errors.WRONG_USE: (
        "用法、配置或数据库有误（一行说明），或告警没有发出",
        "wrong use, settings or database, or an alert was not sent",
    ),
    NO_NIGHT: ("该有的一夜没有巡查，或一个网站也读不到", "a night was missed, or not one site could be read"),
}
_ORDER = ("complete", "incomplete", "unreadable", "crashed", "running", "missing")


@app.command(
    "status",
    help=manual(
        (
            "夜间巡查的运行情况：上一夜如何，需要查看什么。",
            "How the nights go: last night's sites, what wants looking at, when the next one is.",
        ),
        [
            ("gongkai status", ("几行字", "a few lines")),
            ("gongkai status --json", ("供程序读取", "for programs")),
            ("gongkai status --alert", ("新的异常发邮件、webhook", "send what is new by mail or webhook")),
            ("gongkai status --prometheus", ("textfile 采集格式", "for the textfile collector")),
        ],
        _EXITS,
    ),
)
def status(
    as_json: Annotated[bool, typer.Option("--json", help=help_of("输出 JSON", "as JSON"))] = False,
    prometheus: Annotated[
        bool, typer.Option("--prometheus", help=help_of("输出 Prometheus 指标", "as metrics of Prometheus"))
    ] = False,
    alert: Annotated[
        bool,
        typer.Option("--alert", help=help_of("新的异常和恢复告知 [alerts]", "tell [alerts] what is new or over")),
    ] = False,
    settings_file: options.Config = None,
) -> int:
    """Say how it stands and return what that means."""
    settings = config.load(settings_file)
    engine = connect(settings.database, create=False)
    found = keeper.look(engine, settings)
    if prometheus:
        from gongkai import metrics

        terminal.print_plain(metrics.text(lambda: found))
    elif as_json:
        import json

        terminal.print_plain(json.dumps(_values(found), ensure_ascii=False, indent=2, default=_plain))
    else:
        for line in _lines(found):
            terminal.print_plain(line)
    if alert:
        _tell(engine, settings, found)
    return found.code


def _tell(engine: Engine, settings: Settings, found: Health) -> None:
    """Tell the office what is new. That nobody is to be told is a mistake when there is something to tell.

    Raises:
        UserError: Somebody should look, and could not be told.
    """
    if settings.alerts.to or settings.webhooks.urls:
        with webhooks.Sender(engine, settings.webhooks):
            alerting.tell(engine, settings, found.troubles, clock.now(), faded=found.faded)
        return
    nobody = (
        "gongkai.toml: [alerts] to 或 [webhooks] urls: 发送告警须先填写",
        "gongkai.toml: [alerts] to or [webhooks] urls: needed to send alerts",
    )
    if found.code != errors.OK:
        raise UserError(*nobody)
    terminal.Reporter().warn(say(*nobody))


def _values(found: Health) -> dict[str, object]:
    values = asdict(found)
    return values | {
        "window": None if found.window is None else str(found.window),
        "code": found.code,
        "counts": {name: found.count(name) for name in _ORDER},
    }


def _plain(value: object) -> str:
    assert isinstance(value, (date, datetime))
    return value.isoformat()


def _lines(found: Health) -> list[str]:
    """A few lines for an office: the night, what is not well, when it goes on."""
    if found.night is None:
        lines = [say("还没有巡查过", "no night yet")]
    else:
        counts = say("，", ", ").join(f"{state(name)} {found.count(name)}" for name in _ORDER if found.count(name))
        lines = [say(f"上一夜 {found.night}：{counts}", f"last night {found.night}: {counts}")]
    lines += [f"  {_site(site)}" for site in found.sites if site.status != "complete"]
    if found.troubles:
        lines.append(say("需要查看：", "Wants looking at:"))
        lines += [f"  {trouble.text}" for trouble in found.troubles]
    else:
        lines.append(say("没有需要查看的事项", "Nothing wants looking at"))
    lines.append(_next(found))
    if found.workers:
        lines.append(
            say(f"多机巡查：{found.workers} 个 gongkai worker 在", f"fleet: {found.workers} workers are there")
        )
    free = f"{found.free_bytes / 1e9:.1f} GB"
    size = "" if found.database_bytes is None else f" {found.database_bytes / 1e6:.0f} MB"
    lines.append(
        say(
            f"数据库版本 {found.revision}{size and '，'}{size.strip()}；磁盘剩余 {free}",
            f"database version {found.revision}{size and ','}{size}; {free} of disk space left",
        )
    )
    return lines


def _site(site: SiteHealth) -> str:
    """One site that was not completely read, and since when not."""
    since = (
        say(f"上次完整读取 {site.last_complete}", f"last completely read {site.last_complete}")
        if site.last_complete is not None
        else say("从未完整读取", "never completely read")
    )
    parts = [state(site.status), since]
    if site.under_way is not None:
        begun = site.under_way.astimezone(clock.CHINA).date()
        parts.append(say(f"自 {begun} 起分夜读取", f"under way since {begun}"))
    elif site.why:
        parts.append(site.why)
    return (
        f"{site.court}（{site.site}）：" + "；".join(parts)
        if say("zh", "en") == "zh"
        else (f"{site.court} ({site.site}): " + "; ".join(parts))
    )


def _next(found: Health) -> str:
    if found.is_open:
        return say(f"巡查时段 {found.window} 正在进行", f"the window {found.window} is open now")
    if found.next_opening is not None:
        when = f"{found.next_opening:%Y-%m-%d %H:%M}"
        return say(f"下一夜 {when}（{found.window}）", f"next night {when} ({found.window})")
    return say("没有设置巡查时段（[nightly] window）", "no window is set ([nightly] window)")
