"""Chinese numerals to integers, in the forms that dates and case numbers of court documents use. Pure."""

from __future__ import annotations

ZEROS = "0〇零○◯⚪ΟОоOoＯｏ０"
"""Everything that stands for zero on court sites: six different circles, Greek, Cyrillic and Latin O."""

_DIGITS = {
    **dict.fromkeys(ZEROS, 0),
    **{sign: value for value, sign in enumerate("一二三四五六七八九", start=1)},
    **{sign: value for value, sign in enumerate("壹贰叁肆伍陆柒捌玖", start=1)},
    **{sign: value for value, sign in enumerate("123456789", start=1)},
    **{sign: value for value, sign in enumerate("１２３４５６７８９", start=1)},
    "两": 2,
    "弌": 1,
    "弍": 2,
    "弎": 3,
    "貳": 2,
    "參": 3,
    "陸": 6,
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_SCORES = {"廿": 20, "卄": 20, "卅": 30, "卌": 40}

NUMERALS = "".join(_DIGITS) + "".join(_TENS) + "".join(_SCORES)
"""All characters a numeral may consist of, for building character classes."""


def chinese_int(text: str) -> int | None:
    """The integer that a numeral names, or None if the text is not one.

    Reads by place (`二〇二六`, `２０２６`, `二0二六`) and by unit (`二十六`, `十`, `廿三`, `一百零三`); spaces are ignored.
    """
    signs = "".join(text.split())
    if not signs:
        return None
    if all(sign in _DIGITS for sign in signs):
        return int("".join(str(_DIGITS[sign]) for sign in signs))
    return _by_unit(signs)


def _by_unit(signs: str) -> int | None:
    total, digit, smallest = 0, None, 10_000
    for sign in signs:
        if sign in _DIGITS:
            if digit not in (None, 0):
                return None  # 三二十: two digits side by side among units
            digit = _DIGITS[sign]
            continue
        unit = _TENS.get(sign) or (10 if sign in _SCORES else 0)
        if not unit or unit >= smallest or (sign in _SCORES and digit):
            return None
        factor = _SCORES[sign] // 10 if sign in _SCORES else (1 if digit is None else digit)
        if factor == 0:
            return None
        total, digit, smallest = total + factor * unit, None, unit
    return total + (digit or 0)
