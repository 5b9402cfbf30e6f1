"""Courts: one court under several names, its superiors, the court of a code."""

import pytest

from storage.courts import _courts, city_of, court_of_code, find_court, same_court, superiors


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("广东省广州市花都区人民法院", "广州市花都区人民法院", True),
        ("花都区法院", "广州市花都区人民法院", True),
        ("广州中院", "广东省广州市中级人民法院", True),
        ("上海一中院", "上海市第一中级人民法院", True),
        ("广东高院", "广东省高级人民法院", True),
        ("中华人民共和国最高人民法院", "最高人民法院", True),
        ("安徽省宿州市灵璧县人民法院", "灵璧县 人民法院", True),
        ("广州市番禺区人民法院", "广州市花都区人民法院", False),
        ("广州市中级人民法院", "广州市花都区人民法院", False),
        ("城中区人民法院", "西宁市城中区人民法院", None),  # also in 柳州
        ("库车县人民法院", "库车市人民法院", None),  # the county became a city
        ("示例省示例市东山区人民法院", "示例市东山区人民法院", True),
        ("示例市东山区人民法院", "示例市西山区人民法院", False),
        ("示例市东山法院", "示例市东山区人民法院", None),
        ("本院", "广州市花都区人民法院", None),
        ("人民法院", "广州市花都区人民法院", None),
        ("", "广州市花都区人民法院", None),
    ],
)
def test_same_court(one, other, same):
    assert same_court(one, other) is same
    assert same_court(other, one) is same


def test_every_listed_name_finds_its_court():
    assert len(_courts()) > 3_000
    assert [c.name for c in _courts().values() if find_court(c.name) != c] == []


def test_superiors_by_the_hierarchy():
    names = [c.name for c in superiors(find_court("广州市花都区人民法院"))]
    assert names == ["广东省广州市中级人民法院", "广东省高级人民法院", "中华人民共和国最高人民法院"]
    assert [c.level for c in superiors(find_court("广东省高级人民法院"))] == [1]
    assert superiors(find_court("最高人民法院")) == ()
    assert superiors(find_court("新疆生产建设兵团阿克苏垦区人民法院")) == ()


def test_the_city_of_a_court():
    assert city_of("花都区人民法院").name == "广东省广州市中级人民法院"
    assert city_of("广州中院").name == "广东省广州市中级人民法院"
    assert city_of("广东省高级人民法院") is None
    assert city_of("示例市东山区人民法院") is None


def test_codes_are_hints():
    assert court_of_code("粤0114").name == "广州市花都区人民法院"
    assert court_of_code("粤01").name == "广东省广州市中级人民法院"
    assert court_of_code("最高法").level == 1
    assert court_of_code("粤9999") is None
