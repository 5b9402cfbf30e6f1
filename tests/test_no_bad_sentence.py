"""Whatever was found and counted, no sentence of a bulletin says nothing: no zero that reads badly, no empty list."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.bulletin import Bulletin, Scope
from reports.coverage import Gap, Obstacle, SiteCoverage
from reports.entries import Entry, count, numbered, order_of
from reports.grouping import by_chapter, by_court
from reports.imprint import Imprint
from reports.indicators import Indicator, share_of
from reports.period import Period
from reports.ranking import Unit, rank
from reports.recheck import recheck_of
from reports.weights import load_weights
from storage.events import Event
from storage.findings import Finding, Subject
from storage.handling import CONFIRMED, REOPENED, REPLIED, REPORTED, Handling
from storage.records import Evidence
from tests.bulletins.months import MONTH, OFFICE
from tests.bulletins.plain import sentences
from tests.test_skeleton import BAD

NIGHT = date(2026, 3, 31)
AT = datetime(2026, 4, 1, 9, tzinfo=timezone(timedelta(hours=8)))
COURTS = ("示例市中级人民法院", "示例市城南区人民法院", "示例市河口县人民法院")
RULES = (("D-01", "S1"), ("D-05", "S1"), ("N-01", "S1"), ("H-03", "S1"), ("L-01", "S2"), ("W-07", "S2"), ("W-14", "S3"),
         ("P-01", "S0"), ("G-01", "S3"))  # fmt: skip
BASES = ((), ({"instrument": "某规定", "number": "法释〔2016〕19号", "article": "7", "text": "应当公布。"},),
         ({"instrument": "某方案", "number": "", "article": "二", "text": ""},))  # fmt: skip
SUBJECTS = (
    Subject(kind="case", case_number="（2026）示0102民初1号"), Subject(kind="section", section="法院公告", url="http://a.example/"),
    Subject(kind="link", url="http://a.example/x"), Subject(kind="site"),
)  # fmt: skip


@st.composite
def entry(draw, courts):
    rule, severity = draw(st.sampled_from(RULES))
    status = draw(st.sampled_from(("new", "continuing", "resolved")))
    first = NIGHT - timedelta(days=draw(st.integers(0, 60)))
    proof = Evidence(
        url="http://a.example/",
        fetched_at=None,
        status=200,
        sha256=draw(st.sampled_from((None, "a" * 64))),
        excerpt=None,
    )
    finding = Finding(
        fingerprint=f"{draw(st.integers(0, 10**9)):020d}", rule=rule, title=f"规则{rule}", severity=severity,
        grade=draw(st.sampled_from(("certain", "certain", "suspected", "unclear"))), site="a", court=None,
        department=draw(st.sampled_from((None, "民一庭", "民二庭", "刑庭"))), subject=draw(st.sampled_from(SUBJECTS)),
        message=draw(st.sampled_from(("逾期1个工作日。", "未公布"))), remedy=draw(st.sampled_from(("改正。", "补公布。"))),
        due=draw(st.sampled_from((None, NIGHT))), basis=draw(st.sampled_from(BASES)),
        evidence=draw(st.sampled_from(((), (proof,)))), status=status, verified=draw(st.booleans()), first_seen=first,
        last_seen=NIGHT, nights=1, raw_grade="certain", resolution="passed" if status == "resolved" else None,
        resolved_on=NIGHT if status == "resolved" else None, ended_before=draw(st.sampled_from((None, first))),
    )  # fmt: skip
    return Entry(
        number=0, court=draw(st.sampled_from(courts)), finding=finding,
        before=draw(st.sampled_from((None, "certain", "suspected"))),
        overdue=status != "resolved" and draw(st.booleans()), within=status == "resolved" and first in MONTH,
    )  # fmt: skip


@st.composite
def site(draw, court):
    status = draw(st.sampled_from(("complete", "incomplete", "unreadable", "missing", "crashed")))
    read = status not in ("unreadable", "missing")
    gaps = (Gap(name="执行信息", url="http://a.example/", why=None),) * draw(st.integers(0, 1)) if read else ()
    issues = (Obstacle(cause="timeout", times=3, example="http://a.example/"),) * draw(st.integers(0, 1))
    return SiteCoverage(
        site=court, court=court, home="http://a.example/", status=status, audited=read, nights=draw(st.integers(0, 3)),
        pages=draw(st.integers(0, 2)) * read, links=draw(st.integers(0, 2)) * read,
        sections=(draw(st.integers(0, 2)) + len(gaps)) * read, gaps=gaps, obstacles=issues, night=NIGHT if read else None,
    )  # fmt: skip


@st.composite
def indicator(draw, name):
    denominator = draw(st.integers(0, 12))
    numerator = draw(st.integers(0, denominator))
    near = st.sampled_from((None, 0.0, 0.5, share_of(numerator, denominator)))
    return Indicator(
        name=name, title=name, numerator=numerator, denominator=denominator, unknown=draw(st.integers(0, 2)),
        value=share_of(numerator, denominator), before=draw(near), year_ago=draw(near), better="high", definition="甲 ÷ 乙。",
    )  # fmt: skip


NAMES = ("upload_rate", "timely_rate", "notice_rate", "stream_share_public", "process_rate", "fresh_rate", "link_rate")


@st.composite
def bulletin(draw):
    courts = COURTS[: draw(st.integers(1, 3))]
    coverage = tuple(draw(site(court)) for court in courts)
    entries = sorted(draw(st.lists(entry(courts), max_size=8)), key=order_of(list(courts)))
    by = "court" if len(courts) > 1 else "department"
    units = [
        Unit(name=name, indicators={n: draw(indicator(n)) for n in draw(st.sets(st.sampled_from(NAMES)))},
             entries=tuple(e for e in entries if name in (e.court, e.finding.department or "")))
        for name in (courts if by == "court" else ("民一庭", "民二庭", "刑庭", ""))
    ]  # fmt: skip
    states = st.sampled_from((REPLIED, REPORTED, CONFIRMED, REOPENED))
    answer = Event(fingerprint="f", at=AT, who="a", what="rectified")
    handling = {
        e.finding.fingerprint: Handling(state=draw(states), answer=answer) for e in entries if draw(st.booleans())
    }
    period = draw(st.sampled_from((MONTH, Period.of_night(NIGHT), Period.of_quarter(2026, 1))))
    is_open = [e for e in entries if not e.is_resolved]
    plain = Imprint(day=OFFICE.day)
    return Bulletin(
        period=period, night=NIGHT, previous=draw(st.sampled_from((None, date(2026, 2, 28)))), generated_at=AT,
        imprint=draw(st.sampled_from((plain, OFFICE, replace(OFFICE, corrects="南法公开〔2026〕2号", reason="数字有误。")))),
        scope=Scope(courts=courts), coverage=coverage,
        certain=numbered(e for e in is_open if e.is_certain), leads=numbered(e for e in is_open if not e.is_certain),
        resolved=numbered(e for e in entries if e.is_resolved), counts=count(entries), chapters=by_chapter(entries),
        courts=by_court(entries, coverage), indicators=tuple(draw(indicator(n)) for n in draw(st.sets(st.sampled_from(NAMES)))),
        ranking=rank(units, load_weights(), by) if draw(st.booleans()) else None,
        recheck=recheck_of(entries, by_department=by == "department", period=period, handling=handling,
                           first=draw(st.booleans())),
    )  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(bulletin())
def test_no_sentence_reads_badly(made):
    told = sentences(made)
    assert [sentence for sentence in told if BAD.search(sentence)] == []
    # What was not read is said, whatever else there is to say.
    if not made.is_complete:
        assert any("不等于没有问题" in sentence for sentence in told)
