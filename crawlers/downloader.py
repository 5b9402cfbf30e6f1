"""Scrapy's downloader with a light way through it: politely, one host at a time, and by asyncio from end to end.

Scrapy's own client costs four times as much processor per page (docs/benchmarks.md), for chains of middlewares of which
we use none. So `aiohttp` asks first, and its answer counts where it came whole. Where it did not (a broken header, a
handshake that failed, fewer bytes than promised) Scrapy's client asks again and has the last word: it is the more
lenient of the two, and no court is to be accused because a parser was strict.
"""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Request, signals
from scrapy.core.downloader import Downloader as ScrapyDownloader
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
)
from scrapy.http import Headers, Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.error import DNSLookupError

from crawlers.guard import GUARD

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred

LEAST_DELAY = "least_delay"  # key of a request's meta: seconds that robots.txt asks for between two requests
_CHUNK = 2**16


class Doubtful(Exception):
    """An answer that did not come whole: Scrapy's client is to ask again."""


class Gate:
    """How many requests a host gets at a time, and how soon after the last one the next may begin."""

    def __init__(self, concurrency: int, delay: float, jitter: float) -> None:
        self._free = asyncio.Semaphore(concurrency)
        self._delay, self._jitter = delay, jitter
        self._next = 0.0

    @asynccontextmanager
    async def turn(self, least_delay: float = 0.0) -> AsyncIterator[None]:
        """Wait for one's turn, and keep it while the request is under way.

        Args:
            least_delay: Seconds before the next turn, where they are more than the gate's own.
        """
        async with self._free:
            now = monotonic()
            own = self._delay * (1 + random.uniform(-self._jitter, self._jitter))
            begin = max(now, self._next)
            self._next = begin + max(own, least_delay)  # taken before waiting: of two who wait each has its own moment
            if begin > now:
                await asyncio.sleep(begin - now)
            yield


class Downloader(ScrapyDownloader):
    """What Scrapy's engine downloads with (setting DOWNLOADER)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._gates: dict[str, Gate] = {}
        self._light = Light(self.settings.getint("DOWNLOAD_TIMEOUT"), self.settings.getint("DOWNLOAD_MAXSIZE"))
        self._proxied = bool(set(getproxies()) & {"http", "https"})  # Scrapy knows how to speak to one
        self._defaults = Headers({"User-Agent": self.settings["USER_AGENT"]})
        self._defaults.update(self.settings.getdict("DEFAULT_REQUEST_HEADERS"))
        crawler.signals.connect(self._light.close, signals.engine_stopped)

    def fetch(self, request: Request, spider: Spider | None = None) -> Deferred[Response | Request]:
        """The answer to one request; called by the engine."""
        del spider
        return deferred_from_coro(self._fetch(request))

    async def _fetch(self, request: Request) -> Response | Request:
        self.active.add(request)
        try:
            gate = self._gate(self.get_slot_key(request))
            least_delay = float(request.meta.get(LEAST_DELAY) or 0)
            if not self._proxied:
                for name, values in self._defaults.items():
                    request.headers.setdefault(name, values)
                try:
                    async with gate.turn(least_delay):
                        return await self._light.get(request)
                except Doubtful:
                    pass
            async with gate.turn(least_delay):
                return await self.middleware.download_async(self.handlers.download_request_async, request)
        finally:
            self.active.discard(request)

    def _gate(self, key: str) -> Gate:
        gate = self._gates.get(key)
        if gate is None:
            own = self.per_slot_settings.get(key, {})
            gate = self._gates[key] = Gate(
                own.get("concurrency", self.domain_concurrency),
                own.get("delay", self._delay),
                own.get("jitter", self._jitter),
            )
        return gate


class Light:
    """The light way: one session for the whole crawl. No proxy, no cookies, no redirects: these are others' business.

    Args:
        timeout: Seconds for one answer, connecting included.
        most: Bytes of a body, unpacked.
    """

    def __init__(self, timeout: float, most: int) -> None:
        self._timeout, self._most = timeout, most
        self._session: aiohttp.ClientSession | None = None

    async def get(self, request: Request) -> Response:
        """The answer to a request.

        Raises:
            Doubtful: It did not come whole.
            scrapy.exceptions.DownloadTimeoutError, CannotResolveHostError, DownloadConnectionRefusedError: As of Scrapy.
            scrapy.exceptions.DownloadCancelledError: The body is larger than we read.
        """
        if self._session is None:
            self._session = self._opened()  # here, since it wants a running loop
        headers = [(name.decode("latin-1"), values[-1].decode("latin-1")) for name, values in request.headers.items()]
        begin = monotonic()
        try:
            url = yarl.URL(request.url, encoded=True)  # as it was found: no second opinion on its percent signs
            async with self._session.request(
                request.method, url, headers=headers, data=request.body or None, allow_redirects=False
            ) as answer:
                request.meta["download_latency"] = monotonic() - begin
                body = await self._body(answer)
                return Response(request.url, status=answer.status, headers=_headers(answer), body=body, request=request)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"no whole answer within {self._timeout} s") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError(str(error)) from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, ConnectionRefusedError):
                raise DownloadConnectionRefusedError(str(error)) from error
            raise Doubtful from error
        except (aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
            raise Doubtful from error

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        length = answer.content_length or 0
        parts: list[bytes] = []
        size = 0
        if answer.method == "HEAD":
            return b""
        if length <= self._most:
            async for part in answer.content.iter_chunked(_CHUNK):
                parts.append(part)
                size += len(part)
                if size > self._most:
                    break
            else:
                return b"".join(parts)
        answer.close()
        raise DownloadCancelledError(f"more than {self._most} bytes")

    def _opened(self) -> aiohttp.ClientSession:
        context = ssl.create_default_context()
        context.check_hostname = False  # whether a certificate is valid is a check of its own
        context.verify_mode = ssl.CERT_NONE
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=context, resolver=Resolver(), ttl_dns_cache=600),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close what is open; called when the engine stops."""
        if self._session is not None:
            await self._session.close()


def _headers(answer: aiohttp.ClientResponse) -> Headers:
    """The headers, as bytes as they came; without the coding of a body that has been decoded, as Scrapy has it."""
    found = Headers()
    for name, value in answer.raw_headers:
        found.appendlist(name, value)
    if answer.method != "HEAD":
        found.pop("Content-Encoding", None)
    return found


class Resolver(AbstractResolver):
    """The system's resolver, with the guard between an answer and its use."""

    def __init__(self) -> None:
        self._system = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name that may be asked.

        Raises:
            OSError: There are none.
        """
        found = await self._system.resolve(host, port, family)
        try:
            for one in found:
                GUARD.check(host, one["host"])
        except DNSLookupError as error:
            raise OSError(str(error)) from error
        return found

    async def close(self) -> None:
        """Nothing is held."""
        await self._system.close()


class Unlogged(LogFormatter):
    """Scrapy formats a line for each answer before it asks whether anybody reads it."""

    def crawled(self, request: Request, response: Response, spider: Any) -> LogFormatterResult | None:  # type: ignore[override]
        """No line."""
        del request, response, spider
        return None
