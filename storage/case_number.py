"""Case numbers (案号): read, find in running text, and write in one canonical way. Pure; knows no site and no rule.

Form since 2016-01-01 (法〔2015〕137号): `（收案年度）法院代字 类型代字 编号 号`, for example `（2018）粤0114执4076号之二`.
Before that courts wrote freely: `（2014）穗花法民一初字第123号`. The table of type codes is that of domain/rules.md §7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from storage.alike import Alike

_CODES_BY_CATEGORY = {
    "jurisdiction": "刑辖 民辖 民辖终 民辖监 行辖 行辖终 赔辖 赔辖终",
    "criminal": "刑初 刑终 刑监 刑申 刑抗 刑再 刑没 刑核 刑医 刑医解 刑医复 刑医监 刑止 刑止调 刑止核 "
    "刑更 刑更监 刑更备 刑教 刑教解 刑教复 刑教监 刑他",
    "civil": "民初 民终 民监 民申 民抗 民再 民撤 民特 民特监 民催 民督 民督监 民保令 民保更 民他",
    "administrative": "行初 行终 行监 行申 行抗 行再 行审 行审复 行他",
    "compensation": "行赔初 行赔终 行赔监 行赔申 行赔抗 行赔再 行赔他 法赔 委赔 委赔监 赔确监 委赔提 委赔再 赔他 "
    "司救刑 司救民 司救行 司救赔 司救执 司救访 司救他",
    "interregional": "认台 认港 认澳 认复 认他 请台送 请港送 请澳送 台请送 港请送 澳请送 "
    "请台调 请港调 请澳调 台请调 港请调 澳请调 请移管 助移管 请移赃 助移赃",
    "international": "协外认 协他 协外送 请外送 协外调 请外调 请外移 协外移 请外引 协外引",
    "sanction": "司惩 司惩复",
    "preservation": "财保 行保 行保复 证保",
    "enforcement": "执 执恢 执保 执异 执复 执监 执协 执他",
    "insolvency": "清申 破申 清终 破终 清监 破监 强清 破",
}
TYPE_CODES: dict[str, str] = {
    code: category for category, codes in _CODES_BY_CATEGORY.items() for code in codes.split()
}
"""The 129 type codes (类型代字) in force, each with its category."""

_EXTRA_CODES = {  # seen on real documents, not (or no longer) in the official table
    "民破": "insolvency",
    "民算": "insolvency",
    "商初": "civil",  # 最高人民法院国际商事法庭
    "商终": "civil",
    "诉前调": "civil",
    "民诉前调": "civil",
    "诉前调确": "civil",
    "民诉前调确": "civil",
    "诉前调书": "civil",
    "行诉前调": "administrative",
    "诉保": "preservation",
}
_CATEGORY = TYPE_CODES | _EXTRA_CODES
_SPECIALTIES = "知"  # 专门审判代字, between court and type since 2019
_PROVINCES = "京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔云藏陕甘青宁新兵军"
_INSTANCES = "初终再申监抗提"

# Old free-style numbers: what stands before 字 must name a kind of case and end like one, so that the numbers of
# arbitration awards (穗仲案字), notaries (内民证字), prosecutors and police are not taken for a court's.
_OLD_KIND = re.compile(r"附民|[刑民行执知赔破商辖督催减假]|[非]诉")
_OLD_END = re.compile(r"(?:[初终再监申抗提执复异恢保辖督催破赔更特撤减假核审救清算外他调预协裁诉重立确刑民行商知])$")
_NOT_A_COURT = re.compile(r"仲|证|公诉|检|公[刑行]|府|国用|房|税|罚|劳人|工商|专利|商标|商评")
_OLD_CATEGORIES = (
    ("执", "enforcement"),
    ("赔", "compensation"),
    ("刑", "criminal"),
    ("减", "criminal"),
    ("假", "criminal"),
    ("行", "administrative"),
    ("非诉", "administrative"),
    ("破", "insolvency"),
    ("民", "civil"),
    ("知", "civil"),
    ("商", "civil"),
    ("督", "civil"),
    ("催", "civil"),
    ("辖", "jurisdiction"),
)

_ALIKE = Alike(
    dict(
        zip(
            "０１２３４５６７８９([〔［【﹝｛{)]〕］】﹞｝}號－—–‐‑−～\u200b\ufeff",
            "0123456789" + "（" * 8 + "）" * 8 + "号" + "-" * 6 + "~" + "  ",
            strict=True,
        )
    )
)
_NUMBERS = r"\d{1,8}(?:\s*(?:[-~、，,]|至|到|及|和)\s*第?\d{1,8})*"
_TO = "[-~至到]"
_PART = r"之\s*(?:[一二三四五六七八九十百]+|\d{1,3})"
_TYPES = "|".join(sorted(_CATEGORY, key=len, reverse=True))  # longest first: 民特监 before 民特
_FIND = re.compile(
    r"(?:(?P<open>（)\s*|(?<!\d))(?P<year>(?:19|20)\d{2})\s*年?\s*(?P<close>）)?\s*(?:"
    rf"(?P<court>最\s*高\s*法|[{_PROVINCES}]\s*(?:\d{{4}}|\d{{2}})?)\s*"
    rf"(?P<type>[{_SPECIALTIES}]?\s*(?:{_TYPES})|[\u4e00-\u9fff]{{1,6}}?)\s*(?P<mark>(?:字\s*)?第?)\s*"
    rf"(?P<numbers>{_NUMBERS})"
    r"|(?P<old>[\u4e00-\u9fff][\u4e00-\u9fff\d（）\s]{0,19}?)\s*(?:字\s*第?|第)\s*"
    rf"(?P<old_numbers>{_NUMBERS})"
    rf")\s*(?P<inner>{_PART})?\s*号(?P<part>\s*{_PART})?"
    rf"(?P<more>(?:\s*(?:[、和及]|{_TO})\s*第?\s*\d{{1,8}}\s*号(?!法庭|审判|楼|房|院|门|令|文|公告))*)"
)
_PLAIN = re.compile(
    rf"（(?P<year>(?:19|20)[0-9]{{2}})）(?P<court>[{_PROVINCES}](?:[0-9]{{4}}|[0-9]{{2}}))"
    rf"(?P<type>[{_SPECIALTIES}]?(?:{_TYPES}))(?P<number>[1-9][0-9]{{0,7}})号"
)
_MASK = "×✕╳ＸxX*＊某Ⅹ"
_MASKED = re.compile(
    rf"（(?P<year>[\d{_MASK}]{{2,4}})）(?P<body>[^\s，。；：、（）]{{1,24}}?)号(?:{_PART})?",
)
_HIDDEN = re.compile(rf"[{_MASK}]{{2,}}|[{_MASK}]\d*$")
_WIDEST_RANGE = 200


@dataclass(frozen=True)
class CaseNumber:
    """One case number.

    Attributes:
        text: canonical writing: full-width brackets, no spaces, `号之一` kept. Numbers of the new style lose leading
            zeros (they are natural numbers); numbers of the old style keep them as printed, see `key`.
        year: year of acceptance.
        court_code: 法院代字: `粤0114`, `最高法`, `穗花法`; empty for the old numbers of the Supreme Court.
        type_code: 类型代字 as printed, with the specialty: `民初`, `知民终`, `民一初`.
        sequence: the number; a string if it is not a plain number.
        suffix: `之二` (second document of the case), `-1`, or None.
        old: written in the style before 2016.
    """

    text: str
    year: int
    court_code: str
    type_code: str
    sequence: int | str
    suffix: str | None = None
    old: bool = False

    @property
    def base(self) -> str:
        """The number without `之一` or `-1`: that of the case itself."""
        return replace(self, suffix=None)._written() if self.suffix else self.text

    @property
    def key(self) -> str:
        """For comparing: like `text`, without leading zeros also in the old style."""
        middle = "字第" if self.old else ""
        suffix = self.suffix or ""
        return f"（{self.year}）{self.court_code}{self.type_code}{middle}{self.sequence}号{suffix}"

    @property
    def plain_type(self) -> str:
        """The type code without the specialty: `民终` of `知民终`."""
        return self.type_code if self.old or self.type_code in _CATEGORY else self.type_code.lstrip(_SPECIALTIES)

    @property
    def is_known_type(self) -> bool:
        """The type code stands in the official table."""
        return not self.old and self.plain_type in TYPE_CODES

    @property
    def category(self) -> str:
        """Kind of case: criminal, civil, administrative, enforcement, jurisdiction, compensation, … or other."""
        if not self.old:
            return _CATEGORY.get(self.plain_type, "other")
        return next((category for sign, category in _OLD_CATEGORIES if sign in self.type_code), "other")

    @property
    def instance(self) -> str | None:
        """`初`, `终`, `再`, `申`, `监`, `抗`, `提`, or None where the type has no instance (执, 特 …)."""
        last = self.type_code[-1:]
        return last if last in _INSTANCES else None

    @property
    def is_first_instance(self) -> bool:
        return self.instance == "初"

    @property
    def is_second_instance(self) -> bool:
        return self.instance == "终"

    @property
    def is_enforcement(self) -> bool:
        return self.category == "enforcement"

    def _written(self) -> str:
        middle = "字第" if self.old else ""
        number = re.search(r"(\d+)(?:-\d+)?号", self.text)
        printed = number.group(1) if number and self.old else str(self.sequence)
        return f"（{self.year}）{self.court_code}{self.type_code}{middle}{printed}号"


@lru_cache(maxsize=100_000)
def parse(text: str) -> CaseNumber | None:
    """Read a string that is one case number and nothing else.

    Tolerates any brackets, spaces, full-width digits, a label `案号：` and a missing 号. Masked numbers (`×××号`),
    several numbers and other text give None.
    """
    if plain := _PLAIN.fullmatch(text):  # as nearly all are written in storage, a million times over
        return CaseNumber(text, int(plain["year"]), plain["court"], plain["type"], int(plain["number"]))
    compact = re.sub(r"\s+", "", _ALIKE.plain(text))
    compact = re.sub(r"^(?:案号|案件编号|案件号)[:：]?", "", compact).rstrip("。；;,，")
    compact = re.sub(r"^（((?:（|\d{4}).+)）$", r"\1", compact) if compact.endswith("）") else compact
    if "号" not in compact:
        compact += "号"
    match = _FIND.fullmatch(compact)
    if match is None:
        return None
    numbers = list(_read(match))
    return numbers[0] if len(numbers) == 1 else None


def find_all(text: str) -> list[CaseNumber]:
    """All case numbers in running text, in order; `1、2号`, `101至103号` and `101号至103号` give one each. Repeats are kept."""
    return [number for _, _, number in find_spans(text)]


def find_spans(text: str) -> list[tuple[int, int, CaseNumber]]:
    """Like `find_all`, each with the start and end of where it stands in the text."""
    if "号" not in text and "號" not in text:
        return []
    alike = _ALIKE.plain(text)
    found: list[tuple[int, int, CaseNumber]] = []
    for match in _FIND.finditer(alike):
        numbers = list(_read(match))
        if found and numbers and re.fullmatch(rf"\s*{_TO}\s*", alike[found[-1][1] : match.start()]):
            found += [(match.start(), match.end(), number) for number in _between(found[-1][2], numbers[0])]
        found += [(match.start(), match.end(), number) for number in numbers]
    return found


def canonical(text: str) -> str:
    """The canonical writing; what cannot be parsed gets full-width brackets and loses its spaces, nothing more."""
    number = parse(text)
    return number.text if number else re.sub(r"\s+", "", _ALIKE.plain(text))


def masked(text: str) -> str | None:
    """The first masked case number in the text (`（2024）浙01民终×××号`), with full-width brackets, or None."""
    if "号" not in text and "號" not in text:
        return None
    compact = re.sub(r"[^\S\n]+", "", _ALIKE.plain(text))
    for match in _MASKED.finditer(compact):
        if not match["year"].isdigit() or _HIDDEN.search(match["body"]):
            return match.group()
    return None


def _read(match: re.Match[str]) -> Iterator[CaseNumber]:
    found = _new_style(match) if match["court"] else _old_style(match)
    if found is None:
        return
    first, printed = found
    suffix = re.sub(r"\s+", "", match["part"] or match["inner"] or "") or None
    numbers = [_numbered(first, digits, dash or suffix) for digits, dash in _expand(printed, first.category)]
    for link, digits in re.findall(rf"({_TO})?\s*第?\s*(\d+)\s*号", match["more"]):
        end = _numbered(first, digits, suffix)
        if not link:
            numbers.append(end)
        elif int(digits) > int(numbers[-1].sequence):  # `12号-1号` is no run
            numbers += [*_between(numbers[-1], end), end]
    yield from numbers


def _between(start: CaseNumber, end: CaseNumber) -> list[CaseNumber]:
    """The numbers that `190号至192号` leaves unsaid; none if these are not ends of one run."""
    one, other = replace(start, text="", sequence=0), replace(end, text="", sequence=0)
    if one != other or start.suffix or not isinstance(start.sequence, int) or not isinstance(end.sequence, int):
        return []
    if not start.sequence < end.sequence <= start.sequence + _WIDEST_RANGE:
        return []
    return [_numbered(one, str(number), None) for number in range(start.sequence + 1, end.sequence)]


def _new_style(match: re.Match[str]) -> tuple[CaseNumber, str] | None:
    court, kind = re.sub(r"\s+", "", match["court"]), re.sub(r"\s+", "", match["type"])
    bracketed = match["open"] is not None and match["close"] is not None
    has_digits = court[-1:].isdigit()
    known = kind in _CATEGORY or kind.lstrip(_SPECIALTIES) in _CATEGORY
    if not bracketed and not has_digits:
        return None
    if "字" in match["mark"] or not (known or (has_digits and bracketed)):
        # （2014）粤高法民一终字第3号 and （2014）粤民终字第3号 are old style; 2019京01路3号 is no case at all
        return _old_words(match, court + kind, match["numbers"])
    return CaseNumber("", int(match["year"]), court, kind, 0), match["numbers"]


def _old_style(match: re.Match[str]) -> tuple[CaseNumber, str] | None:
    return _old_words(match, re.sub(r"\s+", "", match["old"]), match["old_numbers"])


def _old_words(match: re.Match[str], words: str, numbers: str) -> tuple[CaseNumber, str] | None:
    words = words.removesuffix("第").removesuffix("字")
    if match["open"] is None or match["close"] is None or _NOT_A_COURT.search(words) or not _OLD_END.search(words):
        return None
    start = words.find("法") + 1 if "法" in words[:-1] else 0
    kind = _OLD_KIND.search(words, start)
    if kind is None:
        return None
    return CaseNumber("", int(match["year"]), words[: kind.start()], words[kind.start() :], 0, old=True), numbers


def _expand(printed: str, category: str) -> Iterator[tuple[str, str | None]]:
    """`1、2` → 1, 2; `101-103` → 101, 102, 103; `123-1` → 123 with suffix -1 (the first ruling within case 123)."""
    for piece in re.split(r"[、，,及和]", re.sub(r"[\s第]+", "", printed)):
        ends = re.split(r"[-~至到]", piece)
        if len(ends) != 2:
            yield ends[0], None
            continue
        first, last = int(ends[0]), int(ends[1])
        is_part = "-" in piece and (last <= first or category == "enforcement")
        if is_part or not first < last <= first + _WIDEST_RANGE:
            yield ends[0], f"-{last}"
        else:
            yield from ((str(number), None) for number in range(first, last + 1))


def _numbered(first: CaseNumber, digits: str, suffix: str | None) -> CaseNumber:
    printed = digits if first.old else str(int(digits))
    dash = suffix if suffix and suffix.startswith("-") else ""
    part = suffix if suffix and not dash else ""
    middle = "字第" if first.old else ""
    text = f"（{first.year}）{first.court_code}{first.type_code}{middle}{printed}{dash}号{part}"
    return replace(first, text=text, sequence=int(digits), suffix=suffix)
