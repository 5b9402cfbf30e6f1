"""Makes sure that there are free Chinese fonts for the PDF and the pictures: finds them, else fetches them.

Tried in this order: what is on the machine, Debian's packages (downloaded and unpacked, not installed: no root), npm's
packages of Google Fonts. What is fetched is put under `.fonts/` with its licence, never committed. Run by `make demo`,
`make test` and `make fonts`.

| fonts | for | licence | from |
| Noto Serif CJK SC, Noto Sans CJK SC | 仿宋 宋体 小标宋, 黑体 | OFL-1.1 | Debian fonts-noto-cjk |
| Noto Serif SC, Noto Sans SC | the same | OFL-1.1 | npm @expo-google-fonts |
| LXGW WenKai 霞鹜文楷 | 楷体 | OFL-1.1 | Debian fonts-lxgw-wenkai |
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from reports import fonts
from reports.fonts import find_fonts

TOO_LONG = 600  # seconds for one command
NOTO = ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")
SERIF = ("NotoSerifSC_400Regular.ttf", "NotoSerifSC_700Bold.ttf")
SANS = ("NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf")


@dataclass(frozen=True)
class Package:
    """A package, the files in it that are wanted, and the roles (`reports.fonts.ROLES`) that they fill."""

    name: str
    files: tuple[str, ...]
    roles: frozenset[str]


DEBIAN = (
    Package("fonts-noto-cjk", NOTO, frozenset({"title", "body", "heading", "song"})),
    Package("fonts-lxgw-wenkai", ("LXGWWenKai-Regular.ttf",), frozenset({"subheading"})),
)
NPM = (
    Package("@expo-google-fonts/noto-serif-sc@0.4.3", SERIF, frozenset({"title", "body", "song"})),
    Package("@expo-google-fonts/noto-sans-sc@0.4.3", SANS, frozenset({"heading"})),
)
LICENCES = ("copyright", "LICENSE_FONT")


class NotFetched(Exception):
    """This way gave nothing; the text says why."""


def main() -> int:
    reasons = []
    for name, fetch in WAYS.items():
        if not (missing := absent()):
            break
        print(f"fonts: none for {'、'.join(missing)}, trying {name} …", flush=True)
        try:
            fetch()
        except (NotFetched, OSError) as error:
            reasons.append(f"{name}: {error}")
    found = _found()
    print("fonts: " + ", ".join(dict.fromkeys(face.family for face in found.faces.values())))
    if not absent():
        return 0
    told = f"fonts: none for {'、'.join(absent())} and none could be fetched ({'; '.join(reasons)}). "
    if found.is_printable:
        print(told + "Others stand in.", file=sys.stderr)
        return 0
    print(
        told + "No PDF is written without them. Install Noto Serif CJK SC and Noto Sans CJK SC, put them into .fonts/, "
        "or run the tests without them: GONGKAI_NO_FONTS=1 make test",
        file=sys.stderr,
    )
    return 1


def absent() -> list[str]:
    """The typefaces of the standard for which this machine has nothing, not even a stand-in."""
    return [fonts.ROLES[one.role].standard for one in _found().missing]


def _needed(packages: Iterable[Package]) -> list[Package]:
    roles = {one.role for one in _found().missing}
    return [package for package in packages if package.roles & roles]


def _found() -> fonts.FontSet:
    fonts.forget()
    return find_fonts()


def by_apt() -> None:
    """Debian's packages, with lists of our own where the system has none: nothing outside `.fonts` is touched."""
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise NotFetched(f"no {program}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lists" / "partial").mkdir(parents=True)
        (folder / "cache" / "archives" / "partial").mkdir(parents=True)
        own = ["-o", f"Dir::State::Lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache"]
        own += ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20"]
        if os.geteuid() == 0:  # else apt wants to be _apt, which may not write here
            own += ["-o", "APT::Sandbox::User=root"]
        _run(["apt-get", "-q", *own, "update"], folder)
        reasons = []
        for package in _needed(DEBIAN):
            unpacked = folder / package.name
            try:
                _run(["apt-get", "-q", *own, "download", package.name], folder)
                archive = next(folder.glob(f"{package.name}_*.deb"))
                _run(["dpkg-deb", "-x", str(archive), str(unpacked)], folder)
                _keep(unpacked.rglob("*"), package.files, fonts.FETCHED / package.name)
            except NotFetched as error:
                reasons.append(str(error))
        if reasons:
            raise NotFetched("; ".join(reasons))


def by_npm() -> None:
    """Google Fonts' files, which npm packages carry whole."""
    if shutil.which("npm") is None:
        raise NotFetched("no npm")
    for package in _needed(NPM):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _run(["npm", "pack", "--silent", "--pack-destination", name, package.name], folder)
            with tarfile.open(next(folder.glob("*.tgz"))) as archive:
                archive.extractall(folder, filter="data")
            _keep(folder.rglob("*"), package.files, fonts.FETCHED / package.name.split("/")[-1].split("@")[0])


def _keep(files: Iterable[Path], wanted: tuple[str, ...], folder: Path) -> None:
    """Copy the wanted fonts and their licence; the folder appears whole or not at all."""
    there = {file.name: file for file in files if file.name in (*wanted, *LICENCES)}
    lacking = [name for name in wanted if name not in there]
    if lacking:
        raise NotFetched(f"{folder.name} has no {', '.join(lacking)}")
    partial = folder.with_name(f"{folder.name}.part{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, file in there.items():
        shutil.copyfile(file, partial / name)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _run(command: list[str], folder: Path) -> None:
    """Run a command without input; what it complains of is the reason if it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "CI": "true"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TOO_LONG,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotFetched(f"{command[0]}: no answer within {TOO_LONG} s") from None
    if done.returncode != 0:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        telling = [line for line in lines if line.casefold().startswith(("e:", "error", "npm error"))] or lines
        raise NotFetched(f"{command[0]} failed: {telling[0] if telling else done.returncode}")


WAYS: dict[str, Callable[[], None]] = {"Debian's packages": by_apt, "npm": by_npm}

if __name__ == "__main__":
    sys.exit(main())
