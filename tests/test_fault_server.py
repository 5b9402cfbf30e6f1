"""The fault server does what its catalogue says it does: else every test that leans on it proves nothing."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from storage.records import Access
from tests.fault_server import FaultServer
from tests.faults.answers import ANSWERS
from tests.faults.catalogue import CATALOGUE, Fault, catalogue


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer(pause=0.05) as running:
        yield running


def ask(server: FaultServer, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def exchange_raw(server: FaultServer, path: str, limit: int = 1 << 16) -> bytes:
    """What comes over the wire until the server closes, or `limit` bytes. Raises `ConnectionResetError`."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while len(received) < limit and (piece := connection.recv(limit)):
            received += piece
    return received


@pytest.mark.parametrize("fault", catalogue(), ids=lambda fault: fault.path)
def test_every_entry_has_an_answer_and_a_known_access(fault: Fault) -> None:
    assert fault.path.partition(";")[0] in ANSWERS
    assert {Access(access) for access in fault.accesses}
    assert all(link in ANSWERS for link in fault.links)


def test_every_access_that_a_server_can_cause_is_in_the_catalogue() -> None:
    caused = {Access(access) for fault in catalogue() for access in fault.accesses}
    elsewhere = {Access.DNS, Access.REFUSED, Access.TLS, Access.OFFLINE}  # refused_url, tls_url; names need no server
    assert caused | elsewhere == set(Access)


def test_paths_are_unique() -> None:
    paths = [fault.path for fault in catalogue()]
    assert len(paths) == len(set(paths))


def test_home_links_to_everything_that_is_linked(server: FaultServer) -> None:
    status, body = ask(server, "/")
    assert status == 200
    for fault in catalogue():
        assert (f'href="{fault.path}"' in body.decode()) is fault.linked, fault.path


STATUSES = [
    ("/ok", 200), ("/gone", 404), ("/gone-410", 410), ("/server-error", 500), ("/throttled", 429),
    ("/denied-403", 403), ("/denied-401", 401), ("/challenge-412", 412), ("/challenge-521", 521),
    ("/loop", 302), ("/nobody-knows-this", 404), ("/session;jsessionid=A1B2", 200), ("/busy", 200),
    ("/no-content", 204),
]  # fmt: skip


@pytest.mark.parametrize(("path", "status"), STATUSES)
def test_status(server: FaultServer, path: str, status: int) -> None:
    assert ask(server, path)[0] == status


def test_early_hints_come_before_the_answer(server: FaultServer) -> None:
    received = exchange_raw(server, "/early-hints")
    assert received.startswith(b"HTTP/1.1 103") and b"HTTP/1.1 200" in received


def test_503_twice_then_200() -> None:
    with FaultServer() as server:
        assert [ask(server, "/unavailable-twice")[0] for _ in range(4)] == [503, 503, 200, 200]
        server.forget()
        assert ask(server, "/unavailable-twice")[0] == 503


def test_hits_and_requests_are_counted() -> None:
    with FaultServer() as server:
        ask(server, "/ok?page=2", "HEAD", User_Agent="gongkai-test")
        ask(server, "/ok")
        assert server.hits["/ok"] == 2
        assert server.hits["/forbidden-by-robots"] == 0
        method, target, headers = server.requests[0]
        assert (method, target, headers["user-agent"]) == ("HEAD", "/ok?page=2", "gongkai-test")


def test_head_is_refused_or_lies_and_has_no_body(server: FaultServer) -> None:
    assert ask(server, "/get-only", "HEAD") == (405, b"")
    assert ask(server, "/get-only")[0] == 200
    assert ask(server, "/head-says-gone", "HEAD")[0] == 404


def test_conditional(server: FaultServer) -> None:
    assert ask(server, "/conditional")[0] == 200
    assert ask(server, "/conditional", If_None_Match='"night-1"') == (304, b"")


