"""Pictures composed from storage: steps, gaps and borders of the trend, weeks and sections of the heat map, lateness."""

from datetime import UTC, date, datetime, timedelta

import pytest

from reports.period import Period
from reports.pictures import pictures_of
from reports.pictures.comparison import comparison_of
from reports.pictures.freshness import MOST_SECTIONS, freshness_of
from reports.pictures.lateness import lateness_of
from reports.pictures.trend import trend_of
from reports.ranking import Ranking, RankRow
from reports.weights import load_weights
from storage import database, runs, store
from storage.findings import Sighting, Subject, record_night
from storage.measures import Total
from storage.records import Cadence, DateSource, Section

NOW = datetime(2026, 3, 31, tzinfo=UTC)
SITES = (
    runs.Site(id="a", court="示例市甲人民法院", home="http://a.example/"),
    runs.Site(id="b", court="示例市乙人民法院", home="http://b.example/"),
)
MARCH = Period.of_month(2026, 3)


@pytest.fixture
def connection():
    engine = database.connect("sqlite://")
    with engine.begin() as connection:
        for site in SITES:
            runs.save_site(connection, site)
        yield connection


def audit(connection, night, names=(), gone=(), site="a"):
    def seen(name):
        return Sighting(
            rule="W-07", title="死链", severity="S2", verdict="certain", raw_grade="certain", site=site, court=None,
            department=None, subject=Subject(kind="link", url=f"http://{site}.example/{name}"), message="", remedy="",
            due=None, basis=(), evidence=(),
        )  # fmt: skip

    run = runs.start(connection, site, night, NOW)
    runs.update(connection, run.id, status="complete", audited=NOW)
    record_night(connection, night, site, [seen(n) for n in names], {seen(n).fingerprint: "passed" for n in gone})


def trend(connection, period, until=date(2026, 12, 31), sites=("a",)):
    return trend_of(connection, period, list(sites), until)


# --- the trend ---


def test_a_month_is_shown_night_by_night_with_gaps(connection):
    audit(connection, date(2026, 2, 27), ["x", "y"])
    audit(connection, date(2026, 3, 2), ["x"], ["y"])
    audit(connection, date(2026, 3, 5), ["x", "z"])
    shown = trend(connection, MARCH)
    assert (shown.step, len(shown.points)) == ("night", 31)
    assert [(p.first.day, p.open, p.new, p.resolved) for p in shown.known] == [(2, 1, 0, 1), (5, 2, 1, 0)]
    assert {p.open for p in shown.points if not p.nights} == {None}
    assert not any(p.before for p in shown.points)


def test_days_that_have_not_come_yet_are_no_gaps(connection):
    audit(connection, date(2026, 3, 2), ["x"])
    assert len(trend(connection, MARCH, until=date(2026, 3, 4)).points) == 4


def test_a_night_is_shown_with_the_two_weeks_that_led_up_to_it(connection):
    audit(connection, date(2026, 3, 20), ["x"])
    audit(connection, date(2026, 3, 31), ["x", "y"])
    shown = trend(connection, Period.of_night(date(2026, 3, 31)))
    assert (len(shown.points), shown.points[0].first) == (14, date(2026, 3, 18))
    assert [p.open for p in shown.known] == [1, 2]


def test_a_quarter_is_shown_by_weeks_beside_the_quarter_before(connection):
    audit(connection, date(2025, 12, 30), ["x"])
    audit(connection, date(2026, 1, 2), ["x", "y"])
    audit(connection, date(2026, 1, 4), ["x", "z"], ["y"])
    audit(connection, date(2026, 1, 5), ["z"], ["x"])
    shown = trend(connection, Period.of_quarter(2026, 1))
    assert shown.step == "week"
    assert (shown.points[0].first, shown.points[-1].last) == (date(2025, 10, 1), date(2026, 3, 31))
    # The week of 29 December is divided where the quarter begins.
    assert [(p.first, p.last, p.before, p.nights, p.open, p.new, p.resolved) for p in shown.known] == [
        (date(2025, 12, 29), date(2025, 12, 31), True, 1, 1, 1, 0),
        (date(2026, 1, 1), date(2026, 1, 4), False, 2, 2, 2, 1),
        (date(2026, 1, 5), date(2026, 1, 11), False, 1, 1, 0, 1),
    ]


def test_a_period_before_without_an_audit_is_not_shown(connection):
    audit(connection, date(2026, 1, 2), ["x"])
    shown = trend(connection, Period.of_quarter(2026, 1))
    assert shown.points[0].first == date(2026, 1, 1)


