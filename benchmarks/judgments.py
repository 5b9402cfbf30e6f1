"""Made-up courts with a ledger and a site full of judgments, with planted faults and with traps; the same every time.

A court has the cases of three years. Most are as they should be: published on time, approved and announced as withheld,
exempt, appealed, or not yet due. So many in a hundred thousand have one fault each; as many are traps, which look like one.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.calendar import add_working_days, working_days_between
from storage import runs
from storage.records import (
    Approval,
    Cadence,
    CaseEntry,
    DateSource,
    Judgment,
    PageFacts,
    Record,
    Section,
    Sign,
    Withdrawal,
    Withheld,
)
from storage.runs import Site
from storage.schema import TABLES

CHINA = timezone(timedelta(hours=8))
NIGHT = date(2026, 3, 31)
FIRST = date(2023, 4, 1)
FILE = "台账.xlsx"
DEPARTMENTS = ("立案庭", "民事审判第一庭", "民事审判第二庭", "行政审判庭", "执行局")
CAUSES = ("民间借贷纠纷", "买卖合同纠纷", "劳动争议", "机动车交通事故责任纠纷", "物业服务合同纠纷", "保险纠纷")
OTHER, MEDIATED = "人民法院认为不宜在互联网公布的其他情形", "以调解方式结案的"
NOT_YET = "尚未公布"
BATCH = 20_000
# Of 100,000 cases; each name says what `_case` makes of it.
FAULTS = {
    "late": 120,
    "missing": 60,
    "premature": 20,
    "late_appealed": 30,
    "no_notice": 20,
    "department_only": 15,
    "bad_reason": 10,
    "no_elements": 10,
    "divorce": 10,
    "seal": 20,
    "no_review": 5,
}
TRAPS = {
    "last_day": 3_000,  # on the seventh working day itself
    "day_off": 500,  # after it, before the next working day
    "later_ruling": 500,  # a timely judgment, and a ruling of the same number much later
    "appealed": 8_000,  # counted from the second instance
    "withheld": 5_000,  # approved, with its entry
    "reviewed": 50,  # withdrawn once, by all the steps
    "mediated": 4_000,  # exempt
    "family": 3_000,  # exempt by its cause
    "not_due": 1_000,  # its time runs out after tonight
}
# Which rule finds what, with which grade.
EXPECTED = {
    "late": "D-01 certain",
    "missing": "D-04 certain",
    "premature": "D-05 certain",
    "late_appealed": "D-02 certain",
    "no_notice": "N-01 certain",
    "department_only": "N-05 certain",
    "bad_reason": "N-03 certain",
    "no_elements": "N-02 certain",
    "divorce": "D-07 suspected",
    "seal": "D-10 certain",
    "no_review": "D-09 certain",
}


@dataclass
class Court:
    """A court of the benchmark: its number, how many cases it has, and what is planted in it, by night."""

    number: int
    cases: int
    planted: dict[str, Counter[str]] = field(default_factory=lambda: {"first": Counter(), "second": Counter()})

    @property
    def site(self) -> Site:
        name = f"示例市第{self.number + 1}区人民法院"
        return Site(id=f"court{self.number:04}", court=name, home=f"https://court{self.number:04}.example.cn/")

    @property
    def code(self) -> str:
        return f"粤{8000 + self.number:04}"


def plant(connection: Connection, court: Court) -> int:
    """Write a court's records and its first night; how many judgments it has."""
    runs.save_site(connection, court.site)
    chance = random.Random(f"judgments {court.number}")
    fates = _fates(court.cases, chance)
    judgments = _insert(connection, (r for row, fate in enumerate(fates, 1) for r in _case(court, row, fate, chance)))
    for fate in fates:
        if fate in EXPECTED:
            court.planted["first"][EXPECTED[fate]] += 1
    if any(fate == "missing" for fate in fates):
        court.planted["first"]["D-13 suspected"] += 1
    _visit(connection, court, NIGHT)
    court.planted["second"] = Counter(court.planted["first"])
    return judgments


