"""The evidence of one finding as one package: the pages that prove it with their headers and times, the pictures, what was
found and by which law, who did what, and the links of the chain that seal it all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gongkai import evidence
from gongkai.wacz import Page, Piece, write_wacz, write_warc
from storage import chain, events, pages
from storage.events import Event
from storage.findings import Finding, history
from storage.life import EXPORTED
from storage.records import Evidence
from storage.schema import accesses, evidence_to_json, pictures, runs
from storage.schema import pages as pages_table

NOTE = (
    "Bodies are as kept: decoded from their transfer and content encoding; SHA-256 is that of these bytes. "
    "Pictures, style sheets and scripts that pages refer to are not kept."
)


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package of evidence.

    Attributes:
        data: Its bytes; `sha256` is their hash.
        pages: How many kept bodies are in it; `pictures`: how many screenshots.
        left_out: How many were left out, as they show personal data.
        missing: How many readings have no kept body (a HEAD request, no answer), or one whose time was over.
    """

    data: bytes
    sha256: str
    pages: int
    pictures: int
    left_out: int
    missing: int
    personal: bool


def make(
    connection: Connection, finding: Finding, now: datetime, *, personal: bool = False, as_warc: bool = False
) -> Package:
    """The package of one finding, as it stands.

    Args:
        personal: With the bodies and pictures that show personal data; else they are named by their hash only.
        as_warc: The WARC alone, without index, list and manifest.
    """
    collected = _Collected(connection, finding, personal)
    for proof in finding.evidence:
        collected.add(proof)
    collected.add_pictures()
    told = _told(connection, finding, collected.rows)
    about = json.dumps(told, ensure_ascii=False, indent=1).encode()
    name = f"urn:gongkai:finding:{finding.fingerprint}"
    described = Piece(kind="metadata", url=name, at=now, body=about, content_type="application/json")
    pieces = [*collected.pieces, described]
    title = f"{finding.fingerprint[:10]} {finding.rule} {finding.title}"
    software = f"gongkai {version('gongkai')}"
    if as_warc:
        data, _ = write_warc(pieces, {"software": software, "format": "WARC File Format 1.1", "description": NOTE})
    else:
        data = write_wacz(
            pieces,
            collected.pages,
            title=title,
            description=NOTE,
            software=software,
            created=now,
            others={"evidence/finding.json": about},
        )
    bodies = [p for p in pieces if p.kind == "response" and p.body]
    return Package(
        data=data,
        sha256=pages.sha256(data),
        pages=len(bodies),
        pictures=len([p for p in pieces if p.kind == "resource" and p.body]),
        left_out=len([p for p in pieces if p.is_left_out]),
        missing=collected.missing,
        personal=personal and collected.has_personal,
    )


def note(connection: Connection, finding: Finding, package: Package, who: str, now: datetime) -> None:
    """Log that a package was made, with its hash: whoever holds one can hold it against the chain."""
    after = {"sha256": package.sha256, "bytes": len(package.data), "personal": package.personal}
    events.append(connection, [Event(fingerprint=finding.fingerprint, at=now, who=who, what=EXPORTED, after=after)])


