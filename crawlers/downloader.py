"""How one request is sent: politely, one host at a time, and the light way first.

Scrapy's engine and client cost several times as much processor per request as `aiohttp` (docs/benchmarks.md), for queues
and middlewares of which we use none. So `aiohttp` asks first, and its answer counts where it came whole. Where it did not
(a broken header, a handshake that failed, fewer bytes than promised) Scrapy asks again and has the last word: its client
is the more lenient of the two, and no court is to be accused because a parser was strict.
"""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from urllib.request import getproxies

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
)
from twisted.internet.error import DNSLookupError

from crawlers.guard import GUARD, is_loopback
from crawlers.urls import host_of

if TYPE_CHECKING:
    from scrapy.core.engine import ExecutionEngine
    from scrapy.settings import BaseSettings

LOOPBACK = "loopback"  # one gate and one slot of Scrapy's for all servers of this machine
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


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said to one request.

    Attributes:
        headers: As they came, in bytes; without the coding of a body that has been decoded.
        latency: Seconds until the headers were there.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    latency: float = 0.0

    def header(self, name: bytes) -> bytes | None:
        """The first of this name, which is given in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class Downloader:
    """Sends the requests of one crawl.

    Args:
        engine: Scrapy's, which must be running when the first answer is doubtful.
    """

    def __init__(self, engine: ExecutionEngine, settings: BaseSettings) -> None:
        self._engine = engine
        self._gates: dict[str, Gate] = {}
        self._slots = settings.getdict("DOWNLOAD_SLOTS")
        self._concurrency = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._delay, self._jitter = settings.getfloat("DOWNLOAD_DELAY"), settings.getfloat("DOWNLOAD_DELAY_JITTER")
        self._headers = {"User-Agent": settings["USER_AGENT"], **settings.getdict("DEFAULT_REQUEST_HEADERS")}
        self._light = Light(settings.getint("DOWNLOAD_TIMEOUT"), settings.getint("DOWNLOAD_MAXSIZE"))
        self._proxied = bool(set(getproxies()) & {"http", "https"})  # Scrapy knows how to speak to one

    async def get(self, url: str, method: str, headers: Mapping[str, str], least_delay: float = 0.0) -> Reply:
        """The answer to one request, in its turn.

        Args:
            headers: Beside the usual ones, or in their place.
            least_delay: Seconds before the host's next turn, where they are more than the usual ones.

        Raises:
            scrapy.exceptions.DownloadTimeoutError, …: As of Scrapy; see `crawlers.access.from_failure`.
        """
        host = host_of(url)
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        slot = LOOPBACK if is_loopback(name) else name
        gate, whole = self._gate(slot), {**self._headers, **headers}
        if not self._proxied:
            try:
                async with gate.turn(least_delay):
                    return await self._light.get(url, method, whole)
            except Doubtful:
                pass
        async with gate.turn(least_delay):
            return await self._ask_scrapy(url, method, whole, slot)

    async def _ask_scrapy(self, url: str, method: str, headers: Mapping[str, str], slot: str) -> Reply:
        request = Request(url, method=method, headers=dict(headers), meta={"download_slot": slot}, dont_filter=True)
        if request.url != url:
            request._set_url(url)  # as it was found: no second opinion on its percent signs
        begin = monotonic()
        response = await self._engine.download_async(request)
        found = tuple((name, value) for name, values in response.headers.items() for value in values)
        latency = request.meta.get("download_latency", monotonic() - begin)
        return Reply(response.status, found, response.body, latency)

    def _gate(self, slot: str) -> Gate:
        gate = self._gates.get(slot)
        if gate is None:
            own = self._slots.get(slot, {})
            gate = self._gates[slot] = Gate(
                own.get("concurrency", self._concurrency),
                own.get("delay", self._delay),
                own.get("jitter", self._jitter),
            )
        return gate

    async def close(self) -> None:
        """Close what is open."""
        await self._light.close()


class Light:
    """The light way: one session for the whole crawl. No proxy, no cookies, no redirects: these are others' business.

    Args:
        timeout: Seconds for one answer, connecting included.
        most: Bytes of a body, unpacked.
    """

    def __init__(self, timeout: float, most: int) -> None:
        self._timeout, self._most = timeout, most
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, method: str, headers: Mapping[str, str]) -> Reply:
        """The answer to a request.

        Raises:
            Doubtful: It did not come whole.
            scrapy.exceptions.DownloadTimeoutError, CannotResolveHostError, DownloadConnectionRefusedError: As of Scrapy.
            scrapy.exceptions.DownloadCancelledError: The body is larger than we read.
        """
        if self._session is None:
            self._session = self._opened()  # here, since it wants a running loop
        begin = monotonic()
        try:
            address = yarl.URL(url, encoded=True)  # as it was found: no second opinion on its percent signs
            async with self._session.request(method, address, headers=headers, allow_redirects=False) as answer:
                latency = monotonic() - begin
                body = await self._body(answer)
                raw = answer.raw_headers
                if method != "HEAD":
                    raw = tuple(pair for pair in raw if pair[0].lower() != b"content-encoding")
                return Reply(answer.status, raw, body, latency)
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
        """Close what is open."""
        if self._session is not None:
            await self._session.close()


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
