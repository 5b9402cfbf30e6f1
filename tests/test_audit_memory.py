"""An audit that looks only at what may have changed comes to the same as one that looks at everything, night after night.

The same made-up court, with every trap that we know of, is audited in two databases; all that an audit writes is compared.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from auditors import joins
from auditors.audit import audit_site
from auditors.calendar import Calendar, Year, add_working_days
from auditors.joins import join
from auditors.measures import OF_CASES
from auditors.memory import _code, next_look
from auditors.policies import read_policy
from auditors.rule import all_rules
from auditors.views import CaseFile
from gongkai.ledgers import save
from storage import memory, runs, store
from storage.changes import is_watched, unwatch, watch
from storage.database import connect
from storage.findings import state_at
from storage.imports import DumpFile, save_dump
from storage.ledgers import LedgerSheet, forget_ledger, save_ledger
from storage.memory import LEFT_AFTER
from storage.records import (
    Access,
    AgencyAppearance,
    Approval,
    Attendance,
    Cadence,
    CaseEntry,
    DateSource,
    Hearing,
    Judgment,
    LinkKind,
    Participant,
    Section,
    Sign,
    Withdrawal,
    Withheld,
)
from storage.schema import accesses, case_changes, findings, measures, sightings, statistics

HOME = "https://court.example.cn/"
START = date(2026, 1, 5)
NUMBERS = (
    *(f"（2025）粤9902民初{n}号" for n in range(1, 19)),
    *(f"（2026）粤9902刑初{n}号" for n in range(1, 8)),
    "（2025）粤9902民初3号之一",
    "（2025）粤9902民初3号之二",
    "（2025)粤9902 民初 4 号",  # written otherwise than it is kept
    "（2025）粤9902民初0005号",
    "（2014）穗花法民一初字第00123号",
    "（2014）穗花法民一初字第123号",
    "（2026）粤99民终1号",
    "（2026）粤99民终2号",
    "（2025）粤9903民初1号",
    "（2025）粤9902民特7号",
    "（2025）粤9902行初8号",
    "民初字9号",
    "×××号",
)
TYPES = ("判决书", "民事判决书", "裁定书", "调解书", "刑事判决书", "决定书", None)
CAUSES = ("民间借贷纠纷", "离婚纠纷", "抚养费纠纷", "盗窃罪", "未成年人犯罪", None, "申请确认人民调解协议")
REASONS = (
    "人民法院认为不宜在互联网公布的其他情形",
    "以调解方式结案的",
    "当事人申请",
    "其他",
    "",
    None,
    "涉及国家秘密的",
)
DEPARTMENTS = ("民一庭", "刑庭", None)


class Court:
    """A court whose records are made up, and changed from night to night."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.night = START
        self.judgments, self.withheld, self.listed = {}, {}, set()
        self.ledgers, self.cases = {}, 0

    def pick(self, values):
        return self.chance.choice(values)

    def day(self, spread=60):
        """Near tonight, mostly before it; now and then none, or one that no calendar knows."""
        roll = self.chance.random()
        if roll < 0.1:
            return None
        if roll < 0.11:
            return date(1890, 1, 1)
        return self.night - timedelta(days=self.chance.randrange(-15, spread))

    def judgment(self, place):
        number = self.pick((*NUMBERS, None))
        kind, day = self.pick(TYPES), self.day()
        fitting = [e for rows in self.ledgers.values() for e in rows if isinstance(e, CaseEntry) and e.effective]
        if fitting and self.chance.random() < 0.6:
            entry = self.pick(fitting)
            number, kind, day = entry.case_number, entry.document_type, entry.decided
        published = self.day(30)
        return Judgment(
            site="s",
            url=f"{HOME}ws/{place}.html{self.pick(('', '', '', '#2'))}",
            case_number=number,
            title=f"{self.pick(CAUSES) or ''}一审判决书",
            title_form=self.pick(((), ("number",), ("cause", "type"), ("parties",))),
            section="裁判文书",
            court="示例市东湖区人民法院",
            printed_court=self.pick((None, None, None, "示例市东湖区人民法院", "广州市番禺区人民法院")),
            document_type=kind,
            branch=self.pick((None, "民事", "刑事")),
            cause=self.pick(CAUSES),
            decided=day,
            published=published,
            published_source=self.pick((DateSource.LABEL, DateSource.LIST, DateSource.URL, DateSource.NONE))
            if published
            else DateSource.NONE,
            signs=self.pick(((), (), (), (Sign.EMPTY,), (Sign.SEAL_MARK,), (Sign.MASKED_JUDGE,), (Sign.TITLE_NAME,))),
            unread=self.pick((None, None, None, "扫描件")),
            appeal_clause=self.pick((None, True, False)),
            quoted_case_numbers=self.pick(((), (), (self.pick(NUMBERS),))),
        )

    def notice(self, place):
        number = self.pick((*NUMBERS, None))
        published = self.day(30)
        return Withheld(
            site="s",
            url=f"{HOME}bgk/{place}.html",
            section="不公开信息",
            case_number=number,
            case_number_raw=number,
            court=self.pick(("示例市东湖区人民法院", None)),
            decided=self.day(),
            decided_raw=self.pick(("2026年1月1日", None)),
            reason=self.pick(REASONS),
            published=published,
            published_source=self.pick((DateSource.LABEL, DateSource.URL)) if published else DateSource.NONE,
        )

    def entry(self, row):
        effective = self.day()
        return CaseEntry(
            site="s",
            source="台账.xlsx/案件台账",
            row=row,
            case_number=self.pick(NUMBERS),
            cause=self.pick(CAUSES),
            department=self.pick(DEPARTMENTS),
            procedure=self.pick(("一审", "小额诉讼", None)),
            document_type=self.pick(TYPES),
            decided=self.day(),
            closed=self.day(),
            effective=effective,
            appeal_case_number=self.pick((None, None, None, self.pick(NUMBERS))),
            appeal_effective=self.pick((None, None, None, self.day())),
            hearing=self.pick((None, None, datetime(2026, 1, 20, 1, tzinfo=UTC))),
            public=self.pick((None, True, False)),
        )

    def orderly(self, row):
        """A case as they should be, in which nothing is amiss, or is not yet: its rows of the ledger, and what is on the site."""
        self.cases += 1
        number = f"（2026）粤9902民初{1000 + self.cases}号"
        effective = self.night - timedelta(days=self.chance.randrange(-6, 14))
        decided = effective - timedelta(days=20)
        entry = CaseEntry(
            site="s", source="台账.xlsx/案件台账", row=row, case_number=number, cause="民间借贷纠纷", department="民一庭",
            document_type="判决书", decided=decided, closed=decided, effective=effective,
        )  # fmt: skip
        due = add_working_days(effective, 7)
        published = min(due, self.night)
        fate = self.chance.random()
        if fate < 0.2:  # never comes, and one day is overdue without any change
            return [entry]
        if fate < 0.35:
            approval = Approval(
                site="s", source="台账.xlsx/不上网审批", row=row, subject="withheld", case_number=number, closed=decided,
                reason="以调解方式结案的", approver="院长", level="院级",
            )  # fmt: skip
            if self.chance.random() < 0.7:
                url = f"{HOME}bgk/o{row}.html"
                self.withheld[url] = replace(
                    self.notice(0), url=url, case_number=number, case_number_raw=number, reason="以调解方式结案的",
                    court="示例市东湖区人民法院", decided=decided, decided_raw="2026年1月1日",
                    published=published, published_source=DateSource.LABEL,
                )  # fmt: skip
            return [entry, approval]
        if fate < 0.5:  # appealed: the second instance's own row has its day
            second = f"（2026）粤9902民初{5000 + self.cases}号"
            entry = replace(entry, appeal_case_number=second)
            if self.chance.random() < 0.5:
                return [entry]
            return [entry, replace(entry, row=row + 1, case_number=second, appeal_case_number=None)]
        url = f"{HOME}ws/o{row}.html"
        self.judgments[url] = Judgment(
            site="s", url=url, case_number=number, title="民间借贷纠纷一审民事判决书", title_form=("cause", "type"),
            section="裁判文书", document_type="判决书", branch="民事", cause="民间借贷纠纷", decided=decided,
            published=max(published, effective), published_source=DateSource.LABEL, whole=True,
        )  # fmt: skip
        return [entry]

    def other(self, row):
        number = self.pick(NUMBERS)
        kind = self.pick((Approval, Approval, Approval, Withdrawal, Participant, AgencyAppearance, Attendance))
        of = {"site": "s", "source": f"台账.xlsx/{kind.__name__}", "row": row, "case_number": number}
        if kind is Approval:
            return Approval(
                **of,
                subject=self.pick(("withheld", "withheld", "stream")),
                closed=self.day(),
                reason=self.pick(REASONS),
                approver=self.pick(("院长", None)),
                level=self.pick(("院级", "庭级", None)),
            )
        if kind is Withdrawal:
            return Withdrawal(
                **of, withdrawn=self.day(), reason=self.pick(("有误", None)), applicant=self.pick((None, "甲"))
            )
        if kind is Participant:
            return Participant(
                **of, has_name=self.pick((True, False)), id_type="身份证", id_number_ok=True, phone_ok=True
            )
        if kind is Attendance:
            return Attendance(**of | {"case_number": f"{number}、{self.pick(NUMBERS)}"}, persons=3)
        return AgencyAppearance(**of, appeared=True)

    def change(self):
        """What happens before a night: returns what to do in a database, so that two can be changed alike."""
        self.night += timedelta(days=self.chance.choice((1, 1, 1, 2, 5, 9)))
        deeds = []
        if not self.ledgers or self.chance.random() < 0.5:
            rows = self.ledgers.setdefault("台账.xlsx", [])
            most = 24 if not rows else 3
            for _ in range(self.chance.randrange(1, most)):
                make = self.pick((self.entry, self.other, self.orderly, self.orderly, self.orderly))
                made = make(len(rows) + 2)
                rows += made if isinstance(made, list) else [made]
            if len(rows) > 8 and self.chance.random() < 0.5:
                place = self.chance.randrange(len(rows))
                rows[place] = self.pick((self.entry, self.other))(place + 2)
            unread = self.pick((*[()] * 18, (NUMBERS[0],), (None,)))
            deeds.append(self._ledger(list(rows), unread))
        elif self.chance.random() < 0.05:
            self.ledgers = {}
            deeds.append(lambda connection: forget_ledger(connection, "s", "台账.xlsx"))
        if self.chance.random() < 0.05:
            deeds.append(self._dump())
        for _ in range(self.chance.randrange(1, 12 if self.night < START + timedelta(days=12) else 4)):
            one = self.judgment(len(self.judgments))
            self.judgments[one.url] = one
        if self.judgments and self.chance.random() < 0.4:
            url = self.pick(sorted(self.judgments))
            self.judgments[url] = replace(self.judgment(0), url=url)
        if self.chance.random() < 0.6:
            one = self.notice(len(self.withheld))
            self.withheld[one.url] = one
        deeds.append(self._night())
        return deeds

    def _ledger(self, rows, unread):
        night = self.night

        def deed(connection):
            sheet = LedgerSheet(
                source="台账.xlsx/案件台账", kind="cases", rows=len(rows), unread=len(unread), unread_cases=unread
            )
            save_ledger(
                connection, site="s", file="台账.xlsx", sha256=f"{night}", sheets=[sheet], records=rows, night=night,
                imported=datetime(2026, 1, 1, tzinfo=UTC),
            )  # fmt: skip

        return deed

    def _dump(self):
        night, period = self.night, self.pick(((None, None), (START, self.night)))
        records = [replace(self.judgment(f"d{n}"), imported=f"dump.json#{n}") for n in range(3)]

        def deed(connection):
            dump = DumpFile(
                file="dump.json", sha256=f"{night}", rows=3, unread=0, complete_from=period[0], complete_until=period[1],
                imported=datetime(2026, 1, 1, tzinfo=UTC),
            )  # fmt: skip
            save_dump(connection, "s", dump, records, night)

        return deed

    def _night(self):
        night = self.night
        lost = {url for url in sorted(self.judgments) if self.chance.random() < 0.06}
        gone = {url.partition("#")[0] for url in sorted(self.judgments) if url in lost and self.chance.random() < 0.7}
        gone |= {HOME + "tz/dead.html"}
        seen = [one for url, one in self.judgments.items() if url not in lost]
        seen += [one for one in self.withheld.values() if self.chance.random() < 0.97]
        complete = self.chance.random() < 0.93
        sections = [
            Section(
                site="s", url=HOME + path, name=name, cadence=Cadence.STANDARD, record=record, items=9, newest=night,
                newest_source=DateSource.LABEL, complete=complete or record == "item", department=department,
            )
            for name, path, record, department in (
                ("裁判文书", "ws/", "judgment", self.pick((*["审管办"] * 12, None))),
                ("不公开信息", "bgk/", "withheld", None),
                ("动态", "dt/", "item", None),
            )
        ]  # fmt: skip
        if self.chance.random() < 0.2:
            seen.append(
                Hearing(
                    site="s",
                    url=f"{HOME}gg/1.html",
                    case_number=self.pick(NUMBERS),
                    starts=datetime(2026, 2, 2, tzinfo=UTC),
                )
            )

        def deed(connection):
            at = datetime(night.year, night.month, night.day, 2, tzinfo=UTC)
            run = runs.start(connection, "s", night, at)
            runs.update(connection, run.id, status="complete" if complete else "incomplete", finished=at)
            store.save(connection, [*sections, *seen], night)
            runs.save_section_reads(connection, [runs.section_read(section, night) for section in sections])
            for url in sorted(gone):
                connection.execute(
                    sa.insert(accesses).values(
                        run=run.id, url=url, at=at, method="GET", access=Access.GONE.value, kind=LinkKind.PAGE.value,
                        internal=True, depth=1, unchanged=False,
                    )
                )  # fmt: skip

        return deed


