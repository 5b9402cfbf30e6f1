"""A court's own number on the portal, by which it filters its lists. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

# GB/T 2260, first two digits and 0000: what the portal calls areaCode.
_AREAS = (
    "北京11 天津12 河北13 山西14 内蒙古15 辽宁21 吉林22 黑龙江23 上海31 江苏32 浙江33 安徽34 福建35 江西36 山东37 河南41 "
    "湖北42 湖南43 广东44 广西45 海南46 重庆50 四川51 贵州52 云南53 西藏54 陕西61 甘肃62 青海63 宁夏64 新疆65"
)
AREAS = {word[:-2]: f"{word[-2:]}0000" for word in _AREAS.split()}


def plain(name: str) -> str:
    """A name without spaces and brackets' width."""
    return re.sub(r"\s+", "", name).replace("(", "（").replace(")", "）")


def area_of(court: str) -> str | None:
    """The area code of the province that a court's name begins with."""
    return next((code for name, code in AREAS.items() if plain(court).startswith(name)), None)


def areas_on(html: str) -> dict[str, str]:
    """Area codes by name, as the page of all courts (`/court`) lists them."""
    found: dict[str, str] = {}
    for node in LexborHTMLParser(html).css("[areacode]"):
        code = (node.attributes.get("areacode") or "").strip()
        if re.fullmatch(r"\d{2,9}", code):
            found[plain(node.text() or "")] = code
    return found


def courts_in(value: Any) -> Iterator[tuple[str, str]]:
    """Each court of an area with its number, from the answer of `/court/courts`: courts hold courts."""
    data = value.get("data") if isinstance(value, dict) else None
    waiting = list(_list(data))
    while waiting:
        court = waiting.pop(0)
        if not isinstance(court, dict):
            continue
        name, code = court.get("courtName"), court.get("courtCode")
        if isinstance(name, str) and isinstance(code, int | str) and str(code).strip():
            yield name, str(code).strip()
        waiting += _list(court)


def _list(value: Any) -> list[Any]:
    found = value.get("courts") if isinstance(value, dict) else value
    return found if isinstance(found, list) else []
