"""The statistics of a bulletin as tables: metrics side by side, estimates each with its method. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reports.indicators import share_of
from reports.text import clean, shorten
from reports.words import say
from storage.statistics import ESTIMATE, METRIC, SHARE, Statistic

DETAIL = "_month"  # a name that ends so is the same estimate by month


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One statistic of one court, as it is printed."""

    court: str
    statistic: Statistic

    @property
    def shown(self) -> str:
        """93.31%, 12, or a dash where it could not be computed."""
        one = self.statistic
        if one.value is None:
            return say("figures.none")
        if one.unit != SHARE:
            return f"{one.value:.0f}"
        exact = share_of(one.numerator, one.denominator) if one.numerator is not None and one.denominator else one.value
        return f"{exact:.2%}"

    @property
    def fraction(self) -> str:
        """10/12; empty where nothing was computed."""
        one = self.statistic
        return "" if one.value is None or one.denominator is None else f"{one.numerator}/{one.denominator}"

    @property
    def scope(self) -> str:
        return self.statistic.scope or say("figures.whole")


def figure_of(court: str, statistic: Statistic) -> Figure:
    """The figure of a statistic, its scope without what no reader sees: a ledger's words may stand in it."""
    return Figure(court=court, statistic=replace(statistic, scope=shorten(clean(statistic.scope), 60)))


@dataclass(frozen=True)
class Method:
    """How the figures of one title were computed."""

    title: str
    denominator: str
    method: str


@dataclass(frozen=True)
class MetricRow:
    """The metrics of one court or one of its departments; None where the court has no such figure."""

    court: str
    scope: str
    cells: tuple[Figure | None, ...]
    note: str


@dataclass(frozen=True)
class MetricTable:
    """Metrics side by side."""

    titles: tuple[str, ...]
    rows: tuple[MetricRow, ...]
    methods: tuple[Method, ...]


@dataclass(frozen=True)
class Estimate:
    """The figures of one estimate: the totals, and the same by month."""

    title: str
    method: str
    totals: tuple[Figure, ...]
    months: tuple[Figure, ...]


def metric_tables(figures: Iterable[Figure]) -> tuple[MetricTable, ...]:
    """The metrics: those that departments have too in one table, those of whole courts in another."""
    found = [f for f in figures if f.statistic.kind == METRIC]
    divided = {f.statistic.title for f in found if f.statistic.scope}
    parts = ([f for f in found if (f.statistic.title in divided) is of_both] for of_both in (True, False))
    return tuple(_metric_table(part) for part in parts if part)


def _metric_table(found: list[Figure]) -> MetricTable:
    """One row for each court and scope, in the order in which they come."""
    titles = tuple(dict.fromkeys(f.statistic.title for f in found))
    rows = []
    for court, scope in dict.fromkeys((f.court, f.scope) for f in found):
        of_row = {f.statistic.title: f for f in found if (f.court, f.scope) == (court, scope)}
        rows.append(MetricRow(court, scope, tuple(of_row.get(title) for title in titles), _notes(of_row)))
    first = {f.statistic.title: f.statistic for f in reversed(found)}
    methods = tuple(Method(title, first[title].denominator_name, first[title].method) for title in titles)
    return MetricTable(titles, tuple(rows), methods)


def _notes(of_row: dict[str, Figure]) -> str:
    """What is to be known of a row; with the titles it is about, unless it is about all of them."""
    titles: dict[str, list[str]] = {}
    for title, figure in of_row.items():
        if figure.statistic.note and figure.statistic.denominator != 0:  # of nothing: the dash says it
            titles.setdefault(figure.statistic.note, []).append(title)
    return "；".join(
        note if len(about) == len(of_row) > 1 else f"{'、'.join(about)}：{note}" for note, about in titles.items()
    )


def estimates(figures: Iterable[Figure]) -> tuple[Estimate, ...]:
    """The estimates by their name, with their months."""
    groups: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.statistic.kind == ESTIMATE:
            groups.setdefault(figure.statistic.name.removesuffix(DETAIL), []).append(figure)
    return tuple(
        Estimate(
            title=of_name[0].statistic.title,
            method=of_name[0].statistic.method,
            totals=tuple(f for f in of_name if not f.statistic.name.endswith(DETAIL)),
            months=tuple(f for f in of_name if f.statistic.name.endswith(DETAIL)),
        )
        for of_name in groups.values()
    )
