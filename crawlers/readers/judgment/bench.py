"""Who signs a judgment document, and when: the block of judges and clerks, wherever it stands, and the tail's date."""

from __future__ import annotations

import re
from itertools import groupby

from crawlers.dates import FoundDate, find_dates
from crawlers.readers.page import Article, close_up

JUDGE = "代理审判长|审判长|代理审判员|助理审判员|审判员|人民陪审员|陪审员|执行长|执行员|代理执行员|副院长|院长"
CLERK = "代理书记员|代书记员|书记员|[（(]代[）)]书记员"
ASSISTANT = "法官助理|审判助理|速录员"
ROLES = f"{JUDGE}|{CLERK}|{ASSISTANT}"
_SPACED_ROLES = re.compile(
    "|".join(r"\s*".join(re.findall(r"\[[^\]]+\]|.", role)) for role in ROLES.split("|"))  # 审 判 长
)
_CHINESE_DATE = r"[一二三四五六七八九〇零○◯ＯO0](?:\s*[一二三四五六七八九〇零○◯ＯO0]){3}\s*年"
_BENCH = re.compile(
    rf"(?P<role>{ROLES})[:：]?(?P<name>[\u4e00-\u9fff·•×xXＸ✕╳*＊]{{1,12}}?)"
    rf"(?=(?:{ROLES})|{_CHINESE_DATE}|\d{{4}}年|本件与|附[:：录]|[，。；;、,()（）\d]|$)"
)
_NO_NAME = re.compile(r"独任|审理|组成|担任|适用|宣布|签名|签署|主持|合议|回避|会议|负责|参加|依法")
_LONGEST_BENCH_LINE = 48
_LONGEST_DATE_LINE = 100  # however it is spaced

_BENCH_NEAR = 60
_LONGEST_ROLE = 10


def read_bench(article: Article) -> list[tuple[str, str]]:
    """(role, name) of everybody who signs, wherever the block stands; 法官助理 included."""
    found: list[tuple[str, str]] = []
    for line in article.lines:
        plain = close_up(line)
        if len(plain) <= _LONGEST_BENCH_LINE and re.match(ROLES, plain):
            found += _signers(line)
    if not found and len(article.lines) <= 8:  # everything in a few long lines
        found = [
            (match["role"], match["name"])
            for match in _BENCH.finditer("；".join(map(close_up, article.lines))[-400:])  # a line's end ends a name
            if not _NO_NAME.search(match["name"])
        ]
    return found


def _signers(line: str) -> list[tuple[str, str]]:
    marks = list(_SPACED_ROLES.finditer(line))
    found = []
    for place, mark in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(line)
        rest = re.split(rf"{_CHINESE_DATE}|\d{{4}}\s*年|本件与|附[:：录]", line[mark.end() : end])[0]
        for name in _names(rest.strip(" \t\u3000\xa0:：")):
            found.append((close_up(mark.group()), name))
    return found


def _names(text: str) -> list[str]:
    """`张 某` is one name, `张某 李某` and `张某、李某` are two."""
    names: list[str] = []
    for piece in re.split(r"[、，,;；/]", text):
        for single, group in groupby(piece.split(), key=lambda word: len(word) == 1):
            words = list(group)
            names += ["".join(words)] if single else words
    return [
        name for name in names if re.fullmatch(r"[\u4e00-\u9fff·•×xXＸ✕╳*＊]{1,14}", name) and not _NO_NAME.search(name)
    ]


def read_date(article: Article, compact: str, after: int) -> FoundDate | None:
    """The date of the tail, not one the text speaks of: alone on its line, or beside the bench."""
    for line in reversed(article.lines):
        found = find_dates(line) if len(line) <= _LONGEST_DATE_LINE else []
        if len(found) == 1 and len(close_up(line)) == len(close_up(found[0].raw)) and _is_tail_like(article, line):
            return found[0]
    near = [found for found in find_dates(compact[after:]) if _is_near_bench(compact, found.start + after)]
    chinese = [found for found in near if not re.search(r"\d", found.raw.translate(_LETTER_O))]
    best = chinese or near
    return best[-1] if best else None


def _is_near_bench(compact: str, place: int) -> bool:
    """Does a role begin near the place?"""
    start = max(0, place - _BENCH_NEAR - _LONGEST_ROLE)
    around = compact[start : place + _BENCH_NEAR + _LONGEST_ROLE]
    return any(abs(start + role.start() - place) <= _BENCH_NEAR for role in re.finditer(ROLES, around))


_LETTER_O = str.maketrans("", "", "0０")


def _is_tail_like(article: Article, line: str) -> bool:
    """A lone Arabic date at the top is the page's publication date; a Chinese one is always a signature's."""
    if not re.search(r"[1-9１-９]", line):
        return True
    place = len(article.lines) - 1 - article.lines[::-1].index(line)
    around = "".join(article.lines[max(0, place - 6) : place + 5])
    return bool(re.search(ROLES, close_up(around))) and place > len(article.lines) // 3
