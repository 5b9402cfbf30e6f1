"""The bulletin as an office issues it, written down once for every renderer."""

import dataclasses
import re

import pytest

from reports.blocks import Heading, Item, Table
from reports.skeleton import skeleton
from tests.bulletins import months
from tests.bulletins.plain import plain, sentences
from tests.bulletins.two_nights import trial

# What must never stand in a sentence: a count of zero, a change of zero, a list of nothing.
BAD = re.compile(
    r"(?<![\d.])0(条|个|件|次|项|家|分(?!之))|(新增|持续|增加|减少|整改)0|(?<!\d)0\.00个百分点|None|nan|[{}]"
    r"|[：、（，；“]。|、、|：、|，、|。。|；；|，，|（）|“”|《》|[为有是][。、；]|，[；）]"
)


@pytest.fixture(scope="module")
def night():
    return trial()


@pytest.fixture(scope="module")
def made(night):
    return skeleton(night)


def test_four_chapters_and_the_annexes_that_have_content(made):
    assert [h.full for h in made.headings() if h.level == 1] == [
        "一、总体情况",
        "二、上期问题整改复查情况",
        "三、发现的主要问题",
        "四、工作要求",
    ]
    assert made.annex_lines == (
        "1.问题清单",
        "2.疑似线索清单（不计分）",
        "3.整改情况反馈表",
        "4.指标口径与数据来源说明",
    )
    assert [annex.label for annex in made.annexes] == ["附件1", "附件2", "附件3", "附件4"]


def test_what_was_not_read_is_named_in_the_body(night):
    told = plain(night)
    assert "1个部分读取、1个未能读取" in told
    assert "示例市东山区人民法院（首页连续三次响应超时）" in told
    assert "没有列出问题，不等于没有问题" in told


def test_every_finding_stands_in_the_lists_under_its_code(night, made):
    tables = {b.name: b for annex in made.annexes for b in annex.blocks if isinstance(b, Table)}
    assert tables["problems"].keys == tuple(entry.code for entry in night.certain)
    assert tables["leads"].keys == tuple(entry.code for entry in night.leads)
    assert len(tables["feedback"].rows) == len(night.certain)


def test_a_long_list_is_cut_and_says_so(night):
    cut = skeleton(night, most_rows=5)
    problems = next(annex for annex in cut.annexes if annex.name == "problems")
    assert problems.blocks[0].text == "本表列出前5条，全部19条见电子表格。"
    assert len(problems.blocks[1].rows) == 5


def test_each_row_has_a_cell_for_each_column(made):
    for block in [*made.body, *(b for annex in made.annexes for b in annex.blocks)]:
        if isinstance(block, Table):
            assert {len(row) for row in block.rows} == {len(block.columns)}, block.name


def test_examples_name_their_evidence_and_deadlines_are_working_days(made):
    items = [block for block in made.body if isinstance(block, Item)]
    late = next(item for item in items if item.lead == "（2025）示0102民初1208号")
    assert late.full.startswith("（1）（2025）示0102民初1208号（示例市城南区人民法院民事审判第一庭）：")
    assert "证38891dc7" in late.text
    headings = [heading.text for heading in made.headings()]
    assert "限期整改严重问题（2026年4月3日前完成）" in headings  # three working days after 31 March
    assert "限期整改一般问题（2026年4月8日前完成）" in headings  # five: 4 to 6 April are a holiday


def test_anchors_are_unique(made):
    anchors = [h.anchor for h in made.body if isinstance(h, Heading)]
    assert len(anchors) == len(set(anchors))


def many_rules(red, others):
    """A bulletin with so many red lines and other rules in one chapter, each with one finding more than the one before."""
    made = months.bulletin(months.march)
    one = next(entry for entry in made.certain if entry.finding.rule == "D-01")
    rules = [(f"D-{n:02}", "S0" if n <= red else "S1", n) for n in range(1, red + others + 1)]
    found = [
        dataclasses.replace(one, finding=dataclasses.replace(one.finding, rule=rule, severity=severity))
        for rule, severity, times in rules
        for _ in range(times)
    ]
    return [h.full for h in skeleton(dataclasses.replace(made, certain=tuple(found))).body if isinstance(h, Heading)]


def test_of_many_rules_the_gravest_and_most_frequent_are_told_at_length():
    told = [h for h in many_rules(1, 8) if re.match(r"\d", h)]
    assert told[0].endswith("（D-01，红线）")
    assert [h.split("（")[1] for h in told[1:5]] == ["D-09，严重）", "D-08，严重）", "D-07，严重）", "D-06，严重）"]
    assert told[5] == "6.其他问题（逐条见附件2）"


def test_red_lines_are_always_told_at_length_and_no_rule_is_left_alone():
    assert "8.其他问题（逐条见附件2）" in many_rules(7, 3)
    assert not any("其他问题" in heading for heading in many_rules(0, 6))


def test_a_correction_says_so_first():
    made = months.bulletin(
        months.march, imprint=dataclasses.replace(months.OFFICE, corrects="南法公开〔2026〕2号", reason="台账补报。")
    )
    assert skeleton(made).body[0].text == (
        "本通报更正南法公开〔2026〕2号，更正原因：台账补报。两者不一致的，以本通报为准。"
    )


def test_no_sentence_reads_badly(night):
    assert [s for s in sentences(night) if BAD.search(s)] == []
