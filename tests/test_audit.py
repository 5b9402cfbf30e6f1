"""Nights through storage: new, continuing, resolved, absent, unread; confirmation; re-running; crashes; joins."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from auditors.audit import audit_site
from auditors.policies import read_policy
from auditors.rule import Manual, Rule, Severity, all_rules
from auditors.views import SectionState
from storage import runs, store
from storage.database import connect
from storage.findings import state_at
from storage.ledgers import LedgerSheet, save_ledger
from storage.records import (
    Access,
    Approval,
    Cadence,
    CaseEntry,
    DateSource,
    Evidence,
    Item,
    Judgment,
    LinkKind,
    PageFacts,
    Section,
    StatisticsRow,
    Target,
    Withheld,
)
from storage.schema import accesses, sightings

HOME = "https://court.example.cn/"
FIRST, SECOND, THIRD = date(2026, 3, 29), date(2026, 3, 30), date(2026, 3, 31)
LABEL = DateSource.LABEL


@pytest.fixture
def engine(tmp_path):
    engine = connect(tmp_path / "gongkai.db")
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="s", court="示例市东湖区人民法院", home=HOME))
    yield engine
    engine.dispose()


def at(night, hour=2):
    return datetime(night.year, night.month, night.day, hour, tzinfo=UTC)


def section(name="通知公告", url=None, **values):
    values = {"items": 10, "newest": date(2026, 1, 5), "newest_source": DateSource.LIST} | values
    cadence = values.pop("cadence", Cadence.STANDARD)
    return Section(site="s", url=url or f"{HOME}{name}/", name=name, cadence=cadence, **values)


def target(path="dead.html", access=Access.GONE, probes=2, **values):
    pages = values.pop("referrers", (Evidence(url=f"{HOME}a.html", excerpt="旧链接"),))
    return Target(
        site="s", url=HOME + path, access=access, status=404, probes=probes, referrers=pages, referrer_count=1, **values
    )


HOME_FACTS = PageFacts(site="s", url=HOME, is_home=True, links_to=("wenshu.court.gov.cn",))


def save_night(connection, night, records, *, status="complete", asked=None, elapsed=None):
    """A night of the crawler: its run, records, section reads and accesses (path → access)."""
    run = runs.start(connection, "s", night, at(night))
    runs.update(connection, run.id, status=status, finished=at(night, 3))
    store.save(connection, records, night)
    reads = [r for r in records if isinstance(r, Section)]
    runs.save_section_reads(
        connection,
        [
            {
                "site": "s",
                "url": r.url,
                "night": night,
                "complete": r.complete,
                "why": r.why,
                "items": r.items,
                "newest": r.newest,
                "oldest": r.oldest,
            }
            for r in reads
        ],
    )
    for path, access in (asked or {}).items():
        connection.execute(
            accesses.insert().values(
                run=run.id,
                url=HOME + path,
                at=at(night),
                elapsed=elapsed,
                method="GET",
                access=access.value,
                status=200 if access.is_ok else 404,
                sha256=f"{path}-{night}",
                kind=LinkKind.PAGE.value,
                internal=True,
                depth=1,
                unchanged=False,
            )
        )


def audit(engine, night, records=None, **options):
    """Save a night, audit it, and give its findings by rule and subject."""
    chosen = options.pop("rules", None)
    policy = options.pop("policy", None)
    with engine.begin() as connection:
        if records is not None:
            save_night(connection, night, [HOME_FACTS, *records], **options)
        summary = audit_site(connection, "s", night, policy=policy, rules=chosen)
        found = state_at(connection, night, site="s")
    return summary, {(f.rule, f.subject.identity): f for f in found}


STALE = ("W-01", f"{HOME}通知公告/")
DEAD = ("W-07", f"{HOME}dead.html")


def test_new_continuing_resolved(engine):
    _, first = audit(engine, FIRST, [section()])
    assert (first[STALE].status, first[STALE].grade) == ("new", "certain")
    _, second = audit(engine, SECOND, [section()])
    assert (second[STALE].status, second[STALE].first_seen) == ("continuing", FIRST)
    _, third = audit(engine, THIRD, [section(newest=date(2026, 3, 30))])
    assert (third[STALE].status, third[STALE].resolution) == ("resolved", "passed")


def test_what_a_finding_says(engine):
    _, found = audit(engine, FIRST, [section(department="综合办公室", sha256="abc")])
    one = found[STALE]
    assert (one.court, one.department) == ("示例市东湖区人民法院", "综合办公室")
    assert (one.title, one.severity) == ("栏目超过一个月未更新", "S2")
    assert one.due == date(2026, 4, 3)
    assert one.basis[0]["number"] == "法发〔2018〕20号"
    assert "归并" in one.remedy
    assert one.evidence[0] == Evidence(url=f"{HOME}通知公告/", sha256="abc")
    assert one.subject.section == "通知公告"


def test_due_runs_from_the_first_night(engine):
    _, first = audit(engine, FIRST, [section()])
    _, third = audit(engine, THIRD, [section()])
    assert third[STALE].due == first[STALE].due


def test_incomplete_section_is_unclear_once_and_accuses_nobody(engine):
    unread = section(complete=False, why="部分列表页未读", items=0, cadence=Cadence.DYNAMIC)
    summary, found = audit(engine, FIRST, [unread], status="incomplete")
    assert [(f.rule, f.grade) for f in found.values()] == [("W-01", "unclear")]
    assert summary.grades == {"unclear": 1}
    assert summary.unread["W-01"] == 1


def test_open_finding_stays_when_its_section_is_not_read(engine):
    audit(engine, FIRST, [section()])
    summary, found = audit(engine, SECOND, [section(complete=False, why="超时")], status="incomplete")
    assert (found[STALE].grade, found[STALE].status, found[STALE].verified) == ("certain", "continuing", False)
    assert summary.others == {"unread": 1}
    assert {f.grade for f in found.values()} == {"certain"}


def test_open_finding_stays_when_the_site_is_not_read(engine):
    audit(engine, FIRST, [section(), target()])
    with engine.begin() as connection:
        runs.start(connection, "s", SECOND, at(SECOND))
        runs.update(connection, 2, status="unreadable")
        summary = audit_site(connection, "s", SECOND)
        found = {(f.rule, f.subject.identity): f for f in state_at(connection, SECOND, site="s")}
    assert set(summary.others) == {"unread"}
    assert not found[STALE].verified
    assert not found[DEAD].verified


def test_section_that_is_no_more(engine):
    audit(engine, FIRST, [section(), section("典型案例")])
    _, found = audit(engine, SECOND, [section("典型案例")])
    assert (found[STALE].status, found[STALE].resolution) == ("resolved", "absent")


def test_section_that_is_missing_in_an_incomplete_run(engine):
    audit(engine, FIRST, [section(), section("典型案例")])
    _, found = audit(engine, SECOND, [section("典型案例")], status="incomplete")
    assert found[STALE].status == "continuing"
    assert not found[STALE].verified


def test_suspected_link_is_certain_on_the_second_night(engine):
    broken = target(access=Access.TIMEOUT)
    _, first = audit(engine, FIRST, [broken])
    assert (first[DEAD].grade, first[DEAD].due) == ("suspected", None)
    _, second = audit(engine, SECOND, [broken], asked={"dead.html": Access.TIMEOUT})
    assert (second[DEAD].grade, second[DEAD].raw_grade, second[DEAD].status) == ("certain", "suspected", "continuing")
    assert second[DEAD].due == date(2026, 4, 7)


def test_nights_that_were_not_read_confirm_nothing(engine):
    audit(engine, FIRST, [target(access=Access.TIMEOUT)])
    _, second = audit(engine, SECOND, [target(access=Access.BLOCKED)], asked={"dead.html": Access.BLOCKED})
    assert (second[DEAD].grade, second[DEAD].verified) == ("suspected", False)
    _, third = audit(engine, THIRD, [target(access=Access.TIMEOUT)])
    assert third[DEAD].grade == "certain"


def test_a_new_episode_is_confirmed_anew(engine):
    audit(engine, FIRST, [target(access=Access.TIMEOUT)])
    audit(engine, SECOND, [], asked={"dead.html": Access.OK})
    _, third = audit(engine, THIRD, [target(access=Access.TIMEOUT)])
    assert (third[DEAD].grade, third[DEAD].status, third[DEAD].first_seen) == ("suspected", "new", THIRD)


def test_link_that_is_well_again(engine):
    audit(engine, FIRST, [target()])
    _, found = audit(engine, SECOND, [], asked={"dead.html": Access.OK}, status="incomplete")
    assert (found[DEAD].status, found[DEAD].resolution) == ("resolved", "passed")


def test_link_that_was_removed_from_its_pages(engine):
    """Its page was read, it was not asked again: nothing leads there any more, though other pages were not read."""
    audit(engine, FIRST, [target()])
    _, found = audit(engine, SECOND, [], asked={"a.html": Access.OK}, status="incomplete")
    assert (found[DEAD].status, found[DEAD].resolution) == ("resolved", "absent")


def test_link_whose_page_was_not_read(engine):
    audit(engine, FIRST, [target()])
    _, found = audit(engine, SECOND, [], asked={"a.html": Access.BLOCKED}, status="incomplete")
    assert found[DEAD].status == "continuing"
    assert not found[DEAD].verified


def test_refusals_are_never_findings(engine):
    refused = [a for a in Access if a.is_refusal]
    summary, found = audit(engine, FIRST, [target(f"{a}.html", access=a) for a in refused])
    assert found == {}
    assert summary.unread == {"W-07": len(refused)}


def test_page_that_was_cleaned(engine):
    hidden = PageFacts(site="s", url=f"{HOME}a.html", hidden_links=("http://bet.example/1", "http://bet.example/2"))
    _, first = audit(engine, FIRST, [hidden])
    assert first["W-11", f"{HOME}a.html"].due == FIRST
    _, second = audit(engine, SECOND, [], asked={"a.html": Access.BLOCKED}, status="incomplete")
    assert second["W-11", f"{HOME}a.html"].status == "continuing"
    _, third = audit(engine, THIRD, [], asked={"a.html": Access.OK}, status="incomplete")
    assert third["W-11", f"{HOME}a.html"].resolution == "passed"


def test_a_hidden_link_is_not_asked_to_be_mended(engine):
    page = f"{HOME}a.html"
    hidden = PageFacts(
        site="s", url=page, hidden_links=(f"{HOME}dead.html", "http://bet.example/2", "http://b.example/")
    )
    _, found = audit(engine, FIRST, [hidden, target()])
    assert set(found) == {("W-11", page)}
    elsewhere = target(referrers=(Evidence(url=page), Evidence(url=f"{HOME}b.html")))
    _, second = audit(engine, SECOND, [hidden, elsewhere])
    assert set(second) == {("W-11", page), DEAD}


HIDDEN = PageFacts(site="s", url=f"{HOME}a.html", hidden_links=("http://bet.example/1", "http://bet.example/2"))
TAMPERED = ("W-11", f"{HOME}a.html")


@pytest.mark.parametrize("access", [Access.TIMEOUT, Access.DENIED, Access.SERVER_ERROR])
def test_a_page_that_was_asked_and_not_read_is_not_gone(engine, access):
    """A failed page leaves the run complete; nobody saw what is on it."""
    audit(engine, FIRST, [HIDDEN])
    _, second = audit(engine, SECOND, [], asked={"a.html": access})
    assert (second[TAMPERED].status, second[TAMPERED].verified) == ("continuing", False)
    _, third = audit(engine, THIRD, [HIDDEN], asked={"a.html": Access.OK})
    assert (third[TAMPERED].status, third[TAMPERED].is_repetition) == ("continuing", False)


def test_a_page_that_only_an_unread_page_leads_to_is_not_gone(engine):
    audit(engine, FIRST, [HIDDEN], asked={"a.html": Access.OK, "list_3.html": Access.OK})
    _, second = audit(engine, SECOND, [], asked={"list_3.html": Access.SERVER_ERROR, "closed.html": Access.DENIED})
    assert (second[TAMPERED].status, second[TAMPERED].verified) == ("continuing", False)
    _, third = audit(engine, THIRD, [], asked={"list_3.html": Access.OK, "closed.html": Access.DENIED})
    assert third[TAMPERED].resolution == "absent"  # what was never read has led nowhere


def test_a_page_is_not_gone_while_a_list_is_incomplete(engine):
    audit(engine, FIRST, [HIDDEN])
    fresh = section(newest=date(2026, 3, 28))
    _, second = audit(engine, SECOND, [replace(fresh, complete=False, why="部分列表页未读")])
    assert (second[TAMPERED].status, second[TAMPERED].verified) == ("continuing", False)
    _, third = audit(engine, THIRD, [fresh])
    assert third[TAMPERED].resolution == "absent"


def test_a_section_is_gone_though_another_list_is_incomplete(engine):
    audit(engine, FIRST, [section()])
    other = section("典型案例", newest=date(2026, 3, 28), complete=False, why="页面内容未能识别")
    _, second = audit(engine, SECOND, [other])
    assert second[STALE].resolution == "absent"


def test_an_undated_article_is_not_well_because_its_list_was_not_read(engine):
    undated, key = (
        PageFacts(site="s", url=f"{HOME}a.html", title="关于调整的通知", is_item=True),
        ("W-14", f"{HOME}a.html"),
    )
    fresh = section(newest=date(2026, 3, 28))
    _, first = audit(engine, FIRST, [undated, fresh])
    assert first[key].grade == "certain"
    unread = replace(fresh, complete=False, why="部分列表页未读")
    _, second = audit(engine, SECOND, [unread], asked={"a.html": Access.OK})
    assert (second[key].status, second[key].verified) == ("continuing", False)
    _, third = audit(engine, THIRD, [fresh], asked={"a.html": Access.OK})
    assert third[key].resolution == "passed"


def test_a_slow_page_that_was_loaded_once_is_not_well(engine):
    slow, key = PageFacts(site="s", url=f"{HOME}a.html", loads=(4.0, 5.0, 6.0)), ("W-18", f"{HOME}a.html")
    audit(engine, FIRST, [slow])
    _, second = audit(engine, SECOND, [], asked={"a.html": Access.OK}, elapsed=4.0)
    assert (second[key].status, second[key].verified) == ("continuing", False)
    _, third = audit(engine, THIRD, [], asked={"a.html": Access.OK}, elapsed=1.0)
    assert third[key].resolution == "passed"


@pytest.mark.parametrize(("read", "verified"), [(FIRST, False), (SECOND, True)])
def test_a_dead_link_is_confirmed_by_a_page_that_was_read_anew(engine, read, verified):
    """Its target was asked; but who says that a link still leads there?"""
    audit(engine, FIRST, [target()])
    pages = tuple(Evidence(url=f"{HOME}{n}.html", fetched_at=at(FIRST)) for n in range(4))
    last = Evidence(url=f"{HOME}4.html", fetched_at=at(read))
    with engine.begin() as connection:
        runs.update(connection, 1, audited=at(FIRST, 4))
    _, found = audit(engine, SECOND, [target(referrers=(*pages, last))], asked={"dead.html": Access.GONE})
    assert (found[DEAD].status, found[DEAD].verified) == ("continuing", verified)
    _, third = audit(engine, THIRD, [], asked={"dead.html": Access.OK})
    assert third[DEAD].resolution == "passed"


def rows_of(engine):
    with engine.begin() as connection:
        return sorted(map(repr, connection.execute(sightings.select()).all()))


def test_auditing_twice_gives_the_same_rows(engine):
    audit(engine, FIRST, [section(), target(access=Access.TIMEOUT)])
    audit(engine, SECOND, [section(), target(access=Access.TIMEOUT)])
    before = rows_of(engine)
    summary, _ = audit(engine, SECOND)
    assert rows_of(engine) == before
    assert summary.grades == {"certain": 2}


def test_history_is_not_rewritten(engine):
    audit(engine, FIRST, [section()])
    audit(engine, SECOND, [section()])
    with pytest.raises(ValueError, match="2026-03-30"):
        audit(engine, FIRST)


def crashing(section: SectionState):
    raise RuntimeError(f"bug at {section.section.name}")


def test_a_crashed_rule_stops_no_other(engine):
    audit(engine, FIRST, [section(), target()])
    rules = [r for r in all_rules() if r.id != "W-01"]
    broken = Rule(
        id="W-01",
        name="stale_section",
        family="website",
        severity=Severity.S2,
        basis=(),
        confirm=1,
        view=SectionState,
        manual=Manual("甲", "乙。", "丙。", "丁。", ""),
        function=crashing,
        wants=(),
    )
    summary, found = audit(engine, SECOND, [section(), target()], rules=[broken, *rules])
    assert "bug at 通知公告" in summary.crashed["W-01"]
    assert (found[STALE].grade, found[STALE].verified) == ("certain", False)
    assert found[DEAD].verified


# --- cases ---

NUMBER = "（2025）粤9902民初1701号"
JUDGMENTS = section("裁判文书", record="judgment", newest=date(2026, 3, 28), cadence=Cadence.HIGH_FREQUENCY)
NOTICES = section("不公开信息", record="withheld", newest=date(2026, 3, 28), cadence=Cadence.HIGH_FREQUENCY)


def entry(number=NUMBER, row=2, **values):
    values = {"document_type": "民事判决书", "decided": date(2026, 1, 5), "effective": date(2026, 1, 27)} | values
    return CaseEntry(site="s", source="台账.xlsx/案件台账", row=row, case_number=number, department="民一庭", **values)


def judgment(number=NUMBER, url=None, **values):
    values = {
        "document_type": "判决书",
        "decided": date(2026, 1, 5),
        "published": date(2026, 3, 5),
        "published_source": LABEL,
        "appeal_clause": True,
        "sha256": "doc",
    } | values
    return Judgment(site="s", url=url or f"{HOME}{number}.html", case_number=number, title="民事判决书", **values)


def approval(number=NUMBER, row=2, **values):
    values = {"reason": "离婚诉讼", "approver": "张某", "level": "庭级"} | values
    return Approval(site="s", source="台账.xlsx/不上网审批", row=row, subject="withheld", case_number=number, **values)


def test_late_upload_across_spellings(engine):
    """The ledger has half-width brackets, the page full-width ones; the finding shows the canonical writing."""
    with engine.begin() as connection:
        store.save(connection, [entry("(2025)粤9902民初1701号")], FIRST)
    _, found = audit(engine, FIRST, [JUDGMENTS, judgment()])
    one = found["D-01", NUMBER]
    assert (one.grade, one.department, one.subject.case_number) == ("certain", "民一庭", NUMBER)
    assert one.subject.url == f"{HOME}{NUMBER}.html"
    assert [e.url for e in one.evidence] == [f"{HOME}{NUMBER}.html", "ledger:台账.xlsx/案件台账#2"]
    assert one.basis[0]["number"] == "法释〔2016〕19号"
    assert ("D-03", NUMBER) not in found


def test_missing_document_and_its_upload(engine):
    with engine.begin() as connection:
        store.save(connection, [entry()], FIRST)
    _, first = audit(engine, FIRST, [JUDGMENTS, NOTICES])
    assert first["D-04", NUMBER].grade == "certain"
    _, second = audit(engine, SECOND, [JUDGMENTS, NOTICES, judgment(published=SECOND)])
    assert second["D-04", NUMBER].resolution == "passed"
    assert second["D-01", NUMBER].status == "new"


def test_the_courts_code_is_that_of_its_ledger_not_of_a_list_of_the_whole_province(engine):
    others = [judgment(f"（2025）粤9903民初{n}号", published=date(2026, 1, 27)) for n in range(1, 5)]
    with engine.begin() as connection:
        store.save(connection, [entry()], FIRST)
    _, found = audit(engine, FIRST, [JUDGMENTS, NOTICES, *others])
    assert found["D-04", NUMBER].grade == "certain"


def test_missing_document_when_the_section_was_not_read(engine):
    with engine.begin() as connection:
        store.save(connection, [entry(), entry("（2025）粤9902民初1702号", row=3)], FIRST)
    unread = section("裁判文书", record="judgment", complete=False, why="超时", items=0)
    _, found = audit(engine, FIRST, [unread, NOTICES], status="incomplete")
    note = found["D-04", HOME]
    assert (note.grade, note.subject.kind) == ("unclear", "site")
    assert "2件案件未能核对" in note.message
    assert [f.grade for f in found.values() if f.rule.startswith("D")] == ["unclear"]
    _, second = audit(engine, SECOND, [JUDGMENTS, NOTICES])
    assert second["D-04", HOME].resolution == "passed"
    assert second["D-04", NUMBER].grade == "certain"


def test_section_of_judgments_that_is_missing_tonight(engine):
    """It stood there the night before, and not all of the site was read: nothing follows from what it does not show."""
    with engine.begin() as connection:
        store.save(connection, [entry()], FIRST)
    audit(engine, FIRST, [JUDGMENTS, NOTICES, judgment(published=date(2026, 2, 2))])
    with engine.begin() as connection:
        store.save(connection, [entry("（2025）粤9902民初1702号", row=3)], SECOND)
    _, found = audit(engine, SECOND, [NOTICES], status="incomplete")
    assert ("D-04", "（2025）粤9902民初1702号") not in found
    assert found["D-04", HOME].grade == "unclear"


FOURTH = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("third", "fourth", "grade"),
    [
        (Access.TIMEOUT, Access.TIMEOUT, "unclear"),
        (Access.TIMEOUT, Access.OK, None),
        (Access.OK, Access.TIMEOUT, None),
    ],
)
def test_a_section_that_only_an_unread_page_leads_to_was_not_read(engine, third, fourth, grade):
    """The nights are complete: a page that fails leaves them so. What no page that was read leads to is gone."""
    number = "（2025）粤9902民初1702号"
    others = section("典型案例", record="judgment", newest=date(2026, 3, 28))
    audit(engine, FIRST, [others, NOTICES], asked={"sitemap.html": Access.OK, "sfgk/": Access.OK})
    with engine.begin() as connection:
        store.save(connection, [entry()], SECOND)
    sections = [others, JUDGMENTS, NOTICES, judgment(published=date(2026, 2, 2))]
    audit(engine, SECOND, sections, asked={"sfgk/": Access.OK})
    with engine.begin() as connection:
        store.save(connection, [entry(number, row=3)], THIRD)
    audit(engine, THIRD, [others, NOTICES], asked={"sfgk/": third})
    _, found = audit(engine, FOURTH, [others, NOTICES], asked={"sfgk/": fourth})
    assert (("D-04", number) in found) == (grade is None)
    note = found.get(("D-04", HOME))
    assert (note.grade if note is not None and note.status != "resolved" else None) == grade


@pytest.mark.parametrize(
    ("kind", "missed", "grade"),
    [
        ("withheld", NUMBER, "suspected"),  # its approval may be the very row
        ("withheld", "(2025)粤9902民初9号", "certain"),  # another case's row
        ("withheld", None, "suspected"),  # whose row it is, cannot be told
        ("cases", NUMBER, "suspected"),
        ("cases", None, "certain"),  # each case has a row of its own
        ("attendance", None, "certain"),
    ],
)
def test_rows_that_could_not_be_read_weaken_what_they_may_be_about(engine, kind, missed, grade):
    sheet = LedgerSheet(source="台账.xlsx/别的", kind=kind, rows=1, unread=1, unread_cases=(missed,))
    with engine.begin() as connection:
        store.save(connection, [entry()], FIRST)
        save_ledger(
            connection, site="s", file="台账.xlsx", sha256="", sheets=[sheet], records=[entry()], night=FIRST,
            imported=at(FIRST),
        )  # fmt: skip
    _, found = audit(engine, FIRST, [JUDGMENTS, NOTICES])
    assert found["D-04", NUMBER].grade == grade


def test_published_statistics_are_added_up_and_compared(engine):
    """A table on the site: its sums, and this court's share of the catch-all reason among the courts of the table."""
    names = ("调解", "其他")
    rows = [
        ("示例市东湖区人民法院", 100, (20, 80)),
        ("示例市甲区人民法院", 100, (90, 10)),
        ("示例市乙区人民法院", 100, (80, 20)),
        ("示例市丙区人民法院", 100, (80, 20)),
        ("合计", 401, (270, 130)),
    ]
    table = [
        StatisticsRow(
            site="s", url=f"{HOME}tj.html", position=n, title="2026年2月裁判文书上网统计", label=label, withheld=total,
            reasons=reasons, reason_names=names, is_total=label == "合计",
        )
        for n, (label, total, reasons) in enumerate(rows)
    ]  # fmt: skip
    _, found = audit(engine, FIRST, table)
    sums = found["N-07", f"{HOME}tj.html"]
    assert sums.grade == "certain" and "不上网数之和为400" in sums.message
    share = found["N-04", HOME]
    assert share.grade == "suspected" and "80.00%" in share.message and "32.50%" in share.message
    mended = [*table[:-1], replace(table[-1], withheld=400)]
    _, again = audit(engine, SECOND, mended)
    assert again["N-07", f"{HOME}tj.html"].resolution == "passed"


