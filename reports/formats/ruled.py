"""Ruled tables in python-docx: heads that repeat on each page, rows that are not cut, columns that both Word and
LibreOffice keep, and links. It knows no bulletin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor
from docx.text.paragraph import Paragraph

from reports.formats import official

LINK_BLUE = RGBColor(0x0B, 0x4F, 0x9E)


def add_table(
    document: Document,
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    widths: Sequence[int],
    *,
    centred: set[int],
    style: str = official.TABLE_TEXT,
) -> Any:
    """A ruled table whose head repeats on each page and whose rows are not cut in two.

    Args:
        rows: Cells: text, or a pair of text and address for a link.
        widths: Of the columns, in millimetres.
        centred: Columns whose text is centred.
        style: Of the cells.
    """
    table = document.add_table(rows=0, cols=len(head), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)  # LibreOffice reads the grid, Word the cells
    _cell_margins(table)
    head_style, cell_style = (document.styles[name].style_id for name in (official.TABLE_HEAD, style))
    _fill(table.add_row(), head, widths, head_style, set(range(len(head))))
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in rows:
        _fill(table.add_row(), row, widths, cell_style, centred)
    return table


def add_link(paragraph: Paragraph, text: str, address: str) -> None:
    """A link with its own text."""
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    run = paragraph.add_run(text)
    run.font.color.rgb = LINK_BLUE
    run.font.underline = True
    paragraph._p.remove(run._r)
    link.append(run._r)
    paragraph._p.append(link)


def _fill(row: Any, cells: Sequence[Any], widths: Sequence[int], style: str, centred: set[int]) -> None:
    whole = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(whole)
    for place, (cell, value, width) in enumerate(zip(row.cells, cells, widths, strict=True)):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph._p.style = style  # by its id: looking a style up by name for each cell takes nine tenths of the time
        if place in centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if isinstance(value, tuple):
            add_link(paragraph, *value)
        else:
            paragraph.add_run(str(value))


def _cell_margins(table: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side, twips in (("top", 30), ("left", 70), ("bottom", 30), ("right", 70)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)
