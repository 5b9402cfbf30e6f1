"""The bulletin's page, parsed back: the numbers and words of the bulletin, ways from each number to its evidence, nothing else.

What a browser makes of it: tests/test_browser_bulletin.py.
"""

import base64
import dataclasses
import hashlib
import itertools
import re

import pytest
from bs4 import BeautifulSoup

from reports.blocks import Heading, Item, Paragraph, Table
from reports.entries import chapter_of
from reports.formats import html
from reports.listing import chosen, listing, spread
from reports.skeleton import skeleton
from reports.words import say
from tests.bulletins.hostile import MARKUP, hostile
from tests.bulletins.march import march
from tests.bulletins.two_nights import quiet, trial

BULLETINS = {"trial": trial, "march": march, "quiet": quiet, "hostile": hostile}


def parsed(bulletin, **options):
    return BeautifulSoup(html.render(bulletin, **options), "html.parser")


@pytest.fixture(scope="module")
def bulletin():
    return trial()


@pytest.fixture(scope="module")
def page(bulletin):
    return parsed(bulletin)


@pytest.fixture(scope="module", params=BULLETINS)
def any_page(request):
    return parsed(BULLETINS[request.param]())


def squeezed(text):
    return re.sub(r"\s+", "", text)


# --- what it says ---


@pytest.mark.parametrize("name", ["trial", "march", "quiet"])
def test_it_prints_the_skeleton_that_all_formats_print(name):
    bulletin = BULLETINS[name]()
    written, text = skeleton(bulletin), squeezed(parsed(bulletin).get_text())
    assert squeezed("".join(written.title)) in text and squeezed(written.addressee) in text
    blocks = [*written.body, *(b for annex in written.annexes for b in annex.blocks)]
    for block in blocks:
        if isinstance(block, Heading):
            assert squeezed(block.full) in text
        elif isinstance(block, Paragraph):
            assert squeezed(block.text) in text
        elif isinstance(block, Item):
            assert squeezed(block.full) in text
        elif isinstance(block, Table) and block.name not in ("problems", "leads"):
            cells = (getattr(cell, "text", cell) for row in block.rows for cell in row)
            assert [cell for cell in cells if squeezed(cell) not in text] == []
    for annex in written.annexes:
        assert squeezed(annex.label + annex.title) in text


def test_an_issued_bulletin_has_head_number_signature_and_copies():
    bulletin = march()
    page, imprint = parsed(bulletin), bulletin.imprint
    assert page.select_one(".mark").get_text() == f"{imprint.body}文件"
    assert page.select_one(".document-number").get_text() == "城法公开〔2026〕3号"
    assert [line.get_text() for line in page.select(".signature span")] == [imprint.signed, "2026年4月3日"]
    assert "抄送：院领导，政治部，示例市中级人民法院司法公开办。" in page.footer.get_text()
    assert "2026年4月3日印发" in page.footer.get_text()


def test_a_plain_report_has_none_of_these(page):
    assert page.select(".document-number, .issued") == []


def numbers(page, row_name):
    row = next(r for r in page.select("table.counts tr") if row_name in (r.th.get_text() if r.th else ""))
    return {cell["data-label"]: int(cell.get_text()) for cell in row.select("td.n")}


def test_the_numbers_are_those_of_the_bulletin(bulletin, page):
    names = ("certain", "new", "continuing", "resolved", "suspected", "unclear")
    rows = [(row.rule, row.counts) for row in bulletin.rules]
    rows += [(say(f"labels.chapter.{row.chapter}"), row.counts) for row in bulletin.chapters]
    rows.append((say("fields.total"), bulletin.counts))
    for name, counts in rows:
        assert numbers(page, name) == {say(f"fields.{each}"): getattr(counts, each) for each in names}
    tiles = [int(tile.b.get_text()) for tile in page.select(".figures li")]
    assert tiles == [19, 12, 7, 3, 4]


@pytest.mark.parametrize("annex", ["certain", "leads"])
def test_every_finding_is_listed_under_its_chapter_with_its_number(bulletin, page, annex):
    entries = getattr(bulletin, annex)
    section = page.select_one(f"section[aria-labelledby=annex-{'problems' if annex == 'certain' else annex}]")
    prefix = "" if annex == "certain" else say("leads.prefix")
    facts = {f"{prefix}{e.number}. {e.finding.message}" for e in entries}
    assert {fact.get_text() for fact in section.select(".fact")} == facts
    for part in section.select("div.chapter"):
        told = part.h3.get_text()
        inside = [e for e in entries if say(f"labels.chapter.{chapter_of(e.finding.rule)}") == told.split()[0]]
        assert len(part.select(".finding")) == len(inside) == int(re.search(r"(\d+)条", told)[1])


