"""The night's numbers: metrics with their denominators, estimates, and what is not computed because it was not read."""

from datetime import UTC, date, datetime

import pytest

from auditors.audit import audit_site
from auditors.statistics import metrics
from storage import runs, store
from storage.database import connect
from storage.imports import DumpFile, save_dump
from storage.ledgers import LedgerSheet, save_ledger
from storage.measures import Measure
from storage.records import Approval, Cadence, CaseEntry, DateSource, Hearing, Judgment, Section, Withheld
from storage.statistics import read_statistics

NIGHT = date(2026, 3, 31)
HOME = "https://court.example.cn/"


@pytest.fixture
def engine(tmp_path):
    engine = connect(tmp_path / "gongkai.db")
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="s", court="示例市东湖区人民法院", home=HOME))
    yield engine
    engine.dispose()


def number(n, kind="民初"):
    return f"（2026）粤9902{kind}{n}号"


def section(name, record, **values):
    return Section(site="s", url=f"{HOME}{record}/", name=name, record=record, cadence=Cadence.STANDARD, **values)


SECTIONS = [section("裁判文书", "judgment"), section("不公开信息", "withheld"), section("开庭公告", "hearing")]


def judgment(n, decided=date(2026, 1, 5), published=date(2026, 2, 3), **values):
    values = {"document_type": "判决书", "published_source": DateSource.LABEL} | values
    return Judgment(
        site="s", url=f"{HOME}{n}.html", case_number=number(n), title="判决书", decided=decided, published=published, **values
    )  # fmt: skip


def entry(n, row, effective=date(2026, 1, 27), **values):
    values = {"document_type": "民事判决书", "decided": date(2026, 1, 5), "department": "民一庭"} | values
    return CaseEntry(site="s", source="台账.xlsx/案件", row=row, case_number=number(n), effective=effective, **values)


def approval(n, row, reason="以调解方式结案的"):
    return Approval(
        site="s", source="台账.xlsx/审批", row=row, subject="withheld", case_number=number(n), reason=reason
    )


def notice(n, reason="以调解方式结案的"):
    return Withheld(
        site="s", url=f"{HOME}b.html", position=n, section="不公开信息", case_number=number(n), reason=reason,
        decided=date(2026, 1, 5),
    )  # fmt: skip


def statistics(engine, *records, sections=SECTIONS, unread=0):
    """By name and scope, what a night with these records yields."""
    with engine.begin() as connection:
        run = runs.start(connection, "s", NIGHT, datetime(2026, 3, 31, 2, tzinfo=UTC))
        runs.update(connection, run.id, status="complete")
        store.save(connection, [*sections, *(r for r in records if not isinstance(r, (CaseEntry, Approval)))], NIGHT)
        save_ledger(
            connection, site="s", file="台账.xlsx", sha256="0", night=NIGHT, imported=datetime(2026, 3, 31, tzinfo=UTC),
            records=[r for r in records if isinstance(r, (CaseEntry, Approval))],
            sheets=[LedgerSheet(source="台账.xlsx/案件", kind="withheld", rows=1, unread=unread, unread_cases=(None,) * unread)],
        )  # fmt: skip
        audit_site(connection, "s", NIGHT)
        again = read_statistics(connection, "s", NIGHT)
        audit_site(connection, "s", NIGHT)
        assert read_statistics(connection, "s", NIGHT) == again  # twice writes the same
    return {(one.name, one.scope): one for one in again}


def fraction(one):
    return one.numerator, one.denominator, one.value


CASES = [
    *(entry(n, n) for n in range(1, 9)),
    entry(9, 9, department="民二庭"),
    entry(10, 10, effective=date(2026, 3, 27)),  # not due yet
    entry(11, 11, cause="离婚纠纷"),  # never to be published, and not registered
    *(judgment(n) for n in (1, 2, 3, 9)),  # by 5 February: in time
    judgment(4, published=date(2026, 3, 5)),
    approval(5, 2),
    approval(6, 3, "人民法院认为不宜在互联网公布的其他情形"),
    notice(5),
]


def test_metrics_of_the_court(engine):
    found = statistics(engine, *CASES)
    assert fraction(found["upload_rate", ""]) == (5, 7, 5 / 7)  # 1-4, 7-9; 5 and 6 are withheld
    assert fraction(found["timely_rate", ""]) == (4, 5, 0.8)
    assert fraction(found["withheld_share", ""]) == (2, 9, 2 / 9)
    assert fraction(found["notice_rate", ""]) == (1, 2, 0.5)
    assert fraction(found["missing_rate", ""]) == (2, 9, 2 / 9)
    assert fraction(found["other_share_ledger", ""]) == (1, 2, 0.5)
    assert fraction(found["other_share_public", ""]) == (0, 1, 0.0)
    assert all(one.method and one.denominator_name for one in found.values() if one.kind == "metric")
    assert (
        "2026-02-06至2026-02-06" in found["upload_rate", ""].period
    )  # effective on 27 January, in time until 5 February


def test_metrics_of_departments(engine):
    found = statistics(engine, *CASES)
    assert fraction(found["upload_rate", "民二庭"]) == (1, 1, 1.0)
    assert fraction(found["upload_rate", "民一庭"]) == (4, 6, 4 / 6)


def test_nothing_is_computed_from_what_was_not_read(engine):
    cut = [section("裁判文书", "judgment", complete=False, why="超时"), *SECTIONS[1:]]
    found = statistics(engine, *CASES, sections=cut)
    for name in ("upload_rate", "timely_rate", "withheld_share", "notice_rate", "missing_rate", "other_share_public"):
        assert found[name, ""].value is None and "未读全" in found[name, ""].note
    assert found["other_share_ledger", ""].value == 0.5


