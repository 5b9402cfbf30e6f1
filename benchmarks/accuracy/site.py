"""The corpus as the sites of its courts: what a night reads, so that rules are measured on what was really extracted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from benchmarks.accuracy.draws import DISTRICTS
from benchmarks.accuracy.frames import NAVIGATION
from benchmarks.accuracy.samples import NIGHT, Announcement, Document, Notice
from benchmarks.accuracy.writing import Day

ROWS = 25
SECTIONS = {"ws": "裁判文书", "ktgg": "开庭公告", "xw": "法院要闻", "bgk": "裁判文书不公开信息"}


@dataclass
class Site:
    """One court's pages by path, and which sample each path or case number is."""

    court: str
    pages: dict[str, bytes] = field(default_factory=dict)
    by_path: dict[str, str] = field(default_factory=dict)
    by_number: dict[str, str] = field(default_factory=dict)


def sites(
    documents: Iterable[Document], announcements: Iterable[Announcement], notices: Iterable[Notice]
) -> list[Site]:
    """Each court's documents and announcements on its own site; the notices on the first."""
    rows: dict[str, dict[str, list[tuple[str, str, Day]]]] = defaultdict(lambda: defaultdict(list))
    made: dict[str, Site] = {}

    def add(court: str, section: str, sample: Document | Announcement) -> Site:
        site = made.setdefault(court, Site(court))
        path = f"/{section}/{len(site.by_path) + 1}.html"
        site.pages[path] = sample.html.encode()
        site.by_path[path] = sample.id
        rows[court][section].append((path, sample.title, sample.published))
        return site

    for document in documents:
        court = (document.expect or {}).get("court") or document.court
        site = add(court, "ws" if document.expect else "xw", document)
        for number in (document.expect or {}).get("numbers", ()):
            site.by_number[number] = document.id
    for announcement in announcements:
        if not announcement.is_list:
            add(announcement.court, "ktgg" if announcement.in_section else "xw", announcement)
    for site in made.values():
        for section, listed in rows[site.court].items():
            _lists(site, section, listed)
        site.pages["/"] = _page(site.court, "首页", "<h2>欢迎访问</h2>")
        site.pages["/l/"] = site.pages["/"]
        site.pages["/gk/"] = _page(site.court, "法院概况", "<p>本院设有若干内设机构。</p>")
    _notices(made[DISTRICTS["粤9902"][0]], list(notices))
    return list(made.values())


def _page(court: str, title: str, body: str) -> bytes:
    navigation = NAVIGATION + '<li><a href="/bgk/">裁判文书不公开信息</a></li>'
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}_{court}</title></head><body>"
        f"<ul class='nav'>{navigation}</ul><h1>{title}</h1>{body}<div>{court}　{NIGHT:%Y}</div></body></html>"
    ).encode()


def _lists(site: Site, section: str, rows: list[tuple[str, str, Day]]) -> None:
    rows.sort(key=lambda row: row[2], reverse=True)
    parts = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
    for number, part in enumerate(parts):
        items = "".join(f'<li><a href="{path}">{title}</a><span>{day.iso}</span></li>' for path, title, day in part)
        pager = "".join(f'<a href="{_list_path(section, n)}">{n + 1}</a> ' for n in range(len(parts)))
        more = f'<a href="{_list_path(section, number + 1)}">下一页</a>' if number + 1 < len(parts) else ""
        body = f"<ul class='list'>{items}</ul><div class='page'>{pager}{more}</div>"
        site.pages[_list_path(section, number)] = _page(site.court, SECTIONS[section], body)


def _list_path(section: str, number: int) -> str:
    return f"/{section}/" if number == 0 else f"/{section}/index_{number + 1}.html"


def _notices(site: Site, notices: list[Notice]) -> None:
    """Entries on withheld documents, as a table of four columns."""
    head = "<tr><th>案号</th><th>审理法院</th><th>裁判日期</th><th>不公开理由</th></tr>"
    parts = [notices[start : start + ROWS] for start in range(0, len(notices), ROWS)]
    for number, part in enumerate(parts):
        cells = "".join(
            f"<tr><td>{one.number}</td><td>{site.court}</td><td>{one.decided.iso}</td><td>{one.reason}</td></tr>"
            for one in part
        )
        more = f'<a href="{_list_path("bgk", number + 1)}">下一页</a>' if number + 1 < len(parts) else ""
        site.pages[_list_path("bgk", number)] = _page(
            site.court, SECTIONS["bgk"], f"<table>{head}{cells}</table><div class='page'>{more}</div>"
        )
    site.by_number |= {one.number: one.id for one in notices}


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The site on a free port of this machine; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = site.pages.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
