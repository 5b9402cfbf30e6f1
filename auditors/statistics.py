"""The night's numbers (统计与估算): metrics of publicity with the denominator named, and estimates with their method.

A number is computed only from what was completely read; otherwise it is listed without value, and why. The metrics are
those of `metrics.yml`, from the night's measures: summed over all days, so they are the values that a bulletin of the
whole time would print. Most need the case ledger, since public data do not say what was due (domain/rules.md §2.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from sqlalchemy.engine import Connection

from auditors.gaps import Appearance, Gap
from auditors.joins import Joined
from auditors.metrics import Value, values
from auditors.views import CaseFile, Coverage
from storage import store
from storage.case_number import parse
from storage.measures import Measure, total_of
from storage.records import Hearing, Stream
from storage.statistics import COUNT, ESTIMATE, METRIC, SHARE, Statistic

CHINA = timezone(timedelta(hours=8))
DOCUMENTS = ("upload_rate", "timely_rate", "withheld_share", "notice_rate", "missing_rate")
REASONS = ("other_share_public", "other_share_ledger")
STREAMS = ("stream_share_public", "stream_share_all")

NOT_READ = "文书、不公开信息栏目本次未读全，未计算"
NO_SECTION = "本院网站没有文书公开栏目，也没有导入注明完整期间的文书记录，未计算"
NOTHING = "没有可计算的文书"
PORTAL_NOT_READ = "庭审公开平台本次未读全或者列表未回溯到当日，未计算"
_GAP_METHOD = (
    "同一法院、年度、类型代字的案号从1起连续编号。在已见到的编号范围内，裁判文书、不公开信息、开庭公告、庭审和台账中都从未"
    "出现的编号计入；范围以外的不计，故为下限。月份按前后编号的日期推算。以本院网站、台账和已导入的记录为限，只在其他平台公布的"
    "文书须导入后才能扣除；未出现的编号也可能尚未审结、作废或者移送。不据以认定任何一件案件。"
)
_SPARSE = "见到的编号不足范围内的一半，网站可能只是选登，仅供参考"


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """What all cases of a site come to, for its statistics.

    Attributes:
        any_public, any_unread, any_file: Is there any document or notice; any case that rows which could not be read may be
            about; any case at all?
        gaps: In the numbering.
    """

    any_public: bool
    any_unread: bool
    any_file: bool
    gaps: Sequence[Gap]


def night_statistics(
    site: str, night: date, joined: Joined, measures: Sequence[Measure], facts: CaseFacts
) -> list[Statistic]:
    """All statistics of a site's night.

    Args:
        measures: The night's, of every day.
    """
    read = (joined.judgments_read, joined.notices_read, joined.announcements_read)
    why_not = NOT_READ if Coverage.INCOMPLETE in read else None
    has_dump = facts.any_file and bool(joined.common.complete)
    if joined.judgments_read is Coverage.NONE and not has_dump:
        why_not = why_not or NO_SECTION
    blocked = NOT_READ if Coverage.INCOMPLETE in (joined.judgments_read, joined.notices_read) else None
    blocked = NO_SECTION if joined.judgments_read is Coverage.NONE and not has_dump else blocked
    return [
        *metrics(site, measures, night, blocked, facts.any_unread),
        *gaps(site, facts.gaps if facts.any_public else (), why_not),
    ]


def first_day(case: CaseFile, night: date) -> date | None:
    """The first day that any document, notice or ledger knows of a case.

    A day in the future is that of a hearing to come: it tells nothing of when documents of its neighbours were made.
    """
    judgments = [p.judgment for p in case.publications]
    days = [
        *(j.decided or j.published for j in judgments),
        *(n.decided or n.published for n in case.notices),
        *(e.decided or e.closed or _day(e.hearing) for e in case.entries),
        *(a.closed or _day(a.hearing) for a in (*case.approvals, *case.stream_approvals)),
    ]
    return _past(min((day for day in days if day is not None), default=None), night)


def announced(connection: Connection, site: str, night: date) -> list[Appearance]:
    """Each case number of a hearing that was announced or shown on the portal, ever."""
    return [(number, _past(day, night)) for number, day in _announced(connection, site, night)]


def _past(day: date | None, night: date) -> date | None:
    return day if day is not None and day <= night else None


def _announced(connection: Connection, site: str, night: date) -> Iterator[Appearance]:
    """Each case number of a hearing that was announced or shown on the portal, ever."""
    shown: list[Hearing | Stream] = [
        *(seen.record for seen in store.read(connection, Hearing, site=site, until=night)),
        *(seen.record for seen in store.read(connection, Stream, site=site, until=night)),
    ]
    for one in shown:
        number = parse(one.case_number) if one.case_number else None
        if number is not None:
            yield number, _day(one.starts)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(CHINA).date()


def metrics(site: str, measures: Sequence[Measure], night: date, blocked: str | None, unread: bool) -> list[Statistic]:
    """The metrics of the whole site, and those on documents of each department if there are several.

    Args:
        blocked: Why nothing can be said of what is published, or None.
        unread: The ledgers have rows that could not be read.
    """
    due = [one for one in measures if one.name in DOCUMENTS]
    year = [one for one in measures if one.name in STREAMS and one.day.year == night.year]
    reasons = [one for one in measures if one.name in REASONS]
    departments = sorted({one.department for one in due}, key=lambda name: (name == "", name))
    note = "台账有未能读取的行，未计入" if unread else None
    until = f"截至{night}"
    found = _metrics_of(site, "", due, DOCUMENTS, f"上网期限届满后首个工作日在{_days(due)}，{until}", blocked, note)
    if len(departments) > 1:
        for name in departments:
            own = [one for one in due if one.department == name]
            when = f"上网期限届满后首个工作日在{_days(own)}，{until}"
            found += _metrics_of(site, name or "未载明部门", own, DOCUMENTS, when, blocked, note)
    found += _metrics_of(site, "", reasons, REASONS, "全部条目", NOT_READ, None)
    found += _metrics_of(site, "", year, STREAMS, f"{night.year}年1月1日至{night}", PORTAL_NOT_READ, None)
    return found


def _metrics_of(
    site: str,
    scope: str,
    measures: Sequence[Measure],
    names: Sequence[str],
    period: str,
    why_not: str | None,
    note: str | None,
) -> list[Statistic]:
    """The named metrics of some measures. `why_not` is said where there is no value, `note` where there is one."""
    if not measures:
        return []
    found = values(total_of(site, measures))
    of_documents = names is DOCUMENTS  # a table of departments has all columns, whatever a department has
    return [
        _statistic(site, scope, found[name], period, why_not, note)
        for name in names
        if of_documents or found[name].denominator
    ]


def _statistic(site: str, scope: str, one: Value, period: str, why_not: str | None, note: str | None) -> Statistic:
    has_value, of = one.value is not None, one.denominator or 0
    unknown = f"另有{one.unknown}件未能核对，未计入" if one.unknown else None
    notes = (note, unknown) if has_value or why_not is None else (why_not,)
    if not of:
        notes = (NOTHING,)
    return Statistic(
        site=site,
        kind=METRIC,
        name=one.metric.name,
        title=one.metric.title,
        scope=scope,
        unit=SHARE,
        value=one.value,
        numerator=one.numerator if has_value else None,
        denominator=one.known if has_value else of,
        denominator_name=one.metric.denominator,
        period=period,
        method=one.metric.definition,
        note="；".join(n for n in notes if n) or None,
    )


def _days(measures: Iterable[Measure]) -> str:
    days = [one.day for one in measures]
    return f"{min(days)}至{max(days)}" if days else ""


def gaps(site: str, found: Sequence[Gap], why_not: str | None) -> list[Statistic]:
    """Numbers that appear nowhere, by year and type, and by month.

    Args:
        why_not: What was not completely read: then nothing is estimated, and this is said.
    """
    if why_not is not None:
        return [_gap(site, "gap", "", None, None, "", why_not)] if found else []
    return [statistic for gap in found for statistic in _gap_rows(site, gap)]


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
