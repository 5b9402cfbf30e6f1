"""`gongkai doctor` and `gongkai diagnose`: is the machine ready, and how does a site fare?"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from gongkai import clock, config, errors, terminal
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.night import state
from gongkai.errors import UserError
from gongkai.messages import say
from storage.database import connect, reading

if TYPE_CHECKING:
    from gongkai import diagnosis

app = typer.Typer()
MARKS = {"good": "[green]✓[/]", "doubtful": "[yellow]![/]", "bad": "[red]✗[/]"}
MOST_SECTIONS, MOST_CAUSES = 20, 12


@app.command(
    "doctor",
    help=manual(
        (
            "检查本机是否就绪：数据库、磁盘、配置、浏览器等。",
            "Check this machine: database, disk, profiles, browser, fonts, holidays.",
        ),
        [("gongkai doctor", ("逐项检查", "one line per check"))],
        {
            errors.OK: ("可以运行（可能有提示）", "ready, perhaps with warnings"),
            errors.FOUND: ("有必须解决的问题", "something must be put right"),
        },
    ),
)
def doctor(settings_file: options.Config = None) -> int:
    """Print one line per check."""
    from gongkai.doctor import BAD, checks

    settings = config.load(settings_file)
    bad = 0
    console = terminal.output()
    for check in checks(settings, clock.today()):
        bad += check.state == BAD
        console.print(MARKS[check.state], Text(f"{check.name}: {check.text}"))
    return errors.FOUND if bad else errors.OK


@app.command(
    "diagnose",
    no_args_is_help=True,
    help=manual(
        (
            "一屏看清一个站点：最近各夜、障碍、栏目、差异。",
            "One site on one screen: its last nights, obstacles, sections, drift.",
        ),
        [("gongkai diagnose donghu", ("按站点编号", "by the site's id"))],
    ),
)
def diagnose(name: options.Site, settings_file: options.Config = None) -> int:
    """Print the screen."""
    from gongkai import diagnosis

    settings = config.load(settings_file)
    with reading(connect(settings.database, create=False)) as connection:
        found = diagnosis.diagnose(connection, name)
    if found is None:
        raise UserError(f"{name}: 数据库中没有这个站点的抓取记录", f"{name}: the database has no crawl of this site")
    console = terminal.output()
    console.print(_runs(found))
    if found.issues:
        console.print(_issues(found))
    if found.sections:
        console.print(_sections(found))
    return errors.OK


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _runs(found: diagnosis.Diagnosis) -> Table:
    table = _table(
        say("最近各夜", "last nights"),
        *(
            say("日期", "night"),
            say("情况", "state"),
            say("页面", "pages"),
            say("链接", "links"),
            say("栏目", "sections"),
        ),
        say("未变", "unchanged"),
        *((say("沿用", "carried"),) if (carried := any(run.carried_links for run in found.runs)) else ()),
        say("已审计", "audited"),
        say("说明", "why"),
    )
    for run in found.runs:
        counts = (run.pages, run.links, run.sections, run.unchanged, *((run.carried_links,) if carried else ()))
        numbers = (str(n) for n in counts)
        audited = say("是", "yes") if run.audited else say("否", "no")
        table.add_row(str(run.night), state(run.status), *numbers, audited, Text(run.why or ""))
    return table


def _issues(found: diagnosis.Diagnosis) -> Table:
    table = _table(
        say("读取障碍（最近一夜）", "obstacles of the last night"),
        say("原因", "cause"),
        say("次数", "times"),
        say("例", "example"),
    )
    by_cause = [(cause, list(group)) for cause, group in groupby(found.issues, key=lambda i: i.cause)]
    by_cause.sort(key=lambda pair: -sum(i.times for i in pair[1]))
    for cause, group in by_cause[:MOST_CAUSES]:
        example = " ".join(x for x in (group[0].subject, group[0].detail) if x)
        table.add_row(cause, str(sum(i.times for i in group)), Text(example[:120]))
    return table


def _sections(found: diagnosis.Diagnosis) -> Table:
    table = _table(
        say("栏目（需要注意的在前）", "sections, those to look at first"),
        *(
            say("栏目", "section"),
            say("完整", "complete"),
            say("条目", "items"),
            say("往常", "usually"),
            say("最新", "newest"),
        ),
        say("说明", "why"),
    )
    for s in found.sections[:MOST_SECTIONS]:
        complete = Text("✓", "green") if s.complete else Text("✗", "red")
        items = Text(str(s.items), "yellow" if s.drifted else "")
        table.add_row(
            Text(s.name),
            complete,
            items,
            "" if s.usual is None else str(s.usual),
            str(s.newest or ""),
            Text(s.why or ""),
        )
    if len(found.sections) > MOST_SECTIONS:
        table.caption = say(
            f"另有 {len(found.sections) - MOST_SECTIONS} 个栏目", f"and {len(found.sections) - MOST_SECTIONS} more"
        )
    return table
