"""Gaps in the numbering of cases: ranges, months, and what is left out."""

from datetime import date, timedelta

import pytest

from auditors.gaps import find_gaps
from storage.case_number import parse

HOME = frozenset({"粤9902"})


def seen(*sequences, kind="民初", court="粤9902", start=date(2026, 1, 5), days_each=1):
    return [
        (parse(f"（2026）{court}{kind}{n}号"), None if start is None else start + timedelta(days=n * days_each))
        for n in sequences
    ]


def only(appearances):
    (gap,) = find_gaps(appearances, HOME)
    return gap


def test_numbers_between_those_seen_are_missing():
    gap = only(seen(2, 3, 5, 6, 9, 10))
    assert (gap.first, gap.last, gap.seen, gap.missing) == (2, 10, 6, 3)
    assert (gap.year, gap.type_code) == (2026, "民初")


def test_nothing_is_counted_before_the_first_or_after_the_last():
    assert only(seen(100, 101, 102, 103, 104)).missing == 0


def test_a_number_counts_once_however_often_and_wherever_it_appears():
    again = [(parse("（2026）粤9902民初3号之一"), None), (parse("(2026)粤9902民初03号"), None)]
    gap = only([*seen(1, 3, 4, 5, 6), *again])
    assert (gap.seen, gap.missing) == (5, 1)


def test_months_are_those_of_the_neighbours():
    gap = only(seen(1, 2, 3, 4, 60, 61, 62, 63))  # days 6 January to 9 March
    assert gap.missing == sum(missing for _, missing in gap.months.values()) == 55
    assert set(gap.months) == {(2026, 1), (2026, 2), (2026, 3)}
    assert gap.months[2026, 2][0] == 0 and gap.months[2026, 2][1] >= 25


def test_one_old_case_does_not_move_the_month():
    late = [(number, date(2029, 1, 1) if number.sequence == 3 else day) for number, day in seen(1, 2, 3, 5, 6, 7)]
    gap = only(late)
    assert {month: missing for month, (_, missing) in gap.months.items() if missing} == {(2026, 1): 1}


def test_without_dates_the_month_is_unknown():
    assert only(seen(1, 2, 4, 5, 6, start=None)).months == {None: (5, 1)}


@pytest.mark.parametrize(
    "appearances",
    [
        seen(1, 2, 9, 10),  # too few to speak of a range
        seen(10000001, 10000002, 10000003, 10000004, 10000005, kind="刑核", start=None),  # random numbers
        seen(1, 2, 3, 4, 5, 9, court="粤99"),  # the superior court's
        [(parse(f"（2014）示法民初字第{n}号"), None) for n in (1, 2, 3, 4, 5, 9)],  # before 2016
        seen(1, 400, 800, 1200, 1600, 2000),  # scattered samples
    ],
)
def test_nothing_is_estimated(appearances):
    assert find_gaps(appearances, HOME) == []


def test_a_mistyped_number_does_not_stretch_the_range():
    gap = only(seen(1, 2, 3, 5, 6, 99999))
    assert (gap.last, gap.missing, gap.outside) == (6, 1, 1)


def test_types_and_years_are_counted_apart():
    gaps = find_gaps([*seen(1, 2, 3, 4, 6), *seen(1, 2, 3, 4, 7, kind="刑初")], HOME)
    assert [(g.type_code, g.missing) for g in gaps] == [("刑初", 2), ("民初", 1)]
