"""A WACZ 1.1.1 package (https://specs.webrecorder.net/wacz/1.1.1/): a WARC 1.1 (ISO 28500:2017) with its index, a list of
pages, and a manifest of hashes. ReplayWeb.page and pywb open it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

VERSION = "1.1.1"
ARCHIVE = "data.warc.gz"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One record of the WARC.

    Attributes:
        kind: response; revisit: the server said that it is unchanged (304); resource or metadata: no answer of a server.
        url: What it is of.
        status, headers: Of a response, as it came; the bytes are the decoded ones, whatever its headers say.
        refers_to: Of a revisit, when the bytes were first read.
        is_left_out: The bytes exist, and are not in this package: the record says so (WARC-Truncated).
    """

    kind: str
    url: str
    at: datetime
    body: bytes = b""
    content_type: str = "text/plain"
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sha256: str | None = None
    refers_to: datetime | None = None
    is_left_out: bool = False


@dataclass(frozen=True)
class Page:
    """A line of the list of pages: what a reader opens."""

    url: str
    at: datetime
    title: str


def write_warc(pieces: Iterable[Piece], info: Mapping[str, str]) -> tuple[bytes, list[str]]:
    """The WARC, one gzip member for each record, and the lines of its index (CDXJ), sorted."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    writer.write_record(writer.create_warcinfo_record(ARCHIVE, dict(info)))
    lines = []
    for piece in pieces:
        begin = out.tell()
        writer.write_record(_record(writer, piece))
        lines.append(_index_line(piece, begin, out.tell() - begin))
    return out.getvalue(), sorted(lines)


def write_wacz(
    pieces: Sequence[Piece],
    pages: Sequence[Page],
    *,
    title: str,
    description: str,
    software: str,
    created: datetime,
    others: Mapping[str, bytes],
) -> bytes:
    """The package. `others`: more files, by path; they are in the manifest too."""
    warc, lines = write_warc(
        pieces, {"software": software, "format": "WARC File Format 1.1", "description": description}
    )
    index, overview = _compressed(lines)
    listed = [{"format": "json-pages-1.0", "id": "pages", "title": title}]
    listed += [
        {"id": f"page{n}", "url": _uri(page.url), "ts": _iso(page.at), "title": page.title}
        for n, page in enumerate(pages, 1)
    ]
    files = {
        f"archive/{ARCHIVE}": warc,
        "indexes/index.cdx.gz": index,
        "indexes/index.idx": overview,
        "pages/pages.jsonl": "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in listed).encode(),
        **others,
    }
    manifest: dict[str, Any] = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": title,
        "description": description,
        "created": _iso(created),
        "software": software,
        "resources": [
            {"name": path.rsplit("/", 1)[1].lower(), "path": path, "hash": _sha256(data), "bytes": len(data)}
            for path, data in files.items()
        ],
    }
    if pages:
        manifest |= {"mainPageUrl": _uri(pages[0].url), "mainPageDate": _iso(pages[0].at)}
    described = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    digest = json.dumps({"path": "datapackage.json", "hash": _sha256(described)}).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # stored: a reader fetches single records out of it
        for path, data in {**files, "datapackage.json": described, "datapackage-digest.json": digest}.items():
            entry = zipfile.ZipInfo(path, created.timetuple()[:6])
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def sort_key(url: str) -> str:
    """The key of the index (SURT), as warcio.js and pywb make it: `http://www.a.cn/B?y&x` is `cn,a)/b?x&y`."""
    if not url.startswith(("http://", "https://")):
        return url
    parts = urlsplit(re.sub(r"^(https?://)www\d*\.", r"\1", url.lower()))
    host = ",".join(reversed((parts.hostname or "").split(".")))
    port = f":{parts.port}" if parts.port not in (None, 80 if parts.scheme == "http" else 443) else ""
    query = f"?{urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))}" if parts.query else ""
    return f"{host}{port}){parts.path or '/'}{query}"


def _record(builder: RecordBuilder, piece: Piece) -> Any:
    named = {"WARC-Date": _iso(piece.at, micro=True)}
    if piece.sha256 is not None and not piece.is_left_out:
        named["WARC-Payload-Digest"] = _hex(piece)
    if piece.is_left_out:
        named["WARC-Truncated"] = "unspecified"
        named["WARC-Gongkai-Left-Out"] = f"personal data; sha256:{piece.sha256}"
    if piece.kind == "revisit" and piece.refers_to is not None:
        there = _uri(piece.url)
        began = _iso(piece.refers_to, micro=True)
        return builder.create_revisit_record(there, _hex(piece), there, began, _http(piece), named)
    if piece.kind != "response":
        named["Content-Type"] = piece.content_type
        return builder.create_warc_record(
            _uri(piece.url), piece.kind, payload=io.BytesIO(piece.body), length=len(piece.body),
            warc_content_type=piece.content_type, warc_headers_dict=named,
        )  # fmt: skip
    return builder.create_warc_record(
        _uri(piece.url), "response", payload=io.BytesIO(piece.body), length=len(piece.body),
        http_headers=_http(piece), warc_headers_dict=named,
    )  # fmt: skip


def _http(piece: Piece) -> StatusAndHeaders:
    """The answer's head. How it was packed for the way is said under another name: the bytes here are unpacked."""
    ways = ("content-length", "content-encoding", "transfer-encoding")
    headers = [(f"x-archive-orig-{name}" if name in ways else name, text) for name, text in piece.headers.items()]
    headers = [(name, " ".join(text.split())) for name, text in headers]
    status = piece.status or 200
    if piece.kind == "response":
        headers.append(("content-length", str(len(piece.body))))
    return StatusAndHeaders(f"{status} {_reason(status)}", headers, protocol="HTTP/1.1")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # a number of a server's own
        return "-"


def _uri(text: str) -> str:
    """A record's address has no spaces or line ends in it; a crawled one may."""
    return quote(text, safe="%/:=&?~#+!$,;'@()*[]-._")


def _hex(piece: Piece) -> str:
    if piece.kind == "revisit":
        return f"sha256:{piece.sha256}"
    return f"sha256:{hashlib.sha256(piece.body).hexdigest()}"


def _index_line(piece: Piece, begin: int, length: int) -> str:
    said = {
        "url": _uri(piece.url),
        "mime": "warc/revisit"
        if piece.kind == "revisit"
        else piece.headers.get("content-type", piece.content_type).split(";")[0] or "unk",
        "status": str(piece.status or 200),
        "digest": _hex(piece),
        "length": str(length),
        "offset": str(begin),
        "filename": ARCHIVE,
    }
    return f"{sort_key(_uri(piece.url))} {piece.at.astimezone(UTC):%Y%m%d%H%M%S} {json.dumps(said)}\n"


def _compressed(lines: Sequence[str]) -> tuple[bytes, bytes]:
    """The index as one compressed block, and the overview that says where it begins."""
    block = gzip.compress("".join(lines).encode(), mtime=0)
    head = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    first = " ".join(lines[0].split(" ", 2)[:2]) if lines else "- 0"
    said = {"offset": 0, "length": len(block), "digest": _sha256(block)}
    return block, f"!meta 0 {json.dumps(head)}\n{first} {json.dumps(said)}\n".encode()


def _iso(at: datetime, *, micro: bool = False) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds" if micro else "seconds").replace("+00:00", "Z")


def _sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
