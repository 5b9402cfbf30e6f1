"""Screenshots as evidence: of serious findings after each night, and of any finding on demand. The crawler takes them, and
they are kept like pages, sealed with their address and time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from gongkai import clock
from gongkai.config import Settings
from gongkai.messages import say
from storage import pages, seals
from storage.database import reading
from storage.findings import CERTAIN, Finding, state_at
from storage.locks import SiteBusy, site_lock
from storage.schema import pictures as table

SERIOUS = ("S0", "S1")
WAIT = 600.0  # seconds for another reader of the site to end


def address_of(finding: Finding) -> str | None:
    """The page to take: the finding's own, or the first one that proves it; None if it rests on ledgers only."""
    urls = [finding.subject.url, *(e.url for e in finding.evidence)]
    return next((url for url in urls if url and url.startswith(("http://", "https://"))), None)


def wanted(connection: Connection, site: str, night: date, most: int) -> list[Finding]:
    """The certain findings of S0 and S1, seen tonight, that have no screenshot since they began; the gravest first."""
    found = [
        f
        for f in state_at(connection, night, site=site)
        if f.severity in SERIOUS and f.grade == CERTAIN and f.verified and f.status != "resolved" and address_of(f)
    ]
    taken: dict[str, Any] = {}
    query = sa.select(table.c.fingerprint, sa.func.max(table.c.at)).group_by(table.c.fingerprint)
    taken.update((row[0], row[1]) for row in connection.execute(query))
    missing = [
        f
        for f in found
        if f.fingerprint not in taken or taken[f.fingerprint].astimezone(clock.CHINA).date() < f.first_seen
    ]
    return sorted(missing, key=lambda f: (f.severity, f.fingerprint))[:most]


def take(
    engine: Engine,
    findings: Sequence[Finding],
    settings: Settings,
    *,
    allow_private: bool = False,
    delay: float | None = None,
) -> int:
    """Take screenshots of findings and keep them. Returns how many pictures there are; each try that failed is on record.

    While a night or a re-check reads the site, it waits: the court is asked at one rate.

    Raises:
        crawlers.browser.BrowserMissing: There is no browser.
        SiteBusy: The site was being read all the while.
    """
    return sum(
        _of_site(engine, site, [f for f in findings if f.site == site], settings, allow_private, delay)
        for site in dict.fromkeys(f.site for f in findings)
    )


def _of_site(
    engine: Engine,
    site: str,
    findings: Sequence[Finding],
    settings: Settings,
    allow_private: bool,
    delay: float | None,
) -> int:
    from crawlers import pictures as camera

    by_url: dict[str, list[Finding]] = {}
    for finding in findings:
        if (url := address_of(finding)) is not None:
            by_url.setdefault(url, []).append(finding)
    if not by_url:
        return 0
    task = camera.PictureTask(
        urls=tuple(by_url),
        seconds=settings.evidence.seconds,
        delay=delay if delay is not None else settings.politeness.delay,
        allow_private=allow_private,
        contact=settings.contact,
    )
    with site_lock(engine, site, wait=WAIT):
        done = camera.take(task)
    with engine.begin() as connection:
        seals.begin(connection)
        for picture in done:
            _keep(connection, picture, by_url[picture.url])
    return sum(picture.png is not None for picture in done)


def _keep(connection: Connection, picture: Any, findings: Sequence[Finding]) -> None:
    digest = None
    if picture.png is not None:
        digest = pages.sha256(picture.png)
        pages.keep(connection, [pages.page_row(digest, picture.png, "image/png")])
    values = {name: value for name, value in vars(picture).items() if name != "png"} | {"sha256": digest}
    rows = [values | {"fingerprint": finding.fingerprint} for finding in findings]
    insert = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
    seals.seal_pictures(connection, connection.execute(insert, rows).scalars().all())


def after_audit(
    engine: Engine,
    site: str,
    night: date,
    settings: Settings,
    *,
    allow_private: bool,
    delay: float | None,
    on_problem: Callable[[str], None],
) -> None:
    """The night's screenshots of one site. Whatever goes wrong is one line: the night goes on without pictures."""
    with reading(engine) as connection:
        chosen = wanted(connection, site, night, settings.evidence.screenshots)
    if not chosen:
        return
    from crawlers.browser import BrowserMissing

    try:
        take(engine, chosen, settings, allow_private=allow_private, delay=delay)
    except BrowserMissing as error:
        on_problem(say(f"没有截图：{error}", f"no screenshots: {error}"))
    except SiteBusy:
        on_problem(say(f"{site}: 没有截图：正在被另一程序读取", f"{site}: no screenshots: another process reads it"))
    except Exception as error:  # the evidence is the kept page; a picture of it is worth no night
        first = (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]
        on_problem(say(f"{site}: 没有截图：{first}", f"{site}: no screenshots: {first}"))


def of_finding(connection: Connection, fingerprint: str) -> list[dict[str, Any]]:
    """Its screenshots and failed tries, newest first."""
    query = sa.select(table).where(table.c.fingerprint == fingerprint).order_by(table.c.id.desc())
    return [dict(row) for row in connection.execute(query).mappings()]
