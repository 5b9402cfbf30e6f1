"""The bulletin (通报) of a period as a value: coverage, findings, numbers. Renderers print it.

It is composed from storage alone, so the bulletin of an old night or month can be printed again as it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.engine import Connection

from reports.coverage import SiteCoverage, coverage_of
from reports.entries import Counts, Entry, count, entry_of, numbered, order_of
from reports.figures import Figure, figure_of
from reports.grouping import ChapterRow, CourtRow, RuleRow, by_chapter, by_court
from reports.hearings import PublicHearing, upcoming
from reports.imprint import Imprint
from reports.indicators import Counted, Indicator, counted, indicators_of, last_audited
from reports.period import NIGHT, Period
from reports.pictures import NO_PICTURES, Pictures, pictures_of
from reports.ranking import Ranking
from reports.recheck import Recheck, recheck_of
from reports.scoring import ranking_of
from reports.sources import sources_of
from reports.text import local_time
from reports.weights import Weights, load_weights
from storage import runs
from storage.findings import state_at
from storage.handling import handling_at
from storage.standing import put_aside
from storage.statistics import read_statistics


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose bulletin it is: courts in the order of their sites, and one department or, with None, all of them."""

    courts: tuple[str, ...]
    department: str | None = None


@dataclass(frozen=True, kw_only=True)
class Bulletin:
    """The bulletin of a period.

    Attributes:
        period: The days it is about.
        night: The last audited night of the period: everything stands as of then.
        previous: The last audited night before the period, with which it is compared; None if there is none.
        generated_at: When it was composed, in Asia/Shanghai.
        imprint: Who issues it, and under which number.
        certain: Open findings that count against a court or department.
        leads: Open suspected and unclear ones (线索): for the annex, never counted.
        resolved: Those resolved in the period: first the rectified ones, which had counted, then mere leads.
        counts: The numbers of all of them together.
        chapters, courts: The same numbers by chapter and rule, and by court.
        figures: Statistics and estimates as of the night, court by court; never a finding.
        indicators: Of the whole scope, with 环比 and 同比.
        ranking: Of departments (one court) or courts (several); None where nothing can be ranked.
        recheck: What became of what was open before the period.
        pictures: Trend, freshness of sections, lateness, comparison; each may be empty.
        sources: Where its facts come from, in words.
        put_aside: How many findings are left out as `false_alarm` or `waived`: somebody decided so, and it is said.
        anonymised: For publication outside (`reports.anonymise`).
        hearings: Public hearings to come; a department's extract has none.
    """

    period: Period
    night: date
    previous: date | None
    generated_at: datetime
    imprint: Imprint
    scope: Scope
    coverage: tuple[SiteCoverage, ...]
    certain: tuple[Entry, ...]
    leads: tuple[Entry, ...]
    resolved: tuple[Entry, ...]
    counts: Counts
    chapters: tuple[ChapterRow, ...]
    courts: tuple[CourtRow, ...]
    figures: tuple[Figure, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    ranking: Ranking | None = None
    recheck: Recheck = field(default_factory=Recheck)
    pictures: Pictures = NO_PICTURES
    sources: tuple[str, ...] = ()
    put_aside: Mapping[str, int] = field(default_factory=dict)
    anonymised: bool = False
    hearings: tuple[PublicHearing, ...] = ()

    @property
    def rules(self) -> tuple[RuleRow, ...]:
        """The summary by rule, chapter by chapter."""
        return tuple(rule for chapter in self.chapters for rule in chapter.rules)

    @property
    def extract_of(self) -> str | None:
        """The department of one court whose extract this is: it is told its own place, and nobody else's."""
        return self.scope.department if len(self.scope.courts) == 1 else None

    @property
    def rectified(self) -> tuple[Entry, ...]:
        """The resolved ones that had counted in an earlier period."""
        return tuple(entry for entry in self.resolved if entry.is_certain and not entry.within)

    @property
    def is_complete(self) -> bool:
        """Everything was read and audited."""
        return self.sites_complete == len(self.coverage) > 0

    @property
    def sites_complete(self) -> int:
        return sum(site.is_complete for site in self.coverage)

    @property
    def sites_unread(self) -> int:
        return sum(not site.is_read for site in self.coverage)

    @property
    def sites_partial(self) -> int:
        return len(self.coverage) - self.sites_complete - self.sites_unread

    @property
    def pages(self) -> int:
        return sum(site.pages for site in self.coverage)

    @property
    def links(self) -> int:
        return sum(site.links for site in self.coverage)

    @property
    def sections(self) -> int:
        return sum(site.sections for site in self.coverage)

    @property
    def sections_complete(self) -> int:
        return sum(site.sections_complete for site in self.coverage)


def compose(
    connection: Connection,
    period: Period,
    *,
    generated_at: datetime,
    sites: list[str] | None = None,
    department: str | None = None,
    imprint: Imprint | None = None,
    weights: Weights | None = None,
) -> Bulletin:
    """The bulletin of a period.

    Args:
        generated_at: An aware datetime.
        sites: Ids of the sites it is about; None: all that are registered. One that was not read is listed as such.
        department: Only this department's findings and figures.
        imprint: What the issuing office adds; None: a plain report of the day of `generated_at`.
        weights: How units are scored; None: `weights.yml`.

    Raises:
        ValueError: `generated_at` has no time zone, or an id in `sites` is not registered.
    """
    if generated_at.tzinfo is None:
        raise ValueError("generated_at has no time zone")
    generated = local_time(generated_at)
    assert generated is not None
    chosen = _chosen(connection, sites)
    coverage = tuple(coverage_of(connection, site, period) for site in chosen)
    night = max((site.night for site in coverage if site.night is not None), default=period.last)
    previous = max((site.previous for site in coverage if site.previous is not None), default=None)
    document = imprint or Imprint(day=generated.date())
    aside = put_aside(connection, period.last, generated.date())
    found = _entries(connection, period, night, previous, coverage, document.day)
    everyone = [entry for entry in found if entry.finding.fingerprint not in aside]
    kept_out = [aside[e.finding.fingerprint].stage for e in _of(department, found) if e.finding.fingerprint in aside]
    entries = _of(department, everyone)
    known = [site.id for site in chosen]
    counts = tuple(counted(connection, known, one, night) for one in (period, period.before, period.year_ago))
    scope = Scope(courts=tuple(dict.fromkeys(site.court for site in coverage)), department=department)
    # One court's departments are ranked side by side, whoever reads it; of several courts the same department.
    among = None if len(scope.courts) == 1 else department
    ranking = _ranking(connection, period, coverage, counts, everyone, among, weights or load_weights())
    is_open = [entry for entry in entries if not entry.is_resolved]
    resolved = sorted((e for e in entries if e.is_resolved), key=lambda entry: (not entry.is_certain, entry.within))
    return Bulletin(
        period=period,
        night=night,
        previous=previous,
        generated_at=generated,
        imprint=document,
        scope=scope,
        coverage=coverage,
        certain=numbered(entry for entry in is_open if entry.is_certain),
        leads=numbered(entry for entry in is_open if not entry.is_certain),
        resolved=numbered(resolved),
        counts=count(entries),
        chapters=by_chapter(entries),
        courts=by_court(entries, coverage),
        figures=_figures(connection, coverage, department),
        indicators=_indicators(period, tuple(one.of(department) for one in counts)),
        ranking=ranking,
        recheck=recheck_of(
            entries,
            by_department=len(scope.courts) == 1,
            period=period,
            first=previous is None,
            handling=handling_at(connection, night, until=generated_at),
        ),
        pictures=pictures_of(
            connection, period, chosen, counts[0].totals, ranking, until=generated.date(), department=department
        ),
        sources=sources_of(connection, [site.site for site in coverage]),
        hearings=upcoming(connection, coverage) if department is None else (),
        put_aside=Counter(kept_out),
    )


def _chosen(connection: Connection, sites: list[str] | None) -> list[runs.Site]:
    known = {site.id: site for site in runs.all_sites(connection)}
    for site in sites or ():
        if site not in known:
            raise ValueError(f"{site}: 没有登记这个网站 (no such site)")
    return [known[site] for site in (known if sites is None else dict.fromkeys(sites))]


def _entries(
    connection: Connection,
    period: Period,
    night: date,
    previous: date | None,
    coverage: tuple[SiteCoverage, ...],
    issued: date,
) -> list[Entry]:
    """The findings of the chosen sites as they stand at the end of the period, in the order of the bulletin."""
    of_site = {site.site: site for site in coverage}
    before: dict[str, str] = {}
    if previous is not None:
        before = {f.fingerprint: f.grade for f in state_at(connection, previous) if f.status != "resolved"}
    entries = [
        entry_of(
            finding,
            period,
            night,
            issued,
            of_site[finding.site].night,
            of_site[finding.site].court,
            before.get(finding.fingerprint),
        )
        for finding in state_at(connection, period.last, since=period.first)
        if finding.site in of_site and (finding.status != "resolved" or finding.resolved_on in period)
    ]
    return sorted(entries, key=order_of([site.court for site in coverage]))


def _indicators(period: Period, counts: tuple[Counted, ...]) -> tuple[Indicator, ...]:
    now, before, year_ago = counts
    # The year before a year is also its year ago: it is told once, as 同比.
    return indicators_of(now, None if period.before == period.year_ago else before, year_ago)


def _ranking(
    connection: Connection,
    period: Period,
    coverage: tuple[SiteCoverage, ...],
    counts: tuple[Counted, ...],
    entries: list[Entry],
    department: str | None,
    weights: Weights,
) -> Ranking | None:
    """The ranking of the period, with the places gained since the period before, by the same weights.

    Args:
        department: Only what this department has is ranked; None: everything.
    """
    if period.kind == NIGHT:
        return None
    before = None
    if counts[1].totals:
        earlier = tuple(replace(site, night=last_audited(connection, site.site, period.before)) for site in coverage)
        nights = [site.night for site in earlier if site.night is not None]
        if nights:
            found = _entries(connection, period.before, max(nights), None, earlier, period.first)
            aside = put_aside(connection, period.before.last, period.first)
            found = [entry for entry in found if entry.finding.fingerprint not in aside]
            before = ranking_of(
                counts[1].of(department), _of(department, found), earlier, weights, None, period.before.first
            )
    return ranking_of(counts[0].of(department), _of(department, entries), coverage, weights, before, period.first)


def _of(department: str | None, entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if department in (None, entry.finding.department)]


def _figures(connection: Connection, coverage: tuple[SiteCoverage, ...], department: str | None) -> tuple[Figure, ...]:
    return tuple(
        figure_of(site.court, statistic)
        for site in coverage
        if site.night is not None
        for statistic in read_statistics(connection, site.site, site.night)
        if department is None or statistic.scope == department
    )
