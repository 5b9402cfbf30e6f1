"""Lists on a page: rows of link and date that repeat, in ul, table, div or dl, with or without dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from crawlers.urls import pattern

_DATE = re.compile(
    r"(?<![\d.])(?:(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|(?:19|20)\d{6}(?!\d)|\d{2}-\d{1,2}-\d{1,2}(?!\d)|(?<!\d)\d{1,2}\s*[-/月]\s*\d{1,2}\s*日?(?![\d号%:])|(?:19|20)\d{2}-\d{2}(?!\d))"
)
_DATE_HINT = re.compile(r"\d\s?[-/.年月]|\d{8}")  # cheap: most rows of a menu have no digit
_PUBLISHED_HEAD = re.compile(r"发布|公布|上网|公开(?:时间|日期)|上传|更新|^日期$|^时间$")
_OTHER_DATE_HEAD = re.compile(r"开庭|裁判|判决|结案|立案|宣判|审理|生效|作出")
_CONTAINERS = frozenset({"ul", "ol", "table", "tbody", "thead", "body", "html", "form", "main"})
_ROW_TAGS = frozenset({"tr", "li", "dt", "dd"})
_NOT_TITLE = re.compile(
    r"^[\s\[【(（]*(?:更多|more|详细|详情|查看|阅读全文|下载|\d{1,4}|上一页|下一页|首页|尾页|末页)[\s\]】)）>».]*$",
    re.I,
)
_LOOK = re.compile(r"^[\s\[【(（]*(?:详细|详情|查看(?:详情|全文)?|阅读全文)[\s\]】)）>»]*$")
_LIFT = 6
PATH = 4  # elements that name a container: itself and those above it
_MULTI = "\x00many"


class Anchor(NamedTuple):
    """Something that can be clicked: its node, where it leads (None: nowhere that we can read), and its text."""

    node: LexborNode
    url: str | None
    text: str
    title: str
    how: str


@dataclass(slots=True)
class Row:
    """A row of a list: link, title, and the date beside it as written (None: no date in the row)."""

    url: str
    title: str
    date: str | None = None
    cells: list[str] = field(default_factory=list)  # of a table row


@dataclass(slots=True)
class Block:
    """Rows under one container. `path` names the container, so that the same block on other pages is recognised."""

    path: str
    rows: list[Row]
    header: list[str] = field(default_factory=list)

    @property
    def dated(self) -> int:
        return sum(1 for row in self.rows if row.date)

    def date_of(self, row: Row) -> str | None:
        """The row's publication date as written: by its column's head where the table has one.

        Dates of hearings, judgments and closings are none; a table that has no others has no publication dates.
        """
        if not self.header or len(row.cells) < len(self.header):
            return row.date
        for head, cell in zip(self.header, row.cells, strict=False):
            if _PUBLISHED_HEAD.search(head) and not _OTHER_DATE_HEAD.search(head):
                return cell or None
        return None if any(_OTHER_DATE_HEAD.search(head) for head in self.header) else row.date

    @property
    def key(self) -> int:
        """What makes two blocks the same, in this process: container and targets, 64 bits of them."""
        return hash((self.path, *(row.url for row in self.rows)))


@dataclass(slots=True)
class Rows:
    """Rows under one container, before it is said whether they are a list.

    Attributes:
        at: Which of the links that were looked at is their first.
        container: The element whose children the rows are.
    """

    at: int
    container: LexborNode
    rows: list[Row]
    header: list[str]


Owners = dict[int, tuple[str, int]]
"""By element: the one URL that all links within lead to, or the mark for several; and how far up that holds at least."""


def read_rows(anchors: Iterable[tuple[int, Anchor]], owner: Owners) -> list[Rows]:
    """The rows that links stand in, by container, in document order.

    Args:
        anchors: Links with their positions.
        owner: What is known of elements already; what these links add is written into it.
    """
    usable = [
        (at, a) for at, a in anchors if a.url is not None and (not _NOT_TITLE.match(a.text or "x") or _looks_at_row(a))
    ]
    # Most links of a page are a menu's, each alone in its li: that is its row, and nothing else need be looked at.
    alone = [_li_of(anchor.node) for _, anchor in usable]
    for (_, anchor), li in zip(usable, alone, strict=True):
        _own(owner, li.parent if li is not None else anchor.node, anchor.url or "")
    rows: dict[int, tuple[LexborNode, int, list[Anchor]]] = {}
    for (at, anchor), li in zip(usable, alone, strict=True):
        row = li or _row_of(anchor, owner)
        rows.setdefault(row.mem_id, (row, at, []))[2].append(anchor)
    groups: dict[int, tuple[int, LexborNode, list[tuple[LexborNode, Row]]]] = {}
    for node, at, members in rows.values():
        parent = node.parent
        if parent is None:
            continue
        read = _read_row(node, members)
        if read is not None:
            groups.setdefault(parent.mem_id, (at, parent, []))[2].append((node, read))
    return [Rows(at, parent, [r for _, r in found], _header(parent, found)) for at, parent, found in groups.values()]


def lists_among(blocks: Iterable[Block]) -> list[Block]:
    """The lists among blocks in document order; those handed in stay as they are.

    A list is a container with at least one row that has a date outside its title, or with three or more undated rows
    whose titles are as long as titles are and whose links look alike (menus have short names).
    """
    kept: list[Block] = []
    single: dict[str, int] = {}
    for block in blocks:
        if len(block.rows) == 1 and block.dated:
            # A table or a box for each row: containers of one path with one row each are one list.
            first = single.setdefault(block.path, len(kept))
            if first < len(kept):
                kept[first] = Block(block.path, [*kept[first].rows, *block.rows], kept[first].header)
                continue
        kept.append(block)
    return [block for block in kept if _is_list(block)]


def _looks_at_row(anchor: Anchor) -> bool:
    """`查看` in a cell of a table: the row's link, though its words are elsewhere in the row."""
    parent = anchor.node.parent
    return bool(_LOOK.match(anchor.text)) and parent is not None and parent.tag == "td"


