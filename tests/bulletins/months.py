"""Trial months: an invented court with five departments, and an invented city of three courts, with counts of three periods.

`python -m tests.bulletins.months` writes their bulletins as text into `golden/`: read the difference before you commit it.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from reports.bulletin import compose
from reports.imprint import Imprint
from reports.period import Period
from storage import database, findings, runs
from storage.findings import Subject
from storage.measures import Measure, save_measures
from tests.bulletins import two_nights
from tests.bulletins.two_nights import case, link, reading, section, sighting

CHINA = timezone(timedelta(hours=8))
YEAR_AGO, FEBRUARY, MIDDLE, MARCH = date(2025, 3, 31), date(2026, 2, 28), date(2026, 3, 16), date(2026, 3, 31)
ISSUED = date(2026, 4, 2)
GENERATED = datetime(2026, 4, 2, 9, 30, tzinfo=CHINA)
OFFICE = Imprint(
    day=ISSUED,
    body="示例市城南区人民法院司法公开领导小组办公室",
    code="南法公开",
    serial=3,
    addressee="全院各部门",
    copies=("院领导", "政治部", "市中院司法公开办"),
    contact="司法公开办，内线8000",
)
MONTH = Period.of_month(2026, 3)
COURT = "chengnan"
CIVIL, SECOND_CIVIL, CRIMINAL, ADMINISTRATIVE, OFFICES = (
    "民事审判第一庭", "民事审判第二庭", "刑事审判庭", "行政审判庭", "综合办公室",
)  # fmt: skip

two_nights.BASES["P-01"] = ({
    "instrument": two_nights.PUBLISH, "number": "法释〔2016〕19号", "article": "10",
    "text": "人民法院在互联网公布裁判文书时，应当删除自然人的家庭住址、身份证号码等个人信息。",
},)  # fmt: skip
two_nights.RULES["P-01"] = ("公开页面载有身份证号码", "S0", "立即撤下，删除个人信息后重新公布。", 0)

# By department: closed cases; then numerator, denominator, unknown of each share.
FLOWS = ("upload_rate", "timely_rate", "withheld_share", "withheld_other_share", "notice_rate", "stream_share_public",
         "stream_share_all")  # fmt: skip
COUNTS = {
    CIVIL: (120, (96, 100, 0), (90, 96, 0), (20, 120, 0), (4, 20, 0), (18, 20, 0), (30, 40, 0), (30, 50, 0)),
    SECOND_CIVIL: (80, (60, 64, 2), (60, 60, 0), (16, 80, 2), (8, 16, 0), (16, 16, 0), (20, 25, 0), (20, 30, 0)),
    CRIMINAL: (60, (40, 40, 0), (38, 40, 0), (20, 60, 0), (2, 20, 0), (20, 20, 0), (12, 15, 0), (12, 20, 0)),
    ADMINISTRATIVE: (4, (3, 4, 0), (3, 3, 0), (0, 4, 0), (0, 0, 0), (0, 0, 0), (1, 2, 0), (1, 2, 0)),
}
# The two earlier periods have fewer in time; a year ago fewer were streamed too.
BEFORE = {name: (*row[:2], (row[2][0] - 2, *row[2][1:]), *row[3:]) for name, row in COUNTS.items()}
OLD = {
    name: row[:6] + tuple((max(0, n - 3), d, u) for n, d, u in row[6:]) for name, row in BEFORE.items()
}  # fmt: skip


def flows(counts, day):
    """One department's counts of a month, all on one day of it."""
    found = []
    for department, (closed, *shares) in counts.items():
        about = {"department": department, "day": day}
        found.append(Measure(name="closed", numerator=closed, **about))
        for name, (numerator, denominator, unknown) in zip(FLOWS, shares, strict=True):
            if denominator:
                found.append(Measure(name=name, numerator=numerator, denominator=denominator, unknown=unknown, **about))
    return found


def states(night, fresh=(9, 10, 1), links=(980, 1000, 12), department=OFFICES):
    """What stands on one night: sections and links."""
    rows = (("fresh_rate", fresh), ("link_rate", links))
    return [
        Measure(name=name, day=night, department=department, numerator=n, denominator=d, unknown=u, state=True)
        for name, (n, d, u) in rows
    ]


def visit(connection, site, night, *, status="complete", why=None):
    """One night's run of a site, audited."""
    run = runs.start(connection, site, night, datetime(night.year, night.month, night.day, 1, tzinfo=CHINA))
    runs.update(
        connection, run.id, status=status, why=why, pages=400, links=1012, sections=11,
        audited=datetime(night.year, night.month, night.day, 5, tzinfo=CHINA),
    )  # fmt: skip


def record(connection, night, sightings, others=None, site=COURT):
    """One night's findings; `others`: what became of open ones, by identity."""
    ends = {
        one.fingerprint: verdict
        for identity, verdict in (others or {}).items()
        for one in findings.state_at(connection, night)
        if one.subject.identity == identity
    }
    findings.record_night(connection, night, site, sightings, ends)


def late(number, department=CIVIL, night=FEBRUARY, **more):
    return case("D-01", COURT, f"（2026）示0102民初{number}号", "2026年1月5日生效，2026年1月22日公布，逾期4个工作日。",
                department=department, night=night, **more)  # fmt: skip


def leak(number="88", night=MARCH):
    url = f"http://www.csqfy.example/wsgk/leak{number}.html"
    return sighting(
        "P-01", COURT, Subject(kind="case", url=url, case_number=f"（2026）示0102刑初{number}号"),
        "公布的裁判文书载有身份证号码440***********1234。", night=night, department=CRIMINAL,
        evidence=[reading(url, night=night)],
    )  # fmt: skip


def dead(path, night=FEBRUARY, **more):
    return link(COURT, f"http://www.csqfy.example/{path}", night=night, **more)


