"""Bytes to text: the text decides. Headers and meta tags of old court sites lie too often to be believed first."""

from __future__ import annotations

import re

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.I)
_FAMILY = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
_ODD = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x1f]+")
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
_CONTROLS = bytes(b for b in range(32) if b not in (9, 10, 11, 12, 13, 27))


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The text of a page and the encoding it was read with (utf-8, gb18030, utf-16, big5hkscs).

    Order: byte order mark; strict UTF-8; almost UTF-8 (a few broken bytes); strict GB18030; what is declared, with
    U+FFFD for what cannot be read. Detectors that guess by statistics take short GBK for Big5 and are not used.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace"), "utf-16"
    if body.startswith(b"\xef\xbb\xbf"):
        body = body[3:]
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = declared_encoding(body, content_type)
    text = body.decode("utf-8", "replace")
    broken = text.count("�")
    if broken * 200 < sum(map("\u2e7f".__lt__, text[:20_000])) or (declared == "utf-8" and broken * 50 < len(text)):
        return text, "utf-8"
    if declared == "big5hkscs":
        try:
            return body.decode("big5hkscs"), "big5hkscs"
        except UnicodeDecodeError:
            pass
    return body.decode("gb18030", "replace"), "gb18030"


def declared_encoding(body: bytes, content_type: str | None) -> str | None:
    """What header or meta tag say, as a Python codec's name."""
    found = _HEADER.search(content_type or "")
    name = found[1] if found else None
    if name is None or name.lower() in ("iso-8859-1", "latin1"):
        meta = _META.search(body[:4096])
        name = meta[1].decode("ascii", "ignore") if meta else name
    return None if name is None else _FAMILY.get(name.lower(), name.lower())


def looks_binary(body: bytes) -> bool:
    """Bytes that are no text in any of these encodings: many control characters, or a known file's first bytes."""
    head = body[:2048]
    if head.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!")):
        return True
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return (len(head) - len(head.translate(None, _CONTROLS))) * 20 > len(head)


def is_garbled(text: str) -> bool:
    """Characters that are no writing: private or unassigned ones, or rare ideographs in place of common ones.

    Of real Chinese text 97 % and more lies in GB 2312; a font without a table of its characters gives arbitrary ones.
    """
    compact = "".join(text[:20_000].split())
    if sum(map(len, _ODD.findall(compact))) * 4 > len(compact):
        return True
    ideographs = "".join(_IDEOGRAPHS.findall(compact))
    if len(ideographs) < 8 or _other_than_simplified(ideographs) * 3 <= len(ideographs):
        return False
    return sum(1 for c in ideographs if not _is_common(c)) * 3 > len(ideographs)


def _other_than_simplified(ideographs: str) -> int:
    """How many are not in GB 2312, which has two bytes for each that it knows: asked of all at once, and mostly enough."""
    return len(ideographs) - len(ideographs.encode("gb2312", "ignore")) // 2


def _is_common(character: str) -> bool:
    """In GB 2312, or in Big5 (pages from Hong Kong and Taiwan)."""
    for codec in ("gb2312", "big5"):
        try:
            character.encode(codec)
        except UnicodeEncodeError:
            continue
        return True
    return False
