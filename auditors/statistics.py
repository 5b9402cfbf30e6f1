"""The night's numbers (统计与估算): metrics of publicity with the denominator named, and estimates with their method.

A number is computed only from what was completely read; otherwise it is listed without value, and why. Metrics need the
case ledger, since public data do not say what was due (domain/rules.md §2.5); rates that courts publish cap at 100 %.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from sqlalchemy.engine import Connection

from auditors.deadline import publication_deadline
from auditors.gaps import Gap, find_gaps
from auditors.hearing_views import StreamYear
from auditors.joins import Joined
from auditors.matching import Match, distinct_documents, find_document, is_appealed, is_exempt
from auditors.reasons import OTHER, may_leak_secret, reason_class
from auditors.views import CaseFile, Coverage, NoticeEntry
from storage import store
from storage.case_number import CaseNumber, parse
from storage.records import CaseEntry, Hearing, Stream
from storage.statistics import COUNT, ESTIMATE, METRIC, SHARE, Statistic

CHINA = timezone(timedelta(hours=8))
Appearance = tuple[CaseNumber, date | None]

NOT_READ = "文书、不公开信息栏目本次未读全，未计算"
NO_SECTION = "本院网站没有文书公开栏目，也没有导入注明完整期间的文书记录，未计算"
_GAP_METHOD = (
    "同一法院、年度、类型代字的案号从1起连续编号。在已见到的编号范围内，裁判文书、不公开信息、开庭公告、庭审和台账中都从未"
    "出现的编号计入；范围以外的不计，故为下限。月份按前后编号的日期推算。以本院网站、台账和已导入的记录为限，只在其他平台公布的"
    "文书须导入后才能扣除；未出现的编号也可能尚未审结、作废或者移送。不据以认定任何一件案件。"
)
_SPARSE = "见到的编号不足范围内的一半，网站可能只是选登，仅供参考"


@dataclass(frozen=True)
class _Due:
    """A document of the case ledger whose time for publishing has run out."""

    case: CaseFile
    entry: CaseEntry
    match: Match | None
    in_time: bool | None  # None: not published, or its day is not known for certain

    @property
    def is_withheld(self) -> bool:
        return self.match is None and bool(self.case.approvals or self.case.notices)

    @property
    def is_exempt(self) -> bool:
        """Not published by law, and not registered: neither due nor withheld."""
        return self.match is None and not self.is_withheld and is_exempt(self.case, self.entry.document_type)

    @property
    def is_covered(self) -> bool:
        """Its day lies within a period of which an imported dump holds everything."""
        day = self.entry.decided
        return day is not None and any(start <= day <= end for start, end in self.case.platform_complete)

    @property
    def is_due(self) -> bool:
        return not (self.is_withheld or self.is_exempt)


def night_statistics(connection: Connection, site: str, night: date, joined: Joined) -> list[Statistic]:
    """All statistics of a site's night."""
    cases = [view for view in joined.views[CaseFile] if isinstance(view, CaseFile)]
    notices = [view for view in joined.views[NoticeEntry] if isinstance(view, NoticeEntry)]
    read = (joined.judgments_read, joined.notices_read, joined.announcements_read)
    has_public = any(case.publications or case.notices for case in cases)
    found = [*_appearances(cases), *_announced(connection, site, night)] if has_public else []
    # A day in the future is that of a hearing to come: it tells nothing of when documents of its neighbours were made.
    appearances = [(number, day if day is not None and day <= night else None) for number, day in found]
    why_not = NOT_READ if Coverage.INCOMPLETE in read else None
    if joined.judgments_read is Coverage.NONE and not any(case.platform_complete for case in cases):
        why_not = why_not or NO_SECTION
    return [
        *metrics(site, cases, night),
        *reason_shares(site, cases, notices, joined.notices_read),
        *stream_shares(site, [view for view in joined.views[StreamYear] if isinstance(view, StreamYear)]),
        *gaps(site, appearances, joined.home_codes, why_not),
    ]


def _appearances(cases: Iterable[CaseFile]) -> Iterator[Appearance]:
    """Each case number that a document, a notice or a ledger names, with the first day known of the case."""
    for case in cases:
        if case.number is None:
            continue
        judgments = [p.judgment for p in case.publications]
        days = [
            *(j.decided or j.published for j in judgments),
            *(n.decided or n.published for n in case.notices),
            *(e.decided or e.closed or _day(e.hearing) for e in case.entries),
            *(a.closed or _day(a.hearing) for a in (*case.approvals, *case.stream_approvals)),
        ]
        yield case.number, min((day for day in days if day is not None), default=None)


