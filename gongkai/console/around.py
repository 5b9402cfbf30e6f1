"""What belongs to a finding beside itself: its kept pages, how its addresses answered night by night, and its likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gongkai import evidence
from gongkai.console.visibility import may_see_personal_data, may_see_site, seen_by
from storage import runs
from storage.accounts import User
from storage.findings import Finding
from storage.schema import pages as pages_table
from storage.schema import standing

SIMILAR = 10
NIGHTS = 30  # of access history
LEDGER = "ledger:"  # how evidence names the row of a ledger


@dataclass(frozen=True)
class Kept:
    """The kept body of one piece of evidence. `is_page`: it can be shown; others can be saved."""

    is_page: bool
    personal: bool
    readable: bool


@dataclass(frozen=True)
class Likes:
    """Other findings: on the same thing, and by the same rule at the same court, with how many there are."""

    here: list[dict[str, Any]]
    of_rule: list[dict[str, Any]]


def is_ledger(url: str) -> bool:
    """The evidence is the row of a ledger, and no page."""
    return url.startswith(LEDGER)


def kept_of(connection: Connection, finding: Finding, user: User) -> dict[str, Kept]:
    """By hash, the bodies that the finding's evidence refers to and that were kept."""
    hashes = {one.sha256 for one in finding.evidence if one.sha256}
    personal = evidence.personal_of(connection, finding)
    query = sa.select(pages_table.c.sha256, pages_table.c.content_type).where(pages_table.c.sha256.in_(hashes))
    return {
        digest: Kept(
            is_page=not kind or "html" in kind.lower(),
            personal=digest in personal,
            readable=digest not in personal or may_see_personal_data(user),
        )
        for digest, kind in connection.execute(query)
    }


def accesses_of(connection: Connection, finding: Finding, night: Any) -> dict[str, list[dict[str, Any]]]:
    """By address of its subject and evidence, how it answered on the last nights, the newest first."""
    wanted = [finding.subject.url, *(one.url for one in finding.evidence if not is_ledger(one.url))]
    urls = list(dict.fromkeys(url for url in wanted if url))
    history = runs.access_history(connection, finding.site, urls, night)
    return {url: history[url][: -NIGHTS - 1 : -1] for url in urls if url in history}


def likes_of(connection: Connection, row: dict[str, Any], user: User) -> Likes:
    """Other findings that whoever works on this one will want to see."""
    others = sa.and_(standing.c.fingerprint != row["fingerprint"], standing.c.site == row["site"], seen_by(user))
    order = (standing.c.severity, standing.c.fingerprint)

    def some(*wanted: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        query = sa.select(standing).where(others, *wanted).order_by(*order).limit(SIMILAR)
        return [dict(one) for one in connection.execute(query).mappings()]

    here = some(standing.c.subject == row["subject"])
    shown = [one["fingerprint"] for one in here]
    return Likes(here, some(standing.c.rule == row["rule"], standing.c.fingerprint.not_in(shown)))


def places_of(row: dict[str, Any], finding: Finding, user: User) -> dict[str, str]:
    """Where more is told of its subject: the name of the link under finding.places in words.yml, and its address."""
    places, site = {}, quote(row["site"], safe="")
    if finding.subject.case_number:
        places["case"] = f"/cases/{site}/{quote(finding.subject.case_number, safe='')}"
    if may_see_site(user, row["site"]):
        if row["kind"] == "section" and finding.subject.url:
            places["section"] = f"/courts/{site}/section?url={quote(finding.subject.url, safe='')}"
        places["court"] = f"/courts/{site}"
    places["rule"] = f"/rules/{row['rule']}"
    return places