class _Collected:
    """What is gathered of one finding, each reading once."""

    def __init__(self, connection: Connection, finding: Finding, personal: bool) -> None:
        self.connection, self.finding, self.personal = connection, finding, personal
        self.leaks = evidence.personal_of(connection, finding) | evidence.with_personal_data(connection)
        self.pieces: list[Piece] = []
        self.pages: list[Page] = []
        self.rows: list[dict[str, Any]] = []
        self.missing = 0
        self.has_personal = False

    def add(self, proof: Evidence) -> None:
        """One reading that the finding cites, and the one on which the same bytes were first kept."""
        readings = self._readings(proof)
        for row in readings:
            key = (row["url"], row["at"])
            if row["at"] is None or any((r["url"], r["at"]) == key for r in self.rows):
                continue
            self.rows.append(row)
            self.pieces.append(self._piece(row, readings))
            title = proof.excerpt or self.finding.title
            if self.pieces[-1].kind == "response":
                self.pages.append(Page(self.pieces[-1].url, row["at"], f"{title[:80]} [{row['status']}]"))

    def _readings(self, proof: Evidence) -> list[dict[str, Any]]:
        of_url = sa.or_(accesses.c.url == proof.url, accesses.c.final_url == proof.url)
        query = (
            sa.select(accesses, runs.c.night)
            .join(runs, runs.c.id == accesses.c.run)
            .where(runs.c.site == self.finding.site, of_url)
            .order_by(runs.c.night)
        )
        rows = [dict(row) for row in self.connection.execute(query).mappings()]
        cited = [row for row in rows if row["at"] == proof.fetched_at]
        first = [row for row in rows if proof.sha256 is not None and row["sha256"] == proof.sha256][:1]
        if not cited:  # a reading that is no access of a night, such as a re-check's
            cited = [evidence_row(proof)]
        return [*cited, *(row for row in first if row["at"] != cited[0]["at"])]

    def _piece(self, row: dict[str, Any], readings: list[dict[str, Any]]) -> Piece:
        """A reading as a record: an answer as it came, or what happened instead of one."""
        url = row["final_url"] or row["url"]
        digest = row["sha256"]
        body = pages.body(self.connection, digest) if digest is not None else None
        self.missing += body is None
        leak = digest in self.leaks
        self.has_personal = self.has_personal or leak
        if row["status"] is None:
            said = {"url": row["url"], "access": row["access"], "detail": row["detail"], "method": row["method"]}
            text = json.dumps(said, ensure_ascii=False).encode()
            name = f"urn:gongkai:reading:{row['url']}"  # not under the page's own address: it is no answer of its
            return Piece(kind="metadata", url=name, at=row["at"], body=text, content_type="application/json")
        headers = dict(row["headers"] or {})
        if body is not None and "content-type" not in headers:
            kept = sa.select(pages_table.c.content_type).where(pages_table.c.sha256 == digest)
            headers["content-type"] = self.connection.execute(kept).scalar() or "application/octet-stream"
        hidden = body is not None and leak and not self.personal
        whole = next((one for one in readings if one["status"] != 304), None)
        if row["status"] == 304 and whole is not None:
            return Piece(
                kind="revisit",
                url=url,
                at=row["at"],
                status=304,
                headers=dict(row["headers"] or {}),
                sha256=digest,
                refers_to=whole["at"],
            )
        return Piece(
            kind="resource" if row["status"] == 304 else "response",
            url=url,
            at=row["at"],
            body=b"" if body is None or hidden else body,
            status=row["status"],
            headers=headers,
            content_type=headers.get("content-type", "text/html"),
            sha256=digest,
            is_left_out=hidden,
        )

    def add_pictures(self) -> None:
        query = sa.select(pictures).where(
            pictures.c.fingerprint == self.finding.fingerprint, pictures.c.sha256.is_not(None)
        )
        leak = evidence.shows_personal_data(self.connection, self.finding)
        for row in self.connection.execute(query.order_by(pictures.c.id)).mappings():
            body = pages.body(self.connection, row["sha256"]) or b""
            hidden = leak and not self.personal
            self.has_personal = self.has_personal or leak
            self.pieces.append(
                Piece(
                    kind="resource",
                    url=f"urn:fullPage:{row['final_url'] or row['url']}",
                    at=row["at"],
                    body=b"" if hidden else body,
                    content_type="image/png",
                    sha256=row["sha256"],
                    is_left_out=hidden,
                )
            )


def evidence_row(proof: Evidence) -> dict[str, Any]:
    """A cited reading in the form of an access."""
    return {
        "url": proof.url,
        "final_url": None,
        "at": proof.fetched_at,
        "status": proof.status,
        "sha256": proof.sha256,
        "headers": None,
        "access": "unknown",
        "detail": None,
        "method": "GET",
        "night": None,
    }


def _told(connection: Connection, finding: Finding, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The finding and its trail as JSON, each step with its link of the chain."""
    values = {name: _plain(value) for name, value in vars(finding).items() if name not in ("evidence", "subject")}
    values |= {"subject": vars(finding.subject), "evidence": [evidence_to_json(e) for e in finding.evidence]}
    steps = events.read(connection, of=[finding.fingerprint]).get(finding.fingerprint, [])
    links = chain.links_of(connection, chain.EVENT, [str(step.id) for step in steps])
    nights = sorted({f"{finding.site} {row['night']}" for row in rows if row["night"]})
    sealed = chain.links_of(connection, chain.NIGHT, nights)
    head = chain.head(connection)
    return {
        "finding": values,
        "nights": [[str(night), verdict] for night, verdict in history(connection, finding.fingerprint, date.max)],
        "readings": [{name: _plain(value) for name, value in row.items() if name not in ("run",)} for row in rows],
        "events": [
            {name: _plain(value) for name, value in vars(step).items()} | {"link": _link(links.get(str(step.id)))}
            for step in steps
        ],
        "sealed": {subject: _link(link) for subject, link in sealed.items()},
        "head": _link(head),
    }


def _link(link: chain.Link | None) -> dict[str, Any] | None:
    if link is None:
        return None
    return {"position": link.position, "says": link.says, "previous": link.previous, "digest": link.digest}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
