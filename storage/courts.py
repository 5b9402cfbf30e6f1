"""The courts of the country: is it the same court under another name, which court stands above it, whose code is this?

Names and hierarchy are those of a list of 2019 (`courts.csv`), the codes of case numbers (法院代字) derived from division
codes by rule and not official: after a change of divisions a court may keep its old code. So whatever follows from a code
is a hint, and "not known" is an answer. Pure; courts that are not listed are compared by their words alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("courts.csv")
_SHORT_PROVINCE = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|省$|市$")
_DIVISIONS = re.compile(r"(?:[\u4e00-\u9fff]{1,12}?(?:省|自治区|自治州|地区|市|州|盟|县|区))+")
_KIND = re.compile(r"(?:基层|中级|高级)?法院$")
_NO_NAME = re.compile(r"(?:本|该|我|上级|下级|原审|一审|二审|基层|中级|高级)*(?:法院|院)")
_UNIT = re.compile(r"(?:[\u4e00-\u9fff]{1,6}族)*(?:自治县|县|市|区|旗)?$")


@dataclass(frozen=True)
class Court:
    """A listed court.

    Attributes:
        key: Its place in the hierarchy: province, city, court, three digits each.
        name: As listed; district courts without their province.
        code: 法院代字, derived; empty where the rule gives none.
        level: 1 supreme, 2 high, 3 intermediate (also special courts of that rank), 4 basic.
    """

    key: str
    name: str
    code: str

    @property
    def level(self) -> int:
        if len(self.key) == 1:
            return 1
        return 2 if len(self.key) == 6 else 3 if self.key.endswith("000") else 4


def find_court(name: str) -> Court | None:
    """The one listed court of this name, with or without province and city; None if there is none, or several."""
    found = _candidates(name)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=10_000)
def same_court(one: str, other: str) -> bool | None:
    """Whether two names are those of one court; None: it cannot be told.

    `广东省广州市花都区人民法院`, `广州市花都区人民法院` and `花都区法院` are one. Unlisted names are one if the longer merely
    adds the divisions above. A county that became a district is neither the same for certain nor another.
    """
    first, second = _plain(one), _plain(other)
    if not first or not second:
        return None
    if first == second:
        return True
    known, others = _candidates(one), _candidates(other)
    if known and others:
        if len(known) == len(others) == 1:
            return known == others or (None if _may_have_changed(known[0], others[0]) else False)
        return None if set(known) & set(others) else False
    longer, shorter = sorted((first, second), key=len, reverse=True)
    if longer.endswith(shorter) and _KIND.sub("", shorter):
        return True if _DIVISIONS.fullmatch(longer.removesuffix(shorter)) else None
    stems = _stem(first), _stem(second)
    return None if stems[0] in stems[1] or stems[1] in stems[0] else False


def court_of_code(code: str) -> Court | None:
    """The court that a code should belong to by the rule: a hint, never a proof. None: unknown, or several."""
    found = _codes().get(code, [])
    return found[0] if len(found) == 1 else None


def superiors(court: Court) -> tuple[Court, ...]:
    """The courts above, the nearest first. The courts of 新疆兵团 stand under one that is not listed: none is named."""
    keys = {4: (court.key[:6] + "000", court.key[:3] + "000", "0"), 3: (court.key[:3] + "000", "0"), 2: ("0",)}
    if "兵团" in court.name:
        return ()
    listed = _courts()
    return tuple(listed[key] for key in keys.get(court.level, ()) if key in listed)


def city_of(name: str) -> Court | None:
    """The intermediate court in whose circuit a court stands; itself if it is one. None: not known."""
    court = find_court(name)
    if court is None:
        return None
    return court if court.level == 3 else next((c for c in superiors(court) if c.level == 3), None)


@cache
def _courts() -> dict[str, Court]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split(",") for line in lines if not line.startswith("#"))
    return {key: Court(key, name, code) for key, name, code in rows}


@cache
def _codes() -> dict[str, list[Court]]:
    found: dict[str, list[Court]] = defaultdict(list)
    for court in _courts().values():
        if court.code:
            found[court.code].append(court)
    return found


@cache
def _names() -> dict[str, list[Court]]:
    """Every way in which a listed court may be written."""
    found: dict[str, list[Court]] = defaultdict(list)
    for court in _courts().values():
        for form in dict.fromkeys(_forms(court)):
            found[form].append(court)
    return found


def _candidates(name: str) -> list[Court]:
    return _names().get(_plain(name), [])


def _plain(name: str) -> str:
    """Without blanks and what writers leave out: 人民法院 and 法院, 中院 and 中级人民法院 are the same word."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).removeprefix("中华人民共和国")
    text = re.sub(r"(?<!第)([一二三四五])中院$", r"第\1中院", text)
    text = re.sub(r"中院$", "中级法院", re.sub(r"高院$", "高级法院", text)).replace("人民法院", "法院")
    return "" if _NO_NAME.fullmatch(text) else text


def _forms(court: Court) -> Iterator[str]:
    name = _plain(court.name)
    yield name
    if court.level <= 2:
        yield _SHORT_PROVINCE.sub("", _province(court)) + "高级法院" if court.level == 2 else "最高法院"
        return
    province = _province(court)
    provinces = (province, _SHORT_PROVINCE.sub("", province)) if province else ()
    core = next((name.removeprefix(p) for p in provinces if name.startswith(p) and len(name) > len(p) + 4), name)
    city = _city(court) if court.level == 4 else ""
    leaf = core.removeprefix(city) if city and len(core) > len(city) + 3 else core
    short = _SHORT_PROVINCE.sub("", city)
    bodies = [core, leaf, *((city + leaf, short + leaf) if city else ())]
    if court.level == 3:
        bodies.append(re.sub(r"^([\u4e00-\u9fff]{2,})市((?:第.)?中级法院)$", r"\1\2", core))
    for body in bodies:
        yield body
        yield from (p + body for p in provinces)


def _province(court: Court) -> str:
    """广东省, 北京市; empty for the courts of 新疆兵团, which are not named by a province."""
    high = _courts().get(court.key[:3] + "000")
    return "" if high is None or "兵团" in court.name else _plain(high.name).removesuffix("高级法院")


def _city(court: Court) -> str:
    above = _courts().get(court.key[:6] + "000")
    if above is None:
        return ""
    name = _plain(above.name).removeprefix(_province(court))
    return name.removesuffix("中级法院") if re.search(r"(?:市|州|盟|地区)中级法院$", name) else ""


def _may_have_changed(one: Court, other: Court) -> bool:
    """One stem, another kind of division, under the same intermediate court: 某县 and 某区."""
    return one.key[:6] == other.key[:6] and _stem(_plain(one.name)) == _stem(_plain(other.name))


def _stem(plain: str) -> str:
    """花都 of 广州市花都区法院: what stays when a county becomes a district."""
    return _UNIT.sub("", _leaf(plain))


def _leaf(plain: str) -> str:
    """The last division of a name: 花都区 of 广州市花都区法院; of an intermediate court its city."""
    words = _KIND.sub("", plain)
    return re.split(r"(?:省|自治区|自治州|地区|市|州|盟)(?=.)", words)[-1]
