"""Serves the demonstration courts on loopback: one threaded HTTP/1.1 server per court.

`python -m gongkai.demo.server --night 2026-03-31` serves them until Ctrl-C, for trying by hand.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from gongkai.demo import portal
from gongkai.demo.courts import COURTS, site_at
from gongkai.demo.site import BASE, HOST, NIGHTS, Response, Site, canonical


class _CourtServer(ThreadingHTTPServer):
    """One court. `site` may be replaced between requests."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, site: Site) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.base = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.hits: Counter[str] = Counter()
        self.visits: Counter[str] = Counter()
        self.site = site

    def open_night(self, site: Site) -> None:
        with self.lock:
            self.site = site
            self.visits.clear()

    def answer(self, method: str, target: str) -> Response:
        address = canonical(target)
        with self.lock:
            self.hits[address] += 1
            self.hits[f"{method} {address}"] += 1
            self.visits[address] += 1
            site, visit = self.site, self.visits[address]
        return site.answer(target, visit)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawler that hangs up is everyday; anything else is a fault of ours and is printed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-IIS/7.5"
    sys_version = ""
    wbufsize = -1  # head and body leave together
    disable_nagle_algorithm = True
    server: _CourtServer

    def do_GET(self) -> None:
        self._respond(self.path)

    def do_HEAD(self) -> None:
        self._respond(self.path)

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("ascii", "replace")
        joint = "&" if "?" in self.path else "?"
        self._respond(self.path + (joint + form if form else ""))

    def _respond(self, target: str) -> None:
        response = self.server.answer(self.command, target)
        status, body = response.status, response.body.replace(BASE.encode(), self.server.base.encode())
        body = body.replace(HOST.encode(), self.server.base.removeprefix("http://").encode())
        if response.is_unchanged(self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")):
            status, body = HTTPStatus.NOT_MODIFIED, b""
        self.send_response(status)
        for name, value in response.header_list():
            self.send_header(name, value.replace(BASE, self.server.base))
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: requests are counted, not printed."""


class DemoCourts:
    """The three demonstration courts and their hearing portal on 127.0.0.1, from `with` to its end.

    Args:
        night: The night whose content is served first; `set_night` changes it.
        ports: Port by court id; courts not named get a free one, as the portal does.

    Attributes:
        homes: Address of each court's home page by court id.
        portal: Base address of the hearing portal, which they share.

    Raises:
        OSError: A given port is taken.
        ValueError: An unknown night or court id.
    """

    def __init__(self, night: date = NIGHTS[0], ports: Mapping[str, int] | None = None) -> None:
        ports = ports or {}
        if unknown := set(ports) - set(COURTS):
            raise ValueError(f"no such demonstration court: {', '.join(sorted(unknown))}")
        self._night = night
        self._ports = ports
        self._sites = {name: _site(name, night) for name in (*COURTS, portal.ID)}
        self._servers: dict[str, _CourtServer] = {}
        self._threads: list[threading.Thread] = []
        self.homes: dict[str, str] = {}
        self.portal = ""

    @property
    def night(self) -> date:
        return self._night

    def __enter__(self) -> DemoCourts:
        try:
            for court, site in self._sites.items():
                server = _CourtServer(self._ports.get(court, 0), site)
                self._servers[court] = server
                if court in COURTS:
                    self.homes[court] = server.base + "/"
                else:
                    self.portal = server.base
        except OSError:
            self._close_sockets()
            raise
        for server in self._servers.values():
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            server.shutdown()
        for thread in self._threads:
            thread.join()
        self._close_sockets()
        self._threads.clear()

    def _close_sockets(self) -> None:
        for server in self._servers.values():
            server.server_close()

    def set_night(self, night: date) -> None:
        """Serve another night's content from now on; passing troubles begin anew, ports stay."""
        for court, server in self._servers.items():
            server.open_night(_site(court, night))
        self._night = night

    def hits(self, court: str, target: str | None = None, method: str | None = None) -> int:
        """Requests that a court has received: all, for one address, or for one address by one method."""
        counter = self._servers[court].hits
        if target is None:
            return sum(count for address, count in counter.items() if not address.startswith("/"))
        return counter[f"{method} {canonical(target)}" if method else canonical(target)]

    def requested(self, court: str) -> dict[str, int]:
        """Number of requests by address (path and query in canonical spelling)."""
        return {address: n for address, n in self._servers[court].hits.items() if address.startswith("/")}

    def clear_hits(self) -> None:
        for server in self._servers.values():
            server.hits.clear()


def _site(name: str, night: date) -> Site:
    """A court's site, or the portal, on one night."""
    return portal.build(night) if name == portal.ID else site_at(name, night)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; prints the addresses."""
    parser = argparse.ArgumentParser(prog="python -m gongkai.demo.server", description=__doc__)
    parser.add_argument("--night", type=date.fromisoformat, default=NIGHTS[0], help="2026-03-30 or 2026-03-31")
    parser.add_argument("--port", type=int, default=0, help="first of three consecutive ports; default: free ones")
    options = parser.parse_args(arguments)
    if options.night not in NIGHTS:
        parser.error(f"--night: one of {', '.join(map(str, NIGHTS))}")
    ports = {court: options.port + n for n, court in enumerate(COURTS)} if options.port else {}
    try:
        with DemoCourts(options.night, ports) as courts:
            for court, home in courts.homes.items():
                print(f"{court:8} {home}  {COURTS[court].court}", flush=True)
            print(f"{portal.ID:8} {courts.portal}/  庭审公开平台", flush=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        print("stopped")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
