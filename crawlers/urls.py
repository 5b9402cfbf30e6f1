"""What a URL is, and when two are the same page.

`resolve` gives the address that is asked (as a browser would ask it), `identity` the key under which pages are the same:
default port, `;jsessionid`, doubled slashes, fragment, host's case and percent-encoding do not make a second page.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from storage.records import LinkKind

_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#]*", re.I)
_SESSION_QUERY = re.compile(r"(?:^|(?<=&))(?:jsessionid|phpsessid|aspsessionid\w*)=[^&]*&?", re.I)
_SPACE = re.compile(r"[\t\r\n]")
_PLAIN_PATH = re.compile(r"/?[A-Za-z0-9_-][A-Za-z0-9_/-]*(?:\.[A-Za-z0-9_/-]+)*")
_ROOT = re.compile(r"https?://[a-z0-9.-]+(?::(?!80(?:/|$)|443(?:/|$))\d+)?(?=/|$)")
_PERCENT = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?/"
_DEFAULT_PORT = {"http": 80, "https": 443}
_ATTACHMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|pptx?|rtf|ofd|zip|rar|7z|txt|csv)$", re.I)
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|bmp|webp|svg|ico)$", re.I)
_MEDIA = re.compile(r"\.(?:mp4|mp3|flv|swf|avi|wmv|m3u8|wav|mov)$", re.I)


def resolve(base: str, href: str, encoding: str = "utf-8") -> str | None:
    """The absolute http(s) URL that a link asks for, or None for anything else (javascript:, mailto:, data:).

    Args:
        base: URL of the page, or of its `<base href>`.
        href: The attribute as parsed. A second level of `&amp;` is undone.
        encoding: The page's encoding: a browser sends the path as UTF-8 and the query in this one.
    """
    if (href[:1] == "/" and href[1:2] != "/") or href[:4] == "http":
        # Menus say so on every page, and mean the same: they are resolved once for the site.
        end = base.find("/", 8)
        return _resolve(base if end < 0 else base[: end + 1], href, encoding)
    return _resolve(base, href, encoding)


@lru_cache(maxsize=32_768)
def _resolve(base: str, href: str, encoding: str) -> str | None:
    if _PLAIN_PATH.fullmatch(href) and "//" not in href and "/." not in href:  # most links, and no need to parse them
        if href[0] == "/":
            found = _ROOT.match(base)
            if found is not None:
                return found[0] + href
        elif "?" not in base:
            return base[: base.rfind("/") + 1] + href if base.count("/") > 2 else f"{base}/{href}"
    href = _SPACE.sub("", href).strip()
    if not href or href.startswith("#"):
        return None
    if "&amp;" in href:
        href = unescape(href)
    scheme = href.split(":", 1)[0].lower() if ":" in href.split("/", 1)[0] else ""
    if scheme and scheme not in ("http", "https"):
        return None
    href = href.replace("\\", "/")
    try:
        parts = urlsplit(urljoin(base, href))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = parts.hostname.lower().rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return None
    if ":" in host:
        host = f"[{host}]"
    netloc = host if port in (None, _DEFAULT_PORT[parts.scheme]) else f"{host}:{port}"
    path = _SESSION.sub("", _no_leading_dots(parts.path)) or "/"
    query = _SESSION_QUERY.sub("", parts.query) if "sess" in parts.query.lower() else parts.query
    return urlunsplit((parts.scheme, netloc, quote(path, safe=_PATH_SAFE), _quote_query(query, encoding), ""))


def _no_leading_dots(path: str) -> str:
    """`/../r/cms` climbs above the root: browsers drop that, urljoin keeps it."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for i, segment in enumerate(segments):
        last = i == len(segments) - 1
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
            if last:
                kept.append("")
        elif segment == ".":
            if last:
                kept.append("")
        else:
            kept.append(segment)
    return "/".join(kept) or "/"


def _quote_query(query: str, encoding: str) -> str:
    if query.isascii():
        return quote(query, safe=_QUERY_SAFE)
    try:
        return quote(query.encode(encoding), safe=_QUERY_SAFE)
    except (UnicodeEncodeError, LookupError):
        return quote(query, safe=_QUERY_SAFE)


@lru_cache(maxsize=32_768)
def identity(url: str) -> str:
    """The key of a resolved URL: what is equal here is asked once."""
    scheme, rest = url.split("://", 1)
    head, _, query = rest.partition("?")
    netloc, slash, path = head.partition("/")
    if "//" in path:
        path = re.sub(r"/{2,}", "/", path)
    key = f"{netloc}{slash}{path.lstrip('/')}"
    if query:
        key = f"{key}?{query}"
    if "%" in key:
        key = _PERCENT.sub(_normal_percent, key)
    # The same page under http and https is one page only where the port is the default one.
    return key if ":" not in netloc else f"{scheme}://{key}"


def _normal_percent(match: re.Match[str]) -> str:
    byte = int(match[1], 16)
    return chr(byte) if byte in _UNRESERVED else f"%{match[1].upper()}"


def host_of(url: str) -> str:
    """`host` or `host:port` of a resolved URL."""
    return url.split("://", 1)[1].split("/", 1)[0].split("?", 1)[0]


def path_of(url: str) -> str:
    """The path of a resolved URL, without its query."""
    rest = url.split("://", 1)[1].split("?", 1)[0]
    return "/" + rest.partition("/")[2]


def directory(url: str) -> str:
    """The URL up to and with its last slash: what relative links are relative to."""
    return url.split("?", 1)[0].rsplit("/", 1)[0] + "/"


@lru_cache(maxsize=32_768)
def is_internal(url: str, home: str) -> bool:
    """Is this a page of the site: the same host, with or without `www.`; a port of its own is another site."""
    return host_of(url).removeprefix("www.") == host_of(home).removeprefix("www.")


@lru_cache(maxsize=32_768)
def kind_by_path(url: str) -> LinkKind:
    """page, attachment, image or media, as the path's ending says."""
    path = path_of(url)
    if "." not in path.rsplit("/", 1)[-1]:
        return LinkKind.PAGE
    if _ATTACHMENT.search(path):
        return LinkKind.ATTACHMENT
    if _IMAGE.search(path):
        return LinkKind.IMAGE
    return LinkKind.MEDIA if _MEDIA.search(path) else LinkKind.PAGE


_DIGITS = re.compile(r"\d+")
_WORDY = re.compile(r"[0-9a-f]{8,}|[A-Za-z0-9_]{14,}")


@lru_cache(maxsize=16_384)
def pattern(url: str) -> str:
    """The shape of a URL: numbers become 0, opaque ids x, of the query only the names. Endless series share one."""
    head, _, query = url.partition("?")
    path = _DIGITS.sub("0", _WORDY.sub("x", path_of(head)))
    names = "&".join(sorted({part.split("=", 1)[0] for part in query.split("&") if part}))
    return f"{host_of(head)}{path}?{names}" if names else f"{host_of(head)}{path}"


def gbk_variant(url: str) -> str | None:
    """The same URL with its Chinese path in GBK percent-encoding, which old servers may want; None without one."""
    head, mark, query = url.partition("?")
    scheme_host, _, path = head.partition("://")[2].partition("/")
    raw = unquote_to_bytes(path)
    if raw.isascii():
        return None
    try:
        encoded = quote(raw.decode("utf-8").encode("gb18030"), safe=_PATH_SAFE)
    except UnicodeError:
        return None
    return f"{head.partition('://')[0]}://{scheme_host}/{encoded}{mark}{query}"
