"""Scrapy's settings: polite by default, an honest User-Agent, and nothing running that is not used.

Redirects, retries, robots.txt and duplicates are the crawl's own business (`fetch.py`): each of their outcomes is an
access that an audit may need. What Scrapy gives is the downloader: connections, slots, delays, decompression, limits.
"""

from __future__ import annotations

from typing import Any

VERSION = "0.1"

BOT_NAME = "gongkai"
SPIDER_MODULES = ["crawlers.spiders"]
USER_AGENT = f"gongkai/{VERSION} (judicial publicity audit; robots.txt is obeyed)"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}

ROBOTSTXT_OBEY = False  # obeyed by crawlers/robots.py, which also says which page was left out for it
REDIRECT_ENABLED = METAREFRESH_ENABLED = RETRY_ENABLED = COOKIES_ENABLED = HTTPCACHE_ENABLED = False
# An HTTP server that runs Python, and a console: both on by default, neither wanted.
REMOTE_CONTROL_ENABLED = TELNETCONSOLE_ENABLED = False
DOWNLOADER_STATS = False
TWISTED_DNS_RESOLVER = "crawlers.resolver.GuardedResolver"
DNS_TIMEOUT = 10
DOWNLOAD_TIMEOUT = 25  # some court servers need 20 s
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_DELAY = 0.5
DOWNLOAD_DELAY_JITTER = 0.2
CONCURRENT_REQUESTS = 0  # each host has its own limit
CONCURRENT_REQUESTS_PER_DOMAIN = 16  # also the size of the pool of kept connections
DOWNLOAD_SLOTS = {"loopback": {"concurrency": 16, "delay": 0, "jitter": 0}}
REACTOR_THREADPOOL_MAXSIZE = 8
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
STATS_DUMP = False
LOG_LEVEL = "WARNING"

DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
}
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS: dict[str, int | None] = {
    f"scrapy.extensions.{name}": None
    for name in (
        "telnet.TelnetConsole",
        "remote_control.RemoteControl",
        "memdebug.MemoryDebugger",
        "memusage.MemoryUsage",
        "feedexport.FeedExporter",
        "logstats.LogStats",
        "spiderstate.SpiderState",
        "throttle.AutoThrottle",
        "closespider.CloseSpider",
        "logcount.LogCount",
    )
}


def all_settings() -> dict[str, Any]:
    """These settings as a dictionary, for a process that is started without `scrapy.cfg`."""
    return {name: value for name, value in globals().items() if name.isupper()}
