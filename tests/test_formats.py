"""The renderings of one bulletin, parsed back: they agree with each other, and no crawled text does anything in them."""

import base64
import dataclasses
import hashlib
import io
import itertools
import json
import os
import re
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from bs4 import BeautifulSoup

from reports import formats
from reports.entries import chapter_of
from reports.formats import html, xlsx
from reports.formats import json as findings_json
from reports.words import say
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
def page(bulletin):
    return BeautifulSoup(html.render(bulletin), "html.parser")


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


def html_numbers(page, row_name):
    row = next(r for r in page.select("tr") if row_name in (r.th.get_text() if r.th else ""))
    return {cell["data-label"]: int(cell.get_text()) for cell in row.select("td.n")}


def test_numbers_agree_across_formats(bulletin, page, book):
    names = ("certain", "new", "continuing", "resolved", "suspected", "unclear")
    labels = [say(f"fields.{name}") for name in names]
    sheet = [[cell.value for cell in row] for row in book["规则汇总"].iter_rows()]
    for row in bulletin.rules:
        expected = [getattr(row.counts, name) for name in names]
        assert html_numbers(page, row.rule) == dict(zip(labels, expected, strict=True))
        assert next(line[4:] for line in sheet if line[1] == row.rule) == expected
    total = [getattr(bulletin.counts, name) for name in names]
    assert html_numbers(page, say("fields.total")) == dict(zip(labels, total, strict=True))
    assert sheet[-1][4:] == total
    for chapter in bulletin.chapters:
        name, expected = say(f"labels.chapter.{chapter.chapter}"), [getattr(chapter.counts, each) for each in names]
        assert html_numbers(page, name) == dict(zip(labels, expected, strict=True))


def test_findings_stand_under_the_chapters_of_a_bulletin(bulletin, page, book):
    def titles(rows):
        return [say(f"labels.chapter.{name}") for name in dict.fromkeys(chapter_of(e.finding.rule) for e in rows)]

    for part, entries in (("certain", bulletin.certain), ("leads", bulletin.leads)):
        heads = page.select(f"section[aria-labelledby={part}] h3")
        assert [head.get_text() for head in heads] == [
            f"（{'一二三四五六'[n]}）{title}{sum(say(f'labels.chapter.{chapter_of(e.finding.rule)}') == title for e in entries)}条"
            for n, title in enumerate(titles(entries))
        ]
    sheet = book["问题清单"]
    column = [cell.value for cell in sheet[1]].index(say("fields.chapter"))
    listed = [row[column].value for row in sheet.iter_rows(min_row=2)]
    assert list(dict.fromkeys(listed)) == titles(bulletin.certain)


def test_every_finding_stands_in_every_format_under_the_same_number(bulletin, page, book):
    expected = [(e.number, e.finding.message) for e in bulletin.certain]
    sheet = book["问题清单"]
    heads = [cell.value for cell in sheet[1]]
    told = [(row[0].value, row[heads.index("问题描述")].value) for row in sheet.iter_rows(min_row=2)]
    assert told == expected
    facts = [f.get_text() for f in page.select("section[aria-labelledby=certain] .fact")]
    assert facts == [f"{number}. {message}" for number, message in expected]
    assert len(list(book["疑似与待核实"].iter_rows(min_row=2))) == bulletin.counts.leads
    assert len(page.select("section[aria-labelledby=leads] .fact")) == bulletin.counts.leads


def test_coverage_is_in_every_format_before_the_findings(bulletin, page, book):
    headings = [h.get_text() for h in page.select("h2")]
    assert headings[0].endswith(say("headings.coverage"))
    unread = "首页连续三次响应超时"
    assert unread in page.select_one("section[aria-labelledby=coverage]").get_text()
    assert any(unread in str(cell.value) for row in book["覆盖情况"].iter_rows() for cell in row)
    assert any("未能读取" in str(cell.value) for row in book["总览"].iter_rows() for cell in row)


# --- html ---


