"""What the fault server answers, by path: every way in which a court's web site has been seen to misbehave.

Forms follow real sites (challenge pages, 系统繁忙, captcha instead of a list, redirect stubs); texts are invented.
What a crawler ought to make of each stands in `catalogue.yml`.
"""

from __future__ import annotations

import asyncio
import gzip
import html
from collections.abc import Callable
from functools import cache

from tests.faults.catalogue import catalogue
from tests.faults.exchange import HTML, Answer, Exchange

MEGABYTE = 1 << 20
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63000100000500010d0a2db40000"
    "000049454e44ae426082"
)
ARTICLE = "<p>示例市人民法院召开司法公开工作推进会，部署裁判文书上网、庭审直播和门户网站维护等工作。</p>" * 12

ANSWERS: dict[str, Answer] = {}


def answer(*paths: str) -> Callable[[Answer], Answer]:
    def register(function: Answer) -> Answer:
        ANSWERS.update(dict.fromkeys(paths, function))
        return function

    return register


def page(title: str, body: str = ARTICLE, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html lang='zh-CN'><head>{head}<title>{title}</title></head>"
        f"<body><h1>{title}</h1>{body}</body></html>"
    )


def always(path: str, status: int, body: str | bytes = b"", type_: str | None = HTML, **headers: str) -> None:
    """Registers an answer that is the same every time."""

    async def send(exchange: Exchange) -> None:
        await exchange.send(status, body, type_, **headers)

    ANSWERS[path] = send


def moving(path: str, location: str, status: int = 302) -> None:
    always(path, status, Location=location)


# --- as it should be ---

always("/ok", 200, page("法院要闻"))
always("/behind-script", 200, page("脚本跳转之后"))
always("/behind-refresh", 200, page("刷新之后"))
always("/in-frame", 200, page("框架中的内容"))
always(
    "/news-about-404", 200, page("关于网站出现404错误、页面不存在问题的整改通报", "<p>本院已修复死链。</p>" + ARTICLE)
)
always("/short-but-real", 200, page("公告", "<p>系统维护通知：本周六暂停立案大厅服务。</p>"))
always("/notice.pdf", 200, PDF, "application/pdf")
always("/seal.png", 200, PNG, "image/png")
always("/robots.txt", 200, "User-agent: *\nDisallow: /forbidden-by-robots\n", "text/plain")
always("/forbidden-by-robots", 200, page("不应被访问"))
always("/session", 200, page("开庭公告"))


@answer("/")
async def everything(exchange: Exchange) -> None:
    """A page that links to the whole catalogue."""
    rows = "".join(
        f'<li><a href="{html.escape(fault.path)}">{html.escape(fault.about)}</a></li>'
        for fault in catalogue()
        if fault.linked
    )
    await exchange.send(200, page("示例市人民法院", f"<ul>{rows}</ul>", '<meta charset="utf-8">'))


@answer("/conditional")
async def conditional(exchange: Exchange) -> None:
    validators = {"ETag": '"night-1"', "Last-Modified": "Mon, 02 Mar 2026 01:00:00 GMT"}
    if exchange.headers.get("if-none-match") == '"night-1"' or "if-modified-since" in exchange.headers:
        await exchange.send(304, **validators)
    else:
        await exchange.send(200, page("不常变动的页面"), **validators)


# --- statuses ---

always("/gone", 404, page("404 Not Found", "<p>页面不存在</p>"))
always("/gone-410", 410, page("410 Gone", ""))
always("/gone.png", 404, "not found")
always("/gone.pdf", 404, "not found")
always("/server-error", 500, page("500", "<p>java.lang.NullPointerException</p>"))
always("/bad-gateway", 502, page("502 Bad Gateway", ""))
always("/unavailable", 503, page("503", ""))
always("/denied-403", 403, page("403 Forbidden", ""))
always("/denied-401", 401, page("401", ""), WWW_Authenticate='Basic realm="oa"')
always("/denied-405", 405, page("405", ""), Allow="POST")
always("/throttled", 429, page("429 Too Many Requests", ""), Retry_After="1")
always("/no-content", 204)
always("/teapot", 418, page("418", ""))


@answer("/unavailable-twice")
async def unavailable_twice(exchange: Exchange) -> None:
    await exchange.send(*((503, page("503", "")) if exchange.seen <= 2 else (200, page("第三次成功"))))


