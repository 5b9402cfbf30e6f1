"""The text of a published file: doc, docx, pdf, xls, xlsx, rtf, txt. What it is, its first bytes say, not its name.

What cannot be read is said, never guessed: a scanned page has no text here, and nothing follows from that. Size and
time are bounded, since anybody can put a file on a website that unpacks to a terabyte.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes

import olefile
from bs4 import BeautifulSoup
from lxml import etree
from striprtf.striprtf import rtf_to_text

from crawlers.encoding import decode, is_garbled, looks_binary
from crawlers.readers.page import lines_of
from crawlers.word97 import Unreadable, read_word97

MOST_BYTES = 20 * 1024 * 1024  # of the file
MOST_UNPACKED = 60 * 1024 * 1024  # of the parts of an Office file that hold text
MOST_CHARACTERS = 2_000_000
MOST_PAGES = 500
MOST_SECONDS = 20.0  # for a PDF, checked between its pages
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_PARTS = re.compile(r"word/(?:document\d*|header\d+|footer\d+|footnotes|endnotes|comments)\.xml")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT_NAMES = re.compile(r"(?:^|[./])(?:txt|text|csv|plain)(?:$|[;\s])", re.I)
_FEWEST_PER_PAGE = 8  # a page number and a stamp are no text


@dataclass(frozen=True)
class DocumentText:
    """What a file says.

    Attributes:
        text: Lines; cells of a table separated by tabs. None: not read.
        why: Why there is no text, or what part of it was not read; in Chinese, for the office.
    """

    text: str | None
    why: str | None = None

    @property
    def is_whole(self) -> bool:
        """All of it was read: only then may anything be concluded from what does not stand there."""
        return self.text is not None and self.why is None


def read_document(body: bytes, name_or_type: str = "") -> DocumentText:
    """Read a file. Never raises: what cannot be read is an answer.

    Args:
        body: The whole file.
        name_or_type: Its name, URL path or Content-Type; only tells plain text from files of unknown kind.
    """
    if not body.strip():
        return DocumentText(None, "空文件")
    if len(body) > MOST_BYTES:
        return DocumentText(None, f"文件超过 {MOST_BYTES // 1024**2} MB，未读")
    reader = _reader(body, name_or_type)
    if reader is None:
        return DocumentText(None, "不是可读取文字的文件格式（图片、压缩包等）")
    try:
        text, why = reader(body)
    except Unreadable as error:
        return DocumentText(None, str(error))
    except Exception:  # libraries meet damaged files with exceptions of every type
        return DocumentText(None, "文件已损坏，无法读取")
    text = "\n".join(line for raw in text.splitlines() if (line := raw.rstrip()))
    if not text:
        return DocumentText(None, why or "文件中没有文字（可能只有图片）")
    if is_garbled(text):
        return DocumentText(None, "文字编码无法识别（如 PDF 字体未附文字对照表）")
    if len(text) > MOST_CHARACTERS:
        return DocumentText(text[:MOST_CHARACTERS], f"只读了前 {MOST_CHARACTERS} 字")
    return DocumentText(text, why)


_Reader = Callable[[bytes], tuple[str, str | None]]


def _reader(body: bytes, name_or_type: str) -> _Reader | None:
    head = body[:1024].lstrip()
    if head.startswith(_OLE):
        return _ole
    if head.startswith(b"PK"):
        return _zip
    if b"%PDF-" in body[:1024]:
        return _pdf
    if head.startswith(b"{\\rtf"):
        return _rtf
    if looks_binary(body):
        return None
    lowered = head[:512].lower()
    if b"mime-version:" in lowered:
        return _mhtml
    if b"<html" in lowered or b"<!doctype html" in lowered or b"<body" in lowered:
        return _html  # Word's "save as web page" under the name of a .doc
    known = _TEXT_NAMES.search(name_or_type) or not re.search(r"\.\w{2,5}$", name_or_type)
    return _text if known or body[:200].isascii() is False else None


# --- one reader for each kind ---


def _ole(body: bytes) -> tuple[str, str | None]:
    with olefile.OleFileIO(io.BytesIO(body)) as container:
        if container.exists("Workbook") or container.exists("Book"):
            return _sheets(body)
    return read_word97(body), None


def _zip(body: bytes) -> tuple[str, str | None]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = archive.namelist()
        parts = [name for name in names if _WORD_PARTS.fullmatch(name)]
        texts = [i.file_size for i in archive.infolist() if i.filename.endswith((".xml", ".bin"))]
        if sum(texts) > MOST_UNPACKED:
            raise Unreadable(f"展开后超过 {MOST_UNPACKED // 1024**2} MB，未读")
        if parts:
            parts.sort(key=lambda name: (not name.startswith("word/document"), name))
            return "\n".join("".join(_word_text(archive.read(name))) for name in parts), None
        if any(name.startswith("xl/") for name in names):
            return _sheets(body)
    raise Unreadable("压缩包，未读")


def _word_text(xml: bytes) -> Iterator[str]:
    """Of one part of a docx. Deleted text (`w:delText`) and the second copy of text boxes are left out."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    for event, node in etree.iterwalk(etree.fromstring(xml, parser), events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        name = node.tag.removeprefix(_WORD)
        if event == "start":
            if name == "t" and node.text and next(node.iterancestors(_FALLBACK), None) is None:
                yield node.text
            elif name in ("tab", "br", "cr") and node.getparent().tag == f"{_WORD}r":
                yield "\t" if name == "tab" else "\n"
        elif name == "p":
            yield "" if node.getparent().tag == f"{_WORD}tc" and node.getnext() is None else "\n"
        elif name in ("tc", "tr"):
            yield "\t" if name == "tc" else "\n"


