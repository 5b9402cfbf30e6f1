"""The value of one ledger cell: dates in every usual form, yes and no, personal data as mere presence and format.

Pure functions. A cell that cannot be read raises `CellError`, whose message never repeats what may be personal: only
text that consists of date characters is quoted.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from crawlers.ledger_words import told

# Asia/Shanghai has kept one offset since 1991; a fixed one needs no time zone data on the machine.
CHINA = timezone(timedelta(hours=8))
EARLIEST_YEAR, LATEST_YEAR = 1949, 2099  # outside: a typing error such as 2206
MAX_TEXT = 2_000

UNKNOWN = frozenset(
    {"", "-", "--", "—", "——", "–", "/", "\\", "无", "暂无", "空", "不详", "未知", "待补", "null", "none", "nan", "n/a"}
)
ERROR_VALUES = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)
YES = frozenset(
    {"是", "yes", "y", "true", "1", "√", "✓", "✔", "对", "有", "公开", "公开审理", "公开开庭", "出庭", "已出庭", "涉企"}
)
NO = frozenset(
    {
        "否",
        "no",
        "n",
        "false",
        "0",
        "×",
        "x",
        "✗",
        "✘",
        "不是",
        "非",
        "没有",
        "不公开",
        "不公开审理",
        "不公开开庭",
        "未出庭",
        "不出庭",
        "未涉企",
        "不涉企",
        "非涉企",
    }
)
LEVELS = {"庭级": "庭级", "部门级": "庭级", "院级": "院级"}
MODES = {
    "现场": "现场",
    "现场旁听": "现场",
    "网上": "网上",
    "网上旁听": "网上",
    "网络": "网上",
    "网络旁听": "网上",
    "线上": "网上",
    "在线": "网上",
}

_DAY = r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?|(?P<compact>\d{4}))"
_WEEKDAY = r"(?:\(?(?:星期|周)[一二三四五六日天]\)?)?"
_HALF = r"凌晨|早上|上午|中午|下午|晚上"
_HOUR = (
    r"(?P<hour>\d{1,2})(?:[:时点](?:(?P<minute>\d{1,2})分?|(?P<half_past>半))?"
    r"(?::?(?P<second>\d{1,2})(?:\.\d+)?秒?)?整?)"
)
_ZONE = r"(?:(?P<utc>Z|\+00:?00)|\+08:?00)?"
_UNTIL = r"(?:[-~至到—]{1,2}\d{1,2}[:时点](?:\d{1,2}分?)?)?"  # a hearing's end is not kept
# Between the day and the hour stands something that is no digit.
_PLAIN_HOUR = _HOUR.replace("?P<", "?P<plain_")
_CLOCK = (
    rf"(?:(?:[T, ]|(?<!\d)|(?={_HALF}))"
    rf"(?:(?P<half>{_HALF})(?:{_HOUR}{_UNTIL})?|{_PLAIN_HOUR}{_ZONE}{_UNTIL}))?"
)
_MOMENT = re.compile(_DAY + _WEEKDAY + _CLOCK)
_QUOTABLE = re.compile(r"(?:\d{4}[-/.年 ]\d{1,2}(?:[-/.月 ][\d日时分秒点:./\-T ]{0,16})?|(?:19|20)\d{6})")
_PERSONAL_DIGITS = re.compile(r"\d{11,}[Xx]?")
_MASKED = re.compile(r"[*＊×某█▇●]|(?<=\d)[xX]{2,}|^[0-9a-fA-F]{32,}$")
_FOREIGN = ("外国", "永久居留", "香港", "澳门", "台湾", "港澳", "境外")  # cards of other forms


class CellError(Exception):
    """Why a cell cannot be read, in words for the ledger's keeper: see `ledger_words`."""

    def __init__(self, code: str, **values: object) -> None:
        self.told = told(code, **values)
        super().__init__(str(self.told))


