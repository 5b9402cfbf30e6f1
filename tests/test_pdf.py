"""The PDF measured: page, lines and characters (GB/T 9704-2012), fonts, text, bookmarks, PDF/A; and hostile words."""

import io
import re
import resource
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from reports import fonts as typefaces
from reports.blocks import Annex, Column, Heading, Item, Link, Paragraph, Picture, Skeleton, Table
from reports.formats import PDF, pdf, render_all, write_all
from reports.imprint import Imprint
from tests.bulletins.two_nights import trial

STATM = Path("/proc/self/statm")
MADE = datetime(2026, 4, 2, 9, 30, tzinfo=timezone(timedelta(hours=8)))
OFFICE = Imprint(
    day=date(2026, 4, 2),
    body="示例市城南区人民法院司法公开领导小组办公室",
    code="示南法公开",
    serial=3,
    copies=("院领导", "政治部", "示例市中级人民法院司法公开办"),
)
CHARACTER, PITCH = 156 / 28, 225 / 22  # millimetres
BODY = "人民法院应当依法及时全面规范公开裁判文书并接受社会监督" * 200
HOSTILE = (
    "#import \"@preview/cetz:0.3.0\"", "#set page(fill: red)", "$x^2$ 与 $$", r"\u{41}\n\\", "*粗* _斜_ `码` <标签> @引用",
    "= 标题", "// 注释", "/* 注释 */", "#read(\"/etc/passwd\")", "[内容] {代码}", "~~~", '"引号"', "{{ 7*7 }}",
    "<script>alert(1)</script>", "</w:t>", "]]>", "%PDF-1.7 endobj", "(\\)",
)  # fmt: skip
LONG = "http://www.csqfy.example/search?q=" + "%E6%A1%88" * 60 + "&id=" + "9f8e7d6c" * 20


@dataclass(frozen=True)
class Run:
    """Some text that stands on one line. Millimetres from the left and from the top of the page."""

    text: str
    x: float
    baseline: float
    font: str
    size: float


def skeleton(*body, annexes=(), title=("关于", "2026年3月", "司法公开工作", "情况的", "通报")):
    return Skeleton(title=title, addressee="全院各部门：", body=body, annexes=annexes)


def made(paper, fonts, imprint=OFFICE):
    return PdfReader(io.BytesIO(pdf.print_skeleton(paper, imprint, MADE, {}, fonts)))


def runs(page):
    """The pieces of text of a page, each of one font, in the order in which they are drawn."""
    found = []

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            x = text_matrix[4] * matrix[0] + matrix[4]
            y = text_matrix[5] * matrix[3] + matrix[5]
            name = font["/BaseFont"].split("+")[-1] if font else ""
            found.append(Run(text.strip("\n"), mm(x), mm(float(page.mediabox.height) - y), name, size))

    page.extract_text(visitor_text=visit)
    return found


def lines(page):
    """The text of a page, line by line: the text of the line, and where and in what its first character stands."""
    by_line = {}
    for run in runs(page):
        by_line.setdefault(round(run.baseline, 1), []).append(run)
    return [replace(by_line[key][0], text="".join(run.text for run in by_line[key])) for key in sorted(by_line)]


def find(page, text):
    return next(line for line in lines(page) if text in squeezed(line.text))


def mm(points):
    return points / 72 * 25.4


def squeezed(text):
    return re.sub(r"\s", "", text)


def text_of(reader):
    return squeezed("".join(page.extract_text() for page in reader.pages))


@pytest.fixture(scope="module")
def plain(cjk_fonts):
    """Three pages of nothing but text."""
    return made(skeleton(Paragraph(BODY)), cjk_fonts)


@pytest.fixture(scope="module")
def whole(cjk_fonts):
    """The bulletin of the trial data, as an office issues it."""
    bulletin = replace(trial(), imprint=OFFICE)
    return PdfReader(io.BytesIO(pdf.render(bulletin, cjk_fonts)))


def test_a_full_page_has_22_lines_of_28_characters(plain):
    page = plain.pages[1]
    assert (round(mm(float(page.mediabox.width)), 1), round(mm(float(page.mediabox.height)), 1)) == (210.0, 297.0)
    *text, number = lines(page)
    assert number.text == "— 2 —"
    assert len(text) == 22
    assert {len(line.text) for line in text} == {28}