def test_the_monthly_report_is_asked_for_by_a_policy_alone(engine):
    with engine.begin() as connection:
        store.save(connection, [approval(closed=date(2026, 3, 2)), approval(row=3, approver=None)], FIRST)
    _, without = audit(engine, FIRST, [])
    assert not any(rule == "N-06" for rule, _ in without)
    with engine.begin() as connection:
        audit_site(connection, "s", SECOND, policy=read_policy("huadu_2020"))
        found = {(f.rule, f.subject.identity): f for f in state_at(connection, SECOND)}
    report = found["N-06", "ledger:台账.xlsx/不上网审批"]
    assert (report.grade, report.subject.kind) == ("certain", "ledger")
    assert "审批人缺1行（第3行）" in report.message
    assert report.basis[0]["instrument"].startswith("关于推动我院")


def test_no_section_of_judgments_says_nothing(engine):
    with engine.begin() as connection:
        store.save(connection, [entry()], FIRST)
    _, found = audit(engine, FIRST, [])
    assert found == {}


def test_notice_of_a_withheld_document(engine):
    with engine.begin() as connection:
        store.save(connection, [entry(), approval(), entry("（2025）粤9902民初2号", row=3)], FIRST)
        store.save(connection, [approval("（2025）粤9902民初2号", row=3)], FIRST)
    notice = Withheld(
        site="s",
        url=f"{HOME}bgk.html",
        section="不公开信息",
        case_number="（2025）粤9902民初2号",
        case_number_raw="(2025)粤9902民初2号",
        court="示例市东湖区人民法院",
        decided=date(2026, 1, 5),
        reason="离婚诉讼",
        published=date(2026, 2, 2),
        published_source=LABEL,
    )
    _, found = audit(engine, FIRST, [JUDGMENTS, NOTICES, notice])
    assert [key for key in found if key[0].startswith(("N", "D"))] == [("N-01", NUMBER)]
    assert found["N-01", NUMBER].grade == "certain"


