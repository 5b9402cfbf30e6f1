"""The renderings of one bulletin, parsed back: they agree with each other, and no crawled text does anything in them."""

import io
import json
import os
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from reports import formats
from reports.entries import chapter_of
from reports.formats import html, xlsx
from reports.formats import json as findings_json
from reports.words import say
from tests.bulletins.march import march
from tests.bulletins.two_nights import quiet, trial

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE.parent / "docs" / "findings.schema.json").read_text(encoding="utf-8"))
GOLDEN = HERE / "bulletins" / "two_nights.json"


@pytest.fixture(scope="module")
def bulletin():
    return trial()


@pytest.fixture(scope="module", name="quiet")
def a_quiet_bulletin():
    return quiet()


@pytest.fixture(scope="module")
def book(bulletin):
    return openpyxl.load_workbook(io.BytesIO(xlsx.render(bulletin)))


# --- json ---


def validate(document):
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(document)


def test_json_is_the_golden_one(bulletin):
    """After a deliberate change: GONGKAI_GOLDEN=write pytest -k golden, then read the difference."""
    text = findings_json.render(bulletin)
    if os.environ.get("GONGKAI_GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_json_follows_its_schema(bulletin, quiet):
    validate(json.loads(findings_json.render(bulletin)))
    validate(json.loads(findings_json.render(quiet)))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["findings"][0].update(status="resolved"),
        lambda d: d["resolved"][0].update(status="new"),
        lambda d: d["findings"][0].update(grade="sure"),
        lambda d: d["findings"][0].pop("due"),
        lambda d: d.update(generated_at="2026-03-31T06:30:00Z"),
        lambda d: d["coverage"][0].update(complete=False),
        lambda d: d["findings"][-1]["evidence"][0].update(excerpt="长" * 121),
        lambda d: d["statistics"][0].update(value=None),
        lambda d: d["statistics"][0].update(method=""),
    ],
)
def test_the_schema_refuses_what_is_wrong(bulletin, change):
    changed = json.loads(findings_json.render(bulletin))
    change(changed)
    with pytest.raises(jsonschema.ValidationError):
        validate(changed)


def test_json_counts_open_findings_only(bulletin):
    written = json.loads(findings_json.render(bulletin))
    assert len(written["findings"]) == bulletin.counts.certain + bulletin.counts.leads
    assert sum(f["grade"] == "certain" for f in written["findings"]) == bulletin.counts.certain
    assert len(written["resolved"]) == bulletin.counts.resolved + bulletin.counts.leads_resolved


# --- the same numbers everywhere ---


def test_numbers_agree_across_formats(bulletin, book):
    names = ("certain", "new", "continuing", "resolved", "suspected", "unclear")
    sheet = [[cell.value for cell in row] for row in book["规则汇总"].iter_rows()]
    for row in bulletin.rules:
        expected = [getattr(row.counts, name) for name in names]
        assert next(line[4:] for line in sheet if line[1] == row.rule) == expected
    total = [getattr(bulletin.counts, name) for name in names]
    assert sheet[-1][4:] == total


def test_findings_stand_under_the_chapters_of_a_bulletin(bulletin, book):
    def titles(rows):
        return [say(f"labels.chapter.{name}") for name in dict.fromkeys(chapter_of(e.finding.rule) for e in rows)]

    sheet = book["问题清单"]
    column = [cell.value for cell in sheet[1]].index(say("fields.chapter"))
    listed = [row[column].value for row in sheet.iter_rows(min_row=2)]
    assert list(dict.fromkeys(listed)) == titles(bulletin.certain)


def test_every_finding_stands_in_every_format_under_the_same_number(bulletin, book):
    expected = [(e.number, e.finding.message) for e in bulletin.certain]
    sheet = book["问题清单"]
    heads = [cell.value for cell in sheet[1]]
    told = [(row[0].value, row[heads.index("问题描述")].value) for row in sheet.iter_rows(min_row=2)]
    assert told == expected
    assert len(list(book["疑似与待核实"].iter_rows(min_row=2))) == bulletin.counts.leads


def test_coverage_is_in_every_format_before_the_findings(book):
    unread = "首页连续三次响应超时"
    assert any(unread in str(cell.value) for row in book["覆盖情况"].iter_rows() for cell in row)
    assert any("未能读取" in str(cell.value) for row in book["总览"].iter_rows() for cell in row)


# --- all of them ---


def test_a_quiet_night_is_a_short_good_bulletin(quiet):
    assert openpyxl.load_workbook(io.BytesIO(xlsx.render(quiet)))["问题清单"].max_row == 1


def test_all_files_are_written_whole_over_the_old_ones(bulletin, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "bulletin.html").write_text("old")
    written = formats.write_all(bulletin, tmp_path / "out")
    names = ["findings.json", "bulletin.html", "bulletin.docx", "bulletin.xlsx"]
    assert [p.name for p in written if p.name != formats.PDF] == names  # without Chinese fonts there is none
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(p.name for p in written)
    assert (tmp_path / "out" / "bulletin.html").read_text(encoding="utf-8") == html.render(bulletin)


def test_nothing_is_replaced_if_one_rendering_fails(bulletin, tmp_path, monkeypatch):
    (tmp_path / "findings.json").write_text("old")
    monkeypatch.setattr(xlsx, "render", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        formats.write_all(bulletin, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["findings.json"]
    assert (tmp_path / "findings.json").read_text() == "old"


# --- statistics ---


def test_every_figure_stands_in_every_format_with_its_method(bulletin, book):
    sheet = [[cell.value for cell in row] for row in book["统计与估算"].iter_rows(min_row=2)]
    assert len(sheet) == len(bulletin.figures) == 9
    for figure, row in zip(bulletin.figures, sheet, strict=True):
        one = figure.statistic
        assert row[3] == (figure.shown if one.value is None else one.value)
        assert row[8] == one.method
    told = {cell for row in sheet for cell in row}
    assert {f.statistic.note for f in bulletin.figures if f.statistic.note} <= told


def test_a_bulletin_without_figures_has_no_such_part(quiet):
    assert "统计与估算" not in openpyxl.load_workbook(io.BytesIO(xlsx.render(quiet))).sheetnames


def test_findings_json_has_the_period_its_indicators_and_ranking():
    bulletin = march()
    written = json.loads(findings_json.render(bulletin))
    jsonschema.Draft202012Validator(SCHEMA).validate(written)
    assert (written["period"]["name"], written["period"]["number"]) == ("2026年3月", bulletin.imprint.number)
    assert [one["value"] for one in written["indicators"]] == [one.value for one in bulletin.indicators] != []
    assert (
        [(row["name"], row["rank"]) for row in written["ranking"]["rows"]]
        == [(row.name, row.rank) for row in bulletin.ranking.rows]
        != []
    )
