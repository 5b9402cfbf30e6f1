"""Walking the portal's lists to their true end, and saying so where that was not reached.

An end is an empty page or one that repeats what was seen; what the portal says of its totals ends nothing (totals lie),
but a list that gives less than it promises is not complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from crawlers.dates import SHANGHAI
from crawlers.portal import courts, rows
from crawlers.portal.addresses import Addresses
from crawlers.portal.client import Client, Reading
from crawlers.portal.rows import Row, RowPage
from storage.courts import same_court

PREVIEW_DAYS_BACK, PREVIEW_DAYS_AHEAD = 7, 14
MOST_PAGES = 300  # of one list in one night
_MOST_AREAS = 40


@dataclass
class Listing:
    """One list of the portal, as far as it was read tonight.

    Attributes:
        url: The page on which readers find it.
        first, last: The days of hearings that it was read for.
        why: What keeps it from being complete.
        missing: Fields that ought to be there and are not, with an address where.
        others: Rows that were left out, being another court's.
        was_read: At least one page of it came.
        unread_days: Days whose previews could not be read, by cause: said in one sentence.
        is_cut: It is longer than one night's reading; `first` says how far back it was read.
    """

    name: str
    url: str
    first: date
    last: date
    rows: dict[str, Row] = field(default_factory=dict)
    why: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    pages: int = 0
    others: int = 0
    was_read: bool = False
    is_cut: bool = False
    sha256: str | None = None
    unread_days: dict[str, list[date]] = field(default_factory=dict)

    def note(self, why: str) -> None:
        if why not in self.why:
            self.why.append(why)

    def lacks(self, fields: tuple[str, ...], url: str) -> None:
        """Fields that are not in an answer: the portal has changed its shape."""
        for name in fields:
            self.missing.setdefault(name, url)
        if fields:
            self.note(f"平台应答缺少字段或无法读取：{'、'.join(sorted(self.missing))}")


class Lists:
    """Reads the lists of one court on one night."""

    def __init__(self, client: Client, addresses: Addresses, court: str, code: str | None, night: date) -> None:
        self._client, self._addresses, self._court, self._night = client, addresses, court, night
        self.code = code

    # --- previews ---

    async def previews(self) -> Listing:
        """Sessions announced for the days from a week ago to two weeks ahead."""
        first = self._night - timedelta(days=PREVIEW_DAYS_BACK)
        last = self._night + timedelta(days=PREVIEW_DAYS_AHEAD)
        listing = Listing("庭审预告（庭审公开平台）", self._addresses.preview, first, last)
        shown = await self._client.page(self._addresses.preview)
        if shown.is_ok:
            listing.sha256 = shown.sha256
            for row in rows.preview_page(shown.text, shown.url):
                self._sort(listing, row)
        for day in _days(first, last):
            if listing.pages >= MOST_PAGES or self._client.is_shut_out(self._addresses.preview):
                listing.note(f"{day}起的预告未读（{'页数上限' if listing.pages >= MOST_PAGES else '平台拒绝访问'}）")
                break
            await self._previews_of(day, listing)
        for cause, days in listing.unread_days.items():
            span = str(days[0]) if len(days) == 1 else f"{days[0]}至{days[-1]}间{len(days)}天"
            listing.note(f"{span}的预告未能读取（{cause}）")
        return listing

    async def _previews_of(self, day: date, listing: Listing) -> None:
        seen: set[str] = set()
        number = 1
        while listing.pages < MOST_PAGES:
            address = self._addresses.previews(day, number)
            page = await self._page(address, rows.previews, listing, day)
            if page is None or not page.listed or {row.case_id for row in page.rows} <= seen:
                return
            seen |= {row.case_id for row in page.rows}
            for row in page.rows:
                self._sort(listing, row)
            number += 1
        listing.note(f"{day}的预告未读完（页数上限）")

    # --- replays ---

    async def replays(self, first: date) -> Listing:
        """Sessions that were held from a day on to the night, newest first.

        Where the portal holds more than is read in one night, the list is read back to a later day, and says to which.
        """
        listing = Listing("庭审回顾（庭审公开平台）", self._addresses.replay, first, self._night)
        begin = datetime.combine(first, time(), SHANGHAI)
        seen: set[str] = set()
        newest_first, last, total, listed, number = True, None, None, 0, 1
        while True:
            if listing.pages >= MOST_PAGES:
                if newest_first and last is not None:
                    listing.first, listing.is_cut = last.astimezone(SHANGHAI).date() + timedelta(days=1), True
                else:
                    listing.note(f"页数上限 {MOST_PAGES}，其余未读")
                break
            address = self._addresses.replays(number, self.code or "")
            page = await self._page(address, rows.replays, listing, f"回顾第{number}页")
            ids = set() if page is None else {row.case_id for row in page.rows}
            if page is None or not page.listed or ids <= seen:
                self._hold_to(listing, total, listed if page is not None else None)
                break
            listed += len(ids - seen)
            total = page.total if page.total is not None else total
            seen |= ids
            for row in page.rows:
                newest_first = newest_first and (row.starts is not None and (last is None or row.starts <= last))
                last = row.starts or last
                if row.starts is None or row.starts >= begin:
                    self._sort(listing, row)
                elif self.is_ours(row.court) is False:
                    listing.others += 1
            if newest_first and all(row.starts is not None and row.starts < begin for row in page.rows):
                break  # what follows is older still
            number += 1
        self._doubt_nobody(listing)
        return listing

    def _hold_to(self, listing: Listing, total: int | None, listed: int | None) -> None:
        if listed is not None and total is not None and listed < total:
            listing.note(f"平台称共{total}条，实际列出{listed}条")

    def _doubt_nobody(self, listing: Listing) -> None:
        """A court that asked for its own and got others' only, asked for the wrong thing."""
        if self.code is not None and listing.others and not listing.rows:
            listing.note(f"按法院代码 {self.code} 列出的均为其他法院的庭审")

    # --- one page ---

    async def _page(
        self, url: str, read: Callable[[Any], RowPage], listing: Listing, what: str | date
    ) -> RowPage | None:
        """One page of a list; None: it could not be read, and the list says so."""
        listing.pages += 1
        found = await self._client.data(url)
        if not found.is_ok and isinstance(what, date):
            listing.unread_days.setdefault(said(found), []).append(what)
            return None
        if not found.is_ok:
            listing.note(f"{what}未能读取（{said(found)}）")
            return None
        page = read(found.value)
        listing.sha256 = listing.sha256 or found.sha256
        listing.lacks(page.missing, url)
        listing.was_read = listing.was_read or not (page.missing and not page.rows)
        return page

    def _sort(self, listing: Listing, row: Row) -> None:
        """Ours, another court's, or one that cannot be told; the last are looked up on their own pages."""
        if self.is_ours(row.court) is False:
            listing.others += 1
        else:
            listing.rows.setdefault(row.case_id, row)

    def is_ours(self, court: str | None) -> bool | None:
        """Is this our court's name? None: it cannot be told."""
        return same_court(court, self._court) if court else None

    # --- the court's own number ---

    async def find_code(self) -> None:
        """Look up the court's number, by which the portal filters; without it all courts' rows are sifted by name."""
        for area in await self._areas():
            found = await self._client.data(self._addresses.courts(area))
            if not found.is_ok:
                return  # the portal does not tell: no need to ask for the other provinces
            for name, code in courts.courts_in(found.value):
                if self.is_ours(name):
                    self.code = code
                    return

    async def _areas(self) -> list[str]:
        known = courts.area_of(self._court)
        if known is not None:
            return [known]
        shown = await self._client.page(self._addresses.areas)
        listed = courts.areas_on(shown.text) if shown.is_ok else {}
        named = [code for name, code in listed.items() if name and courts.plain(self._court).startswith(name)]
        return (named or list(listed.values()) or list(courts.AREAS.values()))[:_MOST_AREAS]


def said(found: Reading) -> str:
    """What came of a reading, in a word for the office."""
    return found.detail or (found.access.value if found.access is not None else "未读")


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
