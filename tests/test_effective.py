"""The estimator of effective dates against its table, and the deadlines that follow."""

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from auditors import calendar
from auditors.deadline import APPEALED, publication_deadline
from auditors.effective import Document, estimate, is_small_claims
from storage.case_number import parse

CASES = YAML(typ="safe", pure=True).load((Path(__file__).parent / "cases/effective.yml").read_text(encoding="utf-8"))
EXPECTED = ("name", "why", "number", "appeal", "earliest", "latest", "provisional", "none")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_bounds(case):
    given = {key: value for key, value in case.items() if key not in EXPECTED}
    found = estimate(Document(number=parse(case["number"]) if "number" in case else None, **given))
    if case.get("none"):
        assert found is None
        return
    assert [found.appeal_days, found.longest_appeal] == case["appeal"]
    assert (found.earliest, found.latest) == (case["earliest"], case["latest"])
    if any(calendar.is_provisional(y) for y in (found.earliest.year, found.latest.year)):
        assert found.provisional is case.get("provisional", False)
    else:
        assert not found.provisional


def test_names_are_different():
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("effective", "last", "number"),
    [
        (date(2016, 9, 30), date(2016, 10, 8), "法释〔2013〕26号"),  # the seventh day falls into the National Day
        (date(2016, 9, 19), date(2016, 9, 26), "法释〔2013〕26号"),
        (date(2016, 10, 1), date(2016, 10, 14), "法释〔2016〕19号"),
        (date(2026, 1, 27), date(2026, 2, 5), "法释〔2016〕19号"),
    ],
)
def test_deadline_by_the_norm_of_the_day(effective, last, number):
    deadline = publication_deadline(effective)
    assert (deadline.last, deadline.article.instrument.number) == (last, number)


def test_no_norm_before_2014():
    assert publication_deadline(date(2013, 12, 31)) is None


def test_doubts():
    assert publication_deadline(date(2026, 1, 27)).doubt is None
    assert "技术处理" in publication_deadline(date(2016, 9, 19)).doubt
    assert "暂按周末推算" in publication_deadline(date(2031, 1, 6)).doubt
    assert publication_deadline(date(2026, 1, 27), APPEALED).article.place == "第七条第二款"


def test_small_claims():
    assert is_small_claims("小额诉讼程序")
    assert not is_small_claims(None)
