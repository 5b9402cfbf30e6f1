"""Numbers of things that lead to their owner: vehicle plates and title certificates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawlers.personal.mention import Mention, mask_middle
from crawlers.sieve import Sieved
from storage.records import DatumKind

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_GAP = r"[ ·•.・-]?"
_LETTER, _SIGN = "[A-HJ-NP-Z]", "[A-HJ-NP-Z0-9]"
_PLATE = Sieved(
    rf"(?<![A-Za-z0-9])(?P<place>[{_PROVINCES}]\s?{_LETTER}){_GAP}"
    rf"(?P<number>[DF]{_SIGN}\d{{4}}|\d{{5}}[DF]|{_SIGN}{{4}}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Za-z0-9*×])"
)
_VEHICLE = re.compile(r"车|牌|号牌|驾驶|摩托|挂|肇事|行驶证|保险")
_CERTIFICATES = (
    # 粤（2019）示例市不动产权第0012345号
    r"(?:[\u4e00-\u9fff]{1,6})?[(〔\[]\d{4}[)〕\]][\u4e00-\u9fff]{1,14}?不动产(?:权|登记证明)第?\s*[A-Z]?(?P<a>\d{4,})\s*号?",
    # 示房地权证东湖字第123456号、房权证、土地证、林权证
    r"[\u4e00-\u9fff]{0,6}(?:房地?(?:产)?权(?:属)?证|房产证|林权证|土地使用权?证|集用|国用|集体土地使用证|宅基地使用证)[\u4e00-\u9fffA-Z0-9()〔〕-]{0,16}?"
    r"第?\s*[A-Z]{0,3}(?P<b>\d[\d-]{3,})\s*号",
    r"(?:不动产权证|房产证|房屋所有权证|房地产权证|产权证|土地证|国有土地使用证|机动车登记证书|不动产登记证明)(?:书)?(?:编)?(?:号码|号)?\s*(?:为|是|:)+\s*"
    r"[\u4e00-\u9fffA-Z()0-9〔〕]{0,16}?(?P<c>\d{5,})(?!\d)",
)
_CERTIFICATE = re.compile("|".join(_CERTIFICATES))
_CERTIFICATE_WORDS = ("不动产", "权证", "产证", "属证", "地证", "用证", "用权", "国用", "集用", "登记证")
_DOCUMENT = re.compile(r"国发|字第\d+号(?:文|通知)")


def find_plates(text: str) -> Iterator[Mention]:
    """Plates of seven characters, and of eight of new-energy vehicles, in folded text."""
    for match in _PLATE.finditer(text):
        number = match["number"]
        if sum(c.isdigit() for c in number) < 2:
            continue  # 川ABCDEF: letters that stand side by side
        near = text[max(0, match.start() - 24) : match.end() + 12]
        yield Mention(
            kind=DatumKind.PLATE,
            start=match.start(),
            end=match.end(),
            masked=match["place"].replace(" ", "") + mask_middle(number, 0, 2),
            checks=frozenset({"label"} if _VEHICLE.search(near) else ()),
            label="车牌" if _VEHICLE.search(near) else None,
        )


def find_certificates(text: str) -> Iterator[Mention]:
    """Numbers of title certificates of land, houses and vehicles, in folded text."""
    if not any(word in text for word in _CERTIFICATE_WORDS):
        return
    for match in _CERTIFICATE.finditer(text):
        if _DOCUMENT.search(match.group()):
            continue
        group = next(name for name in "abc" if match[name])
        start, end = match.span(group)
        yield Mention(
            kind=DatumKind.TITLE_CERTIFICATE,
            start=match.start(),
            end=match.end(),
            masked=f"权属证书{mask_middle(text[start:end], 0, 2)}号",
            checks=frozenset({"label"}),
            label="权属证书",
        )
