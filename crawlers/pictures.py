"""Pictures of pages as a reader sees them, with their address and the time above them: taken by a headless browser that asks
as the crawl does (robots.txt, the guard, one page after the other, the host's pause between two) and reaches no other host.

`take` is called by the application; `python -m crawlers.pictures` is the child that holds the browser: what a page does to
it ends there.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import html
import json
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from crawlers.browser import SETTLE, TIMEOUT, BrowserMissing, browser_for
from crawlers.downloader import Reply
from crawlers.guard import is_loopback
from crawlers.robots import Robots
from crawlers.settings import DOWNLOAD_DELAY, VERSION
from crawlers.urls import host_of

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, Route

WIDTH, HEIGHT = 1280, 900
TALLEST = 6000  # pixels; a list of a thousand rows is cut off there
GRACE = 60  # seconds that the last page may take after the time is over
CHINA = timezone(timedelta(hours=8))
# What a picture does not need, and a server need not send.
_LEFT_OUT = frozenset({"media", "font", "websocket", "eventsource", "manifest"})


@dataclass(frozen=True, kw_only=True)
class PictureTask:
    """Which pages to take.

    Attributes:
        urls: In this order.
        delay: Seconds between two pages of a host; None: 0.5, on loopback 0.
        seconds: After which no further page is begun.
        contact: Stands in the User-Agent.
    """

    urls: tuple[str, ...]
    seconds: float = 120.0
    delay: float | None = None
    allow_private: bool = False
    contact: str | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What came of one page. `png` None: nothing, and `detail` says why. `at`: the moment of asking."""

    url: str
    at: datetime
    final_url: str | None = None
    status: int | None = None
    png: bytes | None = None
    width: int | None = None
    height: int | None = None
    detail: str | None = None
    browser: str | None = None


def take(task: PictureTask) -> list[Picture]:
    """Take the pictures in a process of its own. Pages for which the time did not suffice are missing.

    Raises:
        BrowserMissing: There is no browser, or it does not start.
    """
    if not task.urls:
        return []
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crawlers.pictures"],
            input=json.dumps(vars(task)),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=task.seconds + GRACE,
            check=False,
        )
        said, errors, code = done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as late:  # what was taken until then counts
        raw = late.stdout or b""
        said, errors, code = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw, "", 0
    found = []
    for line in said.splitlines():
        if line.startswith('{"missing"'):
            raise BrowserMissing(json.loads(line)["missing"])
        if line.startswith("{") and line.endswith("}"):
            values = json.loads(line)
            values["at"] = datetime.fromisoformat(values["at"])
            values["png"] = base64.b64decode(values["png"]) if values["png"] else None
            found.append(Picture(**values))
    if code != 0:
        raise RuntimeError(errors[-4000:] or f"exit {code}")
    return found


def main() -> int:
    """The child: one task from standard input, a line of JSON for each picture."""
    values = json.loads(sys.stdin.read())
    task = PictureTask(**values | {"urls": tuple(values["urls"])})
    try:
        asyncio.run(_take_all(task))
    except BrowserMissing as error:
        print(json.dumps({"missing": str(error)}), flush=True)
    return 0


async def _take_all(task: PictureTask) -> None:
    end = time.monotonic() + task.seconds
    hosts: dict[str, list[str]] = {}
    for url in task.urls:
        hosts.setdefault(host_of(url), []).append(url)
    for urls in hosts.values():
        if time.monotonic() >= end:
            return
        async with browser_for(urls[0], allow_private=task.allow_private) as browser:
            if browser is None:
                for url in urls:
                    _tell(Picture(url=url, at=datetime.now(UTC), detail="非公网地址或者无法解析"))
                continue
            await _of_host(browser, urls, task, end)