def written(connection):
    """All that audits have written."""
    found = {}
    for table in (findings, sightings, measures, statistics):
        rows = connection.execute(sa.select(table)).all()
        found[table.name] = sorted(map(repr, rows))
    return found


def both(tmp_path, urls=None):
    engines = [connect(url) for url in urls or (tmp_path / "memory.db", tmp_path / "whole.db")]
    for engine in engines:
        with engine.begin() as connection:
            runs.save_site(connection, runs.Site(id="s", court="示例市东湖区人民法院", home=HOME))
    return engines


def run_nights(engines, seed, nights, policy=None):
    """Audit the same nights in both databases; how often the first looked at some cases only."""
    court, partly = Court(seed), 0
    for place in range(nights):
        deeds = court.change()
        summaries = []
        for engine, whole in zip(engines, (False, True), strict=True):
            with engine.begin() as connection:
                for deed in deeds:
                    deed(connection)
                before = memory.recall(connection, "s")
                summaries.append(audit_site(connection, "s", court.night, policy=policy, whole=whole))
                after = memory.recall(connection, "s")
                partly += not whole and before is not None and before.context == after.context
        one, other = (_read(engine) for engine in engines)
        for table in one:
            assert one[table] == other[table], f"seed {seed}, night {place} ({court.night}): {table}"
        assert summaries[0] == summaries[1], f"seed {seed}, night {place}"
    return partly


