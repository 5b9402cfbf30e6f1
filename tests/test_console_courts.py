"""The pages of courts, sections, nights and runs: what was read, what not, and for whom."""

import csv
import io
from datetime import date, timedelta
from urllib.parse import quote

import openpyxl
import pytest

from gongkai.console import court
from storage import accounts, runs, schema, store
from storage.database import reading
from storage.records import Cadence, DateSource, Item, Section
from tests.bulletins import two_nights
from tests.console_fixtures import sign_in

pytest_plugins = ("tests.console_fixtures",)
FIRST, NIGHT = two_nights.FIRST, two_nights.SECOND
HOSTILE = '"><script>alert(1)</script>'
SECTION = "http://chengnan.example/section/1/"


@pytest.fixture
def filled(engine):
    """A section with 70 nights, items of several months and words by an enemy; and a run with requests of each outcome."""
    with engine.begin() as connection:
        old = Section(
            site="chengnan",
            url=SECTION,
            name=f"公告{HOSTILE}",
            cadence=Cadence.STANDARD,
            items=4,
            newest=date(2026, 1, 12),
            newest_source=DateSource.LIST,
        )
        store.save(connection, [old], NIGHT)
        nights = [NIGHT - timedelta(days=n) for n in range(2, 72)]
        row = {"site": "chengnan", "url": SECTION, "complete": True, "why": None, "items": 4, "oldest": None}
        newest = date(2026, 1, 12)
        rows = [row | {"night": night, "newest": newest if night >= newest else date(2025, 12, 1)} for night in nights]
        rows[3] |= {"complete": False, "why": f"拒绝访问{HOSTILE}"}
        runs.save_section_reads(connection, rows)
        for n, day in enumerate((date(2026, 1, 12), date(2025, 12, 1), date(2025, 12, 1), None)):
            item = Item(
                site="chengnan",
                section_url=SECTION,
                section="公告",
                url=f"http://www.csqfy.example/{n}.html" if n else "javascript:alert(1)",
                title=f"第{n}条{HOSTILE}",
                published=day,
            )
            store.save(connection, [item], NIGHT)
        run = runs.find(connection, "chengnan", NIGHT)
        asked = {"run": run.id, "at": two_nights.GENERATED, "method": "GET", "kind": "page", "internal": True}
        urls = [(f"http://www.csqfy.example/{n:03}", "ok") for n in range(150)]
        urls += [("http://www.csqfy.example/440101199001011233", "timeout"), (f"javascript:{HOSTILE}", "gone")]
        connection.execute(
            schema.accesses.insert(),
            [asked | {"url": url, "access": access, "depth": 0, "unchanged": False} for url, access in urls],
        )
    return engine


def test_a_court_shows_its_sections_its_departments_and_its_nights(client, filled):
    sign_in(client)
    page = client.get("/courts/chengnan").text
    assert "示例市城南区人民法院" in page
    assert "民事审判第一庭" in page
    assert f"/courts/chengnan/section?url={quote(SECTION, safe='')}" in page
    assert "/runs/2026-03-30/chengnan" in page
    assert "超期未更新" in page


def test_the_departments_of_a_court_are_counted(engine):
    with reading(engine) as connection:
        user = accounts.find(connection, "wang")
        found = court.units(connection, user, two_nights.SITES[1], NIGHT)
    assert next((row["name"], row["all"], row["overdue"]) for row in found) == ("综合办公室", 14, 0)
    assert {row["name"]: row["overdue"] for row in found}["民事审判第一庭"] == 1


def test_a_section_shows_every_night_page_by_page(client, filled):
    sign_in(client)
    there = f"/courts/chengnan/section?url={quote(SECTION, safe='')}"
    page = client.get(there).text
    nights = [f"{NIGHT - timedelta(days=n)}" for n in range(72)]
    shown = [night for night in nights if f"/runs/{night}/chengnan" in page]
    assert shown == nights[: court.READINGS]
    assert "78天" in page  # from 12 January to 31 March
    assert f"before={shown[-1]}" in page
    earlier = client.get(f"{there}&before={shown[-1]}").text
    assert [night for night in nights if f"/runs/{night}/chengnan" in earlier] == nights[court.READINGS :]
    assert earlier.count("有更新") == 0
    assert page.count("有更新") == 2
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_months_without_a_publication_are_shown_up_to_the_last_reading(filled):
    with reading(filled) as connection:
        months = court.published_by_month(connection, "chengnan", SECTION, NIGHT)
    assert months == [("2026-03", 0), ("2026-02", 0), ("2026-01", 1), ("2025-12", 2)]


def test_a_run_says_what_was_read_what_not_and_why(client, filled):
    sign_in(client)
    page = client.get(f"/runs/{NIGHT}/hekou").text
    assert "部分栏目拒绝访问" in page
    assert "拒绝访问（403）" in page
    assert "拒绝访问（需权限或登录），3处" in page
    assert "&lt;b&gt;乱码" in page
    page = client.get(f"/runs/{NIGHT}/dongshan").text
    assert page.count("这次巡查没有读到") == 5
    assert "没有读到" not in client.get(f"/runs/{FIRST}/dongshan").text


