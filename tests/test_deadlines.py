"""A deadline runs from the bulletin that tells a department of the fault, not from the night that found it."""

from datetime import date

import pytest

from reports.deadlines import deadline
from reports.period import Period
from tests.bulletins import months
from tests.test_ranking import finding

MARCH = Period.of_month(2026, 3)
ISSUED = date(2026, 4, 2)


def due(severity, own, before, period=MARCH, *marks):
    found = finding("D-01", severity, *marks)
    return deadline(type(found)(**{**vars(found), "due": own}), period, ISSUED, before)


@pytest.mark.parametrize(
    ("severity", "own", "before", "expected"),
    [
        ("S1", date(2026, 3, 19), None, date(2026, 4, 8)),  # three working days; 4 to 6 April are a holiday
        ("S0", date(2026, 3, 16), None, ISSUED),
        ("S1", date(2026, 3, 19), "suspected", date(2026, 4, 8)),
        ("S1", date(2026, 3, 3), "certain", date(2026, 3, 4)),  # February's bulletin came in March at the earliest
        ("S1", date(2026, 3, 27), "certain", date(2026, 3, 27)),
        ("S1", None, None, None),
    ],
)
def test_deadline_of_a_month(severity, own, before, expected):
    assert due(severity, own, before) == expected


def test_a_nights_bulletin_and_a_lead_keep_their_own():
    own = date(2026, 3, 19)
    assert due("S1", own, None, Period.of_night(date(2026, 3, 16))) == own
    assert due("S1", own, None, MARCH, "suspected") == own


def test_nobody_is_late_for_what_no_bulletin_has_told():
    made = months.bulletin(months.march)
    late = [(entry.subject, entry.overdue) for entry in made.certain if entry.finding.rule == "D-01"]
    assert dict(late) == {"（2026）示0102民初1号": True, "（2026）示0102民初4号": False, "（2026）示0102民初5号": False}
