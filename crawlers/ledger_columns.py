"""Which ledgers (台账) there are, which headers each has, and how a header row is recognised.

The seven ledgers and their headers are those of the project's interfaces. A new ledger is a new entry here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import Enum

HEADER_SEARCH_ROWS = 15
_LONGEST_HEADER = 14
_LIKE = 0.5


class CellType(Enum):
    """What a cell is read as."""

    CASE_NUMBER = "case number"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"  # a date with or without time
    YES_NO = "yes or no"
    LEVEL = "level"  # 庭级, 院级
    MODE = "mode"  # 现场, 网上
    PRESENCE = "presence"  # personal: whether it is there
    ID_NUMBER = "identity number"  # personal: whether it is well-formed
    PHONE = "phone"  # personal: whether it is well-formed
    HEADCOUNT = "headcount"  # personal: names are counted


@dataclass(frozen=True)
class Column:
    """One column of a ledger. `field` is the record's field; a header that equals an alias is the same column."""

    header: str
    field: str
    type: CellType = CellType.TEXT
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class LedgerKind:
    """One kind of ledger.

    Attributes:
        name: Its identifier: cases, withheld, streams, withdrawals, participants, agencies, attendance.
        title: Its Chinese name.
        marks: Headers that no other ledger has; one of them must be there (none: any ledger not of another kind).
        required: Headers without which its rows say nothing.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    marks: tuple[str, ...]
    required: tuple[str, ...] = ("案号",)


CASE_NUMBER = Column("案号", "case_number", CellType.CASE_NUMBER, ("立案案号", "案件号", "案件案号", "案件编号"))
CAUSE = Column("案由", "cause", aliases=("立案案由", "结案案由"))
HANDLER = Column("经办人", "handler", aliases=("承办人", "承办法官", "经办法官", "主审法官", "承办人姓名", "主审人"))
CLOSED = Column("结案时间", "closed", CellType.DATE, ("结案日期", "审结日期", "审结时间"))
HEARING = Column("开庭时间", "hearing", CellType.MOMENT, ("开庭日期", "庭审时间", "开庭日期时间"))
PARTIES = Column("当事人", "has_parties", CellType.PRESENCE, ("当事人姓名", "当事人名称"))
RECEIVED = Column("报送日期", "received", CellType.DATE, ("报送时间", "上报日期", "上报时间", "填报日期", "填报时间"))
APPROVER = Column("审批人", "approver", aliases=("审批领导",))
LEVEL = Column("审批层级", "level", CellType.LEVEL, ("审批级别",))

CASES = LedgerKind(
    "cases",
    "案件台账",
    (
        CASE_NUMBER,
        CAUSE,
        Column(
            "承办部门",
            "department",
            aliases=("承办庭室", "经办部门", "业务庭", "承办庭", "承办业务庭", "承办部门名称", "庭室"),
        ),
        HANDLER,
        Column("审理程序", "procedure", aliases=("审判程序", "审级")),
        Column("文书类型", "document_type", aliases=("文书种类", "裁判文书类型", "裁判文书种类")),
        Column(
            "裁判日期", "decided", CellType.DATE, ("裁判时间", "裁判文书日期", "判决日期", "文书日期", "文书落款日期")
        ),
        CLOSED,
        Column(
            "生效日期",
            "effective",
            CellType.DATE,
            ("生效时间", "文书生效日期", "裁判生效日期", "裁判生效时间", "文书生效时间", "法律文书生效日期"),
        ),
        Column("二审案号", "appeal_case_number", CellType.CASE_NUMBER, ("二审案件号", "上诉案号")),
        Column("二审生效日期", "appeal_effective", CellType.DATE, ("二审生效时间",)),
        HEARING,
        Column("是否公开审理", "public", CellType.YES_NO, ("是否公开开庭", "是否公开开庭审理", "公开审理")),
    ),
    marks=(),
)
WITHHELD = LedgerKind(
    "withheld",
    "不上网审批",
    (
        CASE_NUMBER,
        CAUSE,
        PARTIES,
        HANDLER,
        CLOSED,
        Column("不公开理由", "reason", aliases=("不上网理由", "不公开原因", "不上网原因")),
        APPROVER,
        LEVEL,
        RECEIVED,
    ),
    marks=("不公开理由",),
)
STREAMS = LedgerKind(
    "streams",
    "不直播审批",
    (
        CASE_NUMBER,
        CAUSE,
        PARTIES,
        HANDLER,
        HEARING,
        Column("不直播理由", "reason", aliases=("不直播原因",)),
        APPROVER,
        LEVEL,
        RECEIVED,
    ),
    marks=("不直播理由",),
)
WITHDRAWALS = LedgerKind(
    "withdrawals",
    "撤回审批",
    (
        CASE_NUMBER,
        Column("撤回时间", "withdrawn", CellType.DATE, ("撤回日期",)),
        Column("撤回理由", "reason", aliases=("撤回原因",)),
        Column("申请人", "applicant", aliases=("撤回申请人",)),
        Column("部门审查人", "department_review", aliases=("部门审查", "部门审核人")),
        Column("院领导", "court_approval", aliases=("院领导审批", "审批院领导", "分管院领导")),
    ),
    marks=("撤回时间", "撤回理由"),
)
PARTICIPANTS = LedgerKind(
    "participants",
    "审判流程信息",
    (
        CASE_NUMBER,
        Column("参与人类别", "role", aliases=("诉讼参与人类别", "参与人类型", "诉讼地位")),
        Column("姓名", "has_name", CellType.PRESENCE, ("参与人姓名", "姓名或名称", "姓名/名称")),
        Column("证件类型", "id_type", aliases=("证件种类",)),
        Column("证件号码", "id_number_ok", CellType.ID_NUMBER, ("证件号", "身份证号", "身份证号码")),
        Column("手机号码", "phone_ok", CellType.PHONE, ("手机号", "手机", "移动电话")),
        Column("公开状态", "publicity"),
        Column("不公开审批人", "approver"),
    ),
    marks=("参与人类别", "证件类型", "证件号码", "手机号码", "公开状态", "不公开审批人"),
)
AGENCIES = LedgerKind(
    "agencies",
    "行政案件台账",
    (
        CASE_NUMBER,
        CAUSE,
        Column("被诉行政机关", "agency", aliases=("被告行政机关",)),
        HEARING,
        Column("负责人是否出庭", "appeared", CellType.YES_NO, ("行政机关负责人是否出庭", "是否出庭")),
        Column("出庭人职务", "position", aliases=("出庭负责人职务", "出庭人员职务")),
        Column("是否涉企", "enterprise", CellType.YES_NO, ("是否涉企案件",)),
        Column("争议解决情况", "resolution", aliases=("争议化解情况",)),
    ),
    marks=("被诉行政机关", "负责人是否出庭", "出庭人职务", "是否涉企", "争议解决情况"),
)
ATTENDANCE = LedgerKind(
    "attendance",
    "旁听台账",
    (
        Column("单位", "unit", aliases=("旁听单位", "单位名称")),
        Column(
            "姓名或人数",
            "persons",
            CellType.HEADCOUNT,
            ("姓名/人数", "姓名(人数)", "姓名", "人数", "旁听人数", "旁听人员"),
        ),
        Column("是否市管领导干部", "leader", CellType.YES_NO, ("是否市管干部", "市管领导干部")),
        Column("旁听时间", "attended", CellType.DATE, ("旁听日期",)),
        Column("案号", "case_number", CellType.CASE_NUMBER, CASE_NUMBER.aliases),
        Column("旁听方式", "mode", CellType.MODE),
    ),
    marks=("是否市管领导干部", "旁听时间", "旁听方式"),
    required=("单位", "旁听时间"),
)
LEDGER_KINDS = (CASES, WITHHELD, STREAMS, WITHDRAWALS, PARTICIPANTS, AGENCIES, ATTENDANCE)


@dataclass(frozen=True)
class Header:
    """A recognised header.

    Attributes:
        kind: The ledger it belongs to.
        columns: Column index in the row (0 = A) → what it holds.
        first_row: Index of its first row among the rows searched (0 = first).
        height: 1 or 2 rows.
        rival: Another ledger whose own headers are in it too.
        duplicates: Column that repeats another's header → that other, which is used.
        misnamed: Column that is left out → its header and the missing column that may be meant.
    """

    kind: LedgerKind
    columns: dict[int, Column]
    first_row: int
    height: int
    rival: LedgerKind | None = None
    duplicates: dict[int, int] = field(default_factory=dict)
    misnamed: dict[int, tuple[str, Column]] = field(default_factory=dict)

    @property
    def layout(self) -> tuple[str, tuple[tuple[int, str], ...]]:
        """What two headers of one ledger have in common: its kind, and what stands in which column."""
        return self.kind.name, tuple(sorted((place, column.field) for place, column in self.columns.items()))


def normal_header(value: object) -> str:
    """A header cell as it is compared: half-width, without spaces, newlines, stars and trailing notes in brackets."""
    text = unicodedata.normalize("NFKC", "" if value is None else str(value))
    text = re.sub(r"[\s\u200b\ufeff*:_]+", "", text)
    without_note = re.sub(r"[(\[【〔].*[)\]】〕]$", "", text)
    return text if text in _ALL_HEADERS else without_note


def find_header(rows: Sequence[Sequence[object]]) -> Header | None:
    """The header among a sheet's first rows: the one that recognises most columns, the first of equals."""
    found = [header for index in range(len(rows)) for header in headers_at(rows, index)]
    return max(found, key=lambda header: len(header.columns), default=None)


