"""Pages that only JavaScript draws, read with a headless browser (Playwright) that reaches no host but the site's own.

The browser is the system's or Playwright's, whichever `browser_finder` finds. It resolves one name: the site's, to the
address that the guard has admitted; every other host does not exist for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import socket
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from crawlers.browser_finder import find_browser
from crawlers.guard import is_public, literal_address
from crawlers.urls import host_of

if TYPE_CHECKING:
    from playwright.async_api import Browser

TIMEOUT = 15_000  # milliseconds for a page to load
SETTLE = 4_000  # and for its scripts to come to rest
LARGEST = 8 * 1024 * 1024


class BrowserMissing(Exception):
    """No browser can be found or started: what it would have drawn is not read."""


async def render(
    urls: Sequence[str], home: str, *, allow_private: bool, user_agent: str | None = None
) -> dict[str, str]:
    """The drawn HTML of each page that could be opened.

    Raises:
        BrowserMissing: There is no browser, or it does not start.
    """
    drawn: dict[str, str] = {}
    async with browser_for(home, allow_private=allow_private) as browser:
        if browser is None:
            return {}
        for url in urls:
            html = await _draw(browser, url, user_agent)
            if html is not None:
                drawn[url] = html
    return drawn


@contextlib.asynccontextmanager
async def browser_for(home: str, *, allow_private: bool) -> AsyncIterator[Browser | None]:
    """A browser for which only the host of `home` exists; None: even that one may not be asked.

    Raises:
        BrowserMissing: There is no browser, or it does not start.
    """
    # Loading Playwright costs 0.15 s, and most nights draw nothing.
    from playwright.async_api import Error, async_playwright

    executable = find_browser()
    if executable is None:
        raise BrowserMissing("没有可用的浏览器（运行 gongkai doctor 查看如何安装）")
    rules = await _only_this_host(home, allow_private=allow_private)
    if rules is None:
        yield None
        return
    arguments = [
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        f"--host-resolver-rules={rules}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # root cannot have a sandbox
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(executable_path=str(executable), args=arguments)
        except Error as error:
            raise BrowserMissing(f"浏览器无法启动：{executable}") from error
        try:
            yield browser
        finally:
            await browser.close()


async def _draw(browser: Browser, url: str, user_agent: str | None) -> str | None:
    from playwright.async_api import Error

    context = await browser.new_context(
        user_agent=user_agent,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        accept_downloads=False,
        ignore_https_errors=True,
    )
    try:
        page = await context.new_page()
        response = await page.goto(url, timeout=TIMEOUT, wait_until="load")
        if response is None or response.status >= 400 or host_of(page.url) != host_of(url):
            return None
        with contextlib.suppress(Error):  # a page that never rests is read as it is now
            await page.wait_for_load_state("networkidle", timeout=SETTLE)
        html = await page.content()
        return html if len(html) <= LARGEST else None
    except Error:
        return None
    finally:
        await context.close()


async def _only_this_host(home: str, *, allow_private: bool) -> str | None:
    """Chromium's resolver rules that leave one host, or None if even that one may not be asked."""
    host = host_of(home)
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    literal = literal_address(name)
    if allow_private or (literal is not None and is_public(literal)):
        return f"MAP * ~NOTFOUND, EXCLUDE {name}"
    if literal is not None:
        return None
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, family=socket.AF_INET)
    except OSError:
        return None
    address = str(found[0][4][0])
    return (
        f"MAP {name} {address}, MAP * ~NOTFOUND, EXCLUDE {address}"
        if is_public(ipaddress.ip_address(address))
        else None
    )
