"""The text decides, whatever header and meta tag say."""

from __future__ import annotations

import pytest

from crawlers.encoding import declared_encoding, decode, looks_binary

TEXT = (
    "<html><head><title>示例市人民法院</title></head><body>开庭公告：本院定于二〇二六年三月九日公开审理。</body></html>"
)
META = '<meta http-equiv="Content-Type" content="text/html; charset={}">'


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (TEXT.encode("utf-8"), None),
        (TEXT.encode("utf-8"), "text/html; charset=ISO-8859-1"),
        (TEXT.encode("utf-8"), "text/html; charset=gb2312"),
        (TEXT.encode("gbk"), None),
        (TEXT.encode("gbk"), "text/html; charset=utf-8"),
        ((META.format("utf-8") + TEXT).encode("gbk"), None),
        ((META.format("gb2312") + TEXT + "㐂").encode("gb18030"), None),
        (b"\xef\xbb\xbf" + TEXT.encode("utf-8"), None),
        (TEXT.encode("utf-16"), "text/html"),
        (TEXT.encode("gbk") + b"\xff", "text/html; charset=nonsense-9"),
        (TEXT.encode("utf-8") * 20 + b"\xe5\x85", None),
        ("短公告".encode("gbk"), None),
    ],
)
def test_text_is_read(body: bytes, header: str | None) -> None:
    text, _ = decode(body, header)
    assert "示例市人民法院" in text or "短公告" in text
    assert text.count("\ufffd") <= 2


def test_big5_only_where_it_is_declared() -> None:
    text, encoding = decode((META.format("big5") + "<p>臺灣公告開庭</p>").encode("big5"))
    assert "臺灣公告開庭" in text
    assert encoding == "big5hkscs"


def test_declared_encoding_of_header_before_meta() -> None:
    assert declared_encoding(b"", "text/html; charset=GBK") == "gb18030"
    assert declared_encoding(META.format("gb2312").encode(), "text/html") == "gb18030"
    assert declared_encoding(b"<p>", None) is None


def test_binary_is_told_from_text() -> None:
    assert looks_binary(b"%PDF-1.4 ...")
    assert looks_binary(bytes(range(32)) * 20)
    assert not looks_binary(TEXT.encode("gbk"))
    assert not looks_binary(TEXT.encode("utf-16"))
