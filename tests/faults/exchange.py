"""One request to the fault server, and the means to answer it, rightly or not."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

HTML = "text/html; charset=utf-8"


@dataclass(kw_only=True)
class Exchange:
    """One request and the means to answer it, rightly or not."""

    method: str
    path: str  # without query and without ;jsessionid
    target: str  # as asked
    headers: dict[str, str]  # names in lower case
    seen: int  # how often this path was asked, this time included
    pause: float  # seconds between two pieces of an answer that drips
    writer: asyncio.StreamWriter
    keep_open: bool = True

    async def send(self, status: int, body: str | bytes = b"", type_: str | None = HTML, **more: str) -> None:
        """A well-formed answer. Header names in `more` are written with `_` for `-`; a HEAD gets no body."""
        data = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} Status"]
        lines += [f"Content-Type: {type_}"] if type_ else []
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
        lines += [] if status in (204, 304) else [f"Content-Length: {len(data)}"]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        await self.raw(head if self.method == "HEAD" else head + data)

    async def redirect(self, location: str, status: int = 302) -> None:
        await self.send(status, Location=location)

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def stream_head(self, *headers: str) -> None:
        """Status line and headers of a 200 whose body the caller then writes piece by piece."""
        self.keep_open = False
        await self.raw("\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode())

    def reset(self) -> None:
        """Cut the connection with RST rather than FIN."""
        self.keep_open = False
        connection: socket.socket = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def close(self) -> None:
        """End the connection after what was written, whatever the headers promised."""
        self.keep_open = False


Answer = Callable[[Exchange], Awaitable[None]]