def test_a_site_without_judgments_has_no_rate(engine):
    found = statistics(engine, entry(1, 2), sections=[])
    assert found["upload_rate", ""].value is None
    assert "没有文书公开栏目" in found["upload_rate", ""].note


def test_of_a_dump_of_the_national_site_only_what_it_holds_completely_counts(engine):
    """The site has no judgments; a dump does, and the user said of which days it holds all."""
    imported = {"imported": "dump.json#1"}
    records = [entry(1, 2), entry(2, 3), entry(3, 4, decided=date(2025, 12, 1)), judgment(1, **imported)]
    without = statistics(engine, *records, sections=[])
    assert without["upload_rate", ""].value is None
    dump = DumpFile(
        file="dump.json", sha256="0", imported=datetime(2026, 3, 31, tzinfo=UTC), rows=1, unread=0,
        complete_from=date(2026, 1, 1), complete_until=date(2026, 1, 31),
    )  # fmt: skip
    with engine.begin() as connection:
        save_dump(connection, "s", dump, [judgment(1, **imported)], NIGHT)
    found = statistics(engine, *records, sections=[])
    assert found["upload_rate", ""].value is None  # one of three was decided on a day of which the dump says nothing
    assert "另有1件未能核对" in found["upload_rate", ""].note
    more = [entry(n, n + 10) for n in range(4, 14)]
    found = statistics(engine, *records, *more, sections=[])
    assert fraction(found["upload_rate", ""]) == (1, 12, 1 / 12)
    assert "另有1件未能核对" in found["upload_rate", ""].note


def test_numbers_of_a_dump_estimate_nothing_unless_it_is_complete(engine):
    found = statistics(engine, *(judgment(n, imported=f"d.json#{n}") for n in (1, 2, 3, 5, 9)), sections=[])
    (gap,) = [one for (name, _), one in found.items() if name.startswith("gap")]
    assert gap.value is None and "完整期间" in gap.note


def test_unread_rows_of_the_ledger_are_said(engine):
    assert "未能读取" in statistics(engine, *CASES, unread=2)["upload_rate", ""].note


def test_without_a_ledger_there_are_no_metrics(engine):
    assert statistics(engine, judgment(1)) == {}


def test_numbers_that_appear_nowhere(engine):
    """Seen in documents, a notice, an announcement and the ledger; 5 and 8 appear nowhere."""
    hearing = Hearing(site="s", url=f"{HOME}k.html", case_number=number(7), starts=datetime(2026, 3, 1, tzinfo=UTC))
    seen = [judgment(1), judgment(2), judgment(3, decided=date(2026, 2, 9)), notice(4), hearing, judgment(9)]
    found = statistics(engine, *seen, entry(6, 2), approval(10, 2))
    gap = found["gap", "（2026）粤9902民初"]
    assert (gap.value, gap.denominator, gap.kind, gap.period) == (2, 10, "estimate", "第1号至第10号")
    assert "不据以认定" in gap.method
    months = {scope: one.value for (name, scope), one in found.items() if name == "gap_month"}
    assert sum(months.values()) == 2 and all(scope.startswith("（2026）粤9902民初 2026年") for scope in months)


def test_a_hearing_to_come_dates_no_gap(engine):
    future = Hearing(site="s", url=f"{HOME}k.html", case_number=number(9), starts=datetime(2026, 6, 1, tzinfo=UTC))
    found = statistics(engine, *(judgment(n) for n in (1, 2, 3, 4)), future)
    assert [scope for name, scope in found if name == "gap_month"] == ["（2026）粤9902民初 2026年1月"]


def test_a_site_that_shows_few_says_so(engine):
    found = statistics(engine, *(judgment(n) for n in (1, 11, 21, 31, 41)))
    assert "可能只是选登" in found["gap", "（2026）粤9902民初"].note


@pytest.mark.parametrize("record", ["judgment", "withheld", "hearing"])
def test_no_estimate_while_a_section_was_not_read(engine, record):
    cut = [s if s.record != record else section(s.name, record, complete=False, why="超时") for s in SECTIONS]
    found = statistics(engine, *(judgment(n) for n in (1, 2, 3, 4, 7)), sections=cut)
    (gap,) = [one for (name, _), one in found.items() if name.startswith("gap")]
    assert gap.value is None and "未读全" in gap.note


def test_live_rates_name_their_denominators():
    """Of this year only: hearings of last year are in other periods."""
    days = [(date(2026, 3, 2), 3, 4, 0), (date(2025, 12, 30), 7, 7, 0)]
    counts = [
        Measure(name=name, day=day, numerator=n, denominator=d + more, unknown=u)
        for name, more in (("stream_share_public", 0), ("stream_share_all", 6)) for day, n, d, u in days
    ]  # fmt: skip
    public, everything = metrics("s", counts, NIGHT, None, False)
    assert (public.name, public.value, public.denominator) == ("stream_share_public", 0.75, 4)
    assert (everything.denominator, everything.title) == (10, "直播率（全部庭审）")
    assert public.note is None and public.period == "2026年1月1日至2026-03-31"


def test_live_rates_are_not_computed_from_a_portal_that_was_not_read():
    (one,) = metrics("s", [Measure(name="stream_share_all", day=NIGHT, denominator=4, unknown=4)], NIGHT, None, False)
    assert (one.value, one.numerator, one.denominator) == (None, None, 4)
    assert "未读全" in one.note


def test_announcements_and_ledgers_alone_estimate_nothing(engine):
    """Without a document or a notice there is no publication whose gaps could be told."""
    assert not any(name.startswith("gap") for name, _ in statistics(engine, *(entry(n, n) for n in (2, 3, 4, 5, 9))))
