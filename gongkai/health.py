"""How the nights go: what came of each site last night, since when it was not completely read, what wants looking at.

Read from the database alone, so that it says the same wherever it is asked: on the terminal, for Prometheus, for alerts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from crawlers.stop import UNFINISHED
from gongkai.clock import CHINA
from gongkai.config import Settings
from gongkai.errors import OK
from gongkai.messages import say
from gongkai.space import folders, free_bytes
from gongkai.window import Window
from reports.coverage import MISSING
from storage import alerts, fleet, migrate, runs, store
from storage.database import reading
from storage.locks import is_read
from storage.records import Section
from storage.runs import FINISHED, Run
from storage.schema import runs as run_table

ATTENTION, NO_NIGHT = 1, 3
LOW_SPACE = 2 * 1024**3
USUAL = 3  # a section that held fewer says nothing when it is empty
LOOK_BACK = 7  # nights of a site that are looked at for what its sections used to hold
ABSENT = 7  # nights after which a section that is gone is no news any more


@dataclass(frozen=True)
class Trouble:
    """Something that wants looking at. The same trouble has the same kind and subject on each night."""

    kind: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class SiteHealth:
    """One site on the last night.

    Attributes:
        status: As its run's, or `missing`: it was not visited.
        last: The last night on which it was visited at all.
        last_read: The last on which it could be read.
        last_complete: The last on which it was completely read.
        dark: How many of its last visits in a row could not read it; counted as far as the last eight. A visit that did not
            come to its end does not count.
        under_way: Since when a reading that is not finished goes on.
        is_cut_off: It was broken off, as by a power cut: the night is over, nobody reads it, and nobody stopped it in order.
    """

    site: str
    court: str
    status: str
    why: str | None = None
    pages: int = 0
    links: int = 0
    bytes: int = 0
    is_audited: bool = False
    last: date | None = None
    last_read: date | None = None
    last_complete: date | None = None
    dark: int = 0
    under_way: datetime | None = None
    is_cut_off: bool = False


@dataclass(frozen=True, kw_only=True)
class SilentSection:
    """A section that suddenly yields nothing: what it used to hold, and why nothing was read, if that is known."""

    site: str
    url: str
    name: str
    usual: int
    night: date
    is_gone: bool
    why: str | None

    @property
    def key(self) -> str:
        """Its short name, as the subject of a trouble."""
        return section_key(self.site, self.url)


def section_key(site: str, url: str) -> str:
    """A section by a short name: an address may be long, and may be a person's."""
    return f"{site}:{hashlib.sha256(url.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, kw_only=True)
class Health:
    """The whole.

    Attributes:
        night: The last night on which anything was read; None: never. None of a date that is yet to come.
        missed: The night that should have been by now and was not.
        is_open: The window is open now and its night goes on: what is not done may still be.
        next_opening: When the next night begins; None: no window is set.
        workers: How many of a fleet are there; None: the database is one machine's.
        ahead: The last night that is there with a date that is yet to come.
        faded: Kind and subject of what the office was told of and is no news any more, though it did not come right.
    """

    at: datetime
    night: date | None
    sites: tuple[SiteHealth, ...]
    silent: tuple[SilentSection, ...]
    missed: date | None
    window: Window | None
    is_open: bool
    next_opening: datetime | None
    revision: str | None
    database_bytes: int | None
    free_bytes: int
    troubles: tuple[Trouble, ...]
    workers: int | None = None
    ahead: date | None = None
    faded: tuple[tuple[str, str], ...] = ()

    def count(self, *statuses: str) -> int:
        return sum(site.status in statuses for site in self.sites)

    @property
    def code(self) -> int:
        """0: good; 1: something wants looking at; 3: no night, or nothing could be read in it."""
        if self.night is None or self.missed is not None or self._all_dark:
            return NO_NIGHT
        return ATTENTION if self.troubles else OK

    @property
    def _all_dark(self) -> bool:
        return bool(self.sites) and self.count("unreadable", "crashed") == len(self.sites)


