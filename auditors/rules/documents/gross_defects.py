"""D-10: gross defects of a published document."""

from __future__ import annotations

from datetime import date

from auditors.document_views import DocumentState
from auditors.rule import PASS, S2, Outcome, certain, gravest, rule, suspected
from auditors.timeliness import chinese
from storage.case_number import CaseNumber
from storage.courts import court_of_code, find_court, same_court
from storage.records import Sign

_SEEN = {
    Sign.EMPTY: "页面只有标题，没有文书正文",
    Sign.GARBLED: "正文是乱码",
    Sign.NO_NUMBER: "首部没有案号",
    Sign.ODD_NUMBER: "首部案号残缺或者格式不符",
    Sign.TWO_NUMBERS: "标题的案号与文书首部的案号不一致",
    Sign.NO_DATE: "没有落款日期",
}
_BRANCHES = {
    "criminal": ("刑事", "减刑", "假释"),
    "civil": ("民事",),
    "administrative": ("行政", "行政赔偿"),
    "enforcement": ("执行",),
}


@rule("D-10", severity=S2, basis=("judgments_online_2016/16", "document_format_2013/signatures"))
def gross_defects(document: DocumentState, today: date) -> Outcome:
    """文书低级错误

    Violation: 公布的文书留有“（院印）”“本件与原本核对无异”字样（确定）；正文空白或乱码，案号缺失、残缺、前后不一，没有落款日期，裁判日期在将来或早于案号年份，文书种类与案号类型代字不符，首部法院与法院代字不符（疑似）。
    Compliant: 上述各项无误；案号年份早于裁判年份的；旧案号；附件为扫描件未能读取的，不判断；法院代字按行政区划推算，只作提示。
    Remedy: 撤回有误的文书，更正后重新公布；加强公布前的校对。
    """
    judgment = document.publication.judgment
    left = document.shows(Sign.SEAL_MARK, Sign.COPY_MARK)
    words = {Sign.SEAL_MARK: "（院印）", Sign.COPY_MARK: "本件与原本核对无异"}
    found: list[Outcome] = []
    if left:
        named = "、".join(f"“{words[sign]}”" for sign in left)
        verdict = certain if judgment.imported is None else suspected
        found.append(verdict(f"公布的文书没有删去{named}字样。", *document.evidence))
    if judgment.unread is None:
        found += [suspected(f"{text}，需核对。", *document.evidence) for text in _doubts(document, today)]
    return gravest(found) if found else PASS


def _doubts(document: DocumentState, today: date) -> list[str]:
    judgment, number = document.publication.judgment, document.number
    doubts = [_SEEN[sign] for sign in document.shows(*_SEEN)]
    if judgment.decided is not None:
        if judgment.decided > today:
            doubts.append(f"落款日期{chinese(judgment.decided)}在将来")
        elif number is not None and judgment.decided.year < number.year:
            doubts.append(f"落款日期{chinese(judgment.decided)}早于案号年份{number.year}年")
    if number is not None and not number.old:
        doubts += [text for text in (_branch(judgment.branch, number), _court(document, number)) if text]
    return doubts


def _branch(branch: str | None, number: CaseNumber) -> str | None:
    """民事判决书 under 刑初: of the plain branches only; others (财保, 破, 赔) use several."""
    wanted = _BRANCHES.get(number.category)
    plain = {name for names in _BRANCHES.values() for name in names}
    if wanted is None or branch not in plain or branch in wanted:
        return None
    if number.category == "administrative" and number.plain_type.startswith("行审") and branch == "执行":
        return None
    return f"文书种类为{branch}，案号类型代字为{number.type_code}"


def _court(document: DocumentState, number: CaseNumber) -> str | None:
    """The court of the head against that of the code: the court's own, else only where both are listed, and surely two."""
    printed = document.publication.judgment.printed_court
    meant = court_of_code(number.court_code)
    other = printed is not None and document.court is not None and same_court(printed, document.court) is False
    if other and number.court_code in document.own_codes:
        return f"首部法院不是本院，案号的法院代字{number.court_code}却是本院的"
    if printed is None or meant is None or find_court(printed) is None or same_court(printed, meant.name) is not False:
        return None
    own = document.court is not None and same_court(printed, document.court) is True
    if own and (not document.own_codes or number.court_code in document.own_codes):
        return None  # the court's own use beats a code derived from divisions
    return f"首部法院与案号的法院代字{number.court_code}不符"
