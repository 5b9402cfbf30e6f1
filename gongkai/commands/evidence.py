"""`gongkai evidence`: what proves a finding as one package, and the proof that nothing was altered."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from gongkai import clock, config, errors, evidence, evidence_package, pictures, sealing, targets, terminal
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import say
from gongkai.terminal import Reporter
from storage import places, retention
from storage.database import connect, reading
from storage.findings import Finding
from storage.locks import SiteBusy
from storage.verification import Problem, verify

app = typer.Typer()
group = typer.Typer(
    help=say(
        "导出一个问题的证据，或核验证据未被改动。", "Export a finding's evidence, or prove that nothing was altered."
    ),
    no_args_is_help=True,
)
app.add_typer(group, name="evidence")

_ALTERED = {errors.FOUND: ("证据链不完整", "something was altered")}
PROBLEMS = {
    "link": ("证据链的这一环本身被改动", "this link of the chain was changed itself"),
    "order": ("这一环之前缺少环节", "links are missing before this one"),
    "anchor": (
        "与库外记录的链首不一致，证据链被重做或者截断",
        "not the chain whose head was noted outside: made anew, or cut off",
    ),
    "event": ("办理记录被改动", "the event was changed"),
    "night_run": ("该夜的巡查记录被改动", "the record of the night was changed"),
    "night_accesses": ("该夜的访问记录被改动", "the accesses of the night were changed"),
    "night_sightings": ("该夜的核查结果被改动", "the results of the night were changed"),
    "picture": ("截图记录被改动", "the record of a screenshot was changed"),
    "bulletin": ("已印发的通报被改动", "an issued bulletin was changed"),
    "removal": ("到期清除的记录被改动", "the record of a removal was changed"),
    "gone": ("这一环所指的记录已不存在", "what this link is about is gone"),
    "unsealed": ("有记录不在证据链中", "it is in no link of the chain"),
    "page": ("留存页面的内容与其摘要值不符", "the bytes of a kept page are not those of its hash"),
    "page_gone": ("留存页面缺失，且没有清除记录", "a kept page is missing, and its removal is not on record"),
    "finding": ("问题的对象被改动", "the finding was given to another subject"),
    "file": ("已印发通报的文件与其摘要值不符", "a file of an issued bulletin was changed"),
}


@group.command(
    "export",
    no_args_is_help=True,
    help=manual(
        (
            "导出一个问题的全部证据为一个 WACZ 文件（内含 ISO 28500 的 WARC 1.1 和摘要值清单），可用 ReplayWeb.page 打开。",
            "Export all evidence of a finding as one WACZ file (a WARC 1.1, ISO 28500, with a manifest of hashes); it opens in "
            "ReplayWeb.page.",
        ),
        [
            ("gongkai evidence export 865b4ed1", ("写入一个 .wacz 文件", "writes a .wacz file")),
            ("gongkai evidence export 865b4ed1 --out proof.warc.gz", ("只要 WARC", "the WARC alone")),
        ],
    ),
)
def export(
    beginning: Annotated[
        str,
        typer.Argument(
            metavar="FINDING", show_default=False, help=help_of("问题编号或其开头", "the finding's id or its beginning")
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            show_default=False,
            help=help_of("输出文件，以 .wacz、.warc 或 .warc.gz 结尾", "the file, ending in .wacz or .warc.gz"),
        ),
    ] = None,
    personal: Annotated[
        bool,
        typer.Option(
            "--with-personal-data",
            help=help_of(
                "含个人信息的页面和截图也在内，仅本人可读",
                "with the pages and pictures that show personal data; the file is readable by its owner only",
            ),
        ),
    ] = False,
    settings_file: options.Config = None,
) -> int:
    """Write one package, and log it with its hash."""
    settings = config.load(settings_file)
    with connect(settings.database, create=False).begin() as connection:
        finding = targets.finding(connection, beginning)
        file = out or Path(f"{finding.fingerprint}.wacz")
        if not file.name.endswith((".wacz", ".warc.gz")):
            raise UserError(
                f"--out {file}: 应以 .wacz 或 .warc.gz 结尾", f"--out {file}: should end in .wacz or .warc.gz"
            )
        as_warc = file.name.endswith(".warc.gz")
        package = evidence_package.make(connection, finding, clock.now(), personal=personal, as_warc=as_warc)
        _write(file, package.data, private=package.personal)
        evidence_package.note(connection, finding, package, getpass.getuser(), clock.now())
    terminal.print_plain(f"{package.sha256}  {file}")
    messages = Reporter(False)
    messages.note(
        say(
            f"留存页面 {package.pages}，截图 {package.pictures}，未留存内容的访问 {package.missing}",
            f"{package.pages} kept pages, {package.pictures} screenshots, {package.missing} readings without a kept body",
        )
    )
    if package.left_out:
        messages.warn(
            say(
                f"{package.left_out} 个含个人信息的内容未导出，只列摘要值；确需导出时加 --with-personal-data",
                f"{package.left_out} bodies that show personal data were left out, their hashes are named; "
                "--with-personal-data takes them in",
            )
        )
    return errors.OK


def _write(file: Path, data: bytes, *, private: bool) -> None:
    """Write, then rename: there is no half file; one with personal data is its owner's only from the first byte on."""
    part = file.with_name(f".{file.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, evidence.OWNER_ONLY if private else 0o666)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UserError(
            f"{file}: 无法写入（{error.strerror}）", f"{file}: cannot be written ({error.strerror})"
        ) from error


