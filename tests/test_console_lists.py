"""Rules, bulletins, and any list as a file: what everybody may see of them, and that files do no harm."""

import csv
import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from auditors.rule import all_rules
from gongkai.console import downloads
from storage import bulletins, schema
from storage.bulletins import Issued
from tests.bulletins.two_nights import GENERATED, HOSTILE
from tests.console_fixtures import CASE, LINK, sign_in

pytest_plugins = ("tests.console_fixtures",)

WHOLE = Issued(
    number="示法公开〔2026〕1号",
    code="示法公开",
    year=2026,
    serial=1,
    title="关于2026年3月司法公开巡查情况的通报",
    kind="month",
    first=date(2026, 3, 1),
    last=date(2026, 3, 31),
    sites=("chengnan", "hekou"),
    department=None,
    night=date(2026, 3, 31),
    day=date(2026, 4, 1),
    issued=GENERATED,
)
EXTRACT = replace(WHOLE, number="示法公开〔2026〕2号", serial=2, department="民事审判第一庭", sites=("chengnan",))
OTHERS = replace(WHOLE, number="示法公开〔2026〕3号", serial=3, department="行政审判庭", sites=("chengnan",))
COUNTY = replace(
    WHOLE, number="示法公开〔2026〕4号", serial=4, sites=("hekou",), corrects=WHOLE.number, reason="补正台账"
)


@pytest.fixture
def register(engine):
    with engine.begin() as connection:
        for one in (WHOLE, EXTRACT, OTHERS, COUNTY):
            bulletins.issue(connection, one, {"bulletin.docx": b"PK" + one.number.encode(), "a&b/<x>.html": b"<html>"})


# --- bulletins ---


@pytest.mark.parametrize(
    ("name", "readable"),
    [("admin", {1, 2, 3, 4}), ("wang", {1, 2, 3, 4}), ("li", {4}), ("min1", {2})],
)
def test_everybody_reads_the_bulletins_that_are_for_them(client, register, name, readable):
    sign_in(client, name)
    page = client.get("/bulletins").text
    for one in (WHOLE, EXTRACT, OTHERS, COUNTY):
        seen = one.serial in readable
        assert (f">{one.number}</a>" in page) == seen
        for path in ("", "/bulletin.docx"):
            assert client.get(f"/bulletins/{one.number}{path}").status_code == (200 if seen else 404)


def test_a_file_is_saved_to_the_byte_and_never_shown(client, register):
    sign_in(client)
    page = client.get(f"/bulletins/{WHOLE.number}").text
    assert "与发文时一致" in page
    assert f"已由{COUNTY.number}更正" in page
    answer = client.get(f"/bulletins/{WHOLE.number}/a%26b/%3Cx%3E.html")
    assert (answer.content, answer.headers["content-type"]) == (b"<html>", "application/octet-stream")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert client.get(f"/bulletins/{WHOLE.number}/nothing.pdf").status_code == 404
    assert "补正台账" in client.get(f"/bulletins/{COUNTY.number}").text


def test_an_altered_file_is_not_handed_out(client, register, engine):
    with engine.begin() as connection:
        connection.execute(
            schema.bulletin_files.update()
            .where(schema.bulletin_files.c.name == "bulletin.docx", schema.bulletin_files.c.bulletin == 1)
            .values(body=b"x")
        )
    sign_in(client)
    assert "与发文时不一致" in client.get(f"/bulletins/{WHOLE.number}").text
    assert client.get(f"/bulletins/{WHOLE.number}/bulletin.docx").status_code == 409
    assert client.get(f"/bulletins/{EXTRACT.number}/bulletin.docx").status_code == 200


# --- rules ---


def test_every_rule_has_its_manual(client):
    sign_in(client)
    page = client.get("/rules").text
    for rule in all_rules():
        assert f'href="/rules/{rule.id}"' in page
        manual = client.get(f"/rules/{rule.id}")
        assert (manual.status_code, rule.manual.title in manual.text) == (200, True)
    assert client.get("/rules/d-01").status_code == 200
    assert client.get("/rules/Z-99").status_code == 404


def test_counts_are_of_what_one_may_see(client):
    sign_in(client)
    assert 'href="/findings?rule=W-07&amp;grade=certain"' in client.get("/rules").text
    sign_in(client, "min1")
    page = client.get("/rules").text
    assert 'href="/findings?rule=D-01&amp;grade=certain"' in page
    assert "rule=W-07&amp;grade" not in page
    assert "示例市城南区人民法院" not in client.get("/rules/W-07").text


# --- any list as a file ---


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_csv_has_what_the_list_has_and_no_formula(client):
    sign_in(client)
    answer = client.get("/findings.csv?stage=&rule=W-07&order=newest")
    heads, *rows = rows_of(answer)
    assert heads[:4] == ["识别码", "等级", "规则", "问题"]
    assert {row[2] for row in rows} == {"W-07"}
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert len(rows) == client.get("/findings?stage=&rule=W-07").text.count('name="finding"')


def test_the_xlsx_has_text_where_crawled_words_look_like_formulas(client, engine):
    with engine.begin() as connection:
        first = connection.execute(schema.standing.select()).mappings().first()["fingerprint"]
        for number, text in enumerate(HOSTILE[1:5]):
            row = connection.execute(schema.standing.select().offset(number).limit(1)).mappings().first()
            connection.execute(
                schema.standing.update()
                .where(schema.standing.c.fingerprint == row["fingerprint"])
                .values(message=text, subject=text)
            )
    sign_in(client)
    answer = client.get("/findings.xlsx?stage=")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert {HOSTILE[1], first} <= {cell.value for cell in cells}
    assert sheet.freeze_panes == "B2"
    for row in rows_of(client.get("/findings.csv?stage=")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_a_file_holds_no_more_than_its_reader_may_see(client):
    sign_in(client, "min1")
    text = client.get("/findings.csv?stage=").text
    assert CASE in text
    assert LINK not in text
    assert {row[5] for row in rows_of(client.get("/findings.csv?stage="))[1:]} == {"民事审判第一庭"}
    sign_in(client, "li")
    assert {row[4] for row in rows_of(client.get("/findings.csv?stage="))[1:]} == {"示例市河口县人民法院"}


def test_too_long_for_a_spreadsheet_is_said(client, monkeypatch):
    monkeypatch.setattr(downloads, "MOST_XLSX", 3)
    sign_in(client)
    answer = client.get("/findings.xlsx?stage=")
    assert (answer.status_code, "请先筛选" in answer.text) == (413, True)
    assert client.get("/findings.csv?stage=").status_code == 200


@pytest.mark.parametrize(("path", "status"), [("/findings.pdf", 404), ("/findings.csv?order=x", 400)])
def test_what_is_no_file_is_said(client, path, status):
    sign_in(client)
    assert client.get(path).status_code == status
