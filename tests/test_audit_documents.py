"""Published documents through storage: which stand tonight, which are gone, which are another court's."""
# ruff: noqa: F811

from dataclasses import replace
from datetime import date, timedelta

import pytest

from auditors.document_joins import read_publications
from auditors.document_views import DocumentState
from auditors.joins import join
from auditors.views import CaseFile
from storage.records import Access, CaseEntry, DateSource, Judgment, Section
from tests.test_audit import HOME, audit, engine, save_night, section  # noqa: F401

NIGHTS = [date(2026, 3, 16) + timedelta(days=n) for n in range(16)]
NUMBER = "（2025）粤9902民初18号"


def judgment(path="ws/1.html", number=NUMBER, **values):
    values = {"published": date(2026, 3, 2), "published_source": DateSource.LABEL, "document_type": "判决书"} | values
    return Judgment(site="s", url=HOME + path, case_number=number, title="民间借贷纠纷一审民事判决书", **values)


def list_of_judgments() -> Section:
    return section("裁判文书", record="judgment", newest=date(2026, 3, 2), items=3)


def nights(engine, *accesses):
    """First a night with the document listed, then one night for each access of its page, no longer listed."""
    others = [judgment(f"ws/{n}.html", f"（2025）粤9902民初{n}号") for n in range(100, 140)]
    with engine.begin() as connection:
        save_night(connection, NIGHTS[0], [list_of_judgments(), judgment(), *others])
        for night, access in zip(NIGHTS[1:], accesses, strict=False):
            asked = {} if access is None else {"ws/1.html": access}
            save_night(connection, night, [list_of_judgments(), *others], asked=asked)
    return NIGHTS[len(accesses)]


def state(engine, night):
    with engine.begin() as connection:
        found = read_publications(connection, "s", night)
    return next(p for p in found if p.judgment.case_number == NUMBER)


@pytest.mark.parametrize(
    ("accesses", "since"),
    [
        ([Access.GONE, Access.GONE], 1),
        ([Access.OK, Access.SOFT_GONE, Access.GONE], 2),
        ([Access.GONE, Access.OK, Access.GONE], 3),  # it was back in between
        ([Access.GONE, Access.OK], None),
        ([Access.GONE, None], None),  # not asked tonight: nothing is known of tonight
        ([Access.TIMEOUT, Access.TIMEOUT], None),
        ([Access.BLOCKED], None),
        ([None, None], None),
    ],
)
def test_gone_is_what_was_asked_and_is_gone(engine, accesses, since):
    night = nights(engine, *accesses)
    assert state(engine, night).gone_since == (None if since is None else NIGHTS[since])


def test_many_gone_at_once_is_a_site_that_moved(engine):
    every = [judgment(f"ws/{n}.html", f"（2025）粤9902民初{n}号") for n in range(60)]
    with engine.begin() as connection:
        save_night(connection, NIGHTS[0], [list_of_judgments(), *every])
        gone = {f"ws/{n}.html": Access.GONE for n in range(60)}
        save_night(connection, NIGHTS[1], [list_of_judgments()], asked=gone)
        found = read_publications(connection, "s", NIGHTS[1])
    assert {p.gone_since for p in found} == {None}


def test_withdrawn_document_is_found_after_five_working_days(engine):
    night = nights(engine, *[Access.GONE] * 9)
    _, found = audit(engine, night)
    finding = next(f for (rule, _), f in found.items() if rule == "D-08")
    assert (finding.grade, finding.subject.case_number) == ("suspected", NUMBER)


def test_only_documents_that_stand_tonight_are_looked_at(engine):
    night = nights(engine, Access.GONE)
    with engine.begin() as connection:
        views = join(connection, "s", night, []).views[DocumentState]
    assert NUMBER not in {v.subject.case_number for v in views}
    assert len(views) == 40


def test_a_dump_is_no_page_that_can_be_gone(engine):
    with engine.begin() as connection:
        save_night(connection, NIGHTS[0], [list_of_judgments(), judgment(imported="dump.json#1")])
        save_night(connection, NIGHTS[1], [list_of_judgments()], asked={"ws/1.html": Access.GONE})
        views = join(connection, "s", NIGHTS[1], []).views[DocumentState]
    assert [v.publication.gone_since for v in views] == [None]


@pytest.mark.parametrize(
    ("printed", "foreign"),
    [("广州市番禺区人民法院", True), ("广东省广州市花都区人民法院", False), (None, False)],
)
def test_a_document_that_prints_another_courts_name_is_not_this_courts(engine, printed, foreign):
    from storage import runs

    number = "（2025）粤0114民初18号"
    entry = CaseEntry(site="s", source="台账.xlsx", row=2, case_number=number, document_type="判决书")
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="s", court="广州市花都区人民法院", home=HOME))
        one = replace(judgment(number=number), printed_court=printed)
        save_night(connection, NIGHTS[0], [list_of_judgments(), one, entry])
        views = join(connection, "s", NIGHTS[0], []).views[CaseFile]
    assert [v.of_another_court for v in views] == [foreign]


def test_other_courts_documents_in_a_dump_are_not_looked_at(engine):
    from storage import runs

    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="s", court="广州市花都区人民法院", home=HOME))
        own = judgment("1", "（2025）粤0114民初1号", imported="d.json#1", court="广东省广州市花都区人民法院")
        other = judgment("2", "（2025）粤0113民初2号", imported="d.json#2", court="广州市番禺区人民法院")
        save_night(connection, NIGHTS[0], [own, other])
        views = join(connection, "s", NIGHTS[0], []).views[DocumentState]
    assert [v.publication.judgment.court for v in views] == ["广东省广州市花都区人民法院"]
