"""The feedback form comes back: read in every copy that people make of it, held against the findings, never guessed."""

from __future__ import annotations

import csv
import logging
import re
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from crawlers.feedback_form import LedgerError, read_form
from gongkai import cli, feedback
from gongkai.errors import UserError
from reports.words import say_map
from storage import database, events, runs
from storage.findings import Sighting, Subject, fingerprint, record_night
from storage.handling import handling_at

CHINA = timezone(timedelta(hours=8))
FIRST, SECOND, THIRD = date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 2)
NOW = datetime(2026, 4, 1, 9, tzinfo=CHINA)
NAMES = say_map("feedback.columns")
HEADER = list(NAMES.values())
PERSON = "欧阳某某"
GOOD = {
    "cause": "改版时漏改，原链接失效",
    "measures": "已删除",
    "person": PERSON,
    "finished": date(2026, 4, 1),
    "proofs": "http://www.example.example/1",
}


def subject(name):
    return Subject(kind="page", url=f"http://www.example.example/{name}")


def print_of(name):
    return fingerprint("W-07", "s", subject(name))


def code(name):
    return print_of(name)[:10]


def record(connection, night, seen="", **others):
    made = [
        Sighting(
            rule="W-07", title="死链", severity="S2", verdict="certain", raw_grade="certain", site="s",
            court="示例市人民法院", department="民一庭", subject=subject(name), message="打不开", remedy="改正。",
            due=None, basis=(), evidence=(),
        )
        for name in seen
    ]  # fmt: skip
    record_night(connection, night, "s", made, {print_of(name): verdict for name, verdict in others.items()})


@pytest.fixture
def path(tmp_path):
    """A database on two nights: a, b, c, d are open, e was resolved on the second."""
    where = tmp_path / "gongkai.db"
    with database.connect(where).begin() as connection:
        runs.save_site(connection, runs.Site(id="s", court="示例市人民法院", home="http://www.example.example/"))
        for night in (FIRST, SECOND):
            runs.start(connection, "s", night, datetime(night.year, night.month, night.day, 1, tzinfo=CHINA))
        record(connection, FIRST, "abcde")
        record(connection, SECOND, "abcd", e="passed")
    return where


def row(name=None, *, number=1, **answers):
    """A row of the form, in the order of its header."""
    values = {"number": number, "code": None if name is None else code(name), "problem": "死链"} | answers
    return [values.get(field) for field in NAMES]


def form(path, rows, header=HEADER, above=(("附件4",), ("整改情况反馈表",)), sheet="整改情况反馈表", before=()):
    book = Workbook()
    book.remove(book.active)
    for name in before:
        book.create_sheet(name).append(["法院", "问题描述", "整改时限"])
    page = book.create_sheet(sheet)
    for values in (*above, header, *rows):
        page.append(list(values))
    book.save(path)
    return path


def read(path):
    return read_form(path, feedback.headers(), NOW.date())


def lines(problems):
    return [str(p) for p in problems]


def imported(database_path, *files, now=NOW):
    with database.connect(database_path).begin() as connection:
        found = feedback.match(connection, feedback.read(files, now.date()), now=now, who="司法公开办")
        feedback.save(connection, found)
    return found


# --- reading ---


def test_a_form_as_it_was_sent_out_and_filled_in(tmp_path):
    rows = [row("a", **GOOD), row("b", number=2), row("c", number=3, cause="正在联系技术公司")]
    reading = read(form(tmp_path / "表.xlsx", rows))
    assert (len(reading.rows), reading.empty, reading.problems) == (2, 1, ())
    first, second = reading.rows
    assert (first.code, first.cause, first.finished) == (code("a"), GOOD["cause"], GOOD["finished"])
    assert (first.place, first.sheet, first.row) == ("表.xlsx 整改情况反馈表 第4行", "整改情况反馈表", 4)
    assert (second.measures, second.finished) == (None, None)