def _li_of(link: LexborNode) -> LexborNode | None:
    """The li that holds this link and nothing else."""
    parent = link.parent
    return parent if parent is not None and parent.tag == "li" and _is_all(link, parent) else None


def _own(owner: Owners, node: LexborNode | None, url: str) -> None:
    """Notes for a link's element and those above it that a link within leads to this URL."""
    for left in range(_LIFT + 1, -1, -1):
        if node is None:
            break
        key = node.mem_id
        known = owner.get(key)
        if known is None:
            owner[key] = (url, left)
        elif known[0] in (url, _MULTI):
            if known[1] >= left:
                break  # and so it is noted above
            if known[0] == url:
                owner[key] = (url, left)
        else:
            owner[key] = (_MULTI, min(known[1], left))
        node = node.parent


def own_above(owner: Owners, node: LexborNode | None, marks: Iterable[str]) -> None:
    """Notes what `marks_above` told of a part of the page: for `node` and those above it."""
    for mark in marks:
        if node is None:
            break
        known = owner.get(node.mem_id)
        owner[node.mem_id] = (mark if known is None or known[0] == mark else _MULTI, 0)
        node = node.parent


def marks_above(owner: Owners, node: LexborNode | None) -> list[str]:
    """What is noted of an element and those above it."""
    marks = []
    while node is not None and (known := owner.get(node.mem_id)) is not None:
        marks.append(known[0])
        node = node.parent
    return marks


def _owned_by(owner: Owners, node: LexborNode) -> str | None:
    known = owner.get(node.mem_id)
    return known[0] if known is not None else None


def _row_of(anchor: Anchor, owner: Owners) -> LexborNode:
    """The element that is this link's row: its tr or li, or the highest element that holds only this link."""
    node = anchor.node
    if node.tag in _ROW_TAGS:
        return node
    best, climbing = node, True
    for _ in range(_LIFT):
        parent = node.parent
        if parent is None or parent.tag in _CONTAINERS:
            break
        if parent.tag in _ROW_TAGS:
            alone = _owned_by(owner, parent) == anchor.url
            return parent if alone or _holds_few_links(parent) else best
        if climbing and _owned_by(owner, parent) == anchor.url and parent.css_first("table, ul, ol, dl") is None:
            best = parent
        else:
            climbing = False
        node = parent
    return best


def _holds_few_links(row: LexborNode) -> bool:
    """A row of a list, not a cell of the page's layout."""
    if row.css_first("table, ul, ol") is not None:
        return False
    return len({n.attributes.get("href") or n.attributes.get("onclick") for n in row.css("a, [onclick]")}) <= 5


