"""The head of the hash chain, noted outside the database after each night: a line in `seals.txt` beside the bulletins.

A copy of that file on another machine, on paper or in a mail is what even one who has the whole database cannot change.
"""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.engine import Engine

from gongkai import clock
from gongkai.errors import UserError
from storage import chain
from storage.database import reading
from storage.verification import Anchor

FILE = "seals.txt"
_LINE = re.compile(r"(\d+):([0-9a-f]{64})(?:\s.*)?")


def note(engine: Engine, folder: Path) -> None:
    """Add the head of the chain to the file, if it is another one than the last."""
    with reading(engine) as connection:
        head = chain.head(connection)
    if head is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    line = f"{head.position}:{head.digest}"
    said = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    if not said or not said[-1].startswith(line):
        with file.open("a", encoding="utf-8") as stream:
            stream.write(f"{line} {clock.now():%Y-%m-%d %H:%M:%S%z}\n")


def read(folder: Path) -> list[Anchor]:
    """The heads that were noted there; none without the file.

    Raises:
        UserError: A line of it is none.
    """
    file = folder / FILE
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(parse(line.strip(), f"{file}:{number}: "))
    return found


def parse(text: str, place: str = "--head ") -> Anchor:
    """A head as `verify` prints it: `1204:9f86…`.

    Raises:
        UserError: It is none.
    """
    match = _LINE.fullmatch(text)
    if match is None:
        raise UserError(
            f"{place}{text}: 应为 序号:摘要值（64 位十六进制）",
            f"{place}{text}: should be NUMBER:DIGEST, 64 hex digits",
        )
    return Anchor(int(match[1]), match[2])