def next_night(connection: Connection, court: Court) -> None:
    """The night after: nine of a thousand documents were corrected and one of a thousand is new, and some are overdue now."""
    chance = random.Random(f"changes {court.number}")
    night = NIGHT + timedelta(days=1)
    judgments, entries = TABLES[Judgment], TABLES[CaseEntry]
    own = judgments.c.site == court.site.id
    _visit(connection, court, night)
    # Documents were corrected in what says nothing of publishing: that has to be found out.
    ids = list(connection.execute(sa.select(judgments.c.id).where(own)).scalars())
    for some in _parts(chance.sample(ids, len(ids) * 9 // 1000)):
        connection.execute(sa.update(judgments).where(judgments.c.id.in_(some)).values(clerk="书记员乙"))
    new = [r for n in range(court.cases // 1000) for r in _case(court, court.cases + n + 1, "fine", chance)]
    _insert(connection, iter(new), night)
    # What became overdue since: the ledger has not changed, the day has.
    waiting = sa.select(entries.c.effective).where(
        entries.c.site == court.site.id, entries.c.handler == NOT_YET, entries.c.effective.is_not(None)
    )
    days = connection.execute(waiting).scalars()
    late = sum(working_days_between(add_working_days(day, 7), night) > 0 for day in days)
    court.planted["second"]["D-04 certain"] += late


def _fates(cases: int, chance: random.Random) -> list[str]:
    fates = [
        name for kinds in (FAULTS, TRAPS) for name, of in kinds.items() for _ in range(max(1, of * cases // 100_000))
    ]
    fates += ["fine"] * (cases - len(fates))
    chance.shuffle(fates)
    return sorted(fates, key=lambda fate: fate == "not_due")  # the newest cases come last, as their numbers do


def _case(court: Court, row: int, fate: str, chance: random.Random) -> Iterator[Record]:
    """One case and what became of it."""
    site, home = court.site.id, court.site.home
    days = (NIGHT - FIRST).days - 60
    decided = FIRST + timedelta(days=(row - 1) * days // max(row, court.cases))
    effective = decided + timedelta(days=chance.randrange(16, 31))
    if fate == "not_due":
        effective = NIGHT - timedelta(days=chance.randrange(12))  # of the oldest the time runs out tonight
        decided = effective - timedelta(days=20)
    due = add_working_days(effective, 7)
    number = f"（{decided.year}）{court.code}民初{row}号"
    cause, department = CAUSES[row % len(CAUSES)], DEPARTMENTS[row % len(DEPARTMENTS)]
    kind = "调解书" if fate == "mediated" else "判决书"
    if fate in ("family", "divorce"):
        cause = "离婚纠纷"
    appealed = fate in ("appealed", "late_appealed")
    second = effective + timedelta(days=70) if appealed else None
    yield CaseEntry(
        site=site, source=f"{FILE}/案件台账", row=row, case_number=number, cause=cause, department=department,
        procedure="一审", document_type=f"民事{kind}", decided=decided, closed=decided, effective=effective,
        appeal_case_number=f"（{decided.year}）粤79民终{row}号" if appealed else None, appeal_effective=second,
        handler=NOT_YET if fate == "not_due" else None,
    )  # fmt: skip
    if fate in ("missing", "mediated", "family", "not_due"):
        return
    if fate in ("withheld", "no_notice", "department_only", "bad_reason", "no_elements"):
        reason = OTHER if fate == "department_only" or row % 20 == 0 else MEDIATED
        level = "庭级" if fate == "department_only" else "院级"
        yield Approval(
            site=site, source=f"{FILE}/不上网审批", row=row, subject="withheld", case_number=number, cause=cause,
            has_parties=True, closed=decided, reason=reason, approver="审批人", level=level,
        )  # fmt: skip
        if fate != "no_notice":
            yield Withheld(
                site=site, url=f"{home}bgk/{row}.html", section="不公开信息", case_number=number, case_number_raw=number,
                court="" if fate == "no_elements" else court.site.court, decided=decided, decided_raw=str(decided),
                reason="当事人申请不公开" if fate == "bad_reason" else reason, published=due,
                published_source=DateSource.LABEL,
            )  # fmt: skip
        return
    published = min(effective + timedelta(days=row % 8), due)
    if fate == "late":
        published = add_working_days(due, 1 + row % 20)
    elif fate == "last_day":
        published = due
    elif fate == "day_off":
        published = add_working_days(due, 1) - timedelta(days=1)
    elif fate == "premature":
        published = effective - timedelta(days=5)
    elif second is not None:
        limit = add_working_days(second, 7)
        published = (
            add_working_days(limit, 3) if fate == "late_appealed" else min(second + timedelta(days=row % 8), limit)
        )
    document = Judgment(
        site=site, url=f"{home}ws/{row}.html", case_number=number, title=f"{cause}一审民事判决书",
        title_form=("cause", "instance", "type"), section="裁判文书", court=court.site.court,
        printed_court=court.site.court, document_type="判决书", branch="民事", cause=cause, decided=decided,
        decided_raw=str(decided), published=published, published_source=DateSource.LABEL, judges=("审判员甲",),
        clerk="书记员甲", text_length=3000, whole=True, signs=(Sign.SEAL_MARK,) if fate == "seal" else (),
        appeal_clause=True, sha256=f"{court.number:032x}{row:032x}",
    )  # fmt: skip
    yield document
    if fate == "later_ruling":
        later = due + timedelta(days=200)
        if later < NIGHT:
            values = vars(document) | {
                "url": f"{home}ws/{row}-2.html", "document_type": "裁定书", "title": f"{cause}民事裁定书", "decided": later,
                "published": later + timedelta(days=5), "decided_raw": str(later), "appeal_clause": False,
            }  # fmt: skip
            yield Judgment(**values)
    if fate in ("no_review", "reviewed"):
        whole = fate == "reviewed"
        yield Withdrawal(
            site=site, source=f"{FILE}/撤回审批", row=row, case_number=number, withdrawn=published, reason="更正",
            applicant="承办人", department_review="庭长" if row % 2 or whole else None,
            court_approval="院长" if row % 2 == 0 or whole else None,
        )  # fmt: skip


def _insert(connection: Connection, records: Iterator[Record], night: date = NIGHT) -> int:
    """Write records as a crawl and an import would have left them; how many of them are judgments."""
    judgments = 0
    while batch := list(islice(records, BATCH)):
        by_kind: dict[type[Record], list[Record]] = {}
        for one in batch:
            by_kind.setdefault(type(one), []).append(one)
        for kind, some in by_kind.items():
            rows = [{**vars(one), "first_seen": _met(one, night), "last_seen": night} for one in some]
            connection.execute(sa.insert(TABLES[kind]), rows)
        judgments += len(by_kind.get(Judgment, ()))
    return judgments


def _met(record: Record, night: date) -> date:
    published: date | None = getattr(record, "published", None)
    return min(published or night, night)


def _visit(connection: Connection, court: Court, night: date) -> None:
    """A night on which the site was read to its end."""
    site, began = court.site, datetime(night.year, night.month, night.day, 1, tzinfo=CHINA)
    run = runs.start(connection, site.id, night, began)
    runs.update(connection, run.id, status="complete", finished=began + timedelta(hours=1))
    sections = [
        Section(
            site=site.id, url=site.home + path, name=name, cadence=Cadence.STANDARD, record=record, items=20,
            newest=night, newest_source=DateSource.LABEL,
        )
        for name, path, record in (("裁判文书", "ws/", "judgment"), ("不公开信息", "bgk/", "withheld"))
    ]  # fmt: skip
    home = PageFacts(site=site.id, url=site.home, is_home=True, links_to=("wenshu.court.gov.cn",))
    for kind in (Section, PageFacts):
        connection.execute(sa.delete(TABLES[kind]).where(TABLES[kind].c.site == site.id))
    _insert(connection, iter([*sections, home]), night)
    runs.save_section_reads(connection, [runs.section_read(section, night) for section in sections])
    for kind in (Judgment, Withheld):
        connection.execute(sa.update(TABLES[kind]).where(TABLES[kind].c.site == site.id).values(last_seen=night))


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, 500)):
        yield some
