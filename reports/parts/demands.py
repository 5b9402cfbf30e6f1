"""四、工作要求: who does what by when, gravest first, in working days from the day of issue; then leads and feedback."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from auditors.calendar import add_working_days
from auditors.rule import Severity
from reports import sentences
from reports.blocks import Block, Heading, Item, Paragraph
from reports.bulletin import Bulletin
from reports.entries import Entry, chapter_of, chapter_order, rule_order
from reports.parts.places import Places
from reports.text import chinese_number
from reports.words import chinese_date, say, say_names

SEVERITIES = ("S0", "S1", "S2", "S3")


def demands(bulletin: Bulletin, places: Places) -> tuple[Block, ...]:
    """The requirements: for each severity one with its deadline and its rules, then those for everybody."""
    blocks: list[Block] = []
    if not bulletin.certain:
        blocks.append(Paragraph(say("paper.demands.none")))
    number = 0
    for severity in SEVERITIES:
        found = [entry for entry in bulletin.certain if entry.finding.severity == severity]
        if found:
            number += 1
            heading = say(f"paper.demands.of.{severity}", **_due(severity, bulletin.imprint.day))
            blocks += [_heading(number, heading, severity), *_rules(found, bulletin, places)]
    for name, text in _general(bulletin, places):
        number += 1
        blocks += [_heading(number, say(f"paper.demands.{name}_lead"), name), Paragraph(text)]
    return tuple(blocks)


def _heading(number: int, text: str, name: str) -> Heading:
    return Heading(level=2, number=f"（{chinese_number(number)}）", text=text, anchor=f"demands-{name}")


def _due(severity: str, issued: date) -> dict[str, str]:
    """By when: the window of the severity, counted from the day of issue; and the next working day, for a report."""
    return {
        "due": chinese_date(Severity(severity).due(issued)),
        "report": chinese_date(add_working_days(issued, 1)),
    }


def _rules(found: list[Entry], bulletin: Bulletin, places: Places) -> Iterable[Block]:
    """One for each rule, in the order in which the problems are told."""
    groups: dict[str, list[Entry]] = {}
    for entry in found:
        groups.setdefault(entry.finding.rule, []).append(entry)
    ordered = sorted(groups, key=lambda rule: (chapter_order(chapter_of(rule)), rule_order("", rule)))
    for nth, rule in enumerate(ordered, start=1):
        of_rule = groups[rule]
        remedies = {entry.finding.remedy for entry in of_rule}
        remedy = remedies.pop() if len(remedies) == 1 else ""
        remedy = remedy or say("paper.demands.remedy_differs", annex=places.see("problems"))
        text = say("paper.demands.rule", units=_who(of_rule, bulletin), remedy=remedy.rstrip("。"))
        if late := sum(entry.overdue and entry.finding.verified for entry in of_rule):
            text += say("paper.demands.overdue" if late < len(of_rule) else "paper.demands.all_overdue", count=late)
        lead = say("paper.demands.lead", title=of_rule[0].finding.title, count=len(of_rule))
        yield Item(number=f"{nth}.", lead=lead, text=text)


def _who(found: list[Entry], bulletin: Bulletin) -> str:
    several = len(bulletin.scope.courts) > 1
    names = dict.fromkeys(e.court if several else sentences.department(e.finding.department) for e in found)
    return say_names(list(names), "unit")


def _general(bulletin: Bulletin, places: Places) -> Iterable[tuple[str, str]]:
    """Name and text of what is asked of everybody."""
    imprint = bulletin.imprint
    reply = chinese_date(add_working_days(imprint.day, imprint.reply_days))
    if bulletin.leads:
        values = {"annex": places.see("leads"), "count": len(bulletin.leads), "due": reply}
        yield "leads", say("paper.demands.leads", **values)
    if not bulletin.is_complete:
        yield "unread", say("paper.demands.unread")
    contact = say("paper.demands.contact", contact=imprint.contact.rstrip("。")) if imprint.contact else ""
    if "feedback" in places:
        yield "feedback", say("paper.demands.feedback", annex=places.see("feedback"), due=reply) + contact
    elif contact and bulletin.leads:
        yield "contact", contact
