"""A share is printed as the same number wherever it stands: two decimals, halves rounded up, as offices round."""

import pytest

from auditors.published_table import percent
from reports.figures import Figure
from reports.indicators import share_of
from reports.pictures.lateness import lateness_of
from storage.measures import Total
from storage.statistics import METRIC, SHARE, Statistic

HALVES = [(1, 32, "3.13%"), (27, 32, "84.38%"), (23, 160, "14.38%"), (1, 3, "33.33%"), (31, 32, "96.88%")]


@pytest.mark.parametrize(("numerator", "denominator", "shown"), HALVES)
def test_one_rounding(numerator, denominator, shown):
    statistic = Statistic(
        site="s", kind=METRIC, name="timely_rate", title="及时率", unit=SHARE, method="", value=numerator / denominator,
        numerator=numerator, denominator=denominator,
    )  # fmt: skip
    assert Figure(court="甲", statistic=statistic).shown == shown
    assert f"{share_of(numerator, denominator):.2%}" == shown
    assert f"{percent(numerator, denominator)}%" == shown
    totals = [
        Total(site="s", name=name, department="", numerator=count, denominator=0, unknown=0)
        for name, count in (("timely_rate", numerator), ("late_1_5", denominator - numerator))
    ]
    assert shown in lateness_of(totals).description
