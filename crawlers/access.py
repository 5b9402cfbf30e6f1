"""What happened to a request: one of a closed set, decided from status, headers, first bytes and exception types.

Never accuse a court of our own trouble: what refuses *us* (denied, blocked, throttled) is told apart from what is gone.
Never match the text of an exception; types and numbers only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from OpenSSL.SSL import Error as TLSError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet import error as net
from twisted.web.client import ResponseFailed

from crawlers.encoding import looks_binary
from crawlers.urls import path_of
from storage.records import Access, LinkKind

# Outcomes that are asked again at the end of the run before they are believed, and how often in all.
ATTEMPTS = {
    Access.GONE: 2,
    Access.SOFT_GONE: 2,
    Access.DNS: 2,
    Access.REFUSED: 2,
    Access.REDIRECT_LOOP: 2,
    Access.EMPTY: 2,
    Access.UNEXPECTED_TYPE: 2,
    Access.UNDECODABLE: 2,
    Access.SERVER_ERROR: 3,
    Access.TIMEOUT: 2,
    Access.RESET: 3,
    Access.TLS: 2,
    Access.THROTTLED: 3,
}

_CHALLENGE = re.compile(
    rb"setCookie\(\s*[\"']acw_sc__v|arg1\s*=\s*['\"][0-9A-F]{40}|wzws_confirm|wzwschallenge|__jsl_clearance|"
    rb"/cdn-cgi/challenge-platform|cf-browser-verification|_guard/auto\.js|safeline|nc_iconfont|\$_ts\s*=|u_atoken",
    re.I,
)
_CHALLENGE_WORDS = re.compile(
    r"请输入验证码|输入图片验证码|拖动滑块|滑动验证|人机验证|安全验证|访问验证|请完成验证|网站防火墙|您的请求(?:带有不合法参数|被拦截)|"
    r"访问被(?:拦截|阻断|拒绝)|请求被拦截|疑似(?:黑客)?攻击|Access Denied|Request Rejected"
)
_THROTTLE_WORDS = re.compile(
    r"访问(?:过于)?频繁|操作过于频繁|系统繁忙|请求过于频繁|服务器繁忙|访问过快|稍后再(?:试|访问)"
)
_ERROR_WORDS = re.compile(
    r"Server Error in '/|java\.lang\.\w*(?:Exception|Error)|Microsoft OLE DB Provider|Fatal error:\s|HTTP Status 5\d\d|"
    r"ORA-\d{5}|Microsoft VBScript 运行时错误|ADODB\.\w+ 错误|数据库连接(?:失败|错误|超时)"
)
_GONE_WORDS = re.compile(
    r"页面出错了|页面不存在|找不到(?:该|您|相关|页面|网页|对象|文件)|(?:页面|网页|文章|信息|内容|栏目|资源)(?:已(?:经)?(?:被)?删除|不存在|未找到|找不到|已过期)|"
    r"您(?:访问|查看|请求|查找)的(?:页面|网页|内容|文章|信息|资源|文件)?.{0,8}(?:不存在|已删除|被删除|未找到|找不到|出错|不见了)|"
    r"(?:没有|无)(?:此|该|这个)(?:页面|文章|信息|记录|栏目)|404\s*(?:Not Found|错误|页面)|Not Found|该信息不存在"
)
_GONE_TITLE = re.compile(
    r"^\W*(?:404|页面(?:不存在|出错|找不到|未找到)|出错了?|错误(?:页面|提示)?|找不到页面|提示信息|not found|error)",
    re.I,
)
_LOGIN = re.compile(r"/(?:login|logon|signin|passport|sso|cas|oauth2?|authorize|tongyiLogin)(?:[/.?_]|$)", re.I)
# One of these must be there before the expression is tried: it is slow over bytes, and almost no page has any.
_CHALLENGE_HINTS = (
    b"acw_sc__v",
    b"arg1",
    b"wzws",
    b"__jsl_clearance",
    b"cdn-cgi",
    b"cf-browser",
    b"_guard",
    b"safeline",
    b"nc_iconfont",
    b"$_ts",
    b"u_atoken",
)
_SPACES = re.compile(r"\s+")
SHORT = 400  # characters outside links: a page of error has no more; an article about errors has


@dataclass(frozen=True)
class Outcome:
    """An access, and a word on it for the office (an exception's name, a status, the redirect's end)."""

    access: Access
    detail: str | None = None


@dataclass(frozen=True)
class NotFoundSignature:
    """How this site says "not found" to a random address: learned once at the beginning of a run.

    Attributes:
        status: The status of the probe. 404 and 410 mean that the site is honest.
        title, text: Of the page that came with 200.
        redirects_to: Path that the probe was redirected to.
    """

    status: int | None = None
    title: str = ""
    text: str = ""
    redirects_to: str | None = None

    def matches(self, title: str, text: str, final_path: str | None, path: str) -> bool:
        """Does a page with status 200 say "not found" in the site's own way?"""
        if self.redirects_to is not None and final_path == self.redirects_to and path != self.redirects_to:
            return not re.fullmatch(r"/(?:home|index|default|main)(?:\.\w+)?/?", path, re.I)  # another name of the home
        if self.status != 200 or not (self.text or self.title):
            return False
        return title == self.title and _similar(text, self.text)