def _read(engine):
    with engine.connect() as connection:
        return written(connection)


@pytest.mark.parametrize("seed", range(2))
def test_the_same_as_looking_at_everything(tmp_path, seed):
    engines = both(tmp_path)
    assert run_nights(engines, seed, 10, read_policy("huadu_2020") if seed else None) > 2
    for night in (date(2026, 2, 1), date(2026, 3, 2)):
        silent_until_the_next_look(engines[0], night)
    with engines[0].connect() as connection:  # a metric that is counted with the cases and not named so would be lost
        kept = {name for name, _ in memory.recall(connection, "s").axes.known}
    assert {name for name in kept if not name.startswith("~")} <= set(OF_CASES)
    for engine in engines:
        engine.dispose()


@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_the_same_on_postgresql(tmp_path, postgres):
    engines = both(tmp_path, (postgres, tmp_path / "whole.db"))
    with engines[0].begin() as connection:
        assert is_watched(connection)
    assert run_nights(engines, 7, 6) > 0
    for engine in engines:
        engine.dispose()


def silent_until_the_next_look(engine, night):
    """A case of which all rules say that it is well is well on every day up to the one on which it is looked at again."""
    rules = [rule for rule in all_rules() if rule.view is CaseFile]
    with engine.begin() as connection:
        cases = join(connection, "s", night, []).all(CaseFile)

    def is_well(case, day):
        return all(rule(case, day).verdict == "pass" for rule in rules)

    looked = 0
    for case in cases:
        try:
            limit, well = next_look(case, night), is_well(case, night)
        except ValueError:  # a year that no calendar knows
            continue
        if well and not any(p.gone_since for p in case.publications):
            days = [night + timedelta(days=n) for n in range(40)]
            for day in (day for day in days if limit is None or day < limit):
                looked += 1
                assert is_well(case, day), f"{case.case_number} on {day}, next look {limit}"
    assert looked > 100


