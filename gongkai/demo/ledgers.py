"""The ledgers (台账) beside the demonstration courts, as messy as those of real offices.

Dates stand in many forms, case numbers with half-width brackets, heads with spaces inside, a sheet holds no ledger at
all, one file is GB18030. Columns are those of the documented ledgers; what cannot be read is meant to be reported, not to stop anything.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from gongkai.demo.content import Case, Court, court
from gongkai.demo.documents import JUDGES, parties, pick

Cell = str | int | date | datetime | None
CASES = [
    "案号",
    "案由",
    "承办部门",
    "承办人",
    "审理程序",
    "文书类型",
    "裁判日期",
    "结案时间",
    "生效日期",
    "二审案号",
    "二审生效日期",
    "开庭时间",
    "是否公开审理",
    "备注",
]
APPROVALS = ["案号", "案由", "当事人", "经办人", "结案时间", "不公开理由", "审批人", "审批层级"]
EXCEL_DAY_ZERO = date(1899, 12, 30)
FIXED = datetime(2026, 3, 30, 8, 0)


def write_ledgers(folder: Path) -> dict[str, list[Path]]:
    """Write the ledgers of all demonstration courts into a folder that exists or is made.

    Returns:
        The files by court id: `.xlsx` with several sheets, and for one court a `.csv` in GB18030.
    """
    folder.mkdir(parents=True, exist_ok=True)
    donghu, xishan, shili = court("donghu"), court("xishan"), court("shili")
    written = {
        "donghu": [folder / "donghu.xlsx"],
        "xishan": [folder / "xishan_cases.csv", folder / "xishan_approvals.xlsx"],
        "shili": [folder / "shili.xlsx"],
    }
    _save(written["donghu"][0], {"案件台账": _cases(donghu), "不上网审批": _approvals(donghu)})
    _save_csv(written["xishan"][0], _cases(xishan))
    _save(written["xishan"][1], {"不上网审批": _approvals(xishan)})
    _save(
        written["shili"][0],
        {
            "说明": [["本台账由审判管理办公室每月汇总，仅供内部使用。"]],
            "案件台账": _spaced(_cases(shili)),
            "不上网审批": _approvals(shili),
        },
    )
    return written


def date_cell(day: date | None, form: int) -> Cell:
    """A date as an office may type it: a real date, five spellings, or the number Excel keeps for it; None: empty."""
    if day is None:
        return None
    forms: tuple[Cell, ...] = (
        day,
        str(day),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        (day - EXCEL_DAY_ZERO).days,
        f"{day} 16:30:00",
    )
    return forms[form % len(forms)]


def _number(case: Case) -> str:
    if case.spelling == "half":
        return case.case_number.replace("（", "(").replace("）", ")")
    if case.spelling == "spaced":
        return f"（{case.year}） {case.court_code} {case.number} 号{case.suffix}"
    return case.case_number


def _cases(content: Court) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(CASES)]
    for n, case in enumerate(case for case in content.cases if case.ledger):
        rows.append(
            [
                _number(case),
                case.cause,
                case.department,
                JUDGES[pick(case.case_number + case.kind, 3)],
                case.procedure,
                case.kind,
                date_cell(case.decided, n),
                date_cell(case.decided, n + 3),
                case.raw or date_cell(case.effective, n + 1),
                case.appeal_number,
                date_cell(case.appeal_effective, n + 2),
                None,
                "是",
                None,
            ]
        )
    for hearing in content.hearings:
        hour, minute = map(int, hearing.clock.split(":"))
        when = datetime.combine(hearing.day, time(hour, minute))
        head: list[Cell] = [hearing.case_number, hearing.cause, "民事审判第一庭", JUDGES[0], "一审"]
        rows.append([*head, None, None, None, None, None, None, when, "是", None])
    rows += [[row.get(column) for column in CASES] for row in content.ledger_rows]
    return rows


def _spaced(rows: list[list[Cell]]) -> list[list[Cell]]:
    """With spaces inside the column names, as they are typed to look even."""
    return [[f"{name[:1]}　{name[1:]}" if isinstance(name, str) else name for name in rows[0]], *rows[1:]]


def _approvals(content: Court) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(APPROVALS)]
    by_number = {case.case_number: case for case in content.cases}
    for n, approval in enumerate(content.approvals):
        canonical = approval.case_number.replace("(", "（").replace(")", "）")
        names = "、".join(parties(by_number[canonical])) if canonical in by_number else "张某"
        closed = date_cell(approval.closed, n)
        head: list[Cell] = [approval.case_number, approval.cause, names, JUDGES[n % 3], closed]
        rows.append([*head, approval.reason, approval.approver, approval.level])
    return rows


def _save(path: Path, sheets: dict[str, list[list[Cell]]]) -> None:
    """A workbook whose bytes depend on the data alone: openpyxl would put the present time into it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet: Worksheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.properties.creator = "审判管理办公室"
    book.properties.created = book.properties.modified = FIXED
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _without_clock(data)
            target.writestr(zipfile.ZipInfo(name, FIXED.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)


def _without_clock(core: bytes) -> bytes:
    stamp = FIXED.isoformat().encode() + b"Z"
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", lambda match: match[1] + stamp, core)


def _save_csv(path: Path, rows: Sequence[Sequence[Cell]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode("gb18030"))
