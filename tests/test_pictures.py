"""The pictures' values: what is left out and why, and the words that stand for a picture."""

import dataclasses
import re
from datetime import date

import pytest

from reports.pictures import NO_PICTURES, Comparison, Lateness, Trend
from reports.pictures.comparison import Unit
from reports.pictures.lateness import Bucket
from reports.pictures.trend import TrendPoint
from tests.bulletins import pictures as samples


def point(day, **values):
    return TrendPoint(first=date(2026, 3, day), last=date(2026, 3, day), **values)


def test_all_four_are_shown_and_none_is_left_out():
    pictures = samples.all_four()
    assert [picture.name for picture in pictures.shown] == ["trend", "freshness", "lateness", "comparison"]
    assert pictures.absent == ()
    assert pictures.named("lateness") is pictures.lateness


def test_nothing_at_all_is_four_sentences():
    pictures = NO_PICTURES
    assert pictures.shown == ()
    assert len(set(pictures.absent)) == 4
    assert all(re.fullmatch("[^。]+。", sentence) for sentence in pictures.absent)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ((), "没有审计"),
        ((point(1), point(2)), "没有审计"),
        ((point(1), point(2, nights=1, open=4, new=4, resolved=0)), "只有一次审计"),
        (
            (point(1, nights=1, open=0, new=0, resolved=0), point(2, nights=1, open=0, new=0, resolved=0)),
            "没有认定的问题",
        ),
    ],
)
def test_a_trend_needs_two_nights_and_a_finding(points, why):
    assert why in Trend(step="night", points=points).absent


def test_a_trend_of_findings_that_are_all_resolved_is_shown():
    points = (point(1, nights=1, open=2, new=0, resolved=0), point(2, nights=1, open=0, new=0, resolved=2))
    trend = Trend(step="night", points=points)
    assert trend.absent is None
    assert "期初2条、期末无，其间整改2条。" in trend.description


def test_gaps_are_not_counted_as_nights():
    trend = samples.trend()
    assert "审计27晚" in trend.description
    assert "未审计" in trend.note
    assert "空心点" in trend.note
    assert "2条由确定转为线索" in trend.note


def test_the_words_of_a_trend_add_up():
    trend = samples.trend()
    told = re.search(
        "期初(\\d+)条、期末(\\d+)条，其间新认定(\\d+)条、整改(\\d+)条、转为线索(\\d+)条。$", trend.description
    )
    begin, end, new, resolved, lowered = map(int, told.groups())
    assert begin + new - resolved - lowered == end == trend.points[-1].open
    assert begin == 35


def test_nothing_changed_is_no_row_of_zeros():
    points = tuple(point(day, nights=1, open=3, new=0, resolved=0) for day in (1, 2))
    assert Trend(step="night", points=points).description.endswith("期初3条、期末3条，其间没有增减。")


def test_the_note_says_only_what_is_in_the_picture():
    points = tuple(point(day, nights=1, open=day, new=1, resolved=0) for day in (1, 2))
    note = Trend(step="night", points=points).note
    assert not re.search("未审计|空心点|竖虚线|转为线索", note)


def test_the_period_before_is_not_in_the_description():
    trend = samples.trend()
    before = tuple(dataclasses.replace(one, before=True) for one in trend.points[:9])
    told = dataclasses.replace(trend, points=before + trend.points[9:])
    assert "审计18晚" in told.description
    assert "竖虚线" in told.note


def test_freshness_counts_unread_apart_from_stale():
    freshness = samples.freshness()
    last = [row.cells[-1].state for row in freshness.rows]
    for state in ("fresh", "stale", "undated", "unread"):
        assert freshness.count(state) == last.count(state)
    assert f"未读取{last.count('unread')}个" in freshness.description
    assert "不等于未更新" in freshness.note


def test_sections_that_were_never_read_are_no_picture():
    freshness = samples.freshness()
    unread = tuple(
        dataclasses.replace(
            row, cells=tuple(dataclasses.replace(cell, state="unread", days=None) for cell in row.cells)
        )
        for row in freshness.rows
    )
    assert "不绘制" in dataclasses.replace(freshness, rows=unread).absent


def test_lateness_says_how_many_were_in_time():
    lateness = samples.lateness()
    assert (lateness.total, lateness.late) == (1472, 197)
    assert "1275件在期限内公布（86.62%），197件逾期" in lateness.description
    assert "另有44件" in lateness.note


def test_no_late_one_is_not_told_as_zero():
    told = Lateness(buckets=(Bucket(first=0, last=0, count=5), Bucket(first=1, last=None, count=0)))
    assert told.description == "已上网且能确定是否按期公布的裁判文书5件，均在期限内公布。"


@pytest.mark.parametrize(
    ("first", "last", "title"), [(0, 0, "期限内"), (1, 1, "1"), (6, 10, "6–10"), (21, None, "21及以上")]
)
def test_titles_of_buckets(first, last, title):
    assert Bucket(first=first, last=last, count=0).title == title


def test_a_comparison_needs_two_and_something_to_compare():
    one = Unit(title="甲庭", counts=(0, 0, 0, 0))
    assert "不足两个" in Comparison(by="department", units=(one,)).absent
    assert "没有认定" in Comparison(by="department", units=(one, one)).absent
    assert Comparison(by="court", units=(one, dataclasses.replace(one, score=90.0))).absent is None


def test_the_comparison_names_the_most():
    assert "最多的是民事审判第二庭（16条）" in samples.comparison().description
