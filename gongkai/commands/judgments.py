"""`gongkai judgments`: records of the national judgment site, which cannot be crawled, from a file that the user owns."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gongkai import clock, config, errors, ledgers, nightly, targets
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import say
from gongkai.terminal import Reporter
from storage.database import connect

if TYPE_CHECKING:
    from crawlers.national import DumpReading

app = typer.Typer(
    help=say("裁判文书网数据：导入。", "Records of the national judgment site: import."), no_args_is_help=True
)


@app.callback()
def group() -> None:
    """Keeps `import` a command of its own while there is only one."""


@app.command(
    "import",
    no_args_is_help=True,
    help=manual(
        (
            "导入自有的裁判文书网数据（JSON、CSV）；同名文件即替换。",
            "Import records of the national judgment site from a file you own (JSON, CSV).",
        ),
        [
            ("gongkai judgments import wenshu.json --site donghu", ("一个法院的文书数据", "records of one court")),
            (
                "gongkai judgments import 2025.csv --site donghu --complete-from 2025-01-01 --complete-until 2025-12-31",
                (
                    "声明文件包含该院这一年裁判的全部已公布文书",
                    "saying that the file holds all that the platform shows of that year's decisions",
                ),
            ),
        ],
        {errors.WRONG_USE: ("文件无法读取，或没有裁判文书记录", "a file cannot be read, or holds no such records")},
    ),
)
def import_judgments(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", show_default=False, help=help_of("数据文件", "the files"))
    ],
    site: Annotated[
        str,
        typer.Option(
            "--site",
            metavar="SITE",
            show_default=False,
            autocompletion=options.complete_site,
            help=help_of("属于哪个站点", "whose judgments they are"),
        ),
    ],
    complete_from: Annotated[
        date | None,
        options.day_option(
            "--complete-from",
            zh="文件完整的起始裁判日期",
            en="first day of judgment from which the file is complete",
        ),
    ] = None,
    complete_until: Annotated[
        date | None,
        options.day_option("--complete-until", zh="文件完整的截止裁判日期", en="last such day"),
    ] = None,
    day: options.Day = None,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Read the files and store their records; what cannot be read is named and left out."""
    from crawlers.national import read_dump

    complete = _period(complete_from, complete_until)
    settings = config.load(settings_file)
    night = options.night_of(day)
    profile = targets.find([site], settings)[0]
    readings = [read_dump(path, site=profile.id, court=profile.court, until=night, complete=complete) for path in files]
    reporter = Reporter(quiet)
    for line in ledgers.problems(readings):
        reporter.warn(line)
    engine = connect(settings.database)
    nightly.register(engine, [profile])
    with engine.begin() as connection:
        ledgers.save(connection, profile.id, readings, night, clock.now())
    for one in readings:
        tell(one, reporter)
    return errors.OK


def tell(reading: DumpReading, reporter: Reporter) -> None:
    """What became of a file."""
    reporter.note(
        say(
            f"{reading.file}: 裁判文书网数据，采用 {len(reading.records)} 份，{reading.unread} 条未能读取"
            f"{f'，其他法院 {reading.foreign} 条未采用' if reading.foreign else ''}"
            f"{f'，重复 {reading.doubles} 条' if reading.doubles else ''}"
            f"{f'，{reading.unsure} 条正文只有一句不公开理由、来源不明，未据以认定' if reading.unsure else ''}",
            f"{reading.file}: records of the national site, {len(reading.records)} used, {reading.unread} not readable"
            f"{f', {reading.foreign} of other courts' if reading.foreign else ''}"
            f"{f', {reading.doubles} repeated' if reading.doubles else ''}"
            f"{f', {reading.unsure} with a sentence in place of the text, of unknown origin' if reading.unsure else ''}",
        )
    )


def _period(first: date | None, last: date | None) -> tuple[date, date] | None:
    if (first is None) != (last is None):
        raise UserError(
            "--complete-from 与 --complete-until 须同时给出", "--complete-from and --complete-until belong together"
        )
    if first is None or last is None:
        return None
    if first > last:
        raise UserError("--complete-from 晚于 --complete-until", "--complete-from lies after --complete-until")
    return first, last