def test_a_year_is_shown_by_months(connection):
    audit(connection, date(2025, 11, 3), ["x"])
    audit(connection, date(2026, 2, 3), ["x", "y"])
    shown = trend(connection, Period.of_year(2026))
    assert (shown.step, len(shown.points)) == ("month", 24)
    assert [(p.first.month, p.open) for p in shown.known] == [(11, 1), (2, 2)]
    assert {(p.first.day, (p.last + timedelta(days=1)).day) for p in shown.points} == {(1, 1)}


@pytest.mark.parametrize(("days", "step"), [(45, "night"), (46, "week"), (190, "week"), (191, "month")])
def test_ranges_are_shown_in_steps_that_fit(connection, days, step):
    first = date(2026, 3, 5)
    period = Period.of_range(first, first + timedelta(days=days - 1))
    shown = trend(connection, period)
    assert shown.step == step
    covered = [p.last - p.first for p in shown.points]
    assert sum(covered, timedelta()).days + len(covered) == days


def test_what_another_site_had_open_is_carried_on(connection):
    audit(connection, date(2026, 3, 1), ["x"])
    audit(connection, date(2026, 3, 1), ["y", "z"], site="b")
    audit(connection, date(2026, 3, 2), ["x", "w"])
    shown = trend(connection, MARCH, sites=("a", "b"))
    assert [(p.open, p.new, p.complete) for p in shown.known] == [(3, 3, True), (4, 1, False)]


def test_the_words_begin_with_what_was_open_before(connection):
    audit(connection, date(2026, 2, 27), ["x", "y", "w"])
    audit(connection, date(2026, 3, 2), ["x", "z"], ["y", "w"])
    audit(connection, date(2026, 3, 5), ["x", "z", "v"])
    assert trend(connection, MARCH).description.endswith("期初3条、期末3条，其间新认定2条、整改2条。")


# --- the heat map ---


def section(name, site="a", cadence=Cadence.STANDARD, **values):
    return Section(
        site=site, url=f"http://{site}.example/{name}/", name=name, cadence=cadence, newest_source=DateSource.LIST, **values
    )  # fmt: skip


def read(connection, night, sections):
    store.save(connection, sections, night)
    runs.save_section_reads(connection, [runs.section_read(one, night) for one in sections])


def cells(freshness, name):
    (row,) = (row for row in freshness.rows if row.section == name)
    return [(cell.state, cell.days) for cell in row.cells]


def test_ages_by_weeks(connection):
    old = section("公告", newest=date(2026, 2, 20), items=3)
    read(connection, date(2026, 3, 3), [old, section("要闻", newest=date(2026, 3, 1), items=3)])
    read(connection, date(2026, 3, 6), [section("要闻", newest=date(2026, 3, 5), items=4), old])
    read(connection, date(2026, 3, 24), [section("要闻", newest=date(2026, 3, 23), items=9), old])
    shown = freshness_of(connection, MARCH, SITES[:1], date(2026, 3, 31))
    assert [monday.isoformat() for monday in shown.weeks] == [
        "2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30",
    ]  # fmt: skip
    unread = ("unread", None)
    assert cells(shown, "要闻") == [unread, ("fresh", 1), unread, unread, ("fresh", 1), unread]
    assert cells(shown, "公告") == [unread, ("fresh", 14), unread, unread, ("stale", 32), unread]
    assert [row.section for row in shown.rows] == ["公告", "要闻"]  # the oldest first


def test_a_night_shows_the_weeks_since_the_first_reading(connection):
    night = Period.of_night(date(2026, 3, 31))
    read(connection, night.last, [section("要闻", newest=date(2026, 3, 30), items=9)])
    first = freshness_of(connection, night, SITES[:1], night.last)
    assert (len(first.weeks), cells(first, "要闻")) == (1, [("fresh", 1)])
    read(connection, date(2026, 3, 18), [section("要闻", newest=date(2026, 3, 17), items=8)])
    later = freshness_of(connection, night, SITES[:1], night.last)
    assert [monday.day for monday in later.weeks] == [16, 23, 30]
    assert cells(later, "要闻") == [("fresh", 1), ("unread", None), ("fresh", 1)]


def test_what_was_not_completely_read_is_unread_and_not_stale(connection):
    night = date(2026, 3, 10)
    broken = section("公告", newest=date(2025, 1, 1), items=3, complete=False, why="第2页未能读取")
    read(connection, night, [broken])
    assert ("stale", None) not in cells(freshness_of(connection, MARCH, SITES[:1], night), "公告")
    assert set(cells(freshness_of(connection, MARCH, SITES[:1], night), "公告")) == {("unread", None)}


