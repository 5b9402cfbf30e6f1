"""Text as detectors read it: full-width and styled letters and digits as plain ones, odd spaces as spaces.

The folded text is as long as the original, so that a place in the one is the same place in the other.
"""

from __future__ import annotations

import unicodedata

from storage.alike import Alike

_BLANKS = (
    "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u202f\u205f\u2060\u3000\ufeff\u00ad"
)
_DASHES = "\u2010\u2011\u2012\u2013\u2212\ufe63"


def _table() -> dict[str, str]:
    """NFKC of the characters that it turns into one plain one; circled and raised digits stay what they are."""
    table = {}
    for code in (*range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1 and plain.isascii():
            table[chr(code)] = plain
    table.update(dict.fromkeys(_BLANKS, " "))
    table.update(dict.fromkeys(_DASHES, "-"))
    return table


_TABLE = Alike(_table())


def fold(text: str) -> str:
    """The text with plain letters, digits and punctuation, of the same length."""
    return _TABLE.plain(text)
