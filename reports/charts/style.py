"""How all pictures look: one width, one set of fills that also differ in black and white, and fonts with Chinese."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reports.fonts import FontSet

WIDTH = 156 / 25.4  # inches: the type area of an official document (GB/T 9704-2012), 156 mm
INK, SOFT, LINE, GROUND = "#1b1b1b", "#595959", "#bdbdbd", "#eeeeee"
SMALL, NORMAL = 7.5, 9.0  # points


@dataclass(frozen=True)
class Fill:
    """How an area of one kind is filled. `hatch` tells it from its neighbours where colours are not printed."""

    colour: str
    hatch: str = ""

    @property
    def options(self) -> dict[str, Any]:
        return {"facecolor": self.colour, "edgecolor": INK, "hatch": self.hatch, "linewidth": 0.6}


# Dark, middle and light in turn, so that neighbours differ in grey too; tests/test_charts.py measures it.
NEW, RESOLVED = Fill("#a8121a"), Fill("#d7e8dc", "////")
IN_TIME, LATE = Fill("#d7e8dc"), Fill("#a8121a", "\\\\\\\\")
SEVERITY = {
    "S0": Fill("#1b1b1b"),
    "S1": Fill("#d0606a", "xxxx"),
    "S2": Fill("#f0d9a8", "////"),
    "S3": Fill("#ffffff"),
}
AGES = ("#ffffff", "#e6e6e6", "#cacaca", "#a8a8a8", "#868686")  # from fresh to old; black figures are legible on each

_OWN = "DejaVu Sans"  # comes with matplotlib, without Chinese
_lock = threading.Lock()  # matplotlib's settings are one for the whole process


@contextmanager
def settings(text: str, fonts: FontSet) -> Iterator[None]:
    """The settings for one picture, whatever the machine's own are. `text`: none (as text) or path (as outlines)."""
    import matplotlib

    # Text as text needs no font here, only the measure of one: the reader has it.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

    defaults: dict[Any, Any] = {key: value for key, value in matplotlib.rcParamsDefault.items() if "backend" not in key}
    ours = {
        "svg.fonttype": text,
        "svg.hashsalt": "gongkai",
        "font.family": _families(fonts),
        "font.size": NORMAL,
        "axes.unicode_minus": False,
        "axes.edgecolor": SOFT,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "grid.color": "#d9d9d9",
        "grid.linewidth": 0.5,
        "hatch.linewidth": 0.5,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "legend.fontsize": SMALL,
        "legend.frameon": False,
        "legend.handlelength": 1.6,
    }
    with _lock, matplotlib.rc_context(defaults | ours), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from")
        yield


def _families(fonts: FontSet) -> list[str]:
    """The sans face that was found, by matplotlib's name for it, also where it lies outside the system's folders."""
    from matplotlib.font_manager import fontManager

    face = fonts.faces.get("heading")
    if face is None or face.path is None:
        return [_OWN]

    def names() -> list[str]:
        return [one.name for one in fontManager.ttflist if (one.fname, one.index) == (str(face.path), face.index)]

    if not names():
        fontManager.addfont(face.path)
    return [*names(), _OWN]


def figure(height: float) -> Figure:
    """An empty figure of the full width. `height` in millimetres."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH, height / 25.4), layout="constrained")


def label_at(
    axes: Axes, text: str, x: float, y: float, *, right: float = 0, up: float = 0, size: float = SMALL
) -> None:
    """A word beside a point, away from it by so many points of the printer to the right or upwards (or downwards)."""
    axes.annotate(
        text,
        (x, y),
        xytext=(right, up),
        textcoords="offset points",
        ha="left" if right else "center",
        va="bottom" if up > 0 else "top" if up < 0 else "center",
        fontsize=size,
    )


def whole_numbers(axes: Axes, *, across: bool = False, most: int = 5) -> None:
    """Ticks at whole numbers only, without a sign, with a light grid."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if across else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=most, integer=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):.0f}"))
    axis.grid(True)


def legend(axes: Axes, columns: int, *, right: bool = False) -> None:
    """The key above the axes, without a frame."""
    corner = (1, 1) if right else (0, 1)
    loc: Any = "lower right" if right else "lower left"
    axes.legend(loc=loc, bbox_to_anchor=corner, ncols=columns, borderaxespad=0.1, columnspacing=1.4)