def test_entry_that_was_corrected(engine):
    wrong = Withheld(site="s", url=f"{HOME}bgk.html", section="不公开信息", case_number=NUMBER, reason="敏感案件")
    _, first = audit(engine, FIRST, [JUDGMENTS, NOTICES, wrong])
    assert first["N-02", NUMBER].message == "不公开信息缺少审理法院、裁判日期。"
    assert first["N-03", NUMBER].grade == "certain"
    right = Withheld(
        site="s",
        url=f"{HOME}bgk.html",
        section="不公开信息",
        case_number=NUMBER,
        court="示例市东湖区人民法院",
        decided=date(2026, 1, 5),
        reason="离婚诉讼",
    )
    _, second = audit(engine, SECOND, [JUDGMENTS, NOTICES, right])
    assert {f.resolution for f in second.values()} == {"passed"}


def test_second_instance_found_by_its_quotation(engine):
    appeal = judgment(
        "（2026）粤99民终80号",
        decided=date(2026, 3, 20),
        published=date(2026, 3, 24),
        quoted_case_numbers=("（2025）粤9902民初1701号",),
    )
    own = judgment(decided=date(2025, 9, 1), published=date(2026, 3, 25))
    _, found = audit(engine, FIRST, [JUDGMENTS, own, appeal])
    assert found == {}
    alone = judgment("（2025）粤9902民初9号", decided=date(2025, 9, 1), published=date(2026, 3, 25))
    _, second = audit(engine, SECOND, [JUDGMENTS, own, appeal, alone])
    assert [(f.rule, f.subject.case_number, f.grade) for f in second.values()] == [
        ("D-03", "（2025）粤9902民初9号", "suspected")
    ]


