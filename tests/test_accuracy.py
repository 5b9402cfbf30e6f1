"""The labelled corpus is large, consistent and drawn alike each time; extractors that are perfect on it stay so."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from benchmarks.accuracy import document, night
from benchmarks.accuracy.announcements import announcements
from benchmarks.accuracy.documents import documents
from benchmarks.accuracy.draws import INVENTED, Case
from benchmarks.accuracy.moments import articles, date_strings
from benchmarks.accuracy.reasons import notices, reasons
from benchmarks.accuracy.rivals import right_date
from benchmarks.accuracy.samples import NIGHT, fill
from benchmarks.accuracy.score import Miss, Score, Tally, cause, place, score_all
from benchmarks.accuracy.site import sites
from benchmarks.accuracy.writing import counted
from storage.case_number import parse

FOLDER = Path(document.__file__).parent
PERFECT = (
    "hearing: found",
    "hearing: starts",
    "hearing: court",
    "reason: class",
    "judgment: found",
    "judgment: numbers",
    "judgment: decided",
    "judgment: type",
    "judgment: court",
    "judgment: judges",
    "judgment: clerk",
    "judgment: appeal",
    "dates: date",
    "dates: dates",
    "dates: moment",
    "dates: url",
    "dates: label",
)
"""Extractors without a miss. One that gets there is added here; one that leaves has become worse."""


@pytest.fixture(scope="module")
def score():
    return score_all()


@pytest.mark.parametrize("extractor", PERFECT)
def test_what_was_perfect_stays_so(score, extractor):
    assert [miss for miss in score.misses if miss.extractor == extractor] == []


def test_there_is_enough_of_everything():
    assert len(announcements()) >= 300
    assert len({one.form for one in announcements()}) >= 40
    assert len(documents()) >= 200
    assert len({one.form for one in documents()}) >= 30
    assert len(reasons()) >= 300
    assert len({one.text for one in reasons()}) >= 150
    assert len(articles()) + len(date_strings()) >= 500


def test_traps_are_a_fair_part():
    assert sum(not one.expect for one in announcements()) >= 60
    assert sum(one.expect is None for one in documents()) >= 12
    assert sum(one.published is None for one in articles()) >= 30
    assert sum(one.classes[0] in ("invalid", "missing") for one in reasons()) >= 100


def test_every_leak_has_as_many_look_alikes():
    planted = Counter(rule for one in documents() for rule in one.rules if rule.startswith("P"))
    expected = {f"P-{number:02d}" for number in range(1, 15)}
    assert expected - planted.keys() == set()
    leaks = sum(bool(one.about) and bool(one.rules) for one in documents())
    innocent = sum(not any(rule.startswith("P") for rule in one.rules) for one in documents())
    assert innocent >= leaks


def test_ids_are_unique():
    ids = [one.id for part in (announcements(), documents(), reasons(), articles(), date_strings()) for one in part]
    assert [name for name, times in Counter(ids).items() if times > 1] == []


def test_no_slot_is_left_open():
    texts = [one.html for part in (announcements(), documents(), articles()) for one in part]
    texts += [one.text for one in date_strings()]
    assert [text for text in texts if re.search(r"\{[a-z][\w.]*\}", text)] == []


def test_labels_are_well_formed():
    for sample in announcements():
        for hearing in sample.expect:
            assert set(hearing) <= {"number", "starts", "place", "cause", "court"}
            assert "starts" in hearing and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", hearing["starts"])
            assert "number" not in hearing or parse(hearing["number"]).text == hearing["number"]
    for sample in documents():
        if sample.expect:
            assert all(parse(number).text == number for number in sample.expect["numbers"])
            assert date.fromisoformat(sample.expect["decided"]) < sample.published <= NIGHT
        assert all(re.fullmatch(r"[DP]-\d\d", rule) for rule in (*sample.rules, *sample.tolerated))
        assert set(sample.rules.values()) <= {"certain", "suspected", "any"}
    for sample in articles():
        assert sample.published is None or re.fullmatch(r"\d{4}-\d\d(-\d\d)?", sample.published)
    classes = {"state_secret", "juvenile", "mediation", "family", "other", "invalid", "missing"}
    assert {one for sample in reasons() for one in sample.classes} == classes


def test_what_is_expected_is_printed():
    for sample in documents():
        text = re.sub(r"<[^>]+>|\s", "", sample.html)
        for name in (*(sample.expect or {}).get("judges", ()), (sample.expect or {}).get("clerk") or ""):
            assert name in text


def test_case_numbers_of_judgments_are_nobody_elses():
    numbers = [number for one in documents() if one.expect for number in one.expect["numbers"]]
    numbers += [one.number for one in notices()]
    assert [number for number, times in Counter(numbers).items() if times > 1] == []


def test_it_is_small():
    assert (
        sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        < 1_500_000
    )


def test_draws_depend_on_the_seed_alone():
    one, same, other = Case("a", NIGHT), Case("a", NIGHT), Case("b", NIGHT)
    assert other.day
    assert [same.place, same.number.canonical, same.day] == [one.place, one.number.canonical, one.day][:3]
    assert one.judge in INVENTED and one.judge != one.clerk
    assert [counted(number) for number in (10, 19, 20, 31)] == ["十", "十九", "二十", "三十一"]


def test_fill_leaves_other_braces():
    assert fill('{"a": 1} {d.year}', {"d": NIGHT}) == '{"a": 1} 2026'
    with pytest.raises(KeyError):
        fill("{nobody}", {})


def test_tally_counts_a_wrong_answer_twice():
    score = Score()
    score.note("x", "1", "", "a", "a")
    score.note("x", "2", "", "a", "b")
    score.note("x", "3", "", None, "b")
    score.note("x", "4", "", "a", None)
    score.note("x", "5", "", None, None)
    score.note("x", "6", "", "a", "c", tolerated=("c",))
    assert score.tallies["x"] == Tally(right=2, wrong=2, missing=2, silent=1)
    assert (score.tallies["x"].precision, score.tallies["x"].recall) == (0.5, 0.5)
    assert len(score.misses) == 3


def test_places_and_causes_are_compared_without_their_dress():
    assert place("本院 第五法庭") == place("示例市东湖区人民法院第五法庭") == "第五法庭"
    assert cause("盗窃罪") == cause("盗窃")
    assert place("第五法庭") != place("第六法庭")


def test_a_rule_is_held_against_its_label():
    samples = [one for one in notices() if one.rules or not one.tolerated][:400]
    invalid = next(one for one in samples if one.rules == {"N-03": "certain"})
    missing = next(one for one in samples if one.rules == {"N-02": "certain"})
    right = next(one for one in samples if not one.rules)
    found = {invalid.id: {"N-03": ("certain", "x")}, right.id: {"N-03": ("suspected", "y"), "N-02": ("unclear", "z")}}
    score = night.score_rules([invalid, missing, right], found, ["N-02", "N-03"])
    assert score.certain["N-03"] == Tally(right=1)
    assert score.reported["N-03"] == Tally(right=1, wrong=1)
    assert score.certain["N-02"] == Tally(missing=1)
    assert score.unclear["N-02"] == 1
    assert night.score_rules([missing], {}, ["D-01"]).reported == {}


def test_silence_is_right_only_where_nothing_is_said():
    says = next(one for one in articles() if one.published and len(one.published) == 10)
    month = next(one for one in articles() if one.published and len(one.published) == 7)
    silent = next(one for one in articles() if one.published is None and one.tolerated)
    assert right_date(says, says.published) and not right_date(says, None)
    assert right_date(month, f"{month.published}-28")
    assert right_date(silent, None) and right_date(silent, silent.tolerated[0]) and not right_date(silent, "1999-01-01")


def test_each_court_has_a_site_that_leads_to_its_samples():
    made = sites(documents(), announcements(), notices())
    assert {name for site in made for name in site.by_path.values()} >= {one.id for one in documents()}
    for site in made:
        linked = {path for body in site.pages.values() for path in re.findall(r'href="(/[^"]*)"', body.decode())}
        assert set(site.by_path) - linked == set()


def test_misses_of_one_form_share_a_line():
    found = [Miss("x", "judgment/form/0", "t", "a", None), Miss("x", "judgment/form/3", "t", "a", None)]
    assert "| x | judgment/form | 0, 3 | t | a | nothing |" in document.misses(found)
    assert document.misses([]) == "None."


def test_shares_are_never_rounded_up():
    assert document.share(0.99999) == "0.999"
    assert document.share(1.0) == "1.000"
    assert document.share(None) == "–"
