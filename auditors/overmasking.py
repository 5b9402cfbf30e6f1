"""What hides more than the law allows: since when it counts, and how far it is proven."""

from __future__ import annotations

from datetime import date

from auditors.basis import article
from auditors.document_views import DocumentState
from auditors.rule import Outcome, certain, suspected

STATEMENT = "bench_named_2026/named"
NORM = "document_format_2013/signatures"


def stands_since(document: DocumentState) -> bool:
    """It was published under a norm that keeps names and numbers; of an unknown day this is supposed."""
    first = article(NORM).instrument.in_force_from
    published = document.publication.stated
    return published is None or first is None or published >= first


def overmasked(document: DocumentState, message: str, today: date) -> Outcome:
    """Certain where the document stands on the court's own site after the Supreme Court's statement."""
    if document.publication.judgment.imported is not None:
        doubt = "据导入数据，需在发布平台核对"
        return suspected(f"{message.rstrip('。')}（{doubt}）。", *document.evidence, fact_day=today)
    if not article(STATEMENT).instrument.is_in_force(today):
        return suspected(message, *document.evidence, fact_day=today)
    return certain(message, *document.evidence, fact_day=today)
