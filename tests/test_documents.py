"""Published files of every kind give their text, or say why not."""

import io
import time
import zipfile
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest

from crawlers import documents, encoding
from crawlers.documents import read_document

# judgment.doc: saved by LibreOffice as "Word 97-2003"; register.xls: written as Excel 97-2003. All persons are invented.
FILES = Path(__file__).parent / "documents"
NUMBER = "（2025）粤9902民初18号"


def pdf(*pages, encoding="GBK-EUC-H", codec="gbk"):
    """A PDF whose font is named and not embedded, as court software of 2010 wrote them."""
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        f"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/{encoding}/DescendantFonts[4 0 R]>>".encode(),
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
        b"<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor 5 0 R>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
        b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
    ]
    for number, lines in enumerate(pages):
        shown = "".join(f"1 0 0 1 90 {780 - 20 * n} Tm <{s.encode(codec).hex()}> Tj " for n, s in enumerate(lines))
        stream = f"BT /F1 12 Tf {shown}ET".encode()
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {7 + 2 * number} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream))
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def word(*paragraphs):
    file = docx.Document()
    for paragraph in paragraphs:
        file.add_paragraph(paragraph)
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def test_doc():
    read = read_document((FILES / "judgment.doc").read_bytes(), "判决书.doc")
    assert read.is_whole
    lines = read.text.splitlines()
    assert lines[:3] == ["示例省示例市示例区人民法院", "民 事 判 决 书", NUMBER]
    assert "借款\t12000元" in lines
    assert lines[-3:] == ["审判员　王某", "二〇二五年三月六日", "书记员　赵某"]


def test_doc_under_another_name():
    assert NUMBER in read_document((FILES / "judgment.doc").read_bytes(), "判决书.wps").text


def test_locked_doc():
    body = bytearray((FILES / "judgment.doc").read_bytes())
    place = body.find(b"\xec\xa5")  # the beginning of its information block
    body[place + 11] |= 1
    assert read_document(bytes(body)) == documents.DocumentText(None, "文件已加密")


def test_docx_with_table_and_text_box():
    file = docx.Document()
    file.add_paragraph("民 事 判 决 书")
    table = file.add_table(2, 2)
    for cell, text in zip(table._cells, ["项目", "金额", "借款", "12000元"], strict=True):
        cell.text = text
    box = (
        '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><mc:AlternateContent>'
        '<mc:Choice Requires="wps"><w:t>文本框</w:t></mc:Choice><mc:Fallback><w:t>文本框</w:t></mc:Fallback>'
        "</mc:AlternateContent></w:r><w:del><w:r><w:delText>删去的话</w:delText></w:r></w:del></w:p>"
    )
    file.element.body.insert(0, docx.oxml.parse_xml(box))
    stream = io.BytesIO()
    file.save(stream)
    read = read_document(stream.getvalue())
    assert read.text.splitlines() == ["文本框", "民 事 判 决 书", "项目\t金额", "借款\t12000元"]


@pytest.mark.parametrize(
    ("encoding", "codec"), [("GBK-EUC-H", "gbk"), ("UniGB-UCS2-H", "utf-16-be"), ("GB-EUC-H", "gb2312")]
)
def test_pdf_in_the_chinese_encodings(encoding, codec):
    read = read_document(pdf(["民事判决书正文", NUMBER, "原告张某"], encoding=encoding, codec=codec), "a.pdf")
    assert read.is_whole
    assert read.text.splitlines() == ["民事判决书正文", NUMBER, "原告张某"]


def test_scanned_pdf_is_unread():
    read = read_document(pdf([], ["1"]))
    assert read.text is None
    assert "扫描件" in read.why


def test_scanned_page_among_others_is_named():
    read = read_document(pdf(["第一页有足够多的文字"], [], ["第三页有足够多的文字"]))
    assert "第一页" in read.text
    assert "第 2 页" in read.why
    assert not read.is_whole


