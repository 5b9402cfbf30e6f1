"""Dates of court pages: found in text, in URLs and behind the label 发布时间. Pure; reads no clock.

A string that only looks like a date (a case number, 〔2019〕3号, a version, an amount, 30 February) gives none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from crawlers.numerals import NUMERALS, chinese_int
from crawlers.sieve import Sieved
from storage.alike import Alike

SHANGHAI = ZoneInfo("Asia/Shanghai")
_FIRST_YEAR, _LAST_YEAR = 1949, 2099
_FIRST_URL_YEAR = 1995
_LEAP_CYCLE = 8  # years until 29 February surely comes again

_ALIKE = Alike(
    dict(
        zip(
            "０１２３４５６７８９：／．－—–‐−［］（）【】\u3000\xa0\u2002\u2003\t",
            "0123456789:/.-----" + "[]()[]" + "     ",
            strict=True,
        )
    )
)
_N = f"[{re.escape(NUMERALS)}]"
_GAP = r"[^\S\n]*"  # spaces within a line: 2016 年 5 月 30 日, 二 〇 二 六 年
_WEEKDAY = rf"(?:[(\[]?{_GAP}(?:星期|周|礼拜)[一二三四五六日天1-7]{_GAP}[)\]]?)?"
_PERIOD = "凌晨|早上|早晨|清晨|上午|中午|正午|下午|傍晚|晚上|晚间|晚|夜间|上 午|下 午|AM|PM|am|pm"
_CLOCK = (
    rf"(?P<period>{_PERIOD})?{_GAP}(?:"
    rf"(?P<hour>\d{{1,2}}){_GAP}:{_GAP}(?P<minute>\d{{2}})(?!\d)(?::(?P<second>\d{{2}})(?:\.\d+)?)?"
    rf"(?P<zone>Z|\+\d\d:?\d\d)?"
    rf"|(?P<hour_word>{_N}{{1,3}}){_GAP}(?:时|點|点(?!击))(?:{_GAP}(?P<half>半|一刻|三刻)"
    rf"|{_GAP}(?P<minute_word>{_N}{{1,3}}){_GAP}分|{_GAP}(?P<minute_bare>\d{{2}})(?!\d))?"
    rf")(?:{_GAP}(?P<late>AM|PM|am|pm))?"
)
_AFTER_DATE = rf"(?:{_GAP}[，,;日]?{_GAP}{_WEEKDAY}{_GAP}[，,T]?{_GAP}(?:{_CLOCK}))?"
_WORDS = re.compile(
    rf"(?:(?<![\d年])(?P<year>{_N}(?:{_GAP}{_N}){{3}}){_GAP}年{_GAP}|(?<![年\d.]))"
    rf"(?P<month>元|{_N}(?:{_GAP}{_N}){{0,2}}){_GAP}月{_GAP}"
    rf"(?P<day>{_N}(?:{_GAP}{_N}){{0,3}})(?!\d)(?:{_GAP}(?P<end>[日号])(?!线|楼|院|法庭))?" + _AFTER_DATE
)
_BEFORE_MONTH = frozenset(f"{NUMERALS}年元")
_FIGURES = Sieved(
    r"(?<![\d.\-/A-Za-z])(?P<year>(?:19|20)\d{2})(?P<mark>[-/.])[^\S\n]?(?P<month>\d{1,2})(?P=mark)[^\S\n]?"
    r"(?P<day>\d{2}(?=\d{2}:\d{2})|\d{1,2}(?!\d))(?![-/]\d|\.\d)日?" + _AFTER_DATE,
    needs=r"(?:19|20)\d{2}[-/.]",
)
_GLUED = Sieved(  # 2024070109:30 and 20240701093000
    r"(?<![\dA-Za-z.])(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[^\S\n]?(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?!\d)"
    r"|(?P<hour14>\d{2})(?P<minute14>\d{2})(?P<second14>\d{2})(?!\d))",
    needs=r"20\d{6}",
)
_ANY_SIGN = re.compile(r"月|\d[-/.]\d|20\d{6}|/Date|20\d\d\b")  # most lines of a page have none
_SHORT = Sieved(
    r"[(\[]\s*(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})\s*[)\]]"  # [03-05]
    r"|(?:^|(?<=\s))(?P<month2>\d{2})[-/](?P<day2>\d{2})(?=\s*$)"  # 标题 03-05
    r"|^\s*(?P<month3>\d{2})[-/](?P<day3>\d{2})(?=\s)"  # 03-05 标题
)
_BARE = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})(?:{_GAP}{_WEEKDAY}{_GAP}{_CLOCK}.*)?")  # 7.30, 7.30 15:00
_SCRIPT = Sieved(r"/Date\((?P<ms>\d{10,14})(?:[+-]\d{4})?\)/")
_JAVA = Sieved(  # Thu Mar 05 10:00:00 CST 2026: what JSP pages print when nobody formats a date
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* "
    r"(?P<day>\d{1,2}) (?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))? [A-Z]{2,4}(?:[+-]\d+)? (?P<year>\d{4})"
)
_MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True)
class FoundDate:
    """A date in a text, with where it stands: `text[start:end] == raw`.

    `has_year` is False where the text gives none and the year was chosen by a nearby date. `time` is the time of day
    printed with it, Asia/Shanghai.
    """

    value: date
    raw: str
    start: int
    end: int
    has_year: bool = True
    time: time | None = None


@dataclass(frozen=True)
class FoundUrlDate:
    """A date in a URL. With precision `month` the value is the first of the month, and nothing is known of the day."""

    value: date
    precision: str  # "day" or "month"
    raw: str

    @property
    def latest(self) -> date:
        """The last day it can mean."""
        if self.precision == "day":
            return self.value
        following = (self.value.replace(day=28) + timedelta(days=4)).replace(day=1)
        return following - timedelta(days=1)


def find_dates(text: str, *, near: date | None = None, not_after: bool = False) -> list[FoundDate]:
    """All dates in running text, in order, without overlaps.

    Args:
        text: any text. Short forms without separators of their own (`03-05`) count only in brackets or at the text's
            beginning or end; a bare `7.30` or `20240701` never does (see `parse_date`).
        near: a day near which dates without year lie; without it they are left out.
        not_after: take the last such day up to `near` (publication dates) instead of the closest one.
    """
    alike = _ALIKE.plain(text)
    found: list[FoundDate] = []
    if not _ANY_SIGN.search(alike):
        return found
    for one in sorted(_candidates(text, alike, near, not_after), key=lambda found: (found.start, -found.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def parse_date(text: str, *, near: date | None = None, not_after: bool = False) -> date | None:
    """Read a text that is essentially one date: a table cell, a list's date, `[03-05]`, `7.30`, `20260305`, epoch ms.

    Args and the choice of a missing year: as in `find_dates`. Two different dates in the text give None.
    """
    found = _parse(text, near, not_after)
    return found.value if found else None


def parse_datetime(text: str, near: date | None = None) -> datetime | None:
    """The moment a hearing starts, aware, Asia/Shanghai.

    Understands `上午九时整`, `下午14:30`, `下午 15 时`, `九点半`, `2024070109:30`, `10:30到12:00` (its start), epoch ms and
    `/Date(ms)/`. A day without time of day gives midnight: the caller keeps the printed text beside it.
    """
    found = _parse(text, near, False)
    return moment(found) if found else None


def moment(found: FoundDate) -> datetime:
    """A found date as an aware datetime; midnight where no time of day was printed."""
    return datetime.combine(found.value, found.time or time(), tzinfo=SHANGHAI)


def closest(month: int, day: int, near: date, *, not_after: bool = False) -> date | None:
    """The day with this month and day closest to `near`, or the last one up to it; None if it never exists."""
    years = range(near.year - _LEAP_CYCLE, near.year + _LEAP_CYCLE + 1)
    days = [value for year in years if (value := _day(year, month, day)) is not None]
    if not_after:
        days = [value for value in days if value <= near]
    return min(days, key=lambda value: abs(value - near), default=None)


def _candidates(text: str, alike: str, near: date | None, not_after: bool) -> Iterator[FoundDate]:
    for match in chain(_in_words(alike), *(pattern.finditer(alike) for pattern in (_FIGURES, _GLUED, _SHORT))):
        one = _found(text, match, near, not_after)
        if one is not None:
            yield one
    for match in _SCRIPT.finditer(alike):
        yield _from_epoch(int(match["ms"]), match.group(), match.start(), match.end())
    for match in _JAVA.finditer(alike):
        value = _day(int(match["year"]), _MONTH_NAMES.index(match["name"]) + 1, int(match["day"]))
        if value:
            yield FoundDate(value, match.group(), match.start(), match.end(), True, _time_of(match))


def _in_words(alike: str) -> Iterator[re.Match[str]]:
    """As `_WORDS.finditer`, but asks only where one can begin: each has one 月, and few kinds of characters before it."""
    end = 0
    while (sign := alike.find("月", end)) >= 0:
        start = sign
        while start > end and (alike[start - 1] in _BEFORE_MONTH or alike[start - 1].isspace()):
            start -= 1
        match = next((m for at in range(start, sign) if (m := _WORDS.match(alike, at)) is not None), None)
        end = sign + 1 if match is None else match.end()
        if match is not None:
            yield match


def _found(text: str, match: re.Match[str], near: date | None, not_after: bool) -> FoundDate | None:
    parts = match.groupdict()
    month = _number(parts["month"] or parts.get("month2") or parts.get("month3"))
    day = _number(parts["day"] or parts.get("day2") or parts.get("day3"))
    year = _number(parts.get("year"))
    if month is None or day is None or (year is None and parts.get("end") is None and match.re is _WORDS):
        return None
    value = _day(year, month, day) if year else closest(month, day, near, not_after=not_after) if near else None
    if value is None:
        return None
    start, end = match.span()
    clock = _time_of(match)
    if clock and parts.get("zone"):  # 2026-03-05T16:30:00Z is the sixth in Shanghai
        local = _in_shanghai(datetime.combine(value, clock), parts["zone"])
        value, clock = local.date(), local.time()
    return FoundDate(value, text[start:end], start, end, year is not None, clock)


def _in_shanghai(clock: datetime, zone: str) -> datetime:
    digits = zone.replace(":", "")
    offset = timedelta() if digits == "Z" else timedelta(hours=int(digits[:3]), minutes=int(digits[0] + digits[3:]))
    return (clock - offset).replace(tzinfo=UTC).astimezone(SHANGHAI)


def _parse(text: str, near: date | None, not_after: bool) -> FoundDate | None:
    stripped = text.strip()
    whole = _whole(stripped, near, not_after)
    if whole is not None:
        return whole
    found = find_dates(stripped, near=near, not_after=not_after)
    return found[0] if found and len({one.value for one in found}) == 1 else None


def _whole(text: str, near: date | None, not_after: bool) -> FoundDate | None:
    """Forms that are dates only when nothing else stands beside them."""
    alike = _ALIKE.plain(text).strip(" []()")
    if re.fullmatch(r"\d{13}", alike):
        return _from_epoch(int(alike), text, 0, len(text))
    if match := re.fullmatch(r"((?:19|20)\d{2})(\d{2})(\d{2})", alike):
        value = _day(int(match[1]), int(match[2]), int(match[3]))
        return FoundDate(value, text, 0, len(text)) if value else None
    if near is None:
        return None
    value, clock = None, None
    if match := _BARE.fullmatch(alike):
        value, clock = closest(int(match[1]), int(match[2]), near, not_after=not_after), _time_of(match)
    elif match := re.fullmatch(rf"({_N}{{1,3}}) ?[日号]", alike):
        value = _day(near.year, near.month, chinese_int(match[1]) or 0)
    return FoundDate(value, text, 0, len(text), False, clock) if value else None


def _from_epoch(milliseconds: int, raw: str, start: int, end: int) -> FoundDate:
    instant = datetime.fromtimestamp(milliseconds / 1000, tz=UTC).astimezone(SHANGHAI)
    return FoundDate(instant.date(), raw, start, end, True, instant.time().replace(microsecond=0))


def _number(text: str | None) -> int | None:
    if not text:
        return None
    return 1 if text == "元" else chinese_int(text)


def _day(year: int, month: int, day: int) -> date | None:
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    try:
        return date(year, month, day)
    except ValueError:  # 30 February
        return None


def _time_of(match: re.Match[str]) -> time | None:
    parts = match.groupdict()
    hour = _number(parts.get("hour") or parts.get("hour14") or parts.get("hour_word"))
    if hour is None:
        return None
    minute = _number(parts.get("minute") or parts.get("minute14") or parts.get("minute_word") or "0")
    if parts.get("minute_bare"):
        minute = int(parts["minute_bare"])
    if parts.get("half"):
        minute = {"半": 30, "一刻": 15, "三刻": 45}[parts["half"]]
    second = _number(parts.get("second") or parts.get("second14") or "0")
    hour = _by_period(hour, (parts.get("period") or parts.get("late") or "").replace(" ", "").lower())
    if minute is None or second is None or hour > 23 or minute > 59 or second > 59:
        return None
    return time(hour, minute, second)


def _by_period(hour: int, period: str) -> int:
    """`下午3时` is 15, `下午15时` as well; `中午12时` is 12, `凌晨12时` is 0."""
    if period in ("下午", "傍晚", "晚上", "晚间", "晚", "夜间", "pm"):
        return hour + 12 if hour < 12 else hour
    if period in ("中午", "正午"):
        return hour + 12 if hour < 5 else hour
    if period in ("凌晨", "am"):
        return 0 if hour == 12 else hour
    return hour


# --- URLs ---

_URL_YEAR = r"(?P<year>(?:19|20)\d{2})"
_URL_DAY_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"[/_]t{_URL_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})_",  # t20190815_123.html
        rf"/{_URL_YEAR}[/-](?P<month>\d{{1,2}})[/-](?P<day>\d{{1,2}})(?:/|_|$|\.s?html?)",  # /art/2026/3/5/art_1.html
        rf"/{_URL_YEAR}(?P<month>\d{{2}})/(?P<day>\d{{2}})/",  # /202603/05/
        rf"/{_URL_YEAR}[/-]?(?P<month>\d{{2}})(?P<day>\d{{2}})/",  # /2026/0305/, /20260305/
        rf"/{_URL_YEAR}/(?P<month>\d{{2}})/(?P<day>\d{{2}})\d{{9}}\.",  # /2026/02/25181728151.html: ddhhmmssSSS
        rf"[/_]{_URL_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})(?:\d{{6}}(?:\d{{3}})?)?(?:_|\.s?html?)",  # 20260305093000
    )
)
_URL_MONTH_FORMS = (
    re.compile(rf"/{_URL_YEAR}[/-](?P<month>\d{{1,2}})/"),  # /article/detail/2026/03/id/
    re.compile(rf"/{_URL_YEAR}(?P<month>\d{{2}})/"),  # /202603/
)


def date_in_url(url: str) -> FoundUrlDate | None:
    """The publication date that a content management system wrote into the path, to the day or to the month."""
    path = re.sub(r"^[a-zA-Z][\w+.-]*://[^/?#]*", "", url).split("?")[0].split("#")[0]
    for form in _URL_DAY_FORMS:
        for match in form.finditer(path):
            value = _day(int(match["year"]), int(match["month"]), int(match["day"]))
            if value and value.year >= _FIRST_URL_YEAR:
                return FoundUrlDate(value, "day", match.group())
    for form in _URL_MONTH_FORMS:
        for match in form.finditer(path):
            value = _day(int(match["year"]), int(match["month"]), 1)
            if value and value.year >= _FIRST_URL_YEAR:
                return FoundUrlDate(value, "month", match.group())
    return None


# --- publication labels ---


def _spaced(words: str) -> str:
    """A pattern for any of the words, letter-spaced or not: 发 布 时 间."""
    return "|".join(r"\s*".join(word) for word in words.split())


_LABEL_END = r"\s*[】\])]?\s*[:：]?\s*[【\[(]?\s*"
_LABELS = tuple(
    re.compile(f"(?:{_spaced(words)}){_LABEL_END}")
    for words in (
        "发布时间 发布日期 发表时间 发表日期 发布于 发表于 发文时间 发文日期 发稿时间 发稿日期 发帖时间",
        "上网时间 上网日期 公布日期 公布时间 公开日期 公开时间 刊登日期 刊登时间 上传时间 上传日期 "
        "录入时间 录入日期 添加时间 添加日期 加入时间 信息时间 文章日期 PubDate",
    )
)
_PLAIN_LABEL = re.compile(r"(?<![\u4e00-\u9fff])(?:日\s*期|时\s*间|发\s*布)\s*[:：]\s*|(?<![\u4e00-\u9fff])时间\s+")
_UPDATE_LABEL = re.compile(f"(?:{_spaced('更新时间 更新日期 修改时间 修改日期 最后更新 最近更新')}){_LABEL_END}")
_OTHER_CLOCK = re.compile(r"(?:当前|现在|北京|系统|开庭|裁判|立案|结案|打印|截止|报名|活动|会议|举办|审理)\s*$")
_HEARING_NEAR = re.compile(r"地\s*点|法\s*庭|开\s*庭|审\s*判\s*庭")
_META_LINE = re.compile(r"来\s*源|作\s*者|浏\s*览|点\s*击|阅\s*读|访\s*问|编\s*辑|字\s*[号体]|打\s*印|点\s*赞|分\s*享")
_SHORT_LINE = 40
_LONG_LINE = 200


def publication_label(text: str, *, near: date | None = None) -> FoundDate | None:
    """The publication date that a page prints behind a label, or None.

    发布时间, 发布日期 … come first, then 上网日期, 公布日期 …, then a bare 时间/日期 in a line of page data; 更新时间 only if
    nothing better is there. Dates of hearings, judgments, filings, printing and the clock in the header never count.

    Args:
        text: the page's visible text.
        near: the day it was read, for labels whose date has no year.
    """
    for label in _LABELS:
        if found := _first_labelled(text, label, near):
            return found
    plain = (match for match in _PLAIN_LABEL.finditer(text) if _is_page_data(text, match))
    for match in plain:
        if found := _date_at(text, match.end(), near):
            return found
    return _first_labelled(text, _UPDATE_LABEL, near)


def _first_labelled(text: str, label: re.Pattern[str], near: date | None) -> FoundDate | None:
    for match in label.finditer(text):
        if found := _date_at(text, match.end(), near):
            return found
    return None


def _date_at(text: str, position: int, near: date | None) -> FoundDate | None:
    """The date that begins at the position, give or take a bracket."""
    window = text[position : position + 60]
    for found in find_dates(window, near=near, not_after=True):
        if found.start <= 2 and not window[: found.start].strip(" [(【（\n\t\xa0\u3000:："):
            return FoundDate(
                found.value, found.raw, found.start + position, found.end + position, found.has_year, found.time
            )
        break
    if cut := _cut_by_lines(window):
        start, end, day = cut
        return FoundDate(day, text[position + start : position + end], position + start, position + end)
    compact = re.match(r"((?:19|20)\d{6})(?!\d)", window)
    if compact and (value := parse_date(compact[1])):
        return FoundDate(value, compact[1], position, position + 8)
    short = re.match(r"(\d{2}[-/]\d{2})(?![-/\d])", window)
    if short and near and (value := parse_date(short[1], near=near, not_after=True)):
        return FoundDate(value, short[1], position, position + 5, False)
    return None


def _cut_by_lines(window: str) -> tuple[int, int, date] | None:
    """`2026 年 3 月 5 日` with every piece on a line of its own, as spans are when their text is taken."""
    match = re.match(r"[\s:：]{0,3}((?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)", window)
    value = parse_date(re.sub(r"\s+", "", match[1])) if match else None
    return (match.start(1), match.end(1), value) if match and value else None


def _is_page_data(text: str, match: re.Match[str]) -> bool:
    """A bare 时间： is a page's own date only in a line of page data, and never beside a courtroom."""
    if _OTHER_CLOCK.search(text[max(0, match.start() - 6) : match.start()]):
        return False
    before = text[max(0, match.start() - _LONG_LINE) : match.start()].rsplit("\n", 1)[-1]
    after = text[match.start() : match.end() + _LONG_LINE].lstrip("\n").split("\n", 1)[0]
    line = before + after
    if _HEARING_NEAR.search(text[match.start() : match.end() + 80]):
        return False
    return bool(_META_LINE.search(line)) or len(line.strip()) <= _SHORT_LINE
