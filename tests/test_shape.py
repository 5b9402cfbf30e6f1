"""A page's shape: lists against the table in cases/lists.yml, pagers, crumbs, dates, hidden links, redirects."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crawlers.html import Shape, shape_of
from crawlers.writer import shape_from_json, shape_to_json
from storage.records import LinkKind

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "lists.yml").read_text(encoding="utf-8"))
HOME = "http://h.cn/"


def shape(body: str, url: str = "http://h.cn/xw/index.html", head: str = "") -> Shape:
    return shape_of(f"<html><head>{head}</head><body>{body}</body></html>", url, HOME)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_lists(case: dict) -> None:
    found = [
        [row.title, row.date, row.url.removeprefix("http://h.cn")]
        for block in shape(case["html"], "http://h.cn/").blocks
        for row in block.rows
    ]
    assert found == [[t, None if d is None else str(d), u] for t, d, u in case["rows"]]


def urls(found: Shape) -> dict[str, tuple[LinkKind, str]]:
    return {link.url: (link.kind, link.how) for link in found.links}


def test_all_kinds_of_links() -> None:
    found = urls(
        shape(
            '<a href="a.html">甲</a><area href="b.html"><img src="c.png" srcset="d.png 2x, e.png 3x"><iframe src="f.html"></iframe>'
            '<script src="g.js"></script><a href="h.pdf">附件</a><div style="background:url(\'i.jpg\')"></div>'
            '<table><tr onclick="window.open(\'j.html\')"><td>x</td></tr></table><video src="k.mp4"></video><p onclick="show(7)">y</p>'
            "<script>function show(n){location.href='/s/'+n+'.html'}</script>",
            head='<link rel="stylesheet" href="l.css"><link rel="canonical" href="no.html">',
        )
    )
    here = "http://h.cn/xw/"
    assert found[here + "a.html"] == (LinkKind.PAGE, "a")
    assert found[here + "b.html"] == (LinkKind.PAGE, "area")
    assert found[here + "e.png"] == (LinkKind.IMAGE, "srcset")
    assert found[here + "f.html"] == (LinkKind.FRAME, "frame")
    assert found[here + "g.js"] == (LinkKind.SCRIPT, "src")
    assert found[here + "h.pdf"] == (LinkKind.ATTACHMENT, "a")
    assert found[here + "i.jpg"] == (LinkKind.IMAGE, "style")
    assert found[here + "j.html"] == (LinkKind.PAGE, "onclick")
    assert found["http://h.cn/s/7.html"] == (LinkKind.PAGE, "onclick")
    assert found[here + "k.mp4"][0] is LinkKind.MEDIA
    assert found[here + "l.css"] == (LinkKind.STYLE, "href")
    assert here + "no.html" not in found


def test_base_href_late_in_the_page() -> None:
    found = shape('<a href="a.html">甲</a>', head=f"<style>{'.x{} ' * 2000}</style><base href='/archive/'>")
    assert [link.url for link in found.links] == ["http://h.cn/archive/a.html"]


def test_pagers_by_word_number_and_script() -> None:
    found = shape('<div><a href="index_1.html">下一页</a> <a href="index_9.html">尾页</a></div>')
    assert found.pagers == ["http://h.cn/xw/index_1.html", "http://h.cn/xw/index_9.html"]
    assert found.next_page == "http://h.cn/xw/index_1.html"
    numbers = shape('<a href="p2.html">2</a><a href="p3.html">[3]</a>')
    assert len(numbers.pagers) == 2
    script = shape('<script>createPageHTML(3, 0, "index", "html");</script>')
    assert script.pagers == ["http://h.cn/xw/index_1.html", "http://h.cn/xw/index_2.html"]
    called = shape("<a href=\"javascript:go(2)\">下一页</a><script>function go(n){location.href='l.asp?p='+n}</script>")
    assert called.pagers == ["http://h.cn/xw/l.asp?p=2"]


def test_home_alone_is_no_pager_and_a_form_pager_is_said_to_be_unread() -> None:
    assert shape('<a href="/">首页</a><a href="/xw/">新闻</a>').pagers == []
    assert shape('<a href="javascript:turn(2)">下一页</a>').unread_pager


def test_total_pages() -> None:
    assert shape("共 12 页").total_pages == 12
    assert shape("页次：1/7页").total_pages == 7
    assert shape("共有法官 12 名").total_pages is None


def test_crumbs_and_more() -> None:
    found = shape(
        '<div>您当前的位置：<a href="/">首页</a> &gt; <a href="/xw/">法院新闻</a> &gt; 列表</div>'
        '<div class="col"><h2>通知公告</h2><a href="/tz/">更多&gt;&gt;</a></div>'
    )
    assert found.crumbs == ["首页", "法院新闻", "列表"]
    assert found.more == {"http://h.cn/tz/": "通知公告"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<div class="sth_a"><span>发布时间：2018-10-30 09:12:01</span></div>', "2018-10-30"),
        ("<p>来源：本院　发布日期：2026年3月5日　浏览：12</p>", "2026-03-05"),
        ("<h1>关于表彰的决定</h1><p>2026-03-05 10:00　来源：本院</p><p>正文提到2020年1月1日的旧事。</p>", "2026-03-05"),
        ("<h1>公告</h1><p>本院定于2026年5月5日开庭。</p>", None),
        ("<p>今天是2026年3月31日 星期二</p><h1>公告</h1><p>正文。</p>", None),
        ("<p>开庭时间：2026-05-05 09:00</p>", None),
        ("<p>更新时间：2026-03-09</p><p>发布日期：2026-03-05</p>", "2026-03-05"),
    ],
)
def test_printed_publication_date(html: str, expected: str | None) -> None:
    assert shape(html).label_date == expected


def test_meta_date_and_meta_refresh() -> None:
    found = shape(
        "", head='<meta name="PubDate" content="2026-03-05 10:00"><meta http-equiv="refresh" content="0; url=/new/">'
    )
    assert found.meta_date == "2026-03-05 10:00"
    assert found.alias == "http://h.cn/new/"
    reload_only = shape("<p>x</p>", head='<meta http-equiv="refresh" content="600">')
    assert reload_only.alias is None


def test_script_redirect_stub_is_followed_but_a_script_on_a_page_is_not() -> None:
    assert shape("<script>var a='/w';var b='eb/'; window.location=a+b;</script>").alias == "http://h.cn/web/"
    assert shape("<a href='/x'>x</a><script>function f(){location.href='/y'}</script>").alias is None


@pytest.mark.parametrize(
    ("html", "hidden"),
    [
        ('<div style="display:none"><a href="http://bet.example/">真人百家乐</a></div>', 1),
        ('<div style="position:absolute;left:-9999px"><a href="http://seo.example/">建材网</a></div>', 1),
        (
            '<style>.zz{height:0;overflow:hidden} .zz{text-indent:-9999px}</style><div class="zz"><a href="http://seo.example/">建材</a></div>',
            1,
        ),
        ('<a style="font-size:0px" href="http://seo.example/">建材</a>', 1),
        ('<div class="tab" style="display:none"><a href="http://www.people.example/">人民网</a></div>', 0),
        ('<dl class="submenu" style="display:none"><a href="/xw/">法院新闻</a></dl>', 0),
        ('<div style="display:none"><a href="http://www.gov.cn/">中国政府网</a></div>', 0),
        ('<a href="http://seo.example/">友情链接</a>', 0),
    ],
)
def test_hidden_links_are_foreign_and_not_in_a_menu(html: str, hidden: int) -> None:
    found = shape(html)
    assert len(found.hidden) == hidden
    assert (found.hidden_how is not None) == bool(hidden)


def test_national_platforms_are_noted() -> None:
    found = shape(
        '<a href="https://wenshu.court.gov.cn/">裁判文书网</a><a href="http://tingshen.court.gov.cn:81/x">庭审</a>'
    )
    assert found.platforms == ["wenshu.court.gov.cn", "tingshen.court.gov.cn"]


def test_pinyin_noise_of_a_hijacked_copy() -> None:
    text = "最高人民法院關(guān)於進(jìn)一步深化司法公開(kāi)的意見(jiàn)，堅(jiān)持主動(dòng)公開。"
    assert shape(f"<p>{text}</p>").pinyin is not None
    assert shape("<p>最高人民法院（以下简称最高法）关于进一步深化司法公开的意见</p>").pinyin is None


@given(st.text(max_size=400))
def test_any_text_has_a_shape_and_survives_storing(html: str) -> None:
    found = shape_of(html, HOME, HOME)
    stored = shape_from_json(shape_to_json(found))
    assert stored.links == found.links
    assert [b.key for b in stored.blocks] == [b.key for b in found.blocks]


@pytest.mark.parametrize(
    ("markup", "heading"),
    [
        ("<title>关于启用平台的公告_示例法院</title><h2>关于启用平台的公告</h2>", "关于启用平台的公告"),
        ("<title>示例法院</title><h2>最新公告和通知</h2><p>正文</p>", ""),
        ("<title>裁判文书</title><div id='contentTitle'>某某判决书</div>", "某某判决书"),
    ],
)
def test_a_heading_is_where_systems_print_it_or_what_the_title_repeats(markup: str, heading: str) -> None:
    assert shape_of(markup, "http://h.cn/a.html", "http://h.cn/").heading == heading


def test_linked_data_states_a_publication_date_where_no_meta_does() -> None:
    data = '<script type="application/ld+json">{"datePublished": "2026-03-05T09:00:00+08:00"}</script>'
    assert shape_of(data, "http://h.cn/a.html", "http://h.cn/").meta_date == "2026-03-05T09:00:00+08:00"
    meta = '<meta name="PubDate" content="2026-03-04">'
    assert shape_of(meta + data, "http://h.cn/a.html", "http://h.cn/").meta_date == "2026-03-04"
