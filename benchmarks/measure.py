"""Runs one program as a child and says what it took: wall clock, CPU of it and its children, peak memory."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE = 0.2  # seconds between two looks at the memory


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a run took. `cpu` and `wall` in seconds; `peak` in MB, summed over the process and its children."""

    wall: float
    cpu: float
    peak: float
    code: int  # exit code; negative: killed by that signal


def _usual_environment() -> dict[str, str]:
    """This one, as users have it: Python may keep what it has compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(command: Sequence[str], log: Path, *, timeout: float, environment: Mapping[str, str] | None = None) -> Cost:
    """Runs `command` to its end and measures it; what it prints goes to `log`.

    A run that takes longer than `timeout` seconds is killed: its code is then -9 and its numbers are those up to there.
    """
    with log.open("wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**_usual_environment(), **(environment or {})},
            start_new_session=True,
        )
        killer = threading.Timer(timeout, os.killpg, (process.pid, signal.SIGKILL))
        killer.start()
        sampler = _Sampler(process.pid)
        sampler.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # we are being stopped: do not leave the program running
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            killer.cancel()
            sampler.ended.set()
        wall = time.monotonic() - start
        sampler.join()
    process.returncode = os.waitstatus_to_exitcode(status)  # Popen must not wait for it again
    return Cost(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        # The system's own maximum begins with our size: the child is a copy of us until it becomes the program.
        peak=sampler.peak or usage.ru_maxrss / 1024,
        code=process.returncode,
    )


class _Sampler(threading.Thread):
    """Adds up the resident memory of a session's processes now and then (Linux; elsewhere wait4's maximum stands)."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session = session
        self.peak = 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(SAMPLE):
            self.peak = max(self.peak, sum(map(self._resident, Path("/proc").glob("[0-9]*"))))

    def _resident(self, process: Path) -> float:
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            pages = int((process / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            return 0.0  # it ended between the listing and the reading
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 if int(fields[3]) == self.session else 0.0
