"""Profiles are read strictly: the first mistake is one line with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.profile import ProfileError, bare_profile, find_profile, load_profile, platforms, recognise
from storage.records import Cadence

GOOD = """\
# 示例
id: court
court: 示例市示例区人民法院
level: basic
home: https://court.example.cn/
platform: chinacourt
sections:
  news:
    name: 法院新闻
    url: /article/index/id/M0gu.shtml
    cadence: dynamic
    expect: {min: 3}
"""


def write(folder: Path, text: str, name: str = "court.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_profile_inherits_from_its_platform(tmp_path: Path) -> None:
    profile = load_profile(write(tmp_path, GOOD))
    assert profile.detail.published is not None and "sth_a" in profile.detail.published
    assert profile.sections["news"].cadence is Cadence.DYNAMIC
    assert not profile.discovers


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (("level: basic", "levle: basic"), "court.yml:4:1", "levle: 没有这个键"),
        (("https://court", "ftp://court"), "court.yml:5:1", "网址须以 http:// 或 https:// 开头"),
        (("home: https://court.example.cn/\n", ""), "court.yml", "home: 缺少这一项"),
        (("id: court", "id: other"), "court.yml:2:1", "id 应与文件名相同"),
        (("platform: chinacourt", "platform: chinacort"), "court.yml:6:1", "没有 'chinacort'"),
        (("cadence: dynamic", "cadence: dayly"), "court.yml:11:5", "dayly"),
        (("min: 3", "mni: 3"), "court.yml:12:14", "mni: 没有这个键"),
        (("    expect", "    fields: {judge: b}\n    expect"), "court.yml:8:3", "没有这个字段"),
        (("id: court", "id: court\nid: court"), "court.yml:3:1", "YAML"),
        (("sections:", "sections: ["), "court.yml", "YAML"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, change: tuple[str, str], place: str, says: str) -> None:
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    message = str(caught.value)
    assert place in message and says in message
    assert "\n" not in message


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="没有这个文件"):
        load_profile(tmp_path / "none.yml")
    path = tmp_path / "bytes.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProfileError, match=r"无法读取|YAML"):
        load_profile(path)
    with pytest.raises(ProfileError, match="没有这个站点"):
        find_profile("none", (tmp_path,))


def test_bare_profile_of_an_address() -> None:
    profile = bare_profile("http://127.0.0.1:8811/a/")
    assert (profile.id, profile.home, profile.discovers) == ("127.0.0.1_8811", "http://127.0.0.1:8811/a/", True)
    assert bare_profile("court.example.cn").home == "http://court.example.cn/"
    with pytest.raises(ProfileError):
        bare_profile("ftp://court.example.cn/")


@pytest.mark.parametrize(
    ("urls", "html", "platform"),
    [
        (["http://h.cn/article/index/id/M0guMjCw.shtml"], "<div class='b_title'>", "chinacourt"),
        (["http://h.cn/fygg/index.jhtml", "http://h.cn/fygg/123.jhtml"], "", "jeecms"),
        (["http://h.cn/xw/t20260305_1.html"], 'createPageHTML(3,0,"index","html")', "gov_cms"),
        (["http://h.cn/list.asp?classid=3"], '<tr onclick="x">', "asp_table"),
        (["http://h.cn/about.html"], "<p>", None),
    ],
)
def test_platforms_are_recognised_by_signs(urls: list[str], html: str, platform: str | None) -> None:
    assert recognise(urls, html) == platform


def test_every_platform_has_a_title() -> None:
    assert set(platforms()) == {"chinacourt", "jeecms", "gov_cms", "asp_table"}
    assert all(p.title for p in platforms().values())
