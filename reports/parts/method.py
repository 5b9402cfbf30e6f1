"""附件5: how each number was computed, how units were scored, what was read and what was not, and what words mean."""

from __future__ import annotations

from collections.abc import Callable

from auditors.metrics import SHARE, catalogue
from reports.blocks import Block, Column, Heading, Item, Paragraph, Table
from reports.bulletin import Bulletin
from reports.figures import estimates, metric_tables
from reports.indicators import Indicator
from reports.period import NIGHT
from reports.text import chinese_number
from reports.weights import Weights
from reports.words import label, say, say_all

Part = tuple[str, tuple[Block, ...]]


def method(bulletin: Bulletin) -> tuple[Block, ...]:
    """The annex. A part without content is left out; coverage and the meaning of words never are."""
    makers: tuple[Callable[[Bulletin], Part | None], ...] = (
        _indicators,
        _metrics,
        _scores,
        _coverage,
        _estimates,
        _meanings,
    )
    parts = [part for make in makers if (part := make(bulletin)) is not None]
    blocks: list[Block] = []
    for place, (name, content) in enumerate(parts, start=1):
        number = f"（{chinese_number(place)}）"
        blocks.append(Heading(level=2, number=number, text=say(f"paper.method.{name}"), anchor=f"method-{name}"))
        blocks += content
    return tuple(blocks)


def _indicators(bulletin: Bulletin) -> Part | None:
    told = [one for one in bulletin.indicators if one.value is not None or one.note]
    if not told:
        return None
    # A column of comparisons that nothing can be compared with says nothing.
    optional = {
        "before": any(one.before is not None for one in told),
        "year_ago": any(one.year_ago is not None for one in told),
    }
    names = [n for n in ("title", "value", "fraction", "before", "year_ago", "definition") if optional.get(n, True)]
    widths = {"title": 27, "value": 17, "fraction": 25, "before": 17, "year_ago": 17}
    rest = 156 - sum(widths.get(name, 0) for name in names)
    columns = tuple(
        Column(
            title=say(f"paper.method.columns.{n}"), width=widths.get(n, rest), centred=n not in ("title", "definition")
        )
        for n in names
    )
    rows = tuple(tuple(_figure(one)[name] for name in names) for one in told)
    explained = Paragraph(say("paper.method.explain"))
    return "indicators", (explained, Table(name="indicators", columns=columns, rows=rows, fine=True))


def _figure(one: Indicator) -> dict[str, str]:
    none = say("paper.ranking.none")
    fraction = none
    if one.unit == SHARE and one.denominator is not None:
        fraction = f"{one.numerator}/{one.denominator}"
    if one.unknown:
        unknown = say("paper.method.unknown", count=one.unknown)
        fraction = unknown if fraction == none else f"{fraction}\n{unknown}"
    return {
        "title": one.title,
        "value": one.shown or none,
        "fraction": fraction,
        "before": _points(one, one.change) or none,
        "year_ago": _points(one, one.change_year) or none,
        "definition": one.definition + (say("paper.method.note", note=one.note) if one.note else ""),
    }


def _points(one: Indicator, change: float | None) -> str:
    """+0.52, −1.20, 0.00: in percentage points for a share."""
    if change is None:
        return ""
    shown = f"{abs(change):.2f}" if one.unit == SHARE else f"{abs(change):.0f}"
    return ("+" if change > 0 else "−" if change < 0 else "") + shown


def _metrics(bulletin: Bulletin) -> Part | None:
    """Of a single night the shares of all cases up to it, as of one day they would say nothing."""
    tables = metric_tables(bulletin.figures) if bulletin.period.kind == NIGHT else ()
    if not tables:
        return None
    fields = (("court", 36), ("scope", 30), ("statistic", 34), ("shown", 18), ("fraction", 18), ("note", 20))
    rows = tuple(
        (row.court, row.scope, cell.statistic.title, cell.shown, cell.fraction, cell.statistic.note or "")
        for table in tables
        for row in table.rows
        for cell in row.cells
        if cell is not None
    )
    methods = (one for table in tables for one in table.methods)
    items = tuple(
        Item(
            number=f"{nth}.",
            text=say("figures.method", title=one.title, method=one.method, denominator=one.denominator),
        )
        for nth, one in enumerate(methods, start=1)
    )
    return "metrics", (Paragraph(say("figures.explain")), _plain("metrics", fields, rows, {3, 4}), *items)


