"""The counts behind every metric: written as changes, read as they were known on a night."""

import random
import time
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from storage.database import connect
from storage.measures import UNDATED, Measure, Total, read_measures, save_measures
from storage.schema import measures as table

N1, N2, N3 = (date(2026, 3, n) for n in (1, 2, 3))
MARCH = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def connection(tmp_path):
    engine = connect(tmp_path / "gongkai.db")
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def rate(day, numerator, denominator=10, department="民一庭", **values):
    values = {"name": "upload_rate", "numerator": numerator, "denominator": denominator} | values
    return Measure(day=date(2026, *day), department=department, **values)


def known(connection, night, first=MARCH[0], last=MARCH[1], site="s"):
    found = read_measures(connection, [site], first, last, night)
    return {(one.name, one.department): (one.numerator, one.denominator, one.unknown) for one in found}


def rows(connection):
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_a_period_is_the_sum_of_its_days(connection):
    february, march = rate((2, 27), 1), [rate((3, 1), 2), rate((3, 31), 3, unknown=4), rate((3, 9), 5, department="")]
    save_measures(connection, "s", N1, [february, *march])
    assert known(connection, N1) == {("upload_rate", "民一庭"): (5, 20, 4), ("upload_rate", ""): (5, 10, 0)}
    both = known(connection, N1, date(2026, 1, 1))
    assert both["upload_rate", "民一庭"] == (6, 30, 4)
    assert known(connection, N1, site="t") == {}


def test_totals_say_what_they_are_of(connection):
    save_measures(connection, "s", N1, [rate((3, 1), 2, unknown=1)])
    assert read_measures(connection, ["s", "t"], *MARCH, N1) == [
        Total(site="s", name="upload_rate", department="民一庭", numerator=2, denominator=10, unknown=1)
    ]


def test_what_was_known_on_an_earlier_night_stays(connection):
    save_measures(connection, "s", N1, [rate((2, 27), 1), rate((3, 1), 2)])
    save_measures(connection, "s", N2, [rate((2, 27), 1), rate((3, 1), 7)])
    save_measures(connection, "s", N3, [rate((2, 27), 1), rate((3, 1), 7), rate((3, 2), 1)])
    assert [known(connection, n)["upload_rate", "民一庭"] for n in (N1, N2, N3)] == [(2, 10, 0), (7, 10, 0), (8, 20, 0)]


def test_only_changes_are_written(connection):
    counts = [rate((3, n), n) for n in range(1, 20)]
    assert save_measures(connection, "s", N1, counts) == 19
    assert save_measures(connection, "s", N2, counts) == 0
    assert save_measures(connection, "s", N3, [rate((3, 1), 9), *counts[1:]]) == 1
    assert rows(connection) == 20


def test_a_count_that_vanished_is_zero(connection):
    save_measures(connection, "s", N1, [rate((3, 1), 2), rate((3, 2), 1)])
    save_measures(connection, "s", N2, [rate((3, 2), 1)])
    save_measures(connection, "s", N3, [])
    assert known(connection, N1)["upload_rate", "民一庭"] == (3, 20, 0)
    assert known(connection, N2)["upload_rate", "民一庭"] == (1, 10, 0)
    assert known(connection, N3) == {}


def test_the_same_night_again_writes_the_same(connection):
    save_measures(connection, "s", N1, [rate((3, 1), 2)])
    for _ in range(2):
        save_measures(connection, "s", N2, [rate((3, 1), 3)])
        assert (known(connection, N2)["upload_rate", "民一庭"], rows(connection)) == ((3, 10, 0), 2)
    save_measures(connection, "s", N2, [rate((3, 1), 2)])  # it was an error: nothing had changed
    assert (known(connection, N2)["upload_rate", "民一庭"], rows(connection)) == ((2, 10, 0), 1)


def test_several_of_one_key_are_added(connection):
    save_measures(connection, "s", N1, [rate((3, 1), 2), rate((3, 1), 3)])
    assert known(connection, N1)["upload_rate", "民一庭"] == (5, 20, 0)


def test_sites_are_kept_apart(connection):
    save_measures(connection, "s", N1, [rate((3, 1), 2)])
    save_measures(connection, "t", N2, [rate((3, 1), 9)])
    save_measures(connection, "s", N3, [])
    assert known(connection, N3, site="t")["upload_rate", "民一庭"] == (9, 10, 0)


def fresh(night, numerator, **values):
    return Measure(name="fresh_rate", day=night, numerator=numerator, denominator=8, state=True, **values)


def test_a_state_is_that_of_the_last_night(connection):
    """It is not added up over nights, and stands where a night found nothing new."""
    save_measures(connection, "s", N1, [fresh(N1, 8)])
    save_measures(connection, "s", N2, [fresh(N2, 6, unknown=1)])
    assert save_measures(connection, "s", N3, [fresh(N3, 6, unknown=1)]) == 0
    states = [known(connection, n)["fresh_rate", ""] for n in (N1, N2, N3)]
    assert states == [(8, 8, 0), (6, 8, 1), (6, 8, 1)]
    assert known(connection, N3, last=N1)["fresh_rate", ""] == (8, 8, 0)  # of a period that ended earlier
    assert known(connection, date(2026, 4, 30), date(2026, 4, 1), date(2026, 4, 30))["fresh_rate", ""] == (6, 8, 1)


def test_what_has_no_day_lies_in_no_period(connection):
    save_measures(connection, "s", N1, [Measure(name="closed", day=UNDATED, numerator=3)])
    assert known(connection, N1) == {}
    assert known(connection, N1, UNDATED) == {("closed", ""): (3, 0, 0)}


def test_random_nights_read_as_they_were_written(connection):
    """Whatever a history of nights says: what is read as known on each of them is what that night said."""
    chance, said, nights = random.Random(4), {}, [date(2026, 3, 1) + timedelta(n) for n in range(8)]
    for night in nights:
        counts = {
            (day, dept): (chance.randrange(3), chance.randrange(3), chance.randrange(2))
            for day in range(1, 6)
            for dept in ("甲庭", "乙庭")
            if chance.random() < 0.7
        }
        said[night] = counts
        save_measures(
            connection, "s", night, [rate((3, d), n, m, dept, unknown=u) for (d, dept), (n, m, u) in counts.items()]
        )
    for night in nights:
        for first, last in ((1, 5), (2, 3), (4, 4)):
            expected: dict[tuple[str, str], tuple[int, int, int]] = {}
            for dept in ("甲庭", "乙庭"):
                chosen = [c for (d, one), c in said[night].items() if one == dept and first <= d <= last]
                total = tuple(sum(c[n] for c in chosen) for n in range(3))
                if any(total):
                    expected["upload_rate", dept] = total
            assert known(connection, night, date(2026, 3, first), date(2026, 3, last)) == expected


def test_two_years_of_a_court_are_saved_and_read_quickly(connection):
    """20 metrics, 10 departments, 500 days: 100,000 counts. A hundredth of the time that it may take is usual."""
    counts = [
        Measure(name=f"m{m}", day=date(2025, 1, 1) + timedelta(d), department=f"{p}庭", numerator=1, denominator=2)
        for m in range(20) for p in range(10) for d in range(500)
    ]  # fmt: skip
    started = time.perf_counter()
    save_measures(connection, "s", N1, counts)
    assert save_measures(connection, "s", N2, counts) == 0
    assert len(read_measures(connection, ["s"], date(2025, 1, 1), date(2025, 12, 31), N2)) == 200
    assert time.perf_counter() - started < 60