def test_the_text_area_is_156_by_225_mm(plain):
    *text, _ = lines(plain.pages[1])
    baselines = [line.baseline for line in text]
    assert all(b - a == pytest.approx(PITCH, abs=0.02) for a, b in pairwise(baselines))
    # The first line fills the first twenty-second of the area, the last one the last; its type is 3号, 16 points.
    type_size = mm(16)
    above = (PITCH - type_size) / 2
    assert baselines[0] == pytest.approx(37 + above + 0.88 * type_size, abs=0.05)
    assert baselines[-1] == pytest.approx(297 - 35 - above - 0.12 * type_size, abs=0.05)
    assert {round(line.x, 1) for line in text} == {28.0}
    assert {line.size for line in text} == {16.0}


def test_a_paragraph_begins_two_characters_in(plain):
    first = find(plain.pages[0], "人民法院应当依法")
    assert first.x == pytest.approx(28 + 2 * CHARACTER, abs=0.1)


def test_page_numbers_stand_outside_below_the_text(plain):
    for page, number, odd in ((plain.pages[0], "— 1 —", True), (plain.pages[1], "— 2 —", False)):
        line = lines(page)[-1]
        assert line.text == number and line.size == 14
        assert line.baseline == pytest.approx(297 - 35 + 7 + 0.88 * mm(14), abs=0.1)
        if odd:  # its end is one character from the edge
            assert 184 - mm(14) - 15 < line.x < 184 - mm(14) - 9
        else:
            assert line.x == pytest.approx(28 + mm(14), abs=0.1)


def test_red_head_number_title_and_addressee(plain):
    page = plain.pages[0]
    mark, number, title = (find(page, text) for text in (OFFICE.mark[:6], "〔2026〕3号", "关于2026年3月"))
    assert mark.baseline - 0.88 * mm(mark.size) == pytest.approx(37 + 35, abs=1)  # its upper edge
    assert 2 * PITCH < number.baseline - mark.baseline < 3.5 * PITCH
    assert round(title.size) == 22 and "Bold" in title.font
    assert find(page, "全院各部门：").x == pytest.approx(28, abs=0.1)
    assert "示南法公开〔2026〕3号" in text_of(plain)


def test_only_the_mark_and_its_rule_are_red(plain):
    for place, page in enumerate(plain.pages):
        drawn = page.get_contents().get_data()
        colours = set(re.findall(rb"([\d.]+ [\d.]+ [\d.]+) (?:rg|scn|RG|SCN)\b", drawn))
        assert len([c for c in colours if len(set(c.split())) > 1]) == (1 if place == 0 else 0)


def test_levels_have_their_typefaces(whole, cjk_fonts):
    fonts = {}
    for page in whole.pages[:6]:
        for line in lines(page):
            for text in ("总体情况", "裁判文书", "生效文书逾期上网（D-01，严重）", "经查，本期认定"):
                if line.text.endswith(text) or line.text.startswith(text):
                    fonts[text] = next(
                        run.font for run in runs(page) if run.text in line.text and run.text[-1] > "\u4e00"
                    )
    assert "Sans" in fonts["总体情况"]
    kai = cjk_fonts.faces.get("subheading")
    assert (kai.family.replace(" ", "") if kai else "Serif") in fonts["裁判文书"]
    assert "Serif" in fonts["生效文书逾期上网（D-01，严重）"] and "Serif" in fonts["经查，本期认定"]


def test_fonts_are_embedded_and_subset(whole):
    found = {}
    for page in whole.pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()["/DescendantFonts"][0].get_object()
            found[font["/BaseFont"]] = font["/FontDescriptor"]
    assert len(found) >= 4
    for name, descriptor in found.items():
        assert re.match(r"/[A-Z]{6}\+", name)
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_it_is_pdf_a_in_chinese_and_tagged(whole):
    root = whole.trailer["/Root"]
    told = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told and "<pdfaid:conformance>A</pdfaid:conformance>" in told
    assert root["/Lang"] == "zh-CN" and root["/MarkInfo"]["/Marked"] and root["/OutputIntents"]
    assert whole.metadata.title == "关于2026年3月31日司法公开巡查情况的通报"
    assert whole.metadata.author == OFFICE.body


