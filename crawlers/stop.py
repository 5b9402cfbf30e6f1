"""When reading stops before a site is read: the night's hours are over, or the service is stopped."""

from __future__ import annotations

UNFINISHED = "巡查时段结束时尚未读完，下一夜继续"


class CrawlStopped(Exception):
    """The time for reading was over before the site was read; what was read is in the database, and its run goes on."""


def never() -> bool:
    """Reading goes on until all is read."""
    return False
