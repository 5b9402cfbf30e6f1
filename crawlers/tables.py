"""HTML tables, and tables pasted as text, as plain values. Uses Beautiful Soup: the markup is dirty.

Cut cell text is completed from `title` attributes, spans are filled, pager and caption rows are set apart, links around
rows (`<a><tr>…</tr></a>`) and scripts on rows are kept as the row's links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

HEADINGS = [
    "序号",
    "案号",
    "案件编号",
    "案由",
    "案件名称",
    "法院",
    "审理法院",
    "法庭",
    "审判庭",
    "地点",
    "开庭地点",
    "开庭时间",
    "开庭日期",
    "时间",
    "日期",
    "裁判日期",
    "裁判时间",
    "结案日期",
    "当事人",
    "原告",
    "被告",
    "审判长",
    "承办人",
    "主审法官",
    "法官",
    "合议庭",
    "书记员",
    "承办部门",
    "承办庭室",
    "发布日期",
    "发布时间",
    "公开日期",
    "公布日期",
    "上网日期",
    "不公开理由",
    "不上网理由",
    "不公开原因",
    "不上网原因",
    "不予公开理由",
    "理由",
    "原因",
    "标题",
    "名称",
    "文书名称",
    "文书类型",
    "文书种类",
    "审判程序",
    "备注",
    "状态",
    "案件类型",
]
_PAGER = re.compile(
    r"上一?页|下一?页|首页|尾页|末页|共\d+[页条]|第\d+页|^\d+/\d+(?![\d/])"
)  # 1/38, and not a day: 2026/4/1
_CUT = re.compile(r"(?:\.{2,}|…+)$")
_SPAN_LIMIT = 1000
_FEWEST_SINGLE_SPACED = 6


@dataclass(frozen=True)
class Row:
    """One row. `cells` are complete texts; `titles` the title attributes, "" where none; `links` every href and onclick
    of the row, its cells and an `a` around it, in document order, as printed; `merged` the columns whose cell is part of
    a larger one, so that its text may not be this row's alone."""

    cells: tuple[str, ...]
    links: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Table:
    """A table. `header` is empty where the page gives none; `caption` is the text of a title row above it."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    caption: str = ""


def read_tables(markup: str | Tag) -> list[Table]:
    """All tables of an HTML fragment in document order. Nested tables are tables of their own; tables that only lay out
    the page (every cell that says anything holds another table) come out empty and are dropped."""
    node = BeautifulSoup(markup, "lxml") if isinstance(markup, str) else markup
    found = [_table(tag) for tag in node.find_all("table")]
    if node.name == "table":
        found.insert(0, _table(node))
    return [table for table in found if table is not None]


def whitespace_tables(text: str) -> list[Table]:
    """Tables pasted from Word or Excel as lines of text: cells split by tabs or two spaces, or by single spaces where a
    line has at least six cells. Lines of one table follow one another; a heading line begins a table."""
    tables: list[Table] = []
    rows: list[tuple[str, ...]] = []
    header: tuple[str, ...] = ()
    for line in [*text.splitlines(), ""]:
        cells = _split(line)
        if len(cells) >= 2 and is_heading(cells):
            _close(tables, header, rows)
            header, rows = cells, []
        elif len(cells) >= (2 if header or rows else 3):
            rows.append(cells)
        elif cells and header and rows:
            rows[-1] = (*rows[-1], *cells)  # the rest of a wrapped row
        else:
            _close(tables, header, rows)
            header, rows = (), []
    return tables


def is_heading(cells: Iterable[str]) -> bool:
    """At least two cells are words that head columns on court pages, and most are."""
    named = [cell for cell in cells if cell]
    if any(cell.endswith((":", "：")) for cell in named):
        return False  # labels beside their values
    hits = sum(heading_of(cell) is not None for cell in named)
    return hits >= 2 and hits * 2 > len(named)


def heading_of(cell: str) -> str | None:
    """The known heading that a cell is, perhaps with a unit or a slash: `审判长/主审人`, `开庭日期（时间）`."""
    plain = re.sub(r"[\s:：]|[（(].*?[）)]", "", cell)
    if not plain or len(plain) > 12 or re.search(r"[\d第一二三四五六七八九十]", plain):
        return None  # 第一法庭 is a courtroom, 法庭 a heading
    return next((word for word in sorted(HEADINGS, key=len, reverse=True) if word in plain), None)


def _table(tag: Tag) -> Table | None:
    lines = [row for row in tag.find_all("tr") if row.find_parent("table") is tag]
    grid = _fill(lines)
    caption = tag.caption.get_text(" ", strip=True) if tag.caption else ""
    rows: list[Row] = []
    header: tuple[str, ...] = ()
    widest = max((len(cells) for cells, _, _ in grid), default=0)
    for line, (cells, titles, merged) in zip(lines, grid, strict=True):
        if not any(cells):
            continue
        single = len(set(cells)) == 1 and widest > 1
        if not header and not rows and not single and (is_heading(cells) or (len(cells) > 1 and _all_heads(line))):
            header = cells
        elif single and not header and not rows and not _PAGER.search(cells[0]):
            caption = caption or cells[0]
        elif cells != header:  # some lists repeat the heading on every page break
            rows.append(Row(cells, _links(line, tag), titles, merged))
    while rows and _is_pager(rows[-1]):
        rows.pop()
    return Table(header, tuple(rows), caption) if rows or header else None


def _all_heads(line: Tag) -> bool:
    return {cell.name for cell in _cells(line)} == {"th"}


def _is_pager(row: Row) -> bool:
    text = "".join(dict.fromkeys(row.cells))
    return len(text) < 80 and bool(_PAGER.search(re.sub(r"\s+", "", text)))


def _fill(lines: list[Tag]) -> list[tuple[tuple[str, ...], tuple[str, ...], frozenset[int]]]:
    """Texts and titles of each row with colspan and rowspan repeated, and in which columns they were."""
    pending: dict[int, tuple[int, str, str]] = {}  # column → rows left, text, title
    grid = []
    for line in lines:
        texts: list[str] = []
        titles: list[str] = []
        merged: set[int] = set()
        for cell in [*_cells(line), None]:
            while (column := len(texts)) in pending:
                left, text, title = pending.pop(column)
                merged.add(column)
                texts.append(text)
                titles.append(title)
                if left > 1:
                    pending[-column - 1] = (left - 1, text, title)
            if cell is None:
                break
            text, title = _cell_text(cell)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            if width > 1 or height > 1:
                merged.update(range(len(texts), len(texts) + width))
            for _ in range(width):
                if height > 1:
                    pending[-len(texts) - 1] = (height - 1, text, title)
                texts.append(text)
                titles.append(title)
        pending = {(-column - 1 if column < 0 else column): value for column, value in pending.items()}
        grid.append((tuple(texts), tuple(titles), frozenset(merged)))
    return grid


def _cells(line: Tag) -> list[Tag]:
    return [child for child in line.find_all(["td", "th"]) if child.parent is line or child.find_parent("tr") is line]


def _cell_text(cell: Tag) -> tuple[str, str]:
    pieces: list[str] = []
    title = str(cell.get("title") or "")
    for node in cell.descendants:
        if isinstance(node, Tag):
            if node.name == "table":
                return "", ""
            title = title or str(node.get("title") or "")
            pieces.append(" " if node.name in ("br", "p", "div") else "")
        elif type(node) is NavigableString:  # not a comment, not a script
            pieces.append(node)
    text = re.sub(r"\s+", " ", "".join(pieces)).strip()
    title = re.sub(r"\s+", " ", title).strip()
    stem = _CUT.sub("", text).strip()
    is_cut = stem != text or (title.startswith(text) and len(title) > len(text))
    return (title if title and is_cut and title.startswith(stem[: len(stem) // 2]) else text), title


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1").strip()
    return max(1, min(int(value), _SPAN_LIMIT)) if value.isdecimal() else 1


def _links(line: Tag, table: Tag) -> tuple[str, ...]:
    around = line.find_parent("a")
    outer = [around] if around is not None and table in around.parents else []
    links: list[str] = []
    for node in [*outer, line, *line.find_all(True)]:
        for name in ("href", "onclick"):
            value = str(node.get(name) or "").strip()
            if value and value not in links:
                links.append(value)
    return tuple(links)


def _split(line: str) -> tuple[str, ...]:
    wide = [cell.strip() for cell in re.split(r"\t+|[ \u3000\xa0]{2,}|\u3000", line.strip()) if cell.strip()]
    narrow = line.split()
    if len(wide) >= 2 and (len(wide) >= 3 or len(narrow) < _FEWEST_SINGLE_SPACED):
        return tuple(wide)
    if len(narrow) >= _FEWEST_SINGLE_SPACED or is_heading(narrow):
        return tuple(narrow)
    return tuple(wide)


def _close(tables: list[Table], header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if rows:
        tables.append(Table(header, tuple(Row(cells, (), ("",) * len(cells)) for cells in rows)))