@answer("/throttled-once")
async def throttled_once(exchange: Exchange) -> None:
    if exchange.seen == 1:
        await exchange.send(429, page("429", ""), Retry_After="1")
    else:
        await exchange.send(200, page("稍后成功"))


@answer("/reset-once")
async def reset_once(exchange: Exchange) -> None:
    if exchange.seen == 1:
        exchange.reset()
    else:
        await exchange.send(200, page("再次成功"))


@answer("/get-only")
async def get_only(exchange: Exchange) -> None:
    """Many court servers refuse HEAD."""
    if exchange.method == "HEAD":
        await exchange.send(405, Allow="GET, POST")
    else:
        await exchange.send(200, page("只接受GET"))


@answer("/head-says-gone")
async def head_says_gone(exchange: Exchange) -> None:
    await exchange.send(*((404, "") if exchange.method == "HEAD" else (200, page("HEAD 不可信"))))


# --- 200, but not the page ---

always(
    "/soft-gone", 200, page("示例市人民法院", "<div class='error'>页面出错了</div><a href='/'>返回首页</a>", "<!-- -->")
)
always("/soft-gone-404", 200, page("404", "<p>对不起，您访问的页面不存在！</p><a href='/'>返回首页</a>"))
always("/busy", 200, "系统繁忙，请稍后再试")
always("/too-often", 200, page("提示", "<p>您的访问频繁，请稍后再试。</p>"))
always(
    "/captcha",
    200,
    page("开庭公告", "<form>请输入验证码：<input name='yzm'><img src='/yzm.png' alt='验证码'></form>"),
)
always("/yzm.png", 200, PNG, "image/png")
always(
    "/challenge-200",
    200,
    "<html><script>var arg1='3000176000856006061501533003690027800375';"
    'function setCookie(n,v){document.cookie=n+"="+v}setCookie("acw_sc__v3",arg1);location.reload();</script></html>',
)
always(
    "/challenge-412",
    412,
    "<html><head><meta id='9DhefwqGPrzGxEp9hPaoag' content='qUa'><script src='/c.js'></script></head></html>",
    Set_Cookie="FSSBBIl1UgzbN7N80S=abc; Path=/",
)
always(
    "/challenge-521",
    521,
    "<script>document.cookie=('_')+('_jsl_clearance=1')+';max-age=3600';location.href=location.pathname</script>",
    Set_Cookie="__jsluid_s=abc; Path=/",
)
always("/login", 200, page("登录", "<form method='post'>用户名<input name='u'>密码<input type='password'></form>"))
moving("/to-login", "/login?from=%2Fto-login")
always(
    "/spa",
    200,
    "<!DOCTYPE html><html><head><title>诉讼服务</title></head><body><noscript>请启用JavaScript</noscript>"
    "<div id='app'></div><script src='/app.js'></script></body></html>",
)
always("/app.js", 200, "document.getElementById('app').textContent='由脚本绘制'", "application/javascript")
always("/c.js", 200, "var c=1", "application/javascript")
always("/script-redirect", 200, "<html><script>window.location.href='/behind-script';</script></html>")
always(
    "/script-stub",
    200,
    "<html><body>访问本页面，您的浏览器需要支持JavaScript<script>var a='/ktgg',x='?yzm=',b='Kd9f';"
    "window.location=a+x+b;</script></body></html>",
)
always("/ktgg", 200, page("开庭公告"))
always(
    "/meta-refresh",
    200,
    "<html><head><meta http-equiv='refresh' content=\"0;URL='/behind-refresh'\"></head><body></body></html>",
)
always(
    "/frames", 200, "<html><frameset rows='80,*'><frame src='/ok'><frame src='/in-frame'></frameset><noframes/></html>"
)
always("/iframe", 200, page("裁判文书", "<iframe src='/in-frame' width='100%'></iframe>"))

# --- redirects ---

moving("/loop", "/loop")
moving("/loop-a", "/loop-b", 301)
moving("/loop-b", "/loop-a", 301)
moving("/moved", "/ok", 301)
moving("/moved-307", "/ok", 307)
moving("/moved-relative", "ok")
moving("/moved-to-gone", "/gone")
moving("/moved-to-private", "http://10.255.255.1/admin")
moving("/moved-to-metadata", "http://169.254.169.254/latest/meta-data/")
moving("/moved-to-file", "file:///etc/passwd")
moving("/moved-nowhere", "")
moving("/chain", "/chain/1")
for step in range(1, 15):
    moving(f"/chain/{step}", f"/chain/{step + 1}" if step < 14 else "/ok")
