"""A detail page as readers receive it, and the text of its article without navigation, scripts and comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from html import unescape
from itertools import islice

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.markup import tags_in
from crawlers.sieve import Sieved
from storage.records import DateSource

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "tbody",
        "thead",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "form",
        "hr",
        "blockquote",
        "center",
        "pre",
        "title",
        "fieldset",
        "caption",
    ]
)
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(("script", "style", "noscript", "template", "select", "option", "iframe", "nav", "footer"))
# Where known systems put the article: domain/sites.md §3. In order of trust.
_ARTICLES = (
    "#zoom",
    ".TRS_Editor",
    ".TRS_UEDITOR",
    "#UCAP-CONTENT",
    ".txt_txt",
    ".detail_txt",
    "#DivContent",
    ".article_con",
    ".sswy_article_m",
    ".ggnr",
    "#wsTable",
    ".books_detail_content",
    ".text",
)
_ANY_ARTICLE = ", ".join(_ARTICLES)
_LEAST_ARTICLE = 15
_LINKY = 0.6
_FEWEST_LINKS = 3
_DEEPEST = 60
_LINK_BLOCKS = frozenset(("ul", "div", "dl", "td", "p", "header"))


# What Word pastes around every few words, and says nothing.
_LOOKS = re.compile(r"</?(?:span|font|strong|em|b|i|u|o:p)(?:\s+[^\s=<>\"]+(?:=\"[^\"]*\")?)*\s*>|\sstyle=\"[^\"<>]*\"")
# As the fast parser writes it: names in lower case, attributes in quotation marks.
_MARKUP = re.compile(r"<!--.*?-->|<(/?[a-z][^\s>]*)(?:[^\">]|\"[^\"]*\")*>", re.S)
_BLANKS = " \n\t\f\r"
_NEWLINES = re.compile(r"[\r\n]+")
_EDGES = {f"{slash}{name}": "\n" for name in _BLOCKS for slash in ("", "/")} | dict.fromkeys(_CELLS, "\t")
# What another parser might put elsewhere, and text that is no markup.
_NOT_PLAIN = ("<table", "<pre", "<textarea", "<xmp", "<noembed", "<noframes", "<plaintext", "<svg", "<math")
_LINK_AROUND_ROW = re.compile(r"<a\b[^>]*>\s*<tr", re.I)
_MENU_LINKS = 4


@dataclass(frozen=True)
class DetailPage:
    """A page to read.

    Attributes:
        url: address it was read from; relative links of rows are resolved against it.
        html: decoded markup.
        title: the article's title as the crawl found it (heading or link text, not the site's name).
        published, published_source: publication date and what it rests on; also the day near which dates lie that
            are printed without year.
        section: name of the section that lists the page.
        court: the site's court, for documents that say only 本院.
        sha256: hash of the kept page.
        read: of a list, the night on which it was read: days without year lie near it. Of an article it says nothing.
    """

    site: str
    url: str
    html: str
    title: str = ""
    published: date | None = None
    published_source: DateSource = DateSource.NONE
    section: str | None = None
    court: str | None = None
    sha256: str | None = None
    read: date | None = None

    @property
    def near(self) -> date | None:
        """The day near which dates without year lie: publication, the month that the title names, a list's reading."""
        if self.published:
            return self.published
        month = re.search(r"((?:19|20)\d{2})\s*年\s*(1[0-2]|0?[1-9])\s*月", self.title)
        return date(int(month[1]), int(month[2]), 15) if month else self.read


class Article:
    """The readable part of a page: its lines, inner whitespace kept; and its node, which is made when it is asked for.

    Attributes:
        lines: Non-empty visible lines; table cells of a row are separated by tabs.
    """

    def __init__(self, lines: Iterable[str], markup: str, node: Tag | None = None) -> None:
        """
        Args:
            markup: What the node is made of.
            node: The node, where it was made already.
        """
        self.lines = tuple(lines)
        self._markup, self._node = markup, node

    @classmethod
    def of_text(cls, text: str) -> Article:
        """A text that came without markup: a file, an imported record. It has no tables and no links."""
        return cls((line for raw in text.splitlines() if (line := raw.strip())), "", BeautifulSoup("", "lxml"))

    @cached_property
    def text(self) -> str:
        return "\n".join(self.lines)

    @cached_property
    def compact(self) -> str:
        """The whole text without any whitespace: letter-spaced titles close up."""
        return close_up(self.text)

    @property
    def node(self) -> Tag:
        """For tables, pictures and links."""
        if self._node is None:
            self._node = _node_of(self._markup)
        return self._node

    def has(self, *names: str) -> bool:
        """Is there an element of one of these names in it, or is it one?"""
        if self._node is None and not any(f"<{name}" in self._markup for name in names):
            return False
        return self.node.name in names or self.node.find(list(names)) is not None


def close_up(text: str) -> str:
    """Without whitespace of any kind."""
    return "".join(text.split())  # which is the same as by an expression, and many times as quick


