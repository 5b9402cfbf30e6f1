"""The table that courts publish of judgments on the internet (裁判文书上网统计), worked out from its raw columns.

The rate as courts print it is uploads ÷ closed cases, capped at 100 % (domain/rules.md §2.4). It is no measure of what was
due and not published: documents of earlier years count among the uploads, and 100 % may hide any gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from storage.records import StatisticsRow

_CENT, _WHOLE = Decimal("0.01"), Decimal(100)


def percent(part: int, whole: int) -> Decimal | None:
    """The share in per cent with two decimals, rounded half up as offices do; None of nothing."""
    return (_WHOLE * part / whole).quantize(_CENT, ROUND_HALF_UP) if whole else None


def printed_rate(uploaded: int, closed: int) -> Decimal | None:
    """The 上网率 as courts print it, in per cent: no more than 100."""
    rate = percent(uploaded, closed)
    return None if rate is None else min(rate, _WHOLE.quantize(_CENT))


def worked_out(rows: Sequence[StatisticsRow], label: str = "合计") -> tuple[StatisticsRow, ...]:
    """The rows with their rates, and the row of totals below them.

    Args:
        rows: Courts or departments with their raw columns; totals and rates among them are worked out anew. A column that
            one row lacks has no total.
    """
    parts = [row for row in rows if not row.is_total]
    counted = [row for row in parts if not row.is_part]
    if not counted:
        return tuple(map(_rated, parts))
    first = parts[0]
    total = replace(
        first,
        position=first.position + len(parts),
        label=label,
        is_total=True,
        unread=(),
        reasons=tuple(_sum([row.reasons[place] for row in counted]) for place in range(len(first.reason_names))),
        closed=_sum([row.closed for row in counted]),
        due=_sum([row.due for row in counted]),
        uploaded=_sum([row.uploaded for row in counted]),
        withheld=_sum([row.withheld for row in counted]),
    )
    return tuple(map(_rated, (*parts, total)))


def _rated(row: StatisticsRow) -> StatisticsRow:
    of = row.closed if row.closed is not None else row.due
    rate = None if row.uploaded is None or of is None else printed_rate(row.uploaded, of)
    if rate is None:
        return replace(row, rate=None, rate_raw=None)
    return replace(row, rate=float(rate), rate_raw="100%" if rate == _WHOLE else f"{rate}%")


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
