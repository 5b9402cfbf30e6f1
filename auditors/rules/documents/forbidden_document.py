"""D-07: a document that Article 4 keeps off the internet, published."""

from __future__ import annotations

import re

from auditors.basis import article
from auditors.document_views import DocumentState
from auditors.matching import kind_of
from auditors.rule import PASS, S0, Outcome, gravest, rule, suspected, unclear
from storage.records import Sign

_NORM = "judgments_online_2016/4"
# Of the official list of causes; what is left to divide after a divorce (离婚后…) and guardians' liability are others.
_DIVORCE = re.compile(r"离婚(?!后)")
_CUSTODY = re.compile(r"抚养(?!费)|(?<!被)监护(?!人责任)|探望权|收养")
_DOUBTFUL = re.compile(r"离婚后|抚养费|同居关系(?!析产)|婚姻无效|撤销婚姻")
_CONFIRMED = re.compile(r"司法确认|(?:确认|申请).{0,4}(?:人民)?调解协议|调解协议(?:效力|司法确认)")
_PUBLIC_INTEREST = re.compile(r"公益")


@rule("D-07", severity=S0, basis=(_NORM,))
def forbidden_document(document: DocumentState) -> Outcome:
    """不应公开文书上网

    Violation: 已公布的文书属于未成年人犯罪、调解书或确认调解协议、离婚诉讼或者未成年子女抚养、监护，或者带有国家秘密标志（疑似，须人工确认）；离婚后财产、抚养费等是否属于上述情形不明的列待核实。
    Compliant: 行政调解书、民事公益诉讼调解书应当公布；为保护国家利益、社会公共利益、他人合法权益确有必要公开的调解书，人工确认后消除；只引用离婚、调解事实的其他案件；2016年10月1日以前公布的按当时规定不在此列。
    Remedy: 当日撤下核查；属于不公开情形的，按规定公布案号、审理法院、裁判日期和不公开理由。
    """
    published = document.publication.stated
    start = article(_NORM).instrument.in_force_from
    if published is not None and start is not None and published < start:
        return PASS
    return gravest([_by_type(document), _by_cause(document), _by_text(document)])


def _by_type(document: DocumentState) -> Outcome:
    judgment, number = document.publication.judgment, document.number
    words = f"{judgment.cause or ''}{judgment.title}"
    if kind_of(judgment.document_type) == "调解书":
        administrative = judgment.branch in ("行政", "行政赔偿") or (
            number is not None and number.plain_type.startswith("行")
        )
        if not administrative and not _PUBLIC_INTEREST.search(words):
            return _forbidden(document, "公布的是调解书")
    if _CONFIRMED.search(words) or (number is not None and "调确" in number.type_code):
        return _forbidden(document, "公布的是确认调解协议的文书")
    return PASS


def _by_cause(document: DocumentState) -> Outcome:
    judgment = document.publication.judgment
    cause = judgment.cause or judgment.title
    if document.number is not None and document.number.category not in ("civil", "jurisdiction", "other"):
        return PASS  # the enforcement of a divorce, or a crime within a family, is another case
    if _DIVORCE.search(cause):
        return _forbidden(document, "公布的文书案由涉及离婚")
    if _DOUBTFUL.search(cause):
        return unclear(
            "公布的文书案由与婚姻、抚养有关，是否属于离婚诉讼或者未成年子女抚养、监护，需核对。", *document.evidence
        )
    if _CUSTODY.search(cause):
        return _forbidden(document, "公布的文书案由涉及抚养、监护")
    return PASS


def _by_text(document: DocumentState) -> Outcome:
    found: list[Outcome] = []
    if document.shows(Sign.JUVENILE):
        found.append(_forbidden(document, "正文显示被告人是未成年人"))
    if document.shows(Sign.SECRET_MARK):
        found.append(_forbidden(document, "文书带有国家秘密标志"))
    if re.search(r"未成年人?犯罪", document.publication.judgment.cause or ""):
        found.append(_forbidden(document, "公布的是未成年人犯罪案件的文书"))
    return gravest(found)


def _forbidden(document: DocumentState, what: str) -> Outcome:
    return suspected(f"{what}，依法不在互联网公布，需人工确认。", *document.evidence)