def health(
    engine: Engine, settings: Settings, now: datetime, wanted: dict[str, str], *, ended: date | None = None
) -> Health:
    """How it stands.

    Args:
        wanted: By id, the court's name of each site that is to be visited; empty: of all that ever were.
        ended: A night that is known to be over, though its window may still be open.
    """
    with reading(engine) as connection:
        named = {site.id: site.court for site in runs.all_sites(connection)}
        ids = sorted(wanted or named)
        today = now.astimezone(CHINA).date()
        last = sa.select(sa.func.max(run_table.c.night))
        night: date | None = connection.execute(last.where(run_table.c.night <= today)).scalar()
        ahead: date | None = connection.execute(last.where(run_table.c.night > today)).scalar()
        window = settings.nightly.hours
        opening = window.at(now) if window is not None else None
        most = max(LOOK_BACK + 1, settings.alerts.dark_nights)
        history = {site: runs.newest(connection, site, most=most, until=today) for site in ids}
        read, complete = runs.last_read(connection), runs.last_read(connection, completely=True)
        sites = tuple(
            replace(
                _site(site, named.get(site) or wanted.get(site, site), history[site], night),
                last_read=read.get(site),
                last_complete=complete.get(site),
            )
            for site in ids
        )
        missed = _missed(connection, night, window, now)
        lasting = alerts.lasting(connection)
        silent, became = _sections(connection, history, lasting)
        revision = migrate.revision_of(connection)
        workers = len(fleet.living(connection)) if engine.dialect.name == "postgresql" else None
    is_open = opening is not None and not (ended is not None and night is not None and night <= ended)
    if not is_open:
        sites = tuple(replace(site, is_cut_off=_is_cut_off(engine, site)) for site in sites)
    size, free = _space(settings)
    found = Health(
        at=now,
        night=night,
        ahead=ahead,
        sites=sites,
        silent=silent,
        missed=missed,
        window=window,
        is_open=is_open,
        next_opening=None if window is None else window.after(now).begins,
        revision=revision,
        database_bytes=size,
        free_bytes=free,
        troubles=(),
        workers=workers,
    )
    troubles = list(_troubles(found, settings))
    there = {(trouble.kind, trouble.subject) for trouble in troubles}
    ended_at = max(
        (r.finished for rows in history.values() for r in rows if r.finished and r.status in FINISHED), default=None
    )
    faded: list[tuple[str, str]] = []
    for alert in lasting:
        key = alert.kind, alert.subject
        if key in there:
            continue
        if alert.kind in ("failed", "dark", "silent") and _is_faded(alert, found, became):
            faded.append(key)
        elif _lasts(alert, found, ended_at, became):
            troubles.append(Trouble(alert.kind, alert.subject, alert.text))
    return replace(found, troubles=tuple(troubles), faded=tuple(faded))


def _site(site: str, court: str, history: list[Run], night: date | None) -> SiteHealth:
    last = history[0] if history else None
    ended = [run for run in history if run.status in FINISHED]  # one that was not says nothing of the site
    dark = next((n for n, run in enumerate(ended) if run.status != "unreadable"), len(ended))
    if last is None or last.night != night:
        return SiteHealth(site=site, court=court, status=MISSING, last=last.night if last else None, dark=dark)
    return SiteHealth(
        site=site,
        court=court,
        status=last.status,
        why=last.why,
        pages=last.pages,
        links=last.links,
        bytes=last.bytes,
        is_audited=last.audited is not None,
        last=last.night,
        dark=dark,
        under_way=last.started if last.status == "running" else None,
    )


def _is_cut_off(engine: Engine, site: SiteHealth) -> bool:
    """A reading that was stopped in order says so, and one that goes on, such as by day by hand, holds the site's lock."""
    return site.status == "running" and site.why != UNFINISHED and not is_read(engine, site.site)


def _sections(
    connection: Connection, history: dict[str, list[Run]], lasting: list[alerts.Alert]
) -> tuple[tuple[SilentSection, ...], dict[str, str]]:
    """The silent sections; and by subject, what became of those that the office was told of."""
    silent: list[SilentSection] = []
    told_of = [alert.subject for alert in lasting if alert.kind == "silent"]
    became: dict[str, str] = {}
    for site, visits in history.items():
        read = [run for run in visits if run.status in ("complete", "incomplete")]
        seen = runs.section_history(connection, site, read[0].night, since=read[-1].night) if read else {}
        silent += _silent(connection, site, read, seen)
        became |= {s: _became(s, site, read, seen) for s in told_of if s.rpartition(":")[0] == site}
    return tuple(silent), became


def _silent(
    connection: Connection, site: str, read: list[Run], seen: dict[str, list[dict[str, Any]]]
) -> Iterator[SilentSection]:
    """Sections that used to hold something and on the last night that read the site hold nothing, or are not there."""
    if len(read) < 2:
        return
    last = read[0]
    names: dict[str, str] = {}
    for url, rows in seen.items():
        latest, before = rows[-1], [row["items"] for row in rows if row["complete"] and row["items"] > 0]
        if not before or median(before) < USUAL or not _is_silent(latest, read):
            continue
        names = names or {seen.record.url: seen.record.name for seen in store.read(connection, Section, site=site)}
        yield SilentSection(
            site=site,
            url=url,
            name=names.get(url, url),
            usual=int(median(before)),
            night=latest["night"],
            is_gone=latest["night"] != last.night,
            why=latest["why"],
        )


def _is_silent(latest: dict[str, Any], read: list[Run]) -> bool:
    if latest["night"] == read[0].night:
        return bool(latest["items"] == 0)
    since = [run for run in read if run.night > latest["night"]]
    return all(run.is_complete for run in since) and len(since) < ABSENT


