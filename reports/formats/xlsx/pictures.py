"""The pictures as Excel's own charts, each beside the data that it shows: what an office changes there, changes in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.charts import style
from reports.charts.freshness import LIMITS
from reports.formats.xlsx.sheet import Column, Row, Sheet
from reports.pictures import Comparison, Freshness, Lateness, Picture, Pictures, Trend
from reports.pictures.comparison import SEVERITIES
from reports.pictures.freshness import STALE, STATES, UNDATED, UNREAD, FreshnessCell
from reports.words import label, say

BESIDE = 8  # the column at which charts begin
HEIGHT, WIDTH = 320, 620  # pixels
ROW = 20  # pixels of a row
SCALE = 54  # per cent, at which data and charts fit beside each other on a page
NAME, NARROW = 26, 10
_GRID = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}
# Excel's patterns that come nearest to the hatches of the printed pictures.
PATTERNS = {"////": "wide_upward_diagonal", "\\\\\\\\": "wide_downward_diagonal", "xxxx": "trellis"}
STATE_FILLS = {
    "fresh": style.Fill("#ffffff"),
    "stale": style.Fill(style.INK),
    "undated": style.Fill("#cacaca"),
    "unread": style.Fill("#ffffff", "xxxx"),
}


@dataclass(frozen=True)
class _Series:
    """One column of the data as a series. `fill` None: a line; `beside`: with an axis of its own, to the right."""

    column: int
    fill: style.Fill | None
    beside: bool = False


def write(book: Any, page: Sheet, pictures: Pictures) -> None:
    """The sheet: data to the left, charts to the right, one picture below the other."""
    page.sheet.set_column(0, 0, NAME)
    page.sheet.set_column(1, BESIDE - 1, NARROW)
    page.sheet.set_print_scale(SCALE)  # page breaks are not heeded where the width is fitted
    row, breaks = 0, []
    for number, picture in enumerate(pictures.shown, start=1):
        breaks.append(row)
        page.caption(row, say("pictures.caption", number=number, title=picture.title))
        begin = row + 1
        match picture:
            case Trend():
                end = _trend(book, page, begin, picture)
            case Freshness():
                end = _freshness(book, page, begin, picture)
            case Lateness():
                end = _lateness(book, page, begin, picture)
            case Comparison():
                end = _comparison(book, page, begin, picture)
        row = max(end, begin + HEIGHT // ROW + 1)
        page.write(row, 0, say("pictures.note", note=picture.note), "caption_note")
        row += 3
    page.sheet.set_h_pagebreaks(breaks[1:])
    for sentence in pictures.absent:
        page.write(row, 0, sentence, "caption_note")
        row += 1


def _trend(book: Any, page: Sheet, top: int, trend: Trend) -> int:
    columns = [Column(say("xlsx.pictures.from"), 0, "date"), Column(say("xlsx.pictures.to"), 0, "date")]
    columns += [Column(say(f"pictures.trend.{name}"), 0, "number") for name in ("open", "new", "resolved")]
    columns.append(Column(say("xlsx.pictures.nights"), 0, "number"))
    rows: Iterable[Row] = ((p.first, p.last, p.open, p.new, p.resolved, p.nights) for p in trend.points)
    end = page.table(top, columns, rows)
    chart = _chart(book, page, top, end, "column", (_Series(3, style.NEW), _Series(4, style.RESOLVED)))
    line = _chart(book, page, top, end, "line", (_Series(2, None, beside=True),))
    chart.combine(line)
    chart.set_y_axis(_axis(say("xlsx.pictures.changes")))
    line.set_y2_axis(_axis(say("pictures.trend.open")))
    chart.set_x_axis({"num_format": "m/d", "text_axis": True, "num_font": {"size": 9}})
    _place(page, top, chart, trend)
    return end


def _lateness(book: Any, page: Sheet, top: int, lateness: Lateness) -> int:
    columns = [Column(say("pictures.lateness.axis"), 0), Column(say("pictures.lateness.unit"), 0, "number")]
    end = page.table(top, columns, ((bucket.title, bucket.count) for bucket in lateness.buckets))
    chart = _chart(book, page, top, end, "column", (_Series(1, style.IN_TIME),), labels=True, points=lateness)
    chart.set_y_axis({"major_gridlines": _GRID})
    _place(page, top, chart, lateness)
    return end


def _comparison(book: Any, page: Sheet, top: int, comparison: Comparison) -> int:
    severities = [f"{severity} {label('severity', severity)}" for severity in SEVERITIES]
    columns = [Column(label("by", comparison.by), 0), *(Column(title, 0, "number") for title in severities)]
    columns += [Column(say("pictures.comparison.score"), 0, "score"), Column(say("fields.rank"), 0, "number")]
    end = page.table(top, columns, ((u.title, *u.counts, u.score, u.rank) for u in comparison.units))
    series = [_Series(place, style.SEVERITY[severity]) for place, severity in enumerate(SEVERITIES, start=1)]
    chart = _chart(book, page, top, end, "bar", series, stacked=True)
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"major_gridlines": _GRID, "num_format": "0"})
    _place(page, top, chart, comparison)
    return end


def _freshness(book: Any, page: Sheet, top: int, freshness: Freshness) -> int:
    """First the weeks with the number of sections in each state, as a chart; then the map itself, shaded by age."""
    columns = [Column(say("pictures.freshness.weeks"), 0, "date")]
    columns += [Column(label("freshness", state), 0, "number") for state in STATES]
    weeks = list(enumerate(freshness.weeks))
    end = page.table(top, columns, ((day, *(freshness.count(state, n) for state in STATES)) for n, day in weeks))
    series = [_Series(place, STATE_FILLS[state]) for place, state in enumerate(STATES, start=1)]
    chart = _chart(book, page, top, end, "column", series, stacked=True)
    chart.set_x_axis({"num_format": "m/d", "text_axis": True, "num_font": {"size": 9}})
    chart.set_y_axis({"major_gridlines": _GRID, "num_format": "0"})
    _place(page, top, chart, freshness)
    begin = max(end, top + HEIGHT // ROW) + 2
    page.caption(begin - 1, say("pictures.freshness.days"))
    heads = [Column(say("fields.court"), 0), Column(say("fields.section"), 0)]
    heads += [Column(f"{day.month}/{day.day}", 0, "centre") for day in freshness.weeks]
    rows = ((row.court, row.section, *map(_age, row.cells)) for row in freshness.rows)
    end = page.table(begin, heads, rows)
    _shades(page, begin + 1, end - 1, len(freshness.weeks))
    return end


def _age(cell: FreshnessCell) -> Any:
    if cell.state == UNREAD:
        return (say("pictures.freshness.unread"), "unread")
    if cell.state == UNDATED:
        return (say("figures.none"), "centre")
    return (cell.days, "stale" if cell.state == STALE else "number")


def _shades(page: Sheet, first: int, last: int, weeks: int) -> None:
    """The greys of the printed picture, from the oldest down: the first that fits is taken."""
    for limit, colour in reversed(list(zip(LIMITS, style.AGES[1:], strict=True))):
        page.sheet.conditional_format(
            first, 2, last, 1 + weeks,
            {"type": "cell", "criteria": ">", "value": limit, "format": page.styles[f"age_{colour}"], "stop_if_true": True},
        )  # fmt: skip


def styles_of(book: Any) -> dict[str, Any]:
    """The formats that only this sheet has."""
    base = {"font_name": "宋体", "font_size": 10, "align": "center", "border": 1, "border_color": "#BFBFBF"}
    looks: dict[str, dict[str, Any]] = {
        "unread": base | {"pattern": 14, "fg_color": "#BFBFBF", "bg_color": "#FFFFFF"},
        "stale": base | {"bold": True, "border": 5, "border_color": style.INK, "num_format": "0"},
        "caption_note": {"font_name": "宋体", "font_size": 10, "font_color": style.SOFT},
    }
    looks |= {f"age_{colour}": {"bg_color": colour, "font_color": style.INK} for colour in style.AGES}
    return {name: book.add_format(look) for name, look in looks.items()}


def _chart(
    book: Any,
    page: Sheet,
    top: int,
    end: int,
    kind: str,
    series: Sequence[_Series],
    *,
    stacked: bool = False,
    labels: bool = False,
    points: Lateness | None = None,
) -> Any:
    chart = book.add_chart({"type": kind, **({"subtype": "stacked"} if stacked else {})})
    for one in series:
        options: dict[str, Any] = {
            "name": [page.title, top, one.column],
            "categories": [page.title, top + 1, 0, end - 1, 0],
            "values": [page.title, top + 1, one.column, end - 1, one.column],
            "gap": 40,
            "y2_axis": one.beside,
            **_look(one.fill),
        }
        if labels:
            options["data_labels"] = {"value": True}
        if points is not None:
            options["points"] = [_look(style.LATE if bucket.is_late else style.IN_TIME) for bucket in points.buckets]
        chart.add_series(options)
    return chart


def _axis(name: str) -> dict[str, Any]:
    return {"name": name, "name_font": {"size": 9, "bold": False}, "major_gridlines": _GRID, "min": 0}


def _look(fill: style.Fill | None) -> dict[str, Any]:
    if fill is None:
        marker = {"type": "circle", "size": 5, "fill": {"color": style.INK}, "border": {"color": style.INK}}
        return {"line": {"color": style.INK, "width": 1.5}, "marker": marker}
    border = {"border": {"color": style.INK, "width": 0.75}}
    if fill.hatch:
        pattern = {"pattern": PATTERNS[fill.hatch], "fg_color": style.INK, "bg_color": fill.colour}
        return border | {"pattern": pattern}
    return border | {"fill": {"color": fill.colour}}


def _place(page: Sheet, top: int, chart: Any, picture: Picture) -> None:
    chart.set_title({"name": picture.title, "name_font": {"size": 12}})
    chart.set_legend({"none": True} if isinstance(picture, Lateness) else {"position": "top"})
    chart.show_blanks_as("gap")
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    options = {"description": picture.description, "object_position": 1}
    page.sheet.insert_chart(top, BESIDE, chart, options)
