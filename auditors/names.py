"""Who has to be anonymous on a page, and who is not: what P-08, P-09, P-10 and P-13 share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from auditors.exposure import MOST_SHOWN
from auditors.page_views import PublishedPage
from storage.records import Evidence, NamedPerson, NameForm, PersonKind, PersonRole

_FAMILY = re.compile(
    r"离婚|婚约|婚姻|抚养|扶养|赡养|收养|监护权|探望权|同居|继承|遗嘱|遗赠|遗产|被继承人|分家析产|婚姻家庭|家庭暴力|夫妻|彩礼|人身安全保护"
)
CRIMINAL_ROLES = (PersonRole.VICTIM, PersonRole.CIVIL_PLAINTIFF)
ANY_CASE_ROLES = (PersonRole.WITNESS, PersonRole.EXPERT)
FAMILY_ROLES = (PersonRole.PARTY, PersonRole.STATUTORY_AGENT)


def full_names(page: PublishedPage) -> list[NamedPerson]:
    """Natural persons whose names stand there in full."""
    return [p for p in page.persons if p.kind is PersonKind.NATURAL and p.form is NameForm.FULL]


def family_cause(page: PublishedPage) -> str | None:
    """The cause of a marriage, family or inheritance case, if the document's is one."""
    cause = page.judgment.cause if page.judgment is not None else None
    if page.number is not None and page.number.plain_type in ("民保令", "民保更"):
        return cause or "申请人身安全保护令"
    return cause if cause and _FAMILY.search(cause) and "承包" not in cause else None


def is_criminal(page: PublishedPage) -> bool:
    """A criminal document, by its case number or the words before its type."""
    branch = page.judgment.branch if page.judgment is not None else None
    return bool(branch and "刑事" in branch) or (page.number is not None and "刑" in page.number.plain_type)


def must_be_anonymous(page: PublishedPage) -> list[NamedPerson]:
    """Persons of a document whom Art. 8 protects, whose names stand there in full; of minors those of family cases."""
    roles: set[PersonRole] = set(ANY_CASE_ROLES)
    if is_criminal(page):
        roles.update(CRIMINAL_ROLES)
    found = [p for p in full_names(page) if p.role in roles and not p.minor]
    if family_cause(page) is not None:
        found += [p for p in full_names(page) if p.minor or (p.in_head and p.role in FAMILY_ROLES)]
    elif has_minor(page) or is_criminal(page):
        found += [p for p in full_names(page) if p.in_head and p.role is PersonRole.STATUTORY_AGENT]
    return found


def has_minor(page: PublishedPage) -> bool:
    return any(p.minor for p in page.persons)


def named(persons: Iterable[NamedPerson]) -> str:
    """`原告王**、被告李**`: masked, each once."""
    labels = list(dict.fromkeys(f"{p.word}{p.masked}（第{p.paragraph}段）" for p in persons))
    return "、".join(labels[:MOST_SHOWN]) + (f"等{len(labels)}人" if len(labels) > MOST_SHOWN else "")


def person_evidence(page: PublishedPage, persons: Iterable[NamedPerson]) -> tuple[Evidence, ...]:
    """The kept page, with the masked names."""
    first, *others = page.evidence
    return (replace(first, excerpt=named(persons)), *others)