@settings(deadline=None, max_examples=25)
@given(order=st.permutations(range(len(HEADER))), extra=st.integers(0, 3), rows=st.permutations("abc"))
def test_columns_and_rows_in_any_order_say_the_same(tmp_path_factory, order, extra, rows):
    filled = {"a": row("a", **GOOD), "b": row("b", cause="改版", measures="联系中"), "c": row("c")}
    moved = [[line[place] for place in order] + ["旁注"] * extra for line in (filled[name] for name in rows)]
    header = [HEADER[place] for place in order] + [f"自加列{n}" for n in range(extra)]
    reading = read(form(tmp_path_factory.mktemp("form") / "f.xlsx", moved, header))
    said = {r.code: (r.cause, r.measures, r.person, r.finished, r.proofs) for r in reading.rows}
    assert said == {code("a"): tuple(GOOD.values()), code("b"): ("改版", "联系中", None, None, None)}
    assert reading.empty == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(tmp_path, encoding):
    path = tmp_path / "f.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, row("a", **GOOD | {"finished": "2026年4月1日"})])
    (one,) = read(path).rows
    assert (one.code, one.finished, one.place) == (code("a"), date(2026, 4, 1), "f.csv 第2行")


def test_other_sheets_and_hidden_ones_are_left_alone(tmp_path):
    path = form(tmp_path / "f.xlsx", [row("a", **GOOD)], before=("总览", "问题清单"))
    assert [r.sheet for r in read(path).rows] == ["整改情况反馈表"]


def test_headers_as_departments_write_them(tmp_path):
    header = ["编 号", "识别码：", "问题", "原 因", "整改措施\n（可附页）", "整改责任人", "完成日期", "佐证材料"]
    path = form(tmp_path / "f.xlsx", [[1, code("a"), "死链", "改版", "删除", PERSON, "2026.4.1", "见附件"]], header)
    (one,) = read(path).rows
    assert (one.cause, one.measures, one.person, one.proofs) == ("改版", "删除", PERSON, "见附件")
    assert one.problem("finished", _told()).column == "G"


def _told():
    from crawlers.ledger_words import told

    return told("no_code")


def test_the_code_below_the_running_number_as_it_is_printed(tmp_path):
    header = ["编号", "问题", "原因分析", "整改措施", "责任人", "完成时间"]
    path = form(
        tmp_path / "f.xlsx", [[f"12\n{code('a').upper()}", "死链", "改版", "删除", PERSON, "2026-04-01"]], header
    )
    assert [r.code for r in read(path).rows] == [code("a")]


def test_same_as_above_and_a_repeated_header(tmp_path):
    rows = [row("a", **GOOD), HEADER, row("b", cause="同上", measures="〃", finished="同上"), row("c", cause=" 无 ")]
    reading = read(form(tmp_path / "f.xlsx", rows))
    assert [(r.cause, r.measures, r.finished) for r in reading.rows][1:] == [
        (GOOD["cause"], "已删除", date(2026, 4, 1))
    ]
    assert (reading.empty, reading.problems) == (1, ())


def test_cells_that_cannot_be_read_are_named(tmp_path):
    rows = [
        row("a", cause="同上"),
        row("b", **GOOD | {"finished": "三月底"}),
        row("c", **GOOD | {"finished": "2026-02-30"}),
        row("d", **GOOD | {"finished": "=TODAY()"}),
        row("e", **GOOD | {"measures": "#REF!"}),
    ]
    reading = read(form(tmp_path / "f.xlsx", rows))
    assert reading.rows == ()
    assert lines(reading.problems) == [
        "f.xlsx 工作表“整改情况反馈表” 第4行 D列“原因分析”：上面没有可“同上”的一行",
        "f.xlsx 工作表“整改情况反馈表” 第5行 G列“完成时间”：不是日期",
        "f.xlsx 工作表“整改情况反馈表” 第6行 G列“完成时间”：没有这个日期：2026-02-30",
        "f.xlsx 工作表“整改情况反馈表” 第7行 G列“完成时间”：公式没有计算结果，请在表格软件中打开并保存后再导入",
        "f.xlsx 工作表“整改情况反馈表” 第8行 E列“整改措施”：公式出错 #REF!",
    ]


def test_numbers_of_persons_are_masked_and_addresses_stay(tmp_path):
    said = {
        "cause": "当事人王某13912345678来电",
        "measures": "身份证号110101199003070791已删",
        "finished": "2026-04-01",
    }
    said["proofs"] = "见 http://www.example.example/2026/20260401/15.shtml，电话13912345678"
    (one,) = read(form(tmp_path / "f.xlsx", [row("a", **said)])).rows
    assert one.proofs == "见 http://www.example.example/2026/20260401/15.shtml，电话139****5678"
    assert "13912345678" not in one.cause
    assert "110101199003070791" not in one.measures


