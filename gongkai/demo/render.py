"""Fills the page templates of the demonstration courts; everything that is not marked as HTML is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: Any) -> str:
    """The page `templates/<template>` with these values."""
    return _ENVIRONMENT.get_template(template).render(**values)


def paragraphs(lines: Iterable[str]) -> Markup:
    """Plain lines as HTML paragraphs with the two-character indent of Chinese pages."""
    return Markup("\n").join(Markup("<p>　　{}</p>").format(line) for line in lines)


def aligned(lines: Iterable[tuple[str, str]], tag: str = "p") -> Markup:
    """Lines with their alignment, as word processors paste them."""
    return Markup("\n").join(
        Markup('<{0} style="text-align: {1};">{2}</{0}>').format(Markup(tag), align, text) for align, text in lines
    )


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Markup:
    """A pasted table with a head row of ordinary cells."""
    lines = [list(head), *map(list, rows)]
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>\n" for line in lines)
    return Markup('<table border="1" cellspacing="0" width="100%"><tbody>\n' + body + "</tbody></table>")