moving("/long-chain", "/long-chain/1")
for step in range(1, 41):
    moving(f"/long-chain/{step}", f"/long-chain/{step + 1}")


@answer("/moved-gbk")
async def moved_gbk(exchange: Exchange) -> None:
    """An old server writes the Chinese path into Location as raw GBK bytes."""
    await exchange.raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /" + "公告".encode("gbk") + b"\r\n\r\n")


always("/%B9%AB%B8%E6", 200, page("GBK编码的地址"))


@answer("/cookie-wall")
async def cookie_wall(exchange: Exchange) -> None:
    """ASP.NET sets a cookie and sends the visitor to the same address; who returns without it goes round for ever."""
    if "visited=1" in exchange.headers.get("cookie", ""):
        await exchange.send(200, page("需要Cookie的页面"))
    else:
        await exchange.send(302, Location=exchange.target, Set_Cookie="visited=1; Path=/cookie-wall")


# --- bodies without measure ---


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(100 * MEGABYTE), 9)


@answer("/gzip-bomb")
async def gzip_bomb(exchange: Exchange) -> None:
    body = await asyncio.to_thread(_bomb)
    await exchange.send(200, body, HTML, Content_Encoding="gzip")


async def _pour(exchange: Exchange, megabytes: int | None) -> None:
    piece = ARTICLE.encode() * (MEGABYTE // len(ARTICLE.encode()))
    sent = 0
    while megabytes is None or sent < megabytes * MEGABYTE:
        await exchange.raw(piece)
        sent += len(piece)


@answer("/endless")
async def endless(exchange: Exchange) -> None:
    await exchange.stream_head(f"Content-Type: {HTML}")
    if exchange.method != "HEAD":
        await _pour(exchange, None)


@answer("/large")
async def large(exchange: Exchange) -> None:
    """100 MB that are announced."""
    await exchange.stream_head(f"Content-Type: {HTML}", f"Content-Length: {100 * MEGABYTE}")
    if exchange.method != "HEAD":
        await _pour(exchange, 100)


@answer("/large-unannounced")
async def large_unannounced(exchange: Exchange) -> None:
    await exchange.stream_head(f"Content-Type: {HTML}")
    if exchange.method != "HEAD":
        await _pour(exchange, 100)


@answer("/drip")
async def drip(exchange: Exchange) -> None:
    """A byte now and then, for ever: each read succeeds, the page never ends."""
    await exchange.stream_head(f"Content-Type: {HTML}")
    while True:
        await exchange.raw(b"<")
        await asyncio.sleep(exchange.pause)


@answer("/silent")
async def silent(exchange: Exchange) -> None:
    """Takes the request and says nothing."""
    await asyncio.Event().wait()


@answer("/nested")
async def nested(exchange: Exchange) -> None:
    await exchange.send(200, page("五万层", "<div>" * 50_000 + "<a href='/ok'>最深处</a>" + "</div>" * 50_000))


@answer("/huge-attribute")
async def huge_attribute(exchange: Exchange) -> None:
    await exchange.send(200, page("大属性", f"<p title='{'长' * (2 * MEGABYTE)}'>正文</p><a href='/ok'>后面的链接</a>"))


# --- broken transport ---


@answer("/too-little")
async def too_little(exchange: Exchange) -> None:
    """Content-Length promises more than comes."""
    body = page("不完整").encode()
    exchange.close()
    await exchange.raw(f"HTTP/1.1 200 OK\r\nContent-Type: {HTML}\r\nContent-Length: {len(body) * 2}\r\n\r\n".encode())
    await exchange.raw(b"" if exchange.method == "HEAD" else body)


@answer("/too-much")
async def too_much(exchange: Exchange) -> None:
    """Content-Length is less than what comes: the rest would be taken for the next answer."""
    body = page("多余的内容").encode()
    exchange.close()
    await exchange.raw(f"HTTP/1.1 200 OK\r\nContent-Type: {HTML}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    await exchange.raw(b"" if exchange.method == "HEAD" else body + b"\r\n" * 200)


@answer("/cut")
async def cut(exchange: Exchange) -> None:
    await exchange.raw(f"HTTP/1.1 200 OK\r\nContent-Type: {HTML}\r\nContent-Length: 50000\r\n\r\n<html>".encode())
    exchange.reset()


@answer("/cut-in-headers")
async def cut_in_headers(exchange: Exchange) -> None:
    exchange.close()
    await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Ty")


@answer("/no-answer")
async def no_answer(exchange: Exchange) -> None:
    exchange.close()


@answer("/reset")
async def reset(exchange: Exchange) -> None:
    exchange.reset()


@answer("/bad-chunks")
async def bad_chunks(exchange: Exchange) -> None:
    await exchange.stream_head(f"Content-Type: {HTML}", "Transfer-Encoding: chunked")
    if exchange.method != "HEAD":
        await exchange.raw(b"4\r\n<htm\r\nZZ\r\nl>\r\n0\r\n\r\n")


@answer("/unended-chunks")
async def unended_chunks(exchange: Exchange) -> None:
    await exchange.stream_head(f"Content-Type: {HTML}", "Transfer-Encoding: chunked")
    if exchange.method != "HEAD":
        await exchange.raw(b"6\r\n<html>\r\n")


@answer("/header-without-end")
async def header_without_end(exchange: Exchange) -> None:
    exchange.close()
    await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer" + b" " * 40 + b"<html><p>x</p></html>")


@answer("/line-feeds-only")
async def line_feeds_only(exchange: Exchange) -> None:
    """Headers ended by bare line feeds: wrong, old, and read by every browser."""
    body = page("旧服务器").encode()
    exchange.close()
    head = f"HTTP/1.1 200 OK\nContent-Type: {HTML}\nContent-Length: {len(body)}\n\n".encode()
    await exchange.raw(head if exchange.method == "HEAD" else head + body)


@answer("/not-http")
async def not_http(exchange: Exchange) -> None:
    exchange.close()
    await exchange.raw(b"SSH-2.0-OpenSSH_5.3\r\n")


@answer("/many-headers")
async def many_headers(exchange: Exchange) -> None:
    exchange.close()
    await exchange.raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(2000)))
    await exchange.raw(b"\r\n<html></html>")


