"""Is this page or file a judgment document, and what does it say? Party names are read over and never kept."""

from __future__ import annotations

import re
from dataclasses import replace

from crawlers.dates import parse_date
from crawlers.readers import cause
from crawlers.readers.judgment import effect
from crawlers.readers.judgment.bench import CLERK, JUDGE, read_bench, read_date
from crawlers.readers.judgment.head import read_head
from crawlers.readers.judgment.signs import Read, look
from crawlers.readers.judgment.titles import branch_of, plain_title, plain_type, title_cause, title_form, type_of_title
from crawlers.readers.page import Article, DetailPage, close_up, labelled
from crawlers.sieve import Sieved
from storage import case_number
from storage.records import Judgment, Sign

_OPERATIVE = Sieved(
    r"(?:判决|裁定|决定|调解|协议|通知|命令|令)如下|如下(?:判决|裁定|决定|协议|支付令|命令)|特此通知|特此决定|主文[:：]|判决[:：]一、"
)
_SERVICE = re.compile(r"之日起.{0,24}视为送达|视为送达.{0,6}特此公告|送达公告")
_REPORT = re.compile(r"基本案情|裁判要旨|典型意义|【案情】|法官说法|法官提醒|本报讯|记者|通讯员|新闻发布")
# The forms that courts publish for drafting: （××××）……民初……号, 民事判决书样式.
_SPECIMEN = re.compile(r"[）)]…{1,2}[^…，。]{1,6}…{1,2}号")
_SPECIMEN_TITLE = re.compile(r"(?:文书|[决定解知]书)(?:样式|格式|范本|模板)")
_PICTURES = ("img", "canvas", "video")
_FRAME = re.compile(r"<(?:iframe|frame|object|embed|canvas)\b", re.IGNORECASE)
_ATTACHED = re.compile(r"\.(?:docx?|pdf|wps|rtf|jpe?g|png|gif|tiff?)\b", re.IGNORECASE)


def read_all(page: DetailPage, article: Article, *, expected: bool = False) -> list[Judgment]:
    """One record for each case that the document of this page decides; empty if the page is no judgment.

    A record is known by its URL, so the second and further ones get a fragment: `…/1.html#2`.
    """
    first = read(page, article, expected=expected)
    return [] if first is None else each_case(first, read_head(page, article, article.compact).more)


def each_case(first: Judgment, more: tuple[str, ...]) -> list[Judgment]:
    """The record, and one like it for each further number that the same document decides."""
    return [first] + [
        replace(
            first,
            url=f"{first.url.partition('#')[0]}#{place}",
            case_number=number,
            title=first.title.replace(first.case_number or number, number),
        )
        for place, number in enumerate(more, start=2)
    ]


def read(page: DetailPage, article: Article, *, expected: bool = False) -> Judgment | None:
    """The judgment that a page is, or None.

    A page is one if it looks like one: a line naming the document (民事判决书), its own case number, 判决如下, the bench
    and a dated tail. Articles, notices and served announcements that only quote a number are not.

    Args:
        expected: the page stands in a section of judgments: two of these signs are enough, and a page that only
            carries the document as an attachment, or nothing at all, counts if its title names it.
    """
    compact = article.compact
    operative = _OPERATIVE.search(compact)
    found = Read(
        title=page.title,
        article=article,
        compact=compact,
        head=read_head(page, article, compact),
        bench=tuple(read_bench(article)),
        operative=operative is not None,
        tail=read_date(article, compact, operative.end() if operative else 0),
    )
    if not _is_judgment(found, expected):
        return None
    record = _record(page, found)
    if not found.is_bare:
        return record
    # Its number is known, so it is not missing; what stands in a file, a frame or a picture has not been read here.
    elsewhere = _is_attached(found) or found.article.node.find(_PICTURES) or _FRAME.search(page.html)
    return replace(record, unread="正文未能读取") if elsewhere else replace(record, signs=(*record.signs, Sign.EMPTY))


def _record(page: DetailPage, found: Read) -> Judgment:
    article, compact, head, tail = found.article, found.compact, found.head, found.tail
    stated = labelled(article.text, "裁判日期|判决日期|裁判时间|裁定日期|文书日期")
    labelled_date = parse_date(stated, near=page.near, not_after=True) if stated else None
    own_keys = {own.key for one in (head.number, *head.more) if one and (own := case_number.parse(one))}
    document = head.type or type_of_title(page.title)
    stated_cause = labelled(article.text, "案由")
    return Judgment(
        site=page.site,
        url=page.url,
        case_number=head.number,
        number_raw=head.raw,
        title=plain_title(page.title, head, document),
        title_form=title_form(page.title),
        section=page.section,
        court=head.court or page.court,
        printed_court=head.court,
        document_type=plain_type(document),
        branch=branch_of(document),
        cause=(cause.plain(stated_cause) if stated_cause else None) or cause.stated(compact) or title_cause(page.title),
        decided=labelled_date or (tail.value if tail else None),
        decided_raw=stated if labelled_date else (tail.raw if tail else None),
        published=page.published,
        published_source=page.published_source,
        judges=tuple(dict.fromkeys(name for role, name in found.bench if re.fullmatch(JUDGE, role))),
        clerk=next((name for role, name in found.bench if re.fullmatch(CLERK, role)), None),
        text_length=len(compact),
        whole=found.is_whole,
        signs=look(found),
        # A clause that stands there stands there; that there is none can be said only of a text read to its end.
        appeal_clause=bool(effect.APPEAL.search(compact)) or (False if found.is_whole else None),
        final_clause=effect.is_final(compact) or (False if found.is_whole else None),
        notice_service=bool(effect.NOTICE.search(compact)) or ("缺席" in compact and "下落不明" in compact),
        foreign_party=effect.is_foreign(article.text, compact),
        quoted_case_numbers=tuple(
            dict.fromkeys(one.text for one in case_number.find_all(article.text) if one.key not in own_keys)
        ),
        sha256=page.sha256,
    )


def _is_judgment(found: Read, expected: bool) -> bool:
    head, compact, title = found.head, found.compact, close_up(found.title)
    signed = bool(found.bench)
    if _SPECIMEN.search(compact[:400]) or _SPECIMEN_TITLE.search(title):
        return False
    if _SERVICE.search(compact) and not (head.type and found.operative and signed):
        return False
    if _SERVICE.search(title) or title.endswith(("公告", "开庭传票")):
        return False
    if _REPORT.search(compact) and not (head.type and head.number and (signed or found.tail)):
        return False
    if head.type and head.number and (found.operative or (signed and found.tail)):
        return True
    if head.type and found.operative and signed:
        return True  # its number is missing or unreadable
    if not expected:
        return False
    if (head.type or head.number) and (found.operative or signed):
        return True
    return bool(head.number and type_of_title(title) and (_is_attached(found) or found.is_bare))


def _is_attached(found: Read) -> bool:
    return _ATTACHED.search(str(found.article.node)) is not None