def settled_court(engine, cases=30):
    """A court of which every case is published in time, and one that will be overdue after some days."""
    night, effective = START, date(2026, 1, 4)
    entries, documents = [], []
    for n in range(1, cases + 1):
        number = f"（2025）粤9902民初{n}号"
        of = {"site": "s", "case_number": number, "document_type": "判决书", "decided": date(2025, 12, 1)}
        entries.append(CaseEntry(**of, source="台账.xlsx", row=n, effective=effective, closed=date(2025, 12, 1)))
        if n > 1:
            documents.append(
                Judgment(
                    **of, url=f"{HOME}ws/{n}.html", title="判决书", published=START, published_source=DateSource.LABEL,
                )
            )  # fmt: skip
    visit(engine, night, [*documents, *entries])
    return night, documents


def visit(engine, night, records, *, whole=False):
    crawled(engine, night, records)
    with engine.begin() as connection:
        audit_site(connection, "s", night, whole=whole)


def crawled(engine, night, records, *, complete=True):
    at = datetime(night.year, night.month, night.day, 2, tzinfo=UTC)
    lists = [
        Section(
            site="s", url=HOME + path, name=record, cadence=Cadence.STANDARD, record=record, items=9, newest=night,
            newest_source=DateSource.LABEL, complete=complete,
        )
        for path, record in (("ws/", "judgment"), ("bgk/", "withheld"))
    ]  # fmt: skip
    with engine.begin() as connection:
        run = runs.start(connection, "s", night, at)
        runs.update(connection, run.id, status="complete", finished=at)
        store.save(connection, [*lists, *records], night)
        runs.save_section_reads(connection, [runs.section_read(one, night) for one in lists])


