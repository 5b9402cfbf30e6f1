"""Ruled tables of a Word file: heads that repeat on each page, rows that are not cut, columns that Word and LibreOffice
keep, and links. It knows no bulletin.

The XML is written as text and parsed once: cell by cell, python-docx needs a minute for twenty thousand rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph

from reports.blocks import Cell, Column, Link
from reports.formats import type_styles
from reports.formats.ooxml import namespaces
from reports.text import clean
from reports.title_shape import width as text_width

NORMAL = (type_styles.TABLE_HEAD, type_styles.CELL, type_styles.TOTAL)
FINE = (type_styles.FINE_HEAD, type_styles.FINE_CELL, type_styles.FINE_TOTAL)
MARGINS = 114  # twips: of a cell, left and right together
LONGEST_TOKEN = 12  # characters that are kept on a line: a date, a code, a rate; addresses and hashes are longer
SAMPLE = 80  # rows that tell what a column holds
SPLITTABLE = 30  # lines from which a row may be cut: kept whole it would leave half a page empty, or fit none


def add_table(
    document: Document,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    width: int,
    totals: int = 0,
    fine: bool = False,
) -> None:
    """A table as wide as the text.

    Args:
        width: Of the text area, in twips; the columns share it.
        totals: How many of the last rows are sums.
        fine: Small type.
    """
    names = FINE if fine else NORMAL
    head, cell, total = (_Kind(document.styles[name].style_id, type_styles.STYLES[name].size) for name in names)
    widths = _widths(columns, rows, width, cell.size)
    made = [_row(document, [column.title for column in columns], widths, [True] * len(widths), head, is_head=True)]
    centred = [column.centred for column in columns]
    for place, row in enumerate(rows):
        made.append(_row(document, row, widths, centred, cell if place < len(rows) - totals else total))
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    table = parse_xml(
        f"<w:tbl {namespaces('w', 'r')}><w:tblPr>"
        f'<w:tblStyle w:val="{document.styles[type_styles.TABLE].style_id}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(made)}</w:tbl>"
    )
    document.element.body._insert_tbl(table)


def add_link(paragraph: Paragraph, link: Link) -> None:
    """A link with its own text, which looks like the text around it: this is a document to be printed and signed."""
    target = parse_xml(
        _link(link, _relation(paragraph.part, link), style="").replace(">", f" {namespaces('w', 'r')}>", 1)
    )
    paragraph._p.append(target)


@dataclass(frozen=True)
class _Kind:
    """A paragraph style by its id: looking one up by name for each cell takes nine tenths of the time."""

    id: str
    size: float


def _row(
    document: Document,
    cells: Sequence[Cell],
    widths: Sequence[int],
    centred: Sequence[bool],
    kind: _Kind,
    *,
    is_head: bool = False,
) -> str:
    longest = max(_lines(cell, width, kind.size) for cell, width in zip(cells, widths, strict=True))
    properties = "<w:cantSplit/>" if longest < SPLITTABLE else ""
    properties += "<w:tblHeader/>" if is_head else ""
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{kind.id}"/>{_CENTRE if is_centred else ""}</w:pPr>{_runs(document, cell)}</w:p></w:tc>'
        for cell, width, is_centred in zip(cells, widths, centred, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{made}</w:tr>"


# A date, a code or a rate that stands alone, not a piece of an address.
_TOKEN = re.compile(rf"(?<![!-~])[!-~]{{1,{LONGEST_TOKEN}}}(?![!-~])")
_CENTRE = '<w:jc w:val="center"/>'


def _runs(document: Document, cell: Cell) -> str:
    if isinstance(cell, Link):
        return _link(cell, _relation(document.part, cell))
    lines = [f'<w:t xml:space="preserve">{escape(clean(line))}</w:t>' for line in cell.split("\n")]
    return f"<w:r>{'<w:br/>'.join(lines)}</w:r>" if cell else ""


def _link(link: Link, relation: str, style: str = type_styles.LINK) -> str:
    look = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return (
        f'<w:hyperlink r:id="{relation}" w:history="1"><w:r>{look}'
        f'<w:t xml:space="preserve">{escape(clean(link.text))}</w:t></w:r></w:hyperlink>'
    )


def _relation(part: Any, link: Link) -> str:
    relation: str = part.relate_to(link.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    return relation


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], across: int, size: float) -> list[int]:
    """The columns' widths: as planned, or as the text wants them where that saves a tenth of the table's height.

    None is so narrow that a date, a code or a rate would be broken.
    """
    least = [0] * len(columns)
    for row in rows:
        for place, cell in enumerate(row):
            for token in _TOKEN.findall(_text(cell)):
                least[place] = max(least[place], round(len(token) * size * 10.4) + MARGINS)
    total = sum(column.width for column in columns)
    planned = _fitted([column.width * across / total for column in columns], least, across)
    if any(not any(_text(row[place]) for row in rows) for place in range(len(columns))):
        return planned  # a form: what is to be filled in by hand needs the room that was planned for it
    sample = rows[:: max(1, len(rows) // SAMPLE)]
    wanted = [sorted(text_width(_text(row[place])) for row in sample) for place in range(len(columns))]
    longest = [texts[len(texts) * 4 // 5] if texts else 0 for texts in wanted]
    shares = [  # half-way between the plan and the text
        (width * text) ** 0.5 if text else width / across**0.5 for width, text in zip(planned, longest, strict=True)
    ]
    shares = [share * across / sum(shares) for share in shares]
    evened = _fitted(shares, least, across)
    return evened if _height(sample, evened, size) < 0.9 * _height(sample, planned, size) else planned


def _fitted(widths: Sequence[float], least: Sequence[int], across: int) -> list[int]:
    """The widths, what is too narrow widened at the others' cost."""
    short = sum(max(0, need - width) for need, width in zip(least, widths, strict=True))
    spare = sum(max(0, width - need) for need, width in zip(least, widths, strict=True))
    share = min(1.0, short / spare) if spare else 0.0
    fitted = [max(need, width - (width - need) * share) for need, width in zip(least, widths, strict=True)]
    return [round(each * across / sum(fitted)) for each in fitted]


def _height(rows: Sequence[Sequence[Cell]], widths: Sequence[int], size: float) -> int:
    """Of a table, in lines."""
    return sum(max(_lines(cell, width, size) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Link) else cell


def _lines(cell: Cell, width: int, size: float) -> int:
    """About how many lines a cell takes."""
    room = max(1.0, (width - MARGINS) / (size * 20))
    return sum(1 + int(text_width(line) / room) for line in _text(cell).split("\n"))
