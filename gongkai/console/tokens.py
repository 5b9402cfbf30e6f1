"""Tokens of the interface for programs: shown once when they are made, kept as digests, for a year at most."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from gongkai.console.passwords import digest, new_secret
from storage import accounts
from storage.accounts import Token

PREFIX = "gongkai_"  # by which scanners for leaked secrets know it
DAYS, MOST_DAYS = 90, 366
MOST_TOKENS = 20
LONGEST_LABEL = 80


class TooMany(Exception):
    """The account has as many tokens as one may have."""


def make(connection: Connection, user: str, label: str, days: int, now: datetime) -> str:
    """A new token of an account: the secret, which is kept nowhere.

    Args:
        label: What it is for.
        days: For how long, 1 to 366.

    Raises:
        TooMany: The account has 20 that still hold.
        ValueError: The label is empty or too long, or the days are too few or too many.
    """
    if not 1 <= days <= MOST_DAYS or not 0 < len(label.strip()) <= LONGEST_LABEL:
        raise ValueError
    accounts.forget_tokens(connection, now)
    if len(accounts.tokens_of(connection, user)) >= MOST_TOKENS:
        raise TooMany
    secret = PREFIX + new_secret()
    token = Token(digest=digest(secret), user=user, label=label.strip(), made=now, expires=now + timedelta(days=days))
    accounts.add_token(connection, token)
    return secret
