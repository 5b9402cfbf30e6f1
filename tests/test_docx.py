"""The .docx measured from the file itself: GB/T 9704-2012's page, type, numbers and parts; nothing lost, nothing to repair.

No office program is needed. All lengths are twips: twentieths of a point, 1440 to the inch.
"""

import dataclasses
import io
import re
import zipfile
from itertools import pairwise

import docx as python_docx
import pytest
from docx.oxml.ns import qn

from reports.blocks import Heading, Item, Link, Paragraph, Picture, Table
from reports.bulletin import compose
from reports.formats import docx
from reports.period import Period
from reports.skeleton import skeleton
from reports.text import clean
from reports.title_shape import width
from storage import database, runs
from tests.bulletins import months
from tests.bulletins import sample_skeleton as sample
from tests.bulletins.two_nights import GENERATED, LONG_URL, SECOND, trial
from tests.word_file import W, faults, part

TEXT_WIDTH, TEXT_HEIGHT = 11906 - 1587 - 1474, 16838 - 2098 - 1984
CHARACTER = 320  # one character of 3号 type


def written(skeleton=None, imprint=sample.IMPRINT, **more):
    return docx.print_skeleton(skeleton or sample.skeleton(), imprint, sample.CREATED, {"trend": sample.png()}, **more)


@pytest.fixture(scope="module")
def content():
    return written()


@pytest.fixture(scope="module")
def document(content):
    return python_docx.Document(io.BytesIO(content))


@pytest.fixture(scope="module")
def bulletin():
    return trial()


def value(parent, path, attribute="val"):
    """An attribute of a property: `value(style, "rPr/sz")`; None where there is none."""
    found = parent.find("/".join(qn(f"w:{name}") for name in path.split("/")))
    return None if found is None else found.get(qn(f"w:{attribute}"))


def style(document, name):
    return document.styles[name].element


def paragraphs(document, name):
    return [p for p in document.paragraphs if p.style.name == name]


def listed_tables(document):
    """The tables of the text: without the one that is 版记."""
    return [t for t in document.tables if t._tbl.tblPr.find(qn("w:tblpPr")) is None]


# --- the page ---


def test_upright_pages_have_the_standards_margins(document):
    upright = [s for s in document.sections if s.page_width < s.page_height]
    assert len(upright) == 2  # the text, and the annex without a wide table
    for section in upright:
        assert (section.page_width.twips, section.page_height.twips) == (11906, 16838)
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [round(m.twips) for m in margins] == [2098, 1984, 1587, 1474]


def test_a_page_has_22_lines_of_28_characters(document):
    for name in ("Normal", "公文正文"):
        line = int(value(style(document, name), "pPr/spacing", "line"))
        assert value(style(document, name), "pPr/spacing", "lineRule") == "exact"
        assert TEXT_HEIGHT // line == 22
        size = int(value(style(document, name), "rPr/sz")) * 10
        pitch = size + int(value(style(document, name), "rPr/spacing"))
        assert size == CHARACTER
        assert (TEXT_WIDTH - size) // pitch + 1 == 28  # the last one needs no gap after it
    for section in part(written(), "document").iter(f"{{{W}}}sectPr"):
        assert value(section, "docGrid", "type") == "lines"  # with characters too, LibreOffice doubles the pitch
        assert value(section, "docGrid", "linePitch") == "579"


def test_every_annex_has_a_section_of_its_own_turned_where_its_table_is_wide(document):
    wide = [s.page_width > s.page_height for s in document.sections]
    assert wide == [False, True, True, False]
    assert all(s.start_type is not None and s.start_type.name == "NEW_PAGE" for s in document.sections)
    turned = document.sections[1]
    assert turned._sectPr.find(qn("w:pgSz")).get(qn("w:orient")) == "landscape"
    assert (turned.page_width.twips, turned.page_height.twips) == (16838, 11906)


