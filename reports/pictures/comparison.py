"""Departments or courts side by side: certain findings and score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from reports.ranking import Ranking
from reports.words import label, say

SEVERITIES = ("S0", "S1", "S2", "S3")
MOST_UNITS = 22


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A department or court in the comparison.

    Attributes:
        counts: Certain findings by severity, S0 to S3, as `reports.ranking` counts them.
        why: Why it has no rank or no score (`reports.ranking.RankRow`); empty: it is ranked.
    """

    title: str
    counts: tuple[int, int, int, int]
    score: float | None = None
    rank: int | None = None
    why: str = ""

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Departments or courts side by side, in the order of the ranking. `by`: department or court."""

    name: ClassVar[str] = "comparison"
    by: str
    units: tuple[Unit, ...]
    omitted: int = 0

    @property
    def absent(self) -> str | None:
        if len(self.units) < 2:
            return say("pictures.comparison.one")
        if not any(unit.total or unit.score is not None for unit in self.units):
            return say("pictures.comparison.nothing")
        return None

    @property
    def title(self) -> str:
        return say("pictures.comparison.title", by=label("by", self.by))

    @property
    def description(self) -> str:
        if not any(unit.total for unit in self.units):
            return say("pictures.comparison.none", units=len(self.units), by=label("by", self.by))
        most = max(self.units, key=lambda unit: unit.total)
        return say(
            "pictures.comparison.description",
            units=len(self.units),
            by=label("by", self.by),
            total=sum(unit.total for unit in self.units),
            most=most.title,
            count=most.total,
        )

    @property
    def note(self) -> str:
        parts = [say("pictures.comparison.note")]
        if any(unit.counts[0] for unit in self.units):
            parts.append(say("pictures.comparison.veto"))
        if any(unit.rank is None for unit in self.units):
            parts.append(say("pictures.comparison.unranked"))
        if self.omitted:
            parts.append(say("pictures.comparison.omitted", shown=len(self.units), omitted=self.omitted))
        return "".join(parts)


def comparison_of(ranking: Ranking | None) -> Comparison:
    """The rows of a ranking, in its order."""
    if ranking is None:
        return Comparison(by="department", units=())
    units = tuple(
        Unit(
            title=row.name or say("values.no_department"),
            counts=(row.s0, row.s1, row.s2, row.s3),
            score=None if row.why else row.score,  # as the table has it
            rank=row.rank,
            why=row.why,
        )
        for row in ranking.rows
    )
    return Comparison(by=ranking.by, units=units[:MOST_UNITS], omitted=len(units[MOST_UNITS:]))
