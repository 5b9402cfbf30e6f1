"""Judgments delivered as files, and judgments that were there once: whole nights against a small court."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from crawlers.run import run_site
from storage import store
from storage.database import connect, reading
from storage.records import Judgment, Section, Target
from storage.runs import Run
from tests.fault_server import FaultServer
from tests.test_crawl import NEXT, NIGHT, task
from tests.test_documents import pdf

DOC = (Path(__file__).parent / "documents" / "judgment.doc").read_bytes()
NUMBER = "（2025）粤9902民初18号"
MENU = "<title>示例市人民法院</title><ul><li><a href='/'>首页</a></li><li><a href='/ws/'>裁判文书</a></li><li><a href='/xw/'>法院新闻</a></li></ul>"
TEXT = (
    "<div id='zoom'><p>示例省示例市示例区人民法院</p><p>民事判决书</p><p>{number}</p><p>原告：张某。</p><p>被告：李某。</p>"
    "<p>本院认为，债务应当清偿。判决如下：</p><p>返还借款。</p><p>审判员　王某</p><p>二〇二六年一月六日</p><p>书记员　赵某</p></div>"
)


def court(rows: dict[str, str]) -> dict[str, str]:
    """A court whose section of judgments has these rows: path → title."""
    listed = "".join(
        f"<li><a href='{path}'>{title}</a><span>2026-03-{n:02d}</span></li>"
        for n, (path, title) in enumerate(rows.items(), start=2)
    )
    news = "".join(
        f"<li><a href='/xw/{n}.html'>本院第{n}号新闻的标题</a><span>2026-03-{n:02d}</span></li>" for n in range(1, 7)
    )
    pages = {
        "/": MENU + "<p>示例市人民法院网站</p>",
        "/ws/": f"{MENU}<div>当前位置：<a href='/'>首页</a> &gt; 裁判文书</div><ul class='list'>{listed}</ul>",
        "/xw/": f"{MENU}<div>当前位置：<a href='/'>首页</a> &gt; 法院新闻</div><ul class='list'>{news}</ul>",
    }
    for n in range(1, 7):
        pages[f"/xw/{n}.html"] = f"{MENU}<h1>本院第{n}号新闻的标题</h1><p>发布时间：2026-03-{n:02d}</p><p>正文{n}。</p>"
    for n, (path, title) in enumerate(rows.items(), start=2):
        number = re.search(r"（\d{4}）.*?号", title)
        if path.endswith(".html"):
            text = TEXT.format(number=number[0] if number else NUMBER)
            pages[path] = f"{MENU}<h1>{title}</h1><p>发布时间：2026-03-{n:02d}</p>{text}"
    return pages


def others(count: int) -> dict[str, str]:
    return {f"/ws/{n}.html": f"（2025）粤9902民初{n}号民间借贷纠纷一审民事判决书" for n in range(100, 100 + count)}


def judgments(database: Path, run: Run) -> dict[str, Judgment]:
    engine = connect(database)
    with reading(engine) as connection:
        found = [s.record for s in store.read(connection, Judgment, site=run.site, on=run.night)]
        (section,) = [
            s.record
            for s in store.read(connection, Section, site=run.site, on=run.night)
            if s.record.name == "裁判文书"
        ]
    engine.dispose()
    assert section.complete, section.why
    return {one.url.rsplit("/ws/", 1)[-1]: one for one in found}


def test_documents_that_come_as_files_are_read(tmp_path: Path) -> None:
    rows = {
        "/ws/direct.doc": "张某与李某民间借贷纠纷一审民事判决书",
        "/ws/download?id=7": "（2025）粤9902民初18号民事判决书",
        "/ws/page.html": "李某借款纠纷一审民事判决书",
        "/ws/scan.pdf": "（2025）粤9902民初20号民事判决书",
        **others(3),
    }
    pages = court(rows)
    pages["/ws/page.html"] = (
        f"{MENU}<h1>借款纠纷一审民事判决书</h1><p>发布时间：2026-03-04</p><a href='/up/1.doc'>点击下载附件</a>"
    )
    files = {"/ws/direct.doc": DOC, "/ws/download?id=7": DOC, "/up/1.doc": DOC, "/ws/scan.pdf": pdf([], [])}
    with FaultServer(pages=pages, files=files) as server:
        found = judgments(tmp_path / "a.db", run_site(task(server, tmp_path / "a.db")))
        attached = server.url("/up/1.doc")
    for name in ("direct.doc", "download?id=7", "page.html"):
        assert (found[name].case_number, found[name].decided, found[name].judges) == (
            NUMBER,
            date(2025, 3, 6),
            ("王某",),
        )
        assert found[name].whole and found[name].unread is None
        assert "张某" not in found[name].title
    assert found["page.html"].attachment == attached
    scan = found["scan.pdf"]
    assert (scan.case_number, scan.text_length, scan.whole) == ("（2025）粤9902民初20号", 0, False)
    assert scan.unread is not None and "扫描件" in scan.unread


def test_a_page_without_its_document_is_said_to_be_empty(tmp_path: Path) -> None:
    rows = {
        "/ws/blank.html": "（2025）粤9902民初41号民事判决书",
        "/ws/framed.html": "（2025）粤9902民初42号民事判决书",
        **others(3),
    }
    pages = court(rows)
    for name, content in (("blank", ""), ("framed", "<iframe src='/other.html'></iframe>")):
        title = rows[f"/ws/{name}.html"]
        pages[f"/ws/{name}.html"] = f"{MENU}<h1>{title}</h1><p>发布时间：2026-03-04</p><div id='zoom'>{content}</div>"
    with FaultServer(pages=pages) as server:
        found = judgments(tmp_path / "a.db", run_site(task(server, tmp_path / "a.db")))
    assert found["blank.html"].signs == ("empty",)
    assert found["framed.html"].signs == ()


def test_a_title_of_several_numbers_is_several_cases(tmp_path: Path) -> None:
    rows = {"/ws/scan.pdf": "（2025）粤9902民初31至33号民事判决书", **others(3)}
    with FaultServer(pages=court(rows), files={"/ws/scan.pdf": pdf([], [])}) as server:
        found = judgments(tmp_path / "a.db", run_site(task(server, tmp_path / "a.db")))
    numbers = {one.case_number for name, one in found.items() if name.startswith("scan")}
    assert numbers == {f"（2025）粤9902民初{n}号" for n in (31, 32, 33)}


def test_an_unchanged_attachment_is_not_sent_again(tmp_path: Path) -> None:
    rows = {"/ws/direct.doc": "张某与李某民间借贷纠纷一审民事判决书", **others(3)}
    with FaultServer(pages=court(rows), files={"/ws/direct.doc": DOC}) as server:
        run_site(task(server, tmp_path / "a.db"))
        server.forget()
        run = run_site(task(server, tmp_path / "a.db", NEXT))
        found = judgments(tmp_path / "a.db", run)
        asked = [headers for _, target, headers in server.requests if target == "/ws/direct.doc"]
        third = judgments(tmp_path / "a.db", run_site(task(server, tmp_path / "a.db", NEXT + timedelta(days=1))))
    assert len(asked) == 1 and "if-none-match" in asked[0]
    assert found["direct.doc"].case_number == third["direct.doc"].case_number == NUMBER


@pytest.mark.parametrize("gone", [True, False])
def test_a_judgment_that_left_the_list_is_asked_for(tmp_path: Path, gone: bool) -> None:
    rows = {"/ws/9.html": "（2025）粤9902民初9号民间借贷纠纷一审民事判决书", **others(3)}
    with FaultServer(pages=court(rows)) as server:
        assert "9.html" in judgments(tmp_path / "a.db", run_site(task(server, tmp_path / "a.db", NIGHT)))
        kept = server.pages["/ws/9.html"]
        server.pages.clear()
        server.pages.update(court(others(3)) | ({} if gone else {"/ws/9.html": kept}))
        server.forget()
        run = run_site(task(server, tmp_path / "a.db", NEXT))
        assert "9.html" not in judgments(tmp_path / "a.db", run)
        asked = server.hits["/ws/9.html"]
        engine = connect(tmp_path / "a.db")
        with reading(engine) as connection:
            dead = [t.record.url for t in store.read(connection, Target, site=run.site, on=NEXT)]
        engine.dispose()
    assert asked == (2 if gone else 1)  # what is gone is asked twice before it is believed
    assert dead == []  # and no link leads to it
