"""`gongkai install-service`: writes what makes a machine keep the nights by itself, and says what to run next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gongkai import config, errors, services, terminal
from gongkai.commands import options
from gongkai.commands.manual import manual
from gongkai.commands.options import help_of
from gongkai.errors import UserError
from gongkai.messages import language, say

app = typer.Typer()


@app.command(
    "install-service",
    help=manual(
        (
            "写出 systemd 单元或 cron 行：每夜巡查、早晨检查、控制台。只写文件，不改系统。",
            "Write units of systemd, or lines for cron: the nights, a check each morning, the console. Only files.",
        ),
        [
            ("gongkai install-service --out units", ("systemd，由 root 安装", "for systemd, installed by root")),
            ("gongkai install-service --user --out units", ("systemd，自己的账户", "for systemd, one's own account")),
            ("gongkai install-service --cron --out units", ("cron 行", "lines for cron")),
            ("gongkai install-service --worker --out units", ("多机中的一台", "one of several machines")),
        ],
    ),
)
def install_service(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help=help_of("写到这个文件夹", "folder of the files"))
    ] = Path("units"),
    as_user: Annotated[
        bool, typer.Option("--user", help=help_of("装在自己的账户下，不需要 root", "under one's own account"))
    ] = False,
    cron: Annotated[bool, typer.Option("--cron", help=help_of("改写 cron 行", "lines for cron instead"))] = False,
    worker: Annotated[
        bool,
        typer.Option("--worker", help=help_of("多机巡查中的一台（gongkai worker）", "for one of several machines")),
    ] = False,
    settings_file: options.Config = None,
) -> int:
    """Write the files and say what to run."""
    file = settings_file or Path(config.FILE)
    settings = config.load(file)
    window = settings.nightly.hours
    if worker and cron:
        raise UserError("--worker 不能与 --cron 同用", "--worker does not go with --cron")
    if window is None and not cron:
        raise UserError(
            f'{file}: [nightly] window: 须先填写，如 "23:00-06:00"',
            f'{file}: [nightly] window: needed, such as "23:00-06:00"',
        )
    place = services.here(file, as_user=as_user, lang=language())
    if cron:
        files = {"gongkai.cron": services.crontab(place, window)}
    else:
        files = services.worker_unit(place) if worker else services.units(place)
    try:
        paths = services.written(out, files)
    except OSError as error:
        raise UserError(
            f"{out}: 无法写入（{error.strerror}）", f"{out}: cannot be written ({error.strerror})"
        ) from error
    for path in paths:
        terminal.print_plain(str(path))
    terminal.print_plain("")
    terminal.print_plain(say("接下来运行：", "Run next:"))
    for line in _next(paths, as_user=as_user, cron=cron, worker=worker):
        terminal.print_plain(f"  {line}")
    return errors.OK


def _next(paths: list[Path], *, as_user: bool, cron: bool, worker: bool) -> list[str]:
    if cron:
        return ["crontab -e    " + say(f"# 加入 {paths[0]} 的内容", f"# and put in what {paths[0]} holds")]
    where = "~/.config/systemd/user" if as_user else "/etc/systemd/system"
    sudo, control = ("", "systemctl --user") if as_user else ("sudo ", "sudo systemctl")
    lines = [f"mkdir -p {where}"] if as_user else []
    lines += [
        f"{sudo}cp {' '.join(str(path) for path in paths)} {where}/",
        f"{control} daemon-reload",
    ]
    if worker:
        lines.append(f"{control} enable --now {services.WORKER}.service")
    else:
        lines += [
            f"{control} enable --now {services.NIGHT}.service {services.CHECK}.timer",
            f"{control} enable --now {services.CONSOLE}.service"
            + say("    # 需要控制台时", "    # if you want the console"),
        ]
    return [*lines, "loginctl enable-linger"] if as_user else lines
