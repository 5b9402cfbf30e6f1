"""Titles break between words, in trapezoids and diamonds; a red head fits one line."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.title_shape import LARGEST_MARK, TEXT_WIDTH, TITLE_WIDTH, mark_fit, shape, width

TITLES = [
    (["关于", "2026年3月", "司法公开", "工作情况", "的通报"], ["关于2026年3月司法公开工作情况的通报"]),
    (
        ["广州市花都区人民法院", "关于", "2026年3月", "司法公开", "工作情况", "的通报"],
        ["广州市花都区人民法院关于2026年3月", "司法公开工作情况的通报"],
    ),
    (
        ["广州市花都区人民法院", "关于", "2026年3月5日至4月2日", "司法公开", "工作情况", "的通报"],
        ["广州市花都区人民法院", "关于2026年3月5日至4月2日", "司法公开工作情况的通报"],
    ),
    (["关于", "更正", "《关于2026年3月司法公开工作情况的通报》", "的通报"], None),
    (["关于", "2026年3月31日", "司法公开", "巡查", "情况的", "通报"], ["关于2026年3月31日", "司法公开巡查情况的通报"]),
    (["通报"], ["通报"]),
    ([], []),
    (["关于2026年", "司法公开", "情况", "的", "通报"], ["关于2026年司法公开情况的通报"]),
]


@pytest.mark.parametrize(("words", "lines"), TITLES)
def test_a_title_is_broken_between_words_in_a_good_shape(words, lines):
    found = shape(words)
    assert "".join(found) == "".join(words)
    assert all(width(line) <= TITLE_WIDTH for line in found)
    if lines is not None:
        assert list(found) == lines


def test_no_line_begins_with_a_particle_or_leaves_about_hanging():
    lines = shape(["一二三四五六七八", "关于", "甲乙丙丁戊己庚辛", "天地玄黄宇宙洪荒", "的", "通报"])
    assert len(lines) > 1
    assert not any(line.startswith("的") for line in lines)
    assert not any(line.endswith("关于") for line in lines)


def test_three_lines_are_never_an_hourglass_where_another_shape_is_possible():
    lines = shape(
        ["一二三四五六七八九十甲乙丙丁戊", "春夏", "秋冬东南西北", "一二三四五六七八九十甲乙丙", "等事项通报"],
        most=19.5,
    )
    widths = [width(line) for line in lines]
    assert not any(b < a and b < c for a, b, c in zip(widths, widths[1:], widths[2:], strict=False))


@settings(deadline=None)
@given(st.lists(st.text("甲乙丙的关于《》2026abc", min_size=1, max_size=12), max_size=18))
@example(["甲" * 90])
@example(["2026" * 30])
def test_nothing_is_lost_and_words_that_fit_are_not_split(words):
    lines = shape(words)
    assert "".join(lines) == "".join(words)
    ends = {sum(len(w) for w in words[:n]) for n in range(len(words) + 1)}
    place = 0
    for line in lines:
        place += len(line)
        if all(width(word) <= TITLE_WIDTH for word in words):
            assert place in ends


@pytest.mark.parametrize("characters", [4, 6, 8, 9, 12, 20, 25, 32, 60])
def test_a_red_head_fits_one_line_whatever_its_length(characters):
    size, scale = mark_fit("院" * characters)
    assert size * scale / 100 * characters <= TEXT_WIDTH
    assert size <= LARGEST_MARK
    assert 50 <= scale <= 100
    assert size * 2 == int(size * 2)  # Word counts in half points


def test_a_long_red_head_is_pressed_before_it_is_made_small():
    assert mark_fit("示例市示例区人民法院文件") == (54.0, 66)
    size, scale = mark_fit("示例市示例区人民法院司法公开领导小组办公室文件")
    assert scale == 60 and size >= 30
