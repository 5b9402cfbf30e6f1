"""The weights file: ours is sound, and a wrong one is named by file, key and what was expected."""

import pytest

from auditors.metrics import catalogue
from auditors.rule import all_rules
from reports.weights import FILE, WeightsError, load_weights

GOOD = FILE.read_text(encoding="utf-8")


def test_our_own_has_the_five_boards_with_a_hundred_points():
    boards = load_weights().boards
    assert {name: board.weight for name, board in boards.items()} == {
        "documents": 30,
        "hearings": 25,
        "process": 15,
        "enforcement": 10,
        "website": 20,
    }


def test_our_own_names_metrics_and_rules_that_there_are():
    rules = {rule.id for rule in all_rules()}
    for board in load_weights().boards.values():
        assert set(board.indicators) <= set(catalogue())
        assert board.counted <= rules, board.counted - rules
        for name, weight in board.indicators.items():
            assert weight.lower == (catalogue()[name].better == "low"), name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("veto: [S0]", "veto: [S9]", "veto: 应为S0、S1、S2、S3之一；当前值 'S9'"),
        ("veto: [S0]", "veto: S0", "veto: 应为一列文字"),
        ("least: 10 ", "least: ten ", "least: 应为0至10000之间的数字；当前值 'ten'"),
        ("    weight: 30", "    weight: -1", "boards.documents.weight: 应为0至1000之间的数字；当前值 -1"),
        ("    weight: 30", "    wieght: 30", "boards.documents.wieght: 没有这个键，应为weight、families、per、indicators之一"),
        ("    weight: 30\n", "", "boards.documents.weight: 缺少这个键"),
        ("upload_rate: {weight: 3,", "upload_rate: {weight: yes,", "boards.documents.indicators.upload_rate.weight: 应为"),
        ("upload_rate: {", "uplaod_rate: {", "boards.documents.indicators.uplaod_rate: 没有这个指标"),
        ("boards:", "boards: []\nrest:", "rest: 没有这个键"),
        ("most_deducted: 0.5", "most_deducted: 50", "most_deducted: 应为0至1之间的数字；当前值 50"),
        ("veto: [S0]", "veto: [S0", "-: 无法读取"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_file_key_and_what_was_expected(tmp_path, old, new, told):
    assert old in GOOD
    file = tmp_path / "mine.yml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(WeightsError) as caught:
        load_weights(file)
    assert caught.value.zh.startswith(f"{file}: {told}")
    assert "\n" not in caught.value.en


def test_a_missing_file_is_said():
    with pytest.raises(WeightsError, match="无法读取"):
        load_weights(FILE.with_name("none.yml"))


def test_weights_that_add_up_to_nothing_are_refused(tmp_path):
    import re

    file = tmp_path / "mine.yml"
    file.write_text(re.sub(r"^    weight: \d+", "    weight: 0", GOOD, flags=re.M), encoding="utf-8")
    with pytest.raises(WeightsError, match="之和应大于0"):
        load_weights(file)


@pytest.mark.parametrize("page", ["scoring.md", "zh/scoring.md"])
def test_the_documentation_shows_the_file_as_it_is(page):
    text = (FILE.parent.parent / "docs" / page).read_text(encoding="utf-8")
    assert f"```yaml\n{GOOD}```\n" in text
