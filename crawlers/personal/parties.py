"""The head of a judgment → who takes part, in which role, named how. One line for each; run-on heads are read like lines."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date

from crawlers.personal.persons import Person
from crawlers.personal.surnames import form_of, is_numbered, kind_of
from storage.records import NameForm, PersonKind, PersonRole

_ROLES: tuple[tuple[PersonRole, str], ...] = (
    (PersonRole.CIVIL_PLAINTIFF, r"(?:原审)?附带民事(?:公益)?诉讼原告人?|刑事附带民事诉讼原告人"),
    (PersonRole.STATUTORY_AGENT, r"法定代理人|法定监护人|监护人"),
    (PersonRole.REPRESENTATIVE, r"法定代表人|诉讼代表人|负责人|经营者|执行事务合伙人|投资人|业主"),
    (
        PersonRole.COUNSEL,
        r"(?:共同)?委托(?:诉讼)?代理人|诉讼代理人|指定辩护人|辩护人|(?:共同)?(?:指定)?委托代理人|值班律师|法律援助律师",
    ),
    (PersonRole.PROSECUTOR, r"公诉机关|抗诉机关|公益诉讼起诉人|出庭检察员|检察员|执行机关|复核机关"),
    (PersonRole.VICTIM, r"被害人|受害人"),
    (
        PersonRole.PARTY,
        r"(?:原审|一审|二审|再审|反诉|本诉)?(?:原告|被告人|被告|上诉人|被上诉人|第三人|申请人|被申请人)|申请执行人|被执行人|申请再审人|再审申请人|"
        r"被申请再审人|申诉人|被申诉人|异议人|利害关系人|案外人|复议申请人|自诉人|罪犯|赔偿请求人|债务人|债权人|起诉人|申请保全人|申请复议人|被申请保全人|附带民事诉讼被告人",
    ),
)
_ALL = "|".join(words for _, words in _ROLES)
_LINE = re.compile(
    rf"(?:^|(?<=[。;\n]))[ \t]*(?P<role>{_ALL})(?P<extra>(?:\s?\((?!\))[^()]{{1,40}}\))*)[ \t]*:?[ \t]*(?P<names>[^,。;:()\n\t]{{1,60}})",
    re.M,
)
_END = re.compile(r"一案|纠纷案|本院(?:于|受理|立案|依法|审理|经审|在审)|向本院|指控|审理终结")
_LONGEST_HEAD = 8_000
_BORN = re.compile(
    r"(?P<y>(?:19|20)\d{2})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日(?:出)?生|(?:出生于|生于)(?P<y2>(?:19|20)\d{2})年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日"
)
_AGE = re.compile(r"(?:现年|年龄|,)\s?(?P<age>\d{1,2})周?岁")
_SCHOOL = re.compile(
    r"[\u4e00-\u9fff]{2,14}(?:小学|中学|幼儿园|学校)(?=学生|就读|读书|[,。;)]|[一二三四五六七八九]年级|\d)"
)


def find_parties(text: str, day: date) -> list[Person]:
    """The persons of a document's head.

    Args:
        text: The folded text of a judgment.
        day: The day for which ages are reckoned: of the judgment.
    """
    head = text[: _head_end(text)]
    found: list[Person] = []
    for match in _LINE.finditer(head):
        role = next(role for role, words in _ROLES if re.fullmatch(words, match["role"]))
        after = re.split(r"[。\n]", head[match.end() : match.end() + 240])[0]
        minor = is_minor(after, day)
        offset = match.start("names")
        for name in _names(match["names"]):
            kind = kind_of(name)
            found.append(
                Person(
                    name=name,
                    start=offset,
                    role=role,
                    word=match["role"],
                    kind=kind,
                    form=form_of(name, kind),
                    in_head=True,
                    minor=minor if kind is PersonKind.NATURAL and role is not PersonRole.COUNSEL else None,
                    school=bool(minor and _SCHOOL.search(after)),
                )
            )
    return _collapsed(found)


def is_minor(text: str, day: date) -> bool | None:
    """By the birth date or the age that a person's line gives; None: it gives neither."""
    born = _BORN.search(text)
    if born:
        year, month, date_ = (int(born[g] or born[f"{g}2"]) for g in ("y", "m", "d"))
        return (day.year - year - ((day.month, day.day) < (month, date_))) < 18
    age = _AGE.search(text)
    return int(age["age"]) < 18 if age else None


def _head_end(text: str) -> int:
    """Where the parties end: the sentence that says what the case is about."""
    first = _LINE.search(text[:_LONGEST_HEAD])
    if first is None:
        return 0
    found = _END.search(text, first.end(), _LONGEST_HEAD)
    if found is None:
        return min(len(text), _LONGEST_HEAD)
    return max(text.rfind("\n", 0, found.start()), text.rfind("。", 0, found.start())) + 1


def _names(written: str) -> list[str]:
    """`张某、李某` are two; `张 某` is one."""
    names = []
    for piece in re.split(r"[、和](?=[\u4e00-\u9fffA-Za-z])|、", written):
        plain = re.sub(r"(?<=[\u4e00-\u9fff×*])[ \t]+(?=[\u4e00-\u9fff×*])", "", piece).strip(' \t"“”')
        if plain:
            names.append(plain)
    return names


def _collapsed(found: list[Person]) -> list[Person]:
    """Marks parties of one head that bear the same label: nobody can tell them apart."""
    labels = Counter(
        p.name
        for p in found
        if p.role is PersonRole.PARTY and p.kind is PersonKind.NATURAL and p.form is NameForm.ANONYMISED
    )
    return [
        replace(p, collapses=True)
        if p.role is PersonRole.PARTY and labels[p.name] > 1 and not is_numbered(p.name)
        else p
        for p in found
    ]
