"""Is this still the page that stood at an address, somewhat changed, or quite another one in its place?"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from crawlers.encoding import decode

LONG = 4  # characters that are compared at a time
MOST = 0.75  # how much of the old text must still be there
LEAST = 20  # pieces of a text below which it tells a page only together with the title


def is_same_page(was: bytes, now: bytes, home: bytes | None = None) -> bool:
    """Whether the text of a page is mostly the one it had. Digits do not count: dates and counters change.

    A notice of maintenance, a login or an error page is another page, however it is called, with whatever status it comes
    and though it stands in the site's own frame. In doubt it is another one.

    Args:
        home: The home page of then: what a page shares with it is the site's template, and tells no page. Nor does its
            title, which may stand over a notice of maintenance too.
    """
    (old_title, old), (new_title, new) = _pieces(was), _pieces(now)
    own = old - _cut(old_title) - (_pieces(home)[1] if home is not None else set())
    titled = bool(old_title) and old_title == new_title
    if not own:
        return titled and len(old & new) >= MOST * max(len(old), len(new))
    return len(own & new) >= MOST * len(own) and (titled or len(own) >= LEAST)


def _pieces(body: bytes) -> tuple[str, set[str]]:
    tree = LexborHTMLParser(decode(body, None)[0])
    node = tree.css_first("title")
    title = re.sub(r"\s+", "", node.text()) if node is not None else ""
    tree.strip_tags(["script", "style", "noscript", "template", "title"])
    text = tree.body.text() if tree.body is not None else ""
    return title, _cut(text)


def _cut(text: str) -> set[str]:
    text = re.sub(r"\d+", "0", re.sub(r"\s+", "", text))
    return {text[i : i + LONG] for i in range(max(len(text) - LONG + 1, 0))}