def headers_at(rows: Sequence[Sequence[object]], index: int) -> tuple[Header, ...]:
    """The headers that begin at a row: one, or several of ledgers that stand side by side with a blank column between.

    Args:
        rows: The row at `index` and, for a header of two rows, the one below it.
    """
    one = _side_by_side(_column_names(rows[index : index + 1], 1), index, 1)
    two = _side_by_side(_column_names(rows[index : index + 2], 2), index, 2)
    below = _side_by_side(_column_names(rows[index + 1 : index + 2], 1), index + 1, 1)
    # What the second row says alone is its own header: the row above it is a title, or the last row of another ledger.
    return two if _width(two) > max(_width(one), _width(below)) else one


def may_be_header(row: Sequence[object]) -> bool:
    """A cheap look: short texts and nothing else. Most rows of a ledger hold a case number or a date."""
    texts = [value for value in row if value is not None and value != ""]
    return len(texts) >= 2 and all(isinstance(text, str) and len(text) <= _LONGEST_HEADER for text in texts)


def _width(headers: Sequence[Header]) -> int:
    return sum(len(header.columns) for header in headers)


def _side_by_side(names: list[list[str]], row: int, height: int) -> tuple[Header, ...]:
    """Each part of the row between blank columns, if every part is a ledger of its own; else the row as a whole."""
    parts: list[list[int]] = [[]]
    for place, candidates in enumerate(names):
        if any(candidates):
            parts[-1].append(place)
        elif parts[-1]:
            parts.append([])
    parts = [part for part in parts if part]
    if len(parts) > 1:
        alone = [
            _recognise([n if place in part else [""] for place, n in enumerate(names)], row, height) for part in parts
        ]
        if all(alone):
            return tuple(header for header in alone if header is not None)
    whole = _recognise(names, row, height)
    return () if whole is None else (whole,)


