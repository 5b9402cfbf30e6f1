"""Entries on judgments that are not published (不公开信息, 法释〔2016〕19号 art. 6): the four elements as printed."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from crawlers.dates import find_dates, parse_date
from crawlers.readers.page import Article, DetailPage, close_up, labelled
from crawlers.tables import Row, Table
from storage import case_number
from storage.records import Withheld

REASON_HEADS = (
    "不公开理由",
    "不上网理由",
    "不公开原因",
    "不上网原因",
    "不予公开理由",
    "不公布理由",
    "不公布原因",
    "不予公布",
)
_REASON_LABEL = "|".join([*REASON_HEADS, "不予公开原因", "不公开的理由"])
SECTION = re.compile(r"不公开(?!开庭|审理|宣判|审判)|不上网|不予公开|不予公布|不在互联网公布|不公布")
_REASON_WORDS = re.compile(
    r"国家秘密|未成年人(?:违法)?犯罪|调解(?:方式)?(?:结案|协议)|确认人民调解|离婚(?:诉讼|案件|纠纷)|抚养|监护|"
    r"不宜(?:在互联网|上网|公开|公布)|个人隐私|商业秘密|其他(?:不宜|情形)|敏感|撤诉|撤回(?:起诉|上诉)|当事人.{0,6}申请"
)
# `，不公开理由为当事人申请不公开。`
_REASON_IN_TEXT = re.compile(
    rf"(?:{_REASON_LABEL})(?:】|\])?(?:[为是系]|[：:])+(?P<reason>[^\s，,。；;|]{{1,80}})(?<!的规定)"
)
# 理由 alone says which reason only beside a case number, on a page about documents that are not published
_BARE_REASON = "理由|原因"
_BARE_REASON_LABEL = re.compile(r"(?:^|[\s【\[])(?:理[ \u3000\xa0]*由|原[ \u3000\xa0]*因)[ \u3000\xa0]*[】\]]?[:：\t]")
_COURT_LABEL = re.compile(
    r"(?:审理|作出|裁判|受理|承办|生效|判决|裁定)法院(?:名称)?[】\]]?[:：]?|(?<![\u4e00-\u9fff])法院(?:名称)?[】\]]?[:：]"
)
_NO_COURTS_NAME = re.compile(r"(?:基层|中级|高级)?人民法院|[本该各]法院")
_COURT = re.compile(r"[\u4e00-\u9fff×]{2,28}?法院")
_COURT_LABELS = "审理法院|作出法院|裁判法院|法院名称|法院"
_DECIDED_LABELS = "裁判日期|判决日期|裁判时间|文书日期|结案日期|裁定日期"
_LONE_COURT = re.compile(r"^[\u4e00-\u9fff×]{2,28}法院$")
_LONE_DATE = re.compile(r"^[^，。]{4,12}[日\d]$")
_ONE_ENTRY = 500
_LONGEST_LINE = 160


def is_entry(page: DetailPage, article: Article) -> bool:
    """The page says why one document is not published, in place of its text."""
    compact = article.compact
    if "如下" in compact and re.search(r"(?:判决|裁定|决定)如下", compact):
        return False
    return len(compact) <= _ONE_ENTRY and bool(
        re.search(f"(?:{_REASON_LABEL})[】]?[:：]", compact) or _REASON_IN_TEXT.search(compact)
    )


def read(page: DetailPage, article: Article, *, expected: bool = False) -> list[Withheld]:
    """All entries of a page: one in place of a document, key-value blocks, or a line each.

    Tables are read by `from_table`. Rules about not publishing, and statistics, have no case numbers and give nothing.
    """
    says_so = expected or bool(SECTION.search(close_up(f"{page.title}\n{page.section or ''}\n{article.text}")))
    if blocks := _blocks(article.text, says_so):
        found: list[Withheld] = []
        for block in blocks:
            found += _from_text(page, block, len(found))
        return found
    if is_entry(page, article):
        if len({number.text for number in case_number.find_all(article.text)}) > 1 and (
            several := _from_lines(page, article)
        ):
            return several
        return _from_text(page, article.text, 0)
    if not (expected or SECTION.search(close_up(page.title))):
        return []
    return _from_lines(page, article)


def from_table(page: DetailPage, table: Table, row: Row, position: int, url: str) -> list[Withheld]:
    """One row of a list of withheld documents: an entry for each case number in it (`190号至192号` are three).

    Args:
        position: That of the row's first entry.

    Returns:
        Empty for rows that name no case (totals, notes).
    """
    cells = _by_head(table, row)
    raw = cells.get("number", "")
    numbers = _numbers_in(raw)
    if not numbers and not any(cells.get(name) for name in ("decided", "reason")):
        return []
    if not numbers and not re.search(r"\d", raw) and not (cells.get("decided") and cells.get("reason")):
        return []
    decided = cells.get("decided", "")
    court = cells["court"] if "court" in cells else _named_court(f"{table.caption}\n{page.title}")
    first = Withheld(
        site=page.site,
        url=url,
        position=position,
        partial=url != page.url and not {"number", "court", "decided", "reason"} <= set(cells),
        section=page.section,
        case_number=numbers[0] if numbers else None,
        case_number_raw=cells.get("number"),
        court=None if court is None else close_up(court),
        decided=parse_date(decided, near=page.near, not_after=True) if decided else None,
        decided_raw=cells.get("decided"),
        reason=cells.get("reason"),
        published=parse_date(cells["published"]) if cells.get("published") else page.published,
        published_source=page.published_source,
        sha256=page.sha256,
    )
    return _each(first, numbers)


def _each(entry: Withheld, numbers: list[str]) -> list[Withheld]:
    """The entry, and one more for each further number that it names."""
    more = [replace(entry, case_number=number, position=entry.position + place) for place, number in enumerate(numbers)]
    return more or [entry]


def _numbers_in(raw: str) -> list[str]:
    """The case numbers of a cell or line, each once; a masked one if there is none that can be read."""
    single = case_number.parse(raw)
    numbers = [single] if single else case_number.find_all(raw)
    masked = case_number.masked(raw) if not numbers else None
    return list(dict.fromkeys(n.text for n in numbers)) or ([masked] if masked else [])


def _by_head(table: Table, row: Row) -> dict[str, str]:
    """Cells by element; an element without column is absent, an empty cell is ""."""
    found: dict[str, str] = {}
    for head, cell in zip(map(close_up, table.header), row.cells, strict=False):
        name = element(head)
        if name and not found.get(name):
            found[name] = cell.strip()
    return found


def element(head: str) -> str | None:
    """Which of the four elements a column holds, by its heading."""
    if any(word in head for word in REASON_HEADS) or head in ("理由", "原因", "不公开事由", "理由类别"):
        return "reason"
    if "案号" in head or "案件编号" in head:
        return "number"
    if "法院" in head:
        return "court"
    if re.search(r"(?:裁判|判决|裁定|文书|结案|作出)(?:日期|时间)|^日期$", head):
        return "decided"
    if re.search(r"(?:发布|公布|公开|上网)(?:日期|时间)", head):
        return "published"
    return None


def _named_court(text: str) -> str | None:
    """The first court that a line of the text names; the labels 审理法院 and a bare 人民法院 name none."""
    for line in text.split("\n"):
        for found in _COURT.finditer(_COURT_LABEL.sub("\n", close_up(line))):
            name = re.sub(r"^(?:号|(?:[\u4e00-\u9fff]{2,6}书)?[由经系])+", "", found.group())
            if len(name) > len("法院") and not _NO_COURTS_NAME.fullmatch(name):
                return name
    return None


def _value(text: str, labels: str, is_value: re.Pattern[str] | None = None) -> str | None:
    """The value behind one of the labels, in the same line or alone in the next; None if no label, "" if no value."""
    if value := labelled(text, labels):
        return value
    names = "|".join(r"[ \u3000\xa0]*".join(word) for word in labels.split("|"))
    empty = re.search(rf"(?:^|[\s【\[])(?:{names})[ \u3000\xa0]*[】\]]?[ ]*[:：\t]\s*?(?:\n(?P<next>[^\n]*)|$)", text)
    if empty is None:
        return None
    below = (empty["next"] or "").strip()
    return below if is_value and is_value.search(close_up(below)) and not re.search(r"[:：]", below) else ""


def _reason(text: str, says_so: bool) -> str | None:
    """The reason as printed: behind its label, in running text, or one of the lawful reasons by its words."""
    value = _value(text, _REASON_LABEL, _REASON_WORDS)
    if value is None and (found := _REASON_IN_TEXT.search(text)):
        value = found["reason"]
    if value is None and says_so:
        value = _value(text, _BARE_REASON, _REASON_WORDS)
    if value is None:
        pieces = re.split(r"[\s，,。；;|]+", re.sub(r"案\s*由[^\n，。；]*", "", text))
        value = next((piece for piece in pieces if _REASON_WORDS.search(piece)), None)
    return re.sub(rf"^(?:{_REASON_LABEL}|{_BARE_REASON})[为是系：:]*|[。；]$", "", value) or None if value else None


def _blocks(text: str, says_so: bool) -> list[str]:
    """Key-value entries of a page that holds several: each begins at its 案号 label.

    Args:
        says_so: the page is about documents that are not published, so that 理由 alone is the reason's label.
    """
    starts = [match.start() for match in re.finditer(r"案\s*号\s*[】]?\s*[:：\t]", text)]
    blocks = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=False)]
    is_complete = all(
        re.search(_REASON_LABEL, close_up(block)) or (says_so and _BARE_REASON_LABEL.search(block)) for block in blocks
    )
    return blocks if blocks and is_complete else []


def _from_text(page: DetailPage, text: str, position: int) -> list[Withheld]:
    raw = labelled(text, "案号|案件编号")
    numbers = _numbers_in(raw) if raw else []
    if not numbers:
        numbers = (_numbers_in(text) or _numbers_in(page.title) or _numbers_in(f"{text}\n{page.title}"))[:1]
    decided = _value(text, _DECIDED_LABELS, _LONE_DATE)
    if decided is None:
        decided = _date_in_text(text)
    court = _value(text, _COURT_LABELS, _LONE_COURT)
    if court is None:  # an empty label is a missing court: the title does not fill it
        court = _named_court(f"{text}\n{page.title}")
    if not (raw or numbers or decided or _says_only_why(text)):
        return []
    number = numbers[0] if numbers else None
    first = Withheld(
        site=page.site,
        url=page.url,
        position=position,
        section=page.section,
        case_number=number,
        case_number_raw=raw or number,
        court=close_up(court) if court else None,
        decided=parse_date(decided, near=page.near, not_after=True) if decided else None,
        decided_raw=decided or None,
        reason=_reason(text, says_so=bool(raw)),
        published=page.published,
        published_source=page.published_source,
        sha256=page.sha256,
    )
    return _each(first, numbers)


def _date_in_text(text: str) -> str | None:
    """The only date of running text that has no label for it."""
    found = find_dates(text)
    return found[0].raw if len(found) == 1 and not re.search(r"发布|公布(?:日期|时间)", text) else None


def _says_only_why(text: str) -> bool:
    """The page of a document without any text: one line with the reason."""
    return bool(re.match(rf"(?:{_REASON_LABEL})[】]?[:：].{{0,40}}$", close_up(text)))


def _from_lines(page: DetailPage, article: Article) -> list[Withheld]:
    """A line per document: number, court, date and reason side by side. A run of numbers shares what stands beside it."""
    found: list[Withheld] = []
    for line in (part for whole in article.lines for part in _entries_of(whole)):
        spans = case_number.find_spans(line)
        if not spans or len(line) > _LONGEST_LINE or not _is_run(line, spans):
            continue
        start, end = spans[0][0], spans[-1][1]
        rest = (line[:start] + "  " + line[end:]).strip()
        pieces = [piece for piece in re.split(r"[\s，,。；;|]+", rest) if piece]
        reason = _reason(rest, says_so=True)
        decided = next((piece for piece in pieces if parse_date(piece)), None)
        if reason is None and decided is None:
            continue
        court = next((piece for piece in pieces if piece.endswith("法院")), None)
        first = Withheld(
            site=page.site,
            url=page.url,
            position=len(found),
            section=page.section,
            case_number_raw=line[start:end],
            court=court or _named_court(f"{rest}\n{page.title}"),
            decided=parse_date(decided) if decided else None,
            decided_raw=decided,
            reason=reason,
            published=page.published,
            published_source=page.published_source,
            sha256=page.sha256,
        )
        found += _each(first, list(dict.fromkeys(number.text for _, _, number in spans)))
    return found


def _is_run(line: str, spans: list[tuple[int, int, case_number.CaseNumber]]) -> bool:
    """The numbers stand together, joined by nothing but 、 and 至: they have one reason."""
    ends = sorted({(start, end) for start, end, _ in spans})
    return all(re.fullmatch(r"[\s、及和与,，~至到-]*", line[one[1] : other[0]]) for one, other in pairwise(ends))


def _entries_of(line: str) -> list[str]:
    """The line, or its sentences where it names several cases."""
    return [part for part in re.split(r"[。；;]", line) if part] if len(case_number.find_spans(line)) > 1 else [line]