def test_the_ledgers_own_row_of_the_second_instance(engine):
    """Its effective date starts D-02's term, and nobody here is to publish another court's document."""
    appeal = "（2026）粤99民终80号"
    first = entry(appeal_case_number=appeal)
    second = entry(appeal, row=3, decided=date(2026, 1, 20), effective=date(2026, 1, 27))
    with engine.begin() as connection:
        store.save(connection, [first, second, entry("（2025）粤9902民初9号", row=4)], FIRST)
    own = [judgment(), judgment("（2025）粤9902民初9号", published=date(2026, 1, 28))]
    _, found = audit(engine, FIRST, [JUDGMENTS, NOTICES, *own])
    assert found["D-02", NUMBER].grade == "certain"
    assert found["D-04", appeal].grade == "unclear"
    assert ("D-01", NUMBER) not in found


def test_another_courts_number_is_never_missing_for_certain(engine):
    """The court's code is the one that most numbers carry; where two are as frequent, it is not known."""
    other = "（2025）粤9903民初7号"
    with engine.begin() as connection:
        store.save(connection, [entry(), entry(other, row=3)], FIRST)
    _, found = audit(engine, FIRST, [JUDGMENTS, NOTICES])
    assert (found["D-04", other].grade, found["D-04", NUMBER].grade) == ("unclear", "unclear")
    with engine.begin() as connection:
        store.save(connection, [entry("（2025）粤9902民初8号", row=4)], SECOND)
    _, found = audit(engine, SECOND, [JUDGMENTS, NOTICES])
    assert (found["D-04", other].grade, found["D-04", NUMBER].grade) == ("unclear", "certain")


