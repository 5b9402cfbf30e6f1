"""findings.json (`gongkai.findings/1`), as described by docs/findings.schema.json: for programs, not for readers.

`findings` holds the open findings only, so that a program which counts them counts faults; those that were resolved on
this night stand apart in `resolved`.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from reports.bulletin import Bulletin
from reports.coverage import SiteCoverage
from reports.entries import Entry
from reports.figures import Figure
from reports.indicators import Indicator
from reports.ranking import Ranking
from reports.text import local_time
from storage.records import Evidence

SCHEMA = "gongkai.findings/1"


def document(bulletin: Bulletin) -> dict[str, Any]:
    """The file's content as JSON values."""
    return {
        "schema": SCHEMA,
        "as_of": bulletin.night.isoformat(),
        "generated_at": _time(bulletin.generated_at),
        "coverage": [_coverage(site) for site in bulletin.coverage],
        "findings": [_finding(entry) for entry in (*bulletin.certain, *bulletin.leads)],
        "resolved": [_finding(entry) for entry in bulletin.resolved],
        "statistics": [_statistic(figure) for figure in bulletin.figures],
        "period": _period(bulletin),
        "indicators": [_indicator(one) for one in bulletin.indicators],
        "ranking": None if bulletin.ranking is None else _ranking(bulletin.ranking),
        "put_aside": dict(bulletin.put_aside),
    }


def render(bulletin: Bulletin) -> str:
    """The file, indented, in UTF-8."""
    return json.dumps(document(bulletin), ensure_ascii=False, indent=1) + "\n"


def _coverage(site: SiteCoverage) -> dict[str, Any]:
    return {
        "site": site.site,
        "pages": site.pages,
        "links": site.links,
        "sections": site.sections,
        "complete": site.is_complete,
        "why": site.reason,
    } | ({} if site.carried_since is None else {"carried": _carried(site)})


def _carried(site: SiteCoverage) -> dict[str, Any]:
    return {"pages": site.carried_pages, "links": site.carried_links, "since": _day(site.carried_since)}


def _period(bulletin: Bulletin) -> dict[str, Any]:
    period = bulletin.period
    return {
        "kind": period.kind,
        "first": _day(period.first),
        "last": _day(period.last),
        "name": period.name,
        "department": bulletin.scope.department,
        "number": bulletin.imprint.number if bulletin.imprint.serial is not None else None,
        "corrects": bulletin.imprint.corrects,
    }


def _indicator(one: Indicator) -> dict[str, Any]:
    fields = ("name", "title", "unit", "value", "numerator", "denominator", "unknown", "before", "year_ago", "note")
    return {name: getattr(one, name) for name in fields}


def _ranking(ranking: Ranking) -> dict[str, Any]:
    fields = ("name", "closed", "s0", "s1", "s2", "s3", "score", "rank", "rank_before")
    return {
        "by": ranking.by,
        "rows": [
            {name: getattr(row, name) for name in fields}
            | {"why": row.why or None, "indicators": [_indicator(one) for one in row.indicators.values()]}
            for row in ranking.rows
        ],
    }


def _statistic(figure: Figure) -> dict[str, Any]:
    one = figure.statistic
    fields = ("site", "kind", "name", "title", "scope", "unit", "value", "numerator", "denominator")
    words = ("denominator_name", "period", "method", "note")
    return {"court": figure.court, **{name: getattr(one, name) for name in (*fields, *words)}}


def _finding(entry: Entry) -> dict[str, Any]:
    finding = entry.finding
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "title": finding.title,
        "severity": finding.severity,
        "grade": finding.grade,
        "court": entry.court,
        "department": finding.department,
        "subject": {
            "kind": finding.subject.kind,
            "url": finding.subject.url,
            "section": finding.subject.section,
            "case_number": finding.subject.case_number,
        },
        "message": finding.message,
        "basis": [
            {key: basis.get(key) for key in ("instrument", "number", "article", "text")} for basis in finding.basis
        ],
        "remedy": finding.remedy,
        "due": _day(finding.due),
        "status": finding.status,
        "first_seen": _day(finding.first_seen),
        "last_seen": _day(finding.last_seen),
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "url": evidence.url,
        "fetched_at": _time(evidence.fetched_at),
        "status": evidence.status,
        "sha256": evidence.sha256,
        "excerpt": evidence.excerpt,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _time(moment: datetime | None) -> str | None:
    local = local_time(moment)
    return None if local is None else local.isoformat()
