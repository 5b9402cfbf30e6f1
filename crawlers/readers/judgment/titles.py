"""A judgment's title and type, without the parties that most titles begin with."""

from __future__ import annotations

import re

from crawlers.readers import cause
from crawlers.readers.judgment.head import TYPE, Head
from crawlers.readers.page import close_up
from storage import case_number

_INSTANCE = "一审|二审|再审审查与审判监督|再审|特别程序|首次执行|恢复执行|执行审查|执行|审查|审判监督|其他"
_BRANCHES = (
    "刑事附带民事",
    "国家赔偿",
    "行政赔偿",
    "司法救助",
    "刑事",
    "民事",
    "行政",
    "执行",
    "赔偿",
    "破产",
    "减刑",
    "假释",
)
_NO_PERSON = re.compile(r"公司|银行|中心|委员会|政府|[局厅院站厂店社部所会校队处]$|某|[×*＊xX\d（）()]")


def plain_type(document: str | None) -> str | None:
    """判决书, 裁定书, 调解书, 决定书, 通知书, 令."""
    if document is None:
        return None
    return "令" if document.endswith("令") else document[-3:]


def branch_of(document: str | None) -> str | None:
    """刑事, 民事, 行政, 执行 …: the words before 判决书; 刑事附带民事 is 刑事."""
    found = next((branch for branch in _BRANCHES if (document or "").startswith(branch)), None)
    return "刑事" if found == "刑事附带民事" else found


def type_of_title(title: str) -> str | None:
    """The document that a title names: 民事判决书; None if it names none."""
    found = re.findall(TYPE, close_up(title))
    return found[-1] if found else None


def title_cause(title: str) -> str | None:
    """The cause that a title names, by the list of causes."""
    plain = re.sub(rf"(?:{_INSTANCE})?{TYPE}.*$", "", close_up(title))
    return cause.ending(re.sub(r"(?:一审|二审|再审|执行|案件|一案|案)+$", "", plain))


def title_form(title: str) -> tuple[str, ...]:
    """What a title is made of: number, parties, cause, instance, type; without saying who the parties are."""
    plain = close_up(title)
    known = title_cause(title)
    parts = {
        "number": bool(case_number.find_all(plain) or case_number.masked(plain)),
        "parties": bool(_before_cause(plain, known)),
        "cause": known is not None,
        "instance": bool(re.search(rf"(?:{_INSTANCE})(?:{TYPE})", plain)),
        "type": type_of_title(title) is not None,
    }
    return tuple(name for name, stands in parts.items() if stands)


def names_in_title(title: str) -> list[str]:
    """What look like persons' full names before the cause. They are compared with the text, and never kept."""
    plain = close_up(title)
    before = _before_cause(plain, title_cause(title))
    pieces = re.split(r"[、，,与和诉及等]", before)
    return [p for p in pieces if re.fullmatch(r"[\u4e00-\u9fff]{2,4}", p) and not _NO_PERSON.search(p)]


def _before_cause(plain: str, known: str | None) -> str:
    for _, end, _number in case_number.find_spans(plain):
        plain = plain[end:]
        break
    return plain.partition(known)[0] if known else ""


def plain_title(title: str, head: Head, document: str | None) -> str:
    """The title without the parties: cause, instance and type of document, and the number if the title has it."""
    plain = close_up(title)
    words = re.search(rf"((?:{_INSTANCE})*){TYPE}", plain)
    known = title_cause(title) or ""
    named = known + (words.group() if words else document or "")
    number = head.number if head.number and case_number.find_all(plain) else ""
    return f"{number or ''}{named}" or head.number or "裁判文书"