def nearest(rows: Sequence[Sequence[object]]) -> tuple[LedgerKind, list[str], list[str]] | None:
    """For a message: the ledger that most headers of one row belong to, those headers, and those missing."""
    best: tuple[LedgerKind, list[str], list[str]] | None = None
    for row in rows:
        names = [[normal_header(value)] for value in row]
        for kind in LEDGER_KINDS:
            present = [c.header for c in _columns_of(kind, names).values()]
            missing = [h for h in kind.required if h not in present]
            if len(present) >= 2 and (best is None or len(present) > len(best[1])):
                best = (kind, present, missing)
    return best


def _column_names(rows: Sequence[Sequence[object]], height: int) -> list[list[str]]:
    """For each column, the names it may go by, best first. Of two rows: both joined, the lower, the upper if alone."""
    if len(rows) < height:
        return []
    if height == 1:
        return [[normal_header(value)] for value in rows[0]]
    width = max(len(rows[0]), len(rows[1]))
    upper_row, lower_row = ([normal_header(v) for v in row] + [""] * (width - len(row)) for row in rows)
    names: list[list[str]] = []
    group = ""
    for upper, lower in zip(upper_row, lower_row, strict=True):
        group = upper or group  # a group's title stands over its first column only
        names.append([group + lower, lower] if lower else [upper])
    return names