def test_headings_and_annexes_are_bookmarks(whole):
    def titles(entries):
        for entry in entries:
            if isinstance(entry, list):
                yield from titles(entry)
            else:
                yield entry.title, whole.get_destination_page_number(entry)

    found = dict(titles(whole.outline))
    assert [name for name in found if name[1] == "、"] == [
        "一、总体情况", "二、上期问题整改复查情况", "三、发现的主要问题", "四、工作要求",
    ]  # fmt: skip
    annexes = [name for name in found if name.startswith("附件")]
    assert annexes == [
        "附件1\u2003问题清单",
        "附件2\u2003疑似线索清单（不计分）",
        "附件3\u2003整改情况反馈表",
        "附件4\u2003指标口径与数据来源说明",
    ]
    for name in annexes:
        assert squeezed(name) in squeezed(whole.pages[found[name]].extract_text())


def test_all_text_can_be_selected(whole):
    from reports.skeleton import skeleton as written

    text = text_of(whole)
    paper = written(replace(trial(), imprint=OFFICE))
    told = [b.text for b in paper.body if isinstance(b, Paragraph)]
    told += [b.full for b in paper.body if isinstance(b, Heading | Item)]
    without_numbers = re.sub(r"—\d+—", "", text)
    for sentence in told:
        assert squeezed(sentence) in without_numbers


def test_wide_annexes_lie_across_with_their_head_on_every_page(whole):
    lying = [page for page in whole.pages if page.mediabox.width > page.mediabox.height]
    assert len(lying) >= 4
    for page in lying:
        assert (round(mm(float(page.mediabox.width)), 1), round(mm(float(page.mediabox.height)), 1)) == (297.0, 210.0)
        assert "编号" in page.extract_text()
    assert whole.pages[-1].mediabox.width < whole.pages[-1].mediabox.height


def test_on_a_page_across_the_number_stands_where_the_upright_one_does(cjk_fonts):
    table = Table(name="x", columns=(Column(title="编号", width=30),), rows=tuple((str(n),) for n in range(60)))
    annex = Annex(name="problems", label="附件1", title="问题清单", landscape=True, blocks=(table,))
    reader = made(skeleton(Paragraph("甲。"), annexes=(annex, replace(annex, label="附件2"))), cjk_fonts)
    for place, page in enumerate(reader.pages, start=1):
        if page.mediabox.width > page.mediabox.height:
            number = next(run for run in runs(page) if "—" in run.text)
            assert number.x == pytest.approx(35 - 7 - mm(14) * 0.88, abs=1.5)
            assert (number.baseline > 105) is (place % 2 == 1)


def test_signature_and_date(cjk_fonts):
    reader = made(skeleton(Paragraph("甲。")), cjk_fonts, replace(OFFICE, signed="示例市城南区人民法院"))
    (page,) = reader.pages
    signed, dated = (
        next(line for line in lines(page) if line.text == t) for t in ("示例市城南区人民法院", "2026年4月2日")
    )
    assert dated.baseline - signed.baseline == pytest.approx(PITCH, abs=0.02)
    middle = signed.x + 10 * CHARACTER / 2
    end = middle + (middle - dated.x)  # the date stands below the middle of the name
    assert 184 - end == pytest.approx(4 * CHARACTER, abs=2)


def test_a_long_signature_stays_on_its_line(plain):
    signed = next(line for line in lines(plain.pages[-1]) if line.text == OFFICE.body)
    assert signed.x + len(OFFICE.body) * CHARACTER == pytest.approx(184 - CHARACTER, abs=0.5)


def test_the_last_page_ends_with_the_imprint(whole):
    text = squeezed(whole.pages[-1].extract_text())
    assert "抄送：院领导，政治部，示例市中级人民法院司法公开办。" in text
    assert text.removesuffix(f"—{len(whole.pages)}—").endswith(f"{OFFICE.body}2026年4月2日印发")
    printed = find(whole.pages[-1], "印发")
    assert 297 - 35 - 8 < printed.baseline < 297 - 35
    assert round(printed.size) == 14


