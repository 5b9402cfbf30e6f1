"""What all tests share: no connection leaves this machine, and a database of one's own."""

import ipaddress
import os
import socket

import pytest

from storage.database import connect

pytest.register_assert_rewrite("tests.console_fixtures")


class OutsideConnection(AssertionError):
    """A test asked for an address that is not on this machine."""


def is_loopback(host):
    """Whether an address, or the name localhost, stays on this machine."""
    if host in (None, "", "localhost") or str(host).endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback or address.is_unspecified


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch):
    """Connections and datagrams to other machines fail the test, and names of other machines do not resolve."""
    original = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    resolve = socket.getaddrinfo

    def guarded(name, address_at):
        def call(self, *arguments):
            address = arguments[address_at]
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
                raise OutsideConnection(f"a test may not connect to {address[0]}")
            return original[name](self, *arguments)

        return call

    def guarded_resolve(host, *arguments, **options):
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if is_loopback(name) or _is_address(name):
            return resolve(host, *arguments, **options)
        raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no outside name: {name}")

    monkeypatch.setattr(socket.socket, "connect", guarded("connect", 0))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded("connect_ex", 0))
    monkeypatch.setattr(socket.socket, "sendto", guarded("sendto", -1))
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)


def _is_address(host):
    try:
        ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    return True


@pytest.fixture
def database(tmp_path):
    """An empty database in a folder of the test's own: an engine, closed at the end."""
    engine = connect(tmp_path / "gongkai.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def cjk_fonts():
    """The fonts of this machine for a PDF. `make test` fetches them; without them nothing of it passes unseen."""
    from reports.fonts import find_fonts

    found = find_fonts()
    if not found.is_printable:
        if os.environ.get("GONGKAI_NO_FONTS") == "1":
            pytest.skip("GONGKAI_NO_FONTS=1")
        pytest.fail("no Chinese fonts: make fonts fetches them; GONGKAI_NO_FONTS=1 leaves these tests out")
    return found


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL of this process, up in a second or two; it comes with `make install`."""
    if os.environ.get("GONGKAI_NO_POSTGRES") == "1":
        pytest.skip("GONGKAI_NO_POSTGRES=1")
    from tests.postgres import Server

    server = Server()
    yield server
    server.close()


@pytest.fixture
def postgres(postgres_server):
    """The URL of an empty PostgreSQL database of the test's own."""
    return postgres_server.new_database()
