"""Which addresses may be asked."""

from __future__ import annotations

import ipaddress

import pytest
from twisted.internet.error import DNSLookupError

from crawlers.guard import Guard, is_loopback, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    guard = Guard()
    assert not guard.admits(f"[{address}]" if ":" in address else address)
    assert guard.refused


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    assert Guard().admits(address)


def test_a_name_that_resolves_to_a_private_address_is_refused_when_it_is_used() -> None:
    guard = Guard()
    assert guard.admits("rebound.example")
    with pytest.raises(DNSLookupError):
        guard.check("rebound.example", "127.0.0.1")
    assert "rebound.example" in guard.refused
    assert guard.check("sound.example", "8.8.8.8") == "8.8.8.8"


def test_allowed_private() -> None:
    guard = Guard()
    guard.reset(allow_private=True)
    assert guard.admits("127.0.0.1")
    assert guard.check("court.local", "10.0.0.8") == "10.0.0.8"


def test_loopback_names() -> None:
    assert is_loopback("127.0.0.1") and is_loopback("localhost") and is_loopback("::1")
    assert not is_loopback("10.0.0.1") and not is_loopback("court.example")
