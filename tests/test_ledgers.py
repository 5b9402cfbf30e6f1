"""Ledgers: cells and headers by the tables in tests/ledgers, workbooks and csv files made here."""

import csv
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from ruamel.yaml import YAML

from crawlers import ledger_cells as cells
from crawlers import ledger_words
from crawlers.ledger_columns import LEDGER_KINDS, find_header
from crawlers.ledger_rows import RECORD_OF, read_case_numbers
from crawlers.ledgers import LedgerError, read_ledger
from storage import store
from storage.database import connect
from storage.ledgers import forget_ledger, ledger_files, save_ledger
from storage.records import Approval, Attendance, CaseEntry, Participant
from storage.schema import TABLES

HERE = Path(__file__).parent / "ledgers"
CELLS = YAML(typ="safe").load((HERE / "cells.yml").read_text(encoding="utf-8"))
HEADERS = YAML(typ="safe").load((HERE / "headers.yml").read_text(encoding="utf-8"))
READERS = {
    "moment": cells.read_moment,
    "yes_no": cells.read_yes_no,
    "level": cells.read_level,
    "mode": cells.read_mode,
    "text": cells.read_text,
    "presence": cells.read_presence,
    "headcount": cells.read_headcount,
    "phone": cells.read_phone,
    "case_numbers": read_case_numbers,
}
CASE_HEADER = ["案号", "案由", "承办部门", "裁判日期", "生效日期"]
CASE_ROW = ["(2026)粤9901民初1号", "买卖合同纠纷", "民一庭", "2026-03-02", "2026-03-20"]
NIGHT = date(2026, 3, 31)
NOW = datetime(2026, 3, 31, 1, 2, tzinfo=UTC)


