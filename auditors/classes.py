"""Classes of documents that must be published (民事判决书, 执行裁定书 …), and those of a case with their last days."""

from __future__ import annotations

from datetime import date, timedelta

from auditors.deadline import publication_deadline
from auditors.matching import distinct_documents, is_appealed, is_exempt, kind_of
from auditors.views import CaseFile
from storage.case_number import CaseNumber

WINDOW = timedelta(days=90)
"""How far back D-06 looks."""
_CATEGORIES = {
    "criminal": "刑事",
    "civil": "民事",
    "administrative": "行政",
    "enforcement": "执行",
    "compensation": "国家赔偿",
}
_KINDS = ("判决书", "裁定书", "决定书", "支付令")


def class_of(number: CaseNumber | None, document_type: str | None) -> str | None:
    """行政判决书, 执行裁定书; None: not known. Documents of other kinds of cases are 其他."""
    kind = kind_of(document_type)
    if number is None or kind is None:
        return None
    category = _CATEGORIES.get(number.category)
    return f"{category}{kind}" if category and kind in _KINDS else "其他"


def documents_due(case: CaseFile) -> list[tuple[str, date]]:
    """The classes of this case's documents, each with its last day for publishing."""
    if case.approvals or case.notices or case.of_another_court:
        return []
    found = []
    for entry in distinct_documents(case):
        effective = entry.appeal_effective if is_appealed(entry) else entry.effective
        deadline = publication_deadline(effective) if effective else None
        name = class_of(case.number, entry.document_type)
        if deadline is None or name is None or name == "其他" or is_exempt(case, entry.document_type):
            continue
        found.append((name, deadline.last))
    return found
