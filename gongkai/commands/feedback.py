"""`gongkai findings import-feedback`: what departments say of their findings, by the form that was sent to them."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from gongkai import clock, config, errors, feedback
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.messages import language, say
from gongkai.terminal import Reporter
from storage.database import connect
from storage.events import RECTIFIED, REPLIED

app = typer.Typer()


@app.command(
    "import-feedback",
    no_args_is_help=True,
    help=manual(
        (
            "导入各部门填好的整改情况反馈表，由下一次巡查复查。",
            "Import the feedback forms that departments filled in; what they report as rectified, the next night checks.",
        ),
        [("gongkai findings import-feedback 民一庭反馈表.xlsx", ("一个部门的反馈表", "of one department"))],
        {
            errors.WRONG_USE: (
                "文件无法读取、不是反馈表，或识别码都不在本数据库中：全部不导入",
                "a file cannot be read, is no form, or is of another database: nothing is imported",
            )
        },
    ),
)
def import_feedback(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", show_default=False, help=help_of("反馈表文件", "the forms"))
    ],
    who: Annotated[
        str | None,
        typer.Option(
            "--who",
            metavar="NAME",
            show_default=False,
            help=help_of("由谁导入，默认为登录名", "who imports them; by default the login's name"),
        ),
    ] = None,
    settings_file: options.Config = None,
    quiet: options.Quiet = False,
) -> int:
    """Read the forms, add an event for each new or changed answer, and name the rows that do not fit."""
    settings = config.load(settings_file)
    now = clock.now()
    readings = feedback.read(files, now.date())
    engine = connect(settings.database, create=False)
    with engine.begin() as connection:
        found = feedback.match(connection, readings, now=now, who=who or _login())
        feedback.save(connection, found)
    reporter = Reporter(quiet)
    for problem in found.problems:
        reporter.warn(problem.line(language()))
    done, replied = found.count(RECTIFIED), found.count(REPLIED)
    reporter.note(
        say(
            f"已报整改、待复查 {done} 条，其他答复 {replied} 条（其中更新 {found.updated} 条）；"
            f"与已有记录相同 {found.unchanged} 条，未填写 {found.empty} 条，未采用 {len(found.problems)} 行",
            f"reported as rectified: {done}, other answers: {replied} (replacing earlier ones: {found.updated}); "
            f"known already: {found.unchanged}, not filled in: {found.empty}, rows not taken: {len(found.problems)}",
        )
    )
    if found.resolved:
        reporter.note(
            say(
                f"其中 {found.resolved} 条此前已经复查通过",
                f"{found.resolved} of these had passed a re-check before",
            )
        )
    return errors.OK


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user on this machine, as in a container
        return "-"