def test_what_a_run_did_not_ask_for_is_listed_with_the_night_of_its_reading(client, filled):
    sign_in(client)
    there, table = f"/runs/{NIGHT}/chengnan", schema.accesses
    assert client.get(f"{there}?access=carried").status_code == 404
    with filled.begin() as connection:
        run = runs.find(connection, "chengnan", NIGHT)
        some = (table.c.run == run.id, table.c.url < "http://www.csqfy.example/003", table.c.url.startswith("http"))
        connection.execute(table.update().where(*some).values(carried=FIRST))
        runs.update(connection, run.id, carried_pages=3, carried_links=3, carried_since=FIRST)
    page = client.get(there).text
    assert ">147<" in page and f">3</a> 最早读于{FIRST}" in page
    listed = client.get(f"{there}?access=carried").text
    assert listed.count(f"读于{FIRST}") == 3 and "http://www.csqfy.example/002" in listed
    assert "http://www.csqfy.example/002" not in client.get(f"{there}?access=ok").text


def test_behind_each_number_are_its_addresses_page_by_page_and_masked(client, filled):
    sign_in(client)
    there = f"/runs/{NIGHT}/chengnan"
    page = client.get(there).text
    assert ">150<" in page
    first = client.get(f"{there}?access=ok").text
    assert first.count("http://www.csqfy.example/0") == 200  # address and text of each of the first hundred
    assert "after=http%3A%2F%2Fwww.csqfy.example%2F099" in first
    second = client.get(f"{there}?access=ok&after=http%3A%2F%2Fwww.csqfy.example%2F099").text
    assert second.count("http://www.csqfy.example/1") == 100
    assert 'rel="next"' not in second
    late = client.get(f"{there}?access=timeout").text
    assert "19900101" not in late
    assert "4401" in late
    gone = client.get(f"{there}?access=gone").text
    assert 'href="javascript' not in gone
    assert "<script>alert" not in gone
    assert client.get(f"/runs/{NIGHT}/hekou?cause=denied").text.count("http://www.hkxfy.example/zxxx/") == 6


@pytest.mark.parametrize(
    "path",
    [
        "/courts/nowhere",
        "/courts/chengnan/section?url=http://nowhere.example/",
        "/courts/chengnan/section",
        "/runs/2020-01-01/chengnan",
        "/runs/tomorrow/chengnan",
        "/runs?night=2020-01-01",
        f"/runs/{NIGHT}/chengnan?access=%27",
        f"/runs/{NIGHT}/chengnan?cause=nothing",
    ],
)
def test_what_is_not_there_is_said(client, path):
    sign_in(client)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/runs?before=x", "/runs?night=2026-13-01", f"/courts/chengnan/section?url={SECTION}&before=1"]
)
def test_a_day_that_is_none_is_said(client, path):
    sign_in(client)
    answer = client.get(path)
    assert (answer.status_code, "不能识别" in answer.text) == (400, True)


@pytest.mark.parametrize(("name", "status"), [("wang", 200), ("admin", 200), ("li", 404), ("min1", 404)])
def test_a_court_is_not_there_for_those_who_may_not_know_of_it(client, name, status):
    sign_in(client, name)
    for path in ("/courts/chengnan", f"/courts/chengnan/section?url={quote(SECTION)}", f"/runs/{NIGHT}/chengnan"):
        assert client.get(path).status_code == status
    assert client.get("/runs").status_code == (404 if name == "min1" else 200)


def test_the_nights_are_counted_for_the_courts_that_one_may_see(client, engine):
    sign_in(client, "li")
    page = client.get("/runs").text
    assert "示例市河口县人民法院" in page
    assert "示例市城南区人民法院" not in page
    assert "4个法院" not in page
    sign_in(client)
    page = client.get("/runs").text
    assert "4个法院" in page  # the first night: all were read
    assert client.get(f"/runs?night={FIRST}").status_code == 200
    assert FIRST.isoformat() not in client.get(f"/runs?before={FIRST}&night={NIGHT}").text


def test_sections_and_nights_can_be_taken_away_as_files(client, filled):
    sign_in(client)
    answer = client.get("/courts/chengnan/sections.csv")
    listed = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert any(row[:2] == [f"公告{HOSTILE}", SECTION] and row[3] == "2026-01-12" for row in listed[1:])
    assert 'href="/courts/chengnan/sections.xlsx" download' in client.get("/courts/chengnan").text
    nights = list(csv.reader(io.StringIO(client.get("/runs.csv").content.decode("utf-8-sig"))))
    with reading(filled) as connection:
        assert sorted(row[0] for row in nights[1:]) == sorted(site.court for site in runs.all_sites(connection))
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/runs.xlsx?night={NIGHT}").content))
    assert [row[0].value for row in book["巡查"].iter_rows(min_row=2)] == [row[0] for row in nights[1:]]
    for path in ("/courts/chengnan/sections.pdf", "/runs.pdf", "/runs.csv?night=2020-01-01", "/courts/no/sections.csv"):
        assert client.get(path).status_code == 404
    sign_in(client, "min1")
    assert client.get("/runs.csv").status_code == client.get("/courts/chengnan/sections.csv").status_code == 404