def test_each_finding_is_printed_with_law_remedy_proof_and_times(bulletin, page):
    for entry in bulletin.certain:
        item = page.find(id=f"f-{entry.code}")
        group, block = item.find_parent("section", class_="group").get_text(), item.get_text()
        assert entry.finding.basis[0]["text"] in group
        assert entry.finding.remedy in group
        for told in (entry.finding.due, entry.finding.first_seen, entry.finding.department, entry.code):
            assert str(told) in block
        if entry.proof:
            assert entry.proof.sha256 in block and entry.proof_number in block
            assert "2026-03-3" in block and "02:14:05" in block


def test_rules_that_share_no_basis_or_remedy_print_each(bulletin):
    first, second = (e for e in bulletin.certain if e.finding.rule == "D-01")
    basis = ({**second.finding.basis[0], "text": "新条文。"},)
    changed = dataclasses.replace(second.finding, basis=basis, remedy="另行整改。")
    both = dataclasses.replace(bulletin, certain=(first, dataclasses.replace(second, finding=changed)))
    page = parsed(both)
    for entry in both.certain:
        own = page.find(id=f"f-{entry.code}").select_one(".law").get_text()
        assert entry.finding.basis[0]["text"] in own and entry.finding.remedy in own


def test_a_figure_that_was_not_computed_is_a_dash_and_says_why(page):
    (row,) = [r for r in page.select(".t-metrics tbody tr") if "未计算" in r.get_text()]
    assert "信息项公布率" in row.get_text() and "—" in row.get_text()


def test_a_quiet_night_is_a_short_page():
    page = parsed(quiet())
    assert page.select(".finding, .filter, .law") == []
    assert [h.get_text().split()[0] for h in page.select("main > section h2")][-1] == "附件"
    assert len(str(page)) < 40_000


# --- ways through it ---


