"""The type of an official document (GB/T 9704-2012, 5.2 and 7) as Word styles, and what to use where a font is missing.

Fonts are named as the standard wants them and never shipped: an office has them, another reader gets a substitute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import RGBColor

from reports.formats.ooxml import element, put

FANGSONG, HEITI, KAITI, BIAOSONG, SONGTI = "仿宋", "黑体", "楷体", "方正小标宋简体", "宋体"
LATIN = "Times New Roman"
# For Word's font table: what stands in for a font that a machine lacks, best first; free ones last.
SUBSTITUTES = {
    FANGSONG: "仿宋_GB2312,FangSong,STFangsong,FandolFang R,Noto Serif CJK SC",
    KAITI: "楷体_GB2312,KaiTi,STKaiti,LXGW WenKai,Noto Serif CJK SC",
    HEITI: "SimHei,STHeiti,Noto Sans CJK SC",
    BIAOSONG: "方正小标宋_GBK,小标宋,STZhongsong,Noto Serif CJK SC",
    SONGTI: "SimSun,STSong,Noto Serif CJK SC",
}
RED = "C00000"
LINE = 579  # twips: 225 mm for 22 lines are 28.99 points
BODY_SIZE, SQUEEZE = 16, -5  # 3号; twentieths of a point between characters, so that 28 of them are 156 mm wide
CHARACTER = BODY_SIZE * 20  # twips: one character of indent, as offices count it
MARK_TOP = 1984  # twips: 35 mm from the upper edge of the text area to the red head

BODY, TITLE, HEADING = "公文正文", "Title", "Heading"
MARK, NUMBER, ADDRESSEE = "发文机关标志", "发文字号", "主送机关"
ANNEX_NOTE, SIGNATURE, DATE = "附件说明", "发文机关署名", "成文日期"
ANNEX_LABEL, ANNEX_TITLE = "附件标记", "附件标题"
IMPRINT, PAGE_NUMBER = "版记", "页码"
TABLE, TABLE_HEAD, CELL, TOTAL = "通报表格", "表头", "表格文字", "表格合计"
FINE_HEAD, FINE_CELL, FINE_TOTAL = "小字表头", "表格小字", "小字合计"
PICTURE, CAPTION = "图片", "表题图题"
LINK = "Hyperlink"
RUN, PARAGRAPH = qn("w:r"), qn("w:p")


@dataclass(frozen=True, kw_only=True)
class Type:
    """A paragraph style.

    Attributes:
        size: Points.
        line: Exact pitch of lines, in twips; 0: as the type needs.
        first, left, right, before, after: Twips.
        level: Its place in the outline, 0 to 8; None: running text.
    """

    font: str = FANGSONG
    size: float = BODY_SIZE
    line: int = LINE
    first: int = 0
    left: int = 0
    right: int = 0
    before: int = 0
    after: int = 0
    align: str = "both"
    level: int | None = None
    together: bool = False  # with the next paragraph
    squeeze: int = SQUEEZE
    latin: str = LATIN
    colour: str = "000000"
    base: str = "Normal"


_CELLS = {"align": "left", "squeeze": 0}
STYLES: dict[str, Type] = {
    BODY: Type(first=2 * CHARACTER),
    TITLE: Type(font=BIAOSONG, size=22, line=680, before=2 * LINE, after=LINE, align="center", squeeze=0),
    f"{HEADING} 1": Type(font=HEITI, first=2 * CHARACTER, align="left", level=0, together=True),
    f"{HEADING} 2": Type(font=KAITI, first=2 * CHARACTER, align="left", level=1, together=True),
    f"{HEADING} 3": Type(first=2 * CHARACTER, align="left", level=2, together=True),
    MARK: Type(font=BIAOSONG, size=54, line=0, before=MARK_TOP, align="center", squeeze=0, latin=BIAOSONG, colour=RED),
    NUMBER: Type(before=2 * LINE, align="center", squeeze=0),
    ADDRESSEE: Type(align="left"),
    ANNEX_NOTE: Type(align="left", together=True),
    SIGNATURE: Type(align="right", before=2 * LINE, together=True, squeeze=0),
    DATE: Type(align="right", right=4 * CHARACTER, squeeze=0),
    ANNEX_LABEL: Type(font=HEITI, align="left", latin=HEITI, together=True),
    ANNEX_TITLE: Type(
        font=BIAOSONG, size=22, line=680, before=LINE, after=LINE, align="center", level=0, together=True, squeeze=0
    ),
    IMPRINT: Type(size=14, line=480, left=280, right=280, align="left", squeeze=0),
    PAGE_NUMBER: Type(font=SONGTI, size=14, line=300, left=280, right=280, latin=SONGTI, squeeze=0),
    TABLE_HEAD: Type(font=HEITI, size=10.5, line=300, **(_CELLS | {"align": "center"})),  # type: ignore[arg-type]
    CELL: Type(size=10.5, line=300, **_CELLS),  # type: ignore[arg-type]
    FINE_CELL: Type(size=8, line=205, **_CELLS),  # type: ignore[arg-type]
    FINE_HEAD: Type(font=HEITI, size=9, line=240, **(_CELLS | {"align": "center"})),  # type: ignore[arg-type]
    FINE_TOTAL: Type(font=HEITI, size=8, line=205, **_CELLS),  # type: ignore[arg-type]
    TOTAL: Type(font=HEITI, size=10.5, line=300, **_CELLS),  # type: ignore[arg-type]
    PICTURE: Type(line=0, before=120, align="center", together=True, squeeze=0),
    CAPTION: Type(font=HEITI, size=12, line=400, before=120, after=60, align="center", squeeze=0),
}


def define(document: Document, *, keep: bool = False) -> None:
    """Define the styles.

    Args:
        keep: Leave those as they are that the document has: they are an office's own.
    """
    for name, kind in STYLES.items():
        known = name in document.styles
        if not (known and keep):
            style = document.styles[name] if known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            _define(document, style, kind)
    if TABLE not in document.styles:
        document.styles.element.append(_table_style(document))
    if LINK not in document.styles:
        link = document.styles.add_style(LINK, WD_STYLE_TYPE.CHARACTER)
        link.font.underline = True  # all text of an official document is black
        link.font.color.rgb = RGBColor(0, 0, 0)


def set_normal(document: Document) -> None:
    """The document's own default: 3号 仿宋, so that whatever an office types into it fits."""
    _define(document, document.styles["Normal"], Type(base=""))
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for language in () if defaults is None else defaults.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")


