"""What a bulletin is made of for any renderer: headings, paragraphs, items, tables, pictures, annexes. No words, no format.

`reports.skeleton` writes a bulletin down in these once; docx, PDF and html print them, each in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """Text that leads to an address outside. `url` was made safe to click; text may differ from it."""

    text: str
    url: str


Cell = str | Link


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading of the body or of an annex.

    Attributes:
        level: 1 to 3: 一、 （一） 1.
        number: What stands before the text, with its punctuation: `一、`, `（二）`, `3.`; empty: none.
        anchor: A name to link to, unique in the bulletin.
    """

    level: int
    text: str
    number: str = ""
    anchor: str = ""

    @property
    def full(self) -> str:
        """Number and text, as they are printed."""
        return self.number + self.text


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the running text."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """One of several numbered sentences below a heading: an example, a requirement. Printed number + lead + text.

    Attributes:
        number: As printed: `（1）`, `2.`
        lead: Its first words: what it is about, a case number, a section, an address; may be empty.
        text: The rest, with its punctuation.
        url: Where the reader sees for himself, safe to click: the address behind `lead`.
        code: 识别码 of the finding that it tells of; empty: of none.
    """

    number: str
    text: str
    lead: str = ""
    url: str | None = None
    code: str = ""

    @property
    def full(self) -> str:
        """All of it, as it is printed."""
        return self.number + self.lead + self.text


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column. `width`: its share of the table's width, in millimetres of the page it was planned for."""

    title: str
    width: int
    centred: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table whose head repeats on every page.

    Attributes:
        name: What it is, for programs: ranking, problems, feedback …
        columns, rows: Every row has one cell for each column. Line feeds in a cell are breaks.
        keys: For each row the 识别码 of the finding that it tells of; empty: the rows are of something else.
        totals: How many of the last rows are sums.
        fine: Small type: it is a working list.
        caption: Printed above it; empty: the heading says it.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: tuple[str, ...] = ()
    totals: int = 0
    fine: bool = False
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One of the bulletin's pictures.

    Attributes:
        name: trend, freshness, lateness or comparison (`reports.pictures`).
        caption: Printed below it.
        alt: What it shows, for those who do not see it.
    """

    name: str
    caption: str
    alt: str


Block = Heading | Paragraph | Item | Table | Picture


@dataclass(frozen=True, kw_only=True)
class Annex:
    """An annex; it begins on a page of its own.

    Attributes:
        name: ranking, problems, leads, feedback or method.
        label: `附件1`; `附件` where it is the only one.
        landscape: Its tables are wider than an upright page.
    """

    name: str
    label: str
    title: str
    landscape: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Skeleton:
    """A whole bulletin between its head (发文机关标志, 文号: `Bulletin.imprint`) and its foot (署名, 日期, 版记).

    Attributes:
        title: In the pieces between which a line may end.
        addressee: 主送, with its colon.
        body: From the lead to the requirements.
        annexes: In order; an empty one is none.
    """

    title: tuple[str, ...]
    addressee: str
    body: tuple[Block, ...]
    annexes: tuple[Annex, ...]

    @property
    def annex_lines(self) -> tuple[str, ...]:
        """附件说明: `1.各部门指标排名表`, …; the only annex has no number (GB/T 9704-2012, 7.3.4)."""
        if len(self.annexes) == 1:
            return (self.annexes[0].title,)
        return tuple(f"{place}.{annex.title}" for place, annex in enumerate(self.annexes, start=1))

    def headings(self) -> Iterator[Heading]:
        """The headings of the body, for a table of contents."""
        return (block for block in self.body if isinstance(block, Heading))
