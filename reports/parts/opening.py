"""The lead: what the bulletin is about, by which norms, from which sources, as of when."""

from __future__ import annotations

from collections import Counter

from auditors.basis import article
from reports.blocks import Paragraph
from reports.bulletin import Bulletin
from reports.text import clean
from reports.words import chinese_date, say

NORMS = 3  # named in the lead; the annex cites all
GENERAL = "judicial_openness_2018/2"  # what all publicity of courts rests on


def lead(bulletin: Bulletin) -> tuple[Paragraph, ...]:
    """One paragraph before the first heading; another before it where this bulletin corrects one."""
    imprint = bulletin.imprint
    found = []
    if imprint.corrects:
        key = "corrects" if imprint.reason else "corrects_plain"
        reason = (imprint.reason or "").rstrip("。")
        found.append(Paragraph(say(f"paper.lead.{key}", number=imprint.corrects, reason=reason)))
    values = {"period": bulletin.period.name, "whose": bulletin.scope.department or ""}
    basis = say("paper.and").join(_norms(bulletin))
    opening = say("paper.lead.basis", basis=basis, **values)
    key = "sources" if bulletin.pages else "sources_unread"
    names = say("paper.and").join(bulletin.sources or (say("paper.sources.sites"),))
    sources = say(f"paper.lead.{key}", sources=names, night=chinese_date(bulletin.night))
    if bulletin.anonymised:
        sources += say("anonymised.note")
    return (*found, Paragraph(opening + sources + _compared(bulletin)))


def _compared(bulletin: Bulletin) -> str:
    """With what it is compared, if anything is."""
    before = any(one.change is not None for one in bulletin.indicators)
    year_ago = any(one.change_year is not None for one in bulletin.indicators)
    values = {"before": bulletin.period.before.name, "year_ago": bulletin.period.year_ago.name}
    if before or year_ago:
        key = "compared" if before and year_ago else "compared_before" if before else "compared_year"
        first = say("paper.lead.first_findings") if bulletin.previous is None else ""
        return say(f"paper.lead.{key}", **values) + first
    if bulletin.previous is None:
        return say("paper.lead.first")
    return say("paper.lead.since", previous=chinese_date(bulletin.previous))


def _norms(bulletin: Bulletin) -> tuple[str, ...]:
    """The instruments that most of its findings rest on; without any, what all publicity rests on."""
    cited: Counter[tuple[str, str]] = Counter()
    for entry in bulletin.certain:
        for one in entry.finding.basis:
            number = clean(one.get("number") or "")
            if number and not str(one.get("article") or "").startswith("（参照）"):
                cited[(clean(one["instrument"]).strip("《》"), number)] += 1
    if not cited:
        general = article(GENERAL).instrument
        cited[(general.title, general.number)] += 1
    return tuple(f"《{name}》（{number}）" for (name, number), _ in cited.most_common(NORMS))
