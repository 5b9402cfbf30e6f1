"""The case file: every source of one case number side by side, what differs, and who may open it."""

from datetime import UTC, date, datetime

import pytest

from gongkai.console import comparison
from storage import cases, store
from storage.case_number import parse
from storage.database import reading
from storage.records import Approval, CaseEntry, DateSource, Hearing, Judgment, Stream, Withdrawal, Withheld
from tests.bulletins.two_nights import FIRST, SECOND
from tests.console_fixtures import CASE, sign_in

pytest_plugins = ("tests.console_fixtures",)
SITE = "chengnan"
HOME = "http://www.csqfy.example/"


def entry(row=2, **more):
    given = {
        "case_number": CASE,
        "department": "民事审判第一庭",
        "document_type": "民事判决书",
        "cause": "买卖合同纠纷",
    }
    return CaseEntry(site=SITE, source="台账.xlsx", row=row, **(given | more))


def judgment(number=CASE, name="1", **more):
    given = {"title": f"{number}民事判决书", "document_type": "判决书", "branch": "民事", "cause": "买卖合同"}
    given |= {"published": date(2026, 1, 5), "published_source": DateSource.LABEL}
    return Judgment(site=SITE, url=f"{HOME}{name}.html", case_number=number, **(given | more))


def notice(**more):
    return Withheld(site=SITE, url=f"{HOME}bgk.html", case_number=CASE, **more)


def hearing(day, hour=1, **more):
    starts = datetime(2026, 3, day, hour, tzinfo=UTC)
    return Hearing(site=SITE, url=f"{HOME}ktgg.html", mark=str(day), case_number=CASE, starts=starts, **more)


def stream(day, hour=1):
    starts = datetime(2026, 3, day, hour, 31, tzinfo=UTC)
    return Stream(site=SITE, case_id="41", url="http://portal.example/41", case_number=CASE, starts=starts)


def approval(subject="withheld", **more):
    return Approval(site=SITE, source="审批.xlsx", row=2, subject=subject, case_number=CASE, **more)


def keep(engine, *records):
    with engine.begin() as connection:
        store.save(connection, records, FIRST)
        store.save(connection, [r for r in records if not hasattr(r, "row")], SECOND)


def case_of(engine, number=CASE):
    with reading(engine) as connection:
        return cases.read_case(connection, SITE, number)


def there(number=CASE, site=SITE):
    return f"/cases/{site}/{number}"


def test_every_source_stands_side_by_side(client, engine):
    keep(engine, entry(decided=date(2025, 11, 3)), judgment(decided=date(2025, 11, 3)), hearing(3), stream(3))
    sign_in(client)
    page = client.get(there()).text
    for text in (
        "案件台账",
        "公布的文书",
        "开庭公告",
        "庭审公开平台",
        "台账.xlsx 第2行",
        f"{HOME}1.html",
        "生效文书逾期上网",
    ):
        assert text in page
    assert "不一致" not in page
    assert "需要核对之处" not in page


@pytest.mark.parametrize(
    "written", ["(2025)粤0102民初1208号", "（2025）粤0102民初01208号", " （2025） 粤0102民初1208号"]
)
def test_any_writing_of_the_number_opens_the_same_file(client, engine, written):
    number = "（2025）粤0102民初1208号"
    keep(engine, entry(case_number=number))
    sign_in(client)
    page = client.get(there(written))
    assert (page.status_code, f"{number} 案件档案" in page.text) == (200, True)


def test_old_numbers_are_found_with_their_leading_zeros(engine):
    printed = "（2014）穗花法民一初字第0012号"
    assert parse(printed) is not None
    keep(engine, entry(case_number=printed))
    assert case_of(engine, "（2014）穗花法民一初字第12号").records(CaseEntry) != []


def test_documents_of_the_case_and_of_its_second_instance_are_told(client, engine):
    second = "（2026）示01民终9号"
    keep(
        engine,
        entry(appeal_case_number=second),
        judgment(),
        judgment(f"{CASE}之一", "2", document_type="裁定书"),
        judgment("（2025）示0102民初12080号", "3"),
        judgment("（2026）示01民终10号", "4", quoted_case_numbers=(CASE,)),
        judgment(second, "5"),
    )
    case = case_of(engine)
    assert [one.record.case_number for one in case.siblings] == [f"{CASE}之一"]
    assert {one.record.case_number for one in case.appeals} == {second, "（2026）示01民终10号"}
    sign_in(client)
    page = client.get(there()).text
    assert page.count(f'href="/cases/{SITE}/') >= 3


