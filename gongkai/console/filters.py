"""Lists of findings: the filters of a URL, the order, and one page after the other by key, however many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gongkai.console.visibility import seen_by
from storage.accounts import User
from storage.life import STAGES, WAIVED
from storage.schema import standing

SIZE = 50
MOST_COUNTED = 10_000  # beyond that a list says "more than": counting all would cost what paging saves
OPEN = "open"
SOON = timedelta(days=7)  # a waiver that ends by then is running out
ORDERS: dict[str, tuple[sa.ColumnElement[Any], ...]] = {
    "severity": (standing.c.severity, standing.c.fingerprint),
    "deadline": (standing.c.deadline.nulls_last(), standing.c.fingerprint),
    "newest": (standing.c.first_seen.desc(), standing.c.fingerprint),
}
EQUAL = ("site", "rule", "severity", "grade", "stage", "responsible", "person")


class BadFilter(Exception):
    """A filter of the URL that means nothing; its value is the message."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to. Empty: not by that.

    `stage` may be `open`: somebody still has to do something. `running_out` are waivers that end soon, whatever the stage
    that was asked for.
    """

    site: str = ""
    rule: str = ""
    severity: str = ""
    grade: str = ""
    stage: str = OPEN
    responsible: str = ""
    person: str = ""
    overdue: str = ""
    running_out: str = ""
    text: str = ""
    order: str = "severity"
    after: str = ""

    @property
    def query(self) -> str:
        """The filters as a URL carries them, without the defaults."""
        default = Filters()
        return urlencode([(name, value) for name, value in vars(self).items() if value != getattr(default, name)])

    def at(self, after: str) -> Filters:
        """The same list from another place."""
        return replace(self, after=after)


@dataclass(frozen=True)
class Page:
    """One page of a list. `more`: the fingerprint after which the next one begins; None: this is the last."""

    rows: list[dict[str, Any]]
    count: int
    counted_all: bool
    more: str | None


def parse(given: Mapping[str, str]) -> Filters:
    """The filters of a URL.

    Raises:
        BadFilter: An unknown order, stage or fingerprint.
    """
    known = {name: given[name].strip()[:200] for name in Filters.__dataclass_fields__ if name in given}
    filters = Filters(**known)
    if filters.order not in ORDERS:
        raise BadFilter(filters.order)
    if filters.stage and filters.stage not in (OPEN, *STAGES):
        raise BadFilter(filters.stage)
    if filters.after and not filters.after.isalnum():
        raise BadFilter(filters.after)
    return filters


def condition(filters: Filters, user: User, today: Any) -> sa.ColumnElement[bool]:
    """Which rows of `standing` the filters leave, of those that the user may see."""
    parts = [seen_by(user)]
    for name in EQUAL:
        value = getattr(filters, name)
        if value and name != "stage":
            parts.append(standing.c[name] == value)
    if filters.running_out:
        parts.append(sa.and_(standing.c.stage == WAIVED, standing.c.until <= today + SOON))
    elif filters.stage:
        parts.append(standing.c.open if filters.stage == OPEN else standing.c.stage == filters.stage)
    if filters.overdue:
        parts.append(sa.and_(standing.c.deadline < today, standing.c.open))
    if filters.text:
        pattern = filters.text
        parts.append(
            sa.or_(
                standing.c.subject.contains(pattern, autoescape=True),
                standing.c.message.contains(pattern, autoescape=True),
                standing.c.fingerprint.startswith(pattern.lower(), autoescape=True),
            )
        )
    return sa.and_(*parts)


def page(connection: Connection, filters: Filters, user: User, today: Any, size: int = SIZE) -> Page:
    """One page of the list, after the key that the URL names."""
    wanted = condition(filters, user, today)
    order = ORDERS[filters.order]
    query = sa.select(standing).where(wanted).order_by(*order).limit(size + 1)
    if filters.after:
        query = query.where(_after(connection, filters, user))
    rows = [dict(row) for row in connection.execute(query).mappings()]
    some = sa.select(standing.c.fingerprint).where(wanted).limit(MOST_COUNTED + 1).subquery()
    count = int(connection.execute(sa.select(sa.func.count()).select_from(some)).scalar() or 0)
    more = rows[size - 1]["fingerprint"] if len(rows) > size else None
    return Page(rows[:size], min(count, MOST_COUNTED), count <= MOST_COUNTED, more)


def _after(connection: Connection, filters: Filters, user: User) -> sa.ColumnElement[bool]:
    """What stands behind the row at which the last page ended."""
    known = sa.and_(standing.c.fingerprint == filters.after, seen_by(user))  # else its place would tell of it
    last = connection.execute(sa.select(standing).where(known)).mappings().first()
    if last is None:
        raise BadFilter(filters.after)
    column = {"severity": standing.c.severity, "deadline": standing.c.deadline, "newest": standing.c.first_seen}[
        filters.order
    ]
    value = last[column.name]
    if value is None:  # leads have no deadline: they come last
        return sa.and_(column.is_(None), standing.c.fingerprint > filters.after)
    later = column < value if filters.order == "newest" else sa.or_(column > value, column.is_(None))
    return sa.or_(sa.and_(column == value, standing.c.fingerprint > filters.after), later)
