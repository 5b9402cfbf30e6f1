"""The trial night as an issued bulletin of a month, with everything that one can have: number, ranking, pictures, 版记.

`python -m tests.bulletins.march FILE` writes its page, to be looked at.
"""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from reports.formats import html
from reports.imprint import Imprint
from reports.indicators import Indicator
from reports.period import Period
from reports.ranking import Unit, rank
from reports.weights import load_weights
from tests.bulletins.pictures import DEPARTMENTS, all_four
from tests.bulletins.two_nights import trial

IMPRINT = Imprint(
    day=date(2026, 4, 3),
    body="示例市城南区人民法院司法公开领导小组办公室",
    code="城法公开",
    serial=3,
    signed="示例市城南区人民法院司法公开办",
    addressee="全院各部门",
    copies=("院领导", "政治部", "示例市中级人民法院司法公开办"),
    printed_by="示例市城南区人民法院审判管理办公室",
    contact="司法公开办，内线8000",
)
SHARES = ("upload_rate", "timely_rate", "notice_rate", "stream_share_public", "process_rate", "fresh_rate")


def march():
    """The bulletin."""
    bulletin = trial(sites=["chengnan"])
    units = [
        Unit(name=name, closed=120 - 9 * place, entries=(), indicators=dict(_indicators(place)))
        for place, (name, *_) in enumerate(DEPARTMENTS)
    ]
    return replace(
        bulletin,
        period=Period.of_month(2026, 3),
        imprint=IMPRINT,
        indicators=tuple(dict(_indicators(0)).values()),
        ranking=rank(units, load_weights(), "department"),
        pictures=all_four(),
    )


def _indicators(place):
    for nth, name in enumerate(SHARES):
        total = 200 - 11 * place if (place + nth) % 5 else 3
        number = total - (place * (nth + 2)) % total // 2
        title = ("上网率（件）", "及时率", "信息项公布率", "直播率", "流程有效公开率", "栏目更新率")[nth]
        yield name, Indicator(
            name=name, title=title, numerator=number, denominator=total, unknown=nth, value=round(number / total, 4),
            before=0.9, year_ago=0.875, better="high", definition=f"{title}的分子除以分母。",
        )  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(html.render(march()), encoding="utf-8")
