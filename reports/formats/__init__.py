"""Renderings of a bulletin: each a pure function of the value, written to files that appear together or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reports.bulletin import Bulletin
from reports.fonts import find_fonts
from reports.formats import csv, docx, html, ics, json, pdf, xlsx
from reports.formats.office_template import OfficeTemplate
from reports.period import NIGHT

PDF = "bulletin.pdf"
ICS = "hearings.ics"


def render_all(
    bulletin: Bulletin, template: OfficeTemplate | None = None, kept: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """The files of a bulletin by their name: findings.json, bulletin.html, bulletin.docx, bulletin.xlsx, bulletin.pdf.

    An office's bulletin, of more than a night, also has its tables as .csv; public hearings to come are in hearings.ics.
    Without Chinese fonts there is no PDF: whoever composes says so (`gongkai.typefaces`), the others are made.

    Args:
        template: The office's own red head, for the .docx.
        kept: Where the kept pages lie that findings cite, for the .html: path from its folder, by SHA-256.

    Raises:
        OfficeTemplateError: The template cannot be filled in.
    """
    tables = {} if bulletin.period.kind == NIGHT else csv.render(bulletin)
    files = {
        "findings.json": json.render(bulletin).encode(),
        "bulletin.html": html.render(bulletin, kept).encode(),
        "bulletin.docx": docx.render(bulletin, template),
        "bulletin.xlsx": xlsx.render(bulletin),
        **tables,
    }
    if bulletin.hearings:
        files[ICS] = ics.render(bulletin)
    fonts = find_fonts()
    if fonts.is_printable:
        files[PDF] = pdf.render(bulletin, fonts)
    return files


def write_all(bulletin: Bulletin, out_dir: Path, kept: Mapping[str, str] | None = None) -> list[Path]:
    """Render a bulletin and write its files. `kept`: as for `render_all`.

    Raises:
        OSError: The folder cannot be made or written; then no file is new.
    """
    with staged(render_all(bulletin, kept=kept), out_dir) as paths:
        return paths


@contextmanager
def staged(files: Mapping[str, bytes], out_dir: Path) -> Iterator[list[Path]]:
    """Write files beside their places, and put them there when the block ends well: a reader never sees half of them.

    Raises:
        OSError: The folder cannot be made or written, or the disk is full; what was there stays as it was.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    waiting: dict[Path, Path] = {}
    try:
        for name, content in files.items():
            waiting[out_dir / name] = _write_beside(out_dir / name, content)
        yield list(waiting)
        for path, temporary in waiting.items():
            temporary.replace(path)
        for name in {PDF, ICS} - set(files):
            (out_dir / name).unlink(missing_ok=True)  # one that is there belongs to an earlier bulletin
    finally:
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)


def _write_beside(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o644)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