def test_a_plain_report_has_neither_number_nor_imprint(cjk_fonts):
    text = text_of(made(skeleton(Paragraph("甲。")), cjk_fonts, Imprint(day=date(2026, 4, 2))))
    assert "印发" not in text and "〔" not in text and "2026年4月2日" in text


def test_annexes_are_listed_below_the_text(whole, cjk_fonts):
    assert "附件：1.问题清单2.疑似线索清单（不计分）3.整改情况反馈表4.指标口径与数据来源说明" in text_of(whole)
    annex = Annex(name="method", label="附件", title="说明", landscape=False, blocks=(Paragraph("乙。"),))
    assert "附件：说明" in text_of(made(skeleton(Paragraph("甲。"), annexes=(annex,)), cjk_fonts))


def test_the_same_value_gives_the_same_bytes(cjk_fonts):
    one, two = (pdf.print_skeleton(skeleton(Paragraph(BODY)), OFFICE, MADE, {}, cjk_fonts) for _ in range(2))
    assert one == two
    later = pdf.print_skeleton(skeleton(Paragraph(BODY)), OFFICE, MADE + timedelta(days=1), {}, cjk_fonts)
    assert later != one


def test_words_of_strangers_stay_words(cjk_fonts):
    columns = (Column(title="#sym.arrow", width=40), Column(title="$x$", width=116))
    table = Table(
        name="x", columns=columns, rows=tuple((w, Link(w, "http://a.example/")) for w in HOSTILE), caption="#c"
    )
    body = (
        *(Heading(level=2, number="（一）", text=words) for words in HOSTILE),
        *(Paragraph(words) for words in HOSTILE),
        *(Item(number="（1）", lead=words, text=words, url="http://a.example/#x") for words in HOSTILE),
        table,
    )
    annex = Annex(name="problems", label="附件", title='#eval("1")', landscape=True, blocks=(table,))
    reader = made(skeleton(*body, annexes=(annex,), title=("关于", "#panic()", "的通报")), cjk_fonts)
    text = text_of(reader)
    for words in HOSTILE:
        assert text.count(squeezed(words)) >= 7
    assert "#panic()" in text and "#eval(" in text


def test_long_addresses_stay_inside_their_cells_and_whole(cjk_fonts):
    digest = "0123456789abcdef" * 4
    columns = (Column(title="网址", width=60), Column(title="校验值", width=30), Column(title="日期", width=5))
    table = Table(name="x", columns=columns, rows=((LONG, digest, "2026-03-31"),), fine=True)
    reader = made(skeleton(Paragraph(f"见{LONG}。"), table), cjk_fonts)
    text = text_of(reader)
    assert text.count(LONG) >= 1 and digest in text and "\u200b" not in text
    assert any(run.text.strip() == "2026-03-31" for run in runs(reader.pages[-1]))
    for page in reader.pages:
        for run in runs(page):
            assert run.x + mm(0.42 * run.size * len(run.text.strip())) < 186 or not run.text.isascii()


def test_a_row_longer_than_a_page_is_cut_and_nothing_is_lost(cjk_fonts):
    told = BODY[:1200]
    columns = (Column(title="编号", width=100), Column(title="描述", width=25))
    table = Table(name="x", columns=columns, rows=(("1", told), ("2", "末行")), fine=True)
    annex = Annex(name="problems", label="附件", title="清单", landscape=True, blocks=(table,))
    reader = made(skeleton(Paragraph("甲。"), annexes=(annex,)), cjk_fonts)
    cells = [run for page in reader.pages[1:] for run in runs(page) if run.size == 8.5 and run.x > 200]
    assert told in squeezed("".join(run.text for run in cells)).replace("描述", "")
    assert all(run.baseline < 210 - 26 for run in cells) and "末行" in text_of(reader)


