"""N-07: published statistics whose figures contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from auditors.published_table import printed_rate
from auditors.rule import PASS, S2, Outcome, certain, gravest, rule, unclear
from auditors.views import StatisticsTable
from storage.records import StatisticsRow

_TOLERANCE = 0.01  # percentage points
_COUNTS = {"closed": "结案数", "due": "应上网数", "uploaded": "上网数", "withheld": "不上网数"}


@rule("N-07", severity=S2, basis=("judicial_openness_2018/15",))
def statistics_do_not_add_up(table: StatisticsTable) -> Outcome:
    """统计表勾稽错误

    Violation: 公布的裁判文书上网统计表中，各项不上网原因之和不等于不上网总数，各法院（部门）之和不等于合计，或者上网率与按100%封顶的“上网数÷结案数”相差超过0.01个百分点。
    Compliant: 各项数字相互一致；上网率按未封顶的“上网数÷结案数”或者按“上网数÷应上网数”计算的；只列部分不上网原因且未列“其他”的，或者只列“其他”一项的。
    Remedy: 核对原始数据，更正统计表；统计口径不同的，在表下注明。

    A cell that is merged, empty or no number is unclear, never certain; so is a sum over rows some of which are parts of
    others (其中, 小计), a total that may go on from another table of the page, and a table with a footnote, which may
    explain it. A rate printed with fewer decimals may be off by half of its last one.
    """
    rows = table.rows
    found = [outcome for row in rows for outcome in _row(row)]
    found += _sums(table)
    unread = sorted({f"{row.label or '（无名称）'}的{name}" for row in rows for name in row.unread})
    if unread and not any(o.verdict == "certain" for o in found):
        found.append(unclear(f"统计表有单元格合并、空白或无法识别（{'、'.join(unread[:5])}），未能核对。"))
    return gravest(_eased(outcome, rows[0].note) for outcome in found) if found else PASS


def _eased(outcome: Outcome, note: str | None) -> Outcome:
    if outcome.verdict != "certain" or note is None:
        return outcome
    return unclear(f"{outcome.message.rstrip('。')}；表下有说明，需对照。", fact_day=outcome.fact_day)


def _row(row: StatisticsRow) -> Iterator[Outcome]:
    name = row.label or "（无名称）"
    if row.reasons and row.withheld is not None and None not in row.reasons:
        total = sum(reason or 0 for reason in row.reasons)
        # A table may list some of the reasons only: then their sum is smaller, and none of them is 其他, or it alone is.
        lists_all = len(row.reasons) > 1 and any("其他" in r or "其它" in r or "不宜" in r for r in row.reason_names)
        if total != row.withheld and (lists_all or total > row.withheld):
            yield certain(f"{name}各项不上网原因合计{total}，与不上网数{row.withheld}不符。", fact_day=row.published)
    if row.rate is not None and not _rate_fits(row):
        yield _wrong_rate(row, name)


def _rate_fits(row: StatisticsRow) -> bool:
    """The printed rate is one of those that its numbers allow; with a number missing nothing is said."""
    if row.uploaded is None or row.rate is None or not (row.closed or row.due):
        return True
    return any(
        abs(rate - row.rate) <= _slack(row) for of in (row.closed, row.due) if of for rate in _rates(row.uploaded, of)
    )


def _rates(uploaded: int, of: int) -> tuple[float, float]:
    raw = 100 * uploaded / of
    return min(100.0, raw), raw


def _slack(row: StatisticsRow) -> float:
    decimals = len((row.rate_raw or "").rstrip("%％ ").partition(".")[2])
    half = 0.5 / 10.0**decimals
    return max(_TOLERANCE, half) + 1e-9


def _wrong_rate(row: StatisticsRow, name: str) -> Outcome:
    assert row.uploaded is not None
    of = row.closed or row.due or 1
    expected = printed_rate(row.uploaded, of)
    message = f"{name}上网数{row.uploaded}、{'结案数' if row.closed else '应上网数'}{of}，上网率应为{expected}%，表中为{row.rate:g}%"
    rest = of - (row.withheld or 0)
    if row.withheld and rest > 0 and any(abs(r - (row.rate or 0)) <= _slack(row) for r in _rates(row.uploaded, rest)):
        return unclear(f"{message}，或系扣除不上网数后计算，口径需说明。", fact_day=row.published)
    return certain(f"{message}。", fact_day=row.published)


def _sums(table: StatisticsTable) -> Iterator[Outcome]:
    rows = table.rows
    totals = [row for row in rows if row.is_total]
    parts = [row for row in rows if not row.is_total]
    if len(totals) != 1 or len(parts) < 2:
        return
    total = totals[0]
    columns = [(title, [getattr(row, name) for row in parts], getattr(total, name)) for name, title in _COUNTS.items()]
    columns += [
        (title, [row.reasons[place] for row in parts], total.reasons[place])
        for place, title in enumerate(total.reason_names)
    ]
    doubtful = not table.alone or any(row.is_part for row in rows) or (rows[-1] is not total and rows[0] is not total)
    for title, values, printed in columns:
        if printed is None or None in values:
            continue
        added = sum(values)
        if added == printed:
            continue
        message = f"各行{title}之和为{added}，与合计{printed}不符"
        if doubtful:
            yield unclear(f"{message}，表中有分项或者与其他表格相接，需核对。", fact_day=total.published)
        else:
            yield certain(f"{message}。", fact_day=total.published)
