"""D-05: published before it took effect."""

from __future__ import annotations

from datetime import timedelta

from auditors.effective import Document, appeal_days
from auditors.matching import distinct_documents, entry_of, find_document, is_appealed, kind_of
from auditors.rule import PASS, S1, Outcome, certain, gravest, rule, suspected, unclear
from auditors.timeliness import chinese
from auditors.views import CaseFile, Publication, ledger_evidence
from storage.records import CaseEntry


@rule("D-05", severity=S1, basis=("judgments_online_2016/7", "judgments_online_2013/deadline"))
def premature_upload(case: CaseFile) -> Outcome:
    """未生效文书上网

    Violation: 公布日期早于台账所载生效日期；台账没有生效日期时，可上诉的一审文书在裁判日期后的上诉期内即已公布（疑似）。
    Compliant: 生效当日及以后公布；小额诉讼、特别程序、终审等一经送达即生效的文书；准许撤诉等不可上诉的裁定；可否上诉不明的列待核实。
    Remedy: 核实文书是否已生效；未生效的立即撤回，生效后再公布。
    """
    by_ledger = [_by_ledger(case, entry) for entry in distinct_documents(case)]
    by_estimate = [_by_estimate(case, publication) for publication in case.publications]
    return gravest([*by_ledger, *by_estimate])


def _by_ledger(case: CaseFile, entry: CaseEntry) -> Outcome:
    effective = entry.appeal_effective if is_appealed(entry) else entry.effective
    match = find_document(case, entry)
    if effective is None or match is None or match.publication.latest >= effective:
        return PASS
    stated = match.publication.stated
    when = f"公布日期为{chinese(stated)}" if stated else f"不晚于{chinese(match.publication.latest)}即已公布"
    message = f"{when}，早于{'二审' if is_appealed(entry) else ''}生效日期{chinese(effective)}。"
    proof = (match.publication.evidence, ledger_evidence(entry))
    if not match.sure:
        return unclear(f"{message}同一案号有多份文书，需核对是否同一份。", *proof, fact_day=match.publication.latest)
    if not is_appealed(entry):
        shortest, longest = appeal_days(_document(case, match.publication, entry))
        if case.number is not None and longest == 0:
            return PASS  # effective on service: the ledger's date is no bar
        if shortest == 0:
            return unclear(
                f"{message}该文书可能一经送达即生效，台账生效日期需核对。", *proof, fact_day=match.publication.latest
            )
    return certain(message, *proof, fact_day=match.publication.latest)


def _document(case: CaseFile, publication: Publication, entry: CaseEntry | None) -> Document:
    judgment = publication.judgment
    return Document(
        decided=judgment.decided or publication.latest,
        number=case.number,
        kind=judgment.document_type or (entry.document_type if entry else None),
        appeal_clause=judgment.appeal_clause,
        final_clause=judgment.final_clause,
        procedure=entry.procedure if entry else None,
    )


def _by_estimate(case: CaseFile, publication: Publication) -> Outcome:
    judgment, entry = publication.judgment, entry_of(case, publication)
    if judgment.decided is None or case.number is None or not case.number.is_first_instance:
        return PASS
    if entry is not None and (entry.effective or entry.appeal_effective):
        return PASS
    if kind_of(judgment.document_type) not in ("判决书", "裁定书"):
        return PASS
    days, _ = appeal_days(_document(case, publication, entry))
    last = judgment.decided + timedelta(days=days)
    if days == 0 or not judgment.decided <= publication.latest <= last:
        return PASS
    message = (
        f"一审{kind_of(judgment.document_type)}裁判日期为{chinese(judgment.decided)}，上诉期{days}日，"
        f"{chinese(publication.latest)}即已公布，当时上诉期尚未届满"
    )
    if judgment.appeal_clause:
        return suspected(f"{message}。", publication.evidence, fact_day=publication.latest)
    return unclear(f"{message}；正文未识别出上诉告知，需核对。", publication.evidence, fact_day=publication.latest)
