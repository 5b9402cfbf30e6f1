"""Where the facts of a bulletin come from (数据来源): sites, portal, imported documents, the courts' own ledgers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from reports.words import label, say
from storage.imports import read_dumps
from storage.ledgers import ledger_files

KINDS = ("cases", "withheld", "streams", "withdrawals", "participants", "agencies", "attendance")


def sources_of(connection: Connection, sites: Iterable[str]) -> tuple[str, ...]:
    """The sources' names as a bulletin lists them; the ledgers that these courts handed in, each once."""
    listed = list(sites)
    kinds = {file.kind for site in listed for file in ledger_files(connection, site)}
    found = [say("paper.sources.sites")]
    if any(read_dumps(connection, site) for site in listed):
        found.append(say("paper.sources.dumps"))
    return (*found, *(label("ledger", kind) for kind in sorted(kinds, key=_order)))


def _order(kind: str) -> int:
    """The case ledger first."""
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
