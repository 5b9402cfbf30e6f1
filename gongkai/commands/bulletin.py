"""`gongkai bulletin` and `gongkai issued`: the office's document, as a draft or under its number, and those that were issued."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from gongkai import clock, config, errors, issuing, mail, terminal, typefaces
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.night import tell_night
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.issuing import Issue, Request
from gongkai.messages import say
from gongkai.nightly import Night
from gongkai.terminal import Reporter
from storage import bulletins
from storage.database import connect, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.period import Period

app = typer.Typer()
group = typer.Typer(
    help=say("已发文的通报：列出、取回、核对。", "Issued bulletins: list, fetch, verify."), no_args_is_help=True
)
app.add_typer(group, name="issued")


@app.command(
    "bulletin",
    help=manual(
        (
            "出具一夜、一月、一季、一年或任意期间的通报；加 --issue 则编号、发文、存档。",
            "Write the bulletin of a night, month, quarter, year or any days; with --issue it is numbered and kept.",
        ),
        [
            ("gongkai bulletin", ("今天", "today's")),
            ("gongkai bulletin --month 2026-03", ("三月份的草稿", "the draft for March")),
            ("gongkai bulletin --month 2026-03 --issue", ("发文", "issue it")),
            (
                "gongkai bulletin --month 2026-03 --department 民事审判第一庭",
                ("一个部门的摘编", "one department's extract"),
            ),
            (
                "gongkai bulletin --month 2026-03 --issue --corrects 某法公开〔2026〕3号 --reason 补正台账",
                ("更正已发的通报", "correct an issued one"),
            ),
        ],
    ),
)
def bulletin(
    names: options.Names = None,
    day: options.Day = None,
    month: Annotated[
        str | None, typer.Option("--month", metavar="YYYY-MM", show_default=False, help=help_of("一个月", "a month"))
    ] = None,
    quarter: Annotated[
        str | None,
        typer.Option("--quarter", metavar="YYYY-QN", show_default=False, help=help_of("一个季度", "a quarter")),
    ] = None,
    year: Annotated[
        str | None, typer.Option("--year", metavar="YYYY", show_default=False, help=help_of("一年", "a year"))
    ] = None,
    first: Annotated[
        date | None, options.day_option("--from", zh="任意期间的第一天", en="first day of any period")
    ] = None,
    last: Annotated[date | None, options.day_option("--to", zh="任意期间的最后一天", en="its last day")] = None,
    department: Annotated[
        str | None,
        typer.Option(
            "--department",
            metavar="NAME",
            show_default=False,
            help=help_of("只出一个部门的摘编", "only this department's extract"),
        ),
    ] = None,
    issue: Annotated[
        bool, typer.Option("--issue", help=help_of("编号、发文、存档", "give it a number, and keep it"))
    ] = False,
    serial: Annotated[
        int | None,
        typer.Option(
            "--serial",
            metavar="N",
            min=1,
            show_default=False,
            help=help_of("文号的序号，默认为本年下一个", "its number; by default the next one of the year"),
        ),
    ] = None,
    signed_on: Annotated[
        date | None,
        options.day_option("--signed-on", zh="成文日期，默认今天", en="date of the document; by default today"),
    ] = None,
    corrects: Annotated[
        str | None,
        typer.Option(
            "--corrects",
            metavar="NUMBER",
            show_default=False,
            help=help_of("更正已发的哪一份（文号）", "the number of the issued one that it corrects"),
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", show_default=False, help=help_of("更正的理由", "why it is corrected")),
    ] = None,
    forms: Annotated[
        bool,
        typer.Option(
            "--forms",
            help=help_of(
                "另为每个部门各出一份整改情况反馈表", "also a feedback form for each department, in a file of its own"
            ),
        ),
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help=help_of("按 [mail] 设置发送邮件", "send it as [mail] in the settings says"))
    ] = False,
    with_evidence: Annotated[
        bool,
        typer.Option(
            "--evidence",
            help=help_of(
                "草稿旁附留存页面，网页可直接打开", "with a draft, the kept pages too; the web page leads to them"
            ),
        ),
    ] = False,
    anonymise: Annotated[
        bool,
        typer.Option(
            "--anonymise", help=help_of("出对外公开版（见 docs/privacy.md）", "as it may be published outside")
        ),
    ] = False,
    out: options.Out = None,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Compose and write the bulletin."""
    settings = config.load(settings_file)
    period = _period(day, month, quarter, year, first, last)
    _fitting(issue, serial, corrects, reason)
    if with_evidence and (issue or anonymise):
        raise UserError(
            "--evidence 只与草稿同用：留存页面不存档，也不对外",
            "--evidence goes with a draft: kept pages are not issued",
        )
    if anonymise and (issue or send or forms):
        raise UserError(
            "--anonymise 只出对外的文件，不能与 --issue、--send、--forms 同用",
            "--anonymise only writes files for outside: --issue, --send and --forms do not go with it",
        )
    wanted = Request(period=period, day=signed_on or clock.today(), sites=tuple(names or ()), department=department)
    letter = mail.prepared(settings, department) if send else None  # a missing address is found before any work
    folder = out or settings.out / ("public" if anonymise else "") / issuing.folder_name(period, department)
    engine = connect(settings.database, create=False)
    reporter = Reporter(quiet)
    missing = typefaces.use(settings.fonts)
    if issue:
        how = Issue(serial=serial, corrects=corrects, reason=reason)
        composed, entry, files = issuing.issue(engine, wanted, how, settings, folder)
        reporter.note(say(f"已发文：{entry.number}", f"issued: {entry.number}"))
    else:
        composed, files = issuing.write_draft(
            engine, wanted, settings, folder, anonymise=anonymise, with_evidence=with_evidence
        )
    for line in missing:
        reporter.warn(line)
    if forms:
        written = issuing.write_forms(composed, folder)
        reporter.note(say(f"反馈表 {len(written)} 份", f"feedback forms: {len(written)}"))
    tell_night(Night(date=composed.night, sites=(), files=tuple(files), bulletin=composed), folder, reporter)
    if letter is not None:
        mail.send(letter, composed, files)
        reporter.note(say(f"已发送：{'、'.join(letter.to)}", f"sent to {', '.join(letter.to)}"))
    return errors.OK