def test_masked_number_weakens_a_missing_document(engine):
    with engine.begin() as connection:
        store.save(connection, [entry(decided=None)], FIRST)
    hidden = judgment("（2025）粤9902民初×××号", url=f"{HOME}x.html", document_type=None)
    _, found = audit(engine, FIRST, [JUDGMENTS, NOTICES, hidden])
    assert found["D-04", NUMBER].grade == "unclear"


def test_another_ruling_of_the_case(engine):
    """执88号之一 is another document than 执88号: each is matched by its own number, type and date."""
    rows = [
        entry(
            "（2026）粤9902执88号", document_type="执行裁定书", decided=date(2026, 1, 12), effective=date(2026, 1, 12)
        ),
        entry(
            "(2026)粤9902执88号之一",
            row=3,
            document_type="执行裁定书",
            decided=date(2026, 3, 16),
            effective=date(2026, 3, 16),
        ),
    ]
    with engine.begin() as connection:
        store.save(connection, rows, FIRST)
    documents = [
        judgment(
            "（2026）粤9902执88号", document_type="裁定书", decided=date(2026, 1, 12), published=date(2026, 1, 14)
        ),
        judgment(
            "（2026）粤9902执88号之一", document_type="裁定书", decided=date(2026, 3, 16), published=date(2026, 3, 19)
        ),
    ]
    _, found = audit(engine, FIRST, [JUDGMENTS, NOTICES, *documents])
    assert found == {}