def _read_row(node: LexborNode, members: list[Anchor]) -> Row | None:
    main = max(members, key=_weight) if len(members) > 1 else members[0]
    title = main.text
    cells = [_squeeze(td.text(separator=" ")) for td in node.css("td, th")] if node.tag == "tr" else []
    own = node.mem_id == main.node.mem_id
    date = None if own or _is_all(main.node, node) else _date_outside(_squeeze(node.text(separator=" ")), title)
    if date is None and (own or node.tag == "dt"):
        date = _date_after(node)
    if date is None:
        date, title = _date_inside(main, title, own)
    if len(cells) > 1 and (own or not title or _LOOK.match(title)):  # tr[onclick], 查看: the wordiest cell is the title
        title = max(cells, key=lambda c: 0 if _DATE.fullmatch(c) else len(c))
    if main.title and (title.endswith(("…", "...")) or len(main.title) > len(title) >= 6):
        title = main.title.strip()
    return Row(main.url or "", title[:200], date, cells) if title else None


def _is_all(link: LexborNode, row: LexborNode) -> bool:
    """Nothing stands in the row beside the link, as in most menus."""
    child = row.child
    while child is not None:
        if child.mem_id != link.mem_id and not (child.tag == "-text" and (child.text_content or "").isspace()):
            return False
        child = child.next
    return True


def _weight(anchor: Anchor) -> int:
    """Of several links in a row the one with most words is the row's; a date that is a link is not."""
    return 0 if _DATE.fullmatch(anchor.text.strip()) else len(anchor.text)


def _squeeze(text: str | None) -> str:
    return " ".join((text or "").split())


def _date_outside(whole: str, title: str) -> str | None:
    if not _DATE_HINT.search(whole):
        return None
    rest = whole.replace(_squeeze(title), " ", 1) if title else whole
    found = _DATE.search(rest)
    return found[0].strip() if found else None


def _date_after(node: LexborNode) -> str | None:
    """The date in what follows a link up to the next link or line: `<a>…</a> [03-05]<br>`, `<dt>…</dt><dd>date</dd>`."""
    following = node.next
    for _ in range(4):
        if following is None or following.tag in ("a", "br", "dt"):
            return None
        if following.tag == "-text" or following.css_first("a") is None:
            found = _DATE.search(following.text(separator=" ") or "")
            if found:
                return found[0].strip()
        following = following.next
    return None


def _date_inside(anchor: Anchor, title: str, own: bool) -> tuple[str | None, str]:
    """A date within the link itself: in an element of its own, or at the very end or beginning of its text."""
    if not _DATE_HINT.search(title):
        return None, title
    for child in anchor.node.css("span, em, i, font, b, p, div, time, small"):
        text = _squeeze(child.text(separator=" "))
        found = _DATE.search(text)
        if found and len(text) <= len(found[0]) + 12 and len(text) < len(title):
            return found[0].strip(), title.replace(text, " ").strip()
    trailing = re.search(rf"[\s\[(（【]({_DATE.pattern})\s*(?:\d{{1,2}}:\d{{2}})?\s*[\])）】]?\s*$", title)
    if trailing and trailing.start() > 3:
        return trailing[1].strip(), title[: trailing.start()].strip()
    leading = re.match(rf"^[\[(（【]?\s*({_DATE.pattern})\s*[\])）】]?\s+(?=\S{{4}})", title)
    if leading:
        return leading[1].strip(), title[leading.end() :].strip()
    return None, title


def path(container: LexborNode | None, most: int = PATH) -> list[str]:
    """The names of an element and of those above it, from the inside out."""
    parts: list[str] = []
    node = container
    while len(parts) < most and node is not None and node.tag not in ("html", "-document"):
        attributes = node.attributes
        mark = attributes.get("id") or ".".join((attributes.get("class") or "").split()[:2])
        parts.append(f"{node.tag}{'#' + mark if mark else ''}")
        node = node.parent
    return parts


def _header(container: LexborNode, rows: list[tuple[LexborNode, Row]]) -> list[str]:
    """The head cells of a table whose rows these are."""
    if not rows or rows[0][0].tag != "tr":
        return []
    table: LexborNode | None = container if container.tag == "table" else container.parent
    first = table.css_first("tr") if table is not None else None
    if first is None or first.mem_id == rows[0][0].mem_id:
        return []
    return [_squeeze(cell.text(separator=" ")) for cell in first.css("td, th")]


def _is_list(block: Block) -> bool:
    if block.dated:
        # One dated row among many undated ones is a coincidence, not a list.
        return block.dated * 3 >= len(block.rows)
    if len(block.rows) < 3:
        return False
    length = sum(len(row.title) for row in block.rows) / len(block.rows)
    patterns = {pattern(row.url) for row in block.rows}
    return length >= 9 and len(patterns) * 2 <= len(block.rows) + 1
