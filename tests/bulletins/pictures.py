"""Invented values of the four pictures, to be drawn in tests and looked at.

`python -m tests.bulletins.pictures OUT_DIR` draws them there, as .png and .svg.
"""

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from reports import charts
from reports.pictures import Comparison, Freshness, Lateness, Pictures, Trend
from reports.pictures.comparison import Unit
from reports.pictures.freshness import FreshnessCell, FreshnessRow
from reports.pictures.lateness import Bucket
from reports.pictures.trend import TrendPoint

GAPS = (9, 10, 11, 20)  # days of the month, from 0, that were not audited
PARTIAL = 15
NEW = (0, 0, 2, 1, 6, 0, 2, 2, 3, 0, 0, 0, 7, 1, 3, 1, 0, 8, 0, 8, 0, 2, 3, 2, 3, 1, 8, 2, 0, 3, 0)
RESOLVED = (4, 1, 2, 2, 2, 0, 0, 2, 0, 0, 0, 0, 2, 1, 0, 0, 0, 4, 2, 1, 0, 0, 1, 2, 1, 1, 1, 1, 2, 0, 1)
SECTIONS = (
    "法院要闻",
    "图片新闻",
    "通知公告",
    "开庭公告",
    "执行公告",
    "典型案例",
    "司法统计",
    "法学研究",
    "队伍建设与廉政建设专栏信息公开",
)
DEPARTMENTS = (
    ("立案庭（诉讼服务中心）", (0, 0, 2, 1), 98.0),
    ("刑事审判庭", (0, 1, 2, 0), 95.5),
    ("民事审判第一庭", (0, 4, 5, 2), 88.25),
    ("民事审判第二庭", (0, 4, 9, 3), 85.0),
    ("行政审判庭", (0, 0, 0, 0), 100.0),
    ("执行局", (1, 3, 8, 3), None),
    ("审判管理办公室（研究室）", (0, 0, 3, 4), 93.5),
    ("综合办公室", (0, 0, 6, 5), None),
)
LATENESS = ((0, 0, 1275), (1, 5, 131), (6, 10, 64), (11, 20, 0), (21, None, 2))


def trend():
    points, still_open = [], 35
    for number, (new, resolved) in enumerate(zip(NEW, RESOLVED, strict=True)):
        day = date(2026, 3, 1) + timedelta(days=number)
        if number in GAPS:
            points.append(TrendPoint(first=day, last=day))
            continue
        still_open += new - resolved
        points.append(
            TrendPoint(
                first=day, last=day, nights=1, complete=number != PARTIAL, open=still_open, new=new, resolved=resolved
            )
        )
    points[-1] = replace(points[-1], lowered=2, open=still_open - 2)
    return Trend(step="night", points=tuple(points))


def freshness(weeks=5, courts=("示例市城南区人民法院",)):
    rows = []
    for court in courts:
        for number, section in enumerate(SECTIONS):
            cells = []
            for week in range(weeks):
                days = 3 * number * number + 7 * week if number > 3 else 2 + week % 3
                if (number + 2 * week) % 11 == 4:
                    cells.append(FreshnessCell(state="unread"))
                elif section == "司法统计":
                    cells.append(FreshnessCell(state="undated"))
                else:
                    cells.append(FreshnessCell(state="stale" if days > 60 else "fresh", days=days))
            rows.append(FreshnessRow(court=court, section=section, cells=tuple(cells)))
    mondays = tuple(date(2026, 3, 2) + timedelta(weeks=week) for week in range(weeks))
    return Freshness(weeks=mondays, rows=tuple(rows), omitted=12, exempt=5)


def lateness():
    buckets = tuple(Bucket(first=first, last=last, count=count) for first, last, count in LATENESS)
    return Lateness(buckets=buckets, unknown=44)


def comparison():
    units = []
    for rank, (title, counts, score) in enumerate(sorted(DEPARTMENTS, key=lambda one: -(one[2] or -1)), start=1):
        why = "" if score is not None else "veto" if counts[0] else "no_data"
        units.append(Unit(title=title, counts=counts, score=score, rank=None if why else rank, why=why))
    return Comparison(by="department", units=tuple(units))


def all_four():
    return Pictures(trend=trend(), freshness=freshness(), lateness=lateness(), comparison=comparison())


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for picture in all_four():
        (out / f"{picture.name}.png").write_bytes(charts.png(picture))
        (out / f"{picture.name}.svg").write_bytes(charts.file(picture))
