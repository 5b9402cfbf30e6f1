"""The keys of a record in all generations of the national site's data, under one name each.

2013–2017: Chinese keys, times as `/Date(ms)/`; 2018: Title, PubDate, Html; since 2019: s1 … s54, and the bare numbers of
the same dictionary in the app's lists; and the column names of the CSV files that circulate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crawlers.dates import parse_date

NAMES: dict[str, tuple[str, ...]] = {
    "number": ("s7", "7", "案号"),
    "title": ("s1", "1", "案件名称", "Title"),
    "court": ("s2", "2", "法院名称", "法院", "审理法院"),
    "id": ("s5", "rowkey", "5", "文书ID", "docId", "DocID"),
    "url": ("原始链接", "url", "链接"),
    "kind": ("s6", "6", "文书类型"),
    "cause": ("s11", "案由"),
    "decided": ("s31", "31", "裁判日期"),
    "published": ("s41", "41", "发布日期", "公开日期", "PubDate"),
    "uploaded": ("s48", "48", "上网时间", "上传日期"),
    "publicity": ("s43", "43", "公开类型"),
    "reason": ("s32", "32", "不公开理由"),
    "body": ("qwContent", "Html", "DocContent", "全文", "s21", "21", "文书内容"),
}
_PARTS = ("s22", "s53", "s23", "s24", "s25", "s26", "s27", "s28")
_OLD_PARTS = (
    "文书首部段落原文",
    "诉讼参与人信息部分原文",
    "诉讼记录段原文",
    "案件基本情况段原文",
    "裁判要旨段原文",
    "判决结果段原文",
    "文本尾部原文",
)
_KINDS = {"01": "判决书", "02": "裁定书", "03": "调解书", "04": "决定书", "05": "通知书", "09": "令"}
_REASONS = {
    "01": "涉及国家秘密的",
    "02": "未成年人犯罪的",
    "03": "以调解方式结案的",
    "04": "确认人民调解协议效力的",
    "05": "离婚诉讼或者涉及未成年子女抚养、监护的",
    "06": "人民法院认为不宜在互联网公布的其他情形",
}
_WITHHELD = ("02", "2", "信息公开")
PAGE = "https://wenshu.court.gov.cn/website/wenshu/181107ANFZ0BXSK4/index.html?docId="
_COMB = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}([0-9a-f]{4})[0-9a-f]{8}", re.I)
_COMB_FROM, _COMB_UNTIL = date(2013, 1, 1), date(2021, 12, 31)  # others are random: they decode to nonsense


def key_of(record: Mapping[str, Any], name: str) -> str | None:
    """Under which of its keys the record has a field; None: it lacks them all (absent is not empty)."""
    return next((key for key in NAMES[name] if key in record), None)


def text_of(record: Mapping[str, Any], name: str) -> str | None:
    """The field as text; "" where it stands there empty; None where it does not stand there."""
    values = [record[key] for key in NAMES[name] if key in record]
    texts = ["、".join(map(str, v)) if isinstance(v, list) else "" if v is None else str(v).strip() for v in values]
    return next((text for text in texts if text), "" if texts else None)


def day_of(record: Mapping[str, Any], name: str) -> date | None:
    """The field as a day; None: absent or empty.

    Raises:
        ValueError: Something stands there that is no date.
    """
    text = text_of(record, name)
    if not text:
        return None
    found = parse_date(text)
    if found is None:
        raise ValueError(text)
    return found


def kind_of_code(text: str | None) -> str | None:
    """判决书 of 01, or the word itself."""
    return _KINDS.get(text.zfill(2) if text.isdigit() else text, None if text.isdigit() else text) if text else None


def reason_of_code(text: str | None) -> str | None:
    """The reason's words where the record has its code."""
    return _REASONS.get(text.zfill(2), text) if text is not None and text.isdigit() else text


def is_withheld(record: Mapping[str, Any]) -> bool:
    """公开类型 says that only the fact of the document is public."""
    return text_of(record, "publicity") in _WITHHELD


def body_of(record: Mapping[str, Any]) -> str:
    """The document's text or markup: in one piece, or put together from its parts."""
    whole = text_of(record, "body")
    if whole:
        return whole
    for parts in (_PARTS, _OLD_PARTS):
        found = [str(record[key]) for key in parts if record.get(key)]
        if len(found) >= 2:  # a list's excerpt (理由) alone is no document
            return "\n".join(found)
    return ""


def cause_of(record: Mapping[str, Any]) -> str | None:
    """The narrowest cause: the last of s11 … s16, or 案由."""
    found = [
        record[key] for key in ("s16", "s15", "s14", "s13", "s12") if isinstance(record.get(key), str) and record[key]
    ]
    text = found[0] if found else text_of(record, "cause")
    return re.split(r"[、,，;；]", text)[-1].strip() or None if text else None


def address_of(record: Mapping[str, Any]) -> str | None:
    """The document's page: as the file has it, or by its id."""
    url, identity = text_of(record, "url"), text_of(record, "id")
    if url and url.startswith(("http://", "https://")):
        return url
    return PAGE + identity if identity else None


def day_in_id(record: Mapping[str, Any]) -> date | None:
    """The upload's day by an id of the years 2013–2021, whose last digits are a time; an estimate, one day early."""
    found = _COMB.fullmatch(text_of(record, "id") or "")
    if found is None:
        return None
    day = date(1900, 1, 1) + timedelta(days=int(found[1], 16))
    return day if _COMB_FROM <= day <= _COMB_UNTIL else None
