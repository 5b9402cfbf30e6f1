"""What kind of published page this is, by its section's title, its own title and its first words.

The kind decides which personal data may stand on it (domain/rules.md §1.3): a served notice names the person it is
served on, an auction describes the car. The page's own title says more than its section's, which often holds all sorts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from crawlers.titles import cadence_of, record_of
from storage.records import Cadence, PageKind

_TITLES: tuple[tuple[PageKind, re.Pattern[str]], ...] = (
    (PageKind.SERVICE, re.compile(r"送达公告|公告送达|送达.{0,6}公告|公告.{0,12}送达")),
    (
        PageKind.DEFAULTERS,
        re.compile(r"失信|限制(?:高)?消费|限高|悬赏|老赖|被执行人(?:名单|信息|曝光)|限制出境|曝光台|执行曝光"),
    ),
    (PageKind.AUCTION, re.compile(r"拍卖|变卖|竞买|竞拍|司法网拍")),
    (PageKind.WITHHELD, re.compile(r"不(?:予)?公开(?!开?庭|审理)|不上网|不在互联网公")),
    (
        PageKind.HEARING,
        re.compile(r"开庭(?:公告|信息|安排|排期|传票|审理)|庭审(?:公告|预告|排期)|公开开庭|公开宣判|排期"),
    ),
)
_SERVED = re.compile(
    r"(?:向你|向你们|向你单位|依法向).{0,30}公告送达|自(?:本)?公告(?:发出|发布)?之日起.{0,20}视为送达|视为送达"
)
_NEWS_TITLE = re.compile(r"案例|以案|说法|记者|典型|案件快报|判了|获刑")
_NEWS_SECTION = re.compile(
    r"新闻|动态|要闻|快讯|案例|以案|说法|头条|媒体|时讯|资讯|风采|法官|普法|宣传|文化|文苑|天平|观点|研究|调研|视频|图片"
)
_HEARING_TEXT = re.compile(r"定于.{4,40}(?:开庭|公开审理|宣判)")


class Opening(NamedTuple):
    """What a page's first lines say: that something is served by them, or when a hearing will be."""

    serves: bool = False
    announces: bool = False


_OPENING, _FIRST_LINES = 1_500, 300  # characters


def opening_of(text: str) -> Opening:
    """What a text's first lines say."""
    opening = re.sub(r"\s+", "", text[:_OPENING])
    return Opening(bool(_SERVED.search(opening)), bool(_HEARING_TEXT.search(opening[:_FIRST_LINES])))


def may_open(text: str) -> bool:
    """Could the first lines of the page that has this text say anything of that?

    Args:
        text: All of it, however it is spaced.
    """
    opening = "".join(text[: 4 * _OPENING].split())
    if len(opening) < _OPENING < len(text):
        opening = "".join(text.split())
    opening = opening[:_OPENING]
    return "公告送达" in opening or "视为送达" in opening or "定于" in opening[:_FIRST_LINES]


def page_kind(
    section: str | None,
    title: str,
    opening: Opening = Opening(),
    *,
    is_judgment: bool = False,
) -> PageKind:
    """The kind of a page.

    Args:
        section: Title of the section that lists it, if any does.
        title: The article's title.
        opening: What its first lines say.
        is_judgment: A judgment was read from it.
    """
    if is_judgment:
        return PageKind.JUDGMENT
    own, listed = (re.sub(r"\s+", "", words) for words in (title, section or ""))
    for kind, words in _TITLES:
        if words.search(own) and not _NEWS_TITLE.search(own):
            return kind
    if opening.serves:
        return PageKind.SERVICE
    for kind, words in _TITLES:
        if words.search(listed) and not _NEWS_SECTION.search(listed):
            return kind
    if opening.announces and not _NEWS_SECTION.search(listed):
        return PageKind.HEARING
    if record_of(listed) == "judgment":
        return PageKind.JUDGMENT
    if _NEWS_SECTION.search(listed) or _NEWS_TITLE.search(own) or cadence_of(listed) is Cadence.DYNAMIC:
        return PageKind.NEWS
    return PageKind.NOTICE
