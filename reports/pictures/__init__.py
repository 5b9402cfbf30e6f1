"""The pictures of a bulletin as values: what is drawn, and the words that go with it. `reports.charts` draws them.

A day that was not audited and a section that was not read are gaps, never zeros. A picture that would show nothing is
left out, and `absent` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Connection

from reports.period import Period
from reports.pictures.comparison import Comparison, comparison_of
from reports.pictures.freshness import Freshness, freshness_of
from reports.pictures.lateness import Lateness, lateness_of
from reports.pictures.trend import NIGHT, Trend, trend_of
from reports.ranking import Ranking
from storage.measures import Total
from storage.runs import Site

__all__ = ["NO_PICTURES", "Comparison", "Freshness", "Lateness", "Picture", "Pictures", "Trend", "pictures_of"]

Picture = Trend | Freshness | Lateness | Comparison


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """The four pictures of a bulletin; each may be empty."""

    trend: Trend
    freshness: Freshness
    lateness: Lateness
    comparison: Comparison

    def __iter__(self) -> Iterator[Picture]:
        return iter((self.trend, self.freshness, self.lateness, self.comparison))

    @property
    def shown(self) -> tuple[Picture, ...]:
        """Those that have something to show, in their order; they are numbered from 1."""
        return tuple(picture for picture in self if picture.absent is None)

    def named(self, name: str) -> Picture:
        """The picture of a name: trend, freshness, lateness or comparison."""
        return next(picture for picture in self if picture.name == name)

    @property
    def absent(self) -> tuple[str, ...]:
        """Why the others are left out, one sentence each."""
        return tuple(picture.absent for picture in self if picture.absent is not None)


NO_PICTURES = Pictures(
    trend=Trend(step=NIGHT, points=()),
    freshness=Freshness(weeks=(), rows=()),
    lateness=Lateness(buckets=()),
    comparison=Comparison(by="department", units=()),
)


def pictures_of(
    connection: Connection,
    period: Period,
    sites: Sequence[Site],
    totals: Sequence[Total],
    ranking: Ranking | None,
    *,
    until: date,
    department: str | None = None,
) -> Pictures:
    """The pictures of a period, from what is stored.

    Args:
        totals: The sums of the metrics in the period, of all these sites.
        until: Days after this one have not come yet: they are no gaps.
        department: Only what is assigned to this department; it is not compared with others.
    """
    return Pictures(
        trend=trend_of(connection, period, [site.id for site in sites], until, department),
        freshness=freshness_of(connection, period, sites, until, department),
        lateness=lateness_of([one for one in totals if department in (None, one.department)]),
        comparison=comparison_of(ranking if department is None else None),
    )
