"""What kind of answer came with 200: the thing that was asked for, or something said in its place. Pure.

A challenge page, a login page, an interface's own error and a page that says "not found" all come with 200. Each is an
access of its own (`storage.records.Access`), so that a refusal is never taken for a fault.
"""

from __future__ import annotations

import json
import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawlers.access import NotFoundSignature, Outcome, from_file, from_page, is_challenge
from crawlers.encoding import decode
from crawlers.fetch import Answer
from crawlers.html import shape_of
from crawlers.urls import path_of
from storage.records import Access, LinkKind

OK = Outcome(Access.OK)
_GONE = "页面出错了"
_LOGIN_CODE = 9
_TRIAL = "#_beginTime, #_locate, .trial-info, .live-video-content"
_SEEN_FIRST = 20_000  # bytes of a page in which its kind shows


def page(answer: Answer, home: str) -> Outcome:
    """A page: trial, player, preview list."""
    text, encoding = decode(answer.body, answer.headers.get("content-type"))
    tree = LexborHTMLParser(text)
    is_trial = tree.css_first(_TRIAL) is not None
    if _GONE in text and not is_trial:
        return Outcome(Access.SOFT_GONE, f"以200返回“{_GONE}”")
    if not is_trial and tree.css_first("input[type=password]") is not None:
        return Outcome(Access.DENIED, "登录页面")
    shape = shape_of(text, answer.final_url or answer.url, home, encoding)
    outcome = from_page(
        answer.body,
        answer.headers,
        title=shape.title,
        text=shape.text,
        text_length=shape.text_length,
        signature=NotFoundSignature(),
        path=path_of(answer.url),
        final_url=answer.final_url,
        is_home=False,
        has_list=bool(shape.blocks),
    )
    return outcome if outcome.access is not Access.OK else OK


def data(answer: Answer, home: str) -> Outcome:
    """JSON, as an interface gives it."""
    if not answer.body.strip():
        return Outcome(Access.EMPTY, "空应答")
    if is_challenge(answer.body):
        return Outcome(Access.BLOCKED, "验证页面")
    value = parse(answer.body)
    if value is None:
        if answer.body.lstrip()[:1] == b"<":
            said = page(answer, home)
            return said if said.access is not Access.OK else Outcome(Access.UNEXPECTED_TYPE, "以网页代替数据")
        return Outcome(Access.UNEXPECTED_TYPE, "应答不是 JSON")
    if isinstance(value, dict) and value.get("code") == _LOGIN_CODE:
        return Outcome(Access.DENIED, f"接口拒绝（code {_LOGIN_CODE}）")
    if isinstance(value, dict) and value.get("success") is False:
        code = value.get("code")
        return Outcome(Access.UNEXPECTED_TYPE, f"接口报错（code {code}）" if isinstance(code, int) else "接口报错")
    return OK


def parse(body: bytes) -> Any | None:
    """The JSON value of a body; None: it is none, or is `null`."""
    try:
        return json.loads(decode(body, "application/json")[0])
    except ValueError:
        return None


def playlist(answer: Answer, home: str) -> Outcome:
    """An m3u8 playlist."""
    if not answer.body.strip():
        return Outcome(Access.EMPTY, "空文件")
    if is_playlist(answer.body):
        return OK
    if answer.body.lstrip()[:1] == b"<":
        said = page(answer, home)
        if said.access is not Access.OK:
            return said
    return Outcome(Access.UNEXPECTED_TYPE, "不是 m3u8 播放列表")


def is_playlist(body: bytes) -> bool:
    """Does it begin as RFC 8216 §4.3.1.1 demands? A byte order mark before it is forgiven."""
    return re.match(rb"(?:\xef\xbb\xbf)?\s*#EXTM3U", body[:_SEEN_FIRST]) is not None


def segment(answer: Answer, home: str) -> Outcome:
    """A piece of a recording; only its first bytes were asked for."""
    del home
    return from_file(LinkKind.MEDIA, answer.headers, answer.body, len(answer.body))