def workbook(path, **sheets):
    """An xlsx whose sheets hold the given rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def text_file(path, rows, encoding="utf-8", delimiter=","):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def read(path, **options):
    return read_ledger(path, site="court", **options)


def numbers(reading):
    return [r.case_number for r in reading.records]


def places(reading):
    return [(p.sheet, p.row, p.column, p.header) for p in reading.problems]


# --- cells ---


@pytest.mark.parametrize(("kind", "case"), [(k, c) for k in READERS for c in CELLS[k]], ids=str)
def test_cells(kind, case):
    if "bad" in case:
        with pytest.raises(cells.CellError, match=re.escape(case["bad"])):
            READERS[kind](case["cell"])
        return
    found = READERS[kind](case["cell"])
    if kind == "moment" and found is not None:
        assert found.utcoffset().total_seconds() == 8 * 3600
        found, case["read"] = found.replace(tzinfo=None), datetime.fromisoformat(case["read"])
    assert (list(found) if isinstance(found, tuple) else found) == case["read"]


@pytest.mark.parametrize("case", CELLS["identity"], ids=str)
def test_identity_numbers(case):
    if "bad" in case:
        with pytest.raises(cells.CellError, match=case["bad"]):
            cells.read_id_number(case["cell"], case["type"])
        return
    assert cells.read_id_number(case["cell"], case["type"]) is case["read"]


def test_nobody_is_born_after_the_audit():
    assert cells.read_id_number("360426199101010071", "身份证", date(1990, 12, 31)) is False
    assert cells.read_id_number("360426199101010071", "身份证", date(1991, 1, 1)) is True


@pytest.mark.parametrize(
    "value", ["13800138000", "360426199101010071", "020-38840000", "1380-0138-000", "张某", "38840000"]
)
def test_a_message_quotes_nothing_but_dates(value):
    with pytest.raises(cells.CellError) as caught:
        cells.read_date(value)
    assert value not in str(caught.value)


# --- headers ---


@pytest.mark.parametrize("case", HEADERS, ids=lambda c: c["name"])
def test_headers(case):
    header = find_header(case["rows"])
    assert (header and header.kind.name) == case["kind"]
    if header:
        assert len(header.columns) == case["columns"]


def test_the_headers_own_name_wins_over_an_alias():
    header = find_header([["立案案号", "案号", "生效日期"]])
    assert {i: c.header for i, c in header.columns.items()} == {1: "案号", 2: "生效日期"}


def test_a_group_over_two_rows_tells_equal_headers_apart():
    header = find_header([["一审", "", "二审", ""], ["案号", "生效日期", "案号", "生效日期"]])
    assert [header.columns[i].header for i in range(4)] == ["案号", "生效日期", "二审案号", "二审生效日期"]


@pytest.mark.parametrize("kind", LEDGER_KINDS, ids=lambda k: k.name)
def test_every_column_is_a_field_of_its_record(kind):
    fields = RECORD_OF[kind.name].__dataclass_fields__
    assert [c.field for c in kind.columns if c.field not in fields] == []


# --- workbooks ---


def test_every_kind_of_ledger_in_one_workbook(tmp_path):
    book = workbook(
        tmp_path / "台账.xlsx",
        说明=[["本表由各部门填报"]],
        案件=[CASE_HEADER, CASE_ROW],
        不上网=[
            ["案号", "案由", "当事人", "承办人", "结案时间", "不公开理由", "审批人", "审批层级"],
            ["(2026)粤9901民初2号", "离婚纠纷", "张某、李某", "王某", 46090, "离婚诉讼", "赵某", "庭级"],
        ],
        不直播=[
            ["案号", "当事人", "开庭时间", "不直播理由"],
            ["(2026)粤9901刑初3号", "", "2026.3.9 9:30", "涉及未成年人"],
        ],
        撤回=[
            ["案号", "撤回时间", "撤回理由", "申请人", "部门审查人", "院领导"],
            ["(2026)粤9901民初4号", date(2026, 3, 9), "技术处理有误", "王某", "赵某", ""],
        ],
        流程=[
            ["手机号码", "证件号码", "证件类型", "姓名", "参与人类别", "案号", "公开状态", "不公开审批人"],
            ["13800138000", "360426199101010071", "居民身份证", "张某", "原告", "(2026)粤9901民初1号", "公开", ""],
            ["1380013", "360426199101010072", "居民身份证", "", "被告", "同上", "不公开", "赵某"],
        ],
        行政=[
            ["案号", "案由", "被诉行政机关", "开庭时间", "负责人是否出庭", "出庭人职务", "是否涉企", "争议解决情况"],
            ["(2026)粤9901行初5号", "行政处罚", "示例市某局", "2026-03-09", "是", "副局长", "否", "已和解"],
        ],
        旁听=[
            ["单位", "姓名或人数", "是否市管领导干部", "旁听时间", "案号", "旁听方式"],
            ["示例市某局", "张某、李某", "否", "2026年3月9日", "(2026)粤9901行初5号", "现场"],
        ],
    )
    reading = read(book)
    assert [s.kind for s in reading.sheets] == [
        None, "cases", "withheld", "streams", "withdrawals", "participants", "agencies", "attendance",
    ]  # fmt: skip
    assert str(reading.sheets[0].why) == "没有台账的表头"
    assert reading.problems == ()
    case, withheld, stream, withdrawal, plaintiff, defendant, agency, visit = reading.records
    assert case == CaseEntry(
        site="court", source="台账.xlsx/案件", row=2, case_number="（2026）粤9901民初1号", cause="买卖合同纠纷",
        department="民一庭", decided=date(2026, 3, 2), effective=date(2026, 3, 20),
    )  # fmt: skip
    assert withheld == Approval(
        site="court", source="台账.xlsx/不上网", row=2, subject="withheld", case_number="（2026）粤9901民初2号",
        cause="离婚纠纷", has_parties=True, handler="王某", closed=date(2026, 3, 9), reason="离婚诉讼", approver="赵某",
        level="庭级",
    )  # fmt: skip
    assert (stream.subject, stream.has_parties, stream.hearing.isoformat()) == (
        "stream", False, "2026-03-09T09:30:00+08:00",
    )  # fmt: skip
    assert (withdrawal.withdrawn, withdrawal.department_review, withdrawal.court_approval) == (
        date(2026, 3, 9),
        "赵某",
        None,
    )
    assert (plaintiff.has_name, plaintiff.id_number_ok, plaintiff.phone_ok) == (True, True, True)
    assert defendant == Participant(
        site="court", source="台账.xlsx/流程", row=3, case_number="（2026）粤9901民初1号", role="被告", has_name=False,
        id_type="居民身份证", id_number_ok=False, phone_ok=False, publicity="不公开", approver="赵某",
    )  # fmt: skip
    assert (agency.agency, agency.appeared, agency.position, agency.enterprise) == ("示例市某局", True, "副局长", False)
    assert visit == Attendance(
        site="court", source="台账.xlsx/旁听", row=2, unit="示例市某局", persons=2, leader=False,
        attended=date(2026, 3, 9), case_number="（2026）粤9901行初5号", mode="现场",
    )  # fmt: skip


def test_bad_rows_are_reported_and_the_rest_is_used(tmp_path):
    rows = [
        CASE_HEADER,
        CASE_ROW,
        ["(2026)粤9901民初2号", "", "", "2026-02-30", "2206-03-01"],
        ["", "合同纠纷", "民一庭", "", ""],
        ["(2026)粤9901民初4号", "", "", "#N/A", ""],
        ["(2026)粤9901民初5号", "", "", "-", ""],
    ]
    reading = read(workbook(tmp_path / "a.xlsx", 案件台账=rows))
    assert numbers(reading) == ["（2026）粤9901民初1号", "（2026）粤9901民初5号"]
    assert places(reading) == [
        ("案件台账", 3, "D", "裁判日期"),
        ("案件台账", 3, "E", "生效日期"),
        ("案件台账", 4, "A", "案号"),
        ("案件台账", 5, "D", "裁判日期"),
    ]
    assert str(reading.problems[0]) == "a.xlsx 工作表“案件台账” 第3行 D列“裁判日期”：没有这个日期：2026-02-30"
    assert (reading.sheets[0].rows, reading.sheets[0].unread) == (2, 3)
    assert reading.sheets[0].unread_cases == ("（2026）粤9901民初2号", None, "（2026）粤9901民初4号")


def test_titles_totals_blank_rows_footers_and_repeated_headers_are_no_rows(tmp_path):
    rows = [
        ["某某法院案件台账"],
        ["2026年3月"],
        ["序号", *CASE_HEADER],
        [1, *CASE_ROW],
        [],
        [2, None, None, None, None, None],
        ["序号", *CASE_HEADER],
        [3, "(2026)粤9901民初2号"],
        ["合 计", None, 2],
        [None, "小计", "2件"],
        ["填表人：王某", None, "审核人：赵某"],
    ]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=rows))
    assert [(r.row, r.case_number) for r in reading.records] == [
        (4, "（2026）粤9901民初1号"),
        (8, "（2026）粤9901民初2号"),
    ]
    assert reading.problems == ()


def test_merged_cells_and_same_as_above(tmp_path):
    rows = [
        ["案号", "案由", "开庭时间"],
        ["(2026)粤9901民初1号", "合同纠纷", "2026-03-09 09:00"],
        [None, None, "2026-03-10 09:00"],
        ["(2026)粤9901民初2号", "同上", "2026-03-11"],
        [None, "侵权纠纷", "2026-03-12"],
    ]
    path = workbook(tmp_path / "a.xlsx", 台账=rows)
    from openpyxl import load_workbook

    book = load_workbook(path)
    book["台账"].merge_cells("A2:A3")
    book["台账"].merge_cells("B2:B3")
    book.save(path)
    reading = read(path)
    assert [(r.case_number, r.cause, r.hearing.day) for r in reading.records] == [
        ("（2026）粤9901民初1号", "合同纠纷", 9),
        ("（2026）粤9901民初1号", "合同纠纷", 10),
        ("（2026）粤9901民初2号", "合同纠纷", 11),
    ]
    assert places(reading) == [("台账", 5, "A", "案号")]  # blank without being merged: no case number


def test_same_as_above_in_the_first_row_is_a_problem(tmp_path):
    reading = read(workbook(tmp_path / "a.xlsx", 台账=[CASE_HEADER, ["同上", "合同纠纷"], CASE_ROW]))
    assert places(reading) == [("台账", 2, "A", "案号")]
    assert len(reading.records) == 1


def test_several_case_numbers_in_one_cell_are_several_records(tmp_path):
    row = ["(2026)粤9901民初1号、(2026)粤9901民初2号", *CASE_ROW[1:]]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=[CASE_HEADER, row]))
    assert numbers(reading) == ["（2026）粤9901民初1号", "（2026）粤9901民初2号"]
    assert len({(r.source, r.row) for r in reading.records}) == 2


def test_two_header_rows(tmp_path):
    rows = [
        ["案号", "一审", None, "二审", None],
        [None, "裁判日期", "生效日期", "案号", "生效日期"],
        ["(2026)粤9901民初1号", "2026-01-05", "", "(2026)粤99民终1号", "2026-03-05"],
    ]
    (case,) = read(workbook(tmp_path / "a.xlsx", 台账=rows)).records
    assert (case.decided, case.effective) == (date(2026, 1, 5), None)
    assert (case.appeal_case_number, case.appeal_effective) == ("（2026）粤99民终1号", date(2026, 3, 5))


@pytest.mark.parametrize(("mac", "serial"), [(False, 46090), (True, 44628)])
def test_day_numbers_of_both_systems(tmp_path, mac, serial):
    book = Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(CASE_HEADER)
    book.active.append([*CASE_ROW[:3], serial, datetime(2026, 3, 9, 23, 59)])
    book.save(tmp_path / "a.xlsx")
    (case,) = read(tmp_path / "a.xlsx").records
    assert (case.decided, case.effective) == (date(2026, 3, 9), date(2026, 3, 9))


def test_a_formula_without_a_result_is_not_an_empty_cell(tmp_path):
    rows = [CASE_HEADER, [*CASE_ROW[:3], "=DATE(2026,3,9)", None], ["(2026)粤9901民初2号"]]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=rows))
    assert numbers(reading) == ["（2026）粤9901民初2号"]
    assert "公式没有计算结果" in reading.problems[0].message


def test_a_formulas_stored_result_is_used(tmp_path):
    path = workbook(tmp_path / "a.xlsx", 台账=[CASE_HEADER, [*CASE_ROW[:3], "=46089+1", None]])
    rewrite(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb"<f>(.*?)</f><v ?/?>(</v>)?", rb"<f>\1</f><v>46090</v>", xml),
    )
    (case,) = read(path).records
    assert case.decided == date(2026, 3, 9)


def rewrite(path, name, change):
    """Change one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    assert parts[name] != change(parts[name])
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)