def test_redirect_chain_of_fifteen_ends_well_and_a_long_one_does_not(server: FaultServer) -> None:
    def follow(path: str) -> tuple[int, int]:
        for steps in range(60):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            connection.request("GET", path)
            response = connection.getresponse()
            location = response.headers.get("Location")
            connection.close()
            if location is None:
                return response.status, steps
            path = location
        raise AssertionError("no end")

    assert follow("/chain") == (200, 15)
    assert follow("/long-chain") == (404, 41)


def test_cookie_wall_opens_for_who_brings_the_cookie(server: FaultServer) -> None:
    assert ask(server, "/cookie-wall")[0] == 302
    assert ask(server, "/cookie-wall", Cookie="visited=1")[0] == 200


def test_gzip_bomb_is_small_on_the_wire(server: FaultServer) -> None:
    status, body = ask(server, "/gzip-bomb")
    assert status == 200
    assert len(body) < 200_000


@pytest.mark.parametrize("path", ["/endless", "/large", "/large-unannounced"])
def test_large_bodies_keep_coming(server: FaultServer, path: str) -> None:
    assert len(exchange_raw(server, path, 3 << 20)) >= 3 << 20


def test_drip_goes_on_and_silence_stays(server: FaultServer) -> None:
    assert exchange_raw(server, "/drip", 120).count(b"<") >= 2
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.3) as connection:
        connection.sendall(b"GET /silent HTTP/1.1\r\n\r\n")
        with pytest.raises(TimeoutError):
            connection.recv(1)


@pytest.mark.parametrize("path", ["/reset", "/cut"])
def test_reset(server: FaultServer, path: str) -> None:
    with pytest.raises(ConnectionResetError):
        while exchange_raw(server, path):
            pass


@pytest.mark.parametrize("path", ["/too-little", "/bad-chunks", "/unended-chunks"])
def test_bodies_that_end_wrongly(server: FaultServer, path: str) -> None:
    with pytest.raises((http.client.IncompleteRead, ValueError)):
        ask(server, path)


@pytest.mark.parametrize("path", ["/no-answer", "/cut-in-headers", "/header-without-end", "/not-http"])
def test_answers_that_are_no_answer(server: FaultServer, path: str) -> None:
    assert b"\r\n\r\n" not in exchange_raw(server, path)


ENCODED = [
    ("/gbk", "gbk"), ("/gbk-said-utf8", "gbk"), ("/gbk-meta-utf8", "gbk"), ("/utf8-said-latin1", "utf-8"),
    ("/utf8-said-gbk", "utf-8"), ("/utf16", "utf-16"), ("/gb18030", "gb18030"), ("/unknown-charset", "gbk"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "encoding"), ENCODED)
def test_text_is_there_in_the_true_encoding(server: FaultServer, path: str, encoding: str) -> None:
    text = next(fault.text for fault in catalogue() if fault.path == path)
    assert text and text in ask(server, path)[1].decode(encoding)


def test_refused_and_tls_addresses(server: FaultServer) -> None:
    with pytest.raises(urllib.error.URLError) as refused:
        urllib.request.urlopen(server.refused_url, timeout=5)
    assert isinstance(refused.value.reason, ConnectionRefusedError)
    with pytest.raises(urllib.error.URLError) as tls:
        urllib.request.urlopen(server.tls_url, timeout=5)
    assert isinstance(tls.value.reason, ssl.SSLError)


@pytest.mark.parametrize(("unknown", "status"), [("gone", 404), ("soft", 200), ("home", 302)])
def test_unknown_paths(unknown: str, status: int) -> None:
    with FaultServer(unknown=unknown, pages={"/own": "<p>own</p>"}) as server:  # type: ignore[arg-type]
        assert ask(server, "/nobody-knows-this")[0] == status
        assert ask(server, "/own") == (200, b"<p>own</p>")


def test_catalogue_refuses_unknown_keys(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    wrong = tmp_path / "catalogue.yml"
    wrong.write_text(CATALOGUE.read_text(encoding="utf-8") + "- {path: /x, acess: ok, access: ok, about: y}\n")
    monkeypatch.setattr("tests.faults.catalogue.CATALOGUE", wrong)
    with pytest.raises(KeyError, match="acess"):
        catalogue()
