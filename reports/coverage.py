"""What was read of each site, what was not, and why: the part of a bulletin that is never left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.engine import Connection

from reports.period import Period
from reports.text import clean, shorten
from reports.words import label, say
from storage import runs, store
from storage.records import Section

MISSING = "missing"  # a registered site without a run on this night


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A section that was not completely read, and why."""

    name: str
    url: str
    why: str | None


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """What the crawl could not understand, by cause: how often, and one example."""

    cause: str
    times: int
    example: str

    @property
    def label(self) -> str:
        return label("cause", self.cause)


@dataclass(frozen=True, kw_only=True)
class SiteCoverage:
    """One site on the last of a period's nights on which it was visited.

    Attributes:
        status: The run's status (`storage.runs.Run`), or `missing`: it was not visited.
        audited: Its pages were also audited; without that, no finding does not mean no fault.
        why: What the run says about not being complete.
        last_complete: The latest night before that one on which it was completely read.
        previous: The latest night before the period on which it was audited.
        night: The latest night of the period on which it was audited: its findings stand as of then.
        nights: How many nights of the period it was visited on, and `nights_complete` of them read to the end.
        carried_pages, carried_links: Of `pages` and `links`, those that were not asked on that night but stand as an earlier
            one read them; `carried_since` is the earliest such night.
    """

    site: str
    court: str
    home: str
    status: str
    audited: bool = False
    pages: int = 0
    links: int = 0
    sections: int = 0
    why: str | None = None
    gaps: tuple[Gap, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    last_complete: date | None = None
    previous: date | None = None
    night: date | None = None
    nights: int = 0
    nights_complete: int = 0
    carried_pages: int = 0
    carried_links: int = 0
    carried_since: date | None = None

    @property
    def carried(self) -> str | None:
        """What was not asked on that night, in one sentence; None: everything was."""
        if self.carried_since is None:
            return None
        return say("carried", pages=self.carried_pages, links=self.carried_links, since=self.carried_since)

    @property
    def is_read(self) -> bool:
        """Something of it was read."""
        return self.status not in (MISSING, "unreadable") and self.pages > 0

    @property
    def is_complete(self) -> bool:
        """All of it was read and audited: only then is silence a good sign."""
        return self.status == "complete" and self.audited and not self.gaps

    @property
    def sections_complete(self) -> int:
        return self.sections - len(self.gaps)

    @property
    def verdict(self) -> str:
        """complete, incomplete, unreadable, crashed, running or missing, with the gaps taken into account."""
        return "incomplete" if self.status == "complete" and not self.is_complete else self.status

    @property
    def reason(self) -> str | None:
        """Why it is not complete, in one line; None if it is."""
        if self.is_complete:
            return None
        if self.status == MISSING:
            return say("not_run")
        parts = [self.why] if self.why else []
        if self.status == "complete" and not self.audited:
            parts.append(say("not_audited"))
        if self.gaps:
            parts.append(say("sections_short", count=len(self.gaps)))
        return "；".join(parts) or label("run", self.status)


def coverage_of(connection: Connection, site: runs.Site, period: Period) -> SiteCoverage:
    """One site's coverage in a period, from the ledger of runs."""
    history = [run for run in runs.read(connection, site=site.id) if run.night <= period.last]  # newest first
    within = [run for run in history if run.night in period]
    shown = within[0].night if within else period.last
    court = clean(site.court)
    about = SiteCoverage(
        site=site.id,
        court=court,
        home=site.home,
        status=MISSING,
        last_complete=next((run.night for run in history if run.night < shown and run.is_complete), None),
        previous=next((run.night for run in history if run.night < period.first and run.audited is not None), None),
        night=next((run.night for run in within if run.audited is not None), None),
        nights=len(within),
        nights_complete=sum(run.is_complete for run in within),
    )
    if not within:
        return about
    run = within[0]
    sections = _sections(connection, site.id, run.night)
    return replace(
        about,
        status=run.status,
        audited=run.audited is not None,
        pages=run.pages,
        links=run.links,
        sections=len(sections) or run.sections,
        carried_pages=run.carried_pages,
        carried_links=run.carried_links,
        carried_since=run.carried_since,
        why=clean(run.why) if run.why else None,
        gaps=tuple(section for section in sections.values() if section is not None),
        obstacles=_obstacles(runs.read_issues(connection, run.id)),
    )


def _sections(connection: Connection, site: str, night: date) -> dict[str, Gap | None]:
    """By URL, the sections read on this night: None for a complete one, else its gap."""
    known = {seen.record.url: seen for seen in store.read(connection, Section, site=site)}
    found: dict[str, Gap | None] = {}
    for url, reads in runs.section_history(connection, site, night).items():
        last = reads[-1]
        if last["night"] == night:
            name = known[url].record.name if url in known else url
            found[url] = None if last["complete"] else _gap(name, url, last["why"])
    for url, seen in known.items():
        if url not in found and seen.last_seen == night:
            found[url] = None if seen.record.complete else _gap(seen.record.name, url, seen.record.why)
    return found


def _gap(name: str, url: str, why: str | None) -> Gap:
    return Gap(name=shorten(clean(name), 60), url=clean(url), why=shorten(clean(why)) if why else None)


def _obstacles(issues: list[runs.Issue]) -> tuple[Obstacle, ...]:
    """Issues by cause, the most frequent first."""
    times: dict[str, int] = {}
    examples: dict[str, str] = {}
    for issue in issues:
        times[issue.cause] = times.get(issue.cause, 0) + issue.times
        examples.setdefault(issue.cause, shorten(clean(issue.subject)))
    return tuple(
        Obstacle(cause=cause, times=number, example=examples[cause])
        for cause, number in sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))
    )
