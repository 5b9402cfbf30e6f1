"""One finding looked at again by the pages that prove it: is it still there, is it well, or can that not be told from them?

Nothing is concluded from less than a night would conclude it from. What rests on a whole site, on a list or on a ledger is
left to the next night; so is a page that has become quite another one, since a notice of maintenance is no mending.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.engine import Connection

from auditors.document_views import DocumentState
from auditors.joins import join
from auditors.page_views import PublishedPage
from auditors.policies import Policy
from auditors.rule import CERTAIN, PASS_, SUSPECTED, Outcome, Rule, all_rules, gravest
from auditors.views import LinkHistory, NoticeEntry, PageState, StatisticsTable, View
from storage import store
from storage.findings import ABSENT, PASSED, UNREAD, Finding
from storage.records import Access, Target

NIGHT = "night"
"""Not to be told from a few pages: the next night will."""

AT_ONCE: tuple[type, ...] = (LinkHistory, PageState, PublishedPage, DocumentState, NoticeEntry, StatisticsTable)
_GONE = (Access.GONE, Access.SOFT_GONE)


@dataclass(frozen=True, kw_only=True)
class PageRead:
    """What came of one page that was asked again.

    Attributes:
        whole: It was read, completely, and is recognisably the page that it was.
        why: If it was not, a key of the console's words: not_answered, not_drawn, another_page …
        final: Where its redirects led.
        at, status, sha256: When it was read, with which answer, and the hash of what came.
    """

    url: str
    access: Access | None
    whole: bool
    why: str | None = None
    final: str | None = None
    at: datetime | None = None
    status: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What a re-check says.

    Attributes:
        verdict: certain, suspected, unclear, passed, absent, unread, or `NIGHT`.
        why: A key of the console's words; None: the verdict says it.
        message: The rule's own, if it still finds the fault.
    """

    verdict: str
    why: str | None = None
    message: str = ""


def rule_of(finding: Finding) -> Rule | None:
    """The rule that made the finding, if it is in force."""
    return next((one for one in all_rules() if one.id == finding.rule), None)


def pages_of(finding: Finding) -> tuple[str, ...]:
    """The addresses that prove or disprove it, the one it is about first; none: that takes a night."""
    rule = rule_of(finding)
    if rule is None or rule.view not in AT_ONCE or not finding.subject.url:
        return ()
    named = [finding.subject.url, *(e.url for e in finding.evidence)]
    if any(not url.startswith(("http://", "https://")) for url in named):
        return ()  # it rests on a ledger too
    return tuple(dict.fromkeys(_page(url) for url in named))


def judge(
    connection: Connection,
    finding: Finding,
    night: date,
    read: Mapping[str, PageRead],
    *,
    known: Target | None,
    policy: Policy | None = None,
) -> Verdict:
    """What the pages that were read anew say of the finding.

    Args:
        connection: The database in which they, and what is known around them, were concluded.
        night: The day of the re-check.
        read: By address, every page of `pages_of` as it was read.
        known: Of a dead link, what the last night knew of the pages that lead there.
    """
    rule = rule_of(finding)
    wanted = pages_of(finding)
    if rule is None or not wanted:
        return Verdict(NIGHT, "whole_night")
    views = [
        view
        for view in join(connection, finding.site, night, [finding]).views.get(rule.view, ())
        if (view.subject.kind, view.subject.identity) == (finding.subject.kind, finding.subject.identity)
    ]
    outcome = gravest(rule(view, night, policy) for view in views) if views else None
    if rule.view is LinkHistory:
        link = next((view.target for view in views if isinstance(view, LinkHistory)), None)
        return _link(finding, rule, outcome, link, [read[url] for url in wanted], known)
    return _page_verdict(finding, rule, views, outcome, [read[url] for url in wanted])


def _link(
    finding: Finding,
    rule: Rule,
    outcome: Outcome | None,
    link: Target | None,
    read: list[PageRead],
    known: Target | None,
) -> Verdict:
    """A dead link: well if its target opens, gone if no page leads there any more, else still there."""
    target, referrers = read[0], read[1:]
    if target.access is None or link is None or outcome is None:
        return Verdict(UNREAD, target.why)
    if link.access.is_ok:
        return Verdict(PASSED)
    if outcome.verdict == PASS_:
        return Verdict(NIGHT, "whole_night")  # hidden from readers now, or of another kind: another rule's
    if outcome.unread:
        return Verdict(UNREAD, target.why or "not_answered")
    if link.referrer_count:
        return Verdict(_grade(finding, rule, outcome), message=outcome.message)
    unread = next((page for page in referrers if not page.whole and page.access not in _GONE), None)
    if unread is not None:
        return Verdict(UNREAD, unread.why)
    if not referrers or known is None or known.referrer_count > len(known.referrers):
        return Verdict(NIGHT, "other_pages")
    if {_page(e.url) for e in known.referrers} - {page.url for page in referrers}:
        return Verdict(NIGHT, "other_pages")
    return Verdict(ABSENT)


def _page_verdict(
    finding: Finding, rule: Rule, views: Iterable[View], outcome: Outcome | None, read: list[PageRead]
) -> Verdict:
    """A page: well if the rule passes it as it is now, gone if it is not there any more, else still there."""
    about = read[0]
    if about.access in _GONE:
        # A case's document may stand at another address now; a page is its address.
        return Verdict(ABSENT) if finding.subject.kind == "page" else Verdict(NIGHT, "moved")
    unread = next((page for page in read if not page.whole), None)
    if unread is not None:
        return Verdict(NIGHT if unread.why == "another_page" else UNREAD, unread.why)
    if outcome is None:
        return Verdict(NIGHT, "not_found_again")
    whole = {address for page in read for address in (page.url, page.final)}
    rests_on = {_page(e.url) for view in views for e in view.evidence} | {_page(e.url) for e in outcome.evidence}
    if any(url not in whole for url in rests_on):
        return Verdict(NIGHT, "other_pages")
    if outcome.unread:
        return Verdict(UNREAD, "not_understood")
    if outcome.verdict == PASS_:
        return Verdict(PASSED)
    if any(isinstance(view, PageState) and view.facts.is_item for view in views):
        return Verdict(NIGHT, "whole_night")  # the list on which it stands may say by now what the page does not
    return Verdict(_grade(finding, rule, outcome), message=outcome.message)


def _grade(finding: Finding, rule: Rule, outcome: Outcome) -> str:
    """The grade of now. What several nights have confirmed stays certain; a re-check confirms nothing by itself."""
    confirmed = rule.confirm > 1 and (finding.grade, finding.raw_grade) == (CERTAIN, SUSPECTED)
    if outcome.verdict == SUSPECTED and confirmed:
        return CERTAIN
    return outcome.verdict


def known_target(connection: Connection, finding: Finding) -> Target | None:
    """Of a dead link, what the last night that saw it knew of the pages that lead there."""
    if finding.subject.kind != "link":
        return None
    seen = store.read(connection, Target, site=finding.site)
    fitting = [s for s in seen if s.record.url == finding.subject.url]
    return max(fitting, key=lambda s: s.last_seen).record if fitting else None


def _page(url: str) -> str:
    """The page of an address: several cases of one document differ by the fragment."""
    return url.partition("#")[0]