@answer("/early-hints")
async def early_hints(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    await exchange.send(200, page("先有提示"))


@answer("/bad-gzip")
async def bad_gzip(exchange: Exchange) -> None:
    """Says gzip, is not."""
    await exchange.send(200, page("并未压缩"), HTML, Content_Encoding="gzip")


@answer("/cut-gzip")
async def cut_gzip(exchange: Exchange) -> None:
    await exchange.send(200, gzip.compress(page("压缩到一半").encode())[:-40], HTML, Content_Encoding="gzip")


# --- types and encodings ---

CHARSET_PAGE = page("示例市人民法院公告", ARTICLE + "<a href='/公告'>公告链接</a>")
always("/empty", 200, b"")
always("/blank", 200, b" \r\n\r\n\t ")
always("/binary", 200, bytes(range(256)) * 200)
always("/html-as.pdf", 200, page("附件不存在", "<p>系统提示</p>"), "application/pdf")
always("/html-for.doc", 200, page("示例市人民法院", "<p>首页</p>"))
always("/pdf-as-html.pdf", 200, PDF, HTML)
always("/empty.pdf", 200, b"", "application/pdf")
always("/no-type", 200, page("没有类型"), None)
always(
    "/broken-html", 200, "<html><body><table><tr><a href='/ok'><td>行<p>未闭合<b><i>嵌套</b></i></tr><a href=/moved>二"
)
always("/gbk", 200, CHARSET_PAGE.encode("gbk"), "text/html")
always("/gbk-said-utf8", 200, CHARSET_PAGE.encode("gbk"), "text/html; charset=utf-8")
always("/gbk-meta-utf8", 200, page("公告", ARTICLE, "<meta charset='utf-8'>").encode("gbk"), "text/html")
always("/utf8-said-latin1", 200, CHARSET_PAGE.encode(), "text/html; charset=ISO-8859-1")
always("/utf8-said-gbk", 200, CHARSET_PAGE.encode(), "text/html; charset=gb2312")
always("/utf16", 200, CHARSET_PAGE.encode("utf-16"), "text/html")
always("/gb18030", 200, page("㐂𠮷公告").encode("gb18030"), "text/html; charset=gb2312")
always("/unknown-charset", 200, CHARSET_PAGE.encode("gbk"), "text/html; charset=x-chinese-simplified-999")
always("/broken-gbk", 200, CHARSET_PAGE.encode("gbk")[:-30] + b"\xff\x81", "text/html; charset=gbk")
always("/%E5%85%AC%E5%91%8A", 200, page("UTF-8编码的地址"))
