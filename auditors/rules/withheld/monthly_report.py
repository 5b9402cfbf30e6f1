"""N-06: the departments' monthly report of judgments approved not to be published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from auditors.calendar import PROVISIONAL_NOTE, roll, spans_provisional
from auditors.policies import Duty, Policy, duty_of
from auditors.rule import PASS, S2, Outcome, certain, gravest, rule, suspected, weakened
from auditors.timeliness import chinese
from auditors.views import LedgerState
from storage.records import Approval

_COLUMNS = {
    "cause": "案由",
    "has_parties": "当事人",
    "handler": "经办人",
    "closed": "结案时间",
    "reason": "不公开理由",
    "approver": "审批人",
    "level": "审批层级",
}
_SHOWN = 8


@rule("N-06", severity=S2, duty="withheld_report")
def monthly_report(ledger: LedgerState, today: date, policy: Policy | None) -> Outcome:
    """不上网审批月报逾期、栏目不全

    Violation: 本院规范要求按月报送不上网审批情况的，报表中有行缺少案由、当事人、经办人、结案时间、不公开理由、审批人、审批层级；或者载明的报送日期晚于次月规定日。整列空缺的列疑似。
    Compliant: 各行各栏齐全；规定日为节假日的顺延至其后第一个工作日；未载明报送日期的，不认定逾期。
    Remedy: 补齐报表缺项后重新报送；按月在规定日期前报送。

    In force only where the court's own norms require the report (policy `withheld_report`). When it was received is
    known from its column 报送日期 alone: the name of a file, or the day on which it was imported here, proves nothing.
    A column without any value may have been lost in an export, so it is suspected. The row's case number is always
    there: a row without it is no row that could be read.
    """
    duty = duty_of(policy, "withheld_report", today)
    if duty is None or not ledger.approvals:
        return PASS
    return gravest((*_incomplete(ledger.approvals), *_late(ledger.approvals, duty)))


def _incomplete(rows: tuple[Approval, ...]) -> Iterator[Outcome]:
    missing = {title: [row for row in rows if not getattr(row, name)] for name, title in _COLUMNS.items()}
    empty = [title for title, those in missing.items() if len(those) == len(rows)]
    if empty:
        yield suspected(f"不上网审批报表共{len(rows)}行，{'、'.join(empty)}整列空缺，需核对是否未填或者导出时遗漏。")
    gaps = {title: those for title, those in missing.items() if those and title not in empty}
    if gaps:
        told = "；".join(f"{title}缺{len(those)}行（{_places(those)}）" for title, those in gaps.items())
        yield certain(f"不上网审批报表共{len(rows)}行，{told}。")


def _places(rows: list[Approval]) -> str:
    places = [str(row.row) for row in rows[:_SHOWN]]
    return f"第{'、'.join(places)}行" + ("等" if len(rows) > _SHOWN else "")


def _late(rows: tuple[Approval, ...], duty: Duty) -> Iterator[Outcome]:
    """By month of closing: late if its first row came after the day. Later rows may supplement an earlier report."""
    day = duty.number("report_day") or 3
    months: dict[tuple[int, int], list[date]] = defaultdict(list)
    for row in rows:
        if row.closed is not None and row.received is not None and duty.acts_on(row.closed):
            months[row.closed.year, row.closed.month].append(row.received)
    for (year, month), received in sorted(months.items()):
        due = date(year + month // 12, month % 12 + 1, day)
        last, first = roll(due), min(received)
        if first > last:
            outcome = certain(
                f"{year}年{month}月的报表应于{chinese(last)}前报送，实际报送日期为{chinese(first)}。", fact_day=first
            )
            yield weakened(outcome, PROVISIONAL_NOTE) if spans_provisional(due, last) else outcome
