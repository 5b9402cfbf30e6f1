"""Until when a finding is to be set right, as a bulletin of a period tells it.

A finding's own deadline runs from the night on which it was opened. Where nobody reads a bulletin every night, that day may
be past before the department has heard of the fault: the deadline then runs from the bulletin that tells it.
"""

from __future__ import annotations

from datetime import date

from auditors.rule import Severity
from reports.period import NIGHT, Period
from storage.findings import CERTAIN, Finding


def deadline(finding: Finding, period: Period, issued: date, before: str | None) -> date | None:
    """The last day.

    Args:
        issued: 成文日期 of this bulletin.
        before: The finding's grade on the last night before the period; certain ones were told in the bulletin of that
            period, which was issued on the first day of this one at the earliest.
    """
    if period.kind == NIGHT or finding.grade != CERTAIN or finding.due is None:
        return finding.due
    severity = Severity(finding.severity)
    return max(finding.due, severity.due(issued if before != CERTAIN else period.first))
