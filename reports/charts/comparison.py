"""Departments or courts side by side: certain findings by severity, and the score beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.charts.style import INK, LINE, SEVERITY, SMALL, figure, label_at, legend, whole_numbers
from reports.pictures.comparison import SEVERITIES, Comparison, Unit
from reports.ranking import NO_DATA
from reports.text import shorten
from reports.words import label, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FULL = 100  # points, which a score usually begins with
NAME = 16  # characters of a unit's name that have room beside the bars


def draw(comparison: Comparison) -> Figure:
    """The picture of a comparison that has something to show."""
    units = comparison.units
    scored = any(unit.score is not None for unit in units)
    drawn = figure(24 + 6.2 * len(units))
    if scored:
        left, right = drawn.subplots(1, 2, sharey=True, width_ratios=(3, 2))
        _scores(right, units)
    else:
        left = drawn.subplots()
    _findings(left, units)
    left.set_yticks(range(len(units)), [_name(unit, scored) for unit in units])
    left.set_ylim(len(units) - 0.4, -0.6)
    left.tick_params(axis="y", length=0)
    return drawn


def _findings(axes: Axes, units: tuple[Unit, ...]) -> None:
    ends = [0] * len(units)
    for place, severity in enumerate(SEVERITIES):
        values = [unit.counts[place] for unit in units]
        if any(values):
            title = f"{severity} {label('severity', severity)}"
            axes.barh(range(len(units)), values, 0.66, left=ends, label=title, **SEVERITY[severity].options)
        ends = [sum(pair) for pair in zip(ends, values, strict=True)]
    for place, end in enumerate(ends):
        label_at(axes, f"{end}", end, place, right=3)
    axes.set_xlim(0, max(*ends, 1) * 1.15)
    whole_numbers(axes, across=True)
    axes.set_xlabel(say("pictures.comparison.findings"), fontsize=SMALL)
    if any(ends):
        legend(axes, len(SEVERITIES))


def _scores(axes: Axes, units: tuple[Unit, ...]) -> None:
    for place, unit in enumerate(units):
        if unit.score is None:
            label_at(axes, say(f"paper.ranking.{unit.why or NO_DATA}_short"), 0, place, right=4)
            continue
        axes.plot((0, unit.score), (place, place), color=LINE, linewidth=1)
        axes.plot(unit.score, place, marker="D", markersize=4.5, color=INK)
        label_at(axes, f"{unit.score:.2f}", unit.score, place, right=5)
    highest = max(unit.score or 0 for unit in units)
    axes.set_xlim(0, max(highest, 1) * 1.3)
    whole_numbers(axes, across=True, most=4)
    if FULL / 2 < highest <= FULL:
        axes.set_xticks(range(0, FULL + 1, FULL // 4))
    axes.set_xlabel(say("pictures.comparison.score"), fontsize=SMALL)
    axes.tick_params(axis="y", length=0)


def _name(unit: Unit, scored: bool) -> str:
    name = shorten(unit.title, NAME)
    return f"{name}　{say('figures.none') if unit.rank is None else unit.rank}" if scored else name