def test_every_way_inside_the_page_ends_somewhere(any_page):
    ids = [tag["id"] for tag in any_page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert [a["href"] for a in any_page.select("a[href^='#']") if a["href"][1:] not in ids] == []


def test_from_a_number_to_its_findings_to_their_evidence(bulletin, page):
    rule = next(r for r in page.select("table.counts tr") if r.th and "W-07" in r.th.get_text())
    group = page.find(id=rule.select_one("td.n a")["href"][1:]).find_parent("section")
    assert len(group.select(".finding")) == 13
    for item in page.select("section[aria-labelledby=problems] .items li"):
        finding = page.find(id=item.select_one("a.proof")["href"][1:])
        assert finding.select_one(".trace .hash")
        assert item.get_text().split("）：")[1].split("（证")[0][:8] in finding.get_text()


def test_from_a_department_to_its_findings():
    page = parsed(march())
    office = next(r for r in page.select(".t-ranking tr") if r.th and "综合办公室" in r.th.get_text())
    row = page.find(id=office.th.a["href"][1:])
    assert row.th.get_text() == "综合办公室"
    places = [page.find(id=a["href"][1:]) for a in row.select(".places a")]
    assert len(places) == 2
    assert all("综合办公室" in finding.get_text() for finding in places)


def test_a_kept_page_is_linked_where_it_lies(bulletin):
    proof = bulletin.certain[1].proof
    page = parsed(bulletin, kept={proof.sha256: f"evidence/{proof.sha256}.html"})
    (link,) = page.select("a.kept")
    assert link["href"] == f"evidence/{proof.sha256}.html"
    assert link.find_parent("li", class_="finding")["id"] == f"f-{bulletin.certain[1].code}"


# --- every reader ---


def test_it_is_built_for_every_reader(any_page):
    page = any_page
    assert page.html["lang"] == "zh-CN"
    levels = [int(h.name[1]) for h in page.select("h1, h2, h3, h4, h5")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(table.caption and table.select("thead th[scope=col]") for table in page.select("table"))
    assert all(row.select("th[scope]") for row in page.select("tbody tr"))
    assert page.select_one(page.select_one("a.skip")["href"]).name == "main"


def test_each_picture_has_a_name_a_description_and_its_numbers():
    bulletin = march()
    page = parsed(bulletin)
    figures = page.select("figure")
    assert len(figures) == 4
    for figure in figures:
        told = figure.svg["aria-labelledby"].split()
        assert all(page.find(id=name).get_text(strip=True) for name in told)
    cells = [cell.get_text() for cell in figures[0].select("tbody td")]
    assert [c for c in cells if c != say("pictures.trend.unaudited")][:3] == ["31", "0", "4"]
    assert cells.count(say("pictures.trend.unaudited")) == 12


# --- nothing of others ---


def test_it_loads_nothing_and_runs_nothing_of_others(any_page):
    page = any_page
    assert not page.select(
        "img, iframe, object, embed, link, base, video, audio, math, template, textarea, form[action]"
    )
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on") or name == "style"]
    ours = re.compile(r"https?://|#|bulletin\.xlsx$")
    assert [a["href"] for a in page.select("a[href]") if not ours.match(a["href"])] == []
    policy = page.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    for tag in (page.style, page.script):
        digest = base64.b64encode(hashlib.sha256(tag.string.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert len(page.select("script")) == len(page.select("style")) == 1


def test_hostile_words_stay_words():
    text = squeezed(parsed(hostile()).get_text())
    assert [words for words in MARKUP[:30] if squeezed(words) not in text] == []
    tokens = {t for tag in parsed(hostile()).select("[data-f]") for t in tag["data-f"].split()}
    assert all(re.fullmatch(r"[cd]\d+|S[0-3]|[a-z]+", token) for token in tokens)


# --- no more than a reader can load ---


@pytest.mark.parametrize(
    ("sizes", "most", "shares"),
    [
        ((), 10, []),
        ((3, 1), 10, [3, 1]),
        ((30, 2, 5), 10, [4, 2, 4]),
        ((9, 9, 9), 2, [1, 1, 1]),
        ((100, 1), 50, [49, 1]),
    ],
)
def test_small_groups_are_shown_whole_and_large_ones_alike(sizes, most, shares):
    assert spread(sizes, most) == shares


def many(bulletin, times):
    """The certain findings, each so many times, under fingerprints of their own."""
    copies = [
        dataclasses.replace(e, finding=dataclasses.replace(e.finding, fingerprint=f"{n:06x}{e.finding.fingerprint}"))
        for e in bulletin.certain
        for n in range(times)
    ]
    return tuple(dataclasses.replace(e, number=number) for number, e in enumerate(copies, start=1))


def test_of_many_findings_every_rule_and_unit_is_shown_and_the_rest_is_named(bulletin, monkeypatch):
    monkeypatch.setattr(html, "MOST_LISTED", 40)
    large = dataclasses.replace(bulletin, certain=many(bulletin, 10))
    page = parsed(large)
    shown = page.select("section[aria-labelledby=annex-problems] .finding")
    assert len(shown) <= 40
    notes = page.select_one("section[aria-labelledby=annex-problems] .note")
    assert say("html.cut", shown=len(shown), count=190) in notes.get_text() and notes.a["href"] == "bulletin.xlsx"
    assert "逐条列示（共130条，本页列" in page.get_text()
    cited = [a["href"][1:] for a in page.select("section[aria-labelledby=problems] a.proof")]
    assert cited and all(page.find(id=name) for name in cited)


def test_a_page_of_twenty_thousand_findings_is_one_that_a_reader_can_load(bulletin):
    large = dataclasses.replace(bulletin, certain=many(bulletin, 1053))
    assert len(large.certain) > 20_000
    assert len(html.render(large).encode()) < 3_000_000


def test_wanted_ones_come_first_and_then_one_of_each_unit(bulletin):
    entries = many(bulletin, 5)
    wanted = entries[-1].code
    picked = chosen(entries, 4, {wanted})
    assert len(picked) == 4 and wanted in {e.code for e in picked}
    assert list(picked) == sorted(picked, key=lambda e: e.number)
    assert len({(e.court, e.finding.department) for e in picked}) == 4


def test_the_list_counts_what_it_leaves_out(bulletin):
    made = listing("certain", many(bulletin, 10), 40)
    assert (made.total, made.shown) == (190, len(made.entries))
    assert {one.rule for one in made.rules} == {e.finding.rule for e in bulletin.certain}
