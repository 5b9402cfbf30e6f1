"""The distribution of lateness: one bar for each span of working days, those in time and the late ones told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.charts.style import IN_TIME, LATE, SMALL, figure, label_at, legend, whole_numbers
from reports.pictures import Lateness
from reports.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(lateness: Lateness) -> Figure:
    """The picture of a distribution that has something to show."""
    drawn = figure(70)
    axes = drawn.subplots()
    for fill, name, late in ((IN_TIME, "in_time", False), (LATE, "late", True)):
        bars = [
            (place, bucket.count)
            for place, bucket in enumerate(lateness.buckets)
            if bucket.is_late is late and bucket.count
        ]
        title = say(f"pictures.lateness.{name}")
        axes.bar([place for place, _ in bars], [height for _, height in bars], 0.86, label=title, **fill.options)
        for place, height in bars:
            label_at(axes, f"{height:,}", place, height, up=2)
    top = max(bucket.count for bucket in lateness.buckets) * 1.25
    axes.set_ylim(0, top)
    axes.set_xlim(-0.7, len(lateness.buckets) - 0.3)
    axes.set_xticks(range(len(lateness.buckets)), [bucket.title for bucket in lateness.buckets])
    axes.set_xlabel(say("pictures.lateness.axis"), fontsize=SMALL)
    whole_numbers(axes)
    axes.set_title(say("pictures.lateness.unit"), loc="left", fontsize=SMALL)
    legend(axes, 2, right=True)
    return drawn