def _announced(connection: Connection, site: str, night: date) -> Iterator[Appearance]:
    """Each case number of a hearing that was announced or shown on the portal, ever."""
    announced: list[Hearing | Stream] = [
        *(seen.record for seen in store.read(connection, Hearing, site=site, until=night)),
        *(seen.record for seen in store.read(connection, Stream, site=site, until=night)),
    ]
    for one in announced:
        number = parse(one.case_number) if one.case_number else None
        if number is not None:
            yield number, _day(one.starts)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(CHINA).date()


def metrics(site: str, cases: Sequence[CaseFile], today: date) -> list[Statistic]:
    """The metrics of the whole site, and of each department if the ledger names several. Empty without a case ledger."""
    due = [one for case in cases if not case.of_another_court for one in _due_of(case, today)]
    if not due:
        return []
    blocked = _blocked(cases[0])
    if blocked == NO_SECTION and (covered := [one for one in due if one.is_covered]):
        due, blocked = covered, None  # a dump of the national site holds all of their days
    unread = any(case.unread_ledgers for case in cases)
    departments: dict[str, list[_Due]] = defaultdict(list)
    for one in due:
        departments[one.case.department or ""].append(one)
    found = _metrics_of(site, "", due, today, blocked, unread)
    if len(departments) > 1:
        for name in sorted(departments, key=lambda name: (name == "", name)):
            found += _metrics_of(site, name or "未载明部门", departments[name], today, blocked, unread)
    return found


def reason_shares(
    site: str, cases: Sequence[CaseFile], notices: Sequence[NoticeEntry], read: Coverage
) -> list[Statistic]:
    """How often the catch-all reason is given: in the public entries, and in the approvals' ledger."""
    sources = (
        ("other_share_public", "公布的不公开信息", [n.entry.reason for n in notices], read is not Coverage.COMPLETE),
        ("other_share_ledger", "不上网审批台账", [a.reason for case in cases for a in case.approvals], False),
    )
    found = []
    for name, source, reasons, incomplete in sources:
        classes = [one for one in map(reason_class, reasons) if one is not None]
        if not classes:
            continue
        others = classes.count(OTHER)
        found.append(
            Statistic(
                site=site,
                kind=METRIC,
                name=name,
                title=f"其他情形占比（{source}）",
                unit=SHARE,
                value=None if incomplete else others / len(classes),
                numerator=others,
                denominator=len(classes),
                denominator_name=f"{source}中理由属法定类别的条目",
                period="全部已公布条目" if name.endswith("public") else "台账全部条目",
                method="以“人民法院认为不宜在互联网公布的其他情形”为理由的条目数 ÷ 理由属法定类别的条目数。",
                note=NOT_READ if incomplete else None,
            )
        )
    return found


def stream_shares(site: str, years: Iterable[StreamYear]) -> list[Statistic]:
    """Sessions shown live, of the public hearings and of all hearings: which denominator is meant, is said (L-09)."""
    found = []
    for year in years:
        for name, of, shown, among in (
            ("stream_share_public", "公开庭审", year.public_streamed, year.public),
            ("stream_share_all", "全部庭审", year.hearings_streamed, year.hearings),
        ):
            if not among:
                continue
            is_read = year.read is Coverage.COMPLETE
            found.append(
                Statistic(
                    site=site,
                    kind=METRIC,
                    name=name,
                    title=f"直播率（{of}）",
                    unit=SHARE,
                    value=shown / among if is_read else None,
                    numerator=shown if is_read else None,
                    denominator=among,
                    denominator_name=f"台账载明已开庭的{of}",
                    period=f"{year.year}年1月1日至{year.until}",
                    method="庭审公开平台列有直播或者回放的庭次 ÷ 台账载明的庭次；两种分母并列。",
                    note=None if is_read else "庭审公开平台本次未读全，未计算",
                )
            )
    return found


def gaps(site: str, appearances: Iterable[Appearance], codes: frozenset[str], why_not: str | None) -> list[Statistic]:
    """Numbers that appear nowhere, by year and type, and by month.

    Args:
        why_not: What was not completely read: then nothing is estimated, and this is said.
    """
    found = find_gaps(appearances, codes)
    if why_not is not None:
        return [_gap(site, "gap", "", None, None, "", why_not)] if found else []
    return [statistic for gap in found for statistic in _gap_rows(site, gap)]


def _due_of(case: CaseFile, today: date) -> Iterable[_Due]:
    for entry in distinct_documents(case):
        effective = entry.appeal_effective if is_appealed(entry) else entry.effective
        deadline = publication_deadline(effective) if effective is not None else None
        if deadline is None or deadline.is_met(today):
            continue
        match = find_document(case, entry)
        stated = match.publication.stated if match is not None and match.sure else None
        yield _Due(case, entry, match, None if stated is None else deadline.is_met(stated))