# --- items, site, evidence ---


def item(url, published, title="关于调整立案窗口的通知", **values):
    return Item(
        site="s",
        section_url=f"{HOME}通知公告/",
        section="通知公告",
        url=HOME + url,
        title=title,
        published=published,
        published_source=DateSource.LIST,
        **values,
    )


def test_backdated_item(engine):
    fresh = section(newest=date(2026, 3, 28), oldest=date(2025, 1, 1))
    others = [item(f"{n}.html", date(2026, 3, n), title=f"第{n}条") for n in range(1, 9)]
    _, first = audit(engine, FIRST, [fresh, *others])
    assert first == {}
    late = item("late.html", date(2026, 3, 5))
    moved = item("moved.html", date(2026, 3, 2), title="第2条")
    _, second = audit(engine, SECOND, [fresh, *others, late, moved])
    assert [(f.rule, f.subject.url, f.grade) for f in second.values()] == [("W-15", f"{HOME}late.html", "suspected")]


def test_portal_without_its_link(engine):
    home = PageFacts(site="s", url=HOME, is_home=True)
    with engine.begin() as connection:
        save_night(connection, FIRST, [home])
        audit_site(connection, "s", FIRST)
        found = state_at(connection, FIRST, site="s")
    assert [(f.rule, f.grade, f.subject.url) for f in found] == [("D-14", "certain", HOME)]


