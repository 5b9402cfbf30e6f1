"""Search over case numbers, addresses, sections and what findings say. Nobody is found by a name: parties are not kept.

A case number or an address is looked for where such stand; only other words are looked for in every finding's text, which
is slower. Numbers: docs/benchmarks.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.visibility import may_see_site, seen_by
from storage import addresses, cases, runs
from storage.accounts import DEPARTMENT
from storage.case_number import canonical, find_all
from storage.database import reading
from storage.schema import events, standing
from storage.schema import findings as findings_table

MOST = 20  # of each kind
LONGEST = 200
SHORTEST = 2
# A part of a case number: digits alone, or behind a bracket or one of the characters that types of cases end with.
_NUMBER = re.compile(r"^\d+号?$|[（(\[〔]\d{4}|[初终执再申监抗提特破调保辖赔督催恢异复清减假他第]\s*\d+|\d号")
_PRINT = re.compile(r"[0-9a-fA-F]{6,40}")


@dataclass
class Found:
    """What a search found, of each kind at most `MOST`."""

    cases: list[tuple[str, str]] = field(default_factory=list)
    sections: list[tuple[str, str, str]] = field(default_factory=list)
    addresses: list[tuple[str, str]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    noted: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(vars(self).values())


def show(visit: Visit) -> Response:
    """The search, and what it found."""
    text = visit.request.query_params.get("q", "").strip()[:LONGEST]
    found, courts = None, {}
    with reading(visit.console.engine) as connection:
        courts = {site.id: site.court for site in runs.all_sites(connection)}
        if len(text) >= SHORTEST:
            found = look(connection, visit, text)
    listed = urlencode({"stage": "", "text": text})
    return render(
        visit, "search.html.j2", text=text, found=found, courts=courts, listed=listed, shortest=SHORTEST, most=MOST
    )


def look(connection: Connection, visit: Visit, text: str) -> Found:
    """What there is of a text, as far as the user may know of it."""
    user, found = visit.user, Found()
    whole_sites = user.role != DEPARTMENT
    sites = user.sites or None
    numbers = [number.text for number in find_all(text)]
    part = numbers[0] if numbers else canonical(text)
    is_number = bool(numbers) or _NUMBER.search(text) is not None
    is_address = not numbers and text.isascii() and any(c in text for c in "./:?=") and " " not in text
    if is_number and not is_address:
        found.cases = _cases(connection, visit, part, sites if whole_sites else None)
    if is_address and whole_sites:
        found.addresses = addresses.containing(connection, text, MOST, sites)
    if whole_sites and not is_number and not is_address:
        found.sections = addresses.sections_named(connection, text, MOST, sites)
    in_texts = not (is_number or is_address)
    found.findings = _findings(connection, visit, part if is_number else text, in_texts=in_texts)
    found.noted = _noted(connection, visit, text)
    return found


def _cases(connection: Connection, visit: Visit, part: str, sites: tuple[str, ...] | None) -> list[tuple[str, str]]:
    """Case numbers; of findings for everybody, of all sources for those who may see whole sites."""
    query = (
        sa.select(standing.c.site, standing.c.subject)
        .where(standing.c.subject.in_(_subjects(part)), standing.c.kind == "case", seen_by(visit.user))
        .distinct()
        .limit(MOST)
    )
    known = [(site, number) for site, number in connection.execute(query)]
    if visit.user.role != DEPARTMENT:
        known += cases.known_numbers(connection, part, MOST, sites)
    return sorted(dict.fromkeys(known))[:MOST]


def _findings(connection: Connection, visit: Visit, text: str, *, in_texts: bool) -> list[dict[str, Any]]:
    within = (standing.c.subject, standing.c.message)
    wanted: list[sa.ColumnElement[bool]] = [column.contains(text, autoescape=True) for column in within]
    if not in_texts:
        wanted = [standing.c.subject.in_(_subjects(text))]
    if _PRINT.fullmatch(text):
        wanted.append(standing.c.fingerprint.startswith(text.lower(), autoescape=True))
    query = sa.select(standing).where(sa.or_(*wanted), seen_by(visit.user)).limit(MOST)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return sorted(rows, key=lambda row: (row["severity"], row["fingerprint"]))


def _subjects(part: str) -> sa.Select[tuple[str]]:
    """What findings are about, as far as it contains some characters: read from an index, without the rows."""
    subject = standing.c.subject
    return sa.select(subject).where(subject.contains(part, autoescape=True)).distinct().limit(10 * MOST)


def _noted(connection: Connection, visit: Visit, text: str) -> list[dict[str, Any]]:
    """Findings whose handling says it: what people wrote down, the latest first."""
    query = (
        sa.select(events.c.fingerprint, events.c.note, events.c.who, events.c.at)
        .where(events.c.note.contains(text, autoescape=True))
        .order_by(events.c.id.desc())
        .limit(10 * MOST)
    )
    notes = [dict(row) for row in connection.execute(query).mappings()]
    about = sa.select(standing).where(
        standing.c.fingerprint.in_({note["fingerprint"] for note in notes}), seen_by(visit.user)
    )
    rows = {row["fingerprint"]: dict(row) for row in connection.execute(about).mappings()}
    return [rows[note["fingerprint"]] | note for note in notes if note["fingerprint"] in rows][:MOST]


def address(visit: Visit) -> Response:
    """All that is known of one address of a site: how it answered, which lists lead there, and findings about it."""
    site, url = str(visit.request.path_params["site"]), visit.request.query_params.get("url", "")
    if not may_see_site(visit.user, site) or not url:
        raise HTTPException(404)
    with reading(visit.console.engine) as connection:
        court = next((one for one in runs.all_sites(connection) if one.id == site), None)
        history = runs.access_history(connection, site, [url], visit.console.today).get(url, [])
        rows = addresses.rows_at(connection, site, url)
        query = (
            sa.select(standing)
            .join(findings_table, findings_table.c.fingerprint == standing.c.fingerprint)
            .where(findings_table.c.site == site, findings_table.c.url == url, seen_by(visit.user))
            .order_by(standing.c.severity, standing.c.fingerprint)
            .limit(MOST)
        )
        about = [dict(row) for row in connection.execute(query).mappings()]
    if court is None or not (history or rows or about):
        raise HTTPException(404)
    return render(visit, "address.html.j2", site=court, url=url, history=history[::-1], rows=rows, findings=about)


ROUTES: list[BaseRoute] = [
    Route("/search", signed_in(show), methods=["GET"]),
    Route("/courts/{site}/address", signed_in(address), methods=["GET"]),
]