def test_a_wrong_dimension_hides_no_row(tmp_path):
    path = workbook(tmp_path / "a.xlsx", 台账=[CASE_HEADER, CASE_ROW])
    rewrite(
        path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', xml)
    )
    assert len(read(path).records) == 1


def test_a_sheet_that_nearly_is_a_ledger_is_named(tmp_path):
    rows = [["案由", "当事人", "不公开理由", "审批人"], ["离婚纠纷", "张某", "离婚", "赵某"]]
    reading = read(workbook(tmp_path / "a.xlsx", 案件=[CASE_HEADER, CASE_ROW], 审批=rows, 空=[]))
    assert [s.kind for s in reading.sheets] == ["cases", None, None]
    (problem,) = reading.problems
    assert (problem.sheet, problem.row) == ("审批", None)
    assert "不上网审批" in problem.message and "缺少“案号”" in problem.message


def test_a_hidden_ledger_is_named(tmp_path):
    book = Workbook()
    book.active.append(CASE_HEADER)
    book.active.append(CASE_ROW)
    hidden = book.create_sheet("旧表")
    hidden.append(CASE_HEADER)
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    reading = read(tmp_path / "a.xlsx")
    assert len(reading.records) == 1
    assert [p.sheet for p in reading.problems] == ["旧表"]


