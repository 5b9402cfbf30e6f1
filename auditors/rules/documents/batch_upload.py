"""D-12: uploads crowded at the end of a month or year."""

from __future__ import annotations

import calendar as months
from collections import Counter
from datetime import date

from auditors.rule import PASS, S3, Outcome, rule, suspected
from auditors.views import Coverage, SiteState

LEAST_IN_MONTH, LEAST_IN_YEAR = 10, 40
LAST_DAYS, MONTH_SHARE, YEAR_SHARE = 3, 0.5, 0.25
MONTHS_BACK = 3


@rule("D-12", severity=S3, basis=("judgments_online_2016/1",))
def batch_upload(site: SiteState, today: date) -> Outcome:
    """集中突击上网

    Violation: 最近三个已结束的月份中，某月上网文书有一半以上集中在当月最后三天；或者上一年度12月上网量超过全年四分之一（疑似）。
    Compliant: 当月上网不足十份、全年不足四十份的不统计；未结束的月份、年度不统计；文书栏目未读全的月份不统计。
    Remedy: 按文书生效情况日常上网，避免月底、年底集中补传。

    Counts dates that the pages state. The oldest month of a list that was cut off holds its last days only and is left
    out. An indication of habits, never a proof: not certain.
    """
    stated = [*(p.stated for p in site.uploads), *site.settled_uploads]
    days = sorted(day for day in stated if day is not None and day < today)
    messages = [m for m in (*_months(site, days, today), _year(site, days, today)) if m]
    return suspected("；".join(messages) + "。") if messages else PASS


def _months(site: SiteState, days: list[date], today: date) -> list[str]:
    by_month: dict[tuple[int, int], list[date]] = {}
    for day in days:
        by_month.setdefault((day.year, day.month), []).append(day)
    found = []
    for year, month in _finished(today):
        uploads = by_month.get((year, month), [])
        if len(uploads) < LEAST_IN_MONTH or not _is_whole(site, days, date(year, month, 1)):
            continue
        last = months.monthrange(year, month)[1]
        late = sum(1 for day in uploads if day.day > last - LAST_DAYS)
        if late / len(uploads) > MONTH_SHARE:
            found.append(f"{year}年{month}月上网{len(uploads)}份，其中{late}份集中在最后{LAST_DAYS}天")
    return found


def _year(site: SiteState, days: list[date], today: date) -> str | None:
    year = today.year - 1
    by_month = Counter(day.month for day in days if day.year == year)
    total = by_month.total()
    if total < LEAST_IN_YEAR or not _is_whole(site, days, date(year, 1, 1)):
        return None
    if by_month[12] / total <= YEAR_SHARE:
        return None
    return f"{year}年上网{total}份，其中12月{by_month[12]}份，占{by_month[12] / total:.2%}"


def _finished(today: date) -> list[tuple[int, int]]:
    """The last months that have ended, newest first."""
    first = today.year * 12 + today.month - 1
    return [((first - n) // 12, (first - n) % 12 + 1) for n in range(1, MONTHS_BACK + 1)]


def _is_whole(site: SiteState, days: list[date], start: date) -> bool:
    """The period was read from its beginning: all was read, or something older was."""
    return site.judgments_read is Coverage.COMPLETE or (bool(days) and days[0] < start)
