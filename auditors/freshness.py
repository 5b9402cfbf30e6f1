"""How old the newest publication of a section is, and how well that is known. Shared by W-01, W-02 and W-03."""

from __future__ import annotations

from datetime import date

from auditors.calendar import months_after
from auditors.rule import Outcome, unclear
from auditors.views import SectionState
from storage.records import Cadence, DateSource, Section

EXEMPT = (Cadence.STATIC, Cadence.EVENT, Cadence.ARCHIVE)
MONTHS: dict[Cadence, int] = {Cadence.PERIODIC: 4, Cadence.YEARLY: 13}
"""A quarter and a month; a year and a month. All others: one month."""
UNRELIABLE = (DateSource.FIRST_SEEN, DateSource.NONE)


def last_day(section: Section) -> date | None:
    """The last day on which the section is still fresh by its class; None: exempt, or nothing dated."""
    if section.cadence in EXEMPT or section.newest is None:
        return None
    return months_after(section.newest, MONTHS.get(section.cadence, 1))


def is_stale(section: Section, today: date) -> bool:
    """Its newest publication lies further back than its class allows."""
    last = last_day(section)
    return last is not None and last < today


def doubt(section: Section) -> str | None:
    """Why the newest date does not prove that nothing newer was published; None: it does."""
    if section.cadence in MONTHS and section.discovered:
        return "更新周期按栏目名称推定"
    if section.guessed:
        return "更新周期未能由栏目名称确定，按一般类栏目推定"
    if section.newest_source in UNRELIABLE:
        return "发布日期非页面载明"
    if section.undated:
        return f"另有{section.undated}条信息未标注日期"
    return None


def not_read(section: SectionState) -> Outcome:
    """The section was not completely read: nothing follows."""
    why = f"（{section.section.why}）" if section.section.why else ""
    return unclear(f"栏目“{section.section.name}”本次未能完整读取{why}，不作是否更新的结论。", unread=True)
