"""Bank accounts and cards: sixteen to nineteen digits behind a word that says so, or that begin like a card and pass Luhn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.cn import uscc

from crawlers.personal.holders import holder_of
from crawlers.personal.labels import Label, label_after, label_before
from crawlers.personal.mention import Mention, mask_middle
from crawlers.sieve import Sieved
from storage.records import DatumKind, Holder

_WHOLE = r"\d{12,22}"
_GROUPED = r"\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,4})?|\d{6} \d{10,13}"
_NUMBER = Sieved(rf"(?<![0-9A-Za-z*×.#=_/-])(?:{_GROUPED}|{_WHOLE})(?![0-9A-Za-z*×_]|[.-]\d|\s?元)")
_CARD = re.compile(
    r"62|4[0-9]|5[1-5]|9[0-9]|3[57]|60|6[89]"
)  # UnionPay, Visa, Mastercard, older cards of Chinese banks
_SHARED = re.compile(
    r"诉讼费|受理费|上诉费|执行款|案款|缴费|缴款|缴纳|财政|非税|法院|汇款至本院|保证金|竞买|拍卖|罚没|代管款|一案一账号"
)
_ADMINISTRATOR = re.compile(r"管理人|清算组|债权申报|破产重整")
_PLATFORM = re.compile(
    r"(?:抖音|快手|微博|游戏|淘宝|支付宝|微信|QQ|网络|平台|直播|会员|用户|登录|邮箱|京东|拼多多)的?$"
)
_AROUND = 90


def find_accounts(text: str) -> Iterator[Mention]:
    """Accounts and cards in folded text; the court's own and an administrator's with their holder."""
    for match in _NUMBER.finditer(text):
        number = re.sub(r"\D", "", match.group())
        before = label_before(text, match.start(), reach=40)
        after = label_after(text, match.end())
        label = after if after.kind == "account" else before
        labelled = label.kind == "account" and not _is_of_a_platform(text, match.start(), label)
        if not labelled and (label.kind or len(set(number)) < 4):
            continue
        passes = luhn.is_valid(number) and 16 <= len(number) <= 19
        if not labelled and not (passes and number.startswith("62")):
            continue
        if labelled and not 16 <= len(number) <= 19 and label.distance > 6:
            continue
        if len(number) == 18 and uscc.is_valid(number):
            continue
        checks = {name for name, holds in (("label", labelled), ("luhn", passes), ("card", _is_card(number))) if holds}
        if not 16 <= len(number) <= 19:
            checks.add("length")
        yield Mention(
            kind=DatumKind.BANK_ACCOUNT,
            start=match.start(),
            end=match.end(),
            masked=mask_middle(number, 4, 4),
            checks=frozenset(checks),
            label=label.word if labelled else None,
            holder=_holder(text, *match.span()),
        )


def _is_of_a_platform(text: str, start: int, label: Label) -> bool:
    """抖音账号, 游戏账号: an account, but with no bank."""
    before = text[: start - label.distance - len(label.word)]
    return _PLATFORM.search(before[-6:]) is not None


def _is_card(number: str) -> bool:
    return _CARD.match(number) is not None


def _holder(text: str, start: int, end: int) -> Holder:
    """The lines around name the payee (户名：示例法院): further than a sentence, as each stands on its own line."""
    near = text[max(0, start - _AROUND) : end + _AROUND // 2]
    person = holder_of(text, start, end)
    if person is Holder.NATURAL:
        return person
    if _ADMINISTRATOR.search(near):
        return Holder.ADMINISTRATOR
    return Holder.COURT if _SHARED.search(near) else person