@pytest.fixture
def twins(tmp_path):
    """Two databases for one court: in the second everything is looked at."""
    made = both(tmp_path)
    yield made
    for engine in made:
        engine.dispose()


def same(twins):
    one, other = map(_read, twins)
    for table in one:
        assert one[table] == other[table], table


def graded(engine, night):
    with engine.connect() as connection:
        return {(f.rule, f.subject.case_number): f.grade for f in state_at(connection, night, site="s")}


@pytest.fixture
def engine(tmp_path):
    (made,) = both(tmp_path, (tmp_path / "one.db",))
    yield made
    made.dispose()


def looked_at(engine, monkeypatch, night, records):
    """The case numbers that an audit reads; None: it reads everything."""
    asked = []
    original = joins.read_sources
    monkeypatch.setattr(joins, "read_sources", lambda *given: asked.append(given[3]) or original(*given))
    visit(engine, night, records)
    monkeypatch.undo()
    return None if asked[-1] is None else {name for name in asked[-1].numbers if not name.startswith("@")}


def test_what_did_not_change_is_not_looked_at(engine, monkeypatch):
    night, documents = settled_court(engine)
    assert looked_at(engine, monkeypatch, night + timedelta(days=1), documents) == set()


def test_a_change_is_looked_at_and_nothing_else(engine, monkeypatch):
    night, documents = settled_court(engine)
    documents[3] = replace(documents[3], published=date(2026, 2, 20))
    assert looked_at(engine, monkeypatch, night + timedelta(days=1), documents) == {documents[3].case_number}