def _scores(bulletin: Bulletin) -> Part | None:
    """The weights, as the office chose them."""
    if bulletin.ranking is None:
        return None
    weights = bulletin.ranking.weights
    columns = tuple(
        Column(title=say(f"paper.weights.columns.{name}"), width=width, centred=name == "weight")
        for name, width in (("board", 28), ("weight", 16), ("indicators", 112))
    )
    rows = tuple(
        (label("board", name), f"{board.weight:g}", _weighed(weights, name)) for name, board in weights.boards.items()
    )
    values = {
        "least": weights.least,
        "unknown": f"{weights.most_unknown:.0%}",
        "boards": f"{weights.least_boards:.0%}",
        "most": f"{weights.most_deducted:.0%}",
        "deductions": say("paper.and").join(
            say("paper.weights.deduction", severity=label("severity", name), points=f"{points:g}")
            for name, points in weights.deductions.items()
            if points
        ),
        "scaled": _scaled(weights),
        "veto": say("paper.and").join(label("severity", name) for name in sorted(weights.veto)),
    }
    keys = [
        "boards",
        *(["deductions"] if values["deductions"] else []),
        *(["veto"] if weights.veto else []),
        "small",
        "ties",
    ]
    items = tuple(
        Item(number=f"{nth}.", text=say(f"paper.weights.{key}", **values)) for nth, key in enumerate(keys, start=1)
    )
    return "scores", (Table(name="weights", columns=columns, rows=rows, fine=True), *items)


def _scaled(weights: Weights) -> str:
    """On which boards deductions are made per so many closed cases."""
    of: dict[int, list[str]] = {}
    for name, board in weights.boards.items():
        if board.per:
            of.setdefault(board.per, []).append(label("board", name))
    return "".join(
        say("paper.weights.scaled", boards=say("paper.and").join(names), per=per) for per, names in of.items()
    )


def _weighed(weights: Weights, name: str) -> str:
    board = weights.boards[name]
    total = sum(weight.weight for weight in board.indicators.values())
    titles = {one.name: one.title for one in catalogue().values()}
    parts = [
        say("paper.weights.part_lower" if weight.lower else "paper.weights.part", title=titles[key],
            share=f"{weight.weight / total:.0%}")
        for key, weight in board.indicators.items()
        if total
    ]  # fmt: skip
    return say("paper.and").join(parts) or say("paper.weights.no_indicator")


def _coverage(bulletin: Bulletin) -> Part:
    fields = (("court", 42), ("coverage", 21), ("pages", 15), ("links", 18), ("sections_of", 21), ("why", 39))
    rows = tuple(
        (
            site.court,
            label("run", site.verdict),
            str(site.pages),
            str(site.links),
            f"{site.sections_complete}/{site.sections}",
            _why(site.reason, site.last_complete),
        )
        for site in bulletin.coverage
    )
    blocks: list[Block] = [
        Paragraph(say("paper.method.sources", sources=say("paper.and").join(bulletin.sources)))
    ] * bool(bulletin.sources)
    if bulletin.period.kind != NIGHT:
        blocks.append(Paragraph(say("paper.method.last_visit")))
    blocks.append(_plain("coverage", fields, rows, {1, 2, 3, 4}))
    for site in bulletin.coverage:
        if site.carried is not None:
            blocks.append(Paragraph(say("paper.method.carried", court=site.court, carried=site.carried)))
    gaps = tuple((site.court, gap.name, gap.why or "") for site in bulletin.coverage for gap in site.gaps)
    if gaps:
        caption = say("headings.gaps")
        blocks.append(_plain("gaps", (("court", 46), ("section", 50), ("why", 60)), gaps, set(), caption))
    issues = tuple(
        (site.court, one.label, str(one.times), one.example) for site in bulletin.coverage for one in site.obstacles
    )
    if issues:
        widths = (("court", 46), ("cause", 40), ("times", 14), ("example", 56))
        blocks.append(_plain("issues", widths, issues, {2}, say("headings.issues")))
    return "coverage", tuple(blocks)


def _why(reason: str | None, last_complete: object) -> str:
    if reason is None:
        return ""
    last = say("last_complete", night=last_complete) if last_complete else say("never_complete")
    return f"{reason}（{last}）"


def _plain(
    name: str,
    fields: tuple[tuple[str, int], ...],
    rows: tuple[tuple[str, ...], ...],
    centred: set[int],
    caption: str = "",
) -> Table:
    columns = tuple(
        Column(title=say(f"fields.{key}"), width=width, centred=place in centred)
        for place, (key, width) in enumerate(fields)
    )
    return Table(name=name, columns=columns, rows=rows, fine=True, caption=caption)


def _estimates(bulletin: Bulletin) -> Part | None:
    found = estimates(bulletin.figures)
    if not found:
        return None
    blocks: list[Block] = [Paragraph(say("figures.explain"))]
    fields = (("court", 36), ("scope", 34), ("missing", 16), ("among", 18), ("period", 24), ("note", 28))
    for estimate in found:
        blocks.append(
            Paragraph(say("paper.method.estimate", title=estimate.title, method=estimate.method.rstrip("。")))
        )
        rows = tuple(
            (f.court, f.scope, f.shown, str(f.statistic.denominator or ""), f.statistic.period, f.statistic.note or "")
            for f in estimate.totals
        )
        blocks.append(_plain("estimates", fields, rows, {2, 3}))
    return "estimates", tuple(blocks)


def _meanings(bulletin: Bulletin) -> Part:
    return "meanings", tuple(
        Item(number=f"{nth}.", text=sentence) for nth, sentence in enumerate(say_all("method.list"), start=1)
    )