def test_page_numbers_stand_outside_seven_millimetres_below_the_text(content, document):
    first = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((first.footer, "right"), (first.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert value(line._p, "pPr/jc") == side
        codes = [node.text.strip() for node in line._p.iter(qn("w:instrText"))]
        assert codes == ["PAGE"]
        assert line.text == "— 1 —"
        assert line.style.name == "页码"
    number = style(document, "页码")
    assert value(number, "rPr/sz") == "28"
    assert value(number, "rPr/rFonts", "ascii") == "宋体"
    assert {value(number, "pPr/ind", edge) for edge in ("left", "right")} == {"280"}
    gap = first.bottom_margin - first.footer_distance - 5 * 36000
    assert gap / 36000 == pytest.approx(7, abs=0.1)
    assert all(s.footer.is_linked_to_previous for s in list(document.sections)[1:])


# --- type ---


@pytest.mark.parametrize(
    ("name", "font", "half_points"),
    [
        ("Title", "方正小标宋简体", 44),
        ("Heading 1", "黑体", 32),
        ("Heading 2", "楷体", 32),
        ("Heading 3", "仿宋", 32),
        ("公文正文", "仿宋", 32),
        ("发文机关标志", "方正小标宋简体", None),
        ("发文字号", "仿宋", 32),
        ("附件标记", "黑体", 32),
        ("附件标题", "方正小标宋简体", 44),
        ("版记", "仿宋", 28),
    ],
)
def test_each_part_is_set_in_the_standards_type(document, name, font, half_points):
    defined = style(document, name)
    assert value(defined, "rPr/rFonts", "eastAsia") == font
    assert not [key for key in defined.find(qn("w:rPr")).find(qn("w:rFonts")).attrib if "Theme" in key]
    assert value(defined, "rPr/b") == "0"
    if half_points:
        assert int(value(defined, "rPr/sz")) == half_points


def test_headings_are_headings_and_indented_two_characters(document):
    for level in (1, 2, 3):
        defined = style(document, f"Heading {level}")
        assert value(defined, "pPr/outlineLvl") == str(level - 1)
        assert value(defined, "pPr/ind", "firstLine") == str(2 * CHARACTER)
        assert defined.find(qn("w:pPr")).find(qn("w:keepNext")) is not None
    assert paragraphs(document, "Heading 1")[0].text == "一、总体情况"
    assert value(style(document, "公文正文"), "pPr/ind", "firstLine") == str(2 * CHARACTER)


def test_fonts_have_substitutes_and_none_is_shipped(content):
    table = {font.get(f"{{{W}}}name"): font for font in part(content, "fontTable")}
    for name in ("仿宋", "楷体", "黑体", "方正小标宋简体", "宋体"):
        assert value(table[name], "altName")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "font" in name.lower() and not name.endswith(".xml")]


def test_all_is_black_but_the_mark_and_the_rule(document, content):
    used = {p.style.name for p in document.paragraphs} | {"Hyperlink"}
    colours = {name: value(style(document, name), "rPr/color") for name in used}
    assert {name for name, colour in colours.items() if colour != "000000"} == {"发文机关标志"}
    assert colours["发文机关标志"] == "C00000"
    body = part(content, "document")
    direct = {node.get(f"{{{W}}}val") for node in body.iter(f"{{{W}}}color")}
    assert direct == set()
    rules = list(body.iter(f"{{{W}}}pBdr"))
    assert [value(rule, "bottom", "color") for rule in rules] == ["C00000"]


# --- head and title ---


def test_the_red_head_fits_one_line_35_millimetres_below_the_edge_of_the_text(document):
    (mark,) = paragraphs(document, "发文机关标志")
    assert mark.text == sample.IMPRINT.body + "文件"
    size = mark.runs[0].font.size.pt * 20
    scale = int(value(mark.runs[0]._r, "rPr/w"))
    assert len(mark.text) * size * scale / 100 <= TEXT_WIDTH
    assert int(value(style(document, "发文机关标志"), "pPr/spacing", "before")) == pytest.approx(
        35 / 25.4 * 1440, abs=1
    )


def test_the_number_stands_two_lines_below_in_hexagonal_brackets(document):
    (number,) = paragraphs(document, "发文字号")
    assert re.fullmatch(r"\D+〔\d{4}〕[1-9]\d*号", number.text)
    defined = style(document, "发文字号")
    assert value(defined, "pPr/spacing", "before") == str(2 * 579)
    assert value(defined, "pPr/jc") == "center"
    assert number._p.pPr.find(qn("w:pBdr")) is not None


def test_a_bulletin_without_number_has_its_rule_under_the_mark():
    plain = dataclasses.replace(sample.IMPRINT, code="", body="")
    made = python_docx.Document(io.BytesIO(written(imprint=plain)))
    assert not paragraphs(made, "发文字号")
    assert paragraphs(made, "发文机关标志")[0]._p.pPr.find(qn("w:pBdr")) is not None
    assert len(made.tables) == len(listed_tables(made))  # no 版记: nobody issues it


def test_the_title_is_broken_between_words_two_lines_below_the_rule(document):
    (title,) = paragraphs(document, "Title")
    assert title.text.split("\n") == ["示例市示例区人民法院关于2026年3月", "司法公开工作情况的通报"]
    assert value(style(document, "Title"), "pPr/spacing", "before") == str(2 * 579)
    (addressee,) = paragraphs(document, "主送机关")
    assert addressee.text.endswith("：")
    assert value(style(document, "主送机关"), "pPr/ind", "firstLine") == "0"


# --- foot ---


def test_annexes_are_named_one_line_below_the_text_without_a_stop(document):
    lines = paragraphs(document, "附件说明")
    assert [p.text for p in lines] == ["附件：1.各部门指标排名表", "2.问题清单", "3.指标口径与数据来源说明"]
    first = lines[0].paragraph_format
    assert first.space_before.twips == 579
    starts = [p.paragraph_format.left_indent.twips + p.paragraph_format.first_line_indent.twips for p in lines]
    assert starts[0] == 2 * CHARACTER
    assert starts[1:] == [5 * CHARACTER] * 2  # below the first name's number
    assert len({p.paragraph_format.left_indent.twips for p in lines}) == 1  # a second line begins below the name
    labels = [p.text for p in paragraphs(document, "附件标记")]
    titles = [p.text for p in paragraphs(document, "附件标题")]
    assert [f"{n}.{title}" for n, title in enumerate(titles, start=1)] == [p.text.removeprefix("附件：") for p in lines]
    assert labels == ["附件1", "附件2", "附件3"]


@pytest.mark.parametrize(
    "signed", ["示例法院", "示例市示例区人民法院司法公开办", "示例市示例区人民法院司法公开领导小组办公室"]
)
def test_the_date_is_in_digits_four_characters_from_the_right_below_the_middle_of_the_name(signed):
    made = python_docx.Document(io.BytesIO(written(imprint=dataclasses.replace(sample.IMPRINT, signed=signed))))
    (name,), (day,) = paragraphs(made, "发文机关署名"), paragraphs(made, "成文日期")
    assert name.text == signed
    assert day.text == "2026年4月7日"
    right = [p.paragraph_format.right_indent.twips for p in (name, day)]
    assert right[0] >= 0
    assert right[0] + width(signed) * CHARACTER <= TEXT_WIDTH
    assert right[1] >= 4 * CHARACTER
    if len(signed) < 14:
        assert right[1] == 4 * CHARACTER
    middles = [edge + width(text) * CHARACTER / 2 for edge, text in zip(right, (signed, day.text), strict=True)]
    assert abs(middles[0] - middles[1]) <= 2
    assert name.style.paragraph_format.keep_with_next


def test_the_foot_of_the_last_page_says_who_receives_and_who_printed(content, document):
    body = part(content, "document")[0]
    (table,) = [t for t in body.iter(f"{{{W}}}tbl") if t.find(f"{{{W}}}tblPr/{{{W}}}tblpPr") is not None]
    assert [etree_text(cell) for cell in table.iter(f"{{{W}}}tc")] == [
        "抄送：院领导，政治部，示例市中级人民法院司法公开办。",
        "示例市示例区人民法院审判管理办公室",
        "2026年4月7日印发",
    ]
    assert value(table, "tblPr/tblpPr", "tblpYSpec") == "bottom"
    assert value(table, "tblPr/tblpPr", "vertAnchor") == "margin"
    assert int(value(table, "tblPr/tblW", "w")) == pytest.approx(TEXT_WIDTH, abs=2)
    sizes = {side: value(table, f"tblPr/tblBorders/{side}", "sz") for side in ("top", "bottom", "insideH")}
    assert sizes == {"top": "8", "bottom": "8", "insideH": "6"}  # eighths of a point: 0.35 and 0.25 mm
    assert table.getnext().getnext().tag == f"{{{W}}}sectPr"  # it is bound to the very last paragraph


def etree_text(node):
    return "".join(t.text or "" for t in node.iter(f"{{{W}}}t"))


def test_after_a_wide_annex_the_foot_stands_on_an_upright_page():
    paper = sample.skeleton()
    made = python_docx.Document(io.BytesIO(written(dataclasses.replace(paper, annexes=paper.annexes[:2]))))
    assert [s.page_width > s.page_height for s in made.sections] == [False, True, True, False]
    alone = python_docx.Document(io.BytesIO(written(dataclasses.replace(paper, annexes=()))))
    assert len(alone.sections) == 1
    assert not paragraphs(alone, "附件说明")


# --- tables and pictures ---


def test_tables_repeat_their_head_keep_rows_whole_and_fit_the_text(document):
    found = listed_tables(document)
    assert len(found) == 3
    for table, room in zip(found, (TEXT_WIDTH, 14343, 14343), strict=True):
        head, *rows = table.rows
        assert head._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(r._tr.trPr.find(qn("w:tblHeader")) is None for r in rows)
        assert all(r._tr.trPr.find(qn("w:cantSplit")) is not None for r in table.rows)
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert room * 0.98 < sum(grid) <= room + len(grid)
        for row in table.rows:
            assert [int(value(cell._tc, "tcPr/tcW", "w")) for cell in row.cells] == grid
        assert value(table._tbl, "tblPr/tblLayout", "type") == "fixed"


def test_no_date_code_or_rate_is_broken_in_a_table(document):
    for table in listed_tables(document):
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        size = 160 if table.rows[1].cells[0].paragraphs[0].style.name == "表格小字" else 210
        for row in table.rows[1:-1]:
            for cell, room in zip(row.cells, grid, strict=True):
                for token in re.findall(r"(?<![!-~])[!-~]{1,12}(?![!-~])", cell.text):
                    assert len(token) * size / 2 <= room - 114, token


def test_a_row_that_is_longer_than_a_page_may_be_cut():
    long = Table(name="long", columns=sample.columns(["甲", "乙"], (20, 20)), rows=(("一", "长" * 2000), ("二", "短")))
    made = python_docx.Document(io.BytesIO(written(dataclasses.replace(sample.skeleton(), body=(long,), annexes=()))))
    (table,) = listed_tables(made)
    whole = [r._tr.trPr is not None and r._tr.trPr.find(qn("w:cantSplit")) is not None for r in table.rows]
    assert whole == [True, False, True]


def test_pictures_fit_the_text_and_are_described(content, document):
    (picture,) = document.inline_shapes
    assert picture.width.twips == pytest.approx(TEXT_WIDTH, abs=2)
    assert picture._inline.docPr.get("descr") == "一条下降的曲线"
    without = docx.print_skeleton(sample.skeleton(), sample.IMPRINT, sample.CREATED, {})
    made = python_docx.Document(io.BytesIO(without))
    assert not len(made.inline_shapes)
    assert "图1" not in "".join(p.text for p in made.paragraphs)


# --- the whole file ---


def test_word_has_nothing_to_repair(content, bulletin):
    assert faults(content) == []
    assert faults(docx.render(bulletin)) == []
    assert faults(docx.render(dataclasses.replace(bulletin, imprint=sample.IMPRINT))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            b'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/>',
            b'<w:tblLayout w:type="fixed"/><w:jc w:val="center"/>',
        ),
        ('<w:pStyle w:val="公文正文"/>'.encode(), b'<w:pStyle w:val="Missing"/>'),
        (b'<w:bookmarkEnd w:id="0"/>', b""),
        (b'r:id="rId', b'r:id="none'),
    ],
)
def test_the_test_for_repairs_finds_faults(content, old, new):
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                assert old in data
                data = data.replace(old, new, 1)
            target.writestr(name, data)
    assert faults(broken.getvalue())


