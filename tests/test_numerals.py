"""Chinese numerals against the table in cases/numerals.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from crawlers.numerals import NUMERALS, chinese_int

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "numerals.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=str(case["in"])) for case in CASES])
def test_chinese_int(case: dict) -> None:
    assert chinese_int(case["in"]) == case["out"]


def test_days_of_a_month_in_words() -> None:
    digits = "〇一二三四五六七八九"
    for day in range(1, 32):
        tens, ones = divmod(day, 10)
        words = ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones else "")
        assert chinese_int(words) == day
        assert set(words) <= set(NUMERALS)
