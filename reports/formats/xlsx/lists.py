"""The lists of findings: problems (annex 2), leads (annex 3) and what was resolved, with columns for what the office did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from reports import sentences
from reports.entries import Entry, chapter_of
from reports.formats.xlsx.sheet import Column, Sheet, WebLink, lines, points
from reports.text import citation
from reports.words import label, say, say_all


@dataclass(frozen=True)
class Field:
    """A column of a list: the key of its heading, width, value of an entry (None: for the office to fill in), style."""

    key: str
    width: int
    value: Callable[[Entry], Any] | None = None
    style: str = "text"
    choices: str | None = None

    @property
    def column(self) -> Column:
        return Column(say(self.key if "." in self.key else f"fields.{self.key}"), self.width, self.style, self.choices)


# The working columns are printed; those of the file stand to the right of them, for the screen and the filter.
_NUMBER = Field("number", 6, lambda e: e.number, "centre")
_CODE = Field("feedback.columns.code", 12, lambda e: e.code, "code")
_GRADE = Field("grade", 9, lambda e: label("grade", e.finding.grade), "centre")
_FACTS = (
    Field("chapter", 11, lambda e: label("chapter", chapter_of(e.finding.rule))),
    Field("court", 19, lambda e: e.court),
    Field("department", 13, lambda e: sentences.department(e.finding.department)),
    Field("rule", 7, lambda e: e.finding.rule, "centre"),
    Field("title", 17, lambda e: e.finding.title),
    Field("severity", 6, lambda e: label("severity", e.finding.severity), "centre"),
    Field("state", 12, lambda e: "，".join((sentences.state(e), *sentences.marks(e)))),
    Field("subject", 36, lambda e: WebLink(e.subject, e.link), "link"),
    Field("message", 42, lambda e: e.finding.message),
    Field("due", 11, lambda e: e.finding.due, "date"),
)
_RESULT = (
    Field("result", 15, lambda e: label("resolution", e.finding.resolution or "")),
    Field("resolved_on", 11, lambda e: e.finding.resolved_on, "date"),
)
_FILE = (
    Field("remedy", 34, lambda e: e.finding.remedy),
    Field("basis", 50, lambda e: "\n".join(citation(one) for one in e.finding.basis)),
    Field("kind", 8, lambda e: label("kind", e.finding.subject.kind), "centre"),
    Field("case_number", 24, lambda e: e.finding.subject.case_number),
    Field("section", 16, lambda e: e.finding.subject.section),
    Field("url", 36, lambda e: WebLink(e.finding.subject.url, e.finding.subject.url), "link"),
    Field("first_seen", 12, lambda e: e.finding.first_seen, "date"),
    Field("last_seen", 12, lambda e: e.finding.last_seen, "date"),
    Field("nights", 9, lambda e: e.finding.nights, "centre"),
    Field("verified", 9, lambda e: say("values.yes" if e.finding.verified else "values.no"), "centre"),
    Field("xlsx.proof_number", 12, lambda e: e.proof_number, "code"),
    Field("evidence_url", 36, lambda e: e.proof and WebLink(e.proof.url, e.proof.url), "link"),
    Field("fetched_at", 19, lambda e: e.proof and e.proof.fetched_at, "time"),
    Field("http_status", 8, lambda e: e.proof and e.proof.status, "centre"),
    Field("excerpt", 24, lambda e: e.proof and e.proof.excerpt),
    Field("sha256", 36, lambda e: e.proof and e.proof.sha256, "mono"),
    Field("xlsx.fingerprint", 23, lambda e: e.finding.fingerprint, "mono"),
)


def _handled(choices: str) -> tuple[Field, ...]:
    """The columns that the office fills in; the first is a list of choices."""
    return (
        Field(choices, 10, None, "fill", f"choices.{choices}"),
        Field("person", 9, None, "fill"),
        Field("finished", 11, None, "fill_date"),
        Field("note", 15, None, "fill"),
    )


WORKED = {
    "certain": (_NUMBER, _CODE, *_FACTS, *_handled("handling")),
    "leads": (_NUMBER, _CODE, _GRADE, *_FACTS, *_handled("verdict")),
    "resolved": (_NUMBER, _CODE, *_FACTS, *_RESULT),
}


def write(page: Sheet, name: str, entries: tuple[Entry, ...]) -> None:
    """One list. `name`: certain, leads or resolved."""
    worked = WORKED[name]
    fields = (*worked, *_FILE)
    rows = [[None if field.value is None else field.value(entry) for field in fields] for entry in entries]
    heights = iter([_height(entry) for entry in entries])
    end = page.working_list([field.column for field in fields], rows, frozen=2, height=lambda _: next(heights))
    page.sheet.print_area(0, 0, end - 1, len(worked) - 1)
    if name == "certain" and entries:
        _mark_overdue(page, worked, end)


def _mark_overdue(page: Sheet, worked: tuple[Field, ...], end: int) -> None:
    """Open rows whose deadline has passed on the day on which the file is open."""
    places = {field.key: place for place, field in enumerate(worked)}
    due, handling = (xl_col_to_name(places[key], col_abs=True) for key in ("due", "handling"))
    finished = [choice for choice in say_all("choices.handling") if choice in say_all("choices.closed")]
    still = "".join(f',{handling}2<>"{choice}"' for choice in finished)
    page.mark(1, end - 1, places["due"], f'=AND({due}2<>"",{due}2<TODAY(){still})')


def _height(entry: Entry) -> float:
    return points(max(2, lines(entry.finding.message, 42), lines(entry.subject, 36), 1 + len(sentences.marks(entry))))
