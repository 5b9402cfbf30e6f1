"""Scores and ranks (得分与排名) of departments or courts, from indicators and certain findings alone.

How small numbers are treated: an indicator whose denominator is below the scheme's `least` is printed but not scored, nor
one too much of which is unknown; a board without a scored indicator is left out and the other weights are made up to 100;
a unit scored on less than `least_boards` of the weights that others are scored on has no rank. So nobody is praised or
blamed for two documents, and nobody is ranked on one board against those who answer for five.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from reports.entries import Entry
from reports.indicators import Indicator
from reports.weights import Board, Weight, Weights

VETO, FEW, SHORT, NO_DATA, UNASSIGNED, ALONE = "veto", "few", "short", "no_data", "unassigned", "alone"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A department or a court to be scored. `name`: empty for what no department answers for."""

    name: str
    indicators: Mapping[str, Indicator]
    entries: tuple[Entry, ...] = ()
    closed: int | None = None


@dataclass(frozen=True, kw_only=True)
class BoardScore:
    """What a unit has on one board. `points` of `weight`: indicators less `deducted`, never below 0."""

    board: str
    weight: float
    points: float
    deducted: float


@dataclass(frozen=True, kw_only=True)
class RankRow:
    """One line of the table.

    Attributes:
        closed: Closed cases (结案数), if they are known.
        s0: Certain findings seen in the period, also those that were resolved in it: the veto does not lapse.
        s1, s2, s3: Certain findings open at its end.
        boards: Those that could be scored.
        score: Of 100, two decimals; None for who is not ranked, except for who is alone.
        rank: Units with the same printed score share one; None: not ranked, and `why` says so.
        rank_before: In the period before, by the same scheme.
        why: veto, few, short, no_data, unassigned, alone (no other could be ranked); empty: ranked.
    """

    name: str
    closed: int | None = None
    indicators: Mapping[str, Indicator]
    s0: int = 0
    s1: int = 0
    s2: int = 0
    s3: int = 0
    boards: tuple[BoardScore, ...] = ()
    score: float | None = None
    rank: int | None = None
    rank_before: int | None = None
    why: str = ""

    @property
    def moved(self) -> int | None:
        """Places gained since the period before; negative: lost."""
        return None if self.rank is None or self.rank_before is None else self.rank_before - self.rank


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The table. `by`: department or court; `left_out`: boards on which nobody could be scored; `small`: (unit, indicator)
    pairs that were not scored for their small denominator."""

    by: str
    rows: tuple[RankRow, ...]
    weights: Weights
    left_out: tuple[str, ...] = ()
    small: tuple[tuple[str, str], ...] = ()

    @property
    def ranked(self) -> tuple[RankRow, ...]:
        return tuple(row for row in self.rows if row.rank is not None)


def rank(
    units: Iterable[Unit], weights: Weights, by: str, before: Ranking | None = None, since: date = date.min
) -> Ranking:
    """Score and rank units; those without a rank stand last, in the order of their names.

    Args:
        before: The ranking of the period before, for the places gained and lost.
        since: The first day of the period: a red line that was last seen before it was that period's.
    """
    listed = list(units)
    scored = [_score(unit, weights, since) for unit in listed]
    anyone = {board.board for row in scored for board in row.boards}
    possible = sum(weights.boards[name].weight for name in anyone)
    settled = [_settled(row, weights, possible) for row in scored]
    if sum(not row.why for row in settled) == 1:
        settled = [replace(row, why=row.why or ALONE) for row in settled]
    earlier = {row.name: row.rank for row in before.rows} if before is not None else {}
    scores = sorted((row.score for row in settled if not row.why and row.score is not None), reverse=True)
    rows = [
        replace(
            row,
            rank=None if row.why or row.score is None else scores.index(row.score) + 1,
            rank_before=earlier.get(row.name),
        )
        for row in settled
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.name == "", row.name))
    return Ranking(
        by=by,
        rows=tuple(rows),
        weights=weights,
        left_out=tuple(name for name, board in weights.boards.items() if board.weight and name not in anyone),
        small=tuple(
            (unit.name, name)
            for unit in listed
            for board in weights.boards.values()
            for name, weight in board.indicators.items()
            if _is_small(unit.indicators.get(name), weight)
        ),
    )


def _score(unit: Unit, weights: Weights, since: date) -> RankRow:
    found = [entry for entry in unit.entries if entry.is_certain]
    # What could not be looked at stands as it was: it is listed, but nobody loses points for it.
    held = [entry for entry in found if not entry.is_resolved and entry.finding.verified]
    boards = [
        made for name, board in weights.boards.items() if (made := _board(name, board, unit, held, weights)) is not None
    ]
    total = sum(Decimal(str(board.weight)) for board in boards)
    points = sum((Decimal(str(board.points)) for board in boards), Decimal(0))
    score = float((100 * points / total).quantize(Decimal("0.01"), ROUND_HALF_UP)) if total else None
    seen = [entry for entry in found if entry.finding.last_seen >= since]
    vetoed = any(entry.finding.severity in weights.veto for entry in seen)
    few = any(
        _is_small(unit.indicators.get(name), weight)
        for board in weights.boards.values()
        for name, weight in board.indicators.items()
    )

    def number(severity: str) -> int:
        counted = seen if severity == "S0" else [entry for entry in found if not entry.is_resolved]
        return sum(entry.finding.severity == severity for entry in counted)

    return RankRow(
        name=unit.name,
        closed=unit.closed,
        indicators=unit.indicators,
        s0=number("S0"),
        s1=number("S1"),
        s2=number("S2"),
        s3=number("S3"),
        boards=tuple(boards),
        score=None if vetoed else score,
        why=VETO if vetoed else "" if boards else FEW if few else NO_DATA,
    )


def _settled(row: RankRow, weights: Weights, possible: float) -> RankRow:
    """With the reason why it has no rank, if it has none."""
    if row.why:
        return row
    if not row.name:
        return replace(row, why=UNASSIGNED, score=None)
    if sum(board.weight for board in row.boards) < weights.least_boards * possible:
        small = any(
            _is_small(row.indicators.get(name), weight)
            for board in weights.boards.values()
            for name, weight in board.indicators.items()
        )
        return replace(row, why=FEW if small else SHORT, score=None)
    return row


def _board(name: str, board: Board, unit: Unit, held: list[Entry], weights: Weights) -> BoardScore | None:
    """The points of one board; None: nothing on it could be scored."""
    shares = [
        (weight.weight, 1 - indicator.value if weight.lower else indicator.value)
        for key, weight in board.indicators.items()
        if (indicator := unit.indicators.get(key)) is not None
        and indicator.value is not None
        and not _is_small(indicator, weight)
        and not _is_unknown(indicator, weights)
    ]
    total = sum(weight for weight, _ in shares)
    if not total or not board.weight:
        return None
    reached = board.weight * sum(weight * value for weight, value in shares) / total
    deducted = min(_deducted(board, unit, held, weights), weights.most_deducted * board.weight)
    return BoardScore(board=name, weight=board.weight, points=round(max(0.0, reached - deducted), 4), deducted=deducted)


def _deducted(board: Board, unit: Unit, held: list[Entry], weights: Weights) -> float:
    """Points for the findings that no indicator of the board measures already."""
    points = sum(
        weights.deductions.get(entry.finding.severity, 0.0)
        for entry in held
        if entry.finding.rule.split("-")[0] in board.families and entry.finding.rule not in board.counted
    )
    if board.per and unit.closed and unit.closed > board.per:
        points *= board.per / unit.closed
    return points


def _is_small(indicator: Indicator | None, weight: Weight) -> bool:
    return indicator is not None and bool(indicator.denominator) and (indicator.denominator or 0) < weight.least


def _is_unknown(indicator: Indicator, weights: Weights) -> bool:
    unknown, known = indicator.unknown or 0, indicator.denominator or 0
    return unknown > weights.most_unknown * (unknown + known)
