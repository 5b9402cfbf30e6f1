"""An office's own red-head template: filled in wherever Word tore its fields, or refused in one line before anything is written."""

import dataclasses
import io
import re
from pathlib import Path

import docx as python_docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from reports.formats import docx, example_template
from reports.formats.office_template import FIELDS, NAMES, PLACES, OfficeTemplate, OfficeTemplateError
from tests.bulletins import sample_skeleton as sample
from tests.word_file import faults

EXAMPLE = Path(__file__).resolve().parent.parent / "docs" / "examples" / "red-head-template.docx"


def saved(folder, *lines, change=None):
    """A template of plain paragraphs, as an office might type it."""
    document = python_docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if change:
        change(document)
    document.save(folder / "红头.docx")
    return folder / "红头.docx"


def filled(file, paper=None, imprint=sample.IMPRINT):
    content = docx.print_skeleton(
        paper or sample.skeleton(), imprint, sample.CREATED, {"trend": sample.png()}, OfficeTemplate.read(file)
    )
    assert faults(content) == []
    return python_docx.Document(io.BytesIO(content))


def whole_text(document):
    """All words in their order, those of tables and edges too."""
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.header._element, section.footer._element, section.even_page_footer._element]
    return "".join(node.text or "" for part in parts for node in part.iter(qn("w:t")))


def refusal(file):
    """What is said of a template, at reading or at filling in; one line in two languages that names the file."""
    with pytest.raises(OfficeTemplateError) as caught:
        filled(file)
    for line in (caught.value.zh, caught.value.en):
        assert line.startswith(f"{file}: ")
        assert "\n" not in line
    return caught.value


# --- the example ---


def test_the_example_is_the_one_that_the_program_makes():
    assert EXAMPLE.read_bytes() == example_template.example(), "python -m reports.formats.example_template " + str(
        EXAMPLE
    )


def test_the_example_is_filled_in_from_head_to_foot():
    document = filled(EXAMPLE)
    text = whole_text(document)
    assert "{" not in text and "\ue000" not in text
    order = ["司法公开工作通报", "第3期", "示例市示例区人民法院审判管理办公室", "2026年4月7日", "全院各部门：", "一、总体情况", "四、工作要求",
             "附件：1.各部门指标排名表", "示例市示例区人民法院司法公开办", "附件1", "附件3", "抄送：院领导，政治部，", "2026年4月7日印发"]  # fmt: skip
    place = 0
    for words in order:
        place = text.index(words, place) + len(words)
    assert [s.page_width > s.page_height for s in document.sections] == [False, True, True, False]
    assert [p.text for p in document.paragraphs if p.style.name == "Title"] == [
        "示例市示例区人民法院关于2026年3月\n司法公开工作情况的通报"
    ]


def test_a_wide_last_annex_is_followed_by_an_upright_page_for_the_foot():
    paper = sample.skeleton()
    document = filled(EXAMPLE, dataclasses.replace(paper, annexes=paper.annexes[:2]))
    assert [s.page_width > s.page_height for s in document.sections] == [False, True, True, False]


def test_a_bulletin_without_annexes_leaves_no_empty_page():
    document = filled(EXAMPLE, dataclasses.replace(sample.skeleton(), annexes=()))
    assert len(document.sections) == 1
    assert "附件：" not in whole_text(document)


@pytest.mark.parametrize("page", ["template.md", "zh/template.md"])
def test_every_field_is_documented_and_no_other(page):
    text = (EXAMPLE.parent.parent / page).read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert [name for cell in cells for name in re.findall("`([^`]*)`", cell)] == [*FIELDS, *PLACES]


# --- an office's own ---


def test_fields_that_word_tore_into_pieces_are_filled_in(tmp_path):
    def tear(document):
        paragraph = document.add_paragraph()
        for piece in ("文号：", "{", "{ 发文", "字号", " }", "}"):
            paragraph.add_run(piece).font.size = Pt(12)

    document = filled(saved(tmp_path, "{{ 正文 }}", change=tear))
    assert "文号：示法公开〔2026〕3号" in [p.text for p in document.paragraphs]


def test_every_field_may_be_used_and_conditions_too(tmp_path):
    lines = [f"{{{{ {name} }}}}" for name in NAMES]
    document = filled(
        saved(
            tmp_path, *lines, "{%p if 抄送 %}", "有抄送", "{%p endif %}", "{%p if 联系方式 %}", "有电话", "{%p endif %}"
        )
    )
    text = [p.text for p in document.paragraphs]
    assert "有抄送" in text
    assert "有电话" not in text
    for value in ("示法公开〔2026〕3号", "2026", "3", "2026年4月7日", "院领导，政治部，示例市中级人民法院司法公开办"):
        assert value in text


def test_fields_in_headers_are_filled_in(tmp_path):
    def head(document):
        document.sections[0].header.paragraphs[0].text = "{{ 发文字号 }}"

    assert "示法公开〔2026〕3号" in whole_text(filled(saved(tmp_path, "{{ 正文 }}", change=head)))