def _period(
    day: date | None,
    month: str | None,
    quarter: str | None,
    year: str | None,
    first: date | None,
    last: date | None,
) -> Period:
    """The period that the options name; without any, today.

    Raises:
        UserError: More than one is named, or one is none.
    """
    from reports.period import Period

    given = [
        name
        for name, value in (
            ("--date", day),
            ("--month", month),
            ("--quarter", quarter),
            ("--year", year),
            ("--from/--to", first or last),
        )
        if value is not None
    ]
    if len(given) > 1:
        raise UserError(f"{'、'.join(given)} 只能用一个", f"only one of {', '.join(given)} can be given")
    if first or last:
        if first is None or last is None:
            raise UserError("--from 和 --to 须同时给出", "--from and --to go together")
        if last < first:
            raise UserError(f"--to {last} 早于 --from {first}", f"--to {last} is before --from {first}")
        return Period.of_range(first, last)
    for text, form, option, make in (
        (month, r"(\d{4})-(\d{2})", "--month YYYY-MM", Period.of_month),
        (quarter, r"(\d{4})-?[Qq]?([1-4])", "--quarter YYYY-QN", Period.of_quarter),
        (year, r"(\d{4})", "--year YYYY", Period.of_year),
    ):
        if text is not None:
            return _parsed(text, form, option, make)
    return Period.of_night(options.night_of(day))


def _parsed(text: str, form: str, option: str, make: Callable[..., Period]) -> Period:
    found = re.fullmatch(form, text)
    numbers = [int(group) for group in found.groups()] if found else []
    if not numbers or not 2000 <= numbers[0] <= 2099 or (len(numbers) > 1 and not 1 <= numbers[1] <= 12):
        raise UserError(f"{text}: 应为 {option}", f"{text}: should be {option}")
    return make(*numbers)


