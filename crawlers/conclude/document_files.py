"""Judgments that are delivered as files: the list leads to a .doc or a download, or the page only carries an attachment."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from crawlers.attachments import READABLE
from crawlers.conclude.kept import Kept
from crawlers.documents import read_document
from crawlers.readers import judgment
from crawlers.readers.detail import DetailPage, DetailRecord
from crawlers.readers.judgment.head import Head, joined_numbers
from crawlers.readers.judgment.titles import branch_of, plain_title, plain_type, title_form, type_of_title
from crawlers.readers.page import Article, article, close_up
from crawlers.urls import identity, path_of, resolve
from storage.records import Judgment, LinkKind, Sign

_LONG_ENOUGH = 400  # characters of a page that carries the text itself
_NAMES_DOCUMENT = re.compile(r"判\s*决|裁\s*定|决\s*定|调\s*解|通\s*知\s*书|支付令|文\s*书|附件|下载|原文|全文|正文|号")
_SHORTEST = 60  # characters: less is the title once more, a date and a source
_ELSEWHERE = re.compile(
    r"<(?:iframe|frame|embed|object|canvas|video)\b|XMLHttpRequest|\bfetch\s*\(|\$\s*\.\s*(?:ajax|get|post|getJSON)\b|axios|"
    r"\.innerHTML|createApp|new\s+Vue|\.(?:pdf|docx?|wps|ofd)\b",
    re.I,
)
NOT_KEPT = "附件未能读取"


class DocumentFiles:
    """Reads judgments from the files that a night kept."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self.asked: list[str] = []  # the addresses of files that were looked for since this was last emptied

    def read(self, page: DetailPage, url: str) -> list[Judgment]:
        """The judgments of the file at a URL; known by the title alone where it cannot be read, and it says why.

        Empty if the URL is no file, or neither the file nor the title is that of a judgment.
        """
        self.asked.append(url)
        seen = self._kept.seen.get(identity(url))
        body = self._kept.file(url)
        if body is None and (seen is None or seen.kind is not LinkKind.ATTACHMENT or not seen.access.is_ok):
            return []
        read = read_document(body, url) if body is not None else None
        unread = NOT_KEPT if read is None else read.why
        found: list[Judgment] = []
        if read is not None and read.text is not None:
            found = judgment.read_all(page, Article.of_text(read.text), expected=True)
            unread = unread if found else None
        elif type_of_title(page.title):
            found = self._by_title(page)
        digest = seen.sha256 if seen is not None else None
        return [replace(one, attachment=url, unread=unread, sha256=digest or one.sha256) for one in found]

    def complete(self, page: DetailPage, found: list[DetailRecord]) -> list[DetailRecord]:
        """The records of a page, or in place of a judgment without text those of the file that it offers."""
        judgments = [one for one in found if isinstance(one, Judgment)]
        if found and (not judgments or any(one.whole or one.text_length > _LONG_ENOUGH for one in judgments)):
            return found
        if not judgments and not type_of_title(page.title) and not joined_numbers(page.title)[0]:
            return found
        unread: list[Judgment] = []
        for url in self._offered(page):
            read = self.read(page, url)
            if any(one.text_length for one in read):
                return list(read)
            unread = unread or read
        if not unread and not judgments and _is_blank(page):
            unread = [replace(one, signs=(Sign.EMPTY.value,)) for one in self._by_title(page)]
        return list(unread) or found

    def _offered(self, page: DetailPage) -> list[str]:
        """Files that the page links to; those of the site's frame are on every page and not meant."""
        found: dict[str, str] = {}
        for node in LexborHTMLParser(page.html).css("a[href], iframe[src], embed[src]"):
            address = node.attributes.get("href") or node.attributes.get("src") or ""
            url = resolve(page.url, address)
            if url is not None and READABLE.search(path_of(url)):
                found[url] = node.text() or ""
        named = [url for url, words in found.items() if _NAMES_DOCUMENT.search(f"{words}{unquote(url)}")]
        return named or (list(found) if len(found) == 1 else [])

    def _by_title(self, page: DetailPage) -> list[Judgment]:
        numbers = joined_numbers(page.title)[0]
        document = type_of_title(page.title)
        head = Head(document, numbers[0] if numbers else None, None)
        first = Judgment(
            site=page.site,
            url=page.url,
            case_number=head.number,
            title=plain_title(page.title, head, document),
            title_form=title_form(page.title),
            section=page.section,
            court=page.court,
            document_type=plain_type(document),
            branch=branch_of(document),
            published=page.published,
            published_source=page.published_source,
            sha256=page.sha256,
        )
        return judgment.each_case(first, numbers[1:])


def _is_blank(page: DetailPage) -> bool:
    """A page that names a document and holds none: no text, no picture of it, nothing that a script or frame brings."""
    if not type_of_title(page.title) or _ELSEWHERE.search(page.html):
        return False
    content = article(page.html)
    text = content.compact.replace(close_up(page.title), "")
    return len(text) < _SHORTEST and content.node.find("img") is None