def test_names_beyond_gb2312_are_drawn_in_every_typeface(cjk_fonts):
    names = "镕喆堃赟昇祎珺旻"
    table = Table(name="x", columns=(Column(title=names, width=50),), rows=((names,), (names,)), totals=1)
    annex = Annex(name="method", label="附件", title=names, landscape=False, blocks=(table,))
    headings = [Heading(level=level, text=names) for level in (1, 2, 3)]
    paper = skeleton(*headings, Paragraph(names), annexes=(annex,), title=(names,))
    # A 楷体 that lacks them, as FandolKai does: here a face without any Chinese.
    poor = dict(cjk_fonts.faces) | {"subheading": cjk_fonts.faces["latin"], "title": cjk_fonts.faces["latin"]}
    for fonts in (cjk_fonts, replace(cjk_fonts, faces=poor)):
        assert text_of(made(paper, fonts)).count(names) >= 9


def test_an_empty_box_is_never_drawn(cjk_fonts):
    rare = "\U0001f600\u0e01"
    text = text_of(made(skeleton(Paragraph(f"甲{rare}乙葛\U000e0100")), cjk_fonts))
    assert "甲〓〓乙葛" in text and "本文件字库中没有的字以“〓”代替" in text
    # typst itself refuses to draw one in PDF/A: so none can slip through.
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        typst.compile(
            f'#set text(font: "{cjk_fonts.faces["body"].family}", fallback: false)\n{rare}'.encode(),
            font_paths=typefaces.loaded(cjk_fonts.folders), format="pdf", pdf_standards="a-2a",
        )  # fmt: skip


def test_a_picture_stands_with_its_caption_and_what_must_be_known(cjk_fonts):
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="442" height="300"><rect width="442" height="300"/></svg>'
    picture = Picture(name="trend", caption="图1　变化", alt="一个方块")
    text = (Paragraph(BODY[: 28 * 12]), picture, Paragraph("注：只计确定的问题。"), Paragraph("以下正文。"))
    made_with = pdf.print_skeleton(skeleton(*text), OFFICE, MADE, {"trend": drawing}, cjk_fonts)
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(made_with)).pages]
    (page,) = [page for page in pages if "图1变化" in page]
    assert page.index("图1变化") < page.index("注：只计确定的问题。") < page.index("以下正文。")
    without = text_of(made(skeleton(*text), cjk_fonts))
    assert "图1" not in without and "注：" not in without and "以下正文。" in without


def test_pages_as_pictures(cjk_fonts):
    pages = pdf.draw(trial(), cjk_fonts, dots=20)
    assert len(pages) >= 12 and all(page.startswith(b"\x89PNG") for page in pages)


def test_the_pdf_lies_beside_the_others(cjk_fonts, tmp_path):
    assert [path.name for path in write_all(trial(), tmp_path)][-1] == PDF
    assert (tmp_path / PDF).read_bytes().startswith(b"%PDF-")


def test_without_fonts_there_is_no_pdf_and_all_else(tmp_path, monkeypatch):
    monkeypatch.setattr(typefaces, "_installed", lambda folders, system: {})
    typefaces.forget()
    bulletin = trial()
    try:
        with pytest.raises(pdf.NoFontsError, match="make fonts"):
            pdf.render(bulletin)
        assert set(render_all(bulletin)) == {"findings.json", "bulletin.html", "bulletin.docx", "bulletin.xlsx"}
        (tmp_path / PDF).write_bytes(b"of an earlier bulletin")
        write_all(bulletin, tmp_path)
        assert not (tmp_path / PDF).exists() and (tmp_path / "bulletin.docx").exists()
    finally:
        typefaces.forget()


@pytest.mark.skipif(not STATM.exists(), reason="Linux tells how much memory a process has")
def test_one_bulletin_after_the_other_takes_no_more_memory(cjk_fonts):
    def resident():
        return int(STATM.read_text().split()[1]) * resource.getpagesize() / 1024**2

    columns = tuple(Column(title=name, width=width) for name, width in (("序号", 20), ("问题", 136)))

    def printed(nth):
        rows = tuple((str(row), BODY[nth + row : nth + row + 150]) for row in range(150))
        made(skeleton(Paragraph(BODY[nth:200]), Table(name="problems", columns=columns, rows=rows)), cjk_fonts)

    printed(0)
    printed(1)
    before = resident()
    for nth in range(2, 6):
        printed(nth)
    assert resident() - before < 25
