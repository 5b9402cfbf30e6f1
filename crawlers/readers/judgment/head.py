"""The head of a judgment document: its type, its own case numbers, its court, as the first lines print them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawlers.readers.page import Article, DetailPage, close_up, labelled
from storage import case_number

_KINDS = "刑事附带民事|附带民事|刑事|民事|行政赔偿|行政|国家赔偿|司法赔偿|赔偿|执行|知识产权|破产|强制医疗|司法救助|减刑|假释"
_TYPES = (
    "判决书|裁定书|调解书|决定书|通知书|制裁书|意见书|支付令|搜查令|限制消费令|限制高消费令|人身安全保护令|海事强制令"
)
TYPE = rf"(?:(?:{_KINDS})*(?:再审决定书|(?:{_TYPES})))"
_COURT = r"[\u4e00-\u9fff×*xX]{1,28}?法院"
_TYPE_LINE = re.compile(  # 驳回申诉通知书, 解除强制医疗决定书: any short prefix, since the line holds nothing else
    rf"(?P<court>{_COURT})?(?P<type>{TYPE}|[\u4e00-\u9fff]{{1,10}}(?:决定书|通知书))(?:[（(][^（）()]{{1,10}}[）)])?"
)
_COURT_LINE = re.compile(rf"(?:中华人民共和国)?(?P<court>{_COURT})")
PARTY = (
    "公诉机关|原告|被告|上诉人|被上诉人|申请人|被申请人|申请执行人|被执行人|再审申请人|赔偿请求人|罪犯|异议人|复议申请人|"
    "抗诉机关|自诉人|第三人|起诉人|原审|申诉人|案外人|利害关系人|债务人|债权人|执行机关|附带民事诉讼|一审原告|赔偿义务机关"
)
_PARTY_LINE = re.compile(rf"(?:{PARTY}).{{0,30}}?[:：，,（(一-鿿]")
_RUN_ON = re.compile(rf"(?:(?P<court>{_COURT}))?(?P<type>{TYPE})[（(〔\[]")
_ODD = re.compile(
    r"(?:案号[:：]?)?[（(〔\[【]?(?:(?:19|20)\d{2}|\d{2}|×{2,4}|[xX]{2,4})?年?[）)〕\]】]?[^，。；：:]{1,16}?[民刑行执赔破知特][^，。；：:]{0,8}号(?:之.)?"
)
_HEAD_LINES = 40
_LONGEST_NUMBER_LINE = 200
_RUN_ON_HEAD = 600


@dataclass(frozen=True)
class Head:
    """Attributes:
    court: as the document itself, or a label on its page, prints it.
    more: the further numbers where one document decides several cases; its first is `number`.
    raw: the line that ought to be the number and cannot be read as one, if `number` is None.
    in_text: the number stands in the document, not only in the page's title.
    """

    type: str | None
    number: str | None
    court: str | None
    more: tuple[str, ...] = ()
    raw: str | None = None
    in_text: bool = True


def read_head(page: DetailPage, article: Article, compact: str) -> Head:
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
    in_text = number is not None
    if number is None:
        number, more = _first_and_more(joined_numbers(page.title)[0])
        number = number or case_number.masked(page.title)
    stated_court = labelled(article.text, "审理法院|法院名称|法院")
    if court is None and stated_court and (match := _COURT_LINE.fullmatch(close_up(stated_court))):
        court = match["court"]
    raw = None if number else next((line for line in map(close_up, article.lines[:_HEAD_LINES]) if _is_odd(line)), None)
    return Head(kind, number, court, more, raw, in_text)


def _is_odd(line: str) -> bool:
    """A line that is meant as a case number: a year, a kind of case, an end; （2025）粤9902民初　号."""
    return len(line) <= 32 and _ODD.fullmatch(line) is not None


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
    numbers, rest = joined_numbers(bare)
    return numbers if rest in ("", "。") and bare.startswith(("（", "(", "〔", "[", "【", "［")) else ()


def joined_numbers(text: str) -> tuple[tuple[str, ...], str]:
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


def _run_on(head: str) -> Head:
    """Text without line breaks: 示例市人民法院民事判决书（2019）…号原告…"""
    for match in _RUN_ON.finditer(head):
        rest = head[match.end() - 1 : match.end() + _LONGEST_NUMBER_LINE]
        spans = case_number.find_spans(rest)
        hidden = case_number.masked(rest[:60])
        more: tuple[str, ...] = ()
        if spans and spans[0][0] == 0:
            (number, *others), after = joined_numbers(rest)
            more = tuple(others)
        elif hidden and close_up(rest).find("号") >= 0:
            after, number = rest[rest.find("号") + 1 :], hidden
        else:
            continue
        if _PARTY_LINE.match(after):
            court = match["court"]
            return Head(match["type"], number, re.sub(r"^.*?(?:公开|文书|网)", "", court) if court else None, more)
    return Head(None, None, None)