def test_portal_with_unread_pages(engine):
    home = PageFacts(site="s", url=HOME, is_home=True)
    with engine.begin() as connection:
        save_night(connection, FIRST, [home], asked={"sfgk.html": Access.BLOCKED}, status="incomplete")
        audit_site(connection, "s", FIRST)
        found = state_at(connection, FIRST, site="s")
    assert [(f.rule, f.grade) for f in found] == [("D-14", "unclear")]


def test_evidence_says_when_it_was_read(engine):
    hidden = PageFacts(
        site="s",
        url=f"{HOME}a.html",
        sha256=f"a.html-{FIRST}",
        hidden_links=("http://bet.example/1", "http://bet.example/2"),
    )
    _, found = audit(engine, FIRST, [hidden], asked={"a.html": Access.OK})
    proof = found["W-11", f"{HOME}a.html"].evidence[0]
    assert (proof.fetched_at, proof.status, proof.sha256) == (at(FIRST), 200, f"a.html-{FIRST}")


def test_local_norm_is_cited_first(engine):
    _, found = audit(engine, FIRST, [section()], policy=read_policy("huadu_2020"))
    assert [b["article"] for b in found[STALE].basis] == ["第四部分第14项", "19"]


def test_an_empty_database_has_nothing_to_say(engine):
    with engine.begin() as connection:
        summary = audit_site(connection, "s", FIRST + timedelta(days=1))
    assert (summary.grades, summary.others, summary.crashed) == ({}, {}, {})