def test_a_case_ledger_that_carries_a_column_of_another_says_so(tmp_path):
    header = [
        "案号",
        "案由",
        "承办部门",
        "经办人",
        "审理程序",
        "文书类型",
        "裁判日期",
        "结案时间",
        "生效日期",
        "不公开理由",
    ]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=[header, ["(2026)粤9901民初1号"]]))
    assert reading.sheets[0].kind == "cases"
    assert "不上网审批" in reading.problems[0].message


def test_styles_far_below_and_to_the_right_are_no_data(tmp_path):
    book = Workbook()
    book.active.append(CASE_HEADER)
    book.active.append(CASE_ROW)
    book.active["XFD200000"].font = Font(bold=True)
    book.save(tmp_path / "a.xlsx")
    reading = read(tmp_path / "a.xlsx")
    assert len(reading.records) == 1 and reading.problems == ()


# --- what people really produce ---

APPROVAL_HEADER = ["案号", "案由", "当事人", "经办人", "结案时间", "不公开理由", "审批人", "审批层级"]
APPROVAL_ROW = ["(2026)粤9901民初2号", "离婚纠纷", "张某", "王某", "2026-03-01", "离婚诉讼", "赵某", "庭级"]


@pytest.mark.parametrize("gap", [[], [[]], [["二、不上网审批"]], [["合计", "1件"], [], ["附：不上网审批"]]])
@pytest.mark.parametrize("cases_first", [True, False])
def test_two_ledgers_one_below_the_other(tmp_path, gap, cases_first):
    blocks = [[CASE_HEADER, CASE_ROW], [APPROVAL_HEADER, APPROVAL_ROW]]
    upper, lower = blocks if cases_first else blocks[::-1]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=[["三月台账"], *upper, *gap, *lower]))
    kinds = ["cases", "withheld"] if cases_first else ["withheld", "cases"]
    assert [(s.kind, s.rows, s.unread) for s in reading.sheets] == [(kind, 1, 0) for kind in kinds]
    assert {(type(r), r.case_number) for r in reading.records} == {
        (CaseEntry, "（2026）粤9901民初1号"),
        (Approval, "（2026）粤9901民初2号"),
    }
    assert len({s.source for s in reading.sheets}) == 2 and reading.problems == ()


