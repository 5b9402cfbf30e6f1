"""Storage → views on what is not published: statistics as printed, use of the catch-all reason, ledgers of approvals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.reasons import OTHER, reason_class
from auditors.views import Coverage, LedgerState, ReasonUse, ReasonUses, StatisticsTable, View
from storage import runs, store
from storage.courts import city_of, same_court
from storage.ledgers import ledger_files
from storage.records import Approval, Evidence, StatisticsRow, Withheld
from storage.schema import TABLES

LEAST_PEER = 20  # a peer with fewer entries says nothing


def withheld_views(
    connection: Connection,
    site: str,
    court: str,
    night: date,
    departments: dict[str, str],
    notices_read: Coverage,
    *,
    rows: bool = True,
) -> dict[type[Any], list[View]]:
    """The views of one site and night, by their type.

    Args:
        rows: The rows of the ledgers of approvals are read; they are of use only under a local norm on reports.
    """
    tables = _tables(connection, site, night, departments)
    home = next((s.home for s in runs.all_sites(connection) if s.id == site), site)
    uses = [
        *_by_tables(home, court, tables),
        *_by_notices(connection, site, home, court, night, notices_read),
        *_by_ledger(connection, site, home, court),
    ]
    return {
        StatisticsTable: [*tables],
        ReasonUses: [*([use for use in uses if use.peers] or uses[:1])],
        LedgerState: [*_ledgers(connection, site, rows=rows)],
    }


def _tables(connection: Connection, site: str, night: date, departments: dict[str, str]) -> list[StatisticsTable]:
    found: dict[tuple[str, int], list[StatisticsRow]] = defaultdict(list)
    for seen in store.read(connection, StatisticsRow, site=site, on=night):
        found[seen.record.url, seen.record.table].append(seen.record)
    pages = [url for url, _ in found]
    return [
        StatisticsTable(
            rows=tuple(sorted(rows, key=lambda row: row.position)),
            alone=pages.count(url) == 1,
            department=departments.get(rows[0].section or ""),
        )
        for (url, _), rows in found.items()
    ]


def _by_tables(home: str, court: str, tables: Iterable[StatisticsTable]) -> Iterator[ReasonUses]:
    """The newest published table that has this court and its catch-all column; the other rows are its peers."""
    dated = sorted(tables, key=lambda table: (table.rows[0].published or date.min, table.rows[0].url), reverse=True)
    for table in dated:
        uses = [use for row in table.rows if not (row.is_total or row.is_part) and (use := _of_row(row)) is not None]
        own = next((use for use in uses if same_court(use.court, court)), None)
        if own is not None:
            peers = tuple(use for use in uses if use is not own and use.total >= LEAST_PEER)
            first = table.rows[0]
            yield ReasonUses(
                url=home, source=f"公布的统计表“{first.title}”", own=own, peers=peers, evidence=table.evidence
            )
            return


def _of_row(row: StatisticsRow) -> ReasonUse | None:
    others = [n for n, name in zip(row.reasons, row.reason_names, strict=True) if "其他" in name or "不宜" in name]
    if row.withheld is None or len(others) != 1 or others[0] is None or others[0] > row.withheld:
        return None
    return ReasonUse(row.label, others[0], row.withheld)


def _by_notices(
    connection: Connection, site: str, home: str, court: str, night: date, read: Coverage
) -> Iterator[ReasonUses]:
    """The entries on the court's own site, and on those of its city that are audited too."""
    own = _of_entries(connection, site, court, night)
    if own is None:
        return
    city = city_of(court)
    peers = []
    for other in runs.all_sites(connection):
        if city is not None and other.id != site and city_of(other.court) == city:
            use = _of_entries(connection, other.id, other.court, night)
            if use is not None and use.total >= LEAST_PEER:
                peers.append(use)
    yield ReasonUses(
        url=home,
        source="公布的不公开信息",
        own=own,
        peers=tuple(peers),
        is_complete=read is Coverage.COMPLETE,
        evidence=(Evidence(url=home),),
    )


def _of_entries(connection: Connection, site: str, court: str, night: date) -> ReasonUse | None:
    table = TABLES[Withheld]
    query = (
        sa.select(table.c.reason, sa.func.count())
        .where(table.c.site == site, table.c.first_seen <= night)
        .group_by(table.c.reason)
    )
    return _counted(court, Counter({row[0]: row[1] for row in connection.execute(query)}))


def _by_ledger(connection: Connection, site: str, home: str, court: str) -> Iterator[ReasonUses]:
    table = TABLES[Approval]
    query = (
        sa.select(table.c.source, table.c.reason, sa.func.count())
        .where(table.c.site == site, table.c.subject == "withheld")
        .group_by(table.c.source, table.c.reason)
        .order_by(table.c.source)
    )
    rows = list(connection.execute(query))
    reasons: Counter[str | None] = Counter()
    for _, reason, number in rows:
        reasons[reason] += number
    own = _counted(court, reasons)
    if own is not None:
        sources = list(dict.fromkeys(source.partition("（同格")[0] for source, _, _ in rows))
        missed = any(file.unread for file in ledger_files(connection, site) if file.kind == "withheld")
        proof = tuple(Evidence(url=f"ledger:{source}", excerpt=f"台账 {source}") for source in sources)
        yield ReasonUses(url=home, source="不上网审批台账", own=own, is_complete=not missed, evidence=proof)


def _counted(court: str, reasons: Counter[str | None]) -> ReasonUse | None:
    """Of reasons, each with how often it is given."""
    classes: Counter[str] = Counter()
    for reason, number in reasons.items():
        if (named := reason_class(reason)) is not None:
            classes[named] += number
    return ReasonUse(court, classes[OTHER], classes.total()) if classes else None


def _ledgers(connection: Connection, site: str, *, rows: bool) -> Iterator[LedgerState]:
    """The ledgers of approvals, with their rows if a rule reads them."""
    found: dict[str, list[Approval]] = defaultdict(list)
    if rows:
        for seen in store.read(connection, Approval, site=site):
            if seen.record.subject == "withheld":
                found[seen.record.source.partition("（同格")[0]].append(seen.record)
    else:
        table = TABLES[Approval]
        query = sa.select(table.c.source).where(table.c.site == site, table.c.subject == "withheld").distinct()
        for source in sorted(connection.execute(query).scalars()):
            found[source.partition("（同格")[0]] = []
    unread = {file.source: file.unread for file in ledger_files(connection, site)}
    for source, approvals in found.items():
        ordered = sorted(approvals, key=lambda row: row.row)
        yield LedgerState(source=source, approvals=tuple(ordered), unread=unread.get(source, 0))
