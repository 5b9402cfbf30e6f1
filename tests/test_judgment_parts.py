"""Judgment texts cut into parts."""

import pytest

from crawlers.readers.judgment.parts import cut

PLAIN = """示例市示例区人民法院
民 事 判 决 书
（2025）粤9902民初18号
原告：张某，女，汉族。
被告：李某，男，汉族。
原告张某与被告李某民间借贷纠纷一案，本院立案后公开开庭审理。
张某向本院提出诉讼请求：返还借款。
本院认为，一审认定无误。
综上，判 决 如 下：
一、返还借款。
如不服本判决，可以上诉于示例市中级人民法院。
审 判 员　王某
二〇二五年三月六日
书 记 员　赵某
附：相关法律条文"""
QUOTES = PLAIN.replace(
    "本院认为，一审认定无误。", "一审法院认为：本院认为，借款成立。判决如下：返还。\n本院认为，一审认定无误。"
)
ABOVE = "书记员　赵某\n" + PLAIN.replace("书 记 员　赵某\n", "")
RUN_ON = PLAIN.replace("\n", "")


def parts(text):
    return {name: text[place] for name, place in cut(text).in_order}


@pytest.mark.parametrize("text", [PLAIN, QUOTES, ABOVE, RUN_ON, "", "一段没有任何标志的话", "判决如下：\n驳回。"])
def test_nothing_is_lost_and_nothing_twice(text):
    assert "".join(parts(text).values()) == text


def test_plain():
    found = parts(PLAIN)
    assert found["header"].endswith("民初18号\n")
    assert found["parties"] == "原告：张某，女，汉族。\n被告：李某，男，汉族。\n"
    assert found["course"].startswith("原告张某与被告李某")
    assert found["reasons"].startswith("本院认为")
    assert found["result"].startswith("判 决 如 下：\n一、返还借款。")
    assert "上诉" in found["result"]
    assert found["tail"].startswith("审 判 员　王某")
    assert found["tail"].endswith("附：相关法律条文")


def test_reasons_and_result_of_the_instance_before_are_not_the_own_ones():
    found = parts(QUOTES)
    assert found["reasons"].startswith("本院认为，一审认定无误")
    assert found["result"].startswith("判 决 如 下：\n一、")


def test_clerk_above_the_title_belongs_to_the_header():
    found = parts(ABOVE)
    assert found["header"].startswith("书记员　赵某")
    assert found["tail"].startswith("审 判 员")


def test_text_without_line_breaks():
    found = parts(RUN_ON)
    assert found["header"].endswith("民初18号")
    assert found["parties"].startswith("原告：张某")
    assert found["result"].startswith("判 决 如 下")
    assert found["tail"].startswith("审 判 员")


def test_what_cannot_be_found_is_empty():
    found = parts("判决如下：\n驳回。")
    assert (found["parties"], found["course"], found["reasons"], found["tail"]) == ("", "", "", "")
