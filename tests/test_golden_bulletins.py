"""Whole bulletins as text, held against `tests/bulletins/golden/`: a changed sentence is read before it is sent.

After a change: `python -m tests.bulletins.months`, read the difference, commit it.
"""

from pathlib import Path

import pytest

from reports.period import Period
from tests.bulletins.months import CIVIL, GOLDEN, bulletin, city, march
from tests.bulletins.plain import plain, sentences
from tests.test_skeleton import BAD

FOLDER = Path(__file__).parent / "bulletins" / "golden"


@pytest.mark.parametrize("name", GOLDEN)
def test_the_bulletin_reads_as_it_was_approved(name):
    build, options = GOLDEN[name]
    made = bulletin(build, **options)
    assert plain(made) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert [sentence for sentence in sentences(made) if BAD.search(sentence)] == []


def test_every_file_has_its_bulletin():
    assert {file.stem for file in FOLDER.glob("*.txt")} == set(GOLDEN)


def test_an_extract_names_no_other_department():
    text = (FOLDER / "department.txt").read_text(encoding="utf-8")
    assert "刑事审判庭" not in text
    assert "民事审判第二庭" not in text


def test_a_year_is_compared_once():
    made = bulletin(march, Period.of_year(2026))
    told = " ".join(sentences(made))
    assert "同比与2025年比较" in told
    assert "环比" not in told.split("（一）指标及口径")[0]


def test_of_several_courts_one_departments_rows_are_the_courts():
    made = bulletin(city, department=CIVIL)
    assert [row.name for row in made.ranking.rows] == [
        "示例市中级人民法院",
        "示例市城南区人民法院",
        "示例市河口县人民法院",
    ]
    assert {row.closed for row in made.ranking.rows} == {120}
    assert "== 附件1 各法院指标排名表" in plain(made)


def test_a_quiet_month_is_short_and_asks_for_no_form():
    body = (FOLDER / "quiet.txt").read_text(encoding="utf-8").split("\n附件 1")[0]
    assert len(body) < 1000
    assert "反馈表" not in body
