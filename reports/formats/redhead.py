"""The parts that make a document official (GB/T 9704-2012, 7.2 to 7.4): red head and title, signature and date, 版记."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.shared import Pt, Twips
from docx.text.paragraph import Paragraph

from reports.formats import official, type_styles
from reports.formats.ooxml import element, put
from reports.formats.type_styles import CHARACTER
from reports.imprint import Imprint
from reports.title_shape import mark_fit, shape, width
from reports.words import chinese_date, say

RED_RULE, RULE_GAP = 18, 8  # eighths of a point; points from the number's line, 4 mm from its type
THICK, THIN = 8, 6  # eighths of a point: 0.35 mm and 0.25 mm
SMALL = 280  # twips: one character of 版记, 4号


def add_head(document: Document, imprint: Imprint) -> None:
    """发文机关标志, 发文字号 and the red rule."""
    size, scale = mark_fit(imprint.mark)
    last = mark = document.add_paragraph(imprint.mark, style=type_styles.MARK)
    mark.runs[0].font.size = Pt(size)
    if scale < 100:
        put(mark.runs[0]._r.get_or_add_rPr(), element("w", val=scale))
    if imprint.number:
        last = document.add_paragraph(imprint.number, style=type_styles.NUMBER)
    add_rule(last)


def add_title(document: Document, words: tuple[str, ...]) -> None:
    """The title, broken between words in a good shape."""
    title = document.add_paragraph(style=type_styles.TITLE)
    for place, line in enumerate(shape(words)):
        if place:
            title.add_run().add_break()
        title.add_run(line)


def add_annex_note(document: Document, lines: tuple[str, ...]) -> None:
    """附件说明: one line below the text, names under each other, nothing at their ends (7.3.4)."""
    for place, line in enumerate(lines):
        number, dot, _ = line.partition(".")
        hang = round(width(number + dot) * CHARACTER) if dot and number.isdecimal() else 0
        paragraph = document.add_paragraph(style=type_styles.ANNEX_NOTE)
        paragraph.add_run((say("docx.annexes") if place == 0 else "") + line)
        layout = paragraph.paragraph_format
        label = round(width(say("docx.annexes")) * CHARACTER)
        layout.left_indent = Twips(2 * CHARACTER + label + hang)
        layout.first_line_indent = Twips(-hang - (label if place == 0 else 0))
        if place == 0:
            layout.space_before = Twips(type_styles.LINE)


def add_signature(document: Document, imprint: Imprint) -> None:
    """署名 centred above 成文日期, whose right indent is four characters: there the seal is set (7.3.5.1)."""
    signed, dated = width(imprint.signature), width(imprint.date)
    centre = 4 + dated / 2  # characters from the right
    if imprint.signature:
        centre = max(centre, min(1 + signed / 2, 14))  # a long name stays on the line, and the date below its middle
        paragraph = document.add_paragraph(imprint.signature, style=type_styles.SIGNATURE)
        paragraph.paragraph_format.right_indent = _characters(max(0, centre - signed / 2))
    paragraph = document.add_paragraph(imprint.date, style=type_styles.DATE)
    paragraph.paragraph_format.right_indent = _characters(centre - dated / 2)
    if not imprint.signature:
        paragraph.paragraph_format.space_before = Twips(2 * type_styles.LINE)


def add_imprint(document: Document, imprint: Imprint) -> None:
    """版记: 抄送, 印发机关 and date (7.4)."""
    copies = say("imprint.copies", copies="，".join(imprint.copies)) if imprint.copies else ""
    printed = say("imprint.printed", date=chinese_date(imprint.printed_on or imprint.day))
    add_foot(document, copies, imprint.printer, printed, printed_width=width(printed))


def add_foot(document: Document, copies: str, printer: str, printed: str, *, printed_width: float) -> None:
    """版记 at the foot of the page on which the document ends, between rules.

    It is a table bound to the last paragraph, so it moves on when the office adds a line. Whether that page is an even
    one, as paper printed on both sides wants it, is known only after printing: no empty page is forced.

    Args:
        copies: 抄送, the whole line; empty: none.
        printed_width: How wide `printed` is, in characters.
    """
    across, right = _text_width(), round((printed_width + 3) * SMALL)
    table = document.add_table(rows=0, cols=2)
    _bind_to_foot(table._tbl.tblPr)
    for column, each in zip(table.columns, (across - right, right), strict=True):
        column.width = Twips(each)
    if copies:
        cells = table.add_row().cells
        paragraph = _foot_cell(cells[0].merge(cells[1]), copies)
        paragraph.paragraph_format.left_indent = Twips(4 * SMALL)  # names stay clear of 抄送：
        paragraph.paragraph_format.first_line_indent = Twips(-3 * SMALL)
    cells = table.add_row().cells
    _foot_cell(cells[0], printer).paragraph_format.right_indent = Twips(0)
    paragraph = _foot_cell(cells[1], printed)
    paragraph.paragraph_format.left_indent = Twips(0)
    put(paragraph._p.get_or_add_pPr(), element("jc", val="right"))
    document.add_paragraph(style=type_styles.IMPRINT).paragraph_format.line_spacing = Pt(1)


def _bind_to_foot(properties: Any) -> None:
    """Bind a table to the foot of the text area. Sideways from the page's edge: else LibreOffice 7.4 lets it stand in
    the text, as it is as wide as that."""
    for child in list(properties):
        properties.remove(child)
    properties.append(
        element(
            "tblpPr", leftFromText=0, rightFromText=0, topFromText=240, bottomFromText=0, vertAnchor="margin",
            horzAnchor="page", tblpX=1587, tblpYSpec="bottom",
        )
    )  # fmt: skip
    properties.append(element("tblOverlap", val="never"))
    properties.append(element("tblW", w=_text_width(), type="dxa"))
    borders = element("tblBorders")
    for side, size in (("top", THICK), ("bottom", THICK), ("insideH", THIN)):
        borders.append(element(side, val="single", sz=size, space=0, color="000000"))
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w=0, type="dxa"))
    properties.extend((borders, element("tblLayout", type="fixed"), margins))


def _foot_cell(cell: Any, text: str) -> Paragraph:
    paragraph: Paragraph = cell.paragraphs[0]
    paragraph.style = type_styles.IMPRINT
    paragraph.add_run(text)
    return paragraph


def _text_width() -> int:
    return round(official.TEXT_WIDTH / 25.4 * 1440)


def _characters(number: float) -> Twips:
    return Twips(round(number * CHARACTER))


def add_rule(paragraph: Paragraph) -> None:
    """The red separator below a paragraph, as wide as the text."""
    borders = element("pBdr")
    borders.append(element("bottom", val="single", sz=RED_RULE, space=RULE_GAP, color=type_styles.RED))
    put(paragraph._p.get_or_add_pPr(), borders)
