"""What the demonstration courts publish and what their ledgers say, read from `content/*.yml`.

The same list of cases feeds a court's web pages and its ledger, so a planted fault is one wrong date in one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "content"


@dataclass(frozen=True, kw_only=True)
class Article:
    """One published page.

    Attributes:
        html: Body in the court's own markup; None: filler text.
        path: Address, where the court's scheme does not decide it.
        since, until: First and last night on which it is there.
        dated: Whether its date is printed (a fault if not).
        listed: Text of the date in the list where it differs from the publication date (hearing dates).
        pinned: Stands on top of its list whatever its date.
        case: The case whose judgment this page holds.
        dead: Status that its address answers instead of the page.
    """

    title: str
    published: date
    html: str | None = None
    path: str | None = None
    since: date | None = None
    until: date | None = None
    dated: bool = True
    listed: str | None = None
    pinned: bool = False
    case: Case | None = None
    dead: int | None = None
    number: int = 0

    def is_there(self, night: date) -> bool:
        return (self.since is None or self.since <= night) and (self.until is None or night <= self.until)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section (栏目) of a court: its name as printed, its place, its articles (newest first, pinned ones on top)."""

    key: str
    name: str
    place: str
    articles: tuple[Article, ...] = ()
    blank: str = "暂无内容"

    def on(self, night: date) -> tuple[Article, ...]:
        there = [article for article in self.articles if article.is_there(night)]
        return tuple(sorted(there, key=lambda a: (a.pinned, a.published, a.number), reverse=True))


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case: what its judgment says, when it was published, what the ledger says.

    Attributes:
        number: Type and serial, such as 民初101; `suffix` 之一 and the like follow 号.
        published: None: not published.
        since: First night on which the published page is there.
        effective: 生效日期 of the ledger; None: the cell is empty.
        appeal_number, appeal_effective: 二审案号 and 二审生效日期 of the ledger.
        ledger: Whether the ledger has the case at all.
        small: Small claims (小额诉讼): final in one instance.
        notice: The text says that documents were served by public notice (公告送达).
        quotes: The first-instance case number that a second-instance judgment quotes.
        spelling: How the ledger writes the number: full (full-width brackets), half, spaced.
        raw: What the ledger's 生效日期 cell holds instead of the date.
        until: Last night on which the published page is there (then it was withdrawn).
        plaintiff, defendant: The parties as printed; None: chosen by the number.
        who: The paragraphs on the parties, word for word, instead of those made of their names.
        facts: Paragraphs on the facts, word for word.
        judge, clerk: As printed; None: chosen by the number.
        printed: The number as the document and its list print it, where it is masked there.
        left: A line left standing below the signatures.
    """

    year: int
    number: str
    kind: str
    cause: str
    decided: date
    court_code: str = ""
    suffix: str = ""
    published: date | None = None
    since: date | None = None
    effective: date | None = None
    appeal_number: str | None = None
    appeal_effective: date | None = None
    ledger: bool = True
    small: bool = False
    notice: bool = False
    quotes: str | None = None
    department: str = "民事审判第一庭"
    spelling: str = "full"
    raw: str | None = None
    until: date | None = None
    plaintiff: str | None = None
    defendant: str | None = None
    who: Sequence[str] = ()
    facts: Sequence[str] = ()
    judge: str | None = None
    clerk: str | None = None
    printed: str | None = None
    left: str | None = None

    def is_there(self, night: date) -> bool:
        """Whether its page is to be had on that night."""
        begun = self.published is not None and (self.since is None or self.since <= night)
        return begun and (self.until is None or night <= self.until)

    @property
    def shown_number(self) -> str:
        """The number as readers see it."""
        return self.printed or self.case_number

    @property
    def case_number(self) -> str:
        """As printed on the judgment, with full-width brackets."""
        return f"（{self.year}）{self.court_code}{self.number}号{self.suffix}"

    @property
    def is_second_instance(self) -> bool:
        return "终" in self.number

    @property
    def appeal_days(self) -> int:
        """Days for an appeal: 民诉法 171, 刑诉法 230, 行诉法 85; 0 where the document is final at once."""
        if self.small or self.is_second_instance or "判决书" not in self.kind or "初" not in self.number:
            return 0
        return 10 if self.kind.startswith("刑事") else 15

    @property
    def procedure(self) -> str:
        if self.small:
            return "小额诉讼"
        if "执" in self.number:
            return "执行"
        return "二审" if self.is_second_instance else "一审"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An entry of the non-publication list (不公开信息), as printed; a cell may be wrong on purpose."""

    case_number: str
    court: str
    decided: str
    reason: str
    published: date
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A row of 不上网审批."""

    case_number: str
    cause: str
    reason: str
    level: str | None
    approver: str | None
    closed: date


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """A session of a case: announced on the site, a row with 开庭时间 in the ledger, or both.

    Attributes:
        plaintiff, defendant: As announced; a criminal case has a defendant only. None: not announced.
        room: None: the announcement names no place.
        published: Day of the announcement; None: it was never announced.
        since: First night on which the announcement is there.
        stream: What the announcement says of streaming, a sentence; None: nothing.
        said: The whole announcement, word for word, instead of the usual sentence.
        ledger: Whether the ledger has this session.
        held: The day in the ledger where it is another than the announced one.
        public: 是否公开审理 of the ledger.
        spelling: As of a case.
        department: 承办部门 of the ledger.
    """

    case_number: str
    cause: str | None
    plaintiff: str | None = None
    defendant: str | None
    day: date
    clock: str
    room: str | None
    published: date | None
    since: date | None = None
    stream: str | None = None
    said: str | None = None
    ledger: bool = True
    held: date | None = None
    public: str = "是"
    spelling: str = "full"
    department: str = "民事审判第一庭"

    @property
    def is_criminal(self) -> bool:
        return "刑" in self.case_number

    @property
    def procedure(self) -> str:
        return "二审" if "终" in self.case_number else "一审"


@dataclass(frozen=True, kw_only=True)
class StreamApproval:
    """A row of 不直播审批."""

    case_number: str
    cause: str
    hearing: date
    reason: str | None
    level: str | None
    approver: str | None


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """A row of 撤回审批."""

    case_number: str
    day: date
    reason: str | None
    applicant: str | None
    review: str | None
    approval: str | None


@dataclass(frozen=True, kw_only=True)
class Participant:
    """A row of 审判流程信息. Names and numbers are invented; the numbers belong to nobody (see the content files)."""

    case_number: str
    role: str
    name: str | None
    id_type: str | None
    id_number: str | None
    phone: str | None
    publicity: str = "有效公开"
    approver: str | None = None


@dataclass(frozen=True, kw_only=True)
class Agency:
    """A row of 行政案件台账."""

    case_number: str
    cause: str
    agency: str
    hearing: date
    appeared: str
    position: str | None
    enterprise: str
    resolution: str | None = None


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A row of 旁听台账."""

    unit: str
    persons: str
    leader: str
    day: date
    case_number: str | None
    mode: str


