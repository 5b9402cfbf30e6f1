"""Who may see and do what. Every page and every deed asks here; a department sees its own findings and nothing else."""

from __future__ import annotations

import sqlalchemy as sa

from storage.accounts import ADMINISTRATOR, DEPARTMENT, INSPECTOR, User
from storage.events import RECHECK, RECTIFIED, REPLIED
from storage.life import (
    ASSIGN,
    CLOSE,
    COMMENT,
    CONFIRM,
    DISMISS,
    EXTEND,
    RAISE,
    REOPEN,
    WAIVE,
)
from storage.schema import standing

_INSPECTORS = frozenset(
    {CONFIRM, ASSIGN, CLOSE, REOPEN, DISMISS, WAIVE, COMMENT, RECHECK, EXTEND, RAISE, RECTIFIED, REPLIED}
)
DEEDS: dict[str, frozenset[str]] = {
    INSPECTOR: _INSPECTORS,
    ADMINISTRATOR: _INSPECTORS,
    DEPARTMENT: frozenset({RECTIFIED, REPLIED, COMMENT}),
}


def may(user: User, deed: str) -> bool:
    """Whether this role may do it at all; on which findings, `seen_by` says."""
    return deed in DEEDS.get(user.role, frozenset())


def may_see_personal_data(user: User) -> bool:
    """Leaked data unmasked, each time logged."""
    return user.role in (INSPECTOR, ADMINISTRATOR)


def may_manage_accounts(user: User) -> bool:
    """Add, change and close accounts."""
    return user.role == ADMINISTRATOR


def seen_by(user: User) -> sa.ColumnElement[bool]:
    """The condition under which a row of `standing` is shown to the user."""
    allowed: list[sa.ColumnElement[bool]] = [sa.true()]
    if user.sites:
        allowed.append(standing.c.site.in_(user.sites))
    if user.role == DEPARTMENT:
        allowed.append(standing.c.responsible == user.department)
    return sa.and_(*allowed)


def may_see_site(user: User, site: str) -> bool:
    """Pages about a whole site are not for a department: they show other departments' findings."""
    return user.role != DEPARTMENT and (not user.sites or site in user.sites)
