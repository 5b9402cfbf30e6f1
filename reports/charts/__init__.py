"""Pictures drawn: SVG that stands in a page, SVG as a file, and PNG for print. Each a pure function of the picture.

The same picture gives the same bytes. Nothing here keeps state between two pictures, and matplotlib is not imported
before the first one is drawn.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from reports.charts import svg
from reports.charts.style import settings
from reports.fonts import FontSet, find_fonts
from reports.pictures import Comparison, Freshness, Lateness, Picture, Trend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 300


class NoFont(Exception):
    """There is no font with Chinese: text drawn as outlines would be empty boxes."""


def is_drawable(fonts: FontSet | None = None) -> bool:
    """There is a font with Chinese, so that pictures can be drawn with their text as outlines or pixels."""
    return "heading" in (fonts or find_fonts()).faces


def inline(picture: Picture, prefix: str = "") -> str:
    """An `<svg>` element for a page: a named image, its text as text in the page's font, whatever fonts are here.

    It has neither style attributes nor a style sheet, so that a content security policy need not allow any.

    Args:
        prefix: Stands before every id, for a page that shows the same kind of picture more than once.

    Raises:
        ValueError: There is nothing to draw (`picture.absent`).
    """
    return svg.element(_written(picture, "svg", "none", find_fonts()), picture, prefix)


def file(picture: Picture, fonts: FontSet | None = None) -> bytes:
    """A whole .svg file, its text as outlines: it looks the same everywhere.

    Args:
        fonts: Those found with the office's settings; None: what `find_fonts` finds without.

    Raises:
        ValueError: There is nothing to draw.
        NoFont: There is no font with Chinese.
    """
    return svg.document(_written(picture, "svg", "path", fonts or find_fonts()), picture)


def png(picture: Picture, fonts: FontSet | None = None) -> bytes:
    """A .png file at 300 dpi. Arguments and errors as of `file`."""
    return _written(picture, "png", "path", fonts or find_fonts())


def _written(picture: Picture, form: str, text: str, fonts: FontSet) -> bytes:
    if picture.absent is not None:
        raise ValueError(f"{picture.name}: {picture.absent}")
    if text == "path" and not is_drawable(fonts):
        raise NoFont(picture.name)
    out = BytesIO()
    unsigned = {"Software": None} if form == "png" else {"Date": None}
    with settings(text, fonts):
        _figure(picture).savefig(out, format=form, dpi=DPI, metadata=unsigned)
    return out.getvalue()


def _figure(picture: Picture) -> Figure:
    from reports.charts import comparison, freshness, lateness, trend

    match picture:
        case Trend():
            return trend.draw(picture)
        case Freshness():
            return freshness.draw(picture)
        case Lateness():
            return lateness.draw(picture)
        case Comparison():
            return comparison.draw(picture)
