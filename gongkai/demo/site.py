"""What a demonstration site is: addresses and their answers on one night, without any network.

`Site.answer` is the whole behaviour of a court's web server; `server.py` only carries it over HTTP.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import parse_qsl, quote, unquote_to_bytes

BASE = "@@BASE@@"
"""Stands in bodies and headers for `http://host:port`, which is known only when the site is served."""

HOST = "@@HOST@@"
"""Stands for `host:port` alone, in protocol-relative addresses."""

NIGHTS = (date(2026, 3, 30), date(2026, 3, 31))
CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, kw_only=True)
class Response:
    """One answer of a site.

    Attributes:
        validators: Whether ETag and Last-Modified are sent (static files) or not (programs such as .asp).
        modified: The time of Last-Modified; `stamp` sets it to the night on which the body changed.
    """

    body: bytes = b""
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    validators: bool = True
    modified: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha1(self.body, usedforsecurity=False).hexdigest()[:16]}"'

    def header_list(self) -> list[tuple[str, str]]:
        """All headers except Content-Length, Date and Connection, which the server adds."""
        fields = list(self.headers)
        if self.content_type is not None:
            fields.insert(0, ("Content-Type", self.content_type))
        if self.validators and self.status == 200:
            fields += [
                ("ETag", self.etag),
                ("Last-Modified", format_datetime(self.modified.astimezone(UTC), usegmt=True)),
            ]
        return fields

    def is_unchanged(self, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Whether a conditional request is to be answered 304 (RFC 9110 §13.2.2: If-None-Match goes first)."""
        if not self.validators or self.status != 200:
            return False
        if if_none_match is not None:
            tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
            return self.etag in tags or "*" in tags
        if if_modified_since is None:
            return False
        try:
            return self.modified <= parsedate_to_datetime(if_modified_since)
        except (TypeError, ValueError):  # RFC 9110 §13.1.3: an unreadable date is ignored
            return False


Fallback = Callable[[str, dict[str, str]], Response]


@dataclass(frozen=True, kw_only=True)
class Site:
    """One court's site on one night.

    Attributes:
        pages: Answers by canonical address (`canonical`).
        fallback: What any other address answers, given its path and its query: paging past the end, calendars, 404.
        first: Answers given only to the first request of the night for that address (passing trouble).
    """

    id: str
    court: str
    night: date
    pages: Mapping[str, Response]
    fallback: Fallback
    first: Mapping[str, Response] = field(default_factory=dict)

    def answer(self, target: str, visit: int = 1) -> Response:
        """The answer to a request target such as `/list.asp?classid=3`; `visit` counts from 1 per address and night."""
        address = canonical(target)
        if visit == 1 and address in self.first:
            return self.first[address]
        if address in self.pages:
            return self.pages[address]
        path, _, query = address.partition("?")
        return self.fallback(path, dict(parse_qsl(query, keep_blank_values=True)))


def canonical(target: str) -> str:
    """One spelling per address: no session id, no doubled slash, percent-encoding in capitals, parameters sorted."""
    target = target.partition("#")[0]
    if "://" in target:
        target = "/" + target.split("://", 1)[1].partition("/")[2]
    path, _, query = target.partition("?")
    path = re.sub(r";jsessionid=[^/?]*", "", path, flags=re.IGNORECASE)
    path = quote(unquote_to_bytes(re.sub(r"/{2,}", "/", path)), safe="/~!$&'()*+,;=:@")
    pairs = sorted(part for part in query.split("&") if part)
    return path + ("?" + "&".join(pairs) if pairs else "")


def stamp(today: Site, yesterday: Site | None) -> Site:
    """Sets Last-Modified: as the night before for what did not change, this morning for what did."""
    if yesterday is None:
        return today
    morning = datetime.combine(today.night, time(1, 30), CHINA)
    pages = {}
    for address, response in today.pages.items():
        old = yesterday.pages.get(address)
        same = old is not None and old.body == response.body
        pages[address] = replace(response, modified=old.modified if old is not None and same else morning)
    return replace(today, pages=pages)
