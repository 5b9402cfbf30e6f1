"""What of a page a reader can click, and the lists that it stands in. What pages repeat is read once.

A menu, a sidebar, a footer stand on all pages of a site alike. A list (`ul`, `ol`) with the same markup says the same, so
what was read of it the first time is taken again; most links of most pages stand in such a list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.lists import PATH, Anchor, Block, Owners, Row, lists_among, marks_above, own_above, path, read_rows
from crawlers.scripts import Functions, destination
from crawlers.urls import directory, is_internal, kind_by_path, resolve
from storage.records import LinkKind

_CLICKABLE = "a, area, [onclick]"
_LISTS = "ul, ol"
MORE = re.compile(r"^[\s\[【(（<>+]*(?:更多|more|查看更多|更多内容|查看全部)[\s\]】)）>»›.…+]*$", re.I)
_PAGER_WORD = re.compile(
    r"^[\s\[【<«‹]*(?:下一页|下页|后页|后一页|上一页|上页|前一页|首页|第一页|尾页|末页|最后一页|next|prev|previous|last)"
    r"[\s\]】>»›]*$|^[>»›]+$|^[<«‹]+$",
    re.I,
)
_NUMBER = re.compile(r"^[\[【]?\s*(\d{1,4})\s*[\]】]?$")
_SCHEME = re.compile(r"[a-z][\w+.-]*:", re.I)
_OF_THIS_PAGE = ("onclick", "<script", "<style", "<noscript", "<template")
_LONGEST = 20_000  # characters of a list that is remembered
_MOST = 256  # lists that are remembered
_MOST_MET = 20_000  # … that are known to have been met once


class Link(NamedTuple):
    """One link of a page. `how`: a, area, onclick, frame, meta, script, pager, or the attribute of an asset."""

    url: str
    kind: LinkKind
    text: str
    how: str


@dataclass(slots=True)
class Heard:
    """What links say, sorted by what it is good for.

    Attributes:
        links: Those with a target, in document order.
        length: Characters of all their words.
        more: Those that say 更多 and lead somewhere.
        pagers, numbers: Those whose words turn pages: 下一页, 2.
        foreign: Those that lead to another host.
    """

    links: list[Link] = field(default_factory=list)
    length: int = 0
    more: list[Anchor] = field(default_factory=list)
    pagers: list[Anchor] = field(default_factory=list)
    numbers: list[Anchor] = field(default_factory=list)
    foreign: list[Anchor] = field(default_factory=list)

    def hear(self, anchor: Anchor, home: str) -> None:
        """Take in one link."""
        text, url = anchor.text, anchor.url
        self.length += len(text)
        if url is not None:
            self.links.append(Link(url, kind_by_path(url), text[:60], anchor.how))
            if not is_internal(url, home):
                self.foreign.append(anchor)
        if url is not None and MORE.match(text):
            self.more.append(anchor)
        if _PAGER_WORD.match(text):
            self.pagers.append(anchor)
        if _NUMBER.match(text):
            self.numbers.append(anchor)


class Told(NamedTuple):
    """An anchor without its node: which of its list's it is."""

    offset: int
    url: str | None
    text: str
    title: str
    how: str


@dataclass(slots=True)
class Part:
    """A list that pages repeat: all that is made of it, without its nodes.

    Attributes:
        count: How many things in it can be clicked.
        heard: What they say; its anchors are not to be used.
        told: The same anchors, as `more`, `pagers`, `numbers`, `foreign`.
        above: To which URLs they lead, as seen from the elements above the list (`lists.marks_above`).
        rows: By its containers: the first link, the names within the list, rows and header.
    """

    count: int
    links: list[Link]
    length: int
    told: tuple[list[Told], ...]
    above: list[str]
    rows: list[tuple[int, list[str], Block]]
    _outer: list[str] = field(default_factory=list)
    _blocks: list[tuple[int, Block]] = field(default_factory=list)

    def blocks(self, root: LexborNode) -> list[tuple[int, Block]]:
        """Its rows on a page, each with its first link; the same objects where the list stands under like elements."""
        outer = path(root.parent, PATH - 1)
        if not self._blocks or self._outer != outer:
            self._outer = outer
            self._blocks = [(at, _block([*inner, *outer], of.rows, of.header)) for at, inner, of in self.rows]
        return self._blocks

    def tell(self, heard: Heard, nodes: list[LexborNode]) -> None:
        """Say the same on another page; `nodes` are the list's there."""
        heard.links += self.links
        heard.length += self.length
        for told, into in zip(self.told, (heard.more, heard.pagers, heard.numbers, heard.foreign), strict=True):
            into += [Anchor(nodes[t.offset], t.url, t.text, t.title, t.how) for t in told]


