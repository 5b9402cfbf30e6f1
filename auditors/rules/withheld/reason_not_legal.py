"""N-03: a reason that is none of the classes of the law."""

from __future__ import annotations

from datetime import date

from auditors.policies import Policy, duty_of
from auditors.reasons import is_before_norm, is_missing, is_vague, reason_class, tidy
from auditors.rule import PASS, S2, Outcome, certain, rule, suspected, unclear, weakened
from auditors.views import NoticeEntry


@rule("N-03", severity=S2, basis=("judgments_online_2016/4",))
def reason_not_legal(notice: NoticeEntry, today: date, policy: Policy | None) -> Outcome:
    """不公开理由不合法定类别

    Violation: 公布的不公开理由不能归入法定类别，如“当事人申请不公开”“敏感案件”“撤诉”，或者填写了文书种类、案号等其他内容；只写“其他”“未成年人”等、未写明属何种情形的列疑似。
    Compliant: 国家秘密、商业秘密、个人隐私，未成年人犯罪，调解结案或确认调解协议，离婚、抚养、监护，其他不宜公布的情形；通行的不同写法、地方规范另列的类别均予认可。
    Remedy: 按法定类别重新填写不公开理由；不属于法定不公开情形的，依法公布裁判文书。

    An empty reason is N-02's. A local measure with more classes is named by the court's policy (`withheld_reasons`): its
    words are classes too; if it names no words, the measure is known to exist and its text is not, and nothing is certain.
    Entries that were published before 2016-10-01 fell under another norm: they are left to a person.
    """
    entry = notice.entry
    if is_missing(entry.reason) or reason_class(entry.reason) is not None:
        return PASS
    duty = duty_of(policy, "withheld_reasons", entry.published or today)
    words = duty.words("words") if duty is not None else ()
    if any(word in tidy(entry.reason) for word in words):
        return PASS
    said = f"不公开理由写作“{(entry.reason or '').strip()[:60]}”"
    if is_before_norm(entry):
        return unclear(f"{said}，不属于现行法定类别；该信息公布于现行规定施行前，需核对。")
    if is_vague(entry.reason):
        return suspected(f"{said}，未写明属于何种法定情形。", fact_day=entry.published)
    outcome = certain(f"{said}，不属于法定类别。", fact_day=entry.published)
    return weakened(outcome, "本院适用的地方规范另列类别，需对照") if duty is not None and not words else outcome
