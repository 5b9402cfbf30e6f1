"""P-10: parties named in full since the practice of 2024."""

from __future__ import annotations

from datetime import date

from auditors.basis import article
from auditors.exposure import looked_at
from auditors.names import must_be_anonymous, named, person_evidence
from auditors.page_views import PublishedPage
from auditors.policies import Policy, duty_of
from auditors.rule import PASS, S2, Outcome, rule, suspected
from storage.records import NamedPerson, NameForm, PersonKind, PersonRole

_PRACTICE = "full_anonymisation_2024/names"


@rule("P-10", severity=S2, basis=(_PRACTICE,))
def full_name_after_2024(page: PublishedPage, today: date, policy: Policy | None) -> Outcome:
    """2024年后应全面隐名未隐名

    Violation: 2024年6月1日以后公布的裁判文书，自然人当事人显示全名，或者企业当事人显示字号、法定代表人显示全名（一律列疑似，各地标准不一）。
    Compliant: 此前公布的文书；行政机关、事业单位；地方规范载明保留全名的单位。
    Remedy: 按本院所在高级人民法院的隐名标准核对，应当隐名的处理后重新公布。

    The day stands in `auditors/basis/full_anonymisation_2024.yml`. Published means: not before the stated date, or the day
    of the judgment. Those whom P-08 names are left to it.
    """
    since = article(_PRACTICE).instrument.in_force_from
    earliest = page.not_before
    if not looked_at("P-10", page) or earliest is None or since is None or earliest < since:
        return PASS
    duty = duty_of(policy, "anonymisation", earliest)
    exempt = duty.words("exempt") if duty is not None else ()
    protected = must_be_anonymous(page)
    found = [
        p
        for p in page.persons
        if _is_shown(p) and p not in protected and not p.minor and not any(word in p.masked for word in exempt)
    ]
    if not found:
        return PASS
    message = f"文书公布于{earliest.year}年，首部显示当事人全名：{named(found)}，是否应当隐名需核对。"
    if page.published_on is None:
        message = f"文书作出于{earliest.year}年，首部显示当事人全名：{named(found)}，是否应当隐名需核对。"
    return suspected(message, *person_evidence(page, found), fact_day=earliest)


def _is_shown(person: NamedPerson) -> bool:
    if not person.in_head or person.form is not NameForm.FULL:
        return False
    if person.kind is PersonKind.COMPANY:
        return person.role is PersonRole.PARTY
    return person.kind is PersonKind.NATURAL and person.role in (PersonRole.PARTY, PersonRole.REPRESENTATIVE)
