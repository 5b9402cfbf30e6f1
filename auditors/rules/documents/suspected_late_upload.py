"""D-03: public data alone, by the bounds of the estimated effective date."""

from __future__ import annotations

import re
from datetime import date

from auditors.calendar import PROVISIONAL_NOTE
from auditors.deadline import Deadline, publication_deadline
from auditors.effective import Document, Estimate, estimate
from auditors.matching import entry_of, is_appealed, is_exempt, kind_of
from auditors.rule import HELD, PASS, S2, S3, Outcome, gravest, rule, suspected, unclear
from auditors.timeliness import chinese
from auditors.views import CaseFile, Publication
from storage.case_number import parse
from storage.records import CaseEntry

_RETRIED = re.compile(r"再审|重审|发回|提审")


@rule("D-03", severity=S2, basis=("judgments_online_2016/7", "judgments_online_2013/deadline"))
def suspected_late_upload(case: CaseFile) -> Outcome:
    """疑似逾期上网（公开数据推算）

    Violation: 台账没有生效日期时，按裁判日期、上诉期和送达期限推算，公布日期晚于最晚生效日后第七个工作日（疑似）；介于最早与最晚推算日之间的列待核实。
    Compliant: 不晚于按最早生效日推算的期限；台账载明生效日期的不推算（D-01、D-02）；调解书及离婚、抚养、监护等依法不公布的不推算。
    Remedy: 查明文书实际送达、生效日期并填入台账；确属逾期的按逾期上网整改。

    An estimate never makes a finding certain. Second-instance documents that quote the case replace the appeal
    period. Retrials and cases sent back (发回重审) stay unclear: their day of effect follows another course.
    """
    if case.approvals:
        return PASS
    return gravest(_judge(case, publication) for publication in case.publications)


def _judge(case: CaseFile, publication: Publication) -> Outcome:
    judgment = publication.judgment
    entry = entry_of(case, publication)
    if entry is not None and (entry.effective or entry.appeal_effective):
        return PASS
    if kind_of(judgment.document_type) == "调解书" or is_exempt(case, judgment.document_type):
        return PASS
    if judgment.decided is None or case.number is None:
        return HELD
    if judgment.decided > publication.latest:
        return unclear(
            f"页面裁判日期{chinese(judgment.decided)}晚于公布日期{chinese(publication.latest)}，日期需核对。",
            publication.evidence,
            severity=S3,
        )
    appealed = entry is not None and is_appealed(entry)
    bounds = _bounds(case, publication, entry.procedure if entry else None)
    if bounds is None:
        return HELD
    earliest, latest = publication_deadline(bounds.earliest), publication_deadline(bounds.latest)
    if earliest is None or latest is None or earliest.is_met(publication.likely):
        return PASS
    doubt = "本案已上诉，二审生效日期未知，需核对" if appealed and not case.appeals else None
    if _is_retried(case, publication, entry):
        doubt = "本案属再审或者可能发回重审，生效日期需核对"
    return _outcome(publication, judgment.decided, bounds, earliest, latest, doubt)


def _is_retried(case: CaseFile, publication: Publication, entry: CaseEntry | None) -> bool:
    """A retrial, or a case sent back; a second instance's ruling may be the one that sends it back."""
    if case.number is not None and case.number.instance in ("再", "提", "抗"):
        return True
    words = (publication.judgment.title, entry.procedure if entry else None)
    if any(_RETRIED.search(word or "") for word in words):
        return True
    return any(kind_of(p.judgment.document_type) == "裁定书" for p in case.appeals)


def _bounds(case: CaseFile, publication: Publication, procedure: str | None) -> Estimate | None:
    judgment, number = publication.judgment, case.number
    second = [p.judgment for p in case.appeals if p.judgment.decided is not None]
    if second and number is not None and number.is_first_instance:
        judgment = max(second, key=lambda j: (j.decided or date.min, j.url))
        number, procedure = parse(judgment.case_number or ""), "二审"
    if judgment.decided is None:
        return None
    return estimate(
        Document(
            decided=judgment.decided,
            number=number,
            kind=judgment.document_type,
            appeal_clause=judgment.appeal_clause,
            final_clause=judgment.final_clause,
            notice_service=judgment.notice_service,
            foreign_party=judgment.foreign_party,
            procedure=procedure,
        )
    )


def _outcome(
    publication: Publication, decided: date, bounds: Estimate, earliest: Deadline, latest: Deadline, doubt: str | None
) -> Outcome:
    note = f"（{PROVISIONAL_NOTE}）" if bounds.provisional or latest.provisional else ""
    published = chinese(publication.stated) if publication.stated else _hint(publication)
    message = (
        f"裁判日期为{chinese(decided)}，公布日期{published}；推算生效日在{chinese(bounds.earliest)}至"
        f"{chinese(bounds.latest)}之间，上网期限在{chinese(earliest.last)}至{chinese(latest.last)}之间{note}"
    )
    proven_after = publication.earliest
    if proven_after is not None and not latest.is_met(proven_after) and doubt is None:
        return suspected(f"{message}，疑似逾期。", publication.evidence, fact_day=bounds.latest)
    reason = doubt or "是否逾期需核对送达和生效日期"
    return unclear(f"{message}，{reason}。", publication.evidence, severity=S3, fact_day=bounds.latest)


def _hint(publication: Publication) -> str:
    if publication.likely < publication.latest:
        return f"按文书编号推算约为{chinese(publication.likely)}"
    return f"不晚于{chinese(publication.latest)}"
