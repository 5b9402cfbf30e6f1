"""The case file: one case number with every source side by side, and the findings about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gongkai.console import comparison, words
from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.visibility import may_see_site, seen_by
from reports.text import local_time
from storage import cases, runs
from storage.case_number import parse
from storage.cases import CaseRecords
from storage.database import reading
from storage.records import CaseEntry, Judgment, PageScan
from storage.schema import standing

DETAILS: dict[str, tuple[str, ...]] = {
    "cases": ("procedure", "appeal_case_number", "appeal_effective"),
    "withheld": ("approver", "level", "received"),
    "streams": ("approver", "level", "reason"),
    "withdrawals": ("withdrawn", "reason", "applicant", "department_review", "court_approval"),
    "agencies": ("agency", "appeared", "position", "enterprise", "resolution"),
    "participants": ("role", "has_name", "id_type", "id_number_ok", "phone_ok", "publicity", "approver"),
    "attendance": ("unit", "persons", "leader", "attended", "mode"),
    "judgments": ("section", "unread"),
    "notices": ("section",),
    "hearings": ("section", "purpose", "stream", "missing"),
    "portal": ("video", "duration"),
}
"""What is told of a record beside the facts that are compared."""
CODED = ("video", "purpose")  # their values have labels


@dataclass(frozen=True, kw_only=True)
class Line:
    """One record as the file lists it: where it stands, or its address, and what it says beside the compared facts."""

    place: str = ""
    url: str | None = None
    number: str | None = None
    seen: tuple[date, date] | None = None
    told: str = ""


def show(visit: Visit) -> Response:
    """The file of one case at one court.

    A department may open it if one of its own findings is about the case: then it needs all that the finding rests on.
    Of the findings it sees its own.
    """
    site, text = str(visit.request.path_params["site"]), str(visit.request.path_params["number"])
    with reading(visit.console.engine) as connection:
        court = next((one for one in runs.all_sites(connection) if one.id == site), None)
        found = _findings(connection, visit, site, text)
        if court is None or not (found or may_see_site(visit.user, site)):
            raise HTTPException(404)
        case = cases.read_case(connection, site, text)
        nights = [run.night for run in runs.read(connection, site=site) if run.finished is not None]
    if case.is_empty and not found:
        raise HTTPException(404)
    facts = comparison.compare(case)
    return render(
        visit,
        "case.html.j2",
        site=court,
        case=case,
        sources=[name for name in comparison.SOURCES if any(name in row.said for row in facts)],
        facts=facts,
        conflicts=comparison.conflicts(case),
        groups=groups(case),
        related=_related(case),
        last=nights[0] if nights else None,
        findings=found,
        shown=shown,
    )


def groups(case: CaseRecords) -> dict[str, dict[str, list[Line]]]:
    """The records one by one: those of the court's ledgers, and what is seen on the web."""
    nights = {id(seen.record): (seen.first_seen, seen.last_seen) for rows in case.of.values() for seen in rows}
    listed: dict[str, dict[str, list[Line]]] = {"ledgers": {}, "web": {}}
    for source, records in comparison.sources_of(case).items():
        for one in records:
            if source in comparison.LEDGERS:
                place = words.say("case.place", source=one.source, row=one.row)
                listed["ledgers"].setdefault(source, []).append(Line(place=place, told=_told(source, one)))
            else:
                seen = nights[id(one)]
                listed["web"].setdefault(source, []).append(Line(url=one.url, seen=seen, told=_told(source, one)))
    for name, documents in (("siblings", case.siblings), ("appeals", case.appeals)):
        for found in documents:
            document = found.record
            kind = f"{document.branch or ''}{document.document_type or ''}"
            told = "，".join(str(part) for part in (kind, document.decided) if part)
            nights_of = (found.first_seen, found.last_seen)
            line = Line(url=document.url, number=document.case_number, seen=nights_of, told=told)
            listed["web"].setdefault(name, []).append(line)
    named = {line.url for lines in listed["web"].values() for line in lines}
    pages = [Line(url=s.record.url, seen=(s.first_seen, s.last_seen)) for s in case.all(PageScan)]
    if others := [line for line in pages if line.url not in named]:
        listed["web"]["pages"] = others
    return {name: sources for name, sources in listed.items() if sources}


def _related(case: CaseRecords) -> list[str]:
    number = parse(case.number)
    related = [
        number.base if number is not None else None,
        *(one.record.case_number for one in (*case.siblings, *case.appeals)),
        *(entry.appeal_case_number for entry in case.records(CaseEntry)),
        *(quoted for one in case.records(Judgment) for quoted in one.quoted_case_numbers),
    ]
    return [one for one in dict.fromkeys(related) if one and one != case.number]


def _told(source: str, record: Any) -> str:
    """What a record says beside the compared facts, without what it leaves open."""
    told = [(name, getattr(record, name)) for name in DETAILS[source]]
    said = [
        (words.say(f"case.fields.{name}"), words.label(name, value) if name in CODED else shown(value))
        for name, value in told
        if value not in (None, "", ())
    ]
    return "；".join(f"{name}：{value}" for name, value in said)


def shown(value: Any) -> str:
    """A value as a reader sees it."""
    if isinstance(value, bool):
        return words.say("values.yes" if value else "values.no")
    if isinstance(value, tuple):
        return "、".join(str(one) for one in value)
    local = local_time(value) if isinstance(value, datetime) else None
    if local is None:
        return str(value)
    return local.strftime(
        "%Y-%m-%d %H:%M" if local.hour or local.minute else "%Y-%m-%d"
    )  # 0:00 is a day without a time


def _findings(connection: Connection, visit: Visit, site: str, text: str) -> list[dict[str, Any]]:
    query = (
        sa.select(standing)
        .where(
            standing.c.site == site,
            standing.c.subject.in_(cases.writings(text)),
            seen_by(visit.user),
        )
        .order_by(standing.c.severity, standing.c.fingerprint)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


ROUTES: list[BaseRoute] = [Route("/cases/{site}/{number}", signed_in(show), methods=["GET"])]