def test_a_second_ledger_far_below_the_first(tmp_path):
    many = [[f"(2026)粤9901民初{n}号", *CASE_ROW[1:]] for n in range(1, 41)]
    reading = read(text_file(tmp_path / "a.csv", [CASE_HEADER, *many, [], APPROVAL_HEADER, APPROVAL_ROW]))
    assert [(s.source, s.rows) for s in reading.sheets] == [("a.csv", 40), ("a.csv/（第2个台账）", 1)]


def test_two_ledgers_side_by_side(tmp_path):
    rows = [[*CASE_HEADER, None, *APPROVAL_HEADER], [*CASE_ROW, None, *APPROVAL_ROW], [*CASE_ROW[:1], *[None] * 13]]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=rows))
    assert [(s.kind, s.rows) for s in reading.sheets] == [("cases", 2), ("withheld", 1)]
    assert reading.records[1].case_number == "（2026）粤9901民初2号"


def test_a_blank_column_within_one_ledger_parts_nothing(tmp_path):
    rows = [
        ["案号", "案由", None, "裁判日期", "生效日期"],
        ["(2026)粤9901民初1号", "x", None, "2026-03-02", "2026-03-20"],
    ]
    (case,) = read(workbook(tmp_path / "a.xlsx", 台账=rows)).records
    assert case.effective == date(2026, 3, 20)


