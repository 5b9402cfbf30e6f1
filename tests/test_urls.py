"""URLs against the table in cases/urls.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from crawlers.urls import gbk_variant, identity, is_internal, kind_by_path, pattern, resolve

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "urls.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["resolve"], ids=lambda c: c["href"].strip() or "blank")
def test_resolve(case: dict) -> None:
    assert resolve(case["base"], case["href"], case.get("encoding", "utf-8")) == case["out"]


@pytest.mark.parametrize("pair", CASES["same"])
def test_one_page(pair: list[str]) -> None:
    assert identity(pair[0]) == identity(pair[1])


@pytest.mark.parametrize("pair", CASES["different"])
def test_two_pages(pair: list[str]) -> None:
    assert identity(pair[0]) != identity(pair[1])


@pytest.mark.parametrize("pair", CASES["pattern"])
def test_series_have_one_pattern(pair: list[str]) -> None:
    assert pattern(pair[0]) == pattern(pair[1])


def test_pattern_tells_series_apart() -> None:
    assert pattern("http://h.cn/xw/1.html") != pattern("http://h.cn/tz/1.html")


@given(st.text(max_size=60))
def test_resolving_twice_changes_nothing(href: str) -> None:
    once = resolve("http://h.cn/a/b.html", href)
    if once is not None:
        assert resolve(once, once) == once
        assert identity(once) == identity(identity(once) if "://" in identity(once) else f"http://{identity(once)}")


def test_a_site_is_its_host_with_or_without_www() -> None:
    assert is_internal("http://www.h.cn/a", "http://h.cn/")
    assert not is_internal("http://h.cn:8080/a", "http://h.cn/")
    assert not is_internal("http://other.cn/a", "http://h.cn/")


def test_gbk_variant_of_a_chinese_path() -> None:
    url = resolve("http://h.cn/", "公告/名单.doc?x=1")
    assert url is not None
    assert gbk_variant(url) == "http://h.cn/%B9%AB%B8%E6/%C3%FB%B5%A5.doc?x=1"
    assert gbk_variant("http://h.cn/a.doc") is None
    assert gbk_variant("http://h.cn/%B9%AB.doc") is None  # is GBK already


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://h.cn/a.PDF", "attachment"),
        ("http://h.cn/a.xls?x=1", "attachment"),
        ("http://h.cn/a.jpg", "image"),
        ("http://h.cn/", "page"),
        ("http://h.cn/show.asp?f=a.doc", "page"),
        ("http://h.cn/v.mp4", "media"),
    ],
)
def test_kind_by_path(url: str, kind: str) -> None:
    assert kind_by_path(url) == kind
