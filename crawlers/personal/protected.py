"""Persons whom the text names where it speaks of them: victims, witnesses, experts, minors, parties told about in reports.

Where a name ends is a guess in Chinese prose. It counts as sure where a sign follows, or where the same name recurs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from crawlers.personal.persons import Person
from crawlers.personal.surnames import AMBIGUOUS, NEVER_INLINE, form_of, given_of, is_full_name
from crawlers.sieve import Sieved
from storage.records import NameForm, PersonKind, PersonRole

_NAME = r"[\u4e00-\u9fff]{2,4}"
_ROLES: tuple[tuple[PersonRole, str], ...] = (
    (PersonRole.VICTIM, r"被害人|受害人|遇害者|被害女童|被害儿童"),
    (PersonRole.WITNESS, r"(?<![保公见听])证人(?!民)"),  # not 保证人, 公证人, 见证人, 听证人民法院
    (PersonRole.EXPERT, r"鉴定人"),
    (PersonRole.CIVIL_PLAINTIFF, r"附带民事诉讼原告人?"),
    (PersonRole.STATUTORY_AGENT, r"法定代理人|(?:被害人|受害人)的?(?:父亲|母亲|监护人)"),
    (PersonRole.PARTY, r"(?<!被)原告|被告(?!人|单位)|丈夫|妻子|前夫|前妻|男方|女方"),
)
_INLINE = re.compile("|".join(rf"(?P<r{i}>{words})" for i, (_, words) in enumerate(_ROLES)))
_FIRST = re.compile("[被受遇证鉴附法原丈妻前男女]")  # of what _INLINE matches
_CALLED = re.compile(rf"\s?:?(?P<run>{_NAME})")
_STOPS = re.compile(
    r"[,。、;:()\"”’\s]|的|与|和|及|在|于|因|被|诉|陈述|证言|证实|称|报案|报警|死亡|受伤|当场|经|系|家|身上|提起|向|将|等|到庭|出庭|提供|签名|名下|均|未|已|同|之|遂|驾驶|一案|发生|持|打|殴|砍|捅|刺|推|撞|杀|骗|强|拖|抱|按|拉|抢|盗|追|说|到|去|来|走|躺|倒|头|面部|左|右|手|腿|"
    r"胸|腹|现金|财物|人民币|微信|离婚|之间|婚后|一|二|三|对|为|是|有|从|处|以|受|遭|逃|离|回|停|被|给|让|使|把|则|并|也|又|还|再|多|发现|认识|相识|结婚|起诉|支付|患|曾|故意|系|病"
)
_SURE = re.compile(r"[,。、;:()]|$|与|和|及|诉|的|因|在|系|将|被|证实|证言|陈述")
_NOT_NAMES = re.compile(
    r"陈述|家属|家人|亲属|方[的某]?|应当|应该|时[候,]|经[过济]|成[年为]|安全|全[部体家]|证言|笔录|出庭|签名|权利|资格|保护|补偿|安抚|谅解|关系|过错|黄金|房[屋产]|车[辆主]|马上|高[某]?达|"
    r"单[位方]|石[头某]|水|金[额钱]|钱[款财]|万元|卡[号内]|施[救某]|伤[情势]|所[有在]|常[见规]|计[算划]|管[理某]|包[括某]|任[何某]|路[过边]|解[释除]|支[付持]|项|申[请诉]|连[续同]|双方|后|明[知确]|许[可某]|尚[未某]|左|严[重某]|步|相|须"
)
_AGE = r"(?<![0-9一二三四五六七八九十百])(?:1[0-7]|[1-9]|十[一二三四五六七]?|[一二三四五六七八九])周?岁"
_MINORS = (
    re.compile(rf"{_AGE}(?:的|男孩|女孩|少年|女童|男童|学生|少女|儿童|未成年人){{1,3}}(?P<name>{_NAME})"),
    re.compile(rf"(?P<name>{_NAME})(?:,[男女])?(?:,|\((?:[男女],)?)(?:今年|现年|年仅|时年|年龄)?{_AGE}"),
    re.compile(rf"(?P<name>{_NAME})(?:今年|现年|年仅|时年){_AGE}"),
    re.compile(
        rf"(?:未成年人|小学生|初中生|幼童|女童|男童|被告人\(未成年\)|未成年被告人|未成年被害人)(?P<name>{_NAME})"
    ),
)
_SCHOOL = re.compile(r"(?:就读于|就读|系|在|是)?[\u4e00-\u9fff]{2,14}(?:小学|中学|幼儿园)")
_PSEUDONYM = Sieved(r"化名|系?假名|均为化名")


def find_protected(text: str) -> list[Person]:
    """Persons in roles that are to be made anonymous, and minors, in folded text. Those under a pseudonym are left out.

    Each person once in each role, by the surest mention.
    """
    if _PSEUDONYM.search(text):
        return []
    found: dict[tuple[str, PersonRole], Person] = {}
    for person in (*_in_roles(text), *_minors(text)):
        known = found.get((person.name, person.role))
        school = person.school or (known is not None and known.school)
        if known is None or (person.sure and not known.sure):
            found[person.name, person.role] = replace(person, school=school)
        elif school:
            found[person.name, person.role] = replace(known, school=True)
    return list(found.values())


def _roles(text: str) -> Iterator[re.Match[str]]:
    """As `_INLINE.finditer`, but asks only where one can begin."""
    end = 0
    for first in _FIRST.finditer(text):
        if first.start() >= end and (match := _INLINE.match(text, first.start())) is not None:
            end = match.end()
            yield match


def _in_roles(text: str) -> Iterator[Person]:
    for match in _roles(text):
        called = _CALLED.match(text, match.end())
        if called is None or match.lastgroup is None:
            continue
        role = _ROLES[int(match.lastgroup[1:])][0]
        if named := _name(text, called.start("run"), called["run"]):
            yield _person(named[0], called.start("run"), role, match.group(), named[1])


def _minors(text: str) -> Iterator[Person]:
    if not any(word in text for word in ("岁", "未成年", "学生", "初中生", "童")):
        return
    for pattern in _MINORS:
        for match in pattern.finditer(text):
            start = match.start("name")
            named = _backwards(text, match) if pattern in _MINORS[1:3] else _name(text, start, match["name"])
            if named is not None:
                sentence = re.split(r"[。\n]", text[match.start() : match.start() + 160])[0]
                school = _SCHOOL.search(sentence) is not None
                yield _person(named[0], start, PersonRole.OTHER, "未成年人", named[1], minor=True, school=school)


def _person(
    name: str, start: int, role: PersonRole, word: str, sure: bool, *, minor: bool | None = None, school: bool = False
) -> Person:
    return Person(
        name=name,
        start=start,
        role=role,
        word=word,
        kind=PersonKind.NATURAL,
        form=form_of(name, PersonKind.NATURAL),
        sure=sure,
        minor=minor,
        school=school,
    )


def _name(text: str, start: int, run: str) -> tuple[str, bool] | None:
    """The full name that begins here and whether its end is sure, or None: three characters before two."""
    if _NOT_NAMES.match(run) or "某" in run or run[0] in NEVER_INLINE:
        return None
    double = (
        given_of(run[:3]) is not None and len(given_of(run[:3]) or "") == 1 and len(run) >= 3 and run[:2] != run[:1] * 2
    )
    lengths = (4, 3, 2) if len(given_of(run[:4]) or "") == 2 and len(run) >= 4 and not double else (3, 2)
    for length in lengths:
        name = run[:length]
        if len(name) < length or form_of(name, PersonKind.NATURAL) is not NameForm.FULL or not is_full_name(name):
            continue
        follows = text[start + length : start + length + 3]
        recurs = text.count(name) >= 3 and name[0] not in AMBIGUOUS
        if _STOPS.match(follows) or not follows:
            if name[0] in AMBIGUOUS and not re.match(r"[,。、;:()]", follows):
                continue
            return name, bool(_SURE.match(follows)) or recurs
        if recurs and length == 3:
            return name, False
    return None


def _backwards(text: str, match: re.Match[str]) -> tuple[str, bool] | None:
    """A name that ends where the age begins: the longest tail that is one."""
    run = match["name"]
    for length in (3, 2):
        name = run[-length:]
        before = text[match.start("name") + len(run) - length - 1 : match.start("name") + len(run) - length]
        if is_full_name(name) and name[0] not in AMBIGUOUS:
            return name, not before or bool(
                re.match(r"[,。、;:()\s]|人|告|生|孩|童|的|女|子|儿|者|弟|妹|兄|姐|孙|侄", before)
            ) or len(run) == length
    return None
