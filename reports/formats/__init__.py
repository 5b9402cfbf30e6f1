"""Renderings of a bulletin: each a pure function of the value, written to files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from reports.bulletin import Bulletin
from reports.formats import docx, html, json, xlsx


def write_all(bulletin: Bulletin, out_dir: Path) -> list[Path]:
    """Write findings.json, bulletin.html, bulletin.docx and bulletin.xlsx.

    All are rendered before the first is replaced, so that the four always belong to one bulletin.

    Raises:
        OSError: The folder cannot be made or written.
    """
    rendered: dict[str, bytes] = {
        "findings.json": json.render(bulletin).encode(),
        "bulletin.html": html.render(bulletin).encode(),
        "bulletin.docx": docx.render(bulletin),
        "bulletin.xlsx": xlsx.render(bulletin),
    }
    out_dir.mkdir(parents=True, exist_ok=True)
    return [_write(out_dir / name, content) for name, content in rendered.items()]


def _write(path: Path, content: bytes) -> Path:
    """A new file beside the old one, then renamed over it: a reader never sees half a bulletin."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
