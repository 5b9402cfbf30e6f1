"""The version for publication: whatever could lead to a person or into the house is planted, and looked for in every format."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest
from pypdf import PdfReader

from gongkai import cli
from reports.anonymise import anonymised
from reports.formats import render_all
from storage import events, runs
from storage.events import RECTIFIED, Event
from storage.findings import Subject, fingerprint
from storage.statistics import Statistic, save_statistics
from tests.bulletins import months
from tests.bulletins.plain import plain
from tests.bulletins.two_nights import reading

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "findings.schema.json").read_text(encoding="utf-8"))
LEAK = "http://www.csqfy.example/wsgk/leak88.html"
NAMED = "http://www.csqfy.example/2026/%E5%BC%A0%E6%9F%90%E6%9F%90.html"
# By what it is: nothing of this may be found anywhere.
SECRETS = {
    "a name in a message": "赵某娟",
    "a name in an excerpt": "钱某芳",
    "a name in a quoted title": "孙某伟",
    "a name in an address": "%E5%BC%A0",
    "the person responsible": "李某强",
    "the reason given": "经办人休假所致",
    "a masked identity number": "440***********1234",
    "a telephone": "13912345678",
    "a case number": "民初4号",
    "a case number of a ledger": "民初9号",
    "a case number in a statistic": "刑初77号",
    "a leaking page": "leak88",
    "a department": months.CIVIL,
    "another department": months.CRIMINAL,
    "whom to call": "内线8000",
    "who gets copies": "政治部",
    "what a crash was about": "周某平",
    "an example of what could not be read": "吴某东",
    "a suspicion": "按最晚生效日推算",
}


def planted(connection):
    """March, with each kind of secret in it."""
    months.march(connection, red=False)
    night = months.MARCH
    leak = replace(
        months.leak(), message="公布的裁判文书载有身份证号码440***********1234，当事人赵某娟。",
        evidence=(replace(reading(LEAK, night=night), excerpt="钱某芳"),),
    )  # fmt: skip
    seen = [
        months.late(1, night=night),
        replace(months.late(4, months.CRIMINAL, night), message="（2026）示0102民初4号，电话13912345678，赵某娟。"),
        months.dead("gone.htm", night),
        months.dead("2026/%E5%BC%A0%E6%9F%90%E6%9F%90.html", night),
        months.section(months.COURT, "法院公告", "fygg/", "最近一条《孙某伟案件宣判》发布于2026年1月12日。", night=night),
        months.case("D-03", months.COURT, "（2026）示0102民初9号", "按最晚生效日推算，公布仍逾期。", "suspected", night=night,
                    department=months.SECOND_CIVIL),
        leak,
        # A dead link on the leaking page: a fault of the website, but its evidence leads to the leak.
        replace(months.dead("other.htm", night), evidence=(reading(LEAK, night=night),)),
    ]  # fmt: skip
    months.record(connection, night, seen)
    late = Subject(kind="case", case_number="（2026）示0102民初1号")
    events.append(
        connection,
        [
            Event(
                fingerprint=fingerprint("D-01", months.COURT, late),
                at=datetime(2026, 3, 20, tzinfo=months.CHINA),
                who="李某强",
                what=RECTIFIED,
                after={"person": "李某强", "cause": "经办人休假所致", "finished": "2026-03-19"},
            )
        ],
    )
    run = runs.find(connection, months.COURT, night)
    assert run is not None
    runs.save_issues(connection, run.id, [runs.Issue(cause="row", subject="http://www.csqfy.example/吴某东.html")])
    runs.update(connection, run.id, status="crashed", why="ValueError: 周某平的判决书")
    save_statistics(
        connection, months.COURT, night,
        [Statistic(site=months.COURT, kind="estimate", name="gap", title="缺口", unit="count", method="按案号推算。",
                   scope=months.CIVIL, value=1.0, numerator=1, denominator=10, denominator_name="编号", period="2026年3月",
                   note="缺（2026）示0102刑初77号")],
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole():
    return months.bulletin(planted)


@pytest.fixture(scope="module")
def public(whole):
    return anonymised(whole)


READ = {}


def texts(bulletin):
    """Every format's text, archives unpacked; rendered once, the bulletin kept with it so that its id stays its own."""
    if id(bulletin) not in READ:
        READ[id(bulletin)] = bulletin, [*_texts(render_all(bulletin)), ("plain", plain(bulletin))]
    return READ[id(bulletin)][1]


def _texts(files):
    for name, content in files.items():
        if name.endswith((".docx", ".xlsx")):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield name, "\n".join(archive.read(one).decode("utf-8", "replace") for one in archive.namelist())
        elif name.endswith(".pdf"):
            pages = PdfReader(io.BytesIO(content)).pages
            yield name, "\n".join(page.extract_text() for page in pages).replace("\n", "")
        else:
            yield name, content.decode("utf-8")


