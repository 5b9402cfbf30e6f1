"""`gongkai demo`: the main job on invented courts, from crawl to bulletin, in one command."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gongkai import errors, terminal, typefaces
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.night import tell_site
from gongkai.commands.options import help_of
from gongkai.config import Fonts
from gongkai.messages import language, say
from gongkai.terminal import Reporter

if TYPE_CHECKING:
    from gongkai.demonstration import Demonstration

app = typer.Typer()
SHOWN = 20


@app.command(
    "demo",
    help=manual(
        (
            "演示：在三个虚构法院网站上跑两夜，并与预设答案核对。",
            "Two nights on three invented courts: crawl, audit, bulletin, checked against what was planted.",
        ),
        [("gongkai demo", ("结果在 out/ 中", "leaves its files in out/"))],
        {
            errors.OK: ("预设的问题全部发现，没有多报", "all that was planted was found, and nothing else"),
            errors.FOUND: ("与预设答案不符", "the findings differ from the answer key"),
        },
    ),
)
def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help=help_of("输出文件夹", "folder of the files"))
    ] = Path("out"),
    quiet: options.Quiet = False,
) -> int:
    """Run the demonstration and return its exit code."""
    from gongkai.demonstration import demonstrate

    reporter = Reporter(quiet)
    missing = typefaces.use(Fonts())

    def on_night(night: date) -> None:
        reporter.note(say(f"— {night} 夜 —", f"-- night of {night} --"))

    with reporter.crawling() as advance:
        result = demonstrate(
            out,
            on_night=on_night,
            on_site=lambda site: tell_site(site, reporter),
            on_progress=advance,
            on_problem=reporter.note,
        )
    if any(night.crashed for night in result.nights):
        return errors.BUG
    for line in missing:
        reporter.warn(line)
    _tell(result, out, reporter)
    return errors.OK if all(c.is_right for c in result.comparisons) else errors.FOUND


def _tell(result: Demonstration, out: Path, reporter: Reporter) -> None:
    from gongkai.demonstration import SETTINGS
    from reports.terminal import summary

    last = result.nights[-1]
    if last.bulletin is not None and not reporter.quiet:
        terminal.output().print(summary(last.bulletin, lang=language()))
    for path in last.files:
        reporter.note(f"  {path}")
    for comparison in result.comparisons:
        total = comparison.right + len(comparison.missing)
        if comparison.is_right:
            reporter.note(
                say(
                    f"{comparison.night}: 预设的 {total} 个问题全部发现，没有多报。",
                    f"{comparison.night}: all {total} planted findings were found, and nothing else.",
                )
            )
            continue
        terminal.print_error(
            say(
                f"{comparison.night}: 预设 {total} 个，符合 {comparison.right} 个，"
                f"漏报 {len(comparison.missing)} 个，多报 {len(comparison.unexpected)} 个",
                f"{comparison.night}: of {total} planted findings {comparison.right} are right, "
                f"{len(comparison.missing)} are missing, {len(comparison.unexpected)} were not planted",
            )
        )
        _list(say("漏报", "missing"), comparison.missing, reporter)
        _list(say("多报", "not planted"), comparison.unexpected, reporter)
    settings = out / "demo" / SETTINGS
    reporter.note(say("在巡查控制台里查看：", "To look at it in the inspectors' console:"))
    reporter.note(f"  gongkai user add admin --role administrator --config {settings}")
    reporter.note(f"  gongkai serve --config {settings}")


def _list(heading: str, lines: tuple[str, ...], reporter: Reporter) -> None:
    for line in lines[:SHOWN]:
        reporter.warn(f"  {heading}: {line}")
    if len(lines) > SHOWN:
        reporter.warn(f"  … {len(lines) - SHOWN}")
