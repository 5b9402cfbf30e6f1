"""Scores and ranks, case by case as `tests/cases/ranking.yml` tells them."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reports.entries import Entry
from reports.indicators import Indicator, share_of
from reports.ranking import Unit, rank
from reports.weights import load_weights
from storage.findings import Finding, Subject

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "ranking.yml").read_text(encoding="utf-8"))
DAY = date(2026, 3, 31)


def finding(rule, severity, *marks):
    resolved = "resolved" in marks
    return Finding(
        fingerprint="f" * 20, rule=rule, title=rule, severity=severity,
        grade="suspected" if "suspected" in marks else "certain", site="a", court=None, department=None,
        subject=Subject(kind="case", case_number="1"), message="", remedy="", due=None, basis=(), evidence=(),
        status="resolved" if resolved else "new", verified="unread" not in marks, first_seen=DAY, last_seen=DAY,
        nights=1, raw_grade="certain", resolution="passed" if resolved else None,
        resolved_on=DAY if resolved else None,
    )  # fmt: skip


def entries(told):
    for text in told:
        rule, severity, *marks = text.split()
        times = next((int(mark[1:]) for mark in marks if mark.startswith("x")), 1)
        yield from [Entry(number=1, court="示例法院", finding=finding(rule, severity, *marks))] * times


def indicator(name, numerator, denominator, unknown=0):
    return Indicator(
        name=name, title=name, numerator=numerator, denominator=denominator, unknown=unknown,
        value=share_of(numerator, denominator),
    )  # fmt: skip


def unit(name, told):
    indicators = {key: indicator(key, *values) for key, values in told.get("indicators", {}).items()}
    return Unit(
        name=name,
        indicators=indicators,
        entries=tuple(entries(told.get("findings", ()))),
        closed=told.get("closed"),
    )


@pytest.mark.parametrize("told", CASES, ids=[case["case"] for case in CASES])
def test_case(told):
    ranking = rank([unit(name, one) for name, one in told["units"].items()], load_weights(), "department")
    found = {row.name: (row.score, row.rank, row.why) for row in ranking.rows}
    expected = {
        name: (None if score == "-" else score, None if place == "-" else place, why[0] if why else "")
        for name, (score, place, *why) in told["expected"].items()
    }
    assert found == expected
    if "left_out" in told:
        assert list(ranking.left_out) == told["left_out"]
    if "small" in told:
        assert [list(pair) for pair in ranking.small] == told["small"]


def test_places_are_compared_with_the_period_before():
    def of(**timely):
        units = [unit(name, {"indicators": {"timely_rate": [n, 100]}}) for name, n in timely.items()]
        return rank(units, load_weights(), "department", before)

    before = None
    before = of(甲=90, 乙=80, 丙=70)
    now = of(甲=60, 乙=80, 丙=70, 丁=10)
    assert {row.name: row.moved for row in now.rows} == {"乙": 1, "丙": 1, "甲": -2, "丁": None}


def test_a_red_line_that_was_last_seen_before_the_period_is_no_veto_in_it():
    told = {"indicators": {"timely_rate": [90, 100]}, "findings": ["P-01 S0 unread", "P-01 S0 resolved"]}
    units = [unit("甲", told), unit("乙", {"indicators": {"timely_rate": [80, 100]}})]
    vetoed = rank(units, load_weights(), "department", since=DAY)
    free = rank(units, load_weights(), "department", since=DAY + timedelta(days=1))
    assert {row.name: (row.rank, row.s0) for row in vetoed.rows} == {"甲": (None, 2), "乙": (None, 0)}
    assert {row.name: (row.rank, row.s0) for row in free.rows} == {"甲": (1, 0), "乙": (2, 0)}


def test_rows_stand_by_rank_and_the_unranked_last():
    told = next(case for case in CASES if case["case"].startswith("a red line"))
    ranking = rank([unit(name, one) for name, one in told["units"].items()], load_weights(), "department")
    assert [row.name for row in ranking.rows] == ["丙", "丁", "乙", "甲"]
    assert {row.name: row.s0 for row in ranking.rows} == {"甲": 1, "乙": 1, "丙": 0, "丁": 0}


SHARES = st.integers(0, 40).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d), st.integers(0, 40)))
NAMES = ("upload_rate", "timely_rate", "stream_share_public", "process_rate", "fresh_rate", "privacy_rate")
UNITS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(NAMES), SHARES),
        st.lists(
            st.sampled_from(["D-01 S1", "D-05 S1", "H-03 S1", "W-14 S3", "P-01 S0", "P-01 S0 resolved"]), max_size=5
        ),
    ),
    max_size=6,
)


@given(UNITS)
def test_whatever_is_counted_scores_lie_between_0_and_100_and_ranks_follow_them(told):
    units = [unit(str(n), {"indicators": dict(i), "findings": f}) for n, (i, f) in enumerate(told)]
    ranking = rank(units, load_weights(), "department")
    assert {row.name for row in ranking.rows} == {one.name for one in units}
    ranked = ranking.ranked
    for row in ranking.rows:
        assert row.score is None or 0 <= row.score <= 100
        assert (row.rank is None) == bool(row.why)
    for row in ranked:
        assert row.rank == 1 + sum(other.score > row.score for other in ranked)
        assert not any(e.finding.severity == "S0" for one in units if one.name == row.name for e in one.entries)
    assert [dataclasses.replace(row) for row in rank(reversed(units), load_weights(), "department").rows] == list(
        ranking.rows
    )