def _fitting(issue: bool, serial: int | None, corrects: str | None, reason: str | None) -> None:
    """Options that only an issued bulletin has, and those that go together."""
    for name, value in (("--serial", serial), ("--corrects", corrects)):
        if value is not None and not issue:
            raise UserError(f"{name} 须与 --issue 同用", f"{name} goes with --issue")
    if (corrects is None) != (not (reason or "").strip()):
        raise UserError("--corrects 和 --reason 须同时给出", "--corrects and --reason go together")


@group.command(
    "list",
    help=manual(
        ("列出已发文的通报。", "List the issued bulletins."),
        [("gongkai issued list", ("全部", "all of them"))],
    ),
)
def list_issued(settings_file: options.Config = None) -> int:
    """Print the register."""
    settings = config.load(settings_file)
    with reading(connect(settings.database, create=False)) as connection:
        found = bulletins.all_issued(connection)
    if not found:
        terminal.messages().print(say("还没有发过通报", "no bulletin was issued yet"))
        return errors.OK
    corrected = {one.corrects: one.number for one in found if one.corrects}
    table = Table(box=None, pad_edge=False)
    headings = (
        say("文号", "number"),
        say("日期", "date"),
        say("标题", "title"),
        say("部门", "department"),
        say("更正", "correction"),
    )
    for place, heading in enumerate(headings):
        table.add_column(heading, no_wrap=place < 2, overflow="fold")
    for one in found:
        notes = [say(f"更正 {one.corrects}", f"corrects {one.corrects}")] if one.corrects else []
        if one.number in corrected:
            notes.append(say(f"已由 {corrected[one.number]} 更正", f"corrected by {corrected[one.number]}"))
        cells = (one.number, str(one.day), one.title, one.department or "", "；".join(notes))
        table.add_row(*(Text(cell) for cell in cells))
    terminal.output().print(table)
    return errors.OK


Number = Annotated[
    str, typer.Argument(metavar="NUMBER", show_default=False, help=help_of("文号", "the bulletin's number"))
]


@group.command(
    "fetch",
    no_args_is_help=True,
    help=manual(
        (
            "取回已发文通报的全部文件，与发文时一字不差。",
            "Write the files of an issued bulletin, to the byte as they were issued.",
        ),
        [("gongkai issued fetch 某法公开〔2026〕3号 --out copy", ("写到 copy 文件夹", "into the folder copy"))],
    ),
)
def fetch(number: Number, out: options.Out = None, settings_file: options.Config = None) -> int:
    """Write the kept files."""
    settings = config.load(settings_file)
    files = _files(settings.database, number)
    folder = out or settings.out / "issued" / number
    with issuing.writing(files, folder) as paths:
        pass
    for path in paths:
        terminal.print_plain(str(path))
    return errors.OK


@group.command(
    "verify",
    help=manual(
        ("核对存档的通报是否被改动。", "Check that no kept bulletin was altered."),
        [("gongkai issued verify", ("全部", "all of them"))],
        {errors.FOUND: ("有文件被改动", "a file was altered")},
    ),
)
def verify(settings_file: options.Config = None) -> int:
    """Check every kept file against its hash."""
    settings = config.load(settings_file)
    code = errors.OK
    with reading(connect(settings.database, create=False)) as connection:
        for one in bulletins.all_issued(connection):
            try:
                count = len(bulletins.files_of(connection, one.number))
            except bulletins.FileAltered as error:
                terminal.print_error(say(f"{one.number}: {error} 已被改动", f"{one.number}: {error} was altered"))
                code = errors.FOUND
            else:
                terminal.print_plain(say(f"{one.number}: {count} 个文件完好", f"{one.number}: {count} files as issued"))
    return code


def _files(database: str, number: str) -> dict[str, bytes]:
    with reading(connect(database, create=False)) as connection:
        try:
            return bulletins.files_of(connection, number)
        except KeyError:
            raise UserError(f"{number}: 没有发过这份通报", f"{number}: no such bulletin was issued") from None
        except bulletins.FileAltered as error:
            raise UserError(f"{number}: {error} 已被改动", f"{number}: {error} was altered") from None
