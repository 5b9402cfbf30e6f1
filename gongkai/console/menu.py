"""The main menu: one line for each entry, in the order in which it shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gongkai.console.visibility import may_manage_accounts
from storage.accounts import DEPARTMENT, User


def _everybody(_user: User) -> bool:
    return True


def _not_departments(user: User) -> bool:
    return user.role != DEPARTMENT


@dataclass(frozen=True)
class Entry:
    """One entry. `key` is its name under `menu` in words.yml; `shown` says to whom it is shown."""

    key: str
    address: str
    shown: Callable[[User], bool] = _everybody


ENTRIES: list[Entry] = [
    Entry("overview", "/"),
    Entry("findings", "/findings"),
    Entry("search", "/search"),
    Entry("runs", "/runs", _not_departments),
    Entry("rules", "/rules"),
    Entry("bulletins", "/bulletins"),
    Entry("accounts", "/accounts", may_manage_accounts),
]


def menu(user: User) -> list[tuple[str, str]]:
    """The main menu of a user: the key of what it says, and where it leads."""
    return [(entry.key, entry.address) for entry in ENTRIES if entry.shown(user)]