Key = tuple[str, str, str, str]
"""A list's markup, what of the base its links need, the encoding, the site's home."""
_PARTS: dict[Key, Part] = {}
_MET: set[int] = set()


@dataclass(slots=True)
class Clicks:
    """What of a page a reader can click, in document order.

    Attributes:
        heard: What the links say.
        count: How many there are.
        unread: Long-worded ones whose script cannot be followed.
    """

    heard: Heard = field(default_factory=Heard)
    count: int = 0
    unread: int = 0
    alone: list[tuple[int, Anchor]] = field(default_factory=list)  # in no list that is remembered
    parts: list[tuple[int, LexborNode, Part]] = field(default_factory=list)
    new: list[tuple[int, LexborNode, Key, list[Anchor]]] = field(default_factory=list)

    def blocks(self, home: str) -> list[Block]:
        """The lists that these links stand in. To be asked when scripts and styles are out of the page."""
        for at, root, key, anchors in self.new:
            self.parts.append((at, root, _remember(key, root, anchors, home)))
        self.new = []
        owner: Owners = {}
        found: list[tuple[int, Block]] = []
        for at, root, part in self.parts:
            own_above(owner, root.parent, part.above)
            found += [(at + first, block) for first, block in part.blocks(root)]
        for r in read_rows(self.alone, owner):
            found.append((r.at, _block(path(r.container), r.rows, r.header)))
        found.sort(key=lambda pair: pair[0])
        return lists_among([block for _, block in found])


def read_clicks(tree: LexborHTMLParser, base: str, home: str, encoding: str, functions: Functions) -> Clicks:
    """All that a reader can click on a page.

    Args:
        base: What its links are relative to.
        home: The site's home; other hosts are foreign.
        encoding: For the query strings of its links.
        functions: Of its inline scripts.
    """
    clicks, reader = Clicks(), _Reader(base, encoding, functions)
    nodes = tree.css(_CLICKABLE)
    lists = _lists(tree, base, home, encoding)
    while (at := clicks.count) < len(nodes):
        listed = lists.get(nodes[at].mem_id) if lists else None
        if listed is None:
            anchor = reader.read(nodes[at])
            clicks.heard.hear(anchor, home)
            clicks.alone.append((at, anchor))
            clicks.count += 1
            continue
        root, key, part = listed
        if part is not None:
            part.tell(clicks.heard, nodes[at : at + part.count])
            clicks.parts.append((at, root, part))
            clicks.count += part.count
            continue
        reader.bound = reader.relative = False
        anchors = [reader.read(node) for node in root.css(_CLICKABLE)]
        for anchor in anchors:
            clicks.heard.hear(anchor, home)
        if reader.bound or not _was_met(key):
            clicks.alone.extend(enumerate(anchors, at))
        else:
            where = _folder(base) if reader.relative else key[1]
            clicks.new.append((at, root, (key[0], where, *key[2:]), anchors))
        clicks.count += len(anchors)
    clicks.unread = reader.unread
    return clicks


def _was_met(key: Key) -> bool:
    """Has a list stood on an earlier page? Related articles never have, and are not worth remembering."""
    mark = hash(key)
    if mark in _MET:
        return True
    if len(_MET) >= _MOST_MET:
        _MET.clear()
    _MET.add(mark)
    return False


Listed = tuple[LexborNode, Key, Part | None]


def _lists(tree: LexborHTMLParser, base: str, home: str, encoding: str) -> dict[int, Listed]:
    """The outermost lists that may be remembered, or are, by their first link."""
    found: dict[int, Listed] = {}
    root = base[: base.find("/", 8) + 1] or base
    nested: set[int] = set()
    for node in tree.css(_LISTS):
        if node.mem_id in nested:
            continue
        markup = node.html or ""
        first = node.css_first(_CLICKABLE)
        if first is None or len(markup) > _LONGEST or any(word in markup for word in _OF_THIS_PAGE):
            continue
        key = (markup, root, encoding, home)
        part = _PARTS.get(key) or _PARTS.get((markup, _folder(base), encoding, home))
        found[first.mem_id] = (node, key, part)
        nested.update([n.mem_id for n in node.css(_LISTS)])
    return found


