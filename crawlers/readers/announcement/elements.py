"""What one row, sentence or block of an announcement says, and the record that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from crawlers.dates import find_dates, moment, parse_datetime
from crawlers.readers.page import DetailPage, close_up
from storage import case_number
from storage.records import Hearing

PARTIES = re.compile(
    r"原告|被告|上诉人|申请人|申请执行人|公诉机关|罪犯|当事人|诉.{1,60}一案|与.{1,80}(?:纠纷|争议|一案)|\w诉\w"
)
ESSENTIAL = ("当事人", "案由", "地点")
JUNK = re.compile(r"测试(?:数据|公告|案件|案号|信息|标题|用例)|(?:^|[：:\s])测试\d*(?:$|\s)")
MAY_BE_PARTIES = re.compile(
    r"原告|被告|上诉|申请|当事人|公诉|罪犯|第三人|被害|诉(?!讼)|与|及其|某|公司|银行|集团|合作社|政府|[局厅委社行厂店院](?:、|，|诉|与)|[×xX*＊]{2}"
)
_OFFICIALS = re.compile(r"(?:审判长|审判员|陪审员|法官助理|法官|合议庭(?:成员)?|书记员|承办人|主审人)[：:][^\n；。]*")
_MAY_BE_CAUSE = re.compile(r"纠纷|罪|争议|案由|之诉|一案|侵权|合同|撤销|确认|赔偿|处罚|许可|强制|登记|协议|履行")
MAY_BE_PLACE = re.compile(
    r"[庭室厅楼院区号](?!审|期|前|后|公|开)|地点|线上|网上|互联网|云|镇|乡|村|社区|学校|看守所|监狱"
)
_NO_PLACE = re.compile(r"开庭|庭审|本院|我院|该院|法院(?=定于|将于|拟于|订于|兹定于|于)|案号|\d+号")
_CLOSED = re.compile(r"不公开(?:开庭|进行)?(?:审理|宣判|开庭)?|是否公开(?:审理|开庭)?[:：\s]*(?:否|不公开)|非公开")
_OPEN = re.compile(
    r"(?<!不)公开(?:开庭|进行)?(?:审理|宣判|开庭|宣告)|是否公开(?:审理|开庭)?[:：\s]*(?:是|公开)|公开方式[:：\s]*公开"
)
_NOT_STREAMED = re.compile(
    r"(?:不|未|非)(?:予以|进行|予|作|支持|适宜)?(?:网络|庭审|互联网|同步)*(?:视频)?直播|直播[^；，。\s]{0,4}[:：]\s*(?:否|不|无|×)"
)
_STREAMED = re.compile(r"直播(?!间|室)")
_UNANSWERED = re.compile(r"(?:是否)?(?:进行)?(?:网络|庭审|互联网)*直播[^；，。\s:：]{0,4}[:：]\s*(?:[-—/]*)(?=；|$|\s)")
_ALL_STREAMED = re.compile(
    r"(?:均|全部|一律|统一|同步|以上|上述)[^。；\n]{0,24}直播|(?:观看|收看)[^。；\n]{0,12}直播|直播(?:地址|网址|链接)"
)
_MINOR = re.compile(
    r"未成年(?:被告|罪犯|犯)|未成年人(?:犯罪|刑事)|(?:被告人|罪犯)[^，。；]{0,16}未成年|犯罪时未满(?:18|十八)"
)
_MASKED_PARTY = re.compile(
    r"(?:被告人?|原告|上诉人|申请人|罪犯|当事人)[:：]?[^，。；、:：]{0,2}[某×*＊]|(?:被告人?|原告|上诉人|申请人)[:：]?[A-Z甲乙丙](?![\u4e00-\u9fff]{2})"
)
_BATCH = re.compile(r"号等(?:[\d一二两三四五六七八九十百]+)?[件宗起]?(?:系列)?案|系列案")
_VICTIM = re.compile(
    r"(?:被害人|自诉人|附带民事诉讼原告人)[:：]?(?!及|的|和|与|陈述|近亲|家属|诉讼|为|系|法定|单位)"
    r"(?P<name>[\u4e00-\u9fff]{2,3})(?=[，。、；：:\s（(]|一案|被|遭)"
)


@dataclass(frozen=True)
class Elements:
    """What one row, sentence or block says.

    Attributes:
        numbers: Case numbers that it announces; several where a batch is heard together.
        text: All of it, for what else it may say.
        lacking: Of 当事人, 案由, 地点 those whose column is empty, or that a table has no column for.
        complete: `text` is running text and all of it: what nothing in it could be is not stated.
        partial: It leads to a page of its own, or refers back to an earlier announcement, which may say more.
    """

    numbers: tuple[str, ...] = ()
    day: str | None = None
    place: str | None = None
    cause: str | None = None
    court: str | None = None
    has_parties: bool | None = None
    text: str = ""
    lacking: frozenset[str] = field(default_factory=frozenset)
    complete: bool = True
    partial: bool = False


def hearings_of(page: DetailPage, one: Elements) -> Iterator[Hearing]:
    """The records of what was read: one for each case number, one if there is none; nothing without a time."""
    starts = parse_datetime(one.day, page.near) if one.day else None
    if starts is None and one.day and (found := find_dates(one.day, near=page.near)):
        starts = moment(found[0])  # 10:30到12:00 with two days: the first
    if (starts is None and not (one.numbers and one.day)) or JUNK.search(one.text) or JUNK.search(page.title):
        return
    text = close_up(one.text)
    hearing = Hearing(
        site=page.site,
        url=page.url,
        section=page.section,
        court=close_up(one.court) if one.court else page.court,
        starts=starts,
        starts_raw=one.day,
        place=close_up(one.place) if one.place else None,
        cause=one.cause,
        has_parties=one.has_parties,
        purpose=_purpose(text),
        public=False if _CLOSED.search(text) else True if _OPEN.search(text) else None,
        stream=_stream(one.text),
        missing=tuple(name for name in _missing(one) if name != "当事人" or not PARTIES.search(page.title)),
        minor=bool(_MINOR.search(text)),
        victim=any(not re.search("[某×]", match["name"]) for match in _VICTIM.finditer(text)),
        masked=bool(_MASKED_PARTY.search(text)),
        batch=bool(_BATCH.search(text)),
        partial=one.partial,
        published=page.published,
        published_source=page.published_source,
        sha256=page.sha256,
    )
    for number in one.numbers or (None,):
        yield replace(hearing, case_number=number, kind=_kind(number, one), mark=_mark(hearing, number))


def of_page(hearings: list[Hearing], text: str) -> list[Hearing]:
    """The hearings of one page: counted, repeats left out, and marked as streamed where the page says so of all."""
    every = bool(_ALL_STREAMED.search(text))
    found: dict[str, Hearing] = {}
    for hearing in hearings:
        mark, times = hearing.mark, 1
        if mark in found and hearing.case_number:
            continue  # two rows of one session
        while mark in found:  # cases without a number that sit in one room at one time
            times += 1
            mark = f"{hearing.mark} #{times}"
        streamed = True if every and hearing.stream is None else hearing.stream
        found[mark] = replace(hearing, mark=mark, position=len(found), stream=streamed)
    return list(found.values())


def _mark(hearing: Hearing, number: str | None) -> str:
    """What stays the same when a rolling list moves the row: number and time; without a number place and cause too."""
    when = f"{hearing.starts:%Y-%m-%d %H:%M}" if hearing.starts else hearing.starts_raw or ""
    parts = (number, when) if number else (when, hearing.place, hearing.cause)
    return " ".join(part for part in parts if part)


def _purpose(text: str) -> str:
    if re.search(r"宣判|宣告判决", text) and not re.search(r"开庭审理|公开审理|审理并", text):
        return "sentencing"
    if re.search(r"听证|询问|谈话|调解会|证据交换|庭前会议", text) and not re.search(r"开庭|公开审理", text):
        return "other"
    return "hearing"


def _stream(text: str) -> bool | None:
    plain = _UNANSWERED.sub("", text)  # a column's heading with nothing beneath it
    if _NOT_STREAMED.search(plain):
        return False
    return True if _STREAMED.search(plain) or "tingshen.court" in plain else None


def _kind(number: str | None, one: Elements) -> str | None:
    parsed = case_number.parse(number) if number else None
    if parsed is not None:
        return parsed.category
    what, text = one.cause or "", close_up(one.text)
    if what.endswith("罪") or re.search(r"被告人|公诉机关", text):
        return "criminal"
    if re.search(
        r"行政(?:处罚|许可|强制|复议|登记|协议|确认|裁决)|被告[^，。]{0,30}(?:人民政府|公安局|管理局|监督局)", text
    ):
        return "administrative"
    return "civil" if what.endswith(("纠纷", "争议")) else None


def _missing(one: Elements) -> tuple[str, ...]:
    """What the announcement surely lacks: nothing in it could be that element. In doubt it is stated."""
    if one.partial:
        return ()
    lacking = set(one.lacking)
    if one.complete:
        rest = without_numbers(one.text).replace(one.day or "", " ")
        could_be = {
            "当事人": one.has_parties or MAY_BE_PARTIES.search(close_up(_OFFICIALS.sub("", rest))),
            "案由": one.cause or _MAY_BE_CAUSE.search(close_up(rest)),
            "地点": one.place or MAY_BE_PLACE.search(_NO_PLACE.sub("", close_up(rest))),
        }
        lacking |= {name for name, found in could_be.items() if not found}
    return tuple(name for name in ESSENTIAL if name in lacking)


def numbers_in(text: str) -> tuple[str, ...]:
    """The case numbers announced in a text: the first, and those in one run with it (190号至192号, 1号、2号).

    Others are quoted (the judgment under appeal).
    """
    parsed = case_number.parse(text) if len(text) < 60 else None
    if parsed is not None:
        return (parsed.text,)
    found: list[str] = []
    last = None
    for start, end, number in case_number.find_spans(text):
        if last is not None and not re.fullmatch(r"[\s、，,；;及和与]*", text[last:start]) and start >= last:
            break
        found.append(number.text)
        last = end
    if found:
        return tuple(dict.fromkeys(found))
    masked = case_number.masked(text)
    return (masked,) if masked else ()


def without_numbers(text: str) -> str:
    """Case numbers blanked out, places kept: their years are no dates."""
    for start, end, _ in case_number.find_spans(text):
        text = text[:start] + "#" * (end - start) + text[end:]
    return text


def is_short_day(cell: str) -> bool:
    """7.30, 7月30日: a day that has no year."""
    return bool(re.match(r"\d{1,2}(?:\s*月\s*\d{1,2}\s*[日号]|[./-]\d{1,2}(?:\s|$))", cell))


def has_day(text: str) -> bool:
    """The text names a day, with or without its year."""
    plain = without_numbers(text)
    return bool(find_dates(plain)) or any(is_short_day(cell) for cell in plain.split())
