"""What the user is told of typefaces, and that those of the settings hold for everything printed."""

import pytest

from gongkai import typefaces
from gongkai.config import Fonts
from reports import fonts


@pytest.fixture(autouse=True)
def afterwards():
    """No test of this file changes what the others print with."""
    yield
    fonts.use({}, ())
    fonts.forget()


@pytest.fixture
def said(monkeypatch):
    monkeypatch.setenv("GONGKAI_LANG", "zh")
    return []


def test_a_named_typeface_that_is_not_there_is_said_with_its_role(cjk_fonts, said):
    said += typefaces.use(Fonts(title="方正小标宋简体"))
    assert f"字体：没有 [fonts] title 指定的 方正小标宋简体，改用 {cjk_fonts.faces['title'].family}" in said


def test_without_chinese_fonts_one_line_says_so(monkeypatch, said):
    monkeypatch.setattr(fonts, "_installed", lambda folders, system: {})
    fonts.forget()
    said += typefaces.use(Fonts())
    assert len(said) == 1 and "不生成 PDF" in said[0] and "make fonts" in said[0]


def test_a_missing_stand_in_is_said(monkeypatch, said):
    serif, sans = (fonts.Face(family, 400, None, 0) for family in (fonts.SERIF[0], fonts.SANS[0]))
    monkeypatch.setattr(fonts, "_installed", lambda folders, system: {serif.family: [serif], sans.family: [sans]})
    fonts.forget()
    said += typefaces.use(Fonts())
    (line,) = [one for one in said if "楷体" in one]
    assert "LXGW WenKai" in line


def test_what_the_settings_name_holds_for_everything_printed(cjk_fonts, said):
    heading = cjk_fonts.faces["heading"].family
    said += typefaces.use(Fonts(body=heading))
    assert fonts.find_fonts().faces["body"].family == heading
    assert fonts.find_fonts({}).faces["body"].family != heading
