"""What a cause of action (案由) says about whether the hearing may be public, announced with names, or streamed.

A cause is a hint: only the court knows whether privacy or a secret was at stake. So whatever follows is at most suspected.
Names of causes: the official lists; a reduced list from github Leon406/wenshukt (Apache-2.0) served as the check.
"""

from __future__ import annotations

import re

_CLASSES = (
    ("国家秘密", re.compile(r"国家秘密|军事秘密|国家情报|^间谍罪?$")),
    ("个人隐私", re.compile(r"强奸|猥亵|奸淫|嫖宿幼女|强制侮辱|强迫卖淫|隐私权")),
    ("未成年人犯罪", re.compile(r"未成年人?犯罪")),
    ("离婚", re.compile(r"离婚(?!后)")),  # what is left to divide afterwards is no divorce
    ("未成年子女抚养、监护", re.compile(r"抚养|(?<!被)监护(?!人责任)|探望|收养")),
    ("商业秘密", re.compile(r"商业秘密|技术秘密|经营秘密")),
)
_CLOSED_BY_LAW = ("国家秘密", "个人隐私", "未成年人犯罪")
_ON_APPLICATION = ("离婚", "商业秘密")


def class_of(cause: str | None) -> str | None:
    """The class that keeps a hearing of this cause from the public, or may do so; None: nothing in the cause does."""
    return next((name for name, words in _CLASSES if cause and words.search(cause)), None)


def may_be_closed(cause: str | None) -> bool:
    """The hearing may have been closed: by law, or on a party's application (刑诉法 188, 285; 民诉法 137)."""
    return class_of(cause) in (*_CLOSED_BY_LAW, *_ON_APPLICATION)


def is_closed_by_law(cause: str | None) -> bool:
    """State secrets and privacy are not heard in public."""
    return class_of(cause) in _CLOSED_BY_LAW