def test_the_offices_page_and_styles_are_kept(tmp_path):
    def own(document):
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(30)
        style = document.styles.add_style("公文正文", 1)
        style.font.size = Pt(14)

    document = filled(saved(tmp_path, "{{ 正文 }}", "{{ 附件 }}", change=own))
    assert document.styles["公文正文"].font.size == Pt(14)
    assert document.styles["附件标题"].font.size == Pt(22)  # it had none: the standard's
    upright = [s for s in document.sections if s.page_width < s.page_height]
    assert {round(s.left_margin.mm) for s in upright} == {30}
    grid = [int(c.get(qn("w:w"))) for c in document.tables[0]._tbl.tblGrid]
    assert sum(grid) == pytest.approx(150 / 25.4 * 1440, abs=len(grid))


def test_annexes_without_a_place_come_last(tmp_path):
    document = filled(saved(tmp_path, "头", "{{ 正文 }}", "尾"))
    text = whole_text(document)
    assert text.index("尾") < text.index("附件1")
    assert [s.page_width > s.page_height for s in document.sections] == [False, True, True, False]


def test_page_numbers_go_on_through_the_annexes(tmp_path):
    def number(document):
        from reports.formats.ooxml import element, put

        put(document.sections[0]._sectPr, element("pgNumType", start=1))
        document.sections[0].different_first_page_header_footer = True

    document = filled(saved(tmp_path, "{{ 正文 }}", change=number))
    starts = [s._sectPr.find(qn("w:pgNumType")) is not None for s in document.sections]
    assert starts == [True, False, False, False]
    assert [s.different_first_page_header_footer for s in document.sections] == [True, False, False, False]


def test_what_was_crawled_is_text_and_no_field(tmp_path):
    hostile = "{{ 7*7 }}<w:b/>&{% raw %}"
    paper = dataclasses.replace(sample.skeleton(), title=(hostile,), addressee=hostile)
    document = filled(saved(tmp_path, "{{ 标题 }}", "{{ 主送机关 }}", "{{ 正文 }}"), paper)
    assert document.paragraphs[1].text == hostile
    assert document.paragraphs[0].text.replace("\n", "") == hostile


# --- templates that are refused ---


def test_an_unknown_field_is_named(tmp_path):
    error = refusal(saved(tmp_path, "{{ 正文 }}", "{{ 签发人 }}"))
    assert "{{ 签发人 }}" in error.zh and "没有这个字段" in error.zh and "发文字号" in error.zh
    assert "{{ 签发人 }}: no such field" in error.en


def test_an_unknown_field_in_a_footer_is_named(tmp_path):
    def foot(document):
        document.sections[0].footer.paragraphs[0].text = "{{ 校对 }}"

    assert "{{ 校对 }}" in refusal(saved(tmp_path, "{{ 正文 }}", change=foot)).zh


def in_table(document):
    document.add_table(rows=1, cols=1).cell(0, 0).text = "{{ 正文 }}"


def in_header(document):
    document.sections[0].header.paragraphs[0].text = "{{ 附件 }}"


def section_after(document):
    document.add_section()
    document.add_paragraph("尾")


@pytest.mark.parametrize(
    ("lines", "change", "told"),
    [
        (["{{ 标题 }}"], None, "缺少字段 {{ 正文 }}"),
        (["以下是{{ 正文 }}"], None, "{{ 正文 }}: 只能出现一次"),
        (["{{ 正文 }}", "{{ 正文 }}"], None, "{{ 正文 }}: 只能出现一次"),
        ([], in_table, "{{ 正文 }}: 只能出现一次"),
        (["{{ 正文 }}"], in_header, "{{ 附件 }}: 只能出现一次"),
        (["{{ 正文 }}", "{{ 附件 }}"], section_after, "{{ 附件 }}: 须在最后一节"),
        (["{{p 正文 }}"], None, "字段须写成"),
        (["{{p 标题 }}", "{{ 正文 }}"], None, "字段须写成"),
        (["{{ 正文 }}", "{{ 标题 "], None, "字段写法有误"),
        (["{{ 正文 }}", "{% if 抄送 %}抄送"], None, "字段写法有误"),
        (["{{ 正文 }}", "{{ 标题.__class__.__mro__ }}"], None, "字段写法有误"),
        (["{{ 正文 }}", "{{ 1/0 }}"], None, "字段写法有误"),
    ],
)
def test_a_template_that_cannot_work_is_refused(tmp_path, lines, change, told):
    assert told in refusal(saved(tmp_path, *lines, change=change)).zh


def test_what_is_no_word_document_is_refused(tmp_path):
    (tmp_path / "红头.docx").write_bytes(b"{\\rtf1")
    assert "不是 Word 文档" in refusal(tmp_path / "红头.docx").zh
    (tmp_path / "红头.docx").unlink()
    assert "无法读取" in refusal(tmp_path / "红头.docx").zh
    (tmp_path / "红头.docx").mkdir()
    assert "无法读取" in refusal(tmp_path / "红头.docx").zh