@group.command(
    "picture",
    no_args_is_help=True,
    help=manual(
        (
            "现在就对问题所在的网页截图，作为证据保存；遵守 robots.txt 和访问间隔。",
            "Take a screenshot of the page of a finding now and keep it as evidence; robots.txt and pauses are obeyed.",
        ),
        [("gongkai evidence picture 865b4ed1", ("截图带网址和时间", "with its address and the time"))],
        {errors.UNREADABLE: ("未能截图，原因见输出", "no screenshot could be taken; the output says why")},
    ),
)
def picture(
    beginnings: Annotated[
        list[str],
        typer.Argument(
            metavar="FINDING...", show_default=False, help=help_of("问题编号或其开头", "ids or their beginnings")
        ),
    ],
    allow_private: options.AllowPrivate = False,
    delay: options.Delay = None,
    settings_file: options.Config = None,
) -> int:
    """Take screenshots of these findings, one after the other."""
    from crawlers.browser import BrowserMissing

    settings = config.load(settings_file)
    engine = connect(settings.database, create=False)
    with reading(engine) as connection:
        chosen = [targets.finding(connection, beginning) for beginning in dict.fromkeys(beginnings)]
    try:
        taken = pictures.take(engine, chosen, settings, allow_private=allow_private, delay=delay)
    except BrowserMissing as error:
        raise UserError(str(error), f"no browser: {error}") from error
    except SiteBusy as error:
        raise UserError(
            f"{error}: 正在被另一程序读取，请稍后再试", f"{error}: another process reads it; try later"
        ) from error
    with reading(engine) as connection:
        for finding in chosen:
            terminal.print_plain(_taken(finding, pictures.of_finding(connection, finding.fingerprint)))
    return errors.OK if taken else errors.UNREADABLE


