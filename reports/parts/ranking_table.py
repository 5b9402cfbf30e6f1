"""附件1: the indicators and ranks of departments or courts, and the notes without which nobody should be ranked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from reports.blocks import Block, Column, Item, Paragraph, Table
from reports.bulletin import Bulletin
from reports.indicators import Indicator
from reports.parts.places import Places
from reports.ranking import Ranking, RankRow
from reports.words import label, say, say_names

# The columns of chapter 9 (domain/rules.md), each with the indicators that it shows and its width in millimetres.
INDICATORS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("closed", ("closed",), 13),
    ("due", ("due",), 13),
    ("uploaded", ("uploaded",), 13),
    ("upload_rate", ("upload_rate",), 15),
    ("timely_rate", ("timely_rate",), 15),
    ("withheld", ("withheld",), 12),
    ("withheld_other", ("withheld_other",), 12),
    ("notice_rate", ("notice_rate",), 15),
    ("hearings", ("hearings",), 12),
    ("streamed", ("streamed",), 12),
    ("stream_share", ("stream_share_public", "stream_share_all"), 15),
    ("process_rate", ("process_rate",), 15),
    ("fresh_rate", ("fresh_rate",), 15),
)
SMALL = "*"
TOTAL = "total"


@dataclass(frozen=True)
class _Shown:
    """A column: its key in words.yml, its width, and what stands in it."""

    key: str
    width: int
    cell: Callable[[RankRow], str]


def ranking_table(bulletin: Bulletin, places: Places) -> tuple[Block, ...]:
    """The annex: the table, then its notes. Columns of which nobody has a number are left out."""
    ranking = bulletin.ranking
    assert ranking is not None
    rows = [row for row in ranking.rows if bulletin.extract_of in (None, row.name)]
    columns = _columns(ranking, rows)
    has_total = bulletin.extract_of is None
    table = Table(
        name="ranking",
        columns=tuple(
            Column(
                title=say(f"paper.ranking.columns.{one.key}"),
                width=one.width,
                centred=one.key not in ("department", "court"),
            )
            for one in columns
        ),
        rows=(
            *((str(place), *(one.cell(row) for one in columns[1:])) for place, row in enumerate(rows, start=1)),
            *((_total(bulletin, columns),) * has_total),
        ),
        totals=int(has_total),
        fine=True,
    )
    notes = _notes(ranking, rows, places)
    items = tuple(Item(number=f"{nth}.", text=note) for nth, note in enumerate(notes, start=1))
    return (table, Paragraph(say("paper.ranking.notes")), *items)


def _columns(ranking: Ranking, rows: list[RankRow]) -> list[_Shown]:
    small = set(ranking.small)
    shown = [
        _Shown("number", 9, lambda row: ""),
        _Shown(ranking.by, 32, lambda row: row.name or say("values.no_department")),
    ]
    for key, names, width in INDICATORS:
        if any(_has(row.indicators.get(name)) for row in rows for name in names):
            shown.append(_Shown(key, width, lambda row, names=names: _cell(row, names, small)))  # type: ignore[misc]
    return [
        *shown,
        _Shown("problems", 17, lambda row: f"{row.s0}/{row.s1}/{row.s2}"),
        _Shown("score", 14, _score),
        _Shown("rank", 18, lambda row: str(row.rank) if row.rank else say(f"paper.ranking.{row.why}_short")),
        _Shown("moved", 13, _moved),
    ]


def _total(bulletin: Bulletin, columns: list[_Shown]) -> tuple[str, ...]:
    """The row of the whole: what all the others add up to."""
    counts = Counter(entry.finding.severity for entry in bulletin.certain)
    red = sum(row.s0 for row in bulletin.ranking.rows) if bulletin.ranking else 0
    whole = RankRow(
        name=say("paper.ranking.total"),
        indicators={one.name: one for one in bulletin.indicators},
        s0=red,
        s1=counts["S1"],
        s2=counts["S2"],
        why=TOTAL,
    )
    return ("", *(one.cell(whole) for one in columns[1:]))


def _has(indicator: Indicator | None) -> bool:
    return indicator is not None and indicator.value is not None


def _cell(row: RankRow, names: tuple[str, ...], small: set[tuple[str, str]]) -> str:
    return "\n".join(_value(row, name, small) for name in names)


def _value(row: RankRow, name: str, small: set[tuple[str, str]]) -> str:
    indicator = row.indicators.get(name)
    if indicator is None or indicator.value is None:
        return say("paper.ranking.none")
    return indicator.shown + (SMALL if (row.name, name) in small else "")


def _score(row: RankRow) -> str:
    return say("paper.ranking.none") if row.score is None else f"{row.score:.2f}"


def _moved(row: RankRow) -> str:
    moved = row.moved
    if moved is None:
        return say("paper.ranking.none")
    return say(f"paper.ranking.{'up' if moved > 0 else 'down' if moved < 0 else 'same'}", places=abs(moved))


def _notes(ranking: Ranking, rows: list[RankRow], places: Places) -> list[str]:
    """What must be known before the table is relied on."""
    notes = [say("paper.ranking.note.certain", annex=places.see("method"))]
    if any((row.name, name) in set(ranking.small) for row in rows for name in row.indicators):
        notes.append(say("paper.ranking.note.small"))
    if ranking.left_out:
        boards = say("paper.and").join(label("board", name) for name in ranking.left_out)
        notes.append(say("paper.ranking.note.left_out", boards=boards))
    if partial := [row.name for row in rows if row.rank and len(row.boards) < _boards(ranking)]:
        notes.append(say("paper.ranking.note.partial", names=say_names(partial, ranking.by, most=20)))
    for why in ("veto", "few", "short", "no_data", "unassigned", "alone"):
        names = [row.name or say("values.no_department") for row in rows if row.why == why]
        if names:
            notes.append(say(f"paper.ranking.note.{why}", names=say_names(names, ranking.by, most=20)))
    return notes


def _boards(ranking: Ranking) -> int:
    return sum(bool(board.weight) for board in ranking.weights.boards.values()) - len(ranking.left_out)
