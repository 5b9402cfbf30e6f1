"""Working days: checked values, another library's opinion, years that nobody has decreed, the override file."""

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest
from ruamel.yaml import YAML

from auditors import calendar
from auditors.calendar import Calendar, CalendarError, Year, read_overrides

CASES = YAML(typ="safe", pure=True).load((Path(__file__).parent / "cases/calendar.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["nth_working_day"], ids=lambda c: str(c["after"]))
def test_nth_working_day(case):
    assert calendar.add_working_days(case["after"], case["days"]) == case["is"]


@pytest.mark.parametrize("case", CASES["between"], ids=lambda c: f"{c['after']} {c['until']}")
def test_between(case):
    assert calendar.working_days_between(case["after"], case["until"]) == case["is"]


@pytest.mark.parametrize("case", CASES["roll"], ids=lambda c: str(c["day"]))
def test_roll(case):
    assert calendar.roll(case["day"]) == case["is"]


@pytest.mark.parametrize("case", CASES["one_month_after"], ids=lambda c: str(c["day"]))
def test_one_month_after(case):
    assert calendar.one_month_after(case["day"]) == case["is"]


def test_agrees_with_another_library():
    """`holidays` and `chinesecalendar` differ on one day of 23 years."""
    other = holidays.country_holidays("CN", years=range(2004, 2027))
    days = (date(2004, 1, 1) + timedelta(days=n) for n in range((date(2026, 12, 31) - date(2004, 1, 1)).days + 1))
    assert [d for d in days if calendar.is_working_day(d) != other.is_working_day(d)] == [date(2005, 12, 31)]


def test_adding_and_counting_agree():
    start = date(2025, 12, 20)
    for offset in range(120):
        for days in (1, 5, 7, 30):
            after = start + timedelta(days=offset)
            assert calendar.working_days_between(after, calendar.add_working_days(after, days)) == days


def test_uncovered_years_are_provisional_and_counted_by_weekends():
    assert not calendar.is_provisional(2026)
    assert calendar.is_provisional(2031)
    assert calendar.is_provisional(2003)
    assert calendar.is_working_day(date(2031, 1, 1))  # a Wednesday
    assert not calendar.is_working_day(date(2031, 1, 4))
    assert calendar.spans_provisional(date(2026, 12, 28), date(2031, 1, 6))
    assert not calendar.spans_provisional(date(2025, 12, 28), date(2026, 1, 6))


def test_override_makes_a_year_known():
    days_off, worked = frozenset({date(2031, 1, 1), date(2031, 1, 2)}), frozenset({date(2031, 1, 4)})
    decreed = Calendar({2031: Year("国办发明电〔2030〕1号", days_off, worked)})
    assert not decreed.is_provisional(2031)
    assert not decreed.is_working_day(date(2031, 1, 1))
    assert decreed.is_working_day(date(2031, 1, 4))
    assert decreed.add_working_days(date(2030, 12, 31), 1) == date(2031, 1, 3)


def test_override_replaces_the_library():
    decreed = Calendar({2026: Year("国办发明电〔2025〕2号", frozenset({date(2026, 3, 9)}), frozenset())})
    assert not decreed.is_working_day(date(2026, 3, 9))
    assert decreed.is_working_day(date(2026, 2, 17))


GOOD = "years:\n  2031:\n    document: 国办发明电〔2030〕1号\n    off: [2031-01-01]\n    work: [2031-01-04]\n"


def test_reads_overrides(tmp_path):
    path = tmp_path / "holidays.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_overrides(path)[2031].work == {date(2031, 1, 4)}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (GOOD.replace("document", "notice"), "2031"),
        (GOOD.replace("off: [2031-01-01]", "off: [2030-01-01]"), "2030-01-01"),
        (GOOD.replace("[2031-01-04]", "[soon]"), "soon"),
        (GOOD.replace("2031:", "next:", 1), "next"),
        ("years: []", "one key"),
        ("jahre: {}", "one key"),
        ("years: {", "holidays.yml"),
    ],
)
def test_wrong_overrides_are_named(tmp_path, text, error):
    path = tmp_path / "holidays.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError, match=error):
        read_overrides(path)


def test_missing_override_file(tmp_path):
    with pytest.raises(CalendarError, match=r"absent\.yml"):
        read_overrides(tmp_path / "absent.yml")


def test_refuses_what_it_cannot_count():
    with pytest.raises(ValueError, match="1949 to 2100"):
        calendar.roll(date(2150, 1, 1))
    with pytest.raises(ValueError, match="at least one"):
        calendar.add_working_days(date(2026, 1, 1), 0)
