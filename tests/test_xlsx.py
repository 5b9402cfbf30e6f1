"""The workbook, read back: working lists, real numbers and dates, native charts, and a form that comes back whole."""

import dataclasses
import io
import re
import zipfile
from datetime import date, datetime
from xml.etree import ElementTree

import openpyxl
import pytest

from crawlers.feedback_form import read_form
from gongkai import feedback
from reports.formats import xlsx
from reports.formats.xlsx import sheet as sheets
from reports.indicators import Indicator
from reports.ranking import Ranking, RankRow
from reports.weights import load_weights
from reports.words import say, say_all
from tests.bulletins import pictures as samples
from tests.bulletins.two_nights import LONG_URL, OVERLONG_URL, quiet, trial

FORM = {
    name: say(f"feedback.columns.{name}")
    for name in (
        "number",
        "code",
        "problem",
        "cause",
        "measures",
        "person",
        "finished",
        "proofs",
        "signature",
        "result",
    )
}


def loaded(bulletin):
    return openpyxl.load_workbook(io.BytesIO(xlsx.render(bulletin)))


@pytest.fixture(scope="module")
def bulletin():
    return dataclasses.replace(trial(), pictures=samples.all_four(), ranking=ranking(), indicators=(RATE, COUNT))


RATE = Indicator(
    name="upload_rate",
    title="上网率（件）",
    numerator=42,
    denominator=45,
    value=0.9333,
    before=0.9,
    definition="口径。",
)
COUNT = Indicator(name="closed", title="结案数", unit="count", value=45, before=40, year_ago=50)


def ranking():
    rows = (
        RankRow(name="民事审判第一庭", closed=40, indicators={"closed": COUNT, "upload_rate": RATE}, s1=2, score=93.3, rank=1, rank_before=3),
        RankRow(name="执行局", indicators={"upload_rate": dataclasses.replace(RATE, value=0.5)}, s0=1, why="veto"),
    )  # fmt: skip
    return Ranking(by="department", rows=rows, weights=load_weights(), small=(("执行局", "upload_rate"),))


@pytest.fixture(scope="module")
def book(bulletin):
    return loaded(bulletin)


@pytest.fixture(scope="module")
def raw(bulletin):
    return zipfile.ZipFile(io.BytesIO(xlsx.render(bulletin)))


def table(sheet, top=1):
    """The rows of a sheet as dictionaries of cells by heading."""
    heads = [cell.value for cell in sheet[top]]
    return [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=top + 1)]


# --- sheets ---


def test_sheets_stand_in_the_order_of_the_annexes(book):
    assert book.sheetnames == [
        "总览", "指标排名", "问题清单", "疑似与待核实", "整改情况反馈表", "指标口径", "已整改", "覆盖情况", "规则汇总", "统计与估算", "图表",
    ]  # fmt: skip


def test_working_lists_are_filtered_frozen_and_print_on_whole_widths(book):
    for name in ("指标排名", "问题清单", "疑似与待核实", "已整改", "覆盖情况", "规则汇总", "统计与估算"):
        sheet = book[name]
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.freeze_panes.endswith("2")
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert book["整改情况反馈表"].auto_filter.ref.startswith("A3:")
    assert book["整改情况反馈表"].print_title_rows == "$3:$3"


def test_the_first_sheet_leads_to_all_others(book):
    first = book["总览"]
    links = {cell.value: cell.hyperlink.location for row in first.iter_rows() for cell in row if cell.hyperlink}
    assert list(links) == book.sheetnames[1:]
    assert all(location == f"'{name}'!A1" for name, location in links.items())
    beside = {row[0].value: row[1].value for row in first.iter_rows(max_col=2) if row[0].value in links}
    assert beside["指标排名"] == "附件1"
    assert beside["指标口径"] == "附件5"
    assert beside["覆盖情况"] is None


def test_a_quiet_night_has_no_form_and_no_ranking():
    book = loaded(quiet())
    assert not {"指标排名", "整改情况反馈表", "统计与估算", "图表"} & set(book.sheetnames)
    assert book["问题清单"].max_row == 1
    assert xlsx.feedback_forms(quiet()) == {}


# --- values ---