def test_columns_that_stand_twice_are_said_and_may_not_differ(tmp_path):
    other = ["(2026)粤9901民初2号", *CASE_ROW[1:], "2026-04-01"]
    blank = ["(2026)粤9901民初3号", *CASE_ROW[1:], None]
    reading = read(
        workbook(tmp_path / "a.xlsx", 台账=[[*CASE_HEADER, "生效日期"], [*CASE_ROW, CASE_ROW[-1]], other, blank])
    )
    assert numbers(reading) == ["（2026）粤9901民初1号", "（2026）粤9901民初3号"]
    assert places(reading) == [("台账", 1, None, None), ("台账", 3, "F", "生效日期")]
    assert "E、F列都是“生效日期”" in str(reading.problems[0])
    assert reading.sheets[0].unread_cases == ("（2026）粤9901民初2号",)


def test_a_column_that_may_be_meant_by_another_name_is_named(tmp_path):
    rows = [
        ["案号", "案由", "承办的部门", "生效日期", "备注"],
        ["(2026)粤9901民初1号", "x", "民一庭", "2026-03-20", "y"],
    ]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=rows))
    assert [str(p) for p in reading.problems] == [
        "a.xlsx 工作表“台账” 第1行：“承办的部门”列（C列）未采用，或系“承办部门”列"
    ]
    assert reading.sheets[0].unread == 0


def test_ten_thousand_blank_rows_between_two_cases(tmp_path):
    rows = [CASE_HEADER, CASE_ROW, *[[None] * 5] * 10_000, ["(2026)粤9901民初2号", *CASE_ROW[1:]]]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=rows))
    assert [r.row for r in reading.records] == [2, 10_003] and reading.problems == ()


def test_an_old_workbook(tmp_path):
    """Merged title and department, a date, a date's number, a day that does not exist, a hidden sheet."""
    for name in ("old.xls", "saved_as.xlsx"):
        (tmp_path / name).write_bytes((HERE / "old.xls").read_bytes())
        reading = read(tmp_path / name)
        (case,) = reading.records
        assert (case.case_number, case.department, case.decided) == (
            "（2026）粤9901民初1号",
            "民一庭",
            date(2026, 3, 2),
        )
        assert places(reading) == [("案件台账", 4, "E", "生效日期"), ("旧表", None, None, None)]


def test_text_and_web_pages_under_the_name_of_a_workbook(tmp_path):
    text = text_file(tmp_path / "a.xlsx", [CASE_HEADER, CASE_ROW], "gb18030")
    page = tmp_path / "b.xls"
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (CASE_HEADER, CASE_ROW))
    page.write_text(f"<html><meta charset=utf-8><table>{rows}</table></html>", encoding="utf-8")
    for path, note in ((text, "按文本表格读取"), (page, "按其中的表格读取")):
        reading = read(path)
        assert numbers(reading) == ["（2026）粤9901民初1号"]
        assert note in str(reading.problems[0])


def test_everything_is_said_in_english_too(tmp_path):
    rows = [CASE_HEADER, ["(2026)粤9901民初2号", "", "", "2026-02-30", "张某"], ["×××", "", "", "", ""]]
    reading = read(workbook(tmp_path / "a.xlsx", 台账=rows))
    assert [p.line("en") for p in reading.problems] == [
        "a.xlsx sheet “台账” row 2 column D “裁判日期”: no such day: 2026-02-30",
        "a.xlsx sheet “台账” row 2 column E “生效日期”: not a date",
        "a.xlsx sheet “台账” row 3 column A “案号”: not a case number",
    ]
    with pytest.raises(LedgerError) as caught:
        read(tmp_path / "absent.xlsx")
    assert caught.value.line("en").endswith("absent.xlsx: no such file")


def test_both_languages_fill_in_the_same():
    for code, (zh, en) in ledger_words._WORDS.items():
        assert set(re.findall(r"\{(\w+)\}", en)) >= set(re.findall(r"\{(\w+)\}", zh)), code
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"庭级|院级|现场|网上|是 or 否|案件台账", "", en)), code


# --- csv ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_csv_encodings(tmp_path, encoding, delimiter):
    path = text_file(tmp_path / "台账.csv", [["台账"], CASE_HEADER, CASE_ROW], encoding, delimiter)
    (case,) = read(path).records
    assert (case.case_number, case.cause, case.source, case.row) == (
        "（2026）粤9901民初1号",
        "买卖合同纠纷",
        "台账.csv",
        3,
    )


