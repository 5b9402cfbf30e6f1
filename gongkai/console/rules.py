"""The rules in force: each one's manual and legal basis, and how many findings there are by it."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from auditors.catalogue import FAMILIES, first_basis
from auditors.rule import Rule, all_rules
from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.visibility import seen_by
from storage import runs
from storage.database import reading
from storage.findings import SEEN
from storage.life import FALSE_ALARM
from storage.schema import standing


@dataclass
class Counts:
    """Open findings of a rule by grade, and how often it was called a false alarm."""

    open: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEEN, 0))
    false_alarms: int = 0

    @property
    def all_open(self) -> int:
        return sum(self.open.values())


def index(visit: Visit) -> Response:
    """All rules by their family, with the findings that the user may see."""
    with reading(visit.console.engine) as connection:
        counted = _counts(connection, visit)
    families: dict[str, list[Rule]] = {}
    for rule in all_rules():
        families.setdefault(FAMILIES[rule.family], []).append(rule)
    counts = {rule.id: counted.get(rule.id, Counts()) for rule in all_rules()}
    return render(visit, "rules.html.j2", families=families, counts=counts, grades=SEEN, first_basis=first_basis)


def show(visit: Visit) -> Response:
    """One rule: its manual, its basis, and its open findings by court."""
    wanted = str(visit.request.path_params["rule"]).upper()
    rule = next((one for one in all_rules() if one.id == wanted), None)
    if rule is None:
        raise HTTPException(404)
    query = (
        sa.select(standing.c.site, standing.c.grade, sa.func.count())
        .where(standing.c.rule == rule.id, standing.c.open, seen_by(visit.user))
        .group_by(standing.c.site, standing.c.grade)
    )
    with reading(visit.console.engine) as connection:
        counts = _counts(connection, visit, rule.id).get(rule.id, Counts())
        courts = {site.id: site.court for site in runs.all_sites(connection)}
        by_court: dict[str, dict[str, int]] = {}
        for site, grade, count in connection.execute(query):
            by_court.setdefault(site, dict.fromkeys(SEEN, 0))[grade] = count
    return render(
        visit,
        "rule.html.j2",
        rule=rule,
        basis=[article.citation for article in rule.basis],
        counts=counts,
        courts=courts,
        by_court=dict(sorted(by_court.items())),
        grades=SEEN,
    )


def _counts(connection: Connection, visit: Visit, rule: str | None = None) -> dict[str, Counts]:
    # Sums by rule alone: one index answers them in its own order, where groups by grade would have to be sorted.
    grades = [sa.and_(standing.c.open, standing.c.grade == grade) for grade in SEEN]
    false = standing.c.stage == FALSE_ALARM
    query = (
        sa.select(standing.c.rule, *(sa.func.sum(sa.case((which, 1), else_=0)) for which in (*grades, false)))
        .where(seen_by(visit.user))
        .group_by(standing.c.rule)
    )
    if rule is not None:
        query = query.where(standing.c.rule == rule)
    found: dict[str, Counts] = {}
    for name, *open_ones, false_alarms in connection.execute(query):
        counted = {grade: int(count) for grade, count in zip(SEEN, open_ones, strict=True)}
        found[name] = Counts(counted, int(false_alarms))
    return found


ROUTES: list[BaseRoute] = [
    Route("/rules", signed_in(index), methods=["GET"]),
    Route("/rules/{rule}", signed_in(show), methods=["GET"]),
]