def _sheets(body: bytes) -> tuple[str, str | None]:
    from python_calamine import (
        CalamineWorkbook,
        PasswordError,
    )  # as pypdf below: few sites need it, and each night starts

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    except PasswordError:
        raise Unreadable("文件已加密") from None
    lines: list[str] = []
    length = 0
    for name in book.sheet_names:
        lines.append(name)
        for row in book.get_sheet_by_name(name).iter_rows():
            line = "\t".join(_cell(value) for value in row).rstrip("\t")
            length += len(line)
            lines.append(line)
            if length > MOST_CHARACTERS:
                return "\n".join(lines), f"只读了前 {MOST_CHARACTERS} 字"
    return "\n".join(lines), None


def _cell(value: object) -> str:
    """A whole number without its `.0`: else an account number is not known for one."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return re.sub(r"\s*\n\s*", " ", str(value))


def _pdf(body: bytes) -> tuple[str, str | None]:
    """Page by page until time is up. pypdf knows the Chinese encodings of PDF and keeps a table's row on one line."""
    import pypdf
    from pypdf.errors import PyPdfError

    until = time.monotonic() + MOST_SECONDS
    try:
        reader = pypdf.PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("文件已加密")
        pages = len(reader.pages)
        texts: list[str] = []
        for number in range(min(pages, MOST_PAGES)):
            texts.append(reader.pages[number].extract_text())
            if time.monotonic() > until:
                break
    except PyPdfError as error:
        raise Unreadable("PDF 已损坏，无法读取") from error
    bare = [n for n, text in enumerate(texts, start=1) if len("".join(text.split())) < _FEWEST_PER_PAGE]
    if len(bare) == len(texts):
        return "", "扫描件或图片，没有文字，未读"
    if len(texts) < pages:
        return "\n".join(texts), f"共 {pages} 页，只读了前 {len(texts)} 页"
    if bare:
        listed = "、".join(map(str, bare[:5]))
        return "\n".join(texts), f"第 {listed} {'等' if len(bare) > 5 else ''}页是扫描件或图片，未读"
    return "\n".join(texts), None


def _rtf(body: bytes) -> tuple[str, str | None]:
    text: str = rtf_to_text(body.decode("latin-1"), encoding="gb18030", errors="replace")  # type: ignore[no-untyped-call]
    return text, None


def _mhtml(body: bytes) -> tuple[str, str | None]:
    for part in message_from_bytes(body).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return _html(content)
    raise Unreadable("网页文件中没有正文")


def _html(body: bytes) -> tuple[str, str | None]:
    soup = BeautifulSoup(decode(body)[0], "lxml")
    for hidden in soup(["script", "style", "title"]):
        hidden.extract()
    return "\n".join(lines_of(soup)), None


def _text(body: bytes) -> tuple[str, str | None]:
    return decode(body)[0], None
