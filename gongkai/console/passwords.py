"""Passwords and secrets: argon2 for what people choose, random values and their digests for what we hand out."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST = 12
LONGEST = 200  # a longer one would only make us hash for long


class WeakPassword(Exception):
    """The password is too short, too long or says the account's name."""


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


def hashed(password: str, name: str) -> str:
    """The argon2 hash of a new password.

    Raises:
        WeakPassword: Shorter than 12 characters, longer than 200, all alike, or the account's name in it.
    """
    if not SHORTEST <= len(password) <= LONGEST or len(set(password)) < 4 or name.lower() in password.lower():
        raise WeakPassword
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether it is the password. Without a kept one it takes as long, and is not."""
    if len(password) > LONGEST:
        return False
    return _hasher().verify(password, kept or _nobody()) and kept is not None


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def new_secret() -> str:
    """A value that nobody guesses, for a cookie, a token or a form."""
    return secrets.token_urlsafe(32)


def first_password() -> tuple[str, str]:
    """A password for somebody else's account, until that person chooses another; and its hash."""
    secret = secrets.token_urlsafe(12)
    return secret, _hasher().hash(secret)


def digest(secret: str) -> str:
    """Under which a handed-out secret is kept: it is random, so a plain hash does."""
    return hashlib.sha256(secret.encode()).hexdigest()
