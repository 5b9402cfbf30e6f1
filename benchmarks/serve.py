"""Serves a generated site: nginx where there is one, else the small server below; both send ETag and Last-Modified.

The small server also stands behind nginx for everything that is no file: planted statuses, soft 404s, slow pages, wrong
lengths, and the honest 404. Each request is logged by the server, so that what a program fetched is known from outside.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from string import Template
from urllib.parse import unquote_to_bytes

from benchmarks.planted import PARTNER_PORT, PORT, REFUSED_PORT, SPECIAL_PORT, Behaviour

SOFT = "<html><body><div class='error'>页面出错了，您访问的页面不存在。</div><a href='/'>返回首页</a></body></html>"
NEWS = "<html><head><title>关于网站404页面不存在问题的整改情况</title></head><body>{}</body></html>".format(
    "<p>本院对网站链接进行了全面检查，已修复打不开的链接，进一步提升司法公开水平。</p>" * 20
)
PLAIN = "<html><head><title>页面</title></head><body><p>内容。</p></body></html>"
GONE = "<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>"
NGINX = Template("""
daemon off; pid $work/nginx.pid; error_log $work/nginx.error.log crit; worker_processes 1; $user
events { worker_connections 4096; }
http {
  types { text/html html; text/css css; application/javascript js; image/png png; image/jpeg jpg; image/gif gif;
          application/pdf pdf; text/plain txt; }
  add_header LinkChecker lifted always;  # by this header linkchecker lets a server lift its limit on requests
  default_type text/html; sendfile on; keepalive_requests 100000; gzip off;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4;
  scgi_temp_path $work/t5;
  log_format requests '$$msec\\t$$status\\t$$bytes_sent\\t$$request_method\\t$$sent_http_content_type\\t$$request_uri';
  access_log $work/access.log requests buffer=64k flush=1s;
  server { listen 127.0.0.1:$port backlog=1024; server_name 127.0.0.1; root $site; index index.html;
    $cuts
    location / { try_files $$uri $$uri/ @special; }
    location @special { proxy_pass http://127.0.0.1:$special; proxy_set_header Host $$http_host; } }
  server { listen 127.0.0.1:$partner; server_name 127.0.0.1; root $partner_site; access_log off; }
}
""")


@dataclass(frozen=True, kw_only=True)
class Logged:
    """One request as the server saw it. `at` is in seconds since 1970, `size` bytes on the wire, headers included."""

    at: float
    status: int
    size: int
    method: str
    type: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Served:
    """A site being served; `log` is its requests so far."""

    server: str
    access_log: Path

    def log(self) -> list[Logged]:
        """What was asked since the server started. Waits for nginx to write out what it holds back."""
        if self.server == "nginx":
            time.sleep(1.2)
        return [_logged(line) for line in self.access_log.read_text("latin-1").splitlines()]


def _logged(line: str) -> Logged:
    at, status, size, method, type_, target = line.split("\t", 5)
    return Logged(at=float(at), status=int(status), size=int(size), method=method, type=type_, target=target)


@contextmanager
def serving(directory: Path, *, nginx: bool | None = None) -> Iterator[Served]:
    """Serves what `generate` wrote to `directory`, until the block ends.

    Args:
        directory: Holds `site/`, `partner/`, `special.json`.
        nginx: Whether to use nginx; None: if it is installed.

    Raises:
        RuntimeError: a port is taken, or the port that must refuse does not.
    """
    check_ports()
    directory = directory.resolve()
    work = directory / "server"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    if nginx is None:
        nginx = shutil.which("nginx") is not None
    commands = [_own(directory, SPECIAL_PORT if nginx else PORT)]
    if nginx:
        (work / "nginx.conf").write_text(_configuration(directory, work))
        commands.append(["nginx", "-c", str(work / "nginx.conf"), "-e", str(work / "nginx.error.log")])
    else:
        commands.append(_own(directory, PARTNER_PORT))
    processes = [subprocess.Popen(command) for command in commands]
    try:
        for port in (PORT, PARTNER_PORT, *((SPECIAL_PORT,) if nginx else ())):
            _wait_for(port)
        yield Served(server="nginx" if nginx else "own", access_log=work / "access.log")
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def check_ports() -> None:
    """Raises `RuntimeError` if a port is taken. To be asked before anything that another benchmark uses is replaced."""
    for port in (PORT, PARTNER_PORT, SPECIAL_PORT, REFUSED_PORT):
        if _listens(port):
            raise RuntimeError(f"port {port} is taken: another benchmark runs?")


def _own(directory: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.serve", str(directory), str(port)]


def _configuration(directory: Path, work: Path) -> str:
    special: dict[str, Behaviour] = json.loads((directory / "special.json").read_text(encoding="utf-8"))
    return NGINX.substitute(
        work=work,
        site=directory / "site",
        partner_site=directory / "partner",
        port=PORT,
        partner=PARTNER_PORT,
        special=SPECIAL_PORT,
        user="user root;" if os.geteuid() == 0 else "",
        cuts="\n".join(f"location = {path} {{ return 444; }}" for path, what in special.items() if what["do"] == "cut"),
    )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while not _listens(port):
        if time.monotonic() > deadline:
            raise RuntimeError(f"nothing listens on port {port} after 20 s")
        time.sleep(0.05)


class SmallServer:
    """Files below `root` and the planted behaviours, over HTTP/1.1 with keep-alive."""

    def __init__(self, root: Path, special: dict[str, Behaviour], log: Path | None) -> None:
        self.root = root
        self.special = special
        self.log = log.open("a", buffering=1, encoding="latin-1") if log else None
        self.asked: set[str] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client is gone: the end of this connection
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        method, target, version = first.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        path = target.partition("?")[0]
        what = self.special.get(path, {"do": "file"})
        if what["do"] == "slow":
            await asyncio.sleep(1.5)
        if what["do"] != "cut":
            status, reply, body = self._answer(method, path, what, headers)
            short = what["do"] == "short"
            reply = {"LinkChecker": "lifted", **reply}  # by this header linkchecker lifts its limit on requests
            head = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in reply.items())]
            if status != 304:
                head.append(f"Content-Length: {len(body) + 5000 * short}")
            data = "\r\n".join([*head, "", ""]).encode("latin-1") + (b"" if method == "HEAD" else body)
            writer.write(data)
            await writer.drain()
            self._note(status, len(data), method, reply.get("Content-Type", ""), target)
        open_ = version != "HTTP/1.0" and headers.get("connection", "").lower() != "close"
        return open_ and what["do"] not in ("cut", "short")

    def _answer(
        self, method: str, path: str, what: Behaviour, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        html = {"Content-Type": "text/html"}
        if what["do"] == "file":
            return self._file(path, headers)
        if what["do"] == "redirect":
            return 302, {**html, "Location": str(what["to"])}, b""
        if what["do"] == "status":
            return int(what["status"]), html, b"<html><body>status</body></html>"
        if what["do"] == "get_only" and method == "HEAD":
            return 405, {**html, "Allow": "GET"}, b""
        if what["do"] == "busy_once" and path not in self.asked:
            self.asked.add(path)
            return 503, {**html, "Retry-After": "1"}, b""
        return 200, html, {"soft": SOFT, "news": NEWS}.get(str(what["do"]), PLAIN).encode()

    def _file(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        file = Path(os.path.normpath(f"{self.root}/{os.fsdecode(unquote_to_bytes(path)).lstrip('/')}"))
        if file.is_dir() and not path.endswith("/"):
            return 301, {"Location": path + "/"}, b""
        file = file / "index.html" if file.is_dir() else file
        if self.root not in file.parents or not file.is_file():
            return 404, {"Content-Type": "text/html"}, GONE.encode()
        stat = file.stat()
        validators = {
            "ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"',
            "Last-Modified": formatdate(stat.st_mtime, usegmt=True),
        }
        same = (headers.get("if-none-match"), headers.get("if-modified-since"))
        if same[0] == validators["ETag"] or (same[0] is None and same[1] == validators["Last-Modified"]):
            return 304, validators, b""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return 200, {"Content-Type": kind, **validators}, file.read_bytes()

    def _note(self, *what: object) -> None:
        if self.log:
            self.log.write("\t".join(map(str, (time.time(), *what))) + "\n")


async def _run(directory: Path, port: int) -> None:
    special = json.loads((directory / "special.json").read_text(encoding="utf-8"))
    root, log = (
        (directory / "site", directory / "server" / "access.log") if port == PORT else (directory / "none", None)
    )
    if port == PARTNER_PORT:
        root, special = directory / "partner", {}
    server = await asyncio.start_server(SmallServer(root, special, log).accept, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(_run(Path(sys.argv[1]), int(sys.argv[2])))
    except KeyboardInterrupt:
        sys.exit(0)
