"""The bulletin as one self-contained page: nothing is loaded from anywhere, and crawled text stays text.

It prints the skeleton that every format prints, with lists that lead from each number to its findings and from there to
the evidence. All values are escaped by the template engine; only http and https addresses become links; a content
security policy allows the page's own style sheet and its one small script, by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import charts, sentences, words
from reports.blocks import Block, Heading, Item, Skeleton
from reports.bulletin import Bulletin
from reports.formats.html_filter import Filter, filter_of
from reports.formats.picture_table import data_of
from reports.listing import UnitRow, listing, units
from reports.skeleton import skeleton
from reports.text import citation, clock, safe_href
from reports.title_shape import shape

TEMPLATES = Path(__file__).parent.parent / "templates"
# What a page holds: with 20,000 findings it stays below 3 MB (tests/test_html.py).
MOST_LISTED = 800  # findings one by one, and as many leads
MOST_RESOLVED = 200
MOST_ROWS = 200  # of a form that is filled in elsewhere
MOST_PLACES = 1500  # links from a unit to its findings of a rule
OPEN_UP_TO = 12  # a rule's findings: more than these are folded away on the screen
EVIDENCE_SHOWN = 5


@dataclass(frozen=True)
class Part:
    """A heading with what stands below it, up to the next of its level. Runs of items stand together, as one list."""

    heading: Heading | None
    runs: tuple[tuple[bool, tuple[Block, ...]], ...]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        href=safe_href, clock=clock, citation=citation, chinese_date=words.chinese_date, runs=_runs
    )
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    environment.globals.update(
        say=words.say,
        label=words.label,
        marks=sentences.marks,
        state=sentences.state,
        seen=sentences.seen,
        department_name=sentences.department,
        drawn=lambda picture: Markup(charts.inline(picture)),  # our own drawing, its words escaped by its serialiser
        data_of=data_of,
        OPEN_UP_TO=OPEN_UP_TO,
        EVIDENCE_SHOWN=EVIDENCE_SHOWN,
    )
    return environment


def render(bulletin: Bulletin, kept: Mapping[str, str] | None = None) -> str:
    """The page, in UTF-8.

    Args:
        kept: Where the kept pages lie that findings cite: path from the page's folder, by SHA-256. None: nowhere near.
    """
    style, script = _inline("page.css", "print.css"), _inline("page.js")
    written = skeleton(bulletin, most_rows=MOST_ROWS)
    cited = {item.code for item in _items(written) if item.code}
    certain = listing("certain", bulletin.certain, MOST_LISTED, cited)
    leads = listing("leads", bulletin.leads, MOST_LISTED, cited)
    resolved = bulletin.resolved[:MOST_RESOLVED]
    listed = {entry.code for entry in (*certain.entries, *leads.entries, *resolved)}
    found = (*bulletin.certain, *bulletin.leads)
    rows = units(found, listed)
    pick = filter_of(bulletin.scope, found)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            bulletin=bulletin,
            imprint=bulletin.imprint,
            title=written.title,
            title_lines=shape(written.title),
            addressee=written.addressee,
            parts=_parts(written.body),
            annexes=[(annex, tuple(_runs(annex.blocks))) for annex in written.annexes],
            annex_lines=list(zip(written.annex_lines, written.annexes, strict=True)),
            lists={"certain": certain, "leads": leads},
            groups={one.anchor: one for one in (*certain.rules, *leads.rules)},
            resolved=resolved,
            listed=listed,
            units=rows,
            places=_has_places(rows),
            pick=pick,
            unit_rows=_unit_rows(rows, pick),
            kept=kept or {},
            style=style,
            script=script,
            policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
            "base-uri 'none'; form-action 'none'",
        )
    )


def _unit_rows(rows: Iterable[UnitRow], pick: Filter) -> dict[str, str]:
    """By the name of a department or a court, the anchor of its first row."""
    found: dict[str, str] = {}
    for row in rows:
        for name in (sentences.department(row.department), row.court):
            found.setdefault(name, pick.anchor(row.court, row.department))
    return found


def _has_places(rows: Iterable[UnitRow]) -> bool:
    return sum(len(row.rules) for row in rows) <= MOST_PLACES


def _items(written: Skeleton) -> Iterable[Item]:
    return (block for block in written.body if isinstance(block, Item))


def _parts(blocks: Iterable[Block]) -> list[Part]:
    """The body, divided at its headings of the first level."""
    divided: list[tuple[Heading | None, list[Block]]] = [(None, [])]
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            divided.append((block, []))
        else:
            divided[-1][1].append(block)
    return [Part(heading, tuple(_runs(content))) for heading, content in divided if heading or content]


def _runs(blocks: Iterable[Block]) -> Iterable[tuple[bool, tuple[Block, ...]]]:
    """Blocks, items that follow each other together."""
    for are_items, run in groupby(blocks, key=lambda block: isinstance(block, Item)):
        yield are_items, tuple(run)


def _inline(*names: str) -> Markup:
    """Our own files, to stand in the page as they are."""
    return Markup("".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names))


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