def test_what_becomes_overdue_is_found_on_its_day_though_nothing_changed(engine, monkeypatch):
    _, documents = settled_court(engine)
    due = add_working_days(date(2026, 1, 4), 7)
    seen = {}
    for n in range(1, 14):
        night = START + timedelta(days=n)
        looked_at(engine, monkeypatch, night, documents)
        with engine.connect() as connection:
            seen[night] = {(f.rule, f.subject.case_number) for f in state_at(connection, night, site="s")}
    late = ("D-04", "（2025）粤9902民初1号")
    assert [night for night in seen if late in seen[night]] == [night for night in seen if night > due]


def test_a_document_without_a_readable_number_is_not_forgotten(twins):
    """It may be the one that is missed, night after night, though it says nothing by itself."""
    scans = [
        Judgment(
            site="s", url=f"{HOME}ws/scan{n}.html", title="判决书", document_type="判决书", case_number=number,
            decided=decided, published=START, published_source=DateSource.LABEL, unread="扫描件",
        )
        for n, (number, decided) in enumerate(((None, None), ("×××号", date(2025, 12, 1)), (None, date(2025, 11, 3))))
    ]  # fmt: skip
    for engine, whole in zip(twins, (False, True), strict=True):
        _, documents = settled_court(engine)
        shown = [*documents, *scans]
        visit(engine, START + timedelta(days=1), shown, whole=whole)
        visit(engine, START + timedelta(days=10), shown, whole=whole)
        visit(engine, START + timedelta(days=11), [*documents, *scans[1:]], whole=whole)
    same(twins)
    assert graded(twins[0], START + timedelta(days=11))["D-04", "（2025）粤9902民初1号"] == "unclear"


def test_a_document_that_is_not_listed_any_more_is_looked_at(engine, monkeypatch):
    night, documents = settled_court(engine)
    lost = documents.pop(5)
    assert looked_at(engine, monkeypatch, night + timedelta(days=1), documents) == {lost.case_number}
    assert looked_at(engine, monkeypatch, night + timedelta(days=2), documents) == set()
    assert looked_at(engine, monkeypatch, night + timedelta(days=3), [*documents, lost]) == {lost.case_number}


def test_a_second_instance_that_was_known_first_is_linked_when_its_case_comes(twins):
    first, second = "（2025）粤9902民初77号", "（2025）粤9902民终8号"
    appeal = Judgment(
        site="s", url=f"{HOME}ws/appeal.html", title="二审民事判决书", document_type="判决书", case_number=second,
        quoted_case_numbers=(first,), decided=date(2026, 1, 4), published=START, published_source=DateSource.LABEL,
    )  # fmt: skip
    entry = CaseEntry(
        site="s", case_number=first, document_type="判决书", source="台账.xlsx", row=77, decided=date(2025, 9, 1),
        effective=date(2025, 9, 20), closed=date(2025, 9, 1),
    )  # fmt: skip
    own = Judgment(
        site="s", url=f"{HOME}ws/77.html", title="一审民事判决书", document_type="判决书", case_number=first,
        decided=date(2025, 9, 1), published=date(2026, 1, 4), published_source=DateSource.LABEL,
    )  # fmt: skip
    for engine, whole in zip(twins, (False, True), strict=True):
        _, documents = settled_court(engine)
        visit(engine, START + timedelta(days=1), [*documents, appeal], whole=whole)
        visit(engine, START + timedelta(days=2), [*documents, appeal], whole=whole)
        visit(engine, START + timedelta(days=3), [*documents, appeal, own, entry], whole=whole)
    same(twins)


