"""Answers of a hearing portal, written afresh after the forms of domain/sites.md §1: names, numbers and courts are invented.

`Portal` holds what each address answers; `fetcher` hands the answers to a crawl without any network, `serve` over HTTP.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from crawlers.access import from_status
from crawlers.fetch import Answer

SHANGHAI = ZoneInfo("Asia/Shanghai")
COURT = "示例市东湖区人民法院"
CODE = "9101"
HTML, JSON, M3U8, TS = "text/html; charset=utf-8", "application/json", "application/vnd.apple.mpegurl", "video/mp2t"
SOFT_404 = "<html><head><title>庭审公开</title></head><body><div class='nav'>首页 直播 回顾</div><p>页面出错了</p></body></html>"
CHALLENGE = "<html><script>var arg1='0'; setCookie(\"acw_sc__v3\", x); location.reload();</script></html>"
SLIDER = "<html><body><span class='nc_iconfont btn_slide'></span><p>请按住滑块，拖动到最右边</p></body></html>"
LOGIN = "<html><head><title>用户登录</title></head><body><form><input name=u><input type='password' name=p></form></body></html>"
REFUSAL = json.dumps({"code": 9, "description": "请先登录", "success": False}, ensure_ascii=False)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def milliseconds(text: str) -> int:
    return int(at(text).timestamp() * 1000)


def row(case_id: int, number: str | None, begins: str, **more: Any) -> dict[str, Any]:
    """A row of the list of replays; `None` as a value takes the field out."""
    title = (number or "") + "买卖合同纠纷"
    values: dict[str, Any] = {
        "caseId": case_id,
        "caseNo": number,
        "title": title,
        "courtName": COURT,
        "caseCause": "买卖合同纠纷",
        "judge": "审判长:张某;审判员:李某",
        "beginTime": milliseconds(begins),
        "videoThumbnail": "",
        "description": "",
    }
    return {k: v for k, v in (values | more).items() if v is not ...}


def trial(number: str = "（2026）粤9902民初1号", begins: str = "2026年03月20日 09:30", **more: str) -> str:
    """A trial page; `player`, `party`, `documents`, `court`, `place` in its places."""
    parts = {
        "player": "//{host}/vod/1?src=gkw&cc=1",
        "party": "原告:张某;被告:某某公司;",
        "documents": "",
        "court": COURT,
        "place": "第三法庭",
        "cause": "买卖合同纠纷",
    } | more
    return f"""<html><head><title>庭审直播</title></head><body>
<p><a href="/court/{CODE}">{parts["court"]}</a></p>
<div class="live-video-content"><div><iframe id="player" src="{parts["player"]}"></iframe></div></div>
<div class="trial-info"><ul>
 <li title="{number}">案　号 {number[:10]}…</li>
 <li id="_beginTime"><i>开庭时间</i> {begins}</li>
 <li title="{parts["cause"]}">案　由 {parts["cause"][:3]}…</li>
 <li>庭审地点 <i id="_locate">{parts["place"]}</i></li></ul></div>
