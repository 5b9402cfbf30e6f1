"""What was read from a page is not read from it again, and is what a reader would say of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.conclude import cases, document_files, remembered
from storage import pages, store
from storage.database import reading
from storage.records import PUBLISHED, Judgment, Section, StatisticsRow, Withheld
from storage.schema import extracts
from tests.nights import HOME, CourtInMemory
from tests.test_crawl import hearings_without_links
from tests.test_crawl_documents import DOC, MENU, NUMBER, others
from tests.test_crawl_documents import court as documents

FIRST, NEXT = date(2026, 6, 1), date(2026, 6, 2)
READERS = ("read_records", "read_statistics", "is_other")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The pages and files that readers look at."""
    asked: list[str] = []

    def noted(module: Any, name: str) -> None:
        original = getattr(module, name)

        def call(page: Any, *arguments: Any, **more: Any) -> Any:
            asked.append(arguments[0] if name == "read_document" else page.url.removeprefix(HOME[:-1]))
            return original(page, *arguments, **more)

        monkeypatch.setattr(module, name, call)

    for name in READERS:
        noted(cases, name)
    noted(document_files, "read_document")
    yield asked


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CourtInMemory]:
    rows = {
        "/ws/page.html": "李某借款纠纷一审民事判决书",
        "/ws/tj.html": "2026年2月裁判文书上网统计",
        "/ws/odd.html": "本院工作安排的一般说明",
        **others(3),
    }
    found = documents(rows)
    found["/ws/page.html"] = f"{MENU}<h1>{rows['/ws/page.html']}</h1><a href='/ws/a.doc'>判决书</a>"
    found["/ws/a.doc"] = DOC  # type: ignore[assignment]
    found["/ws/tj.html"] = (
        f"{MENU}<h1>{rows['/ws/tj.html']}</h1><table><tr><td>法院</td><td>结案数</td><td>上网数</td><td>上网率</td></tr>"
        "<tr><td>示例区法院</td><td>120</td><td>100</td><td>83.33%</td></tr></table>"
    )
    found["/ws/odd.html"] = f"{MENU}<h1>{rows['/ws/odd.html']}</h1><p>电话13800138000，各庭室按计划开展工作。</p>"
    court_ = CourtInMemory(found, tmp_path / "a.db", revisit_nights=7)
    yield court_
    court_.engine.dispose()


def records(court_: CourtInMemory, night: date) -> dict[str, list[Any]]:
    with reading(court_.engine) as connection:
        return {
            kind.TABLE: [s.record for s in store.read(connection, kind, site=court_.profile.id, on=night)]
            for kind in PUBLISHED
            if kind is not Section
        }


def test_a_page_that_did_not_change_is_not_read_again_and_says_the_same(site: CourtInMemory, read: list[str]) -> None:
    site.night(FIRST, audited=False)
    assert {"/ws/page.html", "/ws/tj.html", "/ws/100.html", HOME + "ws/a.doc"} <= set(read)
    first = records(site, FIRST)
    assert {j.case_number for j in first["judgments"]} >= {NUMBER, "（2025）粤9902民初100号"}
    assert len(first["statistics_rows"]) == 1 and first["statistics_rows"][0].uploaded == 100
    read.clear()
    site.night(NEXT, audited=False, revisit_nights=1)  # asked and unchanged, or carried: it is the same
    assert read == []
    assert records(site, NEXT) == first


def test_what_a_reading_depends_on_makes_it_anew(
    site: CourtInMemory, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site.night(FIRST, audited=False)
    read.clear()
    site.pages["/ws/100.html"] = site.pages["/ws/100.html"].replace("王某", "钱某")  # its body
    site.pages["/ws/"] = site.pages["/ws/"].replace("粤9902民初101号民间", "粤9902民初101号买卖")  # the list's words
    site.pages["/ws/a.doc"] = b"\xd0\xcf\x11\xe0 broken"  # a file that it offers
    site.night(NEXT, audited=False, revisit_nights=1)
    assert set(read) == {"/ws/100.html", "/ws/101.html", "/ws/page.html", HOME + "ws/a.doc"}
    again = {one.url: one for one in records(site, NEXT)["judgments"]}
    assert again[HOME + "ws/100.html"].judges == ("钱某",)
    assert again[HOME + "ws/page.html"].unread is not None
    read.clear()
    monkeypatch.setattr(remembered, "program", lambda: "another")
    site.night(date(2026, 6, 3), audited=False)
    assert {"/ws/102.html", "/ws/tj.html", HOME + "ws/a.doc"} <= set(read)


def test_nothing_unmasked_is_remembered(site: CourtInMemory) -> None:
    listed = "（2025）粤9902民初100号王小明电话13800138000一审民事判决书"
    site.pages["/ws/"] = site.pages["/ws/"].replace("（2025）粤9902民初100号民间借贷纠纷一审民事判决书", listed)
    site.night(FIRST, audited=False)
    with reading(site.engine) as connection:
        kept = connection.execute(sa.select(extracts.c.read).where(extracts.c.read.is_not(None))).scalars()
        said = b"".join(pages.unpack(one) for one in kept)
    assert "民初100号".encode() in said and b"13800138000" not in said


def test_records_are_the_same_after_a_round_through_json() -> None:
    for record in (
        Judgment(site="s", url="u", case_number="n", title="t", decided=date(2026, 1, 2), judges=("甲", "乙")),
        Withheld(site="s", url="u", reason=""),
        StatisticsRow(site="s", url="u", reasons=(1, None), reason_names=("一", "二"), rate=83.33),
    ):
        assert remembered._from_json(remembered._to_json(record)) == record


def test_hearings_and_pages_that_are_none_are_remembered_too(tmp_path: Path, read: list[str]) -> None:
    found = hearings_without_links(1)
    row = "<ul class='list'><li><a href='/ktgg/1.html'>开庭公告（2026）粤9902民初7号</a><span>2026-03-02</span></li><li><a href='/ktgg/2.html'>关于停车的说明</a><span>2026-03-01</span></li><li><a href='/ktgg/3.html'>开庭公告（2026）粤9902民初8号</a><span>2026-03-01</span></li></ul>"
    menu = found["/"].split("<p>")[0]
    found["/ktgg/"] = f"{menu}<h1>开庭公告</h1>{row}"
    for number in (1, 3):
        found[f"/ktgg/{number}.html"] = (
            f"{menu}<h1>开庭公告</h1><p>本院定于2026年4月2日上午9时在第五法庭公开开庭审理（2026）粤9902民初{number}号"
            "原告张某与被告李某民间借贷纠纷一案。</p>"
        )
    found["/ktgg/2.html"] = f"{menu}<h1>关于停车的说明</h1><p>来院人员请将车辆停放在东侧停车场，谢谢配合。</p>"
    court_ = CourtInMemory(found, tmp_path / "a.db")
    court_.night(FIRST, audited=False)
    first = records(court_, FIRST)
    assert len(first["hearings"]) == 2 and "/ktgg/2.html" in read
    read.clear()
    court_.night(NEXT, audited=False)
    again = records(court_, NEXT)
    assert read == [] and {**again, "targets": []} == {**first, "targets": []}
    court_.engine.dispose()