def test_no_cell_is_a_formula_and_outside_links_are_web_ones(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                if cell.hyperlink and cell.hyperlink.location is None:
                    assert cell.hyperlink.target.startswith(("http://", "https://"))
    texts = {str(cell.value) for row in book["问题清单"].iter_rows() for cell in row}
    assert any('=HYPERLINK("http://evil.example/","点我")' in text for text in texts)
    assert "=1+1|栏目" in texts


def test_dates_are_dates_and_overlong_addresses_are_text(bulletin, book):
    rows = table(book["问题清单"])
    for row, entry in zip(rows, bulletin.certain, strict=True):
        assert row["整改时限"].is_date
        assert row["整改时限"].value.date() == entry.finding.due
        assert row["识别码"].value == entry.code
        assert row["识别码"].data_type == "s"
        if entry.proof:
            assert row["取证时间"].value in (datetime(2026, 3, 31, 2, 14, 5), datetime(2026, 3, 30, 2, 14, 5))
            assert row["快照编号"].value == entry.proof_number
    subject = {row["链接"].value: row["链接"] for row in rows}
    assert subject[LONG_URL].hyperlink.target == LONG_URL
    assert subject[OVERLONG_URL].hyperlink is None


def test_links_stop_where_excel_stops(bulletin, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_LINKS", 3)
    sheet = loaded(bulletin)["问题清单"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert sum(cell.hyperlink is not None for cell in cells) == 3
    assert any(cell.value == LONG_URL for cell in cells)


def test_the_ranking_has_numbers_not_words(book):
    first, second = table(book["指标排名"])[:2]
    assert (first["上网率"].value, first["上网率"].number_format) == (0.9333, "0.00%")
    assert (first["结案数"].value, first["得分"].value, first["排名"].value, first["较上期"].value) == (45, 93.3, 1, 2)
    assert first["较上期"].number_format == '"升"0;"降"0;"平"'
    assert second["上网率"].number_format == '0.00%"*"'  # of too few to be scored
    assert (second["S0"].value, second["得分"].value, second["排名"].value) == (1, None, "单项否决")
    assert "直播率" not in first  # nobody has it
    notes = [row["序号"].value for row in table(book["指标排名"])[2:] if row["序号"].value]
    assert any("单项否决" in note for note in notes)


def test_indicators_are_numbers_with_their_changes(book):
    rows = [list(row) for row in book["指标口径"].iter_rows()]
    rate = next(row for row in rows if row[0].value == "上网率（件）")
    assert [cell.value for cell in rate[:5]] == ["上网率（件）", 0.9333, "42/45", 3.33, None]
    assert rate[1].number_format == "0.00%"
    count = next(row for row in rows if row[0].value == "结案数")
    assert [cell.value for cell in count[:5]] == ["结案数", 45, None, 5, -5]
    assert any("“确定”指" in str(row[0].value) for row in rows)


def test_statistics_are_numbers(bulletin, book):
    rows = table(book["统计与估算"])
    for figure, row in zip(bulletin.figures, rows, strict=True):
        one = figure.statistic
        assert row["数值"].value == ("—" if one.value is None else one.value)
        if one.value is not None:
            assert row["数值"].number_format == ("0.00%" if one.unit == "share" else "#,##0")


# --- work ---


def test_choices_are_lists(book):
    for name, choices in (("问题清单", "handling"), ("疑似与待核实", "verdict")):
        (validation,) = book[name].data_validations.dataValidation
        assert validation.type == "list"
        assert validation.formula1.strip('"').split(",") == list(say_all(f"choices.{choices}"))
        heads = [cell.value for cell in book[name][1]]
        column = openpyxl.utils.get_column_letter(heads.index(say(f"fields.{choices}")) + 1)
        assert str(validation.sqref) == f"{column}2:{column}{book[name].max_row}"


def formulas(sheet):
    return [(str(found.sqref), rule.formula[0]) for found in sheet.conditional_formatting for rule in found.rules]


def test_what_is_overdue_is_marked_until_it_is_handled(book, bulletin):
    sheet = book["问题清单"]
    heads = [cell.value for cell in sheet[1]]
    due, handling = (openpyxl.utils.get_column_letter(heads.index(name) + 1) for name in ("整改时限", "处理情况"))
    (told,) = formulas(sheet)
    last = len(bulletin.certain) + 1
    assert told == (
        f"{due}2:{due}{last}",
        f'AND(${due}2<>"",${due}2<TODAY(),${handling}2<>"已整改",${handling}2<>"情况不实")',
    )
    assert set(say_all("choices.closed")) < set(say_all("choices.handling"))


# --- the form ---


def test_the_form_has_a_row_for_every_certain_finding(bulletin, book):
    rows = table(book["整改情况反馈表"], top=3)
    assert [row["编号"].value for row in rows] == [entry.number for entry in bulletin.certain]
    assert [row["识别码"].value for row in rows] == [entry.code for entry in bulletin.certain]
    heads = [cell.value for cell in book["整改情况反馈表"][3]]
    assert [head for head in heads if head in FORM.values()] == list(FORM.values())
    for row, entry in zip(rows, bulletin.certain, strict=True):
        assert entry.finding.message[:50] in row["问题"].value
        assert row["首次发现"].is_date


def test_what_identifies_a_row_is_locked_and_what_is_filled_in_is_not(book):
    sheet = book["整改情况反馈表"]
    protection = sheet.protection
    assert protection.sheet
    assert not protection.password
    for allowed in ("sort", "autoFilter", "formatColumns", "formatRows", "insertHyperlinks"):
        assert getattr(protection, allowed) is False, allowed  # not forbidden
    answers = {FORM[name] for name in ("cause", "measures", "person", "finished", "proofs", "signature")}
    for row in table(sheet, top=3):
        assert {name for name, cell in row.items() if not cell.protection.locked} == answers


def test_a_day_must_lie_between_the_first_night_and_today(book):
    sheet = book["整改情况反馈表"]
    (validation,) = sheet.data_validations.dataValidation
    heads = [cell.value for cell in sheet[3]]
    done, first = (openpyxl.utils.get_column_letter(heads.index(name) + 1) for name in (FORM["finished"], "首次发现"))
    assert validation.formula1 == f"AND(ISNUMBER(${done}4),${done}4>=${first}4,${done}4<=TODAY())"
    assert str(validation.sqref) == f"{done}4:{done}{sheet.max_row}"
    assert validation.showErrorMessage
    ((where, told),) = formulas(sheet)
    assert told.startswith(f'AND(${done}4=""')
    assert where.endswith(str(sheet.max_row))


def test_each_unit_has_its_own_form(bulletin):
    files = xlsx.feedback_forms(bulletin)
    assert len(files) == 6
    codes = []
    for name, content in files.items():
        assert re.fullmatch(r"整改情况反馈表-示例市\S+人民法院 \S+\.xlsx", name)
        (sheet,) = openpyxl.load_workbook(io.BytesIO(content))
        assert sheet["A1"].value == f"整改情况反馈表（{name[8:-5]}）"
        rows = table(sheet, top=3)
        assert "部门" not in rows[0]
        codes += [row["识别码"].value for row in rows]
    assert sorted(codes) == sorted(entry.code for entry in bulletin.certain)


def test_a_units_name_makes_no_other_folder(bulletin):
    entry = bulletin.certain[0]
    odd = dataclasses.replace(entry, finding=dataclasses.replace(entry.finding, department="../a:b|c\\d"))
    one_court = dataclasses.replace(bulletin.scope, courts=bulletin.scope.courts[:1])
    (name,) = xlsx.feedback_forms(dataclasses.replace(bulletin, certain=(odd,), scope=one_court))
    assert name == "整改情况反馈表-.._a_b_c_d.xlsx"


# --- charts ---

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def charts(raw):
    names = sorted(
        (n for n in raw.namelist() if n.startswith("xl/charts/chart")), key=lambda n: int(re.search(r"\d+", n)[0])
    )
    return [ElementTree.fromstring(raw.read(name)) for name in names]


def test_the_four_pictures_are_native_charts_with_their_data(raw, book, bulletin):
    drawn = charts(raw)
    assert len(drawn) == 4
    sheet = book["图表"]
    for chart, picture in zip(drawn, bulletin.pictures.shown, strict=True):
        told = "".join(
            text.text or "" for text in chart.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")
        )
        assert picture.title in told
        references = [formula.text for formula in chart.iter(f"{C}f")]
        assert references
        assert all(reference.startswith("'图表'!$") or reference.startswith("图表!$") for reference in references)
        assert chart.find(f".//{C}dispBlanksAs") is None  # a blank is a gap
    captions = [row[0].value for row in sheet.iter_rows(max_col=1) if str(row[0].value).startswith("图")]
    assert captions == [f"图{n}　{p.title}" for n, p in enumerate(bulletin.pictures.shown, start=1)]


def test_a_gap_is_an_empty_cell_and_not_zero(book, bulletin):
    rows = {row[0].value: row for row in book["图表"].iter_rows(min_row=3, max_row=33)}
    for point in bulletin.pictures.trend.points:
        row = rows[datetime(point.first.year, point.first.month, point.first.day)]
        assert [cell.value for cell in row[2:6]] == [point.open, point.new, point.resolved, point.nights]
    assert rows[datetime(2026, 3, 10)][2].value is None


def test_the_map_of_sections_is_shaded_by_age(book, bulletin):
    freshness = bulletin.pictures.freshness
    sheet = book["图表"]
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "法院")
    for number, row in enumerate(freshness.rows, start=top + 1):
        told = [cell.value for cell in sheet[number][2 : 2 + len(row.cells)]]
        assert told == ["未读" if c.state == "unread" else "—" if c.state == "undated" else c.days for c in row.cells]
    limits = [float(formula) for _, formula in formulas(sheet)]
    assert limits == [92, 31, 14, 7]  # the darkest is tried first


def test_series_differ_without_colour(raw):
    """The stacked bars of severities: solid, patterned, patterned, white, as in the printed picture."""
    stacked = charts(raw)[3]
    a = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    looks = []
    for series in stacked.iter(f"{C}ser"):
        shape = series.find(f"{C}spPr")
        pattern = shape.find(f"{a}pattFill")
        looks.append(pattern.get("prst") if pattern is not None else shape.find(f"{a}solidFill/{a}srgbClr").get("val"))
    assert looks == ["1B1B1B", "trellis", "wdUpDiag", "FFFFFF"]


def test_pictures_that_are_left_out_say_why(bulletin):
    fewer = dataclasses.replace(bulletin.pictures, lateness=dataclasses.replace(bulletin.pictures.lateness, buckets=()))
    sheet = loaded(dataclasses.replace(bulletin, pictures=fewer))["图表"]
    assert fewer.lateness.absent in [row[0].value for row in sheet.iter_rows(max_col=1)]


# --- the file ---


def test_nothing_is_lost_by_writing_row_by_row(bulletin):
    """With `constant_memory` a row that comes too late is lost without a word."""
    book = loaded(bulletin)
    assert book["总览"]["A1"].value == "关于2026年3月31日司法公开巡查情况的通报"
    facts = {row[0].value: row[1].value for row in book["总览"].iter_rows(max_col=2) if row[0].value}
    assert facts["确定"] == bulletin.counts.certain
    assert facts["巡查日期"].date() == date(2026, 3, 31)
    courts = [row[0].value for row in book["总览"].iter_rows() if row[1].value in ("完整", "不完整")]
    assert courts == [row.court for row in bulletin.courts]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("", 10, 1), ("一二三四", 9, 1), ("一二三四五", 9, 2), ("abcdefgh", 9, 1), ("一" * 999, 9, 8)],
)
def test_lines_of_a_cell(text, width, expected):
    assert sheets.lines(text, width) == expected


# --- and back ---


def test_a_form_that_was_filled_in_is_read_back_row_by_row(bulletin, tmp_path):
    """Filled in as a department does it: some rows, in the sheet of the whole workbook and in its own file."""
    forms = xlsx.feedback_forms(bulletin)
    for number, content in enumerate((xlsx.render(bulletin), *forms.values())):
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = table(book["整改情况反馈表"], top=3)
        for row in rows[::2]:
            row[FORM["measures"]].value = "已更新栏目"
            row[FORM["finished"]].value = date(2026, 4, 1)
        book.save(tmp_path / f"{number}.xlsx")
        reading = read_form(tmp_path / f"{number}.xlsx", feedback.headers(), date(2026, 4, 2))
        assert [(row.code, row.measures, row.finished) for row in reading.rows] == [
            (row["识别码"].value, "已更新栏目", date(2026, 4, 1)) for row in rows[::2]
        ]
        assert reading.problems == ()
        assert reading.empty == len(rows[1::2])
