"""Does any outside name resolve here? If not, it is our own network, and nothing is said about a name that does not."""

from __future__ import annotations

import asyncio
import socket

from crawlers.guard import GUARD, is_loopback

# Names that exist for certain.
WELL_KNOWN = ("www.court.gov.cn", "wenshu.court.gov.cn", "www.gov.cn")


async def names_resolve() -> bool:
    """Whether a name outside this machine was resolved in this process, or a well-known one can be."""
    if any(not is_loopback(name) for name in GUARD.resolved):
        return True
    loop = asyncio.get_running_loop()
    for name in WELL_KNOWN:
        try:
            await loop.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
        except OSError:
            continue
        return True
    return False