def texts(blocks):
    for block in blocks:
        match block:
            case Heading() | Item():
                yield clean(block.full)
            case Paragraph():
                yield clean(block.text)
            case Table():
                yield from (cell.title for cell in block.columns)
                for row in block.rows:
                    for cell in row:
                        yield from (clean(t) for t in (cell.text if isinstance(cell, Link) else cell).split("\n"))
            case Picture():
                pass


def test_every_word_of_the_bulletin_is_in_the_file_in_order(bulletin):
    paper = skeleton(bulletin, most_rows=docx.MOST_ROWS)
    whole = etree_text(part(docx.render(bulletin), "document"))
    place = 0
    for text in (*texts(paper.body), *(t for annex in paper.annexes for t in (annex.title, *texts(annex.blocks)))):
        found = whole.find(text, place)
        assert found >= 0, text
        place = found + len(text)


def test_a_quiet_night_is_a_short_document():
    engine = database.connect("sqlite://")
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="a", court="示例甲法院", home="http://a.example/"))
        run = runs.start(connection, "a", SECOND, GENERATED)
        runs.update(connection, run.id, status="complete", pages=12, links=80, audited=GENERATED)
        quiet = compose(connection, Period.of_night(SECOND), generated_at=GENERATED)
    made = python_docx.Document(io.BytesIO(docx.render(quiet)))
    assert "本期没有认定的问题" in "".join(p.text for p in made.paragraphs)
    assert len(made.sections) == 2
    assert [p.text for p in paragraphs(made, "附件标记")] == ["附件"]


