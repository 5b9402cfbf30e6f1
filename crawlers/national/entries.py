"""One record of the national site → a judgment found published, or an entry on one that is withheld. Parties are not kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from crawlers.ledger_words import Told, told
from crawlers.national import fields
from crawlers.national.personal import personal_data
from crawlers.readers import cause, judgment
from crawlers.readers.judgment.head import Head, joined_numbers
from crawlers.readers.judgment.titles import branch_of, plain_title, plain_type, title_cause, title_form, type_of_title
from crawlers.readers.page import Article, DetailPage, article
from storage import case_number
from storage.records import DateSource, Judgment, Record, Withheld

SECTION = "中国裁判文书网（导入）"
_IN_PLACE = re.compile(r"\s*不公开理由\s*[:：]\s*(?P<reason>[^\n]{0,60}?)\s*")
_ADVERT = re.compile(
    r"(?:\s*(?:[^\n。]{0,20}(?:微信)?公众号[^\n。]{0,30}|[^\n。]{0,20}马\s*克\s*数\s*据\s*网?[^\n。]{0,20}|"
    r"更多(?:数据|文书)[^\n。]{0,40}|来自[:：]?\s*www\.[^\n]{0,30}|百度搜索[^\n。]{0,30}))+\s*$"
)


@dataclass(frozen=True)
class BadField:
    """A value that could not be read: its key, and what is wrong. The record is used without it."""

    key: str
    told: Told


@dataclass(frozen=True)
class Entry:
    """What a row gave: records (none if it is no judgment), values that could not be read, and personal data, masked."""

    records: tuple[Judgment | Withheld, ...]
    bad: tuple[BadField, ...] = ()
    personal: tuple[Record, ...] = ()


def read_entry(record: Mapping[str, Any], *, site: str, source: str, row: int, until: date | None) -> Entry:
    """Read one record.

    Args:
        source: The file's name.
        row: Its place in the file, from 1.
        until: The audit date: nothing was published later.
    """
    bad: list[BadField] = []
    raw, title = fields.text_of(record, "number"), fields.text_of(record, "title") or ""
    if not raw and not title and not fields.text_of(record, "id"):
        key = fields.key_of(record, "number") or "案号"
        return Entry((), (BadField(key, told("dump_nameless")),))
    published, published_source = _published(record, bad, until)
    decided = _day(record, "decided", bad)
    one = _Row(record, site, source, row, raw, title, decided, published, published_source)
    text = _ADVERT.sub("", fields.body_of(record))
    in_place = _IN_PLACE.fullmatch(text) if len(text) < 100 else None
    reason = fields.reason_of_code(fields.text_of(record, "reason"))
    if fields.is_withheld(record) or (reason and not text):
        return Entry((one.withheld(reason),), tuple(bad))
    if in_place is not None:
        # Some programs wrote this sentence for every text that they did not get: whose reason it is, nobody knows.
        return Entry((replace(one.withheld(None), partial=True, reason_unsure=in_place["reason"] or ""),), tuple(bad))
    judgments = tuple(one.judgments(text))
    return Entry(judgments, tuple(bad), personal_data(judgments[0], text, until) if text else ())


@dataclass(frozen=True)
class _Row:
    """The fields that judgments and entries share."""

    record: Mapping[str, Any]
    site: str
    source: str
    row: int
    raw: str | None
    title: str
    decided: date | None
    published: date | None
    published_source: DateSource

    @property
    def place(self) -> str:
        return f"{self.source}#{self.row}"

    @property
    def url(self) -> str:
        return fields.address_of(self.record) or f"import:{self.place}"

    @property
    def numbers(self) -> tuple[str, ...]:
        one = case_number.parse(self.raw or "")
        return (one.text,) if one else joined_numbers(self.raw or self.title)[0]

    def withheld(self, reason: str | None) -> Withheld:
        court = fields.text_of(self.record, "court")
        return Withheld(
            site=self.site,
            url=self.url,
            section=SECTION,
            case_number=self.numbers[0] if self.numbers else case_number.masked(self.raw or ""),
            case_number_raw=self.raw,
            court=court,
            decided=self.decided,
            decided_raw=fields.text_of(self.record, "decided"),
            reason=reason,
            published=self.published,
            published_source=self.published_source,
            imported=self.place,
        )

    def judgments(self, text: str) -> list[Judgment]:
        """By its text where it has one, and by the record's own fields, which are believed before it."""
        read = self._read(text) if text else []
        first = read[0] if read else self._bare("正文未能识别" if text else "导入的记录没有正文")
        court = fields.text_of(self.record, "court") or None
        kind = fields.kind_of_code(fields.text_of(self.record, "kind"))
        first = replace(
            first,
            case_number=self.numbers[0] if self.numbers else first.case_number,
            court=court or first.court,
            document_type=plain_type(kind) or first.document_type,
            cause=cause.plain(fields.cause_of(self.record) or "") or first.cause,
            decided=self.decided or first.decided,
            decided_raw=first.decided_raw if self.decided is None else str(self.decided),
            imported=self.place,
        )
        more = self.numbers[1:] or tuple(one.case_number for one in read[1:] if one.case_number)
        return judgment.each_case(first, more)

    def _read(self, text: str) -> list[Judgment]:
        page = DetailPage(
            site=self.site,
            url=self.url,
            html=text if "<" in text[:2000] else "",
            title=self.title,
            published=self.published,
            published_source=self.published_source,
            section=SECTION,
        )
        return judgment.read_all(page, article(page.html) if page.html else Article.of_text(text), expected=True)

    def _bare(self, unread: str) -> Judgment:
        document = type_of_title(self.title)
        number = self.numbers[0] if self.numbers else case_number.masked(self.raw or "")
        return Judgment(
            site=self.site,
            url=self.url,
            case_number=number,
            number_raw=None if number else self.raw,
            title=plain_title(self.title, Head(document, number, None), document),
            title_form=title_form(self.title),
            section=SECTION,
            document_type=plain_type(document),
            branch=branch_of(document),
            cause=title_cause(self.title),
            published=self.published,
            published_source=self.published_source,
            unread=unread,
        )


def _published(record: Mapping[str, Any], bad: list[BadField], until: date | None) -> tuple[date | None, DateSource]:
    for name in ("published", "uploaded"):
        day = _day(record, name, bad)
        if day is not None and until is not None and day > until:
            bad.append(BadField(fields.key_of(record, name) or name, told("dump_later", day=day)))
        elif day is not None:
            return day, DateSource.IMPORTED
    estimate = fields.day_in_id(record)
    return (None, DateSource.NONE) if estimate is None else (estimate, DateSource.ESTIMATED)


def _day(record: Mapping[str, Any], name: str, bad: list[BadField]) -> date | None:
    try:
        return fields.day_of(record, name)
    except ValueError as error:
        bad.append(BadField(fields.key_of(record, name) or name, told("dump_no_date", value=str(error)[:40])))
        return None
