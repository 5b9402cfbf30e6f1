"""The sheets of numbers: the ranking (annex 1), indicators and methods (annex 5), statistics, summaries, coverage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from auditors.metrics import SHARE
from reports.blocks import Block, Heading, Item, Link, Paragraph, Table
from reports.bulletin import Bulletin
from reports.entries import Counts
from reports.formats.xlsx.sheet import Column, Row, Sheet, WebLink, lines, points
from reports.indicators import Indicator
from reports.parts.method import method as method_blocks
from reports.parts.places import places_of
from reports.parts.ranking_table import INDICATORS, ranking_table
from reports.ranking import Ranking, RankRow
from reports.words import label, say

NUMBERS = ("certain", "new", "continuing", "resolved", "suspected", "unclear")
NOTES = 12  # columns over which a note runs
METHOD = (34, 13, 17, 13, 13, 70)


def counts_of(counts: Counts) -> tuple[int, ...]:
    return tuple(getattr(counts, name) for name in NUMBERS)


def heads(*fields: tuple[str, int, str]) -> list[Column]:
    """Columns by the keys of their headings, with width and style."""
    return [Column(say(f"fields.{field}"), width, style) for field, width, style in fields]


def ranking(page: Sheet, bulletin: Bulletin) -> None:
    """Annex 1 with real percentages and numbers, then its notes."""
    table = bulletin.ranking
    assert table is not None
    shown = [row for row in table.rows if bulletin.scope.department in (None, row.name)]
    fields = _ranked(table, shown)
    columns = [column for column, _ in fields]
    rows = [[place, *(value(row) for _, value in fields[1:])] for place, row in enumerate(shown, start=1)]
    end = page.working_list(columns, rows, frozen=2) + 1
    for block in ranking_table(bulletin, places_of(bulletin)):
        if isinstance(block, Paragraph | Item):
            end = page.told(end, _line(block), min(NOTES, len(columns)), sum(c.width for c in columns[:NOTES]))


def _ranked(table: Ranking, rows: Sequence[RankRow]) -> list[tuple[Column, Callable[[RankRow], Any]]]:
    """The columns of the annex; two indicators that share one on paper have one each here."""
    small = set(table.small)
    fields: list[tuple[Column, Callable[[RankRow], Any]]] = [
        (Column(_head("number"), 6, "centre"), lambda row: None),
        (Column(_head(table.by), 26), lambda row: row.name or say("values.no_department")),
    ]
    for key, names, _ in INDICATORS:
        for name in names:
            known = [row.indicators[name] for row in rows if name in row.indicators]
            if any(one.value is not None for one in known):
                title = _head(key) if len(names) == 1 else known[0].title
                column = Column(title, 11, "percent" if known[0].unit == SHARE else "number")
                fields.append((column, lambda row, name=name: _value(row, name, small)))  # type: ignore[misc]
    fields += [
        (Column(severity, 7, "number"), lambda row, severity=severity: getattr(row, severity.lower()))  # type: ignore[misc]
        for severity in ("S0", "S1", "S2", "S3")
    ]
    return [
        *fields,
        (Column(_head("score"), 9, "score"), lambda row: None if row.why else row.score),
        (Column(_head("rank"), 11, "number"), lambda row: row.rank or say(f"paper.ranking.{row.why}_short")),
        (Column(_head("moved"), 9, "moved"), lambda row: row.moved),
    ]


def _head(key: str) -> str:
    return say(f"paper.ranking.columns.{key}")


def _value(row: RankRow, name: str, small: set[tuple[str, str]]) -> Any:
    one = row.indicators.get(name)
    if one is None or one.value is None:
        return None
    return (one.value, "percent_small") if (row.name, name) in small and one.unit == SHARE else one.value


def method(page: Sheet, bulletin: Bulletin) -> None:
    """Annex 5: indicators as numbers, everything else as it is printed."""
    for place, width in enumerate(METHOD):
        page.sheet.set_column(place, place, width)
    row = 0
    for block in method_blocks(bulletin):
        row = _block(page, row, block, bulletin)


def _block(page: Sheet, row: int, block: Block, bulletin: Bulletin) -> int:
    match block:
        case Heading():
            return page.caption(row + 1 if row else row, block.full)
        case Paragraph() | Item():
            return page.told(row, _line(block), len(METHOD), sum(METHOD))
        case Table(name="indicators"):
            return _indicators(page, row, bulletin.indicators)
        case Table():
            if block.caption:
                row = page.caption(row, block.caption)
            columns = [Column(column.title, 0, "centre" if column.centred else "text") for column in block.columns]
            cells = [[_cell(cell) for cell in line] for line in block.rows]
            return page.table(row, columns, cells)
    return row


def _indicators(page: Sheet, row: int, indicators: Sequence[Indicator]) -> int:
    columns = [
        Column(say(f"xlsx.indicators.{name}"), 0, style)
        for name, style in (
            ("title", "text"), ("value", "percent"), ("fraction", "centre"), ("before", "points"), ("year_ago", "points"),
            ("definition", "text"),
        )
    ]  # fmt: skip
    rows = [_indicator(one) for one in indicators if one.value is not None or one.note]
    return page.table(row, columns, rows, height=lambda values: points(lines(values[-1], METHOD[-1])))


def _indicator(one: Indicator) -> Row:
    unit, change = ("percent", "points") if one.unit == SHARE else ("number", "difference")
    fraction = f"{one.numerator}/{one.denominator}" if one.unit == SHARE and one.denominator is not None else ""
    if one.unknown:
        fraction += say("xlsx.indicators.unknown", count=one.unknown)
    meaning = "；".join(filter(None, (one.definition, one.note)))
    return (one.title, (one.value, unit), fraction, (one.change, change), (one.change_year, change), meaning)


def _line(block: Paragraph | Item) -> str:
    return f"{block.number} {block.text}" if isinstance(block, Item) else block.text


def _cell(cell: str | Link) -> Any:
    return WebLink(cell.text, cell.url) if isinstance(cell, Link) else cell


def coverage(page: Sheet, bulletin: Bulletin) -> None:
    """What was read of each site, and what was not."""
    columns = heads(
        ("court", 26, "text"), ("home", 32, "link"), ("coverage", 11, "centre"), ("pages", 9, "number"),
        ("links", 9, "number"), ("sections", 8, "number"), ("sections_complete", 9, "number"),
        ("why", 36, "text"), ("last_complete", 13, "date"), ("gaps", 40, "text"), ("issues", 40, "text"),
    )  # fmt: skip
    rows = [
        (
            site.court,
            WebLink(site.home, site.home),
            label("run", site.verdict),
            site.pages,
            site.links,
            site.sections,
            site.sections_complete,
            "；".join(part for part in (site.reason, site.carried) if part) or None,
            site.last_complete,
            "\n".join(f"{gap.name}：{gap.why or say('values.unknown')}" for gap in site.gaps),
            "\n".join(f"{obstacle.label} ×{obstacle.times}：{obstacle.example}" for obstacle in site.obstacles),
        )
        for site in bulletin.coverage
    ]
    heights = iter([points(min(10, max(2, len(s.gaps), 2 * len(s.obstacles)))) for s in bulletin.coverage])
    page.working_list(columns, rows, height=lambda _: next(heights))


def rules(page: Sheet, bulletin: Bulletin) -> None:
    """The summary by rule, with its sums."""
    columns = heads(
        ("chapter", 14, "text"), ("rule", 9, "centre"), ("title", 34, "text"), ("severity", 10, "centre"),
        *((name, 10, "number") for name in NUMBERS),
    )  # fmt: skip
    rows = [
        (
            label("chapter", chapter.chapter),
            row.rule,
            row.title,
            label("severity", row.severity),
            *counts_of(row.counts),
        )
        for chapter in bulletin.chapters
        for row in chapter.rules
    ]
    end = page.working_list(columns, rows, frozen=3)
    for place, value in enumerate((say("fields.total"), None, None, None, *counts_of(bulletin.counts))):
        page.write(end, place, value, "total")


def statistics(page: Sheet, bulletin: Bulletin) -> None:
    """Every figure in a row of its own, with its method beside it."""
    columns = heads(
        ("court", 24, "text"), ("statistic", 30, "text"), ("scope", 26, "text"), ("shown", 11, "number"),
        ("fraction", 13, "centre"), ("denominator", 34, "text"), ("period", 26, "text"), ("note", 26, "text"),
        ("method", 70, "text"),
    )  # fmt: skip
    rows = [
        (
            figure.court,
            figure.statistic.title,
            figure.scope,
            figure.shown
            if figure.statistic.value is None
            else (figure.statistic.value, "percent" if figure.statistic.unit == SHARE else "number"),
            figure.fraction,
            figure.statistic.denominator_name,
            figure.statistic.period,
            figure.statistic.note,
            figure.statistic.method,
        )
        for figure in bulletin.figures
    ]
    page.working_list(columns, rows, frozen=2, height=lambda _: 44)
