"""Search: case numbers, addresses, sections, findings and notes; and that nobody finds what is not theirs."""

import re
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from storage import events, runs, schema, store
from storage.database import reading
from storage.records import Cadence, CaseEntry, Item, Section
from tests.bulletins.two_nights import FIRST, SECOND
from tests.console_fixtures import CASE, LINK, print_of, sign_in

pytest_plugins = ("tests.console_fixtures",)
SITE, HOME = "chengnan", "http://www.csqfy.example/"
UNKNOWN = "（2025）示0102民初555号"  # in a ledger, and in no finding


@pytest.fixture(autouse=True)
def kept(engine):
    with engine.begin() as connection:
        store.save(
            connection,
            [
                CaseEntry(site=SITE, source="台账.xlsx", row=2, case_number=UNKNOWN),
                Section(site=SITE, url=f"{HOME}fygg/", name="法院公告", cadence=Cadence.DYNAMIC),
                Item(site=SITE, section_url=f"{HOME}fygg/", section="法院公告", url=f"{HOME}fygg/7.html", title="x"),
            ],
            SECOND,
        )
        event = events.Event(
            fingerprint=print_of_in(connection, CASE),
            at=datetime(2026, 3, 31, tzinfo=UTC),
            who="wang",
            what="comment",
            note="已电话联系承办人",
        )
        events.append(connection, [event])


def print_of_in(connection, subject):
    query = schema.standing.select().where(schema.standing.c.subject == subject)
    return connection.execute(query).mappings().first()["fingerprint"]


def found(client, text):
    """The links of the results."""
    page = client.get("/search", params={"q": text}).text
    return set(re.findall(r'href="([^"]*)"', page.split('role="search"')[1].split("</main>")[0]))


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (UNKNOWN, f"/cases/{SITE}/（2025）示0102民初555号"),
        ("(2025)示0102民初555号", f"/cases/{SITE}/（2025）示0102民初555号"),
        ("民初555", f"/cases/{SITE}/（2025）示0102民初555号"),
        ("1208号", f"/cases/{SITE}/{CASE}"),
        ("fygg/7.html", f"/courts/{SITE}/address?url=http%3A%2F%2Fwww.csqfy.example%2Ffygg%2F7.html"),
        ("法院公告", f"/courts/{SITE}/section?url=http%3A%2F%2Fwww.csqfy.example%2Ffygg%2F"),
    ],
)
def test_it_is_found_by_a_part_of_it(client, text, link):
    sign_in(client)
    assert unquote(link) in {unquote(one) for one in found(client, text)}


@pytest.mark.parametrize(
    ("text", "subject"), [("逾期17个工作日", CASE), ("1208号", CASE), ("gone.html", LINK), ("已电话联系", CASE)]
)
def test_findings_are_found_by_what_they_say(client, engine, text, subject):
    sign_in(client)
    assert f"/findings/{print_of(engine, subject)}" in found(client, text)


def test_a_finding_is_found_by_the_beginning_of_its_code(client, engine):
    sign_in(client)
    print_ = print_of(engine, CASE)
    assert f"/findings/{print_}" in found(client, print_[:10].upper())


@pytest.mark.parametrize(
    ("text", "hint"), [("", "不能按人名查找"), ("案", "至少输入2个字"), ("没有这样的词", "没有找到")]
)
def test_what_to_do_is_said_where_nothing_is_found(client, text, hint):
    sign_in(client)
    assert hint in client.get("/search", params={"q": text}).text


@pytest.mark.parametrize("text", ["%", "%%", "_______", "' OR 1=1 --", "<script>alert(1)</script>", "\\", "民初%号"])
def test_signs_of_a_query_language_are_mere_signs(client, text):
    sign_in(client)
    page = client.get("/search", params={"q": text})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert not any(link.startswith("/findings/") for link in found(client, text) if "<" not in text)


def test_a_department_finds_its_own_only(client, engine):
    sign_in(client, "min1")
    assert f"/findings/{print_of(engine, CASE)}" in found(client, "1208号")
    for text in (UNKNOWN, "行初3号", "gone.html", "fygg/7.html", "法院公告", "死链", print_of(engine, LINK)[:10]):
        assert found(client, text) == set(), text
    assert client.get(f"/courts/{SITE}/address", params={"url": f"{HOME}fygg/7.html"}).status_code == 404


def test_one_of_another_site_finds_nothing_here(client):
    sign_in(client, "li")
    links = {link for text in ("民初555", "fygg/7.html", "法院公告") for link in found(client, text)}
    assert not any(SITE in link for link in links)
    assert any(link.startswith("/cases/hekou/") for link in found(client, "民初9号"))


def test_an_address_tells_all_that_is_known_of_it(client, engine):
    url = f"{HOME}fygg/7.html"
    with engine.begin() as connection:
        run = runs.find(connection, SITE, FIRST)
        given = {"run": run.id, "url": url, "at": run.started, "method": "GET", "access": "gone", "status": 404}
        connection.execute(schema.accesses.insert().values(kind="page", internal=True, **given))
    sign_in(client)
    page = client.get(f"/courts/{SITE}/address", params={"url": url}).text
    for text in ("法院公告", "页面不存在", "404", "没有日期"):
        assert text in page
    assert client.get(f"/courts/{SITE}/address", params={"url": "http://nowhere.example/"}).status_code == 404
    assert client.get(f"/courts/{SITE}/address").status_code == 404


def test_the_list_behind_a_search_has_what_it_has(client, engine):
    sign_in(client)
    link = next(one for one in found(client, "逾期17个工作日") if one.startswith("/findings?"))
    assert print_of(engine, CASE) in client.get(link.replace("&amp;", "&")).text


def test_numbers_are_read_from_an_index(engine):
    with reading(engine) as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT site, case_number FROM ledger_cases WHERE case_number LIKE '%555%'"
        )
        assert "COVERING INDEX" in " ".join(str(row) for row in plan)