def test_csv_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path):
    path = text_file(tmp_path / "a.csv", [CASE_HEADER, [], ["(2026)粤9901民初1号", "合同\n纠纷"], ["x", "", "", ""]])
    reading = read(path)
    assert [r.row for r in reading.records] == [3]
    assert places(reading) == [(None, 4, "A", "案号")]


# --- files that are none ---


def broken_files(folder):
    yield folder / "absent.xlsx", "没有这个文件"
    (folder / "folder.xlsx").mkdir()
    yield folder / "folder.xlsx", "是文件夹"
    for name, data, message in (
        ("empty.xlsx", b"", "空文件"),
        ("empty.csv", b" \r\n", "空文件"),
        ("text.xlsx", "姓名,年龄\n".encode(), "没有台账的表头"),
        ("text.docx", "案号,案由\n".encode(), "不是 xlsx"),
        ("page.xls", b"<html><table><tr><td>x</td></tr></table></html>", "没有台账的表头"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xls 文件或已损坏"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "已加密"),
        ("zip.xlsx", b"PK\x03\x04 and nothing more", "已损坏"),
        ("bytes.csv", b"\xff\xfe\x00\xd8\x00", "不是文本"),
        ("latin.csv", "案号,é".encode() + b"\xff\xff", "不是文本"),
    ):
        (folder / name).write_bytes(data)
        yield folder / name, message
    with zipfile.ZipFile(folder / "other.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    yield folder / "other.xlsx", "已损坏"
    half = workbook(folder / "half.xlsx", 台账=[CASE_HEADER, CASE_ROW])
    rewrite(half, "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2])
    yield half, "工作表“台账”: 不是有效的 xlsx"


def test_unreadable_files_are_named_in_one_line(tmp_path):
    for path, message in broken_files(tmp_path):
        with pytest.raises(LedgerError) as caught:
            read(path)
        line = str(caught.value)
        assert "\n" not in line and path.name in line and message in line, line


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [["案由", "当事人", "不公开理由", "审批人"]],
            "像“不上网审批”（有案由、当事人、不公开理由、审批人），但缺少“案号”",
        ),
        ([["姓名", "年龄"]], "如案件台账应有案号、案由"),
        ([], "表中没有内容"),
    ],
)
def test_a_file_without_a_ledger_names_sheet_and_headers(tmp_path, rows, message):
    with pytest.raises(LedgerError) as caught:
        read(workbook(tmp_path / "a.xlsx", 表1=rows))
    line = str(caught.value)
    assert "\n" not in line and "a.xlsx" in line and "“表1”" in line and message in line, line


# --- personal data ---


def test_personal_data_are_neither_kept_nor_printed(tmp_path):
    secrets = ["欧阳某某", "360426199101010071", "13800138000", "司徒某"]
    rows = [
        ["案号", "参与人类别", "姓名", "证件类型", "证件号码", "手机号码"],
        ["(2026)粤9901民初1号", "原告", secrets[0], "居民身份证", secrets[1], secrets[2]],
        ["(2026)粤9901民初2号", "原告", secrets[0], "居民身份证", float(secrets[1]), secrets[2]],
        [secrets[0], secrets[0], secrets[0], "居民身份证", secrets[1], secrets[2]],
    ]
    other = [["案号", "当事人", "结案时间", "不公开理由"], ["(2026)粤9901民初3号", secrets[3], secrets[1], "离婚"]]
    more = [["单位", "姓名", "旁听时间"], ["某局", secrets[3], secrets[2]], ["某局", secrets[3], "2026-3-1"]]
    reading = read(workbook(tmp_path / "a.xlsx", 流程=rows, 审批=other, 旁听=more))
    assert (len(reading.records), len(reading.problems)) == (2, 4)
    shown = repr(reading) + "".join(map(str, reading.problems))
    assert [s for s in secrets if s in shown] == []


# --- a large ledger ---