def plain(value: object) -> str:
    """A cell's text: half-width, without surrounding, zero-width and repeated blanks; a whole number without `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return _tidy(str(value))


@lru_cache(maxsize=50_000)  # a ledger says the same things over and over
def _tidy(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "")
    return " ".join(text.split()).lstrip("'")


def is_unknown(value: object) -> bool:
    """Empty, or one of the usual signs for nothing: - / 无. It means unknown, not zero and not no."""
    return isinstance(value, str | None) and plain(value).casefold() in UNKNOWN


def refuse_error(value: object) -> None:
    """Raise for `#REF!`, `#N/A` and the like: the workbook's own calculation failed, so nothing is known."""
    if isinstance(value, str) and value.strip().upper() in ERROR_VALUES:
        raise CellError("formula_error", shown=value.strip().upper())


def read_text(value: object) -> str | None:
    """Text, or None if unknown. Long runs of digits (identity, telephone, account numbers) do not belong: hidden."""
    if is_unknown(value):
        return None
    if isinstance(value, datetime | date):
        value = value.isoformat()
    return _PERSONAL_DIGITS.sub("***", plain(value))[:MAX_TEXT]


def read_moment(value: object, epoch: datetime = WINDOWS_EPOCH) -> datetime | None:
    """A date with its time in Asia/Shanghai; without a time, midnight.

    Args:
        value: A date, `2026-03-09`, `2026/3/9`, `2026.3.9`, `2026年3月9日`, `20260309`, each also with a time, or
            Excel's number of a day, as a number or as text.
        epoch: The workbook's first day (1900 or 1904 system).

    Raises:
        CellError: It is no date, or one that does not exist.
    """
    if is_unknown(value):
        return None
    if isinstance(value, datetime):
        return _plausible(value.replace(tzinfo=CHINA), value)
    if isinstance(value, date):
        return _plausible(datetime.combine(value, time(), CHINA), value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CellError("no_date")
    text = plain(value)
    tight = re.sub(r"(?<!\d) +| +(?!\d)", "", text)  # a blank counts only between digits
    if re.fullmatch(r"\d{5}(\.\d+)?", tight):
        return _from_serial(float(tight), text, epoch)
    found = _MOMENT.fullmatch(tight)
    if found is None:
        raise _shown("no_date", text)
    return _from_parts(found.groupdict(), text)


def read_date(value: object, epoch: datetime = WINDOWS_EPOCH) -> date | None:
    """A date; a time of day beside it is left out. See `read_moment`."""
    moment = read_moment(value, epoch)
    return None if moment is None else moment.date()


def _from_serial(serial: float, text: str, epoch: datetime) -> datetime:
    made = from_excel(serial, epoch)
    if not isinstance(made, datetime):
        raise _shown("no_date", text)
    # Excel keeps a time as a fraction of a day; to the second it is what was typed.
    rounded = (made + timedelta(microseconds=500_000)).replace(microsecond=0)
    return _plausible(rounded.replace(tzinfo=CHINA), text)


def _from_parts(parts: dict[str, str | None], text: str) -> datetime:
    compact = parts["compact"]
    month, day = (compact[:2], compact[2:]) if compact else (parts["month"], parts["day"])
    clock = {name: parts[name] or parts[f"plain_{name}"] for name in ("hour", "minute", "half_past", "second")}
    hour = int(clock["hour"] or 0)
    if parts["half"] in ("下午", "晚上") and 0 < hour < 12:
        hour += 12
    minute = 30 if clock["half_past"] else int(clock["minute"] or 0)
    second = int(clock["second"] or 0)
    try:
        made = datetime(int(parts["year"] or 0), int(month or 0), int(day or 0), hour, minute, second, tzinfo=CHINA)
    except ValueError:
        raise _shown("no_such_day", text) from None
    if parts["utc"]:
        made += CHINA.utcoffset(None)  # an export in universal time
    return _plausible(made, text)


def _plausible(moment: datetime, shown: object) -> datetime:
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise _shown("odd_date", plain(shown), first=EARLIEST_YEAR, last=LATEST_YEAR)
    return moment


def _shown(code: str, text: str, **values: object) -> CellError:
    """The error with the cell's text, if that is made of date characters and can be no identity or telephone number."""
    quotable = _QUOTABLE.fullmatch(text) and not re.search(r"\d{9,}", text)
    return CellError(f"{code}_shown", shown=text, **values) if quotable else CellError(code, **values)


def read_yes_no(value: object) -> bool | None:
    """是 or 否 in their usual writings; None if unknown."""
    if isinstance(value, bool):
        return value
    if is_unknown(value):
        return None
    text = plain(value).replace(" ", "").casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise CellError("yes_no")


def read_level(value: object) -> str | None:
    """庭级 or 院级."""
    return _one_of(value, LEVELS, "level")


def read_mode(value: object) -> str | None:
    """现场 or 网上."""
    return _one_of(value, MODES, "mode")


def _one_of(value: object, allowed: dict[str, str], otherwise: str) -> str | None:
    if is_unknown(value):
        return None
    text = plain(value).replace(" ", "")
    if text not in allowed:
        raise CellError(otherwise)
    return allowed[text]


def read_presence(value: object) -> bool:
    """Whether anything is there; what it is, is not kept."""
    return not is_unknown(value)


def read_headcount(value: object) -> int | None:
    """How many persons a cell of names, or of a number, stands for."""
    if is_unknown(value):
        return None
    text = plain(value)
    counted = re.fullmatch(r"(?:.*等|共|约)?\s*(\d{1,5})\s*(?:人|名|人次)?", text)
    if counted:
        return int(counted[1])
    if re.search(r"\d", text):
        raise CellError("headcount")
    # A name of two characters is often padded with a blank to the width of three; between names both sides are longer.
    parts = [p for p in re.split(r"[、,;/\n]", text) if p.strip()]
    return sum(_names_in(part) for part in parts)


def _names_in(text: str) -> int:
    words = text.split()
    return len(words) if len(words) > 1 and all(len(w) > 1 for w in words) else 1


def read_phone(value: object) -> bool | None:
    """Whether a mobile number is well-formed; None if empty.

    The form alone is asked (11 digits from 13 to 19, or international with `+`), not an operator's number plan: plans
    grow, and a list that is a year old would call good numbers wrong.
    """
    if is_unknown(value):
        return None
    numbers = [re.sub(r"[\s\-()]", "", n) for n in re.split(r"[、,;/\n]", plain(value)) if n.strip()]
    _refuse_masked(numbers)
    return any(re.fullmatch(r"(?:(?:\+|00)?86)?1[3-9]\d{9}|(?:\+|00)(?!86)\d{8,15}", n) for n in numbers)


def read_id_number(value: object, id_type: str | None, until: date | None = None) -> bool | None:
    """Whether an identity number is well-formed for its type; None if empty.

    Identity cards: GB 11643, 18 digits with check digit and an existing birth date, or the 15 digits of the first
    generation. Organisations: GB 32100. Passports and all others: letters and digits of a usual length.

    Args:
        until: If given, a birth date after this day is wrong.

    Raises:
        CellError: It was damaged or masked before it came here, so nothing can be said about it.
    """
    if is_unknown(value):
        return None
    if (isinstance(value, int | float) and abs(value) >= 1e15) or re.fullmatch(r"\d(\.\d+)?[Ee]\+\d+", plain(value)):
        raise CellError("digits_lost")
    number = re.sub(r"[\s\-]", "", plain(value)).upper()
    _refuse_masked([number])
    if id_type is None:
        if re.fullmatch(r"\d{15}|[0-9A-Z]{17,19}", number):
            return _is_id_card(number, until) or uscc.is_valid(number)
        return _is_other(number)
    if "信用代码" in id_type:
        return uscc.is_valid(number)
    if "身份证" in id_type and not any(word in id_type for word in _FOREIGN):
        return _is_id_card(number, until)
    return _is_other(number)


def _refuse_masked(numbers: list[str]) -> None:
    if any(_MASKED.search(n) for n in numbers):
        raise CellError("masked")


def _is_id_card(number: str, until: date | None) -> bool:
    # Not `ric.is_valid`: it demands that the county's code existed in the year of birth, and rejects real numbers.
    if re.fullmatch(r"\d{15}", number):
        number = f"{number[:6]}19{number[6:]}0"
    elif not re.fullmatch(r"\d{17}[\dX]", number) or ric.calc_check_digit(number) != number[-1]:
        return False
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    return born.year >= 1880 and (until is None or born <= until)


def _is_other(number: str) -> bool:
    return re.search(r"\d{4}", number) is not None and 5 <= len(number) <= 30
