"""Which address leads to which page: every module of pages lists its own `ROUTES`, gathered here, one line each.

Of two routes that fit an address the first one serves it.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from gongkai.console import (
    account,
    bulk,
    bulletins,
    cases,
    court,
    downloads,
    finding,
    findings,
    nights,
    overview,
    people,
    proofs,
    rechecking,
    rules,
    search,
    tables,
    trails,
)

ROUTES: list[BaseRoute] = [
    *overview.ROUTES,
    *findings.ROUTES,
    *rechecking.ROUTES,
    *proofs.ROUTES,
    *bulk.ROUTES,
    *finding.ROUTES,
    *downloads.ROUTES,
    *trails.ROUTES,
    *tables.ROUTES,
    *cases.ROUTES,
    *search.ROUTES,
    *rules.ROUTES,
    *bulletins.ROUTES,
    *court.ROUTES,
    *nights.ROUTES,
    *account.ROUTES,
    *people.ROUTES,
]
