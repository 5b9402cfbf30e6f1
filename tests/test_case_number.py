"""Case numbers against the table in cases/case_numbers.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from storage import case_number
from storage.case_number import TYPE_CODES

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "case_numbers.yml").read_text(encoding="utf-8"))


def table(name: str) -> list:
    return [pytest.param(case, id=str(case["in"])) for case in CASES[name]]


@pytest.mark.parametrize("case", table("parse"))
def test_parse(case: dict) -> None:
    number = case_number.parse(case["in"])
    if case["text"] is None:
        assert number is None
        return
    assert number is not None
    wanted = {name: value for name, value in case.items() if name != "in"}
    assert {name: getattr(number, name) for name in wanted} == wanted


@pytest.mark.parametrize("case", table("find"))
def test_find_all(case: dict) -> None:
    assert [number.text for number in case_number.find_all(case["in"])] == case["all"]


@pytest.mark.parametrize("case", table("canonical"))
def test_canonical(case: dict) -> None:
    assert case_number.canonical(case["in"]) == case["out"]


@pytest.mark.parametrize("case", table("masked"))
def test_masked(case: dict) -> None:
    assert case_number.masked(case["in"]) == case["out"]


def test_table_of_type_codes_is_complete() -> None:
    assert len(TYPE_CODES) == 129


@given(
    year=st.integers(2016, 2030),
    court=st.sampled_from(["粤0114", "京", "沪74", "最高法", "兵01", "新40"]),
    kind=st.sampled_from(sorted(TYPE_CODES)),
    sequence=st.integers(1, 99_999_999),
    part=st.sampled_from(["", "之一", "之十二"]),
)
def test_every_official_form_is_read_back(year: int, court: str, kind: str, sequence: int, part: str) -> None:
    text = f"（{year}）{court}{kind}{sequence}号{part}"
    number = case_number.parse(text)
    assert number is not None
    assert (number.text, number.court_code, number.type_code, number.sequence) == (text, court, kind, sequence)
    assert number.category == TYPE_CODES[kind]
    assert case_number.parse(number.text) == number
    assert case_number.find_all(f"原告{text.replace('（', '(').replace('）', ')')}民事判决") == [number]


@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    assert case_number.canonical(case_number.canonical(text)) == case_number.canonical(text)
    case_number.find_all(text + "号")