@dataclass(frozen=True, kw_only=True)
class Court:
    """All content of one demonstration court over all nights."""

    id: str
    court: str
    short: str
    code: str
    sections: dict[str, Section]
    cases: tuple[Case, ...] = ()
    notices: tuple[Notice, ...] = ()
    approvals: tuple[Approval, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    stream_approvals: tuple[StreamApproval, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    participants: tuple[Participant, ...] = ()
    agencies: tuple[Agency, ...] = ()
    visits: tuple[Visit, ...] = ()
    ledger_rows: tuple[dict[str, str], ...] = field(default=())  # further rows of the case ledger, word for word

    def published(self, night: date) -> list[Case]:
        return [case for case in self.cases if case.is_there(night)]

    def announced(self, night: date) -> list[Hearing]:
        """The hearings whose announcements stand on the site."""
        return [h for h in self.hearings if h.published is not None and (h.since is None or h.since <= night)]


@cache
def load(name: str) -> Any:
    """The data of `content/<name>.yml`."""
    with (FOLDER / f"{name}.yml").open(encoding="utf-8") as file:
        return YAML(typ="safe", pure=True).load(file)


@cache
def court(name: str) -> Court:
    """A court's content, over all nights.

    Raises:
        TypeError: The file has a key that is not a field; the message names it.
    """
    data, pools = load(name), load("pools")
    code, full_name = data["code"], data["court"]

    return Court(
        id=name,
        court=full_name,
        short=data["short"],
        code=code,
        sections={key: _section(key, row, data["short"], pools) for key, row in data["sections"].items()},
        cases=tuple(Case(court_code=code, **row) for row in data["cases"]),
        notices=tuple(Notice(**{"court": full_name, **row}) for row in _rows(data, "notices")),
        approvals=tuple(Approval(**row) for row in _rows(data, "approvals")),
        hearings=tuple(Hearing(**row) for row in _rows(data, "hearings")),
        stream_approvals=tuple(StreamApproval(**row) for row in _rows(data, "stream_approvals")),
        withdrawals=tuple(Withdrawal(**row) for row in _rows(data, "withdrawals")),
        participants=tuple(Participant(**row) for row in _rows(data, "participants")),
        agencies=tuple(Agency(**row) for row in _rows(data, "agencies")),
        visits=tuple(Visit(**row) for row in _rows(data, "visits")),
        ledger_rows=tuple(data.get("ledger_rows", ())),
    )


def _rows(data: Any, key: str) -> list[dict[str, Any]]:
    """The rows under a key, with the court's code for @ in their texts."""
    code = data["code"]
    return [
        {name: value.replace("@", code) if isinstance(value, str) else value for name, value in row.items()}
        for row in data.get(key, ())
    ]


def _section(key: str, row: dict[str, Any], short: str, pools: dict[str, list[str]]) -> Section:
    fill = row.get("fill")
    filler = list(_filler(fill, short, pools)) if fill else []
    written = [Article(**article) for article in row.get("articles", ())]
    articles = [replace(article, number=n) for n, article in enumerate(filler + written)]
    return Section(
        key=key,
        name=row["name"],
        place=row["place"],
        articles=tuple(articles),
        blank=row.get("blank", "暂无内容"),
    )


def _filler(fill: dict[str, Any], short: str, pools: dict[str, list[str]]) -> Iterator[Article]:
    """Articles of a pool of titles, one every so many days back from the newest, on weekdays; oldest first."""
    pool = pools[fill["pool"]]
    start = fill.get("start", 0)
    rows = []
    for n in range(fill["count"]):
        day = fill["newest"] - timedelta(days=n * fill["every"])
        if n:
            day -= timedelta(days=max(0, day.weekday() - 4))
        month = f"{day.year}年{day.month}月"
        before = day.replace(day=1) - timedelta(days=1)
        last = f"{before.year}年{before.month}月"
        title = pool[(start + n) % len(pool)].format(court=short, month=month, last=last, year=day.year)
        rows.append(Article(title=title, published=day))
    return reversed(rows)
