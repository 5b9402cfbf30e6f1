"""Where pictures stand in a bulletin, and how they are numbered."""

import dataclasses

import pytest

from reports.blocks import Paragraph, Picture
from reports.parts.illustrations import illustrations
from reports.parts.places import ORDER, Places
from reports.pictures import NO_PICTURES
from reports.skeleton import skeleton
from tests.bulletins import pictures as samples
from tests.bulletins.two_nights import trial

ALL = Places(ORDER)


@pytest.fixture(scope="module")
def bulletin():
    return dataclasses.replace(trial(), pictures=samples.all_four())


def named(blocks):
    return [block.name for block in blocks if isinstance(block, Picture)]


def test_each_picture_stands_where_its_numbers_are(bulletin):
    assert named(illustrations(bulletin, ALL, "overview")) == ["trend"]
    assert named(illustrations(bulletin, ALL, "ranking")) == ["comparison", "lateness"]
    assert named(illustrations(bulletin, ALL, "method")) == ["freshness"]
    assert illustrations(bulletin, ALL, "problems") == ()


def test_they_are_numbered_in_the_order_of_the_document(bulletin):
    shown = [block for where in ("overview", *ORDER) for block in illustrations(bulletin, ALL, where)]
    captions = [block.caption for block in shown if isinstance(block, Picture)]
    assert [caption[:3] for caption in captions] == ["图1　", "图2　", "图3　", "图4　"]
    notes = [block.text for block in shown if isinstance(block, Paragraph)]
    assert [note.startswith("注：") for note in notes] == [True] * 4


def test_without_an_annex_of_ranks_they_stand_in_the_last_one(bulletin):
    places = Places(("problems", "method"))
    assert named(illustrations(bulletin, places, "method")) == ["comparison", "lateness", "freshness"]
    assert illustrations(bulletin, places, "method")[0].caption.startswith("图2　")


def test_what_is_left_out_has_no_number(bulletin):
    fewer = dataclasses.replace(bulletin.pictures, trend=NO_PICTURES.trend)
    without = dataclasses.replace(bulletin, pictures=fewer)
    assert illustrations(without, ALL, "overview") == ()
    assert illustrations(without, ALL, "ranking")[0].caption.startswith("图1　")


def test_the_skeleton_has_them_once_each_with_words_for_those_who_do_not_see_them(bulletin):
    paper = skeleton(bulletin)
    blocks = [*paper.body, *(block for annex in paper.annexes for block in annex.blocks)]
    assert sorted(named(blocks)) == sorted(picture.name for picture in bulletin.pictures)
    for block in blocks:
        if isinstance(block, Picture):
            assert block.alt == bulletin.pictures.named(block.name).description
