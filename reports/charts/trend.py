"""The trend: what was open as a line, what was new and what was resolved as bars up and down, gaps as gaps."""

from __future__ import annotations

from itertools import groupby
from math import nan
from typing import TYPE_CHECKING

from reports.charts.style import GROUND, INK, NEW, RESOLVED, SMALL, SOFT, Fill, figure, label_at, legend, whole_numbers
from reports.pictures.trend import MONTH, Trend, TrendPoint
from reports.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_DATES = 14
LABELLED = 31  # with more bars than these the numbers would touch each other
TINY = 6.5


def draw(trend: Trend) -> Figure:
    """The picture of a trend that has something to show."""
    drawn = figure(84)
    upper, lower = drawn.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _gaps((upper, lower), trend)
    _border((upper, lower), trend)
    _open(upper, trend)
    _changes(lower, trend)
    lower.set_xlim(-0.6, len(trend.points) - 0.4)
    every = -(-len(trend.points) // MOST_DATES)
    places = range(0, len(trend.points), every)
    lower.set_xticks(places, [_date(trend, trend.points[place], place == 0) for place in places])
    return drawn


def _open(axes: Axes, trend: Trend) -> None:
    values = [nan if point.open is None else point.open for point in trend.points]
    axes.plot(range(len(values)), values, color=INK, linewidth=1.4)
    for place, point in enumerate(trend.points):
        if point.open is not None:
            inside = INK if point.complete else "#ffffff"
            axes.plot(place, point.open, marker="o", markersize=4, color=INK, markerfacecolor=inside)
    known = [place for place, point in enumerate(trend.points) if point.nights]
    top = max(known, key=lambda place: values[place])
    for place in sorted({known[0], known[-1], top}):
        label_at(axes, f"{values[place]:.0f}", place, values[place], up=5)
    axes.set_ylim(0, max(values[top] * 1.2, 1))
    whole_numbers(axes)
    axes.set_title(f"{say('pictures.trend.open')}（{say('pictures.trend.unit')}）", loc="left", fontsize=SMALL)
    axes.tick_params(axis="x", length=0)


def _changes(axes: Axes, trend: Trend) -> None:
    up = [(place, point.new) for place, point in enumerate(trend.points) if point.new]
    down = [(place, -point.resolved) for place, point in enumerate(trend.points) if point.resolved]
    for bars, fill, name in ((up, NEW, "new"), (down, RESOLVED, "resolved")):
        _bars(axes, bars, fill, say(f"pictures.trend.{name}"))
        if len(trend.points) <= LABELLED:
            for place, height in bars:
                label_at(axes, f"{abs(height)}", place, height, up=2 if height > 0 else -2, size=TINY)
    axes.axhline(0, color=INK, linewidth=0.8)
    highest, lowest = max((height for _, height in up), default=0), min((height for _, height in down), default=0)
    room = max(highest, -lowest, 1) * 0.35
    axes.set_ylim(lowest - room, highest + room)
    whole_numbers(axes, most=4)
    legend(axes, 2)


def _bars(axes: Axes, bars: list[tuple[int, int]], fill: Fill, name: str) -> None:
    axes.bar([place for place, _ in bars], [height for _, height in bars], 0.72, label=name, **fill.options)


def _gaps(both: tuple[Axes, Axes], trend: Trend) -> None:
    """A grey ground where nothing was audited, with its name on it."""
    gaps = [place for place, point in enumerate(trend.points) if not point.nights]
    for _, run in groupby(enumerate(gaps), key=lambda pair: pair[1] - pair[0]):
        places = [place for _, place in run]
        for axes in both:
            axes.axvspan(places[0] - 0.5, places[-1] + 0.5, facecolor=GROUND, linewidth=0)
        has_room = len(places) / len(trend.points) > 0.08
        both[0].text(
            (places[0] + places[-1]) / 2,
            0.5,
            say("pictures.trend.unaudited"),
            transform=both[0].get_xaxis_transform(),
            ha="center",
            va="center",
            rotation=0 if has_room else 90,
            fontsize=SMALL if has_room else TINY,
            color=SOFT,
        )


def _border(both: tuple[Axes, Axes], trend: Trend) -> None:
    """A dashed line where the period begins."""
    earlier = sum(point.before for point in trend.points)
    if not 0 < earlier < len(trend.points):
        return
    for axes in both:
        axes.axvline(earlier - 0.5, color=SOFT, linewidth=0.9, linestyle=(0, (4, 3)))
    for text, side, shift in (("before", "right", -4), ("period", "left", 4)):
        both[0].annotate(
            say(f"pictures.trend.{text}"),
            (earlier - 0.5, 1),
            xycoords=both[0].get_xaxis_transform(),
            xytext=(shift, -2),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=SMALL,
            color=SOFT,
        )


def _date(trend: Trend, point: TrendPoint, is_first: bool) -> str:
    day = point.first
    if trend.step == MONTH:
        year = f"\n{day.year}" if is_first or day.month == 1 else ""
        return say("pictures.trend.month", month=day.month) + year
    return f"{day.month}/{day.day}"
