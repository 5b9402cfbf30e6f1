"""Indicators: what is printed is what is compared, and only with what was counted of the same sites."""

from datetime import date

import pytest

from reports.indicators import Indicator, counted, indicators_of, share_of
from reports.period import Period
from storage import database, runs
from storage.measures import Measure, save_measures
from tests.bulletins import months
from tests.bulletins.months import visit

FEBRUARY, MARCH = Period.of_month(2026, 2), Period.of_month(2026, 3)
END_OF_FEBRUARY, END_OF_MARCH = date(2026, 2, 28), date(2026, 3, 31)


@pytest.fixture
def connection():
    engine = database.connect("sqlite://")
    with engine.begin() as opened:
        yield opened


def timely(numerator, denominator, day, unknown=0):
    return Measure(name="timely_rate", day=day, numerator=numerator, denominator=denominator, unknown=unknown)


def fresh(numerator, denominator, night):
    return Measure(name="fresh_rate", day=night, numerator=numerator, denominator=denominator, state=True)


def told(connection, sites=("a",), now=END_OF_MARCH):
    periods = (counted(connection, sites, period, now) for period in (MARCH, FEBRUARY, MARCH.year_ago))
    return {one.name: one for one in indicators_of(*periods)}


def audited(connection, site, *nights):
    if site not in {one.id for one in runs.all_sites(connection)}:
        runs.save_site(connection, runs.Site(id=site, court=site, home=f"http://{site}.example/"))
    for night in nights:
        visit(connection, site, night)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(1, 3, 0.3333), (2, 3, 0.6667), (1, 8, 0.125), (12345, 100000, 0.1235), (0, 5, 0.0), (5, 5, 1.0), (3, 0, None)],
)
def test_shares_are_rounded_as_they_are_printed_halves_up(numerator, denominator, expected):
    assert share_of(numerator, denominator) == expected


def test_a_change_is_that_of_the_printed_numbers():
    one = Indicator(name="x", title="x", value=share_of(2, 3), before=share_of(1, 3), year_ago=share_of(2, 3))
    assert (one.shown, one.change, one.change_year) == ("66.67%", 33.34, 0.0)


def test_progress_has_a_direction():
    low = Indicator(name="x", title="x", value=0.2, before=0.3, better="low")
    neither = Indicator(name="x", title="x", value=0.2, before=0.3)
    assert (low.progress, neither.progress) == (10.0, None)


def test_the_period_before_is_compared_as_it_was_known_then(connection):
    audited(connection, "a", END_OF_FEBRUARY, END_OF_MARCH)
    save_measures(connection, "a", END_OF_FEBRUARY, [timely(8, 10, date(2026, 2, 10))])
    later = [timely(9, 10, date(2026, 2, 10)), timely(10, 10, date(2026, 3, 10))]
    save_measures(connection, "a", END_OF_MARCH, later)
    one = told(connection)["timely_rate"]
    assert (one.value, one.before) == (1.0, 0.8)


def test_what_was_never_audited_then_is_counted_as_it_is_known_now(connection):
    audited(connection, "a", END_OF_MARCH)
    days = ((30, date(2026, 3, 10)), (20, date(2026, 2, 10)), (25, date(2025, 3, 3)))
    save_measures(connection, "a", END_OF_MARCH, [Measure(name="closed", day=day, numerator=n) for n, day in days])
    one = told(connection)["closed"]
    assert (one.value, one.before, one.year_ago) == (30, 20, 25)


def test_what_ages_is_compared_only_as_it_was_known_then(connection):
    """February's documents have had a month more to be published: no fall in March follows from that."""
    audited(connection, "a", END_OF_MARCH)
    save_measures(connection, "a", END_OF_MARCH, [timely(9, 10, date(2026, 2, 10)), timely(8, 10, date(2026, 3, 10))])
    one = told(connection)["timely_rate"]
    assert (one.value, one.before) == (0.8, None)


def test_a_state_of_a_period_without_audit_is_not_known(connection):
    audited(connection, "a", END_OF_FEBRUARY)
    save_measures(connection, "a", END_OF_FEBRUARY, [fresh(8, 10, END_OF_FEBRUARY)])
    assert "fresh_rate" not in told(connection)  # March was not audited: February's state is not March's


def test_a_city_is_compared_only_with_the_same_courts(connection):
    audited(connection, "a", END_OF_FEBRUARY, END_OF_MARCH)
    audited(connection, "b", END_OF_MARCH)
    save_measures(connection, "a", END_OF_FEBRUARY, [fresh(8, 10, END_OF_FEBRUARY)])
    save_measures(connection, "a", END_OF_MARCH, [fresh(9, 10, END_OF_MARCH)])
    save_measures(connection, "b", END_OF_MARCH, [fresh(1, 10, END_OF_MARCH)])
    assert told(connection)["fresh_rate"].before == 0.8
    both = told(connection, ("a", "b"))["fresh_rate"]
    assert (both.value, both.before) == (0.5, None)


def test_what_is_unknown_is_told_and_in_neither_part(connection):
    audited(connection, "a", END_OF_MARCH)
    save_measures(connection, "a", END_OF_MARCH, [timely(6, 10, date(2026, 3, 10), unknown=2)])
    one = told(connection)["timely_rate"]
    assert (one.numerator, one.denominator, one.unknown, one.value) == (6, 8, 2, 0.75)


def test_too_little_known_has_no_value_and_says_so():
    made = months.bulletin(months.incomplete)
    one = next(one for one in made.indicators if one.name == "fresh_rate")
    assert (one.value, one.unknown) == (None, 6)
    assert one.note == "已核对的部分过少，未计算"


def test_a_single_night_has_states_only(connection):
    audited(connection, "a", END_OF_MARCH)
    save_measures(connection, "a", END_OF_MARCH, [timely(6, 10, END_OF_MARCH), fresh(9, 10, END_OF_MARCH)])
    night = indicators_of(counted(connection, ["a"], Period.of_night(END_OF_MARCH), END_OF_MARCH))
    assert [one.name for one in night] == ["fresh_rate"]
