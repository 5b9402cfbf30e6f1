"""Which addresses may be asked. Loopback, private and link-local ones only where the user allows it.

The check is made on what a name resolves to, at the moment of connecting, so a name that changes its address between
check and use (DNS rebinding) gains nothing; redirects pass through it like any other request.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache


class Guard:
    """What was resolved in this process, and what was refused. One crawl is one process."""

    def __init__(self) -> None:
        self.allow_private = False
        self.refused: set[str] = set()
        self.resolved: set[str] = set()

    def reset(self, *, allow_private: bool) -> None:
        self.__init__()  # type: ignore[misc]
        self.allow_private = allow_private

    def admits(self, host: str) -> bool:
        """May this host be asked, as far as its name tells? Numeric addresses are judged here, names when resolved."""
        address = literal_address(host)
        if address is None or self.allow_private or is_public(address):
            return True
        self.refused.add(host)
        return False

    def check(self, name: str, address: str) -> str:
        """The address a name resolved to, if it may be asked.

        Raises:
            DNSLookupError: It is not public. (The downloader knows no other way to refuse; see `refused`.)
        """
        if not self.allow_private and not is_public(ipaddress.ip_address(address)):
            from twisted.internet.error import (
                DNSLookupError,
            )  # a night's own process asks nothing, and needs no Twisted

            self.refused.add(name)
            raise DNSLookupError(f"{name}: not a public address")
        self.resolved.add(name)
        return address


GUARD = Guard()


@lru_cache(maxsize=4096)
def literal_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host names in digits, or None for a name. `host` may be in brackets."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Globally reachable, also when it is an IPv4 address in IPv6 clothes."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


@lru_cache(maxsize=4096)
def is_loopback(host: str) -> bool:
    """127.0.0.0/8, ::1 and localhost: no politeness is needed towards oneself."""
    address = literal_address(host)
    return host == "localhost" if address is None else address.is_loopback
