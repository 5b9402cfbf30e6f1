"""Is there anything on this page that is worth reading it for? Most pages of a site end here.

All text of a page is asked at once whether it may have a sign of any kind of datum (`may_show`); if so, a quick text is made
of the markup by a few substitutions and asked closely, and the lines with signs are remembered by their checksums. Lines
that stand on many pages (the footer with the court's telephone) are no sign; which these are is known when all is read.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable
from html import unescape

import re2

_DROPPED = re.compile(r"<(script|style|noscript|template|select|nav)\b.*?</\1\s*>|<!--.*?-->", re.S | re.I)
_BREAK = re.compile(
    r"<(?:/?(?:p|div|li|ul|ol|tr|table|h[1-6]|dl|dt|dd|section|article|title|center|blockquote)|br)\b[^>]*>", re.I
)
_CELL = re.compile(r"<t[dh]\b[^>]*>", re.I)
_TAG = re.compile(r"<[^>]*>")
# One set of first characters each, so that the search skips quickly from one to the next.
_MAYBE_DIGITS = re.compile(r"\d(?:\d{6}|(?: \d){6}|\d{3}[ -]\d{4}|[)）-]\s?\d{6})")
_MAYBE_PLATE = re.compile(r"[A-ZＡ-Ｚ][ ·•.・-]?[A-Z0-9０-９]{4}")
_NUMBER = re.compile(
    r"\d{14}|\d(?: \d){14}|\d{6}[\s-]{1,3}(?:\d{8}|\d{4} )|\d{4}[ -]\d{4}[ -]\d{4}|(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|"
    r"(?<!\d)0\d{2,3}[-)） ]{0,2}[2-8]\d{2,3}[ -]?\d{4}|电话\D{0,5}\d{7}|"
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-HJ-NP-ZＡ-Ｚ][ ·•.・-]?[A-Z0-9０-９]{4}"
)
_BY_WORDS: tuple[tuple[str, str], ...] = (
    ("@ ＠", r"[A-Za-z0-9]\s?[@＠]"),
    ("QQ qq ＱＱ", r"[QqＱ]{2}\D{0,6}\d{5}"),
    ("微信", r"微信\D{0,8}[A-Za-z1Ａ-Ｚａ-ｚ１]"),
    (
        "不动产 权证 产证 土地证 使用证 国用 登记证",
        r"(?:不动产|权证|产证|地证|用证|国用|登记证)[^。\n]{0,30}?\d{4}",
    ),
    (
        "住 户籍 户口 居住 地址",
        r"(?:住所|住址|居住|户籍|户口|地址|家住|现住|[,，;；。:：)）\s]住)[^。\n]{2,60}?[^某×*xX][路街巷弄村组栋幢室号镇乡道楼园区寓]",
    ),
    ("技侦 技术侦查 秘密侦查 监听 线人 特情 密侦", r"技侦|技术侦查|秘密侦查|监听|线人|特情|密侦"),
    (
        "密点 秘点 技术秘密 配方 工艺参数 核心代码 客户名单",
        r"(?:密点|秘点|秘密|配方|参数|代码|名单)[\u4e00-\u9fff]{0,4}[为是包如:：]",
    ),
    (
        "被害 受害 遇害 证人 鉴定人 民事诉讼原告 法定代理人 未成年 小学生 初中生 女童 男童",
        r"(?:害人|遇害者|女童|男童|儿童|(?<![保公见听])证人(?!民|\s民法)|鉴定人|诉讼原告人?|代理人|未成年人|学生|幼童|父亲|母亲)\s?[:：]?[\u4e00-\u9fff][^某\W]",
    ),
    (
        "岁",
        r"(?<![0-9０-９二三四五六七八九])(?:[1１][0-7０-７]|[1-9１-９]|十[一二三四五六七]?|[一二三四五六七八九])周?岁",
    ),
    (
        "离婚 抚养 赡养 扶养 继承 同居 探望 婚约 彩礼 收养 监护 家庭",
        r"(?:原告|被告|丈夫|妻子|前夫|前妻|男方|女方)[\u4e00-\u9fff][^某\W]",
    ),
)
_PATTERNS = {word: re.compile(pattern) for words, pattern in _BY_WORDS for word in words.split()}


def _is_overlapped(word: str) -> bool:
    """Can it begin within a word that calls for something else? 使用证人 has 使用证 and 证人."""
    others = (other for other, pattern in _PATTERNS.items() if pattern is not _PATTERNS[word])
    return any(word in other or any(other.endswith(word[:n]) for n in range(1, len(word))) for other in others)


# One search finds all words that a text has, but of two that overlap only the first: the second is asked for by itself.
_OVERLAPPED = tuple(word for word in _PATTERNS if _is_overlapped(word))
_WORD = re.compile("|".join(re.escape(word) for word in _PATTERNS if word not in _OVERLAPPED))

# Every text in which a pattern above finds anything has one of these: they are the same without what stands around them,
# and blocks may stand close. RE2 asks for all at once, in a tenth of the time of as many searches. 保证人民法院, 听证人民法院
# stand on many pages, and begin with no witness.
_MAYBE = re2.compile(
    r"\p{Nd}(?:\p{Nd}{6}|(?: \p{Nd}){6}|\p{Nd}{3}[ -]\p{Nd}{4}|[)）-]\s*\p{Nd}{6})|"
    rf"{_MAYBE_PLATE.pattern}|证人(?:[^民]|民[^法]|民?$)|{'|'.join(re.escape(w) for w in _PATTERNS if w != '证人')}"
)
_MOST_KNOWN = 1_000
MORE = 0
"""Stands among the checksums for a sign that is in no single line."""


def quick_text(html: str) -> str:
    """What a reader sees of a page, near enough: blocks on lines of their own, words within a line unbroken."""
    text = _BREAK.sub("\n", _DROPPED.sub("\n", html))
    text = _TAG.sub("", _CELL.sub("\t", text))
    lines = (unescape(text) if "&" in text else text).split("\n")
    return "\n".join(filter(None, map(str.strip, lines)))


def has_sign(text: str) -> bool:
    """Does anything in the text look personal?"""
    if (_MAYBE_DIGITS.search(text) or _MAYBE_PLATE.search(text)) and _NUMBER.search(text):
        return True
    words = {*_WORD.findall(text), *(word for word in _OVERLAPPED if word in text)}
    return any(pattern.search(text) for pattern in {_PATTERNS[word] for word in words})


def may_show(text: str) -> bool:
    """Could the page that has this text have a sign? Only if it could is it worth asking its lines.

    Args:
        text: All of it, in any order of lines and with nothing or anything between blocks.
    """
    return _MAYBE.search(text.encode("utf-8", "replace")) is not None


_known: dict[str, int] = {}  # lines with signs that were met, such as every page's footer → their checksums


def signs_of(text: str) -> list[int]:
    """The checksums of a quick text's lines that have signs, and MORE if there are others; none: nothing personal."""
    lines = text.split("\n")
    found = {_known[line] for line in lines if line in _known}
    rest = [line for line in lines if line not in _known] if found else lines
    if not may_show("\n".join(rest)):
        return sorted(found)
    clean = []
    for line in rest:
        if may_show(line) and has_sign(line):
            found.add(checksum(line))
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            _known[line] = checksum(line)
        else:
            clean.append(line)
    if has_sign("\n".join(clean)):
        found.add(MORE)
    return sorted(found)


def checksum(line: str) -> int:
    """Of a line, however it is spaced."""
    return zlib.crc32(" ".join(line.split()).encode("utf-8", "replace")) or 1


def without_template(text: str, template: frozenset[int]) -> str:
    """The text without the lines that the site repeats."""
    if not template:
        return text
    return "\n".join(line for line in text.split("\n") if checksum(line) not in template)


def repeated_lines(signs: Iterable[Iterable[int]]) -> frozenset[int]:
    """Lines with signs that stand on at least three, and on a third, of a sample of unlike pages.

    Args:
        signs: Of each page of the sample, as `signs_of` gives them.
    """
    counts: Counter[int] = Counter()
    pages = 0
    for lines in signs:
        pages += 1
        counts.update(set(lines) - {MORE})
    return frozenset(line for line, times in counts.items() if times >= max(3, pages // 3))