def test_what_is_no_form_says_which_columns_it_should_have(tmp_path):
    path = form(tmp_path / "f.xlsx", [[1]], header=["编号", "问题"])
    with pytest.raises(LedgerError, match=r"f\.xlsx: 没有整改情况反馈表：表头应有 识别码、编号、原因分析、"):
        read(path)


# --- against the findings ---


def test_a_report_is_pending_until_a_night_has_looked(tmp_path, path):
    found = imported(path, form(tmp_path / "f.xlsx", [row("a", **GOOD), row("b", **GOOD), row("c", cause="联系中")]))
    assert (found.count("rectified"), found.count("replied"), found.problems) == (2, 1, ())
    with database.connect(path).begin() as connection:
        states = {print_: h.state for print_, h in handling_at(connection, SECOND).items()}
        assert states == {print_of("a"): "reported", print_of("b"): "reported", print_of("c"): "replied"}
        kept = events.read(connection)[print_of("a")][0]
        assert kept.after == GOOD | {"finished": "2026-04-01"}
        assert (kept.who, kept.note, kept.before) == ("司法公开办", "f.xlsx 整改情况反馈表 第4行", None)
        runs.start(connection, "s", THIRD, datetime(2026, 4, 2, 1, tzinfo=CHINA))
        record(connection, THIRD, "b", a="absent", c="unread", d="unread")
        after = handling_at(connection, THIRD)
        assert {print_: h.state for print_, h in after.items()} == {
            print_of("a"): "confirmed",
            print_of("b"): "reopened",
            print_of("c"): "replied",
        }
        assert after[print_of("b")].failures == 1


def test_imported_twice_nothing_changes_and_a_changed_form_adds_an_event(tmp_path, path):
    file = form(tmp_path / "f.xlsx", [row("a", **GOOD), row("b", cause="联系中")])
    imported(path, file)
    again = imported(path, file)
    assert (again.events, again.unchanged, again.updated) == ((), 2, 0)
    changed = imported(
        path, form(tmp_path / "g.xlsx", [row("a", **GOOD), row("b", **GOOD)]), now=NOW + timedelta(hours=1)
    )
    assert (len(changed.events), changed.unchanged, changed.updated) == (1, 1, 1)
    with database.connect(path).begin() as connection:
        steps = events.read(connection)[print_of("b")]
        assert [(e.what, e.before) for e in steps] == [("replied", None), ("rectified", {"cause": "联系中"})]


def test_rows_that_do_not_fit_are_named_and_the_others_taken(tmp_path, path):
    rows = [
        row("a", **GOOD),
        row(code="ffffffffff", **GOOD),
        row(None, **GOOD),
        row("b", **GOOD | {"finished": date(2026, 4, 2)}),
        row("c", **GOOD | {"finished": date(2026, 3, 29)}),
        row("a", **GOOD),
        row("a", **GOOD | {"cause": "别的原因"}),
        row(code=1.234567e18, **GOOD),
    ]
    rows[1][1] = "ffffffffff"
    found = imported(path, form(tmp_path / "f.xlsx", rows))
    where = "f.xlsx 工作表“整改情况反馈表” "
    assert lines(found.problems) == [
        f"{where}第5行 B列“识别码”：数据库中没有识别码为 ffffffffff 的问题，或识别码有误",
        f"{where}第6行 B列“识别码”：没有识别码，无法对应问题；请从原表复制该行的识别码",
        f"{where}第7行 G列“完成时间”：完成时间 2026-04-02 晚于今天（2026-04-01）",
        f"{where}第8行 G列“完成时间”：完成时间 2026-03-29 早于发现日期（2026-03-30）：此后仍发现该问题",
        f"{where}第10行 B列“识别码”：与“f.xlsx 整改情况反馈表 第4行”是同一问题，内容不同；以该行为准，本行未采用",
        f"{where}第11行 B列“识别码”：识别码被表格软件改成了数字，无法还原；请将该列设为文本后重填",
    ]
    assert [e.fingerprint for e in found.events] == [print_of("a")]
    assert not any(PERSON in line for line in lines(found.problems))


def test_what_was_resolved_already_is_taken_and_told(tmp_path, path):
    found = imported(path, form(tmp_path / "f.xlsx", [row("e", **GOOD)]))
    assert (len(found.events), found.resolved) == (1, 1)
    with database.connect(path).begin() as connection:
        handling = handling_at(connection, SECOND)[print_of("e")]
        assert (handling.state, handling.checked_on) == ("confirmed", SECOND)


