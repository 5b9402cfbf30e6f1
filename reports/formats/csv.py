"""The bulletin as tables for spreadsheets and other programs: UTF-8 with a byte order mark, so that Excel reads Chinese.

What each column holds is written down in docs/csv.md, which a test holds against this file. Crawled text that a spreadsheet
would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from reports import sentences
from reports.bulletin import Bulletin
from reports.entries import chapter_of
from reports.indicators import Indicator
from reports.text import citation, clock
from reports.words import label, say

FORMULA = tuple("=+-@＝＋－＠\t\r")  # what a spreadsheet takes for the beginning of one
Columns = dict[str, Callable[[Any], Any]]


def render(bulletin: Bulletin) -> dict[str, bytes]:
    """The files by name: findings.csv, evidence.csv, indicators.csv and statistics.csv."""
    entries = (*bulletin.certain, *bulletin.leads, *bulletin.resolved)
    proofs = ((entry, number, one) for entry in entries for number, one in enumerate(entry.finding.evidence, start=1))
    return {
        "findings.csv": _table(FINDINGS, entries),
        "evidence.csv": _table(EVIDENCE, proofs),
        "indicators.csv": _table(INDICATORS, _indicators(bulletin)),
        "statistics.csv": _table(STATISTICS, bulletin.figures),
    }


FINDINGS: Columns = {
    "code": lambda e: e.code,
    "fingerprint": lambda e: e.finding.fingerprint,
    "list": lambda e: label("list", "resolved" if e.is_resolved else "certain" if e.is_certain else "leads"),
    "number": lambda e: e.number,
    "rule": lambda e: e.finding.rule,
    "title": lambda e: e.finding.title,
    "chapter": lambda e: label("chapter", chapter_of(e.finding.rule)),
    "severity": lambda e: e.finding.severity,
    "grade": lambda e: label("grade", e.finding.grade),
    "status": lambda e: label("status", e.finding.status),
    "marks": lambda e: "，".join(sentences.marks(e)),
    "court": lambda e: e.court,
    "department": lambda e: e.finding.department,
    "kind": lambda e: label("kind", e.finding.subject.kind),
    "case_number": lambda e: e.finding.subject.case_number,
    "section": lambda e: e.finding.subject.section,
    "url": lambda e: e.finding.subject.url,
    "message": lambda e: e.finding.message,
    "basis": lambda e: "；".join(citation(one) for one in e.finding.basis),
    "remedy": lambda e: e.finding.remedy,
    "due": lambda e: e.finding.due,
    "overdue": lambda e: _yes(e.overdue),
    "first_seen": lambda e: e.finding.first_seen,
    "last_seen": lambda e: e.finding.last_seen,
    "nights": lambda e: e.finding.nights,
    "verified": lambda e: _yes(e.finding.verified),
    "result": lambda e: label("resolution", e.finding.resolution) if e.finding.resolution else None,
    "resolved_on": lambda e: e.finding.resolved_on,
    "proof_number": lambda e: e.proof_number,
    "evidence": lambda e: len(e.finding.evidence),
}


EVIDENCE: Columns = {
    "code": lambda one: one[0].code,
    "number": lambda one: one[1],
    "evidence_url": lambda one: one[2].url,
    "fetched_at": lambda one: one[2].fetched_at,
    "http_status": lambda one: one[2].status,
    "sha256": lambda one: one[2].sha256,
    "excerpt": lambda one: one[2].excerpt,
}

# (unit, indicator): the unit is empty for all of the bulletin's courts together.
INDICATORS: Columns = {
    "unit": lambda one: one[0],
    "name": lambda one: one[1].name,
    "indicator": lambda one: one[1].title,
    "value_unit": lambda one: label("unit", one[1].unit),
    "value": lambda one: one[1].value,
    "numerator": lambda one: one[1].numerator,
    "denominator": lambda one: one[1].denominator,
    "unknown": lambda one: one[1].unknown,
    "before": lambda one: one[1].before,
    "year_ago": lambda one: one[1].year_ago,
    "change": lambda one: one[1].change,
    "change_year": lambda one: one[1].change_year,
    "method": lambda one: one[1].definition,
    "note": lambda one: one[1].note,
}

STATISTICS: Columns = {
    "court": lambda one: one.court,
    "name": lambda one: one.statistic.name,
    "statistic": lambda one: one.statistic.title,
    "scope": lambda one: one.scope,
    "value_unit": lambda one: label("unit", one.statistic.unit),
    "value": lambda one: one.statistic.value,
    "numerator": lambda one: one.statistic.numerator,
    "denominator": lambda one: one.statistic.denominator,
    "denominator_name": lambda one: one.statistic.denominator_name,
    "period": lambda one: one.statistic.period,
    "method": lambda one: one.statistic.method,
    "note": lambda one: one.statistic.note,
}

TABLES: dict[str, Columns] = {
    "findings.csv": FINDINGS,
    "evidence.csv": EVIDENCE,
    "indicators.csv": INDICATORS,
    "statistics.csv": STATISTICS,
}


def headings(columns: Columns) -> list[str]:
    """What stands in the first line, in Chinese."""
    return [say(f"csv.{key}") for key in columns]


def safe(value: Any) -> Any:
    """A value as it may stand in a cell: numbers and days as they are, text never as a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return clock(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _table(columns: Columns, rows: Iterable[Any]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)  # RFC 4180: commas, quotes where needed, CRLF
    writer.writerow(headings(columns))
    writer.writerows([safe(value(row)) for value in columns.values()] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _indicators(bulletin: Bulletin) -> Iterator[tuple[str, Indicator]]:
    """Those of the bulletin as a whole, then those of each unit of the ranking."""
    yield from (("", one) for one in bulletin.indicators)
    for row in bulletin.ranking.rows if bulletin.ranking is not None else ():
        if bulletin.scope.department in (None, row.name):
            unit = row.name or say("values.no_department")
            yield from ((unit, one) for one in row.indicators.values())


def _yes(value: bool) -> str:
    return say("values.yes" if value else "values.no")
