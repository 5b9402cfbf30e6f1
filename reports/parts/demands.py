"""四、工作要求: for each problem who does what by when, counted in working days from the day of issue; then feedback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from auditors.calendar import add_working_days
from auditors.rule import Severity
from reports import sentences
from reports.blocks import Block, Item, Paragraph
from reports.bulletin import Bulletin
from reports.entries import Entry, chapter_of, chapter_order, rule_order
from reports.parts.places import Places
from reports.text import chinese_number
from reports.words import chinese_date, say, say_names


@dataclass(frozen=True)
class Demand:
    """One requirement: its first words, and the rest with its punctuation."""

    lead: str
    text: str


def demands(bulletin: Bulletin, places: Places) -> tuple[Block, ...]:
    """The numbered requirements."""
    asked = [*_rules(bulletin, places), *_general(bulletin, places)]
    if len(asked) == 1:
        return (Paragraph(asked[0].lead + asked[0].text),)
    return tuple(
        Item(number=f"（{chinese_number(place)}）", lead=one.lead, text=one.text)
        for place, one in enumerate(asked, start=1)
    )


def _rules(bulletin: Bulletin, places: Places) -> Iterable[Demand]:
    """One for each rule: red lines first, then in the order in which the problems are told."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in bulletin.certain:
        groups.setdefault((entry.finding.rule, entry.finding.severity), []).append(entry)
    ordered = sorted(
        groups.items(),
        key=lambda pair: (pair[0][1] != "S0", chapter_order(chapter_of(pair[0][0])), rule_order(*pair[0][::-1])),
    )
    for (_, severity), found in ordered:
        remedies = {entry.finding.remedy for entry in found}
        remedy = (
            remedies.pop() if len(remedies) == 1 else say("paper.demands.remedy_differs", annex=places.see("problems"))
        )
        text = say(
            "paper.demands.rule", units=_who(found, bulletin), remedy=remedy, due=_due(severity, bulletin.imprint.day)
        )
        if late := sum(entry.overdue and entry.finding.verified for entry in found):
            text += say("paper.demands.overdue", count=late)
        yield Demand(say("paper.demands.lead", title=found[0].finding.title, count=len(found)), text)


def _who(found: list[Entry], bulletin: Bulletin) -> str:
    several = len(bulletin.scope.courts) > 1
    names = dict.fromkeys(e.court if several else sentences.department(e.finding.department) for e in found)
    return say_names(list(names), "unit")


def _due(severity: str, issued: date) -> str:
    """By when: the window of the severity, counted from the day of issue; a red line the same day."""
    due = Severity(severity).due(issued)
    if due > issued:
        return say("paper.demands.due", due=chinese_date(due))
    return say("paper.demands.due_today", due=chinese_date(due), report=chinese_date(add_working_days(issued, 1)))


def _general(bulletin: Bulletin, places: Places) -> Iterable[Demand]:
    imprint = bulletin.imprint
    reply = chinese_date(add_working_days(imprint.day, imprint.reply_days))
    if not bulletin.certain:
        yield Demand("", say("paper.demands.none"))
    if bulletin.leads:
        yield _demand("leads", annex=places.see("leads"), count=len(bulletin.leads), due=reply)
    if not bulletin.is_complete:
        yield _demand("unread")
    if "feedback" in places:
        yield _demand("feedback", annex=places.see("feedback"), due=reply)
    if imprint.contact and (bulletin.certain or bulletin.leads):
        yield _demand("contact", contact=imprint.contact.rstrip("。"))


def _demand(name: str, **values: object) -> Demand:
    return Demand(say(f"paper.demands.{name}_lead"), say(f"paper.demands.{name}", **values))
