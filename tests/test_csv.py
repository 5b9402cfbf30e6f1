"""The tables: complete, documented, readable by Excel and harmless in it."""

import csv as reader
import dataclasses
import io
import re
from pathlib import Path

import pytest

from reports import formats
from reports.formats import csv
from reports.period import Period
from reports.words import say
from storage.findings import CERTAIN
from tests.bulletins import months
from tests.bulletins.two_nights import HOSTILE, quiet, trial

PAGE = (Path(__file__).parent.parent / "docs" / "csv.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def bulletin():
    return trial()


@pytest.fixture(scope="module")
def tables(bulletin):
    return {name: rows(content) for name, content in csv.render(bulletin).items()}


def rows(content):
    return list(reader.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_finding_is_in_it_once_with_its_evidence(bulletin, tables):
    entries = [*bulletin.certain, *bulletin.leads, *bulletin.resolved]
    told = tables["findings.csv"]
    assert [row["完整识别码"] for row in told] == [entry.finding.fingerprint for entry in entries]
    assert [row["认定程度"] == "确定" for row in told] == [entry.finding.grade == CERTAIN for entry in entries]
    assert [row["清单"] for row in told].count("问题") == bulletin.counts.certain
    evidence = tables["evidence.csv"]
    for row, entry in zip(told, entries, strict=True):
        mine = [one for one in evidence if one["识别码"] == row["识别码"]]
        assert len(mine) == int(row["证据数"]) == len(entry.finding.evidence)
        assert [one["证据SHA-256"] for one in mine] == [one.sha256 or "" for one in entry.finding.evidence]
        assert row["整改时限"] == (entry.finding.due.isoformat() if entry.finding.due else "")


def test_values_are_plain(bulletin, tables):
    row = next(row for row in tables["findings.csv"] if row["已逾期"] == "是")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["首次发现"])
    evidence = next(one for one in tables["evidence.csv"] if one["取证时间"])
    assert re.fullmatch(r"2026-03-3\d 02:14:05", evidence["取证时间"])
    for figure, told in zip(bulletin.figures, tables["statistics.csv"], strict=True):
        value = figure.statistic.value
        assert told["数值"] == ("" if value is None else str(value))
        assert told["口径"] == figure.statistic.method


def test_excel_knows_the_encoding_and_lines_end_as_they_should(bulletin):
    for content in csv.render(bulletin).values():
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        assert not re.search(rb"[^\r]\n", content.replace(b'"', b""))


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1"])
def test_what_looks_like_a_formula_is_text(text):
    assert csv.safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "shown"), [(-3.33, -3.33), (0, 0), (None, ""), ("", ""), ("a=b", "a=b"), ("'x", "'x")]
)
def test_numbers_and_harmless_text_stay_as_they_are(value, shown):
    assert csv.safe(value) == shown


def test_no_cell_of_a_hostile_site_begins_a_formula(tables):
    cells = [cell for told in tables.values() for row in told for cell in row.values()]
    assert any(text in cell for text in HOSTILE[:1] for cell in cells)
    assert not [cell for cell in cells if cell.startswith(csv.FORMULA) and not re.fullmatch(r"-?[\d.]+", cell)]


def test_indicators_of_the_whole_and_of_each_unit():
    made = months.bulletin(months.march)
    told = rows(csv.render(made)["indicators.csv"])
    whole = [row for row in told if not row["单位"]]
    assert [row["指标代码"] for row in whole] == [one.name for one in made.indicators]
    for row, one in zip(whole, made.indicators, strict=True):
        assert row["数值"] == ("" if one.value is None else str(one.value))
        assert row["环比"] == ("" if one.change is None else str(one.change))
        assert row["口径"] == one.definition
    units = dict.fromkeys(row["单位"] for row in told if row["单位"])
    assert list(units) == [row.name or say("values.no_department") for row in made.ranking.rows]


def test_nothing_found_is_a_table_of_headings():
    for name, content in csv.render(quiet()).items():
        assert rows(content) == []
        assert content.decode("utf-8-sig").strip().split(",") == csv.headings(csv.TABLES[name])


@pytest.mark.parametrize("name", csv.TABLES)
def test_every_column_is_documented_in_its_order(name):
    part = PAGE.split(f"## {name}\n")[1].split("\n## ")[0]
    told = [column for column in re.findall(r"^\| (\S+) \| .+ \|$", part, re.M) if column not in ("column", "---")]
    assert told == csv.headings(csv.TABLES[name])
    assert len(set(told)) == len(told)


def test_an_office_gets_the_tables_and_a_night_does_not(bulletin, monkeypatch):
    for module in (formats.docx, formats.xlsx):
        monkeypatch.setattr(module, "render", lambda *_, **__: b"")
    for module in (formats.html, formats.json):
        monkeypatch.setattr(module, "render", lambda *_, **__: "")
    assert not set(csv.TABLES) & set(formats.render_all(bulletin))
    month = dataclasses.replace(bulletin, period=Period.of_month(2026, 3))
    assert set(csv.TABLES) <= set(formats.render_all(month))