def name_substitutes(document: Document) -> None:
    """Name the substitutes in the font table, which has the document's fonts once each."""
    part = next((p for p in document.part.package.iter_parts() if str(p.partname).endswith("/fontTable.xml")), None)
    if part is None:
        return
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, others in SUBSTITUTES.items()
        if f'w:name="{name}"'.encode() not in part.blob
    )
    part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")


def set_fonts(properties: Any, east_asian: str, latin: str = LATIN) -> None:
    """All four fonts of some run properties; a theme would win over them, so it goes."""
    put(properties, element("rFonts", ascii=latin, hAnsi=latin, eastAsia=east_asian, cs=latin))


def _define(document: Document, style: Any, kind: Type) -> None:
    base = kind.base
    style.base_style = document.styles[base] if base and style.name != base else None
    style.quick_style, style.hidden = True, False
    if kind.level is not None:
        style.next_paragraph_style = document.styles[BODY]
    paragraph = style.element.get_or_add_pPr()
    runs = style.element.get_or_add_rPr()
    for properties in (paragraph, runs):
        properties.clear()
    if kind.together:
        put(paragraph, element("keepNext"))
    put(paragraph, element("wordWrap", val=0))  # long addresses break anywhere, not only between words
    for space in ("autoSpaceDE", "autoSpaceDN"):  # no gaps around digits: 2026年3月5日
        put(paragraph, element(space, val=0))
    if kind.line != LINE:
        put(paragraph, element("snapToGrid", val=0))
    pitch = {"line": kind.line, "lineRule": "exact"} if kind.line else {"line": 240, "lineRule": "auto"}
    put(paragraph, element("spacing", before=kind.before, after=kind.after, **pitch))
    put(paragraph, element("ind", left=kind.left, right=kind.right, firstLine=kind.first))
    put(paragraph, element("jc", val=kind.align))
    if kind.level is not None:
        put(paragraph, element("outlineLvl", val=kind.level))
    set_fonts(runs, kind.font, kind.latin)
    for off in ("b", "bCs", "i", "iCs"):
        put(runs, element(off, val=0))
    put(runs, element("color", val=kind.colour))
    put(runs, element("spacing", val=kind.squeeze))
    put(runs, element("kern", val=0))
    for size in ("sz", "szCs"):
        put(runs, element(size, val=round(kind.size * 2)))
    put(runs, element("lang", val="en-US", eastAsia="zh-CN"))


def _table_style(document: Document) -> Any:
    """Thin rules around all cells."""
    style = element("style", type="table", customStyle=1, styleId=TABLE)
    style.append(element("name", val=TABLE))
    style.append(element("basedOn", val="TableNormal"))
    style.append(element("uiPriority", val=59))
    table = element("tblPr")
    borders = element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(side, val="single", sz=4, space=0, color="000000"))
    margins = element("tblCellMar")
    for side, twips in (("top", 30), ("left", 57), ("bottom", 30), ("right", 57)):
        margins.append(element(side, w=twips, type="dxa"))
    table.extend((element("tblInd", w=0, type="dxa"), borders, margins))
    style.append(table)
    if not any(s.style_id == "TableNormal" for s in document.styles):
        style.remove(style[1])
    return style
