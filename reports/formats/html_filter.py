"""What the lists of a page can be narrowed by: for each field its choices, and for each finding the tokens it answers to.

Tokens are ours (`d3`, `S1`, `new`): no crawled text is ever one, so none can stand in a selector or a script.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports import sentences
from reports.bulletin import Scope
from reports.entries import Entry
from reports.words import label, say

SEVERITIES = ("S0", "S1", "S2", "S3")
GRADES = ("certain", "suspected", "unclear")
STATUSES = ("new", "continuing", "overdue", "unverified")


@dataclass(frozen=True)
class Field:
    """A field of the filter: its name, its label, and its choices as token and words."""

    name: str
    title: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Filter:
    """The fields that have a choice, and the numbers of courts and departments."""

    fields: tuple[Field, ...]
    courts: dict[str, str]
    departments: dict[str | None, str]

    def unit(self, court: str, department: str | None) -> str:
        """The tokens of a department of a court."""
        return f"{self.courts[court]} {self.departments[department]}"

    def anchor(self, court: str, department: str | None) -> str:
        """The name of its row on the page."""
        return "unit-" + self.unit(court, department).replace(" ", "-")

    def tokens(self, entry: Entry) -> str:
        """What a finding answers to."""
        finding = entry.finding
        found = [self.unit(entry.court, finding.department), finding.severity, finding.grade, finding.status]
        if entry.overdue:
            found.append("overdue")
        if not finding.verified:
            found.append("unverified")
        return " ".join(found)


def filter_of(scope: Scope, entries: Iterable[Entry]) -> Filter:
    """The filter over some entries. A field in which all of them are alike is left out."""
    found = list(entries)
    courts = {
        court: f"c{place}" for place, court in enumerate(dict.fromkeys((*scope.courts, *(e.court for e in found))))
    }
    names = sorted({e.finding.department for e in found}, key=lambda name: (name is None, name or ""))
    departments = {name: f"d{place}" for place, name in enumerate(names)}
    present = {e.court for e in found}
    made = Filter((), courts, departments)
    used = {token for entry in found for token in made.tokens(entry).split()}
    fields = (
        Field("court", say("fields.court"), tuple((token, name) for name, token in courts.items() if name in present)),
        Field(
            "department",
            say("fields.department"),
            tuple((token, sentences.department(name)) for name, token in departments.items()),
        ),
        _coded("severity", SEVERITIES, used),
        _coded("grade", GRADES, used),
        _coded("status", STATUSES, used),
    )
    return Filter(tuple(field for field in fields if len(field.choices) > 1), courts, departments)


def _coded(name: str, codes: tuple[str, ...], used: set[str]) -> Field:
    words = {"overdue": say("values.overdue"), "unverified": say("finding.unverified")}
    return Field(
        name,
        say(f"html.filter.{name}"),
        tuple((code, words.get(code) or label(name, code)) for code in codes if code in used),
    )
