"""Running text: a sentence per case (本院定于…在…公开开庭审理…一案), and a line per case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawlers.dates import FoundDate, find_dates
from crawlers.readers import cause
from crawlers.readers.announcement.elements import PARTIES, Elements, numbers_in, without_numbers
from crawlers.readers.page import Article, DetailPage
from storage import case_number

PAST = re.compile(r"(?:审理|开庭|宣判|庭审)了|近日|日前|昨日|已(?:于|经)|圆满|旁听了")
_PLAN = re.compile(r"定于|将于|拟于|订于|定在|兹于|本院.{0,40}于")
_MOVED = re.compile(r"(?:改期|改|变更|延期|推迟|调整|提前)(?:至|为|到|于|在)|(?<!原)(?:定于|将于|拟于|订于|定在)")
_REFERS_BACK = re.compile(
    r"原(?:公告|定)"
)  # a hearing that was moved: what is not said here, the first announcement says
_CANCELLED = re.compile(
    r"取消(?:了|本次|该次|原定)?的?(?:开庭|庭审|公开)|(?:开庭|庭审)(?:安排|公告)?(?:已|现|予以)?取消|不再开庭"
)
_VERB = re.compile(r"开庭|公开审理|审理|宣判|庭审|听证|巡回审判|宣告判决")
_ROOM = (
    r"[^，。；、,;：:\s（）()]{0,24}?(?:法庭|审判庭|审判法庭|速裁庭|审判厅|调解室|会议室|审判区|听证室|庭室|号庭|第[一二三四五六七八九十\d]+庭|"
    r"法庭[一二三四五六七八九十\d]+|\d{2,4}室)(?:第?[一二三四五六七八九十\d]+(?:审判庭|法庭|号|室)?)?"
)
_PLACE = re.compile(rf"(?:在|于|到|，在?)(?:本院|我院|本庭|该院)?(?P<place>{_ROOM})")
_OWN_ROOM = re.compile(rf"(?:本院|我院)(?P<place>{_ROOM})(?=于|，|$)")
_WHERE = re.compile(
    r"(?:在|于|到)(?:本院|我院|本庭|该院)?(?P<place>(?!本院|我院)[^，。；、,;：:\s]{2,30}?)[，,]?(?:依法)?(?:不?公开)?"
    r"(?:开庭|审理|宣判|宣告|巡回|进行|庭审|听证)"
)
_ENDS_AS_PLACE = re.compile(r"(?:[庭室厅楼院号]|中心|平台|会场|礼堂|学校|村|社区|看守所|监狱|[庭室楼][）)])$")
_NAMES_SOMEBODY = re.compile(r"原告|被告|上诉|申请|诉(?!讼服务)|对|与|一案|涉嫌|某|公司|\d月|日")
_SEVERAL = re.compile(
    r"(?:等|共)?(?:[二两三四五六七八九十百]+|\d+)[件宗起]?(?:系列)?案(?:件)?(?=$|[，,（(。])|系列案(?=$|[，,（(。])"
)
_COURT = re.compile(r"(?P<court>[\u4e00-\u9fff]{2,28}?法院)(?=定于|将于|拟于|订于|兹定于|于|现定于|决定于|受理)")
_CLOCK = re.compile(r"(?:[上下]午\s*)?\d{1,2}\s*[:：时点]\s*\d{0,2}")
_PLACE_CELL = re.compile(
    r"[^，。；]{0,30}(?:法庭|审判庭|速裁庭|审判厅|调解室|会议室|号庭|\d庭|[一二三四五六七八九十]庭|\d室|云法庭|互联网庭审)[^，。；]{0,8}"
)


def in_article(page: DetailPage, article: Article, expected: bool) -> Iterator[Elements]:
    """A sentence per case; lines of one sentence, broken by the editor, are put together again."""
    yield from of_text(_rejoined(article.lines), expected, page)


def _rejoined(lines: tuple[str, ...]) -> str:
    text = ""
    for line in lines:
        unfinished = text and not re.search(r"[。；！：:]$|一案$|\n$", text) and _PLAN.search(text.rsplit("\n", 1)[-1])
        text += ("" if unfinished and not _PLAN.search(line) else "\n") + line
    return text


def of_text(text: str, expected: bool, page: DetailPage | None = None) -> Iterator[Elements]:
    """The hearings that sentences announce. Without `expected` only the formal 定于…开庭审理…一案 counts."""
    sentences = [one.replace("\x00", "；") for one in re.split(r"[。；\n！]", _parts_kept(text))]
    for sentence, following in zip(sentences, [*sentences[1:], ""], strict=True):
        if not _VERB.search(sentence) or PAST.search(sentence) or _CANCELLED.search(sentence):
            continue
        day = _hearing_day(sentence, page)
        if day is None:
            continue
        is_formal = bool(_PLAN.search(sentence)) and bool(re.search(r"一案|案件|纠纷|罪|号", sentence))
        if not is_formal and not (expected and re.search(r"开庭|公开审理|宣判|听证|审理", sentence) and day.time):
            continue
        place = _place(sentence, day)
        court = _COURT.search(sentence)
        remark = following if "直播" in following and _hearing_day(following, page) is None else ""
        what = _SEVERAL.sub("一案", sentence)
        yield Elements(
            numbers=numbers_in(sentence),
            day=day.raw,
            place=place,
            cause=cause.stated(what if "一案" in what else what + "一案") or _labelled_cause(sentence),
            court=court["court"] if court else None,
            has_parties=bool(PARTIES.search(re.sub(r"案由[:：]?\S+", "", sentence))),
            text=f"{sentence}。{remark}",
            partial=bool(_REFERS_BACK.search(sentence)),
        )


def _labelled_cause(sentence: str) -> str | None:
    stated = re.search(r"案由[:：]\s*([^，,。；\s]+)", sentence)
    return cause.plain(stated[1]) if stated else None


def _place(sentence: str, day: FoundDate) -> str | None:
    """Where it is held: what stands between 在 and the verb, if it is nothing but a place; else the first room named."""
    where = _WHERE.search(sentence, day.end)
    if where and _ENDS_AS_PLACE.search(where["place"]) and not _NAMES_SOMEBODY.search(where["place"]):
        return where["place"]
    room = _PLACE.search(sentence, day.end) or _PLACE.search(sentence) or _OWN_ROOM.search(sentence)
    return re.sub(r"^.*?地点(?:仍|均|不变)?[为在是]?", "", room["place"]) if room else None


def _parts_kept(text: str) -> str:
    """A semicolon between parties does not end the sentence: 原告王某某；邱某某诉被告…"""
    return re.sub(r"；(?=[^。；\n]{0,60}(?:诉|一案))(?!\s*(?:本院|定于|将于))", "\x00", text)


def _hearing_day(sentence: str, page: DetailPage | None) -> FoundDate | None:
    """The first date behind 定于 (the last one, where it was moved), else the first one with a time of day."""
    near = page.near if page else None
    days = find_dates(without_numbers(sentence), near=near)
    moved = [match for match in _MOVED.finditer(sentence) if any(day.start >= match.start() for day in days)]
    plan = moved[-1] if moved else _PLAN.search(sentence)
    after = [day for day in days if plan and day.start >= plan.start()]
    timed = [day for day in days if day.time]
    return next(iter(after or timed or days), None)


def in_lines(lines: tuple[str, ...], title: str, expected: bool) -> Iterator[Elements]:
    """A line per case with nothing but its elements: 2026-04-02 09:00 第一法庭 （…）号 …离婚纠纷.

    A line that begins with a time of day only is of the day that the title names.
    """
    days = find_dates(title)
    day = re.split(r"[（(\s]", days[0].raw)[0] if len(days) == 1 else ""
    for line in lines if expected else ():
        if day and _CLOCK.match(line):
            line = f"{day} {line}"
        timed = [found for found in find_dates(without_numbers(line)) if found.time]
        if len({(start, end) for start, end, _ in case_number.find_spans(line)}) != 1 or len(timed) != 1:
            continue
        if PAST.search(line) or _CANCELLED.search(line):
            continue
        rest = without_numbers(line)[timed[0].end :]
        cells = [cell for cell in re.split(r"[\s，,]+", rest) if cell.strip("#")]
        place = next((cell for cell in cells if _PLACE_CELL.fullmatch(cell)), None)
        what = next((name for cell in cells if (name := cause.ending(cell) or cause.stated(cell))), None)
        named = bool(PARTIES.search(rest)) or None
        yield Elements(numbers_in(line), timed[0].raw, place, what, None, named, line, complete=False)
