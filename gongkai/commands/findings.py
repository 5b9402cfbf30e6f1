"""`gongkai findings`: what the audits found, in the terminal."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gongkai import clock, config, errors, targets, terminal
from gongkai.commands import feedback, options, trails
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import say
from storage import events
from storage.database import connect, reading
from storage.events import Event
from storage.findings import Finding, history, state_at
from storage.handling import NOT_ANSWERED, Handling, handling_at

app = typer.Typer()
group = typer.Typer(
    help=say("列出问题，或查看一个问题的详情。", "List the findings, or show one."), no_args_is_help=True
)
app.add_typer(group, name="findings")
group.add_typer(feedback.app)
group.add_typer(trails.app)

GRADES = {"certain": ("确定", "certain"), "suspected": ("疑似", "suspected"), "unclear": ("待核实", "unclear")}
STATUSES = {"new": ("新增", "new"), "continuing": ("持续", "continuing"), "resolved": ("已解决", "resolved")}
VERDICTS = GRADES | {
    "passed": ("复查符合", "passed"),
    "absent": ("对象已不存在", "gone"),
    "unread": ("未能复查", "not looked at"),
}
HANDLED = {
    "unanswered": ("-", "-"),
    "replied": ("已回复", "replied"),
    "reported": ("已报整改，待复查", "reported, to be re-checked"),
    "confirmed": ("复查通过", "re-check passed"),
    "reopened": ("复查未通过", "re-check failed"),
}
SAID = {"rectified": ("报告已整改", "reported as rectified"), "replied": ("回复", "replied")}


@group.command(
    "list",
    help=manual(
        (
            "列出某日的问题：未解决的，和当日解决的。",
            "List the findings as they stand on a night: the open ones and those resolved on it.",
        ),
        [
            ("gongkai findings list", ("最近一次审计", "as of the last audit")),
            ("gongkai findings list --rule W-07 --grade certain", ("只看确定的死链", "certain dead links only")),
        ],
    ),
)
def list_findings(
    site: Annotated[
        str | None,
        typer.Option(
            "--site",
            metavar="SITE",
            show_default=False,
            autocompletion=options.complete_site,
            help=help_of("只看此站点", "of this site only"),
        ),
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule",
            metavar="ID",
            show_default=False,
            help=help_of("只看此规则，如 W-07", "of this rule only, such as W-07"),
        ),
    ] = None,
    grade: Annotated[
        str | None,
        typer.Option(
            "--grade",
            metavar="GRADE",
            show_default=False,
            help=help_of("certain、suspected 或 unclear", "certain, suspected or unclear"),
        ),
    ] = None,
    day: Annotated[
        date | None,
        options.day_option(
            "--date", zh="截至日期，默认最近一次审计", en="as of this night; by default the last one that was audited"
        ),
    ] = None,
    ended: Annotated[
        bool,
        typer.Option("--all", help=help_of("包括早先已解决的", "also those resolved on earlier nights")),
    ] = False,
    settings_file: options.Config = None,
) -> int:
    """Print the table."""
    if grade is not None and grade not in GRADES:
        raise UserError(
            f"--grade: 没有 {grade}；可用 {'、'.join(GRADES)}", f"--grade: no {grade}; there are {', '.join(GRADES)}"
        )
    settings = config.load(settings_file)
    with reading(connect(settings.database, create=False)) as connection:
        night = day or targets.last_night(connection)
        found = state_at(connection, night, site=site, ended=ended)
        handling = handling_at(connection, night)
    chosen = [f for f in found if (rule is None or f.rule == rule) and (grade is None or f.grade == grade)]
    if not chosen:
        terminal.messages().print(say(f"{night} 没有符合条件的问题", f"no such findings on {night}"))
        return errors.OK
    terminal.output().print(_table(chosen, handling))
    return errors.OK


def _table(found: list[Finding], handling: dict[str, Handling]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in (
        say("编号", "id"),
        say("规则", "rule"),
        say("等级", "grade"),
        say("状态", "status"),
        say("起", "since"),
        say("反馈", "feedback"),
    ):
        table.add_column(heading, no_wrap=True)
    table.add_column(say("站点：对象", "site: subject"), overflow="fold")
    for f in found:
        about = f.subject.case_number or f.subject.section or f.subject.url or ""
        table.add_row(
            f.fingerprint[:10],
            f.rule,
            say(*GRADES[f.grade]),
            say(*STATUSES[f.status]),
            str(f.first_seen),
            say(*HANDLED[handling.get(f.fingerprint, NOT_ANSWERED).state]),
            Text(f"{f.site}: {about}"),
        )
    return table


@group.command(
    "show",
    no_args_is_help=True,
    help=manual(
        (
            "显示一个问题的全部内容：事实、依据、整改、证据和历次情况。",
            "Show all of one finding: fact, legal basis, remedy, evidence and its history.",
        ),
        [("gongkai findings show 3fa85f64", ("编号可只写开头", "the beginning of its id is enough"))],
    ),
)
def show(
    beginning: Annotated[
        str,
        typer.Argument(
            metavar="ID", show_default=False, help=help_of("问题编号或其开头", "the finding's id or its beginning")
        ),
    ],
    day: Annotated[
        date | None,
        options.day_option(
            "--date", zh="截至日期，默认最近一次审计", en="as of this night; by default the last one that was audited"
        ),
    ] = None,
    settings_file: options.Config = None,
) -> int:
    """Print one finding."""
    settings = config.load(settings_file)
    with reading(connect(settings.database, create=False)) as connection:
        night = day or targets.last_night(connection)
        finding = targets.finding(connection, beginning, night)
        nights = history(connection, finding.fingerprint, night)
        steps = events.read(connection, of=[finding.fingerprint]).get(finding.fingerprint, [])
        handling = handling_at(connection, night, of=[finding.fingerprint]).get(finding.fingerprint, NOT_ANSWERED)
    terminal.print_plain(_described(finding, nights))
    terminal.print_plain("\n".join(_handled(handling, steps)))
    return errors.OK


def _described(f: Finding, nights: list[tuple[date, str]]) -> str:
    grade, status = say(*GRADES[f.grade]), say(*STATUSES[f.status])
    lines = [f"{f.rule} {f.title}  [{f.severity} · {grade} · {status}]  {f.fingerprint}"]
    rows = [
        (say("法院", "court"), " · ".join(x for x in (f.court, f.department) if x) or f.site),
        (say("对象", "subject"), " · ".join(x for x in (f.subject.case_number, f.subject.section, f.subject.url) if x)),
        (say("事实", "fact"), f.message),
        (say("整改", "remedy"), f.remedy),
        (say("期限", "due"), str(f.due) if f.due else "-"),
    ]
    rows += [(say("依据", "basis"), _cited(basis)) for basis in f.basis]
    for e in f.evidence:
        at = f"{e.fetched_at.astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}" if e.fetched_at else "-"
        proof = f"{e.url}  {e.status or '-'}  {at}  {e.sha256 or '-'}"
        rows.append((say("证据", "evidence"), proof + (f"\n      {e.excerpt}" if e.excerpt else "")))
    rows.append((say("历次", "history"), "  ".join(f"{night} {say(*VERDICTS[verdict])}" for night, verdict in nights)))
    return "\n".join([*lines, *(f"  {name}: {value}" for name, value in rows)])


def _handled(handling: Handling, steps: list[Event]) -> list[str]:
    """What the department said, step by step, and what the re-check came to."""
    state = say(*HANDLED[handling.state])
    on = f" ({handling.checked_on})" if handling.checked_on else ""
    failures = say(f"；复查未通过 {handling.failures} 次", f"; failed re-checks: {handling.failures}")
    lines = [f"  {say('反馈', 'feedback')}: {state}{on}{failures if handling.failures else ''}"]
    fields = (
        ("cause", say("原因", "cause")),
        ("measures", say("措施", "measures")),
        ("person", say("责任人", "responsible")),
        ("finished", say("完成时间", "done")),
        ("proofs", say("佐证", "proof")),
    )
    for step in steps:
        said = step.after or {}
        told = "  ".join(f"{name}: {said[key]}" for key, name in fields if key in said)
        source = f" ({step.note})" if step.note else ""
        at = f"{step.at.astimezone(clock.CHINA):%Y-%m-%d %H:%M}"
        lines.append(f"    {at} {step.who} {say(*SAID.get(step.what, (step.what, step.what)))}{source}  {told}")
    return lines


def _cited(basis: dict[str, str]) -> str:
    """An article as it is cited: instrument, number, article and its text."""
    article = basis.get("article") or ""
    place = f"第{article}条" if article.isdecimal() else article
    named = basis.get("number") or article.removeprefix("（参照）")
    instrument = f"《{basis['instrument']}》" if named else basis["instrument"]
    head = " ".join(x for x in (f"{instrument}{basis.get('number') or ''}", place) if x)
    return f"{head}：{basis.get('text', '')}"
