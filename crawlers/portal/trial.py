"""A trial page (`/live/{id}`), which live, preview and replay share. Pure.

The parties stand in a JavaScript string only; what is kept of them is whether they are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from crawlers.portal.rows import moment, number_in
from crawlers.readers import cause
from crawlers.urls import resolve

_PARTY = re.compile(r"""\bparty\s*=\s*(?P<mark>["'])(?P<text>(?:\\.|(?!(?P=mark)).)*)(?P=mark)""", re.S)
_NAMED = re.compile(r"[^\s:：;；、，,]")
_PARTS = ("_beginTime", "_locate")


@dataclass(frozen=True, kw_only=True)
class TrialPage:
    """What a trial page says. None: it does not say.

    Attributes:
        known: It has the parts by which such a page is known; without them nothing it lacks is concluded from.
        player: Address of the player that is built into the page.
    """

    known: bool = False
    case_number: str | None = None
    court: str | None = None
    cause: str | None = None
    starts: datetime | None = None
    starts_raw: str | None = None
    place: str | None = None
    has_parties: bool | None = None
    player: str | None = None
    judgment_url: str | None = None


def read(html: str, url: str) -> TrialPage:
    """Read a trial page.

    Args:
        url: Where it was read, for its relative links.
    """
    tree = LexborHTMLParser(html)
    begins = _text(tree, "#_beginTime")
    raw = re.sub(r"^\s*开\s*庭\s*时\s*间\s*[:：]?", "", begins).strip() if begins else None
    party = _PARTY.search(html)
    return TrialPage(
        known=any(tree.css_first(f"#{part}") is not None for part in _PARTS)
        or tree.css_first(".trial-info") is not None,
        case_number=next((n for n in map(number_in, _labelled(tree, "案号")) if n), None),
        court=_court(tree),
        cause=next((c for c in map(cause.plain, _labelled(tree, "案由")) if c), None),
        starts=moment(raw),
        starts_raw=raw or None,
        place=_text(tree, "#_locate"),
        has_parties=bool(_names(party["text"])) if party else None,
        player=_player(tree, url),
        judgment_url=_judgment(tree, url),
    )


def _text(tree: LexborHTMLParser, selector: str) -> str | None:
    node = tree.css_first(selector)
    return " ".join((node.text(separator=" ") or "").split()) or None if node is not None else None


def _labelled(tree: LexborHTMLParser, label: str) -> list[str]:
    """Values of a list item by its label: the title attribute holds the whole, the text may be cut."""
    found: list[str] = []
    for node in tree.css(".trial-info li, li[title]"):
        text = re.sub(r"\s+", "", node.text() or "")
        if text.startswith(label):
            found += [node.attributes.get("title") or "", text.removeprefix(label).lstrip(":：")]
    return [value for value in found if value.strip()]


def _court(tree: LexborHTMLParser) -> str | None:
    for node in tree.css("a[href*='/court/']"):
        text = re.sub(r"\s+", "", node.text() or "")
        if text.endswith(("法院", "法庭", "分院")) and len(text) > 4:
            return text
    return None


def _names(text: str) -> list[str]:
    """What stands behind a role; the roles themselves (原告, 公诉机关, …) name nobody."""
    parts = re.split(r"[;；\n]", text)
    return [name for part in parts if (name := re.split(r"[:：]", part, maxsplit=1)[-1]) and _NAMED.search(name)]


def _player(tree: LexborHTMLParser, url: str) -> str | None:
    frame = tree.css_first("iframe#player") or tree.css_first(".live-video-content iframe")
    source = (frame.attributes.get("src") or "").strip() if frame is not None else ""
    return resolve(url, source) if source else None


def _judgment(tree: LexborHTMLParser, url: str) -> str | None:
    link = tree.css_first("#adDocuments > a[href]") or tree.css_first("#adDocuments a[href]")
    href = (link.attributes.get("href") or "").strip() if link is not None else ""
    return resolve(url, href) if href and not href.startswith("#") else None
