"""An office's own red-head template (.docx): fields in double braces, and places for the text and the annexes.

docxtpl fills in the fields, also where Word has torn a field into pieces; the text is written by the same `Flow` as
without a template and then moved to its place. docs/template.md is for those who make one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2 import TemplateError as JinjaError
from jinja2.sandbox import SandboxedEnvironment

from reports.blocks import Skeleton
from reports.formats import redhead, type_styles
from reports.formats.flow import Flow
from reports.imprint import Imprint
from reports.title_shape import shape
from reports.words import chinese_date

# The places at which blocks are set; each stands alone in a paragraph. The first must be there.
TEXT, NOTE, SIGNATURE, ANNEXES = PLACES = ("正文", "附件说明", "落款", "附件")
FIELDS: dict[str, Callable[[Skeleton, Imprint], str]] = {
    "发文机关标志": lambda paper, imprint: imprint.mark,
    "发文机关": lambda paper, imprint: imprint.body,
    "发文字号": lambda paper, imprint: imprint.number or "",
    "年份": lambda paper, imprint: str(imprint.day.year),
    "期号": lambda paper, imprint: "" if imprint.serial is None else str(imprint.serial),
    "标题": lambda paper, imprint: "\n".join(shape(paper.title)),
    "主送机关": lambda paper, imprint: paper.addressee,
    "署名": lambda paper, imprint: imprint.signature,
    "成文日期": lambda paper, imprint: imprint.date,
    "抄送": lambda paper, imprint: "，".join(imprint.copies),
    "印发机关": lambda paper, imprint: imprint.printer,
    "印发日期": lambda paper, imprint: chinese_date(imprint.printed_on or imprint.day),
    "联系方式": lambda paper, imprint: imprint.contact,
}
NAMES = (*FIELDS, *PLACES)


class OfficeTemplateError(Exception):
    """A template that cannot be used: one line with file, field, and what was expected (Chinese; English)."""

    def __init__(self, file: Path, zh: str, en: str) -> None:
        self.zh, self.en = f"{file}: {zh}", f"{file}: {en}"
        super().__init__(self.zh)


@dataclass(frozen=True)
class OfficeTemplate:
    """A template that was read and found to be usable."""

    file: Path
    content: bytes

    @classmethod
    def read(cls, file: Path) -> OfficeTemplate:
        """Read a template and look at its fields, before anything is composed or written.

        Raises:
            OfficeTemplateError: Unreadable, no .docx, a field is unknown or wrongly written, or there is no 正文.
        """
        try:
            template = cls(file, file.read_bytes())
        except OSError as error:
            reason = error.strerror or str(error)
            raise OfficeTemplateError(file, f"无法读取：{reason}", f"cannot be read: {reason}") from error
        names = template._fields()
        for name in sorted(names - set(NAMES)):
            raise OfficeTemplateError(
                file,
                f"{{{{ {name} }}}}: 没有这个字段；可用的字段：{'、'.join(NAMES)}",
                f"{{{{ {name} }}}}: no such field; there are {', '.join(NAMES)}",
            )
        if TEXT not in names:
            raise OfficeTemplateError(file, f"缺少字段 {{{{ {TEXT} }}}}", f"the field {{{{ {TEXT} }}}} is missing")
        template._rendered(dict.fromkeys(FIELDS, "—"))
        return template

    def fill(self, paper: Skeleton, imprint: Imprint, pictures: Mapping[str, bytes]) -> Document:
        """The document.

        Raises:
            OfficeTemplateError: A place does not stand alone in a paragraph, or a field cannot be filled in.
        """
        document = self._rendered({name: value(paper, imprint) for name, value in FIELDS.items()})
        type_styles.define(document, keep=True)
        type_styles.name_substitutes(document)
        document.core_properties.title = "".join(paper.title)
        flow = Flow(document, pictures)
        self._set(document, TEXT, lambda: _add_text(flow, paper))
        self._set(document, NOTE, lambda: redhead.add_annex_note(document, paper.annex_lines))
        self._set(document, SIGNATURE, lambda: redhead.add_signature(document, imprint))
        place = self._place(document, ANNEXES)
        if place is None:
            flow.add_annexes(paper.annexes)
        else:
            more = _has_more(place)
            self._set(document, ANNEXES, lambda: flow.add_annexes(paper.annexes, more=more))
        return document

    def _fields(self) -> set[str]:
        try:
            template = DocxTemplate(io.BytesIO(self.content))
            return set(template.get_undeclared_template_variables(_environment()))
        except (BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
            raise OfficeTemplateError(self.file, "不是 Word 文档（.docx）", "not a Word document (.docx)") from error
        except JinjaError as error:
            raise self._unfit(error) from error

    def _rendered(self, values: Mapping[str, str]) -> Document:
        """The template with its fields filled in and its places marked."""
        template = DocxTemplate(io.BytesIO(self.content))
        try:
            template.render({**values, **{name: _mark(name) for name in PLACES}}, _environment(), autoescape=True)
        except (JinjaError, ArithmeticError, TypeError, ValueError) as error:
            raise self._unfit(error) from error
        document: Document = template.docx  # get_docx() would read the template again
        self._must_be_whole(document)
        return document

    def _unfit(self, error: Exception) -> OfficeTemplateError:
        return OfficeTemplateError(self.file, f"字段写法有误：{error}", f"a field is wrongly written: {error}")

    def _must_be_whole(self, document: Document) -> None:
        """Every place once, alone in a paragraph of the running text; no field outside a paragraph."""
        body = document.element.body
        for name in PLACES:
            times = sum((node.text or "").count(_mark(name)) for node in body.iter(qn("w:t")))
            times += sum(_mark(name).encode() in part.blob for part in _edges(document))
            if times > 1 or (times == 1 and self._place(document, name) is None):
                raise OfficeTemplateError(
                    self.file,
                    f"{{{{ {name} }}}}: 只能出现一次，须在正文中单独成段（不在表格、文本框或其他文字之中）",
                    f"{{{{ {name} }}}}: must stand once, alone in a paragraph of the text (in no table, box or other words)",
                )
        place = self._place(document, ANNEXES)
        if place is not None and any(node.find(_SECTION) is not None for node in place.itersiblings()):
            raise OfficeTemplateError(
                self.file,
                f"{{{{ {ANNEXES} }}}}: 须在最后一节（其后不能再有分节符）",
                f"{{{{ {ANNEXES} }}}}: must stand in the last section (no section break after it)",
            )
        if any(_is_stray(node) for node in body.iter(*_STRUCTURE)) or _mark(TEXT) not in "".join(
            p.text for p in document.paragraphs
        ):
            raise OfficeTemplateError(
                self.file,
                "字段须写成 {{ 字段 }}，不用 {{p }}、{{r }}",
                "fields are written {{ name }}, without {{p }} or {{r }}",
            )

    def _place(self, document: Document, name: str) -> Any:
        """The paragraph that holds a place; None if there is none such."""
        return next((p._p for p in document.paragraphs if p.text.strip() == _mark(name)), None)

    def _set(self, document: Document, name: str, write: Callable[[], object]) -> None:
        """Write at the end of the document, and move what was written to its place."""
        place = self._place(document, name)
        if place is None:
            return
        last = place.getparent()[-2]
        write()
        while (made := last.getnext()) is not None and made.tag != qn("w:sectPr"):
            place.addprevious(made)
        place.getparent().remove(place)


_STRUCTURE = tuple(qn(name) for name in ("w:body", "w:tbl", "w:tr", "w:tc"))  # none holds text itself
_SECTION = f"{qn('w:pPr')}/{qn('w:sectPr')}"


def _add_text(flow: Flow, paper: Skeleton) -> None:
    flow.add(paper.body)
    flow.keep_last()


def _is_stray(node: Any) -> bool:
    """Text stands beside paragraphs, where Word allows none."""
    return any((text or "").strip() for text in (node.text, *(child.tail for child in node)))


def _edges(document: Document) -> list[Any]:
    """The parts of headers and footers."""
    kinds = ("/header", "/footer")
    return [part for part in document.part.package.iter_parts() if any(kind in str(part.partname) for kind in kinds)]


def _has_more(place: Any) -> bool:
    """Something stands after the annexes: the lines of 版记."""
    following = [node for node in place.itersiblings() if node.tag != qn("w:sectPr")]
    return any(node.tag == qn("w:tbl") or "".join(node.itertext()).strip() for node in following)


def _mark(name: str) -> str:
    """What holds a place while the fields are filled in; nobody types these characters."""
    return f"\ue000{name}\ue001"


def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(undefined=StrictUndefined)