def test_what_is_in_doubt_is_old_but_not_over_its_limit(connection):
    night = date(2026, 3, 10)
    read(connection, night, [section("公告", newest=date(2025, 1, 1), items=3, guessed=True)])
    assert cells(freshness_of(connection, MARCH, SITES[:1], night), "公告")[-1] == ("fresh", 433)


def test_each_class_has_its_own_limit_and_some_have_none(connection):
    night = date(2026, 3, 10)
    read(
        connection,
        night,
        [
            section("司法统计", cadence=Cadence.PERIODIC, newest=date(2026, 1, 1), items=3),
            section("通知", newest=date(2026, 1, 1), items=3),
            section("空栏目", items=0),
            section("概况", cadence=Cadence.STATIC, newest=date(2016, 1, 1), items=3),
            section("直播", record="stream", newest=date(2026, 1, 1), items=3),
        ],
    )
    shown = freshness_of(connection, MARCH, SITES[:1], night)
    assert cells(shown, "司法统计")[-1] == ("fresh", 68)
    assert cells(shown, "通知")[-1] == ("stale", 68)
    assert cells(shown, "空栏目")[-1] == ("undated", None)
    assert (len(shown.rows), shown.exempt) == (3, 1)


def test_a_section_that_is_gone_since_long_is_not_shown(connection):
    read(connection, date(2026, 1, 10), [section("旧栏目", newest=date(2026, 1, 1), items=3)])
    assert freshness_of(connection, MARCH, SITES[:1], date(2026, 3, 31)).rows == ()


def test_only_the_oldest_sections_are_shown_where_there_are_many(connection):
    night = date(2026, 3, 10)
    for number, site in enumerate(("b", "a")):
        read(
            connection,
            night,
            [section(f"栏目{n}", site=site, newest=night - timedelta(days=2 * n + number), items=3) for n in range(30)],
        )
    shown = freshness_of(connection, MARCH, SITES, night)
    assert (len(shown.rows), shown.omitted) == (MOST_SECTIONS, 60 - MOST_SECTIONS)
    assert [row.court for row in shown.rows] == ["示例市甲人民法院"] * 13 + ["示例市乙人民法院"] * 13
    ages = [row.cells[-1].days for row in shown.rows[:13]]
    assert ages == sorted(ages, reverse=True)
    assert min(row.cells[-1].days for row in shown.rows) == 34


def test_a_department_has_its_own_sections(connection):
    night = date(2026, 3, 10)
    read(
        connection,
        night,
        [section("执行公告", department="执行局", newest=night, items=1), section("要闻", newest=night, items=1)],
    )
    shown = freshness_of(connection, MARCH, SITES[:1], night, "执行局")
    assert [row.section for row in shown.rows] == ["执行公告"]


# --- lateness ---


def total(name, numerator, unknown=0, department="", site="a"):
    return Total(site=site, name=name, department=department, numerator=numerator, denominator=0, unknown=unknown)


def test_lateness_adds_up_sites_and_departments():
    shown = lateness_of(
        [
            total("timely_rate", 7, unknown=2),
            total("timely_rate", 3, unknown=1, site="b"),
            total("late_1_5", 4, department="执行局"),
            total("late_over_20", 1),
            total("upload_rate", 99),
        ]
    )
    assert [(bucket.title, bucket.count) for bucket in shown.buckets] == [
        ("期限内", 10), ("1–5", 4), ("6–10", 0), ("11–20", 0), ("21及以上", 1),
    ]  # fmt: skip
    assert shown.unknown == 3


def test_all_of_them_for_one_department(connection):
    night = date(2026, 3, 10)
    read(connection, night, [section("要闻", newest=night, items=1)])
    audit(connection, night, ["x"])
    totals = [total("timely_rate", 7, department="执行局"), total("timely_rate", 5)]
    pictures = pictures_of(connection, MARCH, SITES, totals, None, until=night, department="执行局")
    assert pictures.lateness.total == 7
    assert pictures.freshness.rows == ()
    assert {point.open for point in pictures.trend.known} == {0}
    assert len(pictures_of(connection, MARCH, SITES, totals, None, until=night).freshness.rows) == 1


def test_who_is_not_ranked_shows_no_score():
    rows = (
        RankRow(name="甲庭", indicators={}, s1=2, score=90.0, rank=1),
        RankRow(name="乙庭", indicators={}, s2=1, score=40.0, why="short"),
        RankRow(name="", indicators={}, s2=3, why="unassigned"),
    )
    shown = comparison_of(Ranking(by="department", rows=rows, weights=load_weights()))
    assert [(unit.title, unit.total, unit.score, unit.rank) for unit in shown.units] == [
        ("甲庭", 2, 90.0, 1), ("乙庭", 1, None, None), ("未归口部门", 3, None, None),
    ]  # fmt: skip
