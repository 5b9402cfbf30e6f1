"""The heat map of sections by weeks: the older, the darker, with the days in figures; what was not read is no shade of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from reports.charts.style import AGES, INK, LINE, SMALL, SOFT, figure
from reports.pictures.freshness import STALE, UNDATED, UNREAD, Freshness, FreshnessCell, FreshnessRow
from reports.text import shorten
from reports.words import label, say, say_all

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LIMITS = (7, 14, 31, 92)  # days: the last of each shade but the darkest
NUMBERED = 14  # weeks: with more columns the figures have no room
MOST_DATES = 16
NAME, SHORT_NAME = 14, 8  # characters
TINY = 6.5
WHITE = "#ffffff"
EMPTY: dict[str, Any] = {"facecolor": WHITE, "edgecolor": LINE, "linewidth": 0.5}
CROSSED: dict[str, Any] = EMPTY | {"hatch": "xxxxx"}
FRAME: dict[str, Any] = {"facecolor": "none", "edgecolor": INK, "linewidth": 1.8}


def draw(freshness: Freshness) -> Figure:
    """The picture of a heat map that has something to show."""
    drawn = figure(26 + 5.4 * len(freshness.rows))
    axes = drawn.subplots()
    axes.set_xlim(0, len(freshness.weeks))
    axes.set_ylim(len(freshness.rows), 0)
    numbered = len(freshness.weeks) <= NUMBERED
    cells = [(x, y, cell) for y, row in enumerate(freshness.rows) for x, cell in enumerate(row.cells)]
    alike: dict[str | None, list[tuple[int, int]]] = {}
    for x, y, cell in cells:
        alike.setdefault(_shade_of(cell), []).append((x, y))
    for fill, places in alike.items():  # together: to draw a thousand boxes one by one takes seconds
        _boxes(axes, places, **CROSSED if fill is None else EMPTY | {"facecolor": fill})
    # Last, so that no neighbour is drawn over a frame.
    _boxes(axes, [(x, y) for x, y, cell in cells if cell.state == STALE], 0.05, **FRAME)
    for x, y, cell in cells if numbered else ():
        _write(axes, x, y, cell)
    _names(axes, freshness)
    _key(drawn)
    return drawn


def shade(days: int) -> str:
    """The grey of an age."""
    return AGES[sum(days > limit for limit in LIMITS)]


def _shade_of(cell: FreshnessCell) -> str | None:
    """The grey of a cell, white where no age is known; None: it is crossed, since it was not read."""
    if cell.state == UNREAD:
        return None
    return WHITE if cell.days is None else shade(cell.days)


def _write(axes: Axes, x: int, y: int, cell: FreshnessCell) -> None:
    if cell.state == UNREAD:
        ground = {"facecolor": WHITE, "edgecolor": "none", "pad": 1}
        look: dict[str, Any] = {"fontsize": TINY, "color": SOFT, "bbox": ground}
        text = say("pictures.freshness.unread")
    else:
        look = {"fontsize": SMALL}
        text = say("figures.none") if cell.days is None else str(cell.days)
    axes.text(x + 0.5, y + 0.52, text, ha="center", va="center", in_layout=False, **look)


def _boxes(axes: Axes, places: Iterable[tuple[int, int]], inside: float = 0, **look: Any) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    side = 1 - 2 * inside
    boxes = [Rectangle((x + inside, y + inside), side, side) for x, y in places]
    if boxes:
        axes.add_collection(PatchCollection(boxes, **look), autolim=False)


def _names(axes: Axes, freshness: Freshness) -> None:
    """Sections to the left, weeks above, and no frame around."""
    with_court = freshness.several_courts
    axes.set_yticks([y + 0.5 for y in range(len(freshness.rows))], [_name(row, with_court) for row in freshness.rows])
    every = -(-len(freshness.weeks) // MOST_DATES)
    places = range(0, len(freshness.weeks), every)
    axes.set_xticks([x + 0.5 for x in places], [f"{freshness.weeks[x].month}/{freshness.weeks[x].day}" for x in places])
    axes.xaxis.tick_top()
    axes.set_xlabel(say("pictures.freshness.weeks"), fontsize=SMALL)
    axes.xaxis.set_label_position("top")
    axes.tick_params(axis="both", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _name(row: FreshnessRow, with_court: bool) -> str:
    if not with_court:
        return shorten(row.section, NAME)
    return f"{shorten(row.court, NAME)}　{shorten(row.section, SHORT_NAME)}"


def _key(drawn: Figure) -> None:
    from matplotlib.patches import Patch

    ages = zip(AGES, say_all("pictures.freshness.bins"), strict=True)
    patches = [Patch(label=name, **EMPTY | {"facecolor": grey}) for grey, name in ages]
    patches.append(Patch(label=label("freshness", STALE), **FRAME))
    patches.append(Patch(label=label("freshness", UNREAD), **CROSSED))
    patches.append(Patch(label=f"{say('figures.none')} {label('freshness', UNDATED)}", **EMPTY))
    drawn.legend(handles=patches, loc="outside lower center", ncols=4, columnspacing=1.4)
