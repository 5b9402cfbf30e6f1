"""D-06: a class of documents that must be published never appears."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from auditors.deadline import publication_deadline
from auditors.document_views import CourtDocuments
from auditors.matching import distinct_documents, is_appealed, is_exempt, kind_of
from auditors.rule import HELD, PASS, S2, Outcome, rule, suspected, unclear
from auditors.views import CaseFile, Coverage
from storage.case_number import CaseNumber, parse

WINDOW = timedelta(days=90)
FEWEST = 5
_CATEGORIES = {
    "criminal": "刑事",
    "civil": "民事",
    "administrative": "行政",
    "enforcement": "执行",
    "compensation": "国家赔偿",
}
_KINDS = ("判决书", "裁定书", "决定书", "支付令")


@rule("D-06", severity=S2, basis=("judgments_online_2016/3",))
def missing_class(court: CourtDocuments, today: date) -> Outcome:
    """应公开类型整体缺失

    Violation: 最近90日内，台账中某类文书（如行政判决书、执行裁定书）到期应上网的不少于5件，本院网站同期一件也没有公布（疑似）。
    Compliant: 同期公布过该类文书的；已审批不上网、依法不公布的不计入；不足5件的不统计；文书栏目未读全、本院网站没有文书栏目的，不判断。
    Remedy: 查明该类文书未上网的原因，逐件补充上网或者补办不上网审批。
    """
    due = Counter(name for case in court.cases for name in _due(case, today))
    if max(due.values(), default=0) < FEWEST:
        return PASS
    if court.judgments_read is not Coverage.COMPLETE:
        return HELD
    recent = [p for p in court.publications if p.latest >= today - WINDOW]
    published = {_class_of(parse(p.judgment.case_number or ""), p.judgment.document_type) for p in recent}
    missing = {name: count for name, count in due.items() if count >= FEWEST and name not in published}
    if not missing:
        return PASS
    listed = "、".join(f"{name}（到期{count}件）" for name, count in sorted(missing.items()))
    if None in published:
        return unclear(f"最近90日内未见公布{listed}，但有文书的案号或者种类未能识别，需核对。")
    return suspected(f"最近90日内未见公布{listed}。")


def _class_of(number: CaseNumber | None, document_type: str | None) -> str | None:
    """行政判决书, 执行裁定书; None: not known. Documents of other kinds of cases are 其他."""
    kind = kind_of(document_type)
    if number is None or kind is None:
        return None
    category = _CATEGORIES.get(number.category)
    return f"{category}{kind}" if category and kind in _KINDS else "其他"


def _due(case: CaseFile, today: date) -> list[str]:
    """The classes of this case's documents whose last day for publishing lies in the window."""
    if case.approvals or case.notices or case.of_another_court:
        return []
    found = []
    for entry in distinct_documents(case):
        effective = entry.appeal_effective if is_appealed(entry) else entry.effective
        deadline = publication_deadline(effective) if effective else None
        name = _class_of(case.number, entry.document_type)
        if deadline is None or name in (None, "其他") or is_exempt(case, entry.document_type):
            continue
        if today - WINDOW <= deadline.last < today:
            found.append(str(name))
    return found