def _blocked(case: CaseFile) -> str | None:
    """Why nothing can be said of what is published."""
    if case.judgments_read is Coverage.NONE:
        return NO_SECTION
    return NOT_READ if Coverage.INCOMPLETE in (case.judgments_read, case.notices_read) else None


def _metrics_of(
    site: str, scope: str, listed: list[_Due], today: date, blocked: str | None, unread: bool
) -> list[Statistic]:
    due = [one for one in listed if one.is_due]
    registered = [one for one in listed if one.is_due or one.is_withheld]
    published = [one for one in due if one.match is not None]
    dated = [one for one in published if one.in_time is not None]
    approved = [
        one
        for one in listed
        if one.is_withheld and one.case.approvals and not any(may_leak_secret(a.reason) for a in one.case.approvals)
    ]
    note = "台账有未能读取的行，未计入" if unread else None

    def share(
        name: str, title: str, of: str, denominator: list[_Due], counts: Callable[[_Due], bool], method: str
    ) -> Statistic:
        number = sum(map(counts, denominator))
        value = number / len(denominator) if denominator and blocked is None else None
        return Statistic(
            site=site,
            kind=METRIC,
            name=name,
            title=title,
            scope=scope,
            unit=SHARE,
            value=value,
            numerator=number if blocked is None else None,
            denominator=len(denominator),
            denominator_name=of,
            period=_period(listed, today),
            method=method,
            note=blocked or (note if denominator else "没有可计算的文书"),
        )

    due_name = "台账已生效、上网期限届满且应当上网的文书"
    return [
        share(
            "upload_rate", "上网率（件）", due_name, due, lambda one: one.match is not None,
            "已在本院网站或者导入的记录中找到的文书 ÷ 应当上网的文书；逐件核对，不封顶，不以结案数为分母。",
        ),
        share(
            "timely_rate", "及时率", "已上网且载明公布日期的文书", dated, lambda one: bool(one.in_time),
            "期限内（2016年10月1日起为生效后七个工作日）公布的文书 ÷ 已上网且载明公布日期的文书。",
        ),
        share(
            "withheld_share", "不公开占比", "台账已生效、上网期限届满的文书（依法不公布而未登记的除外）", registered,
            lambda one: one.is_withheld, "经审批不上网或者已公布不公开信息的文书 ÷ 全部到期文书。",
        ),
        share(
            "notice_rate", "信息项公布率", "经审批不上网、期限届满的文书（涉及国家秘密的除外）", approved,
            lambda one: bool(one.case.notices), "已公布不公开信息的文书 ÷ 经审批不上网的文书。",
        ),
        share(
            "missing_rate", "缺口率", "台账已生效、上网期限届满的文书（依法不公布而未登记的除外）", registered,
            lambda one: one.is_due and one.match is None, "既未上网也未登记不上网的文书 ÷ 全部到期文书。",
        ),
    ]  # fmt: skip


def _period(listed: list[_Due], today: date) -> str:
    days = [one.entry.appeal_effective or one.entry.effective for one in listed]
    known = sorted(day for day in days if day is not None)
    return f"生效日期{known[0]}至{known[-1]}，截至{today}" if known else f"截至{today}"


def _gap_rows(site: str, gap: Gap) -> Iterator[Statistic]:
    kind = f"（{gap.year}）{gap.court_code}{gap.type_code}"
    notes = [f"另有{gap.outside}个编号远在范围之外，疑为误写，未采用"] if gap.outside else []
    notes += [_SPARSE] if gap.seen < gap.missing else []
    note = "；".join(notes) or None
    whole = f"第{gap.first}号至第{gap.last}号"
    yield _gap(site, "gap", kind, gap.missing, gap.seen + gap.missing, whole, note)
    for month, (seen, missing) in gap.months.items():
        when = f"{month[0]}年{month[1]}月" if month is not None else "月份不明"
        yield _gap(site, "gap_month", f"{kind} {when}", missing, seen + missing, when, None)


def _gap(
    site: str, name: str, scope: str, missing: int | None, among: int | None, period: str, note: str | None
) -> Statistic:
    return Statistic(
        site=site,
        kind=ESTIMATE,
        name=name,
        title="未见编号（未公开文书数的估计下限）" + ("，按月" if name == "gap_month" else ""),
        scope=scope,
        unit=COUNT,
        value=missing,
        numerator=missing,
        denominator=among,
        denominator_name="范围内的编号",
        period=period,
        method=_GAP_METHOD,
        note=note,
    )
