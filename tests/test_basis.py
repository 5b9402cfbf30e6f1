"""The law as data: dated versions, references, citations, strict reading; reasons; local norms."""

from datetime import date

import pytest

from auditors import basis
from auditors.basis import BasisError, article, in_force, read_instrument
from auditors.reasons import is_missing, may_leak_secret, reason_class
from auditors.rule import all_rules


def test_version_in_force_on_the_day_of_the_fact():
    refs = ("judgments_online_2016/7", "judgments_online_2013/deadline")
    assert [a.instrument.number for a in in_force(refs, date(2016, 9, 30))] == ["法释〔2013〕26号"]
    assert [a.instrument.number for a in in_force(refs, date(2016, 10, 1))] == ["法释〔2016〕19号"]
    assert in_force(refs, date(2013, 12, 31)) == ()


def test_the_number_stands_beside_its_sentence():
    seven = article("judgments_online_2016/7")
    assert seven.numbers == {"working_days": 7}
    assert "七个工作日内" in seven.text


def test_citations():
    assert article("judgments_online_2016/7").citation == {
        "instrument": "最高人民法院关于人民法院在互联网公布裁判文书的规定",
        "number": "法释〔2016〕19号",
        "article": "7",
        "text": "发生法律效力的裁判文书，应当在裁判文书生效之日起七个工作日内在互联网公布。",
    }
    summary = article("judgments_online_2016/4").citation
    assert summary["text"].startswith("要旨：")
    reference = article("government_sites_check_2019/updates").citation
    assert reference["article"].startswith("（参照）")


def test_unknown_reference():
    with pytest.raises(BasisError, match="judgments_online_2016/70"):
        article("judgments_online_2016/70")


def test_every_article_is_cited_by_a_rule():
    cited = {a.ref for r in all_rules() for a in r.basis}
    assert set(basis.all_articles()) == cited


GOOD = "title: 规定\nnumber: 法〔2020〕1号\nin_force_from: 2020-01-01\narticles:\n  '1': {text: 第一条。, numbers: {days: 7}}\n"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (GOOD.replace("title:", "titel:"), "titel"),
        (GOOD.replace("text: 第一条。", "txt: 第一条。"), "txt"),
        (GOOD.replace("2020-01-01", "soon"), "in_force_from"),
        (GOOD.replace("days: 7", "days: seven"), "numbers"),
        (GOOD.replace("articles:", "articles: []\nother:"), "other"),
        ("title: [", "law.yml"),
        ("- 1", "not a mapping"),
    ],
)
def test_wrong_instruments_are_named(tmp_path, text, error):
    path = tmp_path / "law.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BasisError, match=error):
        read_instrument(path)


def test_good_instrument(tmp_path):
    path = tmp_path / "law.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_instrument(path)["law/1"].numbers == {"days": 7}


@pytest.mark.parametrize(
    "text", [None, "", "  ", "无", "—", "——", "/", "×××", "暂无", "N/A", "null", "不公开理由：", "（）"]
)
def test_placeholders(text):
    assert is_missing(text)


@pytest.mark.parametrize("text", ["离婚", "2026-01-05", "示例市东湖区人民法院", "以调解方式结案的"])
def test_values(text):
    assert not is_missing(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("以调解方式结案的", "mediation"),
        ("确认人民调解协议效力的", "mediation"),
        ("离婚诉讼或者涉及未成年子女抚养、监护的", "family"),
        ("未成年人犯罪的", "juvenile"),
        ("涉及国家秘密的", "state_secret"),
        ("人民法院认为不宜在互联网公布的其他情形", "other"),
        ("其他不宜公开的情形", "other"),
        ("(文书种类：调解书)", None),
        ("文书全文", None),
        ("撤诉", None),
    ],
)
def test_reason_classes(text, expected):
    assert reason_class(text) == expected


def test_secrets():
    assert may_leak_secret("涉及国家秘密的")
    assert not may_leak_secret("商业秘密")
