"""What is this page? Decides from the content and reads it: a judgment, entries on withheld ones, announced hearings.

A page that is none of these gives no records: news, cases told, notices and public services only quote case numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urljoin

from crawlers.dates import parse_date
from crawlers.readers import announcement, cause, judgment, withheld
from crawlers.readers.judgment.head import joined_numbers
from crawlers.readers.page import DetailPage, article, close_up
from crawlers.tables import Row, Table, read_tables
from storage import case_number
from storage.records import DateSource, Hearing, Judgment, Withheld

__all__ = ["DetailPage", "read_list_records", "read_records"]

DetailRecord = Judgment | Withheld | Hearing

# A page without any of these has nothing to read: most pages of a site end here, unparsed. The words of navigation bars
# (开庭公告, 裁判文书) are none of them.
_GAP = r"(?:\s|&nbsp;|\u3000)*"
_SIGNS = re.compile(
    rf"案{_GAP}号|案&#|[判裁决通调]{_GAP}[决定解知]{_GAP}书|[付查费护制]{_GAP}令|定于|将于|拟于|订于|兹于|开庭(?:时间|日期|地点|审理)|"
    r"公开审理|宣\s*判|听证|不公开(?!开庭)|不上网|不予公"
)
_TITLE_SIGNS = re.compile(r"开庭|庭审|排期|不公开|不上网|不予公|[决定解知]\s*书|号")
_SCRIPT_URL = re.compile(r"(?:open|href|replace|assign)\s*[(=]\s*['\"](?P<url>[^'\"]+)['\"]")


def read_records(page: DetailPage, *, expected: str | None = None) -> list[DetailRecord]:
    """All records of a detail page.

    Args:
        page: the page, decoded.
        expected: "judgment", "withheld" or "hearing" where the section's name says so. It makes the readers content
            with fewer signs; it never turns a page into what it is not.

    Returns:
        Judgments (one for each case that the document decides), entries on withheld ones, or hearings, positions counting from 0; empty for others.
    """
    if expected is None and not (_TITLE_SIGNS.search(page.title) or _SIGNS.search(page.html)):
        return []
    content = article(page.html)
    tables = read_tables(content.node) if content.has("table") else []
    entries = _withheld_rows(page, tables, expected == "withheld")
    if entries:
        return list(entries)
    if withheld.is_entry(page, content):
        return list(withheld.read(page, content, expected=True))
    if expected != "hearing" and (found := judgment.read_all(page, content, expected=expected == "judgment")):
        return list(found)
    if lines := withheld.read(page, content, expected=expected == "withheld"):
        return list(lines)
    announces = expected == "hearing" or announcement.is_expected(page.title)
    if expected in (None, "hearing"):
        return list(announcement.read(page, content, tables, expected=announces))
    return []


def read_list_records(
    table: Table,
    page: DetailPage,
    *,
    expected: str | None = None,
    resolve: Callable[[str], str | None] | None = None,
) -> list[DetailRecord]:
    """Records of a list page's table whose rows carry the elements themselves.

    Args:
        table: the table (see `crawlers.tables`).
        page: the list page; its markup is not looked at.
        expected: as in `read_records`; decides for tables whose headings do not.
        resolve: turns a row's href or onclick into an absolute URL, or None; without it plain links and
            `window.open('…')` are resolved against the page's URL.

    Returns:
        Withheld entries and hearings for every row, with the row's link as URL or the page's own if there is none;
        judgments only for rows with a link, since the document is what the link leads to.
    """
    heads = [close_up(head) for head in table.header]
    kind = _kind(heads, table, expected)
    target = resolve or (lambda link: _resolved(page.url, link))
    found: list[DetailRecord] = []
    for row in table.rows:
        url = next((link for raw in row.links if (link := target(raw))), None)
        if kind == "withheld":
            entries = withheld.from_table(page, table, row, len(found), url or page.url)
            found += [_with_row_date(entry, heads, row) for entry in entries]
        elif kind == "hearing":
            hearings = announcement.row_hearings(page, table, row, len(found), url or page.url)
            found += [_with_row_date(hearing, heads, row) for hearing in hearings]
        elif kind == "judgment" and url:
            judgments = _listed_judgments(page, table, row, url)
            found += [_with_row_date(one, heads, row) for one in judgments]
    return found


def _withheld_rows(page: DetailPage, tables: list[Table], expected: bool) -> list[Withheld]:
    found: list[Withheld] = []
    says_so = expected or bool(withheld.SECTION.search(close_up(page.title)))
    for table in tables:
        names = {withheld.element(close_up(head)) for head in table.header}
        has_reason = any(word in close_up(head) for head in table.header for word in withheld.REASON_HEADS)
        if "number" not in names or not (has_reason or says_so):
            continue
        for row in table.rows:
            found += withheld.from_table(page, table, row, len(found), page.url)
    return found


def _kind(heads: list[str], table: Table, expected: str | None) -> str | None:
    """What the rows are: by their headings first, then by what the section is said to hold."""
    has_number = any("案号" in head or "案件编号" in head for head in heads)
    if has_number and any(word in head for head in heads for word in withheld.REASON_HEADS):
        return "withheld"
    if any(re.search(r"开庭|庭审|法庭|审判庭|排期", head) for head in heads):
        return "hearing"
    if expected in ("withheld", "hearing"):
        return expected
    if has_number and any(
        re.search(r"(?:裁判|判决|裁定|文书|结案)(?:日期|时间)|文书(?:名称|类型|种类)", head) for head in heads
    ):
        return "judgment"
    if expected == "judgment" and has_number:
        return "judgment"
    if not heads and any(len(row.cells) == 1 for row in table.rows) and announcement.is_expected(table.caption):
        return "hearing"
    return None


def _listed_judgments(page: DetailPage, table: Table, row: Row, url: str) -> list[Judgment]:
    """One for each case number of the row: one document may decide several cases."""
    cells = {close_up(head): cell for head, cell in zip(table.header, row.cells, strict=False)}

    def cell(pattern: str) -> str | None:
        return next((text.strip() or None for head, text in cells.items() if re.search(pattern, head)), None)

    raw = cell(r"案号|案件编号") or ""
    one = case_number.parse(raw)
    numbers = (one.text,) if one else joined_numbers(raw)[0]
    printed = numbers[0] if numbers else case_number.masked(raw)
    if printed is None:
        return []
    what, title = cell("案由"), cell(r"标题|名称") or ""
    kind = cell(r"文书(?:类型|种类)") or title
    document = re.search(r"判决书|裁定书|调解书|决定书|通知书|令$", close_up(kind))
    decided = cell(r"(?:裁判|判决|裁定|文书|结案)(?:日期|时间)")
    named = (cause.plain(what) if what else None) or cause.ending(close_up(title).removesuffix("一案"))
    first = Judgment(
        site=page.site,
        url=url,
        case_number=printed,
        title=f"{printed}{named or ''}{document.group() if document else ''}",
        section=page.section,
        court=cell("法院") or page.court,
        document_type=document.group() if document else None,
        cause=named,
        decided=parse_date(decided, near=page.near, not_after=True) if decided else None,
        decided_raw=decided,
        sha256=page.sha256,
    )
    return judgment.each_case(first, numbers[1:])


def _with_row_date(record: DetailRecord, heads: list[str], row: Row) -> DetailRecord:
    """The row's own publication date, where the table has a column for it; never the list page's."""
    for head, cell in zip(heads, row.cells, strict=False):
        if re.search(r"(?:发布|公布|公开|上网|公告|发文)(?:日期|时间)", head) and (day := parse_date(cell)):
            return replace(record, published=day, published_source=DateSource.LIST)
    return replace(record, published=None, published_source=DateSource.NONE)


def _resolved(base: str, link: str) -> str | None:
    script = _SCRIPT_URL.search(link)
    address: str = script["url"] if script else link
    if re.match(r"(?i)javascript:|#|mailto:|void", address) or (not script and re.search(r"[();]", address)):
        return None
    return urljoin(base, address.strip())
