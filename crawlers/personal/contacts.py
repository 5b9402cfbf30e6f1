"""Ways to reach a person: telephones, e-mail, QQ, WeChat. Numbers by the number plan of phonenumbers, boundaries by our own.

Whose number it is decides more than its form: courts, lawyers and officials print theirs on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from phonenumbers import PhoneNumberMatcher, PhoneNumberType, number_type

from crawlers.personal.holders import holder_of
from crawlers.personal.labels import label_before
from crawlers.personal.mention import PROVIDERS, Mention, mask_email, mask_middle
from crawlers.sieve import Sieved
from storage.records import DatumKind, Holder

_MOBILE = Sieved(
    r"(?<![0-9*×+#])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![0-9*×A-Za-z])(?!\.\d|[ -]\d{3,}|\s?(?:元|万|亿|股|件|吨|人民币|美元))"
)
_LANDLINE = Sieved(r"(?<![0-9*×A-Za-z+-])(?:\(0\d{2,3}\)|0\d{2,3})[ -]{0,2}[2-8]\d{2,3}[ -]?\d{4}(?![0-9*×A-Za-z])")
_LOCAL = Sieved(r"(?:电话|座机|固话)(?:号码)?\s*(?:为|:)?\s*(?P<number>[2-8]\d{6,7})(?![0-9*×年元.-])")
_GLUED = Sieved(r"(?:电话|联系方式|手机)\s*(?:为|:)?\s*(?:0\d{2,3}-?)?[2-8]\d{6,7}(?P<number>1[3-9]\d{9})(?!\d)")
_EMAIL = Sieved(
    r"(?<![A-Za-z0-9_.+*-])(?P<name>[A-Za-z0-9][A-Za-z0-9._+-]{0,40})\s?(?:@|\(at\)|#(?=qq\.com|163\.com))\s?"
    r"(?P<host>(?:[A-Za-z0-9-]{1,40}\.){1,4}(?:com|cn|net|org|edu|gov|cc|me|top|vip))(?![A-Za-z0-9])"
)
_QQ = Sieved(
    r"(?<![A-Za-z])[Qq]{2}(?!群|音乐|邮箱|空间|飞车)(?:号码|号|账号|帐号|昵称)?\s*(?:为|是|:)*\s*\(?(?P<number>[1-9]\d{4,10})(?![0-9*×])"
)
_WECHAT = Sieved(
    r"微信(?!公众|小程序|群|平台|订阅|服务号|官方|支付|转账|扫)(?:账号|帐号|号码|号|ID|id)?\s*(?:为|是|:)*\s*[\"“(]?"
    r"(?P<id>(?=[A-Za-z0-9_-]*\d|wxid_|[A-Za-z_-]{8,}(?![A-Za-z]))[A-Za-z][A-Za-z0-9_-]{5,19}|1[3-9]\d{9})(?![A-Za-z0-9*×_.@])"
)
_NO_PHONE = ("account", "other", "identity", "credit_code", "qq")
_PERSONAL_TYPES = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.PAGER,
)


def find_contacts(text: str) -> Iterator[Mention]:
    """Telephones, addresses of mail, QQ and WeChat names in folded text."""
    for match in _WECHAT.finditer(text):
        yield _mention(
            text, DatumKind.WECHAT, match.start("id"), match.end("id"), mask_middle(match["id"], 2, 1), "微信"
        )
    for match in _QQ.finditer(text):
        start, end = match.span("number")
        yield _mention(text, DatumKind.QQ, start, end, mask_middle(match["number"], 2, 1), "QQ")
    yield from _emails(text)
    for pattern, kind in ((_MOBILE, DatumKind.MOBILE), (_LANDLINE, DatumKind.LANDLINE)):
        for match in pattern.finditer(text):
            label = label_before(text, match.start())
            if (label.kind in _NO_PHONE and label.distance <= 12) or not _is_in_plan(text, *match.span()):
                continue
            word = label.word if label.kind in ("phone", "wechat") else None
            yield _mention(text, kind, *match.span(), _masked_phone(match.group(), kind), word, "number_plan")
    for match in (*_LOCAL.finditer(text), *_GLUED.finditer(text)):
        kind = DatumKind.LANDLINE if match.re is _LOCAL.pattern else DatumKind.MOBILE
        yield _mention(text, kind, *match.span("number"), _masked_phone(match["number"], kind), "电话")


def _emails(text: str) -> Iterator[Mention]:
    for match in _EMAIL.finditer(text):
        host = match["host"].lower()
        if host.endswith((".gov.cn", ".court.gov.cn")) or host == "gov.cn":
            continue
        checks = {"provider"} if host in PROVIDERS else set()
        masked = mask_email(f"{match['name']}@{match['host']}")
        yield _mention(text, DatumKind.EMAIL, *match.span(), masked, "邮箱", *checks)


def _mention(text: str, kind: DatumKind, start: int, end: int, masked: str, label: str | None, *checks: str) -> Mention:
    holder = holder_of(text, start, end)
    if holder is Holder.UNKNOWN and label in ("联系人", "热线", "传真", "Fax", "FAX"):
        holder = Holder.OFFICIAL
    found = frozenset((*checks, "label")) if label else frozenset(checks)
    return Mention(kind=kind, start=start, end=end, masked=masked, checks=found, label=label, holder=holder)


def _is_in_plan(text: str, start: int, end: int) -> bool:
    """The national number plan has such a number, and it is no service number."""
    return any(number_type(found.number) in _PERSONAL_TYPES for found in PhoneNumberMatcher(text[start:end], "CN"))


def _masked_phone(number: str, kind: DatumKind) -> str:
    digits = re.sub(r"\D", "", number)
    if kind is DatumKind.MOBILE:
        digits = digits[-11:]
        return f"{digits[:3]}****{digits[-4:]}"
    return mask_middle(digits, len(digits) - 7 if len(digits) > 9 else 1, 2)
