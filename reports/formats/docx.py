"""The bulletin as an official document for Word, WPS and LibreOffice: GB/T 9704-2012, or an office's own red head."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from reports import charts
from reports.blocks import Picture, Skeleton
from reports.bulletin import Bulletin
from reports.formats import official, redhead, type_styles
from reports.formats.flow import Flow
from reports.formats.office_template import OfficeTemplate
from reports.imprint import Imprint
from reports.skeleton import skeleton

MOST_ROWS = 150  # of a list; nobody prints one of a hundred pages


def render(bulletin: Bulletin, template: OfficeTemplate | None = None) -> bytes:
    """The .docx file.

    Args:
        template: The office's own; None: the layout of the standard.

    Raises:
        OfficeTemplateError: The template cannot be filled in.
    """
    paper = skeleton(bulletin, most_rows=MOST_ROWS)
    blocks = (*paper.body, *(block for annex in paper.annexes for block in annex.blocks))
    names = dict.fromkeys(block.name for block in blocks if isinstance(block, Picture))
    drawn = {name: charts.png(bulletin.pictures.named(name)) for name in names} if charts.is_drawable() else {}
    return print_skeleton(paper, bulletin.imprint, bulletin.generated_at, drawn, template)


def print_skeleton(
    paper: Skeleton,
    imprint: Imprint,
    created: datetime,
    pictures: Mapping[str, bytes],
    template: OfficeTemplate | None = None,
) -> bytes:
    """A skeleton between red head and 版记.

    Args:
        created: The time that the file carries.
        pictures: Pictures by name, as PNG files.
    """
    if template is not None:
        return official.to_bytes(template.fill(paper, imprint, pictures), created)
    document = official.new_document("".join(paper.title), imprint.body, created)
    flow = Flow(document, pictures)
    redhead.add_head(document, imprint)
    redhead.add_title(document, paper.title)
    document.add_paragraph(paper.addressee, style=type_styles.ADDRESSEE)
    flow.add(paper.body)
    flow.keep_last()
    redhead.add_annex_note(document, paper.annex_lines)
    redhead.add_signature(document, imprint)
    flow.add_annexes(paper.annexes, more=imprint.is_official)
    if imprint.is_official:
        redhead.add_imprint(document, imprint)
    return official.to_bytes(document, created)