def _became(subject: str, site: str, read: list[Run], seen: dict[str, list[dict[str, Any]]]) -> str:
    """What became of a section that the office was told of: `there` again, still `silent`, or so for long: `old` news."""
    rows = next((rows for url, rows in seen.items() if section_key(site, url) == subject), [])
    full = max((row["night"] for row in rows if row["items"] > 0), default=None)
    if full is not None and full == read[0].night:
        return "there"
    since = [run for run in read if full is None or run.night > full]
    return "old" if len(since) >= ABSENT else "silent"


def _missed(connection: Connection, night: date | None, window: Window | None, now: datetime) -> date | None:
    """The last night that should be over, if nothing was read on it."""
    if night is None:
        return None
    if window is None:  # whoever starts it by other means does so once a day; at what hour is not known
        due = now.date() - timedelta(days=1)
    else:
        due = window.before(now).night
    if night >= due:
        return None
    # A run that went on from an earlier night has taken its date along: it was at work on that night.
    finished: datetime | None = connection.execute(
        sa.select(sa.func.max(run_table.c.finished)).where(run_table.c.finished.is_not(None))
    ).scalar()
    return None if window is not None and finished is not None and window.on(due).holds(finished) else due


def _troubles(found: Health, settings: Settings) -> Iterator[Trouble]:
    if found.missed is not None:
        zh, en = f"{found.missed} 这一夜没有巡查", f"the night of {found.missed} was missed"
        yield Trouble("missed", str(found.missed), say(zh, en))
    if found.ahead is not None:
        zh = f"有一夜的日期是将来的 {found.ahead}：若已核查，在那之前各夜都不能巡查"
        en = f"there is a night with a date to come, {found.ahead}: if it was audited, no night before it can be read"
        yield Trouble("future", str(found.ahead), say(zh, en))
    for site in found.sites:
        yield from _troubles_of(site, found, settings)
    for section in found.silent:
        what = say("栏目不见了", "is gone") if section.is_gone else say("一条也没有", "holds nothing")
        yield Trouble(
            "silent",
            section.key,
            say(
                f"{section.site}：栏目“{section.name}”{what}，往常约 {section.usual} 条",
                f"{section.site}: section {section.name} {what}; it used to hold about {section.usual}",
            ),
        )
    if found.free_bytes < LOW_SPACE:
        free = f"{found.free_bytes / 1e9:.1f} GB"
        yield Trouble("disk", "", say(f"磁盘只剩 {free}", f"only {free} of disk space are left"))


def _troubles_of(site: SiteHealth, found: Health, settings: Settings) -> Iterator[Trouble]:
    if site.status == "crashed" or (site.status in FINISHED and not site.is_audited and not found.is_open):
        zh = f"{site.site}：{found.night} 因程序错误或文件有误未完成"
        yield Trouble("failed", site.site, say(zh, f"{site.site}: a bug or a wrong file stopped it on {found.night}"))
    elif site.is_cut_off:
        zh = f"{site.site}：{found.night} 的抓取中断，没有读完"
        yield Trouble("failed", site.site, say(zh, f"{site.site}: its reading was cut off on {found.night}"))
    if site.dark >= settings.alerts.dark_nights and site.last_read is not None:
        yield Trouble(
            "dark",
            site.site,
            say(
                f"{site.site}（{site.court}）：{site.last_read} 之后一直读不到",
                f"{site.site} ({site.court}): could not be read since {site.last_read}",
            ),
        )


def _is_faded(alert: alerts.Alert, found: Health, became: dict[str, str]) -> bool:
    """Whether it is no news any more, though nothing shows that it came right."""
    site = alert.subject.rpartition(":")[0] if alert.kind == "silent" else alert.subject
    return became.get(alert.subject) == "old" or not any(one.site == site for one in found.sites)


def _lasts(alert: alerts.Alert, found: Health, ended: datetime | None, became: dict[str, str]) -> bool:
    """Whether a trouble that was told of and is not found now still lasts: nothing has shown that it is over.

    Args:
        ended: When a site was last finished.
        became: By subject, what became of silent sections.
    """
    if alert.kind == "night":  # it failed as a whole and left no run behind: it lasts until a later one was finished
        return ended is None or ended <= alert.opened
    if alert.kind == "missed":  # until it was made up for, or a later night was held
        return found.night is None or found.night < date.fromisoformat(alert.subject)
    if alert.kind == "silent":
        return became[alert.subject] == "silent"
    site = next((one for one in found.sites if one.site == alert.subject), None)
    if alert.kind == "dark":
        return site is not None and site.dark > 0
    if alert.kind == "failed":  # until a visit is over and audited
        return site is not None and not (site.status in FINISHED and site.is_audited)
    return False


def _space(settings: Settings) -> tuple[int | None, int]:
    """Bytes of the database's file, if it is one, and what is left where it lies or where files are written."""
    path = Path(settings.database.removeprefix("sqlite:///"))
    is_file = "://" not in settings.database or settings.database.startswith("sqlite:///")
    size = path.stat().st_size if is_file and path.exists() else None
    return size, min(free_bytes(folder) for folder in folders(settings))
