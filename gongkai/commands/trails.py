"""`gongkai findings export-trail` and `export-cases`: what people did, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from gongkai import config, errors, targets, terminal
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import say
from storage.database import connect, reading
from storage.schema import standing

app = typer.Typer()


@app.command(
    "export-trail",
    help=manual(
        (
            "导出办理记录，连同每一步在哈希链中的位置。",
            "Export the trail of findings: who did what and when, before and after, and its link in the hash chain.",
        ),
        [
            ("gongkai findings export-trail --to trail.csv", ("全部问题", "of all findings")),
            ("gongkai findings export-trail 3fa85f64 --to one.json", ("一个问题", "of one")),
        ],
    ),
)
def export_trail(
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help=help_of("写入的 .csv 或 .json 文件", "a .csv or .json file"))
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID",
            show_default=False,
            help=help_of("问题编号或其开头；不写则为全部", "ids of findings or their beginnings; without any, all"),
        ),
    ] = None,
    settings_file: options.Config = None,
) -> int:
    """Write the file."""
    from gongkai import trail
    from reports.formats.plain_table import csv_pieces

    form = to.suffix.lower()
    if form not in (".csv", ".json"):
        raise UserError(f"{to}: 应为 .csv 或 .json 文件", f"{to}: should end in .csv or .json")
    engine = connect(config.load(settings_file).database, create=False)
    wanted: sa.ColumnElement[bool] = sa.true()
    if names:
        with reading(engine) as connection:
            wanted = standing.c.fingerprint.in_([targets.finding(connection, name).fingerprint for name in names])
    beside = to.with_name(f".{to.name}.part")
    try:
        with reading(engine) as connection, beside.open("wb") as file:
            rows = trail.trail(connection, wanted)
            pieces = csv_pieces(trail.heads(), map(trail.cells, rows)) if form == ".csv" else trail.json_pieces(rows)
            file.writelines(pieces)
        beside.replace(to)
    except OSError as error:
        raise UserError(f"{to}: {error.strerror}", f"{to}: {error.strerror}") from error
    terminal.messages().print(say(f"已写入 {to}", f"wrote {to}"))
    return errors.OK


@app.command(
    "export-cases",
    help=manual(
        (
            "把认定的误报导出为规则的测试用例（与 tests/rules 中的表同样写法）。\n\n"
            "姓名、号码、地址、案号顺序号已去除；发送前仍请过目。",
            "Export false alarms as test cases, in the form of the tables in tests/rules.\n\n"
            "Names, numbers, addresses and serial numbers of cases are taken out; look at them before you send them.",
        ),
        [("gongkai findings export-cases --out cases", ("每条规则一个文件", "a file for each rule"))],
        {errors.FOUND: ("有误报不能重现，已逐条说明", "some false alarms cannot be shown any more; each is named")},
    ),
)
def export_cases(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help=help_of("输出文件夹", "folder of the files"))
    ] = Path("cases"),
    settings_file: options.Config = None,
) -> int:
    """Write the tables."""
    from gongkai import false_alarms, local_norms

    settings = config.load(settings_file)
    cases, lost = [], []
    with reading(connect(settings.database, create=False)) as connection:
        for print_ in false_alarms.dismissed(connection):
            site = connection.execute(sa.select(standing.c.site).where(standing.c.fingerprint == print_)).scalar_one()
            try:
                policy = local_norms.of_site(site, settings)
                cases.append(false_alarms.case_of(connection, print_, policy, settings.policies.get(site)))
            except false_alarms.NotReproduced:
                lost.append(print_)
    for path, text in false_alarms.tables(cases).items():
        (out / path.parent).mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text, encoding="utf-8")
        terminal.print_plain(str(out / path))
    for print_ in lost:
        terminal.print_error(
            say(f"{print_[:10]}: 不能重现，没有导出", f"{print_[:10]}: cannot be shown any more, not exported")
        )
    terminal.messages().print(say(f"导出 {len(cases)} 条", f"exported {len(cases)}"))
    return errors.FOUND if lost else errors.OK