@lru_cache(maxsize=4)  # several readers look at one page, one after the other
def article(html: str) -> Article:
    """The article of a page: the known content node if there is one, else the page without its link-dense blocks."""
    if _LINK_AROUND_ROW.search(html):  # a parser by the standard would pull the two apart
        return _article(html)
    tree = LexborHTMLParser(html)
    if unseen := _UNSEEN & tags_in(html):
        tree.strip_tags(list(unseen))
    for mark in _ARTICLES if tree.css_first(_ANY_ARTICLE) is not None else ():
        found = max(tree.css(mark), key=_words, default=None)
        if found is not None and _words(found) >= _LEAST_ARTICLE:
            markup = _LOOKS.sub("", found.html or html)
            lines = None if any(hint in markup for hint in _NOT_PLAIN) else _plain_lines(markup)
            return _article(markup) if lines is None else Article(lines, markup)
    # By the fast parser, since most of Beautiful Soup's time goes into what is not the article.
    for menu in tree.css("ul, ol, dl, nav, select"):
        links = menu.css("a, option")
        if len(links) >= _MENU_LINKS and sum(map(_words, links)) * 10 >= _words(menu) * 9:
            menu.decompose()
    return _article(tree.html or html)


def _article(markup: str) -> Article:
    node = _node_of(markup)
    return Article(lines_of(node), markup, node)


def _node_of(markup: str) -> Tag:
    """The article's element, by Beautiful Soup."""
    soup = BeautifulSoup(markup, "lxml")
    known: dict[str, list[Tag]] = {}
    unseen: list[Tag] = []
    for tag in soup.find_all(True):  # one walk: selectors would each take their own
        if tag.name in _UNSEEN:
            unseen.append(tag)
        for mark in _marks(tag):
            if mark in _ARTICLES:
                known.setdefault(mark, []).append(tag)
    for tag in unseen:
        tag.extract()
    return _known_node(known) or _without_navigation(soup.body or soup)


def _plain_lines(markup: str) -> list[str]:
    """The lines of an element that the fast parser wrote, without building a tree: as `lines_of` has them."""
    pieces = _MARKUP.split(markup)
    pieces[1::2] = [_EDGES.get(name, "") for name in pieces[1::2]]
    # As Beautiful Soup has it, nothing but white space between two elements is one space.
    pieces[::2] = [_on_one_line(text) if text.strip(_BLANKS) else text and " " for text in pieces[::2]]
    text = unescape("".join(pieces))
    return [line for raw in text.split("\n") if (line := raw.strip())]


def _on_one_line(text: str) -> str:
    return _NEWLINES.sub(" ", text) if "\n" in text or "\r" in text else text


def _words(node: LexborNode) -> int:
    """Characters of a node's text, without white space."""
    return len("".join((node.text() or "").split()))


def lines_of(node: Tag) -> list[str]:
    """Non-empty visible lines; table cells of a row are separated by tabs."""
    text = "".join(_pieces(node))
    return [line for raw in text.split("\n") if (line := raw.strip())]


def labelled(text: str, words: str) -> str | None:
    """The value printed behind one of the labels (separated by `|`): `案号：…`, `【案号】…`, `案 号<tab>…`."""
    for match in _label(words).finditer(text):
        value = re.split(r"[ \u3000]{2,}|[;；|]|[ \u3000](?=[\u4e00-\u9fff]{2,6}[:：])", match["value"].strip())[0]
        if value.strip():
            return value.strip()
    return None


@cache
def _label(words: str) -> Sieved:
    names = "|".join(r"[ \u3000\xa0]*".join(word) for word in words.split("|"))
    return Sieved(
        rf"(?:^|[\s【\[（(|。；;，,])(?:{names})[ \u3000\xa0]*(?:[】\]）)]\s*[:：]?|[:：\t])[ \u3000\xa0\t]*(?P<value>[^\n\t]*)"
    )


def _pieces(node: Tag) -> Iterator[str]:
    """Texts and separators in document order; not recursive, since broken pages nest thousands deep."""
    waiting: list[Tag | NavigableString | str] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Tag):
            edge = "\n" if one.name in _BLOCKS else "\t" if one.name in _CELLS else ""
            yield edge
            waiting.append(_Edge("\n" if edge == "\n" else ""))
            waiting.extend(child for child in reversed(one.contents) if isinstance(child, (Tag, NavigableString)))
        elif type(one) is NavigableString:  # not a comment, not a script
            yield str(one) if one.parent and one.parent.name == "pre" else _NEWLINES.sub(" ", one)
        elif isinstance(one, _Edge):
            yield one


class _Edge(str):
    """The separator after a block."""


def _marks(tag: Tag) -> list[str]:
    classes: str | list[str] = tag.get("class") or []
    names = classes.split() if isinstance(classes, str) else classes
    identity = tag.get("id")
    return [f".{name}" for name in names] + ([f"#{identity}"] if identity else [])


def _known_node(known: dict[str, list[Tag]]) -> Tag | None:
    for mark in _ARTICLES:
        if mark in known:
            largest = max(known[mark], key=lambda node: len(node.get_text()))
            if len(close_up(largest.get_text())) >= _LEAST_ARTICLE:
                return largest
    return None


def _without_navigation(body: Tag) -> Tag:
    """Drops blocks that are mostly links. Counts upwards from the links: broken pages nest thousands deep."""
    links: dict[int, list[int]] = {}
    blocks: dict[int, Tag] = {}
    for link in body.find_all("a"):
        length = len(close_up(link.get_text()))
        for block in islice(link.parents, _DEEPEST):
            if block is body:
                break
            if block.name in _LINK_BLOCKS:
                blocks[id(block)] = block
                links.setdefault(id(block), []).append(length)
    for key, block in blocks.items():
        if len(links[key]) < _FEWEST_LINKS:
            continue
        text = close_up(block.get_text())
        if sum(links[key]) > _LINKY * len(text) and "案号" not in text:
            block.extract()
    return body
