"""Periods: their days, their names, and the ones that they are compared with."""

from datetime import date

import pytest

from reports.imprint import Imprint
from reports.period import Period


@pytest.mark.parametrize(
    ("period", "days", "name", "before", "year_ago"),
    [
        (Period.of_month(2026, 3), ("2026-03-01", "2026-03-31"), "2026年3月", "2026年2月", "2025年3月"),
        (Period.of_month(2024, 2), ("2024-02-01", "2024-02-29"), "2024年2月", "2024年1月", "2023年2月"),
        (Period.of_month(2026, 1), ("2026-01-01", "2026-01-31"), "2026年1月", "2025年12月", "2025年1月"),
        (
            Period.of_quarter(2026, 1),
            ("2026-01-01", "2026-03-31"),
            "2026年第一季度",
            "2025年第四季度",
            "2025年第一季度",
        ),
        (
            Period.of_quarter(2026, 4),
            ("2026-10-01", "2026-12-31"),
            "2026年第四季度",
            "2026年第三季度",
            "2025年第四季度",
        ),
        (Period.of_year(2025), ("2025-01-01", "2025-12-31"), "2025年", "2024年", "2024年"),
        (
            Period.of_range(date(2026, 3, 5), date(2026, 4, 2)),
            ("2026-03-05", "2026-04-02"),
            "2026年3月5日至4月2日",
            "2026年2月4日至3月4日",
            "2025年3月5日至4月2日",
        ),
        (
            Period.of_range(date(2025, 12, 30), date(2026, 1, 2)),
            ("2025-12-30", "2026-01-02"),
            "2025年12月30日至2026年1月2日",
            "2025年12月26日至12月29日",
            "2024年12月30日至2025年1月2日",
        ),
        (
            Period.of_night(date(2026, 3, 5)),
            ("2026-03-05", "2026-03-05"),
            "2026年3月5日",
            "2026年3月4日",
            "2025年3月5日",
        ),
    ],
)
def test_a_period_its_name_and_its_neighbours(period, days, name, before, year_ago):
    assert (period.first.isoformat(), period.last.isoformat()) == days
    assert (period.name, period.before.name, period.year_ago.name) == (name, before, year_ago)
    assert period.before.kind == period.year_ago.kind == period.kind
    assert period.first in period
    assert period.before.last not in period


def test_a_29_february_a_year_ago_is_the_28th():
    assert Period.of_night(date(2024, 2, 29)).year_ago.first == date(2023, 2, 28)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Period.of_month(2026, 13),
        lambda: Period.of_quarter(2026, 0),
        lambda: Period.of_quarter(2026, 5),
        lambda: Period.of_range(date(2026, 4, 2), date(2026, 3, 5)),
    ],
)
def test_no_such_period(make):
    with pytest.raises(ValueError, match=r"month must be|a quarter is 1 to 4|is before"):
        make()


def test_the_imprint_of_an_office_and_of_a_plain_report():
    day = date(2026, 4, 3)
    office = Imprint(
        day=day, body="某市某区人民法院司法公开领导小组办公室", code="某法公开", serial=3, addressee="全院各部门"
    )
    assert office.mark == "某市某区人民法院司法公开领导小组办公室文件"
    assert office.number == "某法公开〔2026〕3号"
    assert (office.to, office.signature, office.date) == ("全院各部门：", office.body, "2026年4月3日")
    draft = Imprint(day=day, body=office.body, code="某法公开")
    assert draft.number == "某法公开〔2026〕　号"
    plain = Imprint(day=day)
    assert (plain.is_official, plain.number, plain.mark) == (False, None, "司法公开巡查通报")
