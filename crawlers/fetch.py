"""Asking for one URL: through the guard and robots.txt, along its redirects, to an answer that is classified.

An answer is never an exception: trouble of the outside world is an access. Bugs are raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import quote

from scrapy.exceptions import IgnoreRequest

from crawlers.access import Outcome, from_failure, from_status, is_login
from crawlers.budget import Budget
from crawlers.downloader import Reply
from crawlers.guard import GUARD
from crawlers.robots import Robots
from crawlers.urls import host_of, identity, resolve
from storage.records import Access

MOST_REDIRECTS = 20  # as many as browsers follow
LONGEST_HEADER = 1000
_SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2"})  # keys of sessions with us: nothing that a proof needs


@dataclass(slots=True)
class Answer:
    """What came back. `outcome` None: status 2xx, the body is still to be looked at."""

    url: str
    at: datetime
    method: str
    outcome: Outcome | None
    status: int | None = None
    final_url: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    elapsed: float | None = None
    hops: int = 0

    @property
    def html(self) -> bool:
        """Is this meant to be read as a page?"""
        content_type = self.headers.get("content-type", "").lower()
        if any(mark in content_type for mark in ("html", "xml")):
            return not self.body[:5].startswith(b"%PDF")
        if not content_type or "text/plain" in content_type or "octet-stream" in content_type:
            return b"<" in self.body[:512] and any(
                mark in self.body[:2048].lower()
                for mark in (b"<html", b"<!doctype", b"<head", b"<body", b"<table", b"<div")
            )
        return False


class Downloads(Protocol):
    """What sends one request: `crawlers.downloader.Downloader`, or a test."""

    async def get(self, url: str, method: str, headers: Mapping[str, str], least_delay: float = 0.0) -> Reply: ...


class Fetcher:
    """Asks on behalf of one crawl."""

    def __init__(
        self, downloads: Downloads, robots: Robots, headers: Mapping[str, str], budget: Budget | None = None
    ) -> None:
        self._downloads = downloads
        self._robots = robots
        self._headers = dict(headers)
        self.agent = self._headers.get("User-Agent")
        self._budget = budget or Budget()
        self.requests = 0
        self.bytes = 0

    @property
    def spent(self) -> str | None:
        """Which of the site's budgets is used up; None: go on asking."""
        return self._budget.spent(self.bytes)

    async def ask(self, url: str, *, method: str = "GET", conditional: Mapping[str, str] | None = None) -> Answer:
        """Ask for a URL and follow its redirects.

        Args:
            url: Resolved, absolute.
            conditional: If-None-Match and If-Modified-Since, for the first request only.
        """
        started = datetime.now(UTC)
        answer = Answer(url, started, method, None)
        current, seen = url, {identity(url)}
        cookies: dict[str, str] = {}
        while True:
            refused = await self._refusal(current)
            if refused is not None:
                answer.outcome = refused
                return answer
            headers = dict(conditional) if conditional and answer.hops == 0 else {}
            if cookies and host_of(current) == host_of(url):
                headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in cookies.items())
            try:
                reply = await self._download(current, method, headers)
            except IgnoreRequest:
                answer.outcome = Outcome(Access.OVERSIZE, "超过读取上限")
                return answer
            except Exception as error:
                host = host_of(current).rsplit(":", 1)[0] if not current.count("[") else host_of(current)
                answer.outcome = from_failure(error)
                if answer.outcome.access is Access.DNS and host in GUARD.refused:
                    answer.outcome = Outcome(Access.PRIVATE, "非公网地址")
                return answer
            answer.elapsed, answer.status = reply.latency, reply.status
            answer.headers = kept_headers(reply)
            self.bytes += len(reply.body)
            if 300 <= reply.status < 400 and reply.status != 304 and (location := _location(reply)):
                cookies.update(_cookies(reply))
                target = resolve(current, location)
                answer.hops += 1
                if target is None:
                    answer.outcome = Outcome(Access.UNEXPECTED_TYPE, "跳转到无法读取的地址")
                    return answer
                answer.final_url = target
                repeated = f"{identity(target)} {sorted(cookies.items())}"
                if repeated in seen or answer.hops > MOST_REDIRECTS:
                    answer.outcome = Outcome(Access.REDIRECT_LOOP, "循环跳转")
                    return answer
                seen.add(repeated)
                current = target
                continue
            answer.body = reply.body
            answer.outcome = from_status(reply.status, answer.headers, reply.body)
            if answer.outcome is None and answer.hops and is_login(current) and not is_login(url):
                answer.outcome = Outcome(Access.DENIED, "转到登录页")
            return answer

    async def _refusal(self, url: str) -> Outcome | None:
        host = host_of(url)
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        if not GUARD.admits(name):
            return Outcome(Access.PRIVATE, "非公网地址")
        if not await self._robots.allows(url, self._download):
            return Outcome(Access.ROBOTS, "robots.txt 禁止")
        return None

    async def _download(self, url: str, method: str, headers: Mapping[str, str]) -> Reply:
        self.requests += 1
        return await self._downloads.get(url, method, {**self._headers, **headers}, self._robots.delay(url) or 0.0)


def kept_headers(reply: Reply) -> dict[str, str]:
    """The headers as they came, names in lower case, without cookies; those that came twice joined by a comma."""
    found: dict[str, str] = {}
    for raw, value in reply.headers:
        name = raw.decode("latin-1").lower()
        if name in _SECRET_HEADERS:
            continue
        text = value.decode("latin-1")
        text = f"{found[name]}, {text}" if name in found else text
        found[name] = text.replace("\0", "")[:LONGEST_HEADER]
    return found


def _location(reply: Reply) -> str | None:
    """The Location header as text: raw bytes may be UTF-8 or GBK."""
    raw = reply.header(b"location")
    if not raw:
        return None
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return quote(raw, safe="%/:=&?~#+!$,;'@()*[]-._")


def _cookies(reply: Reply) -> dict[str, str]:
    """Cookies of a redirect, sent back along its own way only: a browser would do so, and else we see a loop."""
    own = (value for name, value in reply.headers if name.lower() == b"set-cookie")
    pairs = (value.decode("latin-1").split(";", 1)[0].split("=", 1) for value in own)
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) == 2}
