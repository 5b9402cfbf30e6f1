"""Puts a measured table into docs/benchmarks.md or another page, between the two comments that carry its name."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def machine() -> str:
    """On what it was measured, for the line above each table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"Python {platform.python_version()}; load average at the end {os.getloadavg()[0]:.1f}"
    )


def replaced(document: str, name: str, text: str) -> str:
    """`document` with `text` between `<!-- name -->` and `<!-- /name -->`. Raises `ValueError` if they are not there."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if document.count(begin) != 1 or document.count(end) != 1:
        raise ValueError(f"{begin} and {end} must each stand once in the document")
    return re.sub(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{text.strip()}\n{end}", document, flags=re.S
    )


def write(name: str, text: str, path: Path | None = None) -> None:
    """Put it there; without a path into docs/benchmarks.md."""
    path = path or DOCUMENT
    path.write_text(replaced(path.read_text(encoding="utf-8"), name, text), encoding="utf-8")
