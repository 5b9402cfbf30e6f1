"""Asks the portal, keeps every answer as evidence, and stops where it is refused.

What an interrupted run of the same night has asked is not asked again: its kept answer is read once more, so a night that
was killed comes to the same records. A challenge is not defeated: three refusals of one host in a row, and it is left in
peace for the night.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from crawlers.access import ATTEMPTS, Outcome, retry_after
from crawlers.encoding import decode
from crawlers.fetch import Answer, Fetcher
from crawlers.frontier import Job
from crawlers.guard import is_loopback
from crawlers.names import names_resolve
from crawlers.portal import answers
from crawlers.urls import host_of
from crawlers.writer import Writer, probe
from storage import pages
from storage.database import reading
from storage.records import Access, LinkKind
from storage.schema import accesses

REFUSALS_IN_A_ROW = 3
_AS_A_SCRIPT = {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json, text/javascript, */*; q=0.01"}
_FIRST_BYTES = {"Range": "bytes=0-2047"}
_SHUT_OUT = "连续被拒，不再访问"

Classify = Callable[[Answer, str], Outcome]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What came of one address.

    Attributes:
        access: None: it was not asked.
        detail: A word on it for the office.
        url: Where the answer came from, after redirects.
        body: Empty where nothing is kept.
    """

    access: Access | None
    url: str
    detail: str | None = None
    body: bytes = b""
    content_type: str | None = None
    sha256: str | None = None
    at: datetime | None = None

    @property
    def is_ok(self) -> bool:
        return self.access is not None and self.access.is_ok

    @property
    def is_refused(self) -> bool:
        """Nothing follows about the thing itself: they refuse us, or it was not asked."""
        return self.access is None or self.access.is_refusal

    @property
    def text(self) -> str:
        return decode(self.body, self.content_type)[0]

    @property
    def value(self) -> Any | None:
        return answers.parse(self.body)


class Client:
    """Asks on behalf of one night's reading of one portal.

    Attributes:
        asked, pages: Addresses asked so far, tonight's earlier run included, and pages and lists among them.
        cut: The site's budget that was used up before all was asked.
    """

    def __init__(self, fetcher: Fetcher, writer: Writer, database: Engine, run: int, base: str) -> None:
        self._fetch, self._writer, self._database, self._base = fetcher, writer, database, base
        self._run, self._refusals = run, Counter[str]()
        self._known, self._of_the_site = self._earlier()
        self.asked = self.pages = 0
        self.cut: str | None = None

    def _earlier(self) -> tuple[dict[str, Mapping[str, Any]], dict[str, Job]]:
        """What this run has asked of the portal before it was interrupted; and what the site's crawl has asked, whose
        rows keep their kind: a link of the court's site stays one."""
        known: dict[str, Mapping[str, Any]] = {}
        of_the_site: dict[str, Job] = {}
        with reading(self._database) as connection:
            for row in connection.execute(sa.select(accesses).where(accesses.c.run == self._run)).mappings():
                if row["kind"] == LinkKind.PORTAL.value:
                    known[row["url"]] = dict(row)
                else:
                    of_the_site[row["url"]] = Job(row["url"], LinkKind(row["kind"]), row["internal"], row["depth"])
        return known, of_the_site

    async def page(self, url: str) -> Reading:
        """A page for readers."""
        self.pages += 1
        return await self._read(url, answers.page, {})

    async def data(self, url: str) -> Reading:
        """The JSON of an interface."""
        self.pages += 1
        return await self._read(url, answers.data, _AS_A_SCRIPT)

    async def playlist(self, url: str) -> Reading:
        """An m3u8 playlist."""
        return await self._read(url, answers.playlist, {})

    async def segment(self, url: str) -> Reading:
        """The first bytes of a piece of a recording; they are not kept."""
        return await self._read(url, answers.segment, _FIRST_BYTES, keep=False)

    def is_shut_out(self, url: str) -> bool:
        """Has this address's host refused us too often tonight?"""
        return self._refusals[host_of(url)] >= REFUSALS_IN_A_ROW

    async def _read(self, url: str, classify: Classify, headers: Mapping[str, str], *, keep: bool = True) -> Reading:
        self.asked += 1
        earlier = self._known.get(url)
        known = self._again(earlier) if earlier is not None else None
        if known is not None:
            found = known
        elif self.is_shut_out(url):
            return Reading(access=None, url=url, detail=_SHUT_OUT)
        elif (spent := self._fetch.spent) is not None:
            self.cut = spent
            return Reading(access=None, url=url, detail=f"{spent}，未读")
        else:
            found = await self._ask(url, classify, headers, keep)
        host = host_of(url)
        if found.access in (Access.BLOCKED, Access.DENIED, Access.THROTTLED):
            self._refusals[host] += 1
        elif found.is_ok:
            self._refusals[host] = 0
        return found

    async def _ask(self, url: str, classify: Classify, headers: Mapping[str, str], keep: bool) -> Reading:
        """Ask until the answer is to be believed: what looks broken is asked again after a pause."""
        probes: list[dict[str, Any]] = []
        while True:
            answer = await self._fetch.ask(url, conditional=headers)
            if answer.outcome is None:
                answer.outcome = classify(answer, self._base)
            if answer.outcome.access is Access.OVERSIZE and not keep:
                answer.outcome = Outcome(Access.OK, answer.outcome.detail)
            if len(probes) + 1 >= ATTEMPTS.get(answer.outcome.access, 1):
                break
            probes.append(probe(answer))
            await asyncio.sleep(_pause(url, len(probes), answer))
        outcome = answer.outcome
        if outcome.access is Access.DNS and not await names_resolve():
            outcome = Outcome(Access.OFFLINE, "本机无法解析任何外部域名")
        elif outcome.access is Access.OK and answer.hops:
            outcome = Outcome(Access.MOVED, outcome.detail)
        answer.outcome = outcome
        content_type = answer.headers.get("content-type")
        digest = self._writer.page(answer.body, content_type) if keep and answer.body else None
        job = self._of_the_site.get(url) or Job(url, LinkKind.PORTAL, False, 0)
        self._writer.access(job, answer, sha256=digest, probes=probes)
        return Reading(
            access=outcome.access,
            detail=outcome.detail,
            url=answer.final_url or url,
            body=answer.body,
            content_type=content_type,
            sha256=digest,
            at=answer.at,
        )

    def _again(self, row: Mapping[str, Any]) -> Reading | None:
        """An answer that an interrupted run of this night has kept; None: it is lost or damaged since."""
        digest = row["sha256"]
        body, lost = None, list[str]()
        if digest is not None:
            with reading(self._database) as connection:
                body = pages.body(connection, digest, lost.append)
        if lost:
            return None
        return Reading(
            access=Access(row["access"]),
            detail=row["detail"],
            url=row["final_url"] or row["url"],
            body=body or b"",
            content_type=(row["headers"] or {}).get("content-type"),
            sha256=digest,
            at=row["at"],
        )


def not_understood(found: Reading, detail: str) -> Reading:
    """A reading whose body is not what such an answer ought to be."""
    return replace(found, access=Access.UNEXPECTED_TYPE, detail=detail)


def _pause(url: str, attempt: int, answer: Answer) -> float:
    """Seconds before asking again: short on loopback, 5 and 15 s in the world, or what Retry-After says."""
    local = is_loopback(host_of(url).rsplit(":", 1)[0])
    return max(0.1 * attempt if local else 5.0 * 3 ** (attempt - 1), retry_after(answer.headers) or 0.0)