@pytest.mark.parametrize(
    ("records", "facts"),
    [
        ([entry(decided=date(2025, 11, 3)), judgment(decided=date(2025, 11, 4))], ["decided"]),
        ([entry(cause="离婚纠纷"), judgment(cause="买卖合同")], ["cause"]),
        ([entry(document_type="民事裁定书"), judgment()], ["document"]),
        ([entry(hearing=datetime(2026, 3, 3, 1, tzinfo=UTC)), hearing(4)], ["hearing"]),
        # What is the same in other words, or among several, is no difference.
        ([entry(hearing=datetime(2026, 3, 3, 1, tzinfo=UTC)), hearing(3, 2), stream(3)], []),
        ([entry(), entry(3, document_type="民事裁定书"), judgment()], []),
        ([entry(), judgment(document_type=None)], []),
        ([approval(reason="其他不宜公开的情形"), notice(reason="人民法院认为不宜在互联网公布的其他情形")], []),
        ([approval(reason="离婚诉讼"), notice(reason="未成年人犯罪的")], ["reason"]),
        ([notice(court="示例市城南区人民法院"), judgment(printed_court="城南区人民法院")], []),
        ([notice(court="广州市花都区人民法院"), judgment(printed_court="广州市番禺区人民法院")], ["court"]),
    ],
)
def test_what_differs_is_marked_and_nothing_else(engine, records, facts):
    keep(engine, *records)
    assert [row.fact for row in comparison.compare(case_of(engine)) if row.differs] == facts


@pytest.mark.parametrize(
    ("records", "keys"),
    [
        ([judgment(), notice()], ["published_and_withheld"]),
        ([judgment(), approval(reason="离婚诉讼")], ["published_though_approved"]),
        ([judgment(imported="dump.csv 3"), notice()], []),
        ([stream(3), approval("stream")], ["streamed_though_approved"]),
        ([entry(public=False), stream(3)], ["closed_and_streamed"]),
        ([entry(public=False), hearing(3, public=True)], ["closed_and_announced"]),
        ([entry(public=False), hearing(3)], []),
        ([entry(effective=date(2026, 2, 1)), judgment()], ["published_before_effective"]),
        ([entry(effective=date(2026, 2, 1), document_type="民事裁定书"), judgment()], []),
        (
            [Withdrawal(site=SITE, source="撤回.csv", row=2, case_number=CASE, withdrawn=FIRST), judgment()],
            ["withdrawn_and_there"],
        ),
        ([Withdrawal(site=SITE, source="撤回.csv", row=2, case_number=CASE, withdrawn=SECOND), judgment()], []),
    ],
)
def test_what_does_not_go_together_is_told_in_words(client, engine, records, keys):
    keep(engine, *records)
    assert [one.key for one in comparison.conflicts(case_of(engine))] == keys
    sign_in(client)
    page = client.get(there())
    assert (page.status_code, "需要核对之处" in page.text) == (200, keys != [])


def test_a_department_opens_the_file_of_its_own_finding_and_no_other(client, engine):
    other = "（2026）示0102行初3号"  # a finding of another department
    keep(engine, entry(), entry(3, case_number=other), entry(4, case_number="（2025）示0102民初5号"))
    sign_in(client, "min1")
    assert client.get(there()).status_code == 200
    assert client.get(there(other)).status_code == 404
    assert client.get(there("（2025）示0102民初5号")).status_code == 404


def test_one_who_may_see_other_sites_only_finds_nothing(client, engine):
    keep(engine, entry())
    sign_in(client, "li")
    assert client.get(there()).status_code == 404
    assert client.get(there("（2025）示0123民初9号", "hekou")).status_code == 200


@pytest.mark.parametrize("path", [there("（2025）示0102民初99999号"), there(site="nowhere"), there("<script>")])
def test_a_case_that_nobody_knows_is_not_there(client, path):
    sign_in(client)
    assert client.get(path).status_code == 404


def test_crawled_words_stay_words(client, engine):
    keep(engine, judgment(cause="<script>alert(1)</script>", section='"><img src=x>'), entry(cause="=1+1"))
    sign_in(client)
    page = client.get(there()).text
    assert "<script>alert" not in page
    assert "<img" not in page
