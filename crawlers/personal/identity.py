"""Resident identity numbers (GB 11643): eighteen digits in every way of writing them, fifteen only behind a label.

python-stdnum gives check digit and birth date; its register of areas is not asked, as it knows no number that was issued
under an area's earlier or later code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from crawlers.personal.holders import holder_of
from crawlers.personal.labels import Label, label_after, label_before
from crawlers.personal.mention import Mention, mask_middle
from crawlers.sieve import Sieved
from storage.records import DatumKind, Holder

_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_S = r"[ \t\r\n]{1,3}"
_WHOLE = rf"{_PROVINCE}\d{{15}}[\dXx]"
_GROUPS = rf"{_PROVINCE}\d{{4}}[\s-]{{1,3}}\d{{8}}[\s-]{{1,3}}\d{{3}}[\dXx]"
_FOURS = rf"{_PROVINCE}\d{{4}}{_S}\d{{4}}{_S}\d{{4}}{_S}\d{{3}}[\dXx]"
_NUMBER = Sieved(rf"(?<![0-9A-Za-z*×#=_/])(?<!\d-)(?:{_WHOLE}|{_GROUPS}|{_FOURS})(?![0-9A-Za-z*×_]|-\d)")
_BROKEN = Sieved(
    rf"(?<![0-9A-Za-z*×#=_/-]){_PROVINCE}\d*[ \t]*\r?\n[ \t]*\d*[\dXx](?![0-9A-Za-z*×_])"
)  # by a line's end
_SPELT = Sieved(r"(?<![0-9A-Za-z])[1-8](?:[ \t]\d){16}[ \t][\dXx](?![ \t]?[0-9A-Za-z])")  # letter-spaced
_OLD = Sieved(rf"(?<![0-9A-Za-z*×]){_PROVINCE}\d{{13}}(?![0-9A-Za-z*×])")
_PARTLY = Sieved(rf"(?<![0-9A-Za-z*×]){_PROVINCE}[\d*×Xx]{{15}}[\d*×Xx](?![0-9A-Za-z*×])")
_ENOUGH_MASKED = re.compile(r"[*×Xx]{6,}")
_OLDEST = 130  # years
FIRST_SERIAL = 2000  # the year since which computers number things by date


def find_identity_numbers(text: str, today: date) -> Iterator[Mention]:
    """Identity numbers in folded text.

    Args:
        today: No birth date lies after it.
    """
    taken: list[tuple[int, int]] = []
    for match in (*_NUMBER.finditer(text), *_BROKEN.finditer(text), *_SPELT.finditer(text)):
        span = match.span()
        if any(span[0] < end and start < span[1] for start, end in taken):
            continue
        mention = _mention(text, *span, today)
        if mention is not None:
            taken.append(span)
            yield mention
    for match in _OLD.finditer(text):
        label = label_before(text, match.start())
        if label.kind == "identity" and _is_date("19" + match.group()[6:12], today):
            yield _made(DatumKind.OLD_ID_NUMBER, match, {"label", "birth_date"}, label)
    for match in _PARTLY.finditer(text):
        label = label_before(text, match.start())
        hidden = sum(c in "*×Xx" for c in match.group()[:17])
        if hidden and not _ENOUGH_MASKED.search(match.group()) and label.kind == "identity" and hidden < 6:
            yield _made(DatumKind.ID_NUMBER, match, {"label", "partly_masked"}, label)


def _mention(text: str, start: int, end: int, today: date) -> Mention | None:
    written = text[start:end]
    number = re.sub(r"[\s-]+", "", written).upper()
    if len(number) != 18 or not re.match(_PROVINCE, number):
        return None
    before, after = label_before(text, start), label_after(text, end)
    label = after if after.kind else before
    if label.kind in ("credit_code", "account", "other", "phone", "qq", "wechat") and label.distance <= 16:
        return None
    labelled = label.kind == "identity"
    checks = {"label"} if labelled else set()
    if _is_date(number[6:14], today):
        checks.add("birth_date")
    if _check_digit_fits(number):
        checks.add("check_digit")
    if len(written) != 18:
        checks.add("spaced")
    sure = {"birth_date", "check_digit"} <= checks
    if not labelled and (not sure or _may_be_credit_code(number)):
        return None
    if not labelled and "spaced" in checks and "\t" in written:
        return None  # cells of a table that happen to fit
    if not labelled and int(number[6:10]) >= FIRST_SERIAL and holder_of(text, start, end) is not Holder.NATURAL:
        checks.add("recent")  # files and contracts are numbered by area and date
    return Mention(
        kind=DatumKind.ID_NUMBER,
        start=start,
        end=end,
        masked=mask_middle(number, 4, 2),
        checks=frozenset(checks),
        label=label.word if labelled else None,
    )


def _made(kind: DatumKind, match: re.Match[str], checks: set[str], label: Label) -> Mention:
    shown = re.sub(r"[×Xx](?!$)", "*", match.group())
    return Mention(
        kind=kind,
        start=match.start(),
        end=match.end(),
        masked=mask_middle(shown, 4, 2),
        checks=frozenset(checks),
        label=label.word,
    )


def _check_digit_fits(number: str) -> bool:
    try:
        return bool(ric.calc_check_digit(number) == number[-1])
    except (ValidationError, ValueError):
        return False


def _may_be_credit_code(number: str) -> bool:
    """A unified credit code of digits alone: its check character fits, and its own third and fourth are a province's."""
    return uscc.is_valid(number) and re.match(rf"{_PROVINCE}|10", number[2:]) is not None


def _is_date(digits: str, today: date) -> bool:
    """A birth date that can be: not in the future, not of somebody older than anybody."""
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return born <= today and today.year - born.year <= _OLDEST
