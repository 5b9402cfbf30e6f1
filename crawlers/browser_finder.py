"""Finds a Chromium on this machine, in a fixed order; fetches nothing (`scripts/fetch_browser.py` does)."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FETCHED = Path(__file__).resolve().parent.parent / ".browser"  # where the test command puts what it fetched
PLAYWRIGHT_FOLDER = FETCHED / "playwright"
NPM_PROGRAM = FETCHED / "npm" / "chromium"
PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
)
MAC_APPLICATIONS = (
    "Chromium.app/Contents/MacOS/Chromium",
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_IN_PLAYWRIGHT = (
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium_headless_shell-*/*/headless_shell",
    "chromium-*/*/chrome",
    "chromium-*/*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/*/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
)
STARTS_WITHIN = 30  # seconds; a cold disk is slow


@lru_cache(maxsize=1)
def find_browser() -> Path | None:
    """The first browser that starts, or None.

    Order: `$CHROMIUM`, Playwright's own, chromium-headless-shell, chromium (and Chrome), the one that came by npm. If
    `$CHROMIUM` is set, it alone is asked: a wrong value finds no browser rather than another one.
    """
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> Iterator[Path]:
    """The browsers that are there, in the order in which they are tried."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        yield Path(shutil.which(chosen) or chosen)
        return
    for folder in _playwright_folders():
        yield from sorted((p for glob in _IN_PLAYWRIGHT for p in folder.glob(glob)), key=_revision, reverse=True)
    for program in PROGRAMS:
        found = shutil.which(program)
        if found:
            yield Path(found)
    if platform.system() == "Darwin":
        folders = (Path("/Applications"), Path.home() / "Applications")
        yield from (path for a in MAC_APPLICATIONS for folder in folders if (path := folder / a).exists())
    if NPM_PROGRAM.exists():
        yield NPM_PROGRAM


def starts(path: Path) -> bool:
    """Whether the program runs here at all: a download may lack system libraries, a distribution's stub its package."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=STARTS_WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _playwright_folders() -> Iterator[Path]:
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen and chosen != "0":
        yield Path(chosen)
    yield PLAYWRIGHT_FOLDER
    if platform.system() == "Darwin":
        yield Path.home() / "Library" / "Caches" / "ms-playwright"
    else:
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"


def _revision(path: Path) -> int:
    """Playwright's number in `chromium-1255`: the newest is the one that the installed Playwright asked for."""
    found = re.search(r"chromium(?:_headless_shell)?-(\d+)", str(path))
    return int(found[1]) if found else 0
