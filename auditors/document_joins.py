"""Storage → views of published documents. What was withdrawn is told from what was merely not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.engine import Connection

from auditors.document_views import DocumentState
from auditors.views import Publication
from storage import runs, store
from storage.courts import same_court
from storage.records import Access, Judgment

GONE = (Access.GONE, Access.SOFT_GONE)
# So many at once is a platform that moved or broke, not a court that takes documents down one by one.
MOST_GONE, MOST_GONE_SHARE = 20, 0.3


def read_publications(
    connection: Connection, site: str, night: date, judgments: Iterable[store.Seen[Judgment]] | None = None
) -> tuple[Publication, ...]:
    """Every judgment that was found published until this night, and since when its page has been gone.

    Args:
        judgments: As they are kept, those of which it is asked; None: all. Some only, if no more than `MOST_GONE` of all
            pages are gone.
    """
    known = store.read(connection, Judgment, site=site, until=night) if judgments is None else judgments
    found = [Publication(judgment=s.record, first_seen=s.first_seen, last_seen=s.last_seen) for s in known]
    missing = [p for p in found if p.last_seen is not None and p.last_seen < night and p.judgment.imported is None]
    if not missing:
        return tuple(found)
    urls = sorted({page_of(p) for p in missing})
    history = runs.access_history(connection, site, urls, night)
    gone = {
        url: since
        for url in urls
        if (since := _gone_since([(r["night"], r["access"]) for r in history.get(url, [])], night))
    }
    pages = {page_of(p) for p in found if p.judgment.imported is None}
    if len(gone) > max(MOST_GONE, MOST_GONE_SHARE * len(pages)):
        return tuple(found)
    lost = set(map(id, missing))
    return tuple(replace(p, gone_since=gone.get(page_of(p))) if id(p) in lost else p for p in found)


def page_of(publication: Publication) -> str:
    """The page of a document; several cases of one document differ by the fragment."""
    return publication.judgment.url.partition("#")[0]


def _gone_since(rows: Sequence[tuple[date, str]], night: date) -> date | None:
    """The first of the nights, up to tonight, on which the page was said to be gone without a break."""
    since = None
    for on, access in rows:
        since = (since or on) if Access(access) in GONE else None
    return since if since is not None and rows[-1][0] == night else None


def build_documents(
    publications: Iterable[Publication],
    night: date,
    *,
    court: str | None,
    own_codes: frozenset[str],
    departments: dict[str, str],
) -> list[DocumentState]:
    """The documents that stand published tonight, and those of this court in imported dumps."""
    return [
        DocumentState(
            publication=publication,
            court=court,
            own_codes=own_codes,
            department=departments.get(publication.judgment.section or ""),
        )
        for publication in publications
        if (publication.last_seen in (None, night) and publication.judgment.imported is None)
        or (publication.judgment.imported is not None and not _is_of_another(publication, court))
    ]


def _is_of_another(publication: Publication, court: str | None) -> bool:
    """A dump may hold a whole country: other courts' documents are nothing that this one has published."""
    named = publication.judgment.court
    return named is not None and court is not None and same_court(named, court) is False
