"""`gongkai ledger`: a court's own ledgers (台账)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gongkai import clock, config, errors, ledgers, nightly, targets, terminal
from gongkai.commands import options
from gongkai.commands.judgments import tell as tell_dump
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.messages import say
from gongkai.terminal import Reporter
from storage.database import connect, reading

app = typer.Typer(help=say("法院台账：导入、列出。", "A court's own ledgers: import, list."), no_args_is_help=True)


@app.command(
    "import",
    no_args_is_help=True,
    help=manual(
        (
            "导入台账（.xlsx、.csv）。种类按表头识别；同名文件再次导入即替换。",
            "Import ledgers (.xlsx, .csv). The kind is recognised by the header row; a file of the same name is replaced.",
        ),
        [("gongkai ledger import cases.xlsx --site donghu", ("一个法院的台账", "of one court"))],
        {
            errors.WRONG_USE: (
                "台账无法读取（指明文件、工作表、缺少的列）",
                "a ledger cannot be read (file, sheet and missing headers are named)",
            )
        },
    ),
)
def import_ledgers(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", show_default=False, help=help_of("台账文件", "the ledgers"))
    ],
    site: Annotated[
        str,
        typer.Option(
            "--site",
            metavar="SITE",
            show_default=False,
            autocompletion=options.complete_site,
            help=help_of("属于哪个站点", "whose ledgers they are"),
        ),
    ],
    day: options.Day = None,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Read the files and store their records; rows that cannot be read are named and left out."""
    from crawlers.national import DumpReading

    settings = config.load(settings_file)
    night = options.night_of(day)
    profile = targets.find([site], settings)[0]
    readings = ledgers.read(files, profile.id, night, profile.court)
    reporter = Reporter(quiet)
    for line in ledgers.problems(readings):
        reporter.warn(line)
    engine = connect(settings.database)
    nightly.register(engine, [profile])
    with engine.begin() as connection:
        ledgers.save(connection, profile.id, readings, night, clock.now())
    for reading_ in readings:
        if isinstance(reading_, DumpReading):
            tell_dump(reading_, reporter)
            continue
        for sheet in reading_.sheets:
            if sheet.kind is not None:
                reporter.note(
                    say(
                        f"{sheet.source}: {sheet.title}，{sheet.rows} 行，{sheet.unread} 行未能读取",
                        f"{sheet.source}: {sheet.title}, {sheet.rows} rows, {sheet.unread} not readable",
                    )
                )
            else:
                reporter.note(
                    say(
                        f"{sheet.source}: 不是台账，未采用（{sheet.why}）",
                        f"{sheet.source}: no ledger, left out ({sheet.why.by('en') if sheet.why else ''})",
                    )
                )
    return errors.OK


@app.command(
    "list",
    help=manual(
        ("列出已导入的台账。", "List the ledgers that were imported."),
        [("gongkai ledger list", ("全部站点", "all sites")), ("gongkai ledger list donghu", ("一个站点", "one site"))],
    ),
)
def list_ledgers(names: options.Names = None, settings_file: options.Config = None) -> int:
    """Print a table of the imported ledgers."""
    settings = config.load(settings_file)
    table = Table(box=None, pad_edge=False)
    for heading in (
        say("站点", "site"),
        say("文件/工作表", "file/sheet"),
        say("台账", "ledger"),
        say("行数", "rows"),
        say("未能读取", "unread"),
        say("导入时间", "imported"),
    ):
        table.add_column(heading, overflow="fold")
    with reading(connect(settings.database, create=False)) as connection:
        for site, row in ledgers.imported(connection, names):
            moment = row.imported.astimezone(clock.CHINA)
            table.add_row(site, row.source, row.kind, str(row.rows), str(row.unread), f"{moment:%Y-%m-%d %H:%M}")
    if not table.row_count:
        terminal.messages().print(say("还没有导入台账", "no ledgers were imported"))
    else:
        terminal.output().print(table)
    return errors.OK
