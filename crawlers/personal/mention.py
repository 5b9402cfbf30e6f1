"""A mention: one datum where it stands, its value masked; and how each kind of value is masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.records import DatumKind, Holder


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A datum found in a text.

    Attributes:
        start, end: Where it stands in the text; `end` is exclusive.
        masked: What of it may be shown.
        checks: What speaks for it: check_digit, birth_date, luhn, number_plan, label …; names of tests, never values.
        label: The word that says what it is (身份证号码), where one stands before it.
        holder: Whose it is, as far as the surroundings say.
    """

    kind: DatumKind
    start: int
    end: int
    masked: str
    checks: frozenset[str] = frozenset()
    label: str | None = None
    holder: Holder = Holder.UNKNOWN


def mask_middle(value: str, head: int, tail: int) -> str:
    """The first and last characters, stars between them; of a short value never more than a third is shown."""
    plain = re.sub(r"\s+", "", value)
    if (head + tail) * 2 > len(plain):
        head, tail = min(head, len(plain) // 4), 0
    return plain[:head] + "*" * (len(plain) - head - tail) + (plain[-tail:] if tail else "")


def mask_email(value: str) -> str:
    """`z****@example.com`: the provider tells nothing of the person."""
    name, _, host = value.partition("@")
    return f"{name[:1]}****@{host}" if host.lower() in PROVIDERS else f"{name[:1]}****@****"


_SERVICE = re.compile(
    r"银行|信用社|保险|大学|学校|学院|医院|供电|电力|供水|水务|自来水|燃气|移动|电信|联通|铁路|邮政|物业"
)

PROVIDERS = frozenset(
    [
        "qq.com",
        "vip.qq.com",
        "foxmail.com",
        "163.com",
        "vip.163.com",
        "126.com",
        "yeah.net",
        "sina.com",
        "sina.cn",
        "vip.sina.com",
        "sohu.com",
        "139.com",
        "189.cn",
        "wo.cn",
        "21cn.com",
        "aliyun.com",
        "gmail.com",
        "hotmail.com",
        "outlook.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "yahoo.cn",
        "yahoo.com.cn",
        "tom.com",
        "icloud.com",
    ]
)
"""Providers where persons have their mailboxes."""


def mask_name(name: str) -> str:
    """A natural person's name: the surname, and a star for each further character."""
    return name[:1] + "*" * max(1, len(name) - 1)


def mask_company(name: str) -> str:
    """A company's name: its first two characters, its trade where it is a public service, and its form."""
    form = re.search(r"(?:股份|集团)?有限(?:责任)?公司$|公司$|厂$|店$|中心$|合作社$", name)
    trade = _SERVICE.search(name, 2)
    return name[:2] + "***" + (trade.group() if trade else "") + (form.group() if form else "")
