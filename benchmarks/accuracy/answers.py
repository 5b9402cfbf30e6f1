"""What gongkai answers to each sample, in the terms of the labels."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from auditors.reasons import is_missing, reason_class
from benchmarks.accuracy.samples import NIGHT, Announcement, Article, DateString, Document
from crawlers.conclude.items import publication
from crawlers.dates import date_in_url, find_dates, parse_date, parse_datetime, publication_label
from crawlers.html import shape_of
from crawlers.readers.detail import DetailPage, read_list_records, read_records
from crawlers.tables import read_tables
from storage.records import DateSource, Hearing, Judgment

MASKS = "×xX*＊"


def hearings(sample: Announcement) -> list[dict[str, str | None]]:
    """Announced hearings, in the order in which they are printed."""
    page = _page(sample)
    if sample.is_list:
        records = [r for t in read_tables(sample.html) for r in read_list_records(t, page, expected="hearing")]
    else:
        records = read_records(page, expected="hearing" if sample.in_section else None)
    return [
        {
            "number": one.case_number,
            "starts": one.starts.strftime("%Y-%m-%dT%H:%M") if one.starts else None,
            "place": one.place,
            "cause": one.cause,
            "court": one.court,
        }
        for one in records
        if isinstance(one, Hearing)
    ]


def judgment(sample: Document) -> dict[str, Any] | None:
    """The document's elements; `numbers` are those of all cases that it decides. None: read as no judgment."""
    records = [
        r
        for r in read_records(_page(sample), expected="judgment" if sample.in_section else None)
        if isinstance(r, Judgment)
    ]
    if not records:
        return None
    first = records[0]
    return {
        "numbers": tuple(one.case_number for one in records if one.case_number and not _masked(one.case_number)),
        "decided": first.decided.isoformat() if first.decided else None,
        "type": first.document_type,
        "court": first.court if first.court and not _masked(first.court) else None,
        "judges": tuple(name for name in first.judges if not _masked(name)),
        "clerk": first.clerk if first.clerk and not _masked(first.clerk) else None,
        "appeal": first.appeal_clause,
    }


def _masked(text: str) -> bool:
    return bool(set(text) & set(MASKS))


def _page(sample: Announcement | Document) -> DetailPage:
    return DetailPage(
        site="corpus",
        url=f"https://court.example.cn/{sample.id}.html",
        html=sample.html,
        title=sample.title,
        published=date(sample.published.year, sample.published.month, sample.published.day),
        published_source=DateSource.LABEL,
        court=sample.court,
    )


def reason(text: str) -> str:
    """The class of Article 4, `missing`, or `invalid`."""
    return "missing" if is_missing(text) else reason_class(text) or "invalid"


def article_date(sample: Article, *, with_list: bool = False) -> str | None:
    """The publication date; `with_list` also from the date beside the link."""
    shape = shape_of(sample.html, sample.url, "https://court.example.cn/")
    found, _, _ = publication(sample.url, shape, sample.listed if with_list else None, sample.night)
    return found.isoformat() if found else None


def article_title(sample: Article) -> str | None:
    """The heading that stands for the page in a bulletin."""
    shape = shape_of(sample.html, sample.url, "https://court.example.cn/")
    return shape.heading or shape.title or None


def any_date(text: str) -> str | None:
    """The first date in a rival's answer, which may be in any form."""
    found = find_dates(text)
    return found[0].value.isoformat() if found else None


def in_string(sample: DateString) -> Any:
    """What the function that the sample names answers."""
    near = sample.near
    if sample.of == "date":
        return _iso(parse_date(sample.text, near=near, not_after=True))
    if sample.of == "dates":
        return [found.value.isoformat() for found in find_dates(sample.text, near=near)]
    if sample.of == "moment":
        starts: datetime | None = parse_datetime(sample.text, near)
        return starts.strftime("%Y-%m-%dT%H:%M") if starts else None
    if sample.of == "url":
        in_url = date_in_url(sample.text)
        return (
            None if in_url is None else f"{in_url.value:%Y-%m}" if in_url.precision == "month" else _iso(in_url.value)
        )
    label = publication_label(sample.text, near=near or NIGHT)
    return _iso(label.value) if label else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
