"""The guard that keeps tests on this machine does keep them there."""

import asyncio
import socket
from contextlib import closing

import pytest

from tests.conftest import OutsideConnection, is_loopback

OUTSIDE = "192.0.2.1"  # reserved for documentation: no machine has it


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "court.localhost", "::ffff:127.0.0.1", ""]
)
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", [OUTSIDE, "10.0.0.1", "fe80::1%eth0", "court.example.cn", "localhost.example.cn"])
def test_outside(host):
    assert not is_loopback(host)


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_connections_to_the_outside_fail(method):
    with closing(socket.socket()) as made, pytest.raises(OutsideConnection):
        getattr(made, method)((OUTSIDE, 80))


def test_datagrams_to_the_outside_fail():
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as made, pytest.raises(OutsideConnection):
        made.sendto(b"x", (OUTSIDE, 53))


def test_asyncio_is_guarded_too():
    with pytest.raises(OutsideConnection):
        asyncio.run(asyncio.wait_for(_open(), 5))


async def _open():
    await asyncio.open_connection(OUTSIDE, 80)


def test_outside_names_do_not_resolve():
    with pytest.raises(socket.gaierror):
        socket.create_connection(("court.example.cn", 80), timeout=1)


def test_this_machine_can_be_reached():
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        socket.create_connection(server.getsockname()).close()
