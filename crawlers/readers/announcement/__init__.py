"""Announced hearings (开庭公告): one page may hold many, as table rows, sentences, key-value blocks or pasted tables.

Parties' names are read over: a record says only whether they are named. `rows.py`, `sentences.py` and `blocks.py` each
read one form, `elements.py` makes records of what they find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from crawlers.readers.announcement.blocks import in_blocks
from crawlers.readers.announcement.elements import JUNK, Elements, hearings_of, of_page
from crawlers.readers.announcement.rows import from_table, of_row
from crawlers.readers.announcement.sentences import PAST, in_article, in_lines
from crawlers.readers.page import Article, DetailPage, close_up
from crawlers.tables import Row, Table, whitespace_tables
from storage.records import Hearing

SECTION = re.compile(
    r"开庭(?:公告|信息|排期|预告|安排|时间|通知|一览)|庭审(?:公告|预告|排期|安排|信息)|排期|公开审理公告|宣判公告"
)
_OF_HEARINGS = re.compile(r"开庭|庭审|审理|宣判|宣告|听证|旁听|排期|案号|一案|\d号")
_FILE = re.compile(r"(?i)\.(?:docx?|xlsx?|pdf|wps|et|rtf|zip|rar|jpe?g|png|gif|bmp|tiff?)(?:$|[?#])")
_FEWEST_WORDS = 8
_SERVICE = re.compile(r"视为送达|送达公告|公告送达")


def is_expected(title: str) -> bool:
    """The title says that the page announces hearings."""
    plain = close_up(title)
    return bool(SECTION.search(plain)) and not _SERVICE.search(plain)


def is_junk(title: str) -> bool:
    """A post by which somebody tried the system: 测试数据."""
    return bool(JUNK.search(title))


def is_other(page: DetailPage, article: Article) -> bool:
    """The page surely announces no hearing: it has words, none of them speaks of one, and there is nothing beside them
    (picture, frame, file) that could."""
    if _OF_HEARINGS.search(close_up(page.title)) or _OF_HEARINGS.search(article.compact):
        return False
    if len(article.compact) < _FEWEST_WORDS or article.has("img", "iframe", "object", "embed", "canvas"):
        return False
    if not article.has("a"):
        return True
    return not any(_FILE.search(str(link.get("href", ""))) for link in article.node.find_all("a"))


def read(page: DetailPage, article: Article, tables: Iterable[Table], *, expected: bool = False) -> list[Hearing]:
    """All hearings that a page announces.

    Args:
        expected: section or title say that this is an announcement; without it only the formal `本院定于…开庭审理` counts,
            and a public service (送达公告) that sets a hearing besides gives none.
    """
    if not expected and (_SERVICE.search(article.compact) or PAST.search(article.compact)):
        return []
    # A table of single cells lays out the page, or holds sentences: read as text.
    lists = [table for table in tables if any(len(row.cells) > 1 for row in table.rows)]
    ways = (
        (one for table in lists for one in from_table(table, page.title, expected=expected)),
        in_blocks(article.text, page.near, expected),
        in_article(page, article, expected),
        _pasted(page, article.text, expected),
        in_lines(article.lines, page.title, expected),
    )
    for way in ways:
        found = [hearing for one in way for hearing in hearings_of(page, one)]
        if found:
            return of_page(found, article.text)
    return []


def row_hearings(page: DetailPage, table: Table, row: Row, position: int, url: str) -> list[Hearing]:
    """The hearings of one row of a list table, several where it lists several numbers; none if it names no time."""
    elements = of_row(table, row, True)
    if elements is None:
        return []
    return [replace(hearing, position=position, url=url) for hearing in hearings_of(page, elements)]


def _pasted(page: DetailPage, text: str, expected: bool) -> Iterator[Elements]:
    if expected:
        for table in whitespace_tables(text):
            yield from from_table(table, page.title, expected=expected)