def site(connection, name=COURT):
    runs.save_site(connection, next(one for one in two_nights.SITES if one.id == name))


def february(connection):
    """What February left open: five, one of them to be seen again after it was resolved."""
    site(connection)
    old = flows(OLD, date(2025, 3, 20))
    visit(connection, COURT, YEAR_AGO)
    save_measures(connection, COURT, YEAR_AGO, old + states(YEAR_AGO, fresh=(8, 10, 0)))
    visit(connection, COURT, FEBRUARY)
    known = old + flows(BEFORE, date(2026, 2, 20))
    save_measures(connection, COURT, FEBRUARY, known + states(FEBRUARY, fresh=(8, 10, 0)))
    record(
        connection, FEBRUARY, [late(1, late=True), late(2), late(3, SECOND_CIVIL), dead("old.htm"), dead("gone.htm")]
    )
    return known


def march(connection, *, red=True):
    """A month with findings of every fate."""
    known = february(connection)
    visit(connection, COURT, MIDDLE)
    record(
        connection, MIDDLE, [late(1, night=MIDDLE), late(2, night=MIDDLE), late(4, CRIMINAL, MIDDLE), dead("new.htm", MIDDLE)],
        {"（2026）示0102民初3号": "passed", "http://www.csqfy.example/old.htm": "absent",
         "http://www.csqfy.example/gone.htm": "passed"},
    )  # fmt: skip
    visit(connection, COURT, MARCH)
    seen = [
        late(1, night=MARCH), dead("gone.htm", MARCH), late(4, CRIMINAL, MARCH), late(5, night=MARCH),
        section(COURT, "法院公告", "fygg/", "最近一条发布于2026年1月12日，至2026年3月31日已超过一个月。", night=MARCH),
        case("D-03", COURT, "（2026）示0102民初9号", "按最晚生效日推算，公布仍逾期。", "suspected", night=MARCH,
             department=SECOND_CIVIL),
    ]  # fmt: skip
    record(
        connection, MARCH, seen + [leak()] * red,
        {"（2026）示0102民初2号": "passed", "http://www.csqfy.example/new.htm": "passed"},
    )  # fmt: skip
    save_measures(connection, COURT, MARCH, known + flows(COUNTS, date(2026, 3, 20)) + states(MARCH))


def quiet(connection):
    """A month in which February's findings were all set right, and none was found."""
    known = february(connection)
    visit(connection, COURT, MARCH)
    numbers = ("1", "2", "3")
    gone = {f"（2026）示0102民初{n}号": "passed" for n in numbers}
    record(connection, MARCH, [], gone | {f"http://www.csqfy.example/{p}.htm": "passed" for p in ("old", "gone")})
    save_measures(connection, COURT, MARCH, known + flows(COUNTS, date(2026, 3, 20)) + states(MARCH, fresh=(10, 10, 0)))


def first(connection):
    """The first month that was ever audited."""
    site(connection)
    visit(connection, COURT, MARCH)
    record(connection, MARCH, [late(1, night=MARCH)])
    save_measures(connection, COURT, MARCH, flows(COUNTS, date(2026, 3, 20)) + states(MARCH))


def incomplete(connection):
    """A month whose last night could not read the site to its end: nothing is said of what was not seen."""
    known = february(connection)
    visit(connection, COURT, MARCH, status="incomplete", why="部分栏目拒绝访问")
    unread = {f"（2026）示0102民初{n}号": "unread" for n in ("1", "2", "3")}
    record(connection, MARCH, [dead("gone.htm", MARCH)], unread | {"http://www.csqfy.example/old.htm": "unread"})
    save_measures(connection, COURT, MARCH, known + states(MARCH, fresh=(4, 10, 6), links=(300, 1000, 690)))


def city(connection):
    """Three courts: one leads, two are level; one of them was not read."""
    for name in (COURT, "hekou", "shili_zhongyuan"):
        site(connection, name)
        visit(connection, name, FEBRUARY)
        visit(connection, name, MARCH)
    one = {CIVIL: COUNTS[CIVIL]}
    for name, counts in ((COURT, COUNTS), ("hekou", one), ("shili_zhongyuan", one)):
        before = flows({key: BEFORE[key] for key in counts}, date(2026, 2, 20))
        save_measures(connection, name, FEBRUARY, before + states(FEBRUARY))
        save_measures(connection, name, MARCH, before + flows(counts, date(2026, 3, 20)) + states(MARCH))
    record(connection, FEBRUARY, [late(1)])
    record(connection, MARCH, [late(1, night=MARCH), late(2, night=MARCH)])
    record(
        connection,
        MARCH,
        [case("D-01", "hekou", "（2026）示0123民初7号", "逾期2个工作日。", night=MARCH)],
        site="hekou",
    )


def bulletin(build, period=MONTH, imprint=OFFICE, **options):
    """The bulletin of what one of the functions above builds."""
    engine = database.connect("sqlite://")
    with engine.begin() as connection:
        build(connection)
        return compose(connection, period, generated_at=GENERATED, imprint=imprint, **options)


GOLDEN = {
    "month": (march, {}),
    "quiet": (quiet, {}),
    "first": (first, {}),
    "incomplete": (incomplete, {}),
    "city": (city, {"imprint": replace(OFFICE, addressee="各基层人民法院")}),
    "department": (march, {"department": CIVIL}),
}
"""By name of the file in `golden/`: what is built, and how its bulletin is composed."""


if __name__ == "__main__":
    from pathlib import Path

    from tests.bulletins.plain import plain

    for name, (build, options) in GOLDEN.items():
        file = Path(__file__).parent / "golden" / f"{name}.txt"
        file.write_text(plain(bulletin(build, **options)), encoding="utf-8")
