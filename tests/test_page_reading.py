"""What is read quickly is read alike: lists remembered from other pages, signs of personal data, lines of an article.

Each quick way is held against the plain one, on the demonstration courts' pages and on made ones.
"""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers import anchors
from crawlers.encoding import decode
from crawlers.html import Shape, shape_of
from crawlers.page_kinds import opening_of
from crawlers.personal import prefilter
from crawlers.personal.prefilter import MORE, checksum, has_sign, may_show, quick_text, repeated_lines, signs_of
from crawlers.readers import page
from gongkai.demo.courts import COURTS, NIGHTS, site_at

HOME = "http://court.test/"


@cache
def demonstration() -> list[tuple[str, str]]:
    """Address and markup of pages of all demonstration courts."""
    found = []
    for court in COURTS:
        for address, answer in site_at(court, NIGHTS[0]).pages.items():
            if answer.content_type and "html" in answer.content_type:
                text = decode(answer.body, answer.content_type)[0].replace("@@BASE@@", HOME.rstrip("/"))
                found.append((HOME.rstrip("/") + address, text))
    return found[::2]


def read(html: str, url: str, *, remembers: bool) -> Shape:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anchors, "_LONGEST", 20_000 if remembers else -1)
        return shape_of(html, url, HOME)


# --- lists that pages repeat ---


def test_remembered_lists_say_the_same_on_every_page() -> None:
    anchors._PARTS.clear()
    taken = 0
    for url, html in demonstration():
        known = len(anchors._PARTS)
        assert read(html, url, remembers=True) == read(html, url, remembers=False), url
        taken += len(anchors._PARTS) == known
    assert taken > 100  # pages on which nothing had to be remembered


LINK = st.builds(
    lambda href, words, more: f"<a href='{href}'{more}>{words}</a>",
    st.sampled_from(
        ["/a/", "b.html", "../c.html", "?page=2", "#top", "http://other.cn/", "javascript:go(3)", "x.pdf", ""]
    ),
    st.sampled_from(
        ["首页", "更多>>", "下一页", "2", "关于印发工作规定的通知", "<img src=i.png alt=图>", "", "开庭公告"]
    ),
    st.sampled_from(["", " title='关于印发工作规定的通知全文'", " onclick='go(1)'", " style='display:none'"]),
)
ROW = st.builds(
    lambda link, more: f"<li>{link}{more}</li>",
    LINK,
    st.sampled_from(["", "<span>2026-03-05</span>", "[03-05]", "<p>文</p>"]),
)
ROWS = st.builds(lambda rows: "".join(rows), st.lists(ROW, max_size=5))
LIST = st.builds(
    lambda name, rows, inner: f"<{name}>{rows}{inner}</{name}>",
    st.sampled_from(["ul", "ol", "ul class=menu"]),
    ROWS,
    st.one_of(st.just(""), st.builds(lambda rows: f"<li><ul>{rows}</ul></li>", ROWS)),
).map(lambda html: html.replace("</ul class=menu>", "</ul>"))
PAGE = st.lists(
    st.one_of(
        LIST,
        LINK,
        st.sampled_from(
            ["<div class=box>", "</div>", "<table><tr><td>", "</td></tr></table>", "<h2>公告</h2>", "<base href=/b/>"]
        ),
    ),
    max_size=8,
).map("".join)


@settings(max_examples=80, deadline=None)
@given(PAGE, PAGE, st.sampled_from(["index.html", "a/b/1.html", "a/b/2.html?x=1"]))
def test_remembered_lists_change_nothing(first: str, second: str, where: str) -> None:
    for html in (first, second, first + second, second + first):
        url = HOME + where
        assert read(html, url, remembers=True) == read(html, url, remembers=False)


def test_a_remembered_list_leads_from_where_it_stands() -> None:
    html = "<ul><li><a href='x.html'>甲</a></li><li><a href='/y.html'>乙</a></li></ul>"
    assert [link.url for link in shape_of(html, HOME + "a/1.html", HOME).links] == [HOME + "a/x.html", HOME + "y.html"]
    assert [link.url for link in shape_of(html, HOME + "b/1.html", HOME).links] == [HOME + "b/x.html", HOME + "y.html"]
    assert shape_of("<base href='/c/'>" + html, HOME + "b/1.html", HOME).links[0].url == HOME + "c/x.html"


# --- signs of personal data ---


def test_pages_with_signs_are_found_in_their_text() -> None:
    signed = 0
    for url, html in demonstration():
        text = quick_text(html)
        shape = shape_of(html, url, HOME)
        assert bool(shape.signs) == has_sign(text), url
        assert (shape.serves, shape.announces) == opening_of(text[:3000]), url
        signed += bool(shape.signs)
    assert signed > 100


PIECES = st.sampled_from(
    ["电话", "：", "13800", "138000", "00000", "010-1234", "5678", "QQ", "微信", "abc", "京A", "12345", "住所地", "某路", "证人", "张",
     "使用证人", "１２３４５６７", "地址：示例路1号", "年仅12岁", "被害人李四", "）", "-", "2026-03-05", "人民法院", " ", "\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_signs_by_line_are_those_of_the_text(text: str) -> None:
    lines = "\n".join(line for raw in text.split("\n") if (line := raw.strip()))
    assert not has_sign(lines) or may_show(lines.replace("\n", ""))
    first, again = signs_of(lines), signs_of(lines)
    assert first == again and bool(first) == has_sign(lines)
    assert {checksum(line) for line in lines.split("\n") if has_sign(line)} == set(first) - {MORE}


def test_a_sign_across_lines_is_none_of_the_template() -> None:
    split = "联系电话\n12345678"
    assert signs_of(split) == [MORE]
    assert repeated_lines([signs_of(split)] * 5) == frozenset()
    footer = "地址：示例路1号\u3000电话：12345678"
    assert repeated_lines([signs_of(f"甲\n{footer}")] * 5) == {checksum(footer)}


def test_signs_are_looked_for_again_by_another_detector() -> None:
    from crawlers import html, personal

    assert html.VERSION % 1000 == personal.VERSION


def test_known_lines_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "_MOST_KNOWN", 3)
    for number in range(9):
        signs_of(f"电话1234567{number}")
    assert len(prefilter._known) <= 3


# --- an article's lines ---


def test_lines_are_those_of_the_tree() -> None:
    plain = 0
    for url, html in demonstration():
        read = page.article(html)
        if read._node is None:
            plain += 1
            assert read.lines == tuple(page.lines_of(read.node)), url
    assert plain > 100


WORDS = st.sampled_from(
    [
        "甲乙",
        "a &lt; b",
        "&amp;lt;",
        "&nbsp;",
        "\n",
        "\r\n",
        "　",
        "x&#x4e00;y",
        "<!-- 注\n释 -->",
        "\t",
        "<h2>题</h2>",
        "<p>文</p>",
        "<ul><li>甲<li>乙</ul>",
    ]
)
ELEMENTS = st.sampled_from(["div", "span", "b", "a href='x>y'", "font color=red", "center", "o:p", "section"])
ARTICLE = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name.split()[0]}>", ELEMENTS, st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ARTICLE, min_size=1, max_size=5).map("".join))
def test_lines_without_a_tree(inner: str) -> None:
    # Not a block within a heading, li or p: there the tree's parser joins what stands on two lines in every browser.
    page.article.cache_clear()
    read = page.article(f"<div id=zoom>{inner}<p>本院认为此处必须有十五个以上的字才算一篇文章</p></div>")
    assert read._node is None
    assert read.lines == tuple(page.lines_of(read.node))
