"""The text of a Word 97–2007 document (.doc, also WPS's .wps): the piece table of the format's public description.

No library that is kept up reads these pieces; `olefile` opens the container, the rest is the 60 lines below ([MS-DOC]
2.4.1, Retrieving Text). Layout, revisions and pictures are not looked at.
"""

from __future__ import annotations

import io
import re
import struct

import olefile

_MARK = 0xA5EC
_FLAGS, _TEXT_LENGTH, _CLX = 0x0A, 0x4C, 0x01A2  # offsets in the file information block
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_FIRST_VERSION = 0x00C1  # Word 97
_COMPRESSED = 1 << 30
_FIELD_CODE = re.compile(r"\x13[^\x13\x14\x15]*\x14?")  # HYPERLINK "…", PAGE: between the marks 13 and 14
_BREAKS = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\xa0": " "})
_MARKS = re.compile(r"[\x00-\x08\x0e-\x1f]")  # pictures, footnotes, ends of fields


class Unreadable(Exception):
    """The document's text cannot be had: one sentence for the office."""


def read_word97(body: bytes) -> str:
    """The whole text, paragraphs as lines, cells of a table separated by tabs.

    Footnotes, headers and text boxes follow the main text, as the file keeps them.

    Raises:
        Unreadable: Locked, older than Word 97, or damaged.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(body)) as container:
            if container.exists("EncryptedPackage"):
                raise Unreadable("文件已加密")
            if not container.exists("WordDocument"):
                raise Unreadable("不是 Word 文档")
            main = container.openstream("WordDocument").read()
            flags = _number("<H", main, _FLAGS)
            if _number("<H", main, 0) != _MARK or _number("<H", main, 2) < _FIRST_VERSION:
                raise Unreadable("Word 97 以前的格式，无法读取")
            if flags & _ENCRYPTED:
                raise Unreadable("文件已加密")
            table = container.openstream("1Table" if flags & _TABLE_1 else "0Table").read()
        return _plain("".join(_pieces(main, table)))
    except Unreadable:
        raise
    except Exception as error:  # olefile and struct meet a damaged file with exceptions of many types
        raise Unreadable("文件已损坏") from error


def _pieces(main: bytes, table: bytes) -> list[str]:
    """The pieces of text in the document's order; the newest edits stand at the file's end, not in place."""
    start, length = struct.unpack_from("<II", main, _CLX)
    clx = table[start : start + length]
    place = 0
    while place < len(clx) and clx[place] == 1:  # formatting that pieces refer to
        place += 3 + _number("<H", clx, place + 1)
    if not length or place >= len(clx) or clx[place] != 2:
        raise Unreadable("文件已损坏")
    size = _number("<I", clx, place + 1)
    pieces = clx[place + 5 : place + 5 + size]
    count = (size - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", pieces)
    found = []
    for index in range(count):
        fc = _number("<I", pieces, 4 * (count + 1) + 8 * index + 2)
        characters = bounds[index + 1] - bounds[index]
        if fc & _COMPRESSED:
            at = (fc & ~_COMPRESSED) // 2
            found.append(main[at : at + characters].decode("cp1252", "replace"))
        else:
            found.append(main[fc : fc + 2 * characters].decode("utf-16-le", "replace"))
    return found


def _plain(text: str) -> str:
    while _FIELD_CODE.search(text):  # fields nest
        text = _FIELD_CODE.sub("", text)
    text = text.replace("\x07\x07", "\n").replace("\x07", "\t")  # end of a row, of a cell
    return _MARKS.sub("", text.translate(_BREAKS))


def _number(form: str, data: bytes, at: int) -> int:
    value: int = struct.unpack_from(form, data, at)[0]
    return value
