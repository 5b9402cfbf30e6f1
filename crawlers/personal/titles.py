"""Titles and link texts as they may be stored: numbers of persons masked, and the names of grown parties too.

A judgment's title lists its parties before the cause (王小明与李某民间借贷纠纷一审民事判决书). What it says else stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from crawlers.personal.accounts import find_accounts
from crawlers.personal.contacts import find_contacts
from crawlers.personal.folding import fold
from crawlers.personal.identity import find_identity_numbers
from crawlers.personal.mention import Mention, mask_name
from crawlers.personal.surnames import is_full_name
from crawlers.personal.things import find_certificates, find_plates

_NUMBERS = re.compile(r"\d{5}|@|(?:\d[ -]?){9}|[A-ZＡ-Ｚ][·•.・ -]?[A-Z0-9０-９]{4}")
_DOCUMENT = re.compile(
    r"(?P<parties>.{2,60}?)(?:一审|二审|再审|首次|申请|特别程序|执行)*[\u4e00-\u9fff]{0,8}(?:判决书|裁定书|决定书|调解书|通知书|支付令)[)）]?$"
)
_BETWEEN = re.compile(r"(与|诉|、|和|及|,|，|;|；)")


def masked_text(text: str, today: date) -> str:
    """A short text with the numbers of persons masked."""
    if not _NUMBERS.search(text):
        return text
    folded = fold(text)
    found: list[Mention] = [
        *find_certificates(folded),
        *find_identity_numbers(folded, today),
        *find_plates(folded),
        *find_accounts(folded),
        *find_contacts(folded),
    ]
    for mention in sorted(found, key=lambda m: -m.start):
        text = text[: mention.start] + mention.masked + text[mention.end :]
        folded = fold(text)
    return text


def masked_address(url: str, today: date) -> str:
    """A file's address with the numbers of persons in its name masked: `/files/4499************38.xlsx`."""
    return re.sub(r"(?<!\d)\d{11,18}[Xx]?(?!\d)", lambda match: masked_text(match.group(), today), url)


def masked_title(title: str, today: date, cause_of: Callable[[str], str | None]) -> str:
    """An article's title with numbers masked, and with the parties' names too if it is a document's.

    Args:
        cause_of: The cause of action that a text ends with, if it does.
    """
    masked = masked_text(title, today)
    document = _DOCUMENT.match(masked)
    if document is None:
        return masked
    parties = document["parties"]
    cause = cause_of(re.sub(r"(?:一案|案)$", "", parties))
    head = parties[: -len(cause)] if cause and parties.endswith(cause) else parties
    if cause is None and not _BETWEEN.search(head):
        return masked
    pieces = [_masked_piece(piece) for piece in _BETWEEN.split(head)]
    return "".join(pieces) + masked[len(head) :]


def _masked_piece(piece: str) -> str:
    name = re.sub(r"(?:等|犯|涉嫌)$", "", piece)
    return mask_name(name) + piece[len(name) :] if is_full_name(name) else piece
