"""What markup says by itself, before any parser has seen it."""

from __future__ import annotations

import re

_TAG = re.compile(r"<([a-zA-Z][^\s/>]*)")


def tags_in(html: str) -> set[str]:
    """The names of all elements that a page can have, in lower case, and perhaps others: what is in comments and scripts."""
    return {name.lower() for name in set(_TAG.findall(html))}
