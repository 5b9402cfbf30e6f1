"""Rows of the portal's lists: previews of a day, the preview page, replays. Pure.

A field that every known portal gives and this answer does not is named in `missing`: the portal has changed its shape,
and what was not understood is not concluded from. A field that is there and empty is merely unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.dates import SHANGHAI, parse_datetime
from crawlers.readers import cause
from crawlers.urls import resolve
from storage.case_number import find_spans

_PREVIEW_FIELDS = ("caseId",)
_REPLAY_FIELDS = ("caseId", "caseNo", "beginTime", "courtName")
_FIRST_MS, _LAST_MS = 946_684_800_000, 4_102_444_800_000  # the years 2000 to 2099
_LIVE = re.compile(r"/live/(\w+)")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One session, as a list names it. None: the list does not say."""

    case_id: str
    case_number: str | None = None
    title: str | None = None  # case number and cause only: whatever else it says may be a name
    court: str | None = None
    cause: str | None = None
    starts: datetime | None = None
    starts_raw: str | None = None


@dataclass(frozen=True, kw_only=True)
class RowPage:
    """One page of a list.

    Attributes:
        listed: How many rows it has, also those that could not be read.
        missing: Fields that ought to be there and are not, or cannot be read.
        total: How many rows the list has in all, as the portal says; portals err.
    """

    rows: tuple[Row, ...] = ()
    listed: int = 0
    missing: tuple[str, ...] = ()
    total: int | None = None


def previews(value: Any) -> RowPage:
    """The answer of `/preview/findCases`."""
    found = value.get("list") if isinstance(value, dict) else None
    if isinstance(value, dict) and "list" in value and found is None:
        found = []  # some programs write an empty list so
    return _page(found, "list", _PREVIEW_FIELDS)


def replays(value: Any) -> RowPage:
    """The answer of `/search/a/revmor/full`."""
    if not isinstance(value, dict):
        return RowPage(missing=("resultList",))
    paging = value.get("paging")
    total = paging.get("totalCount") if isinstance(paging, dict) else None
    total = int(total) if isinstance(total, int) or (isinstance(total, str) and total.isdigit()) else None
    found = value.get("resultList")
    if found is None and "resultList" in value and total is not None:
        found = []  # an empty page; whether it ends the list too early, its total tells
    return _page(found, "resultList", _REPLAY_FIELDS, total)


def _page(found: Any, name: str, fields: Iterable[str], total: int | None = None) -> RowPage:
    if not isinstance(found, list):
        return RowPage(missing=(name,), total=total)
    missing: set[str] = set()
    rows: list[Row] = []
    for one in found:
        if not isinstance(one, dict):
            missing.add(name)
            continue
        missing |= {field for field in fields if field not in one}
        row = _row(one)
        if row is None:
            missing.add("caseId")
            continue
        if row.starts is None and row.starts_raw:
            missing.add("beginTime")
        rows.append(row)
    return RowPage(rows=tuple(rows), listed=len(found), missing=tuple(sorted(missing)), total=total)


def _row(one: dict[str, Any]) -> Row | None:
    case_id = one.get("caseId")
    if isinstance(case_id, bool) or not isinstance(case_id, int | str) or not re.fullmatch(r"\w+", str(case_id)):
        return None
    printed, title = _text(one.get("caseNo")), _text(one.get("title"))
    raw = one.get("beginTime")
    return Row(
        case_id=str(case_id),
        case_number=number_in(printed) or number_in(title),
        title=plain_title(title),
        court=_text(one.get("courtName")),
        cause=cause_in(_text(one.get("caseCause")), title),
        starts=moment(raw),
        starts_raw=None if raw is None else str(raw).strip()[:60] or None,
    )


def preview_page(html: str, url: str) -> tuple[Row, ...]:
    """Rows of the preview page that readers see; none if it has no list."""
    return tuple(row for node in LexborHTMLParser(html).css("ul._preview_ul > li") if (row := _item(node, url)))


def _item(node: LexborNode, url: str) -> Row | None:
    link = next((a for a in node.css("a[href]") if _LIVE.search(a.attributes.get("href") or "")), None)
    found = _LIVE.search(resolve(url, link.attributes.get("href") or "") or "") if link is not None else None
    if link is None or found is None:
        return None
    title = _text(link.attributes.get("title")) or _text(link.text())
    court = node.css_first(".show-court-name a") or node.css_first(".show-court-name")
    clock = node.css_first(".show-time")
    raw = _text(clock.text()) if clock is not None else None
    return Row(
        case_id=found[1],
        case_number=number_in(title),
        title=plain_title(title),
        court=_text(court.text()) if court is not None else None,
        cause=cause_in(None, title),
        starts=moment(raw),
        starts_raw=raw,
    )


def moment(raw: Any) -> datetime | None:
    """When a session begins, in Asia/Shanghai: epoch milliseconds, or as printed (`2026年04月02日 09:30`)."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str) and raw.strip().isdigit():
        raw = int(raw.strip()) if len(raw.strip()) == 13 else None
    if isinstance(raw, int | float):
        return datetime.fromtimestamp(raw / 1000, SHANGHAI) if _FIRST_MS <= raw < _LAST_MS else None
    return parse_datetime(raw) if isinstance(raw, str) and raw.strip() else None


def number_in(text: str | None) -> str | None:
    """The first case number in a text, canonical."""
    found = find_spans(text) if text else []
    return found[0][2].text if found else None


def plain_title(text: str | None) -> str | None:
    """A title without the names that some courts put into it: what is left are case numbers and a known cause."""
    if not text:
        return None
    spans = find_spans(text)
    numbers = "".join(dict.fromkeys(number.text for _, _, number in spans))
    rest = text[max((end for _, end, _ in spans), default=0) :]
    return (numbers + (known_cause(rest) or "")) or None


def cause_in(printed: str | None, title: str | None) -> str | None:
    """The cause of action: the list's own field, or what a title ends with."""
    return (cause.plain(printed) if printed else None) or known_cause(title)


def known_cause(text: str | None) -> str | None:
    """The known cause that a title ends with."""
    compact = re.sub(r"\s+", "", text or "").rstrip("。；;")
    return cause.ending(compact) or cause.ending(compact.removesuffix("案").removesuffix("一"))


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return " ".join(value.split()) or None