def test_an_old_form_says_nothing_of_a_finding_that_came_back(tmp_path, path):
    file = form(tmp_path / "f.xlsx", [row("e", **GOOD | {"finished": SECOND})])
    imported(path, file)
    with database.connect(path).begin() as connection:
        record(connection, THIRD, "abcde")
    again = imported(path, file, now=NOW + timedelta(days=2))
    assert again.events == ()
    assert "早于发现日期（2026-04-02）" in lines(again.problems)[0]


def test_a_code_that_a_spreadsheet_took_for_a_number_is_found_again(tmp_path, path):
    """`0012345678` loses its zeros, `123e456789` and `1234567e12` become other numbers: in seven codes of a thousand."""
    names = (f"n{n}" for n in range(100_000))
    exponent = next(n for n in names if re.fullmatch(r"\d{6,8}e\d{1,3}", code(n)) and float(code(n)) < 1e200)
    zeros = next(n for n in names if re.fullmatch(r"0\d{9}", code(n)))
    with database.connect(path).begin() as connection:
        record(connection, THIRD, [exponent, zeros])
    answers = GOOD | {"finished": THIRD}
    rows = [row(exponent, **answers), row(zeros, **answers)]
    for values in rows:
        values[1] = float(values[1])
    found = imported(path, form(tmp_path / "f.xlsx", rows), now=NOW + timedelta(days=2))
    assert found.problems == ()
    assert {e.fingerprint for e in found.events} == {print_of(exponent), print_of(zeros)}


def test_a_form_of_another_database_imports_nothing(tmp_path, path):
    rows = [row("a", **GOOD), row("b", **GOOD)]
    for number, values in enumerate(rows):
        values[1] = f"{number:010x}"
    good = form(tmp_path / "a.xlsx", [row("a", **GOOD)])
    with pytest.raises(UserError, match=r"b\.xlsx: 其中 2 个识别码都不在本数据库中|none of its 2 codes"):
        imported(path, good, form(tmp_path / "b.xlsx", rows))
    with database.connect(path).begin() as connection:
        assert events.read(connection) == {}


# --- on the command line ---


@pytest.fixture
def run(path, capsys, monkeypatch):
    monkeypatch.setenv("GONGKAI_DATABASE", str(path))
    monkeypatch.setenv("GONGKAI_LANG", "zh")

    def command(*arguments):
        code = cli.run([str(a) for a in arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


def test_the_command_says_what_came_of_it_and_names_nobody(tmp_path, run, caplog):
    file = form(tmp_path / "f.xlsx", [row("a", **GOOD), row(None, **GOOD), row("b", cause="联系中"), row("c")])
    with caplog.at_level(logging.DEBUG):
        status, out, err = run("findings", "import-feedback", file, "--who", "司法公开办")
    assert (status, out) == (0, "")
    assert "第5行" in err
    assert "已报整改、待复查 1 条，其他答复 1 条" in err
    assert "未填写 1 条，未采用 1 行" in err
    assert PERSON not in err + caplog.text
    listed = run("findings", "list")[1]
    assert "已报整改，待复查" in listed
    assert PERSON not in listed
    shown = run("findings", "show", code("a"))[1]
    assert "反馈: 已报整改，待复查" in shown
    assert "司法公开办 报告已整改 (f.xlsx 整改情况反馈表 第4行)" in shown


def test_an_unreadable_file_among_several_imports_nothing(tmp_path, path, run):
    good = form(tmp_path / "a.xlsx", [row("a", **GOOD)])
    broken = tmp_path / "b.xlsx"
    broken.write_bytes(good.read_bytes()[:400])
    status, _, err = run("findings", "import-feedback", good, broken)
    assert status == 2
    assert err.count("\n") == 1
    assert "b.xlsx" in err
    with database.connect(path).begin() as connection:
        assert events.read(connection) == {}


def test_without_a_night_there_is_nothing_to_answer(tmp_path, run, monkeypatch):
    database.connect(tmp_path / "empty.db").dispose()
    monkeypatch.setenv("GONGKAI_DATABASE", str(tmp_path / "empty.db"))
    status, _, err = run("findings", "import-feedback", form(tmp_path / "a.xlsx", [row("a", **GOOD)]))
    assert (status, err.strip()) == (2, "错误: 数据库中还没有审计结果")