def test_the_file_is_sound_and_carries_the_bulletins_time(bulletin):
    content = docx.render(bulletin)
    assert content == docx.render(bulletin)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 3, 31, 6, 30, 0)}
        links = part_links(archive)
    assert LONG_URL in links
    assert all(re.match(r"https?://[!-~]+$", link) for link in links)
    properties = python_docx.Document(io.BytesIO(content)).core_properties
    assert properties.title == "".join(skeleton(bulletin).title)
    assert properties.language == "zh-CN"


def part_links(archive):
    relations = archive.read("word/_rels/document.xml.rels").decode()
    return [
        re.search('Target="([^"]*)"', tag).group(1).replace("&amp;", "&")
        for tag in re.findall("<Relationship [^>]*>", relations)
        if 'TargetMode="External"' in tag
    ]


def test_bookmarks_lead_to_headings_and_annexes(content):
    names = [node.get(f"{{{W}}}name") for node in part(content, "document").iter(f"{{{W}}}bookmarkStart")]
    assert names == ["overview", "annex_ranking", "annex_problems", "annex_method"]
    assert all(re.fullmatch(r"[^\W\d]\w{0,39}", name) for name in names)


def test_two_tables_in_a_row_stay_two():
    table = Table(name="t", columns=sample.columns(["甲", "乙"], (20, 20)), rows=(("一", "二"),))
    paper = dataclasses.replace(sample.skeleton(), body=(table, table), annexes=())
    body = part(written(paper), "document")[0]
    tags = [child.tag.rpartition("}")[2] for child in body]
    assert ("tbl", "tbl") not in set(pairwise(tags))


def test_a_form_keeps_the_room_that_was_planned_for_what_is_filled_in():
    bulletin = months.bulletin(months.march)
    document = python_docx.Document(io.BytesIO(docx.render(bulletin)))
    form = next(t for t in document.tables if t.rows[0].cells[-1].text == "复查结论")
    widths = [round(column.width.mm) for column in form.columns]
    titles = [cell.text for cell in form.rows[0].cells]
    by_hand = dict(zip(titles, widths, strict=True))
    assert all(by_hand[title] >= 15 for title in ("原因分析", "整改措施", "责任人", "完成时间", "部门负责人签字"))
