"""D-06: a class of documents that must be published never appears."""

from __future__ import annotations

from collections import Counter
from datetime import date

from auditors.classes import WINDOW, class_of, documents_due
from auditors.document_views import CourtDocuments
from auditors.rule import HELD, PASS, S2, Outcome, rule, suspected, unclear
from auditors.views import Coverage
from storage.case_number import parse

FEWEST = 5


@rule("D-06", severity=S2, basis=("judgments_online_2016/3",))
def missing_class(court: CourtDocuments, today: date) -> Outcome:
    """应公开类型整体缺失

    Violation: 最近90日内，台账中某类文书（如行政判决书、执行裁定书）到期应上网的不少于5件，本院网站同期一件也没有公布（疑似）。
    Compliant: 同期公布过该类文书的；已审批不上网、依法不公布的不计入；不足5件的不统计；文书栏目未读全、本院网站没有文书栏目的，不判断。
    Remedy: 查明该类文书未上网的原因，逐件补充上网或者补办不上网审批。
    """
    due = Counter(name for case in court.cases for name, last in documents_due(case) if _is_recent(last, today))
    for name, last, number in court.settled_due:
        due[name] += number * _is_recent(last, today)
    if max(due.values(), default=0) < FEWEST:
        return PASS
    if court.judgments_read is not Coverage.COMPLETE:
        return HELD
    recent = [p for p in court.publications if p.latest >= today - WINDOW]
    published = {class_of(parse(p.judgment.case_number or ""), p.judgment.document_type) for p in recent}
    published |= {name for name, latest in court.settled_published if latest >= today - WINDOW}
    missing = {name: count for name, count in due.items() if count >= FEWEST and name not in published}
    if not missing:
        return PASS
    listed = "、".join(f"{name}（到期{count}件）" for name, count in sorted(missing.items()))
    if None in published:
        return unclear(f"最近90日内未见公布{listed}，但有文书的案号或者种类未能识别，需核对。")
    return suspected(f"最近90日内未见公布{listed}。")


def _is_recent(last: date, today: date) -> bool:
    return today - WINDOW <= last < today
