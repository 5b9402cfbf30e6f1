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


def test_a_correction_says_so_first():
    made = months.bulletin(
        months.march, imprint=dataclasses.replace(months.OFFICE, corrects="南法公开〔2026〕2号", reason="台账补报。")
    )
    assert skeleton(made).body[0].text == (
        "本通报更正南法公开〔2026〕2号，更正原因：台账补报。两者不一致的，以本通报为准。"
    )


def test_no_sentence_reads_badly(night):
    assert [s for s in sentences(night) if BAD.search(s)] == []
