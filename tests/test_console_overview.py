"""The overview: what it counts, whom it shows what, and that an unread section is never called out of date."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from gongkai.console import ages, counts, filters, overview
from gongkai.console.ages import age_of
from storage import accounts, runs, standing, store
from storage.database import reading
from storage.life import ASSIGNED, NEW
from storage.records import Cadence, DateSource, Section
from storage.store import Seen
from tests.bulletins import two_nights
from tests.console_fixtures import CASE, LINK, csrf, print_of, sign_in

pytest_plugins = ("tests.console_fixtures",)
NIGHT = two_nights.SECOND
RUN = runs.Run(
    id=1, site="x", night=NIGHT, started=two_nights.GENERATED, status="complete", audited=two_nights.GENERATED
)


def section(**values):
    about = {"site": "x", "url": "http://x.example/", "name": "栏目", "cadence": Cadence.STANDARD, "items": 9}
    about |= {"newest": date(2026, 3, 20), "newest_source": DateSource.LIST}
    return Section(**about | values)


@pytest.mark.parametrize(
    ("values", "state", "days"),
    [
        ({}, "fresh", 11),
        ({"newest": date(2026, 3, 1)}, "fresh", 30),
        ({"newest": date(2026, 2, 28)}, "stale", 31),
        ({"newest": date(2026, 2, 28), "complete": False}, "unread", 31),
        ({"complete": False}, "fresh", 11),  # one new item proves it, whatever was not read
        ({"newest": date(2026, 2, 28), "guessed": True}, "doubtful", 31),
        ({"newest": date(2026, 2, 28), "undated": 2}, "doubtful", 31),
        ({"newest": None}, "undated", None),
        ({"newest": None, "items": 0}, "empty", None),
        ({"newest": None, "items": 0, "complete": False}, "unread", None),
        ({"newest": date(2020, 1, 1), "cadence": Cadence.STATIC}, "exempt", 2281),
        ({"newest": date(2026, 4, 14), "record": "stream"}, "exempt", None),
    ],
)
def test_the_state_of_a_section(values, state, days):
    age = age_of(Seen(section(**values), NIGHT, NIGHT), RUN)
    assert (age.state, age.days) == (state, days)


def test_a_section_that_the_night_did_not_reach_is_unread_and_one_that_a_whole_night_lacks_is_gone(engine):
    before = NIGHT - timedelta(days=1)
    seen = Seen(section(newest=date(2025, 1, 1)), before, before)
    assert age_of(seen, RUN).state == "unread"
    with engine.begin() as connection:
        store.save(connection, [replace(seen.record, site="chengnan")], before)
        listed = [age.section.url for age in ages.ages_of(connection, "chengnan", replace(RUN, status="incomplete"))]
        assert seen.record.url in listed
        listed = [age.section.url for age in ages.ages_of(connection, "chengnan", RUN)]
        assert seen.record.url not in listed


def rows(connection, user):
    query = standing.table.select().where(overview.seen_by(user))
    return [dict(row) for row in connection.execute(query).mappings()]


@pytest.mark.parametrize("name", ["wang", "li", "min1"])
def test_the_counts_are_those_of_the_findings_that_one_may_see(engine, name):
    with reading(engine) as connection:
        user = accounts.find(connection, name)
        today = NIGHT + timedelta(days=3)
        counted = counts.tallies(connection, user, today)
        open_ones = [row for row in rows(connection, user) if row["stage"] == NEW]
        certain = [row for row in open_ones if row["grade"] == "certain"]
        assert {s: counted.of(s) for s in counts.SEVERITIES} == {
            s: sum(row["severity"] == s for row in certain) for s in counts.SEVERITIES
        }
        assert counted.certain == counted.at(NEW) == len(certain)
        assert counted.leads == len(open_ones) - len(certain)
        assert counted.overdue == sum(row["deadline"] is not None and row["deadline"] < today for row in certain)
        assert counted.unverified == sum(not row["verified"] for row in certain)
        assert name == "li" or counted.certain > 0
        assert name != "wang" or (counted.overdue > 0 and counted.unverified > 0)


def test_the_next_deadlines_are_certain_open_and_not_past(engine):
    with reading(engine) as connection:
        user = accounts.find(connection, "wang")
        coming = overview.deadlines(connection, user, NIGHT)
        wanted = [
            row
            for row in rows(connection, user)
            if row["grade"] == "certain" and row["stage"] == NEW and row["deadline"] and row["deadline"] >= NIGHT
        ]
        assert [row["deadline"] for row in coming] == sorted(row["deadline"] for row in wanted)[: overview.COMING]
        assert coming[0]["left"] == (coming[0]["deadline"] - NIGHT).days


def test_the_last_night_says_which_courts_were_not_wholly_read(engine):
    with reading(engine) as connection:
        sites = overview.visible_sites(connection, accounts.find(connection, "wang"))
        table = ages.matrix(connection, sites)
        found = overview.coverage_of(table)
    assert (found.night, found.results) == (NIGHT, {"complete": 2, "incomplete": 1, "unreadable": 1})
    assert {row.site.id: row.reason for row in found.short} == {
        "hekou": "部分栏目拒绝访问；1个栏目未完整读取",
        "dongshan": "首页连续三次响应超时；5个栏目未完整读取",
    }
    unread = next(row for row in table.rows if row.site.id == "dongshan")
    assert {age.state for cell in (*unread.cells, unread.others) for age in cell.ages} == {"unread"}


def test_the_matrix_is_remembered_until_a_court_has_another_run(engine):
    memory = {}
    with engine.begin() as connection:
        sites = overview.visible_sites(connection, accounts.find(connection, "wang"))
        first = ages.matrix(connection, sites, memory)
        assert ages.matrix(connection, sites, memory) is first
        assert [row.site for row in ages.matrix(connection, sites[:1], memory).rows] == sites[:1]
        again = runs.find(connection, "hekou", NIGHT)
        runs.update(connection, again.id, audited=two_nights.GENERATED + timedelta(hours=1))
        assert ages.matrix(connection, sites, memory) is not first
        runs.update(connection, again.id, audited=None)  # it is being read: nothing of it is remembered
        assert ages.matrix(connection, sites, memory) is not ages.matrix(connection, sites, memory)


def test_a_court_that_was_not_visited_is_missing_however_well_it_was_read_before(engine):
    with engine.begin() as connection:
        connection.execute(runs.runs.delete().where(runs.runs.c.site == "chengnan", runs.runs.c.night == NIGHT))
        sites = overview.visible_sites(connection, accounts.find(connection, "wang"))
        assert overview.coverage_of(ages.matrix(connection, sites)).results["missing"] == 1


def test_an_inspector_sees_all_courts_and_one_of_one_site_that_court(client):
    sign_in(client)
    page = client.get("/").text
    assert all(site.court in page for site in two_nights.SITES)
    assert "部分栏目拒绝访问" in page
    sign_in(client, "li")
    page = client.get("/").text
    assert [site.id for site in two_nights.SITES if site.court in page] == ["hekou"]


def test_a_department_sees_its_own_findings_and_no_courts(client, engine):
    sign_in(client, "wang")
    there = f"/findings/{print_of(engine, CASE)}"
    secret = csrf(engine)
    client.post(there, data={"csrf": secret, "version": "0", "what": "assigned", "deadline": "2026-04-10"})
    client.post(f"/findings/{print_of(engine, LINK)}", data={"csrf": secret, "version": "0", "what": "confirmed"})
    sign_in(client, "min1")
    page = client.get("/").text
    assert CASE in page
    assert "还有10天" in page
    assert "/courts/" not in page
    assert "/runs" not in page
    with reading(engine) as connection:
        user = accounts.find(connection, "min1")
        assert counts.tallies(connection, user, NIGHT).at(ASSIGNED) == 1
    assert all(subject not in page for subject in (LINK, "综合办公室", "行政审判庭"))


def test_a_database_without_a_night_says_so(client, engine):
    with engine.begin() as connection:
        for table in ("standing", "sightings", "findings", "issues", "runs", "section_reads", "sections", "sites"):
            connection.execute(standing.table.metadata.tables[table].delete())
    sign_in(client)
    page = client.get("/")
    assert (page.status_code, "还没有巡查记录" in page.text) == (200, True)


def plans(engine, work):
    """How SQLite answers the questions that `work` asks of `standing`."""
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if "FROM standing" in statement:
            asked.append((statement, parameters))

    with reading(engine) as connection:
        sa.event.listen(engine, "before_cursor_execute", note)
        work(connection, accounts.find(connection, "wang"))
        sa.event.remove(engine, "before_cursor_execute", note)
        return [
            row[3] for one, with_ in asked for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", with_)
        ]


@pytest.mark.parametrize(
    "query", [{}, {"order": "deadline"}, {"site": "chengnan"}, {"rule": "W-07", "grade": "certain"}]
)
def test_a_list_is_read_in_the_order_of_an_index(engine, query):
    chosen = filters.parse(query)
    lines = plans(engine, lambda connection, user: filters.page(connection, chosen, user, NIGHT))
    assert any("INDEX ix_standing_" in line for line in lines)
    assert not any("TEMP B-TREE" in line for line in lines)


def test_counting_never_looks_at_the_findings_themselves(engine):
    lines = plans(engine, lambda connection, user: counts.tallies(connection, user, NIGHT))
    assert lines == ["SEARCH standing USING COVERING INDEX ix_standing_counts (open=?)"]
