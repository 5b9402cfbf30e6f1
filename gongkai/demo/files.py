"""Small real files for attachments and images: each opens, each is the same on every run."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

FIXED = datetime(2026, 3, 30, 8, 0)
Cell = str | int | date | datetime | None
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
    "////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)


def png(red: int, green: int, blue: int, width: int = 8, height: int = 8) -> bytes:
    """A PNG picture of one colour (channels 0-255)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes((red, green, blue)) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pdf(text: str) -> bytes:
    """A PDF of one page with one line of ASCII text."""
    stream = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def doc(text: str) -> bytes:
    """A word processor's document: RTF, which court sites serve as .doc as often as not."""
    body = "".join(char if ord(char) < 128 else rf"\u{ord(char)}?" for char in text)
    return rf"{{\rtf1\ansi\deff0{{\fonttbl{{\f0 SimSun;}}}}\f0\fs32 {body}\par}}".encode("ascii")


def xls(rows: list[list[str]]) -> bytes:
    """A spreadsheet of text cells: BIFF5 in an OLE compound file (one FAT sector, one directory sector, one stream)."""
    records = _record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 1993))
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            text = cell.encode("gb18030")
            records += _record(0x0204, struct.pack("<HHHH", y, x, 0, len(text)) + text)
    stream = (records + _record(0x000A, b"")).ljust(4096, b"\0")  # 4096: long enough to need no mini stream
    sectors = -(-len(stream) // 512)
    end, free, fat_sector = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    chain = [fat_sector, end, *range(3, 2 + sectors), end]
    fat = struct.pack("<128I", *(chain + [free] * (128 - len(chain))))
    directory = _entry("Root Entry", 5, child=1, start=end, size=0) + _entry("Book", 2, free, 2, len(stream))
    directory += bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *([free] * 108))
    return header + fat + directory + stream.ljust(sectors * 512, b"\0")


def xlsx(sheets: Mapping[str, Sequence[Sequence[Cell]]], creator: str = "办公室") -> bytes:
    """A workbook whose bytes depend on the data alone: openpyxl would put the present time into it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet: Worksheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.properties.creator = creator
    book.properties.created = book.properties.modified = FIXED
    buffer, content = io.BytesIO(), io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _without_clock(data)
            target.writestr(zipfile.ZipInfo(name, FIXED.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _without_clock(core: bytes) -> bytes:
    stamp = FIXED.isoformat().encode() + b"Z"
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", lambda match: match[1] + stamp, core)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    free = 0xFFFFFFFF
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, free, free, child)
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