@pytest.mark.slow
def test_a_large_ledger_is_streamed(tmp_path):
    import resource

    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, CASE_HEADER)
        for row in range(1, 20_001):
            sheet.write_row(row, 0, [f"(2026)粤9901民初{row}号", "买卖合同纠纷", "民一庭", 46090, "2026-03-20"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = read(tmp_path / "a.xlsx")
    assert len(reading.records) == 20_000
    unit = 1 if before > 1 << 30 else 1024  # macOS counts bytes, Linux KiB
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit < 100 * 1024**2


# --- storage ---


@pytest.fixture
def engine(tmp_path):
    return connect(tmp_path / "gongkai.sqlite")


def save(engine, reading, night=NIGHT):
    with engine.begin() as connection:
        return save_ledger(
            connection, site="court", file=reading.file, sha256=reading.sha256, sheets=reading.ledgers,
            records=reading.records, night=night, imported=NOW,
        )  # fmt: skip


def stored(engine, kind=CaseEntry):
    with engine.connect() as connection:
        return [
            (s.record.source, s.record.row, s.record.case_number, s.first_seen) for s in store.read(connection, kind)
        ]


def test_importing_twice_doubles_nothing_and_keeps_the_first_night(tmp_path, engine):
    two = [CASE_HEADER, CASE_ROW, ["(2026)粤9901民初2号、(2026)粤9901民初3号"]]
    path = workbook(tmp_path / "a.xlsx", 台账=two)
    assert save(engine, read(path)) == 3
    once = stored(engine)
    save(engine, read(path), date(2026, 4, 1))
    assert stored(engine) == once and len(once) == 3
    with engine.connect() as connection:
        (ledger,) = ledger_files(connection, "court")
        assert ledger_files(connection, "other") == []
    assert (ledger.source, ledger.kind, ledger.rows, ledger.unread, ledger.imported) == (
        "a.xlsx/台账",
        "cases",
        2,
        0,
        NOW,
    )


def test_a_newer_file_replaces_rows_and_sheets(tmp_path, engine):
    approvals = [["案号", "不公开理由"], ["(2026)粤9901民初9号", "离婚"]]
    save(engine, read(workbook(tmp_path / "a.xlsx", 台账=[CASE_HEADER, CASE_ROW, CASE_ROW], 审批=approvals)))
    save(engine, read(text_file(tmp_path / "a.xlsx.csv", [CASE_HEADER, CASE_ROW])))
    save(engine, read(workbook(tmp_path / "a.xlsx", 新表=[CASE_HEADER, CASE_ROW])))
    assert [s[:2] for s in stored(engine)] == [("a.xlsx.csv", 2), ("a.xlsx/新表", 2)]
    assert stored(engine, Approval) == []
    with engine.connect() as connection:
        assert [f.source for f in ledger_files(connection)] == ["a.xlsx.csv", "a.xlsx/新表"]


def test_the_same_contents_under_another_name_are_the_same_ledger(tmp_path, engine):
    first = workbook(tmp_path / "a.xlsx", 台账=[CASE_HEADER, CASE_ROW])
    save(engine, read(first))
    save(engine, read(first.rename(tmp_path / "b.xlsx")))
    assert [s[0] for s in stored(engine)] == ["b.xlsx/台账"]


def test_forgetting_a_file_leaves_the_others(tmp_path, engine):
    save(engine, read(workbook(tmp_path / "a.xlsx", 台账=[CASE_HEADER, CASE_ROW])))
    save(engine, read(workbook(tmp_path / "a_.xlsx", 台账=[CASE_HEADER, [*CASE_ROW[:4], ""]])))
    with engine.begin() as connection:
        forget_ledger(connection, "court", "a.xlsx")
    assert [s[0] for s in stored(engine)] == ["a_.xlsx/台账"]


def test_no_ledger_table_has_a_column_for_personal_data():
    columns = {c.name for kind in (Participant, Attendance, Approval) for c in TABLES[kind].columns}
    assert not columns & {"name", "names", "parties", "id_number", "phone"}