def _folder(base: str) -> str:
    """What relative links need of the base; never the same as the root, which is all that others need."""
    return f"{directory(base)}."


def _remember(key: Key, root: LexborNode, anchors: list[Anchor], home: str) -> Part:
    owner: Owners = {}
    read = read_rows(enumerate(anchors), owner)
    heard = Heard()
    for anchor in anchors:
        heard.hear(anchor, home)
    offsets = {id(anchor): offset for offset, anchor in enumerate(anchors)}
    told = tuple(
        [Told(offsets[id(a)], *a[1:]) for a in sort]
        for sort in (heard.more, heard.pagers, heard.numbers, heard.foreign)
    )
    rows = [(r.at, _within(r.container, root), Block("", r.rows, r.header)) for r in read]
    part = Part(len(anchors), heard.links, heard.length, told, marks_above(owner, root.parent), rows)
    if len(_PARTS) >= _MOST:
        _PARTS.clear()
    _PARTS[key] = part
    return part


def _within(container: LexborNode, root: LexborNode) -> list[str]:
    """How a container is named within a list that it is in, or is itself."""
    depth, node = 1, container
    while depth < PATH and node.mem_id != root.mem_id and node.parent is not None:
        depth, node = depth + 1, node.parent
    return path(container, depth)


def _block(names: list[str], rows: list[Row], header: list[str]) -> Block:
    return Block(">".join(reversed(names[:PATH])), rows, header)


class _Reader:
    """Reads the links of one page.

    Attributes:
        unread: Long-worded links whose script cannot be followed.
        bound: Since it was last set back: what a link means hung on this very page.
        relative: … hung on the folder that the page is in.
    """

    def __init__(self, base: str, encoding: str, functions: Functions) -> None:
        self._base, self._encoding, self._functions = base, encoding, functions
        self.unread = 0
        self.bound = self.relative = False

    def read(self, node: LexborNode) -> Anchor:
        attributes, tag = node.attributes, node.tag
        href = attributes.get("href") if tag in ("a", "area") else None
        onclick = attributes.get("onclick")
        scripted = href is not None and href.lstrip().lower().startswith("javascript:")
        target, how = None, "a"
        if href is not None and not scripted:
            target, how = resolve(self._base, href, self._encoding), tag or "a"
            self._note_reach(href)
        if target is None:
            for code in (onclick, href):
                written = destination(code, self._functions) if code and ("(" in code or "=" in code) else None
                if written:
                    target, how = resolve(self._base, written, self._encoding), "onclick"
                    break
            self.bound = self.bound or scripted or "(" in (href or "") or "=" in (href or "")
        text = _words(node) or _image_text(node) or (attributes.get("value") or "" if tag == "input" else "")
        if target is None and len(text) >= 8 and ((scripted and "(" in (href or "")) or "(" in (onclick or "")):
            self.unread += 1
        return Anchor(node, target, text, attributes.get("title") or "", how)

    def _note_reach(self, href: str) -> None:
        """Does the link mean the same on every page of the site, in one folder, or nowhere else?"""
        first = href[:1]
        if first == "/" or href[:4] == "http" or first == "#":
            return
        href = href.strip()
        if href[:1] == "?":
            self.bound = True
        elif href and href[0] not in "/#" and not _SCHEME.match(href):
            self.relative = True


def _words(node: LexborNode) -> str:
    """What a link says; the words of its parts are kept apart."""
    only = node.child
    if only is not None and only.next is None and only.tag == "-text":
        text = only.text_content or ""
        return text if text.isalnum() else clean(text)
    return clean(node.text(separator=" ", strip=True))


def _image_text(node: LexborNode) -> str:
    image = node.css_first("img")
    return clean(image.attributes.get("alt") or image.attributes.get("title")) if image is not None else ""


def clean(text: str | None) -> str:
    """White space of any length as one space, none at the ends."""
    return " ".join(text.split()) if text else ""
