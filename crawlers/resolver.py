"""Scrapy's resolver of names, with the guard between an answer and its use."""

from __future__ import annotations

from typing import Any

from scrapy.resolver import CachingThreadedResolver

from crawlers.guard import GUARD


class GuardedResolver(CachingThreadedResolver):
    """Resolves a name, unless its address is not to be asked."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802 - Twisted's name
        found = super().getHostByName(name, timeout)
        found.addCallback(lambda address: GUARD.check(name, address))
        return found
