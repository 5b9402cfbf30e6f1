"""All seven ledgers (台账) beside the demonstration courts, as messy as those of real offices.

Dates stand in many forms, case numbers with half-width brackets, heads with spaces inside; some tables have a title above
them or a total below, a sheet holds no ledger at all, some files are GB18030. Columns are those of the documented ledgers; what cannot be read is meant to be reported, not to stop anything.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from gongkai.demo import files
from gongkai.demo.content import Case, Court, Hearing, court
from gongkai.demo.documents import JUDGES, parties, pick
from gongkai.demo.files import Cell

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
STREAM_APPROVALS = ["案号", "案由", "当事人", "经办人", "开庭时间", "不直播理由", "审批人", "审批层级"]
WITHDRAWALS = ["案号", "撤回时间", "撤回理由", "申请人", "部门审查人", "院领导"]
PARTICIPANTS = ["案号", "参与人类别", "姓名", "证件类型", "证件号码", "手机号码", "公开状态", "不公开审批人"]
AGENCIES = ["案号", "案由", "被诉行政机关", "开庭时间", "负责人是否出庭", "出庭人职务", "是否涉企", "争议解决情况"]
VISITS = ["单位", "姓名或人数", "是否市管领导干部", "旁听时间", "案号", "旁听方式"]
EXCEL_DAY_ZERO = date(1899, 12, 30)


def write_ledgers(folder: Path) -> dict[str, list[Path]]:
    """Write the ledgers of all demonstration courts into a folder that exists or is made.

    Returns:
        The files by court id: `.xlsx` with several sheets, and for some a `.csv` in GB18030.
    """
    folder.mkdir(parents=True, exist_ok=True)
    donghu, xishan, shili = court("donghu"), court("xishan"), court("shili")
    written = {
        "donghu": [folder / "donghu.xlsx", folder / "donghu_process.xlsx"],
        "xishan": [folder / "xishan_cases.csv", folder / "xishan_approvals.xlsx", folder / "xishan_withdrawals.csv"],
        "shili": [folder / "shili.xlsx", folder / "shili_visits.csv"],
    }
    _save(
        written["donghu"][0],
        {
            "案件台账": _cases(donghu),
            "不上网审批": _approvals(donghu),
            "不直播审批": _titled("东湖区法院不进行庭审网络直播审批表（2026年3月）", _stream_approvals(donghu)),
            "撤回审批": _titled("裁判文书撤回审批登记", _withdrawals(donghu)),
        },
    )
    _save(
        written["donghu"][1],
        {
            "审判流程信息": _participants(donghu),
            "行政案件台账": _totalled(_titled("行政机关负责人出庭应诉台账", _agencies(donghu))),
            "旁听台账": _totalled(_visits(donghu)),
        },
    )
    _save_csv(written["xishan"][0], _cases(xishan))
    _save(
        written["xishan"][1],
        {
            "不上网审批": _approvals(xishan),
            "不直播审批": _stream_approvals(xishan),
            "流程": _titled("西山区法院审判流程信息登记表", _participants(xishan)),
            "行政": _agencies(xishan),
            "旁听": _visits(xishan),
        },
    )
    _save_csv(written["xishan"][2], _titled("西山区法院文书撤回登记（2026年一季度）", _withdrawals(xishan)))
    _save(
        written["shili"][0],
        {
            "说明": [["本台账由审判管理办公室每月汇总，仅供内部使用。"]],
            "案件台账": _spaced(_cases(shili)),
            "不上网审批": _approvals(shili),
            "不直播审批": _stream_approvals(shili),
            "撤回审批": _spaced(_withdrawals(shili)),
            "审判流程信息": _participants(shili),
            "行政案件台账": _spaced(_agencies(shili)),
        },
    )
    _save_csv(written["shili"][1], _totalled(_titled("国家工作人员旁听庭审台账", _visits(shili))))
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


def _number(case: Case | Hearing) -> str:
    """The case number as the ledger spells it: with half-width brackets, or with spaces inside."""
    number = case.case_number
    if case.spelling == "half":
        return number.replace("（", "(").replace("）", ")")
    if case.spelling == "spaced":
        return re.sub(r"(（\d+）)(\D+?\d+)(\D+\d+)(号.*)", r"\1 \2 \3 \4", number)
    return number


def _moment(hearing: Hearing, form: int) -> Cell:
    """The beginning of a session: a real date with time, or the same as text."""
    hour, minute = map(int, hearing.clock.split(":"))
    when = datetime.combine(hearing.held or hearing.day, time(hour, minute))
    day = f"{when.year}年{when.month}月{when.day}日"
    return (when, f"{when:%Y-%m-%d %H:%M}", f"{day} {hearing.clock}")[form % 3]


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
    for n, hearing in enumerate(hearing for hearing in content.hearings if hearing.ledger):
        judge = JUDGES[pick(hearing.case_number, len(JUDGES))]
        head: list[Cell] = [_number(hearing), hearing.cause, hearing.department, judge, hearing.procedure]
        rows.append([*head, None, None, None, None, None, None, _moment(hearing, n), hearing.public, None])
    rows += [[row.get(column) for column in CASES] for row in content.ledger_rows]
    return rows


def _stream_approvals(content: Court) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(STREAM_APPROVALS)]
    for n, row in enumerate(content.stream_approvals):
        head: list[Cell] = [row.case_number, row.cause, "张某、李某甲", JUDGES[n % 3], date_cell(row.hearing, n)]
        rows.append([*head, row.reason, row.approver, row.level])
    return rows


def _withdrawals(content: Court) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(WITHDRAWALS)]
    for n, row in enumerate(content.withdrawals):
        rows.append([row.case_number, date_cell(row.day, n + 2), row.reason, row.applicant, row.review, row.approval])
    return rows


def _participants(content: Court) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(PARTICIPANTS)]
    for row in content.participants:
        who: list[Cell] = [row.case_number, row.role, row.name, row.id_type, row.id_number, row.phone]
        rows.append([*who, row.publicity, row.approver])
    return rows


def _agencies(content: Court) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(AGENCIES)]
    for n, row in enumerate(content.agencies):
        head: list[Cell] = [row.case_number, row.cause, row.agency, date_cell(row.hearing, n + 1)]
        rows.append([*head, row.appeared, row.position, row.enterprise, row.resolution])
    return rows


def _visits(content: Court) -> list[list[Cell]]:
    rows: list[list[Cell]] = [list(VISITS)]
    for n, row in enumerate(content.visits):
        rows.append([row.unit, row.persons, row.leader, date_cell(row.day, n + 3), row.case_number, row.mode])
    return rows


def _titled(title: str, rows: list[list[Cell]]) -> list[list[Cell]]:
    """With a title above the heads, as tables are printed."""
    return [[title], *rows]


def _totalled(rows: list[list[Cell]]) -> list[list[Cell]]:
    """With a line at the end that counts the others."""
    heads = next(n for n, row in enumerate(rows) if len(row) > 1)
    return [*rows, ["合计", f"{len(rows) - heads - 1}件"]]


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
    path.write_bytes(files.xlsx(sheets, creator="审判管理办公室"))


def _save_csv(path: Path, rows: Sequence[Sequence[Cell]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode("gb18030"))
