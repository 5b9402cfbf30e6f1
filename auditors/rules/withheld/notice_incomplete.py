"""N-02: the four elements of a public entry."""

from __future__ import annotations

from auditors.reasons import is_before_norm, is_missing, may_leak_secret
from auditors.rule import HELD, PASS, S1, Outcome, certain, rule, unclear
from auditors.views import NoticeEntry
from storage import case_number


@rule("N-02", severity=S1, basis=("judgments_online_2016/6",))
def notice_incomplete(notice: NoticeEntry) -> Outcome:
    """不公开信息要素缺失

    Violation: 公布的不公开信息中，案号、审理法院、裁判日期、不公开理由有一项空缺，或者以“无”“—”“×××”等代替。
    Compliant: 四项要素齐全；公布要素本身可能泄露国家秘密的。
    Remedy: 补全案号、审理法院、裁判日期和不公开理由四项要素。

    An element that is there but cannot be read as a case number or date is left to a person. A list that has no column
    for an element, but leads to a page of its own that could not be read, proves nothing missing. Entries that were
    published before 2016-10-01 fell under another norm, whose text is not at hand: they too are left to a person.
    """
    entry = notice.entry
    if may_leak_secret(entry.reason):
        return PASS
    values = {
        "案号": entry.case_number_raw or entry.case_number,
        "审理法院": entry.court,
        "裁判日期": entry.decided_raw or (str(entry.decided) if entry.decided else None),
        "不公开理由": entry.reason,
    }
    missing = [name for name, value in values.items() if is_missing(value)]
    if entry.partial and any(values[name] is None for name in missing):
        missing = [name for name in missing if values[name] is not None]
        if not missing:
            return HELD
    if "案号" not in missing and case_number.masked(values["案号"] or ""):
        missing.insert(0, "案号")
    if missing and is_before_norm(entry):
        return unclear(f"不公开信息缺少{'、'.join(missing)}；该信息公布于现行规定施行前，当时的要求需核对。")
    if missing:
        return certain(f"不公开信息缺少{'、'.join(missing)}。", fact_day=entry.published)
    unread = [
        f"{name}写作“{values[name]}”"
        for name, known in (("案号", entry.case_number), ("裁判日期", entry.decided))
        if known is None
    ]
    if unread:
        return unclear(f"不公开信息的{'，'.join(unread)}，无法辨认，需核对。", fact_day=entry.published)
    return PASS
