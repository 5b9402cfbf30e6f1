"""D-08: a document that was published, is gone, and nobody says why."""

from __future__ import annotations

from datetime import date

from auditors.calendar import working_days_between
from auditors.matching import stands_elsewhere
from auditors.rule import PASS, S1, S2, Outcome, gravest, rule, suspected, unclear
from auditors.timeliness import chinese
from auditors.views import CaseFile, Coverage, Publication, ledger_evidence

RECHECK = 5  # working days in which a corrected document, or the entry in its place, may be expected


@rule("D-08", severity=S2, basis=("judgments_online_2016/16",))
def withdrawn_document(case: CaseFile, today: date) -> Outcome:
    """撤回未重发或未补登理由

    Violation: 曾在本院网站公布的文书，页面已不存在，经逐夜复查，五个工作日后仍未更正重发，也未公布不公开理由（疑似）；法院提供了撤回审批台账而其中没有该案审批的，按严重列疑似。
    Compliant: 已重新公布（含更换地址）、已公布不公开信息的；五个工作日以内的；文书只是不在列表中而页面仍可打开的；大批文书同时消失，属于网站改版、故障的，不在此列。
    Remedy: 更正后重新公布；属于不公开情形的，公布案号、审理法院、裁判日期和不公开理由，并补办撤回审批。

    A day on which the page was asked and gone is needed, tonight among them; a page that was not asked proves nothing.
    """
    gone = [p for p in case.publications if p.gone_since is not None]
    if not gone or case.notices:
        return PASS
    return gravest(_judge(case, publication, today) for publication in gone)


def _judge(case: CaseFile, publication: Publication, today: date) -> Outcome:
    since = publication.gone_since
    if since is None or working_days_between(since, today) <= RECHECK or stands_elsewhere(case, publication):
        return PASS
    if Coverage.INCOMPLETE in (case.judgments_read, case.notices_read):
        return unclear(
            "曾公布的文书已不能打开，本次未能读全文书公开栏目，不能断定是否重新公布。",
            publication.evidence,
            unread=True,
        )
    message = (
        f"{chinese(publication.first_seen)}曾见公布的文书，{chinese(since)}起页面已不存在，至今未见重新公布和不公开信息"
    )
    approved = [w for w in case.withdrawals if w.court_approval]
    proof = (publication.evidence, *map(ledger_evidence, case.withdrawals))
    if approved:
        return suspected(f"{message}；台账有撤回审批。", *proof, fact_day=since)
    if case.withdrawals_kept and "withdrawals" not in case.unread_ledgers:
        return suspected(f"{message}；撤回审批台账中没有该案的审批。", *proof, severity=S1, fact_day=since)
    return suspected(f"{message}。", *proof, fact_day=since)
