"""What one crawl is asked to do. It travels to the crawl's own process as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from crawlers.profile import Profile

MAX_PAGES = 20_000


@dataclass(frozen=True, kw_only=True)
class CrawlTask:
    """One night at one site.

    Attributes:
        database: An SQLite file's path or an SQLAlchemy URL.
        night: The audit date in Asia/Shanghai; a finished night is not crawled again.
        allow_private: Ask loopback, private and link-local addresses too.
        max_pages: Pages of the site that are read at most.
        delay: Seconds between two requests to a public host; None: the profile's, or 0.5.
        concurrency: Connections to the site's host; None: the profile's, or 2 (16 on loopback).
        max_seconds, max_bytes: After these nothing more is asked tonight; None: no bound.
        timeout: Seconds that one request may take; None: 25.
        contact: An address or URL that stands in the User-Agent, so that a court can reach whoever runs this.
        only: Addresses with the kind of link that leads to them. These are asked, and the home page, and nothing else
            but their frames and attachments; the run is never a complete one. None: the whole site.
        revisit_nights: An old page that was well is asked once in so many nights (`crawlers.revisit`); 1: every night.
        revisit_above: A site of at most so many addresses is asked whole every night.
    """

    database: str
    night: date
    profile: Profile
    allow_private: bool = False
    max_pages: int | None = None
    max_seconds: float | None = None
    max_bytes: int | None = None
    delay: float | None = None
    concurrency: int | None = None
    contact: str | None = None
    timeout: float | None = None
    only: tuple[tuple[str, str], ...] | None = None
    revisit_nights: int = 1
    revisit_above: int = 0

    @property
    def page_budget(self) -> int:
        return self.max_pages or self.profile.max_pages or MAX_PAGES

    def to_json(self) -> str:
        """The task as one line of JSON."""
        values: dict[str, Any] = vars(self) | {
            "night": self.night.isoformat(),
            "profile": self.profile.model_dump(mode="json"),
        }
        return json.dumps(values, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> CrawlTask:
        """The inverse of `to_json`."""
        values = json.loads(text)
        values["night"] = date.fromisoformat(values["night"])
        values["profile"] = Profile.model_validate(values["profile"])
        if values.get("only") is not None:
            values["only"] = tuple((url, kind) for url, kind in values["only"])
        return CrawlTask(**values)
