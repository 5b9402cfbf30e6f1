"""Readers against tables of pages: what a page is, and what it says."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from crawlers.readers import cause, statistics
from crawlers.readers.detail import DetailPage, read_list_records, read_records
from crawlers.tables import read_tables, whitespace_tables
from storage.records import DateSource, Hearing, Judgment, StatisticsRow, Withheld

CASES = Path(__file__).with_name("cases")
URL = "http://court.example.cn/ws/1.html"


def cases(name: str) -> list:
    loaded = YAML(typ="safe").load((CASES / f"{name}.yml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in loaded]


def page_of(case: dict) -> DetailPage:
    published = case.get("published")
    return DetailPage(
        site="example",
        url=URL,
        html=case["html"],
        title=case.get("title", ""),
        published=published,
        published_source=DateSource.LABEL if published else DateSource.NONE,
        section=case.get("section"),
        court=case.get("court"),
        read=case.get("read"),
        sha256="00",
    )


def plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime):
        assert value.utcoffset() is not None and value.utcoffset().total_seconds() == 8 * 3600
        return value.strftime("%Y-%m-%d %H:%M")
    return value


def check(records: list, kind: type, wanted: list[dict]) -> None:
    assert [type(record) for record in records] == [kind] * len(wanted), records
    for record, want in zip(records, wanted, strict=True):
        assert {name: plain(getattr(record, name)) for name in want} == want
    if kind is not Judgment:
        assert [record.position for record in records] == sorted({record.position for record in records})


@pytest.mark.parametrize("case", cases("judgments"))
def test_judgment(case: dict) -> None:
    records = read_records(page_of(case), expected=case.get("expected"))
    wanted = case["want"] or []
    check(records, Judgment, wanted if isinstance(wanted, list) else [wanted])


@pytest.mark.parametrize("case", cases("withheld"))
def test_withheld(case: dict) -> None:
    check(read(case), Withheld, case["want"])


@pytest.mark.parametrize("case", cases("statistics"))
def test_statistics(case: dict) -> None:
    page = page_of(case)
    assert statistics.is_expected(page.title)
    check(statistics.read(page), StatisticsRow, case["want"])


@pytest.mark.parametrize("title", ["关于开展司法公开工作的通知", "本院召开新闻发布会", "裁判文书"])
def test_other_titles_promise_no_statistics(title: str) -> None:
    assert not statistics.is_expected(title)


@pytest.mark.parametrize("case", cases("announcements"))
def test_announcement(case: dict) -> None:
    check(read(case), Hearing, case["want"])


def read(case: dict) -> list:
    page = page_of(case)
    if not case.get("list"):
        return read_records(page, expected=case.get("expected"))
    return [
        record
        for table in read_tables(page.html)
        for record in read_list_records(table, page, expected=case.get("expected"))
    ]


JUDGMENT_LIST = """<table><tr><td>序号</td><td>案号</td><td>案由</td><td>裁判日期</td><td>发布日期</td></tr>
<tr><td>1</td><td><a href="../ws/2.html">(2025)粤0199民初1号</a></td><td>离婚纠纷</td><td>2026.1.9</td><td>2026-02-01</td></tr>
<tr onclick="show('12')"><td>2</td><td><a href="javascript:void(0)">（2025）粤0199民初2号</a></td><td>张某诉李某买卖合同纠纷</td>
<td>二〇二六年一月十日</td><td>2026-02-02</td></tr><tr><td>3</td><td>（2025）粤0199民初3号</td><td></td><td></td><td></td></tr></table>"""


def test_a_list_of_judgments_gives_those_with_a_link() -> None:
    (table,) = read_tables(JUDGMENT_LIST)
    page = page_of({"html": "", "title": "裁判文书"})
    (first,) = read_list_records(table, page)
    assert first == Judgment(
        site="example",
        url="http://court.example.cn/ws/2.html",
        case_number="（2025）粤0199民初1号",
        title="（2025）粤0199民初1号离婚纠纷",
        cause="离婚纠纷",
        decided=date(2026, 1, 9),
        decided_raw="2026.1.9",
        published=date(2026, 2, 1),
        published_source=DateSource.LIST,
        sha256="00",
    )


def test_a_resolver_may_know_what_a_script_opens() -> None:
    (table,) = read_tables(JUDGMENT_LIST)
    page = page_of({"html": "", "title": "裁判文书"})
    records = read_list_records(
        table, page, resolve=lambda link: "http://court.example.cn/v?id=12" if "show" in link else None
    )
    assert [(record.url, record.cause) for record in records] == [("http://court.example.cn/v?id=12", "买卖合同纠纷")]


def test_a_table_of_news_gives_no_records() -> None:
    (table,) = read_tables("<table><tr><td><a href='/1.html'>法院要闻</a></td><td>2026-03-05</td></tr></table>")
    assert read_list_records(table, page_of({"html": "", "title": "法院要闻"})) == []


def test_sentences_in_list_items_can_be_read_as_rows() -> None:
    title = "2026年4月7日 09:30，在示例区人民法院第三法庭依法公开开庭审理（2026）粤0199民初1号张某与李某离婚纠纷一案"
    markup = f"<table><tr><td><a href='/k/1.html' title='{title}'>2026年4月7日 09:30，在示例…</a></td></tr></table>"
    (table,) = read_tables(markup)
    (hearing,) = read_list_records(table, page_of({"html": "", "title": "开庭公告"}), expected="hearing")
    assert (hearing.url, plain(hearing.starts)) == ("http://court.example.cn/k/1.html", "2026-04-07 09:30")
    assert (hearing.case_number, hearing.cause) == ("（2026）粤0199民初1号", "离婚纠纷")


TABLES = {
    "caption, spans and pager": (
        "<table><tr><td colspan=2>标题行</td></tr><tr><td>案号</td><td>法庭</td></tr><tr><td>甲</td><td rowspan=2>一</td></tr>"
        "<tr><td>乙</td></tr><tr><td colspan=2>共 2 页 下一页</td></tr></table>",
        [("标题行", ("案号", "法庭"), [("甲", "一"), ("乙", "一")])],
    ),
    "no heading": (
        "<table><tr><td>甲</td><td>一</td></tr><tr><td>乙</td><td>二</td></tr></table>",
        [("", (), [("甲", "一"), ("乙", "二")])],
    ),
    "layout tables around the real one": (
        "<table><tr><td>菜单</td></tr><tr><td><table><tr><th>案号</th><th>案由</th></tr><tr><td>甲</td><td>乙</td></tr></table>"
        "</td></tr></table>",
        [("", (), [("菜单",)]), ("", ("案号", "案由"), [("甲", "乙")])],
    ),
    "one column is rows, not a caption": (
        "<table><tr><td>第一句</td></tr><tr><td>第二句</td></tr></table>",
        [("", (), [("第一句",), ("第二句",)])],
    ),
    "cut text, comments and breaks": (
        "<table><tr><td><a title='全文在此处'>全文…</a></td><td>二<!-- 旧 --><br>三</td></tr></table>",
        [("", (), [("全文在此处", "二 三")])],
    ),
    "a title that says something else is no cell text": (
        "<table><tr><td><a title='点击查看'>（2025）粤0199民初1号</a></td><td>乙</td></tr></table>",
        [("", (), [("（2025）粤0199民初1号", "乙")])],
    ),
    "heading repeated": (
        "<table><tr><td>案号</td><td>案由</td></tr><tr><td>甲</td><td>乙</td></tr><tr><td>案号</td><td>案由</td></tr>"
        "<tr><td>丙</td><td>丁</td></tr></table>",
        [("", ("案号", "案由"), [("甲", "乙"), ("丙", "丁")])],
    ),
    "unclosed cells and absurd spans": (
        "<table><tr><td>案号<td>案由<tr><td colspan=abc>甲<td rowspan=99999>乙",
        [("", ("案号", "案由"), [("甲", "乙")])],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables(name: str) -> None:
    markup, wanted = TABLES[name]
    read = [(table.caption, table.header, [row.cells for row in table.rows]) for table in read_tables(markup)]
    assert read == wanted


def test_links_around_rows_and_scripts_on_rows_belong_to_the_row() -> None:
    markup = """<table><a href="/1.html"><tr><td>甲</td><td>乙</td></tr></a>
    <tr onclick="go('2')"><td>丙</td><td><img onclick="f('lsh','xh')"></td></tr></table>"""
    (table,) = read_tables(markup)
    assert [row.links for row in table.rows] == [("/1.html",), ("go('2')", "f('lsh','xh')")]


def test_whitespace_tables() -> None:
    text = "开庭公告\n序号 案号 法庭\n1\t甲\t第一法庭\n2\t乙\t第二法庭\n\n甲 乙 丙 丁 戊 己\n一句普通的话，没有表格。"
    tables = whitespace_tables(text)
    assert [(table.header, [row.cells for row in table.rows]) for table in tables] == [
        (("序号", "案号", "法庭"), [("1", "甲", "第一法庭"), ("2", "乙", "第二法庭")]),
        ((), [("甲", "乙", "丙", "丁", "戊", "己")]),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("公开审理被告人黄某某贩卖毒品一案", "贩卖毒品"),
        ("原告示例公司诉被告黄某劳动争议纠纷一案", "劳动争议"),
        ("指控被告人张某犯盗窃罪，于2026年提起公诉", "盗窃罪"),
        ("案外人执行异议之诉一案", "案外人执行异议之诉"),
        ("张某诉李某一案", None),
        ("没有案由的文字", None),
    ],
)
def test_cause(text: str, wanted: str | None) -> None:
    assert cause.stated(text) == wanted


def test_no_record_keeps_a_party() -> None:
    for name in ("judgments", "announcements"):
        for case in YAML(typ="safe").load((CASES / f"{name}.yml").read_text(encoding="utf-8")):
            for record in read(case):
                kept = f"{getattr(record, 'title', '')} {record.cause} {getattr(record, 'place', '')}"
                assert not any(party in kept for party in ("张某", "李某", "黄某", "示例公司", "示例物业")), kept


def test_thousands_of_nested_blocks_are_survived() -> None:
    page = page_of({"html": "<div>" * 5000 + "民事判决书（2025）粤0199民初1号", "title": "民事判决书"})
    assert read_records(page) == []
