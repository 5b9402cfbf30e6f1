"""What strikes the eye in a judgment document: masked names and numbers, missing parts, marks that should not stand there.

Facts only, by the codes of `storage.records.Sign`; whether anything is wrong, and by which norm, rules decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crawlers.dates import FoundDate
from crawlers.encoding import is_garbled
from crawlers.readers.judgment.bench import ASSISTANT, CLERK, JUDGE
from crawlers.readers.judgment.head import PARTY, Head
from crawlers.readers.judgment.titles import branch_of, names_in_title
from crawlers.readers.page import Article, close_up
from storage import case_number
from storage.records import Sign

_MASK = re.compile(r"[×xXＸ✕╳*＊]|某{2}")
_SEAL = re.compile(r"[（(]院印[）)]")
_COPY = re.compile(r"本件与原[本件]核对[无一]?[异致误]")
_SECRET = re.compile(r"(?:密级[:：]?)?(?:绝密|机密|秘密)[★☆].{0,6}|密级[:：](?:绝密|机密|秘密)")
_JUVENILE = re.compile(
    r"未成年被告人|(?:犯罪|作案)时(?:均|系|尚)?(?:未满|不满)(?:十八|18)周?岁|被告人[^，。；]{0,12}系未成年人|"
    r"被告人[^，。；]{0,8}的?法定代理人|(?:犯罪|作案)时(?:已满)?(?:十[二四六]|1[246])周岁[^。；]{0,6}(?:未满|不满)(?:十[六八]|1[68])周岁"
)
_LOST = re.compile(r"锟斤拷|烫烫烫|\ufffd{2}")
_ENDINGS = ("判决书", "裁定书")  # these are signed by a bench; notices and orders may carry the seal alone
_SHORTEST = 200
_BARE = 150  # characters that title, labels and the site's frame may come to on a page without a document
_BENCH_PLACE = 900


@dataclass(frozen=True)
class Read:
    """What was read of a document.

    Attributes:
        compact: The whole text without whitespace.
        bench: Role and name of everybody who signs.
        operative: 判决如下 or the like stands in it.
        tail: The date at its end.
    """

    title: str
    article: Article
    compact: str
    head: Head
    bench: tuple[tuple[str, str], ...]
    operative: bool
    tail: FoundDate | None

    @property
    def is_whole(self) -> bool:
        """Read from its result to its end: what is missing is missing."""
        return self.operative and (bool(self.bench) or self.tail is not None)

    @property
    def is_bare(self) -> bool:
        """A page that bears a document's title and number, and hardly a word more. Of files it says nothing."""
        said = self.compact.replace(close_up(self.title), "")
        bare = not self.operative and not self.bench and len(said) < _BARE
        return bare and self.article.node.find(True) is not None


def look(found: Read) -> tuple[str, ...]:
    """The signs of a document, in the order of `Sign`."""
    seen = {*_number_signs(found), *_bench_signs(found), *_text_signs(found)}
    return tuple(sign.value for sign in Sign if sign in seen)


def _number_signs(found: Read) -> set[Sign]:
    head, signs = found.head, set()
    if head.number is None:
        if found.is_whole and len(found.compact) >= _SHORTEST:
            signs.add(Sign.ODD_NUMBER if head.raw else Sign.NO_NUMBER)
    elif case_number.parse(head.number) is None:
        signs.add(Sign.MASKED_NUMBER)
    if head.court and _MASK.search(head.court):
        signs.add(Sign.MASKED_COURT)
    title = close_up(found.title)
    named = case_number.find_all(title) if re.match(r"[（(〔\[【［]", title) else []
    own = {n.key for one in (head.number, *head.more) if one and (n := case_number.parse(one))}
    if named and own and head.in_text and not own & {n.key for n in named}:
        signs.add(Sign.TWO_NUMBERS)
    return signs


def _bench_signs(found: Read) -> set[Sign]:
    signs = set()
    for roles, sign in ((JUDGE, Sign.MASKED_JUDGE), (ASSISTANT, Sign.MASKED_ASSISTANT), (CLERK, Sign.MASKED_CLERK)):
        if any(re.fullmatch(roles, role) and _MASK.search(name) for role, name in found.bench):
            signs.add(sign)
    kind = found.head.type or ""
    if not found.operative or not kind.endswith(_ENDINGS) or len(found.compact) < _SHORTEST:
        return signs
    if found.tail is None:
        return signs | {Sign.NO_DATE} if found.bench else signs
    # The block may stand above the title; a role without a readable name is no missing block.
    around = found.compact[-_BENCH_PLACE:] + found.compact[:_SHORTEST]
    if not re.search(JUDGE, around):
        signs.add(Sign.NO_JUDGE)
    if not re.search("书记员", around):
        signs.add(Sign.NO_CLERK)
    return signs


def _text_signs(found: Read) -> set[Sign]:
    signs, text = set(), found.compact
    for pattern, sign in ((_SEAL, Sign.SEAL_MARK), (_COPY, Sign.COPY_MARK)):
        if pattern.search(text):
            signs.add(sign)
    if is_garbled(text) or len(_LOST.findall(text)) >= 3:
        signs.add(Sign.GARBLED)
    if any(_SECRET.fullmatch(close_up(line)) for line in found.article.lines[:6]):
        signs.add(Sign.SECRET_MARK)
    if branch_of(found.head.type) == "刑事" and _JUVENILE.search(text):
        signs.add(Sign.JUVENILE)
    below = text.replace(close_up(found.title), "")  # most pages print the title above the document
    if any(name not in below and _is_masked(name, below) for name in names_in_title(found.title)):
        signs.add(Sign.TITLE_NAME)
    return signs


def _is_masked(name: str, text: str) -> bool:
    """The text has a party of this surname, with the given name hidden: 张某 where the title says 张三丰."""
    return re.search(rf"(?:{PARTY})[^，。:：]{{0,12}}?[:：]?{re.escape(name[0])}[某×xX*＊]", text) is not None