def test_pdf_of_too_many_pages_is_read_in_part(monkeypatch):
    monkeypatch.setattr(documents, "MOST_PAGES", 3)
    read = read_document(pdf(*[[f"第{n}页有足够多的文字内容"] for n in range(9)]))
    assert read.why == "共 9 页，只读了前 3 页"
    assert "第2页" in read.text
    assert "第3页" not in read.text


def test_pdf_stops_when_time_is_up(monkeypatch):
    monkeypatch.setattr(documents, "MOST_SECONDS", -1.0)
    assert read_document(pdf(["第一页有足够多的文字"], ["第二页有足够多的文字"])).why == "共 2 页，只读了前 1 页"


def test_locked_pdf():
    writer = pypdf.PdfWriter()
    writer.append(io.BytesIO(pdf(["民事判决书正文"])))
    writer.encrypt("secret", algorithm="AES-256")
    stream = io.BytesIO()
    writer.write(stream)
    assert read_document(stream.getvalue()).why == "文件已加密"


def test_pdf_without_table_of_characters_is_not_guessed():
    rare = "".join(chr(0x4E04 + 7 * n) for n in range(1, 200))
    odd = "".join(c for c in rare if not encoding._is_common(c))
    read = read_document(pdf([odd[:30]], encoding="UniGB-UCS2-H", codec="utf-16-be"))
    assert read.text is None
    assert "编码" in read.why


def test_workbooks():
    old = read_document((FILES / "register.xls").read_bytes(), "名册.xls")
    assert old.text.splitlines() == ["名册", "姓名\t账号", "张某\t6222020000"]
    book = openpyxl.Workbook()
    book.active.append(["姓名", "电话"])
    book.active.append(["张某", 13800000000])
    stream = io.BytesIO()
    book.save(stream)
    assert read_document(stream.getvalue()).text.splitlines()[1:] == ["姓名\t电话", "张某\t13800000000"]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("民事判决书\n原告张某".encode("gb18030"), "a.txt"),
        ("民事判决书\n原告张某".encode(), "text/plain; charset=gbk"),
        (
            b"{\\rtf1\\ansi\\ansicpg936 \\'c3\\'f1\\'ca\\'c2\\'c5\\'d0\\'be\\'f6\\'ca\\'e9\\par \\u21407?\\u21578?\\u24352?\\u26576?}",
            "a.rtf",
        ),
        ("<html><body><p>民事判决书</p><p>原告张某</p></body></html>".encode("gbk"), "a.doc"),
        (
            b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n\n'
            + "<html><p>民事判决书</p><p>原告张某</p></html>".encode()
            + b"\n--b--\n",
            "a.doc",
        ),
    ],
    ids=["txt gbk", "txt utf-8", "rtf", "html as doc", "mhtml as doc"],
)
def test_plain_kinds(body, name):
    assert read_document(body, name).text.splitlines() == ["民事判决书", "原告张某"]


def _archive(name, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"  ", "空文件"),
        (b"x" * (documents.MOST_BYTES + 1), "超过"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "不是可读取文字的"),
        (b"%PDF-1.7\n" + b"garbage" * 50, "损坏"),
        (b"PK\x03\x04" + b"garbage" * 50, "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"garbage" * 200, "损坏"),
        (_archive("a.bin", b"1"), "压缩包"),
        (_archive("word/document.xml", b"<w><w>"), "损坏"),
        (word(), "没有文字"),
    ],
    ids=["empty", "large", "picture", "bad pdf", "bad zip", "bad ole", "archive", "bad xml", "docx without text"],
)
def test_what_cannot_be_read_is_said(body, why):
    read = read_document(body, "附件.doc")
    assert read.text is None
    assert why in read.why


def test_bomb_is_not_unpacked():
    body = _archive("word/document.xml", b" " * (documents.MOST_UNPACKED + 1))
    assert len(body) < 200_000
    started = time.perf_counter()
    assert "展开后超过" in read_document(body).why
    assert time.perf_counter() - started < 1


def test_entities_are_not_expanded():
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    part = (
        b'<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:r><w:t>&c;</w:t></w:r></w:p>'
    )
    read = read_document(_archive("word/document.xml", bomb + part))
    assert "bbbb" not in (read.text or "")
