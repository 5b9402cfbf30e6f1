"""The selector language of profiles: `css`, `css@attribute`, `css ~ regex`. Rows and the next page of a list."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.lists import Row
from crawlers.profile import SectionProfile
from crawlers.scripts import destination, functions_in
from crawlers.urls import resolve


def select_text(node: LexborNode | LexborHTMLParser, selector: str) -> str | None:
    """What a selector finds first within a node: text, attribute, or the part of the text that a regex matches."""
    css, _, expression = selector.partition(" ~ ")
    css, _, attribute = css.strip().partition("@")
    found = node.css_first(css) if css else node
    if found is None or isinstance(found, LexborHTMLParser):
        return None
    value = (found.attributes.get(attribute) or "") if attribute else (found.text(separator=" ") or "")
    text = " ".join(value.split())
    if expression:
        match = re.search(expression.strip(), text)
        text = (match[1] if match.groups() else match[0]) if match else ""
    return text or None


def select_rows(html: str, url: str, section: SectionProfile) -> tuple[list[Row], str | None]:
    """The rows that a profile's selectors find, and the next page's address.

    A row without a link that can be followed is left out; `url` defaults to the first link, `title` to its text.
    """
    tree = LexborHTMLParser(html)
    functions = functions_in("\n".join(n.text() or "" for n in tree.css("script:not([src])")))
    rows: list[Row] = []
    for node in tree.css(section.rows or "li"):
        link = node.css_first("a[href], [onclick]") or (node if node.attributes.get("onclick") else None)
        href = select_text(node, section.fields["url"]) if "url" in section.fields else _written(link, functions)
        target = resolve(url, destination(href, functions) or href) if href else None
        title = select_text(node, section.fields.get("title", "a")) or (
            link.text(strip=True) if link is not None else None
        )
        published = section.fields.get("published")
        cells = [" ".join((td.text(separator=" ") or "").split()) for td in node.css("td")] if node.tag == "tr" else []
        if target and title:
            rows.append(
                Row(target, title, select_text(node, published) if published else _any_date(node, title), cells)
            )
    following = select_text(tree, section.next) if section.next else None
    return rows, resolve(url, following) if following else None


def _written(link: LexborNode | None, functions: dict[str, tuple[tuple[str, ...], str]]) -> str | None:
    if link is None:
        return None
    href, onclick = link.attributes.get("href") or "", link.attributes.get("onclick") or ""
    if href and not href.lower().startswith(("javascript:", "#")):
        return href
    return destination(onclick, functions) or destination(href, functions)


def _any_date(node: LexborNode, title: str) -> str | None:
    from crawlers.lists import _DATE

    found = _DATE.search((node.text(separator=" ") or "").replace(title, " ", 1))
    return found[0].strip() if found else None