def test_html_loads_nothing_and_runs_nothing_of_others(bulletin, page):
    assert not page.select("img, iframe, object, embed, form, link, base, svg, video, audio")
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on") or name == "style"]
    assert [a["href"] for a in page.select("a[href]") if not re.match(r"https?://|#", a["href"])] == []
    policy = page.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
    assert policy.startswith("default-src 'none'")
    for tag in (page.style, page.script):
        digest = base64.b64encode(hashlib.sha256(tag.string.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert len(page.select("script")) == len(page.select("style")) == 1
    assert '<script>alert("1")</script>' in page.get_text()
    assert "javascript:alert(document.cookie)//" in page.get_text()


def test_html_is_built_for_every_reader(page):
    assert page.html["lang"] == "zh-CN"
    levels = [int(h.name[1]) for h in page.select("h1, h2, h3, h4, h5")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(table.caption and table.select("thead th[scope=col]") for table in page.select("table"))
    assert page.select_one(page.select_one("a.skip")["href"]).name == "main"
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert all(page.find(id=a["href"][1:]) for a in page.select("a[href^='#']"))


def test_html_prints_each_finding_with_law_remedy_proof_and_times(bulletin, page):
    for entry in bulletin.certain:
        block = page.find(id=f"f-{entry.finding.fingerprint}").get_text()
        group = (
            page.find(id=f"f-{entry.finding.fingerprint}")
            .find_parent("details")
            .find_previous_sibling("div")
            .get_text()
        )
        assert entry.finding.basis[0]["text"] in group
        assert entry.finding.remedy in group
        assert str(entry.finding.due) in block
        assert str(entry.finding.first_seen) in block
        if entry.proof:
            assert entry.proof.sha256 in block
            assert "2026-03-3" in block
            assert "02:14:05" in block


# --- all of them ---


def test_a_quiet_night_is_a_short_good_bulletin(quiet):
    text = BeautifulSoup(html.render(quiet), "html.parser").get_text()
    told = "在已完整读取的范围内，本期没有认定的问题。"
    assert told in text
    assert say("all_complete") in text
    assert openpyxl.load_workbook(io.BytesIO(xlsx.render(quiet)))["问题清单"].max_row == 1


def test_rules_that_share_no_basis_or_remedy_print_each(bulletin):
    first, second = (e for e in bulletin.certain if e.finding.rule == "D-01")
    changed = dataclasses.replace(
        second.finding,
        department=first.finding.department,
        basis=({**second.finding.basis[0], "text": "新条文。"},),
        remedy="另行整改。",
    )
    pair = (first, dataclasses.replace(second, finding=changed))
    both = dataclasses.replace(bulletin, certain=pair)
    text = BeautifulSoup(html.render(both), "html.parser").get_text()
    for words in ("新条文。", first.finding.basis[0]["text"], "另行整改。", first.finding.remedy):
        assert words in text


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


def test_every_figure_stands_in_every_format_with_its_method(bulletin, page, book):
    html_text = page.find(id="statistics").find_parent("section").get_text()
    sheet = [[cell.value for cell in row] for row in book["统计与估算"].iter_rows(min_row=2)]
    assert len(sheet) == len(bulletin.figures) == 9
    for figure, row in zip(bulletin.figures, sheet, strict=True):
        one = figure.statistic
        assert figure.shown in html_text
        assert figure.fraction in html_text or one.kind == "estimate"
        assert row[3] == (figure.shown if one.value is None else one.value)
        assert row[8] == one.method
    for method in {f.statistic.method for f in bulletin.figures if f.statistic.kind == "estimate"}:
        assert method in html_text
    for note in filter(None, (f.statistic.note for f in bulletin.figures)):
        assert note in html_text


def test_a_figure_that_was_not_computed_is_a_dash_and_says_why(page):
    (row,) = [r for r in page.select(".figures-table tbody tr") if "—" in r.get_text()]
    assert "信息项公布率：栏目本次未读全，未计算" in row.get_text()


def test_a_bulletin_without_figures_has_no_such_part(quiet):
    assert 'id="statistics"' not in html.render(quiet)
    assert "统计与估算" not in openpyxl.load_workbook(io.BytesIO(xlsx.render(quiet))).sheetnames
