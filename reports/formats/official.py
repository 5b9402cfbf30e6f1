"""The pages of an official document (GB/T 9704-2012) in python-docx: paper, sections, page numbers, the file itself.

It knows no bulletin and no type (`type_styles`).
"""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy
from datetime import datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm

from reports.formats import type_styles
from reports.formats.ooxml import element, put

TEXT_WIDTH = 156  # millimetres
NUMBER_GAP, NUMBER_HEIGHT = 7, 5  # millimetres from the text area down to the page number, and its own


def new_document(title: str, author: str, created: datetime) -> Document:
    """An empty official document: A4, 156 by 225 mm of text, 22 lines of 28 characters, page numbers."""
    document = docx.Document()
    _properties(document, title, author, created)
    _settings(document)
    _upright(document.sections[0])
    put(document.sections[0]._sectPr, element("docGrid", type="lines", linePitch=type_styles.LINE))
    type_styles.set_normal(document)
    type_styles.define(document)
    type_styles.name_substitutes(document)
    _page_numbers(document)
    return document


def page_of(document: Document) -> tuple[Any, ...]:
    """Size and margins of the document's last section, to come back to."""
    section = document.sections[-1]._sectPr
    return tuple(
        deepcopy(section.find(qn(name))) for name in ("w:pgSz", "w:pgMar") if section.find(qn(name)) is not None
    )


def text_width(section: Any) -> int:
    """Of a section, in twips."""
    margins = (section.left_margin or 0) + (section.right_margin or 0) + (section.gutter or 0)
    return round(((section.page_width or Mm(210)) - margins) / 635)


def new_page(document: Document, page: tuple[Any, ...]) -> None:
    """Begin a section with the size and margins of `page_of`; page numbers go on."""
    section = _new_section(document)
    for properties in page:
        put(section._sectPr, deepcopy(properties))


def turn_page(document: Document) -> None:
    """Begin a section across, for tables wider than an upright page; page numbers go on."""
    _turned(_new_section(document))


def _new_section(document: Document) -> Any:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    for name in ("w:pgNumType", "w:titlePg"):  # they would begin again with each annex
        for copied in section._sectPr.findall(qn(name)):
            section._sectPr.remove(copied)
    return section


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


def _properties(document: Document, title: str, author: str, created: datetime) -> None:
    core = document.core_properties
    core.title, core.author, core.comments, core.language = title, author, "", "zh-CN"
    core.last_modified_by = author
    core.created = core.modified = created.replace(tzinfo=None)


def _settings(document: Document) -> None:
    """What Word's own files say today: without it, Word opens the document in a compatibility mode."""
    settings = document.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for zoom in settings.iter(qn("w:zoom")):
        zoom.set(qn("w:percent"), "100")  # the schema requires it
    document.settings.odd_and_even_pages_header_footer = True


def _upright(section: Any) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance = Mm(15)
    section.footer_distance = Mm(35 - NUMBER_GAP - NUMBER_HEIGHT)


def _turned(section: Any) -> None:
    """The sheet turned for wide tables: bound at the top. Its margins at the sides are narrower than the standard's
    37 and 35 mm would be, as annex 1 has nineteen columns."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(22), Mm(22)
    section.header_distance = Mm(15)
    section.footer_distance = Mm(26 - NUMBER_GAP - NUMBER_HEIGHT)


def _page_numbers(document: Document) -> None:
    """— 1 —, on the right of odd and the left of even pages, one character from the edge (7.5)."""
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles[type_styles.PAGE_NUMBER]
        put(paragraph._p.get_or_add_pPr(), element("jc", val=side))
        paragraph.add_run("— ")
        _add_field(paragraph, "PAGE")
        paragraph.add_run(" —")


def _add_field(paragraph: Any, code: str) -> None:
    """A field that Word computes; each of its parts in a run of its own, as Word writes them."""
    for kind in ("begin", None, "separate", "1", "end"):
        run = paragraph.add_run()
        if kind is None:
            instruction = element("instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            run._r.append(instruction)
        elif kind == "1":
            run.text = kind
        else:
            run._r.append(element("fldChar", fldCharType=kind))