def _taken(finding: Finding, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return f"{finding.fingerprint[:10]}  " + say(
            "没有网页可截图（依据为台账）", "no page to take: it rests on a ledger"
        )
    newest = rows[0]
    at = f"{newest['at'].astimezone(clock.CHINA):%Y-%m-%d %H:%M:%S}"
    return f"{finding.fingerprint[:10]}  {at}  {newest['url']}  {newest['sha256'] or newest['detail']}"


@group.command(
    "prune",
    help=manual(
        (
            "清除到期的留存页面和截图（[evidence] keep_days）。\n\n未解决问题、已印发通报所涉的证据不清除；清除记入证据链。",
            "Remove kept pages and screenshots whose time is over ([evidence] keep_days). What proves anything open, or was "
            "in an issued bulletin, stays; each removal is a link of the chain.",
        ),
        [
            ("gongkai evidence prune --dry-run", ("只看会清除多少", "only say how much")),
            ("gongkai evidence prune", ("清除；每夜结束时也会自动进行", "remove; each night does it too")),
        ],
    ),
)
def prune(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=help_of("只统计，不清除", "say what would go, and remove nothing"))
    ] = False,
    settings_file: options.Config = None,
) -> int:
    """Remove what is over, or say what would be."""
    settings = config.load(settings_file)
    days = settings.evidence.keep_days
    if days is None:
        raise UserError(
            "未设置 [evidence] keep_days：留存页面长期保存", "[evidence] keep_days is not set: kept pages stay for good"
        )
    before = retention.first_day(clock.today(), days)
    engine = connect(settings.database, create=False)
    with engine.begin() as connection:
        gone = retention.over(connection, before) if dry_run else retention.remove(connection, before, clock.now())
    if not dry_run and (line := places.settle(engine)):
        terminal.print_error(line)
    count, size = len(gone), sum(gone.values()) / 1e6
    done = say("可清除" if dry_run else "已清除", "would remove" if dry_run else "removed")
    terminal.print_plain(say(f"{done}{count}个内容，{size:.1f} MB", f"{done} {count} bodies, {size:.1f} MB"))
    return errors.OK


@group.command(
    "verify",
    help=manual(
        (
            "核验证据：摘要值链和每个留存页面。\n\n逐环检查办理记录、各夜结果、截图、通报的摘要值链，并重新计算每个留存页面的摘要值。",
            "Prove that nothing was altered: walk the hash chain over events, nights, screenshots and bulletins, and hash "
            "every kept page again.",
        ),
        [
            (
                "gongkai evidence verify",
                ("有改动时指出第一个断开的环节", "names the first broken link, if there is one"),
            ),
            (
                "gongkai evidence verify --head 1204:9f86d081",
                ("并与库外记下的链首核对", "also against a head noted outside"),
            ),
        ],
        _ALTERED,
    ),
)
def verify_command(
    heads: Annotated[
        list[str] | None,
        typer.Option(
            "--head",
            metavar="N:DIGEST",
            show_default=False,
            help=help_of(
                "库外记下的链首，可多次给出", "a head of the chain that was noted outside; may be given again"
            ),
        ),
    ] = None,
    settings_file: options.Config = None,
) -> int:
    """Walk the chain, say what is whole and what is not, and return FOUND if anything was altered."""
    settings = config.load(settings_file)
    noted = [sealing.parse(text) for text in heads or []] + sealing.read(settings.out)
    with reading(connect(settings.database, create=False)) as connection:
        result = verify(connection, noted)
    for problem in result.problems:
        terminal.print_error(_said(problem))
    kinds = result.links
    terminal.print_plain(
        say(
            f"证据链 {sum(kinds.values())} 环：办理记录 {kinds['event']}，巡查 {kinds['night']}，截图 {kinds['picture']}，"
            f"通报 {kinds['bulletin']}，到期清除 {kinds['removal']}；留存页面 {result.pages}，已清除 {result.removed}",
            f"{sum(kinds.values())} links: {kinds['event']} events, {kinds['night']} nights, {kinds['picture']} screenshots, "
            f"{kinds['bulletin']} bulletins, {kinds['removal']} removals; {result.pages} kept pages, {result.removed} removed",
        )
    )
    if result.head is not None:
        terminal.print_plain(say("链首 ", "head ") + f"{result.head.position}:{result.head.digest}")
    if noted:
        terminal.print_plain(
            say(f"与库外记下的 {len(noted)} 个链首核对", f"held against {len(noted)} heads noted outside")
        )
    if result.is_whole:
        terminal.print_plain(say("未发现改动", "nothing was altered"))
        return errors.OK
    return errors.FOUND


def _said(problem: Problem) -> str:
    zh, en = PROBLEMS[problem.what]
    if problem.position is None:
        return say(f"{problem.subject}：{zh}", f"{problem.subject}: {en}")
    return say(
        f"第 {problem.position} 环（{problem.subject}）：{zh}", f"link {problem.position} ({problem.subject}): {en}"
    )