def test_every_secret_is_in_the_whole_bulletin_or_its_database(whole):
    """Else the next test proves nothing. What a department answered never is in a bulletin."""
    kept = {"the person responsible", "the reason given", "a telephone"}
    everything = "\n".join(text for _, text in texts(whole))
    assert [what for what, secret in SECRETS.items() if secret not in everything and what not in kept] == []


def test_no_format_of_the_public_version_holds_any_of_them(public):
    found = [(name, what) for name, text in texts(public) for what, secret in SECRETS.items() if secret in text]
    assert found == []


def test_no_hash_leads_back_to_a_case_or_a_leaking_page(whole, public):
    entries = (*whole.certain, *whole.leads, *whole.resolved)
    prints = {e.finding.fingerprint for e in entries} | {e.code for e in entries}
    hashes = {e.sha256 for entry in entries for e in entry.finding.evidence if e.url == LEAK}
    assert prints and hashes
    for name, text in texts(public):
        assert [one for one in prints | hashes if one in text] == [], name


def test_the_numbers_are_the_same_and_leads_are_not_told(whole, public):
    assert public.counts == replace(whole.counts, suspected=0, unclear=0, leads_resolved=0)
    assert len(public.certain) == len(whole.certain)
    assert public.leads == ()
    assert [row.score for row in public.ranking.rows] == [row.score for row in whole.ranking.rows]
    assert public.indicators == whole.indicators
    assert len(public.recheck.issued) == len(whole.recheck.issued)


def test_what_may_be_seen_stays(public):
    text = plain(public)
    for told in ("示例市城南区人民法院", "甲部门", "（2026）示0102民初×××号", "http://www.csqfy.example/gone.htm", "“法院公告”",
                 "只计数量，不列对象", "本件为对外公开版", "最近一条《…》发布于2026年1月12日"):  # fmt: skip
        assert told in text, told
    assert "反馈表" not in text
    (section,) = [e for e in public.certain if e.finding.rule == "W-01"]
    assert section.proof_number is not None


def test_one_letter_for_one_department_throughout(whole, public):
    letters = {}
    for before, after in zip(whole.certain, public.certain, strict=True):
        letters.setdefault(before.finding.department, set()).add(after.finding.department)
    assert all(len(names) == 1 for names in letters.values())
    ranked = {a.name: b.name for a, b in zip(whole.ranking.rows, public.ranking.rows, strict=True)}
    assert {name: {ranked[name]} for name in letters} == letters
    assert ranked and sorted(ranked.values())[0].endswith("部门")


def test_findings_json_fits_its_schema(public):
    jsonschema.validate(json.loads(render_all(public)["findings.json"]), SCHEMA)


@pytest.mark.parametrize("options", [{"department": months.CIVIL}, {}], ids=["a department's extract", "the court's"])
def test_an_extract_does_not_name_its_department(options):
    public = anonymised(months.bulletin(planted, **options))
    for name, text in texts(public):
        assert months.CIVIL not in text, name


@pytest.mark.parametrize("build", [months.quiet, months.first, months.incomplete, months.city])
def test_every_month_can_be_published(build):
    public = anonymised(months.bulletin(build))
    assert public.anonymised
    assert dict(texts(public))["plain"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("见（2026）粤9902民初12号之一。", "见（2026）粤9902民初×××号之一。"),
        ("（2026）示0102民初1、2号", "（2026）示0102民初×××号"),
        ("（2026）最高法民终3号", "（2026）最高法民终×××号"),
        ("(2016)粤0114民初字第123号", "(2016)粤0114民初字第×××号"),
        ("〔2026〕示0102执异7-9号", "〔2026〕示0102执异×××号"),
        ("法释〔2016〕19号", "法释〔2016〕19号"),
        ("2026年1月12日", "2026年1月12日"),
    ],
)
def test_case_numbers_in_words(text, told):
    from reports.anonymise import _without_numbers

    assert _without_numbers(text) == told


def test_the_command_writes_it_apart_and_never_issues_it(tmp_path, monkeypatch, capsys):
    from storage import database

    where = tmp_path / "gongkai.db"
    with database.connect(where).begin() as connection:
        planted(connection)
    monkeypatch.setenv("GONGKAI_DATABASE", str(where))
    monkeypatch.setenv("GONGKAI_OUT", str(tmp_path / "out"))
    monkeypatch.chdir(tmp_path)
    assert cli.run(["bulletin", "--month", "2026-03", "--anonymise"]) in (0, 1)
    public = tmp_path / "out" / "public" / "2026-03" / "bulletin.html"
    assert "本件为对外公开版" in public.read_text(encoding="utf-8")
    assert not (tmp_path / "out" / "2026-03").exists()
    assert cli.run(["bulletin", "--month", "2026-03", "--anonymise", "--issue"]) == 2
    assert "--anonymise" in capsys.readouterr().err
