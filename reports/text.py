"""Crawled text and URLs made safe to print. Both are written by strangers: they are data, never markup."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, urlsplit, urlunsplit

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
EXCERPT = 120

# Control characters, lone surrogates and non-characters break XML and spreadsheets; marks that turn the direction of
# writing can make a reader see another text or address than the one that is there.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_SPACES = re.compile(r"\s+")
_PLAIN_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9a-f:.]+")
_IN_URL = "%/:?@!$&'()*+,;=~-._"
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def clean(text: str) -> str:
    """Text on one line, without characters that no reader sees."""
    return _SPACES.sub(" ", _UNPRINTABLE.sub("", text)).strip()


def shorten(text: str, limit: int = EXCERPT) -> str:
    """At most `limit` characters, the last one an ellipsis if something was cut off."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def safe_href(url: str | None) -> str | None:
    """The address as a link may carry it, percent-encoded; None if it is not to become a link.

    Only http and https, only with a plain host: `javascript:`, `file:` and `http://court@elsewhere/` stay text.
    """
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    if not _PLAIN_HOST.fullmatch(host):
        return None
    encoded = (quote(_STRAY_PERCENT.sub("%25", part), safe=_IN_URL) for part in parts[2:])
    return urlunsplit((parts.scheme.lower(), parts.netloc, *encoded))


def local_time(moment: datetime | None) -> datetime | None:
    """The moment in Asia/Shanghai, to the second."""
    return None if moment is None else moment.astimezone(SHANGHAI).replace(microsecond=0)


def clock(moment: datetime | None) -> str | None:
    """2026-03-31 02:14:05, in Asia/Shanghai."""
    local = local_time(moment)
    return None if local is None else local.strftime("%Y-%m-%d %H:%M:%S")


def citation(basis: dict[str, str], *, quoted: bool = True) -> str:
    """《instrument》（number）第七条：“sentence”. What has neither number nor articles is no instrument: no 《》.

    Args:
        quoted: With the sentence; without it only its place is named.
    """
    instrument = clean(basis.get("instrument", "")).strip("《》")
    number = clean(basis.get("number", "") or "")
    article = clean(str(basis.get("article", "") or ""))
    if number or article.removeprefix("（参照）"):
        instrument = f"《{instrument}》"
    place = f"第{chinese_number(int(article))}条" if article.isdecimal() else article
    sentence = clean(basis.get("text", "") or "") if quoted else ""
    return instrument + (f"（{number}）" if number else "") + place + (f"：“{sentence}”" if sentence else "")


def chinese_number(value: int) -> str:
    """1 to 999 in Chinese numerals, as articles of law are counted; other numbers in Arabic digits."""
    if not 0 < value < 1000:
        return str(value)
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")