def _similar(a: str, b: str) -> bool:
    """Nearly the same words: what differs is the address, a time or an advert."""
    if not a or not b:
        return a == b
    if min(len(a), len(b)) * 10 < max(len(a), len(b)) * 8:
        return False
    first, second = set(_shingles(a)), set(_shingles(b))
    return len(first & second) * 100 >= 85 * max(1, min(len(first), len(second)))


def _shingles(text: str) -> list[str]:
    text = re.sub(r"\d+", "0", _SPACES.sub("", text))[:6_000]
    return [text[i : i + 4] for i in range(max(1, len(text) - 3))]


def is_challenge(body: bytes) -> bool:
    """Do the first 8 KB belong to a firewall's challenge?"""
    head = body[:8192].lower()
    return any(hint in head for hint in _CHALLENGE_HINTS) and _CHALLENGE.search(head) is not None


def from_failure(exception: BaseException) -> Outcome:
    """The access that an exception of the downloader means.

    Raises:
        BaseException: The exception itself, if it is no trouble of the outside world: a bug crashes loudly.
    """
    name = type(exception).__name__
    if isinstance(exception, CannotResolveHostError | net.DNSLookupError):
        return Outcome(Access.DNS, "DNS")
    if isinstance(exception, DownloadTimeoutError | net.TimeoutError | TimeoutError):
        return Outcome(Access.TIMEOUT, "超时")
    if isinstance(exception, DownloadConnectionRefusedError | net.ConnectionRefusedError):
        return Outcome(Access.REFUSED, "拒绝连接")
    causes = _causes(exception)
    if any(isinstance(c, TLSError | net.CertificateError) for c in causes):
        return Outcome(Access.TLS, "TLS")
    if isinstance(exception, DownloadCancelledError):
        return Outcome(Access.OVERSIZE, "超过读取上限")
    if any(isinstance(c, net.NoRouteError) or getattr(c, "errno", None) in (101, 113) for c in causes):
        return Outcome(Access.TIMEOUT, "无法到达")
    if isinstance(
        exception,
        ResponseDataLossError
        | DownloadFailedError
        | ResponseFailed
        | net.ConnectError
        | net.ConnectionClosed
        | OSError,
    ):
        return Outcome(Access.RESET, "连接中断")
    if isinstance(exception, ValueError | UnicodeError) and name in ("BadHeaders", "InvalidHeader", "ParseError"):
        return Outcome(Access.RESET, name)
    raise exception


def _causes(exception: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException] = [exception]
    while waiting and len(found) < 20:
        current = waiting.pop()
        found.append(current)
        for reason in getattr(current, "reasons", None) or ():
            value = getattr(reason, "value", reason)
            if isinstance(value, BaseException):
                waiting.append(value)
        waiting.extend(c for c in (current.__cause__, current.__context__) if c is not None and c not in found)
    return found


def from_status(status: int, headers: Mapping[str, str], body: bytes) -> Outcome | None:
    """The access that a status alone decides; None where the body must be looked at (2xx)."""
    detail = f"HTTP {status}"
    if status in (404, 410):
        # A challenge page may come under any status, and then it is about us.
        return Outcome(Access.BLOCKED, detail) if is_challenge(body) else Outcome(Access.GONE, detail)
    if status == 429:
        return Outcome(Access.THROTTLED, detail)
    if status in (412, 468, 493, 521) or (status in (403, 503, 405, 202) and is_challenge(body)):
        return Outcome(Access.BLOCKED, detail)
    if status == 408:
        return Outcome(Access.TIMEOUT, detail)
    if 400 <= status < 500:
        return Outcome(Access.DENIED, detail)
    if status >= 500:
        return Outcome(Access.SERVER_ERROR, detail)
    if status == 204 or status == 205:
        return Outcome(Access.EMPTY, detail)
    if 300 <= status < 400 and status != 304:
        return Outcome(Access.SERVER_ERROR, f"{detail}，没有可去的地址")
    return Outcome(Access.OK) if status == 304 else None


