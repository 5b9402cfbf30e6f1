"""A judgment document (裁判文书) read from its page. Party names are read over and never kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from crawlers.dates import FoundDate, find_dates, parse_date
from crawlers.readers import cause
from crawlers.readers.page import Article, DetailPage, close_up, labelled
from storage import case_number
from storage.records import Judgment

_KINDS = "刑事附带民事|附带民事|刑事|民事|行政赔偿|行政|国家赔偿|司法赔偿|赔偿|执行|知识产权|破产|强制医疗|司法救助|减刑|假释"
_TYPES = (
    "判决书|裁定书|调解书|决定书|通知书|制裁书|意见书|支付令|搜查令|限制消费令|限制高消费令|人身安全保护令|海事强制令"
)
_TYPE = rf"(?:(?:{_KINDS})*(?:再审决定书|(?:{_TYPES})))"
_COURT = r"[\u4e00-\u9fff×*xX]{1,28}?法院"
_TYPE_LINE = re.compile(  # 驳回申诉通知书, 解除强制医疗决定书: any short prefix, since the line holds nothing else
    rf"(?P<court>{_COURT})?(?P<type>{_TYPE}|[\u4e00-\u9fff]{{1,10}}(?:决定书|通知书))(?:[（(][^（）()]{{1,10}}[）)])?"
)
_COURT_LINE = re.compile(rf"(?:中华人民共和国)?(?P<court>{_COURT})")
_PARTY = (
    "公诉机关|原告|被告|上诉人|被上诉人|申请人|被申请人|申请执行人|被执行人|再审申请人|赔偿请求人|罪犯|异议人|复议申请人|"
    "抗诉机关|自诉人|第三人|起诉人|原审|申诉人|案外人|利害关系人|债务人|债权人|执行机关|附带民事诉讼|一审原告|赔偿义务机关"
)
_PARTY_LINE = re.compile(rf"(?:{_PARTY}).{{0,30}}?[:：，,（(一-鿿]")
_RUN_ON = re.compile(rf"(?:(?P<court>{_COURT}))?(?P<type>{_TYPE})[（(〔\[]")
_OPERATIVE = re.compile(
    r"(?:判决|裁定|决定|调解|协议|通知|命令|令)如下|如下(?:判决|裁定|决定|协议|支付令|命令)|特此通知|特此决定|主文[:：]|判决[:：]一、"
)
_SERVICE = re.compile(r"之日起.{0,24}视为送达|视为送达.{0,6}特此公告|送达公告")
_REPORT = re.compile(r"基本案情|裁判要旨|典型意义|【案情】|法官说法|法官提醒|本报讯|记者|通讯员|新闻发布")

_JUDGE = "代理审判长|审判长|代理审判员|助理审判员|审判员|人民陪审员|陪审员|执行长|执行员|代理执行员|副院长|院长"
_CLERK = "代理书记员|代书记员|书记员|[（(]代[）)]书记员"
_OTHER = "法官助理|审判助理|速录员"
_ROLES = f"{_JUDGE}|{_CLERK}|{_OTHER}"
_SPACED_ROLES = re.compile(
    "|".join(r"\s*".join(re.findall(r"\[[^\]]+\]|.", role)) for role in _ROLES.split("|"))  # 审 判 长
)
_CHINESE_DATE = r"[一二三四五六七八九〇零○◯ＯO0](?:\s*[一二三四五六七八九〇零○◯ＯO0]){3}\s*年"
_BENCH = re.compile(
    rf"(?P<role>{_ROLES})[:：]?(?P<name>[\u4e00-\u9fff·•×xX✕*＊]{{1,12}}?)"
    rf"(?=(?:{_ROLES})|{_CHINESE_DATE}|\d{{4}}年|本件与|附[:：录]|[，。；;、,()（）\d]|$)"
)
_NO_NAME = re.compile(r"独任|审理|组成|担任|适用|宣布|签名|签署|主持|合议|回避|会议|负责|参加|依法")
_LONGEST_BENCH_LINE = 48

_APPEAL = re.compile(
    r"如?不服本(?:判决|裁定|决定)[^。]{0,100}?上诉|可(?:以)?(?:在|于|自)[^。]{0,60}?日内[^。]{0,60}?上诉"
)
_FINAL = re.compile(
    r"本(?:判决|裁定|决定)(?:书)?(?:为|系|是)终审(?:判决|裁定|决定)?|实行一审终审|一审终审|(?<!不)适用小额诉讼(?!.{0,20}转)|为终局裁定"
)
_NOTICE = re.compile(r"公告(?:方式)?(?:[^。；]{0,20})?送达")
_FOREIGN = re.compile(
    r"(?:香港|澳门)(?:特别行政区|居民|永久|公司|注册)|中国[（(]?(?:香港|澳门|台湾)|台湾(?:地区|省|居民|同胞)|"
    r"(?<!中)(?<!中华人民共和)国(?:国)?籍[^，。]{0,4}[，。：:]|(?:美国|英国|日本|韩国|加拿大|澳大利亚|新加坡|德国|法国)(?:国)?(?:籍|公民|人，)|"
    r"护照|英属维尔京|开曼群岛|百慕大|萨摩亚|(?:领域|境)内(?:没有|无)住所|涉外民事|外国(?:人|企业|公民)|[A-Z][A-Za-z]+ ?(?:Ltd|LTD|Inc|LLC|GmbH|Limited|LIMITED)"
)
_APPEAL_ABROAD = re.compile(r"三十日内[^。]{0,60}上诉|30日内[^。]{0,60}上诉")
_ATTACHED = re.compile(r"\.(?:docx?|pdf|wps|rtf|jpe?g|png|gif|tiff?)\b", re.IGNORECASE)
_HEAD_LINES = 40
_LONGEST_NUMBER_LINE = 200
_RUN_ON_HEAD = 600
_BENCH_NEAR = 60


@dataclass(frozen=True)
class _Head:
    """Attributes:
    more: the further numbers where one document decides several cases; its first is `number`.
    """

    type: str | None
    number: str | None
    court: str | None
    more: tuple[str, ...] = ()


def read_all(page: DetailPage, article: Article, *, expected: bool = False) -> list[Judgment]:
    """One record for each case that the document of this page decides; empty if the page is no judgment.

    A record is known by its URL, so the second and further ones get a fragment: `…/1.html#2`.
    """
    first = read(page, article, expected=expected)
    if first is None:
        return []
    further = _head(page, article, article.compact).more
    return [first] + [
        replace(
            first,
            url=f"{first.url.partition('#')[0]}#{place}",
            case_number=number,
            title=first.title.replace(first.case_number or number, number),
        )
        for place, number in enumerate(further, start=2)
    ]


def read(page: DetailPage, article: Article, *, expected: bool = False) -> Judgment | None:
    """The judgment that a page is, or None.

    A page is one if it looks like one: a line naming the document (民事判决书), its own case number, 判决如下, the bench
    and a dated tail. Articles, notices and served announcements that only quote a number are not.

    Args:
        expected: the page stands in a section of judgments: two of these signs are enough, and a page that only
            carries the document as an attachment counts if its title names it.
    """
    compact = article.compact
    head = _head(page, article, compact)
    bench = _bench(article, compact)
    operative = _OPERATIVE.search(compact)
    tail = _tail_date(article, compact, operative.end() if operative else 0)
    if not _is_judgment(page, article, compact, head, bool(operative), bool(bench), tail is not None, expected):
        return None
    stated = labelled(article.text, "裁判日期|判决日期|裁判时间|裁定日期|文书日期")
    labelled_date = parse_date(stated, near=page.near, not_after=True) if stated else None
    decided: date | None = labelled_date or (tail.value if tail else None)
    own_keys = {own.key for one in (head.number, *head.more) if one and (own := case_number.parse(one))}
    document = head.type or _type_of_title(page.title)
    stated_cause = labelled(article.text, "案由")
    is_read = bool(operative) and (bool(bench) or tail is not None)
    return Judgment(
        site=page.site,
        url=page.url,
        case_number=head.number,
        title=_title(page.title, head, document),
        section=page.section,
        court=head.court or page.court,
        document_type=_plain_type(document),
        cause=(cause.plain(stated_cause) if stated_cause else None)
        or cause.stated(compact)
        or _title_cause(page.title),
        decided=decided,
        decided_raw=stated if labelled_date else (tail.raw if tail else None),
        published=page.published,
        published_source=page.published_source,
        judges=tuple(dict.fromkeys(name for role, name in bench if re.fullmatch(_JUDGE, role))),
        clerk=next((name for role, name in bench if re.fullmatch(_CLERK, role)), None),
        text_length=len(compact),
        # A clause that stands there stands there; that there is none can be said only of a text read to its end.
        appeal_clause=bool(_APPEAL.search(compact)) or (False if is_read else None),
        final_clause=_is_final(compact) or (False if is_read else None),
        notice_service=bool(_NOTICE.search(compact)) or ("缺席" in compact and "下落不明" in compact),
        foreign_party=_is_foreign(article.text, compact),
        quoted_case_numbers=tuple(
            dict.fromkeys(one.text for one in case_number.find_all(article.text) if one.key not in own_keys)
        ),
        sha256=page.sha256,
    )


def _is_judgment(
    page: DetailPage,
    article: Article,
    compact: str,
    head: _Head,
    operative: bool,
    bench: bool,
    tail: bool,
    expected: bool,
) -> bool:
    if _SERVICE.search(compact) and not (head.type and operative and bench):
        return False
    if _SERVICE.search(close_up(page.title)) or close_up(page.title).endswith(("公告", "开庭传票")):
        return False
    if _REPORT.search(compact) and not (head.type and head.number and (bench or tail)):
        return False
    if head.type and head.number and (operative or (bench and tail)):
        return True
    if head.type and operative and bench:
        return True  # its number is missing or unreadable
    if not expected:
        return False
    if (head.type or head.number) and (operative or bench):
        return True
    return bool(head.number and _type_of_title(page.title) and _ATTACHED.search(str(article.node)))


def _head(page: DetailPage, article: Article, compact: str) -> _Head:
    """Document type, own number and court as the first lines print them."""
    kind = number = court = None
    more: tuple[str, ...] = ()
    before = ""
    for place, line in enumerate(article.lines[:_HEAD_LINES]):
        plain = close_up(line)
        if kind is None and len(plain) <= 50 and (match := _TYPE_LINE.fullmatch(plain)):
            kind, court = match["type"], match["court"] or court
        elif number is None and len(plain) <= _LONGEST_NUMBER_LINE and (own := _own_numbers(plain)):
            number, *rest = own
            more = (*rest, *_below(article.lines[place + 1 : _HEAD_LINES]))
        elif kind is None and len(before + plain) <= 34 and (match := _COURT_LINE.fullmatch(before + plain)):
            court = match["court"]
        # 示例省示例市示例区 / 人民法院: the name is broken over two lines
        before = plain if re.fullmatch(r"[\u4e00-\u9fff]{2,16}[省市区县州旗盟]", plain) else ""
        if kind and number:
            break
    if kind is None or number is None:
        run = _run_on(compact[:_RUN_ON_HEAD])
        more = more if number else run.more
        kind, number, court = kind or run.type, number or run.number, court or run.court
    if number is None and (stated := labelled(article.text, "案号")):
        number, more = _first_and_more(_own_numbers(close_up(stated)))
    if number is None:
        number, more = _first_and_more(_joined_numbers(page.title)[0])
        number = number or case_number.masked(page.title)
    stated_court = labelled(article.text, "审理法院|法院名称|法院")
    if court is None and stated_court and (match := _COURT_LINE.fullmatch(close_up(stated_court))):
        court = match["court"]
    return _Head(kind, number, court, more)


def _below(lines: Sequence[str]) -> Iterator[str]:
    """Further numbers that stand each on a line of its own below the first."""
    for line in lines:
        plain = close_up(line)
        numbers = _own_numbers(plain) if len(plain) <= _LONGEST_NUMBER_LINE else ()
        if not numbers:
            return
        yield from numbers


def _first_and_more(numbers: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    return (numbers[0], numbers[1:]) if numbers else (None, ())


def _own_numbers(plain: str) -> tuple[str, ...]:
    """A line that is one case number or several, and nothing else."""
    if own := _own_number(plain):
        return (own,)
    bare = re.sub(r"^案号[:：]?", "", plain)
    numbers, rest = _joined_numbers(bare)
    return numbers if rest in ("", "。") and bare.startswith(("（", "(", "〔", "[", "【", "［")) else ()


def _joined_numbers(text: str) -> tuple[tuple[str, ...], str]:
    """The first case numbers in the text that only `、，和及` join, each once, and what follows them.

    `190号至192号` is read like `190至192号`. Numbers further on are those of other cases that the text speaks of.
    """
    plain = re.sub(r"(\d)号([-~～—－至到])第?(\d+号)", r"\1\2\3", close_up(text))
    found: list[str] = []
    end = None
    for start, stop, number in case_number.find_spans(plain):
        if end is not None and stop != end and not re.fullmatch(r"[、，,；;和及与]*", plain[end:start]):
            break
        found.append(number.text)
        end = stop
    return tuple(dict.fromkeys(found)), plain[end:] if end is not None else plain


def _own_number(plain: str) -> str | None:
    """A line that is a case number and nothing else, masked ones included."""
    if number := case_number.parse(plain):
        return number.text
    hidden = case_number.masked(plain)
    return hidden if hidden and len(hidden) >= len(re.sub(r"^案号[:：]?", "", plain)) - 1 else None


def _run_on(head: str) -> _Head:
    """Text without line breaks: 示例市人民法院民事判决书（2019）…号原告…"""
    for match in _RUN_ON.finditer(head):
        rest = head[match.end() - 1 : match.end() + _LONGEST_NUMBER_LINE]
        spans = case_number.find_spans(rest)
        hidden = case_number.masked(rest[:60])
        more: tuple[str, ...] = ()
        if spans and spans[0][0] == 0:
            (number, *others), after = _joined_numbers(rest)
            more = tuple(others)
        elif hidden and close_up(rest).find("号") >= 0:
            after, number = rest[rest.find("号") + 1 :], hidden
        else:
            continue
        if _PARTY_LINE.match(after):
            court = match["court"]
            return _Head(match["type"], number, re.sub(r"^.*?(?:公开|文书|网)", "", court) if court else None, more)
    return _Head(None, None, None)


def _bench(article: Article, compact: str) -> list[tuple[str, str]]:
    """(role, name) of everybody who signs, wherever the block stands; 法官助理 included."""
    found: list[tuple[str, str]] = []
    for line in article.lines:
        plain = close_up(line)
        if len(plain) <= _LONGEST_BENCH_LINE and re.match(_ROLES, plain):
            found += _signers(line)
    if not found and len(article.lines) <= 8:  # everything in a few long lines
        found = [
            (match["role"], match["name"])
            for match in _BENCH.finditer(compact[-400:])
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
        name for name in names if re.fullmatch(r"[\u4e00-\u9fff·•×xX✕*＊]{1,14}", name) and not _NO_NAME.search(name)
    ]


def _tail_date(article: Article, compact: str, after: int) -> FoundDate | None:
    """The date of the tail, not one the text speaks of: alone on its line, or beside the bench."""
    for line in reversed(article.lines):
        found = find_dates(line)
        if len(found) == 1 and len(close_up(line)) == len(close_up(found[0].raw)) and _is_tail_like(article, line):
            return found[0]
    signs = [match.start() for match in re.finditer(_ROLES, compact)]
    near = [
        found
        for found in find_dates(compact[after:])
        if any(abs(found.start + after - sign) <= _BENCH_NEAR for sign in signs)
    ]
    chinese = [found for found in near if not re.search(r"\d", found.raw.translate(_LETTER_O))]
    best = chinese or near
    return best[-1] if best else None


_LETTER_O = str.maketrans("", "", "0０")


def _is_tail_like(article: Article, line: str) -> bool:
    """A lone Arabic date at the top is the page's publication date; a Chinese one is always a signature's."""
    if not re.search(r"[1-9１-９]", line):
        return True
    place = len(article.lines) - 1 - article.lines[::-1].index(line)
    around = "".join(article.lines[max(0, place - 6) : place + 5])
    return bool(re.search(_ROLES, close_up(around))) and place > len(article.lines) // 3


def _is_final(compact: str) -> bool:
    return bool(_FINAL.search(compact)) and not re.search(
        r"(?:不适用|不宜适用|转为|转换为).{0,4}(?:小额|简易)", compact
    )


def _is_foreign(text: str, compact: str) -> bool:
    """Signs of a party abroad among the parties (before 本院), or an appeal period of thirty days."""
    end = compact.find("本院")
    parties = compact[: end if end > 0 else 1500]
    named = re.search(r"[A-Z][A-Za-z]+[ ,.]+(?:Co\.?,? ?)?(?:Ltd|LTD|Inc|LLC|GmbH|Limited|LIMITED)\b", text[:3000])
    return bool(_FOREIGN.search(parties) or named or _APPEAL_ABROAD.search(compact))


def _plain_type(document: str | None) -> str | None:
    """判决书, 裁定书, 调解书, 决定书, 通知书, 令."""
    if document is None:
        return None
    return "令" if document.endswith("令") else document[-3:]


def _type_of_title(title: str) -> str | None:
    found = re.findall(_TYPE, close_up(title))
    return found[-1] if found else None


def _title_cause(title: str) -> str | None:
    plain = re.sub(rf"(?:一审|二审|再审|执行|首次执行|审查)?{_TYPE}.*$", "", close_up(title))
    return cause.ending(re.sub(r"(?:一审|二审|再审|执行|案件|一案|案)+$", "", plain))


def _title(title: str, head: _Head, document: str | None) -> str:
    """The title without the parties: cause, instance and type of document, and the number if the title has it."""
    plain = close_up(title)
    words = re.search(rf"((?:一审|二审|再审|特别程序|首次执行|执行|审查)*){_TYPE}", plain)
    known = _title_cause(title) or ""
    named = known + (words.group() if words else document or "")
    number = head.number if head.number and case_number.find_all(plain) else ""
    return f"{number or ''}{named}" or head.number or "裁判文书"