async def _of_host(browser: Browser, urls: Sequence[str], task: PictureTask, end: float) -> None:
    robots = Robots()
    contact = f"contact: {task.contact}" if task.contact else "robots.txt is obeyed"
    context = await browser.new_context(
        user_agent=f"gongkai/{VERSION} (judicial publicity audit; {contact})",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": WIDTH, "height": HEIGHT},
        accept_downloads=False,
        ignore_https_errors=True,
        service_workers="block",
    )

    async def download(url: str, method: str, _headers: Mapping[str, str]) -> Reply:
        page = await context.new_page()
        try:
            answer = await page.goto(url, timeout=TIMEOUT)
            body = await answer.body() if answer is not None else b""
            return Reply(answer.status if answer is not None else 0, body=body)
        finally:
            await page.close()

    await robots.allows(urls[0], download)

    async def admit(route: Route) -> None:
        request = route.request
        inside = host_of(request.url) == host_of(urls[0]) and request.resource_type not in _LEFT_OUT
        # The rules are read by now: asking them costs nothing, and asks nobody.
        if inside and await robots.allows(request.url, download):
            await route.continue_()
        else:
            await route.abort()

    await context.route("**/*", admit)
    loopback = is_loopback(host_of(urls[0]).rsplit(":", 1)[0])
    delay = task.delay if task.delay is not None else 0.0 if loopback else DOWNLOAD_DELAY
    pause = max(delay, robots.delay(urls[0]) or 0.0)
    try:
        for number, url in enumerate(urls):
            if time.monotonic() >= end:
                return
            if number:
                await asyncio.sleep(pause)
            if not await robots.allows(url, download):
                _tell(Picture(url=url, at=datetime.now(UTC), detail="robots.txt 禁止"))
                continue
            _tell(await _take(browser, context, url))
    finally:
        await context.close()


async def _take(browser: Browser, context: BrowserContext, url: str) -> Picture:
    from playwright.async_api import Error

    at = datetime.now(UTC)
    page = await context.new_page()
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
    try:
        answer = await page.goto(url, timeout=TIMEOUT, wait_until="load")
        with contextlib.suppress(Error):  # a page that never rests is taken as it is now
            await page.wait_for_load_state("networkidle", timeout=SETTLE)
        shot = await _whole(page)
        status, final = (answer.status if answer is not None else None), page.url
    except Error as error:
        return Picture(url=url, at=at, detail=_why(str(error)), browser=browser.version)
    finally:
        await page.close()
    png = await _with_caption(browser, shot, url, final, status, at)
    width, height = struct.unpack(">II", png[16:24])
    return Picture(
        url=url,
        at=at,
        final_url=None if final == url else final,
        status=status,
        png=png,
        width=width,
        height=height,
        browser=browser.version,
    )


async def _whole(page: Page) -> bytes:
    """The whole page from its top, as far down as is sensible."""
    tall = await page.evaluate("Math.max(document.documentElement.scrollHeight, innerHeight)")
    height = max(HEIGHT, min(int(tall), TALLEST))
    clip: Any = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    return await page.screenshot(full_page=True, clip=clip, animations="disabled", timeout=TIMEOUT)


async def _with_caption(browser: Browser, png: bytes, url: str, final: str, status: int | None, at: datetime) -> bytes:
    """The picture with a strip above it that says where and when it was taken. Drawn apart from the page: it cannot touch it."""
    moved = f" → {final}" if final != url else ""
    said = f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S} +08:00　HTTP {status or '-'}　{url}{moved}"
    context = await browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, java_script_enabled=False, offline=True
    )
    try:
        page = await context.new_page()
        image = base64.b64encode(png).decode()
        await page.set_content(
            "<!doctype html><meta charset=utf-8><style>body{margin:0}p{margin:0;padding:8px 12px;background:#111;color:#fff;"
            "font:14px/1.5 sans-serif;overflow-wrap:anywhere}img{display:block}</style>"
            f'<p>{html.escape(said)}</p><img src="data:image/png;base64,{image}">'
        )
        return await page.screenshot(full_page=True)
    finally:
        await context.close()


def _why(error: str) -> str:
    """A browser's error in words: it names what a reader would see."""
    first = error.splitlines()[0]
    for mark, said in (
        ("Download is starting", "不是网页，浏览器只能下载"),
        ("ERR_NAME_NOT_RESOLVED", "域名无法解析"),
        ("ERR_CONNECTION_REFUSED", "连接被拒绝"),
        ("Timeout", "打开超时"),
        ("ERR_TOO_MANY_REDIRECTS", "循环跳转"),
        ("ERR_BLOCKED_BY_CLIENT", "转到其他网站，未打开"),
        ("ERR_FAILED", "转到其他网站，未打开"),
    ):
        if mark in error:
            return said
    return first[:200]


def _tell(picture: Picture) -> None:
    values = vars(picture) | {"at": picture.at.isoformat()}
    values["png"] = base64.b64encode(picture.png).decode() if picture.png is not None else None
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    sys.exit(main())
