"""Typefaces by role: free ones unasked, the office's own where it names them, and no role silently without."""

import shutil

import pytest

from gongkai.config import load
from reports import fonts
from reports.fonts import ROLES, find_fonts
from scripts import fetch_fonts

RARE_NAMES = "镕喆堃赟昇祎珺旻"  # in names, and beyond GB 2312


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without fonts; those put into the folder that is given back are found."""
    folder = tmp_path / ".fonts"
    monkeypatch.setattr(fonts, "FETCHED", folder)
    fonts.forget()
    yield folder
    fonts.forget()


def test_a_bare_machine_has_none_and_every_role_says_so(bare):
    found = find_fonts(system=False)
    assert not found.is_printable
    assert [one.role for one in found.missing] == [role for role in ROLES if role != "latin"]
    assert found.faces["latin"].path is None  # it comes with typst


def test_what_was_fetched_is_found(bare, cjk_fonts):
    bare.mkdir()
    for role in ("body", "heading", "title"):
        shutil.copy(cjk_fonts.faces[role].path, bare)
    found = find_fonts(system=False)
    assert found.is_printable
    assert {one.role for one in found.missing} <= {"subheading"}
    assert all(face.path is None or face.path.parent == bare for face in found.faces.values())


def test_the_simplified_face_of_a_collection_is_taken(cjk_fonts):
    for role in ("title", "body", "heading"):
        assert cjk_fonts.faces[role].family.endswith("SC")
    assert cjk_fonts.faces["title"].weight > cjk_fonts.faces["body"].weight == 400


def test_every_role_ends_with_faces_that_have_the_characters_of_names(cjk_fonts):
    assert {ord(c) for c in RARE_NAMES + "〔〕—①〓〇"} <= cjk_fonts.characters()
    for role in ROLES:
        assert set(cjk_fonts.families("body")) <= set(cjk_fonts.families(role))


def test_a_named_family_wins_and_one_that_is_not_there_is_named(cjk_fonts):
    family = cjk_fonts.faces["heading"].family
    found = find_fonts({"title": family, "body": "方正仿宋简体"})
    assert found.faces["title"].family == family and found.chosen == {"title"}
    (missing,) = [one for one in found.missing if one.asked]
    assert (missing.role, missing.asked, missing.instead) == ("body", "方正仿宋简体", cjk_fonts.faces["body"].family)


def test_an_unknown_role_is_refused():
    with pytest.raises(ValueError, match="titel"):
        find_fonts({"titel": "x"})


def test_a_proprietary_face_is_never_taken_unasked(monkeypatch):
    face = fonts.Face("SimHei", 400, None, 0)
    monkeypatch.setattr(fonts, "_installed", lambda folders, system: {"SimHei": [face]})
    fonts.forget()
    assert "heading" not in find_fonts().faces and find_fonts().available == {"heading": "SimHei"}
    assert find_fonts({"heading": "SimHei"}).faces["heading"] == face
    fonts.forget()


def test_settings_name_families_and_folders(tmp_path):
    file = tmp_path / "gongkai.toml"
    file.write_text('[fonts]\ntitle = "FZXiaoBiaoSong-B05S"\nfolders = ["typefaces"]\n', encoding="utf-8")
    settings = load(file, {}).fonts
    assert settings.chosen == {"title": "FZXiaoBiaoSong-B05S"}
    assert settings.folders == (tmp_path / "typefaces",)


def test_the_fetched_appear_whole_with_their_licence_or_not_at_all(bare, tmp_path):
    for name in ("copyright", "A.ttf"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    with pytest.raises(fetch_fonts.NotFetched, match=r"B\.ttf"):
        fetch_fonts._keep(tmp_path.iterdir(), ("A.ttf", "B.ttf"), bare / "package")
    assert not bare.exists()
    fetch_fonts._keep(tmp_path.iterdir(), ("A.ttf",), bare / "package")
    assert sorted(file.name for file in bare.rglob("*") if file.is_file()) == ["A.ttf", "copyright"]


def test_without_any_way_to_fetch_the_reasons_are_said(bare, monkeypatch, capsys):
    monkeypatch.setattr(fetch_fonts.shutil, "which", lambda name: None)
    monkeypatch.setattr(fetch_fonts, "find_fonts", lambda: find_fonts(system=False))
    assert fetch_fonts.main() == 1
    said = capsys.readouterr().err
    assert "no apt-get" in said and "no npm" in said and "GONGKAI_NO_FONTS=1" in said


def test_only_what_is_missing_is_fetched(bare, monkeypatch):
    monkeypatch.setattr(fetch_fonts, "find_fonts", lambda: find_fonts(system=False))
    assert fetch_fonts._needed(fetch_fonts.DEBIAN) == list(fetch_fonts.DEBIAN)
    kai = fonts.FontSet({}, frozenset(), {}, (fonts.Missing("subheading", None, None),), (), True)
    monkeypatch.setattr(fetch_fonts, "find_fonts", lambda: kai)
    assert [package.name for package in fetch_fonts._needed(fetch_fonts.DEBIAN)] == ["fonts-lxgw-wenkai"]
    assert fetch_fonts._needed(fetch_fonts.NPM) == []


def test_every_role_has_a_package():
    for packages in (fetch_fonts.DEBIAN, (*fetch_fonts.NPM, fetch_fonts.DEBIAN[-1])):
        assert frozenset().union(*(package.roles for package in packages)) == ROLES.keys() - {"latin"}
