"""The hours of the night: openings day by day, over midnight, and what is no window."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.clock import CHINA
from gongkai.config import Nightly, Settings, _validated
from gongkai.errors import UserError
from gongkai.window import Window

LATE, EARLY = Window.parse("23:00-06:00"), Window.parse("01:30-05:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        ("2026-03-31 22:59:59", None),
        ("2026-03-31 23:00:00", date(2026, 3, 31)),
        ("2026-04-01 00:00:00", date(2026, 3, 31)),
        ("2026-04-01 05:59:59", date(2026, 3, 31)),
        ("2026-04-01 06:00:00", None),
    ],
)
def test_what_is_read_after_midnight_belongs_to_the_night_that_began_before_it(moment, night):
    opening = LATE.at(at(moment))
    assert (opening.night if opening else None) == night


def test_a_window_within_one_day():
    assert EARLY.at(at("2026-03-31 01:30")).night == date(2026, 3, 31)
    assert EARLY.at(at("2026-03-31 05:00")) is None
    assert EARLY.after(at("2026-03-31 01:30")).begins == at("2026-04-01 01:30")
    assert EARLY.before(at("2026-03-31 04:59")).night == date(2026, 3, 30)
    assert EARLY.before(at("2026-03-31 05:00")).night == date(2026, 3, 31)


def test_before_and_after():
    assert LATE.after(at("2026-03-31 12:00")).begins == at("2026-03-31 23:00")
    assert LATE.after(at("2026-03-31 23:00")).begins == at("2026-04-01 23:00")
    assert LATE.before(at("2026-03-31 05:59")).night == date(2026, 3, 29)
    assert LATE.before(at("2026-03-31 06:00")).night == date(2026, 3, 30)


times = st.times().map(lambda t: time(t.hour, t.minute))


@given(times, times, st.datetimes(datetime(2000, 1, 3), datetime(2098, 1, 1)))
def test_each_moment_lies_in_one_opening_or_between_two(begins, ends, moment):
    if begins == ends:
        return
    window, moment = Window(begins, ends), moment.replace(tzinfo=CHINA)
    assert Window.parse(str(window)) == window
    before, now, after = window.before(moment), window.at(moment), window.after(moment)
    assert before.begins < before.ends <= moment < after.begins < after.ends
    if now is None:
        assert (after.night - before.night).days == 1
    else:
        assert now.holds(moment) and before.ends <= now.begins and now.ends <= after.begins
        assert (after.night - before.night).days == 2


@pytest.mark.parametrize("text", ["", "23-6", "24:00-06:00", "23:00-23:00", "23:00", "23:00-06:60", "6:00-7:00"])
def test_what_is_no_window_is_named_by_section_and_key(text, tmp_path):
    with pytest.raises(UserError, match=r"gongkai.toml: \[nightly\] window: .*HH:MM-HH:MM"):
        _validated({"nightly": {"window": text}}, tmp_path / "gongkai.toml")


def test_what_is_no_address_is_named_too(tmp_path):
    with pytest.raises(UserError, match=r"\[nightly\] metrics: .*HOST:PORT"):
        _validated({"nightly": {"metrics": "9420"}}, tmp_path / "gongkai.toml")


def test_without_a_window_there_are_no_hours():
    assert Settings().nightly.hours is None
    assert Nightly(window="23:00-06:00").hours == LATE
