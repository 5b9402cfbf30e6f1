"""Lists of hearings over several pages: a page that could not be read is not past the end, and a notice is no hearing."""

from pathlib import Path

import pytest

from crawlers.run import run_site
from storage import store
from storage.database import connect, reading
from storage.records import Hearing, Section
from tests.fault_server import FaultServer
from tests.test_crawl import NIGHT, task

MENU = "<title>示例市人民法院</title><ul><li><a href='/'>首页</a></li><li><a href='/ktgg/'>开庭公告</a></li></ul>"
HEAD = "".join(f"<th>{head}</th>" for head in ("法庭", "开庭日期", "案号", "案由", "原告", "被告"))
BUSY = "系统繁忙"


def table_page(first: int, last: int = 5) -> str:
    """Three rows, cells cut as people see them and whole in their titles; and links to all pages."""
    rows = "".join(
        f"<tr><td title='第一法庭'>第一…</td><td>2026-03-{n + 1:02d} 09:30</td><td title='（2026）粤9902民初{n}号'>（20…</td>"
        "<td title='买卖合同纠纷'>买卖…</td><td>张某</td><td>李某</td></tr>"
        for n in range(first, first + 3)
    )
    pages = " ".join(f"<a href='/ktgg/index_{n}.html'>{n}</a>" for n in range(2, last))
    return f"{MENU}<h3>开庭公告</h3><table><tr>{HEAD}</tr>{rows}</table><div class='page'>{pages}</div>"


def night(tmp_path: Path, pages: dict[str, str]) -> tuple[Section, int]:
    """The section of announcements, and how many hearings were read in it."""
    with FaultServer(pages={"/": f"{MENU}<p>示例市人民法院网站</p>", **pages}) as server:
        database = tmp_path / "g.db"
        run = run_site(task(server, database))
    engine = connect(database)
    with reading(engine) as connection:
        found = [s.record for s in store.read(connection, Section, site=run.site, on=NIGHT)]
        hearings = list(store.read(connection, Hearing, site=run.site, on=NIGHT))
    engine.dispose()
    return next(section for section in found if section.name == "开庭公告"), len(hearings)


def tables(**changed: str) -> dict[str, str]:
    pages = {"/ktgg/": table_page(1)}
    pages |= {f"/ktgg/index_{n}.html": table_page(3 * n - 2) for n in range(2, 5)}
    return pages | {f"/ktgg/{name}.html": body for name, body in changed.items()}


def test_tables_on_several_pages_are_read_whole(tmp_path: Path) -> None:
    section, hearings = night(tmp_path, tables())
    assert (section.complete, hearings) == (True, 12), section.why


@pytest.mark.parametrize(
    ("body", "why"),
    [(BUSY, "列表页无法读取（throttled）"), (f"{MENU}<h3>开庭公告</h3><table></table>", "列表页没有内容")],
    ids=["busy", "empty"],
)
def test_a_page_in_the_middle_that_was_not_read_leaves_the_list_unread(tmp_path: Path, body: str, why: str) -> None:
    section, _ = night(tmp_path, tables(index_3=body))
    assert not section.complete
    assert why in str(section.why)


def test_an_empty_page_past_the_end_is_the_end(tmp_path: Path) -> None:
    section, hearings = night(tmp_path, tables(index_4=f"{MENU}<h3>开庭公告</h3><p>暂时没有最新内容</p>"))
    assert (section.complete, hearings) == (True, 9), section.why


@pytest.mark.parametrize(
    ("body", "not_understood"),
    [
        ("<p>本院立案窗口自四月一日起调整办公时间。</p>", 0),
        ("<p>本院四月份安排见下图，请查阅。</p><p><img src='/april.png'></p>", 1),
        ("<p>本院四月份各庭开庭事项见本院公告栏。</p>", 1),
    ],
    ids=["a notice", "a picture", "speaks of hearings"],
)
def test_a_notice_among_announcements_is_not_a_hearing_that_was_not_understood(
    tmp_path: Path, body: str, not_understood: int
) -> None:
    plan = "<p>本院定于2026年3月{n}日上午9时在第一法庭公开开庭审理（2026）粤9902民初{n}号原告张某诉被告李某买卖合同纠纷一案。</p>"
    posts = {f"/ktgg/{n}.html": ("开庭公告", plan.format(n=n)) for n in range(11, 17)} | {
        "/ktgg/20.html": ("关于调整窗口的通知", body)
    }
    listed = "".join(
        f"<li><a href='{path}'>{title}</a><span>2026-03-02</span></li>" for path, (title, _) in posts.items()
    )
    pages = {"/ktgg/": f"{MENU}<h3>开庭公告</h3><ul class='list'>{listed}</ul>"}
    for path, (title, text) in posts.items():
        pages[path] = f"{MENU}<h1>{title}</h1><p>发布时间：2026-03-02</p><div class='text'>{text}</div>"
    section, hearings = night(tmp_path, pages)
    assert (hearings, section.not_understood) == (6, not_understood), section.why
