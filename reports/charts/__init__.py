"""Pictures drawn: SVG that stands in a page, SVG as a file, and PNG for print. Each a pure function of the picture.

The same picture gives the same bytes. Nothing here keeps state between two pictures, and matplotlib is not imported
before the first one is drawn.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from reports.charts import svg
from reports.charts.style import settings
from reports.pictures import Comparison, Freshness, Lateness, Picture, Trend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 300


def inline(picture: Picture, prefix: str = "") -> str:
    """An `<svg>` element for a page: a named image, its text as text in the page's font.

    It has neither style attributes nor a style sheet, so that a content security policy need not allow any.

    Args:
        prefix: Stands before every id, for a page that shows the same kind of picture more than once.

    Raises:
        ValueError: There is nothing to draw (`picture.absent`).
    """
    return svg.element(_written(picture, "svg", text="none"), picture, prefix)


def file(picture: Picture) -> bytes:
    """A whole .svg file, its text as outlines: it looks the same everywhere, whatever fonts are there.

    Raises:
        ValueError: There is nothing to draw.
    """
    return svg.document(_written(picture, "svg", text="path"), picture)


def png(picture: Picture) -> bytes:
    """A .png file at 300 dpi.

    Raises:
        ValueError: There is nothing to draw.
    """
    return _written(picture, "png", text="path")


def _written(picture: Picture, form: str, text: str) -> bytes:
    if picture.absent is not None:
        raise ValueError(f"{picture.name}: {picture.absent}")
    out = BytesIO()
    with settings(text):
        _figure(picture).savefig(
            out, format=form, dpi=DPI, metadata={"Software": None} if form == "png" else {"Date": None}
        )
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
