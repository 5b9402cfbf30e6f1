"""The blocks of a bulletin (`reports.blocks`) as paragraphs, tables and pictures of a Word file. It writes no word itself."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence

from docx.document import Document
from docx.shared import Mm, Twips
from docx.text.paragraph import Paragraph as WordParagraph

from reports.blocks import Annex, Block, Heading, Item, Link, Paragraph, Picture, Table
from reports.formats import official, ruled, type_styles
from reports.formats.ooxml import element, put
from reports.text import clean

TALLEST = {False: 170, True: 118}  # millimetres of a picture on an upright and on a turned page, its caption below it
_LONG_LATIN = re.compile("[!-~]{18,}")


class Flow:
    """Writes blocks at the end of a document.

    Args:
        pictures: Pictures by name, as PNG files; one that is missing is left out with its caption.
    """

    def __init__(self, document: Document, pictures: Mapping[str, bytes]) -> None:
        self.document = document
        self._pictures = pictures
        self._landscape = False
        self._upright = official.page_of(document)
        self._bookmarks = 0
        self._styles: dict[str, str] = {}

    def paragraph(self, text: str, style: str) -> WordParagraph:
        """A paragraph in the style of that name. Its id is kept: python-docx searches all styles for each paragraph."""
        if style not in self._styles:
            self._styles[style] = self.document.styles[style].style_id
        made = self.document.add_paragraph(clean(text))
        made._p.style = self._styles[style]
        return made

    @property
    def width(self) -> int:
        """Of the text, in twips."""
        return official.text_width(self.document.sections[-1])

    def add(self, blocks: Iterable[Block]) -> None:
        """Write them in order."""
        for block in blocks:
            match block:
                case Heading():
                    self._heading(block)
                case Paragraph():
                    self._ragged(self.paragraph(block.text, type_styles.BODY))
                case Item():
                    self._item(block)
                case Table():
                    self._table(block)
                case Picture():
                    self._picture(block)

    def keep_last(self) -> None:
        """Keep the last paragraph with what follows: no page has a signature and no text (7.3.5.5)."""
        last = self.document.element.body[-2:-1]
        if last and last[0].tag == type_styles.PARAGRAPH:
            put(last[0].get_or_add_pPr(), element("keepNext"))

    def add_annexes(self, annexes: Sequence[Annex], *, more: bool = False) -> None:
        """The annexes, each in a section of its own: its mark in the first line, its title below (7.3.7).

        Args:
            more: Something follows them, on an upright page.
        """
        for annex in annexes:
            self._landscape = annex.landscape
            self._new_section()
            label = self.paragraph(annex.label, type_styles.ANNEX_LABEL)
            self._bookmark(label, f"annex_{annex.name}")
            self.paragraph(annex.title, type_styles.ANNEX_TITLE)
            self.add(annex.blocks)
        if more and self._landscape:
            self._landscape = False
            self._new_section()

    def _new_section(self) -> None:
        if self._landscape:
            official.turn_page(self.document)
        else:
            official.new_page(self.document, self._upright)

    def _heading(self, heading: Heading) -> None:
        paragraph = self.paragraph(heading.full, f"{type_styles.HEADING} {min(max(heading.level, 1), 3)}")
        if heading.anchor:
            self._bookmark(paragraph, heading.anchor)

    def _item(self, item: Item) -> None:
        paragraph = self.paragraph(item.number, type_styles.BODY)
        if item.lead and item.url:
            ruled.add_link(paragraph, Link(item.lead, item.url))
        elif item.lead:
            paragraph.add_run(clean(item.lead))
        paragraph.add_run(clean(item.text))
        self._ragged(paragraph)

    def _ragged(self, paragraph: WordParagraph) -> None:
        """Not justified where an address stands: as it breaks, it would leave gaps in the line before it."""
        if _LONG_LATIN.search(paragraph.text):
            put(paragraph._p.get_or_add_pPr(), element("jc", val="left"))

    def _table(self, table: Table) -> None:
        if table.caption:
            caption = self.paragraph(table.caption, type_styles.CAPTION)
            put(caption._p.get_or_add_pPr(), element("keepNext"))
        ruled.add_table(
            self.document, table.columns, table.rows, width=self.width, totals=table.totals, fine=table.fine
        )
        gap = self.paragraph("", type_styles.CELL)  # two tables in a row would become one
        put(gap._p.get_or_add_pPr(), element("spacing", before=0, after=0, line=160, lineRule="exact"))

    def _picture(self, picture: Picture) -> None:
        png = self._pictures.get(picture.name)
        if png is None:
            return
        paragraph = self.paragraph("", type_styles.PICTURE)
        shape = paragraph.add_run().add_picture(io.BytesIO(png))
        scale = min(Twips(self.width) / shape.width, Mm(TALLEST[self._landscape]) / shape.height)
        shape.width, shape.height = round(shape.width * scale), round(shape.height * scale)
        for side in "TBLR":
            shape._inline.set(f"dist{side}", "0")  # LibreOffice takes three millimetres for nothing said
        shape._inline.docPr.set("descr", clean(picture.alt))
        shape._inline.docPr.set("name", picture.name)
        self.paragraph(picture.caption, type_styles.CAPTION)

    def _bookmark(self, paragraph: WordParagraph, name: str) -> None:
        """A name to link to, around the paragraph's text."""
        start = element("bookmarkStart", id=self._bookmarks, name=bookmark_name(name))
        end = element("bookmarkEnd", id=self._bookmarks)
        self._bookmarks += 1
        first = paragraph._p.find(type_styles.RUN)
        if first is None:
            paragraph._p.append(start)
        else:
            first.addprevious(start)
        paragraph._p.append(end)


def bookmark_name(name: str) -> str:
    """A name as Word allows it: letters, digits and underlines, forty at most, a letter first."""
    kept = "".join(c if c.isalnum() or c == "_" else "_" for c in name)
    return (kept if kept[:1].isalpha() else f"b_{kept}")[:40]
