"""Dates against the tables in cases/dates.yml."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crawlers.dates import date_in_url, find_dates, parse_date, parse_datetime, publication_label

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "dates.yml").read_text(encoding="utf-8"))
NEAR = date(2026, 3, 31)


def table(name: str) -> list:
    return [pytest.param(case, id=str(case["in"])) for case in CASES[name]]


def text_of(case: dict) -> str:
    value = case["in"]
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.mark.parametrize("case", table("find"))
def test_find_dates(case: dict) -> None:
    text = text_of(case)
    found = find_dates(text, near=case.get("near", NEAR))
    written = [f"{one.value}{one.time.strftime(' @%H:%M') if one.time else ''}" for one in found]
    assert written == case["out"]
    assert all(text[one.start : one.end] == one.raw for one in found)


@pytest.mark.parametrize("case", table("parse"))
def test_parse_date(case: dict) -> None:
    value = parse_date(text_of(case), near=NEAR, not_after=case.get("not_after", False))
    assert (value and str(value)) == case["out"]


@pytest.mark.parametrize("case", table("moment"))
def test_parse_datetime(case: dict) -> None:
    value = parse_datetime(text_of(case), case.get("near", NEAR))
    assert (value and value.strftime("%Y-%m-%d %H:%M")) == case["out"]
    assert value is None or str(value.utcoffset()) == "8:00:00"


@pytest.mark.parametrize("case", table("label"))
def test_publication_label(case: dict) -> None:
    found = publication_label(case["in"], near=NEAR)
    assert (found and str(found.value)) == case["out"]
    if found:
        assert case["in"][found.start : found.end] == found.raw


@pytest.mark.parametrize("case", table("url"))
def test_date_in_url(case: dict) -> None:
    found = date_in_url(case["in"])
    assert (found and f"{found.value} {found.precision}") == case["out"]


def test_a_month_in_a_url_may_mean_its_last_day() -> None:
    found = date_in_url("/article/detail/2026/02/id/1.shtml")
    assert found is not None and found.latest == date(2026, 2, 28)


def test_without_a_nearby_day_a_date_without_year_is_none() -> None:
    assert find_dates("7月30日") == []
    assert parse_date("03-05") is None


@given(st.dates(date(1990, 1, 1), date(2049, 12, 31)))
def test_every_day_in_every_writing(day: date) -> None:
    digits = "〇一二三四五六七八九"
    year = "".join(digits[int(sign)] for sign in str(day.year))

    def words(number: int) -> str:
        tens, ones = divmod(number, 10)
        return ("" if not tens else "十" if tens == 1 else digits[tens] + "十") + (digits[ones] if ones else "")

    for text in (
        f"{year}年{words(day.month)}月{words(day.day)}日",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d} 09:30:00",
    ):
        assert [one.value for one in find_dates(f"审判员{text}书记员")] == [day], text


@given(st.text(alphabet="0123456789年月日时分:-/.〇一二十（） 号", max_size=40))
def test_any_text_is_survived(text: str) -> None:
    for one in find_dates(text, near=NEAR):
        assert text[one.start : one.end] == one.raw
    parse_datetime(text, NEAR)
    publication_label("发布时间：" + text, near=NEAR)
    date_in_url("/" + text)