def from_file(kind: LinkKind, headers: Mapping[str, str], body: bytes, size: int | None) -> Outcome:
    """The access of an attachment, image, script or film that came with 200. `size` None: unknown (HEAD)."""
    content_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if size == 0:
        return Outcome(Access.EMPTY, "0字节")
    if body and is_challenge(body):
        return Outcome(Access.BLOCKED, "验证页面")
    if kind in (LinkKind.ATTACHMENT, LinkKind.IMAGE, LinkKind.MEDIA):
        html = content_type in ("text/html", "application/xhtml+xml")
        if body:
            start = body[:512].lstrip().lower()
            html = start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script"))
        if html:
            return Outcome(Access.UNEXPECTED_TYPE, "以网页代替文件")
    return Outcome(Access.OK)


def from_page(
    body: bytes,
    headers: Mapping[str, str],
    *,
    title: str,
    text: str,
    text_length: int,
    signature: NotFoundSignature,
    path: str,
    final_url: str | None,
    is_home: bool,
    has_list: bool,
) -> Outcome:
    """The access of an HTML page that came with 200: is it the page, or something said in its place?

    Args:
        text_length: Characters outside links: pages of error are short, a notice about errors is not.
        signature: How the site answers a random address.
        is_home: A home page is never "not found".
        has_list: The page has a list of items: it is no page of error.
    """
    stripped = body.strip()
    if not stripped:
        return Outcome(Access.EMPTY, "空白页面")
    if looks_binary(body) or (text.count("�") * 5 > max(len(text), 1) and len(text) > 20):
        return Outcome(Access.UNDECODABLE, "无法解码")
    if is_challenge(body):
        return Outcome(Access.BLOCKED, "验证页面")
    short = text_length < SHORT and not has_list
    if short:
        visible = f"{title} {text}"
        if _CHALLENGE_WORDS.search(visible):
            return Outcome(Access.BLOCKED, "验证页面")
        if _THROTTLE_WORDS.search(text) and len(text) < 200:
            return Outcome(Access.THROTTLED, "访问频繁或系统繁忙")
        if (
            stripped[:1] == b"{"
            and re.search(rb'"code"\s*:\s*-?\d+', body[:8192])
            and re.search(rb'"success"\s*:\s*false', body[:8192])
        ):
            return Outcome(Access.UNEXPECTED_TYPE, "接口报错")
    if _ERROR_WORDS.search(text[:3000]) and text_length < 3_000:
        return Outcome(Access.SERVER_ERROR, "程序报错页面")
    if is_home:
        return Outcome(Access.OK)
    final_path = path_of(final_url) if final_url else None
    if final_url and _LOGIN.search(path_of(final_url)) and not _LOGIN.search(path):
        return Outcome(Access.DENIED, "转到登录页")
    if signature.matches(title, text, final_path, path):
        return Outcome(Access.SOFT_GONE, "以200返回“页面不存在”")
    if short and (_GONE_TITLE.search(title) or _short_not_found(text, text_length)):
        return Outcome(Access.SOFT_GONE, "以200返回“页面不存在”")
    return Outcome(Access.OK)


def _short_not_found(text: str, text_length: int) -> bool:
    """The words of "not found" make up the page; in an article they are a small part of it."""
    found = _GONE_WORDS.search(text)
    return found is not None and text_length < 160


def is_login(url: str) -> bool:
    """Does this address look like a login page?"""
    return _LOGIN.search(path_of(url)) is not None


def retry_after(headers: Mapping[str, str], most: float = 30.0) -> float | None:
    """Seconds that the server asks us to wait, or until the moment that it names; None if it says nothing.

    Args:
        most: No more than these, whatever it asks.
    """
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), most)
    at = _moment(value)
    if at is None:
        return None
    now = _moment(headers.get("date", "")) or datetime.now(UTC)  # by its own clock
    return min(max((at - now).total_seconds(), 0.0), most)


def _moment(value: str) -> datetime | None:
    """The moment that a header names, as HTTP writes it."""
    try:
        found = parsedate_to_datetime(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
