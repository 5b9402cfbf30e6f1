"""Patterns that few texts match: RE2 says first whether there is anything to look for.

Python's expressions try every place of a text one after the other; RE2 reads a text once, several times as quick, but
knows no look-around. Without its look-arounds a pattern finds more, never less: what that finds nothing in is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import re2

_SHORT = 200  # characters of a text that Python has looked through before RE2 is asked
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")
# What these stand for in Python is more than in RE2, which takes them for ASCII.
_CLASSES = {"d": r"\p{Nd}", "s": r"\s\p{Z}\x{1c}-\x{1f}\x{85}\x{b}", "w": r"\p{L}\p{M}\p{N}_"}


class Sieved:
    """A compiled pattern of which most texts have no match."""

    __slots__ = ("_may", "pattern")

    def __init__(self, pattern: str, flags: re.RegexFlag = re.NOFLAG, *, needs: str | None = None) -> None:
        """
        Args:
            pattern: As for `re.compile`, without back references and without negated classes (`\\W`, `\\D`, `\\S`).
            flags: `re.M` and `re.I` are understood.
            needs: Stands in all that the pattern matches; for a pattern with what RE2 cannot say.

        Raises:
            ValueError: What cannot be said in RE2 stands in it.
        """
        self.pattern = re.compile(pattern, flags)
        marks = "".join(letter for flag, letter in ((re.M, "m"), (re.I, "i")) if flags & flag)
        self._may = re2.compile((f"(?{marks})" if marks else "") + relaxed(pattern if needs is None else needs))

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """As of the compiled pattern."""
        return self.pattern.finditer(text) if self._may_match(text) else ()

    def search(self, text: str) -> re.Match[str] | None:
        """As of the compiled pattern."""
        return self.pattern.search(text) if self._may_match(text) else None

    def _may_match(self, text: str) -> bool:
        return len(text) < _SHORT or self._may.search(_encoded(text)) is not None


@lru_cache(maxsize=2)  # many patterns look at one text, one after the other
def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def relaxed(pattern: str) -> str:
    """The pattern for RE2, without its look-arounds: it matches within whatever the pattern matches.

    Raises:
        ValueError: See `Sieved`.
    """
    written: list[str] = []
    place, in_class, skipped = 0, False, 0  # `skipped`: brackets that are open within a look-around
    while place < len(pattern):
        one = pattern[place : place + 2] if pattern[place] == "\\" else pattern[place]
        if pattern.startswith("\\u", place):
            one = pattern[place : place + 6]
        if not in_class and (skipped or pattern.startswith(_LOOKS, place)):
            skipped += (one == "(") - (one == ")")
        elif not skipped:
            written.append("(?m:$)" if one == "$" and not in_class else _plain(one, in_class))
        in_class = one == "[" or (in_class and one != "]")
        place += len(one)
    return "".join(written)


def _plain(one: str, in_class: bool) -> str:
    if len(one) == 6:
        return rf"\x{{{one[2:]}}}"
    if len(one) < 2 or not one[1].isalnum():
        return one
    if one[1] in "WDSbBAZ0123456789":
        raise ValueError(f"{one} cannot be sieved")
    known = _CLASSES.get(one[1])
    return one if known is None else known if in_class else f"[{known}]"
