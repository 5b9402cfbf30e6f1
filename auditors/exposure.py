"""How sure it is that a datum on a page ought not to stand there: what P-01 to P-06, and P-15 for files, have in common.

Which rules look at which kind of page is the table `LOOKED_AT` (domain/rules.md §1.3): a served notice names the person
it is served on, an auction describes the car, the execution platform prints its own form of identity numbers. `certain`
needs format, check digit and context together; where the words around leave room for a lawful reason, it is `suspected`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from auditors.page_views import PublishedPage
from auditors.rule import CERTAIN, PASS, S2, SUSPECTED, Outcome, Severity, certain, suspected
from storage.records import DatumKind, Evidence, Holder, PageKind, PersonalDatum, Source

_J, _H, _S = PageKind.JUDGMENT, PageKind.HEARING, PageKind.SERVICE
_D, _A, _N = PageKind.DEFAULTERS, PageKind.AUCTION, PageKind.NEWS
_O, _W = PageKind.NOTICE, PageKind.WITHHELD
LOOKED_AT: dict[str, frozenset[PageKind]] = {
    "P-01": frozenset({_J, _H, _S, _D, _A, _N, _O, _W}),
    "P-02": frozenset({_J, _H, _A, _N, _O, _W}),
    "P-03": frozenset({_J, _H, _S, _A, _N, _O, _W}),
    "P-04": frozenset({_J, _H, _S, _N}),
    "P-05": frozenset({_J, _H, _S, _N}),
    "P-06": frozenset({_J, _H, _N, _O, _W}),
    "P-07": frozenset({_J, _H, _N}),
    "P-08": frozenset({_J, _N}),
    "P-09": frozenset({_J}),
    "P-10": frozenset({_J}),
    "P-13": frozenset({_J, _H, _N, _O}),
    "P-14": frozenset({_J, _N}),
}
RULE_OF: dict[DatumKind, str] = {
    DatumKind.ID_NUMBER: "P-01",
    DatumKind.OLD_ID_NUMBER: "P-01",
    DatumKind.MOBILE: "P-02",
    DatumKind.LANDLINE: "P-02",
    DatumKind.EMAIL: "P-02",
    DatumKind.QQ: "P-02",
    DatumKind.WECHAT: "P-02",
    DatumKind.BANK_ACCOUNT: "P-03",
    DatumKind.PLATE: "P-04",
    DatumKind.TITLE_CERTIFICATE: "P-05",
    DatumKind.ADDRESS: "P-06",
    DatumKind.HEALTH: "P-07",
    DatumKind.SECRET: "P-14",
}
NAMES: dict[DatumKind, str] = {
    DatumKind.ID_NUMBER: "居民身份证号码",
    DatumKind.OLD_ID_NUMBER: "15位居民身份证号码",
    DatumKind.MOBILE: "手机号码",
    DatumKind.LANDLINE: "固定电话号码",
    DatumKind.EMAIL: "电子邮箱",
    DatumKind.QQ: "QQ号",
    DatumKind.WECHAT: "微信号",
    DatumKind.BANK_ACCOUNT: "银行账号",
    DatumKind.PLATE: "车牌号码",
    DatumKind.TITLE_CERTIFICATE: "权属证书编号",
    DatumKind.ADDRESS: "家庭住址",
    DatumKind.HEALTH: "健康状况",
    DatumKind.SECRET: "涉密内容",
}
_OWN = (Holder.COURT, Holder.OFFICIAL, Holder.LAWYER, Holder.ADMINISTRATOR)
_PRIVATE_PAGES = (_J, _N, _H)  # about persons, not issued to say whom to call
MOST_SHOWN = 5


def looked_at(rule: str, page: PublishedPage) -> bool:
    """Does the rule look at pages of this kind? Attachments have a rule of their own."""
    return not page.scan.attachment and page.scan.kind in LOOKED_AT[rule]


def judged(page: PublishedPage, rule: str) -> Outcome:
    """What a rule of the kind P-01 to P-06 says of a page: its own data, each weighed, as one finding."""
    if not looked_at(rule, page):
        return PASS
    own = [d for d in page.data if RULE_OF[d.kind] == rule]
    return as_finding(page, own, severity=_severity(rule, page.scan.kind))


def as_finding(page: PublishedPage, data: Iterable[PersonalDatum], *, severity: Severity | None = None) -> Outcome:
    """One outcome for all data of a page: as grave as the gravest, naming only those of that grade."""
    weighed = [(grade, datum) for datum in data if (grade := grade_of(datum, page.scan.kind)) is not None]
    sure = [datum for grade, datum in weighed if grade == CERTAIN]
    shown = distinct(sure or [datum for _, datum in weighed])
    if not shown:
        return PASS
    say = proven(page) if sure else suspected
    where = "附件" if page.scan.attachment else "页面"
    doubt = "" if sure else "，是否属于依法应当隐去的个人信息需核对"
    message = f"{where}上有未隐去的{listed(shown)}{doubt}{unproven(page) if sure else ''}。"
    return lawful(page, say(message, *evidence(page, shown), severity=severity, fact_day=fact_day(page)))


def proven(page: PublishedPage) -> Callable[..., Outcome]:
    """How to say what a page shows beyond doubt: of a dump it is suspected, since a file can be edited, and no page is kept."""
    return certain if page.scan.imported is None else suspected


def unproven(page: PublishedPage) -> str:
    """What a message about an imported text adds."""
    return "" if page.scan.imported is None else "（据导入数据，需在发布平台核对）"


def distinct(data: Iterable[PersonalDatum]) -> list[PersonalDatum]:
    """Each value once, though it stands in the title as well."""
    return list({(d.kind, d.masked): d for d in data}.values())


def listed(data: list[PersonalDatum]) -> str:
    """`居民身份证号码2个：4499************38（第4段）、…`, masked, by kind."""
    parts = []
    for kind in dict.fromkeys(d.kind for d in data):
        own = [d for d in data if d.kind is kind]
        first = "、".join(f"{d.masked}（{place_of(d)}）" for d in own[:MOST_SHOWN])
        parts.append(f"{NAMES[kind]}{len(own)}个：{first}{'等' if len(own) > MOST_SHOWN else ''}")
    return "；".join(parts)


def place_of(datum: PersonalDatum) -> str:
    """Where on the page: 标题, 附件名称, 第4段."""
    named = {Source.TITLE: "标题", Source.ATTACHMENT_NAME: "附件名称"}
    place = named.get(datum.source, f"第{datum.paragraph}段")
    return f"{place}，共{datum.times}处" if datum.times > 1 else place


def evidence(page: PublishedPage, data: list[PersonalDatum]) -> tuple[Evidence, ...]:
    """The kept page, with what may be shown of the first datum; of an attachment the page that offers it too."""
    excerpt = "；".join(f"{d.label or NAMES[d.kind]} {d.masked}" for d in data[:MOST_SHOWN])
    first, *others = page.evidence
    return (replace(first, excerpt=excerpt), *others)


def fact_day(page: PublishedPage) -> date | None:
    """A judgment is measured by the norms of its publication; what else stands there today, by those of today."""
    return page.published_on if page.scan.kind is PageKind.JUDGMENT else None


def lawful(page: PublishedPage, outcome: Outcome) -> Outcome:
    """The outcome with the basis of its page: judgments have a norm of their own, other pages the law on personal data."""
    return outcome if page.scan.kind is PageKind.JUDGMENT else replace(outcome, basis=GENERAL)


GENERAL = ("personal_information_2021/28", "personal_information_2021/34")


def _severity(rule: str, kind: PageKind) -> Severity | None:
    """A number to call on an administrative notice is not as grave as one in a judgment."""
    return S2 if rule == "P-02" and kind not in _PRIVATE_PAGES else None


# --- the grade of one datum ---


def grade_of(datum: PersonalDatum, kind: PageKind) -> str | None:
    """certain, suspected, or None if it may stand there.

    Args:
        kind: Of the page, or of the page that offers the attachment.
    """
    return _GRADES[RULE_OF[datum.kind]](datum, kind, frozenset(datum.checks))


def _identity(datum: PersonalDatum, kind: PageKind, checks: frozenset[str]) -> str | None:
    if kind is _D:  # the execution platform prints numbers with four digits hidden; the whole number is beyond that
        return SUSPECTED if "check_digit" in checks else None
    if "partly_masked" in checks:
        return SUSPECTED if kind is _J else None
    if not {"birth_date", "check_digit"} <= checks:
        return SUSPECTED
    labelled = "label" in checks
    doubtful = not labelled and ("spaced" in checks or "recent" in checks)
    return SUSPECTED if doubtful else CERTAIN


def _contact(datum: PersonalDatum, kind: PageKind, checks: frozenset[str]) -> str | None:
    if datum.holder in _OWN:
        return None
    if kind not in _PRIVATE_PAGES:
        return SUSPECTED if datum.holder is Holder.NATURAL else None
    if datum.holder is Holder.COMPANY:
        return SUSPECTED if datum.kind is DatumKind.MOBILE and kind is _J else None
    if kind is not _J:
        return SUSPECTED if datum.holder is Holder.NATURAL else None
    return CERTAIN if datum.holder is Holder.NATURAL else SUSPECTED


def _account(datum: PersonalDatum, kind: PageKind, checks: frozenset[str]) -> str | None:
    if datum.holder in (Holder.COURT, Holder.ADMINISTRATOR, Holder.OFFICIAL):
        return None
    owned = datum.holder in (Holder.NATURAL, Holder.COMPANY)
    if kind in (_J, _S):
        return CERTAIN if {"label"} <= checks and "length" not in checks and (owned or "luhn" in checks) else SUSPECTED
    return SUSPECTED if datum.holder is Holder.NATURAL or (kind is _N and "label" in checks) else None


def _thing(datum: PersonalDatum, kind: PageKind, checks: frozenset[str]) -> str | None:
    return CERTAIN if kind in (_J, _S) and "label" in checks else SUSPECTED


def _address(datum: PersonalDatum, kind: PageKind, checks: frozenset[str]) -> str | None:
    if "house" in checks:
        return CERTAIN if kind is _J else SUSPECTED
    return SUSPECTED if kind is _J else None


def _pointed(datum: PersonalDatum, kind: PageKind, checks: frozenset[str]) -> str | None:
    return SUSPECTED


_GRADES: dict[str, Callable[[PersonalDatum, PageKind, frozenset[str]], str | None]] = {
    "P-01": _identity,
    "P-02": _contact,
    "P-03": _account,
    "P-04": _thing,
    "P-05": _thing,
    "P-06": _address,
    "P-07": _pointed,
    "P-14": _pointed,
}
