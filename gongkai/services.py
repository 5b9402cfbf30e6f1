"""The files by which a machine runs gongkai by itself: units of systemd, or lines for cron. Nothing is installed here."""

from __future__ import annotations

import getpass
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from gongkai.window import Window

NIGHT, CHECK, CONSOLE, WORKER = "gongkai-nightly", "gongkai-check", "gongkai-console", "gongkai-worker"
MORNING = "07:30"
PASSWORDS = "gongkai.env"  # beside the settings
STOPPING = "30min"  # a night that is stopped still audits what it has read


@dataclass(frozen=True)
class Place:
    """Where gongkai runs on this machine.

    Attributes:
        command: The program and its first arguments.
        folder: Where the settings lie.
        config: The settings file.
        user: Who runs it; None: a unit of the user's own manager.
        lang: Language of what it says.
    """

    command: tuple[str, ...]
    folder: Path
    config: Path
    user: str | None
    lang: str


def here(config: Path, *, as_user: bool, lang: str) -> Place:
    """This installation, by absolute paths."""
    program = Path(sys.prefix) / "bin" / "gongkai"
    command = (str(program),) if program.exists() else (sys.executable, "-m", "gongkai")
    config = config.absolute()
    return Place(command, config.parent, config, None if as_user else getpass.getuser(), lang)


def units(place: Place) -> dict[str, str]:
    """Units of systemd, by file name: the nights, the check in the morning with its timer, the console."""
    target = "default.target" if place.user is None else "multi-user.target"
    night = _unit(
        place,
        "gongkai: every night within its window",
        ["nightly", "--schedule", "--quiet"],
        "# Always: a database that is not up yet, or still holds the lock of one that died, is asked again each minute.\n"
        # Only the scheduler is told to stop: it ends its own children and writes down what they read.
        f"Restart=always\nRestartSec=60\nKillMode=mixed\nTimeoutStopSec={STOPPING}\n",
        target,
    )
    check = _unit(
        place,
        "gongkai: was there a night, and how was it",
        ["status", "--alert"],
        "Type=oneshot\n# 1: something wants looking at, 3: no night; the office was told by [alerts]. 2: it could not be told.\nSuccessExitStatus=1 3\n",
        None,
    )
    console = _unit(place, "gongkai: the inspectors' console", ["serve"], "Restart=on-failure\nRestartSec=10\n", target)
    timer = (
        f"[Unit]\nDescription=gongkai: check each morning\n\n[Timer]\nOnCalendar=*-*-* {MORNING}:00 Asia/Shanghai\n"
        "Persistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
    return {
        f"{NIGHT}.service": night,
        f"{CHECK}.service": check,
        f"{CHECK}.timer": timer,
        f"{CONSOLE}.service": console,
    }


def worker_unit(place: Place) -> dict[str, str]:
    """The unit of one machine of several, by file name."""
    more = (
        "# Always: one that is refused, because others are not upgraded yet or its clock is wrong, tries again.\n"
        f"Restart=always\nRestartSec=60\nKillMode=mixed\nTimeoutStopSec={STOPPING}\n"
    )
    target = "default.target" if place.user is None else "multi-user.target"
    text = _unit(place, "gongkai: one of several machines that keep the nights", ["worker", "--quiet"], more, target)
    return {f"{WORKER}.service": text}


def _unit(place: Place, about: str, arguments: list[str], more: str, target: str | None) -> str:
    words = [*place.command, *arguments, "--config", str(place.config)]
    user = f"User={_escaped(place.user)}\n" if place.user is not None else ""
    install = f"\n[Install]\nWantedBy={target}\n" if target is not None else ""
    return (
        f"[Unit]\nDescription={about}\nWants=network-online.target\nAfter=network-online.target\n\n"
        f"[Service]\n{user}WorkingDirectory={_escaped(str(place.folder))}\n"
        f"Environment=GONGKAI_LANG={place.lang}\n"
        f"# Passwords (GONGKAI_MAIL_PASSWORD …), readable by this user only; it need not be there.\n"
        f"EnvironmentFile=-{_escaped(str(place.folder / PASSWORDS))}\n"
        f"ExecStart={' '.join(_word(word) for word in words)}\n{more}"
        f"NoNewPrivileges=yes\n{install}"
    )


def _escaped(text: str) -> str:
    """A per cent sign begins a specifier."""
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """A word of a command line as systemd reads it."""
    text = _escaped(text).replace("$", "$$")
    if re.fullmatch(r"[\w@%+=:,./$-]+", text):
        return text
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def crontab(place: Place, window: Window | None) -> str:
    """Lines for cron: the scheduler at boot, the check in the morning.

    cron knows no window and starts nothing that has ended; the scheduler waits for its window itself, and a second one is
    refused, so it may be started each evening again.
    """
    begin = window.begins if window is not None else None
    # Started well before the window opens; a scheduler that still runs refuses it in one line.
    at = "0 1" if begin is None else f"{begin.minute} {(begin.hour - 1) % 24}"

    def line(when: str, *arguments: str) -> str:
        words = [*place.command, *arguments, "--config", str(place.config)]
        command = " ".join(shlex.quote(word) for word in words)
        folder, log = shlex.quote(str(place.folder)), shlex.quote(str(place.folder / "gongkai-cron.log"))
        passwords = f"set -a; [ -f {PASSWORDS} ] && . ./{PASSWORDS}; set +a;"  # as EnvironmentFile of the units
        text = f"cd {folder} && {{ {passwords} GONGKAI_LANG={place.lang} {command}; }} >> {log} 2>&1"
        return f"{when} {text}".replace("%", r"\%")  # cron reads a per cent sign as the end of a line

    nights = (
        [line("@reboot", "nightly", "--schedule", "--quiet"), line(f"{at} * * *", "nightly", "--schedule", "--quiet")]
        if window is not None
        else [line(f"{at} * * *", "nightly", "--quiet")]
    )
    hour, minute = MORNING.split(":")
    return "\n".join(
        [
            "# gongkai: put these lines into `crontab -e`. Times are this machine's; they are meant as Asia/Shanghai.",
            "CRON_TZ=Asia/Shanghai",
            *nights,
            line(f"{int(minute)} {int(hour)} * * *", "status", "--alert"),
            "",
        ]
    )


def written(folder: Path, files: dict[str, str]) -> list[Path]:
    """Write them, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in files.items():
        path = folder / name
        half = folder / f".{name}.part"
        half.write_text(text, encoding="utf-8")
        half.replace(path)
        paths.append(path)
    return paths
