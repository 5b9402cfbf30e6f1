"""Each section of each profile has a saved page and a golden of what is read from it.

Add a profile, save its pages with `gongkai site save`, run this: the golden is written and the test fails once. Look at
it, and commit it if you agree.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawlers.profile import SITES, Profile, SectionProfile, all_profiles
from crawlers.sample import LARGEST, mask, read_sample, sample_path
from gongkai.demonstration import PROFILES

FOLDER = Path(__file__).parent / "sites"
SECTIONS = [
    pytest.param(profile, key, section, id=f"{profile.id}-{key}")
    for folder in (SITES, PROFILES)
    for profile in all_profiles(folder)
    for key, section in profile.sections.items()
]


@pytest.mark.parametrize(("profile", "key", "section"), SECTIONS)
def test_saved_page_is_read_as_it_was(profile: Profile, key: str, section: SectionProfile) -> None:
    page = sample_path(FOLDER, profile, key)
    assert page.exists(), f"no saved page: gongkai site save {profile.id} {section.url}"
    html = page.read_text(encoding="utf-8")
    assert len(html.encode()) <= LARGEST
    assert mask(html) == html, "the saved page holds something that should be masked"
    read = json.dumps(read_sample(html, profile, section), ensure_ascii=False, indent=1) + "\n"
    golden = page.with_suffix(".json")
    if not golden.exists():
        golden.write_text(read, encoding="utf-8")
        pytest.fail(f"{golden.name} was written: look at it, and commit it if you agree")
    assert read == golden.read_text(encoding="utf-8")


def test_names_and_numbers_are_masked() -> None:
    html = "<p>原告：张三丰，被告人李四一案，审判长　王五</p><p>身份证号11010519491231002X，电话13800138000</p>"
    masked = mask(html)
    assert "张三丰" not in masked and "李四" not in masked and "王五" not in masked
    assert "19491231" not in masked and "13800138000" not in masked
    assert "原告：张某" in masked