def test_another_program_looks_at_everything(engine, monkeypatch):
    night, documents = settled_court(engine)
    monkeypatch.setattr("auditors.memory._code", lambda: "another")
    visit(engine, night + timedelta(days=1), documents)
    monkeypatch.undo()
    assert looked_at(engine, monkeypatch, night + timedelta(days=2), documents) is None


def test_another_calendar_is_another_program(monkeypatch):
    known = _code.__wrapped__()
    assert known == _code()
    noticed = Year("国办发明电〔2026〕7号", frozenset({date(2027, 1, 1)}), frozenset())
    monkeypatch.setattr("auditors.memory.CALENDAR", Calendar({2027: noticed}))
    assert _code.__wrapped__() != known


def test_the_same_night_again_looks_at_everything(engine, monkeypatch):
    night, documents = settled_court(engine)
    assert looked_at(engine, monkeypatch, night, documents) is None


def test_a_night_that_is_audited_when_the_next_one_was_read_takes_nothing_from_it(twins):
    """On a site that is never read to its end nothing else tells that the second night was another one."""
    second, third = START + timedelta(days=1), START + timedelta(days=2)
    for engine, whole in zip(twins, (False, True), strict=True):
        _, documents = settled_court(engine)
        crawled(engine, second, documents, complete=False)
        new = replace(documents[4], url=f"{HOME}ws/new.html", signs=(Sign.EMPTY,))
        crawled(engine, third, [*documents, new], complete=False)
        for night in (second, third):
            with engine.begin() as connection:
                audit_site(connection, "s", night, whole=whole)
    same(twins)
    assert new.case_number in {number for _, number in graded(twins[0], third)}


def test_where_changes_are_not_noted_everything_is_looked_at(engine, monkeypatch):
    night, documents = settled_court(engine)
    with engine.begin() as connection:
        unwatch(connection)
        assert not is_watched(connection)
    assert looked_at(engine, monkeypatch, night + timedelta(days=1), documents) is None
    assert looked_at(engine, monkeypatch, night + timedelta(days=2), documents) is None
    with engine.begin() as connection:
        watch(connection)
        assert is_watched(connection)


def test_of_a_site_that_nobody_audits_changes_are_not_noted_for_ever(engine):
    night, _ = settled_court(engine)
    for later, known in ((night + LEFT_AFTER, True), (night + LEFT_AFTER + timedelta(days=1), False)):
        with engine.begin() as connection:
            connection.execute(sa.insert(case_changes).values(site="s", url=f"{HOME}ws/2.html"))
            save(connection, "s", [], later, datetime(2026, 3, 30, tzinfo=UTC))
            assert (memory.recall(connection, "s") is not None) == bool(memory.changes(connection, "s")) == known


def test_counts_are_kept_small_and_whole():
    axes = memory.Axes()
    counts = {("closed", "民一庭", START): (1, 0, 0), ("~rows:粤99", "", date(1900, 1, 1)): (2500, 0, 1023)}
    sums = dict.fromkeys(counts, (0, 0, 0))
    for key, some in axes.unpack(axes.pack(counts)):
        sums[key] = tuple(map(sum, zip(sums[key], some, strict=True)))
    assert sums == counts


if __name__ == "__main__":  # python -m tests.test_audit_memory FIRST LAST: many more courts
    import sys
    import tempfile
    from pathlib import Path

    for number in range(int(sys.argv[1]), int(sys.argv[2])):
        with tempfile.TemporaryDirectory() as folder:
            pair = both(Path(folder))
            local = read_policy("huadu_2020") if number % 3 == 2 else None
            print(number, run_nights(pair, number, 16, local), flush=True)
            for each in pair:
                each.dispose()
