"""N-03: a reason that is none of the classes of the law."""

from __future__ import annotations

from auditors.reasons import is_missing, reason_class
from auditors.rule import PASS, S2, Outcome, certain, rule
from auditors.views import NoticeEntry


@rule("N-03", severity=S2, basis=("judgments_online_2016/4",))
def reason_not_legal(notice: NoticeEntry) -> Outcome:
    """不公开理由不合法定类别

    Violation: 公布的不公开理由不能归入法定类别，如“当事人申请不公开”“敏感案件”“撤诉”，或者填写了文书种类、案号等其他内容。
    Compliant: 国家秘密、商业秘密、个人隐私，未成年人犯罪，调解结案或确认调解协议，离婚、抚养、监护，其他不宜公布的情形；通行的不同写法均予认可。
    Remedy: 按法定类别重新填写不公开理由；不属于法定不公开情形的，依法公布裁判文书。

    An empty reason is N-02's. Local measures with more classes are not known to this rule.
    """
    reason = notice.entry.reason
    if is_missing(reason) or reason_class(reason) is not None:
        return PASS
    return certain(f"不公开理由写作“{(reason or '').strip()[:60]}”，不属于法定类别。", fact_day=notice.entry.published)
