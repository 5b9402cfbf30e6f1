"""A web server on loopback that misbehaves on purpose, so that every access is met before a court's site shows it.

What it does wrong stands in `tests/faults/answers.py`, by path; what a crawler ought to call it stands in
`tests/faults/catalogue.yml`. This file is the plumbing only: sockets, counting, and the answer to unknown paths.

    with FaultServer() as server:
        crawl(server.url("/"))
        assert server.hits["/forbidden-by-robots"] == 0
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

from tests.faults.answers import ANSWERS
from tests.faults.exchange import Exchange

TLS_GREETING = b"\x16"
NOT_FOUND = "<html><head><title>404</title></head><body><h1>404 Not Found</h1></body></html>"
SOFT_NOT_FOUND = (
    "<html><head><title>示例市人民法院</title></head><body><div class='nav'><a href='/'>首页</a></div>"
    "<div class='main'><p>页面出错了，您访问的页面不存在或已被删除。</p></div></body></html>"
)


@dataclass(kw_only=True)
class FaultServer:
    """The server, in a thread of its own, on a free port of 127.0.0.1.

    Args:
        pause: seconds between two bytes of the dripping answers; a crawler under test is given a shorter timeout.
        unknown: answer to a path that nobody knows: an honest 404, a 200 that says "not found" (`soft`), or a
            redirect to the home page (`home`).
        pages: further pages, path → HTML, for a test's own site.
        files: files of such a site, path → bytes, with an ETag; those without an extension come as downloads.
    """

    pause: float = 0.5
    unknown: Literal["gone", "soft", "home"] = "gone"
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)  # method, target, headers
    port: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def tls_url(self) -> str:
        """An https address at which nobody speaks TLS."""
        return f"https://127.0.0.1:{self.port}/"

    @property
    def refused_url(self) -> str:
        """An address at which nobody listens: the port is bound by us, but not listened on, as long as we run."""
        return f"http://127.0.0.1:{self._unheard.getsockname()[1]}/refused"

    def forget(self) -> None:
        """Back to the state before the first request: a second night begins."""
        self.hits.clear()
        self.requests.clear()

    def __enter__(self) -> FaultServer:
        self._unheard = socket.socket()
        self._unheard.bind(("127.0.0.1", 0))
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        listening = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(listening,), daemon=True)
        self._thread.start()
        listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._unheard.close()

    def _serve(self, listening: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", self.port, backlog=512))
        self.port = server.sockets[0].getsockname()[1]
        listening.set()
        self._loop.run_forever()
        server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the client went away, or the server is being stopped: both are the end of this connection
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; says whether the connection may carry another one."""
        opening = await reader.readexactly(1)
        if opening == TLS_GREETING:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return False
        head = opening + await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path = target.partition("?")[0].partition(";")[0]
        self.hits[path] += 1
        self.requests.append((method, target, headers))
        exchange = Exchange(
            method=method,
            path=path,
            target=target,
            headers=headers,
            seen=self.hits[path],
            pause=self.pause,
            writer=writer,
        )
        await self._answer(exchange)
        return exchange.keep_open and headers.get("connection", "").lower() != "close"

    async def _answer(self, exchange: Exchange) -> None:
        page = self.pages.get(exchange.target) or self.pages.get(exchange.path)
        if page is not None:
            await exchange.send(200, page)
        elif exchange.target in self.files:
            await self._send_file(exchange, self.files[exchange.target])
        elif exchange.path in ANSWERS:
            await ANSWERS[exchange.path](exchange)
        elif self.unknown == "home":
            await exchange.redirect("/")
        else:
            await exchange.send(*((404, NOT_FOUND) if self.unknown == "gone" else (200, SOFT_NOT_FOUND)))

    async def _send_file(self, exchange: Exchange, body: bytes) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if exchange.headers.get("if-none-match") == etag:
            await exchange.send(304)
            return
        more = {"ETag": etag}
        if "." not in exchange.path.rsplit("/", 1)[-1]:
            more["Content_Disposition"] = "attachment; filename=document.doc"
        await exchange.send(200, body, "application/octet-stream", **more)
