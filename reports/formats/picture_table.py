"""The numbers behind a picture as a table: for those who do not see it, and for those who want them exactly."""

from __future__ import annotations

from datetime import date

from reports.blocks import Column, Table
from reports.pictures import Comparison, Freshness, Lateness, Picture, Trend
from reports.pictures.comparison import Unit
from reports.pictures.freshness import UNREAD
from reports.pictures.trend import MONTH, NIGHT, TrendPoint
from reports.ranking import NO_DATA
from reports.words import chinese_date, label, say


def data_of(picture: Picture) -> Table:
    """The table. What was not audited or not read is said in words, never as a zero."""
    match picture:
        case Trend():
            return _trend(picture)
        case Freshness():
            return _freshness(picture)
        case Lateness():
            titles = [say("pictures.lateness.axis"), say("pictures.lateness.unit")]
            return _table(picture, titles, [(bucket.title, str(bucket.count)) for bucket in picture.buckets])
        case Comparison():
            return _comparison(picture)


def _trend(picture: Trend) -> Table:
    titles = [say("html.time"), *(say(f"pictures.trend.{name}") for name in ("open", "new", "resolved"))]
    return _table(picture, titles, [(_days(picture.step, point), *_numbers(point)) for point in picture.points])


def _days(step: str, point: TrendPoint) -> str:
    if step == NIGHT:
        return chinese_date(point.first)
    if step == MONTH:
        return f"{point.first.year}年{point.first.month}月"
    return f"{chinese_date(point.first)}至{chinese_date(point.last)}"


def _numbers(point: TrendPoint) -> tuple[str, ...]:
    if not point.nights:
        return (say("pictures.trend.unaudited"),) * 3
    return tuple(str(number) for number in (point.open, point.new, point.resolved))


def _freshness(picture: Freshness) -> Table:
    titles = [say("fields.section"), *(_monday(week) for week in picture.weeks)]
    rows = [
        (
            f"{row.court}\n{row.section}" if picture.several_courts else row.section,
            *(_age(cell.state, cell.days) for cell in row.cells),
        )
        for row in picture.rows
    ]
    return _table(picture, titles, rows)


def _monday(week: date) -> str:
    return f"{week.month}月{week.day}日"


def _age(state: str, days: int | None) -> str:
    told = label("freshness", state)
    return told if days is None or state == UNREAD else f"{days}（{told}）"


def _comparison(picture: Comparison) -> Table:
    severities = [label("severity", f"S{place}") for place in range(4)]
    last = [say("fields.total"), say("pictures.comparison.score"), say("paper.ranking.columns.rank")]
    rows = [
        (unit.title, *(str(count) for count in unit.counts), str(unit.total), _score(unit), _place(unit))
        for unit in picture.units
    ]
    return _table(picture, [label("by", picture.by), *severities, *last], rows)


def _score(unit: Unit) -> str:
    return say("figures.none") if unit.score is None else f"{unit.score:.2f}"


def _place(unit: Unit) -> str:
    """The rank, or why there is none."""
    return say(f"paper.ranking.{unit.why or NO_DATA}_short") if unit.rank is None else str(unit.rank)


def _table(picture: Picture, titles: list[str], rows: list[tuple[str, ...]]) -> Table:
    columns = tuple(Column(title=title, width=20, centred=place > 0) for place, title in enumerate(titles))
    return Table(name=picture.name, columns=columns, rows=tuple(rows), fine=True, caption=picture.title)
