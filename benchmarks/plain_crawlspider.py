"""A link checker as one writes it with Scrapy after reading its tutorial: CrawlSpider, LinkExtractor, status codes.

    scrapy runspider benchmarks/plain_crawlspider.py -a start=URL -o dead.jsonl

It is a rival in the benchmark and shares nothing with gongkai.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy.http import Request, Response
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule
from twisted.python.failure import Failure


class PlainSpider(CrawlSpider):
    """Follows every link and asset and yields what did not answer with success."""

    name = "plain"
    handle_httpstatus_list = list(range(400, 600))
    custom_settings = {
        "ROBOTSTXT_OBEY": False,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "INFO",
    }
    rules = (
        Rule(
            LinkExtractor(
                tags=("a", "area", "img", "script", "link", "iframe", "frame"),
                attrs=("href", "src"),
                deny_extensions=[],
            ),
            callback="check",
            errback="failed",
            follow=True,
        ),
    )

    def __init__(self, start: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.start_urls = [start]

    def check(self, response: Response) -> Iterator[dict[str, object]]:
        if response.status >= 400:
            yield self._dead(response.request, str(response.status))

    def failed(self, failure: Failure) -> Iterator[dict[str, object]]:
        request: Request = failure.request  # type: ignore[attr-defined]
        yield self._dead(request, type(failure.value).__name__)

    def _dead(self, request: Request | None, why: str) -> dict[str, object]:
        assert request is not None
        return {"urls": [*request.meta.get("redirect_urls", ()), request.url], "why": why}