def _columns_of(kind: LedgerKind, names: Sequence[Sequence[str]]) -> dict[int, Column]:
    """Which columns of a kind are there. A header's own name wins over an alias, the first of two equals wins."""
    columns: dict[int, Column] = {}
    for column in kind.columns:
        for name in (column.header, *column.aliases):
            index = next((i for i, candidates in enumerate(names) if name in candidates and i not in columns), None)
            if index is not None:
                columns[index] = column
                break
    return columns


def _recognise(names: Sequence[Sequence[str]], row: int, height: int) -> Header | None:
    found: list[tuple[int, LedgerKind, dict[int, Column]]] = []
    for kind in LEDGER_KINDS:
        columns = _columns_of(kind, names)
        present = {c.header for c in columns.values()}
        if all(h in present for h in kind.required) and len(present) >= 2 and kind is not CASES:
            marks = sum(h in present for h in kind.marks)
            if marks:
                found.append((marks, kind, columns))
    cases = _columns_of(CASES, names)
    is_cases = "案号" in {c.header for c in cases.values()} and len(cases) >= 2
    # A case ledger has no header of its own that the others could not carry as an extra column; so it is what no other
    # ledger claims, unless it is plainly the fuller one.
    found.sort(key=lambda f: (f[0] / len(f[1].marks), len(f[2])), reverse=True)
    if is_cases and (not found or len(cases) >= len(found[0][2]) + 4):
        return _header(CASES, cases, names, row, height, found[0][1] if found else None)
    if not found:
        return None
    return _header(found[0][1], found[0][2], names, row, height, found[1][1] if len(found) > 1 else None)


def _header(
    kind: LedgerKind,
    columns: dict[int, Column],
    names: Sequence[Sequence[str]],
    row: int,
    height: int,
    rival: LedgerKind | None,
) -> Header:
    """The header with what is wrong with it: columns that stand twice, columns that may be meant by another name."""
    used = {names[place][0]: place for place in columns if names[place]}
    present = {column.header for column in columns.values()}
    missing = [column for column in kind.columns if column.header not in present]
    duplicates: dict[int, int] = {}
    misnamed: dict[int, tuple[str, Column]] = {}
    for place, candidates in enumerate(names):
        name = candidates[0] if candidates else ""
        if place in columns or not name:
            continue
        if name in used:
            duplicates[place] = used[name]
        elif name not in _ALL_HEADERS and (meant := _meant(name, missing)) is not None:
            misnamed[place] = (name, meant)
    return Header(kind, columns, row, height, rival, duplicates, misnamed)


def _meant(name: str, missing: Sequence[Column]) -> Column | None:
    """The missing column whose header resembles a name that is unknown."""
    likeness = {column.header: SequenceMatcher(None, name, column.header).ratio() for column in missing}
    return max(
        (column for column in missing if likeness[column.header] >= _LIKE),
        key=lambda column: likeness[column.header],
        default=None,
    )


_ALL_HEADERS = frozenset(
    name for kind in LEDGER_KINDS for column in kind.columns for name in (column.header, *column.aliases)
)
