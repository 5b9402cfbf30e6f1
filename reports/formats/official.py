"""The page of an official document (GB/T 9704-2012) in python-docx: paper, type, headings, page numbers.

It knows no bulletin. Fonts are named, never shipped: an office has them, and a reader without them gets a substitute.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

BODY_FONT, HEAD_FONT, SUBHEAD_FONT, TITLE_FONT = "仿宋", "黑体", "楷体", "方正小标宋简体"
LATIN_FONT = "Times New Roman"
# What to use where a font is missing, for Word's font table.
SUBSTITUTES = {BODY_FONT: "仿宋_GB2312", SUBHEAD_FONT: "楷体_GB2312", HEAD_FONT: "SimHei", TITLE_FONT: "小标宋"}
PITCH = Pt(28.95)  # 225 mm for 22 lines
RED = RGBColor(0xC0, 0x00, 0x00)
TABLE_TEXT = "表格文字"
TABLE_HEAD = "表格标题行"
FINE_TEXT = "表格小字"
NO_INDENT = "正文无缩进"
MARK = "发文机关标志"


def new_document(title: str, created: datetime) -> Document:
    """An empty document: A4, margins 37/35/28/26 mm, 16 pt body, headings on three levels, page numbers."""
    document = docx.Document()
    _properties(document, title, created)
    _page(document)
    _styles(document)
    _fonts(document)
    _page_numbers(document)
    return document


def to_bytes(document: Document, created: datetime) -> bytes:
    """The file. Its archive carries the bulletin's time, not the clock's: the same value gives the same bytes."""
    drawn = io.BytesIO()
    document.save(drawn)
    stamped = io.BytesIO()
    moment = created.timetuple()[:6]
    with zipfile.ZipFile(drawn) as source, zipfile.ZipFile(stamped, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return stamped.getvalue()


def landscape(document: Document) -> None:
    """Begin a landscape section on a new page: for tables that are wider than a page is."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(26), Mm(24)
    section.left_margin, section.right_margin = Mm(22), Mm(22)
    section.footer_distance = Mm(12)


def portrait(document: Document) -> None:
    """Go back to an upright page."""
    _upright(document.add_section(WD_SECTION.NEW_PAGE))


def add_red_rule(document: Document) -> None:
    """The red separator, as wide as the text."""
    paragraph = document.add_paragraph(style=NO_INDENT)
    paragraph.paragraph_format.line_spacing = Pt(10)
    _border(paragraph, "bottom", "C00000", 18)


def _properties(document: Document, title: str, created: datetime) -> None:
    core = document.core_properties
    core.title, core.author, core.comments, core.language = title, "", "", "zh-CN"
    core.last_modified_by = ""
    core.created = core.modified = created.replace(tzinfo=None)


def _upright(section: Any) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28 - 5)  # the number stands 7 mm below the text area


def _page(document: Document) -> None:
    section = document.sections[0]
    _upright(section)
    grid = OxmlElement("w:docGrid")
    # Lines only: with characters too, LibreOffice doubles the pitch.
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(PITCH.pt * 20)))
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)


def set_font(style: Any, east_asian: str, size: float, *, bold: bool = False) -> None:
    """Both halves of a style's font: the Latin one and the Chinese one."""
    style.font.name = LATIN_FONT
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), east_asian)


def _spacing(style: Any, pitch: Length, indent: float = 0, align: Any = WD_ALIGN_PARAGRAPH.JUSTIFY) -> None:
    layout = style.paragraph_format
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = pitch
    layout.space_before = layout.space_after = Pt(0)
    layout.first_line_indent = Pt(indent)
    layout.alignment = align


def _styles(document: Document) -> None:
    styles = document.styles
    normal = styles["Normal"]
    set_font(normal, BODY_FONT, 16)
    _spacing(normal, PITCH, 32)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(language)
    _flag(normal, "w:wordWrap", "0")  # long addresses break anywhere, not only between words
    title = styles["Title"]
    set_font(title, TITLE_FONT, 22)
    _spacing(title, Pt(34), align=WD_ALIGN_PARAGRAPH.CENTER)
    _flag(title, "w:snapToGrid", "0")
    for border in title.element.get_or_add_pPr().findall(qn("w:pBdr")):
        title.element.get_or_add_pPr().remove(border)
    for level, font in ((1, HEAD_FONT), (2, SUBHEAD_FONT), (3, BODY_FONT)):
        heading = styles[f"Heading {level}"]
        set_font(heading, font, 16, bold=level == 3)
        _spacing(heading, PITCH, 32, WD_ALIGN_PARAGRAPH.LEFT)
        heading.paragraph_format.keep_with_next = True
    for name, font, size, pitch in (
        (NO_INDENT, BODY_FONT, 16, PITCH),
        (MARK, TITLE_FONT, 44, Pt(60)),
        (TABLE_TEXT, BODY_FONT, 10.5, Pt(15)),
        (TABLE_HEAD, HEAD_FONT, 10.5, Pt(16)),
        (FINE_TEXT, BODY_FONT, 8.5, Pt(12)),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        set_font(style, font, size)
        _spacing(style, pitch, align=WD_ALIGN_PARAGRAPH.LEFT)
        _flag(style, "w:snapToGrid", "0")
    styles[MARK].font.color.rgb = RED
    styles[MARK].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    styles[TABLE_HEAD].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _flag(style: Any, name: str, value: str) -> None:
    """A paragraph property that python-docx has no name for, where the schema wants it: before the spacing."""
    properties = style.element.get_or_add_pPr()
    flag = OxmlElement(name)
    flag.set(qn("w:val"), value)
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        properties.append(flag)
    else:
        spacing.addprevious(flag)


def _fonts(document: Document) -> None:
    """Name substitutes in the font table, for a machine that lacks a font."""
    part = next(p for p in document.part.package.iter_parts() if str(p.partname).endswith("/fontTable.xml"))
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in SUBSTITUTES.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")


def _page_numbers(document: Document) -> None:
    """— 1 —, 14 pt 宋体, on the right of odd and the left of even pages, one character from the edge."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        layout = paragraph.paragraph_format
        layout.first_line_indent = Pt(0)
        layout.left_indent = layout.right_indent = Pt(14)
        for piece in ("— ", None, " —"):
            run = paragraph.add_run(piece or "")
            run.font.size = Pt(14)
            run.font.name = "宋体"
            run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
            if piece is None:
                _field(run, "PAGE")


def _field(run: Any, code: str) -> None:
    for kind, text in (("begin", None), (None, code), ("separate", None), (None, "1"), ("end", None)):
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        elif text == code:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {code} "
        else:
            element = OxmlElement("w:t")
            element.text = text or ""
        run._r.append(element)


def _border(paragraph: Paragraph, side: str, colour: str, eighths: int) -> None:
    borders = OxmlElement("w:pBdr")
    border = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "1"), ("color", colour)):
        border.set(qn(f"w:{name}"), value)
    borders.append(border)
    properties = paragraph._p.get_or_add_pPr()
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        properties.append(borders)
    else:
        spacing.addprevious(borders)
