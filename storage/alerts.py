"""What the office is told of when something goes wrong at night, and that it was told: each trouble once, and its end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from storage.schema import alerts


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A trouble that lasts, or has lasted.

    Attributes:
        kind: missed, future, night, failed, dark, silent or disk.
        subject: What it is about: the same trouble has the same.
        told: When the office was told; None: not yet.
    """

    kind: str
    subject: str
    opened: datetime
    text: str
    told: datetime | None = None
    closed: datetime | None = None


def lasting(connection: Connection) -> list[Alert]:
    """Those that have not ended, oldest first."""
    query = (
        sa.select(alerts).where(alerts.c.closed.is_(None)).order_by(alerts.c.opened, alerts.c.kind, alerts.c.subject)
    )
    return [Alert(**row) for row in connection.execute(query).mappings()]


def open_(connection: Connection, found: Collection[Alert]) -> None:
    """Write down troubles that were not there before."""
    if found:
        connection.execute(sa.insert(alerts), [vars(alert).copy() for alert in found])


def mark(connection: Connection, alert: Alert, *, told: datetime | None = None, closed: datetime | None = None) -> None:
    """Note that the office was told of it, or that it has ended."""
    values = {name: at for name, at in (("told", told), ("closed", closed)) if at is not None}
    connection.execute(
        sa.update(alerts)
        .where(alerts.c.kind == alert.kind, alerts.c.subject == alert.subject, alerts.c.opened == alert.opened)
        .values(**values)
    )
