"""Which sentences of `words.yml` a bulletin calls for: the same ones in every format."""

from __future__ import annotations

from reports.bulletin import Bulletin
from reports.entries import Entry
from reports.grouping import Basis
from reports.period import NIGHT
from reports.text import citation
from reports.words import chinese_date, label, say, say_all


def title(bulletin: Bulletin) -> tuple[str, ...]:
    """The title, in the words between which a line may end."""
    kind = "night" if bulletin.period.kind == NIGHT else "department" if bulletin.scope.department else "period"
    return say_all(f"paper.title.{kind}", period=bulletin.period.name, department=bulletin.scope.department)


def lead(bulletin: Bulletin) -> tuple[str, ...]:
    """What the bulletin is about, how much was read, and with what it is compared. Coverage comes first."""
    read = say(
        "lead",
        night=chinese_date(bulletin.night),
        sites=len(bulletin.coverage),
        complete=bulletin.sites_complete,
        partial=bulletin.sites_partial,
        unread=bulletin.sites_unread,
        pages=bulletin.pages,
        links=bulletin.links,
        sections=bulletin.sections,
    )
    if bulletin.anonymised:
        read += say("anonymised.note")
    if bulletin.previous is None:
        return read, say("first_night")
    return read, say("compared", previous=chinese_date(bulletin.previous))


def overview(bulletin: Bulletin) -> tuple[str, ...]:
    """The numbers of the night, and what to bear in mind with them: one or two paragraphs."""
    counts = bulletin.counts
    values = {
        "certain": counts.certain,
        "new": counts.new,
        "continuing": counts.continuing,
        "resolved": counts.resolved,
        "suspected": counts.suspected,
        "unclear": counts.unclear,
    }
    if counts.certain:
        sentences = [say("overview.some", **values)]
    else:
        sentences = [say("overview.none" if bulletin.pages else "overview.none_at_all")]
        if counts.resolved:
            sentences.append(say("overview.none_resolved", **values))
        if counts.leads:
            sentences.append(say("overview.none_leads", **values))
    cautions = [
        say(f"overview.{name}", count=getattr(counts, name))
        for name in ("confirmed", "unverified", "overdue")
        if getattr(counts, name)
    ]
    return ("".join(sentences), "".join(cautions)) if cautions else ("".join(sentences),)


def coverage_note(bulletin: Bulletin) -> str:
    """What silence means: nothing, where something was not read."""
    return say("all_complete" if bulletin.is_complete else "caution")


def resolved_by_court(bulletin: Bulletin) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """The rectified ones, court by court."""
    courts: dict[str, list[Entry]] = {}
    for entry in bulletin.rectified:
        courts.setdefault(entry.court, []).append(entry)
    return tuple((court, tuple(entries)) for court, entries in courts.items())


def demands(bulletin: Bulletin) -> tuple[str, ...]:
    """What is asked of whom: only what this night's result calls for."""
    asked = []
    if bulletin.certain:
        asked.append(say("demands.certain"))
    else:
        asked.append(say("demands.none"))
    if bulletin.leads:
        asked.append(say("demands.leads"))
    if not bulletin.is_complete:
        asked.append(say("demands.unread"))
    return tuple(asked)


def marks(entry: Entry) -> tuple[str, ...]:
    """What a reader must know before relying on a finding: not verified, overdue, has changed its grade."""
    found = []
    if not entry.is_resolved and not entry.finding.verified:
        found.append(say("finding.unverified"))
    if entry.overdue and entry.finding.verified:  # nobody is called late for what was not looked at
        found.append(say("values.overdue"))
    if entry.has_become_certain:
        found.append(say("finding.confirmed"))
    if entry.was_certain and not entry.is_resolved:
        found.append(say("finding.lowered", grade=label("grade", "certain")))
    return tuple(found)


def state(entry: Entry) -> str:
    """新增, 持续 or 已整改; a lead also says which kind it is."""
    if entry.is_resolved and not entry.is_certain:
        return say("values.lead_gone")
    return label("status", entry.finding.status)


def seen(entry: Entry) -> str:
    """When it was first and last seen, and on how many nights."""
    finding = entry.finding
    return say("finding.seen", first=finding.first_seen, last=finding.last_seen, nights=finding.nights)


def department(name: str | None) -> str:
    """The department's name, or the wording for none."""
    return name or say("values.no_department")


def citations(basis: Basis) -> str:
    """All sentences of law a finding rests on, one after the other."""
    return "；".join(citation(one) for one in basis) or say("values.unknown")