<ul id="judgeul"><li><i>审判长:张某;审判员:李某</i></li></ul>
<div class="part case-summary"><p title="全文摘要">双方因货款发生争议。</p></div>
<div id="adDocuments">{parts["documents"]}</div>
<script> var party = "{parts["party"]}"; </script></body></html>"""


def media(names: list[str], seconds: float = 10.0, *, end: bool = True) -> str:
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:10"]
    for name in names:
        lines += [f"#EXTINF:{seconds},", name]
    return "\n".join([*lines, "#EXT-X-ENDLIST" if end else ""]) + "\n"


def master(*variants: str) -> str:
    lines = ["#EXTM3U"]
    for n, variant in enumerate(variants):
        lines += [f"#EXT-X-STREAM-INF:BANDWIDTH={800_000 * (n + 1)}", variant]
    return "\n".join(lines) + "\n"


def newer_player(playlist: str) -> str:
    return f"<html><body><script>var p = new Player({{ url: '{playlist}', autoplay: true }});</script></body></html>"


def older_player(playlist: str) -> str:
    return f'<html><body><script>flashvars.file = encodeURIComponent("{playlist}");</script></body></html>'


@dataclass
class Portal:
    """What each address (path and query) answers: status, type and body. `{host}` in a body is the portal's own.

    Attributes:
        replays: Rows of the list of replays, newest first.
        previews: Rows of the previews by day.
        page_size: Rows of one page of either list.
        repeats: Past its end the list of replays shows its last page again.
        total: What the list says of its length in place of the truth.
    """

    replays: list[dict[str, Any]] = field(default_factory=list)
    previews: dict[date, list[dict[str, Any]]] = field(default_factory=dict)
    answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    page_size: int = 15
    repeats: bool = False
    total: int | None = None
    knows_courts: bool = True
    asked: list[str] = field(default_factory=list)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    host: str = "127.0.0.1:8000"

    @property
    def base(self) -> str:
        return f"http://{self.host}"

    @property
    def hits(self) -> Counter[str]:
        return Counter(self.asked)

    def html(self, path: str, body: str, status: int = 200) -> None:
        self.answers[path] = (status, HTML, body)

    def json(self, path: str, value: Any, status: int = 200) -> None:
        self.answers[path] = (status, JSON, json.dumps(value, ensure_ascii=False))

    def session(self, case_id: int, page: str | None = None, *, seconds: float = 10.0, pieces: int = 5) -> None:
        """A sound trial: page, player, playlist and its pieces."""
        self.html(f"/live/{case_id}", page or trial(player=f"//{{host}}/vod/{case_id}?src=gkw&cc=1"))
        self.json(f"/cmn/showPlay?caseId={case_id}", {"data": {"playUrl": f"//{{host}}/vod/{case_id}?src=gkw&cc=1"}})
        self.html(f"/vod/{case_id}?src=gkw&cc=1", newer_player(f"//{{host}}/hls/{case_id}/index.m3u8"))
        names = [f"//{{host}}/hls/{case_id}/{n}.ts" for n in range(pieces)]
        self.answers[f"/hls/{case_id}/index.m3u8"] = (200, M3U8, media(names, seconds))
        for n in range(pieces):
            self.answers[f"/hls/{case_id}/{n}.ts"] = (200, TS, "G@\x00\x10" * 50)

    def answer(self, target: str) -> tuple[int, str, bytes]:
        """Status, type and body for a path and query."""
        self.asked.append(target)
        status, type_, body = self.answers.get(target) or self._list(target) or (404, HTML, "<h1>404</h1>")
        return status, type_, body.replace("{host}", self.host).encode()

    def _list(self, target: str) -> tuple[int, str, str] | None:
        path, query = urlsplit(target).path, {k: v[0] for k, v in parse_qs(urlsplit(target).query).items()}
        if path == "/preview/findCases":
            rows = self.previews.get(date.fromisoformat(query["timeStr"]), [])
            start = (int(query["pageNumber"]) - 1) * self.page_size
            return 200, JSON, json.dumps({"list": rows[start : start + self.page_size]}, ensure_ascii=False)
        if path == "/search/a/revmor/full":
            return 200, JSON, json.dumps(self._replays(int(query["pageNumber"])), ensure_ascii=False)
        if path == "/court" and self.knows_courts:
            spans = '<span areacode="990000">示例省</span><span areacode="980000">别样省</span>'
            return 200, HTML, f'<html><div class="region-city _region_city">{spans}</div></html>'
        if path == "/court/courts" and self.knows_courts:
            return 200, JSON, json.dumps(COURTS if query["areaCode"] == "990000" else {"data": {"courts": []}})
        return None

    def _replays(self, number: int) -> dict[str, Any]:
        pages = [self.replays[i : i + self.page_size] for i in range(0, len(self.replays), self.page_size)] or [[]]
        found = pages[number - 1] if number <= len(pages) else pages[-1] if self.repeats else []
        total = len(self.replays) if self.total is None else self.total
        return {"paging": {"totalCount": total, "pageTotal": len(pages)}, "resultList": found}

    def fetcher(self) -> PortalFetcher:
        return PortalFetcher(self)

    @contextmanager
    def serve(self) -> Iterator[Portal]:
        """Over HTTP on a free port of 127.0.0.1."""
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                portal.headers[self.path] = dict(self.headers)
                status, type_, body = portal.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", type_)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *said: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.host = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


COURTS = {
    "data": {
        "courts": [
            {
                "courtName": "示例省高级人民法院",
                "courtCode": 9000,
                "type": 2,
                "areaName": "示例省",
                "courts": [
                    {
                        "courtName": "示例省示例市中级人民法院",
                        "courtCode": 9100,
                        "courts": [{"courtName": f"示例省{COURT}", "courtCode": int(CODE)}],
                    }
                ],
            }
        ]
    }
}


@dataclass
class PortalFetcher:
    """What a crawl asks instead of the network."""

    spent = None  # no budget of a site is ever used up

    portal: Portal
    bytes: int = 0
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)

    async def ask(self, url: str, *, method: str = "GET", conditional: Mapping[str, str] | None = None) -> Answer:
        split = urlsplit(url)
        self.headers[url] = conditional or {}
        if split.netloc != self.portal.host:
            raise AssertionError(f"asked elsewhere: {url}")
        status, type_, body = self.portal.answer(split.path + (f"?{split.query}" if split.query else ""))
        answer = Answer(url, datetime.now(UTC), method, None, status, headers={"content-type": type_}, body=body)
        answer.outcome = from_status(status, answer.headers, body)
        return answer
